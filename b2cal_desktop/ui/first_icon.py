"""The icon that shows before anything else is loaded.

Its picture is read, not drawn: what draws takes longer to load than the whole icon. Nothing may be imported here that
Qt's own widgets have not paid for.
"""

from __future__ import annotations

import builtins
import linecache
import sys

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from b2cal_desktop.ui.resources import RESOURCES

SIZES = (22, 44, 64)


def drop_import_hook() -> None:
    """Take PySide's hook off ``import``: it reads and keeps the source of every module that is imported after it.

    It looks for modules that ask for its optional spelling of names (``__feature__``), and none of ours does. Without
    it the app needs some 15 MiB less, and the rest of it loads in half the time. What it has read until now is let go
    of, 2 MiB. Does nothing where there is no hook.
    """
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
    linecache.clearcache()


def picture_name(size: int, *, template: bool) -> str:
    """The file of the picture; a template is the one-colour picture that macOS wants."""
    return f"starting_{'template_' if template else ''}{size}.png"


class FirstIcon:
    """An icon with an empty menu, for the interface to take over."""

    def __init__(self) -> None:
        picture, template = QIcon(), sys.platform == "darwin"
        for size in SIZES:
            picture.addFile(str(RESOURCES / "icons" / picture_name(size, template=template)))
        picture.setIsMask(template)
        self.icon, self.menu = QSystemTrayIcon(picture), QMenu()
        # A panel asks once, when the icon comes, whether it has a menu.
        self.icon.setContextMenu(self.menu)

    def show(self) -> None:
        """Show it, where there is a tray."""
        if QSystemTrayIcon.isSystemTrayAvailable():
            self.icon.show()
