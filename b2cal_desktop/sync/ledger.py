"""The ledger: what the app has written and noticed, on disk, so that the next start knows whose a diversion is.

SQLite in WAL mode with full synchronisation: every method is one transaction, and a process killed between any two
statements leaves the state before or after it, never one in between. Used from one thread.
"""

from __future__ import annotations

import logging
import random
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from b2cal_desktop.core.errors import LedgerDamaged
from b2cal_desktop.core.intents import Skip
from b2cal_desktop.core.model import CalendarEvent, DiversionState, Text, Warning
from b2cal_desktop.core.reconcile import Memory
from b2cal_desktop.core.rules import MailboxHours
from b2cal_desktop.core.schedule import Extension
from b2cal_desktop.core.state import ActionName, Confirmation, HistoryEntry

_T = TypeVar("_T")
_log = logging.getLogger(__name__)
_VERSION = 1
_KEEP_HISTORY = timedelta(days=15)
# Memories of switchboards that are not in use, or of other users in the one that is.
_OTHERS, _KEEP_OTHERS = "memory of ", 8
# The log of the latest changes is merged into the file after so many pages, and no more than so much of it stays.
_LOG_PAGES, _LOG_BYTES = 64, 256 * 1024
# What one row may weigh when it is read back: a damaged or hostile file must not fill the memory.
_MAX_ROW_BYTES = 64 * 1024 * 1024

_SCHEMA = """
CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS skips (id TEXT, series INTEGER, until TEXT, PRIMARY KEY (id, series));
CREATE TABLE IF NOT EXISTS history (
    number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, diversion TEXT NOT NULL, until TEXT,
    by TEXT NOT NULL, action TEXT NOT NULL, confirmation TEXT NOT NULL);
"""

_TABLES = {
    "kept": ("name", "value"),
    "skips": ("id", "series", "until"),
    "history": ("at", "diversion", "until", "by", "action", "confirmation"),
}


@dataclass(frozen=True, slots=True)
class KeptEvents:
    """The last good events. ``calendar`` is a fingerprint of which calendar they came from."""

    calendar: str
    as_of: datetime
    events: tuple[CalendarEvent, ...]
    timezone: str | None = None
    limited: bool = False
    hours: MailboxHours | None = None


@dataclass(frozen=True, slots=True)
class Controls:
    """What the user asked for that outlives the program: a pause, and a block made longer."""

    paused_until: datetime | None = None
    extension: Extension | None = None
    let_go: bool = False  # switched off or paused, and what was ours is cleared


