"""``settings.toml``: read, checked, laid between the administrator's defaults and locks; and written back.

Product defaults < policy ``[defaults]`` < settings.toml < policy ``[locked]``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

import tomli_w

from b2cal_desktop.core.errors import ProfileUnusable
from b2cal_desktop.core.model import Text, Warning
from b2cal_desktop.system.policy import PolicyFile, leaves, too_new
from b2cal_desktop.system.private_files import FileStamp, file_stamp, write_private_file
from b2cal_desktop.system.settings import VERSION, DiversionSettings, Settings
from b2cal_desktop.system.settings_check import Layer, WrongSettings, check_layer, dotted, raise_first
from b2cal_desktop.system.settings_whole import Layers
from b2cal_desktop.system.toml_file import read_toml

__all__ = ["LoadedSettings", "Versions", "load_settings", "migrate_settings", "save_settings", "settings_stamp"]

Data: TypeAlias = dict[str, Any]
KeyPath: TypeAlias = tuple[str, ...]
settings_stamp = file_stamp


@dataclass(frozen=True, slots=True)
class Versions:
    """The version of the file that this program writes, and the step that leads from each older one to the next."""

    current: int = VERSION
    steps: Mapping[int, Callable[[Data], Data]] = field(default_factory=lambda: MappingProxyType({}))


VERSIONS = Versions()


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """Settings that hold, and where they come from.

    ``locked`` are the keys that the administrator has decided, such as ``("sync", "poll_seconds")``. ``raw`` is what
    the user's own file says, brought to the current version. ``migrated_from`` is its version, if that is an older one.
    """

    settings: Settings
    warnings: tuple[Warning, ...]
    locked: frozenset[KeyPath]
    raw: Mapping[str, Any] = field(repr=False)
    path: Path
    stamp: FileStamp | None = None
    policy: PolicyFile | None = None
    migrated_from: int | None = None

    def is_locked(self, key: str) -> bool:
        """Whether the administrator has decided ``key`` (dotted), or part of the table that it names."""
        keys = tuple(key.split("."))
        return any(_meet(keys, locked) for locked in self.locked)

    def is_current(self) -> bool:
        """Whether neither the settings nor the policy file has changed since; cheap enough for every poll."""
        return settings_stamp(self.path) == self.stamp and (self.policy is None or self.policy.is_current())


def load_settings(path: Path, policy: PolicyFile | None = None, *, versions: Versions = VERSIONS) -> LoadedSettings:
    """The settings at ``path``; defaults if there is no file. Writes nothing, an older version's file included.

    Raises SettingsProblem (a ``WrongSettings`` with all ``others``) or SettingsTooNew.
    """
    stamp = settings_stamp(path)
    own, version = _read(path, versions)
    return _judged(own, policy, stamp, version if version < versions.current else None)


def save_settings(
    path: Path,
    changes: Mapping[str, Any],
    policy: PolicyFile | None = None,
    *,
    versions: Versions = VERSIONS,
) -> LoadedSettings:
    """Change some settings in the file at ``path`` and return what then holds.

    ``changes`` maps dotted keys (``"sync.poll_seconds"``) to values; None removes a key, a mapping takes the place of
    a table, and ``"diversions"`` takes the whole list. Whatever else is in the file, unknown keys included, stays;
    what equals its default is written only if it stood there before. The file is replaced in one step, and is this
    user's alone; an older version's file is copied to ``settings.toml.v<N>.bak`` first.

    Raises SettingsProblem, and writes nothing, when the file would be wrong or the administrator has decided a key;
    OSError when the file cannot be written.
    """
    own, version = _read(path, versions)
    data = _without_stale_connector(own.data, changes, policy)
    defaults = _defaults_below(path, policy)
    for keys, value in _single_changes(data, changes):
        if _may_change(keys, value, policy):
            data = _changed(data, keys, value, defaults)
    loaded = _judged(Layer(path, data), policy, None, None)
    if version < versions.current:
        _back_up(path, version)
    _write(path, data, versions)
    return replace(loaded, stamp=settings_stamp(path))


def migrate_settings(path: Path, *, versions: Versions = VERSIONS) -> Path | None:
    """Bring an older version's file up to date; returns where the old one was kept, None if nothing was to do."""
    own, version = _read(path, versions)
    if version == versions.current:
        return None
    backup = _back_up(path, version)
    _write(path, own.data, versions)
    return backup


def set_aside(path: Path) -> Path:
    """Rename a file that cannot be used, so that the next start begins anew; returns where it is kept.

    Raises ProfileUnusable where it cannot be renamed.
    """
    kept = path.with_name(f"{path.name}.unusable")
    try:
        path.replace(kept)
    except OSError as error:
        raise ProfileUnusable(str(path), error.strerror or str(error)) from error
    return kept


def _read(path: Path, versions: Versions) -> tuple[Layer, int]:
    """The user's own file in the current version, and the version that it was written in."""
    try:
        toml = read_toml(path, problem=WrongSettings)
    except WrongSettings as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return Layer(path), versions.current
        raise
    layer = Layer(path, toml.data, toml.line_of)
    version = toml.data.get("version", versions.current)
    if not isinstance(version, int) or isinstance(version, bool) or version < min(versions.steps, default=VERSION):
        raise layer.problem(
            ("version",),
            Text(f"Tillåtet är {versions.current}.", f"Allowed is {versions.current}."),
        )
    if version > versions.current:
        raise too_new(layer)
    data = toml.data
    for step in range(version, versions.current):
        data = versions.steps[step](data) | {"version": step + 1}
    return Layer(path, data, toml.line_of), version


