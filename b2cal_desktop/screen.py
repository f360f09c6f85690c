"""Whether a window can be opened here: Qt itself ends the process where none can."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping

from b2cal_desktop.core.errors import B2CalError
from b2cal_desktop.core.model import Text

NO_SCREEN = Text("den här datorn har ingen skärm", "this computer has no screen")
_QT_FAILS = Text("fönster går inte att öppna här, Qt startar inte", "no window can be opened here, Qt does not start")


class NoScreen(B2CalError):
    """The tray app was started where nothing can be shown."""

    code = "no_screen"
    what = Text("Ikonen kan inte visas: {problem}.", "The icon cannot be shown: {problem}.")
    remedy = Text(
        "Starta i en skrivbordssession, eller kör b2cal-desktop run, som inte behöver någon skärm.",
        "Start it in a desktop session, or run b2cal-desktop run, which needs no screen.",
    )

    def __init__(self, problem: Text) -> None:
        super().__init__(problem=problem)


def has_screen(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Whether this session has a screen, by what it says of itself; costs nothing."""
    if platform in ("win32", "darwin"):
        return True
    return any(environ.get(name) for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"))


def screen_problem() -> Text | None:
    """Why no window can be opened here, or None where one can; tries it, in another process."""
    if not has_screen():
        return NO_SCREEN
    probe = "from PySide6.QtWidgets import QApplication; QApplication([])"
    tried = subprocess.run([sys.executable, "-c", probe], capture_output=True, timeout=60, check=False)  # noqa: S603
    return None if tried.returncode == 0 else _QT_FAILS
