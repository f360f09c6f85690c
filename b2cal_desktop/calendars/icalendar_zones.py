"""The time zones of one calendar: names it uses, and definitions (VTIMEZONE) it brings along."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, tzinfo
from typing import Any

from dateutil.rrule import rrule, rrulestr
from icalendar import Component

from b2cal_desktop.calendars.icalendar_rules import BoundedRule, Budget, TooManyOccurrences, rule_text
from b2cal_desktop.calendars.icalendar_text import Block, value_of
from b2cal_desktop.calendars.time_zones import Change, CustomZone, display_zone, named_zone
from b2cal_desktop.core.model import Text, Warning

# Changes of a custom zone are worked out for these years; later ones keep the last offset.
_FROM, _TO = datetime(1970, 1, 1), datetime(2060, 1, 1)  # noqa: DTZ001


class CalendarZones:
    """Finds the zone for a TZID. ``warnings`` tells of the names that nobody knows; those mean ``fallback``."""

    def __init__(self, definitions: Iterable[Block], fallback: tzinfo, file: str) -> None:
        self._definitions = {value_of(block.first("TZID") or ""): block for block in definitions}
        self._fallback, self._file = fallback, file
        self._known: dict[str, tzinfo] = {}
        self.warnings: list[Warning] = []

    def find(self, tzid: str, line: int) -> tzinfo:
        """The zone that ``tzid`` means here.

        The computer's data for an IANA or Windows name goes before the calendar's own definition, which is often a
        copy of one year's rules; that goes before what a display name suggests.
        """
        tzid = tzid.strip().strip('"')
        if tzid not in self._known:
            self._known[tzid] = (
                named_zone(tzid) or self._defined(tzid) or display_zone(tzid) or self._unknown(tzid, line)
            )
        return self._known[tzid]

    def _defined(self, tzid: str) -> tzinfo | None:
        # In a parameter a comma stands as it is, in the TZID property it is escaped.
        block = self._definitions.get(tzid) or self._definitions.get(tzid.replace(",", "\\,"))
        if block is None:
            return None
        if location := named_zone(block.value("X-LIC-LOCATION")):
            return location
        try:
            changes = [change for inner in block.inner for change in _changes(inner)]
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, TooManyOccurrences):
            return None
        return CustomZone(tzid, changes) if changes else None

    def _unknown(self, tzid: str, line: int) -> tzinfo:
        shown = tzid[:60]
        self.warnings.append(
            Warning(
                "unknown_time_zone",
                Text(
                    f"{self._file}, rad {line}: tidszonen ”{shown}” är okänd; vi räknar i din egen.",
                    f"{self._file}, line {line}: the time zone “{shown}” is unknown; we count in your own.",
                ),
            )
        )
        return self._fallback


def _changes(block: Block) -> Iterator[Change]:
    """The changes of a STANDARD or DAYLIGHT component; raises what icalendar and dateutil do for broken ones."""
    if block.name not in ("STANDARD", "DAYLIGHT"):
        return
    lines = "\r\n".join(text for _, _, text in block.lines)
    component: Any = Component.from_ical(f"BEGIN:{block.name}\r\n{lines}\r\nEND:{block.name}\r\n")
    before, after = component["TZOFFSETFROM"].td, component["TZOFFSETTO"].td
    start = _naive(component["DTSTART"].dt)
    onsets = {start, *(_naive(d.dt) for rdates in _listed(component.get("RDATE")) for d in rdates.dts)}
    for recur in _listed(component.get("RRULE")):
        text = rule_text(recur, start, CustomZone("", ()))
        # Outlook's rules begin in 1601; nobody books before 1970.
        near = start.replace(year=max(start.year, _FROM.year)) if "COUNT=" not in text else start
        rule = rrulestr(text, dtstart=near)
        if not isinstance(rule, rrule):
            raise ValueError("a RRULE is one rule")
        onsets.update(BoundedRule(rule, text, near, None, Budget()).between(_FROM, _TO, inc=True))
    for onset in onsets:
        if onset.year > _FROM.year or onset == start:
            yield Change(onset - before, before, after)


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _naive(value: date) -> datetime:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return datetime(value.year, value.month, value.day)  # noqa: DTZ001  a wall time of this very zone
