"""The rules of semantics sections 5, 7 and 8 once more, as a judge: which requests a cycle may send, given the answers.

A ``Belief`` is what a right program may know at one instant. A cycle is played for each belief as a generator that says
what it would ask of the switchboard and is given the answer that really came. Where a process dies, every belief that
it may have kept lives on; one that the program then contradicts is dropped. When none is left, no right program does
what this one did. Nothing is shared with the code that is judged but the value types.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from b2cal_desktop.core.intents import Extend, FinishEarly, FollowCalendar, Intent, Pause, SetDiversion, Skip, UndoSkip
from b2cal_desktop.core.model import AVAILABLE, CLEAR, STANDARD_CATALOGUE, DiversionState, Kind
from tests.campaign.wanted import Longer, Span, Wanted
from tests.campaign.world import Result

TEN_MINUTES, A_DAY = timedelta(minutes=10), timedelta(days=1)
ABSENCES = {key for key, diversion in STANDARD_CATALOGUE.items() if diversion.kind is Kind.ABSENCE}


class Manual(NamedTuple):
    """A diversion somebody else set, and when it was first seen."""

    state: DiversionState
    seen: datetime


class Dismissed(NamedTuple):
    """The block with ``diversion`` that was going on ``at``."""

    diversion: str
    at: datetime

    def is_about(self, block: Span | None) -> bool:
        return block is not None and block.diversion == self.diversion and block.start <= self.at


@dataclass(frozen=True, slots=True)
class Belief:
    """What the program may know. ``told`` is the number of the calendar's last answer."""

    told: int | None = None
    as_of: datetime | None = None
    last: DiversionState = CLEAR
    pending: DiversionState | None = None
    manual: Manual | None = None
    owed: Manual | None = None
    dismissed: Dismissed | None = None
    foreign: tuple[datetime, ...] = ()
    quarrel: datetime | None = None
    paused: datetime | None = None
    longer: Longer | None = None
    given_back: DiversionState | None = None  # by a hand that then asked to follow the calendar
    skips: frozenset[Skip] = frozenset()
    let_go: bool = False
    # In memory only: a sign-in was refused; what the tray asked for and waits for its turn.
    stopped: bool = False
    waiting: DiversionState | None = None

    def after_death(self) -> Belief:
        """What is left of it on disk."""
        return replace(self, stopped=False, waiting=None)


class Read(NamedTuple):
    """The belief's next request is a read."""


class Write(NamedTuple):
    """The belief's next request is this write."""

    state: DiversionState


class Turn(NamedTuple):
    """A write comes next, if it is its turn; else this is believed, and the cycle is over."""

    waits: Belief


@dataclass(slots=True)
class Circumstances:
    """What bears on one cycle. ``fetched`` is the number of the calendar's answer, if it was asked and did answer."""

    now: datetime
    fetched: int | None
    act: bool
    intents: tuple[Intent, ...]
    ends: bool
    self_ending: bool  # the switchboard itself takes a diversion back at its end
    reads_back: bool
    until_cleared: bool
    enabled: bool
    dry_run: bool
    stale_after: timedelta
    wanted: Wanted
    stays: bool = True  # False: this is how the program is left
    clears: bool = False
    hurried: bool = False  # another write went out less than a second ago


Answer = DiversionState | Result | None
Step = Read | Write | Turn | Belief
Steps = Generator[Step, Answer, Belief]


def same(one: DiversionState, other: DiversionState, *, ends: bool) -> bool:
    """The same diversion, and where ends are known the same end, to the minute."""
    if one.diversion != other.diversion or not ends or one.diversion == AVAILABLE:
        return one.diversion == other.diversion
    if one.until is None or other.until is None:
        return one.until == other.until
    return abs(one.until - other.until) < timedelta(minutes=1)


def at(state: DiversionState, now: datetime) -> DiversionState:
    """What was seen with an end counts as gone once that end has passed."""
    return CLEAR if state.until is not None and now >= state.until else state


class Failed(Exception):
    """The switchboard failed; the cycle ends with this belief."""

    def __init__(self, belief: Belief) -> None:
        self.belief = belief


