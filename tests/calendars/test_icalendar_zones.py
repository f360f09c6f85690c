"""Zones that a calendar defines by itself obey PEP 495, as the standard library's do."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2cal_desktop.calendars.icalendar_text import read_blocks
from b2cal_desktop.calendars.icalendar_zones import CalendarZones
from b2cal_desktop.calendars.time_zones import CustomZone, display_zone, local_midnight, named_zone

STOCKHOLM = ZoneInfo("Europe/Stockholm")
DEFINITION = """BEGIN:VCALENDAR
BEGIN:VTIMEZONE
TZID:Egen
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
END:VCALENDAR
"""


def defined(text: str = DEFINITION) -> CalendarZones:
    return CalendarZones(read_blocks(text, "k.ics")[0].inner, UTC, "k.ics")


ZONE = defined().find("Egen", 1)
walls = st.datetimes(datetime(2000, 1, 1), datetime(2055, 1, 1))  # noqa: DTZ001  wall times


def test_the_definition_is_used() -> None:
    assert isinstance(ZONE, CustomZone)
    assert datetime(2026, 7, 1, tzinfo=ZONE).tzname() == "Egen"


@given(walls, st.sampled_from([0, 1]))
def test_wall_times_as_the_standard_library_reads_them(wall: datetime, fold: int) -> None:
    wall = wall.replace(fold=fold)
    assert wall.replace(tzinfo=ZONE).utcoffset() == wall.replace(tzinfo=STOCKHOLM).utcoffset()


@given(st.sampled_from([(3, 29), (10, 25)]), st.integers(0, 6 * 60), st.sampled_from([0, 1]))
def test_the_hours_around_a_change(day: tuple[int, int], minute: int, fold: int) -> None:
    wall = (datetime(2026, *day) + timedelta(minutes=minute)).replace(fold=fold)  # noqa: DTZ001  a wall time
    assert wall.replace(tzinfo=ZONE).utcoffset() == wall.replace(tzinfo=STOCKHOLM).utcoffset()
    instant = wall.replace(tzinfo=STOCKHOLM).astimezone(UTC)
    there = instant.astimezone(ZONE)
    assert (there.replace(tzinfo=None), there.fold) == (
        instant.astimezone(STOCKHOLM).replace(tzinfo=None),
        instant.astimezone(STOCKHOLM).fold,
    )
    assert there.astimezone(UTC) == instant


def test_a_broken_definition_is_told_of_once() -> None:
    zones = defined(DEFINITION.replace("TZOFFSETTO:+0200", "TZOFFSETTO:strax"))
    assert [zones.find("Egen", 7), zones.find("Egen", 8)] == [UTC, UTC]
    (warning,) = zones.warnings
    assert warning.text.sv == "k.ics, rad 7: tidszonen ”Egen” är okänd; vi räknar i din egen."


def test_a_definition_may_name_its_place() -> None:
    assert defined(DEFINITION.replace("TZID:Egen", "TZID:Egen\nX-LIC-LOCATION:Europe/Paris")).find(
        "Egen", 1
    ) == ZoneInfo("Europe/Paris")


@pytest.mark.parametrize("name", ["", "/", "x" * 300, "../../../etc/passwd", "Europe", "a\0b", "Customized Time Zone"])
def test_names_that_mean_nothing(name: str) -> None:
    assert named_zone(name) is None
    assert display_zone(name) is None


@given(st.text(max_size=30))
def test_any_name_is_harmless(name: str) -> None:
    named_zone(name)
    display_zone(name)
    display_zone(f"(UTC{name})")


def test_local_midnight() -> None:
    assert local_midnight(2026, 3, 29, STOCKHOLM) == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert local_midnight(2026, 9, 6, ZoneInfo("America/Santiago")) == datetime(2026, 9, 6, 4, tzinfo=UTC)
