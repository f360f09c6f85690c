"""``reconcile``: given what the calendar wants and what the switchboard shows, what to write.

Never over what somebody set by hand. The function is pure: what it has to remember from call to call goes in and
comes out as a ``Memory``, which the ledger keeps.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from b2cal_desktop.core.model import AVAILABLE, CLEAR, Block, Catalogue, DiversionState, Kind
from b2cal_desktop.core.schedule import Schedule
from b2cal_desktop.core.state import ActionName, NoticeCode

_CONTEST_SPAN = timedelta(minutes=10)
_CONTEST_COUNT = 3


class ManualOverride(StrEnum):
    """How long a diversion that somebody else set takes precedence."""

    UNTIL_NEXT_BLOCK = "until_next_block"
    UNTIL_CLEARED = "until_cleared"


@dataclass(frozen=True, slots=True)
class Policy:
    """What bears on the decision beside the facts. ``ends``: the switchboard knows end times.

    ``honours_ends``: it takes a diversion back at its end; where it does not, what is over has to be cleared.
    """

    catalogue: Catalogue
    ends: bool = True
    manual_override: ManualOverride = ManualOverride.UNTIL_NEXT_BLOCK
    honours_ends: bool = True

    @property
    def self_ending(self) -> bool:
        """Whether the switchboard itself takes a diversion back at its end."""
        return self.ends and self.honours_ends


@dataclass(frozen=True, slots=True)
class Manual:
    """A diversion that somebody else set, and when that change was first seen."""

    state: DiversionState
    first_seen: datetime


@dataclass(frozen=True, slots=True)
class Dismissal:
    """The rest of the block with ``diversion`` that was going on ``at`` is not wanted."""

    diversion: str
    at: datetime

    def covers(self, block: Block | None) -> bool:
        """Whether ``block`` is the dismissed one, however its end has moved."""
        return block is not None and block.diversion == self.diversion and block.start <= self.at


@dataclass(frozen=True, slots=True)
class Memory:
    """What the next decision has to know of the former ones.

    ``last`` is the app's own last write; ``pending`` one that was sent and whose outcome is unknown. ``manual`` is
    what the app stands down for. ``replaced`` is a manual diversion that a block of the app's took the place of,
    ``replaced_seen`` when that one was first seen. ``foreign`` holds when somebody else overwrote the app lately;
    ``contested_since`` when that became a quarrel. ``handed_over`` is what somebody set by hand and then gave back to
    the calendar: the app's own for as long as it stays there.
    """

    last: DiversionState = CLEAR
    pending: DiversionState | None = None
    manual: Manual | None = None
    replaced: DiversionState | None = None
    replaced_seen: datetime | None = None
    dismissed: Dismissal | None = None
    foreign: tuple[datetime, ...] = ()
    contested_since: datetime | None = None
    handed_over: DiversionState | None = None

    def following_again(self) -> Memory:
        """What was set by hand, an early return and a quarrel count no longer."""
        memory = replace(self, replaced=None, dismissed=None, foreign=(), contested_since=None)
        if self.manual is None:
            return memory
        return replace(memory, last=CLEAR, manual=None, handed_over=self.manual.state)


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do. ``write`` is what the switchboard shall show, None to leave it alone.

    ``memory`` holds from now on whether or not a write succeeds; ``after`` is what holds once it was accepted.
    """

    action: ActionName
    want: DiversionState
    write: DiversionState | None
    memory: Memory
    after: Memory
    dismissed: bool = False
    notices: tuple[NoticeCode, ...] = ()


