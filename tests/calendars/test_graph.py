"""Reading a calendar through Graph, from the stand-in over real HTTP."""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests

from b2cal_desktop.calendars.graph import GraphCalendar
from b2cal_desktop.calendars.graph_http import HourlyUsage, Rate, claims_in
from b2cal_desktop.core.errors import (
    CalendarConsentWithdrawn,
    CalendarError,
    CalendarNeedsSignIn,
    CalendarNoMailbox,
    CalendarRefused,
    CalendarSignInRevoked,
    CalendarThrottled,
    CalendarUnreachable,
)
from b2cal_desktop.core.model import ShowAs, Window
from b2cal_desktop.system.network import new_session
from tests.servers.graph_server import Fault, GraphServer, daily, event, graph_server, whole_day

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
STOCKHOLM = ZoneInfo("Europe/Stockholm")
DAY = Window(datetime(2026, 11, 23, tzinfo=STOCKHOLM), datetime(2026, 11, 24, tzinfo=STOCKHOLM))
MONTH = Window(DAY.start - timedelta(days=7), DAY.start + timedelta(days=35))
GOOD = "good"
EVENT_9 = ("2026-11-23T08:00:00.0000000", "2026-11-23T09:00:00.0000000")


class HandClock:
    """Both clocks, moved by hand."""

    def __init__(self) -> None:
        self.passed = 0.0

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return self.passed


class Tokens:
    """Whoever is signed in; the token of ``renewed`` comes after the first one was refused."""

    def __init__(self, token: str = GOOD, renewed: str | CalendarError = GOOD) -> None:
        self.token, self.renewed = token, renewed
        self.asked: list[tuple[str | None, bool]] = []

    def get_token(self, *, claims: str | None = None, refresh: bool = False) -> str:
        self.asked.append((claims, refresh))
        if not claims and not refresh:
            return self.token
        if isinstance(self.renewed, CalendarError):
            raise self.renewed
        self.token = self.renewed
        return self.token


@pytest.fixture
def graph() -> Iterator[GraphServer]:
    with graph_server() as server:
        yield server


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


Reader = Callable[..., GraphCalendar]


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    with new_session("test") as session:
        yield session


@pytest.fixture
def reader(graph: GraphServer, clock: HandClock, session: requests.Session) -> Iterator[Reader]:
    made: list[GraphCalendar] = []

    def make(**more: Any) -> GraphCalendar:
        options: dict[str, Any] = {"root": graph.root, "token": Tokens(), "timezone": STOCKHOLM, "clock": clock}
        options["http"] = session
        made.append(GraphCalendar(**{**options, **more}))
        return made[-1]

    yield make
    for calendar in made:
        calendar.close()


def views(graph: GraphServer) -> int:
    return sum(asked.path.endswith("/calendarView") for asked in graph.asked)


# What events mean


def test_an_event_arrives_with_all_that_the_rules_need(graph: GraphServer, reader: Reader) -> None:
    graph.events.append(
        event(
            "MOT: Budget", *EVENT_9, id="AAMk1", seriesMasterId="AAMk0", type="occurrence", showAs="tentative",
            location={"displayName": "Rum 4"},
        )
    )  # fmt: skip
    (one,) = reader().fetch_events(DAY, NOW).events
    assert (one.id, one.series_id, one.subject, one.location) == ("AAMk1", "AAMk0", "MOT: Budget", "Rum 4")
    assert (one.start, one.end) == (NOW, NOW + timedelta(hours=1))
    assert one.show_as is ShowAs.TENTATIVE
    assert not (one.private or one.all_day or one.cancelled or one.declined)


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("free", ShowAs.FREE), ("busy", ShowAs.BUSY), ("oof", ShowAs.OOF), ("unknown", ShowAs.UNKNOWN),
        ("workingElsewhere", ShowAs.WORKING_ELSEWHERE), ("unknownFutureValue", ShowAs.UNKNOWN), (None, ShowAs.UNKNOWN),
        (7, ShowAs.UNKNOWN),
    ],
)  # fmt: skip
def test_show_as(graph: GraphServer, reader: Reader, told: object, meant: ShowAs) -> None:
    graph.events.append({**event("x", *EVENT_9), "showAs": told})
    (one,) = reader().fetch_events(DAY, NOW).events
    assert one.show_as is meant


