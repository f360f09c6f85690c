"""The rules of calendar and diversion once more, slow and obvious: the judge of ``core.rules`` and ``core.schedule``.

Time is cut wherever anything can change, each piece is decided by asking every event, and the pieces are joined.
Nothing here is shared with the code it judges but the value types.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from itertools import pairwise

from b2cal_desktop.core.intents import Skip
from b2cal_desktop.core.model import AVAILABLE, Block, CalendarEvent, Kind, RuleName, Window
from b2cal_desktop.core.rules import DEFAULT_ORDER, Rules, WorkingHours

MARKERS = ("sv:", "vb:", "re:", "fw:", "fwd:")
ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff"


# --- 2. What one event asks for ------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """``text`` in compatibility form and lower case, without diacritics and zero-width characters."""
    lower = unicodedata.normalize("NFKC", text).casefold()
    bare = "".join(c for c in unicodedata.normalize("NFD", lower) if not unicodedata.combining(c))
    return "".join(c for c in bare if c not in ZERO_WIDTH)


def begins_with(subject: str, prefix: str) -> bool:
    """Whether the plain ``subject`` begins with the plain ``prefix``."""
    if prefix == "":
        return False
    if prefix.endswith(":"):
        stem = prefix[:-1]
        return subject.startswith(stem) and subject[len(stem) :].lstrip().startswith(":")
    if not subject.startswith(prefix):
        return False
    following = subject[len(prefix) : len(prefix) + 1]
    return not (prefix[-1].isalnum() and following.isalnum())


def diversion_of_subject(subject: str, rules: Rules) -> str | None:
    """The diversion whose prefix ``subject`` carries."""
    left = plain(subject).lstrip()
    while True:
        found = [
            (len(plain(prefix)), diversion)
            for diversion, prefixes in rules.prefixes.items()
            for prefix in prefixes
            if begins_with(left, plain(prefix))
        ]
        if found:
            return max(found)[1]
        marker = next((marker for marker in MARKERS if left.startswith(marker)), None)
        if marker is None:
            return None
        left = left[len(marker) :].lstrip()


@dataclass(frozen=True, slots=True)
class Asked:
    """An event that asks for something, from ``start`` to ``end`` in UTC, margins included."""

    event: CalendarEvent
    diversion: str
    rule: RuleName
    start: datetime
    end: datetime


def asked_by(event: CalendarEvent, rules: Rules) -> tuple[str, RuleName] | None:
    """What ``event`` asks for, and which rule says so."""
    if event.private and rules.private == "ignore":
        return None
    if event.all_day and rules.all_day == "ignore":
        return None
    if rules.method in ("prefix", "prefix_then_status"):
        by_prefix = event.remembered if event.subject is None else diversion_of_subject(event.subject, rules)
        if by_prefix is not None:
            return by_prefix, RuleName.PREFIX
    if rules.method in ("status", "prefix_then_status") and not (event.all_day and rules.all_day == "prefix_only"):
        by_status = rules.status.get(event.show_as, "")
        if by_status not in ("", AVAILABLE):
            return by_status, RuleName.STATUS
    return None


# --- 1. Which events count -----------------------------------------------------------------------------------------


def counts(event: CalendarEvent, window: Window, skips: Collection[Skip]) -> bool:
    """Whether ``event`` is looked at at all."""
    if event.cancelled or event.declined:
        return False
    start, end = utc(event.start), utc(event.end)
    if end <= start or end <= utc(window.start) or start >= utc(window.end):
        return False
    for skip in skips:
        if skip.series and event.series_id is not None and skip.id == event.series_id:
            return False
        if not skip.series and skip.id == event.id:
            return False
    return True


def utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


# --- 3. Overlaps ---------------------------------------------------------------------------------------------------


def beats(one: Asked, other: Asked, rules: Rules) -> bool:
    """Whether ``one`` wins over ``other`` where both ask."""
    if place(one.diversion, rules) != place(other.diversion, rules):
        return place(one.diversion, rules) < place(other.diversion, rules)
    if one.event.all_day != other.event.all_day:
        return other.event.all_day
    if utc(one.event.start) != utc(other.event.start):
        return utc(one.event.start) > utc(other.event.start)
    if utc(one.event.end) != utc(other.event.end):
        return utc(one.event.end) < utc(other.event.end)
    return one.event.id < other.event.id


def place(diversion: str, rules: Rules) -> int:
    """Where ``diversion`` stands: the user's order, then what it leaves out in the default order, then added ones."""
    return [*rules.order, *DEFAULT_ORDER, *rules.catalogue].index(diversion)


# --- 4. Blocks -----------------------------------------------------------------------------------------------------