class Cycle:
    """One cycle as it should go, for one belief; a yielded Belief is one that outlives the process from there on."""

    def __init__(self, c: Circumstances) -> None:
        self.c = c
        self.by_hand: DiversionState | None = None

    def play(self, b: Belief) -> Steps:
        """The whole cycle; returns what is believed after it."""
        if b.waiting is not None:
            self.by_hand, b = b.waiting, replace(b, waiting=None)
        try:
            if not self.c.stays:
                return (yield from self._leave(b))
            b = yield from self._prepare(b)
            return (yield from self._act(b)) if self.c.act else self._put_off(b)
        except Failed as failed:
            return failed.belief

    def _put_off(self, b: Belief) -> Belief:
        return b if self.by_hand is None else replace(b, waiting=self.by_hand)

    def block(self, b: Belief) -> Span | None:
        return self.c.wanted.block_at(self.c.now, b.told, b.skips, b.longer)

    # Before the switchboard is met

    def _prepare(self, b: Belief) -> Steps:
        if self.c.fetched is not None:
            b = replace(b, told=self.c.fetched, as_of=self.c.now)
            yield b
        block = self.block(b) if self.c.intents else None
        for intent in self.c.intents:
            b = self._heed(b, intent, block)
            yield b
        now = self.c.now
        if b.skips:
            b = replace(b, skips=frozenset(s for s in b.skips if s.until is None or s.until + A_DAY > now))
            yield b
        if b.longer is not None and b.longer.end <= now:
            b = replace(b, longer=None)
            yield b
        return b

    def _heed(self, b: Belief, intent: Intent, block: Span | None) -> Belief:
        now = self.c.now
        match intent:
            case Pause(until):
                return replace(b, paused=until, let_go=False)
            case SetDiversion(diversion, until):
                self.by_hand = CLEAR if diversion == AVAILABLE else DiversionState(diversion, until)
                if diversion == AVAILABLE and block is not None:
                    return replace(b, dismissed=Dismissed(block.diversion, now))
            case FollowCalendar():  # what was set by hand may be replaced as if it were ours
                if b.manual is not None:
                    b = replace(b, last=CLEAR, given_back=b.manual.state, manual=None)
                return replace(b, owed=None, dismissed=None, foreign=(), quarrel=None)
            case FinishEarly() if block is not None:
                return replace(b, longer=None, dismissed=Dismissed(block.diversion, now))
            case Extend(minutes) if block is not None:
                start, end, before = block.end, block.end, b.longer
                if before and before.diversion == block.diversion and before.start <= block.end <= before.end:
                    start, end = before.start, before.end
                return replace(b, longer=Longer(block.diversion, start, end + timedelta(minutes=minutes)))
            case Skip():  # kept a day longer than its event, so that nothing of the event comes back on the same day
                others = frozenset(s for s in b.skips if (s.id, s.series) != (intent.id, intent.series))
                return replace(b, skips=others | {intent})
            case UndoSkip(id, series):
                return replace(b, skips=frozenset(s for s in b.skips if (s.id, s.series) != (id, series)))
        return b

    # With the switchboard

    def _act(self, b: Belief) -> Steps:
        if b.stopped:
            return b
        c = self.c
        if not c.enabled or (b.paused is not None and b.paused > c.now):
            return (yield from self._rest(b))
        if b.let_go:
            b = replace(b, let_go=False)
            yield b
        b, wrote = yield from self._tray(b)
        if b.as_of is None or c.now - b.as_of >= c.stale_after:
            if wrote:
                return b
            over = at(b.last, c.now) != b.last
            return (yield from self._release(b)) if over and not c.self_ending else (yield from self._look(b))
        return (yield from self._converge(b))

    def _tray(self, b: Belief) -> Generator[Step, Answer, tuple[Belief, bool]]:
        """What the user set from the tray: tried once, before anything else, and never repeated."""
        state, self.by_hand = self.by_hand, None
        if state is None or self.c.dry_run:
            return b, False
        before, waits = b, replace(b, waiting=state)
        yield Turn(waits)
        if state == CLEAR:
            b = replace(b, pending=CLEAR, manual=None, given_back=None)
        else:
            b = replace(b, manual=Manual(state, self.c.now), owed=None, given_back=None)
        yield b
        result = yield Write(state)
        if result is Result.CONFLICT:
            yield from self._read(before)
            yield Turn(waits)
            result = yield Write(state)
        if result is Result.UNKNOWN:
            raise Failed(b)
        if result is not Result.OK:
            yield before
            raise Failed(replace(before, stopped=result is Result.SIGN_IN))
        b = replace(b, last=CLEAR, pending=None, owed=None)
        yield b
        b = yield from self._confirm(b)
        return b, True

    def _read(self, b: Belief) -> Generator[Step, Answer, DiversionState | None]:
        if not self.c.reads_back:
            return None
        seen = yield Read()
        if isinstance(seen, Result):
            raise Failed(replace(b, stopped=seen is Result.SIGN_IN))
        return seen

    def _look(self, b: Belief) -> Steps:
        yield from self._read(b)
        return b

    def _confirm(self, b: Belief) -> Steps:
        """After a write what is shown is read once more; if that fails nothing is lost."""
        if not self.c.reads_back:
            return b
        seen = yield Read()
        return replace(b, stopped=True) if seen is Result.SIGN_IN else b

    def _converge(self, b: Belief) -> Steps:
        for _attempt in (1, 2):
            seen = yield from self._read(b)
            told = decide(b, seen, self.block(b), self.c)
            if told.write is None:
                yield told.belief
                return told.belief
            if self.c.dry_run:
                b = replace(told.belief, pending=b.pending)
                yield b
                return b
            b, done = yield from self._send(b, told, seen)
            if done:
                return b
        raise Failed(b)

    def _send(
        self, b: Belief, told: Decision, seen: DiversionState | None
    ) -> Generator[Step, Answer, tuple[Belief, bool]]:
        """A write; what may have acted is kept as pending from before it is sent."""
        assert told.write is not None
        unknown = b.pending if seen is None else None
        yield Turn(b)
        b = replace(told.belief, pending=told.write)
        yield b
        result = yield Write(told.write)
        if result is Result.OK:
            b = told.after
            yield b
            return (yield from self._confirm(b)), True
        if result is Result.UNKNOWN:
            raise Failed(b)
        b = replace(b, pending=unknown)
        yield b
        if result is Result.CONFLICT:
            return b, False
        raise Failed(replace(b, stopped=result is Result.SIGN_IN))

    def _rest(self, b: Belief) -> Steps:
        """Off or paused: what is ours is cleared once (for a pause only where the switchboard cannot end it itself)."""
        b, wrote = yield from self._tray(b)
        if wrote:
            return b
        if not b.let_go and (not self.c.enabled or not self.c.self_ending):
            b = yield from self._release(b)
            if not self.c.dry_run:
                b = replace(b, let_go=True)
                yield b
            return b
        seen = yield from self._read(b)
        told = ended(b, seen, self.c)
        if told.write is None or self.c.dry_run:
            return b
        b, done = yield from self._send(b, told, seen)
        if not done:
            raise Failed(b)
        return b

    def _leave(self, b: Belief) -> Steps:
        return (yield from self._release(b)) if self.c.clears and not b.stopped else b

    def _release(self, b: Belief) -> Steps:
        seen = yield from self._read(b)
        told = release(b, seen, self.c)
        if told.write is None:
            yield told.belief
            return told.belief
        if self.c.dry_run:
            b = replace(told.belief, pending=b.pending)
            yield b
            return b
        b, done = yield from self._send(b, told, seen)
        if not done:
            raise Failed(b)
        return b


