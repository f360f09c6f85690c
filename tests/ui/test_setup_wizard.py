"""The set-up from an empty profile to a diversion in a real practice switchboard, and what happens when it is left."""

from argparse import Namespace
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from b2cal_desktop.accounts.secrets import MemorySecretStore
from b2cal_desktop.configure import ProfileConfiguration, needs_set_up, unfinished_path
from b2cal_desktop.context import Context
from b2cal_desktop.core.state import AppState
from b2cal_desktop.engine import Engine
from b2cal_desktop.switchboards.practice import PracticeSwitchboard
from b2cal_desktop.system.clock import SystemClock
from b2cal_desktop.ui.settings.diversions_page import DiversionsPage
from b2cal_desktop.ui.setup_wizard import SetupWizard
from tests.test_cli import calendar, event
from tests.ui.worlds import NOW, USER, World, board

Open = Callable[..., SetupWizard]


@pytest.fixture(scope="module")
def switchboard() -> Iterator[PracticeSwitchboard]:
    with board() as running:
        yield running


@pytest.fixture
def world(profile: Path, switchboard: PracticeSwitchboard) -> World:
    return World(profile, switchboard)


@pytest.fixture
def open_wizard(qtbot: QtBot, world: World, swedish: str) -> Open:
    def opened() -> SetupWizard:
        wizard = SetupWizard(world.configuration.open(), world.configuration, swedish, lambda: NOW)
        qtbot.addWidget(wizard)
        wizard.show()
        return wizard

    return opened


def name_calendar(wizard: SetupWizard, location: str) -> None:
    wizard.calendar._sources["icalendar"].click()
    edit = wizard.calendar.row("calendar.icalendar.location").control
    assert isinstance(edit, QLineEdit)
    edit.selectAll()
    edit.insert(location)


def name_switchboard(wizard: SetupWizard, url: str) -> None:
    for key, text in (("base_url", url), ("user", USER)):
        edit = wizard.switchboard.edits[key]
        edit.selectAll()
        edit.insert(text)


def walk_to_the_preview(wizard: SetupWizard, world: World, qtbot: QtBot) -> None:
    wizard.next.click()
    name_calendar(wizard, str(world.calendar))
    wizard.next.click()
    name_switchboard(wizard, world.board.url)
    wizard.next.click()
    page = wizard.pages["diversions"]
    assert isinstance(page, DiversionsPage)
    page.methods["prefix_then_status"].click()
    wizard.next.click()
    assert wizard.step == "preview"
    qtbot.waitUntil(lambda: bool(wizard.preview.ribbons), timeout=5000)


def test_five_steps_lead_from_nothing_to_settings_that_work(open_wizard: Open, world: World, qtbot: QtBot) -> None:
    assert needs_set_up(world.context.profile, world.loaded())
    wizard = open_wizard()
    assert wizard.place.text() == "Steg 1 av 5"
    walk_to_the_preview(wizard, world, qtbot)
    assert "09:00–10:00 Möte, 12:00–13:00 Lunch" in wizard.preview.ribbons[0].accessibleName()
    assert not world.settings_file.exists()
    with qtbot.waitSignal(wizard.finished_setup, timeout=5000):
        wizard.next.click()
    settings = world.loaded().settings
    assert settings.calendar.icalendar.location == str(world.calendar)
    assert settings.switchboard.fields["user"] == USER
    assert settings.rules.method == "prefix_then_status"
    assert not needs_set_up(world.context.profile, world.loaded())
    assert not unfinished_path(world.context.profile).exists()


def test_back_always_works_and_keeps_what_was_filled_in(open_wizard: Open, world: World, qtbot: QtBot) -> None:
    wizard = open_wizard()
    walk_to_the_preview(wizard, world, qtbot)
    for step in ("diversions", "switchboard", "calendar", "welcome"):
        wizard.back.click()
        assert wizard.step == step
    assert not wizard.back.isVisible()
    assert wizard.draft.value("calendar.icalendar.location") == str(world.calendar)
    assert wizard.draft.value("switchboard.fields")["user"] == USER


def test_left_and_resumed_where_it_was_without_the_secrets(open_wizard: Open, world: World, qtbot: QtBot) -> None:
    wizard = open_wizard()
    wizard.next.click()
    name_calendar(wizard, str(world.calendar))
    wizard.next.click()
    wizard.switchboard.edits["token"].insert("biljett-17")
    wizard.later.click()
    qtbot.waitUntil(unfinished_path(world.context.profile).exists, timeout=5000)
    assert "biljett-17" not in unfinished_path(world.context.profile).read_text()
    assert not world.settings_file.exists()
    assert needs_set_up(world.context.profile, world.loaded())
    again = open_wizard()
    assert again.step == "switchboard"
    assert again.draft.value("calendar.icalendar.location") == str(world.calendar)


