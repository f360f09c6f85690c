"""What the tray app hears of itself after its start."""

import threading
from argparse import Namespace
from pathlib import Path

import msgspec
import pytest
import tomli_w

from b2cal_desktop.context import Context
from b2cal_desktop.system.clock import SystemClock
from b2cal_desktop.system.settings import UpdatesSettings
from b2cal_desktop.system.update_feed import Feed
from b2cal_desktop.system.updates import Update, UpdateState, remembered, state_path
from b2cal_desktop.watches import Told, Watches

UPDATES = {"feed": "https://foretag.se/feed.json", "keys": ["A" * 43 + "="]}


class Ear:
    """Hears what there is to tell."""

    def __init__(self) -> None:
        self.heard: list[object] = []
        self._news = threading.Condition()

    def hear(self, *what: object) -> None:
        with self._news:
            self.heard.append(what)
            self._news.notify_all()

    def wait_for(self, number: int) -> None:
        with self._news:
            assert self._news.wait_for(lambda: len(self.heard) >= number, timeout=20)

    def told(self) -> Told:
        return Told(self.hear, self._update)

    def crash(self) -> None:
        self.hear("now")

    def _update(self, update: Update, anew: bool) -> None:
        self.hear(update.version, anew)


@pytest.fixture
def context(profile: Path) -> Context:
    (profile / "settings.toml").write_text(tomli_w.dumps({"updates": UPDATES}))
    return Context(Namespace(profile=str(profile)))


def remember_newer(context: Context) -> None:
    now = SystemClock().now()
    pages = dict.fromkeys(("windows", "macos", "linux"), "https://foretag.se/hamta")
    feed = Feed(product="b2cal-desktop", version="9.1", published=now, pages=pages)
    settings = msgspec.convert(UPDATES, UpdatesSettings)
    state = msgspec.structs.replace(remembered(context.profile, settings), checked=now, feed=feed, told="9.1")
    state_path(context.profile).write_bytes(msgspec.json.encode(state))
    assert isinstance(state, UpdateState)


def fail() -> None:
    raise ValueError


def test_a_crash_is_heard_of_at_once_and_after_the_next_start(context: Context) -> None:
    ear = Ear()
    watches = Watches(context, ear.crash)
    watches.start(ear.told())
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    ear.wait_for(1)
    watches.stop()
    assert ear.heard == [("now",)]
    ear = Ear()
    watches = Watches(context, ear.crash)
    watches.start(ear.told())
    ear.wait_for(1)
    assert ear.heard == [(False,)]  # it went on
    watches.answer_crashes()
    watches.stop()
    again = Watches(context, ear.crash)
    assert again.crashes.look_back() == ()
    again.stop()


def test_a_newer_version_that_was_told_of_is_known_after_a_start(context: Context) -> None:
    remember_newer(context)
    ear = Ear()
    watches = Watches(context, ear.crash)
    watches.start(ear.told())
    ear.wait_for(1)
    watches.stop()
    assert ear.heard == [("9.1", False)]
