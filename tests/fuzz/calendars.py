"""Calendars: iCalendar text, Exchange's SOAP and Graph's JSON, each through the real reader and on into a plan."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import requests

from b2cal_desktop.calendars.exchange import ExchangeCalendar
from b2cal_desktop.calendars.exchange_answers import Refused
from b2cal_desktop.calendars.exchange_auth import ExchangeAuth
from b2cal_desktop.calendars.exchange_ews import EwsClient, Limits, _Protocol
from b2cal_desktop.calendars.exchange_free_busy import free_busy_events, has_events, has_subjects
from b2cal_desktop.calendars.exchange_stream import StreamEnded, read_notifications
from b2cal_desktop.calendars.graph import GraphCalendar
from b2cal_desktop.calendars.icalendar_calendar import parse_calendar
from b2cal_desktop.core.errors import CalendarError, CalendarProblem
from b2cal_desktop.core.model import Window
from b2cal_desktop.core.ports import Fetched
from b2cal_desktop.core.rules import Method, Rules, lint
from b2cal_desktop.core.schedule import plan
from b2cal_desktop.system.clock import FixedClock
from tests.fuzz.mutate import TAGS, VALUES
from tests.fuzz.target import Canned, Check, Target, answers
from tests.servers.exchange_soap import Item, Mailbox, Soap, fault, notification, response_error
from tests.servers.graph_server import event, whole_day

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
WINDOW = Window(NOW - timedelta(days=8), NOW + timedelta(days=22))
RULES = Rules(method=Method.PREFIX_THEN_STATUS)
DATA = Path(__file__).parents[1] / "calendars" / "data"
STATUSES = (200, 200, 200, 200, 200, 200, 200, 401, 403, 404, 410, 429, 500, 503, 304, 302, 207)


def expect_events(fetched: Fetched) -> None:
    """What is promised of every calendar, and that the rest of the program can live with it."""
    for each in fetched.events:
        assert each.start < each.end
        assert WINDOW.touches(each.start, each.end)
        assert each.start.tzinfo is not None and each.end.tzinfo is not None
        lint(each, RULES)
    plan(fetched.events, RULES, WINDOW, STOCKHOLM)
    json.dumps([warning.text.sv for warning in fetched.warnings]).encode()


@contextmanager
def _icalendar(_folder: Path) -> Iterator[Check]:
    def check(data: bytes) -> None:
        try:
            parsed = parse_calendar(data, "k.ics", user="namn@foretag.se", timezone=STOCKHOLM)
            expect_events(parsed.fetch(WINDOW))
        except CalendarProblem as problem:
            assert problem.message("sv").what.startswith("k.ics")

    yield check


class _Token:
    def get_token(self, *, claims: str | None = None, refresh: bool = False) -> str:
        return f"token-{claims is None}-{refresh}"


@contextmanager
def _graph(_folder: Path) -> Iterator[Check]:
    canned = Canned()
    session, clock = canned.session(), FixedClock(NOW)

    def check(data: bytes) -> None:
        canned.told(data, STATUSES, ("WWW-Authenticate", "Retry-After", "ETag", "Date"))
        canned.asked = []
        calendar = GraphCalendar(
            root="https://graph.test", token=_Token(), timezone=STOCKHOLM, calendars=("two",), clock=clock, http=session
        )
        try:
            expect_events(calendar.fetch_events(WINDOW, NOW))
            calendar.list_calendars(NOW)
        except CalendarError as error:
            assert error.message("en").what
        finally:
            calendar.close()
        assert all(str(asked.url).startswith("https://graph.test/") for asked in canned.asked)

    yield check


class _CannedProtocol(_Protocol):
    """exchangelib's idea of a server with our session, below which every answer is a given one."""

    def __init__(self, canned: Canned, clock: FixedClock) -> None:
        self.canned = canned
        self.sign_in = ExchangeAuth("https://mail.test/EWS/Exchange.asmx", user="anna", password="hemligt")
        limits = Limits(max_bytes=1_000_000)
        super().__init__("https://mail.test/EWS/Exchange.asmx", lambda request: self.sign_in(request), clock, limits)

    def create_session(self) -> requests.Session:
        if not hasattr(self, "_one"):  # reading the system's certificates for each would take all the time
            self._one = super().create_session()
            self._one.mount("https://", self.canned)
        return self._one


class _CannedClient(EwsClient):
    def __init__(self, protocol: _CannedProtocol) -> None:
        protocol.sign_in = ExchangeAuth("https://mail.test/EWS/Exchange.asmx", user="anna", password="hemligt")
        self._host, self._version, self._schemas = "mail.test", "auto", ("Exchange2013", "Exchange2010_SP2")
        self._protocol = protocol

    def close(self) -> None:
        """The protocol lives on."""


class _CannedCalendar(ExchangeCalendar):
    protocol: _CannedProtocol

    def _connected(self) -> EwsClient:
        return _CannedClient(self.protocol)


