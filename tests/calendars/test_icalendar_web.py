"""The iCalendar source over a real TLS server on this machine, well and badly behaved."""

import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import trustme

from b2cal_desktop.calendars.icalendar_file import ICalendarSource, Limits
from b2cal_desktop.core.errors import (
    CalendarError,
    CalendarProblem,
    CalendarRefused,
    CalendarThrottled,
    CalendarUnreachable,
)
from b2cal_desktop.core.model import Window
from b2cal_desktop.core.ports import Fetched
from b2cal_desktop.system.clock import SystemClock
from b2cal_desktop.system.network import new_session

from .icalendar_host import Answer, CalendarHost, calendar, cut_off, status, trickle

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 11, 23, 9, tzinfo=STOCKHOLM)
DAY = Window(datetime(2026, 11, 23, tzinfo=STOCKHOLM), datetime(2026, 11, 24, tzinfo=STOCKHOLM))


def event(hour: int) -> bytes:
    return (
        f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261123T{hour:02}0000Z\r\nDURATION:PT1H\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    ).encode()


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def host(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CalendarHost]:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with CalendarHost(authority) as host:
        yield host


def fetch(address: str, limits: Limits | None = None) -> Fetched:
    source = ICalendarSource(address, timezone=STOCKHOLM, limits=limits)
    try:
        return source.fetch_events(DAY, NOW)
    finally:
        source.close()


def failure(address: str, limits: Limits | None = None) -> CalendarError:
    with pytest.raises(CalendarError) as caught:
        fetch(address, limits)
    told = f"{caught.value} {caught.value!r} {caught.value.message('sv')} {caught.value.details}"
    for secret in ("hemlig", "token", "kalender.ics", "lösen", "anna"):
        assert secret not in told, told
    assert caught.value.__cause__ is None, "a traceback in a log would show the address"
    return caught.value


@pytest.mark.parametrize("zipped", [False, True])
def test_fetches_over_tls(host: CalendarHost, zipped: bool) -> None:
    host.answer = calendar(event(8), zipped=zipped)
    assert [e.start.hour for e in fetch(host.address).events] == [8]
    path, headers = host.asked[0]
    assert path.startswith("/hemlig-nyckel/")
    assert headers["User-Agent"].startswith("B2CalDesktop/")
    assert "Authorization" not in headers


def test_webcal_is_https(host: CalendarHost) -> None:
    host.answer = calendar(event(8))
    assert fetch(host.address.replace("https:", "WebCal:")).events


@pytest.mark.parametrize("stamp", ["etag", "last_modified"])
def test_asks_only_for_changes(host: CalendarHost, stamp: str) -> None:
    source = ICalendarSource(host.address, timezone=STOCKHOLM)
    host.answer = calendar(event(8), **{stamp: "Mon, 23 Nov 2026 07:00:00 GMT"})
    first = source.fetch_events(DAY, NOW)
    assert source.fetch_events(DAY, NOW) is first
    assert ("If-None-Match" in host.asked[1][1]) is (stamp == "etag")
    host.answer = calendar(event(10), **{stamp: "Mon, 23 Nov 2026 09:00:00 GMT"})
    assert [e.start.hour for e in source.fetch_events(DAY, NOW).events] == [10]

    host.answer = calendar(b"BEGIN:VCALENDAR\r\n", **{stamp: "Mon, 23 Nov 2026 10:00:00 GMT"})
    for _ in range(2):  # an answer that was of no use is never "unchanged"
        with pytest.raises(CalendarProblem) as caught:
            source.fetch_events(DAY, NOW)
        assert caught.value.path == f"localhost:{host.port}"
    source.close()


def test_304_that_nobody_asked_for(host: CalendarHost) -> None:
    host.answer = status(304)
    assert isinstance(failure(host.address), CalendarRefused)


def test_unchanged_content_needs_no_network_of_ours(host: CalendarHost) -> None:
    host.answer = calendar(event(8))
    with new_session("Annan/1") as session:
        source = ICalendarSource(host.address, timezone=STOCKHOLM, http=session)
        assert source.fetch_events(DAY, NOW).events
        source.close()
        assert source.fetch_events(DAY, NOW).events, "a session that was given stays open"
    assert host.asked[0][1]["User-Agent"] == "Annan/1"


@pytest.mark.parametrize(
    ("answer", "kind", "part"),
    [
        (status(401, WWW_Authenticate="Basic"), CalendarRefused, "inloggning"),
        (status(403), CalendarRefused, "spärrad"),
        (status(404, b"hemlig"), CalendarRefused, "ingen kalender"),
        (status(410), CalendarRefused, "inte längre"),
        (status(418), CalendarRefused, "418"),
        (status(204), CalendarRefused, "204"),
        (status(302), CalendarRefused, "302"),
        (status(500, b"hemlig"), CalendarUnreachable, "500"),
        (status(503), CalendarUnreachable, "503"),
        (calendar(b"<html><body>Logga in</body></html>"), CalendarRefused, "webbsida"),
        (calendar(b""), CalendarRefused, "tom"),
        (cut_off(event(8), 10_000), CalendarUnreachable, "bröts"),
        (cut_off(event(8)[:40], 10_000), CalendarUnreachable, "bröts"),
        (calendar(b"inte alls packat", content_encoding="gzip"), CalendarUnreachable, "bröts"),
        (status(302, Location="/hemlig"), CalendarRefused, "ring"),
        (status(302, Location="http://elsewhere.invalid/hemlig"), CalendarRefused, "använd https"),
        (status(302, Location="file:///etc/passwd"), CalendarRefused, "https"),
        (status(302, Location="https://[hemlig"), CalendarRefused, "hänvisar fel"),
        (status(302, Location="https://localhost:port/hemlig"), CalendarRefused, "tyda"),
    ],
)
def test_answers_that_are_no_calendar(host: CalendarHost, answer: Answer, kind: type[CalendarError], part: str) -> None:
    host.answer = answer
    error = failure(host.address)
    assert type(error) is kind
    assert part in error.message("sv").what
    assert (
        "localhost" in error.message("sv").what or "elsewhere.invalid" in error.message("sv").what or "?" in str(error)
    )


