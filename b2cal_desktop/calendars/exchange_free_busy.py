"""What is left where the rights give no calendar: when somebody is busy, by GetUserAvailability."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from b2cal_desktop.calendars.broken_event import BrokenEvent
from b2cal_desktop.calendars.exchange_events import SHOW_AS, read_instant, read_text
from b2cal_desktop.core.model import CalendarEvent, ShowAs, Text, Warning

if TYPE_CHECKING:
    from lxml.etree import _Element

FREE_BUSY_ONLY = "free_busy_only"
# Exchange 2007 and 2010 answer for 42 days at most, ours are more.
MOST_DAYS = timedelta(days=31)
_ALMOST_A_DAY = timedelta(hours=23)


def has_events(view: _Element) -> bool:
    """Whether an ``m:FreeBusyView`` tells of events at all: without any right its type is ``None``."""
    return (read_text(view, "FreeBusyViewType") or "").startswith(("FreeBusy", "Detailed"))


def has_subjects(view: _Element) -> bool:
    """Whether it tells their subjects too, which the right "limited details" gives."""
    return (read_text(view, "FreeBusyViewType") or "").startswith("Detailed")


def free_busy_events(view: _Element, zone: tzinfo) -> list[CalendarEvent]:
    """The events of an ``m:FreeBusyView`` whose times are in UTC; ``zone`` is the mailbox's, to know whole days by.

    Their ids are made of when they are and as what they show, with a number where there are several such.
    """
    twins: Counter[str] = Counter()
    events = []
    for item in view.iter("{*}CalendarEvent"):
        try:
            event = _event(item, zone)
        except BrokenEvent:
            continue
        twins[event.id] += 1
        events.append(event if twins[event.id] == 1 else _numbered(event, twins[event.id]))
    return events


def closed_calendar(host: str, command: Text) -> Warning:
    """What the user is told while only free/busy is read; ``command`` is for the administrator."""
    return Warning(
        FREE_BUSY_ONLY,
        Text(
            f"{host}: rättigheterna räcker bara till ledig och upptagen, så ämnesrader och prefix går inte att läsa. "
            f"Be IT köra: {command.sv}",
            f"{host}: the rights give free and busy only, so subjects and prefixes cannot be read. "
            f"Ask IT to run: {command.en}",
        ),
    )


def rights_command(mailbox: str, user: str, *, is_2007: bool = False) -> Text:
    """What an administrator runs on the Exchange server so that ``user`` may read the calendar of ``mailbox``.

    Exchange 2007 has no command for a folder's rights. With ``mailbox`` "" it is the user's own, whose calendar should
    need none: then it is what shows who has which.
    """
    if not mailbox:
        return _by_language('Get-MailboxFolderPermission "{}:\\{}"', user)
    if is_2007:
        return Text.same(f'Add-MailboxPermission "{mailbox}" -User "{user}" -AccessRights FullAccess')
    return _by_language('Add-MailboxFolderPermission "{}:\\{}" -User "' + user + '" -AccessRights Reviewer', mailbox)


def _by_language(command: str, mailbox: str) -> Text:
    """The folder is called as it is in the mailbox's language, which is most likely the reader's."""
    return Text(command.format(mailbox, "Kalender"), command.format(mailbox, "Calendar"))


def _event(item: _Element, zone: tzinfo) -> CalendarEvent:
    start, end = read_instant(item, "StartTime", UTC), read_instant(item, "EndTime", UTC)
    status = SHOW_AS.get((read_text(item, "BusyType") or "").lower(), ShowAs.UNKNOWN)
    details = item.find("{*}CalendarEventDetails")
    subject = location = None
    private = False
    if details is not None:
        subject, location = read_text(details, "Subject"), read_text(details, "Location")
        private = read_text(details, "IsPrivate") == "true"
    return CalendarEvent(
        id=f"{start:%Y%m%dT%H%M%SZ}/{end:%Y%m%dT%H%M%SZ}/{status}",
        start=start,
        end=end,
        subject=subject,
        show_as=status,
        # Free/busy does not say it; nothing else lasts from midnight to midnight.
        all_day=end - start >= _ALMOST_A_DAY and _is_midnight(start, zone) and _is_midnight(end, zone),
        private=private,
        location=location,
    )


def _numbered(event: CalendarEvent, number: int) -> CalendarEvent:
    return replace(event, id=f"{event.id}/{number}")


def _is_midnight(at: datetime, zone: tzinfo) -> bool:
    return at.astimezone(zone).strftime("%H%M%S") == "000000"
