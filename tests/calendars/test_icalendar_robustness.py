"""Nonsense only ever costs a typed error or a warning, and the time for a large calendar is small."""

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from b2cal_desktop.calendars.icalendar_calendar import MOST_EVENTS, parse_calendar
from b2cal_desktop.calendars.icalendar_file import ICalendarSource
from b2cal_desktop.core.errors import CalendarProblem
from b2cal_desktop.core.model import Window
from b2cal_desktop.core.ports import Fetched

from .test_icalendar_file import DATA, NOW, SAMPLE, STOCKHOLM, calendar

WINDOW = Window(datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 12, 23, tzinfo=UTC))
REAL = [path.read_bytes() for path in (*sorted(DATA.glob("*.ics")), SAMPLE)]
NASTY = [
    b"\0",
    b'"',
    b";TZID=",
    b":",
    b"\r\n ",
    b"BEGIN:VEVENT\r\n",
    b"END:VEVENT\r\n",
    b"END:VCALENDAR\r\n",
    b"RRULE:FREQ=SECONDLY\r\n",
    b"RRULE:FREQ=DAILY;COUNT=0\r\n",
    b"RRULE:FREQ=YEARLY;BYWEEKNO=54;BYDAY=99MO\r\n",
    b"RRULE:FREQ=WEEKLY;UNTIL=00010101;INTERVAL=9999\r\n",
    b"RECURRENCE-ID;RANGE=THISANDFUTURE:00010101T000000\r\n",
    b"RECURRENCE-ID:99991231T235959Z\r\n",
    b"DTSTART:00010101T000000Z\r\n",
    b"DTSTART;VALUE=DATE:99991231\r\n",
    b"DTSTART;VALUE=PERIOD:20261124T080000Z/PT1H\r\n",
    b"DURATION:P99999999W\r\n",
    b"RDATE;VALUE=PERIOD:20261124T080000Z/19990101T000000Z\r\n",
    b"EXDATE:\r\n",
    b"SEQUENCE:-1\r\n",
    b"TZOFFSETTO:+9999\r\n",
    b"UID:\r\n",
]


def check(data: bytes) -> None:
    try:
        parsed = parse_calendar(data, "k.ics", user="namn@foretag.se", timezone=STOCKHOLM)
        fetched = parsed.fetch(WINDOW)
    except CalendarProblem as problem:
        assert problem.message("sv").what.startswith("k.ics")
        return
    assert isinstance(fetched, Fetched)
    for event in fetched.events:
        assert event.start < event.end
        assert WINDOW.touches(event.start, event.end)
        assert event.start.tzinfo is not None
    assert parsed.fetch(WINDOW).events == fetched.events, "the same question has the same answer"


@given(st.binary(max_size=300))
@example(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART\nEND:VEVENT\nEND:VCALENDAR")
def test_random_bytes(data: bytes) -> None:
    check(data)
    check(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + data + b"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")


@given(st.data())
def test_mutated_calendars(data: st.DataObject) -> None:
    mutated = data.draw(st.sampled_from(REAL))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(mutated)))
        cut = data.draw(st.integers(0, 40))
        put = data.draw(st.one_of(st.sampled_from(NASTY), st.binary(max_size=6)))
        mutated = mutated[:at] + put + mutated[at + cut :]
    check(mutated)


@given(
    st.lists(
        st.sampled_from(NASTY + REAL[0].splitlines(keepends=True) + REAL[2].splitlines(keepends=True)), max_size=40
    )
)
def test_shuffled_lines(lines: list[bytes]) -> None:
    check(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20261124T080000Z\r\n" + b"".join(lines) + b"END:VCALENDAR\r\n")


def test_deep_nesting_and_endless_lines() -> None:
    begin = time.process_time()
    check(b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 100_000)
    check(b"BEGIN:VCALENDAR\r\n" + b"BEGIN:X\r\n" * 100_000 + b"END:X\r\n" * 100_000 + b"END:VCALENDAR\r\n")
    check(b"BEGIN:VCALENDAR\r\nX:" + b"\r\n a" * 200_000 + b"\r\nEND:VCALENDAR\r\n")
    check(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nATTENDEE" + b";CN=" * 50_000 + b"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
    assert time.process_time() - begin < 30


def many(count: int, start: datetime, apart: timedelta) -> bytes:
    events = []
    zone = "TZID=W. Europe Standard Time"
    for number in range(count):
        at = start + number * apart
        events.append(
            f"UID:{number}\nDTSTART;{zone}:{at:%Y%m%dT%H%M%S}\n"
            f"DTEND;{zone}:{at + timedelta(hours=1):%Y%m%dT%H%M%S}\n"
            f"SUMMARY:Möte {number}\nDESCRIPTION:{'x' * 60}\n {'y' * 70}\n"
            "X-MICROSOFT-CDO-BUSYSTATUS:BUSY\nCLASS:PUBLIC"
        )
    return calendar(*events).encode()


def test_ten_thousand_events_are_quick(tmp_path: Path) -> None:
    path = tmp_path / "k.ics"
    path.write_bytes(many(10_000, datetime(2026, 11, 23), timedelta(minutes=4)))  # noqa: DTZ001  a wall time
    source = ICalendarSource(str(path), timezone=STOCKHOLM)

    def seconds(window: Window, expected: int) -> float:
        begin = time.process_time()
        assert len(source.fetch_events(window, NOW).events) == expected
        return time.process_time() - begin

    month = Window(datetime(2026, 11, 22, tzinfo=UTC), WINDOW.end)
    day = Window(datetime(2026, 11, 24, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC))
    # Ten times what it takes: this catches a wrong order of growth, also under coverage on a busy machine.
    assert seconds(month, 10_000) < 8
    assert seconds(month, 10_000) < 0.1, "nothing changed"
    assert seconds(day, 24 * 15 + 14) < 3, "another window"


def test_nothing_heavy_is_loaded_before_the_first_fetch() -> None:
    code = (
        "import sys, datetime; from b2cal_desktop.calendars.icalendar_file import ICalendarSource as S;"
        "S('https://kalender.invalid/x', timezone=datetime.UTC); S('/x.ics', timezone=datetime.UTC);"
        "print(*{'icalendar', 'recurring_ical_events', 'requests', 'truststore', 'dateutil'} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "\n"


def test_more_events_than_anybody_has(tmp_path: Path) -> None:
    data = many(MOST_EVENTS + 10, datetime(2026, 11, 24), timedelta(0))  # noqa: DTZ001  a wall time
    fetched = parse_calendar(data, "k.ics", user="", timezone=ZoneInfo("UTC")).fetch(WINDOW)
    assert len(fetched.events) == MOST_EVENTS
    assert [w.code for w in fetched.warnings] == ["too_many_occurrences"]
