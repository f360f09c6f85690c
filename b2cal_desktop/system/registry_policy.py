r"""Group Policy: ``HKLM\Software\Policies\B2Cal``, where administrators alone may write.

Below it stand ``Locked`` and ``Defaults`` with the tables of ``settings.toml`` as keys and its keys as values:
numbers, true and false (1 and 0) as DWORD, texts as SZ or EXPAND_SZ, lists as MULTI_SZ. What is a table of the
administrator's own names (prefixes, fields) has those as value names. A diversion's value is named by its key and
holds the rest as an inline table without its braces: ``label = {sv = "På resa", en = "Travelling"}, kind = "absence"``.
"""

from __future__ import annotations

import sys
import tomllib
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args, get_origin

from b2cal_desktop.system.settings import Settings, Table

KEY = r"Software\Policies\B2Cal"
PLACE = Path(f"HKLM\\{KEY}")
TABLES = ("defaults", "locked")


@dataclass(frozen=True, slots=True)
class RegistryKey:
    """A key with all below it. Values are int, str or list[str], as winreg gives DWORD, SZ and MULTI_SZ."""

    values: Mapping[str, object] = field(default_factory=dict)
    keys: Mapping[str, RegistryKey] = field(default_factory=dict)


def registry_data(key: RegistryKey) -> dict[str, Any]:
    """What ``key`` says, in the form of a policy file; what it should not say stays, for the check to complain of."""
    names = {name.casefold(): name for name in TABLES}
    data: dict[str, Any] = {}
    for name, below in key.keys.items():
        table = names.get(name.casefold())
        data[table or name] = _table(below, Settings) if table else {}
    return data | dict(key.values)


def _table(key: RegistryKey, table: type[Table]) -> dict[str, Any]:
    hints = typing.get_type_hints(table)
    names = {name.casefold(): name for name in hints}
    data: dict[str, Any] = {}
    for given, value in key.values.items():
        name = names.get(given.casefold(), given)
        data[name] = _value(value, hints.get(name))
    for given, below in key.keys.items():
        name = names.get(given.casefold(), given)
        data[name] = _below(below, hints.get(name))
    return data


def _below(key: RegistryKey, hint: Any) -> Any:
    if isinstance(hint, type) and issubclass(hint, Table):
        return _table(key, hint)
    if get_origin(hint) is dict:
        return {name: _plain(value) for name, value in key.values.items()}
    if get_origin(hint) is tuple:
        return [*_diversions(key)]
    return {name: _plain(value) for name, value in key.values.items()}


def _diversions(key: RegistryKey) -> Iterator[object]:
    for name, value in key.values.items():
        try:
            yield {"key": name, **tomllib.loads(f"rest = {{{value}}}")["rest"]}
        except tomllib.TOMLDecodeError:
            yield value


def _value(value: object, hint: Any) -> object:
    hint = next((part for part in get_args(hint) if part is not types.NoneType), hint) if _is_optional(hint) else hint
    if hint is bool and value in (0, 1):
        return bool(value)
    return _plain(value)


def _is_optional(hint: Any) -> bool:
    return types.NoneType in get_args(hint)


def _plain(value: object) -> object:
    """A list without the empty lines that the policy editor leaves in it."""
    return [line for line in value if line.strip()] if isinstance(value, list) else value


def read_registry_policy() -> dict[str, Any]:
    """What Group Policy says on this computer; nothing elsewhere than on Windows."""
    if sys.platform == "win32":
        import winreg

        def read(path: str) -> RegistryKey:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, path, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY) as key:
                keys, values, _ = winreg.QueryInfoKey(key)
                named = [winreg.EnumValue(key, number) for number in range(values)]
                below = [winreg.EnumKey(key, number) for number in range(keys)]
            found = {
                name: winreg.ExpandEnvironmentStrings(value) if kind == winreg.REG_EXPAND_SZ else value
                for name, value, kind in named
            }
            return RegistryKey(found, {name: read(f"{path}\\{name}") for name in below})

        try:
            return registry_data(read(KEY))
        except OSError:
            return {}
    return {}
