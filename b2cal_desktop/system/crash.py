"""What goes wrong without anybody having foreseen it: noticed, told, and kept for the next start to offer as a report.

Beside the log lie three files of this user's alone: ``running`` while a process runs (locked, and gone after a clean
end), ``fault.txt`` for what the interpreter says when the process dies of a signal, and ``crashes.json`` for the last
crashes. A process that was killed, or lost its power, leaves ``running`` and nothing else: that is nobody's fault, and
nobody is asked about it. A crash is told by type and place; what an exception says is nowhere.
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import re
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Literal

import msgspec

from b2cal_desktop import __version__
from b2cal_desktop.core.errors import B2CalError
from b2cal_desktop.core.ports import Clock
from b2cal_desktop.system.logs import OURS, RecentLines
from b2cal_desktop.system.paths import Profile
from b2cal_desktop.system.private_files import lock_file, make_private_folder, open_private, write_private_file
from b2cal_desktop.system.traces import frame_line, trace_lines

_log = logging.getLogger(__name__)
_KEPT_CRASHES = 8
_MOST_BYTES = 256_000
_FAULT_FRAMES = 40
_FATAL = re.compile(r"^(?:Fatal Python error|(Windows) fatal exception): (.+)$", re.MULTILINE)
FAULTS = frozenset(  # as the interpreter names them
    {
        "Segmentation fault", "Aborted", "Bus error", "Floating point exception", "Floating-point exception",
        "Illegal instruction", "access violation", "int divide by zero", "stack overflow", "another fault",
    }
)  # fmt: skip
_FAULT_FRAME = re.compile(r'^  File "(?P<file>[^"]*)", line (?P<line>\d+) in (?P<function>[\w<>.]+)$')


class Crash(msgspec.Struct, frozen=True, kw_only=True):
    """One crash. ``trace`` holds types and places only; ``ended`` says whether the process ended of it."""

    at: datetime
    version: str
    kind: Literal["exception", "signal"]
    ended: bool
    thread: str
    trace: tuple[str, ...]
    answered: bool = False


# Uncaught exceptions


@contextmanager
def uncaught_told() -> Iterator[None]:
    """Until the end of the block, what nobody caught is logged and told on standard error, by type and place.

    What the block itself does not catch ends it with SystemExit(1), told already.
    """
    give_back = _take_hooks()
    try:
        yield
    except Exception as error:
        if isinstance(error, B2CalError):
            raise
        _uncaught(type(error), error, error.__traceback__)
        raise SystemExit(1) from None  # Python would tell what it says
    finally:
        give_back()


def _take_hooks() -> Callable[[], None]:
    """Hear of everything uncaught; returns what puts the former hooks back."""
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    sys.excepthook, threading.excepthook, sys.unraisablehook = _uncaught, _uncaught_in_thread, _unraisable

    def give_back() -> None:
        sys.excepthook, threading.excepthook, sys.unraisablehook = before

    return give_back


def _tell_faults() -> None:
    """Have a crash below Python told on standard error, where there is one."""
    if sys.__stderr__ is not None:  # None in a Windows program without a console
        with contextlib.suppress(OSError, ValueError):  # closed, or no file
            faulthandler.enable(sys.__stderr__)


def _uncaught(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, where)
        return
    _log.critical("uncaught exception", exc_info=(kind, error, where))
    if sys.stderr is not None:
        sys.stderr.write("\n".join([f"b2cal-desktop {__version__}: unexpected", *trace_lines(error), ""]))


def _uncaught_in_thread(given: threading.ExceptHookArgs) -> None:
    if given.exc_value is not None and not issubclass(given.exc_type, SystemExit):
        _uncaught(given.exc_type, given.exc_value, given.exc_traceback)


def _unraisable(given: sys.UnraisableHookArgs) -> None:
    if given.exc_value is not None:
        _log.error("exception in a place where none can be raised", exc_info=given.exc_value)


# What is kept


def crashes_path(profile: Profile) -> Path:
    """Where the last crashes are kept."""
    return profile.log / "crashes.json"


def kept_crashes(profile: Profile) -> tuple[Crash, ...]:
    """The last crashes of this profile, oldest first; none where the file is not ours to read."""
    path = crashes_path(profile)
    try:
        with path.open("rb") as file:
            return msgspec.json.decode(file.read(_MOST_BYTES), type=tuple[Crash, ...])
    except (OSError, msgspec.MsgspecError, ValueError, RecursionError):  # ValueError: bytes that are no UTF-8
        return ()


class CrashWatch(logging.Handler):
    """Watches over one process on one profile, between ``begin`` and ``end`` or as a context manager.

    A crash is whatever is logged by us, as an error, with an exception that is not one of ours: the top of each
    thread does so. ``told`` hears that there was one of which nobody else tells, on the thread that it happened on.
    """

    def __init__(self, profile: Profile, clock: Clock) -> None:
        super().__init__(logging.ERROR)
        self._profile, self._clock = profile, clock
        self.told: Callable[[], None] | None = None
        self.recent = RecentLines()
        self._files = threading.Lock()
        self._marker: IO[bytes] | None = None
        self._faults: IO[bytes] | None = None
        self._level_before = 0
        self._faults_told_before = False
        self._give_hooks_back: Callable[[], None] = lambda: None
        self._known: set[tuple[str, ...]] = set()

    # --- the process

    def begin(self) -> None:
        """Watch from now on; cheap, for it happens before the icon shows. Without a usable folder, in memory only."""
        ours = logging.getLogger(OURS)
        self._level_before = ours.level
        ours.setLevel(logging.DEBUG)
        ours.addHandler(self)
        logging.getLogger().addHandler(self.recent)
        self._give_hooks_back = _take_hooks()
        try:
            self._begin_files()
        except OSError as error:
            _log.warning("crashes are not kept: %s", error.strerror)

    def _begin_files(self) -> None:
        folder = self._profile.log
        make_private_folder(folder)
        running = folder / "running"
        unclean = running.exists()
        marker = open(running, "ab", opener=open_private)  # noqa: SIM115  open for as long as the process runs
        try:
            lock_file(marker)
        except OSError:
            marker.close()  # another process of this profile is watched already
            return
        self._marker = marker
        if unclean and self._fault_path.exists() and self._fault_path.stat().st_size:
            self._fault_path.replace(self._fault_path_before)
        self._faults = open(self._fault_path, "wb", opener=open_private)  # noqa: SIM115  likewise
        self._faults_told_before = faulthandler.is_enabled()
        faulthandler.enable(self._faults)
        if unclean and not self._fault_path_before.exists():
            _log.info("the last run was ended from outside")

    def end(self) -> None:
        """The process ends as it should: nothing will be said of it."""
        self._give_hooks_back()
        ours = logging.getLogger(OURS)
        ours.removeHandler(self)
        logging.getLogger().removeHandler(self.recent)
        ours.setLevel(self._level_before)
        if self._faults is not None:
            faulthandler.disable()
            self._faults.close()
            if self._faults_told_before:
                _tell_faults()
            self._fault_path.unlink(missing_ok=True)
        if self._marker is not None:
            running = Path(self._marker.name)
            self._marker.close()
            running.unlink(missing_ok=True)
        self._marker = self._faults = None

    def __enter__(self) -> CrashWatch:
        self.begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception) and not isinstance(error, B2CalError):
            self._note(error, threading.current_thread().name, ended=True)
        self.end()

    @property
    def _fault_path(self) -> Path:
        return self._profile.log / "fault.txt"

    @property
    def _fault_path_before(self) -> Path:
        return self._profile.log / "fault-before.txt"

    # --- a crash of this run

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what is a crash; called by logging, on any thread."""
        error = record.exc_info[1] if record.exc_info else None
        if error is None or isinstance(error, B2CalError):
            return
        self._note(error, record.threadName or "", ended=False)
        if self.told is not None and record.levelno >= logging.CRITICAL:
            self.told()

    def _note(self, error: BaseException, thread: str, *, ended: bool) -> None:
        """Keep ``error``, the first time that it comes."""
        trace = tuple(trace_lines(error, says=False))
        with self._files:
            if trace in self._known or len(self._known) >= _KEPT_CRASHES:
                return
            self._known.add(trace)
            crash = Crash(
                at=self._clock.now(), version=__version__, kind="exception", ended=ended, thread=thread, trace=trace
            )
            self._keep((*kept_crashes(self._profile), crash))

    def _keep(self, crashes: Sequence[Crash]) -> None:
        content = msgspec.json.format(msgspec.json.encode(tuple(crashes)[-_KEPT_CRASHES:]), indent=2)
        try:
            write_private_file(crashes_path(self._profile), content + b"\n")
        except OSError as error:
            _log.warning("the crash is not kept: %s", error.strerror)

    # --- crashes of earlier runs

    def look_back(self) -> tuple[Crash, ...]:
        """The crashes of earlier runs that nobody has been asked about; not before the icon shows."""
        with self._files:
            crashes = kept_crashes(self._profile)
            fault = self._fault_of_last_run() if self._marker is not None else None
            if fault is not None:
                crashes = (*crashes, fault)
                self._keep(crashes)
                self._fault_path_before.unlink(missing_ok=True)
        if fault is not None:  # not before: whoever logs an error just now holds the handler, and waits for the files
            _log.error("the last run ended by a fault: %s", fault.trace[-1])
        return tuple(one for one in crashes if not one.answered and one.trace not in self._known)

    def _fault_of_last_run(self) -> Crash | None:
        path = self._fault_path_before
        try:
            with path.open("rb") as file:
                text = file.read(_MOST_BYTES).decode("utf-8", "replace")
            at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except OSError:
            return None
        fatal = _FATAL.search(text)
        fault = fatal[2].strip() if fatal is not None else ""
        if fatal is None or (fatal[1] and fault not in FAULTS):  # Windows tells of what others handle well, too
            path.unlink(missing_ok=True)
            return None
        fault = fault if fault in FAULTS else "another fault"
        trace = (*_fault_frames(text), fault)
        return Crash(at=at, version=__version__, kind="signal", ended=True, thread="", trace=trace)

    def answer(self) -> None:
        """The user has saved the report, or does not want to: of these crashes nothing more is said."""
        with self._files:
            crashes = kept_crashes(self._profile)
            if crashes:
                self._keep([msgspec.structs.replace(one, answered=True) for one in crashes])


def _fault_frames(text: str) -> Iterator[str]:
    """The frames of the thread that died, outermost first, in the form of a traceback."""
    _, _, current = text.partition("Current thread")
    frames = []
    for line in current.splitlines()[1:]:
        found = _FAULT_FRAME.match(line)
        if found is None:
            break
        frames.append(frame_line(found["file"], int(found["line"]), found["function"]))
    yield from reversed(frames[:_FAULT_FRAMES])
