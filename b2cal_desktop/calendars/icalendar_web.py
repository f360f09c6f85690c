"""A calendar published at an address: fetched with care, and only when it has changed.

A published link is a secret (who has it reads the calendar), so nothing here ever tells more of it than its host.
"""

from __future__ import annotations

import base64
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from b2cal_desktop.core.errors import (
    CalendarError,
    CalendarProblem,
    CalendarRefused,
    CalendarThrottled,
    CalendarUnreachable,
)
from b2cal_desktop.core.model import Text
from b2cal_desktop.core.ports import Clock
from b2cal_desktop.system.network import (
    AnswerTooLarge,
    AnswerTooSlow,
    CertificateFileProblem,
    UnsafeAddress,
    follow_redirects,
    host_of,
    new_session,
    read_body,
    retry_after,
    server_fault,
    what_failed,
)

if TYPE_CHECKING:
    import requests

_REDIRECTS = 5
_PRODUCT = "B2CalDesktop"
_REFUSALS = {
    401: Text("adressen kräver inloggning", "the address asks for a sign-in"),
    403: Text("adressen är spärrad för oss", "the address is closed to us"),
    404: Text("det finns ingen kalender på adressen", "there is no calendar at the address"),
    407: Text("proxyservern kräver inloggning", "the proxy asks for a sign-in"),
    410: Text("kalendern är inte längre publicerad", "the calendar is no longer published"),
}


class WebCalendar:
    """Reads a published calendar; ``name`` is its host."""

    def __init__(
        self, address: str, http: requests.Session | None, *, max_bytes: int, seconds: float, clock: Clock
    ) -> None:
        self._address, self._authorization = _without_credentials(address)
        self.name = host_of(self._address)
        self._given = http
        self._own: requests.Session | None = None
        self._max_bytes, self._seconds, self._clock = max_bytes, seconds, clock
        self._answered: dict[str, str] = {}
        self._kept: dict[str, str] = {}

    def read_if_changed(self, now: datetime) -> bytes | None:
        """The calendar, or None if it is as it was when ``keep`` was called; raises CalendarError."""
        import requests
        from urllib3.exceptions import HTTPError

        try:
            response = self._ask()
            if response.status_code == 304 and self._kept:
                response.close()
                return None
            self._check(response, now)
            body = read_body(response, max_bytes=self._max_bytes, seconds=self._seconds, clock=self._clock)
        except (UnsafeAddress, CertificateFileProblem) as error:
            raise self._refused(error) from None
        except AnswerTooLarge:
            raise CalendarRefused(self.name, _too_large(self._max_bytes)) from None
        except (requests.exceptions.InvalidURL, UnicodeError):
            raise CalendarRefused(self.name, Text("adressen går inte att tyda", "the address makes no sense")) from None
        except (requests.RequestException, HTTPError, AnswerTooSlow, OSError) as error:
            raise CalendarUnreachable(self.name, what_failed(error)) from None
        self._check_body(body)
        stamps = {"If-None-Match": "ETag", "If-Modified-Since": "Last-Modified"}
        self._answered = {ask: response.headers[got] for ask, got in stamps.items() if got in response.headers}
        return body

    def keep(self) -> None:
        """The last answer was of use: ask only for changes to it from now on."""
        self._kept = self._answered

    def close(self) -> None:
        """Close the session, if it is our own."""
        if self._own is not None:
            self._own.close()
            self._own = None

    def _session(self) -> requests.Session:
        if self._given is not None:
            return self._given
        if self._own is None:
            from b2cal_desktop import __version__

            self._own = new_session(f"{_PRODUCT}/{__version__}")
        return self._own

    def _ask(self) -> requests.Response:
        """The first answer that is no redirect. Redirects go to safe addresses, without our credentials."""
        authorization = self._authorization

        def ask(address: str) -> requests.Response:
            nonlocal authorization
            if not _same_origin(self._address, address):
                authorization = {}
            headers = {"Accept": "text/calendar, */*;q=0.1", "Accept-Encoding": "gzip", **self._kept, **authorization}
            return self._session().get(address, headers=headers, stream=True, allow_redirects=False)

        return follow_redirects(ask, self._address, _REDIRECTS)

    def _check(self, response: requests.Response, now: datetime) -> None:
        status, wait = response.status_code, retry_after(response, now)
        if status == 200:
            return
        response.close()
        if status == 429 or (status == 503 and wait is not None):
            raise CalendarThrottled(self.name, retry_after=wait)
        if status in _REFUSALS:
            raise CalendarRefused(self.name, _REFUSALS[status])
        if status >= 500 or status == 408:
            raise CalendarUnreachable(self.name, server_fault(status), retry_after=wait)
        raise CalendarRefused(self.name, Text(f"oväntat svar {status}", f"unexpected answer {status}"))

    def _check_body(self, body: bytes) -> None:
        if problem := no_calendar(body):
            raise CalendarRefused(self.name, problem)

    def _refused(self, error: UnsafeAddress | CertificateFileProblem) -> CalendarError:
        if isinstance(error, UnsafeAddress):
            return CalendarRefused(error.host, error.problem)
        problem = Text("certifikatfilen i SSL_CERT_FILE går inte att läsa", "the file in SSL_CERT_FILE cannot be read")
        return CalendarUnreachable(self.name, problem)


def no_calendar(body: bytes) -> Text | None:
    """What ``body`` is instead of a calendar, where that is plain at first sight."""
    start = body.removeprefix(b"\xef\xbb\xbf")[:2000].replace(b"\0", b"").strip()
    if not start:
        return Text("kalendern är tom", "the calendar is empty")
    if start.startswith(b"<") or start[:2] == b"\xff<":
        return Text(
            "där finns en webbsida i stället för en kalender; på ett gästnät kan du behöva logga in där först",
            "there is a web page in place of a calendar; on a guest network you may have to sign in there first",
        )
    return None


def _too_large(max_bytes: int) -> Text:
    size = max(1, max_bytes // 1_000_000)
    return Text(f"kalendern är större än {size} MB", f"the calendar is larger than {size} MB")


def too_large_file(path: str, max_bytes: int) -> CalendarProblem:
    """The error for a calendar file that is too large."""
    return CalendarProblem(path, None, None, _too_large(max_bytes))


def _without_credentials(address: str) -> tuple[str, dict[str, str]]:
    """The https address behind ``address`` (webcal is https), and a Basic header for a name and password in it."""
    try:
        parts = urlsplit(address.strip())
        user, password = parts.username, parts.password
    except ValueError:
        return address, {}
    scheme = "https" if parts.scheme in ("webcal", "webcals") else parts.scheme
    plain = urlunsplit(SplitResult(scheme, parts.netloc.rpartition("@")[2], parts.path, parts.query, ""))
    if user is None:
        return plain, {}
    token = base64.b64encode(f"{unquote(user)}:{unquote(password or '')}".encode()).decode()
    return plain, {"Authorization": f"Basic {token}"}


def _same_origin(one: str, other: str) -> bool:
    a, b = urlsplit(one), urlsplit(other)
    return (a.scheme, a.hostname, a.port) == (b.scheme, b.hostname, b.port)
