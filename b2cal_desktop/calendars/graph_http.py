"""One request to Graph at a time: the token goes to Graph's own host and nowhere else, and every no gets its name."""

from __future__ import annotations

import base64
import binascii
import json
import re
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from b2cal_desktop.core.errors import (
    B2CalError,
    CalendarConsentWithdrawn,
    CalendarError,
    CalendarNoMailbox,
    CalendarRefused,
    CalendarSignInRevoked,
    CalendarThrottled,
    CalendarUnreachable,
)
from b2cal_desktop.core.model import Text
from b2cal_desktop.core.ports import Clock
from b2cal_desktop.system.network import (
    AnswerTooLarge,
    AnswerTooSlow,
    host_of,
    http_date,
    new_session,
    read_body,
    require_safe_address,
    retry_after,
    server_fault,
    what_failed,
)

if TYPE_CHECKING:
    import requests

MAX_BYTES = 20_000_000
SECONDS = 60.0
_HOUR = 3600.0
_NO_MAILBOX = frozenset(
    {
        "mailboxnotenabledforrestapi",
        "mailboxnothostedinexchangeonline",
        "errornonexistentmailbox",
        "organizationfromtenantguidnotfound",
        "resourcenotfound",
    }
)
_STARTED_OVER = frozenset({"syncstatenotfound", "syncstateinvalid", "errorinvalidsyncstatedata", "resyncrequired"})
_CLAIMS = re.compile(r'\bclaims="([^"]+)"', re.IGNORECASE)

NOT_GRAPH = Text(
    "svaret kommer inte från Microsoft Graph; på ett gästnät kan du behöva logga in där först",
    "the answer is not from Microsoft Graph; on a guest network you may have to sign in there first",
)
ELSEWHERE = Text("den hänvisar till en annan adress", "it refers to another address")
_NOT_TAKEN = Text("den godtas inte längre", "it is no longer accepted")


class TokenSource(Protocol):
    """Whoever is signed in."""

    def get_token(self, *, claims: str | None = None, refresh: bool = False) -> str:
        """A token without asking the user: for ``claims`` that Graph demands, or a new one; raises CalendarError."""
        ...


class StartOver(Exception):
    """A page's link is no longer good; the first page is."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests and bytes (of answers, as they came over the wire) within the last hour."""

    requests: int
    bytes: int


