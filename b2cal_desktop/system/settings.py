"""The settings as values: every key of ``settings.toml`` with its type, range and default, and what they mean to core.

The types here are the whole description of what a key may be: ``settings_check`` reads them, ``docs/settings.md`` tells
them. What spans several keys (does a named diversion exist?) is in ``settings_check`` too.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import time, tzinfo
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from b2cal_desktop.core.model import STANDARD_DIVERSIONS, Catalogue, Diversion, Kind, ShowAs, Text
from b2cal_desktop.core.reconcile import ManualOverride, Policy
from b2cal_desktop.core.rules import (
    DEFAULT_ORDER,
    DEFAULT_PREFIXES,
    DEFAULT_STATUS,
    AllDay,
    Method,
    Private,
    Rules,
    WorkingHours,
)

VERSION = 1
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PRACTICE_FIELDS = {"base_url": "http://127.0.0.1:8765", "user": "namn"}


def _told(sv: str, en: str) -> dict[str, str]:
    """What people are told is allowed, where the type alone does not say it."""
    return {"sv": sv, "en": en}


OneLine = Annotated[
    str,
    Meta(
        pattern=r"\A[^\x00-\x1f\x7f\ud800-\udfff]*\Z",
        max_length=2000,
        extra=_told("en text på en rad, högst 2000 tecken", "text on one line of at most 2000 characters"),
    ),
]
LabelText = Annotated[
    str,
    Meta(
        pattern=r"\A[^\x00-\x1f\x7f\ud800-\udfff]*[^\x00-\x20\x7f\ud800-\udfff][^\x00-\x1f\x7f\ud800-\udfff]*\Z",
        max_length=60,
        extra=_told("1 till 60 tecken på en rad", "1 to 60 characters on one line"),
    ),
]
# WORKAROUND: no pattern here. msgspec 0.22 corrupts memory when it converts to a union of a text that has a pattern
# with a list.
Prefix = Annotated[
    str,
    Meta(max_length=40, extra=_told("en text på högst 40 tecken", "text of at most 40 characters")),
]
ClockTime = Annotated[
    str,
    Meta(
        pattern=r"\A([01][0-9]|2[0-3]):[0-5][0-9]\Z",
        extra=_told('ett klockslag inom citattecken, som "08:00"', 'a time of day in quotes, such as "08:00"'),
    ),
]
ConnectorId = Annotated[
    str,
    Meta(
        pattern=r"\A[a-z0-9][a-z0-9_.-]*\Z",
        max_length=100,
        extra=_told(
            "en anslutnings id: små bokstäver, siffror, - och _", "a connector's id: small letters, digits, - and _"
        ),
    ),
]
DiversionKey = Annotated[
    str,
    Meta(
        pattern=r"\A[a-z][a-z0-9_]*\Z",
        max_length=60,
        extra=_told(
            "små bokstäver a–z, siffror och _, med en bokstav först",
            "small letters a-z, digits and _, beginning with a letter",
        ),
    ),
]
PublicKey = Annotated[
    str,
    Meta(
        pattern=r"\A[A-Za-z0-9+/]{43}=\Z",
        extra=_told("en publik Ed25519-nyckel i base64, 44 tecken", "an Ed25519 public key in base64, 44 characters"),
    ),
]
Minutes = Annotated[int, Meta(ge=0, le=120)]


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A table of the file."""


