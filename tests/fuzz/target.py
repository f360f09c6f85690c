"""What is fuzzed: one reader of the product's, good input to begin with, and what may come of bad input."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from pathlib import Path

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse

from b2cal_desktop.system.network import new_session
from tests.fuzz.mutate import LINES, Mutator

# Opened once for many inputs, in a folder of its own: it gets input after input, and lets nothing but a fault out.
Check = Callable[[bytes], None]


@dataclass(frozen=True)
class Target:
    """``open`` takes an empty folder; ``share`` is how much of all the input is for this one, against the others."""

    name: str
    open: Callable[[Path], AbstractContextManager[Check]]
    seeds: Callable[[], Sequence[bytes]]
    token: re.Pattern[bytes] = LINES
    words: Sequence[bytes] = field(default=(), repr=False)
    share: int = 10

    @cached_property
    def mutator(self) -> Mutator:
        """Draws its input."""
        return Mutator(self.seeds(), self.token, self.words)


class Canned(BaseAdapter):
    """Stands where the network would: every request gets the same answer, through the session's real reading."""

    def __init__(self) -> None:
        super().__init__()
        self.status, self.headers, self.body = 200, dict[str, str](), b""
        self.asked: list[requests.PreparedRequest] = []

    def send(self, request: requests.PreparedRequest, *_: object, **__: object) -> requests.Response:
        self.asked = [*self.asked[-99:], request]
        raw = HTTPResponse(BytesIO(self.body), self.headers, self.status, preload_content=False, decode_content=False)
        response = HTTPAdapter().build_response(request, raw)
        response.connection = self  # which is where NTLM and Negotiate go on
        return response

    def close(self) -> None:
        """There is nothing to close."""

    def told(self, data: bytes, statuses: Sequence[int], headers: Sequence[str]) -> None:
        """Answer as ``data`` says: a byte for the status, a line of headers' values (tabs between them), the body."""
        first, _, rest = data.partition(b"\n")
        self.status = statuses[first[0] % len(statuses)] if first else statuses[0]
        values = (value.decode("latin-1").strip()[:60_000] for value in first[1:].split(b"\t"))
        self.headers = {
            name: value.translate(_NO_CONTROLS) for name, value in zip(headers, values, strict=False) if value
        }
        self.body = rest

    def session(self) -> requests.Session:
        """The program's own session, with this below it."""
        session = new_session("fuzz")
        session.mount("https://", self)
        session.mount("http://", self)
        return session


_NO_CONTROLS = dict.fromkeys((*range(32), 127))  # http.client lets none of them through


def answers(bodies: Iterator[bytes] | Sequence[bytes], *heads: bytes) -> tuple[bytes, ...]:
    """Seeds as ``Canned.told`` takes them: each body with status 0, and the first one with each of ``heads``."""
    bodies = tuple(bodies)
    return (*(b"\0\n" + body for body in bodies), *(head + b"\n" + bodies[0] for head in heads))
