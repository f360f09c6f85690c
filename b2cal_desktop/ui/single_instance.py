"""One program per profile: a second start asks the first to open its window, and ends.

A lock file says who is the first; the operating system's process list heals it after a crash. The socket beside it,
open to this user alone, carries the one word that there is to say. The icon waits for the lock and not for the socket.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QDeadlineTimer, QLockFile, QObject, QStandardPaths, QThread, Signal

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

_OPEN = b"open\n"
_TIMEOUT_MS = 2_000
_LOOK_MS = 50
_MOST_CALLERS = 8


class SingleInstance(QObject):
    """``asked_to_open`` comes each time that another start of the same profile calls."""

    asked_to_open = Signal()

    def __init__(self, profile: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        folder = _lock_folder(profile)
        name = f"b2cal-{hashlib.sha256(str(profile.resolve()).encode()).hexdigest()[:12]}"
        # A full path keeps the socket in a folder that only this user can enter; Windows knows pipes by name.
        self._address = _pipe(name) if sys.platform == "win32" else str(folder / f"{name}.sock")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = QLockFile(str(folder / f"{name}.lock"))
        self._lock.setStaleLockTime(0)  # old is not stale; a lock whose process is gone is
        self._server: QLocalServer | None = None

    def claim(self) -> bool:
        """Whether this process is the first; it should ``listen`` soon then."""
        return self._lock.tryLock(0)

    def listen(self) -> None:
        """Hear other starts from now on until ``release``."""
        from PySide6.QtNetwork import QLocalServer

        QLocalServer.removeServer(self._address)  # left by a process that was killed
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.setMaxPendingConnections(_MOST_CALLERS)
        self._server.newConnection.connect(self._answer)
        self._server.listen(self._address)

    def ask_to_open(self) -> bool:
        """Ask the first process to open its window; whether it heard. Waits while that one is starting itself."""
        from PySide6.QtNetwork import QLocalSocket

        socket, deadline = QLocalSocket(), QDeadlineTimer(_TIMEOUT_MS)
        socket.connectToServer(self._address)
        while not socket.waitForConnected(_TIMEOUT_MS):
            if deadline.hasExpired():
                return False
            QThread.msleep(_LOOK_MS)
            socket.connectToServer(self._address)
        socket.write(_OPEN)
        heard = socket.waitForBytesWritten(_TIMEOUT_MS) and socket.waitForReadyRead(_TIMEOUT_MS)
        socket.disconnectFromServer()
        return heard

    @property
    def listening(self) -> bool:
        return self._server is not None and self._server.isListening()

    def release(self) -> None:
        """Let another process be the first."""
        if self._server is not None:
            self._server.close()
        self._lock.unlock()

    def _answer(self) -> None:
        while self._server is not None and (caller := self._server.nextPendingConnection()) is not None:
            caller.readyRead.connect(lambda caller=caller: self._hear(caller))
            caller.disconnected.connect(caller.deleteLater)
            if caller.bytesAvailable():
                self._hear(caller)

    def _hear(self, caller: QLocalSocket) -> None:
        words = caller.read(len(_OPEN) + 1).data()
        if words == _OPEN:
            caller.write(b"ok\n")
            caller.flush()
            self.asked_to_open.emit()
        else:
            caller.abort()


def _pipe(name: str) -> str:
    """Pipes are one namespace for all who are logged on, and a drive of one's own may bear the same letter for all."""
    user = "\\".join(os.environ.get(part, "") for part in ("USERDOMAIN", "USERNAME"))
    return f"{name}-{hashlib.sha256(user.encode()).hexdigest()[:12]}"


def _lock_folder(profile: Path) -> Path:
    if sys.platform == "win32":
        return profile  # what Windows has for such files is the user's own folder, in plain sight
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.RuntimeLocation))
