"""The signed-in person's own calendar in Microsoft 365, by Microsoft Graph's calendarView.

Why not delta queries: they take no ``$select``, freeze the window in their token, and leave ``showAs`` out of
occurrences. So a poll asks for the window again: one request of one page, of which what we select is a few kB
compressed. Graph puts no ETag on such a page; where one comes all the same it is offered back. Else the events are
compared with those of last time, which takes milliseconds, and where they are equal nothing behind us runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from math import inf
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from b2cal_desktop.calendars.broken_event import BrokenEvent, broken_event
from b2cal_desktop.calendars.graph_events import SELECTED, told_id, understand
from b2cal_desktop.calendars.graph_http import NOT_GRAPH, GraphHttp, Page, Rate, StartOver, TokenSource
from b2cal_desktop.calendars.graph_mailbox import Mailbox, fetch_mailbox
from b2cal_desktop.core.errors import CalendarConsentWithdrawn, CalendarRefused, CalendarUnreachable
from b2cal_desktop.core.model import CalendarEvent, Text, Warning, Window
from b2cal_desktop.core.ports import Clock, Fetched
from b2cal_desktop.system.clock import SystemClock

if TYPE_CHECKING:
    import requests

__all__ = ["CalendarName", "GraphCalendar", "TokenSource"]

_PAGE_SIZE = 500
_MOST_PAGES = 400
_MOST_EVENTS = 20_000
_MOST_BYTES = 60_000_000
# A whole day lies wherever its mailbox is; we ask for it by UTC.
_DAY = timedelta(days=1)
_SKEW_SECONDS = 120
_HEADERS = {"Prefer": 'outlook.timezone="UTC"'}
_GONE = Text("kalendern svarar med olika sidor varje gång", "the calendar gives other pages each time")
_TOO_MANY = Text("bokningarna är fler än vi kan följa", "there are more events than we can follow")


@dataclass(frozen=True, slots=True)
class CalendarName:
    """A calendar of the person's own, to choose from. ``id`` goes into ``GraphCalendar(calendars=…)``."""

    id: str
    name: str
    primary: bool


@dataclass(slots=True)
class _Known:
    """One calendar as it was last read."""

    etag: str | None
    items: list[Any]