def reconcile(
    schedule: Schedule, seen: DiversionState | None, memory: Memory, now: datetime, policy: Policy
) -> Decision:
    """What to write at ``now``. ``seen`` is what the switchboard shows, None where it cannot be read back."""
    block = schedule.block_at(now)
    memory = _without_the_past(memory, block, now)
    if memory.contested_since is not None:
        if block is None or block.start <= memory.contested_since:
            return _stand_down(block, _witnessed(seen, memory, now, policy))
        memory = replace(memory, contested_since=None, foreign=())
    if seen is None:
        return _blind(block, memory, now, policy)
    shown = _as_it_counts(seen, memory, now, policy)
    memory = _settled(seen, memory, now, policy)
    if _lingers(seen, shown, memory, policy):
        return _write(block, memory, now)
    if shown.same_as(_goal(block, memory), ends=policy.ends):
        return _adopt(block, seen, memory, now, policy)
    if _is_own(shown, memory, now, policy):
        return _write(block, memory, now)
    if shown.diversion == AVAILABLE:
        return _came_back(block, memory, now)
    return _foreign(block, shown, memory, now, policy)


def release(seen: DiversionState | None, memory: Memory, now: datetime, policy: Policy) -> Decision:
    """Clear what the app has set, and only that: for switching off, and for quitting where no end is known."""
    past = _without_the_past(memory, None, now)
    memory = replace(past, dismissed=memory.dismissed, foreign=(), contested_since=None)
    known = memory.pending or memory.handed_over or memory.last
    shown = known if seen is None else _as_it_counts(seen, memory, now, policy)
    memory = _settled(shown if seen is None else seen, memory, now, policy)
    if shown.diversion != AVAILABLE and _is_own(shown, memory, now, policy):
        return _write(None, memory, now)
    if policy.ends and seen is not None and _lingers(seen, shown, memory, policy):
        return _write(None, replace(memory, replaced=None), now)
    return _nothing(None, replace(memory, last=CLEAR, replaced=None, handed_over=None))


def end_manual(seen: DiversionState | None, memory: Memory, now: datetime, policy: Policy) -> Decision:
    """Clear a manual diversion whose end has passed, where the switchboard does not; for while the app rests."""
    manual = memory.manual
    over = manual is not None and manual.state.at(now) != manual.state
    if policy.self_ending or manual is None or not over:
        return _nothing(None, memory)
    if seen is not None and not seen.same_as(manual.state, ends=policy.ends):
        return _nothing(None, memory)
    return _write(None, replace(memory, replaced=None), now)


def _lingers(seen: DiversionState, shown: DiversionState, memory: Memory, policy: Policy) -> bool:
    """Whether a diversion that is over, and that the app set or stood down for, is still to be seen."""
    if policy.self_ending or shown.diversion != AVAILABLE or seen.diversion == AVAILABLE:
        return False
    if not policy.ends:
        return True  # it counts as over only because the end of a manual one is remembered here
    known = (memory.last, memory.manual.state if memory.manual is not None else CLEAR, memory.handed_over or CLEAR)
    return any(seen.same_as(state, ends=True) for state in known)


def _settled(seen: DiversionState, memory: Memory, now: datetime, policy: Policy) -> Memory:
    """``memory`` once the switchboard has shown whether a write of unknown outcome acted.

    By what it does show: a diversion that is over only by our clock, or that it lets linger, has not been cleared.
    """
    if memory.handed_over is not None and not seen.same_as(memory.handed_over, ends=policy.ends):
        memory = replace(memory, handed_over=None)  # what came after it is somebody's again
    if memory.pending is not None:
        acted = seen.same_as(memory.pending, ends=policy.ends)
        if policy.self_ending:
            # Where the end of what was sent has passed since, its being gone is what its having acted looks like.
            acted = acted or seen.same_as(memory.pending.at(now), ends=True)
        if acted:
            return replace(memory, last=memory.pending, pending=None, manual=None)
    if memory.manual is not None:
        return replace(memory, pending=None, replaced=None)
    return replace(memory, pending=None)


def _without_the_past(memory: Memory, block: Block | None, now: datetime) -> Memory:
    replaced = memory.replaced
    if replaced is not None and replaced.at(now).diversion == AVAILABLE:
        replaced = None
    dismissed = memory.dismissed if memory.dismissed is not None and memory.dismissed.covers(block) else None
    foreign = tuple(at for at in memory.foreign if now - at < _CONTEST_SPAN)
    return replace(memory, replaced=replaced, dismissed=dismissed, foreign=foreign)


