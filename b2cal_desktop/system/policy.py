"""The administrator's file: the same keys as ``settings.toml``, in two tables.

``[defaults]`` takes the place of the product's defaults; ``[locked]`` wins over everything and cannot be changed in the
app. Group Policy (the Windows registry) and managed preferences (macOS) say the same in their own way; key by key they
win over the file, because they are renewed from one place while a file stays as an installer once left it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from b2cal_desktop.core.errors import SettingsTooNew
from b2cal_desktop.core.model import Text, Warning
from b2cal_desktop.system.private_files import FileStamp, file_stamp
from b2cal_desktop.system.settings import VERSION
from b2cal_desktop.system.settings_check import (
    Keys,
    Layer,
    WrongSettings,
    check_layer,
    raise_first,
)
from b2cal_desktop.system.settings_whole import overlaid
from b2cal_desktop.system.toml_file import read_toml

_TABLES = ("defaults", "locked")


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """What the administrator has decided. ``stamp`` is None where there is no file."""

    path: Path
    defaults: Layer
    locked: Layer
    warnings: tuple[Warning, ...] = ()
    stamp: FileStamp | None = None
    locked_keys: frozenset[tuple[str, ...]] = field(default=frozenset())
    central: CentralPolicy | None = None

    def is_current(self) -> bool:
        """Whether all is still as it was read; a cheap question, for every poll."""
        return file_stamp(self.path) == self.stamp and (self.central is None or self.central.is_current())


@dataclass(frozen=True, slots=True)
class CentralPolicy:
    """A policy that the system hands out. ``place`` names it in complaints; ``read`` asks the system anew."""

    place: Path
    read: Callable[[], Mapping[str, Any]]
    data: Mapping[str, Any] = field(repr=False)

    def is_current(self) -> bool:
        """Whether the system still says the same; what cannot be read now has changed."""
        try:
            return self.read() == self.data
        except WrongSettings:
            return False


@dataclass(frozen=True, slots=True)
class _Joined(Layer):
    """Two sources as one; a complaint is about the one that says so, the stronger if both do."""

    parts: tuple[Layer, Layer] | tuple[()] = ()

    def problem(self, keys: Keys, text: Text) -> WrongSettings:
        weaker, stronger = self.parts or (self, self)
        holder = stronger if stronger.holds(keys) else weaker
        return Layer.problem(holder, keys, text)


def central_policy() -> CentralPolicy | None:
    """What Group Policy or managed preferences say; None where there are none. Raises WrongSettings.

    ``B2CAL_POLICY`` names the only policy there is, so that tests don't depend on who manages the computer.
    """
    if os.environ.get("B2CAL_POLICY"):
        return None
    if sys.platform == "win32":
        from b2cal_desktop.system.registry_policy import PLACE, read_registry_policy

        return CentralPolicy(PLACE, read_registry_policy, read_registry_policy())
    if sys.platform == "darwin":
        from b2cal_desktop.system.managed_preferences import PLACE, read_managed_preferences

        return CentralPolicy(PLACE, read_managed_preferences, read_managed_preferences())
    return None


def load_policy(path: Path, central: Callable[[], CentralPolicy | None] = central_policy) -> PolicyFile:
    """The policy file at ``path``, and above it what the system hands out; empty if there is neither.

    Raises SettingsProblem with file, line and key.
    """
    file, managed = _load_file(path), central()
    if managed is None:
        return file
    if not managed.data:
        return replace(file, central=managed)
    return _joined(file, policy_from(managed.place, managed.data), managed)


def _joined(file: PolicyFile, above: PolicyFile, managed: CentralPolicy) -> PolicyFile:
    defaults, locked = _over(file.defaults, above.defaults), _over(file.locked, above.locked)
    return PolicyFile(
        file.path,
        defaults,
        locked,
        (*file.warnings, *above.warnings),
        file.stamp,
        frozenset(leaves(locked.data)),
        managed,
    )


def _over(weaker: Layer, stronger: Layer) -> Layer:
    data = dict(weaker.data)
    connector = ("switchboard", "connector")
    if stronger.holds(connector) and weaker.holds(connector) and _at(weaker, connector) != _at(stronger, connector):
        # Fields belong to the connector that they stand with.
        data["switchboard"] = {key: value for key, value in data["switchboard"].items() if key != "fields"}

    def line_of(*keys: str | int) -> int | None:
        return None if stronger.holds(keys[1:]) else weaker.line_of(*keys)

    path = weaker.path if weaker.data else stronger.path
    return _Joined(path, overlaid(data, stronger.data), line_of, weaker.under or stronger.under, (weaker, stronger))


def _at(layer: Layer, keys: tuple[str, str]) -> object:
    return layer.data[keys[0]][keys[1]]


def _load_file(path: Path) -> PolicyFile:
    stamp = file_stamp(path)
    try:
        toml = read_toml(path, problem=WrongSettings)
    except WrongSettings as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return PolicyFile(path, Layer(path, under=("defaults",)), Layer(path, under=("locked",)))
        raise
    return policy_from(path, toml.data, toml.line_of, stamp)


def policy_from(
    path: Path, data: Mapping[str, Any], line_of: Any = lambda *_: None, stamp: FileStamp | None = None
) -> PolicyFile:
    """A policy from plain data, wherever it was kept; ``path`` names it in complaints."""
    whole = Layer(path, data, line_of)
    problems = [*_outer_problems(whole)]
    raise_first(problems)
    defaults, locked = (Layer(path, data.get(table, {}), line_of, (table,)) for table in _TABLES)
    findings = [finding for layer in (defaults, locked) for finding in check_layer(layer)]
    raise_first([finding for finding in findings if isinstance(finding, WrongSettings)])
    warnings = [finding for finding in findings if isinstance(finding, Warning)]
    warnings += [_unknown_table(whole, key) for key in data if key not in (*_TABLES, "version")]
    return PolicyFile(path, defaults, locked, tuple(warnings), stamp, frozenset(leaves(locked.data)))


def leaves(data: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The keys of every value in ``data``; a diversion's stand under its own key."""
    for key, value in data.items():
        if isinstance(value, Mapping):
            yield from leaves(value, (*above, key))
        elif (*above, key) == ("diversions",):
            for entry in cast(list[Mapping[str, Any]], value):
                changed = {name: part for name, part in entry.items() if name != "key"}
                yield from leaves(changed, ("diversions", str(entry["key"])))
        else:
            yield (*above, key)


