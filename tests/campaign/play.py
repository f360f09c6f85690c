"""Plays a week: the real loop, cycle, ledger and connector engine in a world of its own, every step watched."""

from __future__ import annotations

import heapq
import shutil
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from b2cal_desktop.core.errors import (
    CalendarNeedsSignIn,
    CalendarRefused,
    CalendarThrottled,
    CalendarUnreachable,
)
from b2cal_desktop.core.intents import Extend, FinishEarly, FollowCalendar, Intent, Pause, SetDiversion, Skip, UndoSkip
from b2cal_desktop.core.model import AVAILABLE, CLEAR, STANDARD_CATALOGUE, CalendarEvent, DiversionState, ShowAs
from b2cal_desktop.core.reconcile import ManualOverride, Policy
from b2cal_desktop.core.rules import DEFAULT_ORDER, DEFAULT_PREFIXES, AllDay, Method, Rules, WorkingHours
from b2cal_desktop.core.state import AppState
from b2cal_desktop.switchboards.pace import Pace
from b2cal_desktop.sync.config import Config
from b2cal_desktop.sync.cycle import Cycle as RealCycle
from b2cal_desktop.sync.ledger import Ledger
from b2cal_desktop.sync.loop import Loop, Timing
from tests.campaign.spec import Circumstances
from tests.campaign.story import Act, Booked, Week
from tests.campaign.wanted import Wanted
from tests.campaign.watch import Broken, Watch, WatchedCycle
from tests.campaign.world import Board, Calendar, ComputerClock, Killed, Kind, Trouble, TrueTime, connect

CALENDAR_HOST = "kalender.invalid"
_PREFIXES = {**DEFAULT_PREFIXES, AVAILABLE: ("TIL:",)}
_HOURS = WorkingHours(frozenset(range(5)), time(8), time(17))
_ERRORS: dict[str, Callable[[], Exception]] = {
    "unreachable": lambda: CalendarUnreachable(CALENDAR_HOST, "down"),
    "throttled": lambda: CalendarThrottled(CALENDAR_HOST, retry_after=600),
    "sign_in": lambda: CalendarNeedsSignIn(CALENDAR_HOST),
    "refused": lambda: CalendarRefused(CALENDAR_HOST, "no"),
}
# The longest that a side which works again may be left alone: back-off with its jitter, or what a 429 asked for.
_LONGEST_RETRY = 301.0
# What a clock may drift without being said to have jumped.
_UNNOTICED = 6.0
# Within this it looks once the network is back (by a clock that may be set back a little meanwhile), or a minute when
# each request takes its time.
_NETWORK_BACK = 11.0 + _UNNOTICED
_NEVER = datetime.min.replace(tzinfo=UTC)
_SLOW = 60.0


@dataclass(frozen=True, slots=True)
class Played:
    """What a week came to."""

    cycles: int
    requests: int
    writes: int
    deaths: int


