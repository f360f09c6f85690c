"""Texts of a connector file with placeholders: ``{user}``, ``{remote}``, ``{until:iso}``.

A template is cut into literal parts and placeholders once, when the file is read. A value never passes through that
again, so nothing in a value can become a placeholder, and each place (path, header, JSON …) escapes it in its own way.
There are no expressions, attributes, indexes or conversions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches

from b2cal_desktop.core.error_base import Complaint
from b2cal_desktop.core.model import Text

Value = str | int | datetime | Text | None
Values = Mapping[str, Value]
Filled = str | int | bool | None

PRESENT = "present"
UNTIL_FORMATS: Mapping[str, Callable[[datetime], str | int]] = {
    "iso": lambda until: until.isoformat(timespec="seconds"),
    "iso_ms": lambda until: until.isoformat(timespec="milliseconds"),
    "iso_utc": lambda until: until.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    "epoch": lambda until: int(until.timestamp()),
    "epoch_ms": lambda until: int(until.timestamp()) * 1000 + until.microsecond // 1000,
}
LABEL_FORMATS = ("sv", "en")

# Control characters, line separators, lone surrogates and what XML cannot hold: never in a value.
UNSENDABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")

_PIECE = re.compile(r"\{\{|\}\}|\{([a-z][a-z0-9_]*)(?::([a-z_]+))?\}|[{}]|[^{}]+")


class TemplateProblem(Complaint):
    """A text of a connector file that is no template; ``problem`` says why."""


class FillProblem(Complaint):
    """A value that cannot stand where the connector puts it; names the placeholder or place, never the value."""


@dataclass(frozen=True, slots=True)
class Placeholder:
    """``{name}`` or ``{name:form}``."""

    name: str
    form: str | None = None

    def fill(self, values: Values) -> Filled:
        """The value in its form, or None where it is absent."""
        value = values[self.name]
        if self.form == PRESENT:
            return value is not None
        if isinstance(value, datetime):
            return UNTIL_FORMATS[self.form or "iso"](value)
        if isinstance(value, Text):
            return value.to(self.form or "en")
        return value


@dataclass(frozen=True, slots=True)
class Template:
    """A text in which values are filled."""

    parts: tuple[str | Placeholder, ...]

    @property
    def placeholders(self) -> tuple[Placeholder, ...]:
        """Those that it holds, in order."""
        return tuple(part for part in self.parts if isinstance(part, Placeholder))

    def fill(self, values: Values) -> Filled:
        """The text; a lone placeholder keeps its type. None as soon as one value is absent."""
        if len(self.parts) == 1 and isinstance(self.parts[0], Placeholder):
            return self.parts[0].fill(values)
        return self.fill_text(values)

    def fill_text(self, values: Values, escape: Callable[[str], str] = str) -> str | None:
        """The text with every value, but no literal part, passed through ``escape``; None as ``fill``."""
        texts = []
        for part in self.parts:
            if isinstance(part, str):
                texts.append(part)
                continue
            text = as_text(part.fill(values))
            if text is None:
                return None
            texts.append(escape(text))
        return "".join(texts)


def as_text(value: Filled) -> str | None:
    """A filled value where only text can stand."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else value


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The placeholders that a connector file may use: its fields, and what the engine knows of a diversion."""

    fields: frozenset[str] = frozenset()
    secrets: frozenset[str] = frozenset()
    may_be_absent: frozenset[str] = frozenset()
    extras: frozenset[str] = frozenset()
    diversion: bool = False

    @property
    def names(self) -> frozenset[str]:
        """Every name."""
        own = self.fields | self.secrets
        return own | self.extras | {"remote", "until", "label"} if self.diversion else own

    def forms(self, name: str) -> tuple[str | None, ...]:
        """The forms that ``name`` can take; None is the bare one."""
        if name == "until":
            return (*UNTIL_FORMATS, PRESENT)
        if name == "label":
            return LABEL_FORMATS
        return (None, PRESENT)

    def parse(self, text: str) -> Template:
        """``text`` as a template; raises TemplateProblem."""
        parts: list[str | Placeholder] = []
        for piece in _PIECE.finditer(text):
            if piece[1]:
                parts.append(self._placeholder(piece[1], piece[2]))
            elif piece[0] in ("{{", "}}"):
                parts.append(piece[0][0])
            elif piece[0] in ("{", "}"):
                raise TemplateProblem(
                    Text(
                        f"“{text}”: inom klamrar får bara ett namn stå, till exempel {{remote}}; "
                        "en klammer i texten skrivs dubbelt.",
                        f"“{text}”: braces hold nothing but a name, such as {{remote}}; "
                        "a brace in the text is written twice.",
                    )
                )
            else:
                parts.append(piece[0])
        return Template(tuple(parts))

    def _placeholder(self, name: str, form: str | None) -> Placeholder:
        if name not in self.names:
            near = get_close_matches(name, sorted(self.names), n=1)
            listed = near or sorted(self.names) or ["–"]
            raise TemplateProblem(
                Text(
                    f"{{{name}}} finns inte här. Finns: {', '.join(listed)}.",
                    f"{{{name}}} does not exist here. There is: {', '.join(listed)}.",
                )
            )
        forms = self.forms(name)
        if form not in forms:
            allowed = ", ".join(f"{{{name}:{one}}}" if one else f"{{{name}}}" for one in forms)
            raise TemplateProblem(
                Text(f"Skriv {{{name}}} som ett av: {allowed}.", f"Write {{{name}}} as one of: {allowed}.")
            )
        return Placeholder(name, form)

    def can_be_absent(self, placeholder: Placeholder) -> bool:
        """Whether it may have no value when it is filled."""
        if placeholder.form == PRESENT:
            return False
        return placeholder.name in self.may_be_absent | self.extras | {"until"}