def _as_it_counts(seen: DiversionState, memory: Memory, now: datetime, policy: Policy) -> DiversionState:
    # A switchboard that knows no ends cannot tell when a diversion set from the tray is over; we remember it.
    if not policy.ends and memory.manual is not None and seen.diversion == memory.manual.state.diversion:
        seen = memory.manual.state
    return seen.at(now)


def _active(block: Block | None, memory: Memory) -> Block | None:
    """The block that has a say: the one at the instant, unless the rest of it is dismissed."""
    return None if memory.dismissed is not None else block


def _want(block: Block | None, memory: Memory) -> DiversionState:
    active = _active(block, memory)
    return active.state if active is not None else CLEAR


def _goal(block: Block | None, memory: Memory) -> DiversionState:
    """What the switchboard should show if the app has the say: the block, else what it replaced, else available."""
    active = _active(block, memory)
    return active.state if active is not None else memory.replaced or CLEAR


def _blind(block: Block | None, memory: Memory, now: datetime, policy: Policy) -> Decision:
    """Without reading back: write when the wish differs from the last write; a diversion set in the tray is known."""
    manual = memory.manual
    if manual is not None and manual.state.at(now).diversion != AVAILABLE:
        return _foreign(block, manual.state, memory, now, policy)
    settled = manual is None and memory.pending is None and memory.handed_over is None
    if settled and _goal(block, memory).same_as(memory.last, ends=policy.ends):
        return _nothing(block, memory)
    return _write(block, memory, now)


def _adopt(block: Block | None, seen: DiversionState, memory: Memory, now: datetime, policy: Policy) -> Decision:
    """The switchboard shows what it should, whoever wrote it; what a block wants is from here on the app's own."""
    active, shown = _active(block, memory), _as_it_counts(seen, memory, now, policy)
    memory = replace(memory, handed_over=None)
    if active is None and memory.replaced is not None:
        # The manual diversion that a block replaced is back already; it stays its owner's.
        return _nothing(block, replace(memory, last=CLEAR, manual=_restored(memory, now), replaced=None))
    if memory.manual is not None:
        # Another computer, or this one before it was stopped, let a block take the place of a manual diversion.
        # Where the block says available, though, the likelier reason is that the manual one was cleared.
        took_over = shown.diversion != AVAILABLE and _takes_over(active, memory.manual, policy)
        memory = _replacing(memory.manual, memory) if took_over else replace(memory, replaced=None)
    # Not ``shown``: where the switchboard knows no ends, the end is ours to remember. And what is over only by this
    # computer's clock, which may be wrong and be set right, is still the app's own.
    over = shown.diversion == AVAILABLE != seen.diversion and seen.same_as(memory.last, ends=policy.ends)
    return _nothing(block, replace(memory, last=memory.last if over else _want(block, memory), manual=None))


def _is_own(shown: DiversionState, memory: Memory, now: datetime, policy: Policy) -> bool:
    if shown.diversion == AVAILABLE and memory.manual is not None:
        return True  # what the app stood down for is gone: it takes over again
    if memory.manual is not None and memory.last.at(now).diversion == AVAILABLE:
        return False  # long overwritten: the same diversion, set again where no ends are shown, is somebody else's
    if memory.handed_over is not None and shown.same_as(memory.handed_over, ends=policy.ends):
        return True
    return shown.same_as(memory.last, ends=policy.ends) or shown == memory.last.at(now)


def _came_back(block: Block | None, memory: Memory, now: datetime) -> Decision:
    """Available before the end of the app's own diversion: the user is back, and the rest of the block is off."""
    dismissal = Dismissal(memory.last.diversion, now)
    memory = replace(
        memory,
        last=CLEAR,
        replaced=None,
        dismissed=dismissal if dismissal.covers(block) else None,
        foreign=(*memory.foreign, now),
    )
    if len(memory.foreign) >= _CONTEST_COUNT:
        return _contested(block, memory, now)
    if memory.dismissed is not None:
        return _nothing(block, memory, NoticeCode.BLOCK_DISMISSED)
    return _nothing(block, memory) if block is None else _write(block, memory, now)


