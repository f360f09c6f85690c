"""From bytes to content lines with their line numbers: encodings, folding, and what begins and ends where.

This only looks at the shape of a calendar, so that every fault can be pinned to a line and costs one component, not
the calendar. What the lines mean is icalendar's business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from b2cal_desktop.core.errors import CalendarProblem
from b2cal_desktop.core.model import Text, Warning

_LINE_END = re.compile(r"\r\n|\n|\r")
_NAME = re.compile(r"[A-Za-z0-9-]+(?=[;:])")
_ESCAPE = re.compile(r"\\([nN,;\\])")
# Exchange does not always put quotation marks around its own zone names, which hold a colon.
_BARE_NAME = re.compile(r"(TZID=)(tzone:[^;:\"]*)")
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))

# Only a calendar can hold these, so one that begins inside another component shows that that one was never ended.
_DIRECTLY_IN_CALENDAR = frozenset({"VEVENT", "VFREEBUSY", "VTIMEZONE", "VTODO", "VJOURNAL"})
# The lines that matter; the rest (descriptions, attachments, Outlook's copies in HTML) is most of a calendar's bulk.
_KEPT = frozenset(
    {
        "ATTENDEE",
        "CLASS",
        "DTEND",
        "DTSTART",
        "DURATION",
        "EXDATE",
        "FREEBUSY",
        "LOCATION",
        "METHOD",
        "RDATE",
        "RECURRENCE-ID",
        "RRULE",
        "SEQUENCE",
        "STATUS",
        "SUMMARY",
        "TRANSP",
        "TZID",
        "TZOFFSETFROM",
        "TZOFFSETTO",
        "UID",
        "X-LIC-LOCATION",
        "X-MICROSOFT-CDO-ALLDAYEVENT",
        "X-MICROSOFT-CDO-BUSYSTATUS",
        "X-MICROSOFT-CDO-INTENDEDSTATUS",
        "X-WR-TIMEZONE",
    }
)
_DEEPEST = 8  # an alarm in an event in a calendar is 3


@dataclass(slots=True)
class Block:
    """One component: its lines that matter, unfolded, and the components in it. ``line`` is where it begins, from 1."""

    name: str
    line: int
    lines: list[tuple[str, int, str]] = field(default_factory=list)  # name in capitals, line number, the whole line
    inner: list[Block] = field(default_factory=list)
    ended: bool = False

    def all(self, name: str) -> Iterator[tuple[int, str]]:
        """Every line named ``name``, whole, with its number."""
        return ((number, text) for key, number, text in self.lines if key == name)

    def first(self, name: str) -> str | None:
        """The first line named ``name``, whole; None if there is none."""
        return next((text for key, _, text in self.lines if key == name), None)

    def value(self, name: str) -> str:
        """What stands after the colon of the first line named ``name``; empty if there is none."""
        return value_of(self.first(name) or "")

    def text(self, name: str) -> str:
        """The first TEXT property of that name, without its escapes; empty if there is none."""
        return _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], self.value(name)).strip()

    def line_of(self, name: str) -> int:
        """Where the first line named ``name`` stands, or else where the component begins."""
        return next((number for key, number, _ in self.lines if key == name), self.line)


def value_of(line: str) -> str:
    """What stands after the first colon outside quotation marks, trimmed."""
    return line[_value_index(line) :].strip()


def parameter_of(line: str, name: str) -> str:
    """The parameter ``name`` of a content line, without quotation marks; empty if it has none."""
    head = line[: _value_index(line)]
    match = re.search(rf';\s*{name}\s*=\s*("[^"]*"|[^;:"]*)', head, re.IGNORECASE) if "=" in head else None
    return match[1].strip('"').strip() if match else ""


def _value_index(line: str) -> int:
    """Where the value begins: one past the first colon outside quotation marks."""
    if '"' not in line:
        return (line.find(":") + 1) or len(line)
    quoted = False
    for index, character in enumerate(line):
        if character == '"':
            quoted = not quoted
        elif character == ":" and not quoted:
            return index + 1
    return len(line)


def decode(data: bytes, name: str) -> tuple[str, list[Warning]]:
    """The text of a calendar, and what had to be guessed or thrown away to get it."""
    text, guessed = _decode(data)
    problems = []
    if guessed:
        problems.append(Text("är inte UTF-8; vi läser Windows-1252", "is not UTF-8; we read it as Windows-1252"))
    if "\0" in text:
        text = text.replace("\0", "")
        problems.append(Text("har nolltecken och kan vara skadad", "has NUL characters and may be damaged"))
    return text, [Warning("calendar_encoding", Text(f"{name} {p.sv}.", f"{name} {p.en}.")) for p in problems]


def _decode(data: bytes) -> tuple[str, bool]:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.decode(encoding, errors="replace"), False
    if data[1:2] == b"\0" or data[:1] == b"\0":  # UTF-16 without its mark: every other byte of "BEGIN" is zero
        wide = "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
        if "BEGIN:" in (text := data.decode(wide, errors="replace")).upper():
            return text, False
    try:
        return data.decode("utf-8"), False
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), True
    except UnicodeDecodeError:  # cp1252 has five holes, latin-1 none
        return data.decode("latin-1"), True


def read_blocks(text: str, name: str) -> list[Block]:
    """The calendars (VCALENDAR) in ``text``; raises CalendarProblem if there is none, or the last one is cut off.

    Lines that are no content lines are passed over: they come from descriptions that somebody folded wrongly.
    """
    root = Block("", 0)
    stack = [root]
    number = 0
    for number, line in _content_lines(text):
        match = _NAME.match(line)
        if not match:
            continue
        key = match.group().upper()
        if key == "BEGIN":
            _begin(stack, value_of(line).upper(), number)
        elif key == "END":
            _end(stack, value_of(line).upper())
        elif key in _KEPT and len(stack) > 1:
            stack[-1].lines.append((key, number, _BARE_NAME.sub(r'\1"\2"', line) if "=tzone:" in line else line))
    calendars = [block for block in root.inner if block.name == "VCALENDAR"]
    if not calendars:
        problem = Text("det här är ingen kalender (BEGIN:VCALENDAR saknas)", "no calendar (BEGIN:VCALENDAR is missing)")
        raise CalendarProblem(name, 1, None, problem)
    if not calendars[-1].ended:
        problem = Text("kalendern är avhuggen (END:VCALENDAR saknas)", "the calendar is cut off (no END:VCALENDAR)")
        raise CalendarProblem(name, number, None, problem)
    return calendars


def _begin(stack: list[Block], name: str, number: int) -> None:
    if name in _DIRECTLY_IN_CALENDAR and any(b.name == "VCALENDAR" for b in stack[1:2]):
        del stack[2:]
    elif name == "VCALENDAR":
        del stack[1:]
    if len(stack) > _DEEPEST:
        return
    block = Block(name, number)
    stack[-1].inner.append(block)
    stack.append(block)


def _end(stack: list[Block], name: str) -> None:
    """End the innermost component of that name; an END without its BEGIN is passed over."""
    for depth in range(len(stack) - 1, 0, -1):
        if stack[depth].name == name:
            stack[depth].ended = True
            del stack[depth:]
            return


def _content_lines(text: str) -> Iterator[tuple[int, str]]:
    """Unfolded lines, each with the number (from 1) of the line it begins on."""
    begins, parts = 0, [""]
    for number, line in enumerate(_LINE_END.split(text), start=1):
        if line[:1] in (" ", "\t"):
            parts.append(line[1:])
            continue
        if begins:
            yield begins, "".join(parts)
        begins, parts = number, [line]
    if begins:
        yield begins, "".join(parts)
