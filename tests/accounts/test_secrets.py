"""Secrets: kept whole in the keyrings there are, never in those that keep them badly, and told when there is none."""

import json
import logging
import os
import shutil
import subprocess
import sys
import threading
from argparse import Namespace
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jeepney.io.common
import keyring.backend
import pytest
import secretstorage.exceptions
from hypothesis import given
from hypothesis import strategies as st
from keyring.errors import KeyringLocked, PasswordDeleteError

from b2cal_desktop.accounts.secrets import (
    WINDOWS_LIMIT,
    KeyringSecretStore,
    MemorySecretStore,
)
from b2cal_desktop.context import Context
from b2cal_desktop.core.errors import SecretsUnavailable
from b2cal_desktop.core.ports import SecretStore
from b2cal_desktop.system.paths import Profile

HUSH = "Hush7Canary9"


class Died(BaseException):
    """The program was killed."""


class WindowsVault(keyring.backend.KeyringBackend):
    """As strict as Windows' vault: at most 2,560 bytes of UTF-16, and one user per service keeps their name."""

    priority = -1  # type: ignore[assignment]  # a constant is what keyring's own backends show

    def __init__(self) -> None:
        self.entries: dict[str, str] = {}
        self.writes_left = -1

    def _count(self) -> None:
        if self.writes_left == 0:
            raise Died
        self.writes_left -= 1

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get(service)

    def set_password(self, service: str, username: str, password: str) -> None:
        if len(password.encode("utf-16-le")) > 2560:
            raise OSError(1783, "The stub received bad data", password)
        self._count()
        self.entries[service] = password

    def delete_password(self, service: str, username: str) -> None:
        if service not in self.entries:
            raise PasswordDeleteError(service)
        self._count()
        del self.entries[service]


@pytest.fixture
def vault() -> WindowsVault:
    return WindowsVault()


@pytest.fixture
def store(vault: WindowsVault) -> KeyringSecretStore:
    return KeyringSecretStore(vault, "profile", limit=WINDOWS_LIMIT)


@pytest.mark.parametrize("which", ["memory", "keyring"])
def test_kept_replaced_and_forgotten(which: str, vault: WindowsVault) -> None:
    store: SecretStore = MemorySecretStore() if which == "memory" else KeyringSecretStore(vault, "p", limit=1280)
    assert store.get_secret("switchboard") is None
    store.delete_secret("switchboard")
    store.set_secret("switchboard", HUSH)
    store.set_secret("microsoft365", "other")
    assert store.get_secret("switchboard") == HUSH
    store.set_secret("switchboard", "")
    assert store.get_secret("switchboard") == ""
    store.delete_secret("switchboard")
    assert store.get_secret("switchboard") is None
    assert store.get_secret("microsoft365") == "other"
    assert HUSH not in repr(store)


@given(
    secrets=st.lists(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=3).flatmap(
            lambda part: st.integers(0, 2000).map(lambda times: part * times)
        ),
        min_size=1,
        max_size=3,
    )
)
def test_any_secret_of_any_length_survives_the_windows_limit_and_leaves_nothing_behind(secrets: list[str]) -> None:
    vault = WindowsVault()
    store = KeyringSecretStore(vault, "p", limit=WINDOWS_LIMIT)
    for secret in secrets:
        store.set_secret("s", secret)
        assert store.get_secret("s") == secret
    chunks = (
        0 if len(secrets[-1].encode("utf-16-le")) <= 2560 else json.loads(vault.entries["B2Cal Desktop/p/s"][13:])[1]
    )
    assert len(vault.entries) == chunks + 1
    store.delete_secret("s")
    assert vault.entries == {}


def test_a_secret_that_looks_like_a_manifest_is_still_a_secret(store: KeyringSecretStore) -> None:
    secret = 'b2cal-chunks:[0, 1, "x"]'
    store.set_secret("s", secret)
    assert store.get_secret("s") == secret


