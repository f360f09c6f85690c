"""Group Policy: the registry as a policy, above the file; and templates that offer every setting.

The registry is a stand-in in the form that winreg gives it: not tried on a real Windows here.
"""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from b2cal_desktop.core.errors import SettingsProblem
from b2cal_desktop.system.policy import CentralPolicy, PolicyFile, load_policy, policy_from
from b2cal_desktop.system.registry_policy import PLACE, RegistryKey, registry_data
from b2cal_desktop.system.settings import Settings
from b2cal_desktop.system.settings_check import WrongSettings
from b2cal_desktop.system.settings_file import load_settings, save_settings
from tests.system.test_settings_docs import keys

TEMPLATES = Path(__file__).parents[2] / "installer" / "policy"
XML = "{http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions}"


def registry(tree: Mapping[str, Any]) -> RegistryKey:
    """Mappings are keys, the rest values."""
    below = {name: registry(part) for name, part in tree.items() if isinstance(part, Mapping)}
    return RegistryKey({name: part for name, part in tree.items() if not isinstance(part, Mapping)}, below)


def test_every_kind_of_value() -> None:
    data = registry_data(
        registry(
            {
                "LOCKED": {
                    "language": "sv",
                    "Sync": {"Enabled": 0, "poll_seconds": 90},
                    "rules": {
                        "order": ["sick", "", "lunch"],
                        "prefixes": {"lunch": "MAT:", "sick": ["SJU:", "VAB:"]},
                        "working_hours": {"enabled": 1, "days": ["mon", "tue"]},
                    },
                    "switchboard": {"connector": "practice", "fields": {"user": "anna"}},
                    "diversions": {"travelling": 'label = {sv = "På resa", en = "Travelling"}, kind = "absence"'},
                },
                "defaults": {"calendar": {"microsoft365": {"tenant": "foretag.se"}}},
            }
        )
    )
    assert data == {
        "locked": {
            "language": "sv",
            "sync": {"enabled": False, "poll_seconds": 90},
            "rules": {
                "order": ["sick", "lunch"],
                "prefixes": {"lunch": "MAT:", "sick": ["SJU:", "VAB:"]},
                "working_hours": {"enabled": True, "days": ["mon", "tue"]},
            },
            "switchboard": {"connector": "practice", "fields": {"user": "anna"}},
            "diversions": [{"key": "travelling", "label": {"sv": "På resa", "en": "Travelling"}, "kind": "absence"}],
        },
        "defaults": {"calendar": {"microsoft365": {"tenant": "foretag.se"}}},
    }
    policy = policy_from(PLACE, data)
    assert policy.warnings == () and ("sync", "enabled") in policy.locked_keys


@pytest.mark.parametrize(
    ("tree", "key"),
    [
        ({"Locked": {"sync": {"poll_seconds": "90"}}}, "locked.sync.poll_seconds"),
        ({"Locked": {"sync": {"enabled": 2}}}, "locked.sync.enabled"),
        ({"Locked": {"sync": 1}}, "locked.sync"),
        ({"Locked": {"language": {"below": 1}}}, "locked.language"),
        ({"Locked": {"diversions": {"x": "label = "}}}, "locked.diversions[1]"),
        ({"Locked": {"switchboard": {"fields": {"token": "x"}}}}, "locked.switchboard.fields.token"),
        ({"Locked": 1}, "locked"),
    ],
)
def test_what_is_wrong_is_told_with_the_registrys_name(tree: dict[str, Any], key: str) -> None:
    data = registry_data(registry(tree))
    if key == "locked":
        assert policy_from(PLACE, data).warnings  # a value where a key belongs decides nothing, and is told of
        return
    with pytest.raises(SettingsProblem) as caught:
        policy_from(PLACE, data)
    assert (caught.value.path, caught.value.key) == (str(PLACE), key)


# Beside a policy file


