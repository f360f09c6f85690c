"""Where a profile keeps its files, and where an administrator's file is looked for.

The icon waits for this module, so what is heavy is imported where it is used.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platformdirs import PlatformDirs

from b2cal_desktop.system.private_files import FOLDER_MODE, make_private, make_private_file, make_private_folder

APP_NAME = "B2Cal Desktop"
_UNIX_NAME = "b2cal-desktop"
CALENDAR_LEFT = b"calendar"  # what stands in ``Profile.sign_in_changed`` once the calendar's sign-in is gone


@dataclass(frozen=True, slots=True)
class Profile:
    """One person's settings, ledger, cache and log. Nothing is made or touched before ``create``.

    ``folder`` holds the settings, ``data`` the ledger and the lock.
    """

    folder: Path
    data: Path
    cache: Path
    log: Path

    @classmethod
    def default(cls) -> Profile:
        """The platform's own folders for this user."""
        name = APP_NAME if sys.platform in ("win32", "darwin") else _UNIX_NAME
        folders = PlatformDirs(name, appauthor=False)
        return cls(folders.user_config_path, folders.user_data_path, folders.user_cache_path, folders.user_log_path)

    @classmethod
    def in_folder(cls, path: Path | str) -> Profile:
        """Everything in one folder, as ``--profile`` asks for; a leading ``~`` is the user's own folder."""
        folder = Path(os.path.abspath(Path(path).expanduser()))  # noqa: PTH100  resolve() would follow links
        return cls(folder, folder, folder / "cache", folder / "log")

    @classmethod
    def named(cls, folder: str | None) -> Profile:
        """The one in ``folder``, as ``--profile`` names it, else this user's own."""
        return cls.in_folder(folder) if folder else cls.default()

    @property
    def settings(self) -> Path:
        return self.folder / "settings.toml"

    @property
    def ledger(self) -> Path:
        return self.data / "ledger.sqlite3"

    @property
    def connectors(self) -> Path:
        """Connector files of the user's own."""
        return self.folder / "connectors"

    @property
    def microsoft_account(self) -> Path:
        """Who is signed in to Microsoft 365; no secret."""
        return self.data / "microsoft365-account.json"

    @property
    def sign_in_changed(self) -> Path:
        """Written anew by a command that has kept or forgotten a secret, for a running program to notice."""
        return self.data / "sign-in-changed"

    @property
    def lock(self) -> Path:
        return self.data / "lock"

    @property
    def log_file(self) -> Path:
        return self.log / "b2cal-desktop.log"

    @property
    def id(self) -> str:
        """12 characters that tell this profile from others on this computer, without naming it."""
        import hashlib

        place = os.path.normcase(os.path.realpath(self.settings))
        return hashlib.sha256(place.encode("utf-8", "surrogatepass")).hexdigest()[:12]

    def create(self) -> None:
        """Make what is missing, for this user alone, and take others' rights to our files away.

        An existing folder that holds none of our files (say, ``--profile .``) keeps its mode; the files are private
        all the same. Raises ProfileUnusable.
        """
        from b2cal_desktop.core.errors import ProfileUnusable

        for folder in (self.folder, self.data, self.cache, self.log, self.connectors):
            try:
                ours = self._is_ours(folder)
                make_private_folder(folder)
                if ours:
                    make_private(folder, FOLDER_MODE)
            except (OSError, ValueError) as error:  # ValueError: a path with a NUL in it
                raise ProfileUnusable(str(folder), getattr(error, "strerror", None) or str(error)) from error
        try:
            make_private_file(self.ledger)
            for file in (self.settings, self.lock, *self.data.glob("ledger.sqlite3-*"), *self.log.glob("*.log*")):
                make_private(file)
        except OSError as error:
            raise ProfileUnusable(str(self.data), error.strerror or str(error)) from error

    def _is_ours(self, folder: Path) -> bool:
        if folder not in (self.folder, self.data):
            return True
        return not folder.is_dir() or self.settings.exists() or self.ledger.exists() or not any(folder.iterdir())


def policy_path(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Where the administrator's file lies on ``platform``; ``B2CAL_POLICY`` names another one."""
    if named := environ.get("B2CAL_POLICY"):
        return Path(named)
    if platform == "win32":
        return Path(environ.get("ProgramData", r"C:\ProgramData")) / "B2Cal" / "policy.toml"
    if platform == "darwin":
        return Path("/Library/Application Support/B2Cal/policy.toml")
    return Path("/etc/b2cal-desktop/policy.toml")
