"""From spawn to the tray item on D-Bus, as a ratio to a bare PySide6 tray script."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

import tomli_w

from tests.desktop.session import DesktopSession

_ROUNDS = 9
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


def _once(desktop: DesktopSession, command: list[str]) -> float:
    begun = time.perf_counter()
    process = desktop.spawn(command)
    desktop.watcher.wait_for_item()
    started = time.perf_counter() - begun
    process.kill()
    process.wait()
    desktop.watcher.wait_until_empty()
    return started


def measure() -> dict[str, float]:
    """``start_ratio``, of the medians of alternating rounds, and the app's own milliseconds."""
    bare, app = [], []
    with DesktopSession() as desktop, tempfile.TemporaryDirectory() as folder:
        # A calendar is chosen: without one the set-up would open.
        settings = {"calendar": {"source": "icalendar", "icalendar": {"location": str(_SAMPLE)}}}
        (Path(folder) / "settings.toml").write_text(tomli_w.dumps(settings), encoding="utf-8")
        command = [sys.executable, "-m", "b2cal_desktop", "--profile", folder]
        for _ in range(_ROUNDS):
            bare.append(_once(desktop, [sys.executable, "-c", BARE]))
            app.append(_once(desktop, command))
    return {
        "start_ratio": statistics.median(app) / statistics.median(bare),
        "start_ms": statistics.median(app) * 1000,
    }
