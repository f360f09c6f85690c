"""What others wrote cannot steer the terminal that it is printed to."""

import io
import json
import sys
from pathlib import Path

import pytest

from b2cal_desktop.__main__ import main
from b2cal_desktop.cli import print_json
from b2cal_desktop.system.terminal import printable, safe_terminal
from tests.test_cli import calendar, event


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Möte\tkl. 9\n", "Möte\tkl. 9\n"),
        ("\x1b]0;ägd\x07\x1b[2J", "\\x1b]0;ägd\\x07\\x1b[2J"),
        ("\x9b31m\r\x08", "\\x9b31m\\r\\x08"),
        ("fil\u202egpj.exe", "fil\\u202egpj.exe"),
        ("👩\u200d💻 \ufeff", "👩\u200d💻 \ufeff"),
    ],
)
def test_what_steers_is_written_out(text: str, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert printable(text) == shown
    with safe_terminal():
        print(text, end="")
    assert capsys.readouterr().out == shown


def test_what_the_encoding_does_not_have_is_written_out_and_json_stays_json(monkeypatch: pytest.MonkeyPatch) -> None:
    below = io.TextIOWrapper(io.BytesIO(), encoding="cp1252", newline="")
    monkeypatch.setattr(sys, "stdout", below)
    with safe_terminal():
        print("→ Möte\ud800")
        print_json({"text": "→ Möte 🎉"})
    below.flush()
    line, _, rest = below.buffer.getvalue().partition(b"\n")  # type: ignore[attr-defined]
    assert line.decode("cp1252") == "\\u2192 Möte\\ud800"
    assert json.loads(rest.decode("ascii")) == {"text": "→ Möte 🎉"}


def test_a_subject_cannot_clear_the_screen(profile: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from datetime import UTC, datetime

    start, end = datetime(2026, 11, 23, 8, tzinfo=UTC), datetime(2026, 11, 23, 9, tzinfo=UTC)
    path = tmp_path / "k.ics"
    path.write_text(calendar(event("1", start, end, "MOT: \x1b[2J\x1b]0;ägd\x07")), encoding="utf-8")
    arguments = ["plan", "--profile", str(profile), "--calendar", str(path), "--at", start.isoformat(), "--subjects"]
    assert main(arguments) == 0
    told = capsys.readouterr()
    assert "MOT: \\x1b[2J" in told.out
    assert "\x1b" not in told.out + told.err
    missing = tmp_path / "\x1b[2J.ics"
    assert main([*arguments[:4], str(missing)]) == 4
    assert "\x1b" not in capsys.readouterr().err
