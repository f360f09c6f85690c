"""docs/settings.md tells every key, with its default."""

import json
import re
import textwrap
import tomllib
import typing
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from b2cal_desktop.system.policy import policy_from
from b2cal_desktop.system.settings import DiversionSettings, Settings, Table
from b2cal_desktop.system.settings_file import load_settings

DOCS = (Path(__file__).parents[2] / "docs" / "settings.md").read_text(encoding="utf-8")


def keys(table: Table, section: str = "Top level") -> Iterator[tuple[str, str, object]]:
    """Section, key and default of every setting."""
    for name, value in msgspec.structs.asdict(table).items():
        below = name if section == "Top level" else f"{section}.{name}"
        if isinstance(value, Table):
            yield from keys(value, below)
        elif isinstance(value, dict):
            yield from ((below, key, default) for key, default in value.items() if name == "prefixes")
        elif name != "diversions":
            yield section, name, value


def section_of(name: str) -> str:
    heading = rf"^#+ (?:`\[+{re.escape(name)}\]+`|{re.escape(name)})$"
    match = re.search(heading + r"(.*?)(?=^#|\Z)", DOCS, re.MULTILINE | re.DOTALL)
    assert match, name
    return match[1]


@pytest.mark.parametrize(("section", "key", "default"), [*keys(Settings())])
def test_every_key_is_told_with_its_default(section: str, key: str, default: object) -> None:
    written = json.dumps(default)
    row = rf"^\| `{key}` \| `{re.escape(written)}` \|"
    assert re.search(row, section_of(section), re.MULTILINE), f"{section}.{key} = {written}"


def test_every_key_of_a_diversion_is_told() -> None:
    told = re.findall(r"^\| `(\w+)` \|", section_of("diversions"), re.MULTILINE)
    assert told == [*typing.get_type_hints(DiversionSettings)]


def test_the_example_of_a_policy_is_a_policy(tmp_path: Path) -> None:
    example = textwrap.dedent(DOCS.split("```toml\n")[1].split("```")[0])
    policy = policy_from(tmp_path / "policy.toml", tomllib.loads(example))
    loaded = load_settings(tmp_path / "settings.toml", policy)
    assert policy.warnings == ()
    assert loaded.settings.switchboard.fields == {"base_url": "https://vaxel.foretag.se"}
    assert loaded.is_locked("calendar.microsoft365.tenant") and not loaded.is_locked("rules.prefixes.lunch")
