"""The entries of the Help menu that look at the app itself: check everything, and save a report for whoever helps."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QDir, QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox

from b2cal_desktop.core.state import AppState
from b2cal_desktop.ui.background import Tasks, error_text
from b2cal_desktop.ui.boxes import message_box
from b2cal_desktop.ui.translations import translate

if TYPE_CHECKING:
    from b2cal_desktop.ui.checks import ChecksWindow
    from b2cal_desktop.ui.configuration import CheckResult

Check = Callable[[], "tuple[CheckResult, ...]"]
Save = Callable[[Path, AppState | None], None]


class SelfHelp(QObject):
    """``check`` and ``save`` may block: both run on a thread of their own. What is None is not offered."""

    crash_answered = Signal()

    def __init__(
        self,
        check: Check | None,
        save: Save | None,
        language: str,
        parent: QObject,
        answered: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(parent)
        self._answered = answered
        self.ended = True
        self.language, self._check, self._save = language, check, save
        self._tasks = Tasks(self)
        self.checks: ChecksWindow | None = None
        self.file_dialog: QFileDialog | None = None
        self.box: QMessageBox | None = None

    def open_checks(self) -> None:
        """Check everything in a window; an open one comes to the front and checks anew."""
        if self._check is None:
            return
        if self.checks is None:
            from b2cal_desktop.ui.checks import ChecksWindow

            self.checks = ChecksWindow(self._check, self.language)
            self.checks.finished.connect(self._checks_closed)
        elif self.checks.again.isEnabled():
            self.checks.check_again()
        self.checks.show()
        self.checks.raise_()
        self.checks.activateWindow()

    def _checks_closed(self) -> None:
        if self.checks is not None:
            self.checks.deleteLater()
            self.checks = None

    def save_diagnostics(self, state: AppState | None) -> None:
        """Ask where to, then save the report there, with ``state`` as the last that is known."""
        if self._save is None or self.file_dialog is not None:
            return
        dialog = self.file_dialog = QFileDialog()
        dialog.setWindowTitle(translate("diagnostics", "Save diagnostics"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("JSON (*.json)")
        dialog.setDefaultSuffix("json")
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog.setDirectory(documents if QDir(documents).exists() else QDir.homePath())
        dialog.selectFile("b2cal-diagnostics.json")
        dialog.fileSelected.connect(lambda path: self._save_to(Path(path), state))
        dialog.finished.connect(self._dialog_closed)
        dialog.open()

    def open_crash(self, state: AppState | None) -> None:
        """Ask what to do about the crash of an earlier run: save a report, or nothing."""
        told = (
            translate("diagnostics", "The app ended unexpectedly last time")
            if self.ended
            else translate("diagnostics", "Something went wrong last time")
        )
        more = translate(
            "diagnostics",
            "A report helps whoever looks after the app. It tells where in the program it happened; it holds no "
            "subjects, places or passwords, and goes nowhere unless you send it.",
        )
        box = self.box = message_box(told, more)
        save = box.addButton(translate("diagnostics", "&Save the report…"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(translate("diagnostics", "&No thanks"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(save)
        box.finished.connect(lambda: self.save_diagnostics(state) if box.clickedButton() is save else self._answer())
        box.finished.connect(box.deleteLater)
        box.finished.connect(self._box_closed)
        box.open()
        box.activateWindow()

    def _answer(self) -> None:
        """Nothing more is said of the crash, at the next start neither."""
        self.crash_answered.emit()
        if self._answered is not None:
            self._tasks.run("answer", self._answered, lambda _none: None, self._not_answered)

    def _not_answered(self, error: Exception) -> None:
        error_text(error, self.language)  # which logs it; the next start asks again

    def _dialog_closed(self) -> None:
        if self.file_dialog is not None:
            self.file_dialog.deleteLater()
            self.file_dialog = None

    def _save_to(self, path: Path, state: AppState | None) -> None:
        if self._save is not None:
            work = partial(self._save, path, state)
            self._tasks.run("save", work, lambda _none: self._saved(path), self._not_saved)

    def _saved(self, path: Path) -> None:
        self._answer()  # whatever crashed is in the report
        told = translate("diagnostics", "The diagnostics are saved")
        more = translate(
            "diagnostics",
            "{path}\n\nThe file holds versions, settings in outline and the log without names. "
            "No subjects, places or passwords. Send it to whoever helps you.",
        )
        self._tell(QMessageBox.Icon.Information, told, more.format(path=QDir.toNativeSeparators(str(path))))

    def _not_saved(self, error: Exception) -> None:
        told = translate("diagnostics", "The diagnostics were not saved")
        self._tell(QMessageBox.Icon.Warning, told, error_text(error, self.language))

    def _tell(self, icon: QMessageBox.Icon, told: str, more: str) -> None:
        box = self.box = message_box(told, more, icon)
        box.addButton(translate("dialog", "OK"), QMessageBox.ButtonRole.AcceptRole)
        box.finished.connect(box.deleteLater)
        box.finished.connect(self._box_closed)
        box.open()

    def _box_closed(self) -> None:
        self.box = None

    def close_all(self) -> None:
        """Close whatever is open."""
        self._tasks.cancel_all()
        for window in (self.checks, self.file_dialog, self.box):
            if window is not None:
                window.close()
