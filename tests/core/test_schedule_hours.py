"""Working hours, and days of every length."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from b2cal_desktop.core.model import CalendarEvent, RuleName, ShowAs, Window
from b2cal_desktop.core.rules import MailboxHours, Rules, WorkingHours
from b2cal_desktop.core.schedule import plan
from tests.core.examples import BY_PREFIX, DAY, STOCKHOLM, all_day, days, ids, planned, timed, told, why
from tests.core.strategies import midnight

OFFICE = WorkingHours(days=frozenset(range(5)), start=time(8), end=time(17))


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


def test_the_mailboxs_own_hours_hold_only_where_they_are_to_be_taken_from_there() -> None:
    told_hours = MailboxHours(frozenset({0, 1}), time(10), time(12))
    long = timed("MOT:", "07:00", "19:00")
    follows = replace(BY_PREFIX, working_hours=replace(OFFICE, from_mailbox=True))
    assert told(planned(long, rules=follows.for_mailbox(told_hours))) == ["10:00-12:00 meeting"]
    assert told(planned(long, rules=follows.for_mailbox(None))) == ["08:00-17:00 meeting"]
    for rules in (in_hours(), BY_PREFIX):
        assert rules.for_mailbox(told_hours) is rules


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
        ("America/Havana", date(2025, 11, 2), 25),  # its midnight comes twice
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
