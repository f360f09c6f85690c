"""A recurring series, expanded by recurring_ical_events under a budget.

Adds to that library: rules that are bounded (``icalendar_rules``), exceptions and moved occurrences whose kind of time
differs from the series' own, and an identity for every occurrence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from icalendar import Event, vRecur
from recurring_ical_events import EventAdapter, Occurrence, Series

from b2cal_desktop.calendars.icalendar_events import Appointment
from b2cal_desktop.calendars.icalendar_rules import BoundedRule, Budget
from b2cal_desktop.calendars.icalendar_times import day_of
from b2cal_desktop.core.model import CalendarEvent, Window

_ONE_DAY = timedelta(days=1)


class RecurringSeries:
    """The appointments of one UID, of which one may be the series and the others stand for single occurrences."""

    def __init__(self, appointments: Sequence[Appointment], budget: Budget) -> None:
        master = next((a for a in appointments if a.recurrence_id is None), None)
        aligned = [_aligned(a, master) for a in appointments]
        self._mailbox = aligned[0].mailbox
        self._series = _BoundedSeries([_Adapter(a) for a in aligned], budget)

    def events_in(self, window: Window) -> Iterator[CalendarEvent]:
        """The occurrences that touch ``window``; raises TooManyOccurrences, or what the library does over nonsense."""
        # A day more at both ends: whole days and moved clocks are judged afterwards, by instants.
        first = window.start.astimezone(self._mailbox) - _ONE_DAY
        last = window.end.astimezone(self._mailbox) + _ONE_DAY
        for occurrence in self._series.between(first, last):
            appointment: Appointment = occurrence.adapter.appointment
            event_id = f"{appointment.uid}/{stamp(_original_start(appointment, occurrence.start))}"
            yield appointment.event(occurrence.start, occurrence.end, event_id, appointment.uid)


def stamp(value: date) -> str:
    """A recurrence instant as it stands in an id: UTC, or the plain date of a whole day."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    return value.strftime("%Y%m%d")


def _original_start(appointment: Appointment, start: date) -> date:
    """When the occurrence that now begins at ``start`` would have begun, had nobody moved it."""
    original = appointment.recurrence_id
    if original is None:
        return start
    if isinstance(original, datetime) and isinstance(appointment.start, datetime) and isinstance(start, datetime):
        moved = appointment.start - original.astimezone(appointment.start.tzinfo)
        return start.astimezone(appointment.start.tzinfo) - moved
    return original


def _aligned(appointment: Appointment, master: Appointment | None) -> Appointment:
    """``appointment`` with its references to occurrences in the kind of time that the series itself has."""
    series = master or appointment
    return replace(
        appointment,
        recurrence_id=appointment.recurrence_id and _like(appointment.recurrence_id, series),
        left_out=tuple(_like(d, series) if series.all_day else d for d in appointment.left_out),
        extra_dates=tuple(d if isinstance(d, tuple) else _like(d, series) for d in appointment.extra_dates),
    )


def _like(value: date, series: Appointment) -> date:
    """``value`` as a day, or as an instant, whichever the occurrences of ``series`` are."""
    if not isinstance(series.start, datetime):
        return day_of(value, series.mailbox)
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=series.start.tzinfo)
    return datetime.combine(value, series.start.timetz())


class _Adapter(EventAdapter):  # type: ignore[misc]  # the library is untyped
    """How the library sees an appointment."""

    def __init__(self, appointment: Appointment) -> None:
        component = Event()
        component.add("UID", appointment.uid)
        component.add("SEQUENCE", appointment.sequence)
        component.add("DTSTART", appointment.start)
        component.add("DTEND", appointment.end)
        for rule in appointment.rules:
            component.add("RRULE", vRecur.from_ical(rule))
        for name, dates in (("EXDATE", appointment.left_out), ("RDATE", appointment.extra_dates)):
            for value in dates:
                component.add(name, [value])
        if appointment.recurrence_id is not None:
            later = {"RANGE": "THISANDFUTURE"} if appointment.this_and_future else {}
            component.add("RECURRENCE-ID", appointment.recurrence_id, parameters=later)
        super().__init__(component)
        self.appointment = appointment


class _Occurrence(Occurrence):  # type: ignore[misc]
    """An occurrence that still knows its appointment."""

    def __init__(self, adapter: _Adapter, start: Any = None, end: Any = None, sequence: int = -1) -> None:
        super().__init__(adapter, start, end, sequence)
        self.adapter = adapter


class _BoundedRules(Series.RecurrenceRules):  # type: ignore[misc]
    """The library's set logic over rules that cannot run away."""

    def __init__(self, core: _Adapter, budget: Budget) -> None:
        self._budget = budget
        super().__init__(core)

    def rrulestr(self, rule_string: str) -> BoundedRule:
        rule = super().rrulestr(rule_string)
        return BoundedRule(rule, rule.string, self.start, rule.until, self._budget)


class _BoundedSeries(Series):  # type: ignore[misc]
    """The library's series, with the classes above in place of its own."""

    def __init__(self, adapters: Sequence[_Adapter], budget: Budget) -> None:
        self._budget = budget
        super().__init__(adapters)

    def RecurrenceRules(self, core: _Adapter) -> _BoundedRules:  # noqa: N802  the library's name
        return _BoundedRules(core, self._budget)

    def occurrence(self, adapter: _Adapter, start: Any = None, end: Any = None) -> _Occurrence:
        return _Occurrence(adapter, start, end)
