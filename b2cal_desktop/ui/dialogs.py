"""The two small dialogs: until when, and about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QDate, QDateTime, QLocale, QSize, Qt, QTime, Signal
from PySide6.QtGui import QIcon, QTextCharFormat
from PySide6.QtWidgets import (
    QCalendarWidget,
    QDateTimeEdit,
    QDialog,
    QDialogButtonBox,
    QMessageBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

import b2cal_desktop
from b2cal_desktop.core.intents import SetDiversion
from b2cal_desktop.ui.day_parts import plain
from b2cal_desktop.ui.icons import app_icon
from b2cal_desktop.ui.translations import translate
from b2cal_desktop.ui.wording import Wording


class ChooseTimeDialog(QDialog):
    """Asks until when ``diversion`` lasts; ``chosen`` carries the SetDiversion. Only a time to come can be taken."""

    chosen = Signal(object)

    def __init__(self, diversion: str, proposal: datetime, words: Wording, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._diversion, self._timezone, self._now = diversion, words.timezone, now
        label = words.label(diversion)
        self.setWindowTitle(label)
        question = plain(translate("dialog", "{diversion} &until").format(diversion=label.replace("&", "&&")))
        self.edit = QDateTimeEdit(_naive(words.local(proposal)))
        self.edit.setDisplayFormat("yyyy-MM-dd  HH:mm")
        self.edit.setCalendarPopup(True)
        _dress(self.edit.calendarWidget(), words.language)
        self.edit.setMinimumDateTime(_naive(words.local(words.now)))
        self.edit.setAccessibleName(question.text().replace("&", ""))
        question.setBuddy(self.edit)
        button = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(button.Ok | button.Cancel)
        self.buttons.button(button.Ok).setText(translate("dialog", "&Set diversion"))
        self.buttons.button(button.Cancel).setText(translate("dialog", "Cancel"))
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.edit.dateTimeChanged.connect(self._judge)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        for part in (question, self.edit, self.buttons):
            layout.addWidget(part)
        self._judge()

    @property
    def end(self) -> datetime:
        """The instant that stands in the dialog, where the user is."""
        value = self.edit.dateTime()
        day, time = value.date(), value.time()
        return datetime(day.year(), day.month(), day.day(), time.hour(), time.minute(), tzinfo=self._timezone)

    def accept(self) -> None:
        if self._still_to_come():
            super().accept()
            self.chosen.emit(SetDiversion(self._diversion, self.end))
        else:
            self._judge()

    def _still_to_come(self) -> bool:
        return self.end.timestamp() > self._now().timestamp()

    def _judge(self) -> None:
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(self._still_to_come())


def _dress(calendar: QCalendarWidget, language: str) -> None:
    """In our language, from Monday, and readable on dark too: Qt's own arrows are black, its week-ends red."""
    calendar.setLocale(QLocale(language))
    calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
    as_other_days = QTextCharFormat()
    as_other_days.setForeground(calendar.palette().text())
    for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
        calendar.setWeekdayTextFormat(day, as_other_days)
    for name, sign, spoken in (
        ("qt_calendar_prevmonth", "‹", translate("dialog", "Previous month")),
        ("qt_calendar_nextmonth", "›", translate("dialog", "Next month")),
    ):
        button = calendar.findChild(QToolButton, name)
        if button is not None:
            button.setIcon(QIcon())
            button.setText(sign)
            button.setAccessibleName(spoken)


def _naive(local: datetime) -> QDateTime:
    return QDateTime(QDate(local.year, local.month, local.day), QTime(local.hour, local.minute))


def about_box(parent: QWidget | None = None) -> QMessageBox:
    """What this is, which version, and under which licence."""
    box = QMessageBox(parent)
    box.setWindowTitle(translate("dialog", "About B2Cal Desktop"))
    box.setIconPixmap(app_icon().pixmap(QSize(64, 64)))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.addButton(translate("dialog", "OK"), QMessageBox.ButtonRole.AcceptRole)
    box.setText(f"B2Cal Desktop {b2cal_desktop.__version__}")
    box.setInformativeText(
        translate(
            "dialog",
            "Your own calendar keeps your own diversion in the switchboard right. "
            "Subjects and places stay on this computer.\n\n"
            "Free software under the MIT licence. Made with Qt, under the LGPL.",
        )
    )
    return box
