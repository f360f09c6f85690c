"""The computer's keyring as a ``SecretStore``, and memory where there is none.

Each secret has a service name of its own: Windows renames the first of two users under one. Windows also holds 1,280
characters per entry, so a longer secret is cut into chunks; the entry under the secret's own name is then a manifest,
written last: whoever reads meets the old secret or the new one, whole.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from b2cal_desktop.accounts.keyring_process import GONE, Keyring
from b2cal_desktop.core.errors import SecretsUnavailable
from b2cal_desktop.core.model import Text
from b2cal_desktop.core.ports import SecretStore
from b2cal_desktop.system.paths import APP_NAME, Profile

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_T = TypeVar("_T")
_log = logging.getLogger(__name__)

WINDOWS_LIMIT = 1280  # UTF-16 code units: a blob of 2,560 bytes
_USER = "b2cal-desktop"
_MANIFEST = "b2cal-chunks:"
_PATIENCE = 60.0

_NONE = "keyring.backends.fail.Keyring"
_DISABLED = "keyring.backends.null.Keyring"
_WINDOWS = "keyring.backends.Windows.WinVaultKeyring"
_ALLOWED = frozenset(
    {
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.libsecret.Keyring",
        "keyring.backends.kwallet.DBusKeyring",
        "keyring.backends.kwallet.DBusKeyringKWallet4",
        "keyring.backends.macOS.Keyring",
        _WINDOWS,
    }
)

_LOCKED = Text("den är låst", "it is locked")
_MISSING = Text("det finns ingen på den här datorn", "there is none on this computer")
_FORGETFUL = Text("den sparar inte det den får", "it does not keep what it is given")
_SILENT = Text("den väntar på att låsas upp", "it is waiting to be unlocked")
# What keyring lets through of the libraries below it, which need not be there: SecretStorage, and its own for D-Bus.
_MESSAGE_BUS = ("secretstorage", "jeepney")
_LOCKED_OUT = ("LockedException", "PromptDismissedException")


class MemorySecretStore:
    """Secrets for as long as the program runs, for computers without a keyring. Never written anywhere."""

    def __init__(self) -> None:
        self._secrets: dict[str, str] = {}

    def get_secret(self, name: str) -> str | None:
        return self._secrets.get(name)

    def set_secret(self, name: str, value: str) -> None:
        self._secrets[name] = value

    def delete_secret(self, name: str) -> None:
        self._secrets.pop(name, None)

    def __len__(self) -> int:
        return len(self._secrets)

    def move_to(self, store: SecretStore) -> None:
        """Give everything to ``store``; raises SecretsUnavailable, and then nothing is lost."""
        for name, value in list(self._secrets.items()):
            store.set_secret(name, value)
            self.delete_secret(name)


class KeyringSecretStore:
    """Secrets in ``backend``, under ``B2Cal Desktop/<profile>/<name>``.

    ``limit`` is how many UTF-16 code units one entry may hold, None for no limit. A call that the keyring does not
    answer within ``patience`` seconds, since it waits for somebody to unlock it, raises SecretsUnavailable; further
    ones do at once until it has answered. ``unlocked`` is called, on any thread, when it has, after all.
    """

    def __init__(
        self,
        backend: Keyring,
        profile_id: str,
        *,
        limit: int | None = None,
        patience: float = _PATIENCE,
        unlocked: Callable[[], None] = lambda: None,
    ) -> None:
        self._backend = backend
        self._profile_id = profile_id
        self._limit = limit
        self._patience = patience
        self._unlocked = unlocked
        self._lock = threading.RLock()
        self._waiting: _Answer[Any] | None = None

    def get_secret(self, name: str) -> str | None:
        """The secret kept under ``name``; None if there is none, or one that was damaged: then sign in again."""
        with self._lock:
            for _ in range(2):  # another program of this profile may be replacing it: look once more
                entry = self._read(self._service(name))
                if entry is None or not entry.startswith(_MANIFEST):
                    return entry
                if (secret := self._joined(name, entry)) is not None:
                    return secret
        _log.warning("a secret in the keyring is incomplete")
        return None

    def set_secret(self, name: str, value: str) -> None:
        """Keep ``value`` under ``name``, and read it back to be sure."""
        with self._lock:
            old = self._generation(name)
            if self._fits(value) and not value.startswith(_MANIFEST):
                self._write(self._service(name), value)
                new = None
            else:
                new = 1 - old if old is not None else 0
                self._write_chunks(name, value, new)
            for generation in (0, 1):
                if generation != new:
                    self._delete_chunks(name, generation)
            if self.get_secret(name) != value:
                raise SecretsUnavailable(_FORGETFUL)

    def delete_secret(self, name: str) -> None:
        """Forget ``name`` and every chunk of it; it is no error if there is none."""
        with self._lock:
            self._delete(self._service(name))
            for generation in (0, 1):
                self._delete_chunks(name, generation)

    def _service(self, name: str, *chunk: int) -> str:
        return "/".join((APP_NAME, self._profile_id, name, *map(str, chunk)))

    def _fits(self, value: str) -> bool:
        return self._limit is None or _units(value) <= self._limit

    def _generation(self, name: str) -> int | None:
        entry = self._read(self._service(name))
        manifest = _manifest(entry) if entry else None
        return manifest[0] if manifest else None

    def _joined(self, name: str, entry: str) -> str | None:
        """The secret whose manifest is ``entry``; None if a chunk is missing or not the one that was written."""
        manifest = _manifest(entry)
        if manifest is None:
            return None
        generation, count, digest = manifest
        chunks = [self._read(self._service(name, generation, number)) for number in range(count)]
        secret = "".join(chunk or "" for chunk in chunks)
        return secret if _digest(secret) == digest else None

    def _write_chunks(self, name: str, value: str, generation: int) -> None:
        chunks = [*_chunks(value, self._limit or WINDOWS_LIMIT)]
        for number, chunk in enumerate(chunks):
            self._write(self._service(name, generation, number), chunk)
        self._delete_chunks(name, generation, len(chunks))
        manifest = json.dumps([generation, len(chunks), _digest(value)])
        self._write(self._service(name), _MANIFEST + manifest)

    def _delete_chunks(self, name: str, generation: int, first: int = 0) -> None:
        """The last one first: what is left after a kill is still found by counting from the first."""
        end = first
        while self._read(self._service(name, generation, end)) is not None:
            end += 1
        for number in reversed(range(first, end)):
            self._delete(self._service(name, generation, number))

    def _read(self, service: str) -> str | None:
        return self._ask(lambda: self._backend.get_password(service, _USER))

    def _write(self, service: str, value: str) -> None:
        self._ask(lambda: self._backend.set_password(service, _USER, value))

    def _delete(self, service: str) -> None:
        if self._read(service) is not None:
            self._ask(lambda: self._backend.delete_password(service, _USER))

    def _ask(self, call: Callable[[], _T]) -> _T:
        if self._waiting is not None and not self._waiting.done:
            raise SecretsUnavailable(_SILENT)
        self._waiting = answer = _Answer(call, self._unlocked)
        return answer.within(self._patience)


class _Answer(Generic[_T]):
    """The result of a call to the keyring, made in a thread that nobody has to wait for.

    ``late`` is called on that thread where nobody waits any more, and the keyring then answers after all.
    """

    def __init__(self, call: Callable[[], _T], late: Callable[[], None] = lambda: None) -> None:
        self._call, self._late = call, late
        self._result: _T | None = None
        self._error: Exception | None = None
        self._guard = threading.Lock()
        self._given_up = False
        self.done = False
        self.thread = threading.Thread(target=self._run, name="keyring", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            self._result = self._call()
        except Exception as error:  # noqa: BLE001  backends raise what they like; ``within`` makes one error of it
            self._error = error
        with self._guard:
            self.done = True
        if self._given_up and self._error is None:
            self._late()

    def within(self, seconds: float) -> _T:
        self.thread.join(seconds)
        with self._guard:
            self._given_up = not self.done
        if self._given_up:
            raise SecretsUnavailable(_SILENT)
        if self._error is not None:
            # Without the cause: its text is a stranger's, and may hold what was to be kept.
            raise SecretsUnavailable(problem_of(self._error)) from None
        return cast(_T, self._result)


def open_secret_store(
    profile: Profile,
    unlocked: Callable[[], None] = lambda: None,
    patience: float = _PATIENCE,
    *,
    keyring: Keyring | None = None,
) -> tuple[SecretStore, SecretsUnavailable | None]:
    """The keyring for ``profile``; where it cannot be used, memory, and why. May block: not on the GUI thread.

    Only the platforms' own keyrings are trusted: a configuration file can name one that keeps plain text, or nothing.
    ``unlocked`` is called, on any thread, when a keyring that kept somebody waiting for too long can be used after all.
    ``keyring`` is asked, where one is given, instead of looking for one here: a ``KeyringProcess``, which looks itself.
    """
    try:
        backend = keyring or _Answer(trusted_backend, unlocked).within(patience)
        limit = WINDOWS_LIMIT if _name(backend) == _WINDOWS else None
        store = KeyringSecretStore(backend, profile.id, limit=limit, patience=patience, unlocked=unlocked)
        store.get_secret("probe")
    except SecretsUnavailable as error:
        return MemorySecretStore(), error
    return store, None


def may_come_by_itself(problem: SecretsUnavailable) -> bool:
    """Whether a keyring may be looked for again without asking anybody: there was none, and so none was locked."""
    return problem.details["problem"] in (_MISSING, GONE)


def trusted_backend() -> KeyringBackend:
    """The keyring of this computer that is to be used; raises SecretsUnavailable, and what ``keyring`` raises."""
    import keyring

    backend: Any = keyring.get_keyring()
    if _name(backend) == _NONE:
        backend = _come_since() or backend
    if _name(backend) not in (_NONE, _DISABLED):
        # A chain hands a secret to whichever backend takes it, and a plug-in may rank first: the strongest of the
        # trusted ones takes all of ours.
        ranked = sorted(keyring.backend.get_all_keyring(), key=keyring.backend.by_priority, reverse=True)
        backend = next((one for one in (backend, *ranked) if _name(one) in _ALLOWED), backend)
    if _name(backend) == _NONE:
        raise SecretsUnavailable(_MISSING)
    if _name(backend) not in _ALLOWED:
        raise SecretsUnavailable(Text(f"{_name(backend)} godtas inte", f"{_name(backend)} is not accepted"))
    if _name(backend) == _WINDOWS:
        backend.persist = "local machine"  # the default roams with the user to other computers
    trusted: KeyringBackend = backend
    return trusted


def _come_since() -> KeyringBackend | None:
    """A keyring that has come to life since the library looked for one, which it does once only."""
    from keyring.backend import KeyringBackend

    found = [kind for kind in KeyringBackend._classes if f"{kind.__module__}.{kind.__qualname__}" in _ALLOWED]
    viable = sorted((kind for kind in found if kind.viable), key=lambda kind: kind.priority)
    return viable[-1]() if viable else None


def _name(backend: object) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


def problem_of(error: Exception) -> Text:
    """What people are told of ``error``, whoever raised it: no stranger's wording."""
    if isinstance(error, SecretsUnavailable):
        problem = error.details["problem"]
        return problem if isinstance(problem, Text) else Text.same(str(problem))
    from keyring.errors import InitError, KeyringLocked, NoKeyringError

    if isinstance(error, KeyringLocked):
        return _LOCKED
    if isinstance(error, NoKeyringError):
        return _MISSING
    if isinstance(error, InitError):
        return Text("den går inte att öppna", "it cannot be opened")
    if type(error).__name__ in _LOCKED_OUT:
        return _LOCKED
    if type(error).__module__.partition(".")[0] in _MESSAGE_BUS or isinstance(error, ConnectionError | EOFError):
        return GONE
    return Text.same(type(error).__name__)


def _manifest(entry: str) -> tuple[int, int, str] | None:
    """Generation (0 or 1), number of chunks and digest of a manifest; None for anything else."""
    if not entry.startswith(_MANIFEST):
        return None
    try:
        generation, count, digest = json.loads(entry.removeprefix(_MANIFEST))
    except (ValueError, TypeError, RecursionError):
        return None
    if generation not in (0, 1) or not isinstance(count, int) or not 0 <= count <= 1000:
        return None
    return generation, count, str(digest)


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()


def _units(text: str) -> int:
    return len(text) + sum(1 for character in text if ord(character) > 0xFFFF)


def _chunks(value: str, limit: int) -> Iterator[str]:
    """``value`` in parts of at most ``limit`` UTF-16 code units; no character is cut in two."""
    start = used = 0
    for index, character in enumerate(value):
        size = _units(character)
        if used + size > limit:
            yield value[start:index]
            start, used = index, 0
        used += size
    yield value[start:]
