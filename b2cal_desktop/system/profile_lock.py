"""One engine per profile: two that wrote the same ledger would each take the other for somebody else."""

from __future__ import annotations

from types import TracebackType
from typing import IO

from b2cal_desktop.core.errors import ProfileInUse
from b2cal_desktop.system.paths import Profile
from b2cal_desktop.system.private_files import lock_file, open_private


class ProfileLock:
    """Held while a process syncs a profile; entering raises ProfileInUse where another one does.

    The operating system lets go of it when the process ends, however it ends.
    """

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._file: IO[bytes] | None = None

    def acquire(self) -> None:
        """Take the lock; raises ProfileInUse."""
        file = open(self._profile.lock, "ab", opener=open_private)  # noqa: SIM115  open for as long as it is held
        try:
            lock_file(file)
        except OSError:
            file.close()
            raise ProfileInUse(str(self._profile.folder)) from None
        self._file = file

    def release(self) -> None:
        """Let go of it; it is no error if it was not held."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> ProfileLock:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