def plan(
    events: Iterable[CalendarEvent], rules: Rules, window: Window, tz: tzinfo, *, skips: Collection[Skip] = ()
) -> tuple[Block, ...]:
    """The blocks in order, instants in UTC."""
    asked = []
    for event in events:
        request = asked_by(event, rules) if counts(event, window, skips) else None
        if request is not None:
            lead = timedelta(0) if event.all_day else timedelta(minutes=rules.lead_minutes)
            lag = timedelta(0) if event.all_day else timedelta(minutes=rules.lag_minutes)
            asked.append(Asked(event, *request, utc(event.start) - lead, utc(event.end) + lag))
    bounds = {utc(window.start), utc(window.end), *(a.start for a in asked), *(a.end for a in asked)}
    cuts = sorted(bounds | set(clock_changes(min(bounds), max(bounds), rules.working_hours, tz)))
    blocks: list[Block] = []
    for start, end in pairwise(cuts):
        piece = decide(start, end, asked, rules, window, tz)
        if piece is not None:
            join(blocks, piece, timedelta(0))
    bridged: list[Block] = []
    for block in blocks:
        join(bridged, block, timedelta(minutes=rules.bridge_minutes))
    return tuple(in_order(block) for block in bridged)


def decide(
    start: datetime, end: datetime, asked: Sequence[Asked], rules: Rules, window: Window, tz: tzinfo
) -> Block | None:
    """What ``[start, end)`` shows; nothing changes within it."""
    hours = rules.working_hours
    at_work = hours is None or is_at_work(start, hours, tz)
    there = [
        one
        for one in asked
        if one.start <= start and end <= one.end
        if at_work or rules.catalogue.kind(one.diversion) == Kind.ABSENCE
    ]
    for one in there:
        others = [other for other in there if other is not one]
        if all(beats(one, other, rules) for other in others):
            return Block(start, end, one.diversion, one.rule, (one.event,), tuple(other.event for other in others))
    if hours is not None and hours.outside and not at_work and utc(window.start) <= start and end <= utc(window.end):
        return Block(start, end, hours.outside, RuleName.WORKING_HOURS)
    return None


def join(blocks: list[Block], block: Block, gap: timedelta) -> None:
    """Append ``block``, or lengthen the last one where it has the same diversion and ends at most ``gap`` before."""
    if not blocks or blocks[-1].diversion != block.diversion or block.start - blocks[-1].end > gap:
        blocks.append(block)
        return
    last = blocks.pop()
    blocks.append(replace(last, end=block.end, events=last.events + block.events, losers=last.losers + block.losers))


def in_order(block: Block) -> Block:
    """``block`` with each event once, by start, and no event among the losers that also won in it."""
    won = {event.id: event for event in sorted(block.events, key=lambda e: (utc(e.start), e.id))}
    lost = {
        event.id: event for event in sorted(block.losers, key=lambda e: (utc(e.start), e.id)) if event.id not in won
    }
    return replace(block, events=tuple(won.values()), losers=tuple(lost.values()))


def is_at_work(instant: datetime, hours: WorkingHours, tz: tzinfo) -> bool:
    """What somebody with a wall clock and a wall calendar would say."""
    local = instant.astimezone(tz)
    return local.weekday() in hours.days and hours.start <= local.time() < hours.end


def clock_changes(first: datetime, last: datetime, hours: WorkingHours | None, tz: tzinfo) -> Iterator[datetime]:
    """Every instant between ``first`` and ``last`` at which ``is_at_work`` could change."""
    if hours is None:
        return
    day = (first.astimezone(tz) - timedelta(days=2)).date()
    while day <= (last.astimezone(tz) + timedelta(days=2)).date():
        for at in (time(0), hours.start, hours.end):
            for fold in (0, 1):
                instant = utc(datetime.combine(day, at, tz).replace(fold=fold))
                if first < instant < last:
                    yield instant
        day += timedelta(days=1)
    yield from offset_changes(first, last, tz)


def offset_changes(first: datetime, last: datetime, tz: tzinfo) -> Iterator[datetime]:
    """Every instant between ``first`` and ``last`` at which ``tz`` moves its clocks, to the second."""
    step = timedelta(hours=1)
    before = first.replace(microsecond=0)
    while before < last:
        after = before + step
        if before.astimezone(tz).utcoffset() != after.astimezone(tz).utcoffset():
            low, high = before, after
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=(high - low).total_seconds() // 2)
                if middle.astimezone(tz).utcoffset() == before.astimezone(tz).utcoffset():
                    low = middle
                else:
                    high = middle
            if first < high < last:
                yield high
        before = after