class Management:
    """A system that hands out ``data``, which may change."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data

    def central(self) -> CentralPolicy:
        return CentralPolicy(PLACE, lambda: self.data, self.data)


def both(tmp_path: Path, text: str, data: dict[str, Any]) -> PolicyFile:
    (tmp_path / "policy.toml").write_text(text)
    return load_policy(tmp_path / "policy.toml", Management(data).central)


def test_the_registry_wins_over_the_file_key_by_key(tmp_path: Path) -> None:
    text = "[locked.sync]\npoll_seconds = 90\ndry_run = true\n[defaults]\nlanguage = 'sv'\n"
    policy = both(tmp_path, text, {"locked": {"sync": {"poll_seconds": 300}}, "defaults": {"language": "en"}})
    loaded = load_settings(tmp_path / "settings.toml", policy)
    sync = loaded.settings.sync
    assert (sync.poll_seconds, sync.dry_run, loaded.settings.language) == (300, True, "en")
    assert loaded.locked == {("sync", "poll_seconds"), ("sync", "dry_run")}
    with pytest.raises(WrongSettings, match="company policy"):
        save_settings(tmp_path / "settings.toml", {"sync.poll_seconds": 60}, policy)


def test_it_holds_without_a_file_and_its_diversions_join_those_of_one(tmp_path: Path) -> None:
    own = {"key": "travelling", "label": {"sv": "Resa", "en": "Trip"}}
    policy = load_policy(tmp_path / "none.toml", Management({"locked": {"diversions": [own]}}).central)
    assert "travelling" in load_settings(tmp_path / "s.toml", policy).settings.catalogue()
    policy = both(
        tmp_path, "[[locked.diversions]]\nkey = 'lunch'\nkind = 'absence'\n", {"locked": {"diversions": [own]}}
    )
    catalogue = load_settings(tmp_path / "s.toml", policy).settings.catalogue()
    assert "travelling" in catalogue and catalogue["lunch"].kind == "absence"


def test_fields_of_another_connector_in_the_file_go(tmp_path: Path) -> None:
    text = "[locked.switchboard]\nconnector = 'telepo'\nfields = {base_url = 'https://a.se', user = 'x'}\n"
    data = {"locked": {"switchboard": {"connector": "practice", "fields": {"base_url": "http://127.0.0.1:1"}}}}
    settings = load_settings(tmp_path / "s.toml", both(tmp_path, text, data)).settings
    assert settings.switchboard.fields["base_url"] == "http://127.0.0.1:1"
    assert settings.switchboard.fields.get("user") != "x"


@pytest.mark.parametrize(
    ("text", "data", "place"),
    [
        ("[locked.rules.status]\nbusy = 'golf'\n", {"locked": {"language": "sv"}}, "policy.toml, line 2"),
        ("[locked]\nlanguage = 'sv'\n", {"locked": {"rules": {"status": {"busy": "golf"}}}}, "HKLM"),
    ],
)
def test_a_fault_is_told_of_the_source_that_has_it(tmp_path: Path, text: str, data: dict[str, Any], place: str) -> None:
    with pytest.raises(WrongSettings) as caught:
        load_settings(tmp_path / "settings.toml", both(tmp_path, text, data))
    assert place in str(caught.value)


@pytest.mark.parametrize("first", [{}, {"locked": {"language": "sv"}}])
def test_a_change_is_noticed(tmp_path: Path, first: dict[str, Any]) -> None:
    management = Management(first)
    policy = load_policy(tmp_path / "none.toml", management.central)
    loaded = load_settings(tmp_path / "settings.toml", policy)
    assert loaded.is_current()
    management.data = {"locked": {"language": "en"}}
    assert not loaded.is_current()


# Templates


def test_the_templates_are_what_the_settings_make_them() -> None:
    command = [sys.executable, str(TEMPLATES / "generate.py"), "--check"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr


def policies() -> list[ET.Element]:
    root = ET.parse(TEMPLATES / "B2CalDesktop.admx").getroot()  # noqa: S314  a file of our own
    return root.findall(f"{XML}policies/{XML}policy")


def every_key() -> Iterator[str]:
    """As the documents name them: each setting, a table of the administrator's own names by itself."""
    for section, key, _ in keys(Settings()):
        if section == "rules.prefixes":
            yield section
        elif (section, key) != ("Top level", "version"):
            yield key if section == "Top level" else f"{section}.{key}"
    yield from ("switchboard.fields", "diversions")


