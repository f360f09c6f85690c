"""The times of a VEVENT: ends that are missing, zones by any name, whole days however they are written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from icalendar import Component, Event

from b2cal_desktop.calendars.icalendar_rules import TooManyOccurrences, rule_text
from b2cal_desktop.calendars.icalendar_text import Block
from b2cal_desktop.calendars.icalendar_zones import CalendarZones
from b2cal_desktop.core.model import Text

# What icalendar, dateutil and recurring_ical_events raise over nonsense; none of them promises one type.
LIBRARY_FAULTS = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError, RecursionError)
CANNOT_BE_READ = Text("värdet går inte att tyda", "the value cannot be understood")

_ESSENTIAL = ("DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "RRULE", "RDATE", "EXDATE")
# Exchange does not always put quotation marks around its own names, which hold a colon.
_TZID = re.compile(r";\s*TZID=(tzone:[^;:\"]*)?", re.IGNORECASE)
_ZONE_PARAMETER = "X-B2CAL-TZID"  # keeps icalendar, and its process-wide cache of zones, away from zone names
_ONE_DAY = timedelta(days=1)


class BrokenEvent(Exception):
    """One component that cannot be understood: on which line, which property, and why."""

    def __init__(self, line: int, key: str, problem: Text) -> None:
        super().__init__(problem.en)
        self.line, self.key, self.problem = line, key, problem


@dataclass(frozen=True, slots=True)
class Setting:
    """What gives meaning to the components of one VCALENDAR.

    ``floating`` is the zone of times without one, ``mailbox`` that of whole days; ``user`` is the own address, folded.
    """

    zones: CalendarZones
    floating: tzinfo
    mailbox: tzinfo
    user: str
    method: str
    limited: bool


def parse_component(block: Block) -> Component:
    """A VEVENT as icalendar reads it, with zone names put where it leaves them alone."""
    lines = [f"BEGIN:{block.name}"]
    for key, _, text in block.lines:
        lines.append(_TZID.sub(_renamed, text, count=1) if key in _ESSENTIAL else text)
    lines.append(f"END:{block.name}\r\n")
    try:
        component = Event.from_ical("\r\n".join(lines))
    except LIBRARY_FAULTS:
        raise BrokenEvent(block.line, block.name, CANNOT_BE_READ) from None
    for key, _problem in component.errors:
        if key in _ESSENTIAL:
            raise BrokenEvent(block.line_of(key), key, CANNOT_BE_READ)
    return component


def _renamed(match: re.Match[str]) -> str:
    return f';{_ZONE_PARAMETER}="{match.group(1)}"' if match.group(1) else f";{_ZONE_PARAMETER}="


def text_of(component: Component, name: str) -> str:
    """The first property of that name as text, trimmed; empty if there is none."""
    value = component.get(name, "")
    return str(value[0] if isinstance(value, list) else value).strip()


def day_of(value: date, mailbox: tzinfo) -> date:
    """The day that ``value`` belongs to: a midnight's on its own wall, any other time's on the mailbox's."""
    if not isinstance(value, datetime):
        return value
    return (value if value.time() == time.min or not value.tzinfo else value.astimezone(mailbox)).date()