class HourlyUsage:
    """Counts what the last hour cost."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: deque[tuple[float, int]] = deque()
        self._lock = threading.Lock()

    def count(self, size: int) -> None:
        """One request, whose answer had ``size`` bytes."""
        with self._lock:
            self._entries.append((self._clock.monotonic(), size))
            self._forget_old()

    @property
    def rate(self) -> Rate:
        """The last hour; may be asked from any thread."""
        with self._lock:
            self._forget_old()
            return Rate(len(self._entries), sum(size for _, size in self._entries))

    def _forget_old(self) -> None:
        oldest = self._clock.monotonic() - _HOUR
        while self._entries and self._entries[0][0] <= oldest:
            self._entries.popleft()


@dataclass(frozen=True, slots=True)
class Page:
    """An answer of Graph's. ``skew`` is how many seconds Graph's clock is ahead of this computer's; None if unknown.

    ``body`` is empty where ``etag`` was offered and nothing has changed.
    """

    body: bytes
    etag: str | None
    skew: float | None
    unchanged: bool = False

    def read(self) -> Mapping[str, Any]:
        """The JSON object in it; raises ValueError."""
        try:
            value = json.loads(self.body)
        except RecursionError:
            raise ValueError("nested too deeply") from None
        if not isinstance(value, dict):
            raise ValueError("no JSON object")
        return value


class GraphHttp:
    """Asks Graph at ``root`` with tokens of ``token``."""

    def __init__(self, root: str, token: TokenSource, clock: Clock, session: requests.Session | None = None) -> None:
        self.root, self.host = root.rstrip("/"), host_of(root)
        self.usage = HourlyUsage(clock)
        self._token, self._clock = token, clock
        self._session, self._own = session, session is None
        self._closed_until = 0.0

    def get(self, url: str, now: datetime, headers: Mapping[str, str], etag: str | None = None) -> Page:
        """GET ``url``, which may come from Graph itself; raises CalendarError or StartOver.

        A token that is refused is renewed once, with Graph's claims challenge if there is one. While Graph has asked
        us to wait, nothing is sent.
        """
        if (left := self._closed_until - self._clock.monotonic()) > 0:
            raise CalendarThrottled(self.host, retry_after=left)
        if not self._is_own(url):
            raise CalendarRefused(self.host, ELSEWHERE)
        wanted = {**headers, "If-None-Match": etag} if etag else dict(headers)
        status, answer, body = self._ask(url, self._token.get_token(), wanted)
        if status == 401:
            claims = claims_in(answer)
            token = self._token.get_token(claims=claims) if claims else self._token.get_token(refresh=True)
            status, answer, body = self._ask(url, token, wanted)
        if status == 304 and etag:
            return Page(b"", etag, self._skew(answer), unchanged=True)
        if status != 200:
            raise self._refusal(status, answer, body, now)
        return Page(body, answer.headers.get("ETag"), self._skew(answer))

    def _is_own(self, url: str) -> bool:
        """Whether ``url`` is at Graph's own scheme, host and port, and nothing in it could be read as another's."""
        try:
            return _origin(url) == _origin(self.root) and not set("@\\") & set(urlsplit(url).netloc)
        except ValueError:
            return False

    def close(self) -> None:
        """Close the session, if it is our own."""
        if self._own and self._session is not None:
            self._session.close()
            self._session = None

    def _ask(self, url: str, token: str, headers: Mapping[str, str]) -> tuple[int, requests.Response, bytes]:
        import requests
        from urllib3.exceptions import HTTPError

        try:
            require_safe_address(url)
            if self._session is None:
                from b2cal_desktop import __version__

                self._session = new_session(f"B2CalDesktop/{__version__}")
            sent = {**headers, "Authorization": f"Bearer {token}", "Accept": "application/json"}
            response = self._session.get(url, headers=sent, stream=True, allow_redirects=False)
            try:
                body = read_body(response, max_bytes=MAX_BYTES, seconds=SECONDS, clock=self._clock)
            finally:
                self.usage.count(response.raw.tell())
        except AnswerTooLarge:
            problem = Text("svaret är för stort", "the answer is too large")
            raise CalendarUnreachable(self.host, problem) from None
        except B2CalError as error:  # an unsafe address, or a certificate file that cannot be read
            raise CalendarUnreachable(self.host, error.as_problem) from None
        except (requests.RequestException, HTTPError, AnswerTooSlow, OSError) as error:
            raise CalendarUnreachable(self.host, what_failed(error)) from None
        return response.status_code, response, body

    def _refusal(self, status: int, answer: requests.Response, body: bytes, now: datetime) -> CalendarError | StartOver:
        code, wait = error_code(body), retry_after(answer, now)
        if wait is not None and status in (429, 503, 504):
            self._closed_until = self._clock.monotonic() + wait
        if status == 429 or (status == 503 and wait is not None):
            return CalendarThrottled(self.host, retry_after=wait)
        if status == 410 or code in _STARTED_OVER:
            return StartOver()
        if status == 401:
            return CalendarSignInRevoked(self.host, _NOT_TAKEN)
        if code in _NO_MAILBOX:
            return CalendarNoMailbox(self.host)
        if status == 403 and code is not None:
            return CalendarConsentWithdrawn(self.host)
        if status == 407:
            return CalendarUnreachable(
                self.host, Text("proxyservern kräver inloggning", "the proxy asks for a sign-in")
            )
        if 300 <= status < 400:
            return CalendarRefused(self.host, ELSEWHERE)
        if status >= 500 or status == 408:
            return CalendarUnreachable(self.host, server_fault(status), retry_after=wait)
        if code is None:
            return CalendarUnreachable(self.host, NOT_GRAPH)
        return CalendarRefused(self.host, Text(f"oväntat svar {status}", f"unexpected answer {status}"))

    def _skew(self, answer: requests.Response) -> float | None:
        told = http_date(answer.headers.get("Date", ""))
        return (told - self._clock.now()).total_seconds() if told is not None else None


def claims_in(answer: requests.Response) -> str | None:
    """The claims challenge of a 401, as the JSON text that the sign-in service wants; None if there is none.

    https://learn.microsoft.com/entra/identity-platform/claims-challenge
    """
    found = _CLAIMS.search(answer.headers.get("WWW-Authenticate", ""))
    if not found:
        return None
    try:
        text = base64.b64decode(found[1].replace("-", "+").replace("_", "/") + "==").decode()
        return text if isinstance(json.loads(text), dict) else None
    except (binascii.Error, ValueError, RecursionError):
        return None


def error_code(body: bytes) -> str | None:
    """Graph's own code for an error, folded; None if the answer is not Graph's."""
    try:
        code = json.loads(body)["error"]["code"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return code.lower() if isinstance(code, str) else None


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)
