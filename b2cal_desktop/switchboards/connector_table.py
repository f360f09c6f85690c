"""A table of a connector file, read key by key; each complaint names file, key, line, and what is allowed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

from b2cal_desktop.core.errors import ConnectorProblem
from b2cal_desktop.core.model import Text
from b2cal_desktop.switchboards.connector_document import Document
from b2cal_desktop.switchboards.connector_template import UNSENDABLE

TEXT_LIMIT = 2_000
_LIMIT_OF_HELP = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Table:
    """What stands under ``keys``. Say with ``only`` which keys are allowed before asking for any."""

    def __init__(self, file: Document, keys: tuple[str | int, ...], data: Any) -> None:
        self.file, self.keys = file, keys
        if not isinstance(data, dict):
            raise self.problem(None, Text("Här ska en tabell stå.", "A table should stand here."))
        self.data = data

    def only(self, *allowed: str) -> None:
        """Raises for a key that is none of ``allowed``, with the one that was probably meant."""
        for key in self.data:
            if key not in allowed:
                near = get_close_matches(key.lower(), sorted(allowed), n=1)
                listed = near or sorted(allowed)
                raise self.problem(
                    key,
                    Text(
                        f"Nyckeln är okänd. {'Menades' if near else 'Här finns'}: {', '.join(listed)}.",
                        f"The key is unknown. {'Meant' if near else 'There is'}: {', '.join(listed)}.",
                    ),
                )

    def problem(self, key: str | int | None, what: Text) -> ConnectorProblem:
        """The error to raise about ``key`` of this table, or about the table itself."""
        keys = self.keys if key is None else (*self.keys, key)
        path, line = self.file.place_of(*keys)
        return ConnectorProblem(str(path), line, _dotted(keys) or None, what)

    def has(self, key: str) -> bool:
        """Whether the file sets ``key``."""
        return key in self.data

    def raw(self, key: str) -> Any:
        """Whatever stands under ``key``, or None."""
        return self.data.get(key)

    def required(self, key: str) -> Any:
        """Whatever stands under ``key``; a missing one is an error."""
        if self.raw(key) is None:
            raise self.problem(None, Text(f"“{key}” saknas.", f"“{key}” is missing."))
        return self.data[key]

    def text(self, key: str, *, pattern: str = "", allowed: str = "") -> str:
        """A text of one line that has to be there, of the shape ``pattern`` if given; ``allowed`` tells people."""
        return self.checked_text(key, self.required(key), pattern, allowed)

    def text_or_none(self, key: str, *, pattern: str = "", allowed: str = "") -> str | None:
        """As ``text``, or None where the file does not say."""
        return self.text(key, pattern=pattern, allowed=allowed) if self.raw(key) is not None else None

    def checked_text(self, key: str | int, value: Any, pattern: str = "", allowed: str = "") -> str:
        """``value`` if it is a text as ``text`` wants it."""
        if not isinstance(value, str) or not value:
            raise self.problem(key, Text("Här ska en text stå.", "A text should stand here."))
        if UNSENDABLE.search(value) or len(value) > TEXT_LIMIT:
            what = Text(
                "Texten ska vara en rad utan styrtecken.", "The text should be one line, no control characters."
            )
            raise self.problem(key, what)
        if pattern and not re.fullmatch(pattern, value):
            raise self.problem(key, Text(f"“{value}” går inte; tillåtet: {allowed}.", f"“{value}” is not {allowed}."))
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self.raw(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.problem(key, Text("Här ska true eller false stå.", "This should be true or false."))
        return value

    def choice(self, key: str, allowed: Iterable[str], default: str | None = None) -> str:
        """One of ``allowed``."""
        value = self.raw(key) if default is not None else self.required(key)
        if value is None and default is not None:
            return default
        options = list(allowed)
        if value not in options:
            listed = ", ".join(options)
            raise self.problem(key, Text(f"Här får stå: {listed}.", f"Allowed here: {listed}."))
        return str(value)

    def words(self, key: str) -> Text:
        """A text for people, ``{ sv = …, en = … }``; it may have several lines."""
        table = self.required_table(key)
        table.only("sv", "en")
        texts = [table.required(language) for language in ("sv", "en")]
        for language, text in zip(("sv", "en"), texts, strict=True):
            if not isinstance(text, str) or not text.strip() or len(text) > TEXT_LIMIT or _LIMIT_OF_HELP.search(text):
                raise table.problem(language, Text("Här ska en text stå.", "A text should stand here."))
        return Text(*(text.strip() for text in texts))

    def words_or_none(self, key: str) -> Text | None:
        """As ``words``, or None where the file does not say."""
        return self.words(key) if self.raw(key) is not None else None

    def table(self, key: str) -> Table | None:
        """The table under ``key``, or None where there is none."""
        value = self.raw(key)
        return Table(self.file, (*self.keys, key), value) if value is not None else None

    def required_table(self, key: str) -> Table:
        """The table under ``key``."""
        return Table(self.file, (*self.keys, key), self.required(key))

    def tables(self, key: str) -> Iterator[Table]:
        """The array of tables under ``key``; none is fine."""
        value = self.raw(key)
        if value is not None and not isinstance(value, list):
            raise self.problem(key, Text("Här ska en lista av tabeller stå.", "A list of tables should stand here."))
        for number, entry in enumerate(value or []):
            yield Table(self.file, (*self.keys, key, number), entry)


def _dotted(keys: tuple[str | int, ...]) -> str:
    text = ""
    for key in keys:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else key
    return text
