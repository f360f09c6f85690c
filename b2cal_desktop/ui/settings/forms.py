"""Rows of a settings page, each bound to a key of the draft: label, control, a line of help, and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from b2cal_desktop.ui.colours import is_dark
from b2cal_desktop.ui.day_parts import large, plain, wrapped
from b2cal_desktop.ui.page_scroll import scroll_to
from b2cal_desktop.ui.settings.draft import Draft
from b2cal_desktop.ui.translations import translate

_WRONG = ("#B4233A", "#FF7B8A")
_FINE = ("#1A7F37", "#3FB950")
FIELD_WIDTH = 440


def wrong_colour() -> QColor:
    """What is wrong is written in this."""
    return QColor(_WRONG[is_dark()])


def quiet(text: str = "") -> QLabel:
    """A line of help: wrapped, and not as loud as the rest."""
    label = wrapped(muted=True)
    label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    label.setText(text)
    return label


def say(label: QLabel, text: str, *, wrong: bool = False, fine: bool = False) -> None:
    """Put ``text`` on ``label``, red where something is wrong and green where it works; an empty one hides it."""
    colour = wrong_colour().name() if wrong else _FINE[is_dark()] if fine else ""
    label.setStyleSheet(f"color: {colour};" if colour else "")
    label.setText(text)
    label.setVisible(bool(text))


def section(title: str, text: str = "") -> QWidget:
    """A heading with, where it needs one, a line below it."""
    holder = QWidget()
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(0, 10, 0, 0)
    layout.setSpacing(2)
    heading = large(wrapped(), 1.1)
    heading.setText(title)
    layout.addWidget(heading)
    if text:
        layout.addWidget(quiet(text))
    return holder


class _NoWheel(QObject):
    """The wheel scrolls the page, and never changes a value that happens to lie under the pointer."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


class Row(QWidget):
    """One control with what belongs to it."""

    def __init__(
        self, label: str, control: QWidget, *, help: str = "", beside: Sequence[QWidget] = (), wide: bool = False
    ) -> None:
        super().__init__()
        self.control = control
        self.label = plain(label)
        self.label.setWordWrap(True)
        self.label.setBuddy(control)
        self.help, self.error = quiet(help), wrapped()
        self.error.hide()
        if not label:  # never shown here: without a parent each would be a window for a moment
            self.label.hide()
        if not help:
            self.help.hide()
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(control, 10 if isinstance(control, QLineEdit) else 0)
        for widget in beside:
            line.addWidget(widget)
        if not wide and not isinstance(control, QLineEdit):
            line.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self.label)
        layout.addLayout(line)
        layout.addWidget(self.help)
        layout.addWidget(self.error)
        if isinstance(control, QLineEdit):
            control.setMaximumWidth(FIELD_WIDTH)
            line.addStretch(1)
        if label:
            control.setAccessibleName(label.replace("&", ""))
        if help:
            control.setAccessibleDescription(help)

    @property
    def focus(self) -> QWidget:
        """What takes the focus: the control, or the first one in it."""
        return next(tab_stops(self.control), self.control)

    def lock(self) -> None:
        """The administrator has decided this."""
        self.control.setEnabled(False)
        self.help.setText(translate("settings", "Decided by company policy."))
        self.help.show()
        self.control.setAccessibleDescription(self.help.text())

    def show_problem(self, text: str) -> None:
        say(self.error, text, wrong=True)
        if text:
            self.control.setAccessibleDescription(text)