@pytest.mark.parametrize("old", ["a" * 4000, "short", None])
@pytest.mark.parametrize("new", ["b" * 6000, "brief"])
def test_a_kill_at_any_write_leaves_the_old_secret_or_the_new_one(old: str | None, new: str) -> None:
    for writes in range(30):
        vault = WindowsVault()
        if old is not None:
            KeyringSecretStore(vault, "p", limit=1280).set_secret("s", old)
        vault.writes_left = writes
        finished = _set_until_killed(vault, new)
        vault.writes_left = -1
        store = KeyringSecretStore(vault, "p", limit=1280)
        assert store.get_secret("s") in (old, new)
        store.set_secret("s", "c" * 3000)
        assert store.get_secret("s") == "c" * 3000
        store.delete_secret("s")
        assert vault.entries == {}
        if finished:
            return
    pytest.fail("never finished")


def _set_until_killed(vault: WindowsVault, new: str) -> bool:
    class Synchronous(KeyringSecretStore):
        """Asks in the caller's thread, so that a kill reaches it."""

        def _ask(self, call: Any) -> Any:
            return call()

    try:
        Synchronous(vault, "p", limit=1280).set_secret("s", new)
    except Died:
        return False
    return True


def test_a_damaged_secret_is_none_and_said_in_the_log(
    store: KeyringSecretStore, vault: WindowsVault, caplog: pytest.LogCaptureFixture
) -> None:
    store.set_secret("s", HUSH * 500)
    vault.entries[max(vault.entries)] = "cut"
    with caplog.at_level(logging.WARNING):
        assert store.get_secret("s") is None
    assert "incomplete" in caplog.text and HUSH not in caplog.text
    for manifest in ("b2cal-chunks:", "b2cal-chunks:[0, 99999999, 1]", "b2cal-chunks:{}", "b2cal-chunks:[[], 1, 2]"):
        vault.entries["B2Cal Desktop/profile/s"] = manifest
        assert store.get_secret("s") is None
    store.set_secret("s", "new")
    assert store.get_secret("s") == "new"


class Forgetful(WindowsVault):
    """Takes everything, keeps nothing, as the null backend does."""

    def set_password(self, service: str, username: str, password: str) -> None:
        return


class Locked(WindowsVault):
    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked(HUSH)


class Failing(WindowsVault):
    def set_password(self, service: str, username: str, password: str) -> None:
        raise OSError(f"could not write {password}")


@pytest.mark.parametrize("backend", [Forgetful, Locked, Failing])
def test_a_keyring_that_does_not_keep_is_told_of_without_the_secret(backend: type[WindowsVault]) -> None:
    with pytest.raises(SecretsUnavailable) as caught:
        KeyringSecretStore(backend(), "p").set_secret("s", HUSH)
    assert HUSH not in f"{caught.value!r}{caught.value.__cause__!r}{caught.value.message('sv')}"
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert caught.value.exit_code == 3


class Prompting(WindowsVault):
    """Waits for somebody to unlock it."""

    def __init__(self) -> None:
        super().__init__()
        self.unlocked = threading.Event()
        self.prompts = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.prompts += 1
        self.unlocked.wait(30)
        return super().get_password(service, username)


def test_a_prompt_that_nobody_answers_holds_nobody_up_and_is_not_repeated() -> None:
    backend = Prompting()
    backend.entries["B2Cal Desktop/p/s"] = HUSH
    store = KeyringSecretStore(backend, "p", patience=0.05)
    for _ in range(3):
        with pytest.raises(SecretsUnavailable, match="waiting to be unlocked"):
            store.get_secret("s")
    assert backend.prompts == 1
    backend.unlocked.set()
    store._waiting.thread.join(10)  # type: ignore[union-attr]
    assert store.get_secret("s") == HUSH


