"""Who shows which diversion until when, and everything that was ever set, in SQLite."""

from __future__ import annotations

import hashlib
import re
import sqlite3
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from b2cal_desktop.core.errors import FileProblem
from b2cal_desktop.switchboards.practice.catalogue import AVAILABLE, DIVERSION_IDS

KEPT_PER_USER = 500
NOTE_LENGTH = 200
_SCHEMA_VERSION = 1
_BUSY_SECONDS = 2.0
_USER_NAME = re.compile(r"\w[\w.@+'-]{0,127}")
_SCHEMA = """
CREATE TABLE entries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  folded TEXT NOT NULL,
  user TEXT NOT NULL,
  diversion TEXT NOT NULL,
  until TEXT,
  note TEXT,
  set_by TEXT NOT NULL,
  changed TEXT NOT NULL
) STRICT;
CREATE INDEX entries_by_user ON entries (folded, id);
"""


class UnknownUser(LookupError):
    """There is a closed list without this user, or the user is known in other upper and lower case.

    `known` is then the spelling that is known.
    """

    def __init__(self, known: str | None = None) -> None:
        super().__init__("this user is unknown")
        self.known = known


class Busy(RuntimeError):
    """Another process is changing the same state, and did not come to an end in time."""


class PreconditionFailed(ValueError):
    """What the user shows is not what the writer expected."""


@dataclass(frozen=True, slots=True)
class DiversionState:
    """What a user shows: `until` None is open-ended; `set_by` and `changed` None means never set."""

    user: str
    diversion: str
    until: datetime | None
    note: str | None
    set_by: str | None
    changed: datetime | None
    revision: int = 0

    @property
    def etag(self) -> str:
        """A strong entity tag (RFC 9110, 8.8.3): equal only where every byte of the state is."""
        facts = repr((self.user, self.diversion, self.until, self.note, self.set_by, self.changed, self.revision))
        return f'"{hashlib.sha256(facts.encode()).hexdigest()[:20]}"'

    def as_json(self) -> dict[str, str | None]:
        """The body of the contract; instants in UTC."""
        return {
            "diversion": self.diversion,
            "until": instant_text(self.until),
            "note": self.note,
            "set_by": self.set_by,
            "changed": instant_text(self.changed),
        }

    def at(self, now: datetime) -> DiversionState:
        """What is left of it at `now`: once `until` has passed, `available`, set by the switchboard."""
        if self.until is None or self.until > now:
            return self
        changed = max(self.until, self.changed or self.until)
        return DiversionState(self.user, AVAILABLE, None, None, "switchboard", changed, self.revision)


def instant_text(instant: datetime | None) -> str | None:
    """RFC 3339 in UTC."""
    return None if instant is None else instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def user_name(text: str) -> str:
    """A user's name in NFC; ValueError unless it is 1 to 128 letters, digits and `. _ @ + ' -`."""
    name = unicodedata.normalize("NFC", text)
    if not _USER_NAME.fullmatch(name):
        raise ValueError("a user name is 1 to 128 letters, digits and . _ @ + ' -, and starts with a letter or digit")
    return name


