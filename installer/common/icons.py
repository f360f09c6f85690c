"""Draws the app's icon files from resources/icons/app.svg, each size for itself:

    uv run --group build python installer/common/icons.py

``installer/icons`` gets PNGs for Linux, an .ico for Windows and an .icns for macOS.
"""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "resources" / "icons" / "app.svg"
TARGET = ROOT / "installer" / "icons"
PNG_SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
ICO_SIZES = (16, 20, 24, 32, 40, 48, 64, 256)
ICNS_SIZES = {16: ("icp4",), 32: ("icp5", "ic11"), 64: ("ic12",), 128: ("ic07",), 256: ("ic08", "ic13"),
              512: ("ic09", "ic14"), 1024: ("ic10",)}  # fmt: skip

if TYPE_CHECKING:
    from PySide6.QtGui import QImage


def draw(size: int) -> QImage:
    """The icon, ``size`` pixels square, on a transparent ground."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(str(SOURCE)).render(painter)
    painter.end()
    return image


def png(image: QImage) -> bytes:
    from PySide6.QtCore import QBuffer, QIODevice

    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def ico(images: dict[int, QImage]) -> bytes:
    """A Windows icon: bitmaps, as the oldest reader wants them, and PNG for 256 pixels, as all do."""
    blocks = [png(image) if size >= 256 else _bitmap(image) for size, image in images.items()]
    offset = 6 + 16 * len(blocks)
    entries = b""
    for size, block in zip(images, blocks, strict=True):
        entries += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(block), offset)
        offset += len(block)
    return struct.pack("<HHH", 0, 1, len(blocks)) + entries + b"".join(blocks)


def _bitmap(image: QImage) -> bytes:
    """A 32-bit bitmap from the bottom upwards, and the mask that goes unused beside an alpha channel."""
    size = image.width()
    header = struct.pack("<IiiHHIIiiII", 40, size, 2 * size, 1, 32, 0, 0, 0, 0, 0, 0)
    pixels = bytes(image.constBits())
    rows = [pixels[start : start + 4 * size] for start in range(0, len(pixels), 4 * size)]
    mask_row = (size + 31) // 32 * 4
    return header + b"".join(reversed(rows)) + bytes(mask_row * size)


def icns(pngs: dict[int, bytes], target: Path) -> None:
    """A macOS icon at ``target``."""
    from icnsutil import IcnsFile  # type: ignore[import-not-found,import-untyped,unused-ignore]

    file = IcnsFile()
    for size, keys in ICNS_SIZES.items():
        for key in keys:
            file.add_media(key, data=pngs[size])
    file.write(str(target), toc=False)


def main() -> int:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtGui import QGuiApplication

    app = QGuiApplication([])
    TARGET.mkdir(exist_ok=True)
    for size in PNG_SIZES:
        (TARGET / f"{size}.png").write_bytes(png(draw(size)))
    (TARGET / "b2cal-desktop.ico").write_bytes(ico({size: draw(size) for size in ICO_SIZES}))
    icns({size: png(draw(size)) for size in ICNS_SIZES}, TARGET / "b2cal-desktop.icns")
    app.quit()
    return 0


if __name__ == "__main__":
    sys.exit(main())
