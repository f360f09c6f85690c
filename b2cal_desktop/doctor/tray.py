"""Is there a place for the icon? Asked in a process of its own: a library that Qt misses aborts whoever loads it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from enum import IntEnum

from b2cal_desktop.core.model import Text
from b2cal_desktop.doctor.findings import Finding, Level
from b2cal_desktop.screen import has_screen
from b2cal_desktop.system.own_program import own_command

_SECONDS = 10.0


class Answer(IntEnum):
    """The child's exit codes; whatever else it ends with, Qt did not start."""

    TRAY = 0
    NO_TRAY = 10


def check_tray(environ: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """Can Qt start, and does the desktop show tray icons?"""
    if not has_screen(environ):
        text = Text("Det finns ingen skärm i den här sessionen.", "There is no screen in this session.")
        remedy = Text("b2cal-desktop run fungerar utan skärm.", "b2cal-desktop run works without a screen.")
        yield Finding("tray", Level.WARNING, text, remedy)
        return
    match _asked(environ):
        case Answer.TRAY:
            yield Finding("tray", Level.OK, Text("Skrivbordet visar ikonen.", "The desktop shows the icon."))
        case Answer.NO_TRAY:
            text = Text("Skrivbordet visar inga ikoner från program.", "The desktop shows no icons of programs.")
            remedy = Text(
                "Programmet visar ett litet fönster i stället. I GNOME hjälper tillägget AppIndicator.",
                "The app shows a small window instead. In GNOME the AppIndicator extension helps.",
            )
            yield Finding("tray", Level.WARNING, text, remedy)
        case _:
            text = Text("Fönster går inte att öppna (Qt startar inte).", "No window can be opened (Qt does not start).")
            remedy = Text(
                "Installera om programmet. På Linux kan ett av Qts bibliotek saknas: se felsökningsguiden.",
                "Install the app again. On Linux one of Qt's libraries may be missing: see the troubleshooting guide.",
            )
            yield Finding("tray", Level.PROBLEM, text, remedy)


def _asked(environ: Mapping[str, str]) -> int:
    try:
        return subprocess.run(  # noqa: S603  this very program
            [*own_command(), "doctor", "--tray"],
            env=dict(environ),
            timeout=_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ).returncode
    except (OSError, subprocess.TimeoutExpired):
        return -1


def answer_by_exit_code() -> int:
    """What the child process does: an ``Answer``, unless Qt aborts it."""
    from PySide6.QtWidgets import QApplication, QSystemTrayIcon

    application = QApplication(["b2cal-desktop"])
    found = QSystemTrayIcon.isSystemTrayAvailable()
    application.quit()
    return Answer.TRAY if found else Answer.NO_TRAY