def _foreign(block: Block | None, shown: DiversionState, memory: Memory, now: datetime, policy: Policy) -> Decision:
    """Somebody else's diversion is shown: stand down, or let a block that began after it take its place."""
    manual = memory.manual
    notices: tuple[NoticeCode, ...] = ()
    if manual is None or not manual.state.same_as(shown, ends=policy.ends):
        interrupted = manual is None and memory.last.at(now).diversion != AVAILABLE
        foreign = (*memory.foreign, now) if interrupted else memory.foreign
        notices = (NoticeCode.MANUAL_TAKES_PRECEDENCE,) if interrupted else ()
        manual = Manual(shown, now)
        memory = replace(memory, manual=manual, replaced=None, foreign=foreign)
        if len(foreign) >= _CONTEST_COUNT:
            return _contested(block, memory, now)
    if _takes_over(_active(block, memory), manual, policy):
        return _write(block, _replacing(manual, memory), now)
    return _stand_down(block, memory, *notices)


def _witnessed(seen: DiversionState | None, memory: Memory, now: datetime, policy: Policy) -> Memory:
    """``memory`` with what somebody set during a quarrel: the next block may have to leave it, or to restore it."""
    shown = CLEAR if seen is None else _as_it_counts(seen, memory, now, policy)
    known = (CLEAR, memory.last, memory.manual.state if memory.manual is not None else CLEAR)
    if any(shown.same_as(state, ends=policy.ends) for state in known):
        return memory
    return replace(memory, manual=Manual(shown, now))


def _replacing(manual: Manual, memory: Memory) -> Memory:
    return replace(memory, replaced=manual.state, replaced_seen=manual.first_seen)


def _restored(memory: Memory, now: datetime) -> Manual:
    """What a block had replaced, somebody's own again, and no newer for having been away."""
    return Manual(memory.replaced or CLEAR, memory.replaced_seen or now)


def _takes_over(block: Block | None, manual: Manual, policy: Policy) -> bool:
    """Whether ``block`` may take the place of ``manual``, which still lasts."""
    if block is None or policy.manual_override is ManualOverride.UNTIL_CLEARED:
        return False
    if block.start <= manual.first_seen:
        return False
    # A value that the catalogue does not know may well be an absence: never over what we do not understand.
    return policy.catalogue.kind(manual.state.diversion) not in (Kind.ABSENCE, None)


def _write(block: Block | None, memory: Memory, now: datetime) -> Decision:
    write = _goal(block, memory)
    if _active(block, memory) is None and memory.replaced is not None:
        action = ActionName.RESTORE
        after = replace(memory, last=CLEAR, pending=None, manual=_restored(memory, now), replaced=None)
    else:
        action = ActionName.CLEAR if write.diversion == AVAILABLE else ActionName.SET
        after = replace(memory, last=write, pending=None, manual=None)
    before, after = replace(memory, pending=write), replace(after, handed_over=None)
    return Decision(action, _want(block, memory), write, before, after, memory.dismissed is not None)


def _nothing(block: Block | None, memory: Memory, *notices: NoticeCode) -> Decision:
    return _decision(ActionName.NONE, block, memory, *notices)


def _stand_down(block: Block | None, memory: Memory, *notices: NoticeCode) -> Decision:
    return _decision(ActionName.STAND_DOWN, block, memory, *notices)


def _contested(block: Block | None, memory: Memory, now: datetime) -> Decision:
    return _stand_down(block, replace(memory, contested_since=now), NoticeCode.SOMEBODY_ELSE_STEERS)


def _decision(action: ActionName, block: Block | None, memory: Memory, *notices: NoticeCode) -> Decision:
    return Decision(action, _want(block, memory), None, memory, memory, memory.dismissed is not None, notices)
