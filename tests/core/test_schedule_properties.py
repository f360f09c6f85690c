"""Blocks against the oracle, what holds for every plan, and how much work it may be."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from types import FrameType
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2cal_desktop.core.model import Block, CalendarEvent, RuleName, ShowAs, Window
from b2cal_desktop.core.rules import Method, Rules
from b2cal_desktop.core.schedule import Schedule, plan
from tests.core import oracle
from tests.core.examples import BY_PREFIX, DAY, STOCKHOLM, YEARS, ids, why
from tests.core.strategies import PREFIXES, Case, all_rules, cases, midnight, simple_rules

# --- Against the oracle --------------------------------------------------------------------------------------------


def summary(blocks: Iterable[Block]) -> list[tuple[Any, ...]]:
    """What must be equal, in UTC: instants of two zones are never equal where a clock is set back."""
    return [
        (
            block.start.astimezone(UTC).isoformat(),
            block.end.astimezone(UTC).isoformat(),
            block.diversion,
            block.rule,
            sorted(event.id for event in block.events),
            sorted({event.id for event in block.losers} - {event.id for event in block.events}),
        )
        for block in blocks
    ]


def of(case: Case) -> Schedule:
    return plan(case.events, case.rules, case.window, case.tz, skips=case.skips)


@given(cases())
def test_blocks_are_the_oracles(case: Case) -> None:
    expected = oracle.plan(case.events, case.rules, case.window, case.tz, skips=case.skips)
    assert summary(why(of(case))) == summary(expected)


@given(cases())
def test_blocks_are_sorted_apart_and_never_touch_with_the_same_diversion(case: Case) -> None:
    gap = timedelta(minutes=case.rules.bridge_minutes)
    blocks = why(of(case))
    for block in blocks:
        assert block.start.astimezone(UTC) < block.end.astimezone(UTC)
        assert [*block.events] == sorted(block.events, key=lambda e: e.start.astimezone(UTC))
        assert [*block.losers] == sorted(block.losers, key=lambda e: e.start.astimezone(UTC))
        assert len(set(ids(block.events))) == len(block.events)
        assert len(set(ids(block.losers))) == len(block.losers)
        assert block.events or block.rule == RuleName.WORKING_HOURS
    for before, after in pairwise(blocks):
        between = after.start.astimezone(UTC) - before.end.astimezone(UTC)
        assert between >= timedelta(0)
        assert between > gap or before.diversion != after.diversion


@given(cases(rules=simple_rules), st.integers(-600, 5_000), st.integers(1, 3_000))
def test_explained_are_the_blocks_that_touch_a_window_with_those_that_lost_there(
    case: Case, start: int, length: int
) -> None:
    begins = case.window.start.astimezone(UTC) + timedelta(minutes=start)
    window = Window(begins, begins + timedelta(minutes=length))
    schedule = of(case)
    assert [replace(block, losers=()) for block in why(schedule)] == list(schedule.blocks)
    touching = [block for block in why(schedule) if window.touches(block.start, block.end)]
    explained = schedule.explained(Window(window.start.astimezone(case.tz), window.end.astimezone(case.tz)))
    assert [replace(b, losers=()) for b in explained] == [replace(b, losers=()) for b in touching]
    for told_there, whole in zip(explained, touching, strict=True):
        lost_there = {e.id for e in whole.losers if window.touches(e.start, e.end)}
        assert lost_there <= set(ids(told_there.losers)) <= set(ids(whole.losers))


@given(cases(), st.randoms(use_true_random=False))
def test_order_of_the_events_changes_nothing(case: Case, random: Any) -> None:
    shuffled = list(case.events)
    random.shuffle(shuffled)
    assert why(of(replace(case, events=tuple(shuffled)))) == why(of(case))


@given(cases(rules=simple_rules))
def test_blocks_as_events_give_the_same_blocks(case: Case) -> None:
    blocks = of(case).blocks
    again = [
        CalendarEvent(f"{number}", block.start, block.end, f"{PREFIXES[block.diversion][0]} x", ShowAs.FREE)
        for number, block in enumerate(blocks)
    ]
    found = plan(again, replace(case.rules, method=Method.PREFIX), YEARS, case.tz).blocks
    assert [line[:3] for line in summary(found)] == [line[:3] for line in summary(blocks)]


@given(cases(), st.sampled_from([UTC, ZoneInfo("Asia/Kathmandu"), ZoneInfo("Europe/London")]))
def test_zone_that_instants_are_told_in_changes_nothing(case: Case, zone: tzinfo) -> None:
    told_otherwise = replace(
        case,
        events=tuple(replace(e, start=e.start.astimezone(zone), end=e.end.astimezone(zone)) for e in case.events),
        window=Window(case.window.start.astimezone(zone), case.window.end.astimezone(zone)),
    )
    assert summary(of(told_otherwise).blocks) == summary(of(case).blocks)


@given(cases(rules=simple_rules), st.timedeltas(timedelta(days=-300), timedelta(days=300)))
def test_without_working_hours_later_events_give_later_blocks(case: Case, by: timedelta) -> None:
    def later(instant: datetime) -> datetime:
        return instant.astimezone(UTC) + by

    moved = replace(
        case,
        events=tuple(replace(e, start=later(e.start), end=later(e.end)) for e in case.events),
        window=Window(later(case.window.start), later(case.window.end)),
    )
    expected = [replace(b, start=later(b.start), end=later(b.end)) for b in of(case).blocks]
    assert summary(of(moved).blocks) == summary(expected)


_wall_clocks = st.builds(
    lambda day, quarter: (
        datetime.combine(date(2026, 3, 23) + timedelta(days=day), time(5)) + timedelta(minutes=15 * quarter)
    ),
    st.integers(0, 4),
    st.integers(0, 68),
)
_meetings = st.tuples(_wall_clocks, st.integers(1, 12), st.sampled_from([p[0] for p in PREFIXES.values()]))


@given(st.lists(_meetings, max_size=8), all_rules)
def test_week_after_the_clocks_change_looks_the_same_on_the_wall(
    meetings: list[tuple[datetime, int, str]], rules: Rules
) -> None:
    def week(days_later: int) -> list[tuple[str, ...]]:
        def wall(naive: datetime) -> datetime:
            return (naive + timedelta(days=days_later)).replace(tzinfo=STOCKHOLM)

        events = [
            CalendarEvent(f"{n}", wall(start), wall(start + timedelta(minutes=15 * quarters)), prefix, ShowAs.BUSY)
            for n, (start, quarters, prefix) in enumerate(meetings)
        ]
        window = Window(wall(datetime(2026, 3, 23)), wall(datetime(2026, 3, 28)))  # noqa: DTZ001
        return [
            (*(f"{i.astimezone(STOCKHOLM):%a %H:%M}" for i in (b.start, b.end)), b.diversion, b.rule)
            for b in plan(events, rules, window, STOCKHOLM).blocks
        ]

    assert week(0) == week(7)


@given(cases(), st.integers(0, 72 * 60))
def test_block_at_and_next_edge_say_what_the_blocks_say(case: Case, minutes: int) -> None:
    schedule = of(case)
    edges = sorted({i.astimezone(UTC) for b in schedule.blocks for i in (b.start, b.end)})
    for now in [case.window.start.astimezone(UTC) + timedelta(minutes=minutes), *edges]:
        there = [b for b in schedule.blocks if b.start.astimezone(UTC) <= now < b.end.astimezone(UTC)]
        ahead = [edge for edge in edges if edge > now]
        for told_in in (UTC, case.tz):
            assert schedule.block_at(now.astimezone(told_in)) == (there[0] if there else None)
            edge = schedule.next_edge(now.astimezone(told_in))
            assert (edge and edge.astimezone(UTC)) == (ahead[0] if ahead else None)


# --- Many events ---------------------------------------------------------------------------------------------------


def full_calendar(count: int, shape: str) -> list[CalendarEvent]:
    """``count`` events: one after the other, all at once, as steps, as a pile of plates, or a row on top of a crowd."""
    start, minute = midnight(DAY, UTC), timedelta(minutes=1)
    spans: dict[str, Callable[[int], tuple[int, int]]] = {
        "in a row": lambda n: (n, n + 1),
        "at once": lambda _: (0, count),
        "staircase": lambda n: (n, n + count),
        "nested": lambda n: (n, 2 * count - n),
        "row on a crowd": lambda n: (n, n + 1) if n % 2 else (0, count),
    }
    subjects = {"in a row": ["MOT:", "MOT:", "LUN:"], "row on a crowd": ["HEM:", "MOT:"]}.get(shape, ["MOT:"])
    return [
        CalendarEvent(f"{n}", start + a * minute, start + b * minute, subjects[n % len(subjects)], ShowAs.BUSY)
        for n, (a, b) in ((n, spans[shape](n)) for n in range(count))
    ]


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    ("shape", "blocks", "winners"),
    [
        ("in a row", 6_667, 10_000),
        ("at once", 1, 1),
        ("staircase", 1, 10_000),
        ("nested", 1, 10_000),
        ("row on a crowd", 10_000, 10_000),
    ],
)
def test_ten_thousand_events_are_planned(shape: str, blocks: int, winners: int) -> None:
    found = plan(full_calendar(10_000, shape), BY_PREFIX, YEARS, STOCKHOLM).blocks
    assert (len(found), sum(len(block.events) for block in found)) == (blocks, winners)


def operations(events: list[CalendarEvent]) -> int:
    """How many bytecodes Python runs to plan ``events``: work that no fast machine hides."""
    count = 0

    def trace(frame: FrameType, happening: str, _: Any) -> Any:
        nonlocal count
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += happening == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        plan(events, BY_PREFIX, YEARS, STOCKHOLM)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("shape", ["in a row", "at once", "staircase", "nested", "row on a crowd"])
def test_work_grows_with_the_events_not_with_their_square(shape: str) -> None:
    few, many = operations(full_calendar(100, shape)), operations(full_calendar(800, shape))
    assert few > 1_000
    assert many < few * 8 * 2  # eight times the events: eight times the work and a logarithm, not sixty-four times