@dataclass
class Computer:
    """One computer with the program, its clock and its ledger."""

    name: str
    play: Play
    clock: ComputerClock
    folder: Path
    config: Config
    timing: Timing
    runs: bool = True
    asleep_since: datetime | None = None
    wakes_at: datetime | None = None
    deaths: int = 0
    ledgers: Iterator[int] = field(default_factory=count)
    looked_at: float = 0.0  # the drift of its clocks when it last looked
    idle_looks: int = 0
    hour: deque[datetime] = field(default_factory=deque)
    on_since: datetime = _NEVER
    met: datetime = _NEVER  # when a cycle last acted

    def __post_init__(self) -> None:
        self.wanted = self.play.wanted(self.config)
        self.fastest = self.timing.poll_seconds
        self.watch = Watch(self.name, self.circumstances, self.clock.monotonic)
        self.path = self.folder / f"{self.name}-{next(self.ledgers)}.sqlite3"
        self.begin()

    def begin(self) -> None:
        """A process begins on the ledger that is there."""
        self.on_since = self.play.time.now
        self.ledger = Ledger(self.path)
        if self.ledger.moved_to is not None:
            raise Broken("ledger", "it was found damaged")
        self.pace = Pace(self.clock)
        self.looked_at = self.drift
        self.watch.wrote_at = float("-inf")
        self.loop = Loop(self.make_cycle(), self.clock, self.timing, lambda _: None, jitter=self.play.jitter)
        self.runs = True

    def make_cycle(self) -> WatchedCycle:
        board = connect(self.play.board, self.watch, self.clock, self.play.folder)
        calendar = self.play.calendar.for_computer(self.watch.heard)
        cycle = WatchedCycle(calendar, board, self.ledger, self.config, pace=self.pace)
        cycle.watch = self.watch
        self.cycle = cycle
        return cycle

    def circumstances(self, *, now: datetime, fetched: int | None, **more: Any) -> Circumstances:
        kind, config = self.play.board.kind, self.config
        return Circumstances(
            now=now,
            fetched=fetched,
            ends=kind.ends,
            self_ending=kind.self_ending,
            reads_back=kind.reads_back,
            until_cleared=config.policy.manual_override is ManualOverride.UNTIL_CLEARED,
            enabled=config.enabled,
            dry_run=config.dry_run,
            stale_after=config.stale_after,
            wanted=self.wanted,
            **more,
        )

    @property
    def drift(self) -> float:
        """How far its two clocks are from each other, in seconds."""
        return self.clock.now().timestamp() - self.clock.monotonic()

    @property
    def is_on(self) -> bool:
        return self.runs and self.wakes_at is None

    def due(self) -> datetime | None:
        """When it looks next, in true time."""
        if not self.is_on:
            return None
        return self.play.time.now + timedelta(seconds=max(self.loop.seconds_until_due(), 1e-6))

    def tick(self) -> None:
        """One look at the clock, and whatever comes of it."""
        cycles = self.watch.cycles
        self.looked_at = self.drift
        try:
            state = self.loop.tick()
        except Killed:
            self.die()
            return
        if self.watch.cycles != cycles:
            self.done(state)
        elif self.loop.seconds_until_due() == 0:
            self.idle_looks += 1
            if self.idle_looks > 3:
                raise Broken("busy", "it is due again and again, and nothing comes of it")

    def done(self, state: AppState | None) -> None:
        """A cycle is over."""
        self.watch.end()
        self.idle_looks = 0
        play, now = self.play, self.play.time.now
        if self.watch.circumstances is not None and self.watch.circumstances.act:
            self.met = now
        if self.cycle.wait_seconds is not None:
            if not 0 <= self.cycle.wait_seconds <= 1:
                raise Broken("late", f"a write waits {self.cycle.wait_seconds} s")
        elif state is not None and not self.clock.skew and not play.board.latency:
            self.watch.check(state, play.board.shown)
        self.hour.append(now)
        while now - self.hour[0] > timedelta(hours=1):
            self.hour.popleft()
        if len(self.hour) > 3600 / self.fastest + 50 + 6 * play.acts_lately():
            raise Broken("busy", f"{len(self.hour)} cycles within an hour")
        if state is not None:
            self.check_promise(state)

    def check_promise(self, state: AppState) -> None:
        """It will look again in time: at the next edge, at the next poll."""
        wait = self.loop.seconds_until_due()
        patience = self.play.board.patience if self.watch.trouble or state.calendar.error else 0.0
        longest = max(self.timing.poll_seconds, _LONGEST_RETRY, patience) + 1
        if wait > longest:
            raise Broken("late", f"it looks again in {wait:.0f} s only")
        now = self.clock.now()
        due = now + timedelta(seconds=wait - self.timing.edge_spread_seconds - 1)
        edges = [self.wanted.next_edge(now, b.told, b.skips, b.longer) for b in self.watch.beliefs]
        if all(edge is not None and due > edge for edge in edges):
            raise Broken("late", f"a block begins or ends at {edges[0]}, and it looks again in {wait} s")

    def die(self) -> None:
        """The process is gone; what it had committed is all that is left."""
        self.watch.end(died=True)
        self.kill()

    def kill(self) -> None:
        """The process is gone between two cycles."""
        self.deaths += 1
        self.runs = False
        left = self.path
        self.path = self.folder / f"{self.name}-{next(self.ledgers)}.sqlite3"
        for ending in ("", "-wal"):  # as they are now: closing would tidy up
            with suppress(FileNotFoundError):
                shutil.copyfile(f"{left}{ending}", f"{self.path}{ending}")
        self.ledger.close()
        for ending in ("", "-wal", "-shm"):
            Path(f"{left}{ending}").unlink(missing_ok=True)
        self.watch.beliefs = frozenset(b.after_death() for b in self.watch.beliefs)
        self.play.after(self.play.down_for, self.start)
        self.play.down_for = 1.0

    def start(self) -> None:
        """It is started again, unless it runs."""
        if not self.runs and self.wakes_at is None:
            try:
                with self.watch.mortally():
                    self.begin()
            except Killed:
                self.kill()
            else:
                self.tick()
        elif not self.runs:
            self.play.after(60.0, self.start)

    def quit(self) -> None:
        """The user quits; where the switchboard knows no ends, what is ours is cleared."""
        self.tick()
        if not self.runs:
            return
        kind = self.play.board.kind
        self.cycle.leave(self.clock.now(), clear=not kind.self_ending)
        self.watch.end()
        shown = self.play.board.shown
        if not kind.self_ending and not self.watch.trouble and len(self.play.computers) == 1:
            hers = any(shown.state.diversion == state.diversion for state in self.watch.chosen)
            ours = shown.by == self.name and shown.state != CLEAR and not hers
            if ours and kind.reads_back and not self.config.dry_run:
                raise Broken("remains", f"{shown.state} after quitting")
        self.ledger.close()
        self.runs = False
        self.watch.beliefs = frozenset(b.after_death() for b in self.watch.beliefs)

    def reconfigure(self, config: Config, timing: Timing | None = None, *, rebuild: bool = False) -> None:
        """Settings have changed."""
        self.timing = timing or self.timing
        self.fastest = min(self.fastest, self.timing.poll_seconds)

        def apply(cycle: RealCycle) -> RealCycle | None:
            self.config = config
            self.wanted = self.play.wanted(config)
            if rebuild:  # a new one tries again where a sign-in was refused: it is the user who has acted
                self.watch.beliefs = frozenset(b.after_death() for b in self.watch.beliefs)
                return self.make_cycle()
            cycle.config = config
            return None

        if not self.runs:
            self.config, self.wanted = config, self.play.wanted(config)
            return
        self.loop.reconfigure(apply, self.timing)
        if self.is_on:
            self.tick()

    def ask(self, intent: Intent) -> None:
        """From the tray."""
        if self.is_on:
            self.loop.request(intent, fetch=True)
            self.tick()

    def must_meet(self, within: float) -> None:
        """All is well again: in so many seconds at most it has to act, if it is left on until then."""
        since = self.play.time.now

        def has_met() -> None:
            left_alone = self.is_on and self.on_since <= since and not self.play.board.latency
            if left_alone and self.met < since:
                raise Broken("late", f"all was well again at {since}, and {within:.0f} s later it has not looked")

        self.play.after(within, has_met)

    def network_back(self) -> None:
        """It hears that the network is there again."""
        if self.is_on:
            self.loop.network_back()
            if not self.play.board.asks_patience:
                self.must_meet(_NETWORK_BACK)

    def signed_in(self) -> None:
        """The user has signed in again."""
        if not self.runs:
            return

        def apply(cycle: RealCycle) -> None:
            cycle.sign_in_changed()
            self.watch.beliefs = frozenset(replace(b, stopped=False) for b in self.watch.beliefs)

        self.loop.reconfigure(apply)
        if self.is_on:
            self.tick()


