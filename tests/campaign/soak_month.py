"""A simulated month of one computer that is never switched off: nothing it keeps may grow with the days."""

from __future__ import annotations

import gc
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

from tests.campaign.play import Play, memory_folder
from tests.campaign.story import DAY, Act, Booked, Week, draw

# The ledger keeps a history of two weeks; from then on it may not grow. In bytes, beyond what one page more costs.
MOST_LEDGER_GROWTH = 64 * 1024
MOST_LOG = 512 * 1024
MOST_MEMORY_GROWTH = 20_000  # Python's blocks; the judge's own grow a little with the calendar
HISTORY_DAYS = 16
RETRIES = 300  # on a day on which a side fails all the time
_HANDLES = Path("/proc/self/fd")


@dataclass(frozen=True, slots=True)
class Day:
    """At the end of a simulated day: bytes on disk, Python's blocks of memory, the day's cycles, files held open."""

    day: int
    ledger: int
    memory: int
    cycles: int
    handles: int
    log: int  # of the ledger's latest changes, in bytes


def a_month(poll: float = 60) -> Week:
    """Every working day a dozen events, and all sorts of things that happen to people."""
    booked = tuple(
        Booked(f"e{day}.{n}", day, 480 + 45 * n, 30, ("MOT: x", "LUN: y", "UPP: z")[n % 3], "busy")
        for day in range(31)
        for n in range(12)
        if day % 7 < 5
    )
    befallen = ("softphone", "tray", "finish", "extend", "book", "skip", "board_fails", "calendar_fails", "sync")
    acts: list[Act] = []
    for week in range(5):
        happens = (act for seed in range(4) for act in draw(seed + 10 * week).acts if act.do in befallen)
        acts += [act._replace(at=act.at + 7 * week * DAY) for act in happens if act.at + 7 * week * DAY < 31 * DAY]
    acts.sort(key=lambda act: act.at)
    month = draw(0)
    return Week(0, "Europe/Stockholm", month.monday, poll=poll, booked=booked, acts=tuple(acts), days=31)


def live(month: Week) -> list[Day]:
    """The month, day by day."""
    days: list[Day] = []
    with memory_folder() as folder:
        play = Play(month, folder)
        (computer,) = play.computers
        computer.tick()
        for day in range(int(month.days)):
            before = computer.watch.cycles
            play.pass_until(play.begun + timedelta(days=day + 1))
            play.forget_the_past()
            gc.collect()
            ledger, log = (Path(f"{computer.path}{ending}").stat().st_size for ending in ("", "-wal"))
            cycles = computer.watch.cycles - before
            days.append(Day(day, ledger, sys.getallocatedblocks(), cycles, handles_below(folder), log))
        computer.ledger.close()
    return days


def handles_below(folder: Path) -> int:
    """How many files in ``folder`` this process holds open; whatever else it does meanwhile does not count."""
    found = 0
    for handle in _HANDLES.iterdir() if _HANDLES.is_dir() else ():
        with suppress(OSError):  # closed while we look
            found += handle.readlink().is_relative_to(folder)
    return found


def verdict(days: list[Day]) -> list[str]:
    """What is wrong with these figures."""
    middle, last = days[min(HISTORY_DAYS, len(days) - 2)], days[-1]
    wrong = []
    if last.ledger - middle.ledger > MOST_LEDGER_GROWTH:
        wrong.append(f"the ledger grew from {middle.ledger} to {last.ledger} bytes")
    if max(day.log for day in days) > MOST_LOG:
        wrong.append(f"the ledger's log grew to {max(day.log for day in days)} bytes")
    if last.memory - middle.memory > MOST_MEMORY_GROWTH:
        wrong.append(f"memory grew from {middle.memory} to {last.memory} blocks")
    if last.handles > days[0].handles:
        wrong.append(f"file handles grew from {days[0].handles} to {last.handles}")
    weekdays = [day.cycles for day in days if day.day % 7 < 5]
    if max(weekdays) > 1.5 * min(weekdays) + RETRIES:
        wrong.append(f"from {min(weekdays)} to {max(weekdays)} cycles a day")
    return wrong


def report() -> dict[str, object]:
    """Live, and say it all as JSON values."""
    begun = time.monotonic()
    days = live(a_month())
    minutes = (time.monotonic() - begun) / 60
    return {
        "days": [asdict(day) for day in days],
        "simulated_hours_a_minute": round(24 * len(days) / minutes),
        "wrong": verdict(days),
    }
