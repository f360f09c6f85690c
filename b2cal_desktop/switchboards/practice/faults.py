"""Faults on purpose: which of the API's requests go wrong, and how, decided by a seed."""

from __future__ import annotations

import random
import re
import tomllib
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path

from b2cal_desktop.core.errors import FileProblem

_METHODS = ("DELETE", "GET", "PUT")
_SIZE_LIMIT = 64 * 1024


class Fault(StrEnum):
    """What can happen to a request; the values are the keys of the file."""

    DELAY = "delay"
    REFUSE = "refuse"
    DROP_AFTER_ACTING = "drop_after_acting"
    ANSWER_429 = "answer_429"
    ANSWER_500 = "answer_500"
    ANSWER_GARBAGE = "answer_garbage"


class Garbage(StrEnum):
    """What stands in a 200 instead of the answer."""

    CAPTIVE_PORTAL = "captive_portal"
    TRUNCATED_JSON = "truncated_json"
    WRONG_TYPE = "wrong_type"


@dataclass(frozen=True, slots=True)
class Faults:
    """Shares of requests, 0 to 1 each and at most 1 together; the rest is answered as it should be.

    `methods` are those that can go wrong; the others never do. Request number n meets the same fault
    in every run with the same seed.
    """

    seed: int = 0
    delay: float = 0.0
    refuse: float = 0.0
    drop_after_acting: float = 0.0
    answer_429: float = 0.0
    answer_500: float = 0.0
    answer_garbage: float = 0.0
    delay_seconds: float = 3.0
    retry_after_seconds: int = 5
    methods: tuple[str, ...] = _METHODS

    def draw(self, number: int) -> Fault | None:
        """The fault of request `number` (0, 1, …), or None."""
        left = random.Random(f"{self.seed}:{number}").random()  # noqa: S311 - chance, not a secret
        for fault in Fault:
            share: float = getattr(self, fault.value)
            if left < share:
                return fault
            left -= share
        return None

    def garbage(self, number: int) -> Garbage:
        """Which garbage request `number` gets."""
        return random.Random(f"{self.seed}:{number}:garbage").choice(list(Garbage))  # noqa: S311


def load_faults(path: Path) -> Faults:
    """The faults in a TOML file; FileProblem names file, line, key and what is allowed."""
    try:
        with path.open("rb") as file:
            text = file.read(_SIZE_LIMIT + 1).decode()
    except OSError as error:
        raise FileProblem(str(path), None, None, f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise FileProblem(str(path), None, None, "is no UTF-8 text") from error
    if len(text) > _SIZE_LIMIT:
        raise FileProblem(str(path), None, None, f"is larger than {_SIZE_LIMIT} bytes")
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        raise FileProblem(str(path), int(found[1]) if found else None, None, f"is no TOML: {error}") from error
    allowed = [field.name for field in fields(Faults)]
    for key, value in table.items():
        problem = _problem(key, value) if key in allowed else f"is unknown; allowed are {', '.join(allowed)}"
        if problem:
            raise FileProblem(str(path), _line_of(key, text), key, problem)
    if "methods" in table:
        table["methods"] = tuple(table["methods"])
    faults = Faults(**table)
    total = sum(getattr(faults, fault.value) for fault in Fault)
    if total > 1 + 1e-9:
        keys = ", ".join(fault.value for fault in Fault if fault.value in table)
        raise FileProblem(str(path), None, keys, f"together are {total:g}; allowed is at most 1")
    return faults


def _problem(key: str, value: object) -> str | None:
    """What is wrong with a known key's value, or None."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    match key:
        case "seed":
            return None if is_number and isinstance(value, int) else "must be a whole number"
        case "delay_seconds":
            return _unless(is_number and 0 <= float(str(value)) <= 300, "must be seconds from 0 to 300")
        case "retry_after_seconds":
            whole = is_number and isinstance(value, int) and 0 <= value <= 3600
            return _unless(whole, "must be whole seconds from 0 to 3600")
        case "methods":
            right = isinstance(value, list) and value and all(method in _METHODS for method in value)
            return _unless(bool(right), f"must be a list of {', '.join(_METHODS)}")
    return _unless(is_number and 0 <= float(str(value)) <= 1, "must be a share from 0 to 1")


def _unless(right: bool, problem: str) -> str | None:
    return None if right else problem


def _line_of(key: str, text: str) -> int | None:
    pattern = re.compile(rf"\s*[\[\"']*{re.escape(key)}\b")
    return next((number for number, line in enumerate(text.splitlines(), 1) if pattern.match(line)), None)
