"""What an Exchange server of a given version answers to SOAP: strict about what it gets, sparing with what it gives.

Shapes, orders and codes are those of Microsoft's EWS reference. What is not asked for is not handed out; an empty
subject or place is left out altogether, as Exchange does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
MESSAGES = "http://schemas.microsoft.com/exchange/services/2006/messages"
TYPES = "http://schemas.microsoft.com/exchange/services/2006/types"
ERRORS = "http://schemas.microsoft.com/exchange/services/2006/errors"
_SCHEMA = etree.XMLSchema(etree.parse(str(Path(__file__).with_name("exchange_messages.xsd"))))
_SCHEMAS = (
    "Exchange2007",
    "Exchange2007_SP1",
    "Exchange2010",
    "Exchange2010_SP1",
    "Exchange2010_SP2",
    "Exchange2013",
    "Exchange2013_SP1",
    "Exchange2015",
    "Exchange2016",
)


@dataclass(frozen=True, slots=True)
class Version:
    """A server's version: its build, the newest schema that it takes, how it names itself in answers."""

    build: tuple[int, int, int, int]
    newest: str
    told: str | None

    @property
    def takes(self) -> tuple[str, ...]:
        return _SCHEMAS[: _SCHEMAS.index(self.newest) + 1]


VERSIONS = {
    "2007_SP1": Version((8, 1, 240, 5), "Exchange2007_SP1", None),
    "2010": Version((14, 0, 639, 21), "Exchange2010", "Exchange2010"),
    "2010_SP1": Version((14, 1, 218, 15), "Exchange2010_SP1", "Exchange2010_SP1"),
    "2010_SP2": Version((14, 3, 195, 1), "Exchange2010_SP2", "Exchange2010_SP2"),
    "2013": Version((15, 0, 516, 32), "Exchange2013", "Exchange2013"),
    "2013_SP1": Version((15, 0, 1263, 5), "Exchange2013_SP1", "V2_23"),
    "2016": Version((15, 1, 2507, 6), "Exchange2016", "V2017_07_11"),
    "2019": Version((15, 2, 1544, 4), "Exchange2016", "V2017_07_11"),
    "SE": Version((15, 2, 2562, 17), "Exchange2016", "V2017_07_11"),
}
_FIELD_ORDER = (
    ("Subject", "item"),
    ("Sensitivity", "item"),
    ("UID", "calendar"),
    ("Start", "calendar"),
    ("End", "calendar"),
    ("IsAllDayEvent", "calendar"),
    ("LegacyFreeBusyStatus", "calendar"),
    ("Location", "calendar"),
    ("IsCancelled", "calendar"),
    ("IsRecurring", "calendar"),
    ("CalendarItemType", "calendar"),
    ("MyResponseType", "calendar"),
    ("MeetingTimeZone", "calendar"),
    ("StartTimeZone", "calendar"),
    ("EndTimeZone", "calendar"),
)


@dataclass
class Item:
    """A calendar item as the store has it, times in UTC. ``absent`` fields are never handed out."""

    id: str
    start: datetime
    end: datetime
    subject: str = ""
    status: str = "Busy"
    all_day: bool = False
    sensitivity: str = "Normal"
    cancelled: bool = False
    response: str = "Organizer"
    kind: str = "Single"
    uid: str = ""
    location: str = ""
    zone: str = "W. Europe Standard Time"
    zone_name: str = ""
    zone_xml: str = ""
    fraction: str = ""
    raw: dict[str, str] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()

    def fields(self, schema: str) -> dict[str, str]:
        """Every field's whole element, by name, as a request in ``schema`` sees it."""
        old = schema.startswith(("Exchange2007", "Exchange2010"))
        status = "Free" if old and self.status == "WorkingElsewhere" else self.status
        zone = f"Id={quoteattr(self.zone)}" + (f" Name={quoteattr(self.zone_name)}" if self.zone_name else "")
        texts = {
            "Subject": escape(self.subject),
            "Sensitivity": self.sensitivity,
            "UID": escape(self.uid or self.id),
            "Start": _instant(self.start, self.fraction),
            "End": _instant(self.end, self.fraction),
            "IsAllDayEvent": str(self.all_day).lower(),
            "LegacyFreeBusyStatus": status,
            "Location": escape(self.location),
            "IsCancelled": str(self.cancelled).lower(),
            "IsRecurring": str(self.kind != "Single").lower(),
            "CalendarItemType": self.kind,
            "MyResponseType": self.response,
        } | self.raw
        elements = {name: f"<t:{name}>{text}</t:{name}>" for name, text in texts.items() if text}
        elements["MeetingTimeZone"] = f"<t:MeetingTimeZone TimeZoneName={quoteattr(self.zone)}/>"
        elements["StartTimeZone"] = f"<t:StartTimeZone {zone}>{self.zone_xml}</t:StartTimeZone>"
        elements["EndTimeZone"] = f"<t:EndTimeZone {zone}>{self.zone_xml}</t:EndTimeZone>"
        return {name: element for name, element in elements.items() if name not in self.absent}


