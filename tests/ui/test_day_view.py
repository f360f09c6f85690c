"""The day window by mouse, by keyboard and as a screen reader meets it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot

from b2cal_desktop.core.intents import FinishEarly, FollowCalendar, Pause, Skip, SwitchSync, SyncNow, UndoSkip
from b2cal_desktop.core.model import Text, Warning
from b2cal_desktop.core.state import AppState
from b2cal_desktop.ui.commands import Command, CommandName, Offers
from b2cal_desktop.ui.day_view import DayWindow
from b2cal_desktop.ui.timeline_item import TimelineItem
from tests.ui import states
from tests.ui.states import NOW, at

Open = Callable[..., DayWindow]


@pytest.fixture
def open_day(qtbot: QtBot, swedish: str) -> Open:
    def opened(state: AppState | None = states.IN_MEETING, **offers: bool) -> DayWindow:
        window = DayWindow(swedish, Offers(**offers))
        qtbot.addWidget(window)
        if state is not None:
            window.render_state(state, NOW, dark=False)
        window.show()
        window.open_today()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        return window

    return opened


def chosen(window: DayWindow) -> list[object]:
    got: list[object] = []
    window.chosen.connect(got.append)
    return got


def focused(window: DayWindow) -> str:
    widget = window.focusWidget()
    return widget.item.title if isinstance(widget, TimelineItem) else type(widget).__name__


def press(qtbot: QtBot, window: DayWindow, *keys: Qt.Key) -> None:
    for key in keys:
        qtbot.keyClick(window.focusWidget() or window, key)


def test_it_opens_on_the_present_block_and_says_why(open_day: Open) -> None:
    window = open_day()
    assert focused(window) == "Möte"
    assert window.why.heading.text() == "Varför Möte?"
    assert "har prefixet för Möte i ämnesraden" in window.why.body.text()
    assert window.header.detail.text() == "växeln bekräftade 09:00:00 · synkat för 20 s sedan"


def test_a_click_selects_and_says_why(open_day: Open, qtbot: QtBot) -> None:
    window = open_day()
    item = window.timeline.item("event/offert")
    assert item is not None
    qtbot.mouseClick(item, Qt.MouseButton.LeftButton)
    assert window.why.heading.text() == "Skriva offert"
    assert item.isChecked()


def test_the_day_is_walked_by_keyboard(open_day: Open, qtbot: QtBot) -> None:
    window = open_day()
    press(qtbot, window, Qt.Key.Key_Down)
    assert focused(window) == "Jobbar hemifrån"
    press(qtbot, window, Qt.Key.Key_Down)
    assert window.why.heading.text() == "Varför Lunch?"
    press(qtbot, window, Qt.Key.Key_Left)
    assert (focused(window), window.why.heading.text()) == ("LUN: sallad med Karin",) * 2
    press(qtbot, window, Qt.Key.Key_Home)
    assert focused(window) == "HEM: jobbar hemifrån"
    press(qtbot, window, Qt.Key.Key_Up, Qt.Key.Key_Left)
    assert focused(window) == "HEM: jobbar hemifrån"
    press(qtbot, window, Qt.Key.Key_End, Qt.Key.Key_Right)
    assert focused(window) == "Jobbar hemifrån"


def test_tab_stops_once_at_the_time_line(open_day: Open) -> None:
    window = open_day()
    stops = [w for w in window.timeline.findChildren(TimelineItem) if w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert [stop.item.title for stop in stops] == ["Möte"]


def test_buttons_hand_back_intents(open_day: Open) -> None:
    window = open_day()
    got = chosen(window)
    window.why.buttons["finish"].click()
    window.why.buttons["skip"].click()
    window.header.sync.click()
    assert got == [FinishEarly(), Skip("budget", until=at("10:00")), SyncNow()]
    assert not window.why.buttons["undo"].isVisible()


def test_where_skip_stood_stands_undo_and_not_the_next_skip(open_day: Open) -> None:
    window = open_day()
    window.why.buttons["skip"].setFocus()
    window.why.buttons["skip"].click()
    window.render_state(states.SKIPPED, NOW, dark=False)
    assert window.why.heading.text() == "MOT: Budgetmöte"
    assert [name for name, button in window.why.buttons.items() if button.isVisible()] == ["undo"]
    assert window.focusWidget() is window.why.buttons["undo"]


def test_a_skip_is_undone(open_day: Open) -> None:
    window = open_day(states.SKIPPED)
    got = chosen(window)
    item = window.timeline.item("event/budget")
    assert item is not None
    item.click()
    window.why.buttons["undo"].click()
    assert got == [UndoSkip("budget")]


def test_days_are_leafed_through_within_what_is_known(open_day: Open, qtbot: QtBot) -> None:
    window = open_day()
    assert not window.earlier.isEnabled()
    for _ in range(10):
        qtbot.keyClick(window, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert window.title.text() == "Söndag 29 november"
    assert not window.later.isEnabled()
    assert window.why.heading.text() == "Inget i kalendern den här dagen"
    window.today.click()
    assert window.title.text() == "I dag · måndag 23 november"


def test_the_table_says_the_same_and_selects_too(open_day: Open) -> None:
    window = open_day()
    window.as_table.click()
    assert window.table.isVisible()
    rows = window.table.texts()
    assert [row[:4] for row in rows][:4] == [
        ["hela dagen", "HEM: jobbar hemifrån", "Bokning", "Ledig"],
        ["till 09:00", "Jobbar hemifrån", "Hänvisning", ""],
        ["08:30–08:45", "Morgonmöte", "Bokning", "Ledig"],
        ["09:00–10:00", "Möte", "Hänvisning", "nu"],
    ]
    assert all(row[4] for row in rows)
    window.table.selectRow(2)
    assert window.why.heading.text() == "Morgonmöte"


def test_the_coming_week_leads_to_its_days(open_day: Open) -> None:
    window = open_day()
    window.tabs.setCurrentIndex(1)
    tuesday = window.coming.rows.item(1)
    window.coming.activated.emit(tuesday.child(0).index())
    assert window.tabs.currentIndex() == 0
    assert window.title.text() == "I morgon · tisdag 24 november"
    assert window.why.heading.text() == "Varför Möte?"
    assert window.history.texts()[0][1] == "Möte till 10:00"


def test_a_new_state_keeps_selection_and_focus(open_day: Open, qtbot: QtBot) -> None:
    window = open_day()
    press(qtbot, window, Qt.Key.Key_Down, Qt.Key.Key_Down)
    widget = window.focusWidget()
    window.render_state(states.PAUSED, NOW + timedelta(seconds=20), dark=False)
    assert window.focusWidget() is widget
    assert window.why.heading.text() == "Varför Lunch?"
    window.render_state(states.OFF, NOW, dark=True)
    assert not window.header.sync.isEnabled()


def test_a_problem_shows_with_its_remedy(open_day: Open) -> None:
    window = open_day(states.CALENDAR_SIGN_IN, sign_in=True)
    got = chosen(window)
    assert "logga in i kalendern" in window.banner.text.text()
    window.banner.button.click()
    assert got == [Command(CommandName.SIGN_IN, "calendar")]
    window.render_state(states.IN_MEETING, NOW, dark=False)
    assert not window.banner.isVisible()
    assert not open_day(states.CALENDAR_SIGN_IN).banner.button.isVisible()


def test_before_the_first_state_it_says_so(open_day: Open) -> None:
    window = open_day(None)
    assert window.waiting.isVisible()
    assert not window.tabs.isVisible()


def test_escape_closes(open_day: Open, qtbot: QtBot) -> None:
    window = open_day()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()


def test_a_screen_reader_finds_a_name_and_a_role_on_everything(open_day: Open) -> None:
    window = open_day(states.CALENDAR_SIGN_IN, sign_in=True)
    spoken: list[QWidget] = [*window.findChildren(QAbstractButton), window.table, window.coming, window.history]
    for widget in spoken:
        if widget.metaObject().className() == "QTableCornerButton" or (
            widget.isHidden() and isinstance(widget, QAbstractButton)
        ):
            continue
        face = QAccessible.queryAccessibleInterface(widget)
        assert face.text(QAccessible.Text.Name), widget
        assert face.role() is not QAccessible.Role.NoRole
    meeting = next(w for w in window.findChildren(TimelineItem) if w.item.title == "Möte")
    face = QAccessible.queryAccessibleInterface(meeting)
    assert face.text(QAccessible.Text.Name) == "Hänvisning: Möte, 09:00–10:00"
    assert face.text(QAccessible.Text.Description).startswith("”MOT: Budgetmöte” 09:00–10:00 har prefixet")
    assert face.role() in (QAccessible.Role.Button, QAccessible.Role.CheckBox)
    assert face.state().checked


def test_labels_break_rather_than_be_cut(open_day: Open) -> None:
    window = open_day(states.CALENDAR_AWAY)
    window.resize(560, 700)
    for label in window.findChildren(QLabel):
        if label.isVisible() and label.text():
            assert label.wordWrap() or label.width() >= label.sizeHint().width(), label.text()
    for button in window.findChildren(QAbstractButton):
        if button.isVisible() and len(button.text()) > 1 and not isinstance(button, TimelineItem):
            assert button.width() >= button.minimumSizeHint().width(), button.text()


@pytest.mark.parametrize(
    ("state", "label", "intent"),
    [
        (states.MANUAL, "&Följ kalendern igen", FollowCalendar()),
        (states.PAUSED, "Fortsätt n&u", Pause(None)),
        (states.OFF, "Slå &på synkroniseringen", SwitchSync(True)),
    ],
)
def test_one_button_leads_back_to_the_calendar(open_day: Open, state: AppState, label: str, intent: object) -> None:
    window = open_day(state)
    got = chosen(window)
    assert window.header.way_back.text() == label
    window.header.way_back.click()
    assert got == [intent]


def test_the_footer_leads_to_what_is_sent_and_to_what_a_warning_is_about(open_day: Open) -> None:
    warning = Warning("unknown_prefix", Text("Menades MOT:?", "Was MOT: meant?"), "standup")
    window = open_day(replace(states.IN_MEETING, warnings=(warning,)), settings=True)
    got = chosen(window)
    assert "Menades MOT:?" in window.footer.text.text()
    window.footer.fix.click()
    window.footer.outgoing.click()
    assert got == [Command(CommandName.OPEN_SETTINGS, "diversions"), Command(CommandName.OUTGOING)]
    item = window.timeline.item("event/standup")
    assert item is not None
    item.click()
    assert "Menades MOT:?" in window.why.body.text()


def test_the_platforms_own_keys_open_the_settings(open_day: Open, qtbot: QtBot) -> None:
    window = open_day()
    got = chosen(window)
    qtbot.keyClick(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    assert got == [Command(CommandName.OPEN_SETTINGS)]
