"""What the mailbox says of itself: its time zone and working hours, where the permission allows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, tzinfo
from typing import Any

from b2cal_desktop.calendars.graph_http import GraphHttp, StartOver
from b2cal_desktop.calendars.time_zones import named_zone
from b2cal_desktop.core.errors import CalendarConsentWithdrawn, CalendarError, CalendarRefused
from b2cal_desktop.core.rules import MailboxHours

_PATH = "/v1.0/me/mailboxSettings?$select=timeZone,workingHours"
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY, _HOUR = 86_400.0, 3_600.0


@dataclass(frozen=True, slots=True)
class Mailbox:
    """What is known of the mailbox; None where it is not told, or not understood."""

    timezone: tzinfo | None = None
    hours: MailboxHours | None = None


def fetch_mailbox(http: GraphHttp, now: datetime) -> tuple[Mailbox | None, float]:
    """The mailbox, and in how many seconds to ask again.

    None while it cannot be told. ``MailboxSettings.Read`` is a permission that nobody has to give: without it
    the calendar is read all the same.
    """
    try:
        return understand_mailbox(http.get(http.root + _PATH, now, {}).read()), _DAY
    except (CalendarConsentWithdrawn, CalendarRefused):
        return Mailbox(), _DAY
    except (CalendarError, StartOver, ValueError):
        return None, _HOUR


def understand_mailbox(answer: Mapping[str, Any]) -> Mailbox:
    """The mailbox that ``answer`` describes; what makes no sense is left out."""
    name = answer.get("timeZone")
    zone = named_zone(name) if isinstance(name, str) else None
    return Mailbox(zone, _hours(answer.get("workingHours")))


def _hours(told: object) -> MailboxHours | None:
    if not isinstance(told, Mapping):
        return None
    days = told.get("daysOfWeek")
    try:
        start, end = time.fromisoformat(told["startTime"]), time.fromisoformat(told["endTime"])
        chosen = frozenset(_DAYS.index(str(day).lower()) for day in days) if isinstance(days, list) else frozenset()
    except (LookupError, TypeError, ValueError):
        return None
    return MailboxHours(chosen, start, end) if chosen and start < end else None
