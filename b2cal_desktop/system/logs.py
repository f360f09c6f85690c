"""The log file: small, rotating, private, and redacted before it reaches the disk.

Subjects, places and secrets are never logged by us. Other libraries are heard from WARNING upwards only: at DEBUG some
of them print whole requests, with the Authorization header.
"""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from b2cal_desktop.system.private_files import make_private, make_private_folder, open_private
from b2cal_desktop.system.redaction import redact

MAX_BYTES = 1_000_000
FILES = 3
_OURS = "b2cal_desktop"
_LAYOUT = "%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"
_log = logging.getLogger(__name__)


class RedactingFormatter(logging.Formatter):
    """Redacts the finished text, so that arguments, exceptions and their causes are covered too."""

    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03d"

    def format(self, record: logging.LogRecord) -> str:
        """One record as text, each further line indented: nothing that is logged can forge a record."""
        return redact(super().format(record)).replace("\r", "\\r").replace("\n", "\n    ")


class PrivateRotatingFile(RotatingFileHandler):
    """A rotating file of this user's alone. A full disk loses log lines, and nothing else."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=MAX_BYTES, backupCount=FILES - 1, encoding="utf-8", errors="backslashreplace")

    def _open(self) -> IO[Any]:  # type: ignore[override]  # typeshed names the concrete class
        make_private(Path(self.baseFilename))
        return open(self.baseFilename, self.mode, encoding=self.encoding, errors=self.errors, opener=open_private)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  logging's own name
        """Nobody is to be disturbed because a line could not be written."""

    def close(self) -> None:
        """Nor because the last of them could not."""
        with contextlib.suppress(OSError):
            super().close()


@dataclass
class Log:
    """The log of a running program; ``close`` takes away all that ``open_log`` put in place."""

    path: Path
    _handler: logging.Handler
    _restore: tuple[Callable[[], None], ...]

    def close(self) -> None:
        """Stop logging to the file and give the interpreter its hooks back."""
        logging.getLogger().removeHandler(self._handler)
        self._handler.close()
        for restore in self._restore:
            restore()


def open_log(path: Path, level: str = "info") -> Log:
    """Log to ``path`` (1 MB and two older files) from ``level`` upwards, uncaught exceptions of any thread included.

    Raises OSError where the file cannot be made.
    """
    make_private_folder(path.parent)
    handler = PrivateRotatingFile(path)
    handler.setFormatter(RedactingFormatter(_LAYOUT))
    handler.addFilter(_is_ours_or_matters)
    root, ours = logging.getLogger(), logging.getLogger(_OURS)
    before = ours.level
    root.addHandler(handler)
    ours.setLevel(level.upper())
    return Log(path, handler, (lambda: ours.setLevel(before), *_catch_uncaught()))


def _is_ours_or_matters(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING or record.name.split(".")[0] == _OURS


def _catch_uncaught() -> tuple[Callable[[], None], ...]:
    """Log what nobody caught, on standard error too, redacted; returns what puts the old hooks back."""
    hook, thread_hook, unraisable_hook = sys.excepthook, threading.excepthook, sys.unraisablehook

    def uncaught(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            hook(kind, error, where)
            return
        _log.critical("uncaught exception", exc_info=(kind, error, where))
        if sys.stderr is not None:  # None in a Windows program without a console
            sys.stderr.write(redact("".join(traceback.format_exception(kind, error, where))))

    def uncaught_in_thread(given: threading.ExceptHookArgs) -> None:
        if given.exc_value is not None and not issubclass(given.exc_type, SystemExit):
            uncaught(given.exc_type, given.exc_value, given.exc_traceback)

    def unraisable(given: sys.UnraisableHookArgs) -> None:
        if given.exc_value is not None:
            uncaught(given.exc_type, given.exc_value, given.exc_traceback)

    sys.excepthook, threading.excepthook, sys.unraisablehook = uncaught, uncaught_in_thread, unraisable
    return (
        lambda: setattr(sys, "excepthook", hook),
        lambda: setattr(threading, "excepthook", thread_hook),
        lambda: setattr(sys, "unraisablehook", unraisable_hook),
    )
