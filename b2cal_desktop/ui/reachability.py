"""Hears from the system that more of the network can be reached than a moment ago. Sends nothing itself.

Windows and macOS are heard through Qt. On Linux Qt would load GLib's input and output for it, and a thread of that,
5 MiB in all: there NetworkManager is heard on D-Bus, and without one the kernel, which tells of its routes.
"""

from __future__ import annotations

import contextlib
import socket
import sys
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import SLOT, QObject, QSocketNotifier, Signal, Slot

if TYPE_CHECKING:
    from PySide6.QtDBus import QDBusPendingCallWatcher


class Reach(IntEnum):
    """How far this computer reaches; numbered as Qt does, in ``QNetworkInformation.Reachability``."""

    UNKNOWN, DISCONNECTED, LOCAL, SITE, ONLINE = range(5)


class Reachability(QObject):
    """``back`` comes when a network appears, or reaches further than it did: a cable, Wi-Fi after sleep, a VPN.

    Where the system cannot be heard, nothing comes, and the back-off has to do.
    """

    back = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._seen: Reach | None = None

    def listen(self) -> None:
        """Hear the system from now on."""
        if not sys.platform.startswith("linux"):
            self._hear_qt()
        else:
            manager = NetworkManager(self)
            manager.tells.connect(self.hear)
            manager.missing.connect(self._hear_kernel)
            manager.listen()

    @Slot(object)
    def hear(self, now: Reach) -> None:
        """What the system says of the network is ``now``."""
        before, self._seen = self._seen, now
        if before is not None and now > max(before, Reach.DISCONNECTED):
            self.back.emit()

    def _hear_kernel(self) -> None:
        routes = Routes(self)
        routes.tells.connect(self.hear)
        routes.listen()

    def _hear_qt(self) -> None:
        from PySide6.QtNetwork import QNetworkInformation

        if QNetworkInformation.loadBackendByFeatures(QNetworkInformation.Feature.Reachability):
            information = QNetworkInformation.instance()
            self.hear(Reach(information.reachability().value))
            information.reachabilityChanged.connect(lambda now: self.hear(Reach(now.value)))


class NetworkManager(QObject):
    """What NetworkManager says, at once and at each change; ``missing``, where there is none.

    Its states: https://networkmanager.dev/docs/api/latest/nm-dbus-types.html#NMState
    """

    tells = Signal(object)
    missing = Signal()
    _SERVICE, _PATH = "org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager"
    _PROPERTIES = "org.freedesktop.DBus.Properties"
    _there = False

    def listen(self) -> None:
        """Ask, and hear of changes from now on."""
        from PySide6.QtDBus import QDBusConnection

        bus = QDBusConnection.systemBus()
        if not bus.isConnected():  # a call would never be answered
            self.missing.emit()
            return
        # The stub says bytes; the real one refuses those.
        bus.connect(self._SERVICE, self._PATH, self._SERVICE, "StateChanged", self, SLOT("changed(uint)"))  # type: ignore[call-overload]
        self._ask()

    @Slot("uint")
    def changed(self, state: int) -> None:
        """NetworkManager says what its state is now, however soon another follows."""
        connected = {50: Reach.LOCAL, 60: Reach.SITE, 70: Reach.ONLINE}
        self.tells.emit(connected.get(state, Reach.DISCONNECTED))
        self._there = True

    def _ask(self) -> None:
        from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher

        call = QDBusMessage.createMethodCall(self._SERVICE, self._PATH, self._PROPERTIES, "Get")
        call.setAutoStartService(False)
        call.setArguments([self._SERVICE, "State"])
        watcher = QDBusPendingCallWatcher(QDBusConnection.systemBus().asyncCall(call), self)
        watcher.finished.connect(self._answered)

    def _answered(self, done: QDBusPendingCallWatcher) -> None:
        from PySide6.QtDBus import QDBusMessage

        answer = done.reply()
        done.deleteLater()
        if answer.type() == QDBusMessage.MessageType.ReplyMessage and answer.arguments():
            self.changed(answer.arguments()[0].variant())
        elif not self._there:
            self.missing.emit()


class Routes(QObject):
    """What the kernel's table of routes says, at once and at each change: somewhere beyond this network, or not."""

    tells = Signal(object)
    _IPV4_AND_IPV6 = 0x40 | 0x400  # RTMGRP_IPV4_ROUTE, RTMGRP_IPV6_ROUTE: see rtnetlink(7)

    def listen(self) -> None:
        """Look, and hear of changes from now on; where the kernel does not let us, nothing comes."""
        try:
            kernel = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, socket.NETLINK_ROUTE)
            kernel.bind((0, self._IPV4_AND_IPV6))
        except OSError:
            return
        self._kernel, self._notifier = kernel, QSocketNotifier(kernel.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._changed)
        self.destroyed.connect(kernel.close)
        self.tells.emit(kernel_reach())

    def _changed(self) -> None:
        with contextlib.suppress(OSError):  # all is read, or more came than fits: that something changed is enough
            while self._kernel.recv(65_536):
                pass
        self.tells.emit(kernel_reach())


def kernel_reach(proc: Path = Path("/proc/net")) -> Reach:
    """Whether the kernel knows a way to everywhere, over IPv4 or IPv6, that does not end in this computer."""
    routes = [*_fields(proc / "route"), *_fields(proc / "ipv6_route")]
    everywhere = (["00000000", "00000000"], ["0" * 32, "00"])
    for first, *rest in routes:
        way, where = (rest[-1], [first, rest[0]]) if len(rest) == 9 else (first, [rest[0], rest[6]])
        if where in everywhere and way != "lo":
            return Reach.ONLINE
    return Reach.DISCONNECTED


def _fields(table: Path) -> list[list[str]]:
    """The lines of ``table``: with IPv4 interface, destination and, eighth, its mask; with IPv6 destination, its length
    and, last of ten, the interface."""
    try:
        lines = table.read_text("ascii").splitlines()
    except OSError:
        return []
    return [fields for line in lines if len(fields := line.split()) in (10, 11)]
