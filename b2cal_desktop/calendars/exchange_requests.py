"""What an Exchange server is asked, as XML; a ``mailbox`` of "" is the own one.

https://learn.microsoft.com/exchange/client-developer/web-service-reference/ews-operations-in-exchange
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from exchangelib.util import create_element

if TYPE_CHECKING:
    from lxml import etree

_FIELDS = (
    "item:Subject",
    "item:Sensitivity",
    "calendar:UID",
    "calendar:Start",
    "calendar:End",
    "calendar:IsAllDayEvent",
    "calendar:LegacyFreeBusyStatus",
    "calendar:Location",
    "calendar:IsCancelled",
    "calendar:IsRecurring",
    "calendar:CalendarItemType",
    "calendar:MyResponseType",
)
_ZONE_FIELDS = ("calendar:StartTimeZone", "calendar:EndTimeZone")
_ZONE_FIELDS_2007 = ("calendar:MeetingTimeZone",)


def find_item(schema: str, mailbox: str, start: datetime, end: datetime, most: int) -> etree._Element:
    """At most ``most`` items of a calendar between two instants, each occurrence by itself; as ``schema`` has it."""
    zones = _ZONE_FIELDS_2007 if schema == "Exchange2007_SP1" else _ZONE_FIELDS
    find: etree._Element = create_element("m:FindItem", attrs={"Traversal": "Shallow"})
    shape = _add(find, "m:ItemShape")
    _add(shape, "t:BaseShape", "IdOnly")
    wanted = _add(shape, "t:AdditionalProperties")
    for field in (*_FIELDS, *zones):
        _add(wanted, "t:FieldURI").set("FieldURI", field)
    calendar = _add(find, "m:CalendarView")
    for name, value in (("MaxEntriesReturned", str(most)), ("StartDate", _instant(start)), ("EndDate", _instant(end))):
        calendar.set(name, value)
    _add_calendar(_add(find, "m:ParentFolderIds"), mailbox)
    return find


def _add_calendar(parent: etree._Element, mailbox: str) -> None:
    folder = _add(parent, "t:DistinguishedFolderId")
    folder.set("Id", "calendar")
    if mailbox:
        _add(_add(folder, "t:Mailbox"), "t:EmailAddress", mailbox)


def subscription(mailbox: str) -> etree._Element:
    """To be told of every change in a calendar."""
    subscribe: etree._Element = create_element("m:Subscribe")
    request = _add(subscribe, "m:StreamingSubscriptionRequest")
    _add_calendar(_add(request, "t:FolderIds"), mailbox)
    kinds = _add(request, "t:EventTypes")
    for kind in ("CopiedEvent", "CreatedEvent", "DeletedEvent", "ModifiedEvent", "MovedEvent"):
        _add(kinds, "t:EventType", kind)
    return subscribe


def listening(subscription_id: str, minutes: int) -> etree._Element:
    """To be told now, for so long."""
    listen: etree._Element = create_element("m:GetStreamingEvents")
    _add(_add(listen, "m:SubscriptionIds"), "t:SubscriptionId", subscription_id)
    _add(listen, "m:ConnectionTimeout", str(minutes))
    return listen


def availability(address: str, start: datetime, end: datetime) -> etree._Element:
    """What colleagues may see of ``address`` between two instants, in UTC."""
    request: etree._Element = create_element("m:GetUserAvailabilityRequest")
    zone = _add(request, "t:TimeZone")  # UTC, written as a zone that changes by nothing
    _add(zone, "t:Bias", "0")
    for name, month in (("t:StandardTime", "10"), ("t:DaylightTime", "3")):
        change = _add(zone, name)
        for part, value in (("Bias", "0"), ("Time", "02:00:00"), ("DayOrder", "5"), ("Month", month)):
            _add(change, f"t:{part}", value)
        _add(change, "t:DayOfWeek", "Sunday")
    data = _add(_add(request, "m:MailboxDataArray"), "t:MailboxData")
    _add(_add(data, "t:Email"), "t:Address", address)
    _add(data, "t:AttendeeType", "Required")
    _add(data, "t:ExcludeConflicts", "false")
    options = _add(request, "t:FreeBusyViewOptions")
    window = _add(options, "t:TimeWindow")
    _add(window, "t:StartTime", _instant(start).removesuffix("Z"))
    _add(window, "t:EndTime", _instant(end).removesuffix("Z"))
    _add(options, "t:MergedFreeBusyIntervalInMinutes", "30")
    _add(options, "t:RequestedView", "Detailed")
    return request


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    child: etree._Element = create_element(name)
    child.text = text
    parent.append(child)
    return child


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
