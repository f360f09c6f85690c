"""How examples of schedules are written and read.

A time is ``"12:00"`` on Monday 23 November 2026 in Stockholm, or ``"24 12:00"`` on another day of that month.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from b2cal_desktop.core.model import AVAILABLE, Block, CalendarEvent, ShowAs, Window
from b2cal_desktop.core.rules import DEFAULT_PREFIXES, Method, Rules
from b2cal_desktop.core.schedule import Schedule, plan
from tests.core.strategies import CATALOGUE, midnight

STOCKHOLM = ZoneInfo("Europe/Stockholm")
DAY = date(2026, 11, 23)
BY_PREFIX = Rules(
    method=Method.PREFIX_THEN_STATUS,
    prefixes={**DEFAULT_PREFIXES, AVAILABLE: ("TIL:",), "travelling": ("RES:",), "course": ("KURS:",)},
    catalogue=CATALOGUE,
)
YEARS = Window(datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


def at(text: str) -> datetime:
    """``"12:00"`` or ``"24 12:00"`` as an instant."""
    day, _, clock = text.rpartition(" ")
    return datetime.combine(DAY.replace(day=int(day or DAY.day)), time.fromisoformat(clock), STOCKHOLM)


def timed(subject: str, start: str, end: str, id: str = "", **more: Any) -> CalendarEvent:
    more.setdefault("show_as", ShowAs.FREE)
    return CalendarEvent(id or f"{subject} {start}", at(start), at(end), subject, **more)


def all_day(subject: str, day: date = DAY, days: int = 1, tz: tzinfo = STOCKHOLM, **more: Any) -> CalendarEvent:
    more.setdefault("show_as", ShowAs.FREE)
    start, end = midnight(day, tz), midnight(day + timedelta(days=days), tz)
    return CalendarEvent(more.pop("id", subject), start, end, subject, all_day=True, **more)


def days(first: date, count: int = 1, tz: tzinfo = STOCKHOLM) -> Window:
    return Window(midnight(first, tz), midnight(first + timedelta(days=count), tz))


def planned(*events: CalendarEvent, rules: Rules = BY_PREFIX, window: Window | None = None, **more: Any) -> Schedule:
    return plan(events, rules, window or days(DAY), STOCKHOLM, **more)


def told(schedule: Schedule) -> list[str]:
    """Blocks as ``"12:00-13:00 lunch"``, with the day of the month where it is not the 23rd."""

    def clock(instant: datetime) -> str:
        local = instant.astimezone(STOCKHOLM)
        seconds = ":%S" if local.second else ""
        return local.strftime(("" if local.date() == DAY else "%d ") + "%H:%M" + seconds)

    return [f"{clock(b.start)}-{clock(b.end)} {b.diversion}" for b in schedule.blocks]


def why(schedule: Schedule) -> tuple[Block, ...]:
    """All blocks, with the events that lost in them."""
    return schedule.explained(YEARS)


def ids(events: Iterable[CalendarEvent]) -> list[str]:
    return [event.id for event in events]
