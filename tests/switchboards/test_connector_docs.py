"""The worked example in the documentation is a valid connector."""

import re
from pathlib import Path

from b2cal_desktop.switchboards.connector_file import load_connector
from tests.switchboards.connector_samples import write_file

DOCUMENT = Path(__file__).parents[2] / "docs" / "connectors.md"


def test_the_worked_example_loads(tmp_path: Path) -> None:
    example = re.findall(r"```toml\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.S)[0]
    connector = load_connector(write_file(tmp_path, example))
    assert connector.id == "example"
    assert set(connector.requests) == {"get", "set", "clear"}
