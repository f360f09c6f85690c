"""What reaches the program from this computer: its socket, the browser's answer, the ledger, the updates' feed."""

import base64
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from b2cal_desktop.accounts.microsoft_loopback import LoopbackReceiver, _handler
from b2cal_desktop.core.errors import LedgerDamaged
from b2cal_desktop.core.intents import Skip
from b2cal_desktop.core.model import CLEAR, STANDARD_CATALOGUE, CalendarEvent, DiversionState, ShowAs
from b2cal_desktop.core.reconcile import Dismissal, Manual, Memory, Policy, reconcile, release
from b2cal_desktop.core.schedule import Extension, plan
from b2cal_desktop.core.state import ActionName, Confirmation, HistoryEntry
from b2cal_desktop.sync.ledger import Controls, KeptEvents, Ledger
from b2cal_desktop.system.paths import Profile
from b2cal_desktop.system.update_feed import Feed, is_signed, parse_feed
from b2cal_desktop.system.updates import UpdateState, is_old, newer, read_state, state_path
from tests.fuzz.calendars import NOW, RULES, STOCKHOLM, WINDOW
from tests.fuzz.mutate import VALUES
from tests.fuzz.target import Check, Target

LATER = NOW + timedelta(hours=1)


# The ledger: a row of it is replaced, and then the program starts.

_MEMORY = Memory(
    last=DiversionState("meeting", LATER),
    pending=DiversionState("lunch", LATER),
    manual=Manual(DiversionState("sick"), NOW),
    replaced=DiversionState("lunch", LATER),
    replaced_seen=NOW,
    dismissed=Dismissal("meeting", NOW),
    foreign=(NOW,),
    contested_since=NOW,
)
_EVENT = CalendarEvent(id="1", start=NOW, end=LATER, subject="MOT: x", show_as=ShowAs.BUSY)
_ROWS: dict[bytes, object] = {
    b"memory": _MEMORY,
    b"events": KeptEvents("abc", NOW, (_EVENT,), "Europe/Stockholm"),
    b"as_of": NOW,
    b"controls": Controls(LATER, Extension("meeting", NOW, LATER)),
    b"offsets": (0.1, 0.9),
    b"status": {"diversion": "meeting", "until": None, "phase": "running", "calendar": {"health": "ok"}},
    b"switchboard": "abc",
    b"refused_sign_in": "abc",
    b"history.at": NOW, b"history.until": NOW, b"history.action": "set", b"history.confirmation": "confirmed",
    b"skips.until": NOW, b"skips.id": "1", b"history.diversion": "lunch", b"history.by": "calendar",
}  # fmt: skip


@contextmanager
def _ledger(_folder: Path) -> Iterator[Check]:
    with closing(Ledger(Path(":memory:"))) as ledger:
        state = DiversionState("meeting", LATER)
        ledger.keep_memory(_MEMORY, HistoryEntry(NOW, state, "calendar", ActionName.SET, Confirmation.CONFIRMED))
        ledger.add_skip(Skip("1", False, LATER))

        def check(data: bytes) -> None:
            place, _, value = data.partition(b"\n")
            table, _, column = place.decode("latin-1").partition(".")
            with ledger._transaction() as connection:
                connection.execute("SAVEPOINT before")
                if place in _ROWS and column:
                    text = value.decode("utf-8", "replace") if len(value) % 2 else value
                    connection.execute(f"UPDATE {table} SET {column} = ?", (text,))  # noqa: S608  names of ours
                else:
                    connection.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (table, value))
            try:
                _start_with(ledger)
            finally:
                with ledger._transaction() as connection:
                    connection.execute("DELETE FROM kept")
                    connection.execute("DELETE FROM skips")
                    connection.execute("UPDATE history SET at = ?, diversion = 'lunch', until = NULL, by = 'calendar', "
                                       "action = 'set', confirmation = 'confirmed'", (NOW.isoformat(),))  # fmt: skip
                    connection.execute("INSERT INTO skips VALUES ('1', 0, NULL)")

        yield check