def _outer_problems(whole: Layer) -> Iterator[WrongSettings]:
    for table in _TABLES:
        if not isinstance(whole.data.get(table, {}), Mapping):
            yield whole.problem((table,), Text("Tillåtet är en tabell.", "Allowed is a table."))
    version = whole.data.get("version", VERSION)
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        yield whole.problem(("version",), Text("Tillåtet är ett heltal från 1.", "Allowed is a whole number from 1."))
    elif version > VERSION:
        raise too_new(whole)


def too_new(layer: Layer) -> SettingsTooNew:
    """The complaint about a ``version`` that this program does not know yet."""
    text = Text(
        f"Filen är skriven för en nyare version. Den här kan läsa version {VERSION}.",
        f"The file was written for a newer version. This one reads version {VERSION}.",
    )
    return SettingsTooNew(str(layer.path), layer.line_of(*layer.under, "version"), "version", text)


def _unknown_table(whole: Layer, key: str) -> Warning:
    line = whole.line_of(key)
    return Warning(
        "unknown_key",
        Text(
            f"{whole.path}{f', rad {line}' if line else ''}: {key} gör ingenting här. Nycklar ska stå i [defaults] "
            "eller [locked].",
            f"{whole.path}{f', line {line}' if line else ''}: {key} does nothing here. Keys belong in [defaults] or "
            "[locked].",
        ),
    )
