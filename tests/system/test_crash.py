"""What nobody foresaw is noticed and kept, by type and place; a process that was killed is left in peace."""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from b2cal_desktop.system.clock import SystemClock
from b2cal_desktop.system.crash import Crash, CrashWatch, kept_crashes
from b2cal_desktop.system.paths import Profile

HUSH = "Hush7Canary9"
WATCHED = """
import ctypes, logging, os, sys, threading, time
from b2cal_desktop.core.errors import CalendarUnreachable
from b2cal_desktop.system.clock import SystemClock
from b2cal_desktop.system.crash import CrashWatch, uncaught_told
from b2cal_desktop.system.paths import Profile

logging.getLogger("b2cal_desktop").addHandler(logging.NullHandler())  # as the program does

def fail():
    raise ValueError(sys.argv[3])

class Falls:
    def __del__(self):
        fail()

def thread():
    one = threading.Thread(target=fail, name="b2cal-sync")
    one.start()
    one.join()

def top_of_a_thread():
    log = logging.getLogger("b2cal_desktop.sync.loop")
    for _ in range(3):
        try:
            fail()
        except ValueError as error:
            log.error("the sync cycle failed", exc_info=error)
    log.error("foreseen", exc_info=CalendarUnreachable("cal.foretag.se", "silence"))

def slot():
    from PySide6.QtCore import QCoreApplication, QTimer
    app = QCoreApplication([])
    QTimer.singleShot(0, fail)
    QTimer.singleShot(50, app.quit)
    app.exec()

def wait():
    print("ready", flush=True)
    time.sleep(60)

what = {
    "raise": fail, "thread": thread, "del": Falls, "log": top_of_a_thread, "slot": slot, "wait": wait,
    "nothing": lambda: None, "segv": lambda: ctypes.string_at(0), "abort": os.abort, "exit": lambda: os._exit(3),
}[sys.argv[2]]
with uncaught_told(), CrashWatch(Profile.in_folder(sys.argv[1]), SystemClock()) as watch:
    watch.told = lambda: print("told", threading.current_thread().name, flush=True)
    what()
"""


