"""Is there a newer version? Asked at most once a day; told, and never installed.

Believed is what a key has signed that comes with the product (``resources/update-keys.txt``) or stands in
``updates.keys`` of the settings. Without an address or without a key nobody is asked. A feed that goes back in version
or in time is an old one played again, and ignored.
"""

from __future__ import annotations

import hashlib
import logging
import random
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

import msgspec

from b2cal_desktop import __version__
from b2cal_desktop.core.errors import B2CalError
from b2cal_desktop.core.model import Text
from b2cal_desktop.core.ports import Clock
from b2cal_desktop.system.paths import Profile
from b2cal_desktop.system.private_files import write_private_file
from b2cal_desktop.system.settings import UpdatesSettings
from b2cal_desktop.system.update_feed import Feed, UpdateCheckFailed, fetch_feed, shipped_keys

_log = logging.getLogger(__name__)

_STATE_BYTES = 200_000
_DAY = timedelta(days=1)
_JITTER = timedelta(hours=4)
_FIRST_SECONDS = (60.0, 1800.0)
_LOOK_SECONDS = 900.0

Numbers: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Update:
    """A version that is newer than this one, and where it is to be had for this computer."""

    version: str
    published: datetime
    notes: Text
    page: str


def numbers(version: str) -> Numbers:
    """``version`` as numbers to compare, trailing zeros aside; what is no number, such as ``rc1``, is left out."""
    found: list[int] = []
    for part in version.split("."):
        digits = part[: len(part) - len(part.lstrip("0123456789"))]
        if not digits:
            break
        found.append(int(digits))
    while found and found[-1] == 0:
        found.pop()
    return tuple(found)


def platform_name(platform: str = sys.platform) -> str:
    """This computer's name among a feed's ``pages``."""
    return {"win32": "windows", "darwin": "macos"}.get(platform, "linux")


# What is remembered


class UpdateState(msgspec.Struct, frozen=True, kw_only=True):
    """``feed`` is the newest that was believed; ``told`` the version that the user was told of beside the icon.

    ``source`` tells one address of a feed from another, without naming it.
    """

    source: str = ""
    next_check: datetime | None = None
    checked: datetime | None = None
    feed: Feed | None = None
    told: str = ""
    problem: str = ""


def state_path(profile: Profile) -> Path:
    """Where it is kept which version was seen, and when."""
    return profile.data / "updates.json"


def read_state(profile: Profile) -> UpdateState:
    """What is remembered; nothing, where there is no file or a damaged one."""
    try:
        with state_path(profile).open("rb") as file:
            return msgspec.json.decode(file.read(_STATE_BYTES), type=UpdateState)
    except (OSError, msgspec.MsgspecError, ValueError, RecursionError):  # ValueError: bytes that are no UTF-8
        return UpdateState()


def remembered(profile: Profile, settings: UpdatesSettings) -> UpdateState:
    """What is remembered of the feed that the settings name; of another one nothing."""
    source = hashlib.sha256(settings.feed.encode()).hexdigest()[:16]
    state = read_state(profile)
    return state if state.source == source else UpdateState(source=source)


def _write_state(profile: Profile, state: UpdateState) -> None:
    try:
        write_private_file(state_path(profile), msgspec.json.encode(state))
    except OSError as error:
        _log.warning("updates: not remembered: %s", error.strerror)


def newer(state: UpdateState, running: str = __version__) -> Update | None:
    """The version that is remembered, where it is newer than ``running`` and there is a page for this computer."""
    feed = state.feed
    if feed is None or numbers(feed.version) <= numbers(running):
        return None
    page = feed.pages.get(platform_name())
    return Update(feed.version, feed.published, Text(feed.notes.sv, feed.notes.en), page) if page else None


def keys_of(settings: UpdatesSettings) -> tuple[str, ...]:
    """The keys that count: those that come with the product, and those of the settings."""
    return (*shipped_keys(), *settings.keys)


def has_source(settings: UpdatesSettings) -> bool:
    """Whether there is somebody to ask, and a key to believe them by."""
    return bool(settings.feed and keys_of(settings))


def is_set_up(settings: UpdatesSettings) -> bool:
    """Whether anything is asked at all."""
    return settings.enabled and has_source(settings)


def is_old(feed: Feed, seen: Feed | None) -> bool:
    """Whether ``feed`` goes back behind the newest one that was believed."""
    if seen is None:
        return False
    return numbers(feed.version) < numbers(seen.version) or feed.published < seen.published


# Watching


class UpdateWatch:
    """Asks about once a day, on a thread of its own; ``found`` gets each new version once, on that thread.

    ``settings`` are read anew before each look, so that a policy takes effect without a restart; it may raise
    B2CalError. ``running`` is the version that runs.
    """

    def __init__(
        self,
        profile: Profile,
        settings: Callable[[], UpdatesSettings],
        clock: Clock,
        found: Callable[[Update], None],
        *,
        running: str = __version__,
        first_seconds: tuple[float, float] = _FIRST_SECONDS,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._profile, self._settings, self._clock, self._found = profile, settings, clock, found
        self._running, self._jitter = running, jitter
        self._first = first_seconds[0] + (first_seconds[1] - first_seconds[0]) * jitter()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="b2cal-updates", daemon=True)

    def start(self) -> None:
        """Begin; returns at once. The first look is a while after the start, another one on each computer."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more; a check that is under way is left to end by itself."""
        self._stopped.set()

    def _run(self) -> None:
        wait = self._first
        while not self._stopped.wait(wait):
            try:
                self.look()
            except Exception as error:  # noqa: BLE001  the top of the thread: it is logged, and the thread goes on
                _log.error("looking for updates failed: %s", type(error).__name__, exc_info=error)
            wait = _LOOK_SECONDS

    def look(self) -> None:
        """Ask if it is time, and tell of a version that the user has not been told of."""
        try:
            settings = self._settings()
        except B2CalError:
            return  # told by whoever needs the settings
        if not is_set_up(settings):
            return
        state = remembered(self._profile, settings)
        now = self._clock.now()
        # A moment that is further ahead than we ever plan for was noted while the clock was wrong.
        if state.next_check is None or state.next_check <= now or state.next_check > now + _DAY + _JITTER:
            state = self._asked(settings, state, now)
        update = newer(state, self._running)
        if update is not None and update.version != state.told and not self._stopped.is_set():
            _write_state(self._profile, msgspec.structs.replace(state, told=update.version))
            self._found(update)

    def _asked(self, settings: UpdatesSettings, state: UpdateState, now: datetime) -> UpdateState:
        later = now + _DAY + _JITTER * self._jitter()
        state = msgspec.structs.replace(state, next_check=later.astimezone(UTC), checked=now, problem="")
        _write_state(self._profile, state)  # before asking: whatever happens meanwhile, not again today
        try:
            feed = fetch_feed(settings.feed, keys_of(settings), self._clock)
        except UpdateCheckFailed as error:
            _log.warning("updates: %s", error.code)
            state = msgspec.structs.replace(state, problem=error.code)
        else:
            if is_old(feed, state.feed):
                _log.warning("updates: the feed is older than one that was seen, and is ignored")
                state = msgspec.structs.replace(state, problem="update_replayed")
            else:
                state = msgspec.structs.replace(state, feed=feed)
        _write_state(self._profile, state)
        return state
