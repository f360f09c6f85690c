"""What the user filled in, checked before anything is sent."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from b2cal_desktop.core.errors import ConnectorProblem
from b2cal_desktop.core.model import Text
from b2cal_desktop.switchboards.connector_body import RequestShape
from b2cal_desktop.switchboards.connector_file import ConnectorFile, Field, FieldKind
from b2cal_desktop.switchboards.connector_remote import RemoteTable
from b2cal_desktop.switchboards.connector_requests import AuthKind
from b2cal_desktop.switchboards.connector_template import UNSENDABLE, FillProblem, Value
from b2cal_desktop.system.network import UnsafeAddress, require_safe_address

FIELD_LIMIT = 200


class Asks(Protocol):
    """Whatever asks the user for something; ``path`` names it in complaints."""

    @property
    def path(self) -> Path: ...

    @property
    def fields(self) -> tuple[Field, ...]: ...


_SOME_INSTANT = datetime(2026, 11, 23, 12, tzinfo=UTC)


def check_fields(file: Asks, given: Mapping[str, str], limit: int = FIELD_LIMIT) -> dict[str, Value]:
    """The value of every field that is no secret, None where an optional one is empty; raises ConnectorProblem."""
    values: dict[str, Value] = {}
    for field in file.fields:
        if field.secret:
            continue
        text = given.get(field.key, "").strip() or field.default
        if text is None and field.required:
            raise _problem(file, field, Text("saknas", "is missing"))
        values[field.key] = _checked(file, field, text, limit) if text is not None else None
    return values


def complaint(file: Asks, field: Field, text: str) -> Text | None:
    """What is wrong with ``text`` in ``field``, or None, for people: a pattern is none of theirs.

    How long it may be is said when it is used.
    """
    if field.pattern is not None and not re.fullmatch(field.pattern, text.strip()):
        return Text(f"{field.label.sv} kan inte se ut så.", f"{field.label.en} cannot look like that.")
    try:
        _checked(file, field, text.strip(), sys.maxsize)
    except ConnectorProblem as error:
        return error.problem
    return None


def _checked(file: Asks, field: Field, text: str, limit: int) -> str | int:
    if UNSENDABLE.search(text) or len(text) > limit:
        what = Text(f"ska vara en rad, högst {limit} tecken", f"should be one line, at most {limit} long")
        raise _problem(file, field, what)
    if field.pattern is not None and not re.fullmatch(field.pattern, text):
        raise _problem(file, field, Text(f"ska se ut som {field.pattern}", f"should look like {field.pattern}"))
    if field.kind is FieldKind.NUMBER:
        if not re.fullmatch(r"-?[0-9]{1,18}", text):
            raise _problem(file, field, Text("ska vara ett heltal", "should be a whole number"))
        return int(text)
    if field.kind is FieldKind.ADDRESS:
        _check_address(file, field, text)
    return text


def _check_address(file: Asks, field: Field, text: str) -> None:
    try:
        require_safe_address(text)
    except UnsafeAddress as error:
        raise _problem(file, field, _not_accepted(error)) from None
    parts = urlsplit(text)
    if "@" in parts.netloc or "?" in text or "#" in text or not re.fullmatch(r"[!-~]*", parts.path):
        what = Text(
            "ska vara en adress utan användarnamn, frågetecken eller #",
            "should be an address without user name, question mark or #",
        )
        raise _problem(file, field, what)
    if re.search(r"(?i)//|%(2e|2f|5c)|/\.\.?(/|$)", parts.path):
        raise _problem(file, field, Text("har en sökväg som inte går", "has a path that is not possible"))


def _not_accepted(error: UnsafeAddress) -> Text:
    return Text(f"godtas inte: {error.problem.sv}", f"is not accepted: {error.problem.en}")


def _problem(file: Asks, field: Field, what: Text) -> ConnectorProblem:
    text = Text(f"{field.label.sv} {what.sv}.", f"{field.label.en} {what.en}.")
    return ConnectorProblem(str(file.path), None, field.key, text)


def check_values(file: ConnectorFile, base: str, fields: Mapping[str, Value], remote: RemoteTable) -> None:
    """Fills every request with every diversion, so that nothing can fail later but what the switchboard itself said."""
    stand_ins: dict[str, Value] = {field.key: "secret" for field in file.fields if field.secret}
    values = {**stand_ins, **fields}
    login = file.auth.request
    for name, spec in {**file.requests, **({"login": login} if login is not None else {})}.items():
        if name not in ("set", "clear"):
            _try(file, name, spec.shape, base, values)
            continue
        for key, value in remote.values().items():
            if UNSENDABLE.search(value.value) or not value.value:
                raise _bad_value(file, key, Text("ska vara en rad utan styrtecken", "should be one line"))
            known: dict[str, Value] = {"remote": value.value, "until": _SOME_INSTANT, "label": Text.same("x")}
            _try(file, f"diversions.{key}", spec.shape, base, {**values, **remote.no_extras, **value.extras, **known})
    _check_user(file, values)


def _try(file: ConnectorFile, place: str, shape: RequestShape, base: str, values: Mapping[str, Value]) -> None:
    try:
        shape.fill(base, values)
    except FillProblem as error:
        raise ConnectorProblem(str(file.path), None, place, error.problem) from None


def _bad_value(file: ConnectorFile, key: str, what: Text) -> ConnectorProblem:
    return ConnectorProblem(str(file.path), None, f"diversions.{key}", Text(f"Värdet {what.sv}.", f"It {what.en}."))


def _check_user(file: ConnectorFile, values: Mapping[str, Value]) -> None:
    """A colon would end the user's name in Basic; Digest knows no letters beyond ASCII that all agree on."""
    user = file.auth.user.fill_text(values) if file.auth.user is not None else None
    if user is None:
        return
    if file.auth.kind is AuthKind.BASIC and ":" in user:
        what = Text("Användarnamnet kan inte ha kolon.", "The user name cannot have a colon.")
        raise ConnectorProblem(str(file.path), None, "auth.user", what)
    if file.auth.kind is AuthKind.DIGEST and not user.isascii():
        what = Text("Användarnamnet ska bara ha a–z, siffror och tecken.", "The user name should be ASCII.")
        raise ConnectorProblem(str(file.path), None, "auth.user", what)


def show_place(text: str) -> str:
    """A value from outside, fit for one line of a message."""
    return UNSENDABLE.sub(" ", text)[:80]
