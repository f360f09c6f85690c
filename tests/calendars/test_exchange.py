"""Reading a calendar from an Exchange server: what its items become."""

from __future__ import annotations

import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from b2cal_desktop.core.errors import CalendarUnreachable
from b2cal_desktop.core.model import ShowAs, Window
from tests.servers.exchange_server import ExchangeServer
from tests.servers.exchange_soap import VERSIONS, Item
from tests.servers.exchange_world import ASA, HOUR, MONTH, NOW, STOCKHOLM, World, a_world, meeting


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with a_world(tmp_path, monkeypatch) as world:
        yield world


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_hands_out_the_calendar(world: World, version: str) -> None:
    event = world.only(meeting("MOT: möte <&>", location="Rum 3", uid="U1", kind="Occurrence"), version)
    assert (event.start, event.end) == (NOW, NOW + HOUR)
    assert (event.subject, event.location) == ("MOT: möte <&>", "Rum 3")
    assert (event.show_as, event.series_id) == (ShowAs.BUSY, "U1")
    assert not (event.private or event.declined or event.cancelled or event.all_day)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_version_that_is_set_is_asked_in_at_once(world: World, version: str) -> None:
    world.asa.items = [meeting()]
    server = world.server(version)
    assert world.calendar(server, version=version).fetch_events(MONTH, NOW).events
    assert server.soap.asked == [("FindItem", VERSIONS[version].newest)]


@pytest.mark.parametrize(
    "said", ["ErrorInvalidServerVersion", "ErrorSchemaValidation", "ErrorInvalidSchemaVersionForMailboxVersion"]
)
def test_automatic_steps_down_once_and_remembers(world: World, said: str) -> None:
    """The mailbox may also be on an older server than the one that answers."""
    server = world.server("2010_SP1")
    server.soap.unknown_version = said
    calendar = world.calendar(server)
    calendar.fetch_events(MONTH, NOW)
    calendar.fetch_events(MONTH, NOW)
    assert [schema for _, schema in server.soap.asked] == [
        "Exchange2013",
        "Exchange2010_SP2",
        "Exchange2010_SP1",
        "Exchange2010_SP1",
    ]
    assert len(server.log_ons) == 1


def test_automatic_remembers_also_where_the_calendar_is_closed(world: World) -> None:
    world.bo.rights = {ASA: "free_busy"}
    server = world.server("2007_SP1")
    calendar = world.calendar(server, mailbox="bo@foretag.se")
    calendar.fetch_events(MONTH, NOW)
    stepped = len(server.soap.asked)
    calendar.fetch_events(MONTH, NOW)
    assert {schema for _, schema in server.soap.asked[stepped:]} == {"Exchange2007_SP1"}


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        ("Free", ShowAs.FREE),
        ("Tentative", ShowAs.TENTATIVE),
        ("Busy", ShowAs.BUSY),
        ("OOF", ShowAs.OOF),
        ("WorkingElsewhere", ShowAs.WORKING_ELSEWHERE),
        ("NoData", ShowAs.UNKNOWN),
        ("SomethingNew", ShowAs.UNKNOWN),
    ],
)
def test_every_status(world: World, status: str, shown: ShowAs) -> None:
    assert world.only(meeting(status=status)).show_as is shown


def test_working_elsewhere_needs_the_right_version_in_the_question(world: World) -> None:
    world.asa.items = [meeting(status="WorkingElsewhere")]
    assert world.fetch("2013").events[0].show_as is ShowAs.WORKING_ELSEWHERE
    assert world.fetch("2010_SP2").events[0].show_as is ShowAs.FREE  # such a server does not know better


@pytest.mark.parametrize(
    ("sensitivity", "private"), [("Normal", False), ("Personal", True), ("Private", True), ("Confidential", True)]
)
def test_private(world: World, sensitivity: str, private: bool) -> None:
    assert world.only(meeting(sensitivity=sensitivity)).private is private


def test_cancelled_and_declined_are_told(world: World) -> None:
    assert world.only(meeting(cancelled=True)).cancelled
    assert world.only(meeting(response="Decline")).declined
    assert not world.only(meeting(response="NoResponseReceived")).declined


def test_missing_fields_are_unknown_and_not_busy(world: World) -> None:
    gone = frozenset({"Subject", "LegacyFreeBusyStatus", "Sensitivity", "MyResponseType", "IsCancelled", "UID"})
    event = world.only(meeting(absent=gone, kind="Occurrence"))
    assert (event.subject, event.show_as, event.series_id) == (None, ShowAs.UNKNOWN, None)
    assert not (event.private or event.declined or event.cancelled)


def test_fractions_of_seconds_and_offsets(world: World) -> None:
    assert world.only(meeting(fraction=".1230000")).start == NOW.replace(microsecond=123000)
    told = {"Start": "2026-11-23T09:00:00+01:00", "End": "2026-11-23T10:00:00"}
    event = world.only(meeting(raw=told))
    assert (event.start, event.end) == (NOW, NOW + HOUR)  # without an offset it is the mailbox's time


