"""The day as a table, the coming week and the history: plain model views, which every screen reader knows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QPalette, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QTreeView,
    QWidget,
)

from b2cal_desktop.ui.day_parts import tip
from b2cal_desktop.ui.day_presentation import ComingDay, DayView, HistoryRow, Item
from b2cal_desktop.ui.icons import badge_icon
from b2cal_desktop.ui.look import IconLook
from b2cal_desktop.ui.translations import translate

_ID = Qt.ItemDataRole.UserRole
_PADDING = 8  # at each side of a cell, as in the style sheet


def _cell(text: str, *, id: str = "") -> QStandardItem:
    cell = QStandardItem(text)
    cell.setEditable(False)
    cell.setToolTip(tip(text))
    cell.setData(id, _ID)
    return cell


def _badge(key: str, letter: str, *, dark: bool) -> QIcon:
    return badge_icon(IconLook(key, letter), dark=dark)


class _Padded(QStyledItemDelegate):
    """Leaves room for the style sheet's padding, which the height of a wrapped text is worked out without."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        narrower = QStyleOptionViewItem(option)
        if narrower.rect.width() > 2 * _PADDING:
            narrower.rect = option.rect.adjusted(0, 0, -2 * _PADDING, 0)
        return super().sizeHint(narrower, index)


