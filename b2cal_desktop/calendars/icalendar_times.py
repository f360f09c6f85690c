"""The times of a VEVENT: ends that are missing, zones by any name, whole days however they are written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from icalendar import vDDDTypes, vRecur

from b2cal_desktop.calendars.icalendar_rules import rule_text
from b2cal_desktop.calendars.icalendar_text import Block, parameter_of, value_of
from b2cal_desktop.calendars.icalendar_zones import CalendarZones
from b2cal_desktop.core.model import Text

# What icalendar, dateutil and recurring_ical_events raise over nonsense; none of them promises one type.
LIBRARY_FAULTS = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError, RecursionError)
CANNOT_BE_READ = Text("värdet går inte att tyda", "the value cannot be understood")

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


def day_of(value: date, mailbox: tzinfo) -> date:
    """The day that ``value`` belongs to: a midnight's on its own wall, any other time's on the mailbox's."""
    if not isinstance(value, datetime):
        return value
    return (value if value.time() == time.min or not value.tzinfo else value.astimezone(mailbox)).date()


class Times:
    """The times of one VEVENT, all of one kind: dates if it is a whole-day event, else aware datetimes.

    Values are read by icalendar, zones by ``CalendarZones``: icalendar would keep a calendar's own zones for the life
    of the process.
    """

    def __init__(self, block: Block, setting: Setting) -> None:
        self._block, self._setting = block, setting
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
            key = "DTEND" if self._block.first("DTEND") else "DURATION"
            raise BrokenEvent(
                self._block.line_of(key),
                key,
                Text("bokningen slutar innan den börjar", "the event ends before it starts"),
            )
        if not isinstance(start, datetime) and end == start:  # some programs write a day's last date as its end
            end = start + _ONE_DAY
        return start, end

    def recurrence_id(self) -> tuple[date | None, bool]:
        """Which occurrence this one stands for, and whether also for the ones after it."""
        line = self._block.first("RECURRENCE-ID")
        later = line is not None and parameter_of(line, "RANGE").upper() == "THISANDFUTURE"
        return self._one("RECURRENCE-ID"), later

    def rules(self, start: date) -> tuple[str, ...]:
        """The recurrence rules, fit for ``start``; raises TooManyOccurrences for one that is out of bounds."""
        rules = []
        for number, line in self._block.all("RRULE"):
            try:
                rules.append(rule_text(vRecur.from_ical(value_of(line)), start, self._setting.mailbox))
            except LIBRARY_FAULTS:
                raise BrokenEvent(number, "RRULE", CANNOT_BE_READ) from None
        return tuple(rules)

    def dates(self, name: str) -> tuple[Any, ...]:
        """All of RDATE or EXDATE; a period is a pair of start and end or duration."""
        found: list[Any] = []
        for number, line in self._block.all(name):
            for text in filter(None, value_of(line).split(",")):
                value = self._read(text, number, name)
                if isinstance(value, tuple):
                    start, end = value
                    end = end if isinstance(end, timedelta) else self._aware(end, line, number, name)
                    found.append((self._aware(start, line, number, name), end))
                elif isinstance(value, date):
                    found.append(self._aware(value, line, number, name))
                else:
                    raise BrokenEvent(number, name, CANNOT_BE_READ)
        return tuple(found)

    def _one(self, name: str) -> date | None:
        for number, line in self._block.all(name):
            value = self._read(value_of(line), number, name)
            if not isinstance(value, date):
                raise BrokenEvent(number, name, CANNOT_BE_READ)
            return self._aware(value, line, number, name)
        return None

    @staticmethod
    def _read(text: str, number: int, name: str) -> Any:
        try:
            return vDDDTypes.from_ical(text.strip())  # type: ignore[no-untyped-call]
        except LIBRARY_FAULTS:
            raise BrokenEvent(number, name, CANNOT_BE_READ) from None

    def _aware(self, value: date, line: str, number: int, name: str) -> date:
        """``value`` with its zone; a date stays one."""
        if not isinstance(value, datetime) or value.tzinfo is not None:
            return value
        if tzid := parameter_of(line, "TZID"):
            return value.replace(tzinfo=self._setting.zones.find(tzid, number))
        if name == "RECURRENCE-ID":  # means the zone of the series, which is another component
            return value
        if name in ("EXDATE", "RDATE") and isinstance(self._start, datetime):
            return value.replace(tzinfo=self._start.tzinfo)
        return value.replace(tzinfo=self._setting.floating)

    def _end(self) -> date:
        start = self._start
        if (end := self._one("DTEND")) is not None:
            return end
        for number, line in self._block.all("DURATION"):
            length = self._read(value_of(line), number, "DURATION")
            if not isinstance(length, timedelta):
                raise BrokenEvent(number, "DURATION", CANNOT_BE_READ)
            return self._after(start, length) if isinstance(start, datetime) else start + max(length, _ONE_DAY)
        return start if isinstance(start, datetime) else start + _ONE_DAY

    @staticmethod
    def _after(start: datetime, length: timedelta) -> datetime:
        """Days are counted on the wall, hours in real time (RFC 5545, 3.3.6)."""
        days = timedelta(days=length.days)
        return ((start + days).astimezone(UTC) + (length - days)).astimezone(start.tzinfo)

    def _marked_whole_day(self, start: datetime, end: date) -> bool:
        """Whether Outlook says that it is a whole day, and it runs from midnight to midnight in some sensible zone."""
        if self._block.value("X-MICROSOFT-CDO-ALLDAYEVENT").upper() != "TRUE" or not isinstance(end, datetime):
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