def test_occurrences_and_exceptions_of_a_series_share_its_id(world: World) -> None:
    day = timedelta(days=1)
    world.asa.items = [
        meeting(start=NOW, uid="U", kind="Occurrence"),
        meeting("UTE: flyttad", start=NOW + day + HOUR, uid="U", kind="Exception"),
        meeting("ensam", start=NOW + 2 * day, uid="E"),
    ]
    assert [event.series_id for event in world.fetch().events] == ["U", "U", None]
    # Some servers call an occurrence Single.
    assert world.only(meeting(uid="U", raw={"IsRecurring": "true"})).series_id == "U"


# Whole days


def whole(first: date, days: int, where: ZoneInfo, **more: Any) -> Item:
    start, end = (datetime(d.year, d.month, d.day, tzinfo=where) for d in (first, first + timedelta(days=days)))
    return meeting("SEM: ledig", start.astimezone(UTC), end=end.astimezone(UTC), all_day=True, **more)


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=STOCKHOLM).astimezone(UTC)


@pytest.mark.parametrize("version", ["2007_SP1", "2010", "2019"])
@pytest.mark.parametrize(
    ("zone", "told"),
    [
        (STOCKHOLM, {"zone": "W. Europe Standard Time"}),
        (ZoneInfo("America/New_York"), {"zone": "Eastern Standard Time"}),
        (ZoneInfo("Asia/Tokyo"), {"zone": "Tokyo Standard Time"}),
        (ZoneInfo("UTC"), {"zone": "tzone://Microsoft/Utc"}),
    ],
)
def test_a_whole_day_is_that_date_here_wherever_it_was_booked(
    world: World, version: str, zone: ZoneInfo, told: dict[str, str]
) -> None:
    day = date(2026, 12, 1)
    event = world.only(whole(day, 2, zone, **told), version)
    assert event.all_day
    assert (event.start, event.end) == (midnight(day), midnight(day + timedelta(days=2)))


CUSTOM = (
    '<t:Periods><t:Period Bias="-PT5H30M" Name="Standard" Id="trule:Microsoft/Registry//1-Standard"/></t:Periods>'
    '<t:TransitionsGroups><t:TransitionsGroup Id="0"/></t:TransitionsGroups>'
)


@pytest.mark.parametrize(
    "told",
    [
        {"zone": "tzone://Microsoft/Custom"},
        {"zone": "Customized Time Zone"},
        {"zone": "", "zone_xml": CUSTOM},
        {"zone": "tzone://Microsoft/Custom", "zone_name": "(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi"},
        {"absent": frozenset({"StartTimeZone", "EndTimeZone"})},
    ],
)
def test_a_zone_of_somebodys_own_harms_nothing(world: World, told: dict[str, str]) -> None:
    day = date(2026, 12, 1)
    world.asa.items = [whole(day, 1, ZoneInfo("Asia/Kolkata"), **told), meeting(**told)]
    timed, all_day = world.fetch().events
    assert timed.start == NOW
    assert (all_day.start, all_day.end) == (midnight(day), midnight(day + timedelta(days=1)))


def test_days_of_23_and_25_hours(world: World) -> None:
    window = Window(datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC))
    world.asa.items = [whole(date(2026, 10, 25), 1, STOCKHOLM)]
    (event,) = world.calendar(world.server()).fetch_events(window, NOW).events
    assert event.end - event.start == timedelta(hours=25)


# The calendar as a whole


def test_what_only_touches_the_window_is_left_out(world: World) -> None:
    day = timedelta(days=1)
    world.asa.items = [
        meeting("före", MONTH.start - HOUR),
        meeting("in i", MONTH.start - HOUR, end=MONTH.start + HOUR),
        meeting("utan längd", NOW, end=NOW),
        meeting("efter", MONTH.end),
        meeting("långt", MONTH.start - 30 * day, end=MONTH.end + day),
    ]
    assert [event.subject for event in world.fetch().events] == ["långt", "in i"]


def test_one_broken_item_costs_a_warning_and_not_the_calendar(world: World) -> None:
    world.asa.items = [
        meeting("hemlig", NOW + HOUR, raw={"Start": "i morgon"}, id="trasig"),
        meeting("utan id", NOW + 2 * HOUR, absent=frozenset({"ItemId"})),
        meeting("hel"),
    ]
    fetched = world.fetch()
    assert [event.subject for event in fetched.events] == ["hel"]
    assert [(warning.code, warning.event_id) for warning in fetched.warnings] == [
        ("broken_event", "trasig"),
        ("broken_event", None),
    ]
    assert "hemlig" not in str(fetched.warnings)


def test_the_same_object_while_nothing_changes(world: World) -> None:
    server = world.server()
    world.asa.items = [meeting()]
    calendar = world.calendar(server)
    first = calendar.fetch_events(MONTH, NOW)
    assert calendar.fetch_events(MONTH, NOW) is first
    world.asa.items[0].subject = "UTE: kund"
    assert calendar.fetch_events(MONTH, NOW).events[0].subject == "UTE: kund"
    assert server.connections == 1 and len(server.log_ons) == 1


