"""The real registry, vault, DPAPI, processes and session end of Windows; elsewhere stand-ins are asked instead.

``make windows-test`` runs this by Windows' Python on Wine; the workflow runs it on Windows itself.
"""

from __future__ import annotations

import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from b2cal_desktop.system.autostart import autostart_state, heal_autostart, set_autostart
from b2cal_desktop.system.ending import ask_to_end, running_copies
from b2cal_desktop.system.paths import Profile
from b2cal_desktop.system.registry_policy import KEY, read_registry_policy

pytestmark = pytest.mark.skipif(sys.platform != "win32", reason="only on Windows")

RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
APPROVED = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"

if sys.platform == "win32":
    import ctypes
    import winreg

    def delete_tree(root: int, key: str) -> None:
        with winreg.OpenKey(root, key, 0, winreg.KEY_ALL_ACCESS) as opened:
            while winreg.QueryInfoKey(opened)[0]:
                delete_tree(root, f"{key}\\{winreg.EnumKey(opened, 0)}")
        winreg.DeleteKey(root, key)


# The registry


@pytest.fixture
def run_key() -> Iterator[None]:
    set_autostart(False)
    yield
    set_autostart(False)


def test_log_in_start_is_a_value_of_the_run_key(run_key: None) -> None:
    assert not autostart_state().enabled
    assert set_autostart(True).enabled
    with winreg.OpenKey(winreg.HKEY_CURRENT_USER, RUN) as key:
        command = winreg.QueryValueEx(key, "B2Cal Desktop")[0]
    assert command.endswith("--background")
    assert not autostart_state().outdated
    assert not set_autostart(False).enabled


def test_a_program_that_moved_is_put_right(run_key: None) -> None:
    with winreg.CreateKey(winreg.HKEY_CURRENT_USER, RUN) as key:
        winreg.SetValueEx(key, "B2Cal Desktop", 0, winreg.REG_SZ, r'"C:\gone\B2Cal Desktop.exe" --background')
    assert autostart_state().outdated
    assert heal_autostart()
    assert not autostart_state().outdated


def test_task_managers_no_counts(run_key: None) -> None:
    set_autostart(True)
    with winreg.CreateKey(winreg.HKEY_CURRENT_USER, APPROVED) as key:
        winreg.SetValueEx(key, "B2Cal Desktop", 0, winreg.REG_BINARY, b"\x03" + b"\0" * 11)
    assert not autostart_state().enabled
    assert set_autostart(True).enabled, "whoever says yes here takes that no away"


def test_group_policys_values_are_read_with_their_kinds() -> None:
    try:
        with winreg.CreateKey(winreg.HKEY_LOCAL_MACHINE, rf"{KEY}\Locked\sync") as key:
            winreg.SetValueEx(key, "poll_seconds", 0, winreg.REG_DWORD, 120)
            winreg.SetValueEx(key, "enabled", 0, winreg.REG_DWORD, 0)
    except PermissionError:
        pytest.skip("only on Windows with an administrator's rights")
    try:
        with winreg.CreateKey(winreg.HKEY_LOCAL_MACHINE, rf"{KEY}\Defaults\calendar\exchange") as key:
            winreg.SetValueEx(key, "user", 0, winreg.REG_EXPAND_SZ, r"FORETAG\%USERNAME%")
        with winreg.CreateKey(winreg.HKEY_LOCAL_MACHINE, rf"{KEY}\Defaults\rules") as key:
            winreg.SetValueEx(key, "order", 0, winreg.REG_MULTI_SZ, ["lunch", "meeting"])
        found = read_registry_policy()
        assert found["locked"] == {"sync": {"poll_seconds": 120, "enabled": False}}
        assert found["defaults"]["rules"] == {"order": ["lunch", "meeting"]}
        assert found["defaults"]["calendar"]["exchange"]["user"] == winreg.ExpandEnvironmentStrings(
            r"FORETAG\%USERNAME%"
        )
    finally:
        delete_tree(winreg.HKEY_LOCAL_MACHINE, KEY)
    assert read_registry_policy() == {}


# Secrets


