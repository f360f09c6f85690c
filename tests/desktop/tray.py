"""The tray as a desktop sees it: StatusNotifierItem and com.canonical.dbusmenu, read and clicked."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dbus_fast import Message, Variant

from tests.desktop.bus import CallFailedError, SessionBus, Signal

WATCHER = "org.kde.StatusNotifierWatcher"
WATCHER_PATH = "/StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"


@dataclass(frozen=True, slots=True)
class Pixmap:
    """ARGB32, big-endian, row by row, as the specification sends it."""

    width: int
    height: int
    argb: bytes

    def pixel(self, x: int, y: int) -> tuple[int, int, int, int]:
        """(alpha, red, green, blue), each 0 to 255."""
        start = 4 * (y * self.width + x)
        alpha, red, green, blue = self.argb[start : start + 4]
        return alpha, red, green, blue

    def colours(self) -> set[tuple[int, int, int]]:
        """(red, green, blue) of every fully opaque pixel."""
        quads = (self.argb[i : i + 4] for i in range(0, len(self.argb), 4))
        return {(red, green, blue) for alpha, red, green, blue in quads if alpha == 255}


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """`checked` is None where the entry has no check mark; `label` is without its mnemonic underscore."""

    id: int
    label: str
    enabled: bool
    visible: bool
    separator: bool
    checked: bool | None
    children: tuple["MenuEntry", ...]

    def walk(self, above: tuple["MenuEntry", ...] = ()) -> Iterator[tuple["MenuEntry", ...]]:
        """Every entry below this one, each as the way there: outermost first, itself last."""
        for child in self.children:
            yield (*above, child)
            yield from child.walk((*above, child))

    def way_to(self, *labels: str) -> tuple["MenuEntry", ...]:
        """The one visible entry whose labels end in `labels`; LookupError names what there is instead."""
        ways = [way for way in self.walk() if all(entry.visible for entry in way)]
        found = [way for way in ways if tuple(entry.label for entry in way[-len(labels) :]) == labels]
        if len(found) != 1:
            raise LookupError(f"{len(found)} entries named {' > '.join(labels)} among {[w[-1].label for w in ways]}")
        return found[0]

    def find(self, *labels: str) -> "MenuEntry":
        return self.way_to(*labels)[-1]

    def labels(self) -> list[str]:
        """The visible labels of this level; a separator is "-"."""
        return ["-" if child.separator else child.label for child in self.children if child.visible]


class TrayItem:
    """One program's icon. Everything is read afresh at each call."""

    def __init__(self, bus: SessionBus, name: str, path: str) -> None:
        self.name = name
        self.path = path
        self._bus = bus
        self._owner = bus.owner(name)

    def __repr__(self) -> str:
        return f"TrayItem({self.name}{self.path})"

    def tooltip(self) -> str:
        """Title and text, in lines."""
        _, _, title, text = self._read("ToolTip")
        return "\n".join(part for part in (title, text) if part)

    def title(self) -> str:
        return str(self._read("Title"))

    def id(self) -> str:
        return str(self._read("Id"))

    def status(self) -> str:
        """Passive, Active or NeedsAttention."""
        return str(self._read("Status"))

    def icon_name(self) -> str:
        return str(self._read("IconName"))

    def icon_pixmaps(self) -> list[Pixmap]:
        return [Pixmap(width, height, bytes(argb)) for width, height, argb in self._read("IconPixmap")]

    def menu(self) -> MenuEntry:
        """The root of the menu, after the program was told that it is about to show."""
        self._menu_call("AboutToShow", "i", 0)
        _, layout = self._menu_call("GetLayout", "iias", 0, -1, [])
        return _entry(layout)

    def click(self, *labels: str) -> None:
        """Clicks the entry found by its label, or by the labels on the way to it where one isn't enough."""
        way = self.menu().way_to(*labels)
        if not all(entry.enabled for entry in way):
            raise LookupError(f"{' > '.join(labels)} is greyed")
        for submenu in way[:-1]:
            self._menu_call("AboutToShow", "i", submenu.id)
        self._menu_call("Event", "isvu", way[-1].id, "clicked", Variant("i", 0), 0)

    def activate(self) -> None:
        """A left click on the icon."""
        self._bus.call(self.name, self.path, ITEM, "Activate", "ii", 0, 0)

    def signals(self, member: str) -> list[Signal]:
        """NewIcon, NewToolTip, NewStatus … received from this item so far."""
        return [s for s in self._bus.signals if s.sender == self._owner and s.interface == ITEM and s.member == member]

    def wait_for_signal(self, member: str, after: int = 0, timeout: float = 10.0) -> None:
        """Until more than `after` signals of that name have come: len(signals(member)) before the act."""
        self._bus.wait_until(lambda: len(self.signals(member)) > after, timeout, f"{member} from {self.name}")

    def _read(self, name: str) -> Any:
        return self._bus.read(self.name, self.path, ITEM, name)

    def _menu_call(self, member: str, signature: str, *body: Any) -> list[Any]:
        return self._bus.call(self.name, str(self._read("Menu")), MENU, member, signature, *body)


