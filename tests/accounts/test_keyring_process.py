"""The keyring in a process of its own: the same answers, nothing of it here, and no process longer than needed."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from b2cal_desktop.accounts.keyring_process import KeyringProcess, is_worth_it
from b2cal_desktop.accounts.secrets import KeyringSecretStore
from b2cal_desktop.core.errors import SecretsUnavailable

HUSH = "hemligt-å\ud83d-" * 300  # half a character too: whatever a secret is, it comes back

KEYRING = """
import sys, threading
from keyring.errors import KeyringLocked
from b2cal_desktop.accounts.keyring_process import serve

class Vault:
    kept = {}
    def get_password(self, service, user):
        if service.endswith("locked"):
            raise KeyringLocked("hemligt")
        if service.endswith("prompt"):
            threading.Event().wait()
        return self.kept.get((service, user))
    def set_password(self, service, user, password):
        self.kept[service, user] = password
    def delete_password(self, service, user):
        del self.kept[service, user]

sys.exit(serve(Vault))
"""


@pytest.fixture
def make() -> Iterator[Callable[..., KeyringProcess]]:
    made: list[KeyringProcess] = []

    def new(linger: float = 30) -> KeyringProcess:
        made.append(KeyringProcess([sys.executable, "-c", KEYRING], linger=linger))
        return made[-1]

    yield new
    for one in made:
        one.close()


def children() -> list[int]:
    return [int(number) for number in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]


linux = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc; elsewhere there is no such process")


def test_it_keeps_secrets_as_a_keyring_does(make: Callable[..., KeyringProcess]) -> None:
    store = KeyringSecretStore(make(), "p", limit=100)
    store.set_secret("a", HUSH)
    store.set_secret("b", "kort")
    assert (store.get_secret("a"), store.get_secret("b"), store.get_secret("c")) == (HUSH, "kort", None)
    store.delete_secret("a")
    assert store.get_secret("a") is None


def test_what_the_keyring_says_comes_in_our_words(make: Callable[..., KeyringProcess]) -> None:
    store = KeyringSecretStore(make(), "p")
    with pytest.raises(SecretsUnavailable, match="it is locked") as caught:
        store.get_secret("locked")
    assert "hemligt" not in str(caught.value)
    assert store.get_secret("a") is None, "the next question is answered"


@linux
def test_a_secret_is_in_no_argument_and_no_environment(make: Callable[..., KeyringProcess]) -> None:
    keyring, before = make(), set(children())
    keyring.set_password("s", "u", "hemligt-ord")
    (child,) = set(children()) - before
    for place in ("cmdline", "environ"):
        assert b"hemligt-ord" not in Path(f"/proc/{child}/{place}").read_bytes()


@linux
def test_the_process_ends_soon_after_the_last_question_and_a_new_one_starts(
    make: Callable[..., KeyringProcess],
) -> None:
    keyring, before = make(linger=0.05), set(children())
    keyring.set_password("s", "u", "x")
    deadline = time.monotonic() + 10
    while set(children()) - before:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert keyring.get_password("s", "u") is None, "another process, with a vault of its own"


@linux
def test_one_that_was_killed_is_told_of_and_replaced(make: Callable[..., KeyringProcess]) -> None:
    keyring, before = make(), set(children())
    keyring.get_password("s", "u")
    (child,) = set(children()) - before
    os.kill(child, 9)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    assert keyring.get_password("s", "u") is None
    store = KeyringSecretStore(KeyringProcess([sys.executable, "-c", "pass"]), "p")
    with pytest.raises(SecretsUnavailable, match="does not answer"):
        store.get_secret("s")
    with pytest.raises(SecretsUnavailable, match="does not answer"):
        KeyringSecretStore(KeyringProcess(["/no/such/program"]), "p").get_secret("s")


@linux
def test_it_does_not_outlive_who_asks_even_while_the_keyring_waits_for_its_user() -> None:
    asking = """
import subprocess, sys, threading
from b2cal_desktop.accounts.keyring_process import KeyringProcess
keyring = KeyringProcess([sys.executable, "-c", sys.argv[1]])
keyring.get_password("s", "u")
print(keyring._process.pid, flush=True)
keyring.get_password("prompt", "u")
"""
    with subprocess.Popen([sys.executable, "-c", asking, KEYRING], stdout=subprocess.PIPE, text=True) as asker:
        assert asker.stdout is not None
        child = Path("/proc") / asker.stdout.readline().strip()
        assert child.exists()
        asker.kill()
    deadline = time.monotonic() + 10
    while child.exists() and "Z" not in (child / "stat").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("platform", "desktop", "worth"),
    [
        ("linux", "ubuntu:GNOME", True),
        ("linux", "", True),
        ("linux", "KDE", False),
        ("win32", "", False),
        ("darwin", "", False),
    ],
)
def test_where_it_would_save_nothing_or_have_the_user_asked_again_there_is_none(
    platform: str, desktop: str, worth: bool
) -> None:
    assert is_worth_it(platform, {"XDG_CURRENT_DESKTOP": desktop} if desktop else {}) is worth
