"""The whole app for half an hour: real process, real tray on D-Bus, real switchboard; what it holds on to is measured.

More happens to it than to anybody's: a block begins or ends every few seconds, the calendar changes all the time,
somebody uses the softphone, the menu, the window, and the switchboard fails now and then.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

import tomli_w

from b2cal_desktop.switchboards.practice import Faults, PracticeSwitchboard
from b2cal_desktop.system.clock import SystemClock
from tests.desktop.session import DesktopSession
from tests.test_cli import calendar, event

USER = "anna"
EVERY_SECONDS = 10
# Python, Qt and the allocator reach their level within this share of the run.
WARM_UP = 1 / 3
# From the first to the last quarter after that; a leak of a kilobyte a cycle would be ten times as much.
MOST_GROWTH_KIB = 3_000
MOST_HANDLES = MOST_THREADS = 2
MOST_LEDGER_BYTES = 200_000
MOST_LOG_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Sample:
    """What the process holds at one instant; ``rss`` and ``pss`` in KiB, ``cpu`` in seconds so far."""

    second: float
    rss: int
    pss: int
    threads: int
    handles: int
    ledger: int
    wal: int
    cpu: float


def look(process: int, second: float, ledger: Path) -> Sample:
    """What ``process`` holds now."""
    folder = Path(f"/proc/{process}")
    rollup = dict(line.split()[:2] for line in (folder / "smaps_rollup").read_text().splitlines()[1:])
    status = dict(line.split(":\t", 1) for line in (folder / "status").read_text().splitlines())
    ticks = (folder / "stat").read_text().rpartition(")")[2].split()[11:13]
    wal = ledger.with_name(ledger.name + "-wal")
    return Sample(
        second,
        int(rollup["Rss:"]),
        int(rollup["Pss:"]),
        int(status["Threads"]),
        len(list((folder / "fd").iterdir())),
        ledger.stat().st_size if ledger.exists() else 0,
        wal.stat().st_size if wal.exists() else 0,
        sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK"),
    )


class Life:
    """What goes on around the app while it is measured."""

    def __init__(self, desktop: DesktopSession, profile: Path, board: PracticeSwitchboard) -> None:
        self.desktop, self.profile, self.board = desktop, profile, board
        self.command = [sys.executable, "-m", "b2cal_desktop", "--profile", str(profile)]
        self.done: dict[str, int] = {}
        settings = {
            "version": 1,
            "language": "sv",
            "sync": {"poll_seconds": 30},
            "calendar": {"source": "icalendar", "icalendar": {"location": str(profile / "calendar.ics")}},
            "switchboard": {"connector": "practice", "fields": {"base_url": board.url, "user": USER}},
            "rules": {"method": "prefix_then_status", "bridge_minutes": 0},
        }
        (profile / "settings.toml").write_text(tomli_w.dumps(settings), encoding="utf-8")
        self.fill()

    def fill(self) -> None:
        """A calendar of two hours around now in which something begins or ends every ten seconds."""
        now = SystemClock().now().replace(second=0, microsecond=0)
        starts = (now + timedelta(seconds=20 * n) for n in range(-30, 180))
        subjects = ("MOT: avstämning", "LUN: sallad", "UPP: fokus")
        events = (
            event(f"e{n}", at, at + timedelta(seconds=10), subjects[n % 3], f"DESCRIPTION:{time.monotonic()}")
            for n, at in enumerate(starts)
        )
        (self.profile / "calendar.ics").write_text(calendar(*events), encoding="utf-8")

    def minute(self, number: int) -> None:
        """What people and machines do in this minute."""
        item = self.desktop.watcher.wait_for_item()
        item.menu()
        item.tooltip()
        self.fill()
        every: dict[int, Callable[[], None]] = {
            2: self.sync_now,
            3: self.softphone,
            5: self.window,
            7: self.outage,
        }
        for period, do in every.items():
            if number % period == period - 1:
                do()
                self.done[do.__name__] = self.done.get(do.__name__, 0) + 1

    def sync_now(self) -> None:
        """From the menu."""
        item = self.desktop.watcher.wait_for_item()
        item.click(next(label for label in item.menu().labels() if label.startswith("Synka nu")))

    def softphone(self) -> None:
        """Somebody sets a diversion by hand."""
        until = SystemClock().now() + timedelta(seconds=15)
        self.board.store.set(USER, "lunch", until, set_by="softphone")

    def window(self) -> None:
        """A second start opens the day's window, and it is closed again."""
        second = self.desktop.spawn(self.command)
        window = self.desktop.window("I dag")
        second.wait(20)
        time.sleep(2)
        self.desktop.run("xdotool", "windowactivate", "--sync", window, "key", "alt+F4")
        self.desktop.wait_until(lambda: not self._is_open(window), 20, "the window to close")

    def _is_open(self, window: str) -> bool:
        command = ["xdotool", "search", "--onlyvisible", "--class", "."]  # fails where there is none
        found = subprocess.run(command, env=self.desktop.env, capture_output=True, text=True, timeout=20.0, check=False)
        return window in found.stdout.split()

    def outage(self) -> None:
        """For a quarter of a minute the switchboard is a bad neighbour."""
        self.board.faults = Faults(seed=1, refuse=0.3, answer_500=0.3, answer_garbage=0.3)
        time.sleep(15)
        self.board.faults = None


