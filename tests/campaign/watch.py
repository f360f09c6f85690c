"""One computer's witness: what its program asked of the world in each cycle, and whether a right one would have.

It holds every belief that a right program may have by now (``spec``), and beside that looks at the plain truth: who
really set what is shown.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import b2cal_desktop
from b2cal_desktop.core.intents import FollowCalendar, Intent, SetDiversion
from b2cal_desktop.core.model import AVAILABLE, CLEAR, STANDARD_CATALOGUE, DiversionState
from b2cal_desktop.core.state import AppState, Phase
from b2cal_desktop.sync.cycle import Cycle
from tests.campaign import spec
from tests.campaign.spec import Belief, Circumstances, same
from tests.campaign.wanted import Span
from tests.campaign.world import Killed, Result, Shown, Trouble

_PACKAGE = Path(b2cal_desktop.__file__).parent
# Where a process may die in the midst of a cycle: between any two lines of these.
_MORTAL = tuple(
    str(_PACKAGE / place) for place in ("sync", "switchboards/connector.py", "switchboards/connector_http.py")
)
_FAILURES = {Trouble.SIGN_IN: Result.SIGN_IN}


class Broken(AssertionError):
    """An invariant does not hold. ``invariant`` names it."""

    def __init__(self, invariant: str, why: str) -> None:
        self.invariant = invariant
        super().__init__(f"{invariant}: {why}")


@dataclass(frozen=True, slots=True)
class Request:
    """One request of the cycle: a write if it has a state, and what came of it."""

    answer: DiversionState | Result | None
    write: DiversionState | None = None


class Watch:
    """What one computer's program does. ``describe`` makes the circumstances of the cycle that begins."""

    def __init__(self, name: str, describe: Callable[..., Circumstances], monotonic: Callable[[], float]) -> None:
        self.name, self._describe, self._monotonic = name, describe, monotonic
        self.hurried, self.wrote_at = False, float("-inf")
        self.beliefs: frozenset[Belief] = frozenset({Belief()})
        self.circumstances: Circumstances | None = None
        self.trace: list[Request] = []
        self.fetched: int | None = None
        self.mortal: int | None = None  # how many more lines it has to live
        self.first_seen: dict[DiversionState, datetime] = {}  # what somebody else set, by this computer's clock
        self.chosen: set[DiversionState] = set()  # all that somebody else ever set, or the tray asked for
        self.own = CLEAR  # the last that this computer tried to set
        self.handed_over: list[DiversionState] = []  # set by hand, and then the calendar was to be followed again
        self.by_tray: DiversionState | None = None
        self.last_read: DiversionState | None = None
        self.trouble = False  # whether anything failed in the last cycle
        self.cycles = self.writes = self.failures = self.changes = 0
        self._want: object = None
        self._begun: dict[str, Any] = {}

    @contextmanager
    def mortally(self) -> Iterator[None]:
        """While ``mortal`` is set, the process may die in here between any two lines of the program."""
        if self.mortal is None:
            yield
            return
        tracing = sys.gettrace()
        sys.settrace(self._trace)
        try:
            yield
        finally:
            sys.settrace(tracing)

    def _trace(self, frame: FrameType, _event: str, _argument: Any) -> Any:
        return self._count if frame.f_code.co_filename.startswith(_MORTAL) else None

    def _count(self, _frame: FrameType, event: str, _argument: Any) -> Any:
        if event == "line" and self.mortal is not None:
            self.mortal -= 1
            if self.mortal <= 0:
                self.mortal = None
                raise Killed
        return self._count

    # What the program does

    def begin(self, now: datetime, *, act: bool, intents: Iterable[Intent] = (), clears: bool | None = None) -> None:
        """A cycle begins; ``clears`` where the program is quit, and tells how."""
        self.trace, self.fetched, self.trouble = [], None, False
        self._begun = {"now": now, "act": act, "intents": tuple(intents), "stays": clears is None, "clears": clears}
        self.hurried = clears is None and self._monotonic() - self.wrote_at < 1
        if not any(b.waiting for b in self.beliefs):
            self.by_tray = None
        for intent in self._begun["intents"]:
            if isinstance(intent, SetDiversion):
                self.handed_over = []
                self.by_tray = (
                    CLEAR if intent.diversion == AVAILABLE else DiversionState(intent.diversion, intent.until)
                )
            if isinstance(intent, FollowCalendar):
                given = [b.manual.state for b in self.beliefs if b.manual is not None]
                self.handed_over = given or self.handed_over
        self.circumstances = self._describe(fetched=None, **self._begun)
        self.cycles += 1

    def heard(self, number: int) -> None:
        """The calendar has answered."""
        self.fetched = number

    def read(self, shown: Shown, trouble: Trouble | None) -> None:
        if trouble is not None:
            self.trouble = True
            self.failures += 1
            self.trace.append(Request(_FAILURES.get(trouble, Result.REFUSED)))
            if trouble in (Trouble.KILL, Trouble.KILL_ACTED):
                self.trace.pop()
            return
        self.trace.append(Request(shown.state))
        self.last_read = shown.state
        ends = self._now().ends
        self.handed_over = [handed for handed in self.handed_over if same(handed, shown.state, ends=ends)]
        if shown.state != CLEAR and shown.by != self.name:
            # Not later than now: a clock that ran ahead may have been set right.
            now = self._begun["now"]
            self.first_seen[shown.state] = min(now, self.first_seen.get(shown.state, now))
            self.chosen.add(shown.state)

    def wrote(self, state: DiversionState, result: Result, *, acted: bool, over: Shown) -> str:
        """Judge a write by the plain truth; returns whose it is from now on: a restored diversion is its owner's."""
        self.trace.append(Request(result, state))
        self.writes += 1
        if self._begun["stays"] and self._monotonic() - self.wrote_at < 1 - 1e-6:
            raise Broken("writes", "two within a second")
        self.hurried, self.wrote_at = True, self._monotonic()
        if result is not Result.OK:
            self.trouble = True
            self.failures += 1
        if result is Result.UNKNOWN and self.by_tray is not None and same(state, self.by_tray, ends=self._now().ends):
            self.chosen.add(self.by_tray)  # it may well be shown
        if not acted:
            return self.name
        by = self._judge(state, over)
        self.own = state
        return by

    def set_by_hand(self, state: DiversionState, shown: DiversionState) -> None:
        """Somebody sets ``state``: what is the same again is new, unless it stands there already."""
        if state not in (shown, self.last_read):  # what changed and changed back unseen, nobody can tell apart
            self.first_seen.pop(state, None)

    # Judging

    def _judge(self, write: DiversionState, over: Shown) -> str:
        """Whose ``write`` is; Broken where it must not be over what a person has set."""
        c = self._now()
        tray, self.by_tray = self.by_tray, None
        if tray is not None and same(write, tray, ends=c.ends):
            if write != CLEAR:
                self.first_seen[write] = c.now
                self.chosen.add(write)
            return "hand"
        self.by_tray = tray
        blocks = {self._block(belief) for belief in self.beliefs}
        of_block = {block for block in blocks if block is not None and same(write, block.state, ends=c.ends)}
        seen = self.first_seen.get(over.state)
        lasts = over.by == "hand" and spec.at(over.state, c.now) != CLEAR and not self._over_for_us(over.state)
        free = (self.own, *self.handed_over)
        if lasts and c.reads_back and not any(same(over.state, state, ends=c.ends) for state in free):
            if seen is None:
                raise Broken(
                    "manual", f"{words(write)} over {words(over.state)}, by hand, which it has never looked at"
                )
            known = over.state.diversion in STANDARD_CATALOGUE and over.state.diversion not in spec.ABSENCES
            if c.until_cleared or not known or not any(block.start > seen for block in of_block):
                raise Broken("manual", f"{words(write)} over {words(over.state)}, by hand, first seen {seen}")
        owed = any(b.owed is not None and same(b.owed.state, write, ends=c.ends) for b in self.beliefs)
        restored = write != CLEAR and (owed or not of_block)
        if restored and not any(same(write, state, ends=c.ends) for state in self.chosen):
            raise Broken("wanted", f"{words(write)} was asked for by nobody; the block is {blocks}")
        return "hand" if restored else self.name

    def _over_for_us(self, state: DiversionState) -> bool:
        """Set from the tray until a time that the switchboard does not know, and that has come."""
        c = self._now()
        return not c.ends and any(
            b.manual is not None
            and b.manual.state.diversion == state.diversion
            and spec.at(b.manual.state, c.now) == CLEAR
            for b in self.beliefs
        )

    def _now(self) -> Circumstances:
        """With what the calendar has answered in this cycle."""
        assert self.circumstances is not None
        self.circumstances.fetched, self.circumstances.hurried = self.fetched, self.hurried
        return self.circumstances

    @property
    def belief(self) -> Belief:
        """One of them, always the same."""
        return next(iter(self.beliefs)) if len(self.beliefs) == 1 else min(self.beliefs, key=repr)

    def _block(self, belief: Belief | None = None) -> Span | None:
        belief = belief or self.belief
        told = self.fetched if self.fetched is not None else belief.told
        skips, longer = self._controls(belief)
        return self._now().wanted.block_at(self._begun["now"], told, skips, longer)

    def _controls(self, belief: Belief) -> tuple[Any, Any]:
        """Skips and extension with what this cycle's intents have made of them."""
        if not self._begun["intents"]:
            return belief.skips, belief.longer
        steps = spec.Cycle(replace(self._now(), act=False)).play(replace(belief, stopped=True))
        try:
            while True:
                next(steps)
        except StopIteration as end:
            return end.value.skips, end.value.longer

    def end(self, *, died: bool = False) -> None:
        """The cycle is over, or the process is."""
        c = self._now()
        before = self.beliefs
        after = frozenset(kept for belief in before for kept in follow(belief, c, self.trace, died=died))
        if not after:
            raise Broken("rules", self._explain(before, c))
        self.beliefs = frozenset(b.after_death() for b in after) if died else after
        self._begun["intents"] = ()  # they are in the beliefs now
        if any(b.manual is None and self._adopts(b, c) for b in self.beliefs):
            self.own = self._shown
        if len(self.beliefs) > 40:
            raise Broken("rules", f"{len(self.beliefs)} beliefs")
        block = self._block()
        if block != self._want:
            self._want = block
            self.changes += 1

    def _adopts(self, b: Belief, c: Circumstances) -> bool:
        """Rule 2: what is shown is what is wanted, so it is ours from here on, whoever set it."""
        block = self._block()
        return block is not None and b.last != CLEAR and all(
            same(state, self._shown, ends=c.ends) for state in (block.state, b.last)
        )  # fmt: skip

    @property
    def _shown(self) -> DiversionState:
        """What was read last in this cycle."""
        reads = [r.answer for r in self.trace if isinstance(r.answer, DiversionState)]
        return reads[-1] if reads else CLEAR

    def _explain(self, beliefs: frozenset[Belief], c: Circumstances) -> str:
        belief = min(beliefs, key=repr)
        did = ", ".join(_told(request) for request in self.trace) or "nothing"
        should = expected(belief, c, self.trace)
        return f"at {c.now} it did: {did}. Right was: {should}. Block: {self._block()}. Believed: {belief}"

    def check(self, state: AppState, shown: Shown) -> None:
        """With everything reachable: what colleagues see is what is wanted, or somebody's own choice."""
        c = self._now()
        if self.trouble or not c.act or len(self.beliefs) != 1 or c.dry_run or not c.reads_back:
            return
        (b,) = self.beliefs
        if b.stopped or b.as_of is None or c.now - b.as_of >= c.stale_after:
            return
        resting = not c.enabled or (b.paused is not None and b.paused > c.now)
        if resting:
            if (not c.enabled or not c.self_ending) and shown.by == self.name and shown.state != CLEAR:
                raise Broken("remains", f"{words(shown.state)} is ours, and sync is off or paused")
            return
        if b.manual is not None or b.quarrel is not None:
            if state.phase is not Phase.MANUAL:
                raise Broken("told", f"stands down, and says {state.phase}")
            known = any(same(shown.state, state, ends=c.ends) for state in self.chosen)
            if b.quarrel is None and shown.by == self.name and shown.state != CLEAR and not known:
                raise Broken("wanted", f"stands down for its own {words(shown.state)}")
            return
        block = self._block()
        want = CLEAR if block is None or b.dismissed is not None else block.state
        goal = want if want != CLEAR or b.owed is None else b.owed.state
        if block is not None and block.diversion == AVAILABLE and b.dismissed is None:
            goal = CLEAR
        # Somebody else's, which it never saw while it lasted, may linger where the switchboard lets it.
        lingers = c.ends and not c.self_ending and shown.by != self.name
        if not same(spec.at(shown.state, c.now) if lingers else shown.state, goal, ends=c.ends):
            raise Broken("wanted", f"at {c.now} shows {words(shown.state)}, should {words(goal)}")
        if not same(state.want, want, ends=c.ends) or state.phase is not Phase.RUNNING:
            raise Broken("told", f"says {words(state.want)} ({state.phase}), should {words(want)}")


