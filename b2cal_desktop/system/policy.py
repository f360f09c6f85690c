"""The administrator's file: the same keys as ``settings.toml``, in two tables.

``[defaults]`` takes the place of the product's defaults; ``[locked]`` wins over everything and cannot be changed in the
app. Other homes of a policy (the Windows registry, managed preferences) make the same ``PolicyFile``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from b2cal_desktop.core.errors import SettingsTooNew
from b2cal_desktop.core.model import Text, Warning
from b2cal_desktop.system.private_files import FileStamp, file_stamp
from b2cal_desktop.system.settings import VERSION
from b2cal_desktop.system.settings_check import (
    Layer,
    WrongSettings,
    check_layer,
    raise_first,
)
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

    def is_current(self) -> bool:
        """Whether the file is still the one that was read; a cheap question, for every poll."""
        return file_stamp(self.path) == self.stamp


def load_policy(path: Path) -> PolicyFile:
    """The policy file at ``path``, an empty one if there is none; raises SettingsProblem with file, line and key."""
    stamp = file_stamp(path)
    try:
        toml = read_toml(path, problem=WrongSettings)
    except WrongSettings as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return PolicyFile(path, Layer(path), Layer(path))
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
