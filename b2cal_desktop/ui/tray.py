"""The icon in the notification area. It renders a ``TrayView`` and decides nothing."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QSystemTrayIcon

from b2cal_desktop.ui.commands import Command, CommandName
from b2cal_desktop.ui.first_icon import FirstIcon
from b2cal_desktop.ui.icons import badge_icon, tray_icon
from b2cal_desktop.ui.look import IconLook
from b2cal_desktop.ui.menu import EntryMenu
from b2cal_desktop.ui.messages import Message
from b2cal_desktop.ui.presentation import TrayView
from b2cal_desktop.ui.translations import translate

_CLICKS = (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick)


class Tray(QObject):
    """``chosen`` carries what a click asks for; ``about_to_open`` comes before the menu shows.

    ``first`` is the icon that shows already, if one does.
    """

    chosen = Signal(object)
    about_to_open = Signal()
    message_clicked = Signal()

    def __init__(self, parent: QObject | None = None, first: FirstIcon | None = None) -> None:
        super().__init__(parent)
        self._icon = first.icon if first is not None else QSystemTrayIcon(self)
        self._menu = EntryMenu(self, first.menu if first is not None else None)
        self._menu.chosen.connect(self.chosen)
        self._menu.about_to_open.connect(self.about_to_open)
        self._icon.setContextMenu(self._menu.menu)
        self._icon.activated.connect(self._activated)
        self._icon.messageClicked.connect(self.message_clicked)
        self._look: tuple[IconLook, bool] | None = None

    @property
    def entries(self) -> EntryMenu:
        return self._menu

    @property
    def icon(self) -> QSystemTrayIcon:
        return self._icon

    def render(self, view: TrayView, *, dark: bool) -> None:
        if self._look != (view.icon, dark):
            self._look = (view.icon, dark)
            self._icon.setIcon(tray_icon(view.icon, dark=dark))
        if self._icon.toolTip() != view.tooltip:
            self._icon.setToolTip(view.tooltip)
        self._menu.render(view.entries, dark=dark)

    def show(self) -> None:
        self._icon.show()

    def hide(self) -> None:
        self._icon.hide()

    def show_message(self, message: Message, look: IconLook, *, dark: bool) -> None:
        """A balloon: it has no buttons, so it says what a click on it does."""
        action = message.button.replace("&", "")
        text = message.text + "\n" + translate("notice", "Click here: {action}").format(action=action)
        self._icon.showMessage(message.title, text, badge_icon(look, dark=dark))

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        # On macOS a click opens the menu, as with every other icon in that bar.
        if reason in _CLICKS and sys.platform != "darwin":
            self.chosen.emit(Command(CommandName.OPEN_DAY))