@pytest.mark.parametrize(
    ("told", "private"),
    [("normal", False), (None, False), ("private", True), ("personal", True), ("confidential", True), ("secret", True)],
)
def test_what_is_not_known_to_be_open_is_private(
    graph: GraphServer, reader: Reader, told: str | None, private: bool
) -> None:
    graph.events.append({**event("x", *EVENT_9), "sensitivity": told})
    (one,) = reader().fetch_events(DAY, NOW).events
    assert one.private is private
    assert "x" not in repr(one).split("subject")[-1] or "subject" not in repr(one)


def test_cancelled_and_declined_are_told(graph: GraphServer, reader: Reader) -> None:
    graph.events.append(event("a", *EVENT_9, isCancelled=True))
    graph.events.append(event("b", *EVENT_9, responseStatus={"response": "declined"}))
    first, second = sorted(reader().fetch_events(DAY, NOW).events, key=lambda e: e.subject or "")
    assert (first.cancelled, first.declined, second.cancelled, second.declined) == (True, False, False, True)


@pytest.mark.parametrize(("day", "hours"), [("2026-11-23", 24), ("2026-03-29", 23), ("2026-10-25", 25)])
def test_a_whole_day_is_the_mailbox_zones_own(graph: GraphServer, reader: Reader, day: str, hours: int) -> None:
    start = datetime.fromisoformat(day).replace(tzinfo=STOCKHOLM)
    after = start + timedelta(days=1)
    graph.events.append(whole_day("SEM:", day, after.date().isoformat()))
    (one,) = reader().fetch_events(Window(start, after), NOW).events
    assert one.all_day
    assert one.start == start.astimezone(UTC)
    assert one.end - one.start == timedelta(hours=hours)


def test_whole_days_far_from_utc_are_found(graph: GraphServer, reader: Reader) -> None:
    graph.mailbox = {"timeZone": "Pacific/Auckland"}
    graph.events.append(whole_day("SEM:", "2026-11-23", "2026-11-24"))
    auckland = ZoneInfo("Pacific/Auckland")
    window = Window(datetime(2026, 11, 23, tzinfo=auckland), datetime(2026, 11, 24, tzinfo=auckland))
    fetched = reader().fetch_events(window, NOW)
    assert fetched.timezone == auckland
    assert [(e.start, e.end) for e in fetched.events] == [(window.start, window.end)]


def test_what_only_touches_the_window_is_left_out(graph: GraphServer, reader: Reader) -> None:
    graph.events.append(event("before", "2026-11-22T22:00:00.0000000", "2026-11-22T23:00:00.0000000"))
    graph.events.append(event("at its start", "2026-11-22T22:30:00.0000000", "2026-11-22T23:01:00.0000000"))
    graph.events.append(event("after", "2026-11-23T23:00:00.0000000", "2026-11-24T00:00:00.0000000"))
    graph.events.append(event("without length", EVENT_9[0], EVENT_9[0]))
    assert [e.subject for e in reader().fetch_events(DAY, NOW).events] == ["at its start"]


def test_times_in_a_windows_zone_are_understood(graph: GraphServer, reader: Reader) -> None:
    told = {"dateTime": "2026-11-23T09:00:00.0000000", "timeZone": "W. Europe Standard Time"}
    graph.events.append({**event("x", *EVENT_9), "start": told})
    (one,) = reader().fetch_events(DAY, NOW).events
    assert one.start == NOW


@pytest.mark.parametrize(
    "change",
    [
        {"start": None}, {"start": "2026-11-23"}, {"start": {"dateTime": "soon", "timeZone": "UTC"}}, {"id": None},
        {"end": {"dateTime": EVENT_9[1], "timeZone": "Middle-earth Standard Time"}}, {"end": {"dateTime": 9}},
        {"start": {"dateTime": "0001-01-01T00:00:00", "timeZone": "Pacific/Auckland"}},
    ],
)  # fmt: skip
def test_a_broken_event_costs_a_warning_and_no_more(
    graph: GraphServer, reader: Reader, change: dict[str, object]
) -> None:
    graph.events.append({**event("hemlig rubrik", *EVENT_9), **change})
    graph.events.append(event("hel", *EVENT_9))
    fetched = reader().fetch_events(DAY, NOW)
    assert [e.subject for e in fetched.events] == ["hel"]
    (warning,) = fetched.warnings
    assert warning.code == "broken_event"
    assert "hemlig" not in repr(warning.text)


def test_without_subjects_the_calendar_is_limited(graph: GraphServer, reader: Reader) -> None:
    graph.events.append(event("LUN:", *EVENT_9))
    graph.left_out = frozenset({"subject", "location"})
    fetched = reader().fetch_events(DAY, NOW)
    assert fetched.limited
    assert [e.subject for e in fetched.events] == [None]
    graph.left_out = frozenset()
    graph.events[0]["subject"] = ""
    assert not reader().fetch_events(DAY, NOW).limited


