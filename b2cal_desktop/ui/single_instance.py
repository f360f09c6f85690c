"""One program per profile: a second start asks the first to open its window, and ends.

Whoever holds the lock is the first; the operating system lets go of it when a process ends, however it ends, so that
no file that was left behind stands in the way. The socket beside it, open to this user alone, carries the one word that
there is to say. The icon waits for the lock and not for the socket.
"""

from __future__ import annotations

import hashlib
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, Signal

from b2cal_desktop.system.private_files import lock_file, make_private_folder, open_private

if TYPE_CHECKING:
    from b2cal_desktop.ui.local_calls import PipeListener, SocketListener


class SingleInstance(QObject):
    """``asked_to_open`` comes each time that another start of the same profile calls."""

    asked_to_open = Signal()

    def __init__(self, profile: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        folder = _lock_folder(profile)
        name = f"b2cal-{hashlib.sha256(str(profile.resolve()).encode()).hexdigest()[:12]}"
        # A full path keeps the socket in a folder that only this user can enter; Windows knows pipes by name.
        self._address = _pipe(name) if sys.platform == "win32" else str(folder / f"{name}.sock")
        self._folder, self._lock_name, self._lock = folder, f"{name}.lock", ExitStack()
        self._listener: SocketListener | PipeListener | None = None

    def claim(self) -> bool:
        """Whether this process is the first; it should ``listen`` soon then."""
        with ExitStack() as opened:
            try:
                make_private_folder(self._folder)
                file = opened.enter_context(open(self._folder / self._lock_name, "ab", opener=open_private))
            except OSError:
                return True  # a folder that cannot be used is told of in words, once there is somebody to tell it
            try:
                lock_file(file)
            except (BlockingIOError, PermissionError):  # the second on Windows
                return False
            except OSError:
                return True  # a file system without locks must not keep the only one from starting
            self._lock = opened.pop_all()
        return True

    def listen(self) -> None:
        """Hear other starts from now on until ``release``."""
        from b2cal_desktop.ui.local_calls import listener

        self._listener = listener(self._address, self)
        self._listener.asked.connect(self.asked_to_open)
        self._listener.listen()

    def ask_to_open(self) -> bool:
        """Ask the first process to open its window; whether it heard. Waits while that one is starting itself."""
        from b2cal_desktop.ui.local_calls import call

        return call(self._address)

    @property
    def listening(self) -> bool:
        return self._listener is not None and self._listener.listening

    def release(self) -> None:
        """Let another process be the first."""
        if self._listener is not None:
            self._listener.close()
        self._lock.close()


def _pipe(name: str) -> str:
    """Pipes are one namespace for all who are logged on, and a drive of one's own may bear the same letter for all."""
    user = "\\".join(os.environ.get(part, "") for part in ("USERDOMAIN", "USERNAME"))
    return f"{name}-{hashlib.sha256(user.encode()).hexdigest()[:12]}"


def _lock_folder(profile: Path) -> Path:
    if sys.platform == "win32":
        return profile  # what Windows has for such files is the user's own folder, in plain sight
    # None where the folder is another user's, as after su.
    found = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.RuntimeLocation)
    return Path(found) if found else profile
