"""How this very program is started once more: for what Qt might abort, and at log-in."""

from __future__ import annotations

import sys
from collections.abc import MutableMapping
from pathlib import Path

_WINDOWED = "B2Cal Desktop.exe"  # on Windows, beside the one with a console: installer/common


def own_command(executable: str = sys.executable, *, frozen: bool = bool(getattr(sys, "frozen", False))) -> list[str]:
    """The program and the arguments that come before a command.

    ``-P``: no module comes from the folder that somebody happens to stand in.
    """
    return [executable] if frozen else [executable, "-P", "-m", "b2cal_desktop"]


def windowed(executable: str) -> str:
    """The program without a console beside ``executable``, where there is one; only Windows has two."""
    beside = Path(executable).with_name(_WINDOWED)
    return str(beside) if beside.is_file() else executable


def forget_own_libraries(environ: MutableMapping[str, str]) -> None:
    """Take out of ``environ`` where a frozen program's own libraries lie, as its loader has put it there on Linux.

    The loader itself has read it by now. A browser, or a program of the user's, that is started from here would load
    our OpenSSL in place of the system's. https://pyinstaller.org/en/stable/runtime-information.html
    What the loader notes of itself goes too: our own program, started once more, would take it for its parent's work.
    """
    for name in [name for name in environ if name.startswith("_PYI_")]:
        del environ[name]
    before = environ.pop("LD_LIBRARY_PATH_ORIG", "")
    environ.pop("LD_LIBRARY_PATH", None)
    if before:
        environ["LD_LIBRARY_PATH"] = before
