"""The world of a campaign: true time, computers whose clocks may be wrong, a switchboard on the wire, a calendar.

The switchboard answers the real connector engine where ``requests`` would put a request on the network: it gets whole
HTTP requests and gives whole HTTP answers, or none.
"""

from __future__ import annotations

import io
import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

import requests
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import NewConnectionError

from b2cal_desktop.core.model import AVAILABLE, CLEAR, STANDARD_CATALOGUE, CalendarEvent, DiversionState, Window
from b2cal_desktop.core.ports import Fetched
from b2cal_desktop.switchboards.connector import Connector
from b2cal_desktop.switchboards.connector_file import ConnectorFile, load_connector
from tests.sync.worlds import ModelCalendar

BASE = "http://127.0.0.1:1"
_CONNECTOR = """
format = 1
id = "model"
label = {{ sv = "Modellen", en = "The model" }}
confirmed = true
ends = {ends}
{honours}
facts = "The model of the campaign."
[[fields]]
key = "base_url"
kind = "address"
label = {{ sv = "Adress", en = "Address" }}
[auth]
kind = "none"
{get}
[requests.set]
method = "PUT"
path = "/diversion"
if_match = true
json = {{ diversion = "{{remote}}"{until_sent} }}
{answer}
{outcomes}
[requests.clear]
method = "DELETE"
path = "/diversion"
if_match = true
{answer}
[diversions]
{diversions}
"""


class TrueTime:
    """What time it is for the switchboard; everything else follows it, some of it wrongly."""

    def __init__(self, now: datetime) -> None:
        self.begun = self.now = now

    @property
    def elapsed(self) -> float:
        """Seconds since the world began."""
        return (self.now - self.begun).total_seconds()


class ComputerClock:
    """One computer's clock: ``skew`` is how far it is ahead; while it is asleep its monotonic clock stands still."""

    def __init__(self, time: TrueTime) -> None:
        self._time = time
        self.skew = timedelta(0)
        self.slept = 0.0

    def now(self) -> datetime:
        """The present, as this computer has it."""
        return self._time.now + self.skew

    def monotonic(self) -> float:
        """Seconds awake."""
        return 1000.0 + self._time.elapsed - self.slept


class Killed(BaseException):
    """The process is gone."""


class Trouble(StrEnum):
    """How a switchboard that fails answers."""

    DOWN = "down"  # the connection is refused: certainly nothing has acted
    SILENT = "silent"  # the connection is made, and no answer comes; nothing has acted
    LOST = "lost"  # it acts, and no answer comes
    BUSY = "429"
    BROKEN = "500"  # nothing has acted
    ACTED_500 = "acted_500"
    PORTAL = "portal"  # a web page of somebody else's
    CUT = "cut"  # half an answer, having acted
    SIGN_IN = "401"
    REFUSED = "403"
    KILL = "kill"  # our process dies as the request goes out
    KILL_ACTED = "kill_acted"
    QUICKER = "quicker"  # somebody else sets something between reading and writing


class Result(StrEnum):
    """What a client can know of its write."""

    OK = "ok"
    REFUSED = "refused"
    CONFLICT = "conflict"
    UNKNOWN = "unknown"
    SIGN_IN = "sign_in"


_RESULTS: Mapping[Trouble, Result] = {
    Trouble.DOWN: Result.REFUSED,
    Trouble.BUSY: Result.REFUSED,
    Trouble.REFUSED: Result.REFUSED,
    Trouble.SIGN_IN: Result.SIGN_IN,
}
_ACTS = {Trouble.LOST, Trouble.ACTED_500, Trouble.CUT, Trouble.KILL_ACTED}


