"""Where msal's tokens are kept: encrypted by the platform, or in memory only; never readable on disk.

Windows: a file encrypted by DPAPI. macOS: the Keychain. Linux: the keyring, through ``SecretStore``. Import this
module late: it brings msal with it.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from msal_extensions import PersistedTokenCache
from msal_extensions.persistence import (
    BasePersistence,
    FilePersistenceWithDataProtection,
    KeychainPersistence,
    PersistenceNotFound,
)
from msal_extensions.token_cache import LockError

from b2cal_desktop.core.errors import SecretsUnavailable
from b2cal_desktop.core.model import Text
from b2cal_desktop.core.ports import SecretStore
from b2cal_desktop.system.paths import APP_NAME, Profile
from b2cal_desktop.system.private_files import make_private_file, make_private_folder

_log = logging.getLogger(__name__)

SECRET_NAME = "calendar/microsoft365/tokens"  # noqa: S105  a name, not a secret
_EMPTY = "{}"
_NOT_KEPT = Text("inloggningen kunde inte sparas där", "the sign-in could not be kept there")


class SecretPersistence(BasePersistence):  # type: ignore[misc]  # msal_extensions has no types
    """Keeps the tokens in a ``SecretStore``; a file beside it, without content, tells when they changed."""

    is_encrypted = True

    def __init__(self, secrets: SecretStore, signal: Path) -> None:
        self._secrets, self._signal = secrets, signal

    def save(self, content: str) -> None:
        """Keep ``content``; raises SecretsUnavailable."""
        self._secrets.set_secret(SECRET_NAME, content)
        make_private_file(self._signal)
        self._signal.touch()

    def load(self) -> str:
        """What was kept; raises SecretsUnavailable or PersistenceNotFound."""
        content = self._secrets.get_secret(SECRET_NAME)
        if content is None:
            raise PersistenceNotFound
        return content

    def time_last_modified(self) -> float:
        """When ``save`` was last called, by whichever program."""
        return self._signal.stat().st_mtime if self._signal.exists() else 0.0

    def get_location(self) -> str:
        """The file that tells of changes."""
        return str(self._signal)

    def delete(self) -> None:
        """Forget what was kept; raises SecretsUnavailable."""
        self._secrets.delete_secret(SECRET_NAME)


class KeptTokens(BasePersistence):  # type: ignore[misc]  # as above
    """A persistence that never stands in the way of a sign-in.

    What cannot be read counts as nobody being signed in. What cannot be kept stays in memory until the program ends;
    ``problem`` then says so. A keyring that is locked is neither: it raises SecretsUnavailable, to be tried again.
    """

    def __init__(self, inner: BasePersistence) -> None:
        self._inner = inner
        self._memory: str | None = None
        self._closed = False
        self.is_encrypted = inner.is_encrypted
        self.problem: SecretsUnavailable | None = None

    def save(self, content: str) -> None:
        """Keep ``content``, somewhere; nothing any more once ``forget`` was called."""
        if self._closed:
            return
        try:
            self._inner.save(content)
        except SecretsUnavailable as error:
            self.problem, self._memory = error, content
        except OSError as error:
            _log.warning("the token cache cannot be written: %s", type(error).__name__)
            self.problem, self._memory = SecretsUnavailable(_NOT_KEPT), content
        else:
            self.problem = self._memory = None

    def load(self) -> str:
        """The tokens as msal writes them; raises SecretsUnavailable."""
        if self._memory is not None:
            return self._memory
        try:
            content = str(self._inner.load())
            if isinstance(json.loads(content), dict):
                return content
        except PersistenceNotFound:
            return _EMPTY
        except (OSError, ValueError, RecursionError) as error:  # not decrypted here, or cut off, or not text
            _log.warning("the token cache cannot be read: %s", type(error).__name__)
        return _EMPTY

    def time_last_modified(self) -> float:
        """When somebody last wrote; 0 for never, and while memory counts."""
        if self._memory is not None:
            return 0.0
        try:
            return float(self._inner.time_last_modified())
        except OSError:
            return 0.0

    def get_location(self) -> str:
        """The file beside which msal_extensions puts its lock."""
        return str(self._inner.get_location())

    def forget(self) -> None:
        """Keep nothing any more, here or in the platform's store; other running programs see an empty cache.

        Also what a request that is still on its way brings later is not kept. Raises SecretsUnavailable.
        """
        self._closed = True
        self._memory = self.problem = None
        self._inner.save(_EMPTY)
        if isinstance(self._inner, SecretPersistence):
            self._inner.delete()


class TokenCache(PersistedTokenCache):  # type: ignore[misc]  # as above
    """msal's cache over ``kept``; a lock file left behind by a killed program is no obstacle for ever."""

    def __init__(self, kept: KeptTokens) -> None:
        self.kept = kept
        self._lock_file = Path(kept.get_location() + ".lock")
        super().__init__(kept, str(self._lock_file))

    def modify(self, credential_type: Any, old_entry: Any, new_key_value_pairs: Any = None) -> None:
        """Change one entry and keep the whole."""
        try:
            super().modify(credential_type, old_entry, new_key_value_pairs)
        except LockError:
            # Nobody holds it for the 5 s that this took, unless he was killed or waits for a keyring's prompt.
            self._lock_file.unlink(missing_ok=True)
            super().modify(credential_type, old_entry, new_key_value_pairs)


def open_token_cache(profile: Profile, secrets: Callable[[], SecretStore], platform: str = sys.platform) -> TokenCache:
    """The cache of ``profile``. May block on a keyring when used: not on the GUI thread."""
    make_private_folder(profile.data)
    place = profile.data / "microsoft365-tokens"
    inner: BasePersistence
    if platform == "win32":
        inner = FilePersistenceWithDataProtection(str(place))
    elif platform == "darwin":
        inner = KeychainPersistence(str(place), APP_NAME, f"{profile.id}/{SECRET_NAME}")
    else:
        inner = SecretPersistence(secrets(), place)
    return TokenCache(KeptTokens(inner))