class _Table(QTableView):
    """A table that is read row by row and stretches its last column. ``empty`` is said where there are no rows.

    ``widest`` is how many letters fit in a column, save the last; longer texts break into lines.
    """

    widest = 36

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = QStandardItemModel(self)
        self.empty = ""
        self.setModel(self.rows)
        self.setItemDelegate(_Padded(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.verticalHeader().hide()
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        side = self.fontMetrics().height()
        self.setIconSize(QSize(side, side))
        self.setWordWrap(True)
        self.verticalHeader().setMinimumSectionSize(side + 14)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)

    def fill(self, titles: Sequence[str], rows: Sequence[Sequence[QStandardItem]]) -> None:
        """Replace the rows, if they differ, and keep the row that was selected."""
        if [[cell.text() for cell in row] for row in rows] == self.texts() and self.rows.columnCount():
            self.rows.setHorizontalHeaderLabels(list(titles))
            return
        place = self.currentIndex().row()
        self.rows.clear()
        self.rows.setHorizontalHeaderLabels(list(titles))
        for row in rows:
            self.rows.appendRow(list(row))
        self.resizeColumnsToContents()
        widest = self.fontMetrics().averageCharWidth() * self.widest
        for column in range(self.rows.columnCount() - 1):
            self.setColumnWidth(column, min(self.columnWidth(column) + 14, widest))
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        if self.rows.rowCount():  # what has the focus is always to be seen
            self.selectRow(min(max(place, 0), self.rows.rowCount() - 1))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.empty and not self.rows.rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            room = self.viewport().rect().adjusted(24, 24, -24, -24)
            painter.drawText(room, Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap, self.empty)
            painter.end()

    def texts(self) -> list[list[str]]:
        """What stands in the table, row by row."""
        columns = range(self.rows.columnCount())
        return [[self.rows.item(row, column).text() for column in columns] for row in range(self.rows.rowCount())]


class DayTable(_Table):
    """The same as the time line, as a table."""

    selected = Signal(str)
    widest = 24

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.selectionModel().currentRowChanged.connect(self._row_changed)

    def show_view(self, view: DayView, selected: str | None, *, dark: bool) -> None:
        """Show ``view`` with ``selected`` picked, without saying that somebody picked it."""
        with QSignalBlocker(self):
            self._fill_with(view, dark)
            self._pick(selected)

    def _pick(self, id: str | None) -> None:
        rows = range(self.rows.rowCount())
        row = next((row for row in rows if self.rows.item(row, 0).data(_ID) == id), None)
        if row is not None and row != self.currentIndex().row():
            self.selectRow(row)

    def _fill_with(self, view: DayView, dark: bool) -> None:
        self.setAccessibleName(translate("day", "The day as a table"))
        self.empty = translate("day", "Nothing in the calendar this day")
        titles = (
            translate("day", "Time"),
            translate("day", "What"),
            translate("day", "Kind"),
            translate("day", "Status"),
            translate("day", "Why"),
        )
        kinds = (translate("day", "Diversion"), translate("day", "Event"))
        items = [(item, kinds[0]) for item in view.blocks] + [(item, kinds[1]) for item in view.events]
        items.sort(key=lambda pair: (pair[0].start, not pair[0].all_day))
        self.fill(titles, [self._row(item, kind, dark) for item, kind in items])

    def _row(self, item: Item, kind: str, dark: bool) -> list[QStandardItem]:
        what = _cell(item.title, id=item.id)
        if item.diversion:
            what.setIcon(_badge(item.diversion, item.letter, dark=dark))
        status = item.note or (translate("day", "now") if item.current else "")
        return [_cell(item.times, id=item.id), what, _cell(kind), _cell(status), _cell(" ".join(item.why))]

    def _row_changed(self) -> None:
        cell = self.rows.item(self.currentIndex().row(), 0)
        if cell is not None:
            self.selected.emit(cell.data(_ID))


class HistoryTable(_Table):
    """What was written or noticed, newest first."""

    def show_rows(self, rows: Sequence[HistoryRow], *, dark: bool) -> None:
        self.setAccessibleName(translate("history", "History"))
        self.empty = translate("history", "What has been set, when and by whom shows here.")
        self.setAccessibleDescription("" if rows else self.empty)
        titles = (
            translate("history", "When"),
            translate("history", "Diversion"),
            translate("history", "By"),
            translate("history", "What happened"),
            translate("history", "The switchboard"),
        )
        self.fill(titles, [self._row(row, dark) for row in rows])

    def _row(self, row: HistoryRow, dark: bool) -> list[QStandardItem]:
        diversion = _cell(row.diversion)
        diversion.setIcon(_badge(row.key, row.diversion[:1], dark=dark))
        return [_cell(row.at), diversion, _cell(row.by), _cell(row.what), _cell(row.confirmed)]


class ComingTree(QTreeView):
    """The coming days with their blocks; activating a line opens that day."""

    opened = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = QStandardItemModel(self)
        self.setModel(self.rows)
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        side = self.fontMetrics().height()
        self.setIconSize(QSize(side, side))
        self.activated.connect(lambda index: self._open(index.siblingAtColumn(0)))
        self._shown: Sequence[ComingDay] = ()

    def show_days(self, days: Sequence[ComingDay], *, dark: bool) -> None:
        self.setAccessibleName(translate("day", "The next 7 days"))
        self.rows.setHorizontalHeaderLabels(
            [translate("day", "Diversion"), translate("day", "Time"), translate("day", "Event")]
        )
        if list(days) == list(self._shown):
            return
        self._shown = days
        self.rows.removeRows(0, self.rows.rowCount())
        for day in days:
            self.rows.appendRow(self._day(day, dark))
            self.setFirstColumnSpanned(self.rows.rowCount() - 1, QModelIndex(), True)
        self.expandAll()
        self.setCurrentIndex(self.rows.index(0, 0))
        for column in range(self.rows.columnCount() - 1):
            self.resizeColumnToContents(column)
            self.setColumnWidth(column, self.columnWidth(column) + 20)

    def _day(self, day: ComingDay, dark: bool) -> QStandardItem:
        heading = _cell(day.title)
        font = self.font()
        font.setBold(True)
        heading.setFont(font)
        heading.setData((day.day, ""), _ID)
        for block in day.blocks:
            diversion = _cell(block.title)
            diversion.setIcon(_badge(block.diversion or "", block.letter, dark=dark))
            diversion.setData((day.day, block.id), _ID)
            source = _cell(block.source)
            heading.appendRow([diversion, _cell(block.times), source])
        if not day.blocks:
            nothing = _cell(translate("day", "Nothing planned"))
            nothing.setData((day.day, ""), _ID)
            heading.appendRow([nothing, _cell(""), _cell("")])
        return heading

    def _open(self, index: object) -> None:
        data = index.data(_ID)  # type: ignore[attr-defined]
        if data is not None:
            day, block = data
            assert isinstance(day, date)  # noqa: S101 - put there by _day
            self.opened.emit(day, block)
