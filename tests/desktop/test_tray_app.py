"""The whole app as people meet it: the real process, a real tray on D-Bus, a real practice switchboard."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import tomli_w

from b2cal_desktop.switchboards.practice import PracticeSwitchboard
from b2cal_desktop.system.clock import SystemClock
from tests.desktop.session import DesktopSession
from tests.desktop.tray import TrayItem
from tests.test_cli import calendar, event
from tests.ui.test_single_instance import FIRST

pytestmark = pytest.mark.desktop
USER = "anna"


class App:
    """The running app with its profile, calendar and switchboard."""

    def __init__(self, desktop: DesktopSession, profile: Path, switchboard: PracticeSwitchboard) -> None:
        self.desktop, self.profile, self.switchboard = desktop, profile, switchboard
        self.calendar = profile / "calendar.ics"
        settings = {
            "version": 1,
            "language": "sv",
            "calendar": {"source": "icalendar", "icalendar": {"location": str(self.calendar)}},
            "switchboard": {"connector": "practice", "fields": {"base_url": switchboard.url, "user": USER}},
            "rules": {"method": "prefix_then_status"},
        }
        (profile / "settings.toml").write_text(tomli_w.dumps(settings))
        now = SystemClock().now().replace(microsecond=0)
        self.fill(event("m", now - timedelta(minutes=5), now + timedelta(hours=1), "MOT: Budget"))

    def fill(self, *events: str) -> None:
        self.calendar.write_text(calendar(*events))

    def entry(self, *starts: str, timeout: float = 15.0) -> tuple[str, ...]:
        """The way to the entry whose labels begin like this, once the menu has it."""
        found: list[tuple[str, ...]] = []

        def look() -> bool:
            ways = [way for way in self.item.menu().walk() if len(way) == len(starts)]
            labels = [tuple(entry.label for entry in way) for way in ways]
            found[:] = [way for way in labels if all(a.startswith(b) for a, b in zip(way, starts, strict=True))]
            return bool(found)

        self.desktop.wait_until(look, timeout, " > ".join(starts))
        return found[0]

    def click(self, *starts: str) -> None:
        self.item.click(*self.entry(*starts))

    @property
    def item(self) -> TrayItem:
        return self.desktop.watcher.wait_for_item()

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "b2cal_desktop", "--profile", str(self.profile), *arguments]
        return self.desktop.spawn(command)

    def shows(self) -> str:
        return self.switchboard.store.get(USER).diversion

    def wait_for_diversion(self, diversion: str, timeout: float = 15.0) -> None:
        self.desktop.wait_until(lambda: self.shows() == diversion, timeout, f"{diversion} in the switchboard")


@pytest.fixture
def switchboard() -> Iterator[PracticeSwitchboard]:
    with PracticeSwitchboard(port=0, now=SystemClock().now) as board:
        yield board


@pytest.fixture
def app(desktop: DesktopSession, profile: Path, switchboard: PracticeSwitchboard) -> App:
    return App(desktop, profile, switchboard)


def test_the_calendar_reaches_the_switchboard_and_the_tray_says_so(app: App) -> None:
    app.start()
    item = app.desktop.watcher.wait_for_item()
    app.wait_for_diversion("meeting")
    app.desktop.wait_until(lambda: item.tooltip().startswith("Möte till "), 10, "the tooltip")
    assert any(pixmap.colours() for pixmap in item.icon_pixmaps())
    menu = item.menu()
    assert menu.labels()[0].startswith("Möte till ")
    switch = menu.find("Synkronisera med kalendern")
    assert switch.checked


def test_the_switch_clears_what_is_ours_and_lasts_over_a_restart(app: App) -> None:
    process = app.start()
    item = app.desktop.watcher.wait_for_item()
    app.wait_for_diversion("meeting")
    app.click("Synkronisera med kalendern")
    app.wait_for_diversion("available")
    assert "enabled = false" in (app.profile / "settings.toml").read_text()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0
    app.desktop.watcher.wait_until_empty()
    app.start()
    item = app.desktop.watcher.wait_for_item()
    app.entry("Synkronisera med kalendern")
    app.desktop.wait_until(lambda: not item.menu().find("Synkronisera med kalendern").checked, 10, "the switch off")
    assert app.shows() == "available"
    app.click("Synkronisera med kalendern")
    app.wait_for_diversion("meeting")


def test_done_now_frees_the_rest_of_the_block_and_an_edit_brings_a_new_one(app: App) -> None:
    app.start()
    app.desktop.watcher.wait_for_item()
    app.wait_for_diversion("meeting")
    app.click("Klar nu")
    app.wait_for_diversion("available")
    now = SystemClock().now().replace(microsecond=0)
    app.fill(event("l", now - timedelta(minutes=5), now + timedelta(minutes=30), "LUN: sent"))
    app.click("Synka nu")
    app.wait_for_diversion("lunch")


def test_a_manual_diversion_is_respected_until_it_is_gone(app: App) -> None:
    app.start()
    item = app.desktop.watcher.wait_for_item()
    app.wait_for_diversion("meeting")
    app.switchboard.store.set(USER, "sick", None, set_by="softphone")
    app.click("Synka nu")
    app.desktop.wait_until(lambda: "Sjuk / VAB" in item.menu().labels()[0], 10, "what was set by hand")
    assert app.shows() == "sick"
    app.switchboard.store.set(USER, "available", None, set_by="softphone")
    app.click("Synka nu")
    app.wait_for_diversion("meeting")


def test_a_diversion_set_in_the_tray_is_a_manual_one(app: App) -> None:
    app.start()
    app.desktop.watcher.wait_for_item()
    app.wait_for_diversion("meeting")
    app.click("Sätt hänvisning", "Lunch", "30 min")
    app.wait_for_diversion("lunch")
    until = app.switchboard.store.get(USER).until
    assert until is not None
    assert timedelta(minutes=28) < until - SystemClock().now() < timedelta(minutes=31)


def test_a_second_start_opens_the_first_ones_window(app: App) -> None:
    app.start()
    app.desktop.watcher.wait_for_item()
    second = app.start()
    assert second.wait(timeout=20) == 0
    assert app.desktop.window("I dag")


def test_log_in_that_starts_it_twice_opens_no_window(app: App) -> None:
    """By the user's own wish, and by the administrator's for everybody."""
    app.start("--background")
    app.wait_for_diversion("meeting")
    assert app.start("--background").wait(timeout=20) == 0
    with pytest.raises(TimeoutError):
        app.desktop.window("I dag", timeout=1)


def test_so_does_one_that_comes_while_the_first_is_still_loading(app: App) -> None:
    folder = Path(app.desktop.env["XDG_RUNTIME_DIR"])
    app.start()
    app.desktop.wait_until(lambda: [*folder.glob("*.sock")], 20, "the first one's ear")
    (address,) = folder.glob("*.sock")
    with socket.socket(socket.AF_UNIX) as second:  # what another start says, and sooner than one could
        second.connect(str(address))
        second.sendall(b"open\n")
        assert second.recv(10) == b"ok\n"
    assert app.desktop.window("I dag")


def test_a_copy_that_does_not_answer_is_told_of_and_the_start_tried_again(app: App) -> None:
    """It holds the lock as a running copy does, and never listens."""
    hung = app.desktop.spawn([sys.executable, "-c", FIRST, str(app.profile), "10000000"])
    app.desktop.wait_until(lambda: "first" in app.desktop.output(hung), 20, "the lock")
    app.start()
    window = app.desktop.window("B2Cal Desktop")
    hung.kill()
    hung.wait()
    app.desktop.run("xdotool", "windowfocus", "--sync", window, "key", "Return")
    app.desktop.watcher.wait_for_item()
    app.wait_for_diversion("meeting")


def test_an_unreachable_switchboard_is_said_in_the_tray(app: App, switchboard: PracticeSwitchboard) -> None:
    switchboard.stop()
    app.start()
    item = app.desktop.watcher.wait_for_item()
    app.desktop.wait_until(lambda: "svarar inte" in " ".join(item.menu().labels()), 15, "the problem in the menu")


def test_in_a_real_panel_the_icon_is_seen(
    panel_desktop: DesktopSession, profile: Path, switchboard: PracticeSwitchboard, tmp_path: Path
) -> None:
    app = App(panel_desktop, profile, switchboard)
    app.start()
    app.wait_for_diversion("meeting", 20)
    meeting_red = "#B4233A"

    def red_is_in_the_panel() -> bool:
        shot = panel_desktop.screenshot(tmp_path / "desktop.png")
        colours = panel_desktop.run("convert", str(shot), "-format", "%c", "histogram:info:-")
        return meeting_red in colours.upper()

    panel_desktop.wait_until(red_is_in_the_panel, 20, "the badge of a meeting in the panel")


def test_quitting_leaves_a_diversion_whose_end_the_switchboard_honours(app: App) -> None:
    process = app.start()
    app.desktop.watcher.wait_for_item()
    app.wait_for_diversion("meeting")
    app.click("Avsluta")
    assert process.wait(timeout=20) == 0
    assert app.shows() == "meeting"


def test_in_english_too(app: App) -> None:
    settings = app.profile / "settings.toml"
    settings.write_text(settings.read_text().replace('language = "sv"', 'language = "en"'))
    app.start()
    item = app.desktop.watcher.wait_for_item()
    app.wait_for_diversion("meeting")
    app.desktop.wait_until(lambda: item.tooltip().startswith("Meeting until "), 10, "the tooltip")
    assert item.menu().find("Sync with the calendar").checked


def test_log_in_starts_the_program_that_the_user_starts_and_not_one_that_is_only_tried(desktop: DesktopSession) -> None:
    entry = Path(desktop.env["XDG_CONFIG_HOME"], "autostart", "b2cal-desktop.desktop")
    entry.parent.mkdir(parents=True)
    entry.write_text("[Desktop Entry]\nType=Application\nExec=/opt/gone/b2cal-desktop --background\n")
    program = [sys.executable, "-m", "b2cal_desktop"]
    demo = desktop.spawn([*program, "demo", "--seconds", "3"])
    assert demo.wait(40) == 0
    assert "/opt/gone/" in entry.read_text()
    desktop.spawn([*program, "--background"])
    desktop.wait_until(lambda: "/opt/gone/" not in entry.read_text(), 20, "the entry to be put right")
