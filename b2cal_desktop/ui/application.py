"""The Qt application, and what ends it from outside: the system's request to quit, and signals."""

from __future__ import annotations

import signal
import socket

from PySide6.QtCore import QEvent, QObject, QSocketNotifier, Signal
from PySide6.QtWidgets import QApplication


class TrayApplication(QApplication):
    """Asked to quit by the system, as at log-off from macOS, it asks no window: one that hides on closing says no."""

    def event(self, event: QEvent) -> bool:
        """End, and let the engine leave."""
        if event.type() != QEvent.Type.Quit:
            return super().event(event)
        event.accept()
        self.exit()
        return True


class Signals(QObject):
    """SIGINT, SIGTERM and SIGHUP as a Qt signal: Python's handlers wait for Python code to run, which Qt's is not."""

    ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._read, self._write = socket.socketpair()
        for end in (self._read, self._write):
            end.setblocking(False)
        self._before_fd = signal.set_wakeup_fd(self._write.fileno())
        known = (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM))
        self._before = {number: signal.signal(number, lambda *_: None) for number in dict.fromkeys(known)}
        self._notifier = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._woken)

    def _woken(self) -> None:
        if any(byte in self._before for byte in self._read.recv(64)):
            self.ended.emit()

    def close(self) -> None:
        """Put the former handlers back."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._before_fd)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._read.close()
        self._write.close()