def many(count: int) -> list[Item]:
    step = timedelta(days=31) / count
    return [
        meeting(f"MOT: {n}", MONTH.start + n * step, end=MONTH.start + n * step + HOUR, id=f"I{n}")
        for n in range(count)
    ]


@pytest.mark.parametrize("says_when_cut", [True, False])
@pytest.mark.parametrize("limit", [100, 1_000])
def test_thousands_of_events_are_all_read(world: World, limit: int, says_when_cut: bool) -> None:
    server = world.server()
    server.soap.find_limit, server.soap.says_when_cut = limit, says_when_cut
    world.asa.items = many(2_000)
    calendar = world.calendar(server)
    began = time.monotonic()
    tracemalloc.start()
    try:
        events = calendar.fetch_events(MONTH, NOW).events
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [event.id for event in events] == [f"I{n}" for n in range(2_000)]
    assert len(server.log_ons) == 1
    assert time.monotonic() - began < 20
    assert peak < 40_000_000


def test_more_at_one_instant_than_a_server_hands_out_is_an_error_and_not_a_loop(world: World) -> None:
    server = world.server()
    server.soap.find_limit = 3
    world.asa.items = [meeting(str(n), id=str(n)) for n in range(5)]
    with pytest.raises(CalendarUnreachable, match="more events than we can follow"):
        world.calendar(server).fetch_events(MONTH, NOW)
    assert len(server.soap.asked) < 40


ZONES = {
    "W. Europe Standard Time": STOCKHOLM,
    "Eastern Standard Time": ZoneInfo("America/New_York"),
    "Tokyo Standard Time": ZoneInfo("Asia/Tokyo"),
    "UTC": ZoneInfo("UTC"),
}
STATUSES = {
    "Free": ShowAs.FREE,
    "Tentative": ShowAs.TENTATIVE,
    "Busy": ShowAs.BUSY,
    "OOF": ShowAs.OOF,
    "WorkingElsewhere": ShowAs.WORKING_ELSEWHERE,
    "NoData": ShowAs.UNKNOWN,
}
TEXTS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), max_size=20)


@st.composite
def timed_items(draw: st.DrawFn) -> Item:
    start = MONTH.start + timedelta(minutes=draw(st.integers(-2_000, 60_000)))
    length = timedelta(minutes=draw(st.integers(0, 5_000)))
    return _dressed(draw, meeting("", start, end=start + length))


@st.composite
def whole_day_items(draw: st.DrawFn) -> Item:
    zone = draw(st.sampled_from(sorted(ZONES)))
    first = date(2026, 11, 10) + timedelta(days=draw(st.integers(0, 50)))
    return _dressed(draw, whole(first, draw(st.integers(1, 9)), ZONES[zone], zone=zone))


def _dressed(draw: st.DrawFn, item: Item) -> Item:
    item.subject = draw(TEXTS)
    item.status = draw(st.sampled_from(sorted(STATUSES)))
    item.sensitivity = draw(st.sampled_from(["Normal", "Private", "Personal"]))
    item.cancelled, item.response = draw(st.booleans()), draw(st.sampled_from(["Accept", "Decline"]))
    return item


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, ExchangeServer]]:
    with (
        pytest.MonkeyPatch.context() as monkeypatch,
        a_world(tmp_path_factory.mktemp("exchange"), monkeypatch) as world,
    ):
        yield world, world.server()


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(items=st.lists(st.one_of(timed_items(), whole_day_items()), max_size=12))
def test_random_calendars_event_by_event(shared: tuple[World, ExchangeServer], items: list[Item]) -> None:
    world, server = shared
    for number, item in enumerate(items):
        item.id = f"AAMk{number}"
    world.asa.items = items
    got = {event.id: event for event in world.calendar(server).fetch_events(MONTH, NOW).events}
    for item in items:
        start, end = item.start, item.end
        if item.all_day:
            zone = ZONES[item.zone]
            start, end = (midnight(at.astimezone(zone).date()) for at in (start, end))
        event = got.pop(item.id, None)
        assert (event is not None) == (end > start and start < MONTH.end and end > MONTH.start)
        if event is not None:
            assert (event.start, event.end, event.all_day) == (start, end, item.all_day)
            assert (event.subject or "") == item.subject
            assert event.show_as is STATUSES[item.status]
            assert event.private is (item.sensitivity != "Normal")
            assert (event.cancelled, event.declined) == (item.cancelled, item.response == "Decline")
    assert not got


# Around it


def test_nothing_heavy_is_imported_before_the_first_fetch() -> None:
    program = (
        "import sys; from zoneinfo import ZoneInfo; from b2cal_desktop.calendars.exchange import ExchangeCalendar\n"
        "ExchangeCalendar('mail.invalid', user='a', password=lambda: 'b', timezone=ZoneInfo('UTC')).close()\n"
        "print([m for m in ('exchangelib', 'spnego', 'requests', 'lxml') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