# Cost


def test_an_unchanged_poll_is_one_request_and_the_same_answer(graph: GraphServer, reader: Reader) -> None:
    graph.events.extend(daily("möte", 180, DAY.start.astimezone(UTC), timedelta(hours=4)))
    calendar = reader()
    first = calendar.fetch_events(MONTH, NOW)
    assert len(first.events) == 180
    graph.asked.clear()
    assert calendar.fetch_events(MONTH, NOW) is first
    assert [asked.path for asked in graph.asked] == ["/v1.0/me/calendarView"]
    assert calendar.usage.requests == 3  # two polls, and the mailbox's settings once a day
    before = calendar.usage.bytes
    calendar.fetch_events(MONTH, NOW)
    assert calendar.usage.requests == 4
    # One answer, byte for byte as the server sent it: what 180 events cost a minute.
    assert calendar.usage.bytes - before == graph.sent[-1] < 10_000


def test_a_change_is_noticed_and_a_change_of_no_concern_is_not(graph: GraphServer, reader: Reader) -> None:
    graph.events.append(event("x", *EVENT_9))
    calendar = reader()
    first = calendar.fetch_events(DAY, NOW)
    graph.events[0]["changeKey"] = "someone edited the body"
    assert calendar.fetch_events(DAY, NOW) is first
    graph.events[0]["showAs"] = "free"
    second = calendar.fetch_events(DAY, NOW)
    assert second is not first
    assert second.events[0].show_as is ShowAs.FREE
    graph.events.clear()
    assert calendar.fetch_events(DAY, NOW).events == ()


def test_another_window_is_read_anew(graph: GraphServer, reader: Reader) -> None:
    graph.events.append(event("x", *EVENT_9))
    calendar = reader()
    assert calendar.fetch_events(DAY, NOW).events
    tomorrow = Window(DAY.end, DAY.end + timedelta(days=1))
    assert calendar.fetch_events(tomorrow, NOW).events == ()
    assert calendar.fetch_events(DAY, NOW).events


def test_an_etag_is_offered_back(graph: GraphServer, reader: Reader) -> None:
    graph.etags = True
    graph.events.append(event("x", *EVENT_9))
    calendar = reader()
    first = calendar.fetch_events(DAY, NOW)
    size = calendar.usage.bytes
    assert calendar.fetch_events(DAY, NOW) is first
    assert "if-none-match" in graph.asked[-1].headers
    assert calendar.usage.bytes == size
    graph.events[0]["subject"] = "y"
    assert calendar.fetch_events(DAY, NOW).events[0].subject == "y"
    calendar.fetch_events(MONTH, NOW)
    assert "if-none-match" not in graph.asked[-1].headers


def test_the_first_pages_etag_does_not_hide_a_change_on_the_second(graph: GraphServer, reader: Reader) -> None:
    graph.etags, graph.largest_page = True, 1
    graph.events.extend(daily("möte", 2, NOW))
    calendar = reader()
    calendar.fetch_events(DAY, NOW)
    graph.events[1]["subject"] = "ändrad"
    assert [e.subject for e in calendar.fetch_events(DAY, NOW).events] == ["möte", "ändrad"]


def test_only_what_is_needed_is_asked_for(graph: GraphServer, reader: Reader) -> None:
    reader().fetch_events(DAY, NOW)
    asked = graph.asked[0]
    assert not {"body", "bodyPreview", "attendees", "organizer"} & set(asked.query["$select"].split(","))
    assert asked.headers["prefer"] == 'outlook.timezone="UTC"'
    assert asked.query["startDateTime"] == "2026-11-21T23:00:00Z"
    assert asked.query["endDateTime"] == "2026-11-24T23:00:00Z"


def test_usage_forgets_after_an_hour(clock: HandClock) -> None:
    usage = HourlyUsage(clock)
    usage.count(100)
    clock.passed = 1800
    usage.count(50)
    assert usage.rate == Rate(2, 150)
    clock.passed = 3600
    assert usage.rate == Rate(1, 50)


# Pages


def test_two_hundred_pages(graph: GraphServer, reader: Reader) -> None:
    graph.largest_page = 2
    graph.events.extend(daily("möte", 400, DAY.start.astimezone(UTC), timedelta(hours=2)))
    calendar = reader()
    fetched = calendar.fetch_events(MONTH, NOW)
    assert len(fetched.events) == 400
    assert views(graph) == 200
    graph.events[-1]["subject"] = "ändrad"
    assert calendar.fetch_events(MONTH, NOW) is not fetched


