"""Reading what a client wants to set: strict JSON, every complaint with its field."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from b2cal_desktop.switchboards.practice.catalogue import CATALOGUE, DIVERSION_IDS
from b2cal_desktop.switchboards.practice.http_messages import Problem, bad_request
from b2cal_desktop.switchboards.practice.store import NOTE_LENGTH

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)  # RFC 3339, 5.6
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class WantedDiversion:
    """A checked body: `until` is aware and in UTC."""

    diversion: str
    until: datetime | None
    note: str | None


def read_object(body: bytes) -> dict[str, object]:
    """The JSON object in a body; raises 400 for anything else, also for a key that is there twice."""
    try:
        value = json.loads(body.decode(), object_pairs_hook=_once_each, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise bad_request("The body is no UTF-8 text.") from error
    except RecursionError as error:
        raise bad_request("The body is nested too deeply.") from error
    except ValueError as error:
        raise bad_request(f"The body is no JSON: {error}.") from error
    if not isinstance(value, dict):
        raise bad_request("The body must be a JSON object.")
    return value


def read_diversion(value: dict[str, object]) -> WantedDiversion:
    """The diversion an object asks for; raises 400 for its shape, 422 for a diversion that is unknown."""
    errors = [(key, "is unknown") for key in value if key not in ("diversion", "until", "note")]
    diversion, until, note = value.get("diversion"), value.get("until"), value.get("note")
    if "diversion" not in value:
        errors.append(("diversion", "is missing"))
    elif not isinstance(diversion, str):
        errors.append(("diversion", "must be text"))
    end = None
    if until is not None:
        end = _instant(until)
        if end is None:
            errors.append(("until", "must be null or a time with its offset, such as 2026-11-23T13:00:00+01:00"))
    if note is not None and not (isinstance(note, str) and len(note) <= NOTE_LENGTH and not _CONTROL.search(note)):
        errors.append(("note", f"must be null or one line of at most {NOTE_LENGTH} characters"))
    if errors:
        raise bad_request("; ".join(f"{name[:60]} {problem}" for name, problem in errors) + ".", *errors)
    _require_known(str(diversion))
    return WantedDiversion(str(diversion), end, note if isinstance(note, str) else None)


def require_ahead(wanted: WantedDiversion, now: datetime) -> None:
    """Raises 422 for an end that has passed: somebody's slip. Programs are let off: their clocks differ."""
    if wanted.until is not None and wanted.until <= now:
        raise _unprocessable("Unprocessable", "The end lies in the past", "until", f"{wanted.until} has passed")


def _require_known(diversion: str) -> None:
    if diversion in DIVERSION_IDS:
        return
    known = [entry.id for entry in CATALOGUE]
    problem = f"{diversion[:100]} is no diversion of this switchboard"
    extra = {"diversion": diversion, "known": known}
    raise _unprocessable("UnknownDiversion", "The diversion is unknown", "diversion", problem, **extra)


def _unprocessable(kind: str, title: str, name: str, problem: str, **extra: object) -> Problem:
    errors = [{"field": name, "problem": problem}]
    return Problem(422, kind, title, f"{name}: {problem}.", extra={"errors": errors, **extra})


def _instant(value: object) -> datetime | None:
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):  # the 31st of February; the year 9999 west of Greenwich
        return None


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key[:60]!r} is there twice")
        found[key] = value
    return found


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON value")
