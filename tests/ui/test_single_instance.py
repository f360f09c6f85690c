"""Two processes of one profile: the second asks the first to open its window; a killed one is no obstacle."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
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
