"""docs/security.md names the tests that show what it says: they exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
NAMED = re.compile(r"`((?:\w+/)*test_\w+\.py)::(test_\w+)`")


def test_every_test_that_the_threat_model_names_exists() -> None:
    named = NAMED.findall((ROOT / "docs" / "security.md").read_text(encoding="utf-8"))
    assert len(named) > 60
    missing = [
        f"{file}::{test}"
        for file, test in named
        if not re.search(rf"^def {test}\(", (ROOT / "tests" / file).read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert missing == []


def test_nothing_there_looks_like_a_test_and_is_none() -> None:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    assert len(re.findall(r"::test_", text)) == len(NAMED.findall(text))


def test_each_threat_says_what_is_not_stopped() -> None:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    threats = [part for part in re.split(r"^## ", text, flags=re.MULTILINE) if "| shown by |" in part]
    assert len(threats) == 6
    assert all("**Not stopped.**" in threat for threat in threats)
