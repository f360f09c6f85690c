"""The world around a cycle, as a model: a clock, a calendar, a switchboard and the computers that join them."""

from __future__ import annotations

import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from b2cal_desktop.core.errors import (
    CalendarError,
    CalendarProblem,
    SwitchboardConflict,
    SwitchboardError,
    SwitchboardOutcomeUnknown,
    SwitchboardUnknownValue,
)
from b2cal_desktop.core.intents import Intent
from b2cal_desktop.core.model import (
    AVAILABLE,
    CLEAR,
    STANDARD_CATALOGUE,
    CalendarEvent,
    DiversionState,
    ShowAs,
    Text,
    Warning,
    Window,
)
from b2cal_desktop.core.ports import Abilities, Fetched, Switchboard
from b2cal_desktop.core.reconcile import ManualOverride, Policy
from b2cal_desktop.core.rules import MailboxHours, Method, Rules
from b2cal_desktop.core.state import AppState
from b2cal_desktop.switchboards.pace import Pace
from b2cal_desktop.sync.cycle import Config, Cycle
from b2cal_desktop.sync.ledger import Ledger
from b2cal_desktop.sync.loop import Loop, Timing

STOCKHOLM = ZoneInfo("Europe/Stockholm")
HOST = "vaxel.invalid"
PREFIXES = Rules(method=Method.PREFIX_THEN_STATUS)


def at(text: str, day: int = 23) -> datetime:
    """``"09:30"`` or ``"09:30:15"`` in Stockholm on a day of November 2026; the 23rd is a Monday."""
    hour, minute, second = (*map(int, text.split(":")), 0)[:3]
    return datetime(2026, 11, day, hour, minute, second, tzinfo=STOCKHOLM).astimezone(UTC)


def event(
    id: str,
    start: datetime,
    end: datetime,
    subject: str | None = None,
    show_as: ShowAs = ShowAs.FREE,
    **more: object,
) -> CalendarEvent:
    """An event that asks for nothing unless its subject or status does."""
    return CalendarEvent(id, start, end, subject, show_as, **more)  # type: ignore[arg-type]


def meeting(start: str = "09:00", end: str = "10:00", id: str = "m", **more: object) -> CalendarEvent:
    """A meeting on the Monday."""
    return event(id, at(start), at(end), "MOT: avstämning", ShowAs.BUSY, **more)


def shows(diversion: str, until: datetime | None = None) -> DiversionState:
    """Short for what a switchboard shows."""
    return DiversionState(diversion, until)


@contextmanager
def fast_folder() -> Iterator[Path]:
    """A throw-away folder, in memory where the system has such a place."""
    memory = Path("/dev/shm")  # noqa: S108
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        yield Path(name)


