"""Writes the templates for Group Policy (ADMX, ADML) and the sample configuration profile for macOS from the settings.

    uv run python installer/policy/generate.py [--check]

``--check`` writes nothing and fails where a file is not what would be written.
"""

from __future__ import annotations

import argparse
import plistlib
import re
import sys
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin
from xml.etree import ElementTree as ET

import msgspec

sys.path.insert(0, str(Path(__file__).parent))
from words import CATEGORIES, KEYS, LEVELS, SUPPORTED, TABLES

from b2cal_desktop.system.managed_preferences import DOMAIN
from b2cal_desktop.system.registry_policy import KEY
from b2cal_desktop.system.settings import Settings, Table
from b2cal_desktop.system.settings_check import allowed

HERE = Path(__file__).parent
NAMESPACE = "http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions"
LANGUAGES = {"sv": "sv-SE", "en": "en-US"}
NAME = "B2CalDesktop"


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the settings: where it stands, what it may be and its default."""

    path: tuple[str, ...]
    hint: Any
    default: object

    @property
    def dotted(self) -> str:
        return ".".join(self.path)

    @property
    def kind(self) -> Any:
        """The type that decides on the control: without None and annotations."""
        hint = self.hint
        while get_origin(hint) is typing.Annotated:
            hint = get_args(hint)[0]
        return hint

    @property
    def is_table(self) -> bool:
        """Whether the administrator names what stands in it."""
        return get_origin(self.kind) is dict or self.path == ("diversions",)


def keys(table: type[Table] = Settings, above: tuple[str, ...] = ()) -> Iterator[Key]:
    """Every key but ``version``, which only a file needs."""
    usual = table()
    for name, hint in typing.get_type_hints(table, include_extras=True).items():
        if isinstance(hint, type) and issubclass(hint, Table):
            yield from keys(hint, (*above, name))
        elif (*above, name) != ("version",):
            yield Key((*above, name), hint, msgspec.to_builtins(getattr(usual, name)))


def _id(level: str, key: Key) -> str:
    return "_".join((level, *key.path))


def _element(parent: ET.Element, tag: str, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, tag, attributes)


# ADMX


def admx() -> ET.Element:
    """What there is to decide, without words."""
    root = ET.Element("policyDefinitions", {"xmlns": NAMESPACE, "revision": "1.0", "schemaVersion": "1.0"})
    names = _element(root, "policyNamespaces")
    _element(names, "target", prefix="b2cal", namespace="B2Cal.Policies.Desktop")
    _element(root, "resources", minRequiredRevision="1.0")
    definitions = _element(_element(root, "supportedOn"), "definitions")
    _element(definitions, "definition", name="supported", displayName="$(string.supported)")
    _add_categories(_element(root, "categories"))
    policies = _element(root, "policies")
    for level in LEVELS:
        for key in keys():
            _add_policy(policies, level, key)
    return root


def _add_categories(parent: ET.Element) -> None:
    _element(parent, "category", name="b2cal", displayName="$(string.b2cal)")
    for level in LEVELS:
        top = _element(parent, "category", name=level, displayName=f"$(string.{level})")
        _element(top, "parentCategory", ref="b2cal")
        for name in CATEGORIES:
            category = _element(parent, "category", name=f"{level}_{name}", displayName=f"$(string.category_{name})")
            _element(category, "parentCategory", ref=level)


def _category(key: Key) -> str:
    return next(
        name for name in sorted(CATEGORIES, key=len, reverse=True) if key.dotted.startswith(CATEGORIES[name].at)
    )


def _add_policy(parent: ET.Element, level: str, key: Key) -> None:
    identity = _id(level, key)
    place = "\\".join((KEY, TABLES[level], *(key.path if key.is_table else key.path[:-1])))
    attributes = {
        "name": identity,
        "class": "Machine",
        "displayName": f"$(string.{identity})",
        "explainText": f"$(string.{'_'.join(key.path)}_help)",
        "key": place,
    }
    if key.kind is bool:
        attributes["valueName"] = key.path[-1]
    else:
        attributes["presentation"] = f"$(presentation.{identity})"
    policy = ET.SubElement(parent, "policy", attributes)
    _element(policy, "parentCategory", ref=f"{level}_{_category(key)}")
    _element(policy, "supportedOn", ref="supported")
    if key.kind is bool:
        _element(_element(policy, "enabledValue"), "decimal", value="1")
        _element(_element(policy, "disabledValue"), "decimal", value="0")
    else:
        _add_control(_element(policy, "elements"), place, key)


def _add_control(parent: ET.Element, place: str, key: Key) -> None:
    name = key.path[-1]
    if key.is_table:
        _element(parent, "list", id="value", key=place, explicitValue="true", expandable="true")
    elif get_origin(key.kind) is tuple:
        _element(parent, "multiText", id="value", valueName=name)
    elif get_origin(key.kind) is Literal:
        choices = _element(parent, "enum", id="value", valueName=name, required="true")
        for choice in get_args(key.kind):
            item = _element(choices, "item", displayName=f"$(string.{_choice(choice)})")
            _element(_element(item, "value"), "string").text = choice
    elif key.kind is int:
        meta = get_args(key.hint)[1]
        _element(
            parent, "decimal", id="value", valueName=name, required="true", minValue=str(meta.ge), maxValue=str(meta.le)
        )
    else:
        _element(parent, "text", id="value", valueName=name, expandable="true", maxLength="1023")


def _choice(value: str) -> str:
    return "choice_" + re.sub(r"\W", "_", value)


# ADML


def adml(language: str) -> ET.Element:
    """The words, in one language."""
    root = ET.Element("policyDefinitionResources", {"xmlns": NAMESPACE, "revision": "1.0", "schemaVersion": "1.0"})
    _element(root, "displayName").text = "B2Cal Desktop"
    _element(root, "description").text = "B2Cal Desktop"
    resources = _element(root, "resources")
    table = _element(resources, "stringTable")
    for identity, text in _strings(language):
        _element(table, "string", id=identity).text = text
    presentations = _element(resources, "presentationTable")
    for level in LEVELS:
        for key in keys():
            if key.kind is not bool:
                _add_presentation(presentations, level, key, language)
    return root


def _strings(language: str) -> Iterator[tuple[str, str]]:
    yield "b2cal", "B2Cal Desktop"
    yield "supported", SUPPORTED.to(language)
    for level, text in LEVELS.items():
        yield level, text.to(language)
    for name, category in CATEGORIES.items():
        yield f"category_{name}", category.label.to(language)
    choices = {choice for key in keys() if get_origin(key.kind) is Literal for choice in get_args(key.kind)}
    for choice in sorted(choices):
        yield _choice(choice), choice
    for key in keys():
        yield "_".join(key.path) + "_help", _help(key, language)
        for level in LEVELS:
            yield _id(level, key), KEYS[key.dotted].name.to(language)


def _help(key: Key, language: str) -> str:
    words = KEYS[key.dotted]
    lines = [words.help.to(language)] if words.help is not None else []
    if key.path == ("diversions",):
        sv = 'Namn: hänvisningens nyckel. Värde: t.ex. label = {sv = "På resa", en = "Travelling"}, kind = "absence"'
        en = 'Name: the key of the diversion. Value: e.g. label = {sv = "På resa", en = "Travelling"}, kind = "absence"'
        lines.append(sv if language == "sv" else en)
    elif key.is_table:
        lines.append("Namn och värde, ett par per rad." if language == "sv" else "Name and value, one pair a line.")
    else:
        told = allowed(key.hint).to(language)
        lines.append(f"Tillåtet: {told}." if language == "sv" else f"Allowed: {told}.")
        lines.append(f"{'Förvalt' if language == 'sv' else 'Default'}: {_shown(key.default)}")
    lines.append(f"settings.toml: {key.dotted}")
    return "\n\n".join(lines)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value))
    return str(value) if value != "" else "–"


def _add_presentation(parent: ET.Element, level: str, key: Key, language: str) -> None:
    presentation = _element(parent, "presentation", id=_id(level, key))
    label = f"{KEYS[key.dotted].name.to(language)}:"
    if key.is_table:
        _element(presentation, "listBox", refId="value").text = label
    elif get_origin(key.kind) is tuple:
        _element(presentation, "text").text = label
        _element(presentation, "multiTextBox", refId="value")
    elif get_origin(key.kind) is Literal:
        usual = str(get_args(key.kind).index(key.default))
        _element(presentation, "dropdownList", refId="value", noSort="true", defaultItem=usual).text = label
    elif key.kind is int:
        _element(presentation, "decimalTextBox", refId="value", defaultValue=str(key.default)).text = label
    else:
        box = _element(presentation, "textBox", refId="value")
        _element(box, "label").text = label


# macOS

SAMPLE: dict[str, Any] = {
    "defaults": {"language": "sv", "rules": {"method": "prefix_then_status"}},
    "locked": {
        "calendar": {
            "source": "microsoft365",
            "microsoft365": {"tenant": "foretag.se", "client_id": "00000000-0000-0000-0000-000000000000"},
        },
        "switchboard": {"connector": "telepo", "fields": {"base_url": "https://vaxel.foretag.se"}},
        "diversions": [
            {
                "key": "travelling",
                "label": {"sv": "På resande fot", "en": "Travelling"},
                "kind": "absence",
                "remote": {"telepo": "12"},
            }
        ],
    },
}


def mobileconfig() -> bytes:
    """A configuration profile to start from: the example of ``docs/settings.md``."""
    payload = {
        "PayloadType": DOMAIN,
        "PayloadVersion": 1,
        "PayloadIdentifier": "se.foretag.b2cal-desktop.settings",
        "PayloadUUID": "8E4A3F1C-2B7D-4C59-9A60-0D1E2F3A4B5C",
        "PayloadDisplayName": "B2Cal Desktop",
        **SAMPLE,
    }
    profile = {
        "PayloadType": "Configuration",
        "PayloadVersion": 1,
        "PayloadIdentifier": "se.foretag.b2cal-desktop",
        "PayloadUUID": "5B9D6E20-7C14-4F83-8E52-A1B2C3D4E5F6",
        "PayloadDisplayName": "B2Cal Desktop",
        "PayloadDescription": "Settings for B2Cal Desktop. Replace names, addresses and the two UUIDs with your own.",
        "PayloadOrganization": "Företaget",
        "PayloadScope": "System",
        "PayloadContent": [payload],
    }
    return plistlib.dumps(profile, sort_keys=False)


def files() -> Iterator[tuple[Path, bytes]]:
    """What is written, and where."""
    yield HERE / f"{NAME}.admx", _serialized(admx())
    for language, folder in LANGUAGES.items():
        yield HERE / folder / f"{NAME}.adml", _serialized(adml(language))
    yield HERE / f"{NAME}.mobileconfig", mobileconfig()


def _serialized(root: ET.Element) -> bytes:
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def main() -> int:
    """Write the files, or tell which of them are not up to date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    stale = [(path, content) for path, content in files() if not path.exists() or path.read_bytes() != content]
    if parser.parse_args().check:
        for path, _ in stale:
            print(f"{path} is not up to date: run installer/policy/generate.py", file=sys.stderr)
        return 1 if stale else 0
    for path, content in stale:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