@pytest.mark.parametrize(
    "fault",
    [
        Fault(500), Fault(200, body=b'{"value": [{"id": '), Fault(200, body=b"[]"), Fault(200, body=b'{"value": {}}'),
        Fault(200, body=b'{"value": [], "@odata.nextLink": 7}'), Fault(200, body=b"<html>Sign in to the guest net"),
        Fault(200, body=b'{"value": []}', cut_after=12), Fault(403, body=b"<html>blocked by a proxy"),
    ],
)  # fmt: skip
def test_half_a_calendar_is_no_calendar(graph: GraphServer, reader: Reader, fault: Fault) -> None:
    graph.largest_page = 1
    graph.events.extend(daily("möte", 3, NOW))
    calendar = reader()
    whole = calendar.fetch_events(DAY, NOW)
    graph.events[2]["subject"] = "ändrad"
    graph.faults = [None, None, fault]
    with pytest.raises(CalendarUnreachable):
        calendar.fetch_events(DAY, NOW)
    later = calendar.fetch_events(DAY, NOW)
    assert later != whole
    assert len(later.events) == 3


def test_a_change_seen_before_a_failure_is_not_lost(graph: GraphServer, reader: Reader) -> None:
    graph.calendars["Team/1"] = ("Team", [])
    calendar = reader(calendars=("Team/1",))
    calendar.fetch_events(DAY, NOW)
    graph.events.append(event("ny", *EVENT_9))
    graph.faults = [None, Fault(502)]
    with pytest.raises(CalendarUnreachable):
        calendar.fetch_events(DAY, NOW)
    assert [e.subject for e in calendar.fetch_events(DAY, NOW).events] == ["ny"]


@pytest.mark.parametrize("fault", [Fault(410, "syncStateNotFound"), Fault(400, "SyncStateNotFound")])
def test_a_page_that_ran_out_starts_over_once(graph: GraphServer, reader: Reader, fault: Fault) -> None:
    graph.largest_page = 1
    graph.events.extend(daily("möte", 3, NOW))
    graph.faults = [None, fault]
    calendar = reader()
    assert len(calendar.fetch_events(DAY, NOW).events) == 3
    graph.faults = [fault, fault]
    with pytest.raises(CalendarUnreachable):
        calendar.fetch_events(DAY, NOW)


def test_pages_in_a_ring_end(graph: GraphServer, reader: Reader) -> None:
    link = f"{graph.root}/v1.0/me/calendarView?startDateTime=x"
    ring = Fault(200, body=json.dumps({"value": [], "@odata.nextLink": link}).encode())
    graph.faults = [ring] * 3
    with pytest.raises(CalendarUnreachable):
        reader().fetch_events(DAY, NOW)
    assert len(graph.asked) == 2


# The token stays with Graph


def test_the_token_follows_no_link_and_no_redirect_to_another_host(graph: GraphServer, reader: Reader) -> None:
    with graph_server() as thief:
        own = graph.root.removeprefix("http://")
        links = [thief.root, thief.root.replace("localhost", "127.0.0.1"), "https://graph.microsoft.com.invalid"]
        # A backslash ends the host for those who send, and not for those who only take an address apart.
        links += [f"{thief.root}\\@{own}", f"{thief.root}/@{own}", f"http://a:b@{own}"]
        for link in (f"{base}/v1.0/me/calendarView?p=2" for base in links):
            page = json.dumps({"value": [], "@odata.nextLink": link}).encode()
            for fault in (Fault(200, body=page), Fault(302, headers={"Location": link}, body=b"")):
                graph.faults = [fault]
                with pytest.raises(CalendarRefused):
                    reader().fetch_events(DAY, NOW)
        assert thief.asked == []


def test_a_token_is_never_sent_in_the_clear(clock: HandClock, reader: Reader) -> None:
    with pytest.raises(CalendarUnreachable) as caught:
        reader(root="http://graph.example.invalid").fetch_events(DAY, NOW)
    assert "använd https" in caught.value.message("sv").what


# Refusals


def bearer(claims: str) -> dict[str, str]:
    encoded = base64.b64encode(claims.encode()).decode().rstrip("=")
    return {"WWW-Authenticate": f'Bearer realm="", error="insufficient_claims", claims="{encoded}"'}


