"""What the app costs while nothing happens, signed in to Microsoft 365: memory and processor time."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.signed_in import SignedIn, signed_in
from benchmarks.start import BARE

_ROUNDS = 5
_SETTLE_SECONDS = 6
_ALONE_SECONDS = 20  # by then the process for the keyring has ended, which shares pages with the app
_IDLE_SECONDS = 60
_TICKS = os.sysconf("SC_CLK_TCK")


def pss_mib(process: subprocess.Popen[bytes]) -> float:
    """Memory of ``process`` alone and its share of what it has in common with others, in MiB."""
    rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024


def cpu_seconds(process: subprocess.Popen[bytes]) -> float:
    """Processor time that ``process`` has used."""
    fields = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def measure() -> dict[str, float]:
    """``memory_ratio`` to a bare tray script, medians of alternating rounds; ``idle_cpu_percent`` over a minute.

    ``polls_a_minute`` says how often that minute asked for the calendar.
    """
    bare, app = [], []
    with signed_in() as computer:
        for number in range(_ROUNDS):
            bare.append(_settled(computer, [sys.executable, "-c", BARE], _SETTLE_SECONDS)[0])
            last = number == _ROUNDS - 1
            memory, idle = _settled(computer, computer.command, _ALONE_SECONDS, _IDLE_SECONDS if last else 0)
            app.append(memory)
    memory = statistics.median(app)
    return {"memory_ratio": memory / statistics.median(bare), "memory_mib": memory, **idle}


def _settled(
    computer: SignedIn, command: list[str], settles: float, watch: float = 0
) -> tuple[float, dict[str, float]]:
    """Memory once ``command`` has settled for ``settles`` seconds, and what the ``watch`` seconds after that took."""
    desktop = computer.desktop
    process = desktop.spawn(command, env=computer.env)
    desktop.watcher.wait_for_item()
    time.sleep(settles)  # idle is what is measured
    idle: dict[str, float] = {}
    if watch:
        before, asked = cpu_seconds(process), len(computer.graph.asked)
        time.sleep(watch)
        idle["idle_cpu_percent"] = 100 * (cpu_seconds(process) - before) / watch
        idle["polls_a_minute"] = len(computer.graph.asked) - asked
    memory = pss_mib(process)
    process.kill()
    process.wait()
    desktop.watcher.wait_until_empty()
    return memory, idle
