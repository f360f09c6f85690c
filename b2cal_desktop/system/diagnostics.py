"""A report for whoever helps: how the app is doing, and nothing of what stands in the calendar.

What may be in it is listed here, value by value; the rest is left out or reduced to whether it is set. Of addresses
only the host is told, of errors only the code, of diversions only the kind. Of the log there are our own messages,
with everything masked that we know to be somebody's; of other programs' messages and of exceptions only what kind
they were and where.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import sys
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec

from b2cal_desktop import __version__
from b2cal_desktop.core.errors import SettingsProblem
from b2cal_desktop.core.model import AVAILABLE, Catalogue
from b2cal_desktop.core.ports import Clock
from b2cal_desktop.core.state import AppState, ServiceHealth
from b2cal_desktop.system.crash import FAULTS, Crash, kept_crashes
from b2cal_desktop.system.network import host_of
from b2cal_desktop.system.paths import Profile
from b2cal_desktop.system.private_files import write_private_file
from b2cal_desktop.system.redaction import MASK, redact
from b2cal_desktop.system.resources import resource_folder
from b2cal_desktop.system.settings import Settings, Table
from b2cal_desktop.system.settings_file import LoadedSettings

_LIBRARIES = (
    "PySide6-Essentials", "exchangelib", "icalendar", "keyring", "lxml", "msal", "msgspec", "requests", "truststore",
    "tzdata", "urllib3",
)  # fmt: skip
_ADDRESSES = frozenset({"authority", "graph_root", "url", "location", "base_url"})
_ENVIRONMENT = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "TZ")
_LOG_BYTES = 100_000
_KINDS = ("Error", "Exception", "Problem", "Refused", "Timeout", "Unreachable", "Iteration", "Exit")
_OURS = "b2cal_desktop"
_SET = "(set)"
_VERSION = re.compile(r"[0-9A-Za-z.+-]{1,40}")
_RECORD = re.compile(r"(?P<at>\S+) (?P<level>[A-Z]+) (?P<thread>.+?) (?P<name>[\w.]+): (?P<message>.*)")
_FRAME = re.compile(r'\s+File "(?:.*[\\/])?(?P<file>[^"\\/]+)", line (?P<line>\d+), in (?P<function>[\w<>.]+)$')
_KIND = re.compile(r"\s+(?P<kind>[A-Za-z_][\w.]*)(?::.*)?$")


class Subject(Protocol):
    """What the report is about: one profile, its settings and the clock."""

    @property
    def profile(self) -> Profile: ...

    @property
    def loaded(self) -> LoadedSettings:
        """Raises SettingsProblem."""
        ...

    @property
    def clock(self) -> Clock: ...


def write_diagnostics(
    context: Subject,
    path: Path,
    state: AppState | None,
    calendar_usage: tuple[int, int] | None = None,
    recent: Sequence[str] = (),
) -> None:
    """Put the report at ``path``, readable by this user alone; raises OSError.

    ``state`` is the last one, if any; ``calendar_usage`` the requests and bytes of the last hour, where counted;
    ``recent`` the last lines of the log in memory.
    """
    report = diagnostics(context, state, calendar_usage, recent)
    write_private_file(path, msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")


def diagnostics(
    context: Subject,
    state: AppState | None,
    calendar_usage: tuple[int, int] | None = None,
    recent: Sequence[str] = (),
) -> dict[str, object]:
    """The report as plain data."""
    try:
        loaded: LoadedSettings | None = context.loaded
        settings: object = _settings(loaded) if loaded is not None else None
    except SettingsProblem as error:
        loaded, settings = None, {"problem": error.code, "line": error.line}
    private = sorted(_private_texts(context.profile, loaded, state), key=len, reverse=True)
    return {
        "written": context.clock.now().isoformat(),
        "versions": _versions(),
        "platform": _platform(),
        "settings": settings,
        "state": _state(state) if state is not None else None,
        "calendar_last_hour": dict(zip(("requests", "bytes"), calendar_usage, strict=True)) if calendar_usage else None,
        "files": {name: _size(file) for name, file in _files(context.profile)},
        "crashes": [_crash(one, private) for one in kept_crashes(context.profile)],
        "log": [*_shown(_log_tail(context.profile.log_file), private)],
        "recent": [*_shown(recent, private)],
    }


def _versions() -> dict[str, str | None]:
    found: dict[str, str | None] = {"b2cal-desktop": __version__, "python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = None
    return found


def _platform() -> dict[str, object]:
    desktop = os.environ.get("XDG_CURRENT_DESKTOP", "")
    return {
        "system": platform.system(),
        "release": platform.release(),
        "version": platform.version(),
        "machine": platform.machine(),
        "frozen": bool(getattr(sys, "frozen", False)),
        "desktop": desktop if re.fullmatch(r"[A-Za-z:-]{0,40}", desktop) else _SET,
        "wayland": bool(os.environ.get("WAYLAND_DISPLAY")),
        "environment": [name for name in _ENVIRONMENT if os.environ.get(name)],
    }


def _settings(loaded: LoadedSettings) -> dict[str, object]:
    policy = loaded.policy
    return {
        "values": _table(loaded.settings),
        "locked": sum(1 for _ in loaded.locked),
        "policy": policy is not None and bool(policy.defaults.data or policy.locked.data),
        "warnings": [warning.code for warning in loaded.warnings],
        "migrated_from": loaded.migrated_from,
    }


def _table(table: Table) -> dict[str, object]:
    hints, usual = typing.get_type_hints(type(table)), type(table)()
    return {
        name: _value(name, hints[name], getattr(table, name), getattr(usual, name)) for name in table.__struct_fields__
    }


def _value(name: str, hint: Any, value: object, usual: object = "") -> object:
    """``value`` where it can only be harmless: a number, a choice, the default; else how many, which host, whether."""
    if isinstance(value, Table):
        return _table(value)
    if isinstance(value, bool | int) or typing.get_origin(hint) is typing.Literal:
        return value
    if name in _ADDRESSES and isinstance(value, str):
        return _host(value)
    if name == "connector":
        return value if (resource_folder() / "connectors" / f"{value}.toml").exists() else "(own)"
    if name == "fields" and isinstance(value, Mapping):
        return {key: _value(key, str, text) if key in _ADDRESSES else _SET for key, text in value.items() if text}
    if isinstance(value, tuple | Mapping):
        return len(value)
    return value if value == usual else _SET


def _host(address: str) -> str:
    if not address:
        return ""
    return host_of(address) if "://" in address else "(file)"


def _state(state: AppState) -> dict[str, object]:
    catalogue = state.catalogue
    return {
        "now": state.now.isoformat(),
        "phase": state.phase,
        "generation": state.generation,
        "calendar": _health(state.calendar),
        "switchboard": _health(state.switchboard),
        "failure": state.failure.code if state.failure is not None else None,
        "want": _kind(state.want.diversion, catalogue),
        "seen": _kind(state.seen.diversion, catalogue) if state.seen is not None else None,
        "action": state.action,
        "confirmation": state.confirmation,
        "next_change": state.next_change.isoformat() if state.next_change is not None else None,
        "dry_run": state.dry_run,
        "reads_back": state.reads_back,
        "knows_ends": state.knows_ends,
        "counts": {
            "blocks": len(state.blocks),
            "events": len(state.events),
            "private_events": sum(event.private for event in state.events),
            "skips": len(state.skips),
            "diversions": len(catalogue),
            "supported": len(state.supported),
        },
        "warnings": sorted({warning.code for warning in state.warnings}),
        "history": [
            {
                "at": entry.at.isoformat(),
                "kind": _kind(entry.diversion.diversion, catalogue),
                "ends": entry.diversion.until is not None,
                "by": entry.by if entry.by in ("calendar", "hand", "other") else _SET,
                "action": entry.action,
                "confirmation": entry.confirmation,
            }
            for entry in state.history
        ],
    }


def _health(side: ServiceHealth) -> dict[str, object]:
    return {
        "health": side.health,
        "as_of": side.as_of.isoformat() if side.as_of is not None else None,
        "error": side.error.code if side.error is not None else None,
        "since": side.since.isoformat() if side.since is not None else None,
    }


def _kind(diversion: str, catalogue: Catalogue) -> str:
    if diversion == AVAILABLE:
        return AVAILABLE
    return catalogue[diversion].kind.value if diversion in catalogue else "unknown"


def _files(profile: Profile) -> Iterator[tuple[str, Path]]:
    yield "settings", profile.settings
    yield "ledger", profile.ledger
    yield "damaged_ledger", profile.ledger.with_name(profile.ledger.name + ".damaged")
    yield "log", profile.log_file


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


# The log


def _private_texts(profile: Profile, loaded: LoadedSettings | None, state: AppState | None) -> Iterator[str]:
    """Whatever we know to be somebody's own: it goes from the log, should it ever have got there."""
    texts = [str(Path.home()), str(profile.folder), str(profile.data)]
    if loaded is not None:
        texts += _texts_in(msgspec.to_builtins(loaded.settings))
        texts += _texts_in(dict(loaded.raw))
    for event in state.events if state is not None else ():
        texts += [event.id, event.series_id or "", event.subject or "", event.location or ""]
    usual = set(_texts_in(msgspec.to_builtins(Settings())))
    yield from {text.strip() for text in texts if len(text.strip()) >= 3 and text not in usual}


