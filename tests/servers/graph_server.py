"""A stand-in for Microsoft Graph that keeps calendars and answers calendarView as the real one does.

As strict, too: a missing token, a missing window or an unknown option is refused with Graph's own error body. Pages of
10 unless ``$top`` asks for more; times in UTC only if ``Prefer`` asks for them; events that merely touch the window are
in it; gzip where accepted. Events are checked against Microsoft's published types as they are made.
"""

from __future__ import annotations

import gzip
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit
from zoneinfo import ZoneInfo

from tests.servers.graph_schema import check

STOCKHOLM = ZoneInfo("Europe/Stockholm")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]

    @property
    def token(self) -> str | None:
        return self.headers.get("authorization", "").removeprefix("Bearer ") or None


@dataclass(frozen=True, slots=True)
class Fault:
    """What the next request gets in place of an answer. ``body`` None: Graph's error of that status."""

    status: int
    code: str = "UnknownError"
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    cut_after: int | None = None

    def content(self) -> bytes:
        error = {"error": {"code": self.code, "message": "…", "innerError": {"request-id": "1"}}}
        return json.dumps(error).encode() if self.body is None else self.body


def event(subject: str | None, start: str, end: str, **more: Any) -> dict[str, Any]:
    """An event as Graph keeps it, with ``start`` and ``end`` in UTC."""
    made: dict[str, Any] = {
        "id": more.pop("id", f"AAMk{subject or ''}{start}"),
        "changeKey": "DwAAABYAAAA=",
        "subject": subject or "",
        "bodyPreview": "hemligt",
        "importance": "normal",
        "sensitivity": "normal",
        "isAllDay": False,
        "isCancelled": False,
        "isOrganizer": True,
        "showAs": "busy",
        "type": "singleInstance",
        "seriesMasterId": None,
        "responseStatus": {"response": "organizer", "time": "0001-01-01T00:00:00Z"},
        "start": {"dateTime": start, "timeZone": "UTC"},
        "end": {"dateTime": end, "timeZone": "UTC"},
        "location": {"displayName": "", "locationType": "default"},
    }
    made |= more
    check(made, "Event")
    return made


def whole_day(subject: str, first: str, after: str, **more: Any) -> dict[str, Any]:
    """A whole-day event from the date ``first`` until the date ``after``."""
    return event(subject, f"{first}T00:00:00.0000000", f"{after}T00:00:00.0000000", isAllDay=True, **more)


class GraphServer:
    """A running stand-in. ``knows_token`` decides on tokens; ``now`` is its clock."""

    def __init__(self, tls: ssl.SSLContext | None, knows_token: Callable[[str], bool]) -> None:
        self.calendars: dict[str, tuple[str, list[dict[str, Any]]]] = {"primary": ("Kalender", [])}
        self.owners: dict[str, str] = {}
        self.mailbox: dict[str, Any] | None = None
        self.sent: list[int] = []
        self.faults: list[Fault | None] = []
        self.asked: list[Asked] = []
        self.complaints: list[str] = []
        self.left_out: frozenset[str] = frozenset()
        self.largest_page = 1000
        self.etags = False
        self.now: Callable[[], datetime] = lambda: datetime(2026, 11, 23, 8, tzinfo=UTC)
        self.knows_token = knows_token
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._server.tls = tls
        self.root = f"http{'s' if tls else ''}://localhost:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def events(self) -> list[dict[str, Any]]:
        """The primary calendar's; change it as a person in Outlook would."""
        return self.calendars["primary"][1]

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        assert not self.complaints, self.complaints

    def answer(self, asked: Asked) -> Fault | tuple[dict[str, Any], str | None]:
        """What ``asked`` gets: a fault, or the JSON and an ETag."""
        with self._lock:
            self.asked.append(asked)
            if self.faults and (fault := self.faults.pop(0)) is not None:
                return fault
            if asked.token is None or not self.knows_token(asked.token):
                return Fault(401, "InvalidAuthenticationToken", {"WWW-Authenticate": 'Bearer realm=""'})
            return self._route(asked)

    def _route(self, asked: Asked) -> Fault | tuple[dict[str, Any], str | None]:
        parts = asked.path.split("/")
        if asked.path == "/v1.0/me/mailboxSettings":
            if self.mailbox is None:
                return Fault(403, "ErrorAccessDenied")
            check(self.mailbox, "MailboxSettings")
            return self.mailbox, None
        if asked.path == "/v1.0/me/calendars":
            listed: list[dict[str, Any]] = [
                {"id": key, "name": name, "isDefaultCalendar": key == "primary"}
                for key, (name, _) in self.calendars.items()
            ]
            for calendar in listed:
                if calendar["id"] in self.owners:
                    calendar["owner"] = {"name": "…", "address": self.owners[calendar["id"]]}
            for calendar in listed:
                check(calendar, "Calendar")
            return {"value": listed}, None
        name = "primary" if asked.path == "/v1.0/me/calendarView" else unquote(parts[4]) if len(parts) == 6 else ""
        if parts[-1] != "calendarView" or name not in self.calendars:
            return Fault(404, "ErrorItemNotFound")
        return self._view(asked, self.calendars[name][1])

    def _view(self, asked: Asked, events: list[dict[str, Any]]) -> Fault | tuple[dict[str, Any], str | None]:
        query = asked.query
        unknown = query.keys() - {"startDateTime", "endDateTime", "$select", "$top", "$skip"}
        if unknown or not {"startDateTime", "endDateTime"} <= query.keys():
            self.complaints.append(f"not a calendarView: {query}")
            return Fault(400, "ErrorInvalidParameter")
        start, end = (datetime.fromisoformat(query[key]) for key in ("startDateTime", "endDateTime"))
        chosen = sorted((e for e in events if _touches(e, start, end)), key=lambda e: str(e["start"]))
        size = min(int(query.get("$top", "10")), self.largest_page)
        first = int(query.get("$skip", "0"))
        selected = query["$select"].split(",") if "$select" in query else None
        in_utc = 'outlook.timezone="UTC"' in asked.headers.get("prefer", "")
        page: dict[str, Any] = {"@odata.context": f"{self.root}/v1.0/$metadata#users('1')/calendarView"}
        page["value"] = [self._shown(e, selected, in_utc) for e in chosen[first : first + size]]
        if first + size < len(chosen):
            page["@odata.nextLink"] = f"{self.root}{asked.path}?" + urlencode({**query, "$skip": first + size})
        etag = f'W/"{hash(json.dumps(page))}"' if self.etags else None
        return page, etag

    def _shown(self, item: dict[str, Any], selected: list[str] | None, in_utc: bool) -> dict[str, Any]:
        keys = item.keys() if selected is None else [*selected, "id"]
        shown = {key: item[key] for key in keys if key in item and key not in self.left_out}
        if not in_utc and not item["isAllDay"]:
            for key in ("start", "end"):
                at = datetime.fromisoformat(item[key]["dateTime"]).replace(tzinfo=UTC).astimezone(STOCKHOLM)
                shown[key] = {"dateTime": f"{at:%Y-%m-%dT%H:%M:%S}.0000000", "timeZone": "W. Europe Standard Time"}
        return {"@odata.etag": f'W/"{item["changeKey"]}"', **shown}


