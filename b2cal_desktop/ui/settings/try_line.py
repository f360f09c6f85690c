"""Try it: a subject and a status in, the diversion and the rule out, by the draft."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QSizePolicy, QWidget

from b2cal_desktop.core.model import AVAILABLE, CalendarEvent, RuleName, ShowAs
from b2cal_desktop.core.rules import Rules, request
from b2cal_desktop.ui.colours import is_dark
from b2cal_desktop.ui.day_parts import wrapped
from b2cal_desktop.ui.icons import badge_icon
from b2cal_desktop.ui.look import IconLook
from b2cal_desktop.ui.settings.words import status_name
from b2cal_desktop.ui.translations import translate

_THEN = datetime(2026, 1, 1, 9, tzinfo=UTC)


def outcome(subject: str, status: ShowAs, rules: Rules, language: str) -> tuple[str, str]:
    """The diversion that such an event asks for (``available`` where none) and the answer in words."""
    event = CalendarEvent("try", _THEN, _THEN + timedelta(hours=1), subject, status)
    asked = request(event, rules)
    if asked is None:
        return AVAILABLE, translate("settings", "no diversion")
    label = rules.catalogue.label(asked.diversion, language)
    rule = {
        RuleName.PREFIX: translate("settings", "prefix"),
        RuleName.STATUS: translate("settings", "status"),
    }.get(asked.rule, "")
    return asked.diversion, translate("settings", "{diversion} ({rule})").format(diversion=label, rule=rule)


class TryLine(QWidget):
    """``[LUN: sallad] [Free ▾] → ● Lunch (prefix)``."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language, self._rules = language, Rules()
        self.subject, self.status = QLineEdit("LUN: sallad"), QComboBox()
        self.badge, self.answer = QLabel(), wrapped()
        for status in ShowAs:
            self.status.addItem(status_name(status), status.value)
        self.status.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.subject.setMinimumWidth(self.fontMetrics().averageCharWidth() * 22)
        self.status.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.subject.setAccessibleName(translate("settings", "Subject to try"))
        self.status.setAccessibleName(translate("settings", "Status to try"))
        self.badge.setFixedSize(24, 24)
        self.subject.textChanged.connect(lambda _: self._show())
        self.status.currentIndexChanged.connect(lambda _: self._show())
        label = QLabel(translate("settings", "T&ry it"))
        label.setBuddy(self.subject)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(label, 0, 0, 1, 2)
        layout.addWidget(self.subject, 1, 0)
        layout.addWidget(self.status, 1, 1)
        layout.addWidget(QLabel("→"), 1, 2)
        layout.addWidget(self.badge, 1, 3)
        layout.addWidget(self.answer, 1, 4)
        layout.setColumnStretch(0, 5)
        layout.setColumnStretch(4, 4)

    def show_rules(self, rules: Rules) -> None:
        self._rules = rules
        self._show()

    def _show(self) -> None:
        status = ShowAs(self.status.currentData())
        diversion, text = outcome(self.subject.text(), status, self._rules, self._language)
        look = IconLook(diversion, self._rules.catalogue.label(diversion, self._language)[:1])
        self.badge.setPixmap(badge_icon(look, dark=is_dark()).pixmap(QSize(24, 24), self.devicePixelRatioF()))
        self.answer.setText(text)
        self.answer.setAccessibleName(text)
