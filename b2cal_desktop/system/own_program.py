"""How this very program is started once more: for what Qt might abort, and at log-in."""

from __future__ import annotations

import sys
from pathlib import Path

_WINDOWED = "B2Cal Desktop.exe"  # on Windows, beside the one with a console: installer/common


def own_command(executable: str = sys.executable, *, frozen: bool = bool(getattr(sys, "frozen", False))) -> list[str]:
    """The program and the arguments that come before a command."""
    return [executable] if frozen else [executable, "-m", "b2cal_desktop"]


def windowed(executable: str) -> str:
    """The program without a console beside ``executable``, where there is one; only Windows has two."""
    beside = Path(executable).with_name(_WINDOWED)
    return str(beside) if beside.is_file() else executable
