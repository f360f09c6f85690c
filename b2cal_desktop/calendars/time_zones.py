"""Which time zone a name in a calendar means: IANA names, Windows names, Outlook's display names, custom rules."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from b2cal_desktop.system.zones import windows_names

_ZERO = timedelta(0)
_DISPLAY_NAME = re.compile(r"\((?:UTC|GMT)\s*(?:([+-])(\d{1,2})(?:[:.]?(\d{2}))?)?\)\s*(.*)")
_OFFSET_NAME = re.compile(r"(?:UTC|GMT)\s*([+-])(\d{1,2})(?:[:.]?(\d{2}))?")


def iana_zone(name: str) -> ZoneInfo | None:
    """The computer's own data for an IANA name, however it is capitalised; None if there is no such zone."""
    try:
        return ZoneInfo(name)
    except (OSError, LookupError, ValueError):  # unknown, a folder such as "Europe", or not even a relative path
        proper = _by_folded_name().get(name.casefold())
        return ZoneInfo(proper) if proper else None


def named_zone(name: str) -> tzinfo | None:
    """The zone that ``name`` means by itself, without a definition beside it; None if it means nothing.

    Knows IANA names, Windows names (``W. Europe Standard Time``, also with the number that Outlook adds), and either
    behind a prefix (``/mozilla.org/20050126_1/Europe/Stockholm``, ``tzone://Microsoft/Utc``).
    """
    name = name.strip().strip('"').strip("/")
    if not name or len(name) > 200:
        return None
    parts = name.split("/")
    for start in range(len(parts)):
        candidate = "/".join(parts[start:])
        windows = windows_names().get(re.sub(r" \d+$", "", candidate).casefold())
        if zone := iana_zone(candidate) or (windows and iana_zone(windows)):
            return zone
    return None


def display_zone(name: str) -> tzinfo | None:
    """The zone of a display name such as ``(UTC+01:00) Amsterdam, Berlin, Stockholm``, or of a bare ``GMT+01:00``.

    The first city that is an IANA zone of that standard offset decides, so that summer time is right; without one, the
    offset alone.
    """
    match = _DISPLAY_NAME.fullmatch(name.strip().strip('"').replace("\\,", ",")) or _OFFSET_NAME.fullmatch(name.strip())
    if not match:
        return None
    sign, hours, minutes, *rest = match.groups()
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
    if abs(offset) >= timedelta(days=1):
        return None
    for city in (rest[0] if rest else "").split(","):
        for key in _by_city().get(city.strip().casefold().replace(" ", "_"), ()):
            zone = ZoneInfo(key)
            if zone.utcoffset(datetime(2026, 1, 1)) == offset or zone.utcoffset(datetime(2026, 7, 1)) == offset:  # noqa: DTZ001
                return zone
    return CustomZone(name, [Change(datetime.min, offset, offset)])  # noqa: DTZ901


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """From ``at`` (UTC, without tzinfo) on, the offset is ``after``; until then it was ``before``."""

    at: datetime
    before: timedelta
    after: timedelta


class CustomZone(tzinfo):
    """A zone that a calendar defines by itself, as a list of changes; wall times follow PEP 495."""

    def __init__(self, name: str, changes: Iterable[Change]) -> None:
        self._name = name
        ordered = sorted(changes)
        self._first = ordered[0].before if ordered else _ZERO
        self._offsets = [c.after for c in ordered]
        self._instants = [c.at for c in ordered]
        # A wall time in a gap still has the old offset with fold=0, one that comes twice the old one: hence max, min.
        self._walls = (
            [_shifted(c.at, max(c.before, c.after)) for c in ordered],
            [_shifted(c.at, min(c.before, c.after)) for c in ordered],
        )

    def utcoffset(self, dt: datetime | None) -> timedelta:
        """How far this zone is ahead of UTC at the wall time ``dt``."""
        if dt is None:
            return self._first
        index = bisect_right(self._walls[dt.fold], dt.replace(tzinfo=None)) - 1
        return self._offsets[index] if index >= 0 else self._first

    def dst(self, _dt: datetime | None) -> timedelta | None:
        """Unknown: only whole offsets matter here."""
        return None

    def tzname(self, _dt: datetime | None) -> str:
        """The name that the calendar gave it."""
        return self._name

    def fromutc(self, dt: datetime) -> datetime:
        """The wall time of the UTC instant ``dt``, with ``fold`` set the second time it comes."""
        index = bisect_right(self._instants, dt.replace(tzinfo=None)) - 1
        offset = self._offsets[index] if index >= 0 else self._first
        wall = dt + offset
        return wall if wall.utcoffset() == offset else wall.replace(fold=1)

    def __repr__(self) -> str:
        return f"CustomZone({self._name!r})"


def local_midnight(year: int, month: int, day: int, zone: tzinfo) -> datetime:
    """The first instant of a local day, in UTC; where the clock skips midnight, the instant of the skip."""
    return datetime(year, month, day, tzinfo=zone).astimezone(UTC)


def _shifted(instant: datetime, offset: timedelta) -> datetime:
    try:
        return instant + offset
    except OverflowError:
        return instant


@cache
def _by_folded_name() -> Mapping[str, str]:
    return {name.casefold(): name for name in available_timezones()}


@cache
def _by_city() -> Mapping[str, list[str]]:
    """IANA names by their last part, so that ``stockholm`` finds ``Europe/Stockholm``."""
    cities: dict[str, list[str]] = {}
    for name in sorted(available_timezones()):
        if "/" in name and not name.startswith(("Etc/", "SystemV/", "posix/", "right/")):
            cities.setdefault(name.rpartition("/")[2].casefold(), []).append(name)
    return cities