# --- Section 5 -----------------------------------------------------------------------------------------------------


class Decision(NamedTuple):
    """What to write, and what is believed from now on, and once the write was accepted."""

    write: DiversionState | None
    belief: Belief
    after: Belief


def _leave_it(b: Belief) -> Decision:
    return Decision(None, b, b)


def decide(b: Belief, seen: DiversionState | None, block: Span | None, c: Circumstances) -> Decision:
    """The numbered rules of section 5."""
    b = _today(b, block, c.now)
    if b.quarrel is not None:  # rule 6: stand down until the next block
        if block is None or block.start <= b.quarrel:
            return _leave_it(_noticed(b, seen, c))
        b = replace(b, quarrel=None, foreign=())
    if seen is None:  # rule 1
        goal = _goal(b, block)
        if b.manual is not None and at(b.manual.state, c.now) != CLEAR:
            return _somebody_elses(b, b.manual.state, block, c)
        unsure = b.manual is not None or b.pending is not None or b.given_back is not None
        return _write(b, block, c.now) if unsure or not same(goal, b.last, ends=c.ends) else _leave_it(b)
    shown = _remembered(b, seen, c)
    b = _settle(b, seen, c)
    if _is_left_over(b, seen, shown, c):
        return _write(b, block, c.now)
    if same(shown, _goal(b, block), ends=c.ends):  # rule 2
        return _leave_it(_taken_as_own(b, block, seen, shown, c))
    if _is_ours(b, shown, c):  # rule 3
        return _write(b, block, c.now)
    if shown == CLEAR:  # rule 4, back early
        return _back_early(b, block, c)
    return _somebody_elses(b, shown, block, c)  # rule 4