def test_the_vault_keeps_long_secrets_and_forgets_them(tmp_path: Path) -> None:
    from b2cal_desktop.accounts.secrets import KeyringSecretStore, open_secret_store

    profile = Profile.in_folder(tmp_path)
    store, problem = open_secret_store(profile)
    assert problem is None
    assert isinstance(store, KeyringSecretStore)
    for secret in ("s", "å" * 1280, "å" * 5000, "kort", "🔑" * 1500):
        store.set_secret("calendar/test", secret)
        again, _ = open_secret_store(profile)
        assert again.get_secret("calendar/test") == secret
    other, _ = open_secret_store(Profile.in_folder(tmp_path / "other"))
    assert other.get_secret("calendar/test") is None, "profiles share nothing"
    store.delete_secret("calendar/test")
    assert store.get_secret("calendar/test") is None


def test_tokens_are_encrypted_on_disk_by_the_system(tmp_path: Path) -> None:
    from b2cal_desktop.accounts.token_cache import open_token_cache

    def no_keyring() -> None:
        raise AssertionError("Windows encrypts the file itself")

    secret = f"refresh-{uuid.uuid4()}"
    profile = Profile.in_folder(tmp_path)
    cache = open_token_cache(profile, no_keyring)  # type: ignore[arg-type,return-value]
    cache.kept.save(f'{{"RefreshToken": {{"a": {{"secret": "{secret}"}}}}}}')
    assert cache.kept.problem is None
    assert secret in open_token_cache(profile, no_keyring).kept.load()  # type: ignore[arg-type,return-value]
    assert all(secret.encode() not in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    cache.kept.forget()
    assert secret not in open_token_cache(profile, no_keyring).kept.load()  # type: ignore[arg-type,return-value]


# Ends

LISTENS = """
import sys, threading
from b2cal_desktop.system.ending import on_end_asked
ended = threading.Event()
on_end_asked(ended.set)
print("ready", flush=True)
ended.wait(60)
"""
HANGS = "import time; print('ready', flush=True); time.sleep(60)"


def start(program: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "ready"
    return process


def test_copies_end_when_they_are_asked_and_those_that_do_not_are_named() -> None:
    with start(LISTENS) as one, start(LISTENS) as two, start(HANGS) as deaf:
        mine = {one.pid, two.pid, deaf.pid}
        copies = [copy for copy in running_copies(Path(sys.executable).parent) if copy.process in mine]
        assert {copy.process for copy in copies} == mine
        began = time.monotonic()
        left = ask_to_end(copies, 3)
        assert [copy.process for copy in left] == [deaf.pid]
        assert left[0].program.name.lower() == Path(sys.executable).name.lower()
        assert time.monotonic() - began < 6
        assert (one.wait(10), two.wait(10)) == (0, 0)
        deaf.kill()


TRAY = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from b2cal_desktop.ui.log_off import LogOffWindow
app = QApplication([])
app.setQuitOnLastWindowClosed(False)
window = LogOffWindow()
window.asked_to_close.connect(lambda: print("asked", flush=True))
app.aboutToQuit.connect(lambda: print("leaving", flush=True))
QTimer.singleShot(0, lambda: print("ready", int(window.winId()), sep="\\n", flush=True))
QTimer.singleShot(60_000, app.quit)
app.exec()
"""
CLOSE, QUERY_END, END = 0x10, 0x11, 0x16


def test_log_off_is_heard_in_time_though_no_window_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "windows")
    send, post = ctypes.windll.user32.SendMessageW, ctypes.windll.user32.PostMessageW
    send.argtypes = post.argtypes = (ctypes.c_void_p, ctypes.c_uint, ctypes.c_size_t, ctypes.c_size_t)
    with start(TRAY) as tray:
        assert tray.stdout is not None
        window = int(tray.stdout.readline())
        post(window, CLOSE, 0, 0)
        assert tray.stdout.readline().strip() == "asked"
        assert tray.poll() is None, "the one who asked does not end it"
        assert send(window, QUERY_END, 0, 0) == 1, "it does not stand in the way"
        send(window, END, 1, 0)
        assert tray.stdout.readline().strip() == "leaving"
        assert tray.wait(10) == 0
