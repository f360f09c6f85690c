"""Is a file what settings may be? Every complaint names the file, the line and the key, and says what is allowed.

Values are never quoted back: an address or a misplaced password may be a secret.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args, get_origin

import msgspec

from b2cal_desktop.core.errors import SettingsProblem
from b2cal_desktop.core.model import Text, Warning
from b2cal_desktop.system.settings import Settings, Table

Keys: TypeAlias = tuple[str | int, ...]

SECRET_NAMES = frozenset({"token", "password", "passwd", "secret", "ticket", "client_secret", "lösenord", "losenord"})


class WrongSettings(SettingsProblem):
    """The first thing that is wrong in a settings or policy file; ``others`` are the further ones, in order."""

    others: tuple[SettingsProblem, ...] = ()


Finding: TypeAlias = WrongSettings | Warning


def raise_first(problems: Sequence[WrongSettings]) -> None:
    """Raise the first of ``problems``, with the further ones as its ``others``; nothing if there are none."""
    if problems:
        problems[0].others = tuple(problems[1:])
        raise problems[0]


@dataclass(frozen=True, slots=True)
class Layer:
    """One source of settings: a file, or a table ``under`` a key of one. ``line_of`` tells where a key was set."""

    path: Path
    data: Mapping[str, Any] = field(default_factory=dict, repr=False)
    line_of: Callable[..., int | None] = field(default=lambda *_: None, repr=False)
    under: tuple[str, ...] = ()

    def holds(self, keys: Keys) -> bool:
        """Whether this source sets ``keys``."""
        found: Any = self.data
        for key in keys:
            if isinstance(found, list):
                found = dict(enumerate(found))
            if not isinstance(found, Mapping) or key not in found:
                return False
            found = found[key]
        return True

    def problem(self, keys: Keys, text: Text) -> WrongSettings:
        """A complaint about ``keys`` in this source."""
        whole = (*self.under, *keys)
        return WrongSettings(str(self.path), self.line_of(*whole), dotted(whole), text)


def dotted(keys: Keys) -> str:
    """``keys`` as people write them; an element of a list by its number from 1."""
    text = ""
    for key in keys:
        text += f"[{key + 1}]" if isinstance(key, int) else f".{key}" if text else key
    return text


def check_layer(layer: Layer) -> Iterator[Finding]:
    """Problems and warnings of one source by itself: types, ranges, names. What spans sources is ``check_whole``'s."""
    yield from _check_table(layer, Settings, layer.data, ())


def _check(layer: Layer, hint: Any, value: object, keys: Keys) -> Iterator[Finding]:
    hint = _without_none(hint)
    if isinstance(hint, type) and issubclass(hint, Table):
        yield from _check_table(layer, hint, value, keys)
    elif get_origin(hint) is dict and isinstance(value, dict):
        for key, element in value.items():
            if keys == ("switchboard", "fields") and key.casefold() in SECRET_NAMES:
                yield layer.problem((*keys, key), _secret_belongs_elsewhere((*keys, key)))
            else:
                yield from _check(layer, get_args(hint)[1], element, (*keys, key))
    elif get_origin(hint) is tuple and isinstance(value, list):
        for number, element in enumerate(value):
            yield from _check(layer, get_args(hint)[0], element, (*keys, number))
    elif not _fits(hint, value):
        told = allowed(hint)
        yield layer.problem(keys, Text(f"Tillåtet är {told.sv}.", f"Allowed is {told.en}."))


def _check_table(layer: Layer, table: type[Table], value: object, keys: Keys) -> Iterator[Finding]:
    if not isinstance(value, Mapping):
        told = allowed(table)
        yield layer.problem(keys, Text(f"Tillåtet är {told.sv}.", f"Allowed is {told.en}."))
        return
    hints = _hints(table)
    for key, element in value.items():
        if key in hints:
            yield from _check(layer, hints[key], element, (*keys, key))
        elif key.casefold() in SECRET_NAMES:
            yield layer.problem((*keys, key), _secret_belongs_elsewhere((*keys, key)))
        else:
            yield _unknown_key(layer, (*keys, key), hints)
    for required in msgspec.structs.fields(table):
        if required.required and required.name not in value:
            text = Text(f"Nyckeln {required.name} saknas.", f"The key {required.name} is missing.")
            yield layer.problem(keys, text)


@cache
def _hints(table: type[Table]) -> Mapping[str, Any]:
    return typing.get_type_hints(table, include_extras=True)


def _fits(hint: Any, value: object) -> bool:
    try:
        msgspec.convert(value, hint)
    except (msgspec.ValidationError, UnicodeEncodeError):
        return False
    return True


def _without_none(hint: Any) -> Any:
    options = [option for option in get_args(hint) if option is not types.NoneType]
    return options[0] if _is_union(hint) and len(options) == 1 else hint


def _is_union(hint: Any) -> bool:
    return get_origin(hint) in (types.UnionType, typing.Union)


def allowed(hint: Any) -> Text:
    """What a value of type ``hint`` may be, in words."""
    hint = _without_none(hint)
    if get_origin(hint) is typing.Annotated:
        return _allowed_by_meta(*get_args(hint))
    if _is_union(hint):
        parts = [allowed(option) for option in get_args(hint)]
        return Text(" eller ".join(part.sv for part in parts), " or ".join(part.en for part in parts))
    if get_origin(hint) is Literal:
        choices = ", ".join(f'"{choice}"' for choice in get_args(hint))
        return Text(f"något av {choices}", f"one of {choices}")
    if get_origin(hint) is tuple:
        element = allowed(get_args(hint)[0])
        return Text(f"en lista, där varje värde är {element.sv}", f"a list, each value being {element.en}")
    if hint is bool:
        return Text("true eller false", "true or false")
    if hint is str:
        return Text("en text inom citattecken", "text in quotes")
    return Text("en tabell", "a table")


def _allowed_by_meta(base: type, meta: msgspec.Meta) -> Text:
    if meta.extra:
        return Text(meta.extra["sv"], meta.extra["en"])
    if base is int and meta.le is not None:
        return Text(f"ett heltal från {meta.ge} till {meta.le}", f"a whole number from {meta.ge} to {meta.le}")
    return Text(f"ett heltal från {meta.ge}", f"a whole number from {meta.ge}")


def _unknown_key(layer: Layer, keys: Keys, known: Iterable[str]) -> Warning:
    whole = (*layer.under, *keys)
    line = layer.line_of(*whole)
    close = get_close_matches(str(keys[-1]), known, n=1)
    return Warning(
        "unknown_key",
        Text(
            f"{layer.path}{f', rad {line}' if line else ''}: nyckeln {dotted(whole)} är okänd och gör ingenting."
            + (f" Menades {close[0]}?" if close else ""),
            f"{layer.path}{f', line {line}' if line else ''}: the key {dotted(whole)} is unknown and does nothing."
            + (f" Was {close[0]} meant?" if close else ""),
        ),
    )


def _secret_belongs_elsewhere(keys: Keys) -> Text:
    side = "calendar" if keys[0] == "calendar" else "switchboard"
    return Text(
        f"Hemligheter får inte stå i filen. Ta bort raden och kör b2cal-desktop sign-in {side}.",
        f"Secrets must not stand in the file. Remove the line and run b2cal-desktop sign-in {side}.",
    )