def release(b: Belief, seen: DiversionState | None, c: Circumstances) -> Decision:
    """Section 7: clear what is ours, and only that."""
    kept = b.dismissed
    b = replace(_today(b, None, c.now), dismissed=kept, foreign=(), quarrel=None)
    shown = (b.pending or b.given_back or b.last) if seen is None else _remembered(b, seen, c)
    b = _settle(b, shown if seen is None else seen, c)
    if shown != CLEAR and shown.diversion != AVAILABLE and _is_ours(b, shown, c):
        return _write(b, None, c.now)
    if c.ends and seen is not None and _is_left_over(b, seen, shown, c):
        return _write(replace(b, owed=None), None, c.now)
    return _leave_it(replace(b, last=CLEAR, owed=None, given_back=None))


def ended(b: Belief, seen: DiversionState | None, c: Circumstances) -> Decision:
    """Also while the app rests, what the tray set until a time that only we know is taken back then."""
    manual = b.manual
    if c.self_ending or manual is None or at(manual.state, c.now) == manual.state:
        return _leave_it(b)
    if seen is not None and not same(seen, manual.state, ends=c.ends):
        return _leave_it(b)
    return _write(replace(b, owed=None), None, c.now)


def _today(b: Belief, block: Span | None, now: datetime) -> Belief:
    if b.owed is not None and at(b.owed.state, now) == CLEAR:
        b = replace(b, owed=None)
    if b.dismissed is not None and not b.dismissed.is_about(block):
        b = replace(b, dismissed=None)
    if b.foreign:
        b = replace(b, foreign=tuple(t for t in b.foreign if now - t < TEN_MINUTES))
    return b


def _active(b: Belief, block: Span | None) -> Span | None:
    return block if b.dismissed is None else None


def _goal(b: Belief, block: Span | None) -> DiversionState:
    active = _active(b, block)
    if active is not None:
        return active.state
    return b.owed.state if b.owed is not None else CLEAR


def _write(b: Belief, block: Span | None, now: datetime) -> Decision:
    goal = _goal(b, block)
    if _active(b, block) is None and b.owed is not None:
        return Decision(goal, b, replace(b, last=CLEAR, pending=None, manual=b.owed, owed=None, given_back=None))
    return Decision(goal, b, replace(b, last=goal, pending=None, manual=None, given_back=None))


def _remembered(b: Belief, seen: DiversionState, c: Circumstances) -> DiversionState:
    if not c.ends and b.manual is not None and b.manual.state.diversion == seen.diversion:
        seen = b.manual.state
    return at(seen, c.now)


def _is_left_over(b: Belief, seen: DiversionState, shown: DiversionState, c: Circumstances) -> bool:
    """Ours, or one that we stood down for, is over, and the switchboard shows it all the same."""
    if c.self_ending or shown != CLEAR or seen == CLEAR:
        return False
    if not c.ends:
        return True  # set from the tray until a time that only we know
    others = [b.manual.state] if b.manual is not None else []
    others += [b.given_back] if b.given_back is not None else []
    return any(same(seen, state, ends=True) for state in (b.last, *others))


