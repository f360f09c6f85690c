"""The windows as the interface opens them: one of each, off the GUI thread, and what they ask of the program."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

from b2cal_desktop.switchboards.practice import PracticeSwitchboard
from b2cal_desktop.ui.commands import Command, CommandName
from b2cal_desktop.ui.configuration import SentRequest, Unfinished
from b2cal_desktop.ui.interface import Actions, Interface
from b2cal_desktop.ui.outgoing import OutgoingWindow
from b2cal_desktop.ui.windows import Windows
from tests.ui import states
from tests.ui.still import Still
from tests.ui.worlds import NOW, World, board

SETTINGS, SET_UP, OUTGOING = (
    Command(name) for name in (CommandName.OPEN_SETTINGS, CommandName.SET_UP, CommandName.OUTGOING)
)


@pytest.fixture(scope="module")
def switchboard() -> Iterator[PracticeSwitchboard]:
    with board() as running:
        yield running


@pytest.fixture
def world(profile: Path, switchboard: PracticeSwitchboard) -> World:
    made = World(profile, switchboard)
    made.write_usual()
    return made


@pytest.fixture
def interface(qtbot: QtBot, world: World) -> Iterator[Interface]:
    actions = Actions(lambda _intent: None, lambda: NOW, lambda: None, configuration=world.configuration)
    made = Interface(actions, "sv")
    made.show()
    made.show_state(states.IN_MEETING)
    yield made
    made.close()


def windows(interface: Interface) -> Windows:
    assert interface.windows is not None
    return interface.windows


def test_settings_open_once_on_the_page_that_was_asked_for(interface: Interface, qtbot: QtBot) -> None:
    interface.carry_out(Command(CommandName.OPEN_SETTINGS, "rules"))
    qtbot.waitUntil(lambda: windows(interface).settings is not None, timeout=5000)
    window = windows(interface).settings
    assert window is not None
    assert window.list.currentRow() == 3
    assert "Möte" in window.ribbon.accessibleName()
    interface.carry_out(SETTINGS)
    assert windows(interface).settings is window
    window.reject()
    assert windows(interface).settings is None


def test_settings_that_cannot_be_read_are_said(interface: Interface, world: World, qtbot: QtBot) -> None:
    world.write("[rules]\nmethod = 7\n")
    interface.carry_out(SETTINGS)
    qtbot.waitUntil(lambda: bool(windows(interface)._boxes), timeout=5000)
    (box,) = windows(interface)._boxes
    assert "rad 2, rules.method" in box.informativeText()


def test_another_language_reaches_everything_at_once(interface: Interface, world: World, qtbot: QtBot) -> None:
    interface.carry_out(Command(CommandName.OPEN_SETTINGS, "general"))
    qtbot.waitUntil(lambda: windows(interface).settings is not None, timeout=5000)
    window = windows(interface).settings
    assert window is not None
    window.draft.set("language", "en")
    window.buttons.button(QDialogButtonBox.StandardButton.Ok).click()
    qtbot.waitUntil(lambda: interface.language == "en", timeout=5000)
    assert interface.tray.icon.toolTip().startswith("Meeting until 10:00")


def test_settings_that_stay_open_speak_the_new_language(interface: Interface, qtbot: QtBot) -> None:
    interface.carry_out(Command(CommandName.OPEN_SETTINGS, "general"))
    qtbot.waitUntil(lambda: windows(interface).settings is not None, timeout=5000)
    window = windows(interface).settings
    assert window is not None
    window.draft.set("language", "en")
    window.buttons.button(QDialogButtonBox.StandardButton.Apply).click()

    def reopened() -> bool:
        again = windows(interface).settings
        return again is not None and again is not window

    qtbot.waitUntil(reopened, timeout=5000)
    again = windows(interface).settings
    assert again is not None
    assert again.windowTitle() == "Settings – B2Cal Desktop"
    assert again.list.currentRow() == 4


def test_the_message_to_it_is_ready_to_be_copied(qtbot: QtBot, tmp_path: Path) -> None:
    still = Still(tmp_path)
    made = Interface(Actions(lambda _intent: None, lambda: NOW, lambda: None, configuration=still), "sv")
    made.show_state(states.CALENDAR_APPROVAL)
    first = made.tray.entries.menu.actions()[0]
    assert first.text() == "Be IT om godkännande…"
    first.trigger()
    qtbot.waitUntil(lambda: bool(windows(made)._boxes), timeout=5000)
    (box,) = windows(made)._boxes
    copy = next(button for button in box.buttons() if "Kopiera" in button.text().replace("&", ""))
    copy.click()
    assert "adminconsent" in QGuiApplication.clipboard().text()
    made.close()


def test_an_unfinished_set_up_is_offered_first_and_nothing_else_nags(qtbot: QtBot, world: World) -> None:
    world.settings_file.unlink()
    actions = Actions(
        lambda _intent: None, lambda: NOW, lambda: None, configuration=world.configuration, set_up_needed=True
    )
    made = Interface(actions, "sv")
    made.show()
    made.show_state(states.CALENDAR_SIGN_IN)
    assert made.tray.entries.menu.actions()[0].text() == "Kom i gång…"
    assert not made.notices._told
    made.open_day()  # as a click on the icon or a second start asks for
    assert made.day is None
    qtbot.waitUntil(lambda: windows(made).wizard is not None, timeout=5000)
    made.carry_out(SET_UP)
    wizard = windows(made).wizard
    assert wizard is not None
    wizard.finished_setup.emit(world.loaded())
    assert made.day is not None
    assert made.day.isVisible()
    assert made.tray.entries.menu.actions()[0].text() != "Kom i gång…"
    made.close()


def test_settings_that_name_a_calendar_finish_the_set_up_too(qtbot: QtBot, world: World) -> None:
    world.settings_file.unlink()
    actions = Actions(
        lambda _intent: None, lambda: NOW, lambda: None, configuration=world.configuration, set_up_needed=True
    )
    made = Interface(actions, "sv")
    made.show()
    made.show_state(states.IN_MEETING)
    made.carry_out(Command(CommandName.OPEN_SETTINGS))
    qtbot.waitUntil(lambda: windows(made).settings is not None, timeout=5000)
    settings = windows(made).settings
    assert settings is not None
    settings.draft.set("calendar.source", "icalendar")
    settings.draft.set("calendar.icalendar.location", str(world.calendar))
    settings.save(close=True)
    qtbot.waitUntil(lambda: windows(made).settings is None, timeout=5000)
    assert "sync" in [entry.id for entry in made._view().entries]
    made.close()


def test_other_settings_leave_a_set_up_that_was_left_as_it_is(qtbot: QtBot, world: World) -> None:
    world.settings_file.unlink()
    left = Unfinished({"calendar.source": "icalendar", "calendar.icalendar.location": str(world.calendar)}, 2)
    world.configuration.keep_unfinished(left)
    actions = Actions(
        lambda _intent: None, lambda: NOW, lambda: None, configuration=world.configuration, set_up_needed=True
    )
    made = Interface(actions, "sv")
    made.show()
    made.show_state(states.IN_MEETING)
    made.carry_out(Command(CommandName.OPEN_SETTINGS))
    qtbot.waitUntil(lambda: windows(made).settings is not None, timeout=5000)
    settings = windows(made).settings
    assert settings is not None
    settings.draft.set("sync.poll_seconds", 120)
    settings.save(close=True)
    qtbot.waitUntil(lambda: windows(made).settings is None, timeout=5000)
    assert world.loaded().settings.sync.poll_seconds == 120
    assert "sync" not in [entry.id for entry in made._view().entries]
    assert world.configuration.open().unfinished == left
    made.close()


def test_the_password_of_the_switchboard_is_asked_for_on_its_page(interface: Interface, qtbot: QtBot) -> None:
    interface.show_state(replace(states.SWITCHBOARD_SIGN_IN, generation=99))
    interface.carry_out(Command(CommandName.SIGN_IN, "switchboard"))
    qtbot.waitUntil(lambda: windows(interface).settings is not None, timeout=5000)
    window = windows(interface).settings
    assert window is not None
    assert window.list.currentRow() == 1


def test_what_leaves_this_computer_is_shown_as_it_went(qtbot: QtBot, swedish: str) -> None:
    sent = (
        SentRequest(
            NOW, 'PUT https://v.se/v1/users/a/diversion\nAuthorization: ***\n\n{"diversion": "lunch"}', "{}", 200
        ),
        SentRequest(NOW, "GET https://v.se/v1/users/a/diversion", "", None),
    )
    window = OutgoingWindow(lambda: sent, NOW.tzinfo, swedish)
    qtbot.addWidget(window)
    qtbot.waitUntil(lambda: window.list.count() == 2, timeout=5000)
    assert window.list.item(0).text() == "09:12:20  PUT /v1/users/a/diversion"
    assert window.sent.toPlainText() == sent[0].request
    window.list.setCurrentRow(1)
    assert window.answer.toPlainText() == "Inget svar"
    assert "Authorization: ***" in window.as_text()


def test_nothing_of_a_window_is_imported_before_it_opens() -> None:
    import subprocess
    import sys

    late = "settings.window setup_wizard outgoing checks day_view status_window dialogs timeline"
    code = (
        f"import sys, b2cal_desktop.app; print([m for m in '{late}'.split() if 'b2cal_desktop.ui.' + m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
