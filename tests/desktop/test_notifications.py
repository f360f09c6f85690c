"""Notifications as a Linux desktop gets them: each with a button that does the thing, or a balloon that says how."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from b2cal_desktop.switchboards.practice import PracticeSwitchboard
from b2cal_desktop.system.clock import SystemClock
from tests.desktop.notifications import Notification
from tests.desktop.session import DesktopSession
from tests.desktop.test_tray_app import USER, App
from tests.test_cli import event

pytestmark = pytest.mark.desktop
MANUAL = "Din egen hänvisning gäller"


@pytest.fixture
def switchboard() -> Iterator[PracticeSwitchboard]:
    with PracticeSwitchboard(port=0, now=SystemClock().now) as board:
        yield board


@pytest.fixture
def app(desktop: DesktopSession, profile: Path, switchboard: PracticeSwitchboard) -> App:
    return App(desktop, profile, switchboard)


def manual_takes_over(app: App) -> Notification:
    """The app sets a meeting, somebody sets another diversion by hand, and the app tells so."""
    app.start()
    app.desktop.watcher.wait_for_item()
    app.wait_for_diversion("meeting")
    app.switchboard.store.set(USER, "lunch", None, set_by="softphone")
    app.click("Synka nu")
    return app.desktop.notifications.wait_for(MANUAL)


@pytest.mark.parametrize("action", ["manual_takes_precedence", "default"])
def test_the_button_and_a_click_on_the_note_follow_the_calendar_again(app: App, action: str) -> None:
    note = manual_takes_over(app)
    assert note.actions == {
        "default": "Följ kalendern igen",
        "manual_takes_precedence": "Följ kalendern igen",
    }
    assert note.body == "Lunch är satt för hand. Kalendern väntar."
    assert note.hints["image-data"][0] == 64
    app.desktop.notifications.invoke(note, action)
    app.wait_for_diversion("meeting")


def test_a_note_that_is_out_of_date_is_taken_away(app: App) -> None:
    note = manual_takes_over(app)
    app.switchboard.store.set(USER, "available", None, set_by="softphone")
    app.click("Synka nu")
    app.wait_for_diversion("meeting")
    app.desktop.wait_until(lambda: note.id in app.desktop.notifications.closed, 10, "the note to be withdrawn")


def test_where_no_buttons_are_shown_a_balloon_says_what_a_click_does(app: App) -> None:
    app.desktop.notifications.capabilities = ["body"]
    note = manual_takes_over(app)
    assert note.body.endswith("Klicka här: Följ kalendern igen")
    assert "manual_takes_precedence" not in note.actions


def test_every_change_is_told_to_who_wants_to_know(app: App) -> None:
    settings = app.profile / "settings.toml"
    settings.write_text(settings.read_text() + "\n[notifications]\nchanges = true\n")
    app.start()
    app.desktop.watcher.wait_for_item()
    told = app.desktop.notifications.wait_for("Möte till ")
    assert told.summary.startswith("Möte till ")
    app.desktop.notifications.invoke(told, next(key for key in told.actions if key != "default"))
    assert app.desktop.window("I dag")
    now = SystemClock().now().replace(microsecond=0)
    app.fill(event("l", now - timedelta(minutes=5), now + timedelta(minutes=30), "LUN: sent"))
    app.click("Synka nu")
    assert app.desktop.notifications.wait_for("Lunch till ").body == "Hänvisningen byttes, som kalendern säger."


def test_a_missing_calendar_is_told_with_the_way_to_find_out_why(app: App) -> None:
    app.calendar.unlink()
    app.start()
    app.desktop.watcher.wait_for_item()
    note = app.desktop.notifications.wait_for("Kalendern")
    app.desktop.notifications.invoke(note)
    assert app.desktop.window("Kontrollera allt")


def test_without_a_keyring_it_is_told_once_that_no_sign_in_lasts(desktop: DesktopSession, profile: Path) -> None:
    with PracticeSwitchboard(port=0, now=SystemClock().now, token="hemligt") as switchboard:
        app = App(desktop, profile, switchboard)
        app.start("--background")
        note = desktop.notifications.wait_for("Inloggningen sparas inte", 20)
        assert note.body.startswith("Datorns nyckelring går inte att använda: det finns ingen på den här datorn.")
        assert "Inloggningen gäller tills programmet avslutas." in note.body
        app.click("Synka nu")
        desktop.notifications.invoke(note)
        desktop.window("I dag")
        assert [shown.summary for shown in desktop.notifications.shown].count(note.summary) == 1