def _start_with(ledger: Ledger) -> None:
    """All that a start reads of it, and a decision made by that."""
    with suppress(LedgerDamaged):
        kept = ledger.events()
        events = kept.events if kept is not None else ()
        schedule = plan(events, RULES, WINDOW, STOCKHOLM)
        memory = ledger.memory_of("def")
        for known in (memory, ledger.recall("abc")):
            for seen in (CLEAR, None, DiversionState("lunch", LATER)):
                reconcile(schedule, seen, known, NOW, Policy(STANDARD_CATALOGUE))
                release(seen, known, NOW, Policy(STANDARD_CATALOGUE))
        ledger.history(), ledger.skips(), ledger.status(), ledger.refused_sign_in()
        controls = ledger.controls()
        assert controls.paused_until is None or controls.paused_until > NOW or controls.paused_until <= NOW
        assert all(0 <= share <= 1 for share in ledger.offsets())


def _ledger_rows() -> list[bytes]:
    def value(name: bytes, kept: object) -> bytes:
        if b"." in name:
            return cast("Any", kept).isoformat().encode() if kept is NOW else str(kept).encode()
        return msgspec.json.encode(kept)

    return [name + b"\n" + value(name, kept) for name, kept in _ROWS.items()]


# The browser's answer to a sign-in


class _Socket:
    """A connection whose other end has said all that it will say."""

    def __init__(self, said: bytes) -> None:
        self._said, self.answered = said, bytearray()

    def makefile(self, mode: str, _buffering: int = -1) -> BytesIO:
        return BytesIO(self._said)

    def sendall(self, data: bytes) -> None:
        self.answered += data

    def settimeout(self, _seconds: float) -> None:
        """It never waits."""


@contextmanager
def _receiver(_folder: Path) -> Iterator[Check]:
    def check(data: bytes) -> None:
        state, taken = "st4te", list[dict[str, str]]()
        receiver = cast("Any", SimpleNamespace(arrived=SimpleNamespace(is_set=lambda: bool(taken))))
        receiver.take = lambda form: LoopbackReceiver.take(receiver, form)
        receiver.page = lambda *, done: LoopbackReceiver.page(receiver, done=done)
        receiver._state, receiver._language = state, "sv"
        receiver.arrived.set = lambda: taken.append(receiver._answer)
        connection = _Socket(data)
        with suppress(ConnectionError):
            _handler(receiver)(connection, ("127.0.0.1", 1), cast("Any", None))
        assert len(taken) <= 1
        assert all(form["state"] == state and ("code" in form or "error" in form) for form in taken)
        head, _, page = bytes(connection.answered).rpartition(b"\r\n\r\n")
        assert b"<script" not in page.lower()
        assert not (taken and head) or head.startswith(b"HTTP/1.0 200")

    yield check


_GET = b"GET /?error=access_denied&state=st4te HTTP/1.1\r\nHost: localhost\r\n\r\n"
_POST = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 22\r\n\r\ncode=abc123&state=st4te"


# Two starts of the program


@contextmanager
def _single_instance(folder: Path) -> Iterator[Check]:
    from PySide6.QtCore import QCoreApplication

    from b2cal_desktop.ui.single_instance import SingleInstance

    application = QCoreApplication.instance() or QCoreApplication([])
    profile = folder / "profile"
    profile.mkdir()
    first = SingleInstance(profile)
    assert first.claim()
    first.listen()
    heard: list[int] = []
    first.asked_to_open.connect(lambda: heard.append(1))

    def check(data: bytes) -> None:
        heard.clear()
        with socket.socket(socket.AF_UNIX) as caller:
            caller.settimeout(2)
            caller.connect(first._address)
            with suppress(ConnectionError):
                caller.sendall(data[:4_000])
                caller.shutdown(socket.SHUT_WR)
            for _ in range(4):
                application.processEvents()
        for _ in range(2):
            application.processEvents()
        # Said in one go, so that it is read in one go.
        assert bool(heard) == (data[:4_000] == b"open\n"), heard
        assert first.listening

    yield check
    first.release()


