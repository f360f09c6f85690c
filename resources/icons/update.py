"""Draws the pictures of the first icon anew: ``python resources/icons/update.py``, after the handset has changed."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtGui import QGuiApplication, QImage

from b2cal_desktop.ui.first_icon import SIZES, picture_name
from b2cal_desktop.ui.icons import badge_image
from b2cal_desktop.ui.look import STARTING


def draw(size: int, *, template: bool) -> QImage:
    """The picture of ``size`` × ``size``, as the interface would draw it on a light bar."""
    return badge_image(STARTING, size, template=template)


def main() -> None:
    """Write them beside this file."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    app = QGuiApplication([])
    for template in (False, True):
        for size in SIZES:
            draw(size, template=template).save(str(Path(__file__).with_name(picture_name(size, template=template))))
    app.shutdown()


if __name__ == "__main__":
    main()
