"""A modelled switchboard, computers that keep it right by ``reconcile``, and what must never happen.

The model knows what no switchboard tells: who set what is shown. Each write of the app is judged by that. A history is
a text of one line per thing that happens, so that a day reads as a day::

    09:00 sync -> set, meeting until 10:00
    09:20 hand lunch until 12:30
    09:21 sync -> stand_down, lunch until 12:30
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from b2cal_desktop.core.model import (
    CLEAR,
    STANDARD_CATALOGUE,
    Block,
    DiversionState,
    Kind,
    RuleName,
)
from b2cal_desktop.core.reconcile import Decision, Dismissal, Manual, ManualOverride, Memory, Policy, reconcile, release
from b2cal_desktop.core.schedule import Schedule
from b2cal_desktop.core.state import ActionName, NoticeCode

MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)


class Fault(StrEnum):
    """What can come between the app and the switchboard."""

    NONE = ""
    UNREACHABLE = "unreachable"  # nothing could be read: no decision
    REFUSED = "refused"  # a clear no to the write
    LOST = "lost"  # time-out after sending; it did not act
    ACTED = "acted"  # time-out after sending; it did act


@dataclass
class Phone:
    """A switchboard. ``lingers``: it shows an end, but what is past it stays shown; ``known`` whether that is known."""

    ends: bool = True
    reads_back: bool = True
    lingers: bool = False
    known: bool = False
    stored: DiversionState = CLEAR
    by_hand: bool = False

    def shows(self, now: datetime) -> DiversionState:
        """What a colleague sees."""
        return self.stored if self.lingers else self.stored.at(now)

    def read(self, now: datetime) -> DiversionState | None:
        """What the app is told."""
        return self.shows(now) if self.reads_back else None

    def policy(self, override: ManualOverride = ManualOverride.UNTIL_NEXT_BLOCK) -> Policy:
        """What the app is told of this switchboard."""
        return Policy(STANDARD_CATALOGUE, self.ends, override, honours_ends=not (self.lingers and self.known))

    def put(self, state: DiversionState, *, by_hand: bool) -> None:
        """Set ``state``; an end that the switchboard has no place for is lost."""
        self.stored = state if self.ends else DiversionState(state.diversion)
        self.by_hand = by_hand


@dataclass
class Computer:
    """One installation: its calendar, its ledger, and the loop "read, reconcile, maybe write, remember"."""

    phone: Phone
    policy: Policy
    schedule: Schedule = field(default_factory=lambda: Schedule(()))
    memory: Memory = field(default_factory=Memory)
    writes: int = 0
    witnessed: dict[DiversionState, datetime] = field(default_factory=dict)  # what is by hand, and since when
    told: list[str] = field(default_factory=list)

    def sync(self, now: datetime, fault: Fault = Fault.NONE) -> Decision | None:
        """One cycle, as sync/cycle.py does it; every write is judged."""
        if fault is Fault.UNREACHABLE:
            return None
        seen = self.phone.read(now)
        self._witness(now)
        decision = reconcile(self.schedule, seen, self.memory, now, self.policy)
        self._carry_out(decision, now, fault)
        return decision

    def switch_off(self, now: datetime) -> Decision:
        """Let go of what is the app's own."""
        decision = release(self.phone.read(now), self.memory, now, self.policy)
        self._carry_out(decision, now, Fault.NONE)
        return decision

    def set_from_tray(self, state: DiversionState, now: datetime) -> None:
        """A manual diversion, of which the app knows at once; ``available`` also ends the block."""
        block = self.schedule.block_at(now)
        self.phone.put(state, by_hand=True)
        self._witness(now)
        manual = None if state == CLEAR else Manual(state, now)
        self.memory = replace(self.memory, last=CLEAR, pending=None, replaced=None, manual=manual)
        if state == CLEAR and block is not None:
            self.memory = replace(self.memory, dismissed=Dismissal(block.diversion, now))

    def finish_early(self, now: datetime) -> None:
        """What *finish early* does before the next cycle."""
        block = self.schedule.block_at(now)
        assert block is not None
        self.memory = replace(self.memory, dismissed=Dismissal(block.diversion, now))

    def _witness(self, now: datetime) -> None:
        """What was by hand before the app took its place is remembered; it may be restored, and is no newer then."""
        if self.phone.by_hand:
            shown = self.phone.stored.at(now)
            self.witnessed = {shown: self.witnessed.get(shown, now)}

    def _carry_out(self, decision: Decision, now: datetime, fault: Fault) -> None:
        self.told += decision.notices
        before, self.memory = self.memory, decision.memory
        if decision.write is None:
            return
        self._judge(decision, before, now)
        self.writes += 1
        if fault is Fault.REFUSED:
            self.memory = replace(self.memory, pending=None)
        if fault in (Fault.NONE, Fault.ACTED):
            restores = decision.action is ActionName.RESTORE
            self.phone.put(decision.write, by_hand=restores)
            if restores and before.replaced_seen is not None:
                # Also where somebody set by hand, in between, just what a block then wanted: nobody can tell that.
                self.witnessed[decision.write] = before.replaced_seen
        if fault is Fault.NONE:
            self.memory = decision.after

    def _judge(self, decision: Decision, before: Memory, now: datetime) -> None:
        """Whether this write may take the place of what is shown (sections 5.2 to 5.5)."""
        shown, phone = self.phone.stored.at(now), self.phone
        ends = self.policy.ends
        overwritten = before.manual is not None and before.last.at(now) == CLEAR  # and past: no longer the app's
        owned = (None if overwritten else before.last, before.pending, decision.want)
        if not phone.reads_back or not phone.by_hand or shown == CLEAR:
            return
        if any(shown.same_as(mine, ends=ends) for mine in owned if mine is not None):
            return  # what looks like the app's own is the app's own (5.2, 5.3)
        if not ends and before.manual is not None and before.manual.state.at(now) == CLEAR:
            return  # set from the tray until a time that is past, on a switchboard that shows no end
        why = f"{decision.write} over {shown}, by hand, at {now}"
        block = self.schedule.block_at(now)
        kind = self.policy.catalogue.kind(shown.diversion)
        assert self.policy.manual_override is ManualOverride.UNTIL_NEXT_BLOCK, why
        assert kind not in (Kind.ABSENCE, None), why
        assert block is not None, why
        assert block.start > self.witnessed[shown], why


