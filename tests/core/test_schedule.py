"""From many events to blocks (the rules' sections 1, 3 and 4), by examples."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from b2cal_desktop.core.intents import Skip
from b2cal_desktop.core.model import AVAILABLE, Block, CalendarEvent, RuleName, ShowAs
from b2cal_desktop.core.rules import DEFAULT_ORDER, Private
from b2cal_desktop.core.schedule import plan
from tests.core.examples import BY_PREFIX, DAY, STOCKHOLM, all_day, at, days, ids, planned, timed, told, why

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


def test_winners_and_losers_are_told_in_order_of_start() -> None:
    home, short = all_day("HEM:", id="b"), timed("HEM:", "10:00", "11:30", id="a")
    lunch, meeting = timed("LUN:", "10:00", "11:00"), timed("MOT:", "09:00", "12:00")
    assert [ids(block.events) for block in planned(short, home, lunch).blocks] == [["b"], [lunch.id], ["b", "a"]]
    for events in ((home, short, lunch, meeting), (lunch, short, meeting, home)):
        losers = ids(why(planned(*events))[1].losers)
        assert losers[0] == "b"
        assert set(losers[1:]) == {"a", lunch.id}


def test_events_may_come_from_an_iterator() -> None:
    events = [timed("MOT:", "10:00", "11:00"), timed("LUN:", "11:00", "12:00")]
    assert plan(iter(events), BY_PREFIX, days(DAY), STOCKHOLM) == planned(*events)


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


def test_a_pile_of_losers_is_cut_to_what_a_person_can_read() -> None:
    winner = timed("MOT: m", "09:00", "10:00")
    pile = [timed("UPP: u", "09:00", "10:00", id=f"u{n:03}") for n in range(60)]
    (block,) = planned(winner, *pile).explained(days(DAY))
    assert block.events == (winner,)
    assert len(block.losers) == 50
