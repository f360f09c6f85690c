"""What the documentation says of connectors is so: its examples load, and its table is the files'."""

import re
import tomllib
from pathlib import Path

from b2cal_desktop.conformance import REQUIREMENTS
from b2cal_desktop.core.model import STANDARD_CATALOGUE
from b2cal_desktop.switchboards.command import COMMAND, CommandSwitchboard
from b2cal_desktop.switchboards.connector_file import load_connector, shipped_connectors
from tests.switchboards.connector_samples import write_file

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "connectors.md").read_text(encoding="utf-8")


def _examples() -> list[str]:
    return [example for example in re.findall(r"```toml\n(.*?)```", TEXT, re.S) if "format = 1" in example]


def test_the_worked_example_loads(tmp_path: Path) -> None:
    connector = load_connector(write_file(tmp_path, _examples()[0]))
    assert connector.id == "example"
    assert set(connector.requests) == {"get", "set", "clear"}


def test_the_example_of_a_preset_loads(tmp_path: Path) -> None:
    connector = load_connector(write_file(tmp_path, _examples()[1]))
    assert connector.diversions.keys() == {"available", "lunch"}
    assert connector.fields[0].default == "https://vaxel.example.se"
    assert [field.key for field in connector.fields] == ["base_url", "domain", "user", "token"]


def test_the_operator_kit_names_every_requirement_and_its_connector_loads(tmp_path: Path) -> None:
    kit = (DOCS / "operator-kit.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| (`[a-z_`, ]+`) \|", kit)
    assert re.findall(r"`([a-z_]+)`", " ".join(rows)) == [*(one.id for one in REQUIREMENTS), "put_back"]
    example = next(text for text in re.findall(r"```toml\n(.*?)```", kit, re.S) if "format = 1" in text)
    connector = load_connector(write_file(tmp_path, example))
    assert (connector.poll_seconds, connector.fields[0].default) == (60, "https://switchboard.example.net")


def test_the_example_of_a_program_can_be_used() -> None:
    example = next(text for text in re.findall(r"```toml\n(.*?)```", TEXT, re.S) if '"command"' in text)
    fields = tomllib.loads(example)["switchboard"]["fields"]
    assert fields.keys() == {field.key for field in COMMAND.fields}
    fields["program"] = str(Path(fields["program"]).absolute())  # Windows wants a drive
    CommandSwitchboard(fields, STANDARD_CATALOGUE)


def test_the_table_of_shipped_connectors_is_true() -> None:
    rows = re.findall(r"(?m)^\| `([a-z0-9-]+)` \| .* \| (yes|no) \| (yes|no) \| (yes|no) \| (yes|no) \| (yes|no)", TEXT)
    assert {row[0] for row in rows} == shipped_connectors().keys()
    for name, reads_back, ends, ends_itself, note, confirmed in rows:
        connector = shipped_connectors()[name]
        said = [word == "yes" for word in (reads_back, ends, ends_itself, confirmed)]
        true = ["get" in connector.requests, connector.ends, connector.ends and connector.honours_ends]
        assert said == [*true, connector.confirmed], name
        placeholders = {placeholder.name for placeholder in connector.requests["set"].shape.placeholders()}
        assert (note == "yes") == bool(placeholders & {"note", "label"}), name