def follow(belief: Belief, c: Circumstances, trace: list[Request], *, died: bool) -> set[Belief]:
    """What may be believed after a cycle with these requests; nothing if ``belief`` would not have made them."""
    steps = spec.Cycle(c).play(belief)
    left = list(trace)
    kept = {belief}
    last = belief
    try:
        step = next(steps)
        while True:
            if isinstance(step, Belief):
                last = step
                kept.add(step)
                step = next(steps)
                continue
            if isinstance(step, spec.Turn):
                if c.hurried and not left and not died:
                    return {step.waits}
                step = next(steps)
                continue
            if not left:
                return kept if died else set()
            request = left.pop(0)
            is_write = isinstance(step, spec.Write)
            if is_write != (request.write is not None):
                return set()
            if isinstance(step, spec.Write) and not _is_sent(step.state, request.write, c):
                return set()
            kept = {last}  # what was to be kept before this request, has been
            if died and not left and request.answer is None:
                return kept
            step = steps.send(request.answer)
    except StopIteration as end:
        if left:
            return set()
        result: Belief = end.value
        return kept | {result} if died else {result}


def _is_sent(meant: DiversionState, sent: DiversionState | None, c: Circumstances) -> bool:
    if sent is None or meant.diversion != sent.diversion:
        return False
    until = meant.until.replace(microsecond=0) if meant.until is not None and c.ends else None
    return until == sent.until or meant.diversion == AVAILABLE