@contextmanager
def _exchange(folder: Path) -> Iterator[Check]:
    # Where Kerberos is installed, it would ask the DNS for the server's realm, and wait.
    (folder / "krb5.conf").write_text(
        "[libdefaults]\n dns_lookup_kdc = false\n dns_lookup_realm = false\n rdns = false\n"
    )
    os.environ["KRB5_CONFIG"] = str(folder / "krb5.conf")
    canned, clock = Canned(), FixedClock(NOW)
    _CannedCalendar.protocol = _CannedProtocol(canned, clock)

    def check(data: bytes) -> None:
        canned.told(data, STATUSES, ("WWW-Authenticate", "Retry-After", "X-MS-Diagnostics", "Content-Type"))
        canned.asked = []
        calendar = _CannedCalendar(
            "https://mail.test", user="anna", password=lambda: "hemligt", mailbox="a@foretag.se", timezone=STOCKHOLM,
            clock=clock,
        )  # fmt: skip
        try:
            expect_events(calendar.fetch_events(WINDOW, NOW))
        except CalendarError as error:
            assert error.message("en").what
        try:
            view = _CannedClient(_CannedCalendar.protocol).find_free_busy("a@foretag.se", WINDOW.start, WINDOW.end)
            has_events(view), has_subjects(view)
            for each in free_busy_events(view, STOCKHOLM):
                assert each.start.tzinfo is not None
        except (CalendarError, Refused):
            pass
        answer = canned.send(requests.Request("POST", "https://mail.test").prepare())
        with suppress(StreamEnded):
            list(read_notifications(answer))
        assert all(str(asked.url).startswith("https://mail.test/") for asked in canned.asked)

    yield check
    _CannedCalendar.protocol.close()
    del os.environ["KRB5_CONFIG"]


def _soap_answers() -> list[bytes]:
    """What the stand-in answers to the very requests that the product sends."""
    times = (NOW, NOW + timedelta(hours=1))
    items = [
        Item("1", *times, "MOT: rum 4", location="Rum 4"),
        Item("2", NOW.replace(hour=0), NOW.replace(hour=0) + timedelta(days=1), "HEM:", all_day=True, status="OOF"),
        Item("3", *times, "x", sensitivity="Private", kind="Occurrence", uid="u", response="Tentative", cancelled=True),
    ]  # fmt: skip
    soap = Soap("2016", (Mailbox("a@foretag.se", items, {"eva": "details"}),), {"anna": "a@foretag.se"})
    bodies: list[bytes] = []

    class Recorder(Canned):
        def send(self, request: requests.PreparedRequest, *more: object, **others: object) -> requests.Response:
            self.status, self.body = soap.answer(
                bytes(request.body or b""), "eva" if b"Availability" in request.body else "anna"
            )
            bodies.append(self.body)
            return super().send(request, *more, **others)

    client = _CannedClient(_CannedProtocol(Recorder(), FixedClock(NOW)))
    client.find_items("", WINDOW.start, WINDOW.end, 1_000)
    client.find_free_busy("a@foretag.se", WINDOW.start, WINDOW.end)
    client.subscribe("")
    errors = (
        "ErrorAccessDenied",
        "ErrorInvalidServerVersion",
        "ErrorNonExistentMailbox",
        "ErrorCalendarViewRangeTooBig",
    )
    return [
        *bodies, notification("ModifiedEvent"), notification(status="Closed"), fault("ErrorServerBusy", "x", 5_000),
        *(response_error(code) for code in errors),
    ]  # fmt: skip


def _graph_answers() -> list[bytes]:
    shown = [
        event("MOT: rum 4", "2026-11-23T08:00:00.0000000", "2026-11-23T09:00:00.0000000", id="1"),
        whole_day("HEM:", "2026-11-24", "2026-11-25", id="2", showAs="oof", sensitivity="private"),
    ]
    page = {"@odata.context": "https://graph.test/v1.0/$metadata", "value": shown}
    linked = page | {"@odata.nextLink": "https://graph.test/v1.0/me/calendarView?$skip=2"}
    zone = {"timeZone": "W. Europe Standard Time", "workingHours": {
        "daysOfWeek": ["monday", "friday"], "startTime": "08:00:00.0000000", "endTime": "17:00:00.0000000",
        "timeZone": {"@odata.type": "#microsoft.graph.customTimeZone", "name": "Customized Time Zone", "bias": -60},
    }}  # fmt: skip
    calendars = {"value": [{"id": "a", "name": "Calendar", "isDefaultCalendar": True, "owner": {"address": "a@b.se"}}]}
    error = {"error": {"code": "ErrorAccessDenied", "message": "no", "innerError": {"request-id": "1"}}}
    return [json.dumps(value).encode() for value in (page, linked, page | zone, zone, calendars | page, error)]


