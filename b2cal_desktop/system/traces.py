"""An exception as text that is fit for a log: what kind it is and where it came from, not what a stranger says of it.

The message of an exception may quote whatever was at hand: a subject, a ticket, a line of a calendar. So only what is
known to quote nothing is told: the errors that are ours, and the parts of the interpreter's own that are names in code.
"""

from __future__ import annotations

import os
import re
import traceback
from collections.abc import Iterator

from b2cal_desktop.core.errors import B2CalError

_MOST_FRAMES = 40
_MOST_ERRORS = 8
_ROOTS = ("/b2cal_desktop/", "/site-packages/", "/dist-packages/")
_STDLIB = re.compile(r".*/python3\.\d+/", re.IGNORECASE)
_NO_FILE = re.compile(r"<[\w .:]{1,60}>")


def trace_lines(error: BaseException, *, says: bool = True) -> list[str]:
    """``error`` and what caused it, the first cause first, in the form of a traceback without lines of code.

    Without ``says``, types and places alone.
    """
    lines: list[str] = []
    for one in _causes(error):
        if lines:
            lines.append("which led to:")
        lines.append("Traceback (most recent call last):")
        lines += _frames(one)
        text = _said(one) if says else ""
        lines.append(_kind(one) + (f": {text}" if text else ""))
        if isinstance(one, BaseExceptionGroup):
            lines += [f"  one of them: {_kind(part)}" for part in one.exceptions[:_MOST_ERRORS]]
    return lines


def place(filename: str) -> str:
    """A file of code without the folders that it happens to be installed in."""
    path = filename.replace("\\", "/")
    for root in _ROOTS:
        _, found, rest = f"/{path}".rpartition(root)
        if found:
            return f"b2cal_desktop/{rest}" if root == _ROOTS[0] else rest
    if found_in := _STDLIB.match(path):
        return path[found_in.end() :]
    if _NO_FILE.fullmatch(path):
        return path
    return path.rpartition("/")[2]


def frame_line(filename: str, line: int | None, function: str) -> str:
    """One line of a traceback."""
    return f'  File "{place(filename)}", line {line or 0}, in {function}'


def _frames(error: BaseException) -> Iterator[str]:
    frames = [*traceback.walk_tb(error.__traceback__)]
    left_out = len(frames) - _MOST_FRAMES
    for number, (frame, line) in enumerate(frames):
        if left_out > 0 and number == _MOST_FRAMES // 2:
            yield f"  … {left_out} more …"
        if left_out <= 0 or not _MOST_FRAMES // 2 <= number < _MOST_FRAMES // 2 + left_out:
            yield frame_line(frame.f_code.co_filename, line, frame.f_code.co_name)


def _causes(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and len(chain) < _MOST_ERRORS and not any(current is one for one in chain):
        chain.append(current)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return chain[::-1]


def _kind(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _said(error: BaseException) -> str:
    """What of its message can only be a name in code, or ours."""
    match error:
        case B2CalError():
            return str(error)
        case AttributeError(name=str(name)) | NameError(name=str(name)) | ImportError(name=str(name)):
            return name
        case UnicodeError():
            return str(getattr(error, "encoding", ""))
        case OSError(errno=int(number)) if type(error).__module__ == "builtins":
            return f"[Errno {number}] {os.strerror(number)}"
        case _:
            return ""
