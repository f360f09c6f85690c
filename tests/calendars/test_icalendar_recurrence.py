"""Recurring events: what stays, moves, falls out, and how much work it may cost."""

import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from b2cal_desktop.calendars.icalendar_file import ICalendarSource
from b2cal_desktop.calendars.icalendar_rules import BoundedRule, Budget, TooManyOccurrences
from b2cal_desktop.core.model import Window
from b2cal_desktop.core.ports import Fetched

from .test_icalendar_file import NOW, STOCKHOLM, calendar

WEEKLY = "UID:s\nDTSTART;TZID=Europe/Stockholm:20261102T090000\nDTEND;TZID=Europe/Stockholm:20261102T100000\n"


def window(start: str, end: str) -> Window:
    return Window(
        datetime.fromisoformat(start).replace(tzinfo=STOCKHOLM), datetime.fromisoformat(end).replace(tzinfo=STOCKHOLM)
    )


NOVEMBER = window("2026-11-01", "2026-12-01")


def fetch(path: Path, *events: str, within: Window = NOVEMBER, header: str = "") -> Fetched:
    path.write_text(calendar(*events, header=header), encoding="utf-8", newline="")
    return ICalendarSource(str(path), timezone=STOCKHOLM).fetch_events(within, NOW)


def starts(fetched: Fetched) -> list[str]:
    assert fetched.warnings == ()
    assert max(Counter(e.id for e in fetched.events).values(), default=1) == 1
    return [e.start.astimezone(STOCKHOLM).strftime("%m-%d %H:%M") for e in fetched.events]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "k.ics"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=WEEKLY", ["11-02", "11-09", "11-16", "11-23", "11-30"]),
        ("FREQ=WEEKLY;UNTIL=20261116T080000Z", ["11-02", "11-09", "11-16"]),
        ("FREQ=WEEKLY;UNTIL=20261116T075959Z", ["11-02", "11-09"]),
        ("FREQ=WEEKLY;UNTIL=20261116T090000", ["11-02", "11-09", "11-16"]),  # floating: the event's own zone
        ("FREQ=WEEKLY;UNTIL=20261116T085900", ["11-02", "11-09"]),
        ("FREQ=WEEKLY;UNTIL=20261116", ["11-02", "11-09", "11-16"]),  # a date: all of that day
        ("FREQ=WEEKLY;UNTIL=20261115", ["11-02", "11-09"]),
        ("FREQ=WEEKLY;COUNT=2", ["11-02", "11-09"]),
        ("FREQ=WEEKLY;COUNT=4;UNTIL=20261109T235959Z", ["11-02", "11-09"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;WKST=MO", ["11-02", "11-04", "11-16", "11-18", "11-30"]),
        ("FREQ=MONTHLY;BYDAY=-1FR", ["11-02", "11-27"]),  # a start that the rule does not match counts as well
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=2", ["11-02", "11-03"]),
    ],
)
def test_rules(path: Path, rule: str, expected: list[str]) -> None:
    assert starts(fetch(path, f"{WEEKLY}RRULE:{rule}")) == [f"{day} 09:00" for day in expected]


@pytest.mark.parametrize(
    "exdate",
    [
        "EXDATE;TZID=Europe/Stockholm:20261109T090000,20261123T090000",
        "EXDATE:20261109T080000Z\nEXDATE:20261123T080000Z",
        "EXDATE;TZID=Europe/Helsinki:20261109T100000,20261123T100000",
        "EXDATE:20261109T090000,20261123T090000",  # floating: the event's own zone
        "EXDATE;VALUE=DATE:20261109,20261123",
    ],
)
def test_left_out(path: Path, exdate: str) -> None:
    assert starts(fetch(path, f"{WEEKLY}RRULE:FREQ=WEEKLY\n{exdate}")) == ["11-02 09:00", "11-16 09:00", "11-30 09:00"]


def test_added(path: Path) -> None:
    rdate = "RDATE;TZID=Europe/Stockholm:20261104T120000\nRDATE;VALUE=PERIOD:20261105T120000Z/PT15M"
    fetched = fetch(path, f"{WEEKLY}{rdate}")
    assert starts(fetched) == ["11-02 09:00", "11-04 12:00", "11-05 13:00"]
    assert [e.end - e.start for e in fetched.events] == [timedelta(hours=1)] * 2 + [timedelta(minutes=15)]
    assert {e.series_id for e in fetched.events} == {"s"}


def moved(to: str, instead_of: str, more: str = "") -> str:
    return f"UID:s\nRECURRENCE-ID{instead_of}\nDTSTART{to}\nDURATION:PT30M\n{more}"


@pytest.mark.parametrize(
    "instead_of",
    [
        ";TZID=Europe/Stockholm:20261116T090000",
        ":20261116T080000Z",
        ";TZID=Europe/Helsinki:20261116T100000",
        ":20261116T090000",
        ";VALUE=DATE:20261116",
    ],
)
def test_one_occurrence_moved(path: Path, instead_of: str) -> None:
    fetched = fetch(path, f"{WEEKLY}RRULE:FREQ=WEEKLY", moved(":20261117T130000Z", instead_of))
    assert starts(fetched) == ["11-02 09:00", "11-09 09:00", "11-17 14:00", "11-23 09:00", "11-30 09:00"]
    assert fetched.events[2].id == "s/20261116T080000Z"
    assert fetched.events[2].end - fetched.events[2].start == timedelta(minutes=30)


