"""The day window: today's events beside the diversions made of them, the coming week, and the history."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QPalette, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from b2cal_desktop.core.intents import Skip
from b2cal_desktop.core.state import AppState
from b2cal_desktop.ui.colours import surfaces
from b2cal_desktop.ui.commands import Command, CommandName, Offers
from b2cal_desktop.ui.day_lists import ComingTree, DayTable, HistoryTable
from b2cal_desktop.ui.day_parts import Footer, ProblemBanner, StatusHeader, WhyPanel, large, wrapped
from b2cal_desktop.ui.day_presentation import DayView, coming_days, day_view_model, history_rows
from b2cal_desktop.ui.page_scroll import PageScroll, resize_within_screen
from b2cal_desktop.ui.timeline import DayTimeline
from b2cal_desktop.ui.translations import translate

_LOWEST = 400  # the page below the tabs scrolls


class DayWindow(QWidget):
    """Draws the last state it was given; ``chosen`` carries what a button asks for."""

    chosen = Signal(object)

    def __init__(self, language: str, offers: Offers) -> None:
        super().__init__()
        self.language = language
        self.view: DayView | None = None
        self._state: AppState | None = None
        self._now: datetime | None = None
        self._dark = False
        self._day: date | None = None  # None follows today, also past midnight
        self._selected: str | None = None
        self.header = StatusHeader()
        self.banner = ProblemBanner(offers)
        self.waiting = wrapped(muted=True)
        self.timeline, self.table, self.why = DayTimeline(), DayTable(), WhyPanel()
        self.coming, self.history = ComingTree(), HistoryTable()
        self.tabs = QTabWidget()
        self.footer = Footer(offers)
        self._build()
        self._connect()
        resize_within_screen(self, 900, 840)

    # --- what it is told

    def render_state(self, state: AppState, now: datetime, *, dark: bool) -> None:
        """Draw ``state`` as it is at ``now``."""
        self._state, self._now, self._dark = state, now, dark
        self._draw()

    def open_today(self) -> None:
        """Show today with the present block selected and focused, so that *why* is told at once."""
        self._day, self._selected = None, None
        self.tabs.setCurrentIndex(0)
        self._draw()
        self._scroll_to_selected()
        self._focus_selected()

    # --- how it is built

    def _build(self) -> None:
        self.tabs.setDocumentMode(True)
        for page in (PageScroll(self._day_page()), self.coming, self.history):
            self.tabs.addTab(page, "")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 12)
        layout.setSpacing(12)
        # Wrapped labels ask for the height that they had if the window were narrow: too much for a small screen.
        layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.setMinimumHeight(_LOWEST)
        for widget, share in ((self.header, 0), (self.banner, 0), (self.waiting, 0), (self.tabs, 1), (self.footer, 0)):
            layout.addWidget(widget, share)

    def _day_page(self) -> QWidget:
        self.earlier, self.today, self.later = QPushButton("‹"), QPushButton(), QPushButton("›")
        for button in (self.earlier, self.later):
            button.setFixedWidth(button.sizeHint().height() + 8)
        self.title = large(QLabel(), 1.15)
        self.as_table = QPushButton()
        self.as_table.setCheckable(True)
        bar = QHBoxLayout()
        for part in (self.earlier, self.today, self.later):
            bar.addWidget(part)
        bar.addSpacing(8)
        bar.addWidget(self.title, 1)
        bar.addWidget(self.as_table)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.timeline)
        self.stack.addWidget(self.table)
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 12, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(bar)
        layout.addWidget(self.stack, 1)
        layout.addWidget(self.why)
        return page

    def _connect(self) -> None:
        for part in (self.header, self.banner, self.why, self.footer):
            part.chosen.connect(self.chosen)
        self.why.chosen.connect(self._stay_with_skipped)
        self.timeline.selected.connect(self._select)
        self.table.selected.connect(self._select)
        self.coming.opened.connect(self._open_day)
        self.earlier.clicked.connect(lambda: self._step(-1))
        self.later.clicked.connect(lambda: self._step(1))
        self.today.clicked.connect(self.open_today)
        self.as_table.toggled.connect(lambda on: self.stack.setCurrentIndex(int(on)))
        for keys, slot in (
            (QKeySequence(Qt.Key.Key_Escape), self.close),
            (QKeySequence(QKeySequence.StandardKey.Close), self.close),
            (QKeySequence("Ctrl+,"), self._settings),  # Cmd on macOS; the standard key has no keys on Windows
            (QKeySequence("Alt+Left"), lambda: self._step(-1)),
            (QKeySequence("Alt+Right"), lambda: self._step(1)),
        ):
            QShortcut(keys, self, slot)

    # --- how it is drawn

    def _draw(self) -> None:
        self._name_things()
        state, now = self._state, self._now
        self.tabs.setVisible(state is not None)
        self.waiting.setVisible(state is None)
        if state is None or now is None:
            return
        view = day_view_model(state, self._day or now.astimezone(state.timezone).date(), now, self.language)
        if self._selected is None or view.item(self._selected) is None:
            self._selected = view.current_id or _first_coming(view)
        self.view = view
        self.setMinimumWidth(self.minimumSizeHint().width())
        self.header.render_status(view.status, enabled=state.enabled, dark=self._dark)
        self.banner.render_problem(view.status.problem, dark=self._dark)
        self.footer.render_status(view.status)
        self.title.setText(view.title)
        self.earlier.setEnabled(view.day > view.first_day)
        self.later.setEnabled(view.day < view.last_day)
        self.timeline.show_view(view, self._selected, dark=self._dark)
        self.table.show_view(view, self._selected, dark=self._dark)
        self._show_why()
        self.coming.show_days(coming_days(state, now, self.language), dark=self._dark)
        self.history.show_rows(history_rows(state, now, self.language), dark=self._dark)

    def _name_things(self) -> None:
        self.setWindowTitle(translate("day", "Today – B2Cal Desktop"))
        self.waiting.setText(translate("day", "Starting. The day shows here as soon as the calendar has been read."))
        titles = (translate("day", "Da&y"), translate("day", "Ne&xt 7 days"), translate("day", "&History"))
        for index, title in enumerate(titles):
            self.tabs.setTabText(index, title)
        self.today.setText(translate("day", "&Today"))
        self.as_table.setText(translate("day", "As a ta&ble"))
        for button, name in (
            (self.earlier, translate("day", "Previous day")),
            (self.later, translate("day", "Next day")),
        ):
            button.setAccessibleName(name)
            button.setToolTip(name)
        muted = surfaces(dark=self._dark).muted
        for label in (self.header.detail, self.footer.text, self.waiting):
            palette = label.palette()
            palette.setColor(QPalette.ColorRole.WindowText, muted)
            label.setPalette(palette)

    def _show_why(self) -> None:
        item = self.view.item(self._selected) if self.view and self._selected else None
        self.why.show_item(item, self.view.empty if self.view else ("", ""), dark=self._dark)

    def _focus_selected(self) -> None:
        self.timeline.focus_item(self._selected or "")

    def _scroll_to_selected(self) -> None:
        if self.view is not None:
            self.timeline.scroll_to(self.view.item(self._selected or ""))

    # --- what the user does

    def _select(self, id: str) -> None:
        if id != self._selected:
            self._selected = id
            if self.view is not None:
                self.timeline.show_view(self.view, id, dark=self._dark)
                self.table.show_view(self.view, id, dark=self._dark)
            self._show_why()

    def _stay_with_skipped(self, does: object) -> None:
        """Where *Skip* stood stands *Undo* then, and not the *Skip* of whatever comes next."""
        if isinstance(does, Skip) and self.view is not None:
            skipped = (item.id for item in self.view.events if any(deed.does == does for deed in item.deeds))
            self._select(next(skipped, self._selected or ""))

    def _settings(self) -> None:
        self.chosen.emit(Command(CommandName.OPEN_SETTINGS))

    def _step(self, days: int) -> None:
        if self.view is not None and self.view.first_day <= self.view.day + timedelta(days=days) <= self.view.last_day:
            self._open_day(self.view.day + timedelta(days=days), "")

    def _open_day(self, day: date, block: str) -> None:
        self._day, self._selected = day, block or None
        self.tabs.setCurrentIndex(0)
        self._draw()
        self._scroll_to_selected()


def _first_coming(view: DayView) -> str | None:
    """What to select where nothing is going on: the next block, else the last, else an event."""
    coming = [block for block in view.blocks if not block.past]
    for items in (coming, view.blocks[-1:], view.events):
        if items:
            return items[0].id
    return None
