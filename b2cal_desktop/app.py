"""The composition root of the tray app: builds the parts, joins them, shuts them down.

The icon comes first; what is heavy is imported by the engine's own thread after it.
"""

from __future__ import annotations

import signal
import socket
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSocketNotifier, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from b2cal_desktop.ui.interface import Actions, Interface
from b2cal_desktop.ui.single_instance import SingleInstance

if TYPE_CHECKING:
    from b2cal_desktop.context import Context


class Bridge(QObject):
    """Carries states from the engine's thread to the screen's."""

    state = Signal(object)


class Signals(QObject):
    """SIGINT and SIGTERM as a Qt signal: Python's handlers wait for Python code to run, which Qt's loop is not."""

    ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._read, self._write = socket.socketpair()
        for end in (self._read, self._write):
            end.setblocking(False)
        self._before_fd = signal.set_wakeup_fd(self._write.fileno())
        self._before = {n: signal.signal(n, lambda *_: None) for n in (signal.SIGINT, signal.SIGTERM)}
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


def tray_command(context: Context) -> int:
    """The tray app, until the user quits."""
    return run_tray(context, background=context.arguments.background)


def run_tray(
    context: Context, *, background: bool = False, seconds: float | None = None, show_day: bool = False
) -> int:
    """Show the icon, start the engine, run until quit (or for ``seconds``), and leave as quitting asks."""
    language = context.language
    app = QApplication(sys.argv[:1])
    app.setApplicationName("B2Cal Desktop")
    app.setDesktopFileName("b2cal-desktop")
    instance = SingleInstance(context.profile.folder)
    if not instance.claim():
        return 0 if instance.ask_to_open() else 1
    from b2cal_desktop.engine import Engine

    bridge, signals = Bridge(), Signals()
    engine = Engine(context, bridge.state.emit)
    interface = Interface(Actions(engine.send, context.clock.now, app.quit), language)
    bridge.state.connect(interface.show_state, Qt.ConnectionType.QueuedConnection)
    instance.asked_to_open.connect(interface.open_day)
    signals.ended.connect(app.quit)
    interface.show(background=background)
    if show_day:
        QTimer.singleShot(0, interface.open_day)
    if seconds is not None:
        QTimer.singleShot(round(seconds * 1000), app.quit)
    QTimer.singleShot(0, engine.start)
    try:
        return app.exec()
    finally:
        interface.close()
        engine.stop()
        signals.close()
        instance.release()
