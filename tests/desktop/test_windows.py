"""Set-up and settings in the real app on a real desktop: from an empty profile, by menu, and into the engine."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from b2cal_desktop.switchboards.practice import PracticeSwitchboard
from b2cal_desktop.system.clock import SystemClock
from tests.desktop.session import DesktopSession
from tests.desktop.test_tray_app import App

pytestmark = pytest.mark.desktop


@pytest.fixture
def switchboard() -> Iterator[PracticeSwitchboard]:
    with PracticeSwitchboard(port=0, now=SystemClock().now) as board:
        yield board


@pytest.fixture
def app(desktop: DesktopSession, profile: Path, switchboard: PracticeSwitchboard) -> App:
    return App(desktop, profile, switchboard)


def test_the_first_start_opens_the_set_up_and_writes_nothing(app: App) -> None:
    settings = app.profile / "settings.toml"
    settings.unlink()
    app.start()
    app.item  # noqa: B018  the icon is there
    app.desktop.window("(Kom i|Set up)")
    assert app.shows() == "available"
    assert not settings.exists()


def test_in_the_background_the_set_up_waits_in_the_menu(app: App) -> None:
    (app.profile / "settings.toml").unlink()
    app.start("--background")
    app.desktop.wait_until(
        lambda: app.item.menu().labels()[:1] in (["Kom i gång…"], ["Finish the set-up…"]), 15, "the entry"
    )


def test_settings_open_from_the_menu(app: App) -> None:
    app.start()
    app.wait_for_diversion("meeting")
    app.click("Inställningar…")
    app.desktop.window("Inst")


def test_a_file_that_is_saved_reaches_the_running_engine(app: App) -> None:
    app.start()
    app.wait_for_diversion("meeting")
    settings = app.profile / "settings.toml"
    settings.write_text(settings.read_text().replace("prefix_then_status", "status"))
    app.wait_for_diversion("busy", 10)
    until = app.switchboard.store.get("anna").until
    assert until is not None
    assert until > SystemClock().now() + timedelta(minutes=50)


def test_settings_that_cannot_be_read_are_told_at_the_start_and_can_be_put_aside(app: App) -> None:
    settings = app.profile / "settings.toml"
    settings.write_text("version = 99\n")
    process = app.start("--background")
    app.desktop.window("B2Cal Desktop")
    assert app.shows() == "available"
    app.desktop.run("xdotool", "key", "alt+s")
    app.entry("Finish the set-up…")
    assert settings.with_name("settings.toml.unusable").read_text() == "version = 99\n"
    assert process.poll() is None


def test_who_gives_up_ends_with_the_code_of_a_wrong_file(app: App) -> None:
    (app.profile / "settings.toml").write_text("version = \n")
    process = app.start()
    app.desktop.window("B2Cal Desktop")
    app.desktop.run("xdotool", "key", "Escape")
    assert process.wait(10) == 2
    assert "settings.toml" in app.desktop.output(process)