class Witness(Protocol):
    """Who hears of every request of one computer."""

    def read(self, shown: Shown, trouble: Trouble | None) -> None:
        """A read was answered with ``shown``, or failed by ``trouble``."""

    def wrote(self, state: DiversionState, result: Result, *, acted: bool, over: Shown) -> str:
        """A write was tried over what stood there; returns whose it is if it acted."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands in the switchboard, who set it ("hand", or a computer's name), and when in true time."""

    state: DiversionState = CLEAR
    by: str = "hand"
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """A make of switchboard."""

    ends: bool = True
    reads_back: bool = True
    honours: bool = True  # takes a diversion back at its end

    @property
    def self_ending(self) -> bool:
        """Whether nothing has to be cleared that is over."""
        return self.ends and self.honours

    def file(self, folder: Path) -> Path:
        """The connector file for it."""
        path = folder / f"model-{self.ends:d}{self.reads_back:d}{self.honours:d}.toml"
        if not path.exists():
            until = ', until = "until"' if self.ends else ""
            answer = f'answer = {{ diversion = "diversion"{until} }}'
            get = f'[requests.get]\nmethod = "GET"\npath = "/diversion"\n{answer}' if self.reads_back else ""
            late = 'outcomes = [{ status = 422, when = "late", is = "refused" }]' if self.ends else ""
            text = _CONNECTOR.format(
                ends=str(self.ends).lower(),
                honours="" if self.honours else "honours_ends = false",
                get=get,
                until_sent=', until = "{until:iso}"' if self.ends else "",
                answer=answer,
                outcomes=late,
                diversions="\n".join(f'{key} = "{key}"' for key in STANDARD_CATALOGUE),
            )
            path.write_text(text, encoding="utf-8")
        return path


@dataclass
class Board:
    """The switchboard itself. ``trouble`` befalls every request, the next of ``faults`` one write each."""

    time: TrueTime
    kind: Kind
    patience: int = 600  # what a 429 asks for, in seconds
    trouble: Trouble | None = None
    faults: deque[tuple[Trouble, str]] = field(default_factory=deque)
    latency: float = 0.0
    requests: int = 0
    _shown: Shown = field(default_factory=Shown)
    _revision: int = 0
    patient_until: datetime | None = None  # a 429 asked for it

    @property
    def shown(self) -> Shown:
        """What colleagues see now; what is past its end is gone."""
        state = self._shown.state
        if self.kind.honours and state.until is not None and state.until <= self.time.now:
            self._shown = Shown(CLEAR, "switchboard", state.until)
            self._revision += 1
        return self._shown

    def set(self, state: DiversionState, by: str) -> None:
        """Somebody sets ``state``; an end that there is no place for is lost."""
        if not self.kind.ends or state.diversion == AVAILABLE:
            state = DiversionState(state.diversion)
        self._shown = Shown(state, by, self.time.now)
        self._revision += 1

    @property
    def asks_patience(self) -> bool:
        """Whether somebody was told to wait, and that is not over."""
        return self.patient_until is not None and self.time.now < self.patient_until

    @property
    def etag(self) -> str:
        _ = self.shown
        return f'"{self._revision}"'


