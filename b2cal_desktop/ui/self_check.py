"""Does Qt work here, with all that is drawn by it? Part of ``--self-check``, in a process of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QTranslator, qVersion
from PySide6.QtGui import QGuiApplication, QIcon, QImageReader
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from b2cal_desktop.ui.icons import app_image
from b2cal_desktop.ui.resources import RESOURCES
from b2cal_desktop.ui.translations import read_linguist_file

_SIZE = 64


def check_qt(answer: Path) -> int:
    """Write ``{check: [whether it works, what was seen]}`` to ``answer``; Qt ends the process where it cannot start."""
    app = QApplication(["b2cal-desktop"])
    checks: dict[str, Callable[[], str]] = {"qt": _platform, "svg": _svg, "translations": _translations}
    found: dict[str, tuple[bool, str]] = {}
    for name, check in checks.items():
        try:
            found[name] = (True, check())
        except (OSError, ValueError) as error:
            found[name] = (False, str(error))
    answer.write_text(json.dumps(found), encoding="utf-8")
    app.quit()
    return 0


def _platform() -> str:
    tray = "tray" if QSystemTrayIcon.isSystemTrayAvailable() else "no tray"
    return f"Qt {qVersion()}, {QGuiApplication.platformName()}, {tray}"


def _svg() -> str:
    """By our own renderer, and by the plug-in that file icons of Qt go through."""
    pictures = RESOURCES / "icons"
    (pictures / "app.svg").read_bytes()  # what fails while a painter is at work ends the process
    if broken := [path.name for path in pictures.glob("*.svg") if not QSvgRenderer(str(path)).isValid()]:
        raise ValueError(f"not SVG: {', '.join(broken)}")
    image = app_image(_SIZE)
    corner, edge = image.pixelColor(0, 0), image.pixelColor(_SIZE // 2, 4)
    if corner.alpha() != 0 or edge.alpha() != 255 or edge.blue() <= edge.red():
        raise ValueError("app.svg is not drawn as it should be")
    if b"svg" not in [bytes(name.data()) for name in QImageReader.supportedImageFormats()]:
        raise ValueError("Qt has no plug-in for SVG images")
    icon = QIcon(str(pictures / "tick_dark.svg"))
    if icon.pixmap(_SIZE).isNull() or icon.availableSizes():  # it has one size only where it was read as a picture
        raise ValueError("Qt has no plug-in for SVG icons")
    return f"{len(list(pictures.glob('*.svg')))} can be drawn"


def _translations() -> str:
    texts = read_linguist_file(RESOURCES / "i18n" / "b2cal_sv.ts")
    of_qt = QTranslator()
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if not of_qt.load("qtbase_sv", folder) or of_qt.translate("QPlatformTheme", "Cancel") in ("", "Cancel"):
        raise ValueError(f"{folder} has no Swedish texts for Qt's own buttons")
    return f"{len(texts)} texts in Swedish"