@pytest.mark.parametrize(("waits", "heard"), [(0.05, True), (20, False)], ids=["too late", "in time"])
def test_who_has_given_up_hears_that_somebody_has_unlocked_it(waits: float, heard: bool) -> None:
    backend, told = Prompting(), threading.Event()
    store = KeyringSecretStore(backend, "p", patience=waits, unlocked=told.set)
    if heard:
        with pytest.raises(SecretsUnavailable):
            store.get_secret("s")
    assert not told.is_set()
    backend.unlocked.set()
    assert told.wait(10) if heard else store.get_secret("s") is None
    assert told.is_set() is heard
    assert store.get_secret("s") is None, "and is not told that it still waits"


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (jeepney.io.common.RouterClosed("gone"), "it does not answer"),
        (ConnectionResetError(), "it does not answer"),
        (secretstorage.exceptions.SecretServiceNotAvailableException("no bus"), "it does not answer"),
        (secretstorage.exceptions.LockedException("locked"), "it is locked"),
        (secretstorage.exceptions.PromptDismissedException("no"), "it is locked"),
        (ZeroDivisionError(), "ZeroDivisionError"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_what_the_libraries_below_raise_is_told_in_words(error: Exception, says: str) -> None:
    class Raising(WindowsVault):
        def get_password(self, service: str, username: str) -> str | None:
            raise error

    with pytest.raises(SecretsUnavailable, match=says):
        KeyringSecretStore(Raising(), "p").get_secret("s")


def test_two_threads_that_ask_first_get_the_same_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One with memory of its own would lose what it is given."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    context = Context(Namespace(profile=str(tmp_path), settings=None))
    with ThreadPoolExecutor(8) as pool:
        stores = {id(store) for store in pool.map(lambda _: context.secret_store, range(8))}
    assert len(stores) == 1


# --- The real thing: what keyring finds on this computer, in a process of its own ---

OPEN = """
import json, sys, warnings
warnings.simplefilter("error")
from b2cal_desktop.accounts.secrets import open_secret_store
assert "keyring" not in sys.modules
from b2cal_desktop.system.paths import Profile
store, problem = open_secret_store(Profile.in_folder(sys.argv[1]))
found = store.get_secret("switchboard")
if len(sys.argv) > 2:
    store.set_secret("switchboard", sys.argv[2])
    assert store.get_secret("switchboard") == sys.argv[2]
if sys.argv[2:] == [""]:
    store.delete_secret("switchboard")
print(json.dumps([type(store).__name__, problem and str(problem), found]))
"""


def open_in_a_process(tmp_path: Path, *arguments: str, bus: str | None = None, **environ: str) -> list[Any]:
    home = tmp_path / "home"
    run = tmp_path / "run"
    for folder in (home, run):
        folder.mkdir(mode=0o700, exist_ok=True)
    environ = {
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(run),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(sys.path),
        **environ,
    }
    command = [sys.executable, "-c", OPEN, str(tmp_path / "profile"), *arguments]
    if bus is not None:
        command = ["dbus-run-session", "--", "sh", "-c", f'{bus} "$@"', "sh", *command]
    answer = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert answer.returncode == 0, answer.stderr
    result: list[Any] = json.loads(answer.stdout.splitlines()[-1])
    return result


linux = pytest.mark.skipif(sys.platform != "linux", reason="only on Linux")
UNLOCKED = "printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null;"


@pytest.fixture
def secret_service(tmp_path: Path) -> Path:
    for program in ("dbus-run-session", "gnome-keyring-daemon"):
        if not shutil.which(program):
            pytest.skip(f"not installed: {program}")
    return tmp_path


@linux
def test_the_secret_service_keeps_it_from_one_start_to_the_next(secret_service: Path) -> None:
    assert open_in_a_process(secret_service, HUSH * 500, bus=UNLOCKED) == ["KeyringSecretStore", None, None]
    assert open_in_a_process(secret_service, "", bus=UNLOCKED) == ["KeyringSecretStore", None, HUSH * 500]
    assert open_in_a_process(secret_service, bus=UNLOCKED) == ["KeyringSecretStore", None, None]
    kept = [file for file in secret_service.rglob("*") if file.is_file()]
    assert kept and all(HUSH.encode() not in file.read_bytes() for file in kept)


@linux
def test_a_locked_keyring_means_memory_and_says_so(secret_service: Path) -> None:
    open_in_a_process(secret_service, HUSH, bus=UNLOCKED)
    locked = "gnome-keyring-daemon --start --components=secrets >/dev/null;"
    kind, problem, found = open_in_a_process(secret_service, "x", bus=locked)
    assert (kind, found) == ("MemorySecretStore", None)
    assert "locked" in problem or "cannot be opened" in problem


@linux
def test_no_bus_means_memory_and_says_so(tmp_path: Path) -> None:
    kind, problem, found = open_in_a_process(tmp_path, HUSH, DBUS_SESSION_BUS_ADDRESS="unix:path=/nowhere")
    assert (kind, found) == ("MemorySecretStore", None)
    assert "there is none on this computer" in problem
    assert all(HUSH.encode() not in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


PLAIN = """
import keyring.backend
class Keyring(keyring.backend.KeyringBackend):
    priority = 20
    def get_password(self, service, username):
        return None
    def set_password(self, service, username, password):
        open("@", "a").write(password)
"""


@linux
@pytest.mark.parametrize("chosen_by", ["environment", "file", "chain"])
def test_plain_text_and_forgetful_keyrings_are_refused_however_they_were_chosen(tmp_path: Path, chosen_by: str) -> None:
    leaked = tmp_path / "leaked"
    (tmp_path / "plain_text.py").write_text(PLAIN.replace("@", str(leaked).replace("\\", "/")))
    config = tmp_path / "home" / "config" / "python_keyring"
    config.mkdir(parents=True)
    environ = {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path]), "LOCALAPPDATA": str(tmp_path)}
    if chosen_by == "environment":
        environ["PYTHON_KEYRING_BACKEND"] = "plain_text.Keyring"
    elif chosen_by == "file":
        (config / "keyringrc.cfg").write_text("[backend]\ndefault-keyring=keyring.backends.null.Keyring\n")
    else:
        plugin = tmp_path / "plain_text-1.dist-info"
        plugin.mkdir()
        (plugin / "METADATA").write_text("Metadata-Version: 2.1\nName: plain-text\nVersion: 1\n")
        (plugin / "entry_points.txt").write_text("[keyring.backends]\nplain = plain_text\n")
    kind, problem, _ = open_in_a_process(tmp_path, HUSH, DBUS_SESSION_BUS_ADDRESS="unix:path=/nowhere", **environ)
    assert kind == "MemorySecretStore"
    assert "is not accepted" in problem
    assert not leaked.exists()