def _judged(
    own: Layer,
    policy: PolicyFile | None,
    stamp: FileStamp | None,
    migrated_from: int | None,
) -> LoadedSettings:
    findings = [*check_layer(own)]
    raise_first([finding for finding in findings if isinstance(finding, WrongSettings)])
    layers = Layers((policy.defaults, own, policy.locked) if policy else (own,))
    raise_first([*layers.problems()])
    warnings = [finding for finding in findings if isinstance(finding, Warning)]
    return LoadedSettings(
        layers.merged(),
        (*warnings, *(policy.warnings if policy else ())),
        policy.locked_keys if policy else frozenset(),
        own.data,
        own.path,
        stamp,
        policy,
        migrated_from,
    )


def _write(path: Path, data: Mapping[str, Any], versions: Versions) -> None:
    rest = {key: value for key, value in data.items() if key != "version"}
    write_private_file(path, tomli_w.dumps({"version": versions.current, **rest}).encode())


def _back_up(path: Path, version: int) -> Path:
    backup = path.with_name(f"{path.name}.v{version}.bak")
    write_private_file(backup, path.read_bytes())
    return backup


def _defaults_below(path: Path, policy: PolicyFile | None) -> Data:
    """What would hold if the user's file were empty, the administrator's locks left aside."""
    return Layers((policy.defaults, Layer(path)) if policy else (Layer(path),)).data()


def _single_changes(data: Data, changes: Mapping[str, Any]) -> Iterator[tuple[KeyPath, Any]]:
    """``changes`` value by value: a mapping removes what the table has now, and sets what it brings."""
    for key, value in changes.items():
        keys = tuple(key.split("."))
        if isinstance(value, Mapping):
            gone = set(leaves(_at(data, keys) or {}, keys)) - set(leaves(value, keys))
            yield from ((old, None) for old in sorted(gone))
            for leaf in leaves(value, keys):
                yield leaf, _at(value, leaf[len(keys) :])
        else:
            yield keys, value


def _may_change(keys: KeyPath, value: Any, policy: PolicyFile | None) -> bool:
    """False where the value is the administrator's own, so that nothing needs writing; raises if it is another."""
    if policy is None:
        return True
    for locked in sorted(policy.locked_keys):
        if keys == ("diversions",) and locked[0] == "diversions":
            given = _by_key(value).get(locked[1], {})
            decided = _by_key(policy.locked.data["diversions"])[locked[1]]
            if _at(given, locked[2:]) not in (None, _at(decided, locked[2:])):
                raise _decided(policy, locked)
        elif _meet(keys, locked):
            if value is not None and value != _at(policy.locked.data, keys):
                raise _decided(policy, locked)
            return value is None
    return True


def _decided(policy: PolicyFile, locked: KeyPath) -> WrongSettings:
    text = Text("Inställningen styrs av företaget.", "The setting is decided by company policy.")
    return WrongSettings(str(policy.path), policy.locked.line_of("locked", *locked), dotted(locked), text)


def _meet(one: KeyPath, other: KeyPath) -> bool:
    """Whether one of two keys is the other, or a table that holds it."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _changed(data: Data, keys: KeyPath, value: Any, defaults: Data) -> Data:
    first, *rest = keys
    below = data.get(first)
    if rest:
        table = below if isinstance(below, dict) else {}
        fallback = defaults.get(first)
        inner = _changed(table, tuple(rest), value, fallback if isinstance(fallback, dict) else {})
        emptied = not inner and below != {}
        return {key: kept for key, kept in data.items() if key != first} if emptied else data | {first: inner}
    if value is None or (first not in data and _plain(value) == _plain(defaults.get(first))):
        return {key: kept for key, kept in data.items() if key != first}
    if first == "diversions" and isinstance(value, (list, tuple)):
        value = _with_unknown_keys(value, below or [])
    return data | {first: _plain(value)}


def _with_unknown_keys(entries: Any, old: Any) -> list[Any]:
    """``entries`` with what the file has in the entry of the same key and this program does not know."""
    before = _by_key(old)
    known = DiversionSettings.__struct_fields__
    return [
        {**entry, **{name: part for name, part in before.get(str(entry.get("key")), {}).items() if name not in known}}
        if isinstance(entry, Mapping)
        else entry
        for entry in entries
    ]


def _by_key(entries: Any) -> dict[str, Mapping[str, Any]]:
    entries = entries if isinstance(entries, (list, tuple)) else ()
    return {str(entry.get("key")): entry for entry in entries if isinstance(entry, Mapping)}


def _without_stale_connector(data: Mapping[str, Any], changes: Mapping[str, Any], policy: PolicyFile | None) -> Data:
    """Fields that were filled in for another connector go when the connector changes, by hand or by policy."""
    table = data.get("switchboard", {})
    locked = _at(policy.locked.data, ("switchboard", "connector")) if policy else None
    new = locked or changes.get("switchboard.connector")
    if not isinstance(table, dict) or new in (None, table.get("connector", Settings().switchboard.connector)):
        return dict(data)
    gone = {"connector", "fields"} if locked else {"fields"}
    return dict(data) | {"switchboard": {key: value for key, value in table.items() if key not in gone}}


def _plain(value: Any) -> Any:
    """``value`` with lists for tuples and dicts for mappings, as TOML has them."""
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items() if part is not None}
    return [_plain(part) for part in value] if isinstance(value, (list, tuple)) else value


def _at(data: Any, keys: KeyPath) -> Any:
    for key in keys:
        if not isinstance(data, Mapping) or key not in data:
            return None
        data = data[key]
    return data
