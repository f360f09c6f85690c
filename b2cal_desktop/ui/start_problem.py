"""What the person meets where the app cannot start: what is wrong, and what to choose between."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QMessageBox

from b2cal_desktop.core.errors import B2CalError, SettingsProblem
from b2cal_desktop.ui.boxes import message_box
from b2cal_desktop.ui.icons import app_icon
from b2cal_desktop.ui.theme import apply_theme
from b2cal_desktop.ui.translations import install_language, translate


class StartProblem(QObject):
    """A box about ``error``. ``again``: load anew; ``gave_up``: end the program.

    Where ``settings``, the user's own file, is what is wrong, ``again`` may carry True: put it aside first.
    """

    again = Signal(bool)
    gave_up = Signal()

    def __init__(self, error: B2CalError, language: str, settings: Path) -> None:
        super().__init__()
        install_language(language)
        if isinstance(app := QApplication.instance(), QApplication):
            apply_theme(app)
        message = error.message(language)
        # What was in force is so no more: this is the start, and nothing is done to the diversion.
        untouched = translate("start", "Your diversion is left as it is until this is solved.")
        more = "\n\n".join(part for part in (message.what, untouched, message.remedy) if part)
        self.box = message_box(translate("start", "B2Cal Desktop cannot start"), more, QMessageBox.Icon.Warning)
        self.box.setWindowIcon(app_icon())
        role = QMessageBox.ButtonRole
        self._retry = self.box.addButton(translate("start", "&Try again"), role.AcceptRole)
        self._aside = None
        if isinstance(error, SettingsProblem) and Path(error.path) == settings:
            self._aside = self.box.addButton(translate("start", "&Start over"), role.DestructiveRole)
            self._aside.setToolTip(translate("start", "The file is kept beside the new one."))
        quit_ = self.box.addButton(translate("start", "&Quit"), role.RejectRole)
        self.box.setEscapeButton(quit_)
        self.box.setDefaultButton(self._retry)
        self.box.finished.connect(self._answered)

    def open(self) -> None:
        """Show it in front."""
        self.box.open()
        self.box.raise_()
        self.box.activateWindow()

    def _answered(self) -> None:
        chosen = self.box.clickedButton()
        if chosen is self._retry or (chosen is self._aside and chosen is not None):
            self.again.emit(chosen is self._aside)
        else:
            self.gave_up.emit()