class Times:
    """The times of one VEVENT, all of one kind: dates if it is a whole-day event, else aware datetimes."""

    def __init__(self, component: Component, block: Block, setting: Setting) -> None:
        self._component, self._block, self._setting = component, block, setting
        self._start: date = date.min
        start = self._one("DTSTART")
        if start is None:
            raise BrokenEvent(block.line, "DTSTART", Text("början saknas", "the start is missing"))
        self._start = start

    def span(self) -> tuple[date, date]:
        """Start and end, whatever of DTEND and DURATION there is."""
        start, end = self._start, self._end()
        if isinstance(start, datetime) and self._marked_whole_day(start, end):
            start, end = day_of(start, self._setting.mailbox), day_of(end, self._setting.mailbox)
            end = max(end, start + _ONE_DAY)
        elif isinstance(start, datetime) != isinstance(end, datetime):
            start, end = self._alike(start, end)
        if end < start:
            line = self._block.line_of("DTEND")
            raise BrokenEvent(
                line, "DTEND", Text("bokningen slutar innan den börjar", "the event ends before it starts")
            )
        if not isinstance(start, datetime) and end == start:  # some programs write a day's last date as its end
            end = start + _ONE_DAY
        return start, end

    def recurrence_id(self) -> tuple[date | None, bool]:
        """Which occurrence this one stands for, and whether also for the ones after it."""
        prop = self._component.get("RECURRENCE-ID")
        if prop is None:
            return None, False
        prop = prop[0] if isinstance(prop, list) else prop
        later = str(prop.params.get("RANGE", "")).upper() == "THISANDFUTURE"
        return self._aware(prop.dt, prop.params, "RECURRENCE-ID"), later

    def rules(self, start: date) -> tuple[str, ...]:
        """The recurrence rules, fit for ``start``."""
        rules = self._component.get("RRULE", [])
        try:
            return tuple(
                rule_text(rule, start, self._setting.mailbox)
                for rule in (rules if isinstance(rules, list) else [rules])
            )
        except TooManyOccurrences:
            raise
        except LIBRARY_FAULTS:
            raise BrokenEvent(self._block.line_of("RRULE"), "RRULE", CANNOT_BE_READ) from None

    def dates(self, name: str) -> tuple[Any, ...]:
        """All of RDATE or EXDATE; a period stays a pair."""
        found: list[Any] = []
        lists = self._component.get(name, [])
        for dates in lists if isinstance(lists, list) else [lists]:
            for entry in dates.dts:
                if isinstance(entry.dt, tuple):
                    start, end = entry.dt
                    end = end if isinstance(end, timedelta) else self._aware(end, dates.params, name)
                    found.append((self._aware(start, dates.params, name), end))
                else:
                    found.append(self._aware(entry.dt, dates.params, name))
        return tuple(found)

    def _one(self, name: str) -> date | None:
        prop = self._component.get(name)
        if prop is None:
            return None
        prop = prop[0] if isinstance(prop, list) else prop
        if not isinstance(prop.dt, date):
            raise BrokenEvent(self._block.line_of(name), name, CANNOT_BE_READ)
        return self._aware(prop.dt, prop.params, name)

    def _aware(self, value: date, parameters: Any, name: str) -> date:
        """``value`` with its zone; a date stays one."""
        if not isinstance(value, datetime) or value.tzinfo is not None:
            return value
        tzid = parameters.get(_ZONE_PARAMETER)
        if tzid:
            return value.replace(tzinfo=self._setting.zones.find(str(tzid), self._block.line_of(name)))
        if name == "RECURRENCE-ID":  # means the zone of the series, which is another component
            return value
        if name in ("EXDATE", "RDATE") and isinstance(self._start, datetime):
            return value.replace(tzinfo=self._start.tzinfo)
        return value.replace(tzinfo=self._setting.floating)

    def _end(self) -> date:
        start = self._start
        if (end := self._one("DTEND")) is not None:
            return end
        duration = self._component.get("DURATION")
        if duration is not None:
            length = (duration[0] if isinstance(duration, list) else duration).dt
            if isinstance(start, datetime):
                return self._after(start, length)
            return start + max(length, _ONE_DAY)
        return start if isinstance(start, datetime) else start + _ONE_DAY

    @staticmethod
    def _after(start: datetime, length: timedelta) -> datetime:
        """Days are counted on the wall, hours in real time (RFC 5545, 3.3.6)."""
        days = timedelta(days=length.days)
        return ((start + days).astimezone(UTC) + (length - days)).astimezone(start.tzinfo)

    def _marked_whole_day(self, start: datetime, end: date) -> bool:
        """Whether Outlook says that it is a whole day, and it runs from midnight to midnight in some sensible zone."""
        if text_of(self._component, "X-MICROSOFT-CDO-ALLDAYEVENT").upper() != "TRUE" or not isinstance(end, datetime):
            return False
        return any(
            all(moment.astimezone(zone).time() == time.min for moment in (start, end))
            for zone in (start.tzinfo, self._setting.mailbox)
        )

    def _alike(self, start: date, end: date) -> tuple[date, date]:
        """One of the two is a date, the other a time: the start decides."""
        if isinstance(start, datetime):
            return start, datetime(end.year, end.month, end.day, tzinfo=start.tzinfo)
        return start, day_of(end, self._setting.mailbox)
