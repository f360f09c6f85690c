"""Draws the icons: a round badge per diversion, corner marks on it, and the app's own handset.

The glyphs are small SVG files in one colour; the rest is geometry here, so that each size is drawn for itself and
nothing is scaled. Sizes are in device pixels.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import lru_cache

from PySide6.QtCore import QByteArray, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QImage, QPainter, QPainterPath, QPen, QPixmap, QPolygonF
from PySide6.QtSvg import QSvgRenderer

from b2cal_desktop.ui.colours import diversion_colour, ink
from b2cal_desktop.ui.look import IconLook, Mark
from b2cal_desktop.ui.resources import RESOURCES

SIZES = (16, 20, 22, 24, 32, 40, 44, 48, 64)
MENU_SIZES = (16, 20, 24, 32, 48)  # 16 at every scale; a menu has many, and they stay
_NEUTRAL = ("#57606A", "#A8B1BA")
_MARK_GROUND = ("#1F2328", "#F0F3F6")
_ATTENTION = ("#9A4B00", "#FFC24B")


def tray_icon(look: IconLook, *, dark: bool) -> QIcon:
    """The icon for the notification area: coloured, or a one-colour template where macOS wants one."""
    return _icon(look, dark, SIZES, template=sys.platform == "darwin")


def badge_icon(look: IconLook, *, dark: bool) -> QIcon:
    """The same badge for windows, always in colour."""
    return _icon(look, dark, SIZES, template=False)


def menu_icon(look: IconLook, *, dark: bool) -> QIcon:
    """The same badge for menus, in their sizes only."""
    return _icon(look, dark, MENU_SIZES, template=False)


@lru_cache(maxsize=128)
def _icon(look: IconLook, dark: bool, sizes: tuple[int, ...], *, template: bool) -> QIcon:
    icon = QIcon()
    for size in sizes:
        pixmap = QPixmap.fromImage(badge_image(look, size, dark=dark, template=template))
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):  # else Qt tints the badge of a chosen line
            icon.addPixmap(pixmap, mode)
    icon.setIsMask(template)
    return icon


def badge_image(look: IconLook, size: int, *, dark: bool = False, template: bool = False) -> QImage:
    """One badge of ``size`` × ``size``. A template is black on transparent, with the glyph cut out."""
    image, painter = _canvas(size)
    ground = QColor("black") if template else _ground(look, dark)
    box = QRectF(0, 0, size, size)
    if look.hollow:
        width = max(1.5, size / 14)
        painter.setPen(QPen(ground, width))
        painter.drawEllipse(box.adjusted(width / 2, width / 2, -width / 2, -width / 2))
        _draw_glyph(painter, look, box, ground)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawEllipse(box)
        if template:
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOut)
        _draw_glyph(painter, look, box, QColor("black") if template else ink(dark=dark))
    if look.mark is not None:
        _draw_mark(painter, look.mark, size, dark=dark, template=template)
    painter.end()
    return image


def app_icon() -> QIcon:
    """The product's own icon: a handset in a rounded square."""
    icon = QIcon()
    for size in (*SIZES, 128, 256):
        icon.addPixmap(QPixmap.fromImage(app_image(size)))
    return icon


def app_image(size: int) -> QImage:
    image, painter = _canvas(size)
    _render("app", painter, QRectF(0, 0, size, size), QColor("white"))
    painter.end()
    return image


def glyph_pixmap(key: str, letter: str, size: int, colour: QColor, ratio: float = 1) -> QPixmap:
    """A bare glyph in ``colour``; ``size`` in logical pixels, ``ratio`` device pixels to each."""
    image, painter = _canvas(round(size * ratio))
    box = QRectF(-size * ratio * 0.25, -size * ratio * 0.25, size * ratio * 1.5, size * ratio * 1.5)
    _draw_glyph(painter, IconLook(key, letter), box, colour)
    painter.end()
    image.setDevicePixelRatio(ratio)
    return QPixmap.fromImage(image)


def _canvas(size: int) -> tuple[QImage, QPainter]:
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return image, painter


def _ground(look: IconLook, dark: bool) -> QColor:
    neutral = look.hollow or look.badge == "handset"
    return QColor(_NEUTRAL[dark]) if neutral else diversion_colour(look.badge, dark=dark)


def _draw_glyph(painter: QPainter, look: IconLook, box: QRectF, colour: QColor) -> None:
    if (RESOURCES / "icons" / f"{look.badge}.svg").is_file():
        _render(look.badge, painter, box, colour)
        return
    font = QFont("Inter, Segoe UI, Helvetica Neue, DejaVu Sans")
    font.setBold(True)
    font.setPixelSize(max(1, round(box.height() * 0.62)))
    path = QPainterPath()
    path.addText(QPointF(0, 0), font, look.letter[:1].upper() or "?")
    path.translate(box.center() - path.boundingRect().center())
    painter.fillPath(path, colour)


def _draw_mark(painter: QPainter, mark: Mark, size: int, *, dark: bool, template: bool) -> None:
    """The mark fills the lower right corner; a clear gap around it keeps it apart from the badge."""
    side = max(9.0, size * 0.54)
    box = QRectF(size - side, size - side, side, side)
    gap = max(1.0, size / 20)
    shape = _mark_shape(mark, box)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
    painter.setPen(
        QPen(Qt.GlobalColor.black, 2 * gap, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    )
    painter.setBrush(Qt.GlobalColor.black)
    painter.drawPath(shape)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
    grounds = _ATTENTION if mark is Mark.TRIANGLE else _MARK_GROUND
    painter.fillPath(shape, QColor("black") if template else QColor(grounds[dark]))
    if template:
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOut)
    _render(f"mark_{mark}", painter, box, QColor("black") if template else ink(dark=dark))


def _mark_shape(mark: Mark, box: QRectF) -> QPainterPath:
    path = QPainterPath()
    if mark is Mark.TRIANGLE:
        path.addPolygon(_points(((8, 0.6), (15.8, 15), (0.2, 15)), box))
        path.closeSubpath()
    else:
        path.addEllipse(box)
    return path


def _points(corners: Iterable[tuple[float, float]], box: QRectF) -> QPolygonF:
    scale = box.width() / 16
    return QPolygonF([QPointF(box.x() + x * scale, box.y() + y * scale) for x, y in corners])


def _render(name: str, painter: QPainter, box: QRectF, colour: QColor) -> None:
    QSvgRenderer(QByteArray(_svg(name).replace("currentColor", colour.name()).encode())).render(painter, box)


@lru_cache(maxsize=64)
def _svg(name: str) -> str:
    return (RESOURCES / "icons" / f"{name}.svg").read_text("utf-8")
