"""The one word that another start of this program has to say, over a socket that is this user's alone.

On Windows a pipe of Qt's. Elsewhere Qt is not asked for it: its whole network would be loaded, 3 MiB, for five bytes.
"""

from __future__ import annotations

import contextlib
import socket
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QDeadlineTimer, QObject, QSocketNotifier, QThread, Signal

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

OPEN, _HEARD = b"open\n", b"ok\n"
_TIMEOUT_MS = 2_000
_LOOK_MS = 50
_MOST_CALLERS = 8


class SocketListener(QObject):
    """``asked`` comes for each caller at ``address`` that says the word; who says anything else is hung up on."""

    asked = Signal()

    def __init__(self, address: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = Path(address)
        self._server: socket.socket | None = None
        self._notifiers: dict[socket.socket, QSocketNotifier] = {}

    def listen(self) -> None:
        """Hear callers from now on; where there can be no socket, nobody is heard."""
        self.close()
        server = socket.socket(socket.AF_UNIX)
        server.setblocking(False)
        try:
            self._path.unlink(missing_ok=True)  # left by a process that was killed
            server.bind(str(self._path))
            self._path.chmod(0o600)  # nobody gets in before listen()
            server.listen(_MOST_CALLERS)
        except OSError:
            server.close()
            return
        self._server = server
        self._watch(server, self._answer)

    @property
    def listening(self) -> bool:
        return self._server is not None

    def close(self) -> None:
        """Hear nobody any more."""
        for one in [*self._notifiers]:
            self._forget(one)
        if self._server is not None:
            self._server = None
            with contextlib.suppress(OSError):
                self._path.unlink()

    def _answer(self) -> None:
        if self._server is None:
            return
        try:
            caller, _ = self._server.accept()
        except OSError:  # it has left already
            return
        caller.setblocking(False)
        if len(self._notifiers) > _MOST_CALLERS:  # the server is one of them, and the first
            self._forget([*self._notifiers][1])
        self._watch(caller, partial(self._hear, caller))

    def _hear(self, caller: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if caller.recv(len(OPEN) + 1) == OPEN:
                caller.send(_HEARD)
                self.asked.emit()
        self._forget(caller)

    def _watch(self, one: socket.socket, then: Callable[[], None]) -> None:
        notifier = self._notifiers[one] = QSocketNotifier(one.fileno(), QSocketNotifier.Type.Read, self)
        notifier.activated.connect(lambda *_: then())

    def _forget(self, one: socket.socket) -> None:
        notifier = self._notifiers.pop(one)
        notifier.setEnabled(False)
        notifier.deleteLater()
        one.close()


class PipeListener(QObject):
    """The same on Windows, where ``address`` is the name of a pipe."""

    asked = Signal()

    def __init__(self, address: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._address = address
        self._server: QLocalServer | None = None

    def listen(self) -> None:
        """Hear callers from now on."""
        from PySide6.QtNetwork import QLocalServer

        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.setMaxPendingConnections(_MOST_CALLERS)
        self._server.newConnection.connect(self._answer)
        self._server.listen(self._address)

    @property
    def listening(self) -> bool:
        return self._server is not None and self._server.isListening()

    def close(self) -> None:
        """Hear nobody any more."""
        if self._server is not None:
            self._server.close()

    def _answer(self) -> None:
        while self._server is not None and (caller := self._server.nextPendingConnection()) is not None:
            caller.readyRead.connect(partial(self._hear, caller))
            caller.disconnected.connect(caller.deleteLater)
            if caller.bytesAvailable():
                self._hear(caller)

    def _hear(self, caller: QLocalSocket) -> None:
        if caller.read(len(OPEN) + 1).data() == OPEN:
            caller.write(_HEARD)
            caller.flush()
            self.asked.emit()
        else:
            caller.abort()


def listener(address: str, parent: QObject) -> SocketListener | PipeListener:
    """What hears callers at ``address`` on this system; not yet listening."""
    return PipeListener(address, parent) if sys.platform == "win32" else SocketListener(address, parent)


def call(address: str) -> bool:
    """Say the word to whoever listens at ``address``; whether it was heard. Waits while that one is starting itself."""
    deadline = QDeadlineTimer(_TIMEOUT_MS)
    once = _over_a_pipe if sys.platform == "win32" else _over_a_socket
    while (heard := once(address)) is None and not deadline.hasExpired():
        QThread.msleep(_LOOK_MS)
    return bool(heard)


def _over_a_socket(address: str) -> bool | None:
    """Whether it was heard; None where nobody listens yet."""
    with socket.socket(socket.AF_UNIX) as one:
        one.settimeout(_TIMEOUT_MS / 1000)
        try:
            one.connect(address)
        except OSError:
            return None
        try:
            one.sendall(OPEN)
            return one.recv(len(_HEARD)) == _HEARD
        except OSError:
            return False


def _over_a_pipe(address: str) -> bool | None:
    from PySide6.QtNetwork import QLocalSocket

    one = QLocalSocket()
    one.connectToServer(address)
    if not one.waitForConnected(_TIMEOUT_MS):
        return None
    one.write(OPEN)
    heard = one.waitForBytesWritten(_TIMEOUT_MS) and one.waitForReadyRead(_TIMEOUT_MS)
    one.disconnectFromServer()
    return heard
