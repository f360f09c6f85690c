"""The diversions themselves: renamed, added, and told how the switchboard calls them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from b2cal_desktop.core.model import AVAILABLE, STANDARD_CATALOGUE, Catalogue, Text
from b2cal_desktop.ui.colours import is_dark
from b2cal_desktop.ui.icons import badge_icon
from b2cal_desktop.ui.look import IconLook
from b2cal_desktop.ui.settings.forms import quiet, select
from b2cal_desktop.ui.settings.words import kinds
from b2cal_desktop.ui.translations import translate

_KEY = int(Qt.ItemDataRole.UserRole)
Entries = list[dict[str, Any]]


def entry_of(entries: Sequence[Mapping[str, Any]], key: str) -> dict[str, Any]:
    """What ``[[diversions]]`` says of ``key``; nothing but the key where it says nothing."""
    return next((dict(entry) for entry in entries if entry["key"] == key), {"key": key})


def with_entry(entries: Sequence[Mapping[str, Any]], entry: Mapping[str, Any]) -> Entries:
    """``entries`` with ``entry`` in the place of that of the same key; one that says nothing is left out."""
    others = [dict(other) for other in entries]
    places = [n for n, other in enumerate(others) if other["key"] == entry["key"]]
    if len(entry) == 1:
        return [other for other in others if other["key"] != entry["key"]]
    if places:
        others[places[0]] = dict(entry)
        return others
    return [*others, dict(entry)]


def new_key(catalogue: Catalogue) -> str:
    """A key that is not taken."""
    return next(key for n in range(1, 1000) if (key := f"own_{n}") not in catalogue)


class DiversionList(QWidget):
    """A list of all diversions, and the details of the one that is picked.

    ``edited`` carries the new ``[[diversions]]``, ``added`` and ``removed`` those and the key.
    """

    edited = Signal(list)
    added = Signal(list, str)
    removed = Signal(list, str)

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language
        self._entries: Entries = []
        self._catalogue = STANDARD_CATALOGUE
        self._connector, self._values = "", dict[str, str]()
        self.list = QListWidget()
        self.list.setAccessibleName(translate("settings", "Diversions"))
        side = self.fontMetrics().height()
        self.list.setIconSize(QSize(side, side))
        self.swedish, self.english, self.kind, self.remote = QLineEdit(), QLineEdit(), QComboBox(), QComboBox()
        self.new = QPushButton(translate("settings", "&New diversion"))
        self.delete = QPushButton(translate("settings", "Remo&ve"))
        self.hint = quiet()
        self._dress()
        self._build()
        self._connect()

    @property
    def key(self) -> str:
        """The one that is picked."""
        item = self.list.currentItem()
        return str(item.data(_KEY)) if item is not None else AVAILABLE

    def _dress(self) -> None:
        for edit in (self.swedish, self.english):
            edit.setMaxLength(60)
        for value, label in kinds():
            self.kind.addItem(label, value)
        self.remote.setEditable(True)
        self.remote.setMinimumContentsLength(16)
        self.remote.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        for box in (self.kind, self.remote):
            box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _build(self) -> None:
        details = QGridLayout()
        details.setVerticalSpacing(8)
        rows = (
            (translate("settings", "Name in Swedish"), self.swedish),
            (translate("settings", "Name in English"), self.english),
            (translate("settings", "Kind"), self.kind),
            (translate("settings", "The switchboard's value"), self.remote),
        )
        for row, (text, control) in enumerate(rows):
            label = QLabel(text)
            label.setBuddy(control)
            control.setAccessibleName(text)
            details.addWidget(label, 3 * row, 0)
            details.addWidget(control, 3 * row + 1, 0)
        kind_hint = quiet(translate("settings", "An absence counts outside working hours too."))
        self.kind.setAccessibleDescription(kind_hint.text())
        details.addWidget(kind_hint, 8, 0)
        details.addWidget(self.hint, 11, 0)
        details.setRowStretch(12, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.new)
        buttons.addWidget(self.delete)
        buttons.addStretch(1)
        line = QHBoxLayout()
        line.addWidget(self.list, 1)
        line.addLayout(details, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(line)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(lambda _: self._show_details())
        self.swedish.textEdited.connect(lambda _: self._name())
        self.english.textEdited.connect(lambda _: self._name())
        self.kind.activated.connect(lambda _: self._change("kind", str(self.kind.currentData())))
        self.remote.editTextChanged.connect(lambda _: self._map())
        self.new.clicked.connect(lambda _=False: self._add())
        self.delete.clicked.connect(lambda _=False: self._remove())

    # --- what is shown

    def show_diversions(
        self, entries: Entries, catalogue: Catalogue, connector: str, values: Mapping[str, str], found: Sequence[Any]
    ) -> None:
        """Show ``catalogue`` as ``entries`` make it; ``values`` and ``found`` are the switchboard's own names."""
        self._entries, self._catalogue, self._connector = entries, catalogue, connector
        self._values = dict(values)
        self._fill_list()
        self._offer([*found, *((value, Text.same(value)) for value in self._values.values())])
        self._show_details()

    def _fill_list(self) -> None:
        wanted = [(key, self._catalogue.label(key, self._language)) for key in self._catalogue]
        there = [(self.list.item(n).data(_KEY), self.list.item(n).text()) for n in range(self.list.count())]
        if wanted == there:
            return
        key = self.key if there else next(iter(self._catalogue))
        with QSignalBlocker(self.list):
            self.list.clear()
            for name, label in wanted:
                item = QListWidgetItem(badge_icon(IconLook(name, label[:1]), dark=is_dark()), label)
                item.setData(_KEY, name)
                item.setSizeHint(QSize(1, self.fontMetrics().height() + 10))
                self.list.addItem(item)
            self.pick(key)

    def pick(self, key: str) -> None:
        """Make ``key`` the one whose details show."""
        for row in range(self.list.count()):
            if self.list.item(row).data(_KEY) == key:
                self.list.setCurrentRow(row)

    def _offer(self, values: Sequence[tuple[str, Text]]) -> None:
        offered = dict.fromkeys(("", *(value for value, _ in values)))
        if [self.remote.itemText(n) for n in range(self.remote.count())] == list(offered):
            return
        with QSignalBlocker(self.remote):
            self.remote.clear()
            self.remote.addItems(list(offered))

    def _show_details(self) -> None:
        key = self.key
        diversion = self._catalogue.get(key)
        if diversion is None:
            return
        own = key not in STANDARD_CATALOGUE
        value = entry_of(self._entries, key).get("remote", {}).get(self._connector, "")
        blocked = [QSignalBlocker(box) for box in (self.swedish, self.english, self.kind, self.remote)]
        for edit, text in ((self.swedish, diversion.label.sv), (self.english, diversion.label.en)):
            if edit.text().strip() != text:
                edit.setText(text)
        select(self.kind, diversion.kind.value)
        if self.remote.currentText().strip() != value:
            self.remote.setEditText(value)
        del blocked
        usual = self._values.get(key, "")
        line = self.remote.lineEdit()
        if line is not None:
            line.setPlaceholderText(usual)
        self.kind.setEnabled(key != AVAILABLE)
        self.delete.setEnabled(own)
        self.hint.setText(self._hint(usual, value))

    def _hint(self, usual: str, value: str) -> str:
        if value or usual:
            return translate("settings", "Leave it empty for the usual value, {value}.").format(value=usual or "–")
        return translate("settings", "The switchboard has no value for this yet: nothing can be set with it.")

    # --- what the user does

    def _name(self) -> None:
        sv, en = self.swedish.text().strip(), self.english.text().strip()
        if sv or en:
            self._change("label", {"sv": sv or en, "en": en or sv})

    def _map(self) -> None:
        remote = dict(entry_of(self._entries, self.key).get("remote", {}))
        text = self.remote.currentText().strip()
        if text:
            remote[self._connector] = text
        else:
            remote.pop(self._connector, None)
        self._change("remote", remote)

    def _change(self, name: str, value: Any) -> None:
        entry = entry_of(self._entries, self.key)
        if entry.get(name) == value:
            return
        entry[name] = value
        if not value:
            del entry[name]
        self._entries = with_entry(self._entries, entry)
        self.edited.emit(self._entries)

    def _add(self) -> None:
        key = new_key(self._catalogue)
        label = {"sv": "Ny hänvisning", "en": "New diversion"}
        self.added.emit([*self._entries, {"key": key, "label": label, "kind": "absence"}], key)
        self.pick(key)
        edit = self.swedish if self._language == "sv" else self.english
        edit.setFocus(Qt.FocusReason.OtherFocusReason)
        edit.selectAll()

    def _remove(self) -> None:
        key = self.key
        self.removed.emit([entry for entry in self._entries if entry["key"] != key], key)
