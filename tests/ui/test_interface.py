"""The interface as the program around it sees it, where there is no tray: a window takes its place."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from b2cal_desktop.core.intents import Extend, Pause, SetDiversion, SwitchSync
from b2cal_desktop.ui.commands import Command, CommandName, Offers, PauseFor
from b2cal_desktop.ui.dialogs import ChooseTimeDialog
from b2cal_desktop.ui.interface import Interface
from b2cal_desktop.ui.presentation import tray_view
from b2cal_desktop.ui.status_window import StatusWindow
from tests.ui import states
from tests.ui.conftest import Program
from tests.ui.states import NOW, at


@pytest.fixture
def interface(qtbot: QtBot, program: Program) -> Iterator[Interface]:
    made = Interface(program.actions(), "sv")
    made.show()
    yield made
    made.close()


@pytest.fixture
def window(interface: Interface, qtbot: QtBot) -> Interface:
    """The interface once its window has come in place of the tray."""
    qtbot.waitUntil(lambda: interface.status is not None, timeout=5000)
    return interface


def test_an_icon_is_there_before_any_state(interface: Interface) -> None:
    assert not interface.tray.icon.icon().isNull()
    assert interface.tray.icon.toolTip() == "B2Cal Desktop · Startar…"


def test_late_generations_are_dropped(interface: Interface) -> None:
    interface.show_state(states.IN_MEETING)
    interface.show_state(replace(states.OFF, generation=6))
    assert interface.tray.icon.toolTip().startswith("Möte till 10:00")
    interface.show_state(replace(states.OFF, generation=8))
    assert interface.tray.icon.toolTip() == "Synkroniseringen är avstängd"


def test_time_alone_changes_the_words(interface: Interface, program: Program) -> None:
    interface.show_state(states.IN_MEETING)
    program.wait(minutes=3)
    interface.render()
    entry = next(a for a in interface.tray.entries.menu.actions() if a.data() == "sync_now")
    assert entry.text() == "Synka nu (för 3 min sedan)"


def test_it_looks_again_at_the_next_change_or_minute(interface: Interface, program: Program) -> None:
    interface.show_state(states.IN_MEETING)
    assert interface._next_look() == 40_020
    program.now = at("09:59:58")
    assert interface._next_look() == 2_020


def test_intents_go_to_the_engine_and_commands_do_not(interface: Interface, program: Program) -> None:
    interface.show_state(states.IN_MEETING)
    interface.carry_out(Extend(15))
    interface.carry_out(PauseFor(30))
    interface.carry_out(Command(CommandName.SIGN_IN, "calendar"))
    interface.carry_out(Command(CommandName.QUIT))
    assert program.sent == [Extend(15), Pause(at("09:43"))]
    assert (program.signed_in, program.quits) == (["calendar"], 1)


def test_without_a_tray_a_window_shows_the_same(window: Interface, program: Program) -> None:
    status = window.status
    assert status is not None
    assert status.headline.text() == "Startar…"
    window.show_state(states.IN_MEETING)
    assert status.headline.text() == "Möte till 10:00"
    assert status.next.text() == "Härnäst: Jobbar hemifrån 10:00–12:00"
    assert status.windowTitle() == "Möte till 10:00 – B2Cal Desktop"
    assert status.badge.accessibleName() == "Möte till 10:00"
    status.sync.click()
    assert program.sent == [SwitchSync(False)]
    status.today.click()
    assert window.day is not None
    assert window.day.isVisible()


def test_before_the_set_up_is_done_the_window_leads_there_and_says_so(qtbot: QtBot, swedish: str) -> None:
    offers = Offers(settings=True, set_up=True)
    status = StatusWindow(offers)
    qtbot.addWidget(status)
    status.render(tray_view(states.IN_MEETING, NOW, "sv", offers), dark=False)
    assert (status.today.text(), status.sync.isHidden()) == ("Kom i gång…", True)
    with qtbot.waitSignal(status.chosen) as asked:
        status.today.click()
    assert asked.args == [Command(CommandName.OPEN_DAY)]  # which opens the set-up


def test_closing_the_window_minimises_it(window: Interface) -> None:
    assert window.status is not None
    window.status.close()
    assert window.status.isMinimized()
    window.status.close_for_good()
    assert not window.status.isVisible()


def test_a_notice_is_told_once_an_hour(window: Interface, program: Program) -> None:
    assert window.status is not None
    told = []
    for generation, minutes in ((10, 0), (11, 30), (12, 29), (13, 1)):
        program.wait(minutes=minutes)
        window.status.message.clear()
        window.show_state(replace(states.DISMISSED, generation=generation))
        told.append(window.status.message.text())
    text = "Du är tillbaka tidigt. Resten av den här bokningen räknas inte. Nästa gäller som vanligt."
    assert told == [text, "", "", text]


def test_a_time_is_chosen_only_ahead(interface: Interface, program: Program) -> None:
    interface.show_state(states.IN_MEETING)
    interface.carry_out(Command(CommandName.CHOOSE_TIME, "vacation"))
    dialog = next(w for w in interface._dialogs if isinstance(w, ChooseTimeDialog))
    assert dialog.end == at("11:00")
    ok = dialog.buttons.button(dialog.buttons.StandardButton.Ok)
    dialog.edit.setDateTime(dialog.edit.minimumDateTime())
    assert not ok.isEnabled()
    dialog.edit.setDateTime(dialog.edit.minimumDateTime().addDays(7))
    assert ok.isEnabled()
    ok.click()
    assert program.sent == [SetDiversion("vacation", at("09:12", 30))]
    assert not interface._dialogs


def test_the_language_changes_at_once(window: Interface) -> None:
    window.show_state(states.IN_MEETING)
    window.open_day()
    window.set_language("en")
    assert window.day is not None
    assert window.status is not None
    assert window.status.headline.text() == "Meeting until 10:00"
    assert window.day.why.heading.text() == "Why Meeting?"
    assert window.day.today.text() == "&Today"


def test_about_says_what_it_is(interface: Interface) -> None:
    interface.carry_out(Command(CommandName.ABOUT))
    (box,) = interface._dialogs
    assert "B2Cal Desktop" in box.text()  # type: ignore[attr-defined]


def test_importing_the_interface_loads_nothing_heavy() -> None:
    heavy = "requests msal exchangelib lxml keyring icalendar sqlite3 jeepney"
    code = f"import sys, b2cal_desktop.ui.interface; print([m for m in '{heavy}'.split() if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_qt_gives_back_every_none_it_borrows(qapp: QApplication) -> None:
    """The wheel of PySide6 6.12.0 loses one on Python 3.11 at each call without a result, until Python aborts."""
    thing = QObject()
    before = sys.getrefcount(None)
    for _ in range(1000):
        thing.setObjectName("x")
    assert abs(sys.getrefcount(None) - before) < 100


def test_an_hour_of_states_leaves_nothing_behind(interface: Interface, program: Program) -> None:
    interface.open_day()
    for generation in range(100, 130):
        program.wait(minutes=2)
        state = list(states.ALL.values())[generation % len(states.ALL)]
        interface.show_state(replace(state, generation=generation, now=NOW + timedelta(seconds=generation)))
    QApplication.sendPostedEvents(None, 52)  # DeferredDelete
    assert interface.day is not None
    assert len(interface.tray.entries.menu.actions()) < 30
    assert len(interface.day.timeline.findChildren(QObject)) < 120