def _texts_in(data: object) -> list[str]:
    if isinstance(data, str):
        return [data]
    if isinstance(data, Mapping):
        return [text for part in data.values() for text in _texts_in(part)]
    return [text for part in data for text in _texts_in(part)] if isinstance(data, list | tuple) else []


def _log_tail(path: Path) -> Sequence[str]:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _LOG_BYTES))
            return file.read(_LOG_BYTES).decode("utf-8", "replace").splitlines()
    except OSError:
        return ()


def _crash(crash: Crash, private: Sequence[str]) -> dict[str, object]:
    return {
        "at": crash.at.isoformat(),
        "version": crash.version if _VERSION.fullmatch(crash.version) else _SET,
        "kind": crash.kind,
        "ended": crash.ended,
        "trace": [*_shown((f"    {line}" for line in crash.trace), private)],
    }


def _shown(lines: Iterable[str], private: Sequence[str]) -> Iterator[str]:
    """Lines of a log: our own messages masked; of others', and of tracebacks, only what and where."""
    # What can never match stands in where nothing is private: an empty choice would match everywhere.
    masks = re.compile("|".join(map(re.escape, private)) or r"(?!)", re.IGNORECASE)
    for line in lines:
        if record := _RECORD.fullmatch(line):
            message = record["message"] if record["name"].split(".")[0] == _OURS else MASK
            message = redact(masks.sub(MASK, message))
            yield f"{record['at']} {record['level']} {record['name']}: {message}"
        elif frame := _FRAME.fullmatch(line):
            yield f"    {frame['file']}:{frame['line']} {frame['function']}"
        elif line.strip() in FAULTS:
            yield line
        elif (kind := _KIND.fullmatch(line)) and kind["kind"].endswith(_KINDS):
            yield masks.sub(MASK, f"    {kind['kind'].rpartition('.')[2]}")
