"""The ledger: what goes in comes out, whatever happens to the process, the file or the disk in between."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from b2cal_desktop.core.errors import LedgerDamaged
from b2cal_desktop.core.intents import Skip
from b2cal_desktop.core.model import CLEAR, CalendarEvent, DiversionState, ShowAs
from b2cal_desktop.core.reconcile import Dismissal, Manual, Memory
from b2cal_desktop.core.schedule import Extension
from b2cal_desktop.core.state import ActionName, Confirmation, HistoryEntry
from b2cal_desktop.sync.ledger import Controls, KeptEvents, Ledger
from tests.sync.worlds import at, event, meeting

if sys.platform != "win32":
    import resource

MEMORY = Memory(
    last=DiversionState("meeting", at("10:00")),
    pending=CLEAR,
    manual=Manual(DiversionState("lunch", at("13:00")), at("09:30")),
    replaced=DiversionState("working_from_home"),
    dismissed=Dismissal("meeting", at("09:10")),
    foreign=(at("09:00"), at("09:05")),
    contested_since=at("09:06"),
)
CONTROLS = Controls(at("12:00"), Extension("meeting", at("10:00"), at("10:15")), let_go=True)
EVENTS = KeptEvents("calendar", at("08:00"), (meeting(location="Rum 2"),), "Europe/Stockholm", limited=True)
SET = HistoryEntry(at("09:00"), DiversionState("meeting", at("10:00")), "calendar", ActionName.SET, Confirmation.SENT)
CLEARED = HistoryEntry(at("09:30"), CLEAR, "hand", ActionName.CLEAR, Confirmation.UNKNOWN)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    ledger = Ledger(path)
    yield ledger
    ledger.close()


def everything(ledger: Ledger) -> tuple[object, ...]:
    return (
        ledger.memory(),
        ledger.controls(),
        ledger.skips(),
        ledger.history(),
        ledger.events(),
        ledger.status(),
    )


EMPTY = (Memory(), Controls(), (), (), None, None)

# One of each method that writes; some twice, so that there is something to change.
WRITES: list[Callable[[Ledger], object]] = [
    lambda ledger: ledger.keep_memory(Memory(pending=DiversionState("meeting", at("10:00")))),
    lambda ledger: ledger.keep_memory(MEMORY, SET),
    lambda ledger: ledger.confirm_last(Confirmation.CONFIRMED),
    lambda ledger: ledger.keep_memory(Memory(), CLEARED),
    lambda ledger: ledger.keep_controls(CONTROLS),
    lambda ledger: ledger.keep_controls(Controls()),
    lambda ledger: ledger.add_skip(Skip("m", until=at("10:00"))),
    lambda ledger: ledger.add_skip(Skip("series", series=True)),
    lambda ledger: ledger.drop_skip("m", series=False),
    lambda ledger: ledger.keep_events(EVENTS),
    lambda ledger: ledger.keep_as_of(at("08:01")),
    lambda ledger: ledger.keep_events(replace(EVENTS, as_of=at("08:02"), events=())),
    lambda ledger: ledger.keep_status({"phase": "running"}),
    lambda ledger: ledger.offsets(),
    lambda ledger: ledger.keep_memory(MEMORY),
]


def test_an_empty_ledger_has_written_nothing(ledger: Ledger) -> None:
    assert everything(ledger) == EMPTY
    assert ledger.memory().last == CLEAR


def test_everything_survives_a_restart(ledger: Ledger, path: Path) -> None:
    for write in WRITES:
        write(ledger)
    ledger.keep_events(EVENTS)
    before, offsets = everything(ledger), ledger.offsets()
    ledger.close()
    again = Ledger(path)
    assert everything(again) == before
    assert before == (
        MEMORY,
        Controls(),
        (Skip("series", series=True),),
        (CLEARED, replace(SET, confirmation=Confirmation.CONFIRMED)),
        EVENTS,
        {"phase": "running"},
    )
    assert again.offsets() == offsets
    assert all(0 <= share <= 1 for share in offsets)
    again.close()


def test_computers_have_offsets_of_their_own(tmp_path: Path) -> None:
    drawn = set()
    for number in range(3):
        ledger = Ledger(tmp_path / f"{number}.sqlite")
        drawn.add(ledger.offsets())
        ledger.close()
    assert len(drawn) == 3


def test_the_log_of_changes_stays_small_shrinks_again_and_is_gone_at_rest(ledger: Ledger, path: Path) -> None:
    log = path.with_name(path.name + "-wal")
    for number in range(400):
        ledger.keep_status({"number": number, "text": "x" * 2000})
    assert log.stat().st_size < 512 * 1024
    ledger.keep_events(replace(EVENTS, events=tuple(meeting(id=str(n), location="x" * 500) for n in range(4000))))
    assert log.stat().st_size > 1024 * 1024
    ledger.keep_events(EVENTS)
    for number in range(3):
        ledger.keep_status({"number": number})
    assert log.stat().st_size <= 256 * 1024
    ledger.close()
    assert not log.exists()


def test_the_files_mode_is_wal_and_every_commit_is_synchronised(ledger: Ledger, path: Path) -> None:
    ledger.keep_memory(MEMORY)
    assert path.with_name(path.name + "-wal").stat().st_size > 0
    with sqlite3.connect(path) as other:
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    other.close()


def test_history_is_newest_first_limited_and_forgets_after_half_a_month(ledger: Ledger) -> None:
    for day in range(20):
        ledger.keep_memory(Memory(), replace(SET, at=SET.at + timedelta(days=day)))
    kept = ledger.history()
    assert [entry.at for entry in kept] == [SET.at + timedelta(days=day) for day in range(19, 3, -1)]
    assert ledger.history(limit=2) == kept[:2]


def test_when_the_calendar_was_asked_last_counts_for_the_events_at_hand_only(ledger: Ledger) -> None:
    ledger.keep_events(EVENTS)
    ledger.keep_as_of(at("09:00"))
    assert ledger.events() == replace(EVENTS, as_of=at("09:00"))
    # The clock ran ahead, and was set right: what is fetched now is not fresh until then.
    ledger.keep_as_of(at("09:00") + timedelta(days=3000))
    ledger.keep_events(replace(EVENTS, as_of=at("09:01")))
    assert ledger.events() == replace(EVENTS, as_of=at("09:01"))


def test_a_skip_is_kept_once_and_by_kind(ledger: Ledger) -> None:
    ledger.add_skip(Skip("x", until=at("10:00")))
    ledger.add_skip(Skip("x", until=at("11:00")))
    ledger.add_skip(Skip("x", series=True))
    assert set(ledger.skips()) == {Skip("x", until=at("11:00")), Skip("x", series=True)}
    ledger.drop_skip("x", series=False)
    ledger.drop_skip("never there", series=True)
    assert ledger.skips() == (Skip("x", series=True),)


def test_what_cannot_be_read_back_counts_as_none(ledger: Ledger, path: Path) -> None:
    ledger.keep_memory(MEMORY)
    ledger.keep_controls(CONTROLS)
    with sqlite3.connect(path) as other:
        other.execute("UPDATE kept SET value = '{\"last\": 7}' WHERE name = 'memory'")
    other.close()
    assert ledger.memory() == Memory()
    assert ledger.controls() == CONTROLS


# --- kill -9 ---


def _kill_at(number: int, path: Path, *, opcodes: int = 0) -> int:
    """A child of its own writes, and is killed at statement ``number`` (or within one); how many writes it finished."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        seen = [0]

        def look(*_statement: str) -> int:
            seen[0] += 1
            if seen[0] == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return 0

        armed: set[int] = set()

        def arm(_frame: object, what: str, called: object) -> None:
            """Before the first use of a connection, from outside of the ledger."""
            connection = getattr(called, "__self__", None)
            if what != "c_call" or not isinstance(connection, sqlite3.Connection) or id(connection) in armed:
                return
            armed.add(id(connection))
            if opcodes:
                connection.set_progress_handler(look, opcodes)
            else:
                connection.set_trace_callback(look)

        sys.setprofile(arm)
        ledger = Ledger(path)
        for write in WRITES:
            write(ledger)
            os.write(writing, b".")
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        finished = len(pipe.read())
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return finished if os.WIFSIGNALED(status) else -1


