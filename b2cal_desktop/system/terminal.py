"""What commands print is text: a subject or a switchboard's words cannot steer the terminal that shows them."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any, TextIO, cast

# All control characters but tab and line feed, and the marks that turn the direction of writing round.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """``text`` with what would steer a terminal written out, as ``\\x1b``."""
    return _STEERING.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


class _Printable:
    """A stream that writes out what would steer a terminal, or what its encoding does not have (a pipe on Windows)."""

    def __init__(self, below: TextIO) -> None:
        self._below = below

    def write(self, text: str) -> int:
        """All of ``text`` counts as written, however long it has become."""
        encoding = self._below.encoding or "utf-8"
        self._below.write(printable(text).encode(encoding, "backslashreplace").decode(encoding))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Each of ``lines``, as ``write`` does it."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._below, name)


@contextlib.contextmanager
def safe_terminal() -> Iterator[None]:
    """Standard output and standard error take nothing but text."""
    before = sys.stdout, sys.stderr
    try:
        # None in a Windows program without a console.
        sys.stdout, sys.stderr = (cast("TextIO", _Printable(stream)) if stream else stream for stream in before)
        yield
    finally:
        sys.stdout, sys.stderr = before
