"""The switchboard's API, as `openapi.json` describes it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import partial
from importlib import resources
from typing import TypeVar

from b2cal_desktop.switchboards.practice.access import Access, Caller
from b2cal_desktop.switchboards.practice.catalogue import AVAILABLE, CATALOGUE
from b2cal_desktop.switchboards.practice.diversion_body import read_diversion, read_object
from b2cal_desktop.switchboards.practice.http_messages import (
    Answer,
    Problem,
    Reply,
    Request,
    bad_request,
    json_answer,
)
from b2cal_desktop.switchboards.practice.store import (
    Busy,
    DiversionState,
    PreconditionFailed,
    Store,
    UnknownUser,
    user_name,
)

HISTORY_DEFAULT, HISTORY_MOST = 50, 500
_ENTITY_TAG = r'(?:W/)?"[\x21\x23-\x7e]*"'
_ENTITY_TAGS = re.compile(rf"\s*{_ENTITY_TAG}(?:\s*,\s*{_ENTITY_TAG})*\s*")
_PRODUCT = re.compile(r"[\w.!#$%&'*+^`|~-]{1,64}", re.ASCII)
# curl and urllib call a body a form where the caller says nothing.
_BODY_TYPES = ("", "application/json", "application/x-www-form-urlencoded")

Route = Callable[[Request], Reply]
T = TypeVar("T")


class Api:
    """Everything under `/v1`, and the contract itself; Problems are raised, not returned."""

    def __init__(self, store: Store, access: Access, now: Callable[[], datetime]) -> None:
        self._store = store
        self._access = access
        self._now = now

    def routes(self, segments: tuple[str, ...]) -> dict[str, Route]:
        """The methods of an address; empty for an address that is not the API's."""
        match segments:
            case ("openapi.json",):
                return {"GET": self._contract}
            case ("v1", "diversions"):
                return {"GET": self._diversions}
            case ("v1", "users"):
                return {"GET": self._users}
            case ("v1", "users", user, "diversion"):
                return {
                    "GET": partial(self._read, user),
                    "PUT": partial(self._write, user),
                    "DELETE": partial(self._clear, user),
                }
            case ("v1", "users", user, "history"):
                return {"GET": partial(self._history, user)}
        return {}

    def _contract(self, request: Request) -> Answer:
        self._access.api_caller(request.headers)
        file = resources.files("b2cal_desktop.switchboards.practice") / "openapi.json"
        return Answer(200, file.read_bytes(), "application/json", [("Cache-Control", "no-cache")])

    def _diversions(self, request: Request) -> Answer:
        self._access.api_caller(request.headers)
        diversions = [{"id": entry.id, "label": {"sv": entry.sv, "en": entry.en}} for entry in CATALOGUE]
        return json_answer({"diversions": diversions, "end_time": True})

    def _users(self, request: Request) -> Answer:
        self._access.api_caller(request.headers)
        return json_answer({"users": [{"user": state.user, **state.as_json()} for state in self._store.users()]})

    def _read(self, user: str, request: Request) -> Answer:
        self._access.api_caller(request.headers)
        state = for_user(self._store.get, user)
        tags = request.headers.get("If-None-Match")
        if tags is not None and (tags.strip() == "*" or state.etag in _tags("If-None-Match", tags, weak=True)):
            return Answer(304, headers=[("ETag", state.etag), ("Cache-Control", "private, no-cache")])
        return _shown(state)

    def _write(self, user: str, request: Request) -> Answer:
        caller = self._access.api_caller(request.headers)
        content_type = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if content_type not in _BODY_TYPES:
            detail = f"The body must be application/json, not {content_type[:80]}."
            raise Problem(415, "BadRequest", "The body is of another type", detail)
        wanted = read_diversion(read_object(request.body))
        return self._set(caller, user, request, wanted.diversion, wanted.until, wanted.note)

    def _clear(self, user: str, request: Request) -> Answer:
        caller = self._access.api_caller(request.headers)
        return self._set(caller, user, request, AVAILABLE, None, None)

    def _set(
        self,
        caller: Caller,
        user: str,
        request: Request,
        diversion: str,
        until: datetime | None,
        note: str | None,
    ) -> Answer:
        for_user(lambda name: caller.require_write(user_name(name)), user)
        return _shown(
            for_user(
                lambda name: self._store.set(
                    name,
                    diversion,
                    until,
                    note=note,
                    set_by=_writer(request),
                    expected=_precondition(request),
                ),
                user,
            )
        )

    def _history(self, user: str, request: Request) -> Answer:
        caller = self._access.api_caller(request.headers)
        for_user(lambda name: caller.require_write(user_name(name)), user)
        limit = HISTORY_DEFAULT
        if "limit" in request.query:
            text = request.query["limit"][-1]
            if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= HISTORY_MOST:
                problem = f"must be a whole number from 1 to {HISTORY_MOST}"
                raise bad_request(f"limit {problem}.", ("limit", problem))
            limit = int(text)
        entries = for_user(partial(self._store.history, limit=limit), user)
        return json_answer({"history": [entry.as_json() for entry in entries]})


def for_user(act: Callable[[str], T], user: str) -> T:
    """Runs `act` for a user; what the store says about the name becomes a Problem."""
    try:
        return act(user)
    except UnknownUser as error:
        spelling = f"; it knows {error.known}" if error.known else ""
        detail = f"The switchboard has no user {user[:130]}{spelling}."
        raise Problem(404, "UnknownUser", "The user is unknown", detail) from error
    except Busy as error:
        detail = "Another change is being made; read again before you write."
        raise Problem(409, "Conflict", "Another change is being made", detail) from error
    except PreconditionFailed as error:
        detail = f"What {user[:130]} shows has changed; read it again before you write."
        raise Problem(412, "PreconditionFailed", "The diversion has changed", detail) from error
    except ValueError as error:
        raise bad_request(f"user: {error}.", ("user", str(error))) from error


def _shown(state: DiversionState) -> Answer:
    return json_answer(state.as_json(), headers=[("ETag", state.etag)])


def _precondition(request: Request) -> Callable[[DiversionState], bool] | None:
    """If-Match by strong comparison (RFC 9110, 13.1.1); `*` matches, for every user shows something."""
    matches = request.headers.get_all("If-Match")
    if matches is None or ", ".join(matches).strip() == "*":
        return None
    tags = _tags("If-Match", ", ".join(matches), weak=False)
    return lambda state: state.etag in tags


def _tags(name: str, value: str, *, weak: bool) -> set[str]:
    if not _ENTITY_TAGS.fullmatch(value):
        raise bad_request(f"{name} must hold quoted entity tags, or *.")
    tags = re.findall(_ENTITY_TAG, value)
    return {tag.removeprefix("W/") for tag in tags} if weak else {tag for tag in tags if tag[0] == '"'}


def _writer(request: Request) -> str:
    """Who wrote, by the client's own name for itself: the product of its User-Agent."""
    product = _PRODUCT.match(request.headers.get("User-Agent", ""))
    if product is None:
        return "API"
    return "B2Cal Desktop" if product[0].lower().startswith("b2cal") else product[0]
