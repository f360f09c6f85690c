"""Reading a TOML file that people wrote: every complaint names the file and, where it can, the line."""

from __future__ import annotations

import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from b2cal_desktop.core.errors import FileProblem
from b2cal_desktop.core.model import Text

Keys = tuple[str | int, ...]

_LINE_IN_MESSAGE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")
# A key of this many parts takes tomllib time and memory that grow with the square of them. Nobody nests like that.
_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
_DEEP_KEY = re.compile(rf"(?<![\w-]){_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{50}}")
_TOO_DEEP = Text("Filen är nästlad i för många nivåer.", "The file is nested too deeply.")
_FOREIGN_MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


@dataclass(frozen=True, slots=True)
class TomlFile:
    """A parsed file. ``data`` is what ``tomllib`` makes of ``text``."""

    path: Path
    text: str = field(repr=False)
    data: dict[str, Any] = field(repr=False)
    lines: Mapping[Keys, int] = field(repr=False)

    def line_of(self, *keys: str | int) -> int | None:
        """The line (from 1) that sets ``keys``, an array's element by its number; else that of what it stands in."""
        for length in range(len(keys), 0, -1):
            if keys[:length] in self.lines:
                return self.lines[keys[:length]]
        return None


def read_toml(path: Path, *, problem: type[FileProblem], limit: int = 1_000_000) -> TomlFile:
    """The file at ``path`` of at most ``limit`` bytes; raises ``problem`` for whatever is wrong with it."""
    text = _decode(path, _read_bytes(path, problem, limit), problem)
    if _DEEP_KEY.search(text):
        raise problem(str(path), None, None, _TOO_DEEP)
    try:
        data = tomllib.loads(text)
    except ValueError as error:  # TOMLDecodeError is one; so is what Python says of a number with too many digits
        message = _LINE_IN_MESSAGE.sub("", str(error))
        found = _LINE_IN_MESSAGE.search(str(error))
        line = (int(found[1]) if found[1] else text.count("\n") + 1) if found else None
        what = Text(f"Det här är inte giltig TOML: {message}", f"This is not valid TOML: {message}")
        raise problem(str(path), line, None, what) from error
    except RecursionError:
        raise problem(str(path), None, None, _TOO_DEEP) from None
    return TomlFile(path, text, data, _Scanner(text.replace("\r\n", "\n")).scan())


def _read_bytes(path: Path, problem: type[FileProblem], limit: int) -> bytes:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise problem(
                str(path), None, None, Text("Det här är en mapp, ingen fil.", "This is a folder, not a file.")
            )
        if not stat.S_ISREG(mode):
            raise problem(str(path), None, None, Text("Det här är ingen vanlig fil.", "This is not an ordinary file."))
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except FileNotFoundError as error:
        raise problem(str(path), None, None, Text("Filen finns inte.", "The file does not exist.")) from error
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL in it
        reason = getattr(error, "strerror", None) or str(error)
        what = Text(f"Filen går inte att läsa: {reason}.", f"The file cannot be read: {reason}.")
        raise problem(str(path), None, None, what) from error
    if len(content) > limit:
        what = Text(f"Filen är större än {limit} byte.", f"The file is larger than {limit} bytes.")
        raise problem(str(path), None, None, what)
    return content


def _decode(path: Path, content: bytes, problem: type[FileProblem]) -> str:
    """The text, without the mark that some editors put before UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        encoding = _FOREIGN_MARKS.get(content[:2])
        if encoding:
            what = Text(
                f"Filen är sparad som {encoding}. Spara den som UTF-8.",
                f"The file is saved as {encoding}. Save it as UTF-8.",
            )
            raise problem(str(path), None, None, what) from error
        line = content.count(b"\n", 0, error.start) + 1
        raise problem(str(path), line, None, Text("Texten är inte UTF-8.", "The text is not UTF-8.")) from error


class _Scanner:
    """Finds the line of every key in a text that ``tomllib`` has accepted; on anything else it is undefined."""

    _SPACE = re.compile(r"[ \t]*")
    _GAP = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
    _BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
    _SCALAR = re.compile(r"[^,\]}\n#]*")
    _STRING = re.compile(r'"""(?:\\[\s\S]|[^\\])*?"""(?!")|\'\'\'[\s\S]*?\'\'\'(?!\')|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'')

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1
        self._counted = 0
        self._lines: dict[Keys, int] = {}
        self._arrays: dict[Keys, int] = {}

    def scan(self) -> Mapping[Keys, int]:
        table: Keys = ()
        self._skip(self._GAP)
        while self._at < len(self._text):
            if self._text.startswith("[", self._at):
                table = self._header()
            else:
                self._assignment(table)
            self._skip(self._GAP)
        return self._lines

    def _header(self) -> Keys:
        """``[table]`` or ``[[array of tables]]``; the keys that what follows stands under."""
        array = self._text.startswith("[[", self._at)
        self._at += 2 if array else 1
        line = self._line_here()
        *above, last = self._key()
        self._at += 2 if array else 1
        table: Keys = ()
        for key in above:
            table = self._inside((*table, key))
            self._lines.setdefault(table, line)
        table = (*table, last)
        if array:
            self._lines.setdefault(table, line)
            self._arrays[table] = self._arrays.get(table, -1) + 1
            table = self._inside(table)
        else:
            table = self._inside(table)
        self._lines[table] = line
        return table

    def _inside(self, table: Keys) -> Keys:
        """The last element, where ``table`` is an array of tables."""
        return (*table, self._arrays[table]) if table in self._arrays else table

    def _assignment(self, table: Keys) -> None:
        line = self._line_here()
        path = table
        for key in self._key():
            path = (*path, key)
            self._lines.setdefault(path, line)
        self._at += 1  # the equals sign
        self._value(path)

    def _key(self) -> list[str]:
        """A dotted key; stops after the space that follows it."""
        keys = []
        while True:
            self._skip(self._SPACE)
            if self._text[self._at] in "\"'":
                keys.append(self._quoted_key())
            else:
                keys.append(self._skip(self._BARE_KEY))
            self._skip(self._SPACE)
            if not self._text.startswith(".", self._at):
                return keys
            self._at += 1

    def _quoted_key(self) -> str:
        quoted = self._skip(self._STRING)
        return str(tomllib.loads(f"key = {quoted}")["key"])

    def _value(self, path: Keys) -> None:
        self._skip(self._SPACE)
        match self._text[self._at]:
            case '"' | "'":
                self._skip(self._STRING)
            case "[":
                self._elements("]", path)
            case "{":
                self._elements("}", path)
            case _:
                self._skip(self._SCALAR)

    def _elements(self, end: str, path: Keys) -> None:
        """An array, or an inline table, up to and with ``end``."""
        self._at += 1
        number = 0
        while True:
            self._skip(self._GAP)
            if self._text.startswith(end, self._at):
                self._at += 1
                return
            if end == "]":
                self._lines.setdefault((*path, number), self._line_here())
                self._value((*path, number))
            else:
                self._assignment(path)
            number += 1
            self._skip(self._GAP)
            if self._text.startswith(",", self._at):
                self._at += 1

    def _skip(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if found is None:
            raise AssertionError(f"not TOML at {self._at}")
        self._at = found.end()
        return found[0]

    def _line_here(self) -> int:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line
