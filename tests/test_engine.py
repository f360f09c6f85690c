"""The engine without a screen: settings that change under it, failures that somebody sees, an orderly end."""

import threading
from argparse import Namespace
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cached_property
from pathlib import Path

import pytest
import tomli_w

from b2cal_desktop.context import Context
from b2cal_desktop.core.intents import FinishEarly, SwitchSync, SyncNow
from b2cal_desktop.core.state import AppState, Health, Phase
from b2cal_desktop.engine import Engine
from b2cal_desktop.switchboards.practice import PracticeSwitchboard
from b2cal_desktop.system.clock import SystemClock
from tests.test_cli import calendar, event

USER = "anna"


class Watched:
    """An engine and the states it has published."""

    def __init__(self, profile: Path, address: str) -> None:
        self.profile = profile
        now = SystemClock().now().replace(microsecond=0)
        start, end = now - timedelta(minutes=5), now + timedelta(hours=1)
        (profile / "calendar.ics").write_text(calendar(event("m", start, end, "MOT: Budget")))
        self.write(address)
        self.states: list[AppState] = []
        self._news = threading.Condition()

    @cached_property
    def engine(self) -> Engine:
        return Engine(Context(Namespace(profile=str(self.profile), settings=None)), self._publish)

    def write(self, address: str, **rules: object) -> None:
        settings = {
            "version": 1,
            "calendar": {"source": "icalendar", "icalendar": {"location": str(self.profile / "calendar.ics")}},
            "switchboard": {"connector": "practice", "fields": {"base_url": address, "user": USER}},
            "rules": {"method": "prefix_then_status", **rules},
        }
        (self.profile / "settings.toml").write_text(tomli_w.dumps(settings))

    def _publish(self, state: AppState) -> None:
        with self._news:
            self.states.append(state)
            self._news.notify_all()

    def wait_for(self, wanted: Callable[[AppState], bool], what: str) -> AppState:
        with self._news:
            assert self._news.wait_for(lambda: any(map(wanted, self.states[-3:])), timeout=20), what
            return next(state for state in reversed(self.states) if wanted(state))


@pytest.fixture
def board() -> Iterator[PracticeSwitchboard]:
    with PracticeSwitchboard(port=0, now=SystemClock().now) as switchboard:
        yield switchboard


@pytest.fixture
def watched(profile: Path, board: PracticeSwitchboard) -> Iterator[Watched]:
    watched = Watched(profile, board.url)
    yield watched
    watched.engine.stop()


def test_what_the_user_asks_before_the_engine_stands_is_not_lost(watched: Watched, board: PracticeSwitchboard) -> None:
    watched.engine.send(SwitchSync(enabled=False))
    watched.engine.start()
    watched.wait_for(lambda s: s.phase is Phase.OFF, "off")
    assert board.store.get(USER).diversion == "available"


def test_edited_settings_hold_at_once_and_generations_go_on(watched: Watched, board: PracticeSwitchboard) -> None:
    watched.engine.start()
    first = watched.wait_for(lambda s: s.wrote is not None, "the meeting")
    assert board.store.get(USER).diversion == "meeting"
    watched.write(board.url, prefixes={"meeting": "", "vacation": "MOT:"})
    after = watched.wait_for(lambda s: s.want.diversion == "vacation", "the new rule")
    assert after.generation > first.generation
    assert board.store.get(USER).diversion == "vacation", "what was the app's own still is"


def test_a_wrong_edit_is_said_and_the_old_settings_go_on(watched: Watched, board: PracticeSwitchboard) -> None:
    watched.engine.start()
    watched.wait_for(lambda s: s.wrote is not None, "the meeting")
    (watched.profile / "settings.toml").write_text("[sync]\npoll_seconds = 1\n")
    told = watched.wait_for(lambda s: s.switchboard.error is not None, "the complaint")
    assert told.switchboard.error is not None
    assert "settings.toml" in str(told.switchboard.error)
    assert told.want.diversion == "meeting"
    watched.engine.send(FinishEarly())
    watched.wait_for(lambda s: s.wrote is not None and s.wrote.diversion == "available", "the engine still works")


def test_an_unknown_switchboard_is_said_rather_than_hung(watched: Watched) -> None:
    settings = watched.profile / "settings.toml"
    settings.write_text(settings.read_text().replace('"practice"', '"nowhere"'))
    watched.engine.start()
    state = watched.wait_for(lambda s: s.switchboard.error is not None, "the complaint")
    assert state.switchboard.health is Health.REFUSED
    assert "nowhere" in str(state.switchboard.error)
    assert watched.engine.refusal is not None


def test_a_second_engine_on_the_profile_is_refused(watched: Watched, board: PracticeSwitchboard) -> None:
    watched.engine.start()
    watched.wait_for(lambda s: s.wrote is not None, "the meeting")
    second = Watched(watched.profile, board.url)
    second.engine.start()
    state = second.wait_for(lambda s: s.switchboard.error is not None, "the complaint")
    assert "already running" in str(state.switchboard.error)
    second.engine.stop()
    watched.engine.send(SyncNow())
    watched.wait_for(lambda s: s.generation > 1, "the first one goes on")


def test_what_was_written_in_one_switchboard_says_nothing_of_another(watched: Watched) -> None:
    watched.engine.start()
    watched.wait_for(lambda s: s.wrote is not None, "the meeting")
    with PracticeSwitchboard(port=0, now=SystemClock().now) as other:
        watched.write(other.url)
        watched.wait_for(lambda s: s.wrote is not None and len(other.store.history(USER)) == 1, "the move")
        assert other.store.get(USER).diversion == "meeting"