def kill_everywhere(folder: Path, opcodes: int) -> int:
    """Kills a writing process at its every statement; how often."""
    reference = Ledger(folder / "reference")
    states = [everything(reference)]
    for write in WRITES:
        write(reference)
        states.append(everything(reference))
    reference.close()
    number = 0
    while True:
        number += 1
        path = folder / f"{opcodes}-{number}"
        finished = _kill_at(number, path, opcodes=opcodes)
        if finished < 0:
            return number - 1
        ledger = Ledger(path)
        assert ledger.moved_to is None
        assert everything(ledger) in (states[finished], states[min(finished + 1, len(WRITES))]), (number, finished)
        ledger.keep_memory(MEMORY)  # and it goes on
        assert ledger.memory() == MEMORY
        ledger.close()


def in_process_of_its_own(call: str, *arguments: object) -> str:
    """Runs a function of this module in a fresh single-threaded process (which may fork, or give up its rights)."""
    code = f"from tests.sync import test_ledger as t; from pathlib import Path; print(t.{call})"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.skipif(sys.platform == "win32", reason="only on systems with fork")
@pytest.mark.parametrize(("opcodes", "at_least"), [(0, 60), (25, 25)])
def test_killed_between_any_two_statements_the_ledger_is_before_or_after(
    tmp_path: Path, opcodes: int, at_least: int
) -> None:
    kills = int(in_process_of_its_own(f"kill_everywhere(Path({str(tmp_path)!r}), {opcodes})"))
    assert kills >= at_least


