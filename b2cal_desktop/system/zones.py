"""The computer's own time zone, with its rules for summer time and, where it can be found out, its name."""

from __future__ import annotations

import io
import os
import struct
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_MAX_LINKS = 10


def system_timezone(environ: Mapping[str, str] = os.environ, etc: Path = Path("/etc")) -> tzinfo:
    """The time zone that this computer shows now; ask anew after a change. Never raises.

    ``TZ`` wins, then what the system is set to. Where nothing can be found out, the offset that is in force.
    """
    zone = _named_by_environment(environ.get("TZ", ""))
    if zone is None:
        zone = _windows_zone() if sys.platform == "win32" else _linked_zone(etc / "localtime") or _debian_zone(etc)
    if zone is None:
        zone = _zone_of_file(etc / "localtime")
    return zone or timezone(timedelta(seconds=time.localtime().tm_gmtoff))


def same_zone(one: tzinfo, other: tzinfo) -> bool:
    """Whether both are the same zone by name and rules; one that was read from a file is a new object each time."""
    return one is other or (zone_name(one) == zone_name(other) and _same_rules(one, other))


def zone_name(zone: tzinfo) -> str:
    """The IANA name of ``zone``, else its rule or offset, else ``local``."""
    if isinstance(zone, ZoneInfo):
        return zone.key or "local"
    return str(zone)


def _named_by_environment(value: str) -> tzinfo | None:
    value = value.removeprefix(":")
    if not value:
        return None
    if Path(value).is_absolute():
        return _linked_name(Path(value)) or _zone_of_file(Path(value))
    return _zone(value) or posix_zone(value)


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _linked_zone(path: Path) -> ZoneInfo | None:
    """The zone whose file ``path`` links to. Link by link: the file of one zone may itself link to another's."""
    for _ in range(_MAX_LINKS):
        if zone := _linked_name(path):
            return zone
        try:
            path = path.parent / path.readlink()
        except OSError:
            return None
    return None


def _linked_name(path: Path) -> ZoneInfo | None:
    _, marker, name = str(path).rpartition("zoneinfo/")
    return _zone(name.removeprefix("posix/")) if marker else None


def _debian_zone(etc: Path) -> ZoneInfo | None:
    """The name in ``/etc/timezone``, which counts only where ``/etc/localtime`` is a copy of that zone's file."""
    try:
        zone = _zone((etc / "timezone").read_text(encoding="utf-8").strip())
        rules = _zone_of_file(etc / "localtime")
    except (OSError, ValueError):
        return None
    return zone if zone and rules and _same_rules(zone, rules) else None


def _same_rules(one: tzinfo, other: tzinfo) -> bool:
    days = (datetime(year, month, 15, tzinfo=UTC) for year in (2020, 2026) for month in range(1, 13))
    return all(day.astimezone(one).utcoffset() == day.astimezone(other).utcoffset() for day in days)


def _zone_of_file(path: Path) -> ZoneInfo | None:
    try:
        with path.open("rb") as file:
            return ZoneInfo.from_file(file)
    except (OSError, ValueError, struct.error):
        return None


def posix_zone(rule: str) -> ZoneInfo | None:
    """The zone of a POSIX rule such as ``CET-1CEST,M3.5.0,M10.5.0/3``; None if ``rule`` is none.

    zoneinfo reads such rules at the end of a TZif file (RFC 8536), so it is given one that holds nothing else.
    """
    if not rule.isascii() or not rule.isprintable() or " " in rule:
        return None
    counts = struct.pack(">6l", 0, 0, 0, 0, 1, 4)  # one kind of local time, with a name of four bytes
    body = counts + struct.pack(">lbb", 0, 0, 0) + b"UTC\0"
    head = b"TZif2" + bytes(15)
    try:
        return ZoneInfo.from_file(io.BytesIO(head + body + head + body + b"\n" + rule.encode() + b"\n"), key=rule)
    except (ValueError, OSError):
        return None


def _windows_zone() -> ZoneInfo | None:
    if sys.platform == "win32":
        import winreg

        where = r"SYSTEM\CurrentControlSet\Control\TimeZoneInformation"
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, where) as key:
                return windows_zone(str(winreg.QueryValueEx(key, "TimeZoneKeyName")[0]))
        except OSError:
            return None
    return None


def windows_zone(name: str) -> ZoneInfo | None:
    """The zone of a Windows name such as ``W. Europe Standard Time``; None if it is not known."""
    iana = windows_names().get(name.split("\0")[0].strip().casefold())
    return _zone(iana) if iana else None


@cache
def windows_names() -> Mapping[str, str]:
    """Windows zone names, folded, with their IANA names, as Unicode's CLDR pairs them."""
    from tzlocal.windows_tz import win_tz

    return {name.casefold(): zone for name, zone in win_tz.items()}
