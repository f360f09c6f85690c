"""The page that colleagues look at: its files, its live state, and setting a diversion by hand."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from importlib import resources

from b2cal_desktop.switchboards.practice.access import Access
from b2cal_desktop.switchboards.practice.api import Route, for_user
from b2cal_desktop.switchboards.practice.catalogue import CATALOGUE
from b2cal_desktop.switchboards.practice.diversion_body import read_diversion, read_object, require_ahead
from b2cal_desktop.switchboards.practice.http_messages import (
    Answer,
    EventStream,
    Problem,
    Request,
    bad_request,
    json_answer,
)
from b2cal_desktop.switchboards.practice.store import Store, instant_text, user_name

SET_BY_HAND = "softphone"
HISTORY_SHOWN = 30
_HEARTBEAT_TICKS = 15
_FILES = {
    "page.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
    "page-words.js": "text/javascript; charset=utf-8",
    "page.svg": "image/svg+xml",
}
_FILE_HEADERS = (
    ("Cache-Control", "no-cache"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
_PAGE_HEADERS = (
    *_FILE_HEADERS,
    (
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
        "trusted-types 'none'",
    ),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Vary", "Accept-Language, Cookie"),
)


class Page:
    """The page's own addresses; faults never touch them, and only the page itself may write here."""

    def __init__(self, store: Store, access: Access, now: Callable[[], datetime], stopping: threading.Event) -> None:
        self._store = store
        self._access = access
        self._now = now
        self._stopping = stopping

    def routes(self, segments: tuple[str, ...]) -> dict[str, Route]:
        """The methods of an address; empty for an address that is not the page's."""
        match segments:
            case ("",):
                return {"GET": self._page}
            case (name,) if name in _FILES:
                return {"GET": partial(self._file, name)}
            case ("page", "state"):
                return {"GET": self._state}
            case ("page", "events"):
                return {"GET": self._events}
            case ("page", "diversion"):
                return {"POST": self._set}
            case ("page", "users", user, "history"):
                return {"GET": partial(self._history, user)}
        return {}

    def _page(self, request: Request) -> Answer:
        self._access.page_caller(request.headers)
        html = _read("page.html").replace(b'<html lang="sv">', f'<html lang="{language(request)}">'.encode(), 1)
        return Answer(200, html, "text/html; charset=utf-8", _PAGE_HEADERS)

    def _file(self, name: str, request: Request) -> Answer:
        self._access.page_caller(request.headers)
        return Answer(200, _read(name), _FILES[name], _FILE_HEADERS)

    def _state(self, request: Request) -> Answer:
        self._access.page_caller(request.headers)
        return json_answer(self._snapshot())

    def _history(self, user: str, request: Request) -> Answer:
        caller = self._access.page_caller(request.headers)
        for_user(lambda name: caller.require_write(user_name(name)), user)
        entries = for_user(partial(self._store.history, limit=HISTORY_SHOWN), user)
        return json_answer({"history": [entry.as_json() for entry in entries]})

    def _set(self, request: Request) -> Answer:
        caller = self._access.page_caller(request.headers)
        self._access.check_origin(request.headers, required=True)
        if request.headers.get_content_type() != "application/json":
            raise Problem(415, "BadRequest", "The body is of another type", "The body must be application/json.")
        body = read_object(request.body)
        user = body.pop("user", None)
        if not isinstance(user, str):
            raise bad_request("user must be text.", ("user", "must be text"))
        for_user(lambda name: caller.require_write(user_name(name)), user)
        wanted = read_diversion(body)
        require_ahead(wanted, self._now())
        state = for_user(
            lambda name: self._store.set(name, wanted.diversion, wanted.until, note=wanted.note, set_by=SET_BY_HAND),
            user,
        )
        return json_answer(state.as_json())

    def _events(self, request: Request) -> EventStream:
        self._access.page_caller(request.headers)
        headers = [("Content-Type", "text/event-stream; charset=utf-8"), ("Cache-Control", "no-store")]
        return EventStream(self._changes, headers)

    def _changes(self) -> Iterator[bytes]:
        """The state now and after each change, as server-sent events, until the server stops."""
        yield b"retry: 2000\n\n"
        shown, ticks = None, 0
        while not self._stopping.is_set():
            writes = self._store.writes
            snapshot = self._snapshot()
            if snapshot["users"] != shown:
                shown, ticks = snapshot["users"], 0
                yield f"event: state\ndata: {json.dumps(snapshot, ensure_ascii=False)}\n\n".encode()
            elif ticks >= _HEARTBEAT_TICKS:  # tells a reader that went away from one that waits
                ticks = 0
                yield b": still here\n\n"
            self._wait_for_change(writes)
            ticks += 1

    def _wait_for_change(self, writes: int) -> None:
        """Waits a second at most: for a write, for the next end that is reached, or for the stop."""
        now = self._now()
        ends = [state.until - now for state in self._store.users() if state.until is not None]
        next_end = min(ends, default=timedelta(seconds=1))
        self._store.wait_for_write(writes, min(1.0, max(0.01, next_end.total_seconds())))

    def _snapshot(self) -> dict[str, object]:
        diversions = [
            {"id": entry.id, "label": {"sv": entry.sv, "en": entry.en}, "kind": entry.kind} for entry in CATALOGUE
        ]
        users = [{"user": state.user, **state.as_json()} for state in self._store.users()]
        return {"now": instant_text(self._now()), "diversions": diversions, "users": users}


def language(request: Request) -> str:
    """`sv` or `en`: what was switched to before, else what the browser prefers, else Swedish."""
    switched = re.search(r"(?:^|;\s*)lang=(sv|en)(?:;|$)", request.headers.get("Cookie", ""))
    if switched:
        return switched[1]
    best, best_weight = "sv", 0.0
    for item in request.headers.get("Accept-Language", "").split(",")[:20]:
        tag, _, parameters = item.strip().partition(";")
        weight = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", parameters) if parameters else None
        value = float(weight[1]) if weight else 1.0
        code = tag.partition("-")[0].lower()
        if code in ("sv", "en") and value > best_weight:
            best, best_weight = code, value
    return best


def _read(name: str) -> bytes:
    return (resources.files("b2cal_desktop.switchboards.practice") / name).read_bytes()
