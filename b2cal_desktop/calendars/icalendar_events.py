"""What one VEVENT or VFREEBUSY means: the words of Outlook, Exchange, Google and Apple in the words of this program."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from icalendar import vPeriod

from b2cal_desktop.calendars.icalendar_text import Block, parameter_of, value_of
from b2cal_desktop.calendars.icalendar_times import (
    CANNOT_BE_READ,
    LIBRARY_FAULTS,
    BrokenEvent,
    Setting,
    Times,
)
from b2cal_desktop.calendars.time_zones import local_midnight
from b2cal_desktop.core.model import CalendarEvent, ShowAs, Text

_CDO_STATUS = {
    "FREE": ShowAs.FREE,
    "TENTATIVE": ShowAs.TENTATIVE,
    "BUSY": ShowAs.BUSY,
    "OOF": ShowAs.OOF,
    "OUTOFOFFICE": ShowAs.OOF,
    "WORKINGELSEWHERE": ShowAs.WORKING_ELSEWHERE,
}
_FREEBUSY_TYPE = {
    "FREE": ShowAs.FREE,
    "BUSY": ShowAs.BUSY,
    "BUSY-TENTATIVE": ShowAs.TENTATIVE,
    "BUSY-UNAVAILABLE": ShowAs.OOF,
}
# All that an availability-only publication has for subjects.
_AVAILABILITY = {
    "busy": ShowAs.BUSY,
    "upptagen": ShowAs.BUSY,
    "upptaget": ShowAs.BUSY,
    "free": ShowAs.FREE,
    "ledig": ShowAs.FREE,
    "ledigt": ShowAs.FREE,
    "tentative": ShowAs.TENTATIVE,
    "preliminär": ShowAs.TENTATIVE,
    "preliminärt": ShowAs.TENTATIVE,
    "away": ShowAs.OOF,
    "out of office": ShowAs.OOF,
    "borta": ShowAs.OOF,
    "frånvarande": ShowAs.OOF,
    "ej på kontoret": ShowAs.OOF,
    "inte på kontoret": ShowAs.OOF,
    "working elsewhere": ShowAs.WORKING_ELSEWHERE,
    "arbetar på annan plats": ShowAs.WORKING_ELSEWHERE,
    "arbetar någon annanstans": ShowAs.WORKING_ELSEWHERE,
}


@dataclass(frozen=True, slots=True)
class Appointment:
    """One VEVENT, understood. ``start`` and ``end`` are both dates (a whole-day event) or both aware.

    ``recurrence_id`` is as it is written: a date, an aware time, or one without zone, in the zone of its series.
    """

    uid: str
    line: int
    start: date
    end: date
    subject: str | None = field(repr=False)
    location: str | None = field(repr=False)
    show_as: ShowAs
    private: bool
    cancelled: bool
    declined: bool
    sequence: int
    recurrence_id: date | None = None
    this_and_future: bool = False
    rules: tuple[str, ...] = ()
    extra_dates: tuple[Any, ...] = ()  # dates, or (start, end or duration)
    left_out: tuple[date, ...] = ()
    mailbox: tzinfo = UTC

    @property
    def all_day(self) -> bool:
        """Whether it fills whole days."""
        return not isinstance(self.start, datetime)

    @property
    def repeats(self) -> bool:
        """Whether it has occurrences beside its first."""
        return bool(self.rules or self.extra_dates)

    def event(self, start: date, end: date, event_id: str, series_id: str | None) -> CalendarEvent:
        """This appointment as it happens from ``start`` to ``end``."""
        return CalendarEvent(
            id=event_id,
            start=instant(start, self.mailbox),
            end=instant(end, self.mailbox),
            subject=self.subject,
            show_as=self.show_as,
            all_day=not isinstance(start, datetime),
            private=self.private,
            cancelled=self.cancelled,
            declined=self.declined,
            series_id=series_id,
            location=self.location,
        )


def instant(value: date, zone: tzinfo) -> datetime:
    """``value`` in UTC; a date is its first instant in ``zone``."""
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return local_midnight(value.year, value.month, value.day, zone)


def understand(block: Block, setting: Setting, uid: str) -> Appointment:
    """What the VEVENT ``block`` means; raises BrokenEvent, or TooManyOccurrences for a rule that is out of bounds."""
    if not block.ended:
        raise BrokenEvent(block.line, "VEVENT", Text("bokningen tar aldrig slut", "the event is never ended"))
    reader = Times(block, setting)
    start, end = reader.span()
    sequence = block.value("SEQUENCE")
    recurrence_id, this_and_future = reader.recurrence_id()
    return Appointment(
        uid=uid,
        line=block.line,
        start=start,
        end=end,
        recurrence_id=recurrence_id,
        this_and_future=this_and_future,
        rules=reader.rules(start),
        extra_dates=reader.dates("RDATE"),
        left_out=reader.dates("EXDATE"),
        mailbox=setting.mailbox,
        subject=None if setting.limited else block.text("SUMMARY"),
        location=block.text("LOCATION") or None,
        show_as=_show_as(block, setting),
        private=block.value("CLASS").upper() in ("PRIVATE", "CONFIDENTIAL"),
        cancelled=setting.method == "CANCEL" or block.value("STATUS").upper() == "CANCELLED",
        declined=_declined(block, setting.user),
        sequence=int(sequence) if sequence.isascii() and sequence.isdigit() else 0,
    )


def availability_word(block: Block) -> ShowAs | None:
    """What the subject says where it is nothing but a free/busy status."""
    return _AVAILABILITY.get(block.value("SUMMARY").casefold())


def free_busy(block: Block) -> Iterator[tuple[datetime, datetime, ShowAs]]:
    """The periods of a VFREEBUSY; raises BrokenEvent."""
    for number, line in block.all("FREEBUSY"):
        show_as = _FREEBUSY_TYPE.get(parameter_of(line, "FBTYPE").upper(), ShowAs.BUSY)
        try:
            for period in filter(None, value_of(line).split(",")):
                start, end = vPeriod.from_ical(period.strip())  # type: ignore[no-untyped-call]
                end = start + end if isinstance(end, timedelta) else end
                yield _in_utc(start), _in_utc(end), show_as
        except LIBRARY_FAULTS:
            raise BrokenEvent(number, "FREEBUSY", CANNOT_BE_READ) from None


def _in_utc(value: datetime) -> datetime:
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def _show_as(block: Block, setting: Setting) -> ShowAs:
    names = ["X-MICROSOFT-CDO-BUSYSTATUS"]
    if setting.method == "PUBLISH":  # elsewhere it is what the organiser wished for, not what the person chose
        names.append("X-MICROSOFT-CDO-INTENDEDSTATUS")
    for name in names:
        if status := _CDO_STATUS.get(block.value(name).upper()):
            return status
    if setting.limited and (word := availability_word(block)):
        return word
    if block.value("TRANSP").upper() == "TRANSPARENT":
        return ShowAs.FREE
    return ShowAs.TENTATIVE if block.value("STATUS").upper() == "TENTATIVE" else ShowAs.BUSY


def own_address(address: str) -> str:
    """An address as it is compared: without ``mailto:`` and capitals."""
    return re.sub(r"^mailto:", "", address.strip(), flags=re.IGNORECASE).strip().casefold()


def _declined(block: Block, user: str) -> bool:
    for _, line in block.all("ATTENDEE") if user else ():
        if user in (own_address(value_of(line)), own_address(parameter_of(line, "EMAIL"))):
            return parameter_of(line, "PARTSTAT").upper() == "DECLINED"
    return False