# --- a file, a folder or a disk that will not ---


@pytest.mark.parametrize("content", [b"no database at all" * 100, b"SQLite format 3\x00" + b"\xff" * 4096])
def test_a_damaged_file_is_set_aside_and_a_new_one_begun(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    ledger = Ledger(path)
    assert ledger.moved_to == path.with_name("ledger.sqlite.damaged")
    assert ledger.moved_to.read_bytes() == content
    assert everything(ledger) == EMPTY
    ledger.keep_memory(MEMORY)
    ledger.close()
    again = Ledger(path)
    assert again.moved_to is None
    assert again.memory() == MEMORY
    again.close()


def test_of_a_file_damaged_in_the_middle_what_can_be_read_is_kept(ledger: Ledger, path: Path) -> None:
    skips = [Skip(f"skip number {number} " + "x" * 100) for number in range(200)]
    ledger.keep_memory(MEMORY, SET)
    for skip in skips:
        ledger.add_skip(skip)
    ledger.close()
    damaged = path.read_bytes()
    at_the_end = len(damaged) - 4096
    path.write_bytes(damaged[:at_the_end] + b"\xa5" * 4096)
    again = Ledger(path)
    assert again.moved_to is not None
    assert again.memory() == MEMORY
    assert again.history() == (SET,)
    assert 0 < len(again.skips()) < len(skips)
    assert set(again.skips()) < set(skips)
    (warning,) = again.warnings
    assert str(path) in warning.text.sv
    assert str(again.moved_to) in warning.text.en
    again.close()


def test_rows_that_make_no_sense_are_not_rescued(ledger: Ledger, path: Path) -> None:
    ledger.keep_memory(MEMORY, SET)
    ledger.add_skip(Skip("x"))
    ledger.close()
    with sqlite3.connect(path) as other:
        other.execute("UPDATE history SET at = 'noon'")
        other.execute("CREATE TABLE filler (a)")
        other.executemany("INSERT INTO filler VALUES (?)", [("x" * 4000,)] * 5)
    other.close()
    whole = path.read_bytes()
    path.write_bytes(whole[:-4096] + b"\xa5" * 4096)
    again = Ledger(path)
    assert again.moved_to is not None
    assert (again.memory(), again.history(), again.skips()) == (MEMORY, (), (Skip("x"),))
    again.close()


def test_a_ledger_of_a_newer_version_is_refused_and_left_alone(ledger: Ledger, path: Path) -> None:
    ledger.keep_memory(MEMORY)
    ledger.close()
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA user_version = 99")
    other.close()
    with pytest.raises(LedgerDamaged, match="newer version") as error:
        Ledger(path)
    assert "nyare version" in str(error.value.message("sv"))
    assert path.exists()
    assert not path.with_name("ledger.sqlite.damaged").exists()


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(LedgerDamaged, match=r"nowhere.*unable to open"):
        Ledger(tmp_path / "nowhere" / "ledger.sqlite")


def test_a_file_that_another_process_holds_is_not_moved_away(ledger: Ledger, path: Path) -> None:
    ledger.keep_memory(MEMORY)
    ledger.close()
    patient = Ledger(path, wait_seconds=0.05)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerDamaged, match="locked"):
        Ledger(path, wait_seconds=0.05)
    with pytest.raises(LedgerDamaged, match="locked"):
        patient.keep_memory(Memory())
    other.execute("ROLLBACK")
    other.close()
    assert patient.memory() == MEMORY
    patient.keep_memory(Memory())
    assert patient.memory() == Memory()
    patient.close()


