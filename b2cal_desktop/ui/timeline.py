"""The time line: the calendar's events on the left, what the switchboard shows on the right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from b2cal_desktop.ui.colours import surfaces
from b2cal_desktop.ui.day_presentation import DayView, Item
from b2cal_desktop.ui.timeline_item import TimelineItem
from b2cal_desktop.ui.timeline_layout import Scale, lanes, scale_of
from b2cal_desktop.ui.translations import translate

_EVENT_SHARE = 0.55
_GAP = 10
_HOUR_LINES = 3.1
_DOT = 3.5


class _Ground(QWidget):
    """A surface that items stand on; knows where the columns are."""

    def __init__(self) -> None:
        super().__init__()
        self.dark = False

    @property
    def gutter(self) -> int:
        return self.fontMetrics().horizontalAdvance("00:00") + 22

    def columns(self) -> tuple[QRectF, QRectF]:
        """Left and width of the two columns, as rectangles without height."""
        room = self.width() - self.gutter - 2 * _GAP
        left = room * _EVENT_SHARE
        return (
            QRectF(self.gutter, 0, left, 0),
            QRectF(self.gutter + left + _GAP, 0, room - left, 0),
        )


class _Head(_Ground):
    """Above the hours: what the columns are, and the all-day events."""

    def __init__(self) -> None:
        super().__init__()
        self.items: list[TimelineItem] = []
        self.blocks_title = ""

    def place(self) -> None:
        line = self.fontMetrics().height()
        column, _ = self.columns()
        height = line + 10
        for widget in self.items:
            widget.setGeometry(QRectF(column.left(), height, column.width(), line + 12).toRect())
            height += line + 14
        self.setFixedHeight(height + 4)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.place()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, look = QPainter(self), surfaces(dark=self.dark)
        line = self.fontMetrics().height()
        painter.setPen(look.muted)
        titles = (translate("day", "In the calendar"), self.blocks_title)
        for column, title in zip(self.columns(), titles, strict=True):
            painter.drawText(
                QRectF(column.left() + 2, 0, column.width(), line + 8), Qt.AlignmentFlag.AlignVCenter, title
            )
        if self.items:
            box = QRectF(0, line + 10, self.gutter - 10, line + 12)
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, flags, translate("day", "all day"))
        painter.end()


class _Hours(_Ground):
    """The hours themselves, with a line for now."""

    def __init__(self) -> None:
        super().__init__()
        self.view: DayView | None = None
        self.scale: Scale | None = None
        self.events: list[TimelineItem] = []
        self.blocks: list[TimelineItem] = []
        self.now_mark = _NowMark(self)

    def show_view(self, view: DayView) -> None:
        self.view = view
        self.scale = scale_of(view, self.fontMetrics().height() * _HOUR_LINES)
        self.setFixedHeight(round(self.scale.height) + 2 * self._margin)
        self.place()

    @property
    def _margin(self) -> int:
        return self.fontMetrics().height() // 2 + 4

    def repaint_items(self) -> None:
        """A long item keeps its label in sight, so it looks different after scrolling."""
        for widget in (*self.events, *self.blocks):
            widget.update()

    def top_of(self, item: Item) -> int:
        return round(self.scale.y(item.start)) + self._margin if self.scale else 0

    def place(self) -> None:
        if self.scale is None or self.view is None:
            return
        line = self.fontMetrics().height()
        left, right = self.columns()
        shortest = timedelta(hours=(line + 2) / self.scale.hour_height)
        lane_of = lanes([widget.item for widget in self.events], shortest)
        for widget in self.events:
            lane, count = lane_of[widget.item.id]
            width = left.width() / count
            self._put(widget, QRectF(left.left() + lane * width, 0, width, line + 2))
        for widget in self.blocks:
            self._put(widget, QRectF(right.left(), 0, right.width(), 6))
        self._place_now()

    def _put(self, widget: TimelineItem, box: QRectF) -> None:
        assert self.scale is not None  # noqa: S101 - place() has looked
        top, bottom = self.scale.y(widget.item.start), self.scale.y(widget.item.end)
        height = max(bottom - top, box.height())
        widget.setGeometry(QRectF(box.left(), top + self._margin, box.width(), height).toRect())

    def _place_now(self) -> None:
        now = self.view.now if self.view else None
        self.now_mark.setVisible(now is not None)
        if now is not None and self.scale is not None:
            height = self.fontMetrics().height() + 4
            y = round(self.scale.y(now)) + self._margin
            self.now_mark.setGeometry(QRect(0, y - height // 2, self.width(), height))
            self.now_mark.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.place()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.scale is None:
            return
        painter, look = QPainter(self), surfaces(dark=self.dark)
        height = self.fontMetrics().height()
        now = self.scale.y(self.view.now) + self._margin if self.view and self.view.now else None
        for hour in self.scale.hours():
            y = self.scale.y(hour) + self._margin
            painter.setPen(look.muted)
            box = QRectF(0, y - height / 2, self.gutter - 10, height)
            if now is None or abs(now - y) > height:
                painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{hour:%H}")
            painter.setPen(QPen(look.line, 1))
            painter.drawLine(QPointF(self.gutter - 4, y), QPointF(self.width(), y))
        if now is not None:  # behind the items, so that it strikes no text through
            painter.setPen(QPen(look.text, 1.5))
            painter.drawLine(QPointF(self.gutter - 4, now), QPointF(self.width(), now))
        painter.end()


class _NowMark(QWidget):
    """The time in the gutter, and a dot where now meets each column; clicks go through it."""

    def __init__(self, parent: _Hours) -> None:
        super().__init__(parent)
        self._hours = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, _event: QPaintEvent) -> None:
        view = self._hours.view
        if view is None:
            return
        painter, look = QPainter(self), surfaces(dark=self._hours.dark)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pill = QRectF(4, 0, self._hours.gutter - 8, self.height()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(look.card, 1))
        painter.setBrush(look.text)
        painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
        for column in self._hours.columns():
            painter.drawEllipse(QPointF(column.left() + 2, self.height() / 2), _DOT, _DOT)
        painter.setPen(look.card)
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, view.now_label)
        painter.end()


class DayTimeline(QWidget):
    """Draws a ``DayView``; ``selected`` tells the id of the item that was picked by click or keyboard."""

    selected = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: dict[str, TimelineItem] = {}
        self._head, self._hours = _Head(), _Hours()
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._hours)
        self._scroll.viewport().setAutoFillBackground(False)
        self._scroll.verticalScrollBar().valueChanged.connect(self._hours.repaint_items)
        self._hours.setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._head)
        layout.addWidget(self._scroll, 1)
        self.setAccessibleName(translate("day", "Time line"))

    def item(self, id: str) -> TimelineItem | None:
        return self._items.get(id)

    def show_view(self, view: DayView, selected: str | None, *, dark: bool) -> None:
        """Draw ``view`` with ``selected`` picked; what stays keeps its focus."""
        self._head.dark = self._hours.dark = dark
        self._head.blocks_title = view.blocks_title
        self.setAccessibleDescription(translate("day", "It is {time}.").format(time=view.now_label) if view.now else "")
        wanted = {item.id for item in (*view.events, *view.blocks)}
        for gone in self._items.keys() - wanted:
            widget = self._items.pop(gone)
            widget.hide()
            widget.deleteLater()
        self._head.items = self._widgets((e for e in view.events if e.all_day), self._head, dark)
        self._hours.events = self._widgets((e for e in view.events if not e.all_day), self._hours, dark)
        self._hours.blocks = self._widgets(view.blocks, self._hours, dark, is_block=True)
        self._select(selected)
        self._head.place()
        self._hours.show_view(view)
        self._head.update()
        self._hours.update()

    def scroll_to(self, item: Item | None) -> None:
        """Bring ``item`` into the upper third, once the layout has settled."""
        y = self._hours.top_of(item) if item is not None else 0

        def scroll() -> None:
            bar = self._scroll.verticalScrollBar()
            bar.setValue(max(0, y - self._scroll.viewport().height() // 4))

        QTimer.singleShot(0, self, scroll)

    def focus_item(self, id: str) -> None:
        if widget := self._items.get(id):
            widget.setFocus(Qt.FocusReason.TabFocusReason)

    def _widgets(
        self, items: Iterable[Item], parent: QWidget, dark: bool, *, is_block: bool = False
    ) -> list[TimelineItem]:
        widgets = []
        for item in items:
            widget = self._items.get(item.id)
            if widget is None:
                widget = self._items[item.id] = self._new_item(item, parent, is_block)
            widget.show_item(item, dark=dark)
            widget.show()
            widgets.append(widget)
        return widgets

    def _new_item(self, item: Item, parent: QWidget, is_block: bool) -> TimelineItem:
        widget = TimelineItem(parent, is_block=is_block)
        widget.clicked.connect(lambda: self._pick(item.id))
        widget.arrow.connect(lambda key: self._move(item.id, key))
        return widget

    def _select(self, selected: str | None) -> None:
        """One stop for Tab: the selected item, or the first. The arrows do the rest."""
        stop = selected if selected in self._items else next(iter(self._items), None)
        for id, widget in self._items.items():
            widget.setChecked(id == selected)
            widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus if id == stop else Qt.FocusPolicy.ClickFocus)

    def _pick(self, id: str) -> None:
        self._select(id)
        self.selected.emit(id)

    def _move(self, id: str, key: int) -> None:
        events, blocks = [*self._head.items, *self._hours.events], self._hours.blocks
        here = self._items[id]
        column, other = (blocks, events) if here in blocks else (events, blocks)
        place = column.index(here)
        target: TimelineItem | None = None
        match Qt.Key(key):
            case Qt.Key.Key_Up | Qt.Key.Key_Down:
                step = -1 if key == Qt.Key.Key_Up else 1
                target = column[place + step] if 0 <= place + step < len(column) else None
            case Qt.Key.Key_Home:
                target = column[0]
            case Qt.Key.Key_End:
                target = column[-1]
            case Qt.Key.Key_Left if column is blocks:
                target = _beside(here, other)
            case Qt.Key.Key_Right if column is events:
                target = _beside(here, other)
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)
            self._scroll.ensureWidgetVisible(target, 0, 20)
            self._pick(target.item.id)


def _beside(here: TimelineItem, others: Sequence[TimelineItem]) -> TimelineItem | None:
    """The one that shares most time with ``here``, or else begins nearest to it."""

    def shared(other: TimelineItem) -> tuple[float, float]:
        one, two = here.item, other.item
        overlap = min(one.end, two.end).timestamp() - max(one.start, two.start).timestamp()
        return overlap, -abs(one.start.timestamp() - two.start.timestamp())

    return max(others, key=shared, default=None)
