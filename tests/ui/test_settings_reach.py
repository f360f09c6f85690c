"""Every setting has its place in the window, and goes from there to the file and the running engine, and back."""

from argparse import Namespace
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialogButtonBox, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from b2cal_desktop.accounts.secrets import MemorySecretStore
from b2cal_desktop.configure import ProfileConfiguration
from b2cal_desktop.context import Context
from b2cal_desktop.core.state import AppState
from b2cal_desktop.engine import Engine
from b2cal_desktop.switchboards.practice import PracticeSwitchboard
from b2cal_desktop.system.clock import SystemClock
from b2cal_desktop.ui.settings.diversions_page import DiversionsPage
from b2cal_desktop.ui.settings.window import SettingsWindow
from tests.test_cli import calendar, event
from tests.ui import states
from tests.ui.worlds import NOW, USER, World, board

Open = Callable[[], SettingsWindow]
# In the tray's menu, in the file alone, and in the window on Windows alone.
ELSEWHERE = {"sync.enabled", "version", "calendar.microsoft365.broker"}


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
def open_settings(qtbot: QtBot, world: World, swedish: str) -> Open:
    def opened() -> SettingsWindow:
        window = SettingsWindow(world.configuration.open(), world.configuration, swedish, lambda: NOW)
        qtbot.addWidget(window)
        window.show_state(states.IN_MEETING)
        window.show()
        for page in window.names:
            window.open_page(page)
        return window

    return opened


def save(window: SettingsWindow, qtbot: QtBot) -> None:
    window.buttons.button(QDialogButtonBox.StandardButton.Ok).click()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=5000)


def keys_of(table: object, above: str = "") -> Iterator[str]:
    """Every key of the settings file, dotted; the tables of free content are one key each."""
    data = msgspec.to_builtins(table)
    for name, value in data.items():
        key = f"{above}{name}"
        if isinstance(value, dict) and key not in ("rules.prefixes", "switchboard.fields"):
            yield from keys_of(value, f"{key}.")
        else:
            yield key


def test_every_key_of_the_file_has_a_place_in_the_window(open_settings: Open, world: World) -> None:
    window = open_settings()
    places = set().union(*(rows(page) for page in window.pages.values()))
    whole = [place for place in places if place in ("rules.status", "rules.prefixes", "diversions")]
    missing = [
        key
        for key in keys_of(world.loaded().settings)
        if key not in places | ELSEWHERE
        and not key.startswith(("updates.", "switchboard.fields", *(f"{place}." for place in whole)))
    ]
    assert missing == []


def rows(page: object) -> dict[str, QWidget]:
    """The controls of a page and its parts, by key."""
    found = {key: row.control for key, row in page.rows.items()}  # type: ignore[attr-defined]
    for part in page.parts:  # type: ignore[attr-defined]
        found |= rows(part)
    return found


def change(control: QWidget) -> object:
    """Turn ``control`` to another value, as by hand; returns that, or None where it is not of a simple kind."""
    if isinstance(control, QCheckBox):
        control.click()
        return control.isChecked()
    if isinstance(control, QSpinBox):
        control.setValue(control.value() + 1)
        return control.value()
    if isinstance(control, QComboBox) and not control.isEditable():
        control.setCurrentIndex((control.currentIndex() + 1) % control.count())
        control.activated.emit(control.currentIndex())
        return control.currentData()
    return None


def reads(control: QWidget) -> object:
    if isinstance(control, QCheckBox):
        return control.isChecked()
    return control.value() if isinstance(control, QSpinBox) else control.currentData()  # type: ignore[attr-defined]


@pytest.mark.parametrize("page", ["general", "rules"])
def test_what_is_changed_in_the_window_reaches_the_file_and_comes_back(
    open_settings: Open, world: World, qtbot: QtBot, page: str
) -> None:
    window = open_settings()
    window.open_page(page)
    chosen = {}
    for key, control in rows(window.pages[page]).items():
        if control.isVisible() and (value := change(control)) is not None:
            chosen[key] = value
    assert len(chosen) >= 6
    save(window, qtbot)
    written = msgspec.to_builtins(world.loaded().settings)

    def at(key: str) -> object:
        found = written
        for name in key.split("."):
            found = found[name]
        return found

    assert {key: at(key) for key in chosen} == chosen
    again = rows(open_settings().pages[page])
    assert {key: reads(again[key]) for key in chosen} == chosen


class Running:
    """A real engine on the profile of ``world``, and the states it publishes."""

    def __init__(self, profile: Path) -> None:
        context = Context(Namespace(profile=str(profile), settings=None))
        context.__dict__["secret_store"] = MemorySecretStore()
        self.states: list[AppState] = []
        self.engine = Engine(context, self.states.append)
        self.configuration = ProfileConfiguration(context, self.engine)

    def until(self, holds: Callable[[AppState], bool], qtbot: QtBot) -> AppState:
        qtbot.waitUntil(lambda: bool(self.states) and holds(self.states[-1]), timeout=15_000)
        return self.states[-1]


@pytest.fixture
def running(world: World, profile: Path) -> Iterator[Running]:
    now = SystemClock().now().replace(microsecond=0)
    events = event("m", now - timedelta(minutes=5), now + timedelta(hours=1), "MOT: Budget")
    world.calendar.write_text(calendar(events))
    made = Running(profile)
    made.engine.start()
    yield made
    made.engine.stop()


def test_a_change_reaches_the_running_engine_and_the_switchboard_and_one_by_hand_the_window(
    running: Running, world: World, qtbot: QtBot, swedish: str
) -> None:
    def shows() -> str:
        return world.board.store.get(USER).diversion

    def opened() -> SettingsWindow:
        window = SettingsWindow(running.configuration.open(), running.configuration, swedish, SystemClock().now)
        qtbot.addWidget(window)
        window.show()
        return window

    qtbot.waitUntil(lambda: shows() == "meeting", timeout=15_000)
    window = opened()
    window.show_state(running.until(lambda state: bool(state.blocks), qtbot))
    page = window.pages["diversions"]
    assert isinstance(page, DiversionsPage)
    page.methods["status"].click()
    assert "Upptagen" in window.ribbon.accessibleName()
    assert shows() == "meeting"
    save(window, qtbot)
    qtbot.waitUntil(lambda: shows() == "busy", timeout=15_000)
    world.settings_file.write_text(world.settings_file.read_text().replace('"status"', '"prefix"'))
    qtbot.waitUntil(lambda: shows() == "meeting", timeout=15_000)
    again = opened().pages["diversions"]
    assert isinstance(again, DiversionsPage)
    assert again.methods["prefix"].isChecked()