class TrayWatcher:
    """The items of the session's tray, whoever keeps the list: a panel, or we ourselves after `appear`."""

    def __init__(self, bus: SessionBus) -> None:
        self._bus = bus
        self._registered: list[str] = []

    def appear(self) -> None:
        """Takes the tray's name, as a panel that starts; programs then show their icon."""
        self._registered.clear()
        self._bus.serve(
            WATCHER,
            WATCHER_PATH,
            WATCHER,
            {
                "RegisterStatusNotifierItem": self._register,
                "RegisterStatusNotifierHost": lambda _message: ("", []),
            },
            {
                "RegisteredStatusNotifierItems": lambda: Variant("as", list(self._registered)),
                "IsStatusNotifierHostRegistered": lambda: Variant("b", True),
                "ProtocolVersion": lambda: Variant("i", 0),
            },
        )
        self._bus.emit(WATCHER_PATH, WATCHER, "StatusNotifierHostRegistered")

    def vanish(self) -> None:
        """Gives the name up, as a panel that crashes."""
        self._bus.withdraw(WATCHER, WATCHER)

    def is_ready(self) -> bool:
        """Whether somebody keeps the list and shows it."""
        if self._bus.owner(WATCHER) is None:
            return False
        try:
            return bool(self._bus.read(WATCHER, WATCHER_PATH, WATCHER, "IsStatusNotifierHostRegistered"))
        except CallFailedError:  # the name is there a moment before the object is
            return False

    def items(self) -> list[TrayItem]:
        """The icons that are there now; those whose program has gone are left out."""
        if not self.is_ready():
            return []
        listed = self._bus.read(WATCHER, WATCHER_PATH, WATCHER, "RegisteredStatusNotifierItems")
        places = [(name, f"/{path}") for name, _, path in (entry.partition("/") for entry in listed)]
        return [TrayItem(self._bus, name, path) for name, path in places if self._bus.owner(name)]

    def wait_for_item(self, timeout: float = 20.0) -> TrayItem:
        """The one item of the tray, once it is there and answers."""
        items: list[TrayItem] = self._bus.wait_until(self.items, timeout, "an icon in the tray")
        if len(items) > 1:
            raise LookupError(f"more than one icon in the tray: {items}")
        self._bus.wait_until(lambda: _answers(items[0]), timeout, f"{items[0]} to answer")
        return items[0]

    def wait_until_empty(self, timeout: float = 10.0) -> None:
        self._bus.wait_until(lambda: not self.items(), timeout, "the tray to be empty")

    def _register(self, message: Message) -> tuple[str, list[Any]]:
        service = str(message.body[0])
        # A program may name its bus name, or only the path below the name it calls from.
        entry = f"{message.sender}{service}" if service.startswith("/") else f"{service}/StatusNotifierItem"
        self._registered.append(entry)
        self._bus.emit(WATCHER_PATH, WATCHER, "StatusNotifierItemRegistered", "s", [entry])
        return "", []


def _answers(item: TrayItem) -> bool:
    try:
        return bool(item.status())
    except CallFailedError:
        return False


def _entry(layout: Any) -> MenuEntry:
    number, properties, children = layout
    values = {key: variant.value for key, variant in properties.items()}
    return MenuEntry(
        id=number,
        label=values.get("label", "").replace("__", "\0").replace("_", "").replace("\0", "_"),
        enabled=values.get("enabled", True),
        visible=values.get("visible", True),
        separator=values.get("type") == "separator",
        checked=values.get("toggle-state") == 1 if values.get("toggle-type") else None,
        children=tuple(_entry(child.value) for child in children),
    )