@dataclass
class Mailbox:
    """A mailbox; ``rights`` maps a user to ``reviewer``, ``details``, ``free_busy`` or ``none`` (everybody else)."""

    address: str
    items: list[Item] = field(default_factory=list)
    rights: dict[str, str] = field(default_factory=dict)


class Soap:
    """Answers requests for ``mailboxes``; ``owners`` maps a user to the address of the own mailbox."""

    def __init__(self, version: str, mailboxes: Iterable[Mailbox], owners: dict[str, str]) -> None:
        self.version = VERSIONS[version]
        self.mailboxes = {mailbox.address: mailbox for mailbox in mailboxes}
        self.owners = owners
        self.find_limit = 1_000
        self.says_when_cut = True
        self.unknown_version = "ErrorInvalidServerVersion"
        self.asked: list[tuple[str, str]] = []  # operation and schema
        self.subscriptions: list[str] = []

    def answer(self, body: bytes, user: str) -> tuple[int, bytes]:
        """HTTP status and body for a request by ``user``."""
        try:
            envelope = etree.fromstring(body)
            (payload,) = envelope.find(f"{{{SOAP}}}Body")
            operation = etree.QName(payload).localname
            schema = self._schema(envelope, operation)
            if not _SCHEMA.validate(payload):
                text = f"The request failed schema validation: {_SCHEMA.error_log.last_error.message}"
                return 500, fault("ErrorSchemaValidation", text)
            answers: dict[str, Callable[..., str]] = {
                "FindItem": self._find_item,
                "GetUserAvailabilityRequest": self._availability,
                "Subscribe": self._subscribe,
                "GetStreamingEvents": self._stream,
            }
            return 200, self._envelope(answers[operation](payload, schema, user))
        except _Fault as error:
            return 500, fault(error.code, error.text)

    def _schema(self, envelope: etree._Element, operation: str) -> str:
        header = envelope.find(f"{{{SOAP}}}Header")
        children = [] if header is None else [etree.QName(child).localname for child in header]
        if children != ["RequestServerVersion"]:
            raise _Fault("ErrorSchemaValidation", f"unexpected header {children}")
        schema = str(header[0].get("Version"))
        self.asked.append((operation, schema))
        if schema not in self.version.takes:
            raise _Fault(self.unknown_version, "The specified server version is invalid.")
        return schema

    def _envelope(self, answer: str) -> bytes:
        major, minor, build, revision = self.version.build
        told = f' Version="{self.version.told}"' if self.version.told else ""
        return (
            f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{SOAP}"><s:Header>'
            f'<h:ServerVersionInfo MajorVersion="{major}" MinorVersion="{minor}" MajorBuildNumber="{build}" '
            f'MinorBuildNumber="{revision}"{told} xmlns:h="{TYPES}" xmlns="{TYPES}"/></s:Header>'
            f"<s:Body>{answer}</s:Body></s:Envelope>"
        ).encode()

    # FindItem

    def _find_item(self, payload: etree._Element, schema: str, user: str) -> str:
        wanted = [element.get("FieldURI") for element in payload.iter(f"{{{TYPES}}}FieldURI")]
        zones = {"calendar:StartTimeZone", "calendar:EndTimeZone"} & set(wanted)
        if zones and schema.startswith("Exchange2007"):
            raise _Fault("ErrorSchemaValidation", f"The value '{zones.pop()}' is invalid according to its datatype")
        if "calendar:MeetingTimeZone" in wanted and not schema.startswith("Exchange2007"):
            raise _Fault("ErrorInvalidRequest", "The request is invalid.")
        mailbox = self._open(payload.findtext(f".//{{{TYPES}}}EmailAddress"), user)
        if isinstance(mailbox, str):
            return _found(mailbox)
        view = payload.find(f"{{{MESSAGES}}}CalendarView")
        first, last = (datetime.fromisoformat(view.get(name)) for name in ("StartDate", "EndDate"))
        if last < first or last - first > timedelta(days=732):
            return _found("ErrorCalendarViewRangeTooBig")
        # By the reference: out is what ended before the start, or starts at the end or later.
        items = [item for item in mailbox.items if item.end >= first and item.start < last]
        most = view.get("MaxEntriesReturned")
        if len(items) > self.find_limit and (most is None or int(most) > self.find_limit):
            return _found("ErrorExceededFindCountLimit")
        shown = items[: int(most)] if most else items
        xml = "".join(_item(item, wanted, schema) for item in shown)
        whole = str(len(shown) == len(items) or not self.says_when_cut).lower()
        root = (
            f'<m:RootFolder TotalItemsInView="{len(shown)}" IncludesLastItemInRange="{whole}">'
            f"<t:Items>{xml}</t:Items></m:RootFolder>"
        )
        return _found("NoError", root)

    def _open(self, address: str | None, user: str) -> Mailbox | str:
        """The mailbox, or the response code that keeps ``user`` out."""
        own = self.owners.get(user)
        if address is None:
            return self.mailboxes[own] if own else "ErrorMissingEmailAddress"
        mailbox = self.mailboxes.get(address)
        if mailbox is None:
            return "ErrorNonExistentMailbox"
        return mailbox if address == own or mailbox.rights.get(user) == "reviewer" else "ErrorAccessDenied"

    # Notifications

    def _subscribe(self, payload: etree._Element, schema: str, user: str) -> str:
        if schema in ("Exchange2007_SP1", "Exchange2010"):
            raise _Fault("ErrorInvalidRequest", "The request is invalid.")
        mailbox = self._open(payload.findtext(f".//{{{TYPES}}}EmailAddress"), user)
        if isinstance(mailbox, str):
            return _found(mailbox).replace("FindItem", "Subscribe")
        self.subscriptions.append(f"JgBzdG8x{len(self.subscriptions)}")
        content = f"<m:SubscriptionId>{self.subscriptions[-1]}</m:SubscriptionId>"
        return _found("NoError", content).replace("FindItem", "Subscribe")

    def _stream(self, payload: etree._Element, _schema: str, _user: str) -> str:
        """The first envelope; the server sends the others, when there is something to tell."""
        known = payload.findtext(f".//{{{TYPES}}}SubscriptionId") in self.subscriptions
        return _streamed(
            "NoError" if known else "ErrorSubscriptionNotFound", "<m:ConnectionStatus>OK</m:ConnectionStatus>"
        )

    # GetUserAvailability

    def _availability(self, payload: etree._Element, _schema: str, user: str) -> str:
        address = str(payload.findtext(f".//{{{TYPES}}}Address"))
        times = (payload.findtext(f".//{{{TYPES}}}TimeWindow/{{{TYPES}}}{name}") for name in ("StartTime", "EndTime"))
        first, last = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in times)
        if last - first > timedelta(days=42):
            return _free_busy("ErrorTimeIntervalTooBig", "")
        mailbox = self.mailboxes.get(address)
        if mailbox is None:
            return _free_busy("ErrorMailRecipientNotFound", "")
        rights = mailbox.rights.get(user, "none")
        if rights == "none":
            return _free_busy("ErrorNoFreeBusyAccess", "")
        kind = "FreeBusy" if rights == "free_busy" else "Detailed"
        items = [item for item in mailbox.items if item.end > first and item.start < last and not item.cancelled]
        events = "".join(_event(item, details=kind == "Detailed") for item in items)
        return _free_busy(
            "NoError",
            f'<FreeBusyView><FreeBusyViewType xmlns="{TYPES}">{kind}</FreeBusyViewType>'
            f'<CalendarEventArray xmlns="{TYPES}">{events}</CalendarEventArray></FreeBusyView>',
        )


