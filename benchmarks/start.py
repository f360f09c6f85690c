"""From spawn to the tray item on D-Bus, and memory when idle, as ratios to a bare PySide6 tray script."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import tomli_w

from tests.desktop.session import DesktopSession

_ROUNDS = 5
_SAMPLE = Path(__file__).parents[1] / "resources" / "sample-calendar.ics"
BARE = """
import sys
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon
app = QApplication(sys.argv)
pixmap = QPixmap(32, 32)
pixmap.fill("red")
tray, menu = QSystemTrayIcon(pixmap), QMenu()
menu.addAction("Quit", app.quit)
tray.setContextMenu(menu)
tray.show()
app.exec()
"""


def _pss_mib(process: subprocess.Popen[bytes]) -> float:
    rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024


def _once(desktop: DesktopSession, command: list[str]) -> tuple[float, float]:
    begun = time.perf_counter()
    process = desktop.spawn(command)
    desktop.watcher.wait_for_item()
    started = time.perf_counter() - begun
    time.sleep(4)  # idle is what is measured
    memory = _pss_mib(process)
    process.kill()
    process.wait()
    desktop.watcher.wait_until_empty()
    return started, memory


def measure() -> dict[str, float]:
    """``start_ratio`` and ``memory_ratio``, medians of alternating rounds; the app's own ms and MiB beside them."""
    bare, app = [], []
    with DesktopSession() as desktop, tempfile.TemporaryDirectory() as folder:
        # A calendar is chosen: without one the set-up would open.
        settings = {"calendar": {"source": "icalendar", "icalendar": {"location": str(_SAMPLE)}}}
        (Path(folder) / "settings.toml").write_text(tomli_w.dumps(settings), encoding="utf-8")
        command = [sys.executable, "-m", "b2cal_desktop", "--profile", folder]
        for _ in range(_ROUNDS):
            bare.append(_once(desktop, [sys.executable, "-c", BARE]))
            app.append(_once(desktop, command))
    starts = [statistics.median(run[0] for run in runs) for runs in (bare, app)]
    memories = [statistics.median(run[1] for run in runs) for runs in (bare, app)]
    return {
        "start_ratio": starts[1] / starts[0],
        "start_ms": starts[1] * 1000,
        "memory_ratio": memories[1] / memories[0],
        "memory_mib": memories[1],
    }
