"""The Linux desktop's own notifications, with buttons: ``org.freedesktop.Notifications`` on the session bus.

Qt's balloons have no buttons, and over a StatusNotifierItem not even a click on one is told. QtDBus cannot ask for
more: PySide sends every int as a signed one, and the service refuses that. So the bus is spoken to through jeepney,
which is here already because keyring reads the Secret Service with it.
"""

from __future__ import annotations

import html
import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jeepney.io.threading import DBusConnection, DBusRouter

_log = logging.getLogger(__name__)
_NAME = "org.freedesktop.Notifications"
_PATH = "/org/freedesktop/Notifications"
_SECONDS = 3.0  # for each answer from the bus
_CLICKED = "default"  # the specification's name for a click on the note itself


class NotificationsUnavailable(Exception):
    """There is no notification service, it does not answer, or it shows no buttons."""


@dataclass(frozen=True, slots=True)
class Picture:
    """``side`` × ``side`` pixels, four bytes each: red, green, blue, alpha, not premultiplied."""

    side: int
    rgba: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A notification with one button. ``key`` says which one it is: a later one takes the place of the same."""

    key: str
    title: str
    text: str
    button: str
    picture: Picture


class DesktopNotifications:
    """Shows notes, and calls ``pressed`` with a note's key when its button or the note itself was clicked.

    Every method may be called from any thread and blocks for some seconds at most. ``pressed`` is called on a thread
    of this object's own.
    """

    def __init__(self, app_name: str, icon: str, pressed: Callable[[str], None]) -> None:
        self._app_name, self._icon, self._pressed = app_name, icon, pressed
        self._guard = threading.RLock()
        self._bus: _Bus | None = None
        self._ids: dict[str, int] = {}

    def show(self, note: Note) -> None:
        """Show ``note``; raises NotificationsUnavailable, and then it is not shown."""
        with self._guard:  # held until the id is known: a click cannot be told before
            bus = self._connected()
            text = html.escape(note.text, quote=False) if bus.marks_up else note.text
            side = note.picture.side
            hints = {
                "desktop-entry": ("s", self._icon),
                "image-data": ("(iiibiiay)", (side, side, 4 * side, True, 8, 4, note.picture.rgba)),
            }
            actions = [_CLICKED, note.button, note.key, note.button]
            known = self._ids.get(note.key, 0)
            body = (self._app_name, known, self._icon, note.title, text, actions, hints, -1)
            try:
                (self._ids[note.key],) = bus.call("Notify", "susssasa{sv}i", body)
            except NotificationsUnavailable:
                self._drop()
                raise

    def withdraw(self, key: str) -> None:
        """Take the note away, if it is there still."""
        with self._guard:
            id = self._ids.pop(key, None)
            if id is not None and self._bus is not None:
                self._bus.tell("CloseNotification", "u", (id,))

    def close(self) -> None:
        """Take every note away and let go of the bus."""
        with self._guard:
            for key in list(self._ids):
                self.withdraw(key)
            self._drop()

    def _connected(self) -> _Bus:
        if self._bus is None:
            self._bus = _Bus(self._heard)
        return self._bus

    def _drop(self) -> None:
        bus, self._bus = self._bus, None
        self._ids.clear()
        if bus is not None:
            bus.close()

    def _heard(self, signal: str, id: int) -> None:
        """On the bus's thread: a note was clicked, or is gone."""
        with self._guard:
            key = next((name for name, known in self._ids.items() if known == id), None)
            if key is not None and signal == "NotificationClosed":
                del self._ids[key]
        if key is not None and signal == "ActionInvoked":
            self._pressed(key)


class _Bus:
    """A connection to a notification service that shows buttons; ``heard`` gets its signals, on a thread of its own.

    Raises NotificationsUnavailable where there is none. ``marks_up``: the service reads the text as markup.
    """

    def __init__(self, heard: Callable[[str, int], None]) -> None:
        from jeepney import DBusErrorResponse, MatchRule
        from jeepney.bus_messages import message_bus
        from jeepney.io.threading import DBusRouter, Proxy, open_dbus_connection

        self._heard = heard
        self._signals: queue.Queue[Any] = queue.Queue()
        # KeyError and RuntimeError are jeepney's where no bus has an address, ValueError where it does not let us in.
        try:
            self._connection: DBusConnection = open_dbus_connection("SESSION")
        except (OSError, LookupError, RuntimeError, ValueError) as error:
            raise NotificationsUnavailable("no session bus") from error
        self._router: DBusRouter = DBusRouter(self._connection)
        try:
            (abilities,) = self.call("GetCapabilities")
            if "actions" not in abilities:
                raise NotificationsUnavailable("the service shows no buttons")
            rule = MatchRule(type="signal", interface=_NAME, path=_PATH)
            Proxy(message_bus, self._router, timeout=_SECONDS).AddMatch(rule)
        except (OSError, DBusErrorResponse) as error:
            self.close()
            raise NotificationsUnavailable("the bus does not answer") from error
        except NotificationsUnavailable:
            self.close()
            raise
        self.marks_up = "body-markup" in abilities
        self._filter = self._router.filter(rule, queue=self._signals)
        threading.Thread(target=self._listen, name="b2cal-notes", daemon=True).start()

    def call(self, method: str, signature: str | None = None, body: tuple[Any, ...] = ()) -> tuple[Any, ...]:
        """What the service answers; raises NotificationsUnavailable."""
        from jeepney import DBusErrorResponse
        from jeepney.io.common import RouterClosed
        from jeepney.wrappers import unwrap_msg

        try:
            answer = self._router.send_and_get_reply(self._message(method, signature, body), timeout=_SECONDS)
            return tuple(unwrap_msg(answer))
        except DBusErrorResponse as error:
            _log.info("notifications: %s said %s", method, error.name)
            raise NotificationsUnavailable(method) from error
        except (OSError, RouterClosed) as error:  # no answer in time, too
            raise NotificationsUnavailable(method) from error

    def tell(self, method: str, signature: str, body: tuple[Any, ...]) -> None:
        """Ask for something whose answer does not matter."""
        from jeepney import MessageFlag

        message = self._message(method, signature, body)
        message.header.flags |= MessageFlag.no_reply_expected
        try:
            self._router.send(message)
        except OSError:
            _log.info("notifications: the bus is gone")

    def _message(self, method: str, signature: str | None, body: tuple[Any, ...]) -> Any:
        from jeepney import DBusAddress, new_method_call

        return new_method_call(DBusAddress(_PATH, _NAME, _NAME), method, signature, body)

    def _listen(self) -> None:
        from jeepney import HeaderFields

        while (message := self._signals.get()) is not None:
            member = message.header.fields.get(HeaderFields.member)
            if member in ("ActionInvoked", "NotificationClosed") and message.body:
                self._heard(member, message.body[0])

    def close(self) -> None:
        """Let go of the bus; nothing is heard after it."""
        self._signals.put(None)
        self._router.close()
        self._connection.close()
