"""Puts input after input to a target, within bounds of time and memory, and keeps what made it fall over."""

import hashlib
import logging
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from tests.fuzz.target import Target

if sys.platform != "win32":
    import resource

BUILD = Path("build/fuzz")
INPUT_SECONDS = 10.0  # of the processor's, on a computer with other work to do
GROWTH_BYTES = 500_000_000  # a process of these targets, all of the product loaded, has a fraction of it


class TooSlow(Exception):
    """One input took longer than any may."""


@dataclass
class Outcome:
    """``failures`` maps each kind of fault to the number of the first input that showed it.

    ``seconds`` are the processor's; ``peak_mib`` is the most memory that the process had at once meanwhile.
    """

    inputs: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    peak_mib: int = 0
    failures: dict[str, int] = field(default_factory=dict)


def run(
    target: Target, seed: int, first: int, after: int, keep: Path | None = None, most_seconds: float = INPUT_SECONDS
) -> Outcome:
    """The inputs from number ``first`` to before ``after``; a failing one is written to the folder ``keep``."""
    outcome, mutator = Outcome(), target.mutator
    with tempfile.TemporaryDirectory(prefix="fuzz") as folder, _quiet(), target.open(Path(folder)) as check:
        for good in mutator.seeds:
            check(good)
        _forget_peak()
        for number in range(first, after):
            data = mutator.draw(f"{seed}:{target.name}:{number}")
            begun = time.process_time()
            try:
                with _no_longer_than(most_seconds):
                    check(data)
            except Exception as error:  # noqa: BLE001  whatever comes out is what is looked for
                kind = _kind(error)
                if kind not in outcome.failures and keep is not None:
                    _keep(keep / target.name, data, error)
                outcome.failures.setdefault(kind, number)
            spent = time.process_time() - begun
            outcome.slowest = max(outcome.slowest, spent)
            outcome.seconds += spent
            outcome.inputs += 1
        outcome.peak_mib = _peak_mib()
    return outcome


def batch(name: str, seed: int, first: int, after: int) -> Outcome:
    """Some inputs of one target, in a process of a pool."""
    from tests.fuzz.targets import TARGETS

    return run(TARGETS[name], seed, first, after, BUILD / "failed")


def begin() -> None:
    """What a process of the pool does first."""
    os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="b2cal")  # sockets go there, and their paths are short
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    bound_memory()


def bound_memory() -> None:
    """Let this process have so much and no more: what asks for it all gets a MemoryError."""
    statm = Path("/proc/self/statm")
    if not statm.exists():
        return  # macOS lets nobody bound it
    now = int(statm.read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + GROWTH_BYTES, resource.RLIM_INFINITY))


def _forget_peak() -> None:
    with suppress(OSError):  # Linux only; elsewhere the peak is the process's since it began
        Path("/proc/self/clear_refs").write_text("5")


def _peak_mib() -> int:
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1_048_576  # bytes on macOS
    return int(status.read_text().partition("VmHWM:")[2].split()[0]) // 1_024


@contextmanager
def _no_longer_than(seconds: float) -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@contextmanager
def _quiet() -> Iterator[None]:
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


def _kind(error: Exception) -> str:
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(place.filename).name}:{place.lineno}"


def _keep(folder: Path, data: bytes, error: Exception) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / hashlib.sha256(data).hexdigest()[:16]
    path.write_bytes(data)
    path.with_suffix(".txt").write_text("".join(traceback.format_exception(error)), encoding="utf-8")
