"""The nouns: texts in two languages, calendar events, diversions, blocks.

Every instant is a timezone-aware ``datetime``; every interval is half-open, ``[start, end)``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType

AVAILABLE = "available"


def utc(instant: datetime) -> datetime:
    """The same instant in UTC.

    Python compares two datetimes of one zone by their wall clocks, which lie in the hour that a change to winter time
    repeats. The rules therefore compare in UTC only.
    """
    return instant if instant.tzinfo is UTC else instant.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Text:
    """A text in the product's two languages."""

    sv: str
    en: str

    def to(self, language: str) -> str:
        """The text in ``language`` (``"sv"`` or ``"en"``; anything else reads as English)."""
        return self.sv if language == "sv" else self.en

    @classmethod
    def same(cls, text: str) -> Text:
        """A text that is the same in both languages, such as a name."""
        return cls(text, text)


class ShowAs(StrEnum):
    """Outlook's free/busy status of an event."""

    FREE = "free"
    TENTATIVE = "tentative"
    BUSY = "busy"
    OOF = "oof"
    WORKING_ELSEWHERE = "working_elsewhere"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One occurrence of a calendar event, as its calendar tells it.

    ``subject`` is None where the rights or the source do not give it. An all-day event's ``start`` and ``end`` are the
    local midnights of the mailbox time zone, already resolved to instants by the source. ``series_id`` names the
    recurring series, if any. ``remembered`` stands in for the subject of a private event that was read from disk:
    the diversion its prefix asked for when the subject was last seen.
    """

    id: str
    start: datetime
    end: datetime
    subject: str | None = field(repr=False)
    show_as: ShowAs
    all_day: bool = False
    private: bool = False
    cancelled: bool = False
    declined: bool = False
    series_id: str | None = None
    location: str | None = field(default=None, repr=False)
    remembered: str | None = None


class Kind(StrEnum):
    """What a diversion says of a person; decides how long a manual one takes precedence."""

    AVAILABLE = "available"
    ACTIVITY = "activity"
    ABSENCE = "absence"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Diversion:
    """An entry of the catalogue. ``remote`` maps a connector's id to that switchboard's own value."""

    key: str
    label: Text
    kind: Kind
    remote: Mapping[str, str] = field(default_factory=dict)


class Catalogue(Mapping[str, Diversion]):
    """The diversions that exist for this user, by key; ``available`` is always among them."""

    def __init__(self, diversions: Iterable[Diversion]) -> None:
        self._by_key = MappingProxyType({d.key: d for d in diversions})
        if AVAILABLE not in self._by_key:
            raise ValueError("a catalogue always has 'available'")

    def __getitem__(self, key: str) -> Diversion:
        return self._by_key[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_key)

    def __len__(self) -> int:
        return len(self._by_key)

    def __hash__(self) -> int:
        return hash(tuple(self._by_key))

    def label(self, key: str, language: str) -> str:
        """What people call ``key``; a key that is not in the catalogue is its own label."""
        return self._by_key[key].label.to(language) if key in self._by_key else key

    def kind(self, key: str) -> Kind | None:
        """The kind of ``key``, or None for a diversion that is not in the catalogue."""
        return self._by_key[key].kind if key in self._by_key else None


STANDARD_DIVERSIONS = (
    Diversion("working_from_home", Text("Jobbar hemifrån", "Working from home"), Kind.PLACE),
    Diversion("sick", Text("Sjuk / VAB", "Sick / caring for child"), Kind.ABSENCE),
    Diversion("gone_for_the_day", Text("Gått för dagen", "Gone for the day"), Kind.ABSENCE),
    Diversion(AVAILABLE, Text("Tillgänglig", "Available"), Kind.AVAILABLE),
    Diversion("busy", Text("Upptagen", "Busy"), Kind.ACTIVITY),
    Diversion("lunch", Text("Lunch", "Lunch"), Kind.ACTIVITY),
    Diversion("meeting", Text("Möte", "Meeting"), Kind.ACTIVITY),
    Diversion("out_of_office", Text("Ej på kontoret", "Out of office"), Kind.ABSENCE),
    Diversion("vacation", Text("Semester", "Vacation"), Kind.ABSENCE),
)
STANDARD_CATALOGUE = Catalogue(STANDARD_DIVERSIONS)


@dataclass(frozen=True, slots=True)
class DiversionState:
    """What a switchboard shows, or is to show: a diversion and, if known, when the person is back.

    ``available`` never carries an end. A value that the catalogue does not know keeps the switchboard's own id in
    ``diversion``.
    """

    diversion: str
    until: datetime | None = None

    def at(self, now: datetime) -> DiversionState:
        """This state as it counts at ``now``: gone once its end has passed."""
        return CLEAR if self.until is not None and self.until <= now else self

    def same_as(self, other: DiversionState, *, ends: bool) -> bool:
        """Whether both say the same, with ends compared to the minute where the switchboard knows ends."""
        if self.diversion != other.diversion:
            return False
        if not ends or self.diversion == AVAILABLE:
            return True
        if self.until is None or other.until is None:
            return self.until is other.until
        return abs((self.until - other.until).total_seconds()) < 60


CLEAR = DiversionState(AVAILABLE)


class RuleName(StrEnum):
    """Which rule made a request for a diversion."""

    PREFIX = "prefix"
    STATUS = "status"
    WORKING_HOURS = "working_hours"


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of time with one diversion; ``end`` is what the switchboard is told as the time of return.

    ``rule`` is that of the event which wins at ``start``. ``events`` won somewhere in the block, ``losers`` asked for
    something there and lost, both in order of start. A block of working hours has no events of its own.
    """

    start: datetime
    end: datetime
    diversion: str
    rule: RuleName
    events: tuple[CalendarEvent, ...] = ()
    losers: tuple[CalendarEvent, ...] = ()

    @property
    def state(self) -> DiversionState:
        """What this block asks the switchboard to show."""
        return CLEAR if self.diversion == AVAILABLE else DiversionState(self.diversion, self.end)


@dataclass(frozen=True, slots=True)
class Window:
    """The half-open stretch of time that somebody asks about."""

    start: datetime
    end: datetime

    def touches(self, start: datetime, end: datetime) -> bool:
        """Whether ``[start, end)`` has an instant in common with the window."""
        return start < self.end and end > self.start


@dataclass(frozen=True, slots=True)
class Warning:
    """Something that the user would want to know, though work goes on. Holds no subject of a private event."""

    code: str
    text: Text
    event_id: str | None = None