class Play:
    """One week. ``run`` raises Broken."""

    def __init__(self, week: Week, folder: Path) -> None:
        self.week, self.folder = week, folder
        self.zone = ZoneInfo(week.zone)
        self.begun = datetime.combine(week.monday, time(), self.zone).astimezone(UTC)
        self.time = TrueTime(self.begun)
        self.board = Board(self.time, Kind(week.ends, week.reads_back, week.honours))
        self.calendar = Calendar()
        self._agenda: list[tuple[datetime, int, Callable[[], None]]] = []
        self._number = count()
        self._lately: deque[datetime] = deque()
        self._wanted: dict[str, Wanted] = {}
        self._tossed = count()
        self.down_for = 1.0
        self.acts = 0
        self.computers: list[Computer] = []
        for booked in week.booked:
            self.calendar.put(self.event(booked))
        config = self.configured(dict(week.settings))
        for n in range(week.computers):
            timing = Timing(week.poll, week.spread, week.share, (week.share + n / 3) % 1)
            clock = ComputerClock(self.time)
            self.computers.append(Computer("AB"[n], self, clock, folder, config, timing))
        for act in week.acts:
            self.after(act.at, partial(self.happen, act))

    def configured(self, settings: dict[str, object]) -> Config:
        hours = {"": None, "on": _HOURS, "gone_for_the_day": replace(_HOURS, outside="gone_for_the_day")}
        order = DEFAULT_ORDER if settings.get("order") != "reversed" else DEFAULT_ORDER[::-1]
        numbers = {key: settings[key] for key in ("bridge_minutes", "lead_minutes", "lag_minutes") if key in settings}
        rules = Rules(
            method=Method(str(settings.get("method", "prefix_then_status"))),
            all_day=AllDay(str(settings.get("all_day", "normal"))),
            order=order,
            prefixes=_PREFIXES,
            working_hours=hours[str(settings.get("working_hours", ""))],
            **numbers,  # type: ignore[arg-type]
        )
        override = ManualOverride.UNTIL_CLEARED if self.week.until_cleared else ManualOverride.UNTIL_NEXT_BLOCK
        policy = Policy(STANDARD_CATALOGUE, self.board.kind.ends, override, self.board.kind.honours)
        stale = timedelta(hours=int(str(settings.get("stale_hours", 24))))
        return Config(rules, policy, self.zone, False, calendar_id="calendar", stale_after=stale)

    def wanted(self, config: Config) -> Wanted:
        """The judge's own plan; one for each set of rules, and each zone."""
        zone = config.timezone
        assert isinstance(zone, ZoneInfo)
        key = repr((config.rules, zone.key))
        if key not in self._wanted:
            self._wanted[key] = Wanted(self.calendar.told, config.rules, zone)
        return self._wanted[key]

    def forget_the_past(self) -> None:
        """The judge's own memory, where the program's is to be measured."""
        for wanted in self._wanted.values():
            wanted.forget()
        self.calendar.fetches.clear()
        told = self.calendar.told
        told[:-1] = [told[-1]] * (len(told) - 1)

    def jitter(self) -> float:
        """Neither chance nor always the same."""
        return next(self._tossed) * 0.381966 % 1

    def after(self, seconds: float, do: Callable[[], None]) -> None:
        """Something happens later, in true time."""
        heapq.heappush(self._agenda, (self.time.now + timedelta(seconds=seconds), next(self._number), do))

    def acts_lately(self) -> int:
        """What happened within the last hour."""
        while self._lately and self.time.now - self._lately[0] > timedelta(hours=1):
            self._lately.popleft()
        return len(self._lately)

    def event(self, booked: Booked) -> CalendarEvent:
        """An event at local times."""
        day = datetime.combine(self.week.monday + timedelta(days=booked.day), time(), self.zone)
        if booked.all_day:
            start = day.astimezone(UTC)
            end = (day + timedelta(minutes=booked.length)).astimezone(UTC)
        else:
            start = (day + timedelta(minutes=booked.minute)).astimezone(UTC)
            end = start + timedelta(minutes=booked.length)
        return CalendarEvent(
            booked.id, start, end, booked.subject, ShowAs(booked.show_as), booked.all_day,
            private=booked.flag == "private", cancelled=booked.flag == "cancelled", declined=booked.flag == "declined",
            series_id=booked.series,
        )  # fmt: skip

    # --- time ---

    def run(self) -> Played:
        """The whole week, and its end."""
        for computer in self.computers:
            computer.tick()
        self.pass_until(self.begun + timedelta(days=self.week.days))
        self._wind_up()
        writes = sum(c.watch.writes for c in self.computers)
        self._check_writes(writes)
        for computer in self.computers:
            computer.ledger.close()
        cycles = sum(c.watch.cycles for c in self.computers)
        return Played(cycles, self.board.requests, writes, sum(c.deaths for c in self.computers))

    def pass_until(self, instant: datetime) -> None:
        """Live until ``instant``."""
        while True:
            looks = [(due, computer) for computer in self.computers if (due := computer.due()) is not None]
            due, who = min(looks, key=lambda look: look[0], default=(instant, None))
            happens = self._agenda[0][0] if self._agenda else instant
            if min(due, happens) >= instant:
                self.time.now = max(self.time.now, instant)
                return
            if happens <= due:
                self.time.now = max(self.time.now, happens)
                heapq.heappop(self._agenda)[2]()
            elif who is not None:
                self.time.now = max(self.time.now, due)
                who.tick()

    def _wind_up(self) -> None:
        """Everything is mended; an hour later all is right, and with an empty calendar nothing of ours remains."""
        self.board.trouble, self.calendar.error, self.board.latency = None, None, 0.0
        self.board.faults.clear()
        self._agenda.clear()
        for computer in self.computers:
            computer.watch.mortal = None
            computer.clock.skew = timedelta(0)
            if computer.wakes_at is not None:
                self.wake(computer)
            if not computer.runs:
                computer.begin()
            computer.reconfigure(replace(computer.config, enabled=True, dry_run=False))
            computer.signed_in()
            computer.ask(Pause(None))
        self.pass_until(self.time.now + timedelta(hours=1))
        self._check_end()
        self.calendar.events.clear()
        self.pass_until(self.time.now + timedelta(hours=1))
        self._check_end()
        shown = self.board.shown
        if self.week.reads_back and shown.state != CLEAR and shown.by in "AB":
            hours = any(c.config.rules.working_hours for c in self.computers)
            known = any(shown.state.diversion == s.diversion for c in self.computers for s in c.watch.chosen)
            if not hours and not known:
                raise Broken("remains", f"{shown.state} by {shown.by}, and the calendar is empty")

    def _check_end(self) -> None:
        for computer in self.computers:
            if computer.watch.trouble:
                raise Broken("wanted", "it still fails, and nothing is wrong")

    def _check_writes(self, writes: int) -> None:
        changes = sum(c.watch.changes for c in self.computers)
        failures = sum(c.watch.failures for c in self.computers)
        deaths = sum(c.deaths for c in self.computers)
        if writes > changes + 2 * self.acts + failures + deaths + 2:
            raise Broken("writes", f"{writes} for {changes} changes, {self.acts} acts and {failures} failures")

    # --- what happens ---

    def happen(self, act: Act) -> None:
        """``act``, now."""
        self.acts += 1
        self._lately.append(self.time.now)
        getattr(self, f"do_{act.do}")(*act.args)

    @property
    def _one(self) -> Computer:
        """Whose turn it is to have something happen to it."""
        return self.computers[self.acts % len(self.computers)]

    def _minute(self) -> datetime:
        return self._one.clock.now().replace(second=0, microsecond=0)

    def _pick(self, share: float) -> CalendarEvent | None:
        events = [self.calendar.events[key] for key in sorted(self.calendar.events)]
        near = [e for e in events if abs(e.start - self.time.now) < timedelta(hours=6)] or events
        return near[int(share * len(near))] if near else None

    def do_book(self, start: float, length: float, subject: str) -> None:
        begins = self._minute() + timedelta(minutes=start)
        id = f"x{next(self._number)}"
        self.calendar.put(CalendarEvent(id, begins, begins + timedelta(minutes=length), subject, ShowAs.BUSY))

    def do_move(self, share: float, minutes: float, end_only: bool) -> None:
        if (found := self._pick(share)) is not None:
            by = timedelta(minutes=minutes)
            start = found.start if end_only else found.start + by
            self.calendar.put(replace(found, start=start, end=max(found.end + by, start + timedelta(minutes=1))))

    def do_cancel(self, share: float) -> None:
        if (found := self._pick(share)) is not None:
            del self.calendar.events[found.id]

    def do_retitle(self, share: float, subject: str) -> None:
        if (found := self._pick(share)) is not None:
            self.calendar.put(replace(found, subject=subject))

    def do_softphone(self, diversion: str, minutes: float | None) -> None:
        if not self.week.reads_back:
            return
        now = self.time.now.replace(second=0, microsecond=0)
        until = now + timedelta(minutes=minutes + 1) if minutes and self.week.ends and diversion != AVAILABLE else None
        state = DiversionState(diversion, until)
        for computer in self.computers:
            computer.watch.set_by_hand(state, self.board.shown.state)
        self.board.set(state, "hand")

    def do_tray(self, diversion: str, minutes: float | None) -> None:
        until = self._minute() + timedelta(minutes=minutes + 1) if minutes and diversion != AVAILABLE else None
        self._one.ask(SetDiversion(diversion, until))

    def do_finish(self) -> None:
        self._one.ask(FinishEarly())

    def do_follow(self) -> None:
        self._one.ask(FollowCalendar())

    def do_extend(self, minutes: int) -> None:
        self._one.ask(Extend(minutes))

    def do_pause(self, minutes: float) -> None:
        self._one.ask(Pause(self._minute() + timedelta(minutes=minutes)))

    def do_resume(self) -> None:
        self._one.ask(Pause(None))

    def do_skip(self, share: float, series: bool) -> None:
        if (found := self._pick(share)) is not None:
            if series and found.series_id:
                self._one.ask(Skip(found.series_id, series=True))
            else:
                self._one.ask(Skip(found.id, until=found.end))

    def do_unskip(self, share: float) -> None:
        if (found := self._pick(share)) is not None:
            self._one.ask(UndoSkip(found.id))

    def do_sync(self) -> None:
        if self._one.is_on:
            self._one.loop.request(fetch=True)
            self._one.tick()

    def do_board_fails(self, trouble: str, seconds: float) -> None:
        self.board.trouble = token = Trouble(trouble)

        def mend() -> None:
            if self.board.trouble is token:
                self.board.trouble = None
                self._mended(needs_sign_in=token is Trouble.SIGN_IN)

        self.after(seconds, mend)

    def do_calendar_fails(self, how: str, seconds: float) -> None:
        error: Any = _ERRORS[how]()
        self.calendar.error = error

        def mend() -> None:
            if self.calendar.error is error:
                self.calendar.error = None
                self._mended(needs_sign_in=how == "sign_in")

        self.after(seconds, mend)

    def do_both_fail(self, seconds: float) -> None:
        self.do_board_fails(Trouble.DOWN, seconds)
        self.do_calendar_fails("unreachable", seconds)
        self.after(seconds + 0.1, lambda: [computer.network_back() for computer in self.computers])

    def _mended(self, *, needs_sign_in: bool) -> None:
        if needs_sign_in:
            self._sign_in()
        for computer in self.computers:
            longest = max(computer.timing.poll_seconds, _LONGEST_RETRY, self.board.patience)
            computer.must_meet(longest + _SLOW)

    def _sign_in(self) -> None:
        for computer in self.computers:
            computer.signed_in()

    def do_write_fails(self, trouble: str, diversion: str) -> None:
        if Trouble(trouble) is Trouble.QUICKER and not self.week.reads_back:
            return
        fault = Trouble(trouble), diversion
        self.board.faults.append(fault)
        self.after(3600, lambda: self._drop(fault))

    def _drop(self, fault: tuple[Trouble, str]) -> None:
        if fault in self.board.faults:
            self.board.faults.remove(fault)
        if fault[0] is Trouble.SIGN_IN:
            self._sign_in()

    def do_free_busy_only(self, seconds: float) -> None:
        self.calendar.limited = True
        self.after(seconds, lambda: setattr(self.calendar, "limited", False))

    def do_slow(self, latency: float, seconds: float) -> None:
        self.board.latency = latency
        self.after(seconds, lambda: setattr(self.board, "latency", 0.0))

    def do_sleep(self, seconds: float) -> None:
        for computer in self.computers:
            if computer.wakes_at is None:
                computer.asleep_since = self.time.now
                computer.wakes_at = self.time.now + timedelta(seconds=seconds)
                self.after(seconds, partial(self.wake, computer))

    def wake(self, computer: Computer) -> None:
        """It was asleep, and is no longer."""
        if computer.wakes_at is None or computer.asleep_since is None:
            return
        slept = (self.time.now - computer.asleep_since).total_seconds()
        computer.clock.slept += slept
        computer.wakes_at, computer.on_since = None, self.time.now
        self._notices(computer)

    def do_clock(self, skew: float, seconds: float) -> None:
        computer = self._one
        computer.clock.skew = timedelta(seconds=skew)
        self._notices(computer)

        def right() -> None:
            computer.clock.skew = timedelta(0)
            self._notices(computer)

        self.after(seconds, right)

    def _notices(self, computer: Computer) -> None:
        """Within a second it looks at its clock; after sleep, or a clock that jumped, it syncs at once."""
        if not computer.is_on:
            return
        cycles, jump = computer.watch.cycles, computer.drift - computer.looked_at
        computer.tick()
        c = computer.watch.circumstances
        if abs(jump) > _UNNOTICED and computer.runs and (computer.watch.cycles == cycles or (c and not c.act)):
            raise Broken("late", f"its clock jumped by {jump:.0f} s, and it did not sync at once")

    def do_crash(self, lines: int, seconds: float) -> None:
        self._one.watch.mortal = lines
        self.down_for = max(seconds, 0.001)

    def do_kill(self, seconds: float) -> None:
        if self._one.is_on:
            self.down_for = max(seconds, 0.001)
            self._one.kill()

    def do_quit(self, seconds: float) -> None:
        computer = self._one
        if not computer.is_on:
            return
        try:
            computer.quit()
        except Killed:
            computer.die()
            return
        self.after(seconds, computer.start)

    def do_off(self, seconds: float) -> None:
        self._change_for(seconds, {"enabled": False}, {"enabled": True})

    def do_dry_run(self, seconds: float) -> None:
        self._change_for(seconds, {"dry_run": True}, {"dry_run": False})

    def _change_for(self, seconds: float, to: dict[str, Any], back: dict[str, Any]) -> None:
        for computer in self.computers:
            computer.reconfigure(replace(computer.config, **to))
            self.after(seconds, lambda c=computer: c.reconfigure(replace(c.config, **back)))  # type: ignore[misc]

    def do_set(self, key: str, value: object) -> None:
        settings = dict(self.week.settings) | {key: value}
        new = self.configured(settings)
        for computer in self.computers:
            computer.reconfigure(replace(computer.config, rules=new.rules, stale_after=new.stale_after))

    def do_override(self, until_cleared: bool) -> None:
        override = ManualOverride.UNTIL_CLEARED if until_cleared else ManualOverride.UNTIL_NEXT_BLOCK
        for computer in self.computers:
            policy = replace(computer.config.policy, manual_override=override)
            computer.reconfigure(replace(computer.config, policy=policy))

    def do_poll(self, poll: float, seconds: float) -> None:
        computer = self._one
        computer.reconfigure(computer.config, replace(computer.timing, poll_seconds=poll))
        self.after(seconds, lambda: computer.reconfigure(computer.config, replace(computer.timing, poll_seconds=900)))

    def do_travel(self, zone: str, seconds: float) -> None:
        self._change_for(seconds, {"timezone": ZoneInfo(zone)}, {"timezone": self.zone})

    def do_rebuild(self) -> None:
        for computer in self.computers:
            computer.reconfigure(computer.config, rebuild=True)


@contextmanager
def memory_folder() -> Iterator[Path]:
    """A throw-away folder, in memory where the system has such a place."""
    from tests.sync.worlds import fast_folder

    with fast_folder() as folder:
        yield folder


def play(week: Week) -> Played:
    """Live through ``week``; raises Broken."""
    with memory_folder() as folder:
        return Play(week, folder).run()
