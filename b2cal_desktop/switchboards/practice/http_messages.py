"""What travels between the HTTP server and the practice switchboard: requests, answers and problems."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

Headers = Sequence[tuple[str, str]]

# A problem's type points at its description in the contract; relative, so it holds at any address.
_PROBLEM_TYPE = "/openapi.json#/components/responses/"


@dataclass(frozen=True, slots=True)
class Request:
    """One request whose body has been read; `segments` is the percent-decoded path, `path` the raw one."""

    method: str
    path: str
    segments: tuple[str, ...]
    query: Mapping[str, Sequence[str]]
    headers: Message
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer; the server adds `Content-Length` and `Date`."""

    status: int
    body: bytes = b""
    content_type: str | None = None
    headers: Headers = ()


@dataclass(frozen=True, slots=True)
class EventStream:
    """An answer without an end: `chunks` is sent as it comes, until it is exhausted or the reader leaves."""

    chunks: Callable[[], Iterator[bytes]]
    headers: Headers = ()


@dataclass(frozen=True, slots=True)
class HangUp:
    """No answer at all: the connection is closed."""


Reply = Answer | EventStream | HangUp


def json_answer(value: object, *, status: int = 200, headers: Headers = ()) -> Answer:
    """`value` as JSON, never cached without asking again."""
    body = json.dumps(value, ensure_ascii=False).encode(errors="replace")  # lone surrogates
    return Answer(status, body, "application/json", (("Cache-Control", "private, no-cache"), *headers))


@dataclass(slots=True)
class Problem(Exception):
    """A request that is answered with `application/problem+json` (RFC 9457).

    `kind` names the response in `openapi.json` that describes it; `extra` holds further members of the
    body, such as `errors`.
    """

    status: int
    kind: str
    title: str
    detail: str
    headers: Headers = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.status} {self.title}: {self.detail}"

    def answer(self) -> Answer:
        """The problem as an answer."""
        members = {
            "type": _PROBLEM_TYPE + self.kind,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            **self.extra,
        }
        body = json.dumps(members, ensure_ascii=False).encode(errors="replace")
        headers = (("Cache-Control", "no-store"), *self.headers)
        return Answer(self.status, body, "application/problem+json", headers)


def bad_request(detail: str, *errors: tuple[str, str]) -> Problem:
    """400; each error is a field of the body (or a parameter) and what is wrong with it."""
    extra = {"errors": [{"field": name, "problem": problem} for name, problem in errors]} if errors else {}
    return Problem(400, "BadRequest", "The request is malformed", detail, extra=extra)


def not_found(path: str) -> Problem:
    """404 for an address that this server does not have."""
    return Problem(404, "NotFound", "There is nothing here", f"{path[:200]} is no address of this server.")


def forbidden(detail: str) -> Problem:
    """403: known who asks, and it is not theirs to do."""
    return Problem(403, "Forbidden", "This is not allowed", detail)
