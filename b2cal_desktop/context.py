"""What every command gets: arguments, profile, settings, clock and keyring, each once it is asked for."""

from __future__ import annotations

import logging
import os
import sys
import threading
from argparse import Namespace
from collections.abc import Callable, Sized
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from b2cal_desktop.core.errors import B2CalError, SecretsUnavailable, UsageError
from b2cal_desktop.core.model import Text, Warning
from b2cal_desktop.core.ports import Clock, SecretStore
from b2cal_desktop.system.clock import FixedClock, SystemClock
from b2cal_desktop.system.language import language
from b2cal_desktop.system.paths import Profile, policy_path
from b2cal_desktop.system.policy import load_policy
from b2cal_desktop.system.settings_file import VERSIONS, LoadedSettings, Versions, load_settings, migrate_settings
from b2cal_desktop.system.zones import system_timezone

if TYPE_CHECKING:
    from b2cal_desktop.accounts.keyring_process import Keyring
    from b2cal_desktop.accounts.microsoft import MicrosoftAccount
    from b2cal_desktop.system.settings import Settings

_log = logging.getLogger(__name__)


@dataclass
class Context:
    """One run of the program. ``keyring_unlocked`` hears, on any thread, of a keyring that answers after all.

    ``lasts``: the program goes on for days, so that memory counts for more than the moments that a keyring takes.
    """

    arguments: Namespace
    secrets_problem: SecretsUnavailable | None = None
    versions: Versions = VERSIONS
    keyring_unlocked: Callable[[], None] | None = None
    lasts: bool = False
    _account: MicrosoftAccount | None = None
    _accounts_lock: threading.Lock = field(default_factory=threading.Lock)
    _secrets_lock: threading.Lock = field(default_factory=threading.Lock)

    @cached_property
    def profile(self) -> Profile:
        return Profile.named(self.arguments.profile)

    @property
    def connector_folders(self) -> tuple[Path, ...]:
        """Where connector files beside the shipped ones stand; the last counts: the administrator's."""
        folders = (self.profile.connectors, policy_path(os.environ).parent / "connectors")
        return tuple(folder for folder in folders if folder.is_dir())

    @cached_property
    def loaded(self) -> LoadedSettings:
        chosen = getattr(self.arguments, "settings", None)
        if chosen and not Path(chosen).exists():
            problem = Text(f"inställningsfilen {chosen} finns inte", f"the settings file {chosen} does not exist")
            raise UsageError(problem)
        return self.load()

    def load(self) -> LoadedSettings:
        """Read the settings and the administrator's policy anew."""
        chosen = getattr(self.arguments, "settings", None)
        path = Path(chosen) if chosen else self.profile.settings
        return load_settings(path, load_policy(policy_path(os.environ)), versions=self.versions)

    def brought_up_to_date(self, loaded: LoadedSettings) -> LoadedSettings:
        """``loaded`` as it is, or read anew from a file that was of an older version; the old one is kept beside it.

        For whoever holds the profile's lock. A file that may not be written goes on being read as it is meant.
        """
        if loaded.migrated_from is None:
            return loaded
        try:
            migrate_settings(loaded.path, versions=self.versions)
        except OSError as error:
            _log.warning("the settings stay in version %s: %s", loaded.migrated_from, error.strerror)
            return loaded
        return self.load()

    @cached_property
    def language(self) -> str:
        return language(self.loaded.settings.language)

    @cached_property
    def clock(self) -> Clock:
        at = getattr(self.arguments, "at", None)
        if at is None:
            return SystemClock()
        if at.tzinfo is None:
            at = at.replace(tzinfo=self.loaded.settings.timezone(system_timezone()))
        return FixedClock(at)

    @cached_property
    def secret_store(self) -> SecretStore:
        from b2cal_desktop.accounts.secrets import open_secret_store

        with self._secrets_lock:  # of two threads that ask first, one opens it
            if "secret_store" not in self.__dict__:
                keyring = self._keyring_apart()
                self.__dict__["secret_store"], self.secrets_problem = open_secret_store(
                    self.profile, self._unlocked, keyring=keyring
                )
            store: SecretStore = self.__dict__["secret_store"]
            return store

    def _keyring_apart(self) -> Keyring | None:
        """Only at first: one that was missing is looked for every few seconds, each time by a process of its own."""
        from b2cal_desktop.accounts.keyring_process import KeyringProcess, is_worth_it

        return KeyringProcess() if self.lasts and is_worth_it() else None

    def find_secret(self, name: str) -> str | None:
        """What is kept as ``name``; None where there is nothing, or no keyring to ask: ``secrets_problem`` tells."""
        store = self.secret_store
        try:
            found = store.get_secret(name)
        except SecretsUnavailable as error:
            self.secrets_problem = error
            return None
        if not isinstance(store, Sized):  # nor memory
            self.secrets_problem = None
        return found

    def try_keyring_again(self) -> bool:
        """Whether a keyring that could not be used can be used now. May block.

        What memory has moves into it, and who is signed in is read from it anew.
        """
        if self.secrets_problem is None:
            return False
        kept = self.secret_store
        with self._secrets_lock:
            try:
                self.__dict__["secret_store"] = self._reopened(kept)
                self.secrets_problem = None
            except SecretsUnavailable as error:
                self.secrets_problem = error
                return False
        with self._accounts_lock:
            self._account = None  # it holds on to the store that it began with
        return True

    def _reopened(self, kept: SecretStore) -> SecretStore:
        from b2cal_desktop.accounts.secrets import MemorySecretStore, open_secret_store

        if not isinstance(kept, MemorySecretStore):
            kept.get_secret("probe")
            return kept
        store, problem = open_secret_store(self.profile, self._unlocked)
        if problem is not None:
            raise problem
        kept.move_to(store)
        return store

    def keyring_may_come(self) -> bool:
        """Whether there was no keyring where one was needed, so that looking again disturbs nobody."""
        from b2cal_desktop.accounts.secrets import may_come_by_itself

        return self.secrets_problem is not None and may_come_by_itself(self.secrets_problem)

    def _unlocked(self) -> None:
        if self.keyring_unlocked is not None:
            self.keyring_unlocked()

    @property
    def unkept(self) -> SecretsUnavailable | None:
        """Why secrets that are in use will be gone with this program; None where all are kept, or there are none."""
        kept = self.__dict__.get("secret_store")
        return self.secrets_problem if isinstance(kept, Sized) and len(kept) else None

    def secrets(self) -> SecretStore:
        """The keyring, opened when first asked for."""
        return self.secret_store

    def microsoft_account(self, settings: Settings) -> MicrosoftAccount:
        """The account that these settings sign in with: one object, whoever asks, so that a sign-in is seen by all."""
        from b2cal_desktop.accounts.microsoft import MicrosoftAccount
        from b2cal_desktop.accounts.microsoft_clouds import Registration

        chosen, hours = settings.calendar.microsoft365, settings.rules.working_hours
        registration = Registration.from_settings(chosen, mailbox=hours.from_mailbox)
        with self._accounts_lock:
            known = self._account
            if known is None or (known.registration, known.wants_broker) != (registration, chosen.broker):
                in_language = language(settings.language)
                known = self._account = MicrosoftAccount(
                    registration, self.profile, self.secrets, language=in_language, broker=chosen.broker
                )
            return known

    def tell(self, message: B2CalError | Warning | Text | str) -> None:
        """A line on standard error, in the user's language."""
        if isinstance(message, B2CalError):
            message = str(message.message(self.language))
        elif isinstance(message, Warning):
            message = message.text.to(self.language)
        elif isinstance(message, Text):
            message = message.to(self.language)
        print(message, file=sys.stderr)