def use_without_rights(folder: Path) -> str:
    """What a process that may only read says of a ledger."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setuid(65534)
    try:
        Ledger(folder / "ledger.sqlite")
    except LedgerDamaged as error:
        return str(error)
    return "opened"


@pytest.mark.skipif(sys.platform == "win32", reason="only on systems with POSIX rights")
def test_a_folder_that_cannot_be_written_to_is_an_error_and_the_ledger_stays() -> None:
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="ledger-") as name:
        folder = Path(name)
        path = folder / "ledger.sqlite"
        ledger = Ledger(path)
        ledger.keep_memory(MEMORY)
        ledger.close()
        path.chmod(0o444)
        folder.chmod(0o555)
        assert "cannot be used" in in_process_of_its_own(f"use_without_rights(Path({name!r}))")
        folder.chmod(stat.S_IRWXU)
        path.chmod(0o600)
        again = Ledger(path)
        assert again.moved_to is None
        assert again.memory() == MEMORY
        again.close()


def fill_the_disk(path: Path) -> str:
    """Writes until no file may grow any more; then room is made again."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ledger = Ledger(path)
    ledger.keep_memory(MEMORY, SET)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    kept = 0
    try:
        for _ in range(1000):
            ledger.keep_memory(MEMORY, SET)
            kept += 1
    except LedgerDamaged as error:
        problem = str(error)
    assert kept < 1000
    assert len(ledger.history()) == min(kept + 1, 500)
    try:
        ledger.keep_memory(Memory(), CLEARED)
    except LedgerDamaged:
        assert ledger.memory() == MEMORY
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    ledger.keep_memory(Memory(), CLEARED)
    assert ledger.memory() == Memory()
    ledger.close()
    again = Ledger(path)
    assert again.moved_to is None
    assert again.history(limit=1) == (CLEARED,)
    again.close()
    return problem


@pytest.mark.skipif(sys.platform == "win32", reason="only on systems with RLIMIT_FSIZE")
def test_a_full_disk_costs_nothing_that_was_kept_and_is_over_when_there_is_room(path: Path) -> None:
    assert "Check that the disk has room" in in_process_of_its_own(f"fill_the_disk(Path({str(path)!r}))")


def test_a_private_event_keeps_what_it_asked_for(ledger: Ledger) -> None:
    secret = event("s", at("09:00"), at("10:00"), None, ShowAs.BUSY, private=True, remembered="meeting")
    ledger.keep_events(replace(EVENTS, events=(secret,)))
    kept = ledger.events()
    assert kept is not None
    assert kept.events == (secret,)
    assert isinstance(kept.events[0], CalendarEvent)


# --- Several switchboards


def test_each_switchboard_has_a_memory_of_its_own(ledger: Ledger) -> None:
    ledger.memory_of("office")
    ledger.keep_memory(MEMORY)
    assert ledger.memory_of("home") == Memory(), "what was written in another says nothing of this one"
    home = Memory(last=DiversionState("lunch"))
    ledger.keep_memory(home)
    assert ledger.recall("office") == MEMORY
    assert ledger.memory_of("office") == MEMORY == ledger.memory()
    assert ledger.recall("home") == home
    ledger.keep_for("home", Memory())
    assert (ledger.memory(), ledger.recall("home")) == (MEMORY, Memory())


def test_only_the_last_few_switchboards_are_remembered(ledger: Ledger) -> None:
    for number in range(12):
        ledger.memory_of(str(number))
        ledger.keep_memory(MEMORY)
    assert [ledger.recall(str(number)) == MEMORY for number in range(12)] == [False] * 3 + [True] * 9


def test_a_ledger_that_never_knew_which_switchboard_keeps_what_it_knows(ledger: Ledger) -> None:
    ledger.keep_memory(MEMORY)
    assert ledger.memory_of("office") == MEMORY
