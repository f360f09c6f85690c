"""Where diversions go: one of the connectors, with the fields that it asks for."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QLineEdit, QVBoxLayout

from b2cal_desktop.core.model import Text
from b2cal_desktop.ui.background import Tasks, trial_text
from b2cal_desktop.ui.colours import is_dark, surfaces
from b2cal_desktop.ui.configuration import Configuration, ConnectorForm, FieldForm
from b2cal_desktop.ui.day_parts import wrapped
from b2cal_desktop.ui.settings.draft import Draft
from b2cal_desktop.ui.settings.forms import Form, Row, quiet, say
from b2cal_desktop.ui.settings.trial import TrialDialog
from b2cal_desktop.ui.translations import translate

_CONNECTOR = "switchboard.connector"
_FIELDS = "switchboard.fields"


class Caution(QFrame):
    """What has not been proven of a connector; it has to be read and ticked before the connector is used."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("caution")
        self.text = wrapped()
        self.accepted = QCheckBox(translate("settings", "I have read this and want to use it"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.addWidget(self.text)
        layout.addWidget(self.accepted)

    def show_text(self, text: str) -> None:
        look = surfaces(dark=is_dark())
        self.setStyleSheet(
            f"#caution {{ background: {look.warning_ground.name()}; border: 1px solid {look.warning_edge.name()};"
            " border-radius: 8px; }"
        )
        self.text.setText(text)
        self.accepted.setAccessibleDescription(text)
        self.setVisible(bool(text))


class SwitchboardPage(Form):
    """The switchboard's settings, made from the connector's own description of itself.

    ``asked`` carries the switchboard's own values and their labels, when a test has brought them.
    """

    asked = Signal(object)

    def __init__(
        self, draft: Draft, language: str, connectors: Mapping[str, ConnectorForm], configuration: Configuration
    ) -> None:
        super().__init__(draft, language)
        self._connectors, self._configuration, self._tasks = connectors, configuration, Tasks(self)
        self._accepted = draft.value(_CONNECTOR)  # what is in use already was accepted once
        self._fields: Form | None = None
        self._shown = self._being_typed = ""
        self._goes_on = False
        self.edits: dict[str, QLineEdit] = {}
        self.dialog: TrialDialog | None = None
        choices = sorted(((c.id, c.label.to(language)) for c in connectors.values()), key=lambda pair: pair[1].lower())
        if self._accepted not in connectors:
            choices.append((self._accepted, self._accepted))
        self.connector = self.choice(_CONNECTOR, translate("settings", "S&witchboard"), choices)
        self.connector.activated.connect(self._chosen)
        self.about, self.caution = quiet(), Caution()
        self.caution.accepted.toggled.connect(lambda _: self.draft.changed.emit())
        self.add(self.about)
        self.add(self.caution)
        self._place = QVBoxLayout()
        self._place.setContentsMargins(0, 0, 0, 0)
        self.column.addLayout(self._place)
        self.trial = self.button(translate("settings", "&Test connection"), self._try)
        self.outcome = wrapped()
        self.outcome.hide()
        self.add(self.trial)
        self.add(quiet(translate("settings", "The test only reads. Nothing is changed in the switchboard.")))
        self.add(self.outcome)
        self.set_and_restore = self.button(translate("settings", "Try to set a di&version…"), self._set_and_restore)
        self.set_and_restore.hide()
        self.add(self.set_and_restore)
        self.column.addStretch(1)
        self.on_refresh(self._show_connector)

    @property
    def form(self) -> ConnectorForm | None:
        return self._connectors.get(str(self.draft.value(_CONNECTOR)))

    def _chosen(self) -> None:
        form = self.form
        self._goes_on = False
        kept = dict(self.draft.loaded.settings.switchboard.fields) if form and form.id == self._saved else {}
        self.draft.set(_FIELDS, kept)
        self.draft.secrets.clear()

    @property
    def _saved(self) -> str:
        return self.draft.loaded.settings.switchboard.connector

    def _show_connector(self) -> None:
        form = self.form
        if form is None or form.id == self._shown:
            return
        self._shown = form.id
        self._tasks.cancel_all()
        say(self.outcome, "")
        self.set_and_restore.hide()
        self.trial.setEnabled(True)
        texts = [text.to(self.language) for text in (form.help, form.limits) if text is not None]
        self.about.setText("\n".join(texts))
        self.about.setVisible(bool(texts))
        unconfirmed = form.unconfirmed.to(self.language) if form.unconfirmed else ""
        self.caution.show_text(unconfirmed)
        self.caution.accepted.setChecked(form.id == self._accepted)
        self._build_fields(form)
        if any(field.secret for field in form.fields):
            self._tasks.run(
                "kept", lambda: self._configuration.kept_secrets(form.id), self._show_kept, lambda _error: None
            )

    def _build_fields(self, form: ConnectorForm) -> None:
        if self._fields is not None:
            self._fields.hide()
            self._place.removeWidget(self._fields)
            self.parts.remove(self._fields)
            self._fields.deleteLater()
        self._fields = Form(self.draft, self.language)
        self.edits, self._being_typed = {}, ""
        for field in form.fields:
            self.edits[field.key] = self._secret(form, field) if field.secret else self._plain(field)
        self._place.addWidget(self._fields)
        self.parts.append(self._fields)

    def _plain(self, field: FieldForm) -> QLineEdit:
        assert self._fields is not None  # noqa: S101 - made just before
        edit = QLineEdit()
        edit.setPlaceholderText(field.default or "")
        edit.textEdited.connect(lambda text: self._typed(field.key, text.strip()))
        edit.editingFinished.connect(self._left_field)

        def read() -> None:
            value = str((self.draft.value(_FIELDS) or {}).get(field.key, ""))
            if edit.text().strip() != value:
                edit.setText(value)

        row = Row(self._label(field), edit, help=field.help.to(self.language) if field.help else "")
        self._fields.bind(f"{_FIELDS}.{field.key}", row, read)
        return edit

    def _secret(self, form: ConnectorForm, field: FieldForm) -> QLineEdit:
        assert self._fields is not None  # noqa: S101 - made just before
        edit = QLineEdit()
        edit.setEchoMode(QLineEdit.EchoMode.Password)
        edit.textEdited.connect(lambda text: self.draft.set_secret(form.secret_name(field.key), text))
        help = field.help.to(self.language) + " " if field.help else ""
        help += translate("settings", "Kept in the computer's keyring, never in a file.")
        self._fields.bind(f"secret.{field.key}", Row(self._label(field), edit, help=help), lambda: None)
        return edit

    def _label(self, field: FieldForm) -> str:
        label = field.label.to(self.language).replace("&", "&&")
        return label if field.required else translate("settings", "{label} (optional)").format(label=label)

    def _typed(self, key: str, text: str) -> None:
        self._being_typed = key
        self._set_field(key, text)

    def _left_field(self) -> None:
        """Nobody is told what is wrong with half an address: only when they have left it, or go on."""
        if self._being_typed:
            self._being_typed = ""
            self.draft.changed.emit()

    def finish_typing(self) -> None:
        """From here on what is half written, empty or unread is a problem."""
        self._being_typed, self._goes_on = "", True
        self.draft.changed.emit()

    def _set_field(self, key: str, text: str) -> None:
        fields = {name: value for name, value in (self.draft.value(_FIELDS) or {}).items() if name != key}
        self.draft.set(_FIELDS, fields | {key: text} if text else fields)

    def _show_kept(self, kept: frozenset[str]) -> None:
        for key in kept & self.edits.keys():
            self.edits[key].setPlaceholderText(translate("settings", "•••••••• (kept)"))

    # --- trying it

    def _try(self) -> None:
        self.finish_typing()
        wrong = self._fields.first_wrong() if self._fields is not None else None
        if wrong is not None:
            wrong.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        settings, secrets = self.draft.settings, dict(self.draft.secrets)
        self.trial.setEnabled(False)
        self.set_and_restore.hide()
        say(self.outcome, translate("settings", "Asking the switchboard…"))
        self._tasks.run(
            "trial", lambda: self._configuration.test_switchboard(settings, secrets), self._works, self._fails
        )

    def _works(self, found: tuple[tuple[str, Text], ...]) -> None:
        self.trial.setEnabled(True)
        self.asked.emit(found)
        form = self.form
        self.set_and_restore.setVisible(form is not None and form.trial is not None)
        self.bring_into_sight(self.outcome if self.set_and_restore.isHidden() else self.set_and_restore)
        if form is not None and form.works is not None:
            say(self.outcome, form.works.to(self.language), fine=True)
            return
        names = ", ".join(label.to(self.language) for _, label in found)
        text = translate("settings", "It works. The switchboard knows {count} diversions: {names}.")
        say(self.outcome, text.format(count=len(found), names=names), fine=True)

    def _fails(self, error: Exception) -> None:
        self.trial.setEnabled(True)
        say(self.outcome, trial_text(error, self.language), wrong=True)
        self.bring_into_sight(self.outcome)

    def _set_and_restore(self) -> None:
        form = self.form
        if form is None or form.trial is None:
            return
        if form.unconfirmed is not None and not self.caution.accepted.isChecked():
            self.caution.accepted.setFocus(Qt.FocusReason.OtherFocusReason)
            say(self.outcome, translate("settings", "Read what is unproven first, and tick the box."), wrong=True)
            return
        if self.dialog is not None:
            self.dialog.deleteLater()
        settings, secrets = self.draft.settings, self.draft.secrets
        self.dialog = TrialDialog(self, form, settings, secrets, self._configuration, self.language)
        self.dialog.open()

    # --- what the window asks

    def own_problems(self) -> Mapping[str, str]:
        form = self.form
        if form is None:
            return {}
        found: dict[str, str] = {}
        fields = self.draft.value(_FIELDS) or {}
        for field in form.fields:
            given = str(fields.get(field.key) or "")
            if self._goes_on and field.required and not field.secret and not (given or field.default):
                found[f"{_FIELDS}.{field.key}"] = translate("settings", "{label} is missing.").format(
                    label=field.label.to(self.language)
                )
            elif given and not field.secret and field.key != self._being_typed:
                wrong = field.complaint(given)
                if wrong is not None:
                    found[f"{_FIELDS}.{field.key}"] = f"{wrong.to(self.language).rstrip('.')}."
        if self._goes_on and form.unconfirmed is not None and not self.caution.accepted.isChecked():
            found[_CONNECTOR] = translate("settings", "Read what is said below, and tick the box, to use it.")
        return found
