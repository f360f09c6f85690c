"""When the next cycle runs: edges of blocks, the poll, wake-ups, the user's hand, back-off.

One cycle runs at a time, in one thread; what is asked for meanwhile collapses into one more.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from b2cal_desktop.core.errors import CalendarError, SwitchboardError
from b2cal_desktop.core.intents import Intent
from b2cal_desktop.core.ports import Clock
from b2cal_desktop.core.state import AppState, Health, ServiceHealth
from b2cal_desktop.sync.cycle import Cycle

_log = logging.getLogger(__name__)

# How often the thread looks at the clock: a computer that slept, or whose clock was set, is noticed within this.
_TICK_SECONDS = 1.0
# How often it looks at files, for edited settings and the like; each second would be half of what an idle app costs.
_LOOK_SECONDS = 3.0
# Wall clock and monotonic clock that drift apart by more than this between two looks: sleep, or a clock that jumped.
_JUMP_SECONDS = 5.0
_FIRST_RETRY, _LAST_RETRY = 5.0, 300.0
# Within this the network is used again once it is back: not by a whole company's computers at one instant.
_BACK_SECONDS = 10.0
# What a server that asks for more patience than this gets.
_LONGEST_WAIT = 3600.0


@dataclass(frozen=True, slots=True)
class Timing:
    """How often, in seconds; ``edge_share`` and ``poll_share`` (0 to 1) are this computer's own fixed offsets."""

    poll_seconds: float = 60.0
    edge_spread_seconds: float = 1.0
    edge_share: float = 0.0
    poll_share: float = 0.0


class Backoff:
    """When a side that failed is tried again: exponential with jitter, 5 s to 5 min, never sooner than it asked for.

    ``retry_at`` is None while the side works. Until ``closed_until`` only the user's own hand reaches it.
    """

    def __init__(self, jitter: Callable[[], float] = random.random) -> None:
        self._jitter = jitter
        self._failures = 0
        self.retry_at: datetime | None = None
        self.closed_until: datetime | None = None

    def note(self, health: ServiceHealth, now: datetime) -> None:
        """What came of a try at ``now``. A sign-in that was refused waits for the user."""
        error = health.error
        self.retry_at = self.closed_until = None
        if error is None:
            self._failures = 0
        elif health.health not in (Health.NEEDS_SIGN_IN, Health.NEEDS_ADMIN_APPROVAL):
            asked = error.retry_after if isinstance(error, CalendarError | SwitchboardError) else None
            self.retry_at = now + timedelta(seconds=self._next_delay(asked or 0.0))
            self.closed_until = self.retry_at if asked else None

    def forget(self) -> None:
        """The next poll tries again."""
        self.retry_at = self.closed_until = None

    def may_be_tried(self, now: datetime, *, urgently: bool = False) -> bool:
        """Whether a cycle at ``now`` may reach the side; ``urgently``: before its time, unless it asked to wait."""
        return self.retry_at is None or self.retry_at <= now or (urgently and self.closed_until is None)

    def _next_delay(self, asked: float) -> float:
        ceiling = min(2 * _FIRST_RETRY * 2.0 ** min(self._failures, 10), _LAST_RETRY)
        self._failures += 1
        # Anywhere in the upper half: what many computers lost at one instant they must not ask for at one instant.
        delay = ceiling * (0.5 + 0.5 * self._jitter())
        return max(delay, min(asked, _LONGEST_WAIT))