class _Fault(Exception):
    def __init__(self, code: str, text: str) -> None:
        self.code, self.text = code, text


def fault(code: str, text: str, back_off: int | None = None) -> bytes:
    """A SOAP fault as Exchange sends it; ``back_off`` in milliseconds."""
    wait = (
        f'<t:MessageXml xmlns:t="{TYPES}"><t:Value Name="BackOffMilliseconds">{back_off}</t:Value></t:MessageXml>'
        if back_off is not None
        else ""
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{SOAP}"><s:Body><s:Fault>'
        f'<faultcode xmlns:a="{TYPES}">a:{code}</faultcode><faultstring xml:lang="en-US">{escape(text)}</faultstring>'
        f'<detail><e:ResponseCode xmlns:e="{ERRORS}">{code}</e:ResponseCode>'
        f'<e:Message xmlns:e="{ERRORS}">{escape(text)}</e:Message>{wait}</detail></s:Fault></s:Body></s:Envelope>'
    ).encode()


def response_error(code: str, back_off: int | None = None) -> bytes:
    """A FindItem answer of HTTP 200 whose only message is an error."""
    wait = f'<m:MessageXml><t:Value Name="BackOffMilliseconds">{back_off}</t:Value></m:MessageXml>' if back_off else ""
    return f'<s:Envelope xmlns:s="{SOAP}"><s:Body>{_found(code, wait)}</s:Body></s:Envelope>'.encode()


