"""The practice switchboard as a whole: state, access, faults and page behind one address."""

from __future__ import annotations

import logging
import signal
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from pathlib import Path
from types import FrameType

from b2cal_desktop.core.errors import UsageError
from b2cal_desktop.switchboards.practice.access import Access
from b2cal_desktop.switchboards.practice.api import Api
from b2cal_desktop.switchboards.practice.faults import Fault, Faults, Garbage
from b2cal_desktop.switchboards.practice.http_messages import (
    Answer,
    HangUp,
    Problem,
    Reply,
    Request,
    json_answer,
    not_found,
)
from b2cal_desktop.switchboards.practice.http_server import HttpServer
from b2cal_desktop.switchboards.practice.page import Page
from b2cal_desktop.switchboards.practice.store import Store

GRACE_SECONDS = 3.0
_PORTAL = (
    b"<!doctype html><html><head><title>Welcome to the guest network</title></head>"
    b"<body><h1>Sign in to use this network</h1></body></html>"
)
_log = logging.getLogger(__name__)


class PracticeSwitchboard:
    """A switchboard to practise on: a real HTTP server with its state in SQLite.

    `port` 0 takes a free one; `state` None keeps the state in memory. `token` reaches everything;
    `user_tokens` maps a user to a token that writes for that user only. `users` closes the list of users;
    without it any well-formed name is one. `faults` may be replaced while the server runs.
    Raises UsageError for a host beyond loopback without a token, FileProblem for a state that is none.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        state: Path | None = None,
        token: str | None = None,
        faults: Faults | None = None,
        now: Callable[[], datetime],
        users: Collection[str] | None = None,
        user_tokens: Mapping[str, str] | None = None,
        timeout_seconds: float = 30.0,
    ) -> None:
        self.faults = faults
        self._address = (host, port)
        self._timeout_seconds = timeout_seconds
        self._access = Access(host, token, user_tokens or {})
        self.store = Store(state, now=now, users=users)
        self._stopping = threading.Event()
        self._api = Api(self.store, self._access, now)
        self._page = Page(self.store, self._access, now, self._stopping)
        self._counts: Counter[str] = Counter()
        self._counts_lock = threading.Lock()
        self._server: HttpServer | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Returns once the address is taken and requests are answered; UsageError where it cannot be taken."""
        host, port = self._address
        try:
            self._server = HttpServer(host, port, self._reply, timeout_seconds=self._timeout_seconds)
        except (OSError, OverflowError) as error:
            self.store.close()
            raise UsageError(f"{host}, port {port} cannot be used: {error}") from error
        serve = self._server.serve_forever
        self._thread = threading.Thread(target=serve, args=(0.05,), name="practice-switchboard", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Lets answers in the making go out, closes every connection and the state; more than once is fine."""
        self._stopping.set()
        self.store.wake()
        if self._server is not None and self._thread is not None:
            self._server.stop(GRACE_SECONDS)
            self._thread.join()
            self._server = None
        self.store.close()

    def __enter__(self) -> PracticeSwitchboard:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """`http://host:port`, without a final slash; RuntimeError while it is not started."""
        if self._server is None:
            raise RuntimeError("the practice switchboard is not started")
        host = self._address[0]
        return f"http://{f'[{host}]' if ':' in host else host}:{self._server.server_port}"

    @property
    def requests_seen(self) -> Counter[str]:
        """How many requests to `/v1` came in since the start, by method; those that met a fault too."""
        with self._counts_lock:
            return self._counts.copy()

    def _reply(self, request: Request) -> Reply:
        if request.segments[:1] != ("v1",):  # none at all in the address of OPTIONS *
            return self._act(request)
        with self._counts_lock:
            number = self._counts.total()
            self._counts[request.method] += 1
        faults = self.faults
        fault = faults.draw(number) if faults is not None and request.method in faults.methods else None
        if faults is None or fault is None:
            return self._act(request)
        _log.info("practice switchboard: fault on purpose: %s", fault.value)
        match fault:
            case Fault.DELAY:
                self._stopping.wait(faults.delay_seconds)
                return self._act(request)
            case Fault.REFUSE:
                return HangUp()
            case Fault.DROP_AFTER_ACTING:
                self._act(request)
                return HangUp()
            case Fault.ANSWER_429:
                headers = [("Retry-After", str(faults.retry_after_seconds))]
                detail = f"Come back in {faults.retry_after_seconds} seconds."
                return Problem(429, "TooManyRequests", "Too many requests", detail, headers).answer()
            case Fault.ANSWER_500:
                return Problem(500, "ServerError", "The switchboard failed", "A fault on purpose.").answer()
            case Fault.ANSWER_GARBAGE:
                return _garbage(faults.garbage(number))

    def _act(self, request: Request) -> Reply:
        """The right answer to a request, without faults."""
        try:
            self._access.check_host(request.headers)
            self._access.check_origin(request.headers, required=False)
            routes = {**self._api.routes(request.segments), **self._page.routes(request.segments)}
            if not routes:
                raise not_found(request.path)
            if request.method not in routes:
                allowed = ", ".join(["HEAD", *sorted(routes)] if "GET" in routes else sorted(routes))
                detail = f"This address takes {allowed}."
                raise Problem(405, "BadRequest", "The method is not allowed", detail, [("Allow", allowed)])
            return routes[request.method](request)
        except Problem as problem:
            return problem.answer()
        except sqlite3.Error as error:
            _log.exception("practice switchboard: the state failed")
            return Problem(500, "ServerError", "The switchboard failed", f"Its state: {error}.").answer()


def _garbage(kind: Garbage) -> Answer:
    match kind:
        case Garbage.CAPTIVE_PORTAL:
            return Answer(200, _PORTAL, "text/html; charset=utf-8")
        case Garbage.TRUNCATED_JSON:
            return Answer(200, b'{"diversion": "meet', "application/json")
        case Garbage.WRONG_TYPE:
            return json_answer([1, "meeting"])


def serve_forever(switchboard: PracticeSwitchboard) -> None:
    """Starts it, prints its address on standard output, and runs until SIGINT or SIGTERM (main thread only)."""
    ended = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with switchboard:
            print(f"Practice switchboard: {switchboard.url}/", flush=True)
            # In slices: on Windows an endless wait would not let the signal through.
            while not ended.wait(0.5):
                pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