class Reticent(Table, frozen=True):
    """A table whose values may give access to something, such as a published calendar's address: never in a log."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


class SyncSettings(Table, frozen=True):
    """When and how the app works."""

    enabled: bool = True
    poll_seconds: Annotated[int, Meta(ge=30, le=900)] = 60
    edge_spread_seconds: Annotated[int, Meta(ge=0, le=30)] = 1
    dry_run: bool = False
    on_quit: Literal["auto", "clear", "leave"] = "auto"
    stale_after_hours: Annotated[int, Meta(ge=1, le=720)] = 24
    manual_override: Literal["until_next_block", "until_cleared"] = "until_next_block"


class Microsoft365Settings(Table, frozen=True):
    """Sign-in and Graph. ``authority`` and ``graph_root`` count with ``cloud = "custom"`` only.

    ``calendars`` are Graph's ids of further calendars of the user's own, beside the primary one.
    """

    tenant: OneLine = "organizations"
    client_id: OneLine = ""
    cloud: Literal["global", "usgov", "usdod", "china", "custom"] = "global"
    authority: OneLine = ""
    graph_root: OneLine = ""
    permission: Literal["basic", "full"] = "basic"
    calendars: tuple[OneLine, ...] = ()
    broker: bool = False


class ExchangeSettings(Table, frozen=True):
    """An Exchange server of the company's own. ``url`` has no default: a password must never go to an example."""

    url: OneLine = ""
    version: Literal["auto", "2007_SP1", "2010", "2010_SP1", "2010_SP2", "2013", "2013_SP1", "2016", "2019", "SE"] = (
        "auto"
    )
    auth: Literal["auto", "ntlm", "basic", "negotiate", "sso"] = "auto"
    user: OneLine = ""
    mailbox: OneLine = ""


class ICalendarSettings(Reticent, frozen=True):
    """A file or a published link."""

    location: OneLine = ""
    user: OneLine = ""


class CalendarSettings(Table, frozen=True):
    """Where events come from. ``timezone`` is ``auto`` or an IANA name."""

    source: Literal["microsoft365", "exchange", "icalendar"] = "microsoft365"
    timezone: OneLine = "auto"
    microsoft365: Microsoft365Settings = Microsoft365Settings()
    exchange: ExchangeSettings = ExchangeSettings()
    icalendar: ICalendarSettings = ICalendarSettings()

    @property
    def is_named(self) -> bool:
        """Whether it is said which calendar; Microsoft 365 is one by itself."""
        named = {"icalendar": self.icalendar.location, "exchange": self.exchange.url}
        return bool(named.get(self.source, self.source))


class SwitchboardSettings(Reticent, frozen=True):
    """Where diversions go. ``fields`` is what the connector asks for, secrets excepted."""

    connector: ConnectorId = "practice"
    fields: dict[str, OneLine] = msgspec.field(default_factory=dict)


class StatusSettings(Table, frozen=True):
    """What each free/busy status asks for; ``""`` asks for nothing."""

    free: str = DEFAULT_STATUS[ShowAs.FREE]
    tentative: str = DEFAULT_STATUS[ShowAs.TENTATIVE]
    busy: str = DEFAULT_STATUS[ShowAs.BUSY]
    oof: str = DEFAULT_STATUS[ShowAs.OOF]
    working_elsewhere: str = DEFAULT_STATUS[ShowAs.WORKING_ELSEWHERE]
    unknown: str = DEFAULT_STATUS[ShowAs.UNKNOWN]


class WorkingHoursSettings(Table, frozen=True):
    """Local hours of work; ``outside`` is ``""`` or the diversion for the rest of the time.

    With ``from_mailbox`` the days and hours are the mailbox's own, where the calendar tells them.
    """

    enabled: bool = False
    from_mailbox: bool = False
    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = (
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
    )
    start: ClockTime = "08:00"
    end: ClockTime = "17:00"
    outside: str = ""


class RulesSettings(Table, frozen=True):
    """From event to diversion."""

    method: Literal["status", "prefix", "prefix_then_status"] = "status"
    private: Literal["normal", "ignore"] = "normal"
    all_day: Literal["normal", "prefix_only", "ignore"] = "normal"
    lead_minutes: Minutes = 0
    lag_minutes: Minutes = 0
    bridge_minutes: Annotated[int, Meta(ge=0, le=60)] = 2
    order: tuple[str, ...] = DEFAULT_ORDER
    status: StatusSettings = StatusSettings()
    prefixes: dict[str, Prefix | tuple[Prefix, ...]] = msgspec.field(
        default_factory=lambda: {key: prefixes[0] for key, prefixes in DEFAULT_PREFIXES.items()}
    )
    working_hours: WorkingHoursSettings = WorkingHoursSettings()


class LabelSettings(Table, frozen=True):
    """A label in both languages."""

    sv: LabelText
    en: LabelText