def instant(text: str) -> datetime:
    """``09:30``, ``09:30:15`` or, a day later, ``09:30+1``."""
    clock, _, days = text.partition("+")
    hours, minutes, seconds = [*map(int, clock.split(":")), 0][:3]
    return MIDNIGHT + timedelta(days=int(days or 0), hours=hours, minutes=minutes, seconds=seconds)


def state(text: str) -> DiversionState:
    """``lunch`` or ``lunch until 12:30``."""
    diversion, _, until = text.strip().partition(" until ")
    return DiversionState(diversion, instant(until) if until else None)


def schedule(text: str) -> Schedule:
    """``meeting 09:00-10:00, lunch 12:00-13:00``."""
    blocks = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        diversion, _, times = part.partition(" ")
        start, _, end = times.partition("-")
        blocks.append(Block(instant(start), instant(end), diversion, RuleName.PREFIX))
    return Schedule(tuple(blocks))


def words(shown: DiversionState) -> str:
    """A state as histories write it."""
    if shown.until is None:
        return shown.diversion
    days = (shown.until - MIDNIGHT).days
    return f"{shown.diversion} until {shown.until:%H:%M}" + (f"+{days}" if days else "")


_LINE = re.compile(r"(?P<at>[\d:+]+) (?:(?P<who>[AB]) )?(?P<verb>\w+) ?(?P<what>.*)")


def play(history: str, phone: Phone, override: ManualOverride = ManualOverride.UNTIL_NEXT_BLOCK) -> None:
    """Live through ``history``; each ``-> action, what is shown, notices`` has to come true."""
    policy = phone.policy(override)
    computers = {name: Computer(phone, policy) for name in "AB"}
    for line in filter(None, (line.strip() for line in history.splitlines())):
        happens, _, then = line.partition(" -> ")
        found = _LINE.fullmatch(happens)
        assert found, f"not a line of a history: {line}"
        now, computer = instant(found["at"]), computers[found["who"] or "A"]
        everybody = [computer] if found["who"] else list(computers.values())
        told = len(computer.told)
        action = _happen(found["verb"], found["what"], computer, everybody, now)
        if then:
            happened = [
                str(action or ActionName.NONE),
                words(phone.shows(now)),
                *(n for n in computer.told[told:] if n != NoticeCode.MANUAL_TAKES_PRECEDENCE),
            ]
            assert ", ".join(happened) == then, line


def _happen(verb: str, what: str, computer: Computer, everybody: list[Computer], now: datetime) -> ActionName | None:
    match verb:
        case "sync":
            decision = computer.sync(now, Fault(what))
            return decision.action if decision else None
        case "off":
            return computer.switch_off(now).action
        case "hand":
            computer.phone.put(state(what), by_hand=True)
        case "tray":
            computer.set_from_tray(state(what), now)
        case "finish":
            computer.finish_early(now)
        case "calendar":
            for each in everybody:
                each.schedule = schedule(what)
        case _:
            raise AssertionError(f"not a verb of a history: {verb}")
    return None


def edges(plan: Schedule, after: datetime, until: datetime) -> Iterator[datetime]:
    """The edges of blocks in ``(after, until]``, at which the loop wakes."""
    edge = plan.next_edge(after)
    while edge is not None and edge <= until:
        yield edge
        edge = plan.next_edge(edge)
