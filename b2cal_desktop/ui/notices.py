"""Tells people what they must know, each thing at most once an hour, by the best means that this computer has."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage

from b2cal_desktop.ui.commands import Command, CommandName
from b2cal_desktop.ui.icons import badge_image
from b2cal_desktop.ui.messages import Message
from b2cal_desktop.ui.presentation import TrayView
from b2cal_desktop.ui.tray import Tray

if TYPE_CHECKING:
    from b2cal_desktop.system.desktop_notifications import DesktopNotifications, Note
    from b2cal_desktop.ui.background import Tasks
    from b2cal_desktop.ui.look import IconLook
    from b2cal_desktop.ui.status_window import StatusWindow

_QUIET = timedelta(hours=1)
_PIXELS = 64
_OPEN_DAY = Command(CommandName.OPEN_DAY)


class Notices(QObject):
    """On Linux a notification with a button, where the desktop shows such; else a balloon whose click is the button.

    In place of the tray, the status window has them. ``chosen`` carries what a button does; ``view`` is what the tray
    would show now.
    """

    chosen = Signal(object)
    _pressed = Signal(str)

    def __init__(self, tray: Tray, view: Callable[[], TrayView], now: Callable[[], datetime], parent: QObject) -> None:
        super().__init__(parent)
        self._tray, self._view, self._now = tray, view, now
        self._told: dict[str, datetime] = {}
        self._shown: dict[str, Message] = {}
        self._in_balloon: Message | None = None
        self._desktop: DesktopNotifications | None = None
        self._tasks: Tasks | None = None
        self._pressed.connect(self._answer, Qt.ConnectionType.QueuedConnection)
        tray.message_clicked.connect(self._balloon_clicked)

    def tell(self, view: TrayView, status: StatusWindow | None, *, dark: bool) -> None:
        """Say what ``view`` has to say and has not said within the hour; take back what is out of date."""
        self._withdraw_old(view)
        now = self._now()
        for message in view.messages:
            last = self._told.get(message.key)
            if last is None or (abs(now - last) >= _QUIET and not message.once):
                self._told[message.key] = now
                self._show(message, view, status, dark)

    def tell_once(self, message: Message, view: TrayView, status: StatusWindow | None, *, dark: bool) -> None:
        """Say ``message``, unless it was said before."""
        if message.key not in self._told:
            self._told[message.key] = self._now()
            self._show(message, view, status, dark)

    def close(self) -> None:
        """Take back whatever is shown: its buttons are about to do nothing."""
        if self._tasks is not None:
            self._tasks.cancel_all()
        if self._desktop is not None:
            self._desktop.close()

    # --- showing

    def _show(self, message: Message, view: TrayView, status: StatusWindow | None, dark: bool) -> None:
        if status is not None:
            if view.problem is None or message.key != view.problem.code:  # that one stands in the window already
                status.show_message(message)
        elif sys.platform.startswith("linux") and QGuiApplication.platformName() != "offscreen":
            self._show_on_desktop(message, view.icon, dark)
        else:
            self._show_balloon(message, view.icon, dark)

    def _show_balloon(self, message: Message, look: IconLook, dark: bool) -> None:
        self._in_balloon = message
        self._tray.show_message(message, look, dark=dark)

    def _show_on_desktop(self, message: Message, look: IconLook, dark: bool) -> None:
        from b2cal_desktop.system.desktop_notifications import DesktopNotifications
        from b2cal_desktop.ui.background import Tasks

        if self._desktop is None:
            self._desktop = DesktopNotifications("B2Cal Desktop", "b2cal-desktop", self._pressed.emit)
        if self._tasks is None:
            self._tasks = Tasks(self)
        self._shown[message.key] = message
        work = partial(self._desktop.show, _note(message, look, dark))
        self._tasks.run(message.key, work, lambda _: None, lambda _error: self._show_instead(message, look, dark))

    def _show_instead(self, message: Message, look: IconLook, dark: bool) -> None:
        self._shown.pop(message.key, None)
        self._show_balloon(message, look, dark)

    def _withdraw_old(self, view: TrayView) -> None:
        for key, message in list(self._shown.items()):
            if not view.still_has(message):
                del self._shown[key]
                if self._tasks is not None and self._desktop is not None:
                    self._tasks.run(key, partial(self._desktop.withdraw, key), lambda _: None, lambda _error: None)

    # --- what is clicked

    def _answer(self, key: str) -> None:
        message = self._shown.pop(key, None)
        if message is not None:
            self.chosen.emit(self._view().answer(message))

    def _balloon_clicked(self) -> None:
        message, self._in_balloon = self._in_balloon, None
        self.chosen.emit(self._view().answer(message) if message is not None else _OPEN_DAY)


def _note(message: Message, look: IconLook, dark: bool) -> Note:
    from b2cal_desktop.system.desktop_notifications import Note, Picture

    image = badge_image(look, _PIXELS, dark=dark).convertToFormat(QImage.Format.Format_RGBA8888)
    picture = Picture(_PIXELS, bytes(image.constBits()))
    return Note(message.key, message.title, message.text, message.button.replace("&", ""), picture)
