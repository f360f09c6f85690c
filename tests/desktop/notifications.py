"""A notification service that shows nothing and remembers everything."""

from dataclasses import dataclass
from typing import Any

from dbus_fast import Message

from tests.desktop.bus import SessionBus

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"


@dataclass(frozen=True, slots=True)
class Notification:
    """`actions` maps each action's key to its label; `timeout` in ms, -1 for the desktop's own, 0 for never."""

    id: int
    app_name: str
    icon: str
    summary: str
    body: str
    actions: dict[str, str]
    hints: dict[str, Any]
    timeout: int


class StubNotifications:
    """Stands in for the desktop's notifications; `shown` is in order, replaced ones included.

    `capabilities` is what it says it can; without "actions" there are no buttons.
    """

    def __init__(self, bus: SessionBus) -> None:
        self.capabilities = ["actions", "body", "icon-static"]
        self.shown: list[Notification] = []
        self.closed: list[int] = []
        self._bus = bus
        bus.serve(
            NAME,
            PATH,
            NAME,
            {
                "GetCapabilities": lambda _: ("as", [self.capabilities]),
                "GetServerInformation": lambda _: ("ssss", ["stub", "tests", "1", "1.2"]),
                "Notify": self._notify,
                "CloseNotification": self._close,
            },
            {},
        )

    def wait_for(self, text: str = "", timeout: float = 10.0) -> Notification:
        """The first notification with `text` in its summary or body."""

        def first() -> Notification | None:
            return next((n for n in self.shown if text in n.summary or text in n.body), None)

        found: Notification = self._bus.wait_until(first, timeout, f"a notification with {text!r}")
        return found

    def invoke(self, notification: Notification, action: str = "default") -> None:
        """The user chooses an action, or with "default" clicks the notification itself."""
        if action != "default" and action not in notification.actions:
            raise LookupError(f"no action {action!r} among {sorted(notification.actions)}")
        self._bus.emit(PATH, NAME, "ActionInvoked", "us", [notification.id, action])
        self.dismiss(notification)

    def dismiss(self, notification: Notification) -> None:
        self._bus.emit(PATH, NAME, "NotificationClosed", "uu", [notification.id, 2])

    def _notify(self, message: Message) -> tuple[str, list[Any]]:
        app_name, replaces, icon, summary, body, actions, hints, timeout = message.body
        number = replaces or len(self.shown) + 1
        labelled = dict(zip(actions[::2], actions[1::2], strict=True))
        values = {key: hint.value for key, hint in hints.items()}
        self.shown.append(Notification(number, app_name, icon, summary, body, labelled, values, timeout))
        return "u", [number]

    def _close(self, message: Message) -> tuple[str, list[Any]]:
        self.closed.append(message.body[0])
        self._bus.emit(PATH, NAME, "NotificationClosed", "uu", [message.body[0], 3])
        return "", []
