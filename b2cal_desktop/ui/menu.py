"""Keeps a QMenu equal to a tree of entries, in place: an open menu does not change under the pointer."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QMenu

from b2cal_desktop.ui.entries import Entry
from b2cal_desktop.ui.icons import menu_icon
from b2cal_desktop.ui.look import IconLook


class EntryMenu(QObject):
    """A menu that is drawn from entries and says what was chosen."""

    chosen = Signal(object)
    about_to_open = Signal()

    def __init__(self, parent: QObject | None = None, menu: QMenu | None = None) -> None:
        super().__init__(parent)
        self.menu = menu if menu is not None else QMenu()
        self.menu.aboutToShow.connect(self.about_to_open)
        self.menu.aboutToHide.connect(self._catch_up)
        self._entries: dict[str, Entry] = {}
        self._actions: dict[str, QAction] = {}
        self._submenus: dict[str, QMenu] = {}
        self._waiting: tuple[Sequence[Entry], bool] | None = None

    def render(self, entries: Sequence[Entry], *, dark: bool) -> None:
        """Show ``entries``; while the menu is open on screen, once it has closed."""
        if self.menu.isVisible():
            self._waiting = (entries, dark)
            return
        self._waiting = None
        self._entries.clear()
        self._level(self.menu, entries, dark)
        for gone in self._actions.keys() - self._entries.keys():
            self._actions.pop(gone).deleteLater()
            if submenu := self._submenus.pop(gone, None):
                submenu.deleteLater()

    def _catch_up(self) -> None:
        # The menu still counts as visible while it hides, and the click that closed it is yet to be told.
        if self._waiting is not None:
            entries, dark = self._waiting
            QTimer.singleShot(0, self, lambda: self.render(entries, dark=dark))

    def _level(self, menu: QMenu, entries: Sequence[Entry], dark: bool) -> None:
        wanted = [entry.id for entry in entries]
        for action in menu.actions():
            if action.data() not in wanted:
                menu.removeAction(action)
        for place, entry in enumerate(entries):
            self._entries[entry.id] = entry
            action = self._actions.get(entry.id) or self._new_action(entry)
            there = menu.actions()
            if place >= len(there) or there[place] is not action:
                menu.insertAction(there[place] if place < len(there) else None, action)  # type: ignore[arg-type]
            self._dress(action, entry, dark)

    def _new_action(self, entry: Entry) -> QAction:
        if entry.children:
            submenu = QMenu(self.menu)
            self._submenus[entry.id] = submenu
            action = submenu.menuAction()
        else:
            action = QAction(self)
            action.triggered.connect(partial(self._triggered, entry.id))
        action.setData(entry.id)
        action.setSeparator(entry.separator)
        action.setMenuRole(QAction.MenuRole.NoRole)
        self._actions[entry.id] = action
        return action

    def _dress(self, action: QAction, entry: Entry, dark: bool) -> None:
        action.setText(entry.label.replace("&", "&&"))
        action.setEnabled(entry.enabled)
        action.setCheckable(entry.checked is not None)
        action.setChecked(bool(entry.checked))
        if entry.diversion is not None:
            action.setIcon(menu_icon(IconLook(entry.diversion, entry.label[:1]), dark=dark))
            action.setIconVisibleInMenu(True)
        else:
            action.setIcon(QIcon())
        if entry.children:
            self._level(self._submenus[entry.id], entry.children, dark)

    def _triggered(self, id: str) -> None:
        entry = self._entries.get(id)
        if entry is not None and entry.does is not None:
            self.chosen.emit(entry.does)
