"""The rules as a small file that a company can hand out: ``[rules]`` and ``[[diversions]]`` of a settings file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli_w

from b2cal_desktop.core.model import Text
from b2cal_desktop.system.private_files import write_private_file
from b2cal_desktop.system.settings import VERSION
from b2cal_desktop.system.settings_check import Layer, WrongSettings, check_layer, raise_first
from b2cal_desktop.system.toml_file import read_toml

_TABLES = ("rules", "diversions")
_WHOLE = ("prefixes", "order", "days")


def write_rules(path: Path, data: Mapping[str, Any]) -> None:
    """Write ``data`` (``rules`` and ``diversions`` as plain data) to ``path``; raises OSError."""
    content = {"version": VERSION, **{table: data[table] for table in _TABLES if data.get(table)}}
    write_private_file(path, tomli_w.dumps(content).encode())


def read_rules(path: Path) -> dict[str, Any]:
    """What the file at ``path`` changes, by dotted key; raises SettingsProblem with file, line and key."""
    toml = read_toml(path, problem=WrongSettings)
    data = {table: toml.data[table] for table in _TABLES if table in toml.data}
    if not data:
        text = Text("Det här är ingen regelfil: [rules] saknas.", "This is no file of rules: [rules] is missing.")
        raise WrongSettings(str(path), None, None, text)
    findings = check_layer(Layer(path, data, toml.line_of))
    raise_first([finding for finding in findings if isinstance(finding, WrongSettings)])
    changes = dict(_leaves(data.get("rules", {}), "rules"))
    if "diversions" in data:
        changes["diversions"] = data["diversions"]
    return changes


def _leaves(table: Mapping[str, Any], above: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in table.items():
        key = f"{above}.{name}"
        if isinstance(value, Mapping) and name not in _WHOLE:
            found += _leaves(value, key)
        else:
            found.append((key, value))
    return found
