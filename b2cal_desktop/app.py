"""The composition root of the tray app: builds the parts, joins them, shuts them down.

The icon comes first; what is heavy is imported by the engine's own thread after it.
"""

from __future__ import annotations

import copy
import logging
import signal
import socket
import sys
import threading
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSocketNotifier, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from b2cal_desktop.configure import ProfileConfiguration, needs_set_up
from b2cal_desktop.core.errors import B2CalError
from b2cal_desktop.ui.interface import Actions, Interface
from b2cal_desktop.ui.single_instance import SingleInstance

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from b2cal_desktop.context import Context
    from b2cal_desktop.core.intents import Intent
    from b2cal_desktop.core.state import AppState
    from b2cal_desktop.engine import Engine
    from b2cal_desktop.switchboards.connector_http import Exchange
    from b2cal_desktop.ui.configuration import CheckResult

_log = logging.getLogger(__name__)
_FIRST_MS = 300  # after the icon


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


class LateEngine:
    """The engine, imported on a thread of its own once the icon shows; what is sent before then waits for it."""

    def __init__(self, context: Context, publish: Callable[[AppState], None]) -> None:
        self._context, self._publish = context, publish
        self._engine: Engine | None = None
        self._waiting: list[Intent] = []
        self._guard = threading.Lock()
        self._starter = threading.Thread(target=self._begin, name="b2cal-import", daemon=True)

    def start(self) -> None:
        """Import and begin; returns at once."""
        self._starter.start()

    def _begin(self) -> None:
        from b2cal_desktop.engine import Engine
        from b2cal_desktop.system.autostart import heal_autostart

        engine = Engine(self._context, self._publish)
        with self._guard:
            self._engine = engine
            for intent in self._waiting:
                engine.send(intent)
            engine.start()
        try:
            heal_autostart()
        except B2CalError as error:
            _log.warning("start at log-in: %s", error.code)

    def send(self, intent: Intent) -> None:
        """Carry out what the user asked for."""
        with self._guard:
            if self._engine is None:
                self._waiting.append(intent)
            else:
                self._engine.send(intent)

    def signed_in(self) -> None:
        """A secret is new: what was refused may be tried again."""
        if self._engine is not None:
            self._engine.signed_in()

    def exchanges(self) -> tuple[Exchange, ...]:
        """The last requests to the switchboard, oldest first, secrets masked."""
        return self._engine.exchanges() if self._engine is not None else ()

    def stop(self) -> None:
        """Leave as quitting asks, and end."""
        if self._starter.is_alive():
            self._starter.join()
        if self._engine is not None:
            self._engine.stop()


def check_everything(context: Context) -> tuple[CheckResult, ...]:
    """What doctor finds, as the window shows it; takes its seconds."""
    from b2cal_desktop.doctor import run_checks
    from b2cal_desktop.doctor.findings import NAMES
    from b2cal_desktop.ui.configuration import CheckResult, CheckStatus

    return tuple(
        CheckResult(
            CheckStatus(finding.level.value),
            NAMES[finding.check],
            finding.text,
            finding.remedy if finding.remedy.sv else None,
        )
        for finding in run_checks(_as_of_now(context))
    )


def save_diagnostics(context: Context, path: Path, state: AppState | None) -> None:
    """Put the report for whoever helps at ``path``, of the settings as they are now; raises OSError."""
    from b2cal_desktop.system.diagnostics import write_diagnostics

    write_diagnostics(_as_of_now(context), path, state)


def _as_of_now(context: Context) -> Context:
    """The same context, keyring and account too, whose settings are read anew: the app has run for days."""
    fresh = copy.copy(context)
    for known in ("loaded", "language"):
        vars(fresh).pop(known, None)
    return fresh


def tray_command(context: Context) -> int:
    """The tray app, until the user quits."""
    return run_tray(context, background=context.arguments.background)


def run_tray(
    context: Context, *, background: bool = False, seconds: float | None = None, show_day: bool = False
) -> int:
    """Show the icon, start the engine, run until quit (or for ``seconds``), and leave as quitting asks."""
    language = context.language
    app = QApplication(sys.argv[:1])
    # Not app.quit: that asks the windows first, and one that hides when it is closed says no.
    end = partial(app.exit, 0)
    app.setApplicationName("B2Cal Desktop")
    app.setDesktopFileName("b2cal-desktop")
    instance = SingleInstance(context.profile.folder)
    if not instance.claim():
        return 0 if instance.ask_to_open() else 1
    bridge, signals = Bridge(), Signals()
    engine = LateEngine(context, bridge.state.emit)
    first_time = needs_set_up(context.profile, context.loaded)
    actions = Actions(
        engine.send,
        context.clock.now,
        end,
        configuration=ProfileConfiguration(context, engine),
        set_up_needed=first_time,
        check=partial(check_everything, context),
        save_diagnostics=partial(save_diagnostics, context),
    )
    interface = Interface(actions, language)
    bridge.state.connect(interface.show_state, Qt.ConnectionType.QueuedConnection)
    instance.asked_to_open.connect(interface.open_day)
    signals.ended.connect(end)
    interface.show(background=background)
    if first_time and not background:
        QTimer.singleShot(_FIRST_MS, interface.open_set_up)
    if show_day:
        QTimer.singleShot(0, interface.open_day)
    if seconds is not None:
        QTimer.singleShot(round(seconds * 1000), end)
    QTimer.singleShot(0, engine.start)
    try:
        return app.exec()
    finally:
        interface.close()
        engine.stop()
        signals.close()
        instance.release()
