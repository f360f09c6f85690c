"""Sending a connector's requests: time-outs, size limits, failures told apart, and a record without secrets."""

from __future__ import annotations

import base64
import json
import logging
import re
import ssl
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, urljoin, urlsplit
from xml.sax.saxutils import escape

from b2cal_desktop.core.errors import (
    SwitchboardBadAnswer,
    SwitchboardError,
    SwitchboardOutcomeUnknown,
    SwitchboardRefused,
    SwitchboardUnreachable,
)
from b2cal_desktop.core.model import Text
from b2cal_desktop.core.ports import Clock
from b2cal_desktop.switchboards.connector_body import FilledRequest
from b2cal_desktop.system.clock import SystemClock
from b2cal_desktop.system.network import (
    AnswerTooLarge,
    AnswerTooSlow,
    CertificateFileProblem,
    causes_of,
    host_of,
    new_session,
    read_body,
    retry_after,
    what_failed,
)

if TYPE_CHECKING:
    import requests

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 10.0
ANSWER_LIMIT = 1_000_000
RECORDED_EXCHANGES = 50
RECORDED_CHARACTERS = 4_000
MASK = "•••"
_SECRET_HEADERS = ("authorization",)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came of it, with every secret masked.

    Where no answer came ``status`` is None, and ``failure`` says why.
    """

    at: datetime
    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: str | None
    status: int | None
    answer: str
    failure: Text | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    retry_after: float | None = None

    @property
    def content_type(self) -> str:
        """As the server says; empty where it does not."""
        return self.headers.get("content-type", "")


class Secrets:
    """What must never be shown, in every spelling that a request or an answer may give it."""

    def __init__(self) -> None:
        self._spellings: set[str] = set()

    def add(self, secret: str) -> None:
        """Mask ``secret`` from now on."""
        spellings = {secret, secret.strip(), quote(secret, safe=""), quote(secret), quote_plus(secret), escape(secret)}
        spellings |= {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
        spellings |= {escape(secret, {'"': "&quot;"}), base64.b64encode(secret.encode()).decode()}
        self._spellings |= spellings - {""}

    def mask(self, text: str) -> str:
        """``text`` without them."""
        for spelling in sorted(self._spellings, key=len, reverse=True):
            text = text.replace(spelling, MASK)
        return text


class _WithoutQueries(logging.Filter):
    """Keeps what stands after the question mark of an address out of urllib3's own log."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                re.sub(r"\?\S*", f"?{MASK}", arg) if isinstance(arg, str) else arg for arg in record.args
            )
        return True


_without_queries = _WithoutQueries()


class Sender:
    """Sends requests to one switchboard and keeps the record of the last ``RECORDED_EXCHANGES``."""

    def __init__(
        self, host: str, user_agent: str, clock: Clock, session: requests.Session | None, answer_seconds: float
    ) -> None:
        self.host = host
        self.secrets = Secrets()
        self.exchanges: deque[Exchange] = deque(maxlen=RECORDED_EXCHANGES)
        self._user_agent = user_agent
        self._clock = clock
        self._session = session
        self._answer_seconds = answer_seconds
        for name in ("urllib3.connection", "urllib3.connectionpool"):
            logging.getLogger(name).addFilter(_without_queries)  # added once, however often

    def send(self, filled: FilledRequest, *, write: bool, answer_is_secret: bool = False) -> Answer:
        """The complete answer, whatever its status; raises SwitchboardError where there is none to be had.

        A redirect is refused: credentials stay with the address that the user gave.
        """
        status = failure = None
        shown = ""
        try:
            answer = self._send(filled, write)
            status = answer.status
            shown = MASK if answer_is_secret else answer.body.decode(errors="replace")
        except SwitchboardError as error:
            shown, failure = str(error), error.as_problem
            raise
        finally:
            self._record(filled, status, shown, failure)
        if 300 <= answer.status < 400:
            raise self._redirected(filled, answer)
        return answer

    def close(self) -> None:
        """Let go of connections."""
        if self._session is not None:
            self._session.close()

    def _send(self, filled: FilledRequest, write: bool) -> Answer:
        import requests
        from urllib3.exceptions import HTTPError

        try:
            session = self._session = self._session or new_session(self._user_agent)
        except CertificateFileProblem as error:
            raise SwitchboardUnreachable(self.host, error.as_problem) from error
        try:
            response = self._open(session, filled)
            body = read_body(response, max_bytes=ANSWER_LIMIT, seconds=self._answer_seconds, clock=SystemClock())
        except AnswerTooLarge:
            problem = Text("det är för stort", "it is too large")
            raise (SwitchboardOutcomeUnknown if write else SwitchboardBadAnswer)(self.host, problem) from None
        except (requests.RequestException, HTTPError, AnswerTooSlow, OSError, ValueError) as error:
            # ValueError: what urllib3 and http.client make of answers that are no HTTP.
            # The text of these errors holds the address, which may hold a secret: it goes no further.
            acted = write and not _certainly_unsent(error)
            raise (SwitchboardOutcomeUnknown if acted else SwitchboardUnreachable)(
                self.host, what_failed(error)
            ) from None
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, body, retry_after(response, self._clock.now()))

    def _open(self, session: requests.Session, filled: FilledRequest) -> requests.Response:
        import requests

        session.cookies.clear()
        # One connection for each request: one that was kept may have died while the computer slept.
        headers = {"Connection": "close", "Accept-Encoding": "identity", **dict(filled.headers)}
        request = requests.Request(
            filled.method, filled.url, headers=headers, data=filled.body, auth=_no_other_credentials
        )
        return session.send(
            session.prepare_request(request),
            stream=True,
            allow_redirects=False,
            timeout=(CONNECT_SECONDS, self._answer_seconds),
        )

    def _redirected(self, filled: FilledRequest, answer: Answer) -> SwitchboardRefused:
        try:
            target = host_of(urljoin(filled.url, answer.headers.get("location", "")))
        except ValueError:
            target = "?"
        problem = Text(
            f"den hänvisar vidare till {target}, och dit skickas inga uppgifter",
            f"it points on to {target}, where nothing is sent",
        )
        return SwitchboardRefused(self.host, problem)

    def _record(self, filled: FilledRequest, status: int | None, answer: str, failure: Text | None) -> None:
        mask = self.secrets.mask
        headers = tuple(
            (name, MASK if name.lower() in _SECRET_HEADERS else mask(value.encode("latin-1").decode()))
            for name, value in filled.headers
        )
        body = mask(filled.body.decode(errors="replace"))[:RECORDED_CHARACTERS] if filled.body is not None else None
        shown = mask(answer)[:RECORDED_CHARACTERS]
        self.exchanges.append(
            Exchange(self._clock.now(), filled.method, mask(filled.url), headers, body, status, shown, failure)
        )


def _no_other_credentials(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Stands where requests would otherwise look for a netrc file."""
    return request


def _certainly_unsent(error: BaseException) -> bool:
    """Whether the failure came before a byte of the request went out."""
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

    before = (ConnectTimeoutError, NewConnectionError, ssl.SSLCertVerificationError)
    # Not ProxyError: urllib3 also calls a connection through a proxy so that was cut while the answer was awaited.
    return any(isinstance(cause, before) or _is_no_tunnel(cause) for cause in causes_of(error))


def _is_no_tunnel(error: BaseException) -> bool:
    return type(error) is OSError and str(error).startswith("Tunnel connection failed")


def same_place(url: str, base: str) -> bool:
    """Whether ``url`` goes to the very scheme, host and port of ``base``."""
    return urlsplit(url)[:2] == urlsplit(base)[:2]
