"""The administrator's guide says what the program does, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from b2cal_desktop.calendars import exchange_answers
from b2cal_desktop.calendars.exchange_free_busy import rights_command
from b2cal_desktop.core.errors import B2CalError
from b2cal_desktop.core.model import Text
from b2cal_desktop.system.policy import load_policy

ROOT = Path(__file__).parents[2]
GUIDES = {"en": ROOT / "docs" / "admin-exchange.md", "sv": ROOT / "docs" / "admin-exchange.sv.md"}


@pytest.mark.parametrize("language", GUIDES)
def test_the_policy_in_the_guide_is_a_policy(language: str, tmp_path: Path) -> None:
    (toml,) = re.findall(r"```toml\n(.*?)```", GUIDES[language].read_text("utf-8"), re.DOTALL)
    (tmp_path / "policy.toml").write_text(toml, "utf-8")
    policy = load_policy(tmp_path / "policy.toml")
    assert policy.warnings == ()
    assert ("calendar", "exchange", "url") in policy.locked_keys


@pytest.mark.parametrize("language", GUIDES)
def test_the_command_in_the_guide_is_the_one_that_the_program_shows(language: str) -> None:
    for is_2007 in (False, True):
        command = rights_command("bo@foretag.se", "FORETAG\\asa", is_2007=is_2007).to(language)
        assert f"```powershell\n{command}\n```" in GUIDES[language].read_text("utf-8")


def all_errors(kind: type[B2CalError] = B2CalError) -> Iterator[type[B2CalError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from all_errors(below)


@pytest.mark.parametrize("language", GUIDES)
def test_what_the_user_sees_is_what_the_program_says(language: str) -> None:
    texts = [getattr(error, "what", None) for error in all_errors()]
    texts += [text for text in vars(exchange_answers).values() if isinstance(text, Text)]
    said = [text.to(language).replace(" ({host})", "") for text in texts if text is not None]
    said += [text.replace("{problem}", "Exchange 2013") for text in said]
    quoted = re.findall(r"^\| \*(.+?)\* \|", GUIDES[language].read_text("utf-8"), re.MULTILINE)
    assert len(quoted) == 10
    for words in quoted:
        form = re.compile(".*".join(re.escape(part.strip()) for part in words.split("…")))
        assert any(form.search(text) for text in said), words


def test_the_guides_have_the_same_parts() -> None:
    english, swedish = (guide.read_text("utf-8") for guide in GUIDES.values())
    for shape in (r"^## \d", r"^\|", r"^```", r"^- "):
        assert len(re.findall(shape, english, re.MULTILINE)) == len(re.findall(shape, swedish, re.MULTILINE)), shape


def test_the_script_that_the_guides_name_is_there_and_can_be_tried_without_harm() -> None:
    name = "installer/exchange/grant-reviewer.ps1"
    assert all(name in guide.read_text("utf-8") for guide in GUIDES.values())
    script = (ROOT / name).read_text("utf-8")
    assert "SupportsShouldProcess" in script and "$PSCmdlet.ShouldProcess" in script
    assert not re.search(r"\bRemove-|\\(Calendar|Kalender)\b", script)