def run(folder: Path, what: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", WATCHED, str(folder), what, HUSH]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def next_start(folder: Path) -> tuple[Crash, ...]:
    """What the next start would ask about."""
    with CrashWatch(Profile.in_folder(folder), SystemClock()) as watch:
        return watch.look_back()


def left(folder: Path) -> set[str]:
    return {path.name for path in (folder / "log").iterdir()}


def nothing_said(folder: Path, *texts: str) -> bool:
    files = [path.read_text() for path in folder.rglob("*") if path.is_file()]
    return all(HUSH not in text for text in (*files, *texts))


@pytest.mark.parametrize(
    ("what", "code", "told"),
    [
        ("raise", 1, ""),
        ("thread", 0, "told b2cal-sync\n"),
        ("slot", 0, "told MainThread\n"),
        ("del", 0, ""),
        ("log", 0, ""),
    ],
)
def test_an_exception_that_nobody_foresaw_is_kept_by_type_and_place(
    profile: Path, what: str, code: int, told: str
) -> None:
    done = run(profile, what)
    assert (done.returncode, done.stdout) == (code, told)
    assert nothing_said(profile, done.stdout, done.stderr)
    (crash,) = next_start(profile)
    assert (crash.kind, crash.ended) == ("exception", what == "raise")
    assert crash.trace[-1] == "ValueError" and any(line.endswith("in fail") for line in crash.trace)
    assert ("ValueError" in done.stderr) == (what in ("raise", "thread", "slot"))
    assert left(profile) == {"crashes.json"}


@pytest.mark.parametrize(("what", "fault"), [("segv", "Segmentation fault"), ("abort", "Aborted")])
@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX")
def test_a_process_that_dies_of_a_signal_is_asked_about_at_the_next_start(profile: Path, what: str, fault: str) -> None:
    done = run(profile, what)
    assert done.returncode < 0
    assert left(profile) == {"running", "fault.txt"}
    assert {path.stat().st_mode & 0o777 for path in (profile / "log").iterdir()} == {0o600}
    (crash,) = next_start(profile)
    assert (crash.kind, crash.ended, crash.trace[-1]) == ("signal", True, fault)
    assert any(line.startswith('  File "<string>", line ') for line in crash.trace)
    assert left(profile) == {"crashes.json"}
    assert nothing_said(profile, done.stderr)


def test_who_was_killed_or_ended_well_is_not_asked_about(profile: Path) -> None:
    assert run(profile, "nothing").returncode == 0 and left(profile) == set()
    command = [sys.executable, "-c", WATCHED, str(profile), "wait", HUSH]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout is not None and killed.stdout.readline() == "ready\n"
        assert "running" in left(profile)
        killed.kill()
    assert next_start(profile) == ()
    assert run(profile, "exit").returncode == 3  # as when the power goes
    assert next_start(profile) == () and left(profile) == set()


def test_a_second_process_leaves_the_first_ones_files_alone(profile: Path) -> None:
    command = [sys.executable, "-c", WATCHED, str(profile), "wait", HUSH]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None and first.stdout.readline() == "ready\n"
        assert run(profile, "nothing").returncode == 0
        assert left(profile) == {"running", "fault.txt"}
        if os.name == "posix":
            first.send_signal(signal.SIGSEGV)
        else:
            first.kill()
    assert len(next_start(profile)) == (1 if os.name == "posix" else 0)


def test_an_answer_is_remembered_and_the_crash_stays_for_reports(profile: Path) -> None:
    run(profile, "raise")
    with CrashWatch(Profile.in_folder(profile), SystemClock()) as watch:
        assert len(watch.look_back()) == 1
        watch.answer()
        assert watch.look_back() == ()
    assert next_start(profile) == ()
    (kept,) = kept_crashes(Profile.in_folder(profile))
    assert kept.answered


def test_a_crash_of_a_thread_while_looking_back_holds_nobody_up(profile: Path) -> None:
    (profile / "log").mkdir()
    (profile / "log" / "running").touch()
    (profile / "log" / "fault.txt").write_text("Fatal Python error: Aborted\n\nCurrent thread 0x1\n")
    ours, told, ended = logging.getLogger("b2cal_desktop"), logging.getLogger(CrashWatch.__module__), list[bool]()

    def meanwhile(_: logging.LogRecord) -> bool:
        """As the fault is told, another thread logs an exception, which wants the same files."""
        crash = ValueError()
        thread = threading.Thread(target=lambda: ours.error("failed", exc_info=crash), daemon=True)
        thread.start()
        thread.join(5)
        ended.append(not thread.is_alive())
        return True

    with CrashWatch(Profile.in_folder(profile), SystemClock()) as watch:
        told.addFilter(meanwhile)
        try:
            assert [crash.kind for crash in watch.look_back()] == ["signal"]
        finally:
            told.removeFilter(meanwhile)
    assert ended == [True]


def test_what_windows_tells_of_a_handled_exception_is_no_crash(profile: Path) -> None:
    (profile / "log").mkdir()
    for text, crashes in (("Windows fatal exception: code 0x8001010d\n\nCurrent thread 0x1\n", 0), ("?", 0),
                          ("Windows fatal exception: access violation\n\nCurrent thread 0x1\n", 1)):  # fmt: skip
        (profile / "log" / "running").touch()
        (profile / "log" / "fault.txt").write_text(text)
        assert len(next_start(profile)) == crashes


def test_a_damaged_record_and_a_folder_that_cannot_be_used_stop_nobody(profile: Path, tmp_path: Path) -> None:
    (profile / "log").mkdir()
    (profile / "log" / "crashes.json").write_text('[{"at": 7}]')
    assert next_start(profile) == ()
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    with CrashWatch(Profile.in_folder(in_the_way / "below"), SystemClock()) as watch:
        assert watch.look_back() == ()


def test_many_crashes_fill_no_disk(profile: Path) -> None:
    source = "\n".join(f"def f{n}():\n    raise ValueError" for n in range(30))
    names: dict[str, object] = {}
    exec(compile(source, "many.py", "exec"), names)  # noqa: S102  thirty places that fail
    with CrashWatch(Profile.in_folder(profile), SystemClock()) as watch:
        for number in range(30):
            try:
                names[f"f{number}"]()  # type: ignore[operator]
            except ValueError as error:
                watch._note(error, "x", ended=False)
    assert len(json.loads((profile / "log" / "crashes.json").read_text())) == 8


def test_the_watch_costs_the_start_next_to_nothing(profile: Path) -> None:
    begun = time.perf_counter()
    watch = CrashWatch(Profile.in_folder(profile), SystemClock())
    watch.begin()
    took = time.perf_counter() - begun
    watch.end()
    assert took < 0.05  # 1 ms and less on an idle machine