class Store:
    """The switchboard's memory; every method may be called from any thread.

    `path` None keeps it in memory. `users`, when given, is a closed list: others are unknown. Without
    it every well-formed name is a user, who shows `available` until something is set.
    """

    def __init__(self, path: Path | None, *, now: Callable[[], datetime], users: Iterable[str] | None = None) -> None:
        self._now = now
        self._directory = None if users is None else {_fold(name): user_name(name) for name in users}
        self._lock = threading.RLock()
        self._written = threading.Condition()
        self._writes = 0
        self._connection = _open(path)

    def close(self) -> None:
        """Ends the store; it may be called more than once."""
        with self._lock:
            self._connection.close()

    @property
    def writes(self) -> int:
        """Grows with every write through this store."""
        return self._writes

    def wait_for_write(self, since: int, seconds: float) -> None:
        """Returns once `writes` is no longer `since`, at `wake`, or after `seconds`."""
        with self._written:
            self._written.wait_for(lambda: self._writes != since, seconds)

    def wake(self) -> None:
        """Ends every wait."""
        with self._written:
            self._writes += 1
            self._written.notify_all()

    def get(self, user: str) -> DiversionState:
        """What `user` shows now; raises UnknownUser or ValueError (a malformed name)."""
        name = self._known(user)
        return self._last(name).at(self._now())

    def users(self) -> list[DiversionState]:
        """What everyone shows now, by name."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT user, diversion, until, note, set_by, changed, max(id) FROM entries GROUP BY folded"
            ).fetchall()
        now = self._now()
        states = {name: _never_set(name) for name in (self._directory or {}).values()}
        states |= {row[0]: _state(row).at(now) for row in rows}
        return sorted(states.values(), key=lambda state: _fold(state.user))

    def history(self, user: str, limit: int = 100) -> list[DiversionState]:
        """What was set for `user`, newest first; ends that were reached by themselves are no entries."""
        name = self._known(user)
        with self._lock:
            rows = self._connection.execute(
                "SELECT user, diversion, until, note, set_by, changed, id FROM entries"
                " WHERE folded = ? ORDER BY id DESC LIMIT ?",
                (_fold(name), limit),
            ).fetchall()
        return [_state(row) for row in rows]

    def set(
        self,
        user: str,
        diversion: str,
        until: datetime | None,
        *,
        set_by: str,
        note: str | None = None,
        expected: Callable[[DiversionState], bool] | None = None,
    ) -> DiversionState:
        """Sets a diversion and returns what `user` shows then.

        `expected` sees the state before, in the same transaction; False from it raises PreconditionFailed.
        Raises as `get` does, Busy, and ValueError for an unknown diversion or an `until` without a time zone.
        """
        if diversion not in DIVERSION_IDS:
            raise ValueError(f"{diversion} is no diversion of this switchboard")
        if until is not None and until.tzinfo is None:
            raise ValueError("until has no time zone")
        with self._transaction() as connection:
            name = self._known(user)
            now = self._now().astimezone(UTC)
            if expected is not None and not expected(self._last(name).at(now)):
                raise PreconditionFailed("what the user shows has changed")
            changed = now.replace(microsecond=now.microsecond // 1000 * 1000)
            row = (_fold(name), name, diversion, instant_text(until), note, set_by, instant_text(changed))
            connection.execute(
                "INSERT INTO entries (folded, user, diversion, until, note, set_by, changed)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                row,
            )
            connection.execute(
                "DELETE FROM entries WHERE folded = ? AND id <= (SELECT id FROM entries WHERE folded = ?"
                " ORDER BY id DESC LIMIT 1 OFFSET ?)",
                (_fold(name), _fold(name), KEPT_PER_USER),
            )
            state = self._last(name).at(now)
        self.wake()
        return state

    def _known(self, user: str) -> str:
        """The name in the spelling of this switchboard."""
        name = user_name(user)
        if self._directory is not None:
            if _fold(name) not in self._directory:
                raise UnknownUser
            known = self._directory[_fold(name)]
        else:
            known = self._last(name).user
        if known != name:
            raise UnknownUser(known)
        return name

    def _last(self, name: str) -> DiversionState:
        with self._lock:
            row = self._connection.execute(
                "SELECT user, diversion, until, note, set_by, changed, id FROM entries"
                " WHERE folded = ? ORDER BY id DESC LIMIT 1",
                (_fold(name),),
            ).fetchone()
        return _never_set(name) if row is None else _state(row)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    raise
                raise Busy("another process is writing") from error
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _never_set(name: str) -> DiversionState:
    return DiversionState(name, AVAILABLE, None, None, None, None)


def _state(row: tuple[str, str, str | None, str | None, str, str, int]) -> DiversionState:
    user, diversion, until, note, set_by, changed, revision = row
    end = None if until is None else datetime.fromisoformat(until)
    return DiversionState(user, diversion, end, note, set_by, datetime.fromisoformat(changed), revision)


def _open(path: Path | None) -> sqlite3.Connection:
    name = ":memory:" if path is None else str(path)
    try:
        connection = sqlite3.connect(name, check_same_thread=False, isolation_level=None, timeout=_BUSY_SECONDS)
    except sqlite3.Error as error:
        raise FileProblem(name, None, None, f"the switchboard's state cannot be opened: {error}") from error
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("BEGIN IMMEDIATE")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > _SCHEMA_VERSION:
            raise FileProblem(name, None, None, "the switchboard's state was written by a newer version")
        if version == 0:
            for statement in _SCHEMA.strip().rstrip(";").split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        connection.close()
        raise FileProblem(name, None, None, f"this is no state of a practice switchboard: {error}") from error
    except FileProblem:
        connection.close()
        raise
    return connection