def _settle(b: Belief, seen: DiversionState, c: Circumstances) -> Belief:
    """Section 8: a write of unknown outcome acted if what it wrote is shown (or would be, were its end not past)."""
    if b.given_back is not None and not same(seen, b.given_back, ends=c.ends):
        b = replace(b, given_back=None)
    if b.pending is not None:
        came_and_went = c.self_ending and seen == CLEAR == at(b.pending, c.now)
        if came_and_went or same(seen, b.pending, ends=c.ends):
            return replace(b, last=b.pending, pending=None, manual=None)
    if b.manual is not None and b.owed is not None:
        b = replace(b, owed=None)
    return b if b.pending is None else replace(b, pending=None)


def _is_ours(b: Belief, shown: DiversionState, c: Circumstances) -> bool:
    if b.manual is not None:
        if shown == CLEAR:
            return True  # gone: the app takes over again
        if at(b.last, c.now) == CLEAR:
            return False
    if b.given_back is not None and same(shown, b.given_back, ends=c.ends):
        return True
    return same(shown, b.last, ends=c.ends) or shown == at(b.last, c.now)


def _taken_as_own(
    b: Belief, block: Span | None, seen: DiversionState, shown: DiversionState, c: Circumstances
) -> Belief:
    active = _active(b, block)
    b = replace(b, given_back=None)
    if active is None and b.owed is not None:
        return replace(b, last=CLEAR, manual=b.owed, owed=None)
    if b.manual is not None:
        replaced = shown != CLEAR and _may_replace(active, b.manual, c)
        b = replace(b, owed=b.manual if replaced else None)
    if shown == CLEAR != seen and same(seen, b.last, ends=c.ends):
        return replace(b, manual=None)  # over by this computer's clock only: whose it is, is not forgotten
    last = active.state if active else CLEAR
    return b if b.manual is None and b.last == last else replace(b, last=last, manual=None)


def _back_early(b: Belief, block: Span | None, c: Circumstances) -> Decision:
    dismissed = Dismissed(b.last.diversion, c.now)
    about = dismissed if dismissed.is_about(block) else None
    b = replace(b, last=CLEAR, owed=None, dismissed=about, foreign=(*b.foreign, c.now))
    if len(b.foreign) >= 3:
        return _leave_it(replace(b, quarrel=c.now))
    return _leave_it(b) if about is not None or block is None else _write(b, block, c.now)


def _somebody_elses(b: Belief, shown: DiversionState, block: Span | None, c: Circumstances) -> Decision:
    manual = b.manual
    if manual is None or not same(manual.state, shown, ends=c.ends):
        overwritten = manual is None and at(b.last, c.now) != CLEAR
        manual = Manual(shown, c.now)
        b = replace(b, manual=manual, owed=None, foreign=(*b.foreign, c.now) if overwritten else b.foreign)
        if len(b.foreign) >= 3:
            return _leave_it(replace(b, quarrel=c.now))
    if _may_replace(_active(b, block), manual, c):
        return _write(replace(b, owed=manual), block, c.now)
    return _leave_it(b)


def _may_replace(block: Span | None, manual: Manual, c: Circumstances) -> bool:
    """The start of the next block that begins after the change was first seen, unless the manual one is an absence."""
    if block is None or c.until_cleared or block.start <= manual.seen:
        return False
    return manual.state.diversion in STANDARD_CATALOGUE and manual.state.diversion not in ABSENCES


def _noticed(b: Belief, seen: DiversionState | None, c: Circumstances) -> Belief:
    """During a quarrel nothing is written, but what somebody sets is a manual diversion all the same."""
    shown = CLEAR if seen is None else _remembered(b, seen, c)
    known = [CLEAR, b.last, *([b.manual.state] if b.manual is not None else [])]
    if any(same(shown, state, ends=c.ends) for state in known):
        return b
    return replace(b, manual=Manual(shown, c.now))