class Loop:
    """Runs ``cycle`` whenever it is due and hands each state to ``publish``, on the loop's own thread.

    ``failed`` hears of a cycle that could not run at all; ``look`` is called every few seconds; ``elsewhere`` before a
    cycle for which the computer may stand in another network than before: it slept, or the network was away.
    ``start`` and ``stop`` manage the thread; tests with a clock of their own call ``tick`` instead.
    """

    def __init__(
        self,
        cycle: Cycle,
        clock: Clock,
        timing: Timing,
        publish: Callable[[AppState], None],
        *,
        failed: Callable[[Exception], None] | None = None,
        look: Callable[[], None] | None = None,
        elsewhere: Callable[[], None] | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._look, self._elsewhere = look, elsewhere
        self._look_due = clock.monotonic()
        self._cycle, self._clock, self._publish = cycle, clock, publish
        self._failed = failed
        self.timing = timing
        self._wake = threading.Condition()
        self._intents: list[Intent] = []
        self._asked = False
        self._asked_to_fetch = False
        self._jobs: list[Callable[[Cycle], Cycle | None]] = []
        self._stopping = False
        self._last: Callable[[Cycle], None] | None = None
        self._thread: threading.Thread | None = None
        self._calendar, self._switchboard = Backoff(jitter), Backoff(jitter)
        self._next_poll: datetime | None = None
        self._next_edge: datetime | None = None
        self._write_due: datetime | None = None  # of a write that had to wait for its turn
        self._back_due: datetime | None = None  # of the cycle after the network has come back
        self._seen_wall, self._seen_monotonic = clock.now(), clock.monotonic()

    # From any thread

    def request(self, *intents: Intent, fetch: bool = False) -> None:
        """Ask for a cycle as soon as possible; several requests make one cycle."""
        with self._wake:
            self._intents.extend(intents)
            self._asked = True
            self._asked_to_fetch |= fetch
            self._wake.notify()

    def reconfigure(self, job: Callable[[Cycle], Cycle | None], timing: Timing | None = None) -> None:
        """Run ``job`` on the loop's thread before the next cycle, which comes at once: changed settings, a sign-in.

        A cycle that it returns takes the place of the old one.
        """
        with self._wake:
            self._jobs.append(job)
            self.timing = timing or self.timing
            self.request(fetch=True)

    def network_back(self) -> None:
        """The network is there again: ask both sides anew, whatever their back-off, after this computer's own share."""
        with self._wake:
            if self._back_due is None:
                share = timedelta(seconds=_BACK_SECONDS * self.timing.poll_share)
                self._back_due = self._clock.now() + share
            self._wake.notify()

    @property
    def stopping(self) -> bool:
        """Whether the thread is asked to end; a job that takes its time should then come to its end too."""
        return self._stopping

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="b2cal-sync", daemon=True)
        self._thread.start()

    def stop(self, last: Callable[[Cycle], None] | None = None, timeout: float = 10.0) -> bool:
        """Ask the thread to end after the cycle that runs; whether it ended within ``timeout`` seconds.

        ``last`` is done on the loop's thread before it ends: what quitting asks for.
        """
        with self._wake:
            self._last, self._stopping = last, True
            self._wake.notify()
        if self._thread is None:
            return True
        self._thread.join(timeout)
        return not self._thread.is_alive()

    # On the loop's thread

    def _run(self) -> None:
        while not self._stopping:
            self._look_around()
            if not self._guarded(self.tick):
                self._postpone()
            with self._wake:
                if not (self._stopping or self._asked):
                    self._wake.wait(min(self.seconds_until_due(), _TICK_SECONDS))
        if (last := self._last) is not None:
            self._guarded(lambda: last(self._cycle))

    def _look_around(self) -> None:
        monotonic = self._clock.monotonic()
        if self._look is not None and monotonic >= self._look_due:
            self._look_due = monotonic + _LOOK_SECONDS
            self._guarded(self._look)

    def _guarded(self, work: Callable[[], object]) -> bool:
        try:
            work()
        except Exception as error:  # noqa: BLE001  the top of the thread: somebody hears of it, and the loop goes on
            _log.error("the sync thread failed: %s", type(error).__name__, exc_info=error)
            if self._failed is not None:
                self._failed(error)
            return False
        return True

    def _do(self, job: Callable[[Cycle], Cycle | None]) -> None:
        self._cycle = job(self._cycle) or self._cycle

    def _postpone(self) -> None:
        self._next_poll = self._clock.now() + timedelta(seconds=_LAST_RETRY)
        self._next_edge = self._write_due = None
        self._calendar.forget()
        self._switchboard.forget()

    def tick(self) -> AppState | None:
        """Run a cycle if one is due at the clock's present; the state it made, or None."""
        now = self._clock.now()
        jumped = self._has_jumped(now)
        with self._wake:
            back = _is_due(now, self._back_due)
            if back or jumped:
                self._back_due = None
            asked, asked_to_fetch = self._asked, self._asked_to_fetch
            intents, jobs = self._intents, self._jobs
            self._intents, self._jobs, self._asked, self._asked_to_fetch = [], [], False, False
        polls = jumped or back or self._next_poll is None or now >= self._next_poll
        edge = _is_due(now, self._next_edge)
        calendar, switchboard = self._calendar, self._switchboard
        retries = (calendar.retry_at, switchboard.retry_at, self._write_due)
        if not (asked or polls or edge or any(_is_due(now, at) for at in retries)):
            return None
        if (jumped or back) and self._elsewhere is not None:
            self._elsewhere()
        for job in jobs:
            self._guarded(partial(self._do, job))  # one that fails takes neither the others nor the user's wish along
        if jobs:
            now = self._clock.now()  # a job may have taken its time
        # A side that failed is left to its back-off by polls, not by edges; one that asked for patience by both.
        polls_calendar = polls and calendar.may_be_tried(now, urgently=back)
        fetch = asked_to_fetch or jumped or polls_calendar or _is_due(now, calendar.retry_at)
        # A calendar that is tried anew is no reason to ask the switchboard more often than it wants.
        reason = asked or polls or edge or _is_due(now, switchboard.retry_at) or _is_due(now, self._write_due)
        by_hand = bool(intents or jobs)
        act = by_hand or jumped or (reason and switchboard.may_be_tried(now, urgently=edge or asked or back))
        state = self._cycle.run(now, fetch=fetch, act=act, intents=intents)
        if fetch:
            if state.calendar.error is None and calendar.retry_at is not None and not act:
                self.request()  # it is back, and may have brought something to write
            calendar.note(state.calendar, self._clock.now())
        if act:
            self._note_writes(state)
        if polls or fetch:
            self._next_poll = self._poll_after(now)
        self._next_edge = self._edge_after(state)
        self._publish(state)
        return state

    def _note_writes(self, state: AppState) -> None:
        """When the switchboard is tried again, counted from the end of a cycle that may have waited long for it."""
        ended, wait = self._clock.now(), self._cycle.wait_seconds
        self._write_due = ended + timedelta(seconds=wait) if wait is not None else None
        if wait is None:
            self._switchboard.note(state.switchboard, ended)
        else:
            self._switchboard.forget()  # nothing was tried, so how often it has failed still counts

    def _has_jumped(self, now: datetime) -> bool:
        monotonic = self._clock.monotonic()
        drift = (now - self._seen_wall).total_seconds() - (monotonic - self._seen_monotonic)
        self._seen_wall, self._seen_monotonic = now, monotonic
        return abs(drift) > _JUMP_SECONDS

    def seconds_until_due(self) -> float:
        """Seconds until the next cycle is due by the clock; 0 if it already is, or was asked for."""
        if self._asked:
            return 0.0
        retries = (self._calendar.retry_at, self._switchboard.retry_at)
        times = (self._next_poll, self._next_edge, self._write_due, self._back_due, *retries)
        due = [at for at in times if at is not None]
        return max(0.0, (min(due) - self._clock.now()).total_seconds()) if due else 0.0

    def _edge_after(self, state: AppState) -> datetime | None:
        """The next instant at which the diversion may have to change, with this computer's own small offset."""
        manual_end = state.manual.until if state.manual is not None else None
        edges = [at for at in (state.next_change, state.paused_until, manual_end) if at is not None and at > state.now]
        spread = timedelta(seconds=self.timing.edge_spread_seconds * self.timing.edge_share)
        return min(edges) + spread if edges else None

    def _poll_after(self, now: datetime) -> datetime:
        """The first of this computer's own instants, one every ``poll_seconds``, after ``now``."""
        period = self.timing.poll_seconds
        wait = period - (now.timestamp() - self.timing.poll_share * period) % period
        # A hair before an instant is that instant: a rounded one must not be polled twice.
        return now + timedelta(seconds=wait if wait > 0.001 else wait + period)


def _is_due(now: datetime, at: datetime | None) -> bool:
    return at is not None and now >= at
