"""One event or block on the time line: a real button, so that keyboard and screen readers find it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from b2cal_desktop.ui.colours import Surfaces, diversion_colour, ink, surfaces, tint
from b2cal_desktop.ui.day_parts import tip
from b2cal_desktop.ui.day_presentation import Item
from b2cal_desktop.ui.icons import glyph_pixmap
from b2cal_desktop.ui.translations import translate

_ARROWS = {
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
}
_RADIUS = 6.0
_TINT = 0.16


def block_colours(item: Item, *, dark: bool) -> tuple[QColor, QColor]:
    """The ground of a block and the ink on it: full colour now, a tint before and after."""
    look = surfaces(dark=dark)
    colour = diversion_colour(item.diversion or "", dark=dark)
    if item.current:
        return colour, ink(dark=dark)
    return tint(colour, look.card, _TINT), look.muted if item.past or item.struck else look.text


class TimelineItem(QAbstractButton):
    """Checked while it is selected; ``arrow`` asks the time line to move on."""

    arrow = Signal(int)
    focused = Signal()

    def __init__(self, parent: QWidget, *, is_block: bool) -> None:
        super().__init__(parent)
        self.is_block = is_block
        self.item: Item
        self._dark = False
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_item(self, item: Item, *, dark: bool) -> None:
        self.item, self._dark = item, dark
        kind = translate("day", "Diversion") if self.is_block else translate("day", "Event")
        self.setAccessibleName(f"{kind}: {item.spoken}")
        self.setAccessibleDescription(" ".join(item.why))
        self.setToolTip(tip(item.spoken))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(160, self.fontMetrics().height() + 8)

    def nextCheckState(self) -> None:
        self.setChecked(True)  # a second click doesn't take the selection away

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ARROWS:
            self.arrow.emit(event.key())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look = surfaces(dark=self._dark)
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        if self.is_block:
            self._paint_block(painter, box)
        else:
            self._paint_event(painter, box, look)
        self._paint_frame(painter, box, look)
        painter.end()

    def _paint_frame(self, painter: QPainter, box: QRectF, look: Surfaces) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.isChecked() or self.hasFocus():
            painter.setPen(QPen(look.text if self.hasFocus() else look.accent, 2))
            painter.drawRoundedRect(box.adjusted(-0.5, -0.5, 0.5, 0.5), _RADIUS, _RADIUS)
        elif self.underMouse():
            painter.setPen(QPen(look.muted, 1))
            painter.drawRoundedRect(box, _RADIUS, _RADIUS)

    def _paint_block(self, painter: QPainter, box: QRectF) -> None:
        item = self.item
        ground, text = block_colours(item, dark=self._dark)
        colour = diversion_colour(item.diversion or "", dark=self._dark)
        shape = QPainterPath()
        shape.addRoundedRect(box, _RADIUS, _RADIUS)
        painter.fillPath(shape, ground)
        painter.setClipPath(shape)
        if not item.current:
            painter.fillRect(QRectF(box.left(), box.top(), 4, box.height()), colour)
        painter.setClipping(False)
        metrics = QFontMetricsF(self.font())
        box = self._in_sight(box)
        side = min(metrics.height(), box.height() - 2)
        glyph = text if item.current else colour
        first_line = QRectF(box.left() + 10, box.top(), box.width() - 18, min(box.height(), metrics.height() + 8))
        if side >= 9:
            ratio = self.devicePixelRatioF()
            pixmap = glyph_pixmap(item.diversion or "", item.letter, round(side), glyph, ratio)
            painter.drawPixmap(int(first_line.left()), round(first_line.center().y() - side / 2), pixmap)
        first_line.setLeft(first_line.left() + side + 6)
        self._paint_texts(painter, first_line, box, text, text if item.current else surfaces(dark=self._dark).muted)

    def _paint_event(self, painter: QPainter, box: QRectF, look: Surfaces) -> None:
        item = self.item
        shape = QPainterPath()
        shape.addRoundedRect(box, _RADIUS, _RADIUS)
        painter.fillPath(shape, look.card)
        painter.setPen(QPen(look.line, 1))
        painter.drawPath(shape)
        if item.diversion is not None and not item.struck:
            painter.setClipPath(shape)
            painter.fillRect(
                QRectF(box.left(), box.top(), 4, box.height()), diversion_colour(item.diversion, dark=self._dark)
            )
            painter.setClipping(False)
        height = QFontMetricsF(self.font()).height()
        box = self._in_sight(box)
        first_line = QRectF(box.left() + 12, box.top(), box.width() - 20, min(box.height(), height + 8))
        title = look.muted if item.past or item.struck else look.text
        self._paint_texts(painter, first_line, box, title, look.muted)

    def _in_sight(self, box: QRectF) -> QRectF:
        """The part of ``box`` that isn't scrolled away above, as long as a label has room in it."""
        top = float(self.visibleRegion().boundingRect().top())
        room = self.fontMetrics().height() * 2.5
        return box.adjusted(0, max(0.0, min(top, box.height() - room)), 0, 0) if top > 0 else box

    def _paint_texts(self, painter: QPainter, line: QRectF, box: QRectF, title: QColor, detail: QColor) -> None:
        """Title and, below it where there is room, times and note; else the note at the right of the title."""
        item, metrics = self.item, QFontMetricsF(self.font())
        if box.height() < metrics.height() - 3:
            return  # too thin for letters; the tooltip and the accessible name say it
        below = box.height() >= 2 * metrics.height() + 8
        rest = " · ".join(part for part in (item.times, item.note) if part)
        if not below:
            rest = item.times if self.is_block else item.note or item.times
            width = metrics.horizontalAdvance(rest)
            bold_width = QFontMetricsF(self._bold()).horizontalAdvance(item.title)
            if bold_width + width + 12 <= line.width():
                painter.setPen(detail)
                painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, rest)
        self._draw_line(painter, line, item.title, title, self._bold())
        if below:
            line.translate(0, metrics.height())
            self._draw_line(painter, line, rest, detail, self.font())

    def _bold(self) -> QFont:
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        font.setStrikeOut(self.item.struck)
        return font

    def _draw_line(self, painter: QPainter, line: QRectF, text: str, colour: QColor, font: QFont) -> None:
        painter.setFont(font)
        painter.setPen(colour)
        elided = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)
        painter.setFont(self.font())
