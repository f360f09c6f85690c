"""Whether a window can be opened here: Qt itself ends the process where none can."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from b2cal_desktop.core.model import Text


_QT_STARTS = (0, 10)  # doctor.tray.Answer: with a tray, and without


def has_screen(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Whether this session has a screen, by what it says of itself; costs nothing."""
    if platform in ("win32", "darwin"):
        return True
    return any(environ.get(name) for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"))


def screen_problem() -> Text | None:
    """Why no window can be opened here, or None where one can; tries it, in another process."""
    import subprocess

    from b2cal_desktop.core.model import Text
    from b2cal_desktop.system.own_program import own_command

    if not has_screen():
        return Text("den här datorn har ingen skärm", "this computer has no screen")
    ask = [*own_command(), "doctor", "--tray"]
    tried = subprocess.run(ask, capture_output=True, timeout=60, check=False)  # noqa: S603  this very program
    if tried.returncode in _QT_STARTS:
        return None
    return Text("fönster går inte att öppna här, Qt startar inte", "no window can be opened here, Qt does not start")
