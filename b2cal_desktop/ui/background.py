"""Work beside the GUI thread: what blocks runs on a thread of its own, and its outcome arrives as a queued signal."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, ClassVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from b2cal_desktop.core.errors import (
    B2CalError,
    CalendarThrottled,
    CalendarUnreachable,
    SwitchboardBadAnswer,
    SwitchboardThrottled,
    SwitchboardUnreachable,
)
from b2cal_desktop.ui.translations import translate

_log = logging.getLogger(__name__)
SECONDS = 45.0
# What the engine tries again by itself; a trial does not.
_SILENT = (CalendarUnreachable, SwitchboardUnreachable)
_BUSY = (CalendarThrottled, SwitchboardThrottled)


class TookTooLong(Exception):
    """Nothing came within the time that people are asked to wait."""


class _Task(QObject):
    """One piece of work. Held here until its thread has ended, so that nobody signals from a deleted object."""

    running: ClassVar[set[_Task]] = set()
    arrived = Signal(object, object)

    def __init__(
        self, work: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[Exception], None], seconds: float
    ) -> None:
        super().__init__()
        self._work, self._done, self._failed = work, done, failed
        self.wanted = True
        self.arrived.connect(self._arrived, Qt.ConnectionType.QueuedConnection)
        self.running.add(self)
        self._limit = QTimer(self)
        self._limit.setSingleShot(True)
        self._limit.timeout.connect(lambda: self._finish(None, TookTooLong()))
        self._limit.start(round(seconds * 1000))
        threading.Thread(target=self._run, name="b2cal-window", daemon=True).start()

    def _run(self) -> None:
        try:
            result, error = self._work(), None
        except Exception as caught:  # noqa: BLE001  the top of the thread
            result, error = None, caught
        self.arrived.emit(result, error)

    def _arrived(self, result: Any, error: Exception | None) -> None:
        self.running.discard(self)
        self._finish(result, error)

    def _finish(self, result: Any, error: Exception | None) -> None:
        self._limit.stop()
        if not self.wanted:
            return
        self.wanted = False
        if error is None:
            self._done(result)
        else:
            self._failed(error)


class Tasks(QObject):
    """The work that a window has under way, by name; a new piece takes the place of an older one of the same name."""

    changed = Signal()

    def __init__(self, owner: QObject) -> None:
        super().__init__(owner)
        tasks = self._tasks = dict[str, _Task]()
        self.destroyed.connect(lambda: _forget_all(tasks))  # what comes after the window is nobody's

    def run(
        self,
        name: str,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
        seconds: float = SECONDS,
    ) -> None:
        """Start ``work`` on a thread; ``done`` or ``failed`` is called on this one, unless it was cancelled."""
        self.cancel(name)

        def forget() -> None:
            self._tasks.pop(name, None)
            self.changed.emit()

        def finished(result: Any) -> None:
            forget()
            done(result)

        def broken(error: Exception) -> None:
            forget()
            failed(error)

        self._tasks[name] = _Task(work, finished, broken, seconds)
        self.changed.emit()

    def is_running(self, name: str) -> bool:
        return name in self._tasks

    def cancel(self, name: str) -> None:
        """Whatever ``name`` brings is no longer wanted."""
        if task := self._tasks.pop(name, None):
            task.wanted = False
            self.changed.emit()

    def cancel_all(self) -> None:
        _forget_all(self._tasks)


def _forget_all(tasks: dict[str, _Task]) -> None:
    for task in tasks.values():
        task.wanted = False
    tasks.clear()


def error_text(error: Exception, language: str) -> str:
    """What people are told of ``error``."""
    if isinstance(error, B2CalError):
        return str(error.message(language))
    if isinstance(error, TookTooLong):
        return translate("task", "No answer came within a reasonable time. Try again.")
    if isinstance(error, OSError):
        return translate("task", "The file cannot be written: {reason}.").format(reason=error.strerror or error)
    _log.error("unexpected: %s", type(error).__name__, exc_info=error)
    return translate("task", "Something unexpected happened ({kind}).").format(kind=type(error).__name__)


def trial_text(error: Exception, language: str) -> str:
    """What people are told of a trial that came to nothing: what happened and what to do.

    Unlike the engine a trial is not repeated, and it means nothing for the diversion.
    """
    if not isinstance(error, B2CalError):
        return error_text(error, language)
    message = error.message(language)
    remedy = message.remedy
    if type(error) in _SILENT:  # what is told apart from it knows better what to do
        remedy = translate("task", "Check the address and the network, and try again.")
    elif isinstance(error, _BUSY):
        remedy = translate("task", "Try again in a few minutes.")
    elif isinstance(error, SwitchboardBadAnswer):
        remedy = translate("task", "Check the address. On a guest network you may have to sign in there first.")
    return f"{message.what} {remedy}".strip()
