"""Two processes of one profile: the second asks the first to open its window; a killed one is no obstacle."""

import getpass
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from b2cal_desktop.ui.single_instance import SingleInstance

FIRST = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QTimer
from b2cal_desktop.ui.single_instance import SingleInstance
app = QCoreApplication([])
one = SingleInstance(Path(sys.argv[1]))
one.asked_to_open.connect(lambda: print("open", flush=True))
print("first" if one.claim() else "second", flush=True)
QTimer.singleShot(int(sys.argv[2]), one.listen)
app.exec()
"""


@pytest.fixture(autouse=True)
def _runtime_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # Not below tmp_path: the address of a socket may not be longer than some hundred bytes.
    with tempfile.TemporaryDirectory(prefix="b2cal") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield


def start(profile: Path, listens_after_ms: int = 0) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", FIRST, str(profile), str(listens_after_ms)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "first\n"
    return process


@pytest.mark.parametrize("listens_after_ms", [0, 300], ids=["running", "itself starting"])
def test_the_second_start_asks_the_first_to_open(qtbot: QtBot, profile: Path, listens_after_ms: int) -> None:
    process = start(profile, listens_after_ms)
    try:
        second = SingleInstance(profile)
        assert not second.claim()
        assert second.ask_to_open()
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
    finally:
        process.kill()
        process.communicate()


def test_after_a_kill_the_next_start_is_the_first(qtbot: QtBot, profile: Path) -> None:
    process = start(profile)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    heir = SingleInstance(profile)
    assert heir.claim()
    heir.listen()
    assert heir.listening
    heir.release()


@pytest.mark.skipif(sys.platform == "win32", reason="only on systems with a folder for such files")
def test_a_lock_of_a_process_that_is_no_more_is_none_whoever_bears_its_number_now(qtbot: QtBot, profile: Path) -> None:
    """As after a power cut, on a computer that has got another name since, or from a backup of another one."""
    process = start(profile)
    (lock,) = Path(os.environ["XDG_RUNTIME_DIR"]).glob("*.lock")
    process.kill()
    process.communicate()
    name = Path(f"/proc/{os.getpid()}/exe").readlink().name if sys.platform == "linux" else "python"
    lock.write_text(f"{os.getpid()}\n{name}\nanother-computer\n{'0' * 32}\n{'0' * 32}\n")
    heir = SingleInstance(profile)
    assert heir.claim()
    assert not SingleInstance(profile).claim()
    heir.release()


@pytest.mark.skipif(sys.platform == "win32", reason="only on systems with a folder for such files")
def test_without_a_folder_for_such_files_the_profile_has_them(
    qtbot: QtBot, profile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one of the session is somebody else's, as after ``su``, and what Qt would take instead is in the way too."""
    (tmp_path / f"runtime-{getpass.getuser()}").touch()
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / f"runtime-{getpass.getuser()}"))
    monkeypatch.chdir("/")
    one = SingleInstance(profile)
    assert one.claim()
    one.listen()
    assert one.listening and [*profile.glob("*.lock")]
    monkeypatch.chdir(profile)
    assert not SingleInstance(profile).claim(), "wherever it is started"
    one.release()


def test_another_profile_is_another_program(qtbot: QtBot, tmp_path: Path) -> None:
    one, other = SingleInstance(tmp_path / "a"), SingleInstance(tmp_path / "b")
    assert one.claim()
    assert other.claim()
    one.release()
    other.release()
    again = SingleInstance(tmp_path / "a")
    assert again.claim()
    again.release()


@pytest.mark.skipif(sys.platform == "win32", reason="only on systems with file permissions")
def test_the_socket_is_for_this_user_alone(qtbot: QtBot, profile: Path) -> None:
    one = SingleInstance(profile)
    assert one.claim()
    one.listen()
    (socket,) = Path(os.environ["XDG_RUNTIME_DIR"]).glob("*.sock")
    assert stat.S_IMODE(socket.stat().st_mode) & 0o077 == 0
    one.release()


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux, for root")
@pytest.mark.parametrize("session_folders", [True, False], ids=["a folder each", "one for all, in /tmp"])
def test_two_users_of_one_computer_do_not_meet(session_folders: bool) -> None:
    """On a terminal server, even where both say the same profile."""
    setpriv = shutil.which("setpriv")
    if os.geteuid() != 0 or setpriv is None:
        pytest.skip("only for root, who can be two others")
    with tempfile.TemporaryDirectory(prefix="b2cal") as name, ExitStack() as running:
        shared = Path(name)
        shared.chmod(0o1777)
        for user in (1, 65534):
            environ = {
                "PATH": os.environ["PATH"],
                "PYTHONPATH": os.pathsep.join(sys.path),
                "TMPDIR": name,
                "HOME": name,
            }
            if session_folders:
                folder = shared / str(user)
                folder.mkdir(0o700)
                os.chown(folder, user, user)
                environ["XDG_RUNTIME_DIR"] = str(folder)
            command = [setpriv, f"--reuid={user}", f"--regid={user}", "--clear-groups"]
            process = running.enter_context(
                subprocess.Popen(
                    [*command, sys.executable, "-c", FIRST, "/srv/profile", "0"],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    text=True,
                    env=environ,
                    cwd="/",
                )
            )
            running.callback(process.kill)
            assert process.stdout is not None and process.stdout.readline() == "first\n"
        (socket,) = wait_for_sockets(shared, 2)[:1]
        reach = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"
        others = [setpriv, "--reuid=65534", "--regid=65534", "--clear-groups", sys.executable, "-c", reach, str(socket)]
        answer = subprocess.run(others, capture_output=True, text=True, check=False, timeout=20, cwd="/")
        assert "PermissionError" in answer.stderr


def wait_for_sockets(folder: Path, number: int) -> list[Path]:
    """Of the user with the lowest number first, as root is told."""
    deadline = time.monotonic() + 20
    while len(found := [*folder.rglob("*.sock")]) < number:
        assert time.monotonic() < deadline, found
        time.sleep(0.02)
    return sorted(found, key=lambda path: path.stat().st_uid)


def test_other_words_are_not_heard(qtbot: QtBot, profile: Path) -> None:
    one = SingleInstance(profile)
    assert one.claim()
    one.listen()
    asked: list[bool] = []
    one.asked_to_open.connect(lambda: asked.append(True))
    socket = QLocalSocket()
    socket.connectToServer(one._address)
    assert socket.waitForConnected(1000)
    with qtbot.waitSignal(socket.disconnected, timeout=2000):
        socket.write(b"x" * 100_000)
    assert asked == []
    one.release()
