"""What Graph's events mean in the words of this program.

Graph adds values to its enumerations, leaves out what the rights do not cover, and now and then sends what its own
documentation rules out; each such event costs a warning, never the whole calendar.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from b2cal_desktop.calendars.broken_event import BrokenEvent
from b2cal_desktop.calendars.time_zones import local_midnight, named_zone
from b2cal_desktop.core.model import CalendarEvent, ShowAs, Text

# All that is asked for. https://learn.microsoft.com/graph/api/resources/event
SELECTED = (
    "id",
    "subject",
    "location",
    "start",
    "end",
    "isAllDay",
    "isCancelled",
    "showAs",
    "sensitivity",
    "responseStatus",
    "seriesMasterId",
)
_SHOW_AS = {
    "free": ShowAs.FREE,
    "tentative": ShowAs.TENTATIVE,
    "busy": ShowAs.BUSY,
    "oof": ShowAs.OOF,
    "workingelsewhere": ShowAs.WORKING_ELSEWHERE,
}


def understand(item: object, zone: tzinfo) -> CalendarEvent:
    """The event that ``item`` describes; ``zone`` is the mailbox's, for whole days. Raises BrokenEvent."""
    if not isinstance(item, Mapping):
        raise _broken("bokningen", "the event")
    event_id = item.get("id")
    if not isinstance(event_id, str) or not event_id:
        raise _broken("id", "id")
    all_day = item.get("isAllDay") is True
    response = item.get("responseStatus")
    return CalendarEvent(
        id=event_id,
        start=_instant(item, "start", all_day, zone),
        end=_instant(item, "end", all_day, zone),
        subject=_text(item.get("subject")),
        show_as=_SHOW_AS.get(_word(item.get("showAs")), ShowAs.UNKNOWN),
        all_day=all_day,
        # A value that Microsoft adds one day is kept from others' eyes until we know what it means.
        private=_word(item.get("sensitivity")) not in ("normal", ""),
        cancelled=item.get("isCancelled") is True,
        declined=isinstance(response, Mapping) and _word(response.get("response")) == "declined",
        series_id=_text(item.get("seriesMasterId")),
        location=_text(_inside(item.get("location"), "displayName")),
    )


def told_id(item: object) -> str | None:
    """The id of an event that may be broken."""
    event_id = item.get("id") if isinstance(item, Mapping) else None
    return event_id if isinstance(event_id, str) else None


def _instant(item: Mapping[str, Any], key: str, all_day: bool, zone: tzinfo) -> datetime:
    told, name = _inside(item.get(key), "dateTime"), _inside(item.get(key), "timeZone")
    if not isinstance(told, str):
        raise _broken(key, key)
    try:
        if all_day:
            # A whole day is the same date wherever one is; Graph writes midnight and means no instant by it.
            day = date.fromisoformat(told[:10])
            return local_midnight(day.year, day.month, day.day, zone)
        at = datetime.fromisoformat(told)
        if at.tzinfo is None:
            own = UTC if name in ("UTC", None) else named_zone(name) if isinstance(name, str) else None
            if own is None:
                raise _broken(f"tidszonen i {key}", f"the time zone in {key}")
            at = at.replace(tzinfo=own)
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _broken(key, key) from None


def _inside(value: object, key: str) -> object:
    return value.get(key) if isinstance(value, Mapping) else None


def _word(value: object) -> str:
    return value.lower() if isinstance(value, str) else "" if value is None else "?"


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _broken(sv: str, en: str) -> BrokenEvent:
    return BrokenEvent(Text(sv, en))
