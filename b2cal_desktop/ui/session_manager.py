"""Linux desktops tell of log-off over D-Bus, to whoever registered; Qt's own wheels do not listen (no XSMP in them).

GNOME, Cinnamon and MATE speak ``org.gnome.SessionManager``, Xfce the same under names of its own. Where nobody does,
SIGTERM and SIGHUP have to do. The session manager waits until a client has gone from the bus, or has lost patience.
https://people.gnome.org/~mccann/gnome-session/docs/gnome-session.html
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from PySide6.QtCore import SLOT, QObject, Signal, Slot
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusObjectPath, QDBusPendingCallWatcher

_PROGRAM = "b2cal-desktop"


@dataclass(frozen=True, slots=True)
class _Dialect:
    service: str
    path: str
    manager: str
    client: str


_DIALECTS = (
    _Dialect(
        "org.gnome.SessionManager",
        "/org/gnome/SessionManager",
        "org.gnome.SessionManager",
        "org.gnome.SessionManager.ClientPrivate",
    ),
    _Dialect(
        "org.xfce.SessionManager", "/org/xfce/SessionManager", "org.xfce.Session.Manager", "org.xfce.Session.Client"
    ),
)


class SessionManager(QObject):
    """A client of the desktop's session manager, if there is one; ``ending`` comes when the session ends."""

    ending = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bus = QDBusConnection.sessionBus()
        self._calls: list[QDBusPendingCallWatcher] = []
        self._dialect, self._path = _DIALECTS[0], ""
        for dialect in _DIALECTS:
            self._register(dialect)

    def _register(self, dialect: _Dialect) -> None:
        call = QDBusMessage.createMethodCall(dialect.service, dialect.path, dialect.manager, "RegisterClient")
        call.setAutoStartService(False)
        call.setArguments([_PROGRAM, os.environ.get("DESKTOP_AUTOSTART_ID", "")])
        watcher = QDBusPendingCallWatcher(self._bus.asyncCall(call), self)
        watcher.finished.connect(lambda done: self._registered(dialect, done))
        self._calls.append(watcher)

    def _registered(self, dialect: _Dialect, done: QDBusPendingCallWatcher) -> None:
        self._calls.remove(done)
        answer = done.reply()
        if answer.type() != QDBusMessage.MessageType.ReplyMessage or not answer.arguments():
            return
        path = answer.arguments()[0]
        self._dialect, self._path = dialect, path.path() if isinstance(path, QDBusObjectPath) else str(path)
        for signal, slot in (("QueryEndSession", "agree()"), ("EndSession", "end()"), ("Stop", "end()")):
            # The stub says bytes; the real one refuses those.
            self._bus.connect(dialect.service, self._path, dialect.client, signal, self, SLOT(slot))  # type: ignore[call-overload]

    @Slot()
    def agree(self) -> None:
        """Asked whether the session may end: always, as far as we are concerned."""
        call = QDBusMessage.createMethodCall(
            self._dialect.service, self._path, self._dialect.client, "EndSessionResponse"
        )
        call.setArguments([True, ""])
        self._bus.send(call)

    @Slot()
    def end(self) -> None:
        """The session ends."""
        self.ending.emit()