def test_every_setting_can_be_locked_and_given_a_default() -> None:
    offered = {policy.attrib["name"] for policy in policies()}
    wanted = {f"{level}_{key.replace('.', '_')}" for key in every_key() for level in ("locked", "defaults")}
    assert offered == wanted


@pytest.mark.parametrize("language", ["sv-SE", "en-US"])
def test_every_word_that_is_named_exists(language: str) -> None:
    admx = (TEMPLATES / "B2CalDesktop.admx").read_text(encoding="utf-8")
    words = ET.parse(TEMPLATES / language / "B2CalDesktop.adml").getroot()  # noqa: S314  a file of our own
    for table, tag in (("string", "stringTable"), ("presentation", "presentationTable")):
        there = [element.attrib["id"] for element in words.findall(f"{XML}resources/{XML}{tag}/{XML}{table}")]
        named = {part.split(")")[0] for part in admx.split(f"$({table}.")[1:]}
        assert len(there) == len(set(there)) and named == set(there)
    assert all((element.text or "").strip() for element in words.iter(f"{XML}string"))


def enabled(policy: ET.Element) -> tuple[str, object, dict[str, Any]]:
    """Key and value that switching a policy on would write, with a value that its control allows."""
    if "valueName" in policy.attrib:
        return policy.attrib["key"], policy.attrib["valueName"], {"value": 1}
    (element,) = policy.find(f"{XML}elements") or []
    name = element.attrib.get("valueName")
    match element.tag.removeprefix(XML):
        case "decimal":
            return policy.attrib["key"], name, {"value": int(element.attrib["maxValue"])}
        case "enum":
            return policy.attrib["key"], name, {"value": [*element.iter(f"{XML}string")][-1].text}
        case "multiText":
            return policy.attrib["key"], name, {"value": LISTED[str(name)]}
        case "list":
            return element.attrib["key"], None, LISTS[element.attrib["key"].rpartition("\\")[2]]
        case _:
            return policy.attrib["key"], name, {"value": TEXTS.get(str(name), "")}


LISTED = {"order": ["sick", "lunch"], "days": ["mon"], "calendars": ["AAMk"], "keys": ["A" * 43 + "="]}
LISTS = {
    "prefixes": {"lunch": "MAT:"},
    "fields": {"base_url": "https://a.se"},
    "diversions": {"travel": 'label = {sv = "Resa", en = "Trip"}'},
}
TEXTS = {
    "start": "07:00",
    "end": "18:00",
    "timezone": "Europe/Stockholm",
    "connector": "telepo",
    "url": "https://mail.foretag.se/EWS/Exchange.asmx",
    "authority": "https://login.foretag.se/t",
    "graph_root": "https://graph.foretag.se",
}


@pytest.mark.parametrize("policy", policies(), ids=lambda policy: policy.attrib["name"])
def test_what_each_policy_writes_is_understood(tmp_path: Path, policy: ET.Element) -> None:
    place, name, content = enabled(policy)
    assert place.startswith("Software\\Policies\\B2Cal\\")
    tree: dict[str, Any] = content if name is None else {str(name): content["value"]}
    for part in reversed(place.split("\\")[3:]):
        tree = {part: tree}
    read = policy_from(PLACE, registry_data(registry(tree)))
    assert read.warnings == ()
    load_settings(tmp_path / "settings.toml", read)
    if policy.attrib["name"].startswith("locked"):
        (locked, *_) = read.locked_keys
        assert policy.attrib["name"] in {"_".join(("locked", *locked[:length])) for length in (1, 2, 3, 4)}
    else:
        assert read.locked_keys == frozenset() and read.defaults.data