def test_moved_out_of_and_into_the_window(path: Path) -> None:
    events = (f"{WEEKLY}RRULE:FREQ=WEEKLY", moved(":20270115T080000Z", ":20261116T080000Z"))
    assert "11-16 09:00" not in starts(fetch(path, *events))
    january = window("2027-01-15", "2027-01-16")
    assert starts(fetch(path, *events, within=january)) == ["01-15 09:00"]
    back = (f"{WEEKLY}RRULE:FREQ=WEEKLY", moved(":20261110T120000Z", ":20270614T070000Z"))
    assert "11-10 13:00" in starts(fetch(path, *back))


def test_one_occurrence_cancelled(path: Path) -> None:
    fetched = fetch(
        path, f"{WEEKLY}RRULE:FREQ=WEEKLY", moved(":20261116T080000Z", ":20261116T080000Z", "STATUS:CANCELLED")
    )
    assert [e.id for e in fetched.events if e.cancelled] == ["s/20261116T080000Z"]
    assert len(fetched.events) == 5


def test_this_and_all_that_follow(path: Path) -> None:
    later = moved(
        ";TZID=Europe/Stockholm:20261116T110000", ";RANGE=THISANDFUTURE;TZID=Europe/Stockholm:20261116T090000"
    )
    fetched = fetch(path, f"{WEEKLY}RRULE:FREQ=WEEKLY", later)
    assert starts(fetched) == ["11-02 09:00", "11-09 09:00", "11-16 11:00", "11-23 11:00", "11-30 11:00"]
    assert [e.id for e in fetched.events] == [f"s/202611{day}T080000Z" for day in ("02", "09", "16", "23", "30")]
    assert fetched.events[-1].end - fetched.events[-1].start == timedelta(minutes=30)


def test_an_occurrence_without_its_series(path: Path) -> None:
    fetched = fetch(path, moved(":20261117T130000Z", ":20261116T080000Z"))
    assert [(e.id, e.series_id) for e in fetched.events] == [("s/20261116T080000Z", "s")]


def test_a_broken_change_leaves_the_occurrence_as_it_was(path: Path) -> None:
    fetched = fetch(path, f"{WEEKLY}RRULE:FREQ=WEEKLY", moved(":i går", ":20261116T080000Z"))
    assert len(fetched.events) == 5
    assert [w.code for w in fetched.warnings] == ["broken_event"]


def test_whole_day_series(path: Path) -> None:
    days = "UID:s\nDTSTART;VALUE=DATE:20261106\nRRULE:FREQ=WEEKLY;UNTIL=20261127T230000Z\nEXDATE:20261112T230000Z"
    fetched = fetch(
        path, days, moved(";VALUE=DATE:20261121", ";TZID=Europe/Stockholm:20261120T000000").replace("PT30M", "P1D")
    )
    assert starts(fetched) == ["11-06 00:00", "11-21 00:00", "11-27 00:00"]
    assert [e.id for e in fetched.events] == ["s/20261106", "s/20261120", "s/20261127"]
    assert all(e.all_day for e in fetched.events)


def test_a_series_keeps_its_wall_time_over_the_change_of_clocks(path: Path) -> None:
    daily = "UID:s\nDTSTART;TZID=W. Europe Standard Time:20261023T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY"
    fetched = fetch(path, daily, within=window("2026-10-24", "2026-10-27"))
    assert starts(fetched) == ["10-24 09:00", "10-25 09:00", "10-26 09:00"]
    assert [e.start.hour for e in fetched.events] == [7, 8, 8]


def test_a_series_in_the_hour_that_is_skipped_or_comes_twice(path: Path) -> None:
    night = "UID:s\nDTSTART;TZID=Europe/Stockholm:20260101T023000\nDURATION:PT10M\nRRULE:FREQ=DAILY"
    assert starts(fetch(path, night, within=window("2026-03-29", "2026-03-30"))) == ["03-29 03:30"]
    twice = fetch(path, night, within=window("2026-10-25", "2026-10-26"))
    assert [e.start.hour for e in twice.events] == [0], "the first of the two"


def test_leap_day_and_year_end(path: Path) -> None:
    leap = "UID:s\nDTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY"
    assert [e.id for e in fetch(path, leap, within=window("2024-01-01", "2033-01-01")).events] == [
        "s/20240229",
        "s/20280229",
        "s/20320229",
    ]
    party = "UID:s\nDTSTART;TZID=Europe/Stockholm:20201231T230000\nDURATION:PT3H\nRRULE:FREQ=YEARLY"
    fetched = fetch(path, party, within=window("2027-01-01", "2027-01-02"))
    assert starts(fetched) == ["12-31 23:00"]