def expected(belief: Belief, c: Circumstances, trace: list[Request]) -> str:
    """In words, what ``belief`` would have done, as far as the answers go."""
    steps = spec.Cycle(c).play(belief)
    left, said = list(trace), []
    try:
        step = next(steps)
        while True:
            if isinstance(step, Belief | spec.Turn):
                step = next(steps)
                continue
            said.append("read" if isinstance(step, spec.Read) else f"write {words(step.state)}")
            if not left or (isinstance(step, spec.Write) != (left[0].write is not None)):
                break
            step = steps.send(left.pop(0).answer)
    except StopIteration:
        said.append("no more")
    return ", ".join(said)


def _told(request: Request) -> str:
    if request.write is not None:
        return f"write {words(request.write)} ({request.answer})"
    answer = request.answer
    return f"read {words(answer) if isinstance(answer, DiversionState) else answer}"


def words(state: DiversionState) -> str:
    """A state as a person would say it."""
    return state.diversion if state.until is None else f"{state.diversion} until {state.until:%d %H:%M:%S}"


class WatchedCycle(Cycle):
    """The real cycle, seen from outside; while its watch is mortal it may die between any two lines."""

    watch: Watch

    def run(self, now: datetime, *, fetch: bool = True, act: bool = True, intents: Iterable[Intent] = ()) -> AppState:
        asked = tuple(intents)
        self.watch.begin(now, act=act, intents=asked)
        with self.watch.mortally():
            return super().run(now, fetch=fetch, act=act, intents=asked)

    def leave(self, now: datetime, *, clear: bool) -> AppState:
        self.watch.begin(now, act=True, clears=clear)
        with self.watch.mortally():
            return super().leave(now, clear=clear)


GRACE = timedelta(seconds=2)