@linux
def test_beside_a_plain_text_plugin_the_trusted_keyring_takes_all(secret_service: Path) -> None:
    leaked = secret_service / "leaked"
    (secret_service / "plain_text.py").write_text(PLAIN.replace("@", str(leaked)))
    plugin = secret_service / "plain_text-1.dist-info"
    plugin.mkdir()
    (plugin / "METADATA").write_text("Metadata-Version: 2.1\nName: plain-text\nVersion: 1\n")
    (plugin / "entry_points.txt").write_text("[keyring.backends]\nplain = plain_text\n")
    path = os.pathsep.join([str(secret_service), *sys.path])
    first = open_in_a_process(secret_service, HUSH, bus=UNLOCKED, PYTHONPATH=path)
    second = open_in_a_process(secret_service, bus=UNLOCKED, PYTHONPATH=path)
    assert (first, second) == (["KeyringSecretStore", None, None], ["KeyringSecretStore", None, HUSH])
    assert not leaked.exists()


def test_profiles_do_not_share_secrets(tmp_path: Path, vault: WindowsVault) -> None:
    one, other = (KeyringSecretStore(vault, Profile.in_folder(tmp_path / name).id) for name in "ab")
    one.set_secret("s", HUSH)
    assert other.get_secret("s") is None


LATE = """
import subprocess, sys, time
from argparse import Namespace
from b2cal_desktop.context import Context
context = Context(Namespace(profile=sys.argv[1], settings=None))
context.secret_store.set_secret("a", sys.argv[2])
assert "none on this computer" in str(context.secrets_problem), context.secrets_problem
context.try_keyring_again()
assert context.secrets_problem is not None and context.secret_store.get_secret("a") == sys.argv[2]
daemon = ["gnome-keyring-daemon", "--unlock", "--components=secrets"]
subprocess.run(daemon, input=b"pw", check=True, stdout=subprocess.DEVNULL)
for _ in range(100):  # until it is on the bus
    context.try_keyring_again()
    if context.secrets_problem is None:
        break
    time.sleep(0.1)
print(type(context.secret_store).__name__, context.secret_store.get_secret("a") == sys.argv[2])
"""


