"""A picture of all icons: each badge at the sizes of trays, on a light or a dark bar."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter

from b2cal_desktop.core.model import STANDARD_CATALOGUE
from b2cal_desktop.ui.icons import app_image, badge_image
from b2cal_desktop.ui.look import IconLook, Mark

LOOKS = (
    *(IconLook(key) for key in STANDARD_CATALOGUE),
    IconLook("travelling", "P"),
    IconLook("handset"),
    IconLook("handset", hollow=True),
    *(IconLook(key, mark=mark) for key in ("meeting", "working_from_home") for mark in Mark),
)
SIZES = (16, 22, 24, 32, 64)
_CELL, _GAP = 64, 12


def draw_sheet(*, dark: bool, ratio: float = 1) -> QImage:
    """Rows of sizes, columns of icons; the last two rows are macOS templates and the app's own icon."""
    heights = [*SIZES, 32, 64]
    width = len(LOOKS) * (_CELL + _GAP) + _GAP
    sheet = QImage(
        round(width * ratio), round((sum(heights) + _GAP * (len(heights) + 1)) * ratio), QImage.Format.Format_RGB32
    )
    sheet.setDevicePixelRatio(ratio)
    sheet.fill(QColor("#1F1F1F" if dark else "#F3F3F3"))
    painter = QPainter(sheet)
    y = _GAP
    for row, side in enumerate(heights):
        for column, look in enumerate(LOOKS):
            pixels = round(side * ratio)
            if row < len(SIZES):
                image = badge_image(look, pixels, dark=dark)
            elif row == len(SIZES):
                image = badge_image(look, pixels, template=True)
                if dark:
                    image.invertPixels()
            elif column < len(SIZES):
                image = app_image(round(SIZES[column] * ratio))
            else:
                continue
            image.setDevicePixelRatio(ratio)
            place = QRect(_GAP + column * (_CELL + _GAP), y, image.width(), image.height())
            painter.drawImage(place.topLeft(), image)
        y += side + _GAP
    painter.end()
    return sheet