class Wire:
    """Where ``requests`` would reach the network: one computer's session with the switchboard."""

    def __init__(self, board: Board, witness: Witness) -> None:
        self.board, self._witness = board, witness
        self.cookies: dict[str, str] = {}

    def prepare_request(self, request: requests.Request) -> requests.Request:
        """As it is."""
        return request

    def close(self) -> None:
        """Nothing to let go of."""

    def send(self, request: requests.Request, **_how: Any) -> HttpAnswer:
        """The switchboard's answer, or what ``requests`` raises where there is none."""
        board = self.board
        board.requests += 1
        if board.latency:
            board.time.now += timedelta(seconds=board.latency)
        if request.method == "GET":
            if board.trouble is not None:
                self._witness.read(board.shown, board.trouble)
                return self._fail(board.trouble)
            self._witness.read(board.shown, None)
            return self._state()
        return self._write(request)

    def _write(self, request: requests.Request) -> HttpAnswer:
        board = self.board
        state = _state_of(request)
        trouble = board.trouble
        if trouble is None and board.faults:
            trouble, diversion = board.faults.popleft()
            if trouble is Trouble.QUICKER:
                board.set(DiversionState(diversion), "hand")
                trouble = None
        over = board.shown
        if trouble is not None:
            acts = trouble in _ACTS
            owner = self._witness.wrote(state, _RESULTS.get(trouble, Result.UNKNOWN), acted=acts, over=over)
            if acts:
                board.set(state, owner)
            return self._fail(trouble)
        if "If-Match" in request.headers and request.headers["If-Match"] != board.etag:
            self._witness.wrote(state, Result.CONFLICT, acted=False, over=over)
            return HttpAnswer(412)
        if state.until is not None and state.until <= board.time.now:
            self._witness.wrote(state, Result.REFUSED, acted=False, over=over)
            return HttpAnswer(422, {"late": True})
        board.set(state, self._witness.wrote(state, Result.OK, acted=True, over=over))
        return self._state()

    def _state(self) -> HttpAnswer:
        state = self.board.shown.state
        until = state.until.isoformat() if state.until else None
        body = {"diversion": state.diversion, **({"until": until} if self.board.kind.ends else {})}
        return HttpAnswer(200, body, {"ETag": self.board.etag})

    def _fail(self, trouble: Trouble) -> HttpAnswer:
        match trouble:
            case Trouble.DOWN:
                raise requests.ConnectionError(NewConnectionError(None, "refused"))  # type: ignore[arg-type]
            case Trouble.SILENT | Trouble.LOST:
                raise requests.ReadTimeout("no answer")
            case Trouble.KILL | Trouble.KILL_ACTED:
                raise Killed
            case Trouble.BUSY:
                board = self.board
                board.patient_until = board.time.now + timedelta(seconds=board.patience)
                return HttpAnswer(429, None, {"Retry-After": str(self.board.patience)})
            case Trouble.BROKEN | Trouble.ACTED_500:
                return HttpAnswer(500)
            case Trouble.PORTAL:
                return HttpAnswer(200, b"<!doctype html><title>Welcome</title>", {"Content-Type": "text/html"})
            case Trouble.CUT:
                return HttpAnswer(200, b'{"diversion": "mee', {"Content-Type": "application/json"})
            case Trouble.SIGN_IN:
                return HttpAnswer(401)
            case _:
                return HttpAnswer(403)


def _state_of(request: requests.Request) -> DiversionState:
    if request.method == "DELETE":
        return CLEAR
    body = json.loads(request.data)
    until = body.get("until")
    return DiversionState(body["diversion"], datetime.fromisoformat(until).astimezone(UTC) if until else None)


class HttpAnswer:
    """What the connector engine reads of a ``requests.Response``."""

    def __init__(self, status: int, body: object = None, headers: Mapping[str, str] | None = None) -> None:
        self.status_code = status
        self.headers = CaseInsensitiveDict({"Content-Type": "application/json", **(headers or {})})
        content = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        self.raw = _Raw(content)

    def __enter__(self) -> HttpAnswer:
        return self

    def __exit__(self, *_error: object) -> None:
        pass


class _Raw(io.BytesIO):
    def read1(self, size: int | None = -1, /, *, decode_content: bool = False) -> bytes:
        return super().read1(size if size is not None else -1)


_files: dict[Kind, ConnectorFile] = {}


def connect(board: Board, witness: Witness, clock: ComputerClock, folder: Path) -> Connector:
    """The real connector engine on this switchboard."""
    session: Any = Wire(board, witness)
    file = _files.get(board.kind)
    if file is None:
        file = _files[board.kind] = load_connector(board.kind.file(folder))
    return Connector(file, {"base_url": BASE}, lambda _: None, STANDARD_CATALOGUE, session=session, clock=clock)


class Calendar(ModelCalendar):
    """One calendar that several computers read; ``told`` keeps every answer that differs, by number."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Fetched] = []

    def for_computer(self, heard: Callable[[int], None]) -> _Reader:
        """As one computer reads it; ``heard`` is called with the number of each answer."""
        return _Reader(self, heard)

    def number_of(self, answer: Fetched) -> int:
        """The number of an answer; the same events have the same."""
        if not self.told or self.told[-1] is not answer:
            self.told.append(answer)
        return len(self.told) - 1


@dataclass
class _Reader:
    calendar: Calendar
    heard: Callable[[int], None]

    def fetch_events(self, window: Window, now: datetime) -> Fetched:
        answer = self.calendar.fetch_events(window, now)
        self.heard(self.calendar.number_of(answer))
        return answer

    def close(self) -> None:
        pass


def events_of(calendar: Calendar) -> list[CalendarEvent]:
    """In an order that does not depend on what was moved when."""
    return [calendar.events[key] for key in sorted(calendar.events)]