class Form(QWidget):
    """A column of rows over ``draft``. ``refresh`` brings the controls up to date with it."""

    def __init__(self, draft: Draft, language: str) -> None:
        super().__init__()
        self.draft, self.language = draft, language
        self.rows: dict[str, Row] = {}
        self.parts: list[Form] = []
        self._readers: list[Callable[[], None]] = []
        self._stops: list[QWidget] = []
        self._no_wheel = _NoWheel(self)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(12)

    # --- what a page is made of

    def add(self, widget: QWidget) -> QWidget:
        self.column.addWidget(widget)
        return widget

    def part(self, part: Form) -> Form:
        """Put a form into this one; its rows count as the page's."""
        self.parts.append(part)
        self.column.addWidget(part)
        return part

    def row(self, key: str) -> Row:
        """The row of ``key``, in whichever part it stands; KeyError where there is none."""
        found = self.rows.get(key) or next((part.row(key) for part in self.parts if part.has(key)), None)
        if found is None:
            raise KeyError(key)
        return found

    def has(self, key: str) -> bool:
        return key in self.rows or any(part.has(key) for part in self.parts)

    def section(self, title: str, text: str = "") -> None:
        self.add(section(title, text))

    def text(
        self, key: str, label: str, *, help: str = "", hint: str = "", beside: Sequence[QWidget] = ()
    ) -> QLineEdit:
        edit = QLineEdit()
        edit.setPlaceholderText(hint)
        edit.textEdited.connect(lambda text: self.draft.set(key, text.strip()))

        def read() -> None:
            value = str(self.draft.value(key) or "")
            if edit.text().strip() != value:
                edit.setText(value)

        self.bind(key, Row(label, edit, help=help, beside=beside), read)
        return edit

    def choice(self, key: str, label: str, choices: Sequence[tuple[Any, str]], *, help: str = "") -> QComboBox:
        box = QComboBox()
        for value, text in choices:
            box.addItem(text, value)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        box.activated.connect(lambda _: self.draft.set(key, box.currentData()))
        self.bind(key, Row(label, box, help=help), lambda: select(box, self.draft.value(key)))
        return box

    def radios(
        self, key: str, choices: Iterable[tuple[str, str, str]], choose: Callable[[str], object]
    ) -> dict[str, QRadioButton]:
        """One of several; ``choices`` are value, label and a line on what it means."""
        holder, group, radios = QWidget(), QButtonGroup(self), dict[str, QRadioButton]()
        layout = QVBoxLayout(holder)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for value, label, help in choices:
            radio = radios[value] = QRadioButton(label)
            radio.setAccessibleDescription(help)
            radio.clicked.connect(lambda _=False, value=value: choose(value))
            line = quiet(help)
            line.setContentsMargins(26, 0, 0, 6)
            group.addButton(radio)
            layout.addWidget(radio)
            layout.addWidget(line)
        self.bind(key, Row("", holder, wide=True), lambda: None)
        return radios

    def number(self, key: str, label: str, low: int, high: int, unit: str, *, help: str = "") -> QSpinBox:
        box = QSpinBox()
        box.setRange(low, high)
        box.setSuffix(f" {unit}")
        box.lineEdit().setTextMargins(6, 0, 0, 0)
        box.valueChanged.connect(lambda value: self.draft.set(key, value))

        def read() -> None:
            with QSignalBlocker(box):
                box.setValue(int(self.draft.value(key) or 0))

        self.bind(key, Row(label, box, help=help), read)
        return box

    def switch(self, key: str, label: str, *, help: str = "") -> QCheckBox:
        box = QCheckBox(label)
        box.toggled.connect(lambda on: self.draft.set(key, on))

        def read() -> None:
            with QSignalBlocker(box):
                box.setChecked(bool(self.draft.value(key)))

        row = Row("", box, help=help)
        box.setAccessibleDescription(help)
        self.bind(key, row, read)
        return box

    def button(self, label: str, slot: Callable[[], None]) -> QPushButton:
        button = QPushButton(label)
        button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda _=False: slot())
        return button

    def bind(self, key: str, row: Row, read: Callable[[], None]) -> Row:
        """Put ``row`` into the column as the place where ``key`` is changed and its problems stand."""
        self.rows[key] = row
        self._readers.append(read)
        row.control.installEventFilter(self._no_wheel)
        if row.control.focusPolicy() is Qt.FocusPolicy.WheelFocus:
            row.control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.column.addWidget(row)
        if self.draft.is_locked(key):
            row.lock()
        read()
        return row

    def bring_into_sight(self, widget: QWidget) -> None:
        """Scroll to ``widget``, once it has its place: what a button answers stands below it."""
        QTimer.singleShot(0, widget, lambda: scroll_to(widget))

    def on_refresh(self, read: Callable[[], None]) -> None:
        self._readers.append(read)
        read()

    def event(self, event: QEvent) -> bool:
        """Tab goes as people read, also through what was put in late: Qt's own order is that of making."""
        if event.type() is QEvent.Type.LayoutRequest:
            stops = list(tab_stops(self))
            if stops != self._stops:
                self._stops = stops
                tab_through(stops)
        return super().event(event)

    # --- what the window asks of a page

    def finish_typing(self) -> None:
        """The user goes on: what is half written is judged too."""

    def refresh(self) -> None:
        for read in self._readers:
            read()
        for part in self.parts:
            part.refresh()

    def own_problems(self) -> Mapping[str, str]:
        """What keeps the page from being saved, beyond what the settings file itself would refuse."""
        return {key: text for part in self.parts for key, text in part.own_problems().items()}

    def show_problems(self, problems: Mapping[str, str]) -> set[str]:
        """Put each problem beside what it is about; returns those that have a place here."""
        shown: set[str] = set()
        for key, row in self.rows.items():
            about = [name for name in problems if name == key or name.startswith((f"{key}.", f"{key}["))]
            row.show_problem("\n".join(problems[name] for name in about))
            shown.update(about)
        return shown.union(*(part.show_problems(problems) for part in self.parts))

    def focus_first(self) -> QWidget | None:
        """The control that a step begins with; None where there is nothing to fill in."""
        return next((row.focus for row in self.rows.values() if row.control.isEnabled()), None)

    def first_wrong(self) -> QWidget | None:
        here = (row.focus for row in self.rows.values() if not row.error.isHidden())
        below = (widget for part in self.parts if not part.isHidden() and (widget := part.first_wrong()) is not None)
        return next(here, None) or next(below, None)


def tab_through(stops: Sequence[QWidget]) -> None:
    """Make Tab go from each of ``stops`` to the next."""
    for one, next_ in pairwise(stops):
        QWidget.setTabOrder(one, next_)


def tab_stops(part: QWidget | QLayout) -> Iterator[QWidget]:
    """What Tab stops at in ``part``, in the order of its layouts."""
    if isinstance(part, QLayout):
        for place in range(part.count()):
            item = part.itemAt(place)
            inner = (item.widget() or item.layout()) if item is not None else None
            if inner is not None:
                yield from tab_stops(inner)
    elif part.focusPolicy() & Qt.FocusPolicy.TabFocus:
        yield part
    elif (layout := part.layout()) is not None:
        yield from tab_stops(layout)


def offer(box: QComboBox, choices: Sequence[tuple[Any, str]], value: Any) -> None:
    """Offer ``choices`` in ``box`` with ``value`` chosen, without saying that anything changed."""
    with QSignalBlocker(box):
        if [(box.itemData(n), box.itemText(n)) for n in range(box.count())] != list(choices):
            box.clear()
            for data, text in choices:
                box.addItem(text, data)
    select(box, value)


def select(box: QComboBox, value: Any) -> None:
    """Show ``value`` in ``box`` without saying that it changed."""
    with QSignalBlocker(box):
        index = box.findData(value)
        if index >= 0:
            box.setCurrentIndex(index)
