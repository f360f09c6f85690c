"""How events become diversions: the method, the six statuses, the prefixes, and the diversions themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QRadioButton, QVBoxLayout, QWidget

from b2cal_desktop.core.model import ShowAs, Text
from b2cal_desktop.core.rules import DuplicatePrefix
from b2cal_desktop.core.state import AppState
from b2cal_desktop.ui.configuration import ConnectorForm
from b2cal_desktop.ui.day_parts import wrapped
from b2cal_desktop.ui.settings.advice import advice, mapped
from b2cal_desktop.ui.settings.draft import Draft
from b2cal_desktop.ui.settings.forms import Form, Row, offer, say
from b2cal_desktop.ui.settings.own_diversions import DiversionList
from b2cal_desktop.ui.settings.prefixes import PrefixTable, prefixes_of
from b2cal_desktop.ui.settings.try_line import TryLine
from b2cal_desktop.ui.settings.words import diversion_choices, methods, status_name
from b2cal_desktop.ui.translations import translate

_METHOD, _PREFIXES = "rules.method", "rules.prefixes"


class DiversionsPage(Form):
    """``whole`` is false in the set-up, where the diversions themselves are left alone."""

    def __init__(
        self, draft: Draft, language: str, connectors: Mapping[str, ConnectorForm], *, whole: bool = True
    ) -> None:
        super().__init__(draft, language)
        self._connectors = connectors
        self._state: AppState | None = None
        self._found: tuple[tuple[str, Text], ...] = ()
        self.methods: dict[str, QRadioButton] = {}
        self.statuses: dict[str, QComboBox] = {}
        self._build_methods()
        self.try_line = TryLine(language)
        self.add(self.try_line)
        self.advice = wrapped()
        self.add(self.advice)
        self._build_statuses()
        self._build_prefixes()
        self.list = DiversionList(language)
        if whole:
            self._build_list()
        self.column.addStretch(1)
        self.on_refresh(self._show)

    # --- how it is built

    def _build_methods(self) -> None:
        self.methods = self.radios(_METHOD, methods(), lambda method: self.draft.set(_METHOD, method))

    def _build_statuses(self) -> None:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(2, 1)
        for row, status in enumerate(ShowAs):
            box = self.statuses[status.value] = QComboBox()
            key = f"rules.status.{status.value}"
            label = QLabel(status_name(status))
            label.setBuddy(box)
            box.setAccessibleName(label.text())
            box.setEnabled(not self.draft.is_locked(key))
            box.activated.connect(lambda _, key=key, box=box: self.draft.set(key, box.currentData()))
            grid.addWidget(label, row, 0)
            grid.addWidget(box, row, 1)
        self.status_part = QWidget()
        part = QVBoxLayout(self.status_part)
        part.setContentsMargins(0, 0, 0, 0)
        heading = Form(self.draft, self.language)
        heading.section(
            translate("settings", "Status → diversion"),
            translate("settings", "Which diversion each status sets."),
        )
        part.addWidget(heading)
        row_ = Row("", holder, wide=True)
        part.addWidget(row_)
        self.add(self.status_part)
        self.rows["rules.status"] = row_
        locked = [box for status, box in self.statuses.items() if self.draft.is_locked(f"rules.status.{status}")]
        if locked:
            some = translate("settings", "What is grey is decided by company policy.")
            whole = len(locked) == len(self.statuses)
            row_.help.setText(translate("settings", "Decided by company policy.") if whole else some)
            row_.help.show()
        for box in locked:
            box.setAccessibleDescription(translate("settings", "Decided by company policy."))

    def _build_prefixes(self) -> None:
        self.prefix_part = Form(self.draft, self.language)
        self.prefix_part.section(
            translate("settings", "Prefix ↔ diversion"),
            translate("settings", "Capitals, accents and spaces do not matter. A diversion can have several."),
        )
        self.prefixes = PrefixTable(self.language)
        self.prefixes.changed.connect(self._prefixes_changed)
        self.prefix_part.bind(_PREFIXES, Row("", self.prefixes, wide=True), lambda: None)
        self.part(self.prefix_part)

    def _build_list(self) -> None:
        self.section(
            translate("settings", "The diversions"),
            translate("settings", "Rename them, add your own, and say what the switchboard calls them."),
        )
        self.bind("diversions", Row("", self.list, wide=True), lambda: None)
        self.list.edited.connect(lambda entries: self.draft.set("diversions", entries))
        self.list.added.connect(lambda entries, _key: self.draft.set("diversions", entries))
        self.list.removed.connect(self._remove)

    # --- how it is drawn

    def show_state(self, state: AppState | None) -> None:
        """The events and the switchboard's abilities that the advice goes by."""
        self._state = state
        self._show_advice()

    def offer_values(self, found: tuple[tuple[str, Text], ...]) -> None:
        """The switchboard's own values, to choose from where a diversion is mapped."""
        self._found = found
        self._show_list()

    def _show(self) -> None:
        settings = self.draft.settings
        catalogue = settings.catalogue()
        method = self.draft.value(_METHOD)
        self.methods[method].setChecked(True)
        self.status_part.setVisible(method != "prefix")
        self.prefix_part.setVisible(method != "status")
        choices = diversion_choices(catalogue, self.language, translate("settings", "Nothing"))
        for status, box in self.statuses.items():
            offer(box, choices, self.draft.value(f"rules.status.{status}"))
        self.prefixes.show_prefixes(self.draft.value(_PREFIXES) or {}, catalogue)
        self._show_list()
        self._show_try()
        self._show_advice()

    def _show_list(self) -> None:
        connector = str(self.draft.value("switchboard.connector"))
        form = self._connectors.get(connector)
        self.list.show_diversions(
            self.draft.value("diversions") or [],
            self.draft.settings.catalogue(),
            connector,
            form.values if form else {},
            self._found,
        )

    def _show_try(self) -> None:
        settings = self.draft.settings
        try:
            self.try_line.show_rules(settings.to_rules(settings.catalogue()))
        except DuplicatePrefix:  # shown in red beside the prefixes
            return

    def _show_advice(self) -> None:
        state, settings = self._state, self.draft.settings
        if state is None:
            say(self.advice, "")
            return
        rules = settings.to_rules(settings.catalogue())
        form = self._connectors.get(str(self.draft.value("switchboard.connector")))
        own = self.draft.value("diversions") or []
        supported = mapped(form, own) if form is not None else state.supported
        say(self.advice, "\n".join(advice(rules, state.events, supported, self.language)))

    def focus_first(self) -> QWidget | None:
        return self.methods[str(self.draft.value(_METHOD))]

    # --- what the user does

    def _prefixes_changed(self) -> None:
        before: dict[str, Any] = self.draft.value(_PREFIXES) or {}
        self.draft.set(_PREFIXES, prefixes_of(self.prefixes.pairs, before))

    def _remove(self, entries: list[dict[str, Any]], key: str) -> None:
        """With a diversion go the rules that name it."""
        prefixes = {name: given for name, given in (self.draft.value(_PREFIXES) or {}).items() if name != key}
        order = [name for name in self.draft.value("rules.order") or [] if name != key]
        changes: dict[str, Any] = {"diversions": entries, _PREFIXES: prefixes, "rules.order": order}
        for status in ShowAs:
            if self.draft.value(f"rules.status.{status.value}") == key:
                changes[f"rules.status.{status.value}"] = ""
        if self.draft.value("rules.working_hours.outside") == key:
            changes["rules.working_hours.outside"] = ""
        self.draft.update(changes)