# Whether there is a newer version


@contextmanager
def _updates(folder: Path) -> Iterator[Check]:
    profile = Profile.in_folder(folder)
    secret = Ed25519PrivateKey.from_private_bytes(b"b2cal fuzzing needs no secret !!")
    key = base64.b64encode(secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
    right = _FEED
    signature = base64.b64encode(secret.sign(right))

    def check(data: bytes) -> None:
        feed: Feed | None = None
        with suppress(ValueError):
            feed = parse_feed(data)
        if feed is not None:
            newer(UpdateState(feed=feed), "0.0.1")
            is_old(feed, parse_feed(right))
        assert is_signed(data, signature, (key,)) == (data == right)
        assert not is_signed(right, data, (key, data.decode("latin-1")[:100])) or signature in data
        state_path(profile).write_bytes(data)
        newer(read_state(profile))

    yield check


_FEED = (
    b'{"product":"b2cal-desktop","version":"9.1.0","published":"2026-11-20T10:00:00Z","pages":{"windows":'
    b'"https://foretag.se/b2cal","linux":"https://foretag.se/b2cal"},"notes":{"sv":"Nytt","en":"New"}}'
)
_FEED_WORDS = (
    b'"version":"9"',
    b'"version":"99999.99999.99999.99999"',
    b'"version":"9.1\\n"',
    b"javascript:alert(1)",
    b"https://a@b/",
    b"http://x/",
    b"https://foretag.se:99999999/",
    b'"published":"2026-11-20T10:00:00"',
    b'"published":"0001-01-01T00:00:00+23:59"',
    b'"product":"other"',
    b'"pages":[]',
    b"\\u202e",
)
_HTTP_WORDS = (
    b"GET ",
    b"POST ",
    b" HTTP/1.1\r\n",
    b" HTTP/0.9\r\n",
    b"?state=st4te&code=x",
    b"state=st4te",
    b"&error=x",
    b"Content-Length: 99999999999999999999\r\n",
    b"Content-Length: -1\r\n",
    "Content-Length: ٣\r\n".encode(),
    b"Expect: 100-continue\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"X: " + b"y" * 70_000,
    b"\r\n\r\n",
    b"%00",
    b"<script>",
    b"//[",
    b"HEAD / ",
)
_JSON_ROWS = (
    b'"2026-11-23T08:00:00"',
    b'"2026-11-23T08:00:00Z"',
    b'"0001-01-01T00:00:00+14:00"',
    b'"9999-12-31T23:59:59-14:00"',
    b'"until":"2026-11-23T09:00:00"',
    b'"diversion":"nowhere"',
    b'"diversion":""',
    b'+00:00"',
    b'00Z"',
    b'00"',
    b"null",
    b"[1e308,-1e308]",
    b"[-1,2]",
    b'"foreign":["2026-11-23T08:00:00"]',
    b'"end":"2026-11-23T07:00:00Z"',
    b'"timezone":"../x"',
    b'"show_as":"busy"',
    b'"last":null',
    b"\nmemory",
)

TARGETS = (
    Target("ledger", _ledger, _ledger_rows, VALUES, _JSON_ROWS, share=12),
    Target("receiver", _receiver, lambda: [_GET, _POST], words=_HTTP_WORDS, share=15),
    Target(
        "single_instance",
        _single_instance,
        lambda: [b"open\n", b"open", b"open\nopen\n", b"quit\n"],
        words=(b"open\n", b"ok\n"),
        share=8,
    ),
    Target(
        "updates",
        _updates,
        lambda: [_FEED, msgspec.json.encode(UpdateState(feed=parse_feed(_FEED)))],
        VALUES,
        _FEED_WORDS,
        share=15,
    ),
)