LATE_TO_THE_ENGINE = """
import subprocess, sys, threading
from argparse import Namespace
import b2cal_desktop.engine as engine
from b2cal_desktop.context import Context
from b2cal_desktop.core.state import Health
from b2cal_desktop.switchboards.practice import PracticeSwitchboard
from b2cal_desktop.system.clock import SystemClock

profile, secret = sys.argv[1:]
engine._KEYRING_SECONDS = 0.2
waits, works = threading.Event(), threading.Event()
warnings = []

def hear(state):
    if state.switchboard.health is Health.NEEDS_SIGN_IN and not waits.is_set():
        warnings.extend(warning.code for warning in state.warnings)
        waits.set()
    if state.switchboard.health is Health.OK and state.warnings == ():
        works.set()

with PracticeSwitchboard(port=0, now=SystemClock().now, token=secret) as switchboard:
    with open(profile + "/settings.toml", "w") as file:
        print("calendar.source = 'icalendar'", file=file)
        print(f"calendar.icalendar.location = '{profile}/k.ics'", file=file)
        print(f"switchboard.fields = {{base_url = '{switchboard.url}', user = 'anna'}}", file=file)
    running = engine.Engine(Context(Namespace(profile=profile, settings=None), lasts=True), hear)
    running.start()
    assert waits.wait(30)
    daemon = ["gnome-keyring-daemon", "--unlock", "--components=secrets"]
    subprocess.run(daemon, input=b"pw", check=True, stdout=subprocess.DEVNULL)
    print(warnings, works.wait(30))
    running.stop()
"""


@pytest.fixture
def bare_bus(secret_service: Path) -> tuple[list[str], dict[str, str]]:
    """The start of a command on a bus that starts no keyring by itself, and its environment."""
    (secret_service / "bus.conf").write_text(
        "<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>"
        '<policy context="default"><allow send_destination="*" eavesdrop="true"/>'
        '<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>'
    )
    for name in ("home", "run"):
        (secret_service / name).mkdir(mode=0o700)
    environ = {"PATH": os.environ["PATH"], "HOME": str(secret_service / "home"), "B2CAL_POLICY": "/nowhere.toml"}
    environ |= {"XDG_DATA_HOME": str(secret_service / "home" / "data"), "PYTHONPATH": os.pathsep.join(sys.path)}
    environ |= {"XDG_RUNTIME_DIR": str(secret_service / "run")}
    start = ["dbus-run-session", "--config-file", str(secret_service / "bus.conf"), "--", sys.executable, "-c"]
    return start, environ


@linux
def test_a_keyring_that_comes_later_takes_what_memory_had(
    secret_service: Path, bare_bus: tuple[list[str], dict[str, str]]
) -> None:
    start, environ = bare_bus
    command = [*start, LATE, str(secret_service / "profile"), HUSH]
    answer = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert answer.stdout == "KeyringSecretStore True\n", answer.stderr


STORE = """
import sys
from b2cal_desktop.accounts.secrets import open_secret_store
from b2cal_desktop.system.paths import Profile
open_secret_store(Profile.in_folder(sys.argv[1]))[0].set_secret("switchboard/practice/token", sys.argv[2])
"""


@linux
def test_the_running_app_goes_on_by_itself_once_there_is_a_keyring(
    profile: Path, bare_bus: tuple[list[str], dict[str, str]]
) -> None:
    """One that starts with the session, but after this program."""
    start, environ = bare_bus
    session = [*start[:-2], "sh", "-c", f'{UNLOCKED} "$@"', "sh", *start[-2:]]
    subprocess.run([*session, STORE, str(profile), HUSH], env=environ, check=True, timeout=60)
    command = [*start, LATE_TO_THE_ENGINE, str(profile), HUSH]
    answer = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=90, check=False)
    assert answer.stdout == "['secrets_unavailable'] True\n", answer.stderr