@contextmanager
def living() -> Iterator[Life]:
    """A desktop, a profile and a switchboard, for as long as it takes."""
    with (
        tempfile.TemporaryDirectory() as folder,
        DesktopSession() as desktop,
        PracticeSwitchboard(port=0, now=SystemClock().now) as board,
    ):
        yield Life(desktop, Path(folder), board)


def measure(minutes: float) -> tuple[list[Sample], dict[str, int], int]:
    """Samples of the running app; how often what was done to it; and how many writes reached the switchboard."""
    with living() as life:
        process = life.desktop.spawn(life.command)
        life.desktop.watcher.wait_for_item()
        begun, samples, minute = time.monotonic(), list[Sample](), 0
        while (passed := time.monotonic() - begun) < minutes * 60:
            if process.poll() is not None:
                raise RuntimeError(f"the app ended: {life.desktop.output(process)}")
            samples.append(look(process.pid, passed, life.profile / "ledger.sqlite3"))
            if passed >= minute * 60:
                life.minute(minute)
                minute += 1
            time.sleep(EVERY_SECONDS)
        writes = sum(count for method, count in life.board.requests_seen.items() if method != "GET")
        _end(process)
        return samples, life.done, writes


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    if process.wait(20) != 0:
        raise RuntimeError(f"the app ended with exit code {process.returncode}")


def growth(samples: list[Sample]) -> dict[str, float]:
    """From the first to the last quarter of what follows the warm-up, medians compared."""
    steady = [s for s in samples if s.second >= samples[-1].second * WARM_UP]
    quarter = max(1, len(steady) // 4)
    found = {}
    for name in ("rss", "pss", "threads", "handles", "ledger"):
        first, last = (
            statistics.median(getattr(s, name) for s in part) for part in (steady[:quarter], steady[-quarter:])
        )
        found[name] = last - first
    return found


def verdict(grown: dict[str, float], samples: list[Sample]) -> list[str]:
    """What is wrong with these figures."""
    bounds = {"rss": MOST_GROWTH_KIB, "pss": MOST_GROWTH_KIB, "threads": MOST_THREADS, "handles": MOST_HANDLES}
    wrong = [f"{name} grew by {grown[name]:g}" for name, most in bounds.items() if grown[name] > most]
    if grown["ledger"] > MOST_LEDGER_BYTES:
        wrong.append(f"the ledger grew by {grown['ledger']:g} bytes")
    if max(s.wal for s in samples) > MOST_LOG_BYTES:
        wrong.append("the ledger's log is never cut")
    return wrong


def report(minutes: float) -> dict[str, object]:
    """Run, and say it all as JSON values."""
    samples, done, writes = measure(minutes)
    grown = growth(samples)
    first, last = samples[0], samples[-1]
    return {
        "minutes": minutes,
        "writes": writes,
        "done": done,
        "cpu_percent": round(100 * (last.cpu - first.cpu) / (last.second - first.second), 2),
        "growth_after_warm_up": grown,
        "last": asdict(last),
        "most": {name: max(getattr(s, name) for s in samples) for name in ("rss", "pss", "threads", "handles", "wal")},
        "wrong": verdict(grown, samples),
        "samples": [asdict(s) for s in samples[:: max(1, len(samples) // 60)]],
    }