class Ledger:
    """One profile's ledger. Raises LedgerDamaged where the file cannot be used, from any method.

    A damaged file is moved aside (``moved_to``) and a new ledger begun with what can still be read of it: what cannot
    only makes the app more careful. ``wait_seconds`` is how long another process may hold the file. Whoever only
    looks leaves a damaged file where it is (``heals`` false).
    """

    def __init__(self, path: Path, *, wait_seconds: float = 10.0, heals: bool = True) -> None:
        self.path = path
        self._wait_seconds = wait_seconds
        self.moved_to: Path | None = None
        try:
            self._open()
        except sqlite3.DatabaseError as error:
            # Locked, read-only or full is no damage: moving the file away would lose what is in it.
            if not heals or (isinstance(error, sqlite3.OperationalError) and "malformed" not in str(error)):
                raise LedgerDamaged(str(path), str(error)) from error
            self.moved_to = self._set_aside(error)
            try:
                self._open()
            except sqlite3.Error as error_again:
                raise LedgerDamaged(str(path), str(error_again)) from error_again
            self._rescue(self.moved_to)

    def _open(self) -> None:
        self._connection = sqlite3.connect(
            self.path, isolation_level=None, timeout=self._wait_seconds, check_same_thread=False
        )
        try:
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            self._connection.execute(f"PRAGMA wal_autocheckpoint={_LOG_PAGES}")
            self._connection.execute(f"PRAGMA journal_size_limit={_LOG_BYTES}")
            if self._connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise sqlite3.DatabaseError("database disk image is malformed")
            (version,) = self._connection.execute("PRAGMA user_version").fetchone()
            if version > _VERSION:
                raise LedgerDamaged(
                    str(self.path),
                    Text("den skrevs av en nyare version av programmet", "it was written by a newer version"),
                )
            self._connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version={_VERSION}; COMMIT;")
        except BaseException:
            self._connection.close()
            raise

    def _set_aside(self, error: Exception) -> Path:
        """Move the damaged file, with the log of its latest changes, out of the way."""
        damaged = self.path.with_name(self.path.name + ".damaged")
        try:
            for suffix in ("-wal", "-shm"):
                Path(f"{damaged}{suffix}").unlink(missing_ok=True)
            self.path.replace(damaged)
            Path(f"{self.path}-shm").unlink(missing_ok=True)
            with suppress(FileNotFoundError):
                Path(f"{self.path}-wal").replace(f"{damaged}-wal")
        except OSError as os_error:
            raise LedgerDamaged(str(self.path), str(os_error)) from error
        return damaged

    def _rescue(self, damaged: Path) -> None:
        """Take over what can still be read of the damaged file, row by row until one cannot."""
        with suppress(sqlite3.Error), closing(sqlite3.connect(damaged)) as old, self._transaction() as connection:
            old.execute("PRAGMA query_only=ON")
            for table, columns in _TABLES.items():  # names of ours, so that the queries may be put together from them
                with suppress(sqlite3.Error, LedgerDamaged):
                    for row in old.execute(f"SELECT {', '.join(columns)} FROM {table}"):  # noqa: S608  # nosec B608
                        places = ", ".join("?" * len(columns))
                        connection.execute(
                            f"INSERT OR REPLACE INTO {table} ({', '.join(columns)}) VALUES ({places})",  # noqa: S608
                            row,
                        )

    @property
    def warnings(self) -> tuple[Warning, ...]:
        """What the user should know of the file: that it was damaged, and where it is."""
        if self.moved_to is None:
            return ()
        path, moved_to = self.path, self.moved_to
        text = Text(
            f"Appens minnesfil {path} var skadad och ligger nu i {moved_to}. Det som gick att läsa är kvar; pauser och "
            "överhoppade bokningar kan ha gått förlorade.",
            f"The ledger {path} was damaged and is now {moved_to}. What could be read is kept; pauses and skipped "
            "events may be lost.",
        )
        return (Warning("ledger_damaged", text),)

    def close(self) -> None:
        """Close the file; the ledger is not used afterwards."""
        self._connection.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                yield self._connection
                self._connection.execute("COMMIT")
            finally:
                # A full disk may have rolled back already; a COMMIT that failed may not.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            raise LedgerDamaged(str(self.path), str(error)) from error

    def _rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise LedgerDamaged(str(self.path), str(error)) from error

    def _kept(self, name: str, kind: type[_T]) -> _T | None:
        """What was kept under ``name``; a value that cannot be read counts as none, which only makes us careful."""
        rows = self._rows("SELECT value FROM kept WHERE name = ? AND length(value) <= ?", name, _MAX_ROW_BYTES)
        if not rows:
            return None
        try:
            return _with_offsets(msgspec.json.decode(rows[0][0], type=kind))
        except (msgspec.MsgspecError, ValueError, TypeError, RecursionError):  # ValueError: bytes that are no UTF-8
            _log.warning("the ledger's %s cannot be read and is left out", name)
            return None

    def _keep(self, connection: sqlite3.Connection, name: str, value: object) -> None:
        connection.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (name, msgspec.json.encode(value)))

    def memory(self) -> Memory:
        """What the next decision has to know; an empty ledger has written nothing."""
        return self._kept("memory", Memory) or Memory()

    def memory_of(self, switchboard: str) -> Memory:
        """Make the memory of ``switchboard`` (a fingerprint) the one that ``memory`` and ``keep_memory`` are about.

        The one before is put away, for the day when somebody changes back; the last few are kept.
        """
        before = self._kept("switchboard", str)
        if before == switchboard:
            return self.memory()
        known = self.memory() if before is None else self.recall(switchboard)
        with self._transaction() as connection:
            if before is not None:
                self._put_away(connection, before, self.memory())
            connection.execute("DELETE FROM kept WHERE name = ?", (_OTHERS + switchboard,))
            self._keep(connection, "memory", known)
            self._keep(connection, "switchboard", switchboard)
        return known

    def recall(self, switchboard: str) -> Memory:
        """The memory of ``switchboard``, whichever one is in use; where nothing was written in it, an empty one."""
        if self._kept("switchboard", str) == switchboard:
            return self.memory()
        return self._kept(_OTHERS + switchboard, Memory) or Memory()

    def keep_for(self, switchboard: str, memory: Memory) -> None:
        """Keep ``memory`` for ``switchboard``, whichever one is in use."""
        if self._kept("switchboard", str) == switchboard:
            self.keep_memory(memory)
            return
        with self._transaction() as connection:
            self._put_away(connection, switchboard, memory)

    def _put_away(self, connection: sqlite3.Connection, switchboard: str, memory: Memory) -> None:
        self._keep(connection, _OTHERS + switchboard, memory)
        connection.execute(
            "DELETE FROM kept WHERE name LIKE ? AND name NOT IN "
            "(SELECT name FROM kept WHERE name LIKE ? ORDER BY rowid DESC LIMIT ?)",
            (_OTHERS + "%", _OTHERS + "%", _KEEP_OTHERS),
        )

    def keep_memory(self, memory: Memory, entry: HistoryEntry | None = None) -> None:
        """Keep ``memory``, and in the same transaction a line of history."""
        with self._transaction() as connection:
            self._keep(connection, "memory", memory)
            if entry is not None:
                state = entry.diversion
                connection.execute(
                    "INSERT INTO history (at, diversion, until, by, action, confirmation) VALUES (?, ?, ?, ?, ?, ?)",
                    (
                        entry.at.isoformat(),
                        state.diversion,
                        state.until and state.until.isoformat(),
                        entry.by,
                        entry.action,
                        entry.confirmation,
                    ),
                )
                # Instants are kept in UTC, so that they compare as text.
                connection.execute("DELETE FROM history WHERE at < ?", ((entry.at - _KEEP_HISTORY).isoformat(),))

    def confirm_last(self, confirmation: Confirmation) -> None:
        """How sure we are of the last line of history."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE history SET confirmation = ? WHERE number = (SELECT max(number) FROM history)", (confirmation,)
            )

    def history(self, limit: int = 500) -> tuple[HistoryEntry, ...]:
        """The last lines, newest first."""
        rows = self._rows(
            "SELECT at, diversion, until, by, action, confirmation FROM history ORDER BY number DESC LIMIT ?", limit
        )
        return tuple(_readable(rows, _entry))

    def controls(self) -> Controls:
        """What the user asked for that outlives the program."""
        return self._kept("controls", Controls) or Controls()

    def keep_controls(self, controls: Controls) -> None:
        """Keep ``controls``."""
        with self._transaction() as connection:
            self._keep(connection, "controls", controls)

    def skips(self) -> tuple[Skip, ...]:
        """The occurrences and series that the user left out."""
        rows = self._rows("SELECT id, series, until FROM skips ORDER BY rowid")
        return tuple(_readable(rows, _skip))

    def add_skip(self, skip: Skip) -> None:
        """Leave out an occurrence or a series."""
        with self._transaction() as connection:
            until = skip.until and skip.until.isoformat()
            connection.execute("INSERT OR REPLACE INTO skips VALUES (?, ?, ?)", (skip.id, skip.series, until))

    def drop_skip(self, id: str, *, series: bool) -> None:
        """Take a skip back; it is no error if there is none."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM skips WHERE id = ? AND series = ?", (id, series))

    def events(self) -> KeptEvents | None:
        """The last good events, or None."""
        kept, as_of = self._kept("events", KeptEvents), self._kept("as_of", datetime)
        return replace(kept, as_of=as_of) if kept is not None and as_of is not None else kept

    def keep_events(self, kept: KeptEvents) -> None:
        """Keep the last good events; the caller has taken the private ones' subjects and places out."""
        with self._transaction() as connection:
            self._keep(connection, "events", kept)
            # Not the later of the two: a clock that once ran ahead would keep old events fresh for years.
            connection.execute("DELETE FROM kept WHERE name = 'as_of'")

    def forget_events(self) -> None:
        """The user has signed out: nothing of the calendar stays."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM kept WHERE name IN ('events', 'as_of')")

    def refused_sign_in(self) -> str | None:
        """A fingerprint of the sign-in whose password the calendar has refused since the user last acted."""
        return self._kept("refused_sign_in", str)

    def refuse_sign_in(self, sign_in: str) -> None:
        """``sign_in`` is not to be tried until ``allow_sign_in``."""
        with self._transaction() as connection:
            self._keep(connection, "refused_sign_in", sign_in)

    def allow_sign_in(self) -> None:
        """The user has acted: what was refused may be tried again, once."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM kept WHERE name = 'refused_sign_in'")

    def keep_as_of(self, as_of: datetime) -> None:
        """The calendar was asked again, and nothing has changed since ``keep_events``."""
        with self._transaction() as connection:
            self._keep(connection, "as_of", as_of)

    def status(self) -> dict[str, Any] | None:
        """The last known state, as ``keep_status`` was given it."""
        return self._kept("status", dict[str, Any])

    def keep_status(self, status: dict[str, Any]) -> None:
        """Keep the last known state, for whoever asks while nothing runs."""
        with self._transaction() as connection:
            self._keep(connection, "status", status)

    def offsets(self) -> tuple[float, float]:
        """This computer's own fixed shares, 0 to 1, of the edge spread and of the poll interval; drawn once."""
        found = self._kept("offsets", tuple[float, float])
        if found is None or not all(0 <= share <= 1 for share in found):
            found = (random.random(), random.random())  # noqa: S311  spreads load; it is no secret
            with self._transaction() as connection:
                self._keep(connection, "offsets", found)
        return found


