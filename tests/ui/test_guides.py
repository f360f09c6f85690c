"""The guides quote the interface word for word."""

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent.parent.parent
TEXTS = HERE / "resources" / "i18n" / "b2cal_sv.ts"


def said(language: str) -> set[str]:
    """Every text of the interface, without mnemonics, arrows and dots."""
    tag = "source" if language == "en" else "translation"
    found = (message.findtext(tag) or "" for message in ElementTree.parse(TEXTS).iter("message"))  # noqa: S314  ours
    return {text.replace("&", "").strip("‹› …") for text in found}


def quoted(guide: str) -> list[str]:
    """What stands in italics, and the entries of the menu."""
    italics = [part for text in re.findall(r"(?<!\*)\*([^*\n]+)\*(?!\*)", guide) for part in text.split(" › ")]
    table = re.search(r"\| (?:entry|val) \|.*\n\|---.*\n((?:\|.*\n)+)", guide)
    assert table is not None
    return italics + [line.split("|")[1].strip() for line in table[1].splitlines()]


@pytest.mark.parametrize("language", ["sv", "en"])
def test_what_the_guide_quotes_is_what_the_interface_says(language: str) -> None:
    guide = (HERE / "docs" / f"user-guide.{language}.md").read_text("utf-8")
    texts = said(language)
    quotes = quoted(guide)
    assert len(quotes) > 30
    assert [text for text in quotes if text.rstrip("…") not in texts] == []
