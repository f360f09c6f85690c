"""What the MSI's properties write is what the app reads as a policy; the rest of its tables keeps Windows' rules."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from b2cal_desktop.system.registry_policy import KEY, RegistryKey, registry_data
from b2cal_desktop.system.settings import Settings

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "installer" / "windows"))

import msi

EXAMPLES = {
    "LOCKED_LANGUAGE": ("en", {"locked": {"language": "en"}}),
    "LOCKED_SYNC_ENABLED": (1, {"locked": {"sync": {"enabled": True}}}),
    "DEFAULTS_SYNC_POLL_SECONDS": (120, {"defaults": {"sync": {"poll_seconds": 120}}}),
    "LOCKED_CALENDAR_MICROSOFT365_TENANT": ("x.se", {"locked": {"calendar": {"microsoft365": {"tenant": "x.se"}}}}),
    "LOCKED_SWITCHBOARD_FIELDS_BASE_URL": (
        "https://v",
        {"locked": {"switchboard": {"fields": {"base_url": "https://v"}}}},
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_property_becomes_the_policy_that_its_name_says(name: str) -> None:
    (item,) = (item for item in msi.policy_properties() if item.name == name)
    value, expected = EXAMPLES[name]
    assert item.number == isinstance(value, int)
    below = item.key.removeprefix(KEY).strip("\\").split("\\")
    key = RegistryKey({item.value_name: value})
    for part in reversed(below):
        key = RegistryKey({}, {part: key})
    assert registry_data(key) == expected


def test_every_setting_of_one_value_has_a_property_on_both_levels() -> None:
    properties = {item.name for item in msi.policy_properties()}
    assert all(re.fullmatch(r"[A-Z][A-Z0-9_]{1,71}", f"KEPT_{name}") for name in properties)
    for level in ("LOCKED", "DEFAULTS"):
        assert {f"{level}_{name.upper()}" for name in Settings.__struct_fields__ if name == "language"} <= properties
    assert {name.replace("LOCKED_", "DEFAULTS_", 1) for name in properties if name.startswith("LOCKED_")} == {
        name for name in properties if name.startswith("DEFAULTS_")
    }
    assert not any("PASSWORD" in name or "TOKEN" in name for name in properties), "no secret on a command line"


def test_short_names_are_short_and_differ() -> None:
    taken: set[str] = set()
    names = [msi._with_short_name(name, taken) for name in ("B2Cal Desktop.exe", "B2Cal Desktop 2.exe", "a.txt", ".x")]
    assert names[2] == "a.txt"
    short = [name.partition("|")[0] for name in names]
    assert len(set(short)) == len(short)
    assert all(re.fullmatch(r"[A-Z0-9_~a-z]{1,8}(\.[A-Za-z0-9_]{1,3})?", name) for name in short)


def test_each_version_is_a_product_and_an_upgrade_of_one_line() -> None:
    assert msi.product_code("0.1.0") == msi.product_code("0.1.0") != msi.product_code("0.1.1")
    assert msi.msi_version("1.2.3rc1") == "1.2.3"
    assert str(msi.UPGRADE_CODE) == "b7a7c0a4-9d64-4c1f-8f0e-5d2f6a9e3c18", (
        "another one installs beside the old product"
    )