class DiversionSettings(Table, frozen=True):
    """A diversion that is added, or a standard one that is changed; None leaves a standard one's own.

    ``remote`` maps a connector's id to the switchboard's own value. ``removed`` takes a standard one away.
    """

    key: DiversionKey
    label: LabelSettings | None = None
    kind: Literal["absence", "activity", "place"] | None = None
    remote: dict[str, OneLine] = msgspec.field(default_factory=dict)
    removed: bool = False


class UpdatesSettings(Table, frozen=True):
    """Whether, and where, the app asks for a newer version. ``keys`` are trusted beside those that come with it."""

    enabled: bool = True
    feed: OneLine = ""
    keys: tuple[PublicKey, ...] = ()


class NotificationsSettings(Table, frozen=True):
    """What is told beside the icon, over what the user must know or act on: ``changes`` is every change."""

    changes: bool = False


class Settings(Table, frozen=True):
    """All settings, checked and complete."""

    version: Annotated[int, Meta(ge=1)] = VERSION
    language: Literal["auto", "sv", "en"] = "auto"
    sync: SyncSettings = SyncSettings()
    calendar: CalendarSettings = CalendarSettings()
    switchboard: SwitchboardSettings = msgspec.field(
        default_factory=lambda: SwitchboardSettings(fields=dict(PRACTICE_FIELDS))
    )
    rules: RulesSettings = msgspec.field(default_factory=RulesSettings)
    notifications: NotificationsSettings = NotificationsSettings()
    updates: UpdatesSettings = UpdatesSettings()
    diversions: tuple[DiversionSettings, ...] = ()

    def catalogue(self) -> Catalogue:
        """The standard diversions as changed, then the added ones in the order of the file."""
        changes = {entry.key: entry for entry in self.diversions}
        standard = [_changed(diversion, changes.pop(diversion.key, None)) for diversion in STANDARD_DIVERSIONS]
        added = [_added(entry) for entry in changes.values() if not entry.removed]
        return Catalogue([diversion for diversion in standard if diversion is not None] + added)

    def to_rules(self, catalogue: Catalogue) -> Rules:
        """The rules that core works by; raises DuplicatePrefix, which loading has already ruled out."""
        rules = self.rules
        return Rules(
            method=Method(rules.method),
            private=Private(rules.private),
            all_day=AllDay(rules.all_day),
            lead_minutes=rules.lead_minutes,
            lag_minutes=rules.lag_minutes,
            bridge_minutes=rules.bridge_minutes,
            order=rules.order,
            status={status: getattr(rules.status, status.value) for status in ShowAs},
            prefixes={
                key: (given,) if isinstance(given, str) else tuple(given) for key, given in rules.prefixes.items()
            },
            working_hours=_working_hours(rules.working_hours),
            catalogue=catalogue,
        )

    def timezone(self, system_default: tzinfo) -> tzinfo:
        """The zone that the user named, else ``system_default``."""
        name = self.calendar.timezone
        return system_default if name == "auto" else ZoneInfo(name)

    def policy(self, ends: bool, honours_ends: bool = True) -> Policy:
        """What bears on the decision to write, in a switchboard that knows ``ends`` and ``honours_ends``, or not."""
        return Policy(self.catalogue(), ends, ManualOverride(self.sync.manual_override), honours_ends)


def _changed(diversion: Diversion, change: DiversionSettings | None) -> Diversion | None:
    if change is None:
        return diversion
    if change.removed:
        return None
    return replace(
        diversion,
        label=_text(change.label) if change.label else diversion.label,
        kind=Kind(change.kind) if change.kind else diversion.kind,
        remote=dict(change.remote),
    )


def _added(entry: DiversionSettings) -> Diversion:
    label = _text(entry.label) if entry.label else Text.same(entry.key)
    return Diversion(entry.key, label, Kind(entry.kind or "absence"), dict(entry.remote))


def _text(label: LabelSettings) -> Text:
    return Text(label.sv, label.en)


def _working_hours(hours: WorkingHoursSettings) -> WorkingHours | None:
    if not hours.enabled:
        return None
    days = frozenset(WEEKDAYS.index(day) for day in hours.days)
    start, end = time.fromisoformat(hours.start), time.fromisoformat(hours.end)
    return WorkingHours(days, start, end, hours.outside, hours.from_mailbox)
