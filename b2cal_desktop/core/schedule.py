"""``plan``: from events to blocks, by one sweep over time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from heapq import heappop, heappush
from operator import itemgetter
from typing import NamedTuple

from b2cal_desktop.core.intents import Skip
from b2cal_desktop.core.model import AVAILABLE, Block, CalendarEvent, Kind, RuleName, Window, utc
from b2cal_desktop.core.rules import Rules, WorkingHours, request

_DAY = timedelta(days=1)
_NEVER = datetime.min.replace(tzinfo=UTC)
_FOREVER = datetime.max.replace(tzinfo=UTC)
# Working hours are laid over an event day by day; no event asks for more days than this on either side.
_FAR = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Extension:
    """``[start, end)`` by which the user made a block with ``diversion`` longer; void when no such block reaches it."""

    diversion: str
    start: datetime
    end: datetime


# More than a person wants to read, and a bound where thousands of events lie on top of each other.
_MOST_LOSERS = 50


class _Claim(NamedTuple):
    """A stretch that something asks for. Claims compare by who wins: the smaller one."""

    rank: int
    all_day: bool
    before: timedelta  # from its start to the end of time: of two, the one that starts later wins
    end_of_event: datetime
    id: str
    serial: int  # settles the rest, so that two claims never compare by what follows
    start: datetime
    end: datetime
    diversion: str
    rule: RuleName
    event: CalendarEvent | None


_START = itemgetter(_Claim._fields.index("start"))

# From when to when a claim has the say.
_Stretch = tuple[datetime, datetime, _Claim]


@dataclass(frozen=True, slots=True)
class Schedule:
    """What the calendar wants, over time. ``blocks`` are sorted and disjoint; instants are in UTC.

    Outside the blocks the person is available.
    """

    blocks: tuple[Block, ...]
    _claims: tuple[_Claim, ...] = ()
    _explained: dict[Window, tuple[Block, ...]] = field(default_factory=dict, compare=False, repr=False)

    def block_at(self, now: datetime) -> Block | None:
        """The block at ``now``, or None."""
        index = bisect_right(self.blocks, utc(now), key=lambda block: block.start) - 1
        return self.blocks[index] if index >= 0 and utc(now) < self.blocks[index].end else None

    def block_after(self, now: datetime) -> Block | None:
        """The first block that begins after ``now``, or None."""
        index = bisect_right(self.blocks, utc(now), key=lambda block: block.start)
        return self.blocks[index] if index < len(self.blocks) else None

    def next_edge(self, now: datetime) -> datetime | None:
        """The first start or end of a block after ``now``, or None."""
        current, following = self.block_at(now), self.block_after(now)
        edges = [edge for edge in (current and current.end, following and following.start) if edge]
        return min(edges, default=None)

    def explained(self, window: Window) -> tuple[Block, ...]:
        """The blocks that touch ``window``, each with the events that asked for something there and lost."""
        if window not in self._explained:  # a schedule is shown many times, with one window a day
            self._explained.clear()
            self._explained[window] = self._explain(window)
        return self._explained[window]

    def _explain(self, window: Window) -> tuple[Block, ...]:
        explained, alive, coming = [], list[_Claim](), iter(self._claims)
        upcoming = next(coming, None)
        for block in self.blocks:
            if not window.touches(block.start, block.end):
                continue
            while upcoming is not None and upcoming.start < block.end:
                alive.append(upcoming)
                upcoming = next(coming, None)
            alive = [claim for claim in alive if claim.end > block.start]
            explained.append(replace(block, losers=_losers(block, alive)))
        return tuple(explained)


def _losers(block: Block, claims: Iterable[_Claim]) -> tuple[CalendarEvent, ...]:
    won = {event.id for event in block.events}
    lost: dict[str, CalendarEvent] = {}
    for claim in claims:
        if claim.event is not None and claim.event.id not in won and claim.start < block.end:
            lost[claim.event.id] = claim.event
            if len(lost) == _MOST_LOSERS:
                break
    return tuple(sorted(lost.values(), key=_by_start))


def _by_start(event: CalendarEvent) -> tuple[datetime, str]:
    return utc(event.start), event.id


def plan(
    events: Iterable[CalendarEvent],
    rules: Rules,
    window: Window,
    tz: tzinfo,
    *,
    skips: Collection[Skip] = (),
    extensions: Iterable[Extension] = (),
) -> Schedule:
    """The blocks that ``events`` make by ``rules``.

    Every event that has an instant in ``window`` counts, whole: blocks keep their true start and end. What fills the
    time outside working hours ends at the window. ``tz`` is the mailbox time zone, for working hours. Grows as
    sorting does.
    """
    window = Window(utc(window.start), utc(window.end))
    claims = sorted(_claims(events, rules, window, skips), key=_START)
    hours = rules.working_hours
    if hours is not None:
        claims = sorted(_within_hours(claims, hours, rules, window, tz), key=_START)
    if extended := _extended(claims, extensions, rules):
        claims = sorted(claims + extended, key=_START)
    stretches: Iterable[_Stretch] = _sweep(claims)
    if hours is not None and hours.outside not in ("", AVAILABLE):
        stretches = _filled(list(stretches), hours, window, tz)
    return Schedule(_blocks(stretches, timedelta(minutes=rules.bridge_minutes)), tuple(claims))


def _claims(events: Iterable[CalendarEvent], rules: Rules, window: Window, skips: Collection[Skip]) -> list[_Claim]:
    """What the events ask for. The one loop that every event goes through at every sync, hence its shape."""
    claims: list[_Claim] = []
    new, rank_of = tuple.__new__, rules.rank.get
    skipped = {skip.id for skip in skips if not skip.series}
    skipped_series = {skip.id for skip in skips if skip.series}
    lead, lag = timedelta(minutes=rules.lead_minutes), timedelta(minutes=rules.lag_minutes)
    unranked, widened = len(rules.rank), bool(lead or lag)
    opens_before, closes_after = window.end, window.start
    for serial, event in enumerate(events):
        if event.cancelled or event.declined or event.id in skipped or event.series_id in skipped_series:
            continue
        start, end = event.start, event.end
        if start.tzinfo is not UTC or end.tzinfo is not UTC:
            start, end = utc(start), utc(end)
        if end <= start or start >= opens_before or end <= closes_after:
            continue
        asked = request(event, rules)
        if asked is None:
            continue
        if widened and not event.all_day:
            start, end = start - lead, end + lag
        diversion = asked.diversion
        own = (
            rank_of(diversion, unranked),
            event.all_day,
            _FOREVER - start,
            end,
            event.id,
            serial,
            start,
            end,
            diversion,
            asked.rule,
            event,
        )
        claims.append(new(_Claim, own))
    return claims


def _extended(claims: list[_Claim], extensions: Iterable[Extension], rules: Rules) -> list[_Claim]:
    return [
        _claim(utc(e.start), utc(e.end), e.diversion, RuleName.STATUS, rules.rank.get(e.diversion, len(rules.rank)))
        for e in extensions
        if any(c.diversion == e.diversion and c.start < e.start <= c.end for c in claims)
    ]


def _claim(start: datetime, end: datetime, diversion: str, rule: RuleName, rank: int = 0) -> _Claim:
    """A claim that no event makes."""
    return _Claim(rank, False, _FOREVER - start, end, "", -1, start, end, diversion, rule, None)


def _sweep(claims: list[_Claim]) -> Iterator[_Stretch]:
    """The winner at every instant: stretches in order, from ``claims`` sorted by start.

    A heap holds what has begun, the winner on top; what has ended is dropped only when it comes to the top.
    """
    heap: list[_Claim] = []
    index, count = 0, len(claims)
    starts = [claim.start for claim in claims]
    begun = ended = now = starts[0] if claims else _NEVER
    last: _Claim | None = None
    while heap or index < count:
        if not heap:
            now = starts[index]
        while index < count and starts[index] <= now:
            heappush(heap, claims[index])
            index += 1
        while heap and heap[0].end <= now:
            heappop(heap)
        if not heap:
            continue
        winner = heap[0]
        until = winner.end
        if index < count and starts[index] < until:
            until = starts[index]
        if winner is not last:
            if last is not None:
                yield begun, ended, last
            begun, last = now, winner
        now = ended = until
    if last is not None:
        yield begun, ended, last


def _blocks(stretches: Iterable[_Stretch], bridge: timedelta) -> tuple[Block, ...]:
    """Touching stretches with the same diversion as one block; then small gaps between such blocks bridged."""
    blocks: list[Block] = []
    group: list[_Claim] = []
    begun = ended = _NEVER
    diversion = ""
    for start, end, claim in stretches:
        if claim.diversion == diversion and start - ended <= bridge:
            group.append(claim)
        else:
            if group:
                blocks.append(_block(begun, ended, group))
            begun, diversion, group = start, claim.diversion, [claim]
        ended = end
    if group:
        blocks.append(_block(begun, ended, group))
    return tuple(blocks)


def _block(start: datetime, end: datetime, claims: list[_Claim]) -> Block:
    first = claims[0]
    if len(claims) == 1:
        won: tuple[CalendarEvent, ...] = (first.event,) if first.event is not None else ()
    else:
        won = tuple(sorted({c.event.id: c.event for c in claims if c.event is not None}.values(), key=_by_start))
    return Block(start, end, first.diversion, first.rule, won)


def _hours(hours: WorkingHours, start: datetime, end: datetime, tz: tzinfo) -> Iterator[tuple[datetime, datetime]]:
    """The working hours that touch ``[start, end)``, in order and in UTC."""
    day = (start - _DAY).astimezone(tz).date()
    last = (end + _DAY).astimezone(tz).date()
    while day <= last:
        if day.weekday() in hours.days:
            begins = utc(datetime.combine(day, hours.start, tz))
            ends = utc(datetime.combine(day, hours.end, tz))
            exists = begins.astimezone(tz).date() == day  # Samoa once left a day out
            if exists and begins < end and ends > start and begins < ends:
                yield begins, ends
        day += _DAY


def _within_hours(
    claims: list[_Claim], hours: WorkingHours, rules: Rules, window: Window, tz: tzinfo
) -> Iterator[_Claim]:
    """Outside working hours only absences count: every other claim is cut to the hours."""
    for claim in claims:
        if rules.catalogue.kind(claim.diversion) is Kind.ABSENCE:
            yield claim
            continue
        start, end = max(claim.start, window.start - _FAR), min(claim.end, window.end + _FAR)
        for begins, ends in _hours(hours, start, end, tz):
            yield claim._replace(start=max(start, begins), end=min(end, ends))


def _filled(stretches: list[_Stretch], hours: WorkingHours, window: Window, tz: tzinfo) -> list[_Stretch]:
    """``stretches`` with the rest of the window outside working hours filled by ``hours.outside``."""
    taken = sorted([(start, end) for start, end, _ in stretches] + list(_hours(hours, window.start, window.end, tz)))
    taken.append((window.end, window.end))
    fillers, free_from = [], window.start
    for start, end in taken:
        until = min(start, window.end)
        if free_from < until:
            filler = _claim(free_from, until, hours.outside, RuleName.WORKING_HOURS)
            fillers.append((free_from, until, filler))
        free_from = max(free_from, end)
    return sorted([*stretches, *fillers], key=itemgetter(0))


def local_day(day_of: datetime, tz: tzinfo, days: int = 1) -> Window:
    """From local midnight of ``day_of`` to ``days`` midnights later, in UTC."""
    first = day_of.astimezone(tz).date()
    return Window(
        utc(datetime.combine(first, time(), tz)), utc(datetime.combine(first + timedelta(days=days), time(), tz))
    )
