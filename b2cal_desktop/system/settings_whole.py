"""What holds between settings: layers are laid over each other, and what one key names must exist in another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import reduce
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from b2cal_desktop.core.model import AVAILABLE, STANDARD_CATALOGUE, Text
from b2cal_desktop.core.rules import DuplicatePrefix
from b2cal_desktop.system.exchange_address import mailbox_problem, server_problem, user_problem
from b2cal_desktop.system.network import UnsafeAddress, require_safe_address
from b2cal_desktop.system.settings import Settings
from b2cal_desktop.system.settings_check import Keys, Layer, WrongSettings

_ADDRESSES = (
    ("calendar", "microsoft365", "authority"),
    ("calendar", "microsoft365", "graph_root"),
    ("updates", "feed"),
)


@dataclass(frozen=True, slots=True)
class Layers:
    """Sources of settings from the weakest to the strongest, each already checked by itself."""

    layers: tuple[Layer, ...]

    def merged(self) -> Settings:
        """The settings that hold; defaults for what no layer sets."""
        data = self.data()
        return msgspec.convert(data, Settings)

    def data(self) -> dict[str, Any]:
        """The same as plain data, with every key."""
        connector = self._connector()
        result = dict(_with_fields_of(_defaults(self.layers), connector))
        for layer in self.layers:
            result = overlaid(result, _with_fields_of(layer.data, connector))
        return result

    def problems(self) -> Iterator[WrongSettings]:
        """Whatever is wrong in the settings that hold, told of the layer that says so."""
        if wrong := [*self._diversions()]:
            yield from wrong  # what else is wrong may follow from it
            return
        settings = self.merged()
        yield from self._references(settings)
        yield from self._prefixes(settings)
        yield from self._working_hours(settings)
        yield from self._addresses(settings)
        yield from self._exchange(settings)
        if not _is_zone(settings.calendar.timezone):
            text = Text(
                'Tillåtet är "auto" eller ett namn som "Europe/Stockholm".',
                'Allowed is "auto" or a name such as "Europe/Stockholm".',
            )
            yield self._problem(("calendar", "timezone"), text)

    def _connector(self) -> str:
        named = [str(layer.data["switchboard"]["connector"]) for layer in self.layers if _names_connector(layer)]
        return named[-1] if named else Settings().switchboard.connector

    def _problem(self, keys: Keys, text: Text) -> WrongSettings:
        # What no file sets comes from a default that another setting made wrong: the last file but the policy's.
        holders = [layer for layer in self.layers if layer.holds(keys)] or self.layers[:2]
        return holders[-1].problem(keys, text)

    def _diversions(self) -> Iterator[WrongSettings]:
        known: set[str] = set(STANDARD_CATALOGUE)
        for layer in self.layers:
            seen: set[str] = set()
            for number, entry in enumerate(layer.data.get("diversions", ())):
                keys: Keys = ("diversions", number)
                key = entry["key"]
                if key in seen:
                    text = Text(f"Hänvisningen {key} står två gånger.", f"The diversion {key} is there twice.")
                    yield layer.problem((*keys, "key"), text)
                elif key == AVAILABLE and ("kind" in entry or entry.get("removed")):
                    text = Text(
                        f"Av {AVAILABLE} går bara label och remote att ändra.",
                        f"Of {AVAILABLE}, only label and remote can be changed.",
                    )
                    yield layer.problem(keys, text)
                elif key not in known and "label" not in entry and not entry.get("removed"):
                    text = Text(
                        'En egen hänvisning behöver label = {sv = "…", en = "…"}.',
                        'A diversion of your own needs label = {sv = "…", en = "…"}.',
                    )
                    yield layer.problem(keys, text)
                seen.add(key)
            known |= seen

    def _references(self, settings: Settings) -> Iterator[WrongSettings]:
        catalogue = settings.catalogue()
        rules = settings.rules
        named: list[tuple[Keys, str]] = [
            (("rules", "status", status), value) for status, value in msgspec.structs.asdict(rules.status).items()
        ]
        named += [(("rules", "prefixes", key), key) for key in rules.prefixes]
        named += [(("rules", "order", number), key) for number, key in enumerate(rules.order)]
        named.append((("rules", "working_hours", "outside"), rules.working_hours.outside))
        for keys, key in named:
            may_be_empty = keys[1] in ("status", "working_hours")
            if key not in catalogue and not (may_be_empty and not key):
                yield self._problem(keys, _no_such_diversion(key, catalogue, may_be_empty))
        for number, key in enumerate(rules.order):
            if key in rules.order[:number]:
                text = Text(f"Hänvisningen {key} står två gånger.", f"The diversion {key} is there twice.")
                yield self._problem(("rules", "order", number), text)

    def _prefixes(self, settings: Settings) -> Iterator[WrongSettings]:
        try:
            settings.to_rules(settings.catalogue())
        except DuplicatePrefix as error:
            text = Text(
                f"Prefixen {error.first} och {error.second} går inte att skilja åt.",
                f"The prefixes {error.first} and {error.second} cannot be told apart.",
            )
            holders = [
                key
                for key, given in settings.rules.prefixes.items()
                if error.second == given or (isinstance(given, tuple) and error.second in given)
            ]
            # The one that a file sets is the one to point at: the other may be a default.
            holders.sort(key=lambda key: any(layer.holds(("rules", "prefixes", key)) for layer in self.layers))
            yield self._problem(("rules", "prefixes", holders[-1]), text)

    def _working_hours(self, settings: Settings) -> Iterator[WrongSettings]:
        hours = settings.rules.working_hours
        if hours.start >= hours.end:
            keys: Keys = ("rules", "working_hours", "end")
            if not any(layer.holds(keys) for layer in self.layers):
                keys = ("rules", "working_hours", "start")
            text = Text("Arbetstiden ska börja före den slutar.", "Working hours must begin before they end.")
            yield self._problem(keys, text)

    def _addresses(self, settings: Settings) -> Iterator[WrongSettings]:
        for keys in _ADDRESSES:
            address = reduce(getattr, keys, settings)
            try:
                if address:
                    require_safe_address(str(address))
            except UnsafeAddress:
                text = Text(
                    "Tillåtet är en adress som börjar med https:// (http:// bara till den egna datorn).",
                    "Allowed is an address that begins with https:// (http:// to this computer only).",
                )
                yield self._problem(keys, text)

    def _exchange(self, settings: Settings) -> Iterator[WrongSettings]:
        chosen = settings.calendar.exchange
        problems = {
            "url": server_problem(chosen.url),
            "user": user_problem(chosen.user),
            "mailbox": mailbox_problem(chosen.mailbox),
        }
        for name, problem in problems.items():
            if problem is not None:
                yield self._problem(("calendar", "exchange", name), problem)


def overlaid(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """``below`` with what ``above`` sets: tables key by key, the list of diversions by their keys, else whole."""
    result = _tables_overlaid(below, above)
    if "diversions" in above:
        result["diversions"] = _diversions_overlaid(below.get("diversions", ()), above["diversions"])
    return result


def _tables_overlaid(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            value = _tables_overlaid(old, value)
        result[key] = value
    return result


def _diversions_overlaid(
    below: Sequence[Mapping[str, Any]], above: Iterable[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    by_key = {entry["key"]: entry for entry in below}
    for entry in above:
        by_key[entry["key"]] = _tables_overlaid(by_key.get(entry["key"], {}), entry)
    return list(by_key.values())


def _defaults(layers: Iterable[Layer]) -> dict[str, Any]:
    """The product's defaults, without those that name a diversion which has been removed."""
    data: dict[str, Any] = msgspec.to_builtins(Settings())
    entries: list[Mapping[str, Any]] = []
    for layer in layers:
        entries = _diversions_overlaid(entries, layer.data.get("diversions", ()))
    removed = {entry["key"] for entry in entries if entry.get("removed")}
    rules = data["rules"]
    rules["prefixes"] = {key: prefix for key, prefix in rules["prefixes"].items() if key not in removed}
    rules["status"] = {status: "" if key in removed else key for status, key in rules["status"].items()}
    rules["order"] = [key for key in rules["order"] if key not in removed]
    return data


def _names_connector(layer: Layer) -> bool:
    return layer.holds(("switchboard", "connector"))


def _with_fields_of(data: Mapping[str, Any], connector: str) -> Mapping[str, Any]:
    """``data`` without the fields that it fills in for another connector: they are not this one's."""
    table = data.get("switchboard", {})
    if "fields" not in table or table.get("connector", connector) == connector:
        return data
    return {**data, "switchboard": {key: value for key, value in table.items() if key != "fields"}}


def _no_such_diversion(key: str, known: Iterable[str], may_be_empty: bool) -> Text:
    keys = sorted(known)
    close = get_close_matches(key, keys, n=1)
    choices = ", ".join([*keys, *(['""'] if may_be_empty else [])])
    return Text(
        f"Hänvisningen {key!r} finns inte." + (f" Menades {close[0]}?" if close else "") + f" Tillåtet är {choices}.",
        f"There is no diversion {key!r}." + (f" Was {close[0]} meant?" if close else "") + f" Allowed is {choices}.",
    )


def _is_zone(name: str) -> bool:
    if name == "auto":
        return True
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder such as "Europe"
        return False
    return True