def _with_offsets(value: _T) -> _T:
    """``value``, all of whose instants have an offset; raises ValueError: with others no comparison is possible."""
    waiting: list[object] = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, datetime) and part.tzinfo is None:
            raise ValueError("an instant without an offset")
        if isinstance(part, tuple):
            waiting += part
        elif is_dataclass(part):
            waiting += (getattr(part, each.name) for each in fields(part))
    return value


def _readable(rows: Iterable[tuple[Any, ...]], read: Callable[..., _T]) -> Iterator[_T]:
    """What ``read`` makes of each row; one that makes no sense is left out, and not all the others with it."""
    for row in rows:
        try:
            yield read(*row)
        except (ValueError, TypeError):
            _log.warning("a row of the ledger cannot be read and is left out")


def _entry(at: object, diversion: object, until: object, by: object, action: str, confirmation: str) -> HistoryEntry:
    state = DiversionState(_text(diversion), _instant(until) if until else None)
    return HistoryEntry(_instant(at), state, _text(by), ActionName(action), Confirmation(confirmation))


def _skip(id: object, series: object, until: object) -> Skip:
    return Skip(_text(id), bool(series), _instant(until) if until else None)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _instant(value: object) -> datetime:
    instant = datetime.fromisoformat(_text(value))
    if instant.tzinfo is None:
        raise ValueError("an instant without an offset")
    return instant
