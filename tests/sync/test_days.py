"""Days of a user, played at random on the real cycle, loop and ledger, with everything that happens to real people.

A witness beside the switchboard knows who set what and judges every write; ``check`` compares what colleagues see
with what the calendar asks for.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from b2cal_desktop.core.errors import (
    CalendarError,
    CalendarNeedsSignIn,
    CalendarThrottled,
    CalendarUnreachable,
    SwitchboardBadAnswer,
    SwitchboardError,
    SwitchboardNeedsSignIn,
    SwitchboardThrottled,
    SwitchboardUnreachable,
)
from b2cal_desktop.core.intents import Extend, FinishEarly, Intent, Pause, SetDiversion, Skip, UndoSkip
from b2cal_desktop.core.model import AVAILABLE, CLEAR, STANDARD_CATALOGUE, Block, DiversionState, Kind, ShowAs
from b2cal_desktop.core.reconcile import ManualOverride
from b2cal_desktop.core.schedule import plan
from b2cal_desktop.core.state import AppState, Phase
from b2cal_desktop.sync.cycle import Cycle, planned_window
from b2cal_desktop.sync.loop import Timing
from tests.sync.worlds import (
    HOST,
    PREFIXES,
    STOCKHOLM,
    Computer,
    FakeClock,
    Kill,
    Killed,
    Lost,
    ModelCalendar,
    ModelSwitchboard,
    Quicker,
    at,
    event,
    fast_folder,
)

# HYPOTHESIS_PROFILE=deep plays thousands of days.
DEEP = hypothesis.settings().max_examples >= 2000
pytestmark = pytest.mark.timeout(7200 if DEEP else 120)
_MINUTE = timedelta(minutes=1)
# Long enough for a poll, for a back-off at its longest and for what a server asked for.
_SETTLED = timedelta(minutes=30)

diversions = st.sampled_from(["lunch", "busy", "meeting", "working_from_home", "out_of_office", "sick"])
waits = st.sampled_from([0, 0, 1, 5, 15, 15, 45, 90])
minutes = st.sampled_from([1, 2, 5, 15, 30, 60, 120, 240])
SUBJECTS = ["MOT: avstämning", "LUN: sallad", "SJU:", "HEM: hela dagen", "SEM:", "UPP: fokus", "Veckomöte"]
SWITCHBOARD_OUTAGES = [
    SwitchboardUnreachable(HOST, "down"),
    SwitchboardThrottled(HOST, retry_after=600),
    SwitchboardBadAnswer(HOST, "a web page"),
    SwitchboardNeedsSignIn(HOST),
]
CALENDAR_OUTAGES = [
    CalendarUnreachable("kalender.invalid", "down"),
    CalendarThrottled("kalender.invalid", retry_after=600),
    CalendarNeedsSignIn("kalender.invalid"),
]
WRITE_FAULTS: list[Lost | Kill | Quicker | SwitchboardError] = [
    Lost(acted=True),
    Lost(acted=False),
    Kill(acted=True),
    Kill(acted=False),
    SwitchboardUnreachable(HOST, "down"),
    Quicker(DiversionState("busy")),
]


@dataclass(frozen=True)
class ByHand:
    """A diversion that a person set, and when (by the computer's clock, also after it was set back)."""

    state: DiversionState
    at: datetime


class WitnessedSwitchboard(ModelSwitchboard):
    """Knows whose a diversion is, and tells ``judge`` of every write of the app's before it acts."""

    def __init__(self, clock: FakeClock, days: Days, *, ends: bool, reads_back: bool) -> None:
        super().__init__(clock, ends=ends, reads_back=reads_back)
        self._days = days

    def _keep(self, state: DiversionState, by: str) -> None:
        if by == "app":
            self._days.judge(self.shows(), state)
        else:
            self._days.note_hand(state)
        super()._keep(state, by)

    def settle(self) -> None:
        """Before the computer's clock jumps: the switchboard's own does not, and what is over stays over."""
        self._state = self.shows()


def happens(**what: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Any]:
    """A rule whose doing comes some minutes after the last one's."""

    def decorate(do: Callable[..., None]) -> Any:
        def later(self: Days, wait: int, **given: Any) -> None:
            self.wait(wait)
            do(self, **given)

        later.__name__ = do.__name__
        strategies: dict[str, Any] = {"wait": waits, **what}
        as_rule: Callable[[Callable[..., None]], Any] = rule(**strategies)
        return as_rule(later)

    return decorate


class Days(RuleBasedStateMachine):
    """Whole minutes pass, and everything lies on whole minutes, while the clock shows half past one."""

    @initialize(
        ends=st.booleans(),
        reads_back=st.sampled_from([True, True, True, False]),
        override=st.sampled_from(list(ManualOverride)),
        poll=st.sampled_from([60, 300, 900]),
        share=st.floats(0, 1),
        spread=st.sampled_from([0, 1, 25]),
        booked=st.lists(
            st.tuples(st.integers(0, 40), st.sampled_from([15, 30, 60, 90]), st.sampled_from(SUBJECTS)),
            min_size=4,
            max_size=10,
        ),
    )
    def begin(
        self,
        ends: bool,
        reads_back: bool,
        override: ManualOverride,
        poll: int,
        share: float,
        spread: int,
        booked: list[tuple[int, int, str]],
    ) -> None:
        self.stack = ExitStack()
        folder = self.stack.enter_context(fast_folder())
        self.clock = FakeClock(at("07:00:30"))
        self.calendar = ModelCalendar()
        self.board = WitnessedSwitchboard(self.clock, self, ends=ends, reads_back=reads_back)
        timing = Timing(poll, spread, share, share)
        self.computer = Computer(
            self.clock, self.calendar, self.board, folder / "ledger", override=override, timing=timing
        )
        self.stack.callback(lambda: self.computer.close())
        self.ends, self.reads_back, self.override = ends, reads_back, override
        self.hand: ByHand | None = None  # what is shown, if a person set it
        self.hands: list[ByHand] = []
        self.from_the_tray: list[DiversionState] = []
        self.last_own = self.last_asked = CLEAR
        self.owed: ByHand | None = None  # what a block took the place of, to be restored after it
        self.touched = False  # somebody did something that the app has to respect
        self.number = 0
        self.actions = 0
        self.changes = 0
        self.reachable_since = self.mended_at = self.clock.now()
        self.last_block: Block | None = None
        for quarter, length, subject in booked:
            self.book(self.minute() + quarter * 15 * _MINUTE, length * _MINUTE, subject)
        self.computer.published = _Published(self.witness)
        self.computer.restart()

    # --- what a person does to the calendar ---

    @happens(
        start=st.integers(-60, 480),
        length=st.sampled_from([1, 5, 15, 30, 60, 180, 600]),
        subject=st.sampled_from(SUBJECTS),
        days=st.sampled_from([1, 1, 1, 3]),
        all_day=st.sampled_from([False] * 6 + [True]),
    )
    def add(self, start: int, length: int, subject: str, days: int, all_day: bool) -> None:
        begins = self.minute() + start * _MINUTE
        if all_day:
            local = begins.astimezone(STOCKHOLM).replace(hour=0, minute=0)
            midnights = local.astimezone(UTC), (local + timedelta(days=1)).astimezone(UTC)
            self.book(midnights[0], midnights[1] - midnights[0], subject, days, all_day=True)
        else:
            self.book(begins, length * _MINUTE, subject, days)

    def book(self, start: datetime, length: timedelta, subject: str, days: int = 1, *, all_day: bool = False) -> None:
        """An event, or a series of one a day."""
        self.number += 1
        series = f"s{self.number}" if days > 1 else None
        for day in range(days):
            begins = start + timedelta(days=day)
            id = f"e{self.number}.{day}"
            self.calendar.put(
                event(id, begins, begins + length, subject, ShowAs.BUSY, series_id=series, all_day=all_day)
            )

    @precondition(lambda self: self.calendar.events)
    @happens(data=st.data(), by=st.sampled_from([-60, -15, 5, 30]), end_only=st.booleans())
    def move(self, data: st.DataObject, by: int, end_only: bool) -> None:
        found = self.calendar.events[data.draw(st.sampled_from(sorted(self.calendar.events)))]
        start = found.start if end_only else found.start + by * _MINUTE
        self.calendar.put(replace(found, start=start, end=max(start + _MINUTE, found.end + by * _MINUTE)))

    @precondition(lambda self: self.calendar.events)
    @happens(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        del self.calendar.events[data.draw(st.sampled_from(sorted(self.calendar.events)))]

    # --- what a person does to the diversion ---

    @precondition(lambda self: self.reads_back)
    @happens(diversion=diversions, length=st.one_of(st.none(), minutes))
    def set_in_the_softphone(self, diversion: str, length: int | None) -> None:
        until = self.minute() + (length + 1) * _MINUTE if length is not None and self.ends else None
        self.board.set_by_hand(diversion, until)

    @precondition(lambda self: self.reads_back)
    @happens(diversion=diversions, length=st.sampled_from([60, 180, 480]))
    def set_in_the_softphone_and_leave(self, diversion: str, length: int) -> None:
        self.board.set_by_hand(diversion)
        self.time_passes(length)

    @precondition(lambda self: self.reads_back)
    @happens()
    def clear_in_the_softphone(self) -> None:
        self.board.set_by_hand(AVAILABLE)

    @happens(diversion=st.one_of(diversions, st.just(AVAILABLE)), length=st.one_of(st.none(), minutes))
    def set_from_the_tray(self, diversion: str, length: int | None) -> None:
        until = self.minute() + (length + 1) * _MINUTE if length is not None and diversion != AVAILABLE else None
        state = DiversionState(diversion, until)
        self.from_the_tray.append(state)
        self.last_asked = state
        self.touched = True
        self.ask(SetDiversion(diversion, until))

    @happens(data=st.data())
    def ask_from_the_tray(self, data: st.DataObject) -> None:
        intents: list[Intent] = [FinishEarly(), Extend(), Extend(1), Pause(None)]
        intents += [Pause(self.minute() + length * _MINUTE) for length in (1, 30, 90)]
        for found in self.calendar.events.values():
            intents += [Skip(found.id, until=found.end), UndoSkip(found.id)]
            if found.series_id:
                intents += [Skip(found.series_id, series=True), UndoSkip(found.series_id, series=True)]
        intent = data.draw(st.sampled_from(intents))
        self.touched |= isinstance(intent, FinishEarly)
        self.ask(intent)

    @happens(lasting=minutes)
    def switch(self, lasting: int) -> None:
        self.mended_at = self.clock.now() + lasting * _MINUTE
        self.switch_sync()

    # --- what happens to computers and networks ---

    @happens(error=st.sampled_from([*SWITCHBOARD_OUTAGES, *CALENDAR_OUTAGES]), lasting=minutes)
    def network_fails(self, error: SwitchboardError | CalendarError, lasting: int) -> None:
        self.mended_at = self.clock.now() + lasting * _MINUTE
        if isinstance(error, SwitchboardError):
            self.board.outage = error
        else:
            self.calendar.error = error

    @happens(fault=st.sampled_from(WRITE_FAULTS))
    def next_write_fails(self, fault: Lost | Kill | Quicker | SwitchboardError) -> None:
        if isinstance(fault, Quicker) and not self.reads_back:
            return
        self.board.faults.append(fault)

    @happens(quits=st.booleans())
    def begins_again(self, quits: bool) -> None:
        if quits:
            self.owed = None if not self.ends else self.owed
            with suppress(Killed):
                self.computer.cycle.leave(self.clock.now(), clear=not self.ends)
        self.computer.restart()
        self.computer.tick()

    @happens(length=st.sampled_from([-120, -30, -1, 1, 30, 1500]), sleeps=st.booleans())
    def clock_jumps(self, length: int, sleeps: bool) -> None:
        if sleeps:
            self.clock.sleep(abs(length) * 60)
        else:
            self.set_clock(length)
        self.computer.tick()

    def set_clock(self, by: int) -> None:
        """Somebody, or a time server, sets the computer's clock."""
        self.board.settle()
        self.clock.jump(by * 60)
        if by < 0:
            now = self.clock.now()
            self.touched = True  # what had ended lies ahead again: nobody can tell that from coming back early
            self.reachable_since, self.mended_at = min(self.reachable_since, now), min(self.mended_at, now)
            self.hands = [replace(hand, at=min(hand.at, now)) for hand in self.hands]
            if self.hand is not None:
                self.hand = replace(self.hand, at=min(self.hand.at, now))

    # --- time passes ---

    @happens()
    def nothing(self) -> None:
        pass

    @happens(length=st.sampled_from([60, 180, 480]))
    def hours_pass(self, length: int) -> None:
        self.time_passes(length)

    def wait(self, length: int) -> None:
        """Before the next thing happens; what has failed is mended after its time."""
        self.actions += 1
        if self.clock.now() >= self.mended_at:
            self.mend()
        if length:
            self.time_passes(length)
            self.board.faults.clear()

    def mend(self) -> None:
        if self.board.outage is not None or self.calendar.error is not None:
            self.board.outage = self.calendar.error = None
            self.reachable_since = self.clock.now()
            self.computer.loop.reconfigure(Cycle.sign_in_changed)
        if not self.computer.cycle.config.enabled:
            self.switch_sync()

    def switch_sync(self) -> None:
        self.owed = None
        enabled = not self.computer.cycle.config.enabled
        self.computer.loop.reconfigure(lambda _: self.computer.configure(enabled=enabled))
        self.computer.tick()

    def time_passes(self, length: int) -> None:
        began, changes = self.clock.now(), self.changes
        looks = self.computer.play_to(self.clock.now() + length * _MINUTE)
        polls = length * 60 / self.computer.timing.poll_seconds
        retries = 2 * (8 + length / 2.5)  # of two sides, which wait at most for so many minutes
        assert looks <= polls + retries + 2 * (self.changes - changes) + 2 * len(self.calendar.events) + 6, "a storm"
        if self.is_reachable() and self.clock.now() - max(began, self.reachable_since) >= _SETTLED:
            self.check(self.computer.published[-1])

    @happens()
    def sync_now(self) -> None:
        if not self.is_reachable():
            return
        self.computer.loop.request(fetch=True)
        state = self.computer.tick()
        assert state is not None
        self.check(state)

    # --- judging ---

    def ask(self, intent: Intent) -> None:
        self.computer.loop.request(intent)
        self.computer.tick()

    def minute(self) -> datetime:
        return self.clock.now().replace(second=0, microsecond=0)

    def is_reachable(self) -> bool:
        return self.board.outage is None and self.calendar.error is None and not self.board.faults

    def same(self, one: DiversionState, other: DiversionState) -> bool:
        return one.same_as(other, ends=self.ends)

    def block(self) -> Block | None:
        """What the events that the app has last been given ask for now."""
        now, ledger = self.clock.now(), self.computer.ledger
        kept, extension = ledger.events(), ledger.controls().extension
        schedule = plan(
            kept.events if kept else (),
            PREFIXES,
            planned_window(now, STOCKHOLM),
            STOCKHOLM,
            skips=ledger.skips(),
            extensions=(extension,) if extension else (),
        )
        return schedule.block_at(now)

    def note_hand(self, state: DiversionState) -> None:
        self.touched, self.owed = True, None
        # One that is the app's own to the letter, nobody can tell from it.
        known = self.computer.ledger.memory().manual
        # And without ends one from the tray, whose end only the app remembers, looks like a new one.
        again = not self.ends and known is not None and known.state.until is not None and self.same(state, known.state)
        foreign = state != CLEAR and not again and not self.same(state, self.last_own)
        # The same as what the app stands down for already is no change that anybody could see.
        same = known is not None and self.same(state, known.state)
        since = min(self.clock.now(), known.first_seen) if known is not None and same else self.clock.now()
        self.hand = ByHand(state, since) if foreign else None
        if self.hand is not None:
            self.hands.append(self.hand)

    def judge(self, shown: DiversionState, write: DiversionState) -> None:
        """Every write of the app's: never over a person's, and nothing but what somebody asked for."""
        now = self.clock.now()
        if any(self.same(write, asked) for asked in self.from_the_tray[-1:]) and self.is_from_the_tray(write):
            self.hand, self.owed = ByHand(write, now) if write != CLEAR else None, None
            self.hands += [self.hand] if self.hand else []
            return
        block = self.block()
        hand, lasting = self.hand, self.hand is not None and self.hand.state.at(now) != CLEAR
        if not self.reads_back and hand is not None and not self.same(hand.state, self.last_asked):
            lasting = False  # the tray's last wish was lost, and nobody could see that
        if hand is not None and lasting and shown != CLEAR:
            assert self.override is ManualOverride.UNTIL_NEXT_BLOCK, "over a manual diversion"
            assert block is not None, "over a manual diversion, without a block"
            assert self.same(write, block.state), "over a manual diversion, with something else than the block"
            assert block.start > hand.at, "over a manual diversion, by a block that had begun before it"
            assert STANDARD_CATALOGUE.kind(hand.state.diversion) is not Kind.ABSENCE, "over a manual absence"
            self.owed = hand
        self.hand = None
        if write == CLEAR or (block is not None and self.same(write, block.state)):
            self.last_own = write
            return
        matching = [h for h in self.hands if self.same(h.state, write)]
        assert matching, "a write that nobody asked for"
        self.last_own = CLEAR
        self.hand, self.owed = matching[-1], None  # restored; its owner's again

    def is_from_the_tray(self, write: DiversionState) -> bool:
        """Whether ``write`` is what the tray asked for just now: it is written before anything else, or never."""
        asked = self.from_the_tray[-1]
        found = self.same(write, asked) and (write.until == asked.until or not self.ends)
        if found:
            self.from_the_tray.clear()
        return found

    def witness(self, state: AppState) -> None:
        """Each state that the loop publishes."""
        self.from_the_tray.clear()  # tried once
        block = self.block()
        key = None if block is None else replace(block, events=(), losers=())
        if key != self.last_block:
            self.changes += 1
            self.last_block = key
        shown = self.board.shows()
        running = state.switchboard.error is None and state.phase is Phase.RUNNING
        if self.hand is not None and running and state.want != CLEAR and self.same(shown, state.want):
            self.hand, self.last_own = None, shown  # the same as wanted: taken as the app's own

    def check(self, state: AppState) -> None:
        """With everything reachable: what colleagues see is what the calendar wants, or somebody's own choice."""
        now, shown = self.clock.now(), self.board.shows()
        config = self.computer.cycle.config
        if state.phase in (Phase.OFF, Phase.PAUSED):
            if state.phase is Phase.OFF or not self.ends:
                assert shown == CLEAR or self.hand is not None or self.touched, "ours remains"
            return
        assert config.enabled
        if state.phase is Phase.MANUAL:
            assert self.touched, "stands down for nobody"
            contested = self.computer.ledger.memory().contested_since is not None
            assert contested or not self.reads_back or self.same(shown, state.manual or CLEAR)
            return
        assert state.phase is Phase.RUNNING
        block = self.block()
        assert not state.dismissed or self.touched, "dismissed by nobody"
        expected = CLEAR if block is None or state.dismissed else block.state
        assert self.same(shown, expected), f"at {now} shows {shown}, should {expected}"
        owed = self.owed is not None and self.owed.state.at(now) != CLEAR and self.reads_back
        assert expected != CLEAR or not owed, f"did not restore {self.owed}"
        memory = self.computer.ledger.memory()
        if not (memory.manual or memory.replaced or memory.dismissed or memory.foreign or memory.pending):
            self.touched = False

    def teardown(self) -> None:
        if not hasattr(self, "stack"):
            return
        try:
            self.board.outage = self.calendar.error = None
            self.board.faults.clear()
            self.computer.loop.reconfigure(Cycle.sign_in_changed)
            state = self.computer.tick()
            assert state is not None
            self.check(state)
            assert self.computer.failures == []
            wrote = sum(written.by == "app" for written in self.board.written)
            # A person's act may cost a write and its undoing; a change of the block one; and one at each end.
            assert wrote <= self.changes + 2 * self.actions + 2, "too many writes"
        finally:
            self.stack.close()


class _Published(list[AppState]):
    """What the loop published; only the last matters, and somebody watches."""

    def __init__(self, witness: object) -> None:
        super().__init__()
        self._witness = witness

    def append(self, state: AppState) -> None:
        self[:] = [state]
        self._witness(state)  # type: ignore[operator]


TestDays = Days.TestCase
TestDays.settings = hypothesis.settings(
    max_examples=2000 if DEEP else 60,
    stateful_step_count=60 if DEEP else 30,
    deadline=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)
