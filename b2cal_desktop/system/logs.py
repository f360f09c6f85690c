"""The log: a small, rotating, private file and a ring of the last lines in memory, both redacted at the source.

Subjects, places and secrets are never logged by us. Other libraries are heard from WARNING upwards only (at DEBUG some
of them print whole requests, with the Authorization header), and without what they fill into their messages: that is
somebody's. Of exceptions there is what ``traces`` tells.
"""

from __future__ import annotations

import contextlib
import logging
import re
from collections import deque
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO, Any

from b2cal_desktop.system.private_files import make_private, make_private_folder, open_private
from b2cal_desktop.system.redaction import redact
from b2cal_desktop.system.traces import trace_lines

MAX_BYTES = 1_000_000
FILES = 3
OURS = "b2cal_desktop"
_LAYOUT = "%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"
_FILLED_IN = re.compile(r"%(?:\(\w*\))?[-#0 +]*(?:\d+|\*)?(?:\.(?:\d+|\*))?[a-zA-Z]")
_RING_LINES, _RING_CHARACTERS = 300, 2_000


class RedactingFormatter(logging.Formatter):
    """Redacts the finished text, so that arguments are covered too; exceptions are told without their messages."""

    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03d"

    def __init__(self) -> None:
        super().__init__(_LAYOUT)

    def format(self, record: logging.LogRecord) -> str:
        """One record as text, each further line indented: nothing that is logged can forge a record."""
        record.message = _message(record)
        record.asctime = self.formatTime(record)
        lines = [self.formatMessage(record)]
        # Not record.exc_text: another handler may have put the whole of it there.
        if record.exc_info and record.exc_info[1] is not None:
            lines += trace_lines(record.exc_info[1])
        return redact("\n".join(lines)).replace("\r", "\\r").replace("\n", "\n    ")


def _message(record: logging.LogRecord) -> str:
    """What we say; of what others say the place in their code, and their message without what they filled in."""
    if is_ours(record):
        return record.getMessage()
    # Without arguments it may have been put together beforehand, of anything.
    said = _FILLED_IN.sub("…", record.msg) if record.args and isinstance(record.msg, str) else ""
    return f"{record.filename}:{record.lineno} {said}".rstrip()


def is_ours(record: logging.LogRecord) -> bool:
    """Whether this program itself logged ``record``."""
    return record.name.split(".")[0] == OURS


class RecentLines(logging.Handler):
    """The last lines, finer than the file has them, in memory only: what a report on trouble needs most."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(RedactingFormatter())
        self.addFilter(_is_ours_or_matters)
        self._lines: deque[str] = deque(maxlen=_RING_LINES)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._lines.append(self.format(record)[:_RING_CHARACTERS])
        except Exception:  # noqa: BLE001  as logging's own handlers do: whoever logs is not to fail of it
            self.handleError(record)

    def lines(self) -> tuple[str, ...]:
        """The lines as they would stand in the file, oldest first."""
        return tuple(line for record in self._lines.copy() for line in record.split("\n"))

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  logging's own name
        """Nobody is to be disturbed because a line could not be kept."""


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
    _level_before: int

    def close(self) -> None:
        """Stop logging to the file."""
        logging.getLogger().removeHandler(self._handler)
        self._handler.close()
        logging.getLogger(OURS).setLevel(self._level_before)


def open_log(path: Path, level: str = "info") -> Log:
    """Log to ``path`` (1 MB and two older files) from ``level`` upwards; raises OSError where it cannot be made."""
    make_private_folder(path.parent)
    handler = PrivateRotatingFile(path)
    handler.setFormatter(RedactingFormatter())
    handler.addFilter(_is_ours_or_matters)
    handler.setLevel(level.upper())
    root, ours = logging.getLogger(), logging.getLogger(OURS)
    before = ours.level
    root.addHandler(handler)
    ours.setLevel(min(handler.level, before or handler.level))
    return Log(path, handler, before)


def _is_ours_or_matters(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING or is_ours(record)
