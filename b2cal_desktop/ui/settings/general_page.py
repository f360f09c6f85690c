"""Language, dry run, how often to look, what quitting does; rules in and out as a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QWidget

from b2cal_desktop.ui.background import Tasks, error_text
from b2cal_desktop.ui.commands import Command, CommandName
from b2cal_desktop.ui.configuration import Configuration
from b2cal_desktop.ui.day_parts import wrapped
from b2cal_desktop.ui.settings.draft import Draft
from b2cal_desktop.ui.settings.forms import Form, say
from b2cal_desktop.ui.settings.rules_file import read_rules, write_rules
from b2cal_desktop.ui.translations import translate


class LogInSwitch(QCheckBox):
    """Start at log-in. How it is now is asked of the system; it changes together with the settings.

    ``wanted`` makes it the proposal, where the administrator has not decided.
    """

    def __init__(self, draft: Draft, configuration: Configuration, *, wanted: bool = False) -> None:
        super().__init__(translate("settings", "Start when I lo&g in to the computer"))
        self._draft, self._wanted, self._tasks = draft, wanted, Tasks(self)
        self._now = False
        self.setEnabled(False)
        self.clicked.connect(lambda on: draft.set_log_in(on if on != self._now else None))
        self._tasks.run("log_in", configuration.starts_at_log_in, self._show, lambda _error: self.hide())

    def _show(self, answer: tuple[bool, bool]) -> None:
        self._now, decided = answer
        self.setEnabled(not decided)
        if decided:
            self.setToolTip(translate("settings", "Decided by company policy."))
            self.setAccessibleDescription(self.toolTip())
        on = self._now or (self._wanted and not decided)
        self.setChecked(on)
        if on != self._now:
            self._draft.set_log_in(on)


class GeneralPage(Form):
    """``wants`` carries a command for the program around the window."""

    wants = Signal(object)

    def __init__(self, draft: Draft, language: str, configuration: Configuration) -> None:
        super().__init__(draft, language)
        self._tasks = Tasks(self)
        self.choice(
            "language",
            translate("settings", "&Language"),
            (("auto", translate("settings", "As the computer")), ("sv", "Svenska"), ("en", "English")),
        )
        self.log_in = LogInSwitch(draft, configuration)
        self.add(self.log_in)
        self.button_row(
            (translate("settings", "Run the set-&up again…"), lambda: self.wants.emit(Command(CommandName.SET_UP)))
        )
        self._build_telling()
        self._build_writing()
        self._build_looking()
        self._build_rules_file()
        self.column.addStretch(1)

    def _build_telling(self) -> None:
        self.section(translate("settings", "Notifications"))
        self.switch(
            "notifications.changes",
            translate("settings", "&Tell me of every change of the diversion"),
            help=translate(
                "settings", "What you must know or act on is always told, and nothing twice within an hour."
            ),
        )

    def _build_writing(self) -> None:
        self.section(translate("settings", "What is written"))
        self.switch(
            "sync.dry_run",
            translate("settings", "&Dry run"),
            help=translate(
                "settings", "Everything is worked out and shown, but nothing is written to the switchboard."
            ),
        )
        self.button_row(
            (
                translate("settings", "What lea&ves this computer…"),
                lambda: self.wants.emit(Command(CommandName.OUTGOING)),
            ),
        )
        self.choice(
            "sync.manual_override",
            translate("settings", "A diversion that you &set by hand lasts"),
            (
                ("until_next_block", translate("settings", "until the next event begins")),
                ("until_cleared", translate("settings", "until you clear it")),
            ),
        )
        self.choice(
            "sync.on_quit",
            translate("settings", "When you &quit the program"),
            (
                ("auto", translate("settings", "the diversion ends at its own time, or is cleared where it has none")),
                ("clear", translate("settings", "the diversion is cleared")),
                ("leave", translate("settings", "the diversion stays")),
            ),
        )

    def _build_looking(self) -> None:
        self.section(translate("settings", "How often"))
        self.number(
            "sync.poll_seconds",
            translate("settings", "Look at calendar and switchboard &every"),
            30,
            900,
            translate("settings", "s"),
            help=translate("settings", "What the calendar already says is set at its own second all the same."),
        )
        self.number(
            "sync.edge_spread_seconds",
            translate("settings", "Spread changes over at &most"),
            0,
            30,
            translate("settings", "s"),
            help=translate("settings", "So that a whole company does not write in the same instant."),
        )
        self.number(
            "sync.stale_after_hours",
            translate("settings", "Stop when the calendar has been silent &for"),
            1,
            720,
            translate("settings", "h"),
        )

    def _build_rules_file(self) -> None:
        self.section(
            translate("settings", "Rules as a file"),
            translate("settings", "Hand out prefixes and diversions to colleagues, or take over theirs."),
        )
        self.button_row(
            (translate("settings", "&Import…"), self._choose_import),
            (translate("settings", "E&xport…"), self._choose_export),
        )
        self.outcome = wrapped()
        self.outcome.hide()
        self.add(self.outcome)

    def button_row(self, *buttons: tuple[str, Callable[[], None]]) -> None:
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        for label, slot in buttons:
            line.addWidget(self.button(label, slot))
        line.addStretch(1)
        self.add(holder)

    # --- rules in and out

    def _choose_import(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, translate("settings", "Import rules"), "", "TOML (*.toml)")
        if chosen:
            self.import_rules(Path(chosen))

    def _choose_export(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, translate("settings", "Export rules"), "b2cal-rules.toml", "TOML (*.toml)"
        )
        if chosen:
            self.export_rules(Path(chosen))

    def import_rules(self, path: Path) -> None:
        """Lay the rules at ``path`` over the draft; nothing is saved yet."""

        def taken(changes: dict[str, object]) -> None:
            self.draft.update({key: value for key, value in changes.items() if not self.draft.is_locked(key)})
            say(self.outcome, translate("settings", "Imported. It counts once you choose OK."), fine=True)

        self._tasks.run("import", lambda: read_rules(path), taken, self._failed)

    def export_rules(self, path: Path) -> None:
        """Write the draft's rules to ``path``."""
        data = {"rules": self.draft.value("rules"), "diversions": self.draft.value("diversions")}

        def written(_: object) -> None:
            say(self.outcome, translate("settings", "Exported to {file}.").format(file=path.name), fine=True)

        self._tasks.run("export", lambda: write_rules(path, data), written, self._failed)

    def _failed(self, error: Exception) -> None:
        say(self.outcome, error_text(error, self.language), wrong=True)