@pytest.mark.parametrize("left_at", ["welcome", "calendar", "switchboard", "diversions", "preview"])
def test_every_step_is_left_and_resumed(open_wizard: Open, world: World, qtbot: QtBot, left_at: str) -> None:
    wizard = open_wizard()
    if left_at != "welcome":
        walk_to_the_preview(wizard, world, qtbot)
        while wizard.step != left_at:
            wizard.back.click()
    wizard.reject()
    qtbot.waitUntil(unfinished_path(world.context.profile).exists, timeout=5000)
    again = open_wizard()
    # What was typed as a secret is gone, so the last step is shown anew from the last question.
    assert again.step == ("diversions" if left_at == "preview" else left_at)
    while again.step != "preview":
        if again.step == "calendar" and not again.draft.value("calendar.icalendar.location"):
            name_calendar(again, str(world.calendar))
        again.next.click()
    qtbot.waitUntil(lambda: bool(again.preview.ribbons), timeout=5000)


def test_a_damaged_leftover_begins_anew(open_wizard: Open, world: World) -> None:
    unfinished_path(world.context.profile).write_text('{"changes": 7')
    assert open_wizard().step == "welcome"


def test_without_a_calendar_it_does_not_go_on_and_says_why(open_wizard: Open) -> None:
    wizard = open_wizard()
    wizard.next.click()
    name_calendar(wizard, "")
    wizard.next.click()
    assert wizard.step == "calendar"
    row = wizard.calendar.row("calendar.icalendar.location")
    assert row.error.text() == "Ange vilken fil eller länk."
    assert wizard.focusWidget() is row.control


def test_a_switchboard_address_that_cannot_be_one_keeps_the_step(open_wizard: Open, world: World) -> None:
    wizard = open_wizard()
    wizard.next.click()
    name_calendar(wizard, str(world.calendar))
    wizard.next.click()
    name_switchboard(wizard, "hej")
    wizard.next.click()
    assert wizard.step == "switchboard"
    assert wizard.focusWidget() is wizard.switchboard.edits["base_url"]


def test_a_calendar_that_cannot_be_read_is_said_in_the_preview(open_wizard: Open, world: World, qtbot: QtBot) -> None:
    world.calendar.unlink()
    wizard = open_wizard()
    wizard.next.click()
    name_calendar(wizard, str(world.calendar))
    for _ in range(3):
        wizard.next.click()
    qtbot.waitUntil(wizard.preview.again.isVisible, timeout=5000)
    assert "calendar.ics" in wizard.preview.note.text()
    world.fill(("LUN: sallad", "12:00", "13:00"))
    wizard.preview.again.click()
    qtbot.waitUntil(lambda: bool(wizard.preview.ribbons), timeout=5000)
    assert not wizard.preview.to_calendar.isVisible()


def test_from_a_preview_without_a_calendar_a_button_leads_to_the_step_that_asks_for_it(
    open_wizard: Open, world: World, qtbot: QtBot
) -> None:
    world.calendar.unlink()
    wizard = open_wizard()
    wizard.next.click()
    name_calendar(wizard, str(world.calendar))
    for _ in range(3):
        wizard.next.click()
    qtbot.waitUntil(wizard.preview.to_calendar.isVisible, timeout=5000)
    wizard.preview.to_calendar.click()
    assert wizard.step == "calendar"


def test_the_preview_says_what_days_it_leaves_out(open_wizard: Open, world: World, qtbot: QtBot) -> None:
    wizard = open_wizard()
    walk_to_the_preview(wizard, world, qtbot)
    assert len(wizard.preview.ribbons) == 1
    last = wizard.preview.days.itemAt(wizard.preview.days.count() - 1)
    assert last is not None
    assert last.widget().text() == "Övriga dagar till och med söndag 29 november: inget som ger en hänvisning."