def _streamed(code: str, content: str) -> str:
    return _found(code, content).replace("FindItem", "GetStreamingEvents")


def notification(*events: str, status: str = "OK") -> bytes:
    """One envelope of a streaming answer, padded as Exchange does; ``events`` such as ``ModifiedEvent``."""
    told = "".join(
        f"<t:{event}><t:Watermark>AAA=</t:Watermark><t:TimeStamp>2026-11-23T08:00:00Z</t:TimeStamp></t:{event}>"
        for event in events
    )
    heard = f"<m:Notification><t:SubscriptionId>J</t:SubscriptionId>{told}</m:Notification>"
    content = f"<m:Notifications>{heard}</m:Notifications>" if events else ""
    message = _streamed("NoError", content + f"<m:ConnectionStatus>{status}</m:ConnectionStatus>")
    envelope = f'<Envelope xmlns="{SOAP}"><soap11:Body xmlns:soap11="{SOAP}">{message}</soap11:Body></Envelope>'
    return b"\r\n" + envelope.encode() + b" " * 2_000


def _found(code: str, content: str = "") -> str:
    error = f"<m:MessageText>hemligt: {code}</m:MessageText>" if code != "NoError" else ""
    kind = "Error" if error else "Success"
    codes = f"<m:ResponseCode>{code}</m:ResponseCode>"
    link = "<m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>" if error else ""
    return (
        f'<m:FindItemResponse xmlns:m="{MESSAGES}" xmlns:t="{TYPES}"><m:ResponseMessages>'
        f'<m:FindItemResponseMessage ResponseClass="{kind}">{error}{codes}{link}{content}</m:FindItemResponseMessage>'
        f"</m:ResponseMessages></m:FindItemResponse>"
    )


def _item(item: Item, wanted: list[str | None], schema: str) -> str:
    elements = item.fields(schema)
    chosen = [elements[name] for name, space in _FIELD_ORDER if f"{space}:{name}" in wanted and name in elements]
    item_id = "" if "ItemId" in item.absent else f'<t:ItemId Id={quoteattr(item.id)} ChangeKey="DwAAABYAAAA="/>'
    return f"<t:CalendarItem>{item_id}{''.join(chosen)}</t:CalendarItem>"


def _free_busy(code: str, view: str) -> str:
    kind = "Success" if code == "NoError" else "Error"
    text = "" if code == "NoError" else "<MessageText>hemligt</MessageText>"
    return (
        f'<GetUserAvailabilityResponse xmlns="{MESSAGES}"><FreeBusyResponseArray><FreeBusyResponse>'
        f'<ResponseMessage ResponseClass="{kind}">{text}<ResponseCode>{code}</ResponseCode></ResponseMessage>{view}'
        f"</FreeBusyResponse></FreeBusyResponseArray></GetUserAvailabilityResponse>"
    )


def _event(item: Item, *, details: bool) -> str:
    private = item.sensitivity != "Normal"
    more = (
        f"<CalendarEventDetails><ID>{escape(item.id)}</ID>"
        + ("" if private else f"<Subject>{escape(item.subject)}</Subject><Location>{escape(item.location)}</Location>")
        + f"<IsMeeting>false</IsMeeting><IsRecurring>false</IsRecurring><IsException>false</IsException>"
        f"<IsReminderSet>false</IsReminderSet><IsPrivate>{str(private).lower()}</IsPrivate></CalendarEventDetails>"
    )
    start, end = (_instant(at).removesuffix("Z") for at in (item.start, item.end))
    return (
        f"<CalendarEvent><StartTime>{start}</StartTime><EndTime>{end}</EndTime>"
        f"<BusyType>{item.status}</BusyType>{more if details else ''}</CalendarEvent>"
    )


def _instant(at: datetime, fraction: str = "") -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S") + fraction + "Z"
