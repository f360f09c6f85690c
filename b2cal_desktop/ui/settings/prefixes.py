"""The prefixes, a line each: the code, and the diversion that it stands for. Two that are the same turn red at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from b2cal_desktop.core.model import Catalogue
from b2cal_desktop.core.rules import DuplicatePrefix, Rules
from b2cal_desktop.ui.day_parts import tip
from b2cal_desktop.ui.settings.forms import select, wrong_colour
from b2cal_desktop.ui.translations import translate

Pairs = list[tuple[str, str]]
_LONGEST = 40


def pairs_of(prefixes: dict[str, Any]) -> Pairs:
    """``rules.prefixes`` line by line: (prefix, diversion)."""
    found: Pairs = []
    for diversion, given in prefixes.items():
        found += [(prefix, diversion) for prefix in ([given] if isinstance(given, str) else given) if prefix]
    return found


def prefixes_of(pairs: Sequence[tuple[str, str]], before: dict[str, Any]) -> dict[str, Any]:
    """The lines as ``rules.prefixes`` has them; a diversion that had a prefix ``before`` and lost it gets ``""``."""
    found: dict[str, list[str]] = {key: [] for key in before}
    for prefix, diversion in pairs:
        if prefix:
            found.setdefault(diversion, []).append(prefix)
    return {key: given[0] if len(given) == 1 else given or "" for key, given in found.items()}


def duplicates(prefixes: Sequence[str]) -> set[int]:
    """The places of prefixes that cannot be told apart, by the rules' own comparison."""
    wrong: set[int] = set()
    kept: list[str] = []
    for place, prefix in enumerate(prefixes):
        try:
            Rules(prefixes={"x": (*kept, prefix)})
            kept.append(prefix)
        except DuplicatePrefix as error:
            wrong |= {place, *(n for n, other in enumerate(prefixes[:place]) if other == error.first)}
    return wrong


class _Line(QWidget):
    """One prefix."""

    changed = Signal()
    removed = Signal()

    def __init__(self, catalogue: Catalogue, language: str) -> None:
        super().__init__()
        self.prefix, self.diversion, self.remove = QLineEdit(), QComboBox(), QPushButton("×")
        self.prefix.setMaxLength(_LONGEST)
        self.prefix.setFixedWidth(self.fontMetrics().averageCharWidth() * 16)
        self.prefix.setAccessibleName(translate("settings", "Prefix"))
        self.diversion.setAccessibleName(translate("settings", "Diversion"))
        for key in catalogue:
            self.diversion.addItem(catalogue.label(key, language), key)
        self.diversion.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.remove.setFixedWidth(self.remove.sizeHint().height() + 6)
        self.prefix.textEdited.connect(lambda _: self.changed.emit())
        self.diversion.activated.connect(lambda _: self.changed.emit())
        self.remove.clicked.connect(lambda _=False: self.removed.emit())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.prefix, self.diversion, self.remove):
            layout.addWidget(widget)
        layout.addStretch(1)

    def show_pair(self, prefix: str, diversion: str) -> None:
        if self.prefix.text().strip() != prefix:
            self.prefix.setText(prefix)
        select(self.diversion, diversion)
        self.name_remove()

    def name_remove(self) -> None:
        text = translate("settings", "Remove {prefix}").format(prefix=self.prefix.text())
        self.remove.setAccessibleName(text)
        self.remove.setToolTip(tip(text))

    @property
    def pair(self) -> tuple[str, str]:
        return self.prefix.text().strip(), str(self.diversion.currentData())

    def mark(self, *, wrong: bool) -> None:
        self.prefix.setStyleSheet(f"border: 2px solid {wrong_colour().name()}; padding: 4px 7px;" if wrong else "")
        text = translate("settings", "The same prefix stands twice.") if wrong else ""
        self.prefix.setAccessibleDescription(text)
        self.prefix.setToolTip(text)


class PrefixTable(QWidget):
    """All prefixes; ``changed`` when a line was."""

    changed = Signal()

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language, self._catalogue = language, Catalogue(Rules().catalogue.values())
        self.lines: list[_Line] = []
        self.add_button = QPushButton(translate("settings", "&Add a prefix"))
        self.add_button.clicked.connect(lambda _=False: self.add_line())
        self._column = QVBoxLayout()
        self._column.setSpacing(6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._column)
        row = QHBoxLayout()
        row.addWidget(self.add_button)
        row.addStretch(1)
        layout.addLayout(row)

    def show_prefixes(self, prefixes: dict[str, Any], catalogue: Catalogue) -> None:
        """Show ``prefixes``, unless that is what stands here already."""
        if catalogue is not self._catalogue and list(catalogue.values()) != list(self._catalogue.values()):
            self._catalogue = catalogue
            self._clear()
        pairs = pairs_of(prefixes)
        if sorted(pair for pair in self.pairs if pair[0]) != sorted(pairs) or (pairs and not self.lines):
            self._clear()
            for prefix, diversion in pairs:
                self._append().show_pair(prefix, diversion)
        self._judge()

    @property
    def pairs(self) -> Pairs:
        return [line.pair for line in self.lines]

    def add_line(self) -> None:
        """An empty line at the end, ready to be written in."""
        line = self._append()
        line.prefix.setFocus(Qt.FocusReason.OtherFocusReason)

    def _clear(self) -> None:
        for line in self.lines:
            line.hide()
            line.deleteLater()
        self.lines.clear()

    def _append(self) -> _Line:
        line = _Line(self._catalogue, self._language)
        line.changed.connect(self._edited)
        line.removed.connect(lambda: self._remove(line))
        self.lines.append(line)
        self._column.addWidget(line)
        return line

    def _remove(self, line: _Line) -> None:
        place = self.lines.index(line)
        self.lines.remove(line)
        line.hide()
        line.deleteLater()
        after = self.lines[min(place, len(self.lines) - 1)].prefix if self.lines else self.add_button
        after.setFocus(Qt.FocusReason.OtherFocusReason)
        self._edited()

    def _edited(self) -> None:
        self._judge()
        self.changed.emit()

    def _judge(self) -> None:
        wrong = duplicates([prefix for prefix, _ in self.pairs])
        for place, line in enumerate(self.lines):
            line.mark(wrong=place in wrong)
            line.name_remove()
