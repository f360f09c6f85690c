"""*Check everything*: what every check found, one line each with a mark whose shape alone tells how good it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QIcon, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from b2cal_desktop.ui.background import Tasks, error_text
from b2cal_desktop.ui.colours import diversion_colour, ink, is_dark, surfaces
from b2cal_desktop.ui.configuration import CheckResult, CheckStatus
from b2cal_desktop.ui.day_parts import large, wrapped
from b2cal_desktop.ui.page_scroll import resize_within_screen
from b2cal_desktop.ui.translations import translate

_SIDE, _GAP = 22, 12
_RESULT = Qt.ItemDataRole.UserRole
_ATTENTION = ("#9A4B00", "#FFC24B")
# Strokes in a box of 16 × 16, for the ground of each shape.
_STROKES: dict[CheckStatus, tuple[tuple[tuple[float, float], ...], ...]] = {
    CheckStatus.OK: (((4.5, 8.3), (7, 10.8), (11.5, 5.6)),),
    CheckStatus.WARNING: (((8, 6), (8, 10)), ((8, 12.5), (8, 12.6))),
    CheckStatus.PROBLEM: (((5.2, 5.2), (10.8, 10.8)), ((10.8, 5.2), (5.2, 10.8))),
}


class ChecksWindow(QDialog):
    """``check`` checks everything; it may block and is called on a thread of its own."""

    def __init__(self, check: Callable[[], tuple[CheckResult, ...]], language: str) -> None:
        super().__init__()
        self._check, self._language = check, language
        self._tasks = Tasks(self)
        self.results: tuple[CheckResult, ...] = ()
        self.list, self.summary = QListWidget(), large(wrapped(), 1.35)
        self._build()
        resize_within_screen(self, 640, 640)
        self.check_again()

    def _build(self) -> None:
        self.setWindowTitle(translate("checks", "Check everything – B2Cal Desktop"))
        promise = wrapped()
        promise.setText(translate("checks", "Nothing is changed in the calendar or the switchboard."))
        self.list.setAccessibleName(translate("checks", "What was found"))
        self.list.setItemDelegate(_Line(self.list))
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setText(translate("checks", "&Close"))
        action = QDialogButtonBox.ButtonRole.ActionRole
        self.again = buttons.addButton(translate("checks", "Check &again"), action)
        self.copy = buttons.addButton(translate("checks", "C&opy as text"), action)
        self.again.clicked.connect(lambda _=False: self.check_again())
        self.copy.clicked.connect(lambda _=False: QGuiApplication.clipboard().setText(self.as_text()))
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        for widget, share in ((self.summary, 0), (promise, 0), (self.list, 1), (buttons, 0)):
            layout.addWidget(widget, share)

    def check_again(self) -> None:
        """Check everything anew; what was found before stands until then."""
        self.summary.setText(translate("checks", "Checking…"))
        self.again.setEnabled(False)
        self.copy.setEnabled(bool(self.results))
        self._tasks.run("check", self._check, self._show_all, self._failed)

    def as_text(self) -> str:
        """Everything, for the clipboard: no mark is needed to read it."""
        return "\n".join(self._as_line(one) for one in self.results)

    def _as_line(self, one: CheckResult) -> str:
        remedy = one.remedy.to(self._language) if one.remedy is not None else ""
        line = f"{_word(one.status)} – {one.title.to(self._language)}: {one.text.to(self._language)}"
        return f"{line}\n    {remedy}" if remedy else line

    def _show_all(self, results: tuple[CheckResult, ...]) -> None:
        self.results = results
        self.again.setEnabled(True)
        self.copy.setEnabled(True)
        self.summary.setText(_summary(results))
        self.list.clear()
        for one in results:
            item = QListWidgetItem(one.title.to(self._language))
            remedy = one.remedy.to(self._language) if one.remedy is not None else ""
            item.setData(_RESULT, (one.status, one.title.to(self._language), one.text.to(self._language), remedy))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, self._as_line(one))
            self.list.addItem(item)
        wrong = [row for row, one in enumerate(results) if one.status is not CheckStatus.OK]
        self.list.setCurrentRow(min(wrong, key=lambda row: results[row].status is CheckStatus.WARNING, default=0))

    def _failed(self, error: Exception) -> None:
        self.again.setEnabled(True)
        self.summary.setText(error_text(error, self._language))


class _Line(QStyledItemDelegate):
    """A finding as it is drawn: the mark, the title in bold, what was found, and what to do."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        status, title, text, remedy = index.data(_RESULT)
        option.widget.style().drawPrimitive(
            QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, option.widget
        )
        dark = is_dark()
        box = option.rect.adjusted(_GAP, _GAP // 2, -_GAP, -_GAP // 2)
        check_mark(CheckStatus(status), dark=dark).paint(painter, QRect(box.left(), box.top(), _SIDE, _SIDE))
        box.setLeft(box.left() + _SIDE + _GAP)
        look = surfaces(dark=dark)
        painter.save()
        for part, font, colour in (
            (title, _bold(option.font), look.text),
            (text, option.font, look.text),
            (remedy, option.font, look.muted),
        ):
            if part:
                painter.setFont(font)
                painter.setPen(colour)
                painter.drawText(box, Qt.TextFlag.TextWordWrap, part)
                box.setTop(box.top() + _height(font, box.width(), part))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        _, title, text, remedy = index.data(_RESULT)
        view = self.parent()
        width = view.viewport().width() if isinstance(view, QListWidget) else option.rect.width()
        room = width - 3 * _GAP - _SIDE
        parts = ((title, _bold(option.font)), (text, option.font), (remedy, option.font))
        high = sum(_height(font, room, part) for part, font in parts if part)
        return QSize(1, max(high, _SIDE) + _GAP)


def _bold(font: QFont) -> QFont:
    bold = QFont(font)
    bold.setBold(True)
    return bold


def _height(font: QFont, width: int, text: str) -> int:
    return QFontMetrics(font).boundingRect(QRect(0, 0, width, 10_000), Qt.TextFlag.TextWordWrap, text).height()


def check_mark(status: CheckStatus, *, dark: bool) -> QIcon:
    """A tick in a circle, an exclamation mark in a triangle, or a cross in a square."""
    side = _SIDE * 3  # drawn larger, for screens with small pixels
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(side / 16, side / 16)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_ground(status, dark=dark))
    if status is CheckStatus.OK:
        painter.drawEllipse(QPointF(8, 8), 7.5, 7.5)
    elif status is CheckStatus.WARNING:
        painter.drawPolygon(QPolygonF([QPointF(8, 0.6), QPointF(15.8, 15), QPointF(0.2, 15)]))
    else:
        painter.drawRoundedRect(1, 1, 14, 14, 3, 3)
    round_ = (Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.setPen(QPen(ink(dark=dark), 1.8, *round_))
    for stroke in _STROKES[status]:
        painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in stroke]))
    painter.end()
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)  # else Qt tints it with the colour of what is chosen
    return icon


def _ground(status: CheckStatus, *, dark: bool) -> QColor:
    if status is CheckStatus.WARNING:
        return QColor(_ATTENTION[dark])
    return diversion_colour("available" if status is CheckStatus.OK else "busy", dark=dark)


def _word(status: CheckStatus) -> str:
    match status:
        case CheckStatus.OK:
            return translate("checks", "OK")
        case CheckStatus.WARNING:
            return translate("checks", "Warning")
        case CheckStatus.PROBLEM:
            return translate("checks", "Problem")


def _summary(results: Sequence[CheckResult]) -> str:
    wrong = sum(one.status is not CheckStatus.OK for one in results)
    if not wrong:
        return translate("checks", "Everything is in place")
    one, many = translate("checks", "One thing to look at"), translate("checks", "{count} things to look at")
    return one if wrong == 1 else many.format(count=wrong)
