"""What Exchange's calendar items mean in the words of this program.

Read from the XML itself: exchangelib turns an absent status into "busy" and an absent sensitivity into "normal", and
gives up a whole calendar over one time zone that it does not know. Here such an event costs a warning at most.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from b2cal_desktop.calendars.broken_event import BrokenEvent
from b2cal_desktop.calendars.time_zones import display_zone, local_midnight, named_zone
from b2cal_desktop.core.model import CalendarEvent, ShowAs, Text

if TYPE_CHECKING:
    from lxml.etree import _Element

# LegacyFreeBusyStatus and BusyType. "NoData" is what Exchange calls not knowing.
SHOW_AS: Mapping[str, ShowAs] = {
    "free": ShowAs.FREE,
    "tentative": ShowAs.TENTATIVE,
    "busy": ShowAs.BUSY,
    "oof": ShowAs.OOF,
    "workingelsewhere": ShowAs.WORKING_ELSEWHERE,
}
_HALF_A_DAY = timedelta(hours=12)


def understand(item: _Element, zone: tzinfo) -> CalendarEvent:
    """The event that a ``t:CalendarItem`` describes; ``zone`` is the mailbox's, for whole days. Raises BrokenEvent."""
    item_id = told_id(item)
    if not item_id:
        raise BrokenEvent(Text.same("ItemId"))
    all_day = _is_true(item, "IsAllDayEvent")
    start, end = read_instant(item, "Start", zone), read_instant(item, "End", zone)
    if all_day:
        start, end = _whole_days(item, start, end, zone)
    recurs = _is_true(item, "IsRecurring") or read_text(item, "CalendarItemType") in ("Occurrence", "Exception")
    return CalendarEvent(
        id=item_id,
        start=start,
        end=end,
        subject=read_text(item, "Subject"),
        show_as=SHOW_AS.get((read_text(item, "LegacyFreeBusyStatus") or "").lower(), ShowAs.UNKNOWN),
        all_day=all_day,
        private=(read_text(item, "Sensitivity") or "Normal") != "Normal",
        cancelled=_is_true(item, "IsCancelled"),
        declined=read_text(item, "MyResponseType") == "Decline",
        series_id=read_text(item, "UID") if recurs else None,
        location=read_text(item, "Location"),
    )


def told_id(item: _Element) -> str | None:
    """The id of an item that may be broken."""
    found = item.find("{*}ItemId")
    return None if found is None else found.get("Id")


def read_text(item: _Element, name: str) -> str | None:
    """The text of the child ``name``, whatever its namespace; None where it is absent or empty."""
    return (item.findtext(f"{{*}}{name}") or "").strip() or None


def read_instant(item: _Element, name: str, zone: tzinfo) -> datetime:
    """The instant in the child ``name``, in UTC; a time without an offset is one of ``zone``. Raises BrokenEvent."""
    try:
        at = datetime.fromisoformat(read_text(item, name) or "")
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BrokenEvent(Text.same(name)) from None


def _whole_days(item: _Element, start: datetime, end: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """From local midnight to local midnight in ``zone``: Exchange gives the midnights of the zone of whoever booked."""
    booked_in = _zone(item, "StartTimeZone") or _zone(item, "MeetingTimeZone")
    first = _day(start, booked_in or zone)
    last = _day(end, _zone(item, "EndTimeZone") or booked_in or zone)
    last = max(last, first + timedelta(days=1))
    return local_midnight(first.year, first.month, first.day, zone), local_midnight(
        last.year, last.month, last.day, zone
    )


def _day(midnight: datetime, zone: tzinfo) -> date:
    """The day that begins at ``midnight`` in ``zone``, or nearest to it where the zone is only our best guess."""
    return (midnight.astimezone(zone).replace(tzinfo=None) + _HALF_A_DAY).date()


def _zone(item: _Element, name: str) -> tzinfo | None:
    """The zone in the child ``name``; None where it is absent, made up by the organiser or unknown here."""
    found = item.find(f"{{*}}{name}")
    if found is None:
        return None
    for told in (found.get("Id"), found.get("TimeZoneName"), found.get("Name")):
        if told and (zone := named_zone(told) or display_zone(told)):
            return zone
    return None


def _is_true(item: _Element, name: str) -> bool:
    return read_text(item, name) in ("true", "1")
