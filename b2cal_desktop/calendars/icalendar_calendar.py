"""A whole calendar: shaped once when it changes, asked for one window after the other, each event understood once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta, tzinfo
from itertools import chain

from b2cal_desktop.calendars.icalendar_events import (
    Appointment,
    availability_word,
    free_busy,
    own_address,
    understand,
)
from b2cal_desktop.calendars.icalendar_rules import Budget, TooManyOccurrences
from b2cal_desktop.calendars.icalendar_series import RecurringSeries, stamp
from b2cal_desktop.calendars.icalendar_text import Block, decode, read_blocks
from b2cal_desktop.calendars.icalendar_times import LIBRARY_FAULTS, BrokenEvent, Setting
from b2cal_desktop.calendars.icalendar_zones import CalendarZones
from b2cal_desktop.calendars.time_zones import named_zone
from b2cal_desktop.core.model import CalendarEvent, Text, Warning, Window
from b2cal_desktop.core.ports import Fetched

MOST_EVENTS = 15_000
_DAY = re.compile(r"\d{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?=T\d{6}Z?$|$)")
_NEAR = timedelta(days=2)  # more than any two zones are apart
_CANNOT_BE_EXPANDED = Text("upprepningen går inte att tyda", "the recurrence cannot be understood")


def parse_calendar(data: bytes, name: str, *, user: str, timezone: tzinfo) -> ParsedCalendar:
    """The calendar in ``data``; raises CalendarProblem, naming ``name``, if it is none.

    ``timezone`` is the mailbox's: whole days, and times without a zone, are read in it. Of ``user``'s invitations
    the declined ones are marked.
    """
    text, warnings = decode(data, name)
    calendars = read_blocks(text, name)
    events = [block for c in calendars for block in c.inner if block.name == "VEVENT"]
    periods = [] if events else [block for c in calendars for block in c.inner if block.name == "VFREEBUSY"]
    limited = bool(periods) or _only_availability(events)
    entries: dict[str, _Entry] = {}
    settings = []
    for calendar in calendars:
        setting = _setting(calendar, name, own_address(user), timezone, limited)
        settings.append(setting)
        for block in calendar.inner:
            if block.name == "VEVENT":
                uid = block.value("UID") or _made_up_uid(block, entries)
                entries.setdefault(uid, _Entry(uid)).parts.append((block, setting))
    return ParsedCalendar(name, list(entries.values()), periods, [s.zones for s in settings], warnings, limited)


def _setting(calendar: Block, name: str, user: str, mailbox: tzinfo, limited: bool) -> Setting:
    zones = CalendarZones((b for b in calendar.inner if b.name == "VTIMEZONE"), mailbox, name)
    floating = named_zone(calendar.value("X-WR-TIMEZONE")) or mailbox
    return Setting(zones, floating, mailbox, user, calendar.value("METHOD").upper(), limited)


def _only_availability(events: list[Block]) -> bool:
    """Whether no event has more of a subject than its free/busy status, as in a publication of availability only."""
    return any(availability_word(b) for b in events) and all(
        (availability_word(b) or not b.value("SUMMARY")) and not b.value("LOCATION") and not b.first("ATTENDEE")
        for b in events
    )


def _made_up_uid(block: Block, taken: Iterable[str]) -> str:
    """An identity for an event without one, from its times alone: it stays when the subject changes."""
    times = "\n".join(text for key, _, text in block.lines if key.startswith(("DT", "DUR", "R")))
    base = "no-uid-" + hashlib.sha256(times.encode()).hexdigest()[:16]
    uid, number = base, 1
    while uid in taken:
        number += 1
        uid = f"{base}-{number}"
    return uid


@dataclass
class _Entry:
    """All components of one UID, understood when they are first needed."""

    uid: str
    parts: list[tuple[Block, Setting]] = field(default_factory=list)
    singles: list[Appointment] = field(default_factory=list)
    series: RecurringSeries | None = None
    warnings: list[Warning] = field(default_factory=list)
    understood: bool = False

    def may_touch(self, first: str, last: str) -> bool:
        """False only if it certainly has nothing from the day ``first`` to the day ``last`` (as ``20261123``).

        Looks at the text alone, so that a calendar of many years costs no more than the days that are asked for.
        """
        if len(self.parts) > 1:
            return True
        block = self.parts[0][0]
        if any(block.first(key) for key in ("RRULE", "RDATE", "RECURRENCE-ID", "DURATION")):
            return True
        start = _DAY.match(block.value("DTSTART"))
        end = _DAY.match(block.value("DTEND") or block.value("DTSTART"))
        return not start or not end or start.group() > end.group() or (start.group() <= last and end.group() >= first)

    def understand(self, file: str, budget: Budget) -> None:
        """Turn the components into appointments, each fault into a warning."""
        self.understood = True
        appointments = []
        for block, setting in self.parts:
            try:
                appointments.append(understand(block, setting, self.uid))
            except BrokenEvent as broken:
                self.warnings.append(_broken(file, broken.line, broken.key, broken.problem, self.uid))
            except TooManyOccurrences:
                self.warnings.append(_too_many(file, block.line, self.uid))
            except LIBRARY_FAULTS:
                problem = Text("bokningen går inte att tyda", "the event cannot be understood")
                self.warnings.append(_broken(file, block.line, "VEVENT", problem, self.uid))
        masters = _newest([a for a in appointments if a.recurrence_id is None])
        moved = [a for a in appointments if a.recurrence_id is not None]
        if moved or any(a.repeats for a in masters):
            try:
                self.series = RecurringSeries([*masters[:1], *moved], budget)
            except LIBRARY_FAULTS:
                self.warnings.append(_broken(file, appointments[0].line, "RRULE", _CANNOT_BE_EXPANDED, self.uid))
        else:
            self.singles = masters

    def events_in(self, window: Window) -> Iterator[CalendarEvent]:
        """What touches ``window``; raises TooManyOccurrences and what the libraries raise."""
        if len(self.singles) == 1:
            single = self.singles[0]
            yield single.event(single.start, single.end, self.uid, None)
        else:
            for single in self.singles:
                yield single.event(single.start, single.end, f"{self.uid}/{stamp(single.start)}", None)
        if self.series:
            yield from self.series.events_in(window)


def _newest(appointments: list[Appointment]) -> list[Appointment]:
    """Of several components that claim the same UID, those of the highest SEQUENCE, each time only once."""
    highest = max((a.sequence for a in appointments), default=0)
    return list({(a.start, a.end): a for a in appointments if a.sequence == highest}.values())


class ParsedCalendar:
    """A calendar that can be asked for any window; ask again when its text has changed."""

    def __init__(
        self,
        name: str,
        entries: list[_Entry],
        periods: list[Block],
        zones: list[CalendarZones],
        warnings: list[Warning],
        limited: bool,
    ) -> None:
        self._name, self._entries, self._periods, self._zones = name, entries, periods, zones
        self._warnings, self._limited = warnings, limited
        self._budget = Budget()
        self._steps = self._budget.steps

    def fetch(self, window: Window) -> Fetched:
        """Every event that touches ``window``, by start; broken ones are told of, not raised."""
        self._budget.steps = self._steps
        warnings: list[Warning] = []
        events: list[CalendarEvent] = []
        for event in chain(self._events(window, warnings), self._free_busy(warnings)):
            if event.end > event.start and window.touches(event.start, event.end):
                events.append(event)
                if len(events) >= MOST_EVENTS:
                    warnings.append(_too_many(self._name, 1, None))
                    break
        events.sort(key=lambda event: (event.start, event.end, event.id))
        known = [w for zones in self._zones for w in zones.warnings]
        return Fetched(tuple(events), tuple(dict.fromkeys(self._warnings + known + warnings)), self._limited)

    def _events(self, window: Window, warnings: list[Warning]) -> Iterator[CalendarEvent]:
        first = (window.start - _NEAR).strftime("%Y%m%d")
        last = (window.end + _NEAR).strftime("%Y%m%d")
        for entry in self._entries:
            if not entry.may_touch(first, last):
                continue
            if not entry.understood:
                entry.understand(self._name, self._budget)
            line = entry.parts[0][0].line
            try:
                found = list(entry.events_in(window))  # all of an event or nothing
            except TooManyOccurrences:
                problem = _too_many(self._name, line, entry.uid)
                self._give_up(entry, problem, warnings, for_good=self._budget.steps > 0)
            except LIBRARY_FAULTS:
                problem = _broken(self._name, line, "RRULE", _CANNOT_BE_EXPANDED, entry.uid)
                self._give_up(entry, problem, warnings, for_good=True)
            else:
                yield from found
            warnings += entry.warnings

    @staticmethod
    def _give_up(entry: _Entry, problem: Warning, warnings: list[Warning], *, for_good: bool) -> None:
        """Tell of ``problem``; ``for_good`` is until the calendar changes, so that its cost is paid once."""
        if for_good:
            entry.series, entry.singles = None, []
            entry.warnings.append(problem)
        else:
            warnings.append(problem)

    def _free_busy(self, warnings: list[Warning]) -> Iterator[CalendarEvent]:
        for block in self._periods:
            try:
                for start, end, show_as in free_busy(block):
                    yield CalendarEvent(f"free-busy/{stamp(start)}/{stamp(end)}", start, end, None, show_as)
            except BrokenEvent as broken:
                warnings.append(_broken(self._name, broken.line, broken.key, broken.problem, None))


def _broken(file: str, line: int, key: str, problem: Text, event_id: str | None) -> Warning:
    text = Text(
        f"{file}, rad {line}, {key}: {problem.sv}. Bokningen räknas inte.",
        f"{file}, line {line}, {key}: {problem.en}. The event does not count.",
    )
    return Warning("broken_event", text, event_id)


def _too_many(file: str, line: int, event_id: str | None) -> Warning:
    text = Text(
        f"{file}, rad {line}: bokningarna är fler än vi kan följa. De som är för många räknas inte.",
        f"{file}, line {line}: more events than we can follow. Those that are too many do not count.",
    )
    return Warning("too_many_occurrences", text, event_id)