def test_steps_that_the_company_has_answered_are_left_out(
    open_wizard: Open, world: World, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    text = '[locked.calendar]\nsource = "icalendar"\n[locked.calendar.icalendar]\nlocation = "{}"\n'
    path = world.policy(text.format(world.calendar) + '[locked.rules]\nmethod = "prefix"\n')
    monkeypatch.setenv("B2CAL_POLICY", str(path))
    wizard = open_wizard()
    assert list(wizard.pages) == ["welcome", "switchboard", "preview"]
    assert wizard.place.text() == "Steg 1 av 3"


def test_what_the_company_has_only_proposed_is_not_asked_either_and_can_be_changed_later(
    open_wizard: Open, world: World, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    text = (
        f'[defaults.switchboard]\nconnector = "practice"\nfields = {{base_url = "{world.board.url}", user = "anna"}}\n'
    )
    monkeypatch.setenv("B2CAL_POLICY", str(world.policy(text + '[defaults.rules]\nmethod = "prefix"\n')))
    wizard = open_wizard()
    assert list(wizard.pages) == ["welcome", "calendar", "preview"]
    said = [label.text() for label in wizard.pages["welcome"].findChildren(QLabel)]
    assert "Företaget har redan valt växel, vad som avgör hänvisningen." in said
    wizard.next.click()
    name_calendar(wizard, str(world.calendar))
    wizard.next.click()
    qtbot.waitUntil(lambda: bool(wizard.preview.ribbons), timeout=5000)
    with qtbot.waitSignal(wizard.finished_setup, timeout=5000):
        wizard.next.click()
    assert world.loaded().settings.switchboard.fields["user"] == "anna"
    assert not world.loaded().is_locked("rules.method")


@pytest.mark.parametrize(
    ("policy", "steps"),
    [
        ('[locked.calendar]\nsource = "microsoft365"\nmicrosoft365 = {client_id = "id"}\n', ["calendar"]),
        ('[locked.calendar]\nsource = "exchange"\nexchange = {url = "https://m.se/EWS/Exchange.asmx"}\n', ["calendar"]),
        (
            '[locked.calendar]\nsource = "exchange"\n'
            'exchange = {url = "https://m.se/EWS/Exchange.asmx", auth = "sso"}\n',
            [],
        ),
        ('[locked.switchboard]\nconnector = "practice"\n', ["calendar", "switchboard"]),
    ],
)
def test_who_has_to_sign_in_or_to_fill_in_is_asked_all_the_same(
    open_wizard: Open, world: World, monkeypatch: pytest.MonkeyPatch, policy: str, steps: list[str]
) -> None:
    monkeypatch.setenv("B2CAL_POLICY", str(world.policy(policy)))
    asked = [step for step in open_wizard().pages if step in ("calendar", *steps)]
    assert asked == steps


def test_the_preview_says_what_does_not_do_what_it_looks_like(open_wizard: Open, world: World, qtbot: QtBot) -> None:
    world.fill(("MTG: Budget", "09:00", "10:00"))
    wizard = open_wizard()
    walk_to_the_preview(wizard, world, qtbot)
    assert "MOT:" in wizard.preview.advice.text()


def test_by_keyboard_alone(open_wizard: Open, world: World, qtbot: QtBot) -> None:
    wizard = open_wizard()
    wizard.activateWindow()
    qtbot.waitUntil(wizard.isActiveWindow)

    def press(key: Qt.Key, times: int = 1) -> None:
        for _ in range(times):
            qtbot.keyClick(wizard.focusWidget(), key)

    assert wizard.focusWidget() is wizard.next
    press(Qt.Key.Key_Return)
    assert wizard.step == "calendar"
    press(Qt.Key.Key_Down, 2)
    press(Qt.Key.Key_Space)
    assert wizard.draft.value("calendar.source") == "icalendar"
    press(Qt.Key.Key_Tab)
    qtbot.keyClicks(wizard.focusWidget(), str(world.calendar))
    press(Qt.Key.Key_Return)
    assert wizard.step == "switchboard"
    press(Qt.Key.Key_Return)
    assert wizard.step == "diversions"
    press(Qt.Key.Key_Return)
    assert wizard.step == "preview"
    press(Qt.Key.Key_Escape)
    assert not wizard.isVisible()


def test_with_the_engine_beside_it_nothing_is_written_until_the_end(
    profile: Path, switchboard: PracticeSwitchboard, qtbot: QtBot, swedish: str
) -> None:
    clock = SystemClock()
    now = clock.now().replace(microsecond=0)
    events = event("m", now - timedelta(minutes=5), now + timedelta(hours=1), "MOT: Budget")
    (profile / "calendar.ics").write_text(calendar(events))
    context = Context(Namespace(profile=str(profile), settings=None))
    context.__dict__["secret_store"] = MemorySecretStore()
    states: list[AppState] = []
    engine = Engine(context, states.append)
    configuration = ProfileConfiguration(context, engine)
    engine.start()
    try:
        wizard = SetupWizard(configuration.open(), configuration, swedish, clock.now)
        qtbot.addWidget(wizard)
        wizard.show()
        world = World.__new__(World)
        world.board, world.calendar = switchboard, profile / "calendar.ics"
        walk_to_the_preview(wizard, world, qtbot)
        qtbot.waitUntil(lambda: bool(states), timeout=10_000)
        assert switchboard.store.get(USER).diversion == "available"
        wizard.next.click()
        qtbot.waitUntil(lambda: switchboard.store.get(USER).diversion == "meeting", timeout=10_000)

        def put_is_on_record() -> bool:
            sent = configuration.sent_requests()
            return any(one.request.startswith("PUT ") and '"meeting"' in one.request for one in sent)

        # The switchboard shows it before its answer is back here, and only then is it on record.
        qtbot.waitUntil(put_is_on_record, timeout=10_000)
        assert not any("Budget" in one.request for one in configuration.sent_requests())
    finally:
        engine.stop()
