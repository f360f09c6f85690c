"""Events from an iCalendar file, or from a calendar that Outlook, Exchange, Google or Apple publishes at an address.

Ids: a single event's is its UID. An occurrence's is ``UID/instant``, the instant being when the occurrence would begin
had nobody moved it: UTC as ``20261123T080000Z``, or ``20261123`` for whole days. ``series_id`` is the UID.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit
from urllib.request import url2pathname

from b2cal_desktop.calendars.icalendar_web import WebCalendar, no_calendar, too_large_file
from b2cal_desktop.core.errors import CalendarProblem, CalendarUnreachable
from b2cal_desktop.core.model import Text, Window
from b2cal_desktop.core.ports import Clock, Fetched
from b2cal_desktop.system.clock import SystemClock

if TYPE_CHECKING:
    import requests

    from b2cal_desktop.calendars.icalendar_calendar import ParsedCalendar

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)  # two letters at least: C:// is a Windows drive


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a calendar is read, after decompression, and how long that may take in all."""

    max_bytes: int = 20_000_000
    seconds: float = 60.0


class _Reader(Protocol):
    """Where the bytes come from. ``name`` is what a person may be shown of it."""

    name: str

    def read_if_changed(self, now: datetime) -> bytes | None: ...

    def keep(self) -> None: ...

    def close(self) -> None: ...


class ICalendarSource:
    """A ``CalendarSource`` over a file path, an https or webcal address, or http on this computer itself.

    ``user`` is the own address, to notice declined invitations. ``timezone`` is the mailbox's: whole days, and times
    without a zone, are read in it. Nothing is opened or imported before the first fetch.
    """

    def __init__(
        self,
        location: str,
        *,
        user: str = "",
        timezone: tzinfo,
        http: requests.Session | None = None,
        limits: Limits | None = None,
        clock: Clock | None = None,
    ) -> None:
        limits, clock = limits or Limits(), clock or SystemClock()
        self._user, self._timezone = user, timezone
        self._reader: _Reader
        if _ADDRESS.match(location.strip()) and not location.strip().lower().startswith("file:"):
            self._reader = WebCalendar(location, http, max_bytes=limits.max_bytes, seconds=limits.seconds, clock=clock)
        else:
            self._reader = FileCalendar(location, max_bytes=limits.max_bytes)
        self._calendar: ParsedCalendar | None = None
        self._last: tuple[Window, Fetched] | None = None

    def __repr__(self) -> str:
        return f"ICalendarSource({self._reader.name!r})"

    def fetch_events(self, window: Window, now: datetime) -> Fetched:
        """Every event that touches ``window``; raises CalendarError or CalendarProblem.

        The same object as last time where neither the calendar nor the window has changed.
        """
        data = self._reader.read_if_changed(now)
        if data is not None or self._calendar is None:
            from b2cal_desktop.calendars.icalendar_calendar import parse_calendar

            name = self._reader.name
            self._calendar = parse_calendar(data or b"", name, user=self._user, timezone=self._timezone)
            self._last = None
            self._reader.keep()
        if self._last is None or self._last[0] != window:
            self._last = (window, self._calendar.fetch(window))
        return self._last[1]

    def close(self) -> None:
        """Let go of connections."""
        self._reader.close()


class FileCalendar:
    """Reads a calendar file; ``name`` is its path."""

    def __init__(self, location: str, *, max_bytes: int) -> None:
        location = location.strip()
        if location.lower().startswith("file:"):
            location = url2pathname(urlsplit(location).path)
        self.name = location
        self._max_bytes = max_bytes
        self._seen: tuple[int, ...] = ()
        self._kept: tuple[int, ...] = ()

    def read_if_changed(self, _now: datetime) -> bytes | None:
        """The file's content, or None if it is as it was when ``keep`` was called.

        Raises CalendarUnreachable where there is nothing to read, CalendarProblem where it is no calendar.
        """
        if not self.name:
            raise self._problem(Text("ingen fil eller adress är angiven", "no file or address is given"))
        try:
            path = Path(self.name).expanduser()
            found = path.stat()
            if not stat.S_ISREG(found.st_mode):
                raise self._problem(Text("det är ingen fil", "it is not a file"))
            if self._kept == _signature(found):
                return None
            with path.open("rb") as file:
                # Before reading: what is written meanwhile is then seen as a change next time.
                self._seen = _signature(os.fstat(file.fileno()))
                data = file.read(self._max_bytes + 1)
        except FileNotFoundError:
            raise CalendarUnreachable(self.name, Text("filen finns inte", "the file does not exist")) from None
        except PermissionError:
            raise CalendarUnreachable(self.name, Text("filen får inte läsas", "the file may not be read")) from None
        except (OSError, ValueError, RuntimeError):  # also a path that is none, and a home that cannot be found
            raise CalendarUnreachable(self.name, Text("filen går inte att läsa", "the file cannot be read")) from None
        if len(data) > self._max_bytes:
            raise too_large_file(self.name, self._max_bytes)
        if problem := no_calendar(data):
            raise self._problem(problem)
        return data

    def keep(self) -> None:
        """The content was of use: read again only when the file has changed since."""
        self._kept = self._seen

    def close(self) -> None:
        """Nothing is held open."""

    def _problem(self, problem: Text) -> CalendarProblem:
        return CalendarProblem(self.name or "[calendar.icalendar]", None, None if self.name else "location", problem)


def _signature(found: os.stat_result) -> tuple[int, ...]:
    return found.st_mtime_ns, found.st_size, found.st_ino, found.st_dev
