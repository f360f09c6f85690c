"""The windows that are opened now and then: settings, set-up, what leaves this computer. Each is imported only then."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QMessageBox

from b2cal_desktop.core.errors import CalendarNeedsApproval
from b2cal_desktop.core.state import AppState
from b2cal_desktop.system.language import language
from b2cal_desktop.ui.approval import approval_text, copy_approval, mail_approval
from b2cal_desktop.ui.background import Tasks, error_text
from b2cal_desktop.ui.boxes import message_box
from b2cal_desktop.ui.translations import translate

if TYPE_CHECKING:
    from b2cal_desktop.system.settings import CalendarSettings
    from b2cal_desktop.system.settings_file import LoadedSettings
    from b2cal_desktop.ui.configuration import Approval, Configuration, Opened
    from b2cal_desktop.ui.outgoing import OutgoingWindow
    from b2cal_desktop.ui.settings.window import SettingsWindow
    from b2cal_desktop.ui.setup_wizard import SetupWizard


class Windows(QObject):
    """``wants`` carries commands from the windows; ``language_chosen`` a new language; ``set_up`` that it is done.

    ``named``: it was said which calendar, in the set-up or in the settings, so there is nothing left to set up.
    """

    wants = Signal(object)
    language_chosen = Signal(str)
    set_up = Signal()
    named = Signal()

    def __init__(
        self,
        configuration: Configuration,
        now: Callable[[], datetime],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.language = "en"
        self._configuration, self._now = configuration, now
        self._tasks = Tasks(self)
        self._state: AppState | None = None
        self._calendar: CalendarSettings | None = None  # as the settings opened, or were saved last
        self.settings: SettingsWindow | None = None
        self.wizard: SetupWizard | None = None
        self.outgoing: OutgoingWindow | None = None
        self._boxes: set[QMessageBox] = set()
        self._cancel = threading.Event()
        self._sign_in_problem: Exception | None = None

    def show_state(self, state: AppState) -> None:
        self._state = state
        if self.settings is not None:
            self.settings.show_state(state)

    # --- settings

    def open_settings(self, page: str = "") -> None:
        """Open the settings, or bring them to the front, on ``page`` where one is named."""
        if self.settings is not None:
            self.settings.open_page(page)
            self._tell_sign_in_problem(self.settings)
            _to_front(self.settings)
            return
        self._tasks.run("open", self._configuration.open, partial(self._show_settings, page), self._cannot_open)

    def _show_settings(self, page: str, opened: Opened) -> None:
        from b2cal_desktop.ui.settings.window import SettingsWindow

        window = self.settings = SettingsWindow(opened, self._configuration, self.language, self._now)
        self._calendar = opened.loaded.settings.calendar
        window.wants.connect(self.wants)
        window.saved.connect(self._saved)
        window.finished.connect(self._settings_closed)
        if self._state is not None:
            window.show_state(self._state)
        window.open_page(page)
        self._tell_sign_in_problem(window)
        _to_front(window)

    def _tell_sign_in_problem(self, window: SettingsWindow) -> None:
        error, self._sign_in_problem = self._sign_in_problem, None
        if error is not None:
            window.show_sign_in_problem(error)

    def _settings_closed(self) -> None:
        if self.settings is not None:
            self.settings.deleteLater()
            self.settings = None

    def _saved(self, loaded: LoadedSettings) -> None:
        before, self._calendar = self._calendar, loaded.settings.calendar
        if before not in (None, self._calendar) and self._calendar.is_named:
            self.named.emit()
        chosen = language(loaded.settings.language)
        if chosen != self.language:
            self.language_chosen.emit(chosen)
            QTimer.singleShot(0, self, self._in_the_new_language)

    def _in_the_new_language(self) -> None:
        """Settings that stay open, after Apply, are opened anew: their texts are of the language before."""
        if self.settings is not None:
            page = self.settings.names[self.settings.list.currentRow()]
            self.settings.reject()
            self.open_settings(page)

    # --- set-up

    def open_set_up(self) -> None:
        """Open the set-up, or bring it to the front."""
        if self.wizard is not None:
            _to_front(self.wizard)
            return
        if self.settings is not None:
            self.settings.reject()
        self._tasks.run("open", self._configuration.open, self._show_wizard, self._cannot_open)

    def _show_wizard(self, opened: Opened) -> None:
        from b2cal_desktop.ui.setup_wizard import SetupWizard

        wizard = self.wizard = SetupWizard(opened, self._configuration, self.language, self._now)
        wizard.finished_setup.connect(self._set_up)
        wizard.finished.connect(self._wizard_closed)
        _to_front(wizard)

    def _set_up(self, loaded: LoadedSettings) -> None:
        self.named.emit()
        self._saved(loaded)
        self.set_up.emit()

    def _wizard_closed(self) -> None:
        if self.wizard is not None:
            self.wizard.deleteLater()
            self.wizard = None

    # --- signing in again

    def sign_in(self, service: str) -> None:
        """Where the browser does it, at once; else on the page that asks for the password."""
        if service != "calendar":
            self.open_settings("switchboard")
            return
        if self._tasks.is_running("sign_in"):
            self._say_that_one_is_under_way()
            return
        cancel = self._cancel = threading.Event()
        self._tasks.run(
            "sign_in",
            lambda: self._configuration.sign_in(None, cancel),
            lambda _who: None,
            self._not_signed_in,
            310.0,
        )

    def _not_signed_in(self, error: Exception) -> None:
        """The user stays with the next step: on the page where they can try again, or what to send to IT."""
        if isinstance(error, CalendarNeedsApproval):
            self.ask_for_approval()
        elif not self._cancel.is_set():
            self._sign_in_problem = error
            self.open_settings("calendar")

    def _say_that_one_is_under_way(self) -> None:
        box = message_box(translate("settings", "A sign-in is under way. Finish it in your browser."))
        leave = box.addButton(translate("settings", "Leave the sign-in"), QMessageBox.ButtonRole.DestructiveRole)
        leave.clicked.connect(lambda _=False: self._cancel.set())
        box.addButton(QMessageBox.StandardButton.Close)
        self._open_box(box)

    def ask_for_approval(self) -> None:
        """The message to IT, ready to be mailed or copied."""
        self._tasks.run("approval", self._configuration.approval, self._show_approval, self._cannot_open)

    def _show_approval(self, approval: Approval) -> None:
        told = translate("settings", "Your IT department has to approve the app. Send them this:")
        box = message_box(told, approval_text(approval, self.language))
        box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for label, send in (
            (translate("settings", "Send by e-mail…"), mail_approval),
            (translate("settings", "Cop&y the message"), copy_approval),
        ):
            button = box.addButton(label, QMessageBox.ButtonRole.AcceptRole)
            button.clicked.connect(partial(lambda send, *_: send(approval, self.language), send))
        box.addButton(QMessageBox.StandardButton.Close)
        self._open_box(box)

    def _open_box(self, box: QMessageBox) -> None:
        self._boxes.add(box)
        box.finished.connect(lambda: self._boxes.discard(box))
        box.open()

    # --- what leaves this computer

    def open_outgoing(self) -> None:
        """Open what leaves this computer, or bring it to the front."""
        if self.outgoing is None:
            from b2cal_desktop.ui.outgoing import OutgoingWindow

            zone = self._state.timezone if self._state is not None else None
            self.outgoing = OutgoingWindow(self._configuration.sent_requests, zone, self.language)
            self.outgoing.finished.connect(self._outgoing_closed)
        else:
            self.outgoing.look_again()
        _to_front(self.outgoing)

    def _outgoing_closed(self) -> None:
        if self.outgoing is not None:
            self.outgoing.deleteLater()
            self.outgoing = None

    # --- all of them

    def _cannot_open(self, error: Exception) -> None:
        told = translate("settings", "The settings cannot be opened.")
        box = message_box(told, error_text(error, self.language), QMessageBox.Icon.Warning)
        box.addButton(translate("dialog", "OK"), QMessageBox.ButtonRole.AcceptRole)
        self._open_box(box)

    def close_all(self) -> None:
        """Close whatever is open, without saving."""
        self._cancel.set()
        self._tasks.cancel_all()
        for window in (self.settings, self.wizard, self.outgoing, *self._boxes):
            if window is not None:
                window.close()


def _to_front(window: QDialog) -> None:
    window.show()
    window.raise_()
    window.activateWindow()
