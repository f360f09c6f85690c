"""What the calendar wants at one instant, found by asking every event; the pieces of time are ``oracle.decide``'s.

The blocks are found from the instant outwards and remembered, so that a week costs no more than its blocks.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from b2cal_desktop.core.intents import Skip
from b2cal_desktop.core.model import AVAILABLE, CLEAR, CalendarEvent, DiversionState, Kind, RuleName, ShowAs, Window
from b2cal_desktop.core.ports import Fetched
from b2cal_desktop.core.rules import Rules
from tests.core import oracle

_NEAR = timedelta(days=4)


class Longer(NamedTuple):
    """By what the user made a block longer."""

    diversion: str
    start: datetime
    end: datetime


class Span(NamedTuple):
    """A block as far as the switchboard is concerned."""

    start: datetime
    end: datetime
    diversion: str

    @property
    def state(self) -> DiversionState:
        """What it asks the switchboard to show."""
        return CLEAR if self.diversion == AVAILABLE else DiversionState(self.diversion, self.end)


@dataclass
class Wanted:
    """The blocks of a calendar's answers (``told``) by ``rules``."""

    told: Sequence[Fetched]
    rules: Rules
    zone: ZoneInfo

    def __post_init__(self) -> None:
        self._plans: dict[object, _Plan] = {}
        self._day: tuple[datetime, datetime] | None = None

    def forget(self) -> None:
        """What has been planned is planned anew when it is asked for."""
        self._plans.clear()

    def block_at(
        self, now: datetime, told: int | None, skips: frozenset[Skip] = frozenset(), longer: Longer | None = None
    ) -> Span | None:
        """The block at ``now`` by the answer with this number, or None."""
        return self._plan(now, told, skips, longer).block_at(now)

    def next_edge(
        self, now: datetime, told: int | None, skips: frozenset[Skip] = frozenset(), longer: Longer | None = None
    ) -> datetime | None:
        """The first instant after ``now`` at which the diversion may change by itself, within the near future."""
        return self._plan(now, told, skips, longer).next_edge(now)

    def _plan(self, now: datetime, told: int | None, skips: frozenset[Skip], longer: Longer | None) -> _Plan:
        if self._day is None or not self._day[0] <= now < self._day[1]:
            midnight = now.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
            self._day = oracle.utc(midnight), oracle.utc(midnight + timedelta(days=1))
        key = (self._day[0], told, skips, longer)
        if key not in self._plans:
            events = self.told[told].events if told is not None else ()
            self._plans[key] = _Plan(events, self.rules, self.zone, now, skips, longer)
        return self._plans[key]


class _Plan:
    def __init__(
        self,
        events: Sequence[CalendarEvent],
        rules: Rules,
        zone: ZoneInfo,
        now: datetime,
        skips: frozenset[Skip],
        longer: Longer | None,
    ) -> None:
        midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        back, ahead = midnight - timedelta(days=7), midnight + timedelta(days=36)
        self._window = Window(oracle.utc(back), oracle.utc(ahead))
        self._rules, self._zone = rules, zone
        self._longer: oracle.Asked | None = None
        self._asked = [
            self._claim(event, *found)
            for event in events
            if oracle.counts(event, self._window, skips) and (found := oracle.asked_by(event, rules)) is not None
        ]
        if longer is not None and any(
            a.diversion == longer.diversion and a.start < longer.start <= a.end for a in self._asked
        ):
            extra = CalendarEvent("", longer.start, longer.end, None, ShowAs.UNKNOWN)
            self._longer = oracle.Asked(extra, longer.diversion, RuleName.STATUS, longer.start, longer.end)
            self._asked.append(self._longer)
        cuts = {self._window.start, self._window.end}
        cuts |= {a.start for a in self._asked} | {a.end for a in self._asked}
        near = oracle.utc(now) - _NEAR, oracle.utc(now) + _NEAR
        cuts |= set(oracle.clock_changes(*near, rules.working_hours, zone))
        self._cuts = sorted(cuts)
        self._pieces: dict[int, str | None] = {}
        self._found: list[Span] = []

    def _claim(self, event: CalendarEvent, diversion: str, rule: RuleName) -> oracle.Asked:
        lead = timedelta(minutes=0 if event.all_day else self._rules.lead_minutes)
        lag = timedelta(minutes=0 if event.all_day else self._rules.lag_minutes)
        return oracle.Asked(event, diversion, rule, oracle.utc(event.start) - lead, oracle.utc(event.end) + lag)

    def _piece(self, index: int) -> str | None:
        """The diversion between two cuts."""
        if not 0 <= index < len(self._cuts) - 1:
            return None
        if index not in self._pieces:
            start, end = self._cuts[index], self._cuts[index + 1]
            there = [a for a in self._asked if a.start <= start and end <= a.end]
            rules = self._rules
            if self._longer in there and not self._at_work(
                start
            ):  # working hours are for events, not for one's own hand
                there = [a for a in there if a is self._longer or rules.catalogue.kind(a.diversion) is Kind.ABSENCE]
                rules = replace(rules, working_hours=None)
            found = oracle.decide(start, end, there, rules, self._window, self._zone)
            self._pieces[index] = found.diversion if found is not None else None
        return self._pieces[index]

    def _at_work(self, instant: datetime) -> bool:
        hours = self._rules.working_hours
        return hours is None or oracle.is_at_work(instant, hours, self._zone)

    def block_at(self, now: datetime) -> Span | None:
        for block in self._found:
            if block.start <= now < block.end:
                return block
        index = bisect_right(self._cuts, now) - 1
        diversion = self._piece(index)
        if diversion is None:  # a gap that is bridged belongs to the block around it
            before, after = self._neighbour(index, -1), self._neighbour(index, 1)
            if before is None or after is None or self._piece(before) != self._piece(after):
                return None
            if self._cuts[after] - self._cuts[before + 1] > timedelta(minutes=self._rules.bridge_minutes):
                return None
            index, diversion = before, self._piece(before)
            assert diversion is not None
        block = Span(self._cuts[self._reach(index, -1)], self._cuts[self._reach(index, 1) + 1], diversion)
        self._found.append(block)
        return block

    def _neighbour(self, index: int, step: int) -> int | None:
        """The next piece that way in which something is asked for."""
        while 0 <= index + step < len(self._cuts) - 1:
            index += step
            if self._piece(index) is not None:
                return index
        return None

    def _reach(self, index: int, step: int) -> int:
        """The last piece that way of the same block."""
        diversion, bridge = self._piece(index), timedelta(minutes=self._rules.bridge_minutes)
        while (other := self._neighbour(index, step)) is not None and self._piece(other) == diversion:
            first, second = sorted((index, other))
            if self._cuts[second] - self._cuts[first + 1] > bridge:
                break
            index = other
        return index

    def next_edge(self, now: datetime) -> datetime | None:
        block = self.block_at(now)
        if block is not None:
            return block.end
        after = self._neighbour(bisect_right(self._cuts, now) - 1, 1)
        return self._cuts[after] if after is not None else None