def _touches(item: dict[str, Any], start: datetime, end: datetime) -> bool:
    try:
        own = [datetime.fromisoformat(item[key]["dateTime"]).replace(tzinfo=UTC) for key in ("start", "end")]
    except (ValueError, TypeError, LookupError):
        return True  # a broken event, for tests of those
    return own[0] <= end and own[1] >= start


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    tls: ssl.SSLContext | None = None

    def finish_request(self, request: Any, client_address: Any) -> None:
        request.settimeout(20)
        try:
            if self.tls is not None:
                request = self.tls.wrap_socket(request, server_side=True)
            super().finish_request(request, client_address)
        except OSError:
            pass  # the client went away, or did not like our certificate
        finally:
            request.close()


def _handler(graph: GraphServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            query = dict(parse_qsl(url.query, keep_blank_values=True))
            assert len(query) == len(parse_qs(url.query, keep_blank_values=True))
            asked = Asked(url.path, query, {k.lower(): v for k, v in self.headers.items()})
            answer = graph.answer(asked)
            if isinstance(answer, Fault):
                self._send(answer.status, answer.content(), answer.headers, answer.cut_after)
                return
            page, etag = answer
            if etag is not None and asked.headers.get("if-none-match") == etag:
                self._send(304, b"", {"ETag": etag})
                return
            self._send(200, json.dumps(page).encode(), {"ETag": etag} if etag else {})

        def _send(self, status: int, body: bytes, headers: dict[str, str], cut_after: int | None = None) -> None:
            headers = {"Content-Type": "application/json", **headers}
            if "gzip" in self.headers.get("Accept-Encoding", "") and body:
                body = gzip.compress(body, mtime=0)
                headers["Content-Encoding"] = "gzip"
            self.send_response_only(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Date", format_datetime(graph.now(), usegmt=True))
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "close")
            self.close_connection = True
            self.end_headers()
            graph.sent.append(len(body))
            self.wfile.write(body if cut_after is None else body[:cut_after])

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


@contextmanager
def graph_server(
    tls: ssl.SSLContext | None = None, knows_token: Callable[[str], bool] = lambda token: token == "good"
) -> Iterator[GraphServer]:
    """A running stand-in."""
    server = GraphServer(tls, knows_token)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def daily(subject: str, count: int, first: datetime, every: timedelta = timedelta(hours=1)) -> list[dict[str, Any]]:
    """``count`` half-hour events, one every ``every`` from ``first``."""
    starts = [first + number * every for number in range(count)]
    return [
        event(
            subject,
            f"{at:%Y-%m-%dT%H:%M:%S}.0000000",
            f"{at + timedelta(minutes=30):%Y-%m-%dT%H:%M:%S}.0000000",
            id=f"AAMk{number:06}",
        )
        for number, at in enumerate(starts)
    ]