class GraphCalendar:
    """A ``CalendarSource`` over Graph at ``root``, such as ``https://graph.microsoft.com``.

    ``token`` is whoever is signed in. ``timezone`` is for whole days where the mailbox does not tell its own, or, with
    ``follow_mailbox`` false, always. ``calendars`` are ids of further calendars beside the primary one. Nothing is
    sent before the first fetch; then one request per calendar and page, and one a day for the mailbox's settings.
    """

    def __init__(
        self,
        *,
        root: str,
        token: TokenSource,
        timezone: tzinfo,
        follow_mailbox: bool = True,
        calendars: Sequence[str] = (),
        clock: Clock | None = None,
        http: requests.Session | None = None,
    ) -> None:
        self._clock = clock or SystemClock()
        self._http = GraphHttp(root, token, self._clock, http)
        self._timezone, self._follow = timezone, follow_mailbox
        self._paths = ["/v1.0/me/calendarView"]
        self._paths += [f"/v1.0/me/calendars/{quote(name, safe='')}/calendarView" for name in calendars]
        self._known: dict[str, _Known] = {}
        self._mailbox, self._mailbox_due = Mailbox(), -inf
        self._window: Window | None = None
        self._last: Fetched | None = None

    def __repr__(self) -> str:
        return f"GraphCalendar({self._http.host!r})"

    @property
    def usage(self) -> Rate:
        """What the last hour cost, for diagnostics."""
        return self._http.usage.rate

    @property
    def mailbox(self) -> Mailbox:
        """The mailbox's own time zone and working hours, as far as they were told."""
        return self._mailbox

    def fetch_events(self, window: Window, now: datetime) -> Fetched:
        """Every event that touches ``window``; raises CalendarError.

        The same object as last time where neither the calendars nor the window have changed.
        """
        if window != self._window:
            self._known.clear()
            self._window, self._last = window, None
        warnings: list[Warning] = []
        skew: float | None = None
        for path in self._paths:
            try:
                skew = self._read(path, window, now)
            except (CalendarRefused, CalendarConsentWithdrawn):
                if path == self._paths[0]:
                    raise
                self._known.pop(path, None)
                warnings.append(_missing_calendar(self._http.host))
        self._ask_mailbox(now)
        if skew is not None and abs(skew) > _SKEW_SECONDS:
            warnings.append(_wrong_clock(skew))
        fetched = self._understood(window, warnings)
        if self._last is None or fetched != self._last:
            self._last = fetched
        return self._last

    def list_calendars(self, now: datetime) -> tuple[CalendarName, ...]:
        """The calendars that the person owns, the primary one first; raises CalendarError.

        Those that others share are left out: what we ask for does not cover them, and nobody else's calendar is read.
        """
        url = f"{self._http.root}/v1.0/me/calendars?$select=id,name,isDefaultCalendar,owner&$top=100"
        try:
            items = self._all_from(self._http.get(url, now, {}), now).items
        except StartOver:
            raise CalendarUnreachable(self._http.host, _GONE) from None
        return own_calendars(items)

    def close(self) -> None:
        """Let go of connections."""
        self._http.close()

    # Reading

    def _read(self, path: str, window: Window, now: datetime) -> float | None:
        """Read one calendar; by how many seconds Graph's clock is ahead of this computer's."""
        known = self._known.get(path)
        for _attempt in (1, 2):
            try:
                first = self._http.get(self._address(path, window), now, _HEADERS, known.etag if known else None)
                if not first.unchanged:
                    self._known[path] = self._all_from(first, now)
            except StartOver:  # a page's link ran out: pages of two readings must not be mixed
                continue
            return first.skew
        raise CalendarUnreachable(self._http.host, _GONE)

    def _all_from(self, page: Page, now: datetime) -> _Known:
        """Everything from ``page`` on, all or nothing: never half a calendar."""
        etag, items, size, visited = page.etag, list[Any](), 0, set[str]()
        while True:
            size += len(page.body)
            try:
                answer = page.read()
            except ValueError:
                raise CalendarUnreachable(self._http.host, NOT_GRAPH) from None
            value, following = answer.get("value"), answer.get("@odata.nextLink")
            if not isinstance(value, list) or not isinstance(following, str | None):
                raise CalendarUnreachable(self._http.host, NOT_GRAPH)
            items += value
            if not following:
                # The first page's ETag says nothing of further ones.
                return _Known(None if visited else etag, items)
            if following in visited or len(visited) >= _MOST_PAGES or len(items) > _MOST_EVENTS or size > _MOST_BYTES:
                raise CalendarUnreachable(self._http.host, _TOO_MANY)
            visited.add(following)
            page = self._http.get(following, now, _HEADERS)

    def _address(self, path: str, window: Window) -> str:
        start, end = (at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for at in _widened(window))
        selected = ",".join(SELECTED)
        return f"{self._http.root}{path}?startDateTime={start}&endDateTime={end}&$select={selected}&$top={_PAGE_SIZE}"

    def _ask_mailbox(self, now: datetime) -> None:
        """Ask for the mailbox's settings where it is time."""
        if self._clock.monotonic() < self._mailbox_due:
            return
        mailbox, wait = fetch_mailbox(self._http, now)
        self._mailbox = mailbox or self._mailbox
        self._mailbox_due = self._clock.monotonic() + wait

    # Understanding

    def _understood(self, window: Window, warnings: list[Warning]) -> Fetched:
        own = self._mailbox.timezone if self._follow else None
        events: dict[str, CalendarEvent] = {}
        broken: list[Warning] = []
        items = [item for known in self._known.values() for item in known.items]
        for item in items:
            try:
                event = understand(item, own or self._timezone)
            except BrokenEvent as error:
                broken.append(broken_event(error, self._http.host, told_id(item)))
                continue
            if event.end > event.start and window.touches(event.start, event.end):
                events[event.id] = event
        ordered = sorted(events.values(), key=lambda event: (event.start, event.end, event.id))
        # Without the right to subjects Graph leaves them out; an empty one is there.
        limited = bool(items) and not any(isinstance(item, dict) and "subject" in item for item in items)
        return Fetched(tuple(ordered), (*dict.fromkeys(broken), *warnings), limited, own, self._mailbox.hours)


def own_calendars(items: Sequence[object]) -> tuple[CalendarName, ...]:
    """Of Graph's calendars in ``items`` those of the primary one's owner; where nobody is told, all."""
    listed = [item for item in items if isinstance(item, dict) and isinstance(item.get("id"), str)]
    primary = next((item for item in listed if item.get("isDefaultCalendar") is True), {})
    person = _owner(primary)
    names = [
        CalendarName(item["id"], str(item.get("name") or ""), item is primary)
        for item in listed
        if not person or _owner(item) in ("", person)
    ]
    return tuple(sorted(names, key=lambda name: (not name.primary, name.name.casefold())))


def _owner(calendar: Mapping[str, Any]) -> str:
    owner = calendar.get("owner")
    address = owner.get("address") if isinstance(owner, Mapping) else None
    return address.casefold() if isinstance(address, str) else ""


def _widened(window: Window) -> tuple[datetime, datetime]:
    return window.start - _DAY, window.end + _DAY


def _missing_calendar(host: str) -> Warning:
    return Warning(
        "calendar_missing",
        Text(
            f"{host}: en av kalendrarna du valt går inte att läsa. De andra räknas.",
            f"{host}: one of the calendars you chose cannot be read. The others count.",
        ),
    )


def _wrong_clock(skew: float) -> Warning:
    minutes = max(1, round(abs(skew) / 60))
    sv, en = ("efter", "behind") if skew > 0 else ("före", "ahead of")
    return Warning(
        "clock_skew",
        Text(
            f"Datorns klocka går ungefär {minutes} minuter {sv} Microsofts. Hänvisningarna byts lika fel.",
            f"This computer's clock is about {minutes} minutes {en} Microsoft's. Diversions change that much off.",
        ),
    )