_CLAIMS = (
    b'\x07Bearer realm="", error="insufficient_claims", claims="eyJhIjp7fX0="\t7\tW/"1"\tMon, 23 Nov 2026 08:00:00 GMT'
)
_ICALENDAR_WORDS = (
    b"BEGIN:VEVENT\r\n",
    b"END:VEVENT\r\n",
    b"BEGIN:VTIMEZONE\r\n",
    b"END:VCALENDAR\r\n",
    b"RRULE:FREQ=SECONDLY\r\n",
    b"RRULE:FREQ=DAILY;COUNT=999999999\r\n",
    b"RRULE:FREQ=YEARLY;BYWEEKNO=54;BYDAY=99MO\r\n",
    b"RRULE:FREQ=MINUTELY;BYSECOND=61\r\n",
    b"RRULE:FREQ=WEEKLY;UNTIL=00010101;INTERVAL=0\r\n",
    b"RRULE:FREQ=MONTHLY;BYMONTHDAY=30;BYMONTH=2\r\n",
    b"RRULE:FREQ=YEARLY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12;BYMONTHDAY=31;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12;BYMINUTE=0,1,2,3,4,5,6,7,8,9\r\n",
    b"RRULE:FREQ=DAILY;BYSETPOS=-366,366\r\n",
    b"RECURRENCE-ID;RANGE=THISANDFUTURE:00010101T000000\r\n",
    b"DTSTART:00010101T000000Z\r\n",
    b"DTSTART;VALUE=DATE:99991231\r\n",
    b"DTSTART;VALUE=DATE:20261123\r\n",
    b"DTEND:20261123T090000Z\r\n",
    b"DURATION:P99999999W\r\n",
    b"DURATION:-PT1H\r\n",
    b"RDATE;VALUE=PERIOD:20261124T080000Z/PT1H\r\n",
    b"RDATE:" + b"20261124T080000Z," * 500 + b"\r\n",
    b"EXDATE:\r\n",
    b"SEQUENCE:-1\r\n",
    b"TZOFFSETTO:+9999\r\n",
    b"TZOFFSETFROM:-235959\r\n",
    b"TZID:Nowhere\r\n",
    b"UID:\r\n",
    b";TZID=",
    b";VALUE=DATE",
    b"20261123T080000",
    b"W. Europe Standard Time",
    b"Europe/Stockholm",
    b"America/../..",
    b"CLASS:PRIVATE\r\n",
    b"SUMMARY:MOT: x\r\n",
    b"FREEBUSY;FBTYPE=BUSY:20261123T080000Z/PT1H\r\n",
    b"ATTENDEE;PARTSTAT=DECLINED:mailto:namn@foretag.se\r\n",
)
_SOAP_WORDS = (
    b"<t:CalendarItem>",
    b"</t:CalendarItem>",
    b'<t:ItemId Id="x"/>',
    b"<t:Start>2026-11-23T08:00:00Z</t:Start>",
    b"<t:Start/>",
    b"<t:End/>",
    b"<t:IsAllDayEvent>true</t:IsAllDayEvent>",
    b"<m:ResponseCode>NoError</m:ResponseCode>",
    b"<m:ResponseCode/>",
    b"NoError",
    b"OOF",
    b"Tentative",
    b'IncludesLastItemInRange="false"',
    b'<t:Value Name="BackOffMilliseconds">x</t:Value>',
    b"BackOffMilliseconds",
    b"<!-- -->",
    b"<?x?>",
    b'<t:StartTimeZone Id="x" Name="(UTC+99:99) y"/>',
    b"xmlns:t='x'",
    b"<s:Fault><faultcode>a:ErrorX</faultcode></s:Fault>",
    b"</s:Envelope>",
)
_JSON_WORDS = (
    b'"@odata.nextLink":"https://graph.test/x"',
    b'"@odata.nextLink":"https://graph.test:443/\\u0000"',
    b'"@odata.nextLink":"//other.test/"',
    b'"@odata.nextLink":"https://graph.test@other.test/"',
    b'"https://graph.test/\\ud800"',
    b'"https://graph.test:99999/"',
    b'"value":{}',
    b'"value":[null,1,"",[]]',
    b'"isAllDay":true',
    b'"dateTime":"2026-11-23"',
    b'"dateTime":"0001-01-01T00:00:00"',
    b'"timeZone":"tzone://Microsoft/Utc"',
    b'"timeZone":"../../etc"',
    b'"error":"x"',
    b'"workingHours":{"daysOfWeek":[1]}',
    b'"startTime":"24:00:00"',
    b'"bias":99999',
    b"\\u202e",
    b"\\ud800",
    b"1e400",
    b"-0",
    b'"id":{}',
    b'"owner":[]',
)

TARGETS = (
    Target(
        "icalendar",
        _icalendar,
        lambda: [path.read_bytes()[:20_000] for path in sorted(DATA.glob("*.ics"))],
        words=_ICALENDAR_WORDS,
        share=15,
    ),
    Target(
        "graph",
        _graph,
        lambda: answers(_graph_answers(), _CLAIMS, b"\x0b\t9", b'\x00\t\tW/"1"'),
        VALUES,
        _JSON_WORDS,
        share=15,
    ),
    Target(
        "exchange",
        _exchange,
        lambda: answers(
            _soap_answers(),
            b'\x07Basic realm="x"\t',
            b"\x07NTLM, Negotiate\t",
            b"\x07NTLM TlRMTVNTUAACAAAA\t",
            b"\x0d\t5",
        ),
        TAGS,
        _SOAP_WORDS,
        share=15,
    ),
)