class FakeClock:
    """A clock that stands still until told. ``sleep`` is a sleeping computer: its monotonic clock stands still."""

    def __init__(self, instant: datetime) -> None:
        self._now, self._monotonic = instant, 1000.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds

    def advance_to(self, instant: datetime) -> None:
        self.advance((instant - self._now).total_seconds())

    def jump(self, seconds: float) -> None:
        """Somebody sets the clock; seconds may be negative."""
        self._now += timedelta(seconds=seconds)

    def sleep(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


class ModelCalendar:
    """A calendar that answers with its ``events``, or raises ``error`` while there is one."""

    def __init__(self, *events: CalendarEvent) -> None:
        self.events = {e.id: e for e in events}
        self.error: CalendarError | CalendarProblem | None = None
        self.limited = False
        self.timezone: ZoneInfo | None = None
        self.hours: MailboxHours | None = None
        self.warnings: tuple[Warning, ...] = ()
        self.fetches: list[datetime] = []
        self._answered: tuple[Window, Fetched] | None = None

    def put(self, *events: CalendarEvent) -> None:
        self.events.update({e.id: e for e in events})

    def fetch_events(self, window: Window, now: datetime) -> Fetched:
        self.fetches.append(now)
        if self.error is not None:
            raise self.error
        found = tuple(e for e in self.events.values() if window.touches(e.start, e.end))
        if self.limited:
            found = tuple(replace(e, subject=None, location=None) for e in found)
        answer = Fetched(found, self.warnings, self.limited, self.timezone, self.hours)
        if self._answered is not None and self._answered == (window, answer):
            return self._answered[1]
        self._answered = (window, answer)
        return answer

    def close(self) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Written:
    """A write that reached the switchboard and acted."""

    at: datetime
    state: DiversionState
    by: str


@dataclass(frozen=True, slots=True)
class Lost:
    """A write that gets no answer, having acted or not."""

    acted: bool


class Killed(BaseException):
    """The process is gone, in the midst of a write."""


@dataclass(frozen=True, slots=True)
class Kill:
    """The process is killed in the midst of a write, which has acted or not."""

    acted: bool


@dataclass(frozen=True, slots=True)
class Quicker:
    """Somebody else sets ``state`` between reading and writing."""

    state: DiversionState


class ModelSwitchboard:
    """A switchboard of any kind. ``outage`` fails every request; ``faults`` befall the next writes, one each."""

    def __init__(
        self,
        clock: FakeClock,
        *,
        ends: bool = True,
        honours_ends: bool = True,
        reads_back: bool = True,
        diversions: Iterable[str] = STANDARD_CATALOGUE,
    ) -> None:
        self._clock = clock
        self._abilities = Abilities(reads_back, ends, frozenset(diversions), honours_ends=honours_ends)
        self._state = CLEAR
        self.outage: SwitchboardError | None = None
        self.faults: deque[SwitchboardError | Lost | Kill | Quicker] = deque()
        self.written: list[Written] = []
        self.requests: list[datetime] = []
        self.tried_to_write = 0

    @property
    def abilities(self) -> Abilities:
        return self._abilities

    @property
    def name(self) -> Text:
        return Text.same("Modellen")

    @property
    def unconfirmed(self) -> Text | None:
        return None

    def shows(self) -> DiversionState:
        """What colleagues see now."""
        return self._state.at(self._clock.now()) if self._abilities.honours_ends else self._state

    def set_by_hand(self, diversion: str, until: datetime | None = None) -> None:
        """Somebody sets a diversion in the softphone."""
        self._keep(DiversionState(diversion, until), "softphone")

    def fetch_diversion(self) -> DiversionState | None:
        self._reach()
        return self.shows() if self._abilities.reads_back else None

    def write_diversion(self, state: DiversionState) -> None:
        self.tried_to_write += 1
        self._reach()
        if state.diversion not in self._abilities.diversions and state.diversion in STANDARD_CATALOGUE:
            raise SwitchboardUnknownValue(HOST, state.diversion)
        fault = self.faults.popleft() if self.faults else None
        match fault:
            case Quicker(other):
                self._keep(other, "softphone")
                raise SwitchboardConflict(HOST)
            case Lost(acted):
                if acted:
                    self._keep(state, "app")
                raise SwitchboardOutcomeUnknown(HOST, "no answer")
            case Kill(acted):
                if acted:
                    self._keep(state, "app")
                raise Killed
            case SwitchboardError():
                raise fault
        self._keep(state, "app")

    def close(self) -> None:
        pass

    def _reach(self) -> None:
        self.requests.append(self._clock.now())
        if self.outage is not None:
            raise self.outage

    def _keep(self, state: DiversionState, by: str) -> None:
        if not self._abilities.knows_ends or state.diversion == AVAILABLE:
            state = DiversionState(state.diversion)
        self._state = state
        self.written.append(Written(self._clock.now(), state, by))


@dataclass
class Computer:
    """One computer with the app: a ledger on disk and a cycle and loop over it, which ``restart`` makes anew."""

    clock: FakeClock
    calendar: ModelCalendar
    switchboard: Switchboard
    path: Path
    rules: Rules = PREFIXES
    override: ManualOverride = ManualOverride.UNTIL_NEXT_BLOCK
    timing: Timing = field(default_factory=Timing)
    pace: Pace | None = None
    calendar_id: str = "calendar"
    published: list[AppState] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    jitter: Callable[[], float] = lambda: 0.0

    def __post_init__(self) -> None:
        self._begin(self.configured())

    def configured(self, **changes: object) -> Config:
        abilities = self.switchboard.abilities
        policy = Policy(STANDARD_CATALOGUE, abilities.knows_ends, self.override, abilities.honours_ends)
        config = Config(self.rules, policy, STOCKHOLM, timezone_follows_mailbox=False, calendar_id=self.calendar_id)
        return replace(config, **changes)  # type: ignore[arg-type]

    def _begin(self, config: Config) -> None:
        self.ledger = Ledger(self.path)
        self.cycle = Cycle(self.calendar, self.switchboard, self.ledger, config, pace=self.pace)
        self.loop = Loop(
            self.cycle,
            self.clock,
            self.timing,
            self.published.append,
            failed=self.failures.append,
            jitter=self.jitter,
        )

    def run(self, *intents: Intent, fetch: bool = True) -> AppState:
        """One cycle at the clock's present."""
        return self.cycle.run(self.clock.now(), fetch=fetch, intents=intents)

    def run_at(self, text: str, *intents: Intent, fetch: bool = True) -> AppState:
        """One cycle at a time of the Monday."""
        self.clock.advance_to(at(text))
        return self.run(*intents, fetch=fetch)

    def configure(self, **changes: object) -> None:
        """Settings change while the app runs."""
        self.cycle.config = replace(self.cycle.config, **changes)  # type: ignore[arg-type]

    def restart(self) -> None:
        """The process is gone and a new one begins; nothing but the ledger's file is left."""
        config = self.cycle.config
        self.ledger.close()
        self._begin(config)

    def tick(self) -> AppState | None:
        """One look at the clock; a process that is killed begins anew."""
        while True:
            try:
                return self.loop.tick()
            except Killed:
                self.restart()

    def play_to(self, instant: datetime) -> int:
        """The loop's thread by hand, from due instant to due instant; how many looks at the clock it took."""
        looks = 0
        while True:
            self.tick()
            looks += 1
            assert looks < 100_000, "a busy loop"
            wait = self.loop.seconds_until_due()
            if self.clock.now() + timedelta(seconds=wait) > instant:
                break
            # A thread sleeps a whole number of microseconds, and never too short.
            self.clock.advance(max(wait, 1e-6))
        self.clock.advance_to(instant)
        return looks

    def close(self) -> None:
        self.ledger.close()
