"""The settings window: pages on the left, the page on the right, today as the draft would make it below."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
)

from b2cal_desktop.core.errors import SettingsProblem
from b2cal_desktop.core.state import AppState
from b2cal_desktop.system.settings_file import LoadedSettings
from b2cal_desktop.ui.background import Tasks, error_text
from b2cal_desktop.ui.colours import is_dark, surfaces
from b2cal_desktop.ui.configuration import Configuration, Opened
from b2cal_desktop.ui.day_parts import large, wrapped
from b2cal_desktop.ui.icons import glyph_pixmap
from b2cal_desktop.ui.settings.about_page import AboutPage
from b2cal_desktop.ui.settings.calendar_page import CalendarPage
from b2cal_desktop.ui.settings.diversions_page import DiversionsPage
from b2cal_desktop.ui.settings.draft import Draft, problem_text
from b2cal_desktop.ui.settings.forms import Form, PageScroll, quiet, say
from b2cal_desktop.ui.settings.general_page import GeneralPage
from b2cal_desktop.ui.settings.ribbon import Ribbon, planned_day
from b2cal_desktop.ui.settings.rules_page import RulesPage
from b2cal_desktop.ui.settings.switchboard_page import SwitchboardPage
from b2cal_desktop.ui.translations import translate
from b2cal_desktop.ui.wording import Wording

_StandardButton = QDialogButtonBox.StandardButton


def page_names() -> dict[str, tuple[str, str]]:
    """The pages in order: title and icon."""
    return {
        "calendar": (translate("settings", "Calendar"), "page_calendar"),
        "switchboard": (translate("settings", "Switchboard"), "handset"),
        "diversions": (translate("settings", "Diversions"), "page_diversions"),
        "rules": (translate("settings", "Rules"), "page_rules"),
        "general": (translate("settings", "General"), "page_general"),
        "about": (translate("settings", "About"), "page_about"),
    }


class SettingsWindow(QDialog):
    """Nothing is written until OK or Apply. ``saved`` carries the settings that then hold."""

    saved = Signal(object)
    wants = Signal(object)

    def __init__(
        self,
        opened: Opened,
        configuration: Configuration,
        language: str,
        now: Callable[[], datetime],
        sign_in: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__()
        self.language, self._configuration, self._now = language, configuration, now
        self._state: AppState | None = None
        self.draft = Draft(opened.loaded, self)
        self.tasks = Tasks(self)
        self.diversions = DiversionsPage(self.draft, language, opened.connectors)
        self.switchboard = SwitchboardPage(self.draft, language, opened.connectors, configuration)
        self.general = GeneralPage(self.draft, language)
        self.pages: dict[str, Form] = {
            "calendar": CalendarPage(self.draft, language, configuration, sign_in),
            "switchboard": self.switchboard,
            "diversions": self.diversions,
            "rules": RulesPage(self.draft, language),
            "general": self.general,
            "about": AboutPage(self.draft, language),
        }
        self.list, self.stack, self.ribbon = QListWidget(), QStackedWidget(), Ribbon()
        self.preview_note, self.message = quiet(), wrapped()
        self.buttons = QDialogButtonBox(_StandardButton.Ok | _StandardButton.Cancel | _StandardButton.Apply)
        self._build()
        self.draft.changed.connect(self._draft_changed)
        self.general.wants.connect(self.wants)
        self._draft_changed()
        screen = self.screen().availableGeometry()
        self.resize(min(900, screen.width() - 40), min(780, screen.height() - 60))

    # --- how it is built

    def _build(self) -> None:
        self.setWindowTitle(translate("settings", "Settings – B2Cal Desktop"))
        side = self.fontMetrics().height() + 4
        self.list.setIconSize(QSize(side, side))
        self.list.setAccessibleName(translate("settings", "Pages"))
        self.list.setObjectName("pages")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for key, (title, icon) in page_names().items():
            item = QListWidgetItem(title)
            item.setData(Qt.ItemDataRole.UserRole, icon)
            item.setSizeHint(QSize(1, side + 18))
            self.list.addItem(item)
            self.stack.addWidget(self._scrolled(title, self.pages[key]))
        self.list.currentRowChanged.connect(self.stack.setCurrentIndex)
        self.list.setFixedWidth(max(170, self.list.sizeHintForColumn(0) + side + 60))
        self.message.hide()
        self.buttons.accepted.connect(lambda: self.save(close=True))
        self.buttons.rejected.connect(self.reject)
        self.buttons.button(_StandardButton.Apply).clicked.connect(lambda _=False: self.save(close=False))
        for button, label in (
            (_StandardButton.Cancel, translate("settings", "Cancel")),
            (_StandardButton.Apply, translate("settings", "A&pply")),
        ):
            self.buttons.button(button).setText(label)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(self.stack, 1)
        for widget in (self.preview_note, self.ribbon, self.message, self.buttons):
            right.addWidget(widget)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 14, 16, 14)
        layout.setSpacing(16)
        layout.addWidget(self.list)
        layout.addLayout(right, 1)
        self._draw_icons()
        self.list.setCurrentRow(0)

    def _scrolled(self, title: str, page: Form) -> PageScroll:
        heading = large(wrapped(), 1.35)
        heading.setText(title)
        page.column.insertWidget(0, heading)
        page.column.setContentsMargins(2, 0, 14, 10)
        return PageScroll(page)

    def _draw_icons(self) -> None:
        side, colour = self.list.iconSize().width(), surfaces(dark=is_dark()).muted
        for row in range(self.list.count()):
            item = self.list.item(row)
            name = str(item.data(Qt.ItemDataRole.UserRole))
            item.setIcon(glyph_pixmap(name, "", side, colour, self.devicePixelRatioF()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self.list.count():
            self._draw_icons()

    # --- what it is told

    def show_state(self, state: AppState) -> None:
        """The events that the preview and the advice go by."""
        first = self._state is None
        same = self._state is not None and self._state.events == state.events
        self._state = state
        if first or not same:
            self.diversions.show_state(state)
        self._show_preview()

    def open_page(self, name: str) -> None:
        """Bring a page to the front by its name."""
        if name in self.pages:
            self.list.setCurrentRow(list(self.pages).index(name))

    # --- draft

    def _draft_changed(self) -> None:
        for page in self.pages.values():
            page.refresh()
        self._show_problems()
        self._show_preview()

    def problems(self) -> dict[str, str]:
        """What is wrong now, by key."""
        found = {p.key or "": problem_text(p, self.language) for p in self.draft.problems}
        for page in self.pages.values():
            found |= page.own_problems()
        return found

    def _show_problems(self) -> None:
        problems = self.problems()
        shown: set[str] = set()
        wrong = self.palette().color(QPalette.ColorRole.WindowText)
        for row, page in enumerate(self.pages.values()):
            here = page.show_problems(problems)
            shown |= here
            item = self.list.item(row)
            title = page_names()[list(self.pages)[row]][0]
            item.setText(f"{title}  ●" if here else title)
            item.setToolTip(translate("settings", "Something here needs a look") if here else "")
            item.setForeground(wrong)
        left = [text for key, text in problems.items() if key not in shown]
        say(self.message, "\n".join(left), wrong=True)
        changed, busy = self.draft.is_changed, self.tasks.is_running("save")
        self.buttons.button(_StandardButton.Ok).setEnabled(not busy)
        self.buttons.button(_StandardButton.Apply).setEnabled(changed and not busy and not problems)

    def _show_preview(self) -> None:
        state = self._state
        has_day = state is not None and state.calendar.as_of is not None
        self.ribbon.setVisible(has_day)
        if state is None or not has_day:
            self.preview_note.setText(
                translate("settings", "Today's preview shows here as soon as the calendar has been read.")
            )
            return
        now, settings = self._now(), self.draft.settings
        self.preview_note.setText(translate("settings", "Today with these settings"))
        words = Wording(self.language, state.timezone, now, settings.catalogue())
        self.ribbon.show_day(planned_day(settings, state, now), words)

    # --- saving

    def save(self, *, close: bool) -> None:
        """Write what has changed; where something is wrong, go there instead."""
        for row, page in enumerate(self.pages.values()):
            widget = page.first_wrong()
            if widget is not None:
                self.list.setCurrentRow(row)
                widget.setFocus(Qt.FocusReason.OtherFocusReason)
                return
        if self.problems():
            return
        if not self.draft.is_changed:
            if close:
                self.accept()
            return
        changes, secrets = self.draft.changes(), dict(self.draft.secrets)
        self.tasks.run(
            "save",
            lambda: self._configuration.save(changes, secrets),
            partial(self._saved, close),
            self._not_saved,
        )
        self._show_problems()

    def _saved(self, close: bool, loaded: LoadedSettings) -> None:
        self.draft.rebase(loaded)
        self._draft_changed()
        self.saved.emit(loaded)
        if close:
            self.accept()

    def _not_saved(self, error: Exception) -> None:
        self._show_problems()
        text = problem_text(error, self.language) if isinstance(error, SettingsProblem) else ""
        say(self.message, text or error_text(error, self.language), wrong=True)