def test_a_long_occurrence_that_began_before_the_window(path: Path) -> None:
    trip = "UID:s\nDTSTART;VALUE=DATE:20260105\nDTEND;VALUE=DATE:20260117\nRRULE:FREQ=DAILY;INTERVAL=14"
    assert [e.id for e in fetch(path, trip, within=window("2026-11-20", "2026-11-21")).events] == ["s/20261109"]


# --- Work is bounded -------------------------------------------------------------------------------------------------

BOMBS = [
    "FREQ=SECONDLY",
    "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=WEEKLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=SECONDLY;COUNT=2000000000",
    "FREQ=SECONDLY;INTERVAL=10000;BYSECOND=7",
    "FREQ=YEARLY;BYHOUR="
    + ",".join(map(str, range(24)))
    + ";BYMINUTE="
    + ",".join(map(str, range(60)))
    + ";BYSECOND=1,2",
]


def test_bombs_cost_themselves_and_little_time(path: Path) -> None:
    old = "UID:b{}\nDTSTART;TZID=Europe/Stockholm:19800101T000000\nDURATION:PT1M\nRRULE:{}"
    bombs = [old.format(number, rule) for number, rule in enumerate(BOMBS)]
    path.write_text(calendar(*bombs, f"{WEEKLY}RRULE:FREQ=WEEKLY"), encoding="utf-8", newline="")
    source = ICalendarSource(str(path), timezone=STOCKHOLM)
    begin = time.process_time()
    fetched = source.fetch_events(NOVEMBER, NOW)
    took = time.process_time() - begin
    assert [e.id[:2] for e in fetched.events] == ["s/"] * 5
    assert {w.code for w in fetched.warnings} <= {"too_many_occurrences", "broken_event"}
    assert len(fetched.warnings) == len(BOMBS)
    assert took < 30, took

    begin = time.process_time()
    source.fetch_events(window("2026-12-01", "2026-12-02"), NOW)
    assert time.process_time() - begin < 2, "what was too much once is not tried again"


def test_a_great_many_bombs_are_bounded_together(path: Path) -> None:
    one = "UID:b{}\nDTSTART:19800101T000000\nDURATION:PT1M\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"
    begin = time.process_time()
    fetched = fetch(path, *(one.format(n) for n in range(60)))
    assert time.process_time() - begin < 30
    assert len(fetched.warnings) == 60


def test_a_rule_in_a_zone_definition_is_bounded_too(path: Path) -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Egen\nBEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0100\n"
        "RRULE:FREQ=SECONDLY\nEND:STANDARD\nEND:VTIMEZONE\n"
    )
    fetched = fetch(path, "UID:1\nDTSTART;TZID=Egen:20261124T090000\nDURATION:PT1H", header=zone)
    assert [w.code for w in fetched.warnings] == ["unknown_time_zone"]
    assert len(fetched.events) == 1


def test_an_hourly_series_within_bounds_is_kept(path: Path) -> None:
    hourly = "UID:s\nDTSTART;TZID=Europe/Stockholm:20100101T000000\nDURATION:PT5M\nRRULE:FREQ=HOURLY;INTERVAL=2"
    assert len(starts(fetch(path, hourly, within=window("2026-11-23", "2026-11-24")))) == 12


parts = st.fixed_dictionaries(
    {"FREQ": st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY", "HOURLY"])},
    optional={
        "INTERVAL": st.integers(1, 5).map(str),
        "BYDAY": st.sampled_from(["MO", "TU,TH", "SA,SU"]),
        "BYMONTH": st.sampled_from(["1", "3,11", "12"]),
        "BYMONTHDAY": st.sampled_from(["1", "15,31", "-1"]),
        "WKST": st.sampled_from(["MO", "SU"]),
        "COUNT": st.integers(1, 40).map(str),
    },
)


@given(parts, st.datetimes(datetime(2020, 1, 1), datetime(2026, 1, 1)), st.integers(0, 2_000), st.integers(1, 60))  # noqa: DTZ001
def test_a_bounded_rule_says_what_the_plain_one_says(
    rule: dict[str, str], start: datetime, ahead: int, days: int
) -> None:
    start = start.replace(microsecond=0)
    text = ";".join(f"{key}={value}" for key, value in rule.items())
    plain = rrulestr(text, dtstart=start)
    after = start + timedelta(days=ahead)
    before = after + timedelta(days=days)
    try:
        bounded = BoundedRule(plain, text, start, None, Budget()).between(after, before, inc=True)
    except TooManyOccurrences:
        return
    assert bounded == plain.between(after, before, inc=True)


def test_a_bounded_rule_in_a_zone_starts_by_the_wall() -> None:
    zone = ZoneInfo("Europe/Stockholm")
    start = datetime(2020, 7, 1, 2, 30, tzinfo=zone)
    rule = BoundedRule(rrulestr("FREQ=DAILY", dtstart=start), "FREQ=DAILY", start, None, Budget())
    found = rule.between(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC))
    assert [s.isoformat() for s in found] == ["2026-11-01T02:30:00+01:00", "2026-11-02T02:30:00+01:00"]
