"""A program of the user's own: what it gets, what its end means, and that it is held in check. Real processes."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from b2cal_desktop.core.errors import (
    ConnectorProblem,
    SwitchboardError,
    SwitchboardOutcomeUnknown,
    SwitchboardRefused,
    SwitchboardUnknownValue,
    SwitchboardUnreachable,
)
from b2cal_desktop.core.model import CLEAR, STANDARD_CATALOGUE, STANDARD_DIVERSIONS, Catalogue, Diversion, Kind, Text
from b2cal_desktop.switchboards.command import OUTPUT_LIMIT, CommandSwitchboard, split_arguments
from tests.sync.worlds import FakeClock, at, shows

LUNCH = shows("lunch", at("13:00"))
OPT = "C:/opt" if sys.platform == "win32" else "/opt"
TELL = """
import json, os, sys
told = {k: v for k, v in os.environ.items() if k.startswith("B2CAL_") and k != "B2CAL_POLICY"}
with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump([sys.argv[2:], told, sys.stdin.read()], file)
"""

Make = Callable[..., CommandSwitchboard]


@pytest.fixture
def program(tmp_path: Path) -> Make:
    """A switchboard by a Python program; ``arguments`` go to it, ``fields`` over the ordinary ones."""

    def make(
        text: str, arguments: str = "", catalogue: Catalogue = STANDARD_CATALOGUE, **fields: str
    ) -> CommandSwitchboard:
        path = tmp_path / "own program.py"
        path.write_text(text, encoding="utf-8")
        given = {"program": sys.executable, "arguments": f'"{path}" {arguments}'}
        return CommandSwitchboard(given | fields, catalogue, FakeClock(at("12:00")))

    return make


def told_by(make: Make, tmp_path: Path, state: object, arguments: str = "", **more: object) -> list[object]:
    out = tmp_path / "told.json"
    make(TELL, f'"{out}" {arguments}', **more).write_diversion(state)  # type: ignore[arg-type]
    found = json.loads(out.read_text(encoding="utf-8"))
    assert isinstance(found, list)
    return found


def test_it_gets_diversion_end_and_note_and_nothing_to_read(program: Make, tmp_path: Path) -> None:
    arguments, environment, standard_input = told_by(program, tmp_path, LUNCH, note="Åter strax; $(id)")
    assert arguments == []
    assert environment == {
        "B2CAL_DIVERSION": "lunch",
        "B2CAL_UNTIL": "2026-11-23T12:00:00+00:00",
        "B2CAL_NOTE": "Åter strax; $(id)",
    }
    assert standard_input == ""
    _, environment, _ = told_by(program, tmp_path, CLEAR)
    assert environment == {"B2CAL_DIVERSION": "available", "B2CAL_UNTIL": "", "B2CAL_NOTE": ""}


def test_a_diversion_has_the_value_that_the_user_gave_it(program: Make, tmp_path: Path) -> None:
    own = Diversion("travelling", Text("På resande fot", "Travelling"), Kind.ABSENCE, {"command": "Resa 7"})
    catalogue = Catalogue([*STANDARD_DIVERSIONS, own])
    _, environment, _ = told_by(program, tmp_path, shows("travelling"), catalogue=catalogue)
    assert isinstance(environment, dict)
    assert environment["B2CAL_DIVERSION"] == "Resa 7"


def test_no_shell_sees_the_arguments(program: Make, tmp_path: Path) -> None:
    arguments, _, _ = told_by(program, tmp_path, LUNCH, r'; touch pwned && $(id) "two words" C:\x\y * "" ~')
    assert arguments == [";", "touch", "pwned", "&&", "$(id)", "two words", r"C:\x\y", "*", "", "~"]


def test_a_lone_quote_is_refused() -> None:
    assert split_arguments('-a "b c" d') == ["-a", "b c", "d"]
    with pytest.raises(ConnectorProblem, match=r"arguments.*quote"):
        split_arguments('-a "b c')


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (65, SwitchboardUnknownValue),
        (69, SwitchboardUnreachable),
        (75, SwitchboardUnreachable),
        (1, SwitchboardRefused),
        (77, SwitchboardRefused),
    ],
)
def test_an_exit_status_is_an_error_of_its_kind(program: Make, status: int, expected: type[SwitchboardError]) -> None:
    switchboard = program(
        f"import sys; sys.stdout.reconfigure(encoding='utf-8'); print('växeln svarar inte.'); sys.exit({status})"
    )
    with pytest.raises(expected) as caught:
        switchboard.write_diversion(LUNCH)
    said = caught.value.message("sv").what
    assert ("Lunch" if status == 65 else f"växeln svarar inte (slutkod {status})") in said


@pytest.mark.skipif(sys.platform == "win32", reason="only on systems with signals")
def test_a_program_that_is_cut_short_may_have_acted(program: Make) -> None:
    with pytest.raises(SwitchboardOutcomeUnknown):
        program("import os; os.kill(os.getpid(), 9)").write_diversion(LUNCH)


@pytest.mark.skipif(sys.platform == "win32", reason="only on systems with process groups")
def test_one_that_takes_too_long_is_ended_with_all_that_it_started(program: Make, tmp_path: Path) -> None:
    alive = tmp_path / "alive"
    child = f"import time, pathlib; time.sleep(1.6); pathlib.Path({str(alive)!r}).touch()"
    switchboard = program(
        f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {child!r}]); time.sleep(60)",
        seconds="1",
    )
    with pytest.raises(SwitchboardOutcomeUnknown, match="more than 1 s"):
        switchboard.write_diversion(LUNCH)
    time.sleep(1.0)
    assert not alive.exists()


def test_what_it_leaves_running_holds_nobody_up(program: Make) -> None:
    child = "import time; time.sleep(3)"
    switchboard = program(f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {child!r}]); print('done')")
    began = time.monotonic()
    switchboard.write_diversion(LUNCH)
    assert time.monotonic() - began < 2.5
    assert switchboard.exchanges[-1].answer == "done"


def test_what_it_prints_is_bounded_redacted_and_kept(program: Make) -> None:
    switchboard = program(
        "import sys; print('token=s3cret Bearer abc123\\x1b[2J'); print('x' * 3_000_000); sys.exit(3)"
    )
    with pytest.raises(SwitchboardRefused) as caught:
        switchboard.write_diversion(LUNCH)
    exchange = switchboard.exchanges[-1]
    assert (exchange.method, exchange.status) == ("RUN", 3)
    assert dict(exchange.headers)["B2CAL_DIVERSION"] == "lunch"
    assert 3_000 < len(exchange.answer) <= OUTPUT_LIMIT
    assert len(str(caught.value)) < 700
    for text in (exchange.answer, str(caught.value)):
        assert "s3cret" not in text
        assert "abc123" not in text
        assert "\x1b" not in text


def test_what_it_prints_may_end_within_a_character(program: Make) -> None:
    switchboard = program("import os; os.write(1, 'växeln é'.encode()[:-1])")
    switchboard.write_diversion(LUNCH)
    assert switchboard.exchanges[-1].answer == "växeln"


@pytest.mark.skipif(sys.platform != "win32", reason="only on Windows")
def test_what_it_prints_may_be_in_the_consoles_code_page(program: Make) -> None:
    switchboard = program("import os; os.write(1, 'växeln är nere'.encode('oem'))")
    switchboard.write_diversion(LUNCH)
    assert switchboard.exchanges[-1].answer == "växeln är nere"


def test_the_check_runs_nothing(program: Make, tmp_path: Path) -> None:
    out = tmp_path / "ran"
    program(f"open({str(out)!r}, 'w')").check()
    assert not out.exists()
    missing = CommandSwitchboard({"program": str(tmp_path / "missing")}, STANDARD_CATALOGUE)
    for act in (missing.check, lambda: missing.write_diversion(LUNCH)):
        with pytest.raises(SwitchboardRefused, match="no such program"):
            act()


@pytest.mark.skipif(sys.platform == "win32", reason="only on systems with a right to execute")
def test_a_file_that_may_not_or_cannot_be_run_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("no program")
    switchboard = CommandSwitchboard({"program": str(path)}, STANDARD_CATALOGUE)
    with pytest.raises(SwitchboardRefused, match="may not be run"):
        switchboard.check()
    path.chmod(0o700)
    with pytest.raises(SwitchboardRefused, match="cannot be started"):
        switchboard.write_diversion(LUNCH)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "program"),
        ({"program": "python"}, "full path"),
        ({"program": f"{OPT}/set.cmd"}, "shell"),
        ({"program": f"{OPT}/x", "seconds": "61"}, "1 to 60"),
        ({"program": f"{OPT}/x", "note": "a\nb"}, "one line"),
    ],
)
def test_fields_that_cannot_be_used_are_named(fields: dict[str, str], says: str) -> None:
    with pytest.raises(ConnectorProblem, match=says):
        CommandSwitchboard(fields, STANDARD_CATALOGUE)


def test_it_is_said_that_nothing_is_read_back(program: Make) -> None:
    switchboard = program("")
    abilities = switchboard.abilities
    assert (abilities.reads_back, abilities.knows_ends, abilities.sends) == (False, False, True)
    assert switchboard.fetch_diversion() is None
    assert switchboard.unconfirmed is not None
    assert "own program.py" not in repr(switchboard)
