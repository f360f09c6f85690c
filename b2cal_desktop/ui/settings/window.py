"""The settings window: pages on the left, the page on the right, today as the draft would make it below."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from b2cal_desktop.core.errors import SettingsProblem
from b2cal_desktop.core.model import Text
from b2cal_desktop.core.state import AppState
from b2cal_desktop.system.settings_file import LoadedSettings
from b2cal_desktop.ui.background import Tasks, error_text
from b2cal_desktop.ui.colours import is_dark, surfaces
from b2cal_desktop.ui.configuration import Configuration, Opened
from b2cal_desktop.ui.day_parts import large, rule, wrapped
from b2cal_desktop.ui.icons import glyph_pixmap
from b2cal_desktop.ui.page_scroll import PageScroll, resize_within_screen
from b2cal_desktop.ui.settings.about_page import AboutPage
from b2cal_desktop.ui.settings.calendar_page import CalendarPage
from b2cal_desktop.ui.settings.diversions_page import DiversionsPage
from b2cal_desktop.ui.settings.draft import Draft, problem_text
from b2cal_desktop.ui.settings.forms import Form, quiet, say, tab_stops, tab_through, wrong_colour
from b2cal_desktop.ui.settings.general_page import GeneralPage
from b2cal_desktop.ui.settings.ribbon import Ribbon, planned_day
from b2cal_desktop.ui.settings.rules_page import RulesPage
from b2cal_desktop.ui.settings.switchboard_page import SwitchboardPage
from b2cal_desktop.ui.translations import translate
from b2cal_desktop.ui.wording import Wording

_StandardButton = QDialogButtonBox.StandardButton
_WRONG = Qt.ItemDataRole.UserRole + 1


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


class _Pages(dict[str, Form]):
    """The pages by name, each made when it is first asked for: a style sheet makes widgets slow to build."""

    def __init__(self, makers: Mapping[str, Callable[[], Form]], place: Callable[[str, Form], None]) -> None:
        super().__init__()
        self._makers, self._place = makers, place

    def __missing__(self, name: str) -> Form:
        page = self[name] = self._makers[name]()
        self._place(name, page)
        return page


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
    ) -> None:
        super().__init__()
        self.language, self._configuration, self._now = language, configuration, now
        self._state: AppState | None = None
        self._found: tuple[tuple[str, Text], ...] = ()
        self.draft = Draft(opened.loaded, self)
        self.tasks = Tasks(self)
        makers: dict[str, Callable[[], Form]] = {
            "calendar": lambda: CalendarPage(self.draft, language, configuration),
            "switchboard": lambda: SwitchboardPage(self.draft, language, opened.connectors, configuration),
            "diversions": lambda: DiversionsPage(self.draft, language, opened.connectors),
            "rules": lambda: RulesPage(self.draft, language),
            "general": lambda: GeneralPage(self.draft, language, configuration),
            "about": lambda: AboutPage(self.draft, language, opened.updates),
        }
        self.pages = _Pages(makers, self._place)
        self._places: list[QVBoxLayout] = []
        self.list, self.stack, self.ribbon = QListWidget(), QStackedWidget(), Ribbon()
        self.preview_note, self.message = quiet(), wrapped()
        self.buttons = QDialogButtonBox(_StandardButton.Ok | _StandardButton.Cancel | _StandardButton.Apply)
        self._build()
        self.draft.changed.connect(self._draft_changed)
        self._draft_changed()
        resize_within_screen(self, 900, 780)

    # --- how it is built

    def _build(self) -> None:
        self.setWindowTitle(translate("settings", "Settings – B2Cal Desktop"))
        side = self.fontMetrics().height() + 4
        self.list.setIconSize(QSize(side, side))
        self.list.setAccessibleName(translate("settings", "Pages"))
        self.list.setObjectName("pages")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for title, icon in page_names().values():
            item = QListWidgetItem(title)
            item.setData(Qt.ItemDataRole.UserRole, icon)
            item.setSizeHint(QSize(1, side + 18))
            self.list.addItem(item)
            place = QWidget()
            layout = QVBoxLayout(place)
            layout.setContentsMargins(0, 0, 0, 0)
            self._places.append(layout)
            self.stack.addWidget(place)
        self.list.currentRowChanged.connect(self._turn_to)
        self.list.setFixedWidth(max(170, self.list.sizeHintForColumn(0) + side + 60))
        self.message.hide()
        self.buttons.accepted.connect(lambda: self.save(close=True))
        self.buttons.rejected.connect(self.reject)
        self.finished.connect(self._left)
        self.buttons.button(_StandardButton.Apply).clicked.connect(lambda _=False: self.save(close=False))
        for button, label in (
            (_StandardButton.Ok, translate("settings", "OK")),
            (_StandardButton.Cancel, translate("settings", "Cancel")),
            (_StandardButton.Apply, translate("settings", "A&pply")),
        ):
            self.buttons.button(button).setText(label)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(self.stack, 1)
        right.addWidget(rule())
        for widget in (self.preview_note, self.ribbon, self.message, self.buttons):
            right.addWidget(widget)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(14, 14, 16, 14)
        whole.setSpacing(16)
        whole.addWidget(self.list)
        whole.addLayout(right, 1)
        self._draw_icons()
        self.list.setCurrentRow(0)

    def _place(self, name: str, page: Form) -> None:
        """Put a new page where it belongs, and tell it what the others know."""
        heading = large(wrapped(), 1.35)
        heading.setText(page_names()[name][0])
        page.column.insertWidget(0, heading)
        page.column.setContentsMargins(2, 0, 14, 10)
        self._places[self.names.index(name)].addWidget(PageScroll(page))
        if isinstance(page, DiversionsPage):
            page.show_state(self._state)
            page.offer_values(self._found)
        elif isinstance(page, SwitchboardPage):
            page.asked.connect(self._offer_values)
        elif isinstance(page, GeneralPage):
            page.wants.connect(self.wants)

    @property
    def names(self) -> list[str]:
        """The pages' names in order."""
        return list(page_names())

    def _turn_to(self, row: int) -> None:
        page = self.pages[self.names[row]]
        tab_through([self.list, *tab_stops(page), *tab_stops(self.buttons)])
        self.stack.setCurrentIndex(row)
        self._show_problems()

    def _draw_icons(self) -> None:
        side, usual = self.list.iconSize().width(), surfaces(dark=is_dark()).muted
        for row in range(self.list.count()):
            item = self.list.item(row)
            colour = wrong_colour() if item.data(_WRONG) else usual
            name = str(item.data(Qt.ItemDataRole.UserRole))
            picture = glyph_pixmap(name, "", side, colour, self.devicePixelRatioF())
            icon = QIcon(picture)
            icon.addPixmap(picture, QIcon.Mode.Selected)  # else Qt tints it
            item.setIcon(icon)

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
        diversions = self.pages.get("diversions")
        if isinstance(diversions, DiversionsPage) and (first or not same):
            diversions.show_state(state)
        self._show_preview()

    def open_page(self, name: str) -> None:
        """Bring a page to the front by its name."""
        if name in self.names:
            self.list.setCurrentRow(self.names.index(name))

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

    def _offer_values(self, found: tuple[tuple[str, Text], ...]) -> None:
        self._found = found
        page = self.pages.get("diversions")
        if isinstance(page, DiversionsPage):
            page.offer_values(found)

    def _show_problems(self) -> None:
        problems = self.problems()
        shown: set[str] = set()
        for name, page in self.pages.items():
            here = page.show_problems(problems)
            shown |= here
            item = self.list.item(self.names.index(name))
            title = page_names()[name][0]
            item.setText(f"{title}  ●" if here else title)
            look = translate("settings", "Something here needs a look")
            item.setToolTip(look if here else "")
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{title}. {look}" if here else title)
            if item.data(_WRONG) != bool(here):
                item.setData(_WRONG, bool(here))
                self._draw_icons()
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

    def _left(self) -> None:
        page = self.pages.get("calendar")
        if isinstance(page, CalendarPage):
            page.stop()

    def show_sign_in_problem(self, error: Exception) -> None:
        """Say on the calendar's page why a sign-in that began elsewhere came to nothing."""
        self.open_page("calendar")
        page = self.pages["calendar"]
        if isinstance(page, CalendarPage):
            page.show_sign_in_problem(error)

    # --- saving

    def save(self, *, close: bool) -> None:
        """Write what has changed; where something is wrong, go there instead."""
        for page in list(self.pages.values()):
            page.finish_typing()
        if self.draft.problems:
            _ = [self.pages[name] for name in self.names]
            self._show_problems()
        for name, page in self.pages.items():
            widget = page.first_wrong()
            if widget is not None:
                self.open_page(name)
                widget.setFocus(Qt.FocusReason.OtherFocusReason)
                return
        if self.problems():
            return
        if not self.draft.is_changed:
            if close:
                self.accept()
            return
        work = self.draft.save_with(self._configuration)
        self.tasks.run("save", work, partial(self._saved, close), self._not_saved)
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