def test_a_claims_challenge_is_answered_once(graph: GraphServer, reader: Reader) -> None:
    claims = '{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}'
    graph.faults = [Fault(401, "InvalidAuthenticationToken", bearer(claims))]
    tokens = Tokens()
    assert reader(token=tokens).fetch_events(DAY, NOW).events == ()
    assert tokens.asked[1] == (claims, False)
    graph.faults = [Fault(401, headers=bearer(claims))] * 2
    with pytest.raises(CalendarSignInRevoked):
        reader(token=tokens).fetch_events(DAY, NOW)


def test_a_challenge_that_needs_the_user_says_so(graph: GraphServer, reader: Reader) -> None:
    graph.faults = [Fault(401, headers=bearer("{}"))]
    with pytest.raises(CalendarNeedsSignIn):
        reader(token=Tokens(renewed=CalendarNeedsSignIn("login"))).fetch_events(DAY, NOW)
    assert len(graph.asked) == 1


def test_a_refused_token_is_renewed_once(graph: GraphServer, reader: Reader) -> None:
    tokens = Tokens("old", "good")
    assert reader(token=tokens).fetch_events(DAY, NOW).events == ()
    assert tokens.asked[:2] == [(None, False), (None, True)]
    with pytest.raises(CalendarSignInRevoked):
        reader(token=Tokens("old", "older")).fetch_events(DAY, NOW)


@pytest.mark.parametrize("header", ['Bearer claims="%%%"', 'Bearer claims="W10="', "Bearer", 'Bearer claims="e30'])
def test_a_challenge_that_makes_no_sense_is_none(header: str) -> None:
    class Refusal:
        headers = {"WWW-Authenticate": header}  # noqa: RUF012

    assert claims_in(Refusal()) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(403, "ErrorAccessDenied"), CalendarConsentWithdrawn),
        (Fault(404, "MailboxNotEnabledForRESTAPI"), CalendarNoMailbox),
        (Fault(404, "ResourceNotFound"), CalendarNoMailbox),
        (Fault(400, "ErrorInvalidParameter"), CalendarRefused),
        (Fault(404, body=b"nothing here"), CalendarUnreachable),
        (Fault(407, body=b"proxy"), CalendarUnreachable),
        (Fault(500), CalendarUnreachable),
        (Fault(503), CalendarUnreachable),
    ],
)
def test_every_no_has_its_name(graph: GraphServer, reader: Reader, fault: Fault, error: type[CalendarError]) -> None:
    graph.faults = [fault]
    with pytest.raises(CalendarError) as caught:
        reader().fetch_events(DAY, NOW)
    assert type(caught.value) is error


@pytest.mark.parametrize(
    ("status", "told", "seconds"),
    [(429, "30", 30), (503, "120", 120), (429, "Mon, 23 Nov 2026 08:01:00 GMT", 60), (429, None, None)],
)
def test_while_graph_asks_to_wait_nothing_is_sent(
    graph: GraphServer, reader: Reader, clock: HandClock, status: int, told: str | None, seconds: float | None
) -> None:
    graph.faults = [Fault(status, "ApplicationThrottled", {"Retry-After": told} if told else {})]
    calendar = reader()
    with pytest.raises(CalendarThrottled) as caught:
        calendar.fetch_events(DAY, NOW)
    assert caught.value.retry_after == seconds
    if seconds is None:
        return
    clock.passed = seconds - 1
    with pytest.raises(CalendarThrottled):
        calendar.fetch_events(DAY, NOW)
    assert len(graph.asked) == 1
    clock.passed = seconds
    assert calendar.fetch_events(DAY, NOW).events == ()


def test_nobody_there(clock: HandClock, reader: Reader) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with pytest.raises(CalendarUnreachable):
        reader(root=f"http://localhost:{port}").fetch_events(DAY, NOW)


def test_no_secret_in_what_is_shown(graph: GraphServer, reader: Reader) -> None:
    graph.faults = [Fault(500)]
    calendar = reader(token=Tokens("s3cret"))
    with pytest.raises(CalendarUnreachable) as caught:
        calendar.fetch_events(DAY, NOW)
    assert "s3cret" not in repr(calendar) + str(caught.value) + repr(caught.value.details)


# The mailbox, further calendars, clocks


