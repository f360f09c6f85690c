"""From many events to blocks (the rules' sections 1, 3 and 4), by examples and against the oracle.

Examples write a time as ``"12:00"`` on Monday 23 November 2026 in Stockholm, or as ``"24 12:00"`` on another day.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from types import FrameType
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2cal_desktop.core.intents import Skip
from b2cal_desktop.core.model import AVAILABLE, Block, CalendarEvent, RuleName, ShowAs, Window
from b2cal_desktop.core.rules import DEFAULT_ORDER, DEFAULT_PREFIXES, Method, Private, Rules, WorkingHours
from b2cal_desktop.core.schedule import Schedule, plan
from tests.core import oracle
from tests.core.strategies import CATALOGUE, PREFIXES, Case, all_rules, cases, midnight, simple_rules

STOCKHOLM = ZoneInfo("Europe/Stockholm")
DAY = date(2026, 11, 23)
BY_PREFIX = Rules(
    method=Method.PREFIX_THEN_STATUS,
    prefixes={**DEFAULT_PREFIXES, AVAILABLE: ("TIL:",), "travelling": ("RES:",), "course": ("KURS:",)},
    catalogue=CATALOGUE,
)
YEARS = Window(datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
OFFICE = WorkingHours(days=frozenset(range(5)), start=time(8), end=time(17))


# --- How examples are written --------------------------------------------------------------------------------------


def at(text: str, tz: tzinfo = STOCKHOLM, month: date = DAY) -> datetime:
    """``"12:00"`` or ``"24 12:00"`` as an instant."""
    day, _, clock = text.rpartition(" ")
    return datetime.combine(month.replace(day=int(day or DAY.day)), time.fromisoformat(clock), tz)


def timed(subject: str, start: str, end: str, id: str = "", **more: Any) -> CalendarEvent:
    more.setdefault("show_as", ShowAs.FREE)
    return CalendarEvent(id or f"{subject} {start}", at(start), at(end), subject, **more)


def all_day(subject: str, day: date = DAY, days: int = 1, tz: tzinfo = STOCKHOLM, **more: Any) -> CalendarEvent:
    more.setdefault("show_as", ShowAs.FREE)
    start, end = midnight(day, tz), midnight(day + timedelta(days=days), tz)
    return CalendarEvent(more.pop("id", subject), start, end, subject, all_day=True, **more)


def days(first: date, count: int = 1, tz: tzinfo = STOCKHOLM) -> Window:
    return Window(midnight(first, tz), midnight(first + timedelta(days=count), tz))


def planned(*events: CalendarEvent, rules: Rules = BY_PREFIX, window: Window | None = None, **more: Any) -> Schedule:
    return plan(events, rules, window or days(DAY), STOCKHOLM, **more)


def told(schedule: Schedule, tz: tzinfo = STOCKHOLM) -> list[str]:
    """Blocks as ``"12:00-13:00 lunch"``, with the day of the month where it is not the 23rd."""

    def clock(instant: datetime) -> str:
        local = instant.astimezone(tz)
        seconds = ":%S" if local.second else ""
        return local.strftime(("" if local.date() == DAY else "%d ") + "%H:%M" + seconds)

    return [f"{clock(b.start)}-{clock(b.end)} {b.diversion}" for b in schedule.blocks]


def why(schedule: Schedule) -> tuple[Block, ...]:
    """All blocks, with the events that lost in them."""
    return schedule.explained(YEARS)


def ids(events: Iterable[CalendarEvent]) -> list[str]:
    return [event.id for event in events]


# --- 1. Which events count -----------------------------------------------------------------------------------------


def test_no_events_give_no_blocks() -> None:
    schedule = planned()
    assert schedule.blocks == ()
    assert schedule.block_at(at("12:00")) is None
    assert schedule.next_edge(at("12:00")) is None


def test_one_event_gives_one_block_that_knows_why() -> None:
    lunch = timed("LUN: sallad", "12:00", "13:00")
    (block,) = why(planned(lunch))
    assert (block.start, block.end, block.diversion) == (at("12:00"), at("13:00"), "lunch")
    assert (block.rule, block.events, block.losers) == (RuleName.PREFIX, (lunch,), ())


@pytest.mark.parametrize(
    "dropped",
    [
        pytest.param(timed("LUN:", "12:00", "13:00", cancelled=True), id="cancelled"),
        pytest.param(timed("LUN:", "12:00", "13:00", declined=True), id="declined"),
        pytest.param(timed("LUN:", "12:00", "12:00"), id="empty"),
        pytest.param(timed("LUN:", "13:00", "12:00"), id="backwards"),
        pytest.param(timed("LUN:", "22 22:00", "00:00"), id="ends where the window starts"),
        pytest.param(timed("LUN:", "24 00:00", "24 01:00"), id="starts where the window ends"),
        pytest.param(timed("LUN:", "12:00", "13:00", private=True), id="private, and those are ignored"),
    ],
)
def test_dropped_event_neither_wins_nor_loses(dropped: CalendarEvent) -> None:
    rules = replace(BY_PREFIX, private=Private.IGNORE)
    schedule = planned(dropped, timed("HEM:", "08:00", "17:00"), rules=rules)
    assert told(schedule) == ["08:00-17:00 working_from_home"]
    assert why(schedule)[0].losers == ()


@pytest.mark.parametrize(("start", "end"), [("12:00", "12:00"), ("12:03", "12:00")])
def test_margins_bring_no_empty_event_to_life(start: str, end: str) -> None:
    rules = replace(BY_PREFIX, lead_minutes=10, lag_minutes=10)
    assert told(planned(timed("LUN:", start, end), rules=rules)) == []


def test_margins_bring_no_event_into_the_window() -> None:
    rules = replace(BY_PREFIX, lead_minutes=10, lag_minutes=10)
    assert told(planned(timed("LUN:", "22 23:00", "00:00"), timed("LUN:", "24 00:05", "24 01:00"), rules=rules)) == []


def test_event_partly_inside_the_window_counts_whole() -> None:
    schedule = planned(timed("HEM:", "22 22:00", "08:00"), timed("SJU:", "23:00", "25 09:00"))
    assert told(schedule) == ["22 22:00-08:00 working_from_home", "23:00-25 09:00 sick"]


def test_event_ends_before_it_starts_by_the_clock_on_the_wall_alone() -> None:
    start, end = (
        datetime(2026, 10, 25, 2, 45, tzinfo=STOCKHOLM),
        datetime(2026, 10, 25, 2, 15, tzinfo=STOCKHOLM, fold=1),
    )
    night = CalendarEvent("e", start, end, "UPP: driftsättning", ShowAs.FREE)
    (block,) = planned(night, window=days(date(2026, 10, 25))).blocks
    assert block.end.astimezone(UTC) - block.start.astimezone(UTC) == timedelta(minutes=30)
    backwards = replace(night, start=start.replace(fold=1), end=end.replace(hour=2, minute=50, fold=0))
    assert planned(backwards, window=days(date(2026, 10, 25))).blocks == ()


def test_skips_leave_out_an_occurrence_or_a_series() -> None:
    lunches = [timed("LUN:", f"{day} 12:00", f"{day} 13:00", id=f"l{day}", series_id="lunch") for day in (23, 24)]
    week = days(DAY, 2)
    assert told(planned(*lunches, window=week, skips=[Skip("l23")])) == ["24 12:00-24 13:00 lunch"]
    assert told(planned(*lunches, window=week, skips=[Skip("lunch", series=True)])) == []
    assert len(planned(*lunches, window=week, skips=[Skip("lunch"), Skip("l23", series=True)]).blocks) == 2


def test_skip_names_nothing_that_has_no_series() -> None:
    assert len(planned(timed("LUN:", "12:00", "13:00"), skips=[Skip("", series=True)]).blocks) == 1


# --- 2. Margins ----------------------------------------------------------------------------------------------------


def test_margins_widen_timed_events() -> None:
    rules = replace(BY_PREFIX, lead_minutes=5, lag_minutes=10)
    assert told(planned(timed("MOT:", "10:00", "11:00"), rules=rules)) == ["09:55-11:10 meeting"]


def test_margins_leave_all_day_events_and_those_that_ask_for_nothing_alone() -> None:
    rules = replace(BY_PREFIX, lead_minutes=5, lag_minutes=10)
    assert told(planned(all_day("HEM:"), rules=rules)) == ["00:00-24 00:00 working_from_home"]
    assert told(planned(timed("Fri", "10:00", "11:00"), rules=rules)) == []


def test_margins_are_minutes_that_pass_also_when_clocks_change() -> None:
    rules = replace(BY_PREFIX, lead_minutes=30, lag_minutes=30)
    spring = datetime(2026, 3, 29, 3, 10, tzinfo=STOCKHOLM)  # 02:00 to 03:00 does not exist
    autumn = datetime(2026, 10, 25, 2, 50, tzinfo=STOCKHOLM)  # 02:00 to 03:00 comes twice
    for start in (spring, autumn):
        event = CalendarEvent("e", start, start + timedelta(minutes=5), "UPP:", ShowAs.FREE)
        (block,) = planned(event, rules=rules, window=days(start.date())).blocks
        assert block.start.astimezone(UTC) == start.astimezone(UTC) - timedelta(minutes=30)
        assert block.end.astimezone(UTC) == event.end.astimezone(UTC) + timedelta(minutes=30)


def test_margin_of_a_weaker_event_gives_way() -> None:
    rules = replace(BY_PREFIX, lead_minutes=15)
    schedule = planned(timed("MOT:", "10:00", "11:00"), timed("LUN:", "11:00", "12:00"), rules=rules)
    assert told(schedule) == ["09:45-11:00 meeting", "11:00-12:00 lunch"]


# --- 3. Overlaps ---------------------------------------------------------------------------------------------------


def test_meeting_inside_a_day_at_home_shows_and_the_day_goes_back() -> None:
    home, meeting = all_day("HEM:"), timed("MOT: styrgrupp", "10:00", "11:00")
    schedule = planned(home, meeting)
    assert told(schedule) == [
        "00:00-10:00 working_from_home",
        "10:00-11:00 meeting",
        "11:00-24 00:00 working_from_home",
    ]
    assert [(ids(b.events), ids(b.losers)) for b in why(schedule)] == [
        ([home.id], []),
        ([meeting.id], [home.id]),
        ([home.id], []),
    ]


@pytest.mark.parametrize(("stronger", "weaker"), list(pairwise(DEFAULT_ORDER)))
def test_order_of_diversions_decides_first(stronger: str, weaker: str) -> None:
    # Everything else speaks for the weaker one: it starts later, ends earlier and has the smaller id.
    prefix = BY_PREFIX.prefixes
    for strong in (timed(prefix[stronger][0], "09:00", "12:00", id="b"), all_day(prefix[stronger][0], id="b")):
        schedule = planned(strong, timed(prefix[weaker][0], "10:00", "11:00", id="a"))
        (block,) = why(schedule)
        assert (block.diversion, ids(block.events), ids(block.losers)) == (stronger, ["b"], ["a"])


def test_users_own_order_decides() -> None:
    events = timed("MOT:", "10:00", "12:00"), timed("LUN:", "11:00", "13:00")
    turned = replace(BY_PREFIX, order=("lunch", "meeting"))
    assert told(planned(*events)) == ["10:00-12:00 meeting", "12:00-13:00 lunch"]
    assert told(planned(*events, rules=turned)) == ["10:00-11:00 meeting", "11:00-13:00 lunch"]


def test_added_diversions_come_last() -> None:
    schedule = planned(all_day("HEM:"), timed("RES: Lund", "08:00", "12:00"))
    assert told(schedule) == ["00:00-24 00:00 working_from_home"]
    assert ids(why(schedule)[0].losers) == ["RES: Lund 08:00"]


def test_diversions_left_out_of_the_order_follow_it_and_added_ones_follow_them() -> None:
    rules = replace(BY_PREFIX, order=("lunch",))
    events = (
        timed("LUN:", "12:00", "13:00"),
        timed("SJU:", "11:00", "14:00"),
        timed("HEM:", "10:00", "15:00"),
        timed("RES:", "09:00", "16:00"),
        timed("KURS:", "08:00", "17:00"),
    )
    turned = [replace(e, start=at(f"{17 - n:02}:00"), end=at(f"{19 - n:02}:00")) for n, e in enumerate(events)]
    assert [line[-5:] for line in told(planned(*events, rules=rules))] == [
        *("ourse", "lling", "_home", " sick", "lunch", " sick", "_home", "lling", "ourse")
    ]
    assert told(planned(*turned, rules=rules)) == [
        "13:00-14:00 course",
        "14:00-15:00 travelling",
        "15:00-16:00 working_from_home",
        "16:00-17:00 sick",
        "17:00-19:00 lunch",
    ]


def test_available_by_prefix_lets_calls_through() -> None:
    schedule = planned(timed("MOT:", "10:00", "12:00"), timed("TIL: koppla gärna", "10:30", "11:00"))
    assert told(schedule) == ["10:00-10:30 meeting", "10:30-11:00 available", "11:00-12:00 meeting"]


def test_available_ranks_where_the_user_puts_it() -> None:
    rules = replace(BY_PREFIX, order=("sick", AVAILABLE, "meeting"))
    events = timed("SJU:", "10:00", "11:00"), timed("TIL:", "10:00", "12:00"), timed("MOT:", "11:30", "13:00")
    assert told(planned(*events, rules=rules)) == ["10:00-11:00 sick", "11:00-12:00 available", "12:00-13:00 meeting"]


@pytest.mark.parametrize(
    ("winner", "loser"),
    [
        # Each winner would lose by every later rule.
        pytest.param(("22 09:00", "25 13:00", "b"), "all day", id="timed beats all-day, though it starts earlier"),
        pytest.param(("10:00", "13:00", "b"), ("09:00", "12:00", "a"), id="later start, though it ends later"),
        pytest.param(("10:00", "12:00", "b"), ("10:00", "13:00", "a"), id="earlier end, though its id is larger"),
        pytest.param(("10:00", "12:00", "10"), ("10:00", "12:00", "9"), id="smaller id, as text"),
    ],
)
def test_ties_within_a_diversion(winner: tuple[str, str, str], loser: tuple[str, str, str] | str) -> None:
    # Only one of two equal requests can win in the hour that the meetings leave free.
    before, after = timed("MOT:", "22 00:00", "10:30"), timed("MOT:", "11:30", "26 00:00")
    wins = timed("UPP:", *winner)
    loses = (
        all_day("", id="a", show_as=ShowAs.BUSY) if isinstance(loser, str) else timed("", *loser, show_as=ShowAs.BUSY)
    )
    for events in ((wins, loses, before, after), (loses, after, before, wins)):
        _, free, _ = why(planned(*events))
        assert (free.start, free.end, free.diversion) == (at("10:30"), at("11:30"), "busy")
        assert (free.rule, ids(free.events), ids(free.losers)) == (RuleName.PREFIX, [wins.id], [loses.id])


def test_later_start_is_later_in_time_not_on_the_clock() -> None:
    # The hour from 02:00 comes twice: 02:15 the second time is after 02:45 the first time.
    early = datetime(2026, 10, 25, 2, 45, tzinfo=STOCKHOLM)
    late = datetime(2026, 10, 25, 2, 15, tzinfo=STOCKHOLM, fold=1)
    three, four = (datetime(2026, 10, 25, hour, tzinfo=STOCKHOLM) for hour in (3, 4))
    events = [
        CalendarEvent("a", early, four, "UPP:", ShowAs.FREE),
        CalendarEvent("b", late, four, "UPP:", ShowAs.FREE),
        CalendarEvent("c", early, three, "MOT:", ShowAs.FREE),
    ]
    assert [ids(block.events) for block in planned(*events, window=days(date(2026, 10, 25))).blocks] == [["c"], ["b"]]


def test_loser_of_a_whole_block_is_told() -> None:
    schedule = planned(timed("MOT:", "10:00", "12:00"), timed("", "10:30", "11:00", "busy", show_as=ShowAs.BUSY))
    assert told(schedule) == ["10:00-12:00 meeting"]
    assert ids(why(schedule)[0].losers) == ["busy"]


# --- 4. Blocks -----------------------------------------------------------------------------------------------------


def test_touching_stretches_with_the_same_diversion_become_one_block() -> None:
    rules = replace(BY_PREFIX, bridge_minutes=0)
    first, second = timed("", "10:00", "11:00", "a", show_as=ShowAs.BUSY), timed("UPP:", "11:00", "12:00", "b")
    schedule = planned(second, first, rules=rules)
    assert told(schedule) == ["10:00-12:00 busy"]
    assert (schedule.blocks[0].rule, ids(schedule.blocks[0].events)) == (RuleName.STATUS, ["a", "b"])


def test_touching_stretches_with_different_diversions_stay_two() -> None:
    schedule = planned(timed("MOT:", "10:00", "11:00"), timed("LUN:", "11:00", "12:00"))
    assert told(schedule) == ["10:00-11:00 meeting", "11:00-12:00 lunch"]


@pytest.mark.parametrize(
    ("bridge", "second", "blocks"),
    [
        (2, "11:02", 1),
        (2, "11:02:01", 2),
        (2, "11:01", 1),
        (0, "11:00:01", 2),
        (0, "11:00", 1),
        (60, "12:00", 1),
        (60, "12:00:01", 2),
    ],
)
def test_gap_is_bridged_up_to_its_limit(bridge: int, second: str, blocks: int) -> None:
    rules = replace(BY_PREFIX, bridge_minutes=bridge)
    schedule = planned(timed("MOT:", "10:00", "11:00"), timed("MOT:", second, "13:00"), rules=rules)
    assert len(schedule.blocks) == blocks
    assert ids(e for b in schedule.blocks for e in b.events) == ["MOT: 10:00", f"MOT: {second}"]


def test_bridges_follow_each_other() -> None:
    events = [timed("MOT:", f"{10 + n // 2}:{30 * (n % 2):02}", f"{10 + n // 2}:{28 + 30 * (n % 2)}") for n in range(8)]
    assert told(planned(*events)) == ["10:00-13:58 meeting"]


def test_gap_with_something_in_it_is_not_bridged() -> None:
    events = timed("MOT:", "10:00", "11:00"), timed("MOT:", "11:02", "12:00"), timed("LUN:", "11:00", "11:01")
    assert told(planned(*events)) == ["10:00-11:00 meeting", "11:00-11:01 lunch", "11:02-12:00 meeting"]


def test_gap_between_different_diversions_is_not_bridged() -> None:
    assert len(planned(timed("MOT:", "10:00", "11:00"), timed("LUN:", "11:01", "12:00")).blocks) == 2


def test_stretches_called_available_by_prefix_are_blocks_and_bridged_like_any() -> None:
    schedule = planned(timed("TIL:", "10:00", "11:00"), timed("TIL:", "11:02", "12:00"))
    assert told(schedule) == ["10:00-12:00 available"]


def test_rule_is_that_of_the_winner_at_the_start() -> None:
    early, late = timed("", "10:00", "12:00", "a", show_as=ShowAs.BUSY), timed("UPP:", "09:00", "10:30", "b")
    assert planned(early, late).blocks[0].rule == RuleName.PREFIX
    assert planned(early, replace(late, start=at("10:00"))).blocks[0].rule == RuleName.PREFIX  # ends earlier
    assert planned(early, replace(late, start=at("10:00"), end=at("13:00"))).blocks[0].rule == RuleName.STATUS


def test_block_at_and_next_edge() -> None:
    schedule = planned(
        timed("MOT:", "10:00", "11:00"), timed("LUN:", "11:00", "12:00"), timed("UPP:", "14:00", "15:00")
    )
    meeting, lunch, busy = schedule.blocks
    shown: list[tuple[str, Block | None, str | None]] = [
        ("09:59", None, "10:00"),
        ("10:00", meeting, "11:00"),
        ("10:59:59", meeting, "11:00"),
        ("11:00", lunch, "12:00"),
        ("12:00", None, "14:00"),
        ("14:30", busy, "15:00"),
        ("15:00", None, None),
        ("24 09:00", None, None),
        ("22 09:00", None, "10:00"),
    ]
    for now, block, edge in shown:
        assert schedule.block_at(at(now)) == block, now
        assert schedule.next_edge(at(now)) == (edge and at(edge)), now


# --- Working hours -------------------------------------------------------------------------------------------------


def in_hours(outside: str = "", **more: Any) -> Rules:
    return replace(BY_PREFIX, working_hours=replace(OFFICE, outside=outside), **more)


def test_outside_working_hours_only_absences_count() -> None:
    early, late = timed("MOT:", "07:00", "09:00"), timed("LUN:", "16:00", "18:00")
    assert told(planned(early, late, rules=in_hours())) == ["08:00-09:00 meeting", "16:00-17:00 lunch"]
    for absence in ("SJU:", "SLU:", "UTE:", "SEM:", "RES:"):
        schedule = planned(timed(absence, "06:00", "20:00"), rules=in_hours())
        assert [block[:11] for block in told(schedule)] == ["06:00-20:00"], absence
    for other in ("HEM:", "TIL:", "UPP:", "LUN:", "MOT:", "KURS:"):
        assert told(planned(timed(other, "17:00", "24 08:00"), rules=in_hours())) == [], other


def test_absence_shows_outside_the_hours_where_something_stronger_hides_it_inside() -> None:
    rules = in_hours(order=("meeting", "out_of_office"))
    schedule = planned(timed("UTE:", "15:00", "20:00"), timed("MOT:", "16:00", "19:00"), rules=rules)
    assert told(schedule) == ["15:00-16:00 out_of_office", "16:00-17:00 meeting", "17:00-20:00 out_of_office"]
    assert [ids(block.losers) for block in why(schedule)] == [[], ["UTE: 15:00"], []]


def test_margins_end_with_the_working_hours() -> None:
    rules = in_hours(lead_minutes=30, lag_minutes=30)
    assert told(planned(timed("MOT:", "08:10", "16:50"), rules=rules)) == ["08:00-17:00 meeting"]


def test_days_that_are_not_named_are_outside_all_day() -> None:
    saturday = days(date(2026, 11, 28), 2)
    busy = timed("MOT:", "28 10:00", "28 11:00"), timed("UTE:", "29 10:00", "29 11:00")
    assert told(planned(*busy, rules=in_hours(), window=saturday)) == ["29 10:00-29 11:00 out_of_office"]
    assert told(planned(*busy, rules=in_hours("gone_for_the_day"), window=saturday)) == [
        "28 00:00-29 10:00 gone_for_the_day",
        "29 10:00-29 11:00 out_of_office",
        "29 11:00-30 00:00 gone_for_the_day",
    ]


def test_outside_fills_the_rest_of_the_window() -> None:
    schedule = planned(timed("MOT:", "10:00", "11:00"), rules=in_hours("gone_for_the_day"))
    assert told(schedule) == [
        "00:00-08:00 gone_for_the_day",
        "10:00-11:00 meeting",
        "17:00-24 00:00 gone_for_the_day",
    ]
    assert [block.rule for block in schedule.blocks] == [
        RuleName.WORKING_HOURS,
        RuleName.PREFIX,
        RuleName.WORKING_HOURS,
    ]
    assert (why(schedule)[0].events, why(schedule)[0].losers) == ((), ())


def test_outside_ends_with_the_window_though_an_event_goes_on() -> None:
    schedule = planned(timed("MOT:", "22 09:00", "25 12:00"), rules=in_hours("gone_for_the_day"))
    assert told(schedule) == [
        "00:00-08:00 gone_for_the_day",
        "08:00-17:00 meeting",
        "17:00-24 00:00 gone_for_the_day",
        "24 08:00-24 17:00 meeting",
        "25 08:00-25 12:00 meeting",
    ]


def test_outside_fills_nights_between_days_in_one_block() -> None:
    schedule = planned(rules=in_hours("gone_for_the_day"), window=days(date(2026, 11, 26), 5))
    assert told(schedule) == [
        "26 00:00-26 08:00 gone_for_the_day",
        "26 17:00-27 08:00 gone_for_the_day",
        "27 17:00-30 08:00 gone_for_the_day",
        "30 17:00-01 00:00 gone_for_the_day",
    ]


def test_outside_is_weaker_than_any_event() -> None:
    # In the order, gone_for_the_day is stronger than out_of_office; as a filler it is not.
    schedule = planned(timed("UTE:", "16:00", "19:00"), rules=in_hours("gone_for_the_day"))
    assert told(schedule)[1:] == ["16:00-19:00 out_of_office", "19:00-24 00:00 gone_for_the_day"]
    assert why(schedule)[2].losers == ()


def test_outside_joins_an_event_that_asks_for_the_same() -> None:
    early = timed("SLU:", "15:00", "17:00")
    schedule = planned(early, rules=in_hours("gone_for_the_day"))
    assert told(schedule)[1:] == ["15:00-24 00:00 gone_for_the_day"]
    assert (schedule.blocks[1].rule, schedule.blocks[1].events) == (RuleName.PREFIX, (early,))
    morning = planned(timed("SLU:", "08:02", "10:00"), rules=in_hours("gone_for_the_day"))
    assert told(morning)[:1] == ["00:00-10:00 gone_for_the_day"]
    assert morning.blocks[0].rule == RuleName.WORKING_HOURS


def test_outside_is_something_in_a_gap() -> None:
    # Both sides of a short evening are filled: a gap with a filler in it is no gap.
    rules = replace(in_hours("gone_for_the_day"), bridge_minutes=60)
    rules = replace(rules, working_hours=replace(OFFICE, start=time(0, 30), outside="gone_for_the_day"))
    schedule = planned(
        timed("UTE:", "22 12:00", "00:00"), timed("UTE:", "00:15", "01:00"), rules=rules, window=days(DAY)
    )
    assert told(schedule)[:2] == ["00:00-00:15 gone_for_the_day", "00:15-01:00 out_of_office"]


def test_bridge_reaches_over_a_night_without_a_filler_only_when_short() -> None:
    around_the_clock = WorkingHours(frozenset(range(7)), time(0, 2), time(23, 59))
    home = timed("HEM:", "12:00", "24 12:00")
    rules = replace(BY_PREFIX, working_hours=around_the_clock, bridge_minutes=3)
    assert told(planned(home, rules=rules)) == ["12:00-24 12:00 working_from_home"]
    rules = replace(rules, bridge_minutes=2)
    assert told(planned(home, rules=rules)) == ["12:00-23:59 working_from_home", "24 00:02-24 12:00 working_from_home"]


def test_working_hours_go_by_the_wall_clock_on_days_when_clocks_change() -> None:
    every_day = replace(OFFICE, days=frozenset(range(7)), outside="gone_for_the_day")
    rules = replace(BY_PREFIX, working_hours=every_day)
    for day, night in ((date(2026, 3, 29), 14), (date(2026, 10, 25), 16)):
        _, over_night, _ = planned(rules=rules, window=days(day - timedelta(days=1), 2)).blocks
        local = over_night.start.astimezone(STOCKHOLM), over_night.end.astimezone(STOCKHOLM)
        assert [instant.time() for instant in local] == [time(17), time(8)]
        assert over_night.end.astimezone(UTC) - over_night.start.astimezone(UTC) == timedelta(hours=night)


def test_day_that_a_country_skipped_has_no_working_hours() -> None:
    # In Samoa Thursday 29 December 2011 was followed by Saturday the 31st.
    apia = ZoneInfo("Pacific/Apia")
    window = Window(midnight(date(2011, 12, 29), apia), midnight(date(2012, 1, 1), apia))
    rules = replace(BY_PREFIX, working_hours=replace(OFFICE, outside="gone_for_the_day"))
    blocks = plan([], rules, window, apia).blocks
    assert [[i.astimezone(apia).strftime("%a %H:%M") for i in (b.start, b.end)] for b in blocks] == [
        ["Thu 00:00", "Thu 08:00"],
        ["Thu 17:00", "Sun 00:00"],
    ]


# --- Days of every length ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Stockholm", date(2026, 3, 29), 23),
        ("Europe/Stockholm", date(2026, 10, 25), 25),
        ("America/Sao_Paulo", date(2018, 11, 4), 23),  # begins at 01:00
        ("America/Sao_Paulo", date(2018, 2, 17), 25),
        ("America/Havana", date(2026, 11, 1), 25),  # its midnight comes twice
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Pacific/Apia", date(2011, 12, 29), 24),
        ("Europe/Stockholm", date(2028, 2, 29), 24),
        ("Europe/Stockholm", date(2026, 12, 31), 24),
    ],
)
def test_all_day_event_is_as_long_as_its_day(zone: str, day: date, hours: float) -> None:
    tz = ZoneInfo(zone)
    home = all_day("HEM:", day, tz=tz)
    lunch_at = datetime.combine(day, time(12), tz)
    lunch = CalendarEvent("l", lunch_at, lunch_at + timedelta(hours=1), "LUN:", ShowAs.FREE)
    (whole,) = plan([home], BY_PREFIX, days(day, tz=tz), tz).blocks
    assert whole.end.astimezone(UTC) - whole.start.astimezone(UTC) == timedelta(hours=hours)
    blocks = plan([home, lunch], BY_PREFIX, days(day, tz=tz), tz).blocks
    assert [block.diversion for block in blocks] == ["working_from_home", "lunch", "working_from_home"]
    assert [block.start.astimezone(tz).date() for block in blocks] == [day] * 3


def test_block_runs_over_new_years_eve_and_leap_day() -> None:
    for first in (date(2026, 12, 31), date(2028, 2, 28)):
        holiday = all_day("SEM:", first, days=3)
        (block,) = planned(holiday, window=days(first, 3)).blocks
        assert block.end.astimezone(UTC) - block.start.astimezone(UTC) == timedelta(days=3)


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


@given(cases())
def test_events_may_come_from_an_iterator(case: Case) -> None:
    once = plan(iter(case.events), case.rules, case.window, case.tz, skips=frozenset(case.skips))
    assert once.blocks == of(case).blocks


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
    spans = {
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
