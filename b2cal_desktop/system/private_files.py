"""Files that only their user may read, written so that a reader never meets a half-written one.

On Windows the folders of a user's profile are private by inheritance; one that is made elsewhere is by its mode, from
Python 3.11.10, 3.12.4 and 3.13 on (https://github.com/python/cpython/issues/118486). A file has what its folder has.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

FOLDER_MODE = 0o700
FILE_MODE = 0o600
_OTHERS = 0o077
_LEFTOVER_SECONDS = 60
_WINDOWS_TRIES, _WINDOWS_WAIT = 20, 0.05


@dataclass(frozen=True, slots=True)
class FileStamp:
    """Tells whether a file is still the one that was read. ``mtime_ns`` in nanoseconds, ``size`` in bytes."""

    mtime_ns: int
    size: int
    inode: int


def file_stamp(path: Path) -> FileStamp | None:
    """The stamp of the file at ``path``; None where there is none, or none that this user may see."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return FileStamp(status.st_mtime_ns, status.st_size, status.st_ino)


def make_private_folder(path: Path) -> None:
    """Make ``path``, and what is missing above it, for this user alone, whatever the umask; raises OSError."""
    missing = []
    folder = path
    while not folder.is_dir():
        missing.append(folder)
        if folder.parent == folder:
            break
        folder = folder.parent
    for folder in reversed(missing):
        folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
        folder.chmod(FOLDER_MODE)


def make_private(path: Path, mode: int = FILE_MODE) -> None:
    """Take others' rights to ``path`` away, where it exists and is this user's own; raises OSError."""
    if os.name == "posix" and path.exists() and path.stat().st_uid == os.geteuid() and path.stat().st_mode & _OTHERS:
        path.chmod(mode)


def make_private_file(path: Path) -> None:
    """An empty file at ``path`` for this user alone, if there is none; SQLite takes one for a new database."""
    os.close(open_private(path, os.O_CREAT | os.O_RDWR))
    path.chmod(FILE_MODE)


if sys.platform == "win32":

    def lock_file(file: IO[bytes]) -> None:
        """Lock ``file`` for as long as it is open; raises OSError where another process has.

        The operating system lets go of it when the process ends, however it ends.
        """
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:

    def lock_file(file: IO[bytes]) -> None:
        """Lock ``file`` for as long as it is open; raises OSError where another process has.

        The operating system lets go of it when the process ends, however it ends.
        """
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def open_private(path: str | Path, flags: int) -> int:
    """An opener for ``open()``: what it creates is this user's alone, whatever the umask."""
    return os.open(path, flags, FILE_MODE)


def write_private_file(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path`` in one step: a reader, and the next start, sees the old file or the new one.

    A link is followed, so that a settings file kept elsewhere stays there. Raises OSError; the old file is then whole.
    """
    target = Path(os.path.realpath(path))
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".new", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)
    _remove_leftovers(target)


def _replace(source: Path, target: Path) -> None:
    for _ in range(_WINDOWS_TRIES if sys.platform == "win32" else 0):
        try:
            source.replace(target)
        except PermissionError:  # a virus scanner or an indexer has the old file open for a moment
            time.sleep(_WINDOWS_WAIT)
        else:
            return
    source.replace(target)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove_leftovers(target: Path) -> None:
    """What a process that was killed before its rename has left; a fresh one may be another writer's."""
    limit = target.stat().st_mtime - _LEFTOVER_SECONDS
    for leftover in target.parent.glob(f".{target.name}.*.new"):
        if leftover.stat().st_mtime < limit:
            leftover.unlink(missing_ok=True)