@pytest.mark.parametrize(
    ("code", "value", "seconds"),
    [
        (429, "120", 120.0),
        (429, "Mon, 23 Nov 2026 08:05:00 GMT", 300.0),
        (429, "Mon, 23 Nov 2026 07:00:00 GMT", 0.0),
        (429, "snart", None),
        (503, "30", 30.0),
    ],
)
def test_throttled(host: CalendarHost, code: int, value: str, seconds: float | None) -> None:
    host.answer = status(code, Retry_After=value)
    error = failure(host.address)
    assert isinstance(error, CalendarThrottled)
    assert error.retry_after == seconds


@pytest.mark.parametrize("zipped", [False, True])
def test_too_large(host: CalendarHost, zipped: bool) -> None:
    host.answer = calendar(event(8) + b" " * 3_000_000, zipped=zipped)
    error = failure(host.address, Limits(max_bytes=2_000_000))
    assert isinstance(error, CalendarRefused)
    assert "större än 2 MB" in error.message("sv").what


def test_the_body_of_a_redirect_is_not_read(host: CalendarHost) -> None:
    endless = trickle(b"hemligt" * 1000, 0.001)
    answers = iter([endless, calendar(event(8))])

    def redirect(request: BaseHTTPRequestHandler) -> None:
        if request.path == "/annan.ics":
            return calendar(event(8))(request)
        request.send_response(302)
        request.send_header("Location", "/annan.ics")
        return next(answers)(request)

    host.answer = redirect
    assert fetch(host.address).events


def test_too_slow_in_all(host: CalendarHost) -> None:
    host.answer = trickle(b" ", 0.01)
    begin = SystemClock().monotonic()
    error = failure(host.address, Limits(seconds=0.2))
    assert isinstance(error, CalendarUnreachable)
    assert "dröjer" in error.message("sv").what
    assert SystemClock().monotonic() - begin < 5


def test_redirects_leave_the_password_behind(host: CalendarHost, authority: trustme.CA) -> None:
    with CalendarHost(authority, host="127.0.0.1") as other:
        other.answer = calendar(event(8))
        host.answer = status(302, Location=other.address)
        assert fetch(host.address.replace("//", "//anna:l%C3%B6sen@")).events
    assert host.asked[0][1]["Authorization"] == "Basic YW5uYTpsw7ZzZW4="
    assert "Authorization" not in other.asked[0][1]


def test_redirects_within_a_host_keep_the_password(host: CalendarHost) -> None:
    moved = iter([status(301, Location="/annan.ics"), calendar(event(8))])
    host.answer = lambda request: next(moved)(request)
    assert fetch(host.address.replace("//", "//anna:hemligt@")).events
    assert [path for path, _ in host.asked][1] == "/annan.ics"
    assert "Authorization" in host.asked[1][1]


def test_a_password_in_the_address_is_never_told(host: CalendarHost) -> None:
    host.answer = status(401)
    failure(host.address.replace("//", "//anna:l%C3%B6sen@"))
    source = ICalendarSource("https://anna:hemligt@kalender.invalid/x", timezone=STOCKHOLM)
    assert repr(source) == "ICalendarSource('kalender.invalid')"


def test_a_certificate_that_nobody_trusts(host: CalendarHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "annan.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "annan.pem"))
    error = failure(host.address)
    assert isinstance(error, CalendarUnreachable)
    assert "certifikat" in error.message("sv").what
    assert host.asked == []
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "saknas.pem"))
    assert "SSL_CERT_FILE" in failure(host.address).message("sv").what


def test_a_certificate_for_another_name(authority: trustme.CA, host: CalendarHost) -> None:
    with CalendarHost(authority, host="127.0.0.1") as other:
        error = failure(other.address.replace("127.0.0.1", "localhost"))
    assert "certifikat" in error.message("sv").what


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert "ingen tar emot" in failure(f"https://127.0.0.1:{port}/hemlig").message("sv").what
    assert "namnet finns inte" in failure("https://kalender.invalid/hemlig?token=1").message("sv").what


def test_http_only_to_this_computer() -> None:
    with CalendarHost(None) as plain:
        plain.answer = calendar(event(8))
        assert fetch(plain.address).events
    error = failure("http://kalender.foretag.invalid/hemlig?token=1")
    assert isinstance(error, CalendarRefused)
    assert "använd https" in error.message("sv").what
    assert "https://" in failure("ftp://kalender.foretag.invalid/hemlig").message("sv").what
    assert isinstance(failure("https://[::1/hemlig"), CalendarRefused)


def test_unchanged_window_moves_on_without_the_network(host: CalendarHost) -> None:
    host.answer = calendar(event(8), etag='"1"')
    source = ICalendarSource(host.address, timezone=STOCKHOLM)
    assert source.fetch_events(DAY, NOW).events
    later = Window(DAY.end, DAY.end + timedelta(days=1))
    assert source.fetch_events(later, NOW).events == ()
    source.close()
