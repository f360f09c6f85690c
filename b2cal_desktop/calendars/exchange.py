"""A calendar on a company's own Exchange server (2007 SP1 to Subscription Edition), by Exchange Web Services.

A poll is one FindItem with a CalendarView, which hands out the occurrences of series by themselves. Exchange answers it
with a limited number of items (1,000 by an administrator's default) and cannot page it, so a window with more is cut in
halves until each fits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from b2cal_desktop.calendars.broken_event import BrokenEvent, broken_event
from b2cal_desktop.calendars.exchange_answers import Refused
from b2cal_desktop.calendars.exchange_events import told_id, understand
from b2cal_desktop.calendars.exchange_free_busy import (
    MOST_DAYS,
    closed_calendar,
    free_busy_events,
    has_events,
    has_subjects,
    rights_command,
)
from b2cal_desktop.core.errors import (
    CalendarInMicrosoft365,
    CalendarMailboxClosed,
    CalendarNeedsSignIn,
    CalendarNotExchange,
    CalendarThrottled,
    CalendarUnreachable,
    SecretsUnavailable,
)
from b2cal_desktop.core.model import CalendarEvent, Text, Warning, Window
from b2cal_desktop.core.ports import Clock, Fetched
from b2cal_desktop.system.clock import SystemClock
from b2cal_desktop.system.exchange_address import complete_address, in_microsoft365
from b2cal_desktop.system.network import host_of

if TYPE_CHECKING:
    from lxml.etree import _Element

    from b2cal_desktop.calendars.exchange_auth import ExchangeAuth
    from b2cal_desktop.calendars.exchange_ews import EwsClient, Limits
    from b2cal_desktop.calendars.exchange_stream import ExchangeNotifications

# A whole day lies wherever whoever booked it was.
_DAY = timedelta(days=1)
_MOST_ITEMS = 1_000
_MOST_EVENTS = 20_000
_SHORTEST = timedelta(minutes=15)
_TOO_MANY = Text("bokningarna är fler än vi kan följa", "there are more events than we can follow")
_NO_ADDRESS = Text("ingen adress är angiven", "no address is given")
_NO_TLS = Text("den ska börja med https://", "it should begin with https://")
_OWN = Text("din postlåda", "your mailbox")


class ExchangeCalendar:
    """A ``CalendarSource`` over the server at ``url``: a host, or the whole address of its calendar service.

    ``user`` is ``DOMÄN\\namn`` or ``namn@foretag.se``; ``password`` is asked only when a connection is made.
    ``mailbox`` is another mailbox's address, "" the user's own. ``version`` and ``auth`` are as in the settings.
    Whoever gives ``url`` has agreed to its host: credentials go there and nowhere else. ``changed`` is called, from
    another thread, soon after something in the calendar has changed, where the server tells. Nothing is imported or
    sent before the first fetch.
    """

    def __init__(
        self,
        url: str,
        *,
        user: str,
        password: Callable[[], str | None],
        mailbox: str = "",
        version: str = "auto",
        auth: str = "auto",
        timezone: tzinfo,
        clock: Clock | None = None,
        changed: Callable[[], None] | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._url = complete_address(url)
        self._host = host_of(self._url)
        self._user, self._password, self._mailbox = user.strip(), password, mailbox.strip()
        self._version, self._auth = version, auth
        self._timezone, self._clock = timezone, clock or SystemClock()
        self._limits, self._changed = limits, changed
        self._client: EwsClient | None = None
        self._sign_in: ExchangeAuth | None = None
        self._notifications: ExchangeNotifications | None = None
        self._closed_until = 0.0
        self._last: Fetched | None = None

    def __repr__(self) -> str:
        return f"ExchangeCalendar({self._host!r})"

    def fetch_events(self, window: Window, now: datetime) -> Fetched:  # noqa: ARG002  the port's signature
        """Every event that touches ``window``; raises CalendarError.

        The same object as last time where nothing has changed. While Exchange has asked us to wait, nothing is sent.
        """
        if (left := self._closed_until - self._clock.monotonic()) > 0:
            raise CalendarThrottled(self._host, retry_after=left)
        try:
            fetched = self._fetch(self._connected(), window)
        except CalendarThrottled as error:
            self._closed_until = self._clock.monotonic() + (error.retry_after or 0.0)
            raise
        except CalendarNeedsSignIn:
            self.close()  # with it goes the password: the next one tried is the one that the user has given by then
            raise
        if self._changed is not None and self._notifications is None and not fetched.limited:
            self._listen(self._changed)
        if fetched != self._last:
            self._last = fetched
        return self._last

    def close(self) -> None:
        """Let go of connections, and of the password."""
        if self._notifications is not None:
            self._notifications.close()
        if self._client is not None:
            self._client.close()
        self._client = self._sign_in = self._notifications = None

    def _listen(self, changed: Callable[[], None]) -> None:
        from b2cal_desktop.calendars.exchange_stream import ExchangeNotifications

        if self._connected().notifies:
            self._notifications = ExchangeNotifications(self._new_client, self._mailbox, changed, clock=self._clock)
            self._notifications.start()

    def _connected(self) -> EwsClient:
        if self._client is not None:
            return self._client
        self._check_address()
        password = self._asked_for_password() if self._needs_password else None
        from b2cal_desktop.calendars.exchange_auth import ExchangeAuth

        self._sign_in = ExchangeAuth(self._url, method=self._auth, user=self._user, password=password)
        self._client = self._new_client()
        return self._client

    def _new_client(self) -> EwsClient:
        """A client of its own connection, by the same sign-in: what one is refused, none tries again."""
        from b2cal_desktop.calendars.exchange_ews import EwsClient, Limits

        if self._sign_in is None:
            raise CalendarNeedsSignIn(self._host)
        limits = self._limits or Limits()
        return EwsClient(self._url, self._sign_in, version=self._version, clock=self._clock, limits=limits)

    @property
    def _needs_password(self) -> bool:
        """Whether the log-on of this computer is not to be used, or cannot be."""
        return self._auth == "basic" or (self._auth != "sso" and bool(self._user))

    def _asked_for_password(self) -> str:
        try:
            password = self._password()
        except SecretsUnavailable:  # nothing can have been kept
            password = None
        if not password or not self._user:
            raise CalendarNeedsSignIn(self._host)
        return password

    def _check_address(self) -> None:
        if not self._url:
            raise CalendarNotExchange("[calendar.exchange] url", _NO_ADDRESS)
        if not self._url.startswith("https://") or self._host == "?":
            raise CalendarNotExchange(self._host, _NO_TLS)
        if in_microsoft365(self._url):
            raise CalendarInMicrosoft365(self._host)

    def _fetch(self, client: EwsClient, window: Window) -> Fetched:
        try:
            items = self._items(client, window.start - _DAY, window.end + _DAY)
        except Refused:
            return self._free_busy(client, window)
        events: dict[str, CalendarEvent] = {}
        warnings: dict[Warning, None] = {}
        for item in items:
            try:
                event = understand(item, self._timezone)
            except BrokenEvent as error:
                warnings[broken_event(error, self._host, told_id(item))] = None
                continue
            events[event.id] = event
        return Fetched(_within(window, events.values()), tuple(warnings))

    def _items(self, client: EwsClient, start: datetime, end: datetime) -> list[_Element]:
        """All items between two instants; raises Refused where the rights do not cover them."""
        found: list[_Element] = []
        waiting = [(start, end)]
        while waiting:
            first, last = waiting.pop()
            try:
                items = client.find_items(self._mailbox, first, last, _MOST_ITEMS)
                whole = items.whole
            except Refused as error:
                if not error.too_much:
                    raise
                whole = False
            if whole:
                found += items.elements
            elif last - first < _SHORTEST or len(found) > _MOST_EVENTS:
                raise CalendarUnreachable(self._host, _TOO_MANY)
            else:
                middle = first + (last - first) / 2
                waiting += [(middle, last), (first, middle)]
        return found

    def _free_busy(self, client: EwsClient, window: Window) -> Fetched:
        """What colleagues may see, where the calendar itself is closed; raises CalendarMailboxClosed."""
        address = self._mailbox or (self._user if "@" in self._user else "")
        command = rights_command(self._mailbox, self._user or "…", is_2007=client.is_2007)
        closed = CalendarMailboxClosed(self._host, self._mailbox or _OWN, command)
        if not address:
            raise closed
        events: dict[tuple[datetime, str], CalendarEvent] = {}
        limited = False
        start = window.start
        while start < window.end:
            end = min(start + MOST_DAYS, window.end)
            try:
                view = client.find_free_busy(address, start, end)
            except Refused:
                raise closed from None
            if not has_events(view):
                raise closed
            limited |= not has_subjects(view)
            events |= {(event.start, event.id): event for event in free_busy_events(view, self._timezone)}
            start = end
        warnings = (closed_calendar(self._host, command),) if limited else ()
        return Fetched(_within(window, events.values()), warnings, limited)


def _within(window: Window, events: Iterable[CalendarEvent]) -> tuple[CalendarEvent, ...]:
    inside = (event for event in events if event.end > event.start and window.touches(event.start, event.end))
    return tuple(sorted(inside, key=lambda event: (event.start, event.end, event.id)))
