"""The diversions from strongest to weakest: moved by dragging, by Alt and an arrow, or by the buttons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from b2cal_desktop.core.model import Catalogue
from b2cal_desktop.ui.colours import is_dark
from b2cal_desktop.ui.icons import badge_icon
from b2cal_desktop.ui.look import IconLook
from b2cal_desktop.ui.translations import translate

_KEY = int(Qt.ItemDataRole.UserRole)


class OrderList(QWidget):
    """``changed`` carries the keys in their new order."""

    changed = Signal(list)

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language
        self.list = QListWidget()
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        side = self.fontMetrics().height()
        self.list.setIconSize(QSize(side, side))
        self.list.installEventFilter(self)
        self.list.model().rowsMoved.connect(lambda *_: self.changed.emit(self.keys))
        self.list.currentRowChanged.connect(lambda _: self._enable())
        self.list.setAccessibleName(translate("settings", "Order of diversions, strongest first"))
        self.list.setAccessibleDescription(translate("settings", "Move with Alt and the arrow keys, or drag."))
        self.up = QPushButton(translate("settings", "Move &up"))
        self.down = QPushButton(translate("settings", "Move &down"))
        self.up.clicked.connect(lambda _=False: self.move_current(-1))
        self.down.clicked.connect(lambda _=False: self.move_current(1))
        buttons = QVBoxLayout()
        buttons.addWidget(self.up)
        buttons.addWidget(self.down)
        buttons.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.list.setMinimumWidth(self.fontMetrics().averageCharWidth() * 46)
        layout.addWidget(self.list)
        layout.addLayout(buttons)
        layout.addStretch(1)

    @property
    def keys(self) -> list[str]:
        return [str(self.list.item(row).data(_KEY)) for row in range(self.list.count())]

    def show_order(self, keys: Sequence[str], catalogue: Catalogue) -> None:
        """Show ``keys``, if that changes anything."""
        labels = [catalogue.label(key, self._language) for key in keys]
        if [(self.list.item(n).data(_KEY), self.list.item(n).text()) for n in range(self.list.count())] == list(
            zip(keys, labels, strict=True)
        ):
            return
        current = max(self.list.currentRow(), 0)
        self.list.clear()
        for key, label in zip(keys, labels, strict=True):
            item = QListWidgetItem(badge_icon(IconLook(key, label[:1]), dark=is_dark()), label)
            item.setData(_KEY, key)
            item.setSizeHint(QSize(1, self.fontMetrics().height() + 12))
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsDropEnabled)
            self.list.addItem(item)
        self.list.setFixedHeight(len(keys) * (self.fontMetrics().height() + 12) + 2 * self.list.frameWidth() + 4)
        self.list.setCurrentRow(min(current, len(keys) - 1))
        self._enable()

    def move_current(self, step: int) -> None:
        """Move the current one up or down; it stays the current one."""
        row = self.list.currentRow()
        if not 0 <= row + step < self.list.count():
            return
        item = self.list.takeItem(row)
        self.list.insertItem(row + step, item)
        self.list.setCurrentRow(row + step)
        self.changed.emit(self.keys)

    def _enable(self) -> None:
        row = self.list.currentRow()
        self.up.setEnabled(row > 0)
        self.down.setEnabled(0 <= row < self.list.count() - 1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
            if step is not None and event.modifiers() & Qt.KeyboardModifier.AltModifier:
                self.move_current(step)
                return True
        return super().eventFilter(watched, event)