def test_the_mailbox_tells_zone_and_hours_once_a_day(graph: GraphServer, reader: Reader, clock: HandClock) -> None:
    graph.mailbox = {
        "timeZone": "GMT Standard Time",
        "workingHours": {
            "daysOfWeek": ["monday", "friday"], "startTime": "08:30:00.0000000", "endTime": "17:00:00.0000000",
            "timeZone": {"name": "GMT Standard Time"},
        },
    }  # fmt: skip
    graph.events.append(whole_day("SEM:", "2026-11-23", "2026-11-24"))
    calendar = reader()
    for _ in range(3):
        fetched = calendar.fetch_events(DAY, NOW)
    assert str(fetched.timezone) == "Europe/London"
    assert fetched.events[0].start == datetime(2026, 11, 23, tzinfo=UTC)
    assert calendar.mailbox.hours is not None
    assert (calendar.mailbox.hours.days, calendar.mailbox.hours.start) == (frozenset({0, 4}), time(8, 30))
    assert fetched.hours == calendar.mailbox.hours
    assert len(graph.asked) == 4
    graph.mailbox["timeZone"] = "Europe/Stockholm"
    clock.passed = 86_400
    assert calendar.fetch_events(DAY, NOW).events[0].start == DAY.start


def test_a_chosen_time_zone_wins_over_the_mailbox(graph: GraphServer, reader: Reader) -> None:
    graph.mailbox = {"timeZone": "Pacific/Auckland"}
    fetched = reader(follow_mailbox=False).fetch_events(DAY, NOW)
    assert fetched.timezone is None


@pytest.mark.parametrize("mailbox", [None, {"timeZone": "Middle-earth"}, {"workingHours": {"daysOfWeek": ["monday"]}}])
def test_a_mailbox_that_tells_nothing_is_no_obstacle(
    graph: GraphServer, reader: Reader, mailbox: dict[str, Any] | None
) -> None:
    graph.mailbox = mailbox
    calendar = reader()
    assert calendar.fetch_events(DAY, NOW).timezone is None
    assert calendar.mailbox.hours is None


def test_further_calendars_count_and_a_lost_one_is_told(graph: GraphServer, reader: Reader) -> None:
    graph.calendars["AAMk/Team=="] = ("Team", [event("team", *EVENT_9)])
    graph.events.append(event("egen", *EVENT_9))
    calendar = reader(calendars=("AAMk/Team==",))
    names = calendar.list_calendars(NOW)
    assert [(n.id, n.name, n.primary) for n in names] == [("primary", "Kalender", True), ("AAMk/Team==", "Team", False)]
    assert sorted(e.subject or "" for e in calendar.fetch_events(DAY, NOW).events) == ["egen", "team"]
    del graph.calendars["AAMk/Team=="]
    fetched = calendar.fetch_events(DAY, NOW)
    assert [e.subject for e in fetched.events] == ["egen"]
    assert [w.code for w in fetched.warnings] == ["calendar_missing"]
    assert calendar.fetch_events(DAY, NOW) is fetched


def test_only_calendars_of_ones_own_are_offered(graph: GraphServer, reader: Reader) -> None:
    graph.calendars["AAMkBo"] = ("Bos kalender", [])
    graph.calendars["AAMkProjekt"] = ("arkiv", [])
    graph.owners = {"primary": "Anna@foretag.se", "AAMkBo": "bo@foretag.se", "AAMkProjekt": "anna@foretag.se"}
    assert [name.id for name in reader().list_calendars(NOW)] == ["primary", "AAMkProjekt"]
    graph.owners = {"AAMkBo": "bo@foretag.se"}
    assert len(reader().list_calendars(NOW)) == 3  # where Graph does not tell who we are, nobody is left out


@pytest.mark.parametrize("fault", [Fault(200, body=b'{"value": {}}'), Fault(404, "ErrorItemNotFound"), Fault(500)])
def test_calendars_that_cannot_be_listed_are_a_typed_error(graph: GraphServer, reader: Reader, fault: Fault) -> None:
    graph.faults = [fault]
    with pytest.raises(CalendarError):
        reader().list_calendars(NOW)


@pytest.mark.parametrize(("ahead", "code"), [(60, []), (-400, ["clock_skew"]), (400, ["clock_skew"])])
def test_a_wrong_clock_is_told(graph: GraphServer, reader: Reader, ahead: int, code: list[str]) -> None:
    graph.now = lambda: NOW + timedelta(seconds=ahead)
    calendar = reader()
    fetched = calendar.fetch_events(DAY, NOW)
    assert [w.code for w in fetched.warnings] == code
    if code:
        assert ("efter" if ahead > 0 else "före") in fetched.warnings[0].text.sv
        graph.now = lambda: NOW
        assert calendar.fetch_events(DAY, NOW).warnings == ()
