"""The menu follows the entries in place, and stays still while somebody looks at it."""

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from b2cal_desktop.core.intents import FinishEarly, SwitchSync
from b2cal_desktop.ui.commands import SetFor
from b2cal_desktop.ui.entries import Entry
from b2cal_desktop.ui.menu import EntryMenu
from b2cal_desktop.ui.presentation import tray_view
from tests.ui import states
from tests.ui.states import NOW


@pytest.fixture
def menu(qapp: object) -> EntryMenu:
    return EntryMenu()


def show(menu: EntryMenu, state: states.AppState) -> None:
    menu.render(tray_view(state, NOW, "en").entries, dark=False)


def labels(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def action(menu: QMenu, id: str) -> QAction:
    return next(a for a in menu.actions() if a.data() == id)


def test_it_shows_what_the_entries_say(menu: EntryMenu) -> None:
    show(menu, states.IN_MEETING)
    assert labels(menu.menu)[:3] == [
        "Meeting until 10:00",
        "Next: Working from home 10:00–12:00",
        "Sync with the calendar",
    ]
    assert action(menu.menu, "sync").isChecked()
    assert not action(menu.menu, "headline").isEnabled()
    lunch = action(action(menu.menu, "set").menu(), "set.lunch")
    assert labels(lunch.menu()) == ["30 min", "1 h", "Until 13:00", "The rest of the day", "Choose time…"]
    assert not lunch.icon().isNull()


def test_a_click_says_what_was_chosen(menu: EntryMenu) -> None:
    chosen: list[object] = []
    menu.chosen.connect(chosen.append)
    show(menu, states.IN_MEETING)
    action(menu.menu, "sync").trigger()
    action(menu.menu, "finish").trigger()
    action(action(action(menu.menu, "set").menu(), "set.lunch").menu(), "set.lunch.30").trigger()
    assert chosen == [SwitchSync(False), FinishEarly(), SetFor("lunch", 30)]


def test_the_check_box_says_what_is_and_not_what_was_clicked(menu: EntryMenu) -> None:
    show(menu, states.IN_MEETING)
    action(menu.menu, "sync").trigger()
    show(menu, states.IN_MEETING)
    assert action(menu.menu, "sync").isChecked()


def test_actions_live_on_from_state_to_state(menu: EntryMenu) -> None:
    show(menu, states.IN_MEETING)
    before = {a.data(): a for a in menu.menu.actions()}
    for state in states.ALL.values():
        show(menu, state)
        wanted = [entry.id for entry in tray_view(state, NOW, "en").entries]
        assert [a.data() for a in menu.menu.actions()] == wanted
    show(menu, states.IN_MEETING)
    assert action(menu.menu, "sync") is before["sync"]
    assert action(menu.menu, "set") is before["set"]


def test_an_open_menu_does_not_change_until_it_closes(menu: EntryMenu, qtbot: QtBot) -> None:
    show(menu, states.IN_MEETING)
    before = labels(menu.menu)
    menu.menu.popup(menu.menu.pos())
    show(menu, states.OFF)
    assert labels(menu.menu) == before
    menu.menu.close()
    qtbot.waitUntil(lambda: labels(menu.menu)[0] == "Sync is switched off", timeout=2000)


def test_an_ampersand_is_shown_and_no_shortcut(menu: EntryMenu) -> None:
    menu.render((Entry("x", "Sick & tired"),), dark=False)
    assert menu.menu.actions()[0].text() == "Sick && tired"
