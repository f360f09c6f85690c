"""The parts of the day window around the time line: status at the top, a problem if there is one, and *why*."""

from __future__ import annotations

import html

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from b2cal_desktop.core.intents import SyncNow
from b2cal_desktop.ui.colours import surfaces
from b2cal_desktop.ui.commands import Command, CommandName, Offers
from b2cal_desktop.ui.day_presentation import Deed, Item, Status
from b2cal_desktop.ui.icons import badge_icon
from b2cal_desktop.ui.problems import Problem, Remedy, remedy_of
from b2cal_desktop.ui.translations import translate

_DEEDS = ("skip", "skip_series", "undo", "finish", "extend")


def large(label: QLabel, factor: float) -> QLabel:
    """``label`` in bold letters ``factor`` times as large as the rest."""
    font = label.font()
    font.setPointSizeF(font.pointSizeF() * factor)
    font.setBold(True)
    label.setFont(font)
    return label


def plain(text: str = "") -> QLabel:
    """A label that shows ``text`` as it is: Qt takes what looks like a tag for one, and loads the pictures it names."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def tip(text: str) -> str:
    """``text`` for a tooltip, which knows no plain text but what has no tags in it."""
    return html.escape(text).replace("\n", "<br>") if "<" in text or "&lt;" in text else text


def wrapped(*, muted: bool = False) -> QLabel:
    """A label whose text breaks into lines instead of being cut, and can be copied."""
    label = plain()
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setProperty("muted", muted)
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    return label


def rule() -> QFrame:
    """A line between what scrolls and what stays."""
    line = QFrame()
    line.setObjectName("rule")
    line.setFrameShape(QFrame.Shape.HLine)
    return line


class Badge(QLabel):
    """The state's badge, ``side`` logical pixels large."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self._side = side
        self.setFixedSize(side, side)

    def render_status(self, status: Status, *, dark: bool) -> None:
        icon = badge_icon(status.icon, dark=dark)
        self.setPixmap(icon.pixmap(QSize(self._side, self._side), self.devicePixelRatioF()))
        self.setAccessibleName(status.headline)


class StatusHeader(QWidget):
    """What shows now, what the switchboard confirmed and when."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.badge = Badge(44)
        self.headline = large(wrapped(), 1.5)
        self.detail = wrapped(muted=True)
        self.sync, self.way_back = QPushButton(), QPushButton()
        self.sync.clicked.connect(lambda: self.chosen.emit(SyncNow()))
        self._deed: Deed | None = None
        self.way_back.clicked.connect(lambda: self.chosen.emit(self._deed.does) if self._deed else None)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self.headline)
        texts.addWidget(self.detail)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(14)
        layout.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(texts, 1)
        layout.addWidget(self.way_back, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.sync, 0, Qt.AlignmentFlag.AlignTop)

    def render_status(self, status: Status, *, enabled: bool, dark: bool) -> None:
        self.badge.render_status(status, dark=dark)
        self.headline.setText(status.headline)
        self.detail.setText(" · ".join(part for part in (status.confirmed, status.synced) if part))
        self.sync.setText(translate("day", "Sync &now"))
        self.sync.setEnabled(enabled)
        self._deed = status.deed
        self.way_back.setVisible(status.deed is not None)
        self.way_back.setText(status.deed.label if status.deed else "")


class ProblemBanner(QFrame):
    """What is wrong and what to do, with a button where there is something to press: beside it, ``narrow`` below it."""

    chosen = Signal(object)

    def __init__(self, offers: Offers, *, narrow: bool = False) -> None:
        super().__init__()
        self._offers = offers
        self._remedy: Remedy | None = None
        self.setObjectName("problem")
        self.text = wrapped()
        self.button = QPushButton()
        self.button.clicked.connect(lambda: self.chosen.emit(self._remedy.does) if self._remedy else None)
        layout = QVBoxLayout(self) if narrow else QHBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignRight if narrow else Qt.AlignmentFlag(0))
        self.hide()

    def render_problem(self, problem: Problem | None, *, dark: bool) -> None:
        self.setVisible(problem is not None)
        if problem is None:
            return
        look = surfaces(dark=dark)
        self.setStyleSheet(
            f"#problem {{ background: {look.warning_ground.name()}; border: 1px solid {look.warning_edge.name()};"
            " border-radius: 8px; }"
        )
        self.text.setText(problem.message)
        self.setAccessibleName(problem.message)
        remedy = remedy_of(problem, self._offers)
        self._remedy = remedy
        self.button.setText(remedy.label if remedy else "")
        self.button.setVisible(remedy is not None)


class Footer(QWidget):
    """How both sides are, what to look at in the calendar, and the ways from here to the other windows."""

    chosen = Signal(object)

    def __init__(self, offers: Offers) -> None:
        super().__init__()
        self._offers = offers
        self.text = wrapped(muted=True)
        self.fix, self.outgoing = QPushButton(), QPushButton()
        self.fix.clicked.connect(lambda: self.chosen.emit(Command(CommandName.OPEN_SETTINGS, "diversions")))
        self.outgoing.clicked.connect(lambda: self.chosen.emit(Command(CommandName.OUTGOING)))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.text, 1)
        for button in (self.fix, self.outgoing):
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)

    def render_status(self, status: Status) -> None:
        self.text.setText("\n".join((status.sides, *status.remarks)))
        self.fix.setText(translate("day", "Look at the &prefixes…"))
        self.fix.setVisible(self._offers.settings and bool(status.remarks))
        self.outgoing.setText(translate("day", "What lea&ves this computer…"))
        self.outgoing.setVisible(self._offers.settings)


class WhyPanel(QFrame):
    """Why the selected block or event is as it is, and what can be done about it."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("why")
        self.heading = large(wrapped(), 1.1)
        self.body = wrapped()
        self.body.setMinimumHeight(3 * self.body.fontMetrics().lineSpacing())  # the time line stays put meanwhile
        self.body.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._deeds: dict[str, Deed] = {}
        self.buttons: dict[str, QPushButton] = {}
        row = QHBoxLayout()
        row.setContentsMargins(0, 4, 0, 0)
        for name in _DEEDS:
            button = self.buttons[name] = QPushButton()
            button.clicked.connect(lambda _=False, name=name: self.chosen.emit(self._deeds[name].does))
            button.hide()
            row.addWidget(button)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 10)
        layout.setSpacing(4)
        layout.addWidget(self.heading)
        layout.addWidget(self.body)
        layout.addLayout(row)

    def show_item(self, item: Item | None, empty: tuple[str, str], *, dark: bool) -> None:
        """Show ``item``, or where there is none the heading and the line of ``empty``."""
        look = surfaces(dark=dark)
        self.setStyleSheet(
            f"#why {{ background: {look.card.name()}; border: 1px solid {look.line.name()}; border-radius: 8px; }}"
        )
        self._deeds = {deed.id: deed for deed in item.deeds} if item else {}
        if item is None:
            self.heading.setText(empty[0])
            self.body.setText(empty[1])
        else:
            self.heading.setText(item.heading)
            self.body.setText("\n".join(item.why))
        self.setAccessibleName(f"{self.heading.text()} {self.body.text()}")
        for name, deed in self._deeds.items():
            self.buttons[name].setText(deed.label)
            self.buttons[name].show()
        for name in self.buttons.keys() - self._deeds.keys():  # last: the focus goes on to one that is there
            self.buttons[name].hide()
