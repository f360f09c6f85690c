"""The whole screen: one object that draws each ``AppState`` and hands back what the user asks for.

Lives on the GUI thread and does no I/O of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QDialog, QSystemTrayIcon, QWidget

from b2cal_desktop.core.intents import Intent
from b2cal_desktop.core.state import AppState
from b2cal_desktop.ui.commands import INTENTS, Command, CommandName, Does, Offers, resolve
from b2cal_desktop.ui.icons import app_icon
from b2cal_desktop.ui.messages import Message, crash_message, trouble_message, update_message
from b2cal_desktop.ui.notices import Notices
from b2cal_desktop.ui.presentation import TrayView, starting_view, tray_view, wording
from b2cal_desktop.ui.self_help import Check, Save, SelfHelp
from b2cal_desktop.ui.theme import apply_theme
from b2cal_desktop.ui.translations import install_language
from b2cal_desktop.ui.tray import Tray
from b2cal_desktop.ui.windows import Windows

if TYPE_CHECKING:
    from b2cal_desktop.core.model import Text
    from b2cal_desktop.ui.configuration import Configuration
    from b2cal_desktop.ui.day_view import DayWindow
    from b2cal_desktop.ui.first_icon import FirstIcon
    from b2cal_desktop.ui.status_window import StatusWindow

_TRAY_GRACE_MS = 1_500
_TRAY_LOOK_MS = 2_000
_SEEN_MS = 10_000
_MOST_MS = 60_000


@dataclass(frozen=True, slots=True)
class Actions:
    """What the interface needs from the program around it. None of these may block, save where said.

    ``send`` takes an intent to the engine; ``now`` tells the time; ``quit_`` ends the program. Without
    ``configuration`` or ``sign_in`` (which gets ``"calendar"`` or ``"switchboard"``) there are no such entries.
    With ``set_up_needed`` nothing is said of a calendar that is missing: the set-up asks for it.
    ``check`` and ``save_diagnostics`` may block, and are called on a worker thread; where one is None, so is its entry.
    ``crash_answered`` too: the user has saved the report of a crash, or does not want to.
    """

    send: Callable[[Intent], None]
    now: Callable[[], datetime]
    quit_: Callable[[], None]
    configuration: Configuration | None = None
    sign_in: Callable[[str], None] | None = None
    set_up_needed: bool = False
    check: Check | None = None
    save_diagnostics: Save | None = None
    crash_answered: Callable[[], None] | None = None


class Interface(QObject):
    """Owns the tray, or the window in its place, and the day window."""

    def __init__(
        self, actions: Actions, language: str, parent: QObject | None = None, first: FirstIcon | None = None
    ) -> None:
        super().__init__(parent)
        self._actions, self.language = actions, language
        self._offers = Offers(
            settings=actions.configuration is not None,
            sign_in=actions.sign_in is not None or actions.configuration is not None,
            set_up=actions.set_up_needed and actions.configuration is not None,
            check=actions.check is not None,
            diagnostics=actions.save_diagnostics is not None,
        )
        self._state: AppState | None = None
        self._to_tell: list[Message] = []
        self._dialogs: set[QWidget] = set()
        self._app = self._dress_app()
        install_language(language)
        self.tray = Tray(self, first)
        self.notices = Notices(self.tray, self._view, actions.now, self)
        self.status: StatusWindow | None = None
        self.day: DayWindow | None = None
        self.windows = self._make_windows()
        self.self_help = SelfHelp(actions.check, actions.save_diagnostics, language, self, actions.crash_answered)
        for signal, slot in (
            (self.tray.chosen, self.carry_out),
            (self.tray.about_to_open, self.render),
            (self.notices.chosen, self.carry_out),
            (self.self_help.crash_answered, self._crash_answered),
        ):
            signal.connect(slot)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.render)
        self._tray_watch = QTimer(self)
        self._tray_watch.timeout.connect(self._look_for_tray)

    def _make_windows(self) -> Windows | None:
        if self._actions.configuration is None:
            return None
        windows = Windows(self._actions.configuration, self._actions.now, self)
        windows.language = self.language
        windows.wants.connect(self.carry_out)
        windows.language_chosen.connect(self.set_language)
        windows.named.connect(self._named)
        windows.set_up.connect(self.open_day)
        return windows

    def _dress_app(self) -> QApplication:
        app = QApplication.instance()
        if not isinstance(app, QApplication):
            raise RuntimeError("an interface needs a QApplication")
        app.setApplicationName("b2cal-desktop")
        app.setApplicationDisplayName("B2Cal Desktop")
        app.setDesktopFileName("b2cal-desktop")
        app.setQuitOnLastWindowClosed(False)
        app.setWindowIcon(app_icon())
        app.styleHints().colorSchemeChanged.connect(self._scheme_changed)
        self._dark = apply_theme(app)
        return app

    # --- from outside

    def show(self, *, background: bool = False) -> None:
        """Show the icon at once; where there is no tray, a window shortly after, minimised with ``background``."""
        self.render()
        if QSystemTrayIcon.isSystemTrayAvailable():
            self.tray.show()
            return
        self._tray_watch.start(_TRAY_LOOK_MS)
        QTimer.singleShot(_TRAY_GRACE_MS, self, lambda: self._without_tray(background))

    @Slot(object)
    def show_state(self, state: AppState) -> None:
        """Draw ``state``, unless a later one is on the screen already."""
        if self._state is not None and state.generation <= self._state.generation:
            return
        self._state = state
        self.render()
        if self.windows is not None:
            self.windows.show_state(state)
        hidden = self.status is None and not self.tray.icon.isVisible()
        if not hidden and not self._offers.set_up:
            self.notices.tell(self._view(), self.status, dark=self._dark)
        self._tell_waiting()

    @Slot()
    def tell_crash(self) -> None:
        """Something that nobody foresaw went wrong just now; the app goes on."""
        self._tell(trouble_message())

    @Slot(bool)
    def offer_crash_report(self, ended: bool) -> None:
        """An earlier run has crashed, and nobody has been asked about it; ``ended``: it ended of that."""
        self.self_help.ended = ended
        self._offers = replace(self._offers, crash=True)
        self.render()
        self._tell(crash_message(ended=ended))

    @Slot(str, str, object)
    def offer_update(self, version: str, page: str, notes: Text | None) -> None:
        """There is a newer version, to be had at ``page``; with ``notes`` it is told beside the icon too."""
        self._offers = replace(self._offers, update=(version, page))
        self.render()
        if notes is not None:
            self._tell(update_message(version, page, notes.to(self.language)))

    @Slot()
    def open_day(self) -> None:
        """Open the day window, or bring it to the front; before the set-up is done there is no day, and it opens."""
        if self._offers.set_up:
            self.open_set_up()
            return
        if self.day is None:
            from b2cal_desktop.ui.day_view import DayWindow

            self.day = DayWindow(self.language, self._offers)
            self.day.chosen.connect(self.carry_out)
        self._render_day(self.day)
        self.day.show()
        self.day.open_today()
        self.day.raise_()
        self.day.activateWindow()
        self._timer.start(self._next_look())

    @Slot()
    def open_set_up(self) -> None:
        """Open the set-up, where there is one."""
        if self.windows is not None:
            self.windows.open_set_up()

    @Slot(str)
    def set_language(self, language: str) -> None:
        """Change the language of everything on the screen."""
        self.language = self.self_help.language = language
        install_language(language)
        if self.windows is not None:
            self.windows.language = language
        if self.day is not None:
            self.day.language = language
        self.render()

    def close(self) -> None:
        """Take everything off the screen."""
        self._timer.stop()
        self._tray_watch.stop()
        self.notices.close()
        self.tray.hide()
        self._drop_status_window()
        if self.windows is not None:
            self.windows.close_all()
        self.self_help.close_all()
        for window in (self.day, *self._dialogs):
            if window is not None:
                window.close()

    # --- drawing

    @Slot()
    def render(self) -> None:
        """Draw the last state as it is now, and again when something in it has grown old."""
        view = self._view()
        self.tray.render(view, dark=self._dark)
        if self.status is not None:
            self.status.render(view, dark=self._dark)
        if self.day is not None and self.day.isVisible():
            self._render_day(self.day)
        self._timer.start(self._next_look())

    def _view(self) -> TrayView:
        if self._state is None:
            return starting_view(self._offers)
        return tray_view(self._state, self._actions.now(), self.language, self._offers)

    def _render_day(self, day: DayWindow) -> None:
        if self._state is not None:
            day.render_state(self._state, self._actions.now(), dark=self._dark)

    def _next_look(self) -> int:
        """Milliseconds to the next whole minute or change; less while somebody looks at a window."""
        if self._watched():
            return _SEEN_MS
        now = self._actions.now()
        left = 60 - now.second - now.microsecond / 1e6
        if self._state is not None and self._state.next_change is not None:
            until_change = (self._state.next_change - now).total_seconds()
            left = min(left, until_change) if until_change > 0 else left
        return min(max(round(left * 1000) + 20, 250), _MOST_MS)

    def _watched(self) -> bool:
        return any(window is not None and window.isVisible() for window in (self.day, self.status))

    def _scheme_changed(self) -> None:
        self._dark = apply_theme(self._app)
        self.render()

    # --- tray or window

    def _without_tray(self, background: bool) -> None:
        if QSystemTrayIcon.isSystemTrayAvailable() or self.status is not None:
            return
        from b2cal_desktop.ui.status_window import StatusWindow

        self.status = StatusWindow(self._offers)
        self.status.chosen.connect(self.carry_out)
        self.status.about_to_open.connect(self.render)
        self.render()
        if background:
            self.status.showMinimized()
        else:
            self.status.show()

    def _look_for_tray(self) -> None:
        if not QSystemTrayIcon.isSystemTrayAvailable():
            return
        self._tray_watch.stop()
        self.tray.show()
        self._drop_status_window()

    def _drop_status_window(self) -> None:
        if self.status is not None:
            self.status.close_for_good()
            self.status.deleteLater()
            self.status = None

    # --- what the user asks for

    @Slot(object)
    def carry_out(self, does: Does) -> None:
        """Do what an entry or a button stands for; intents go to the engine."""
        asked = resolve(does, self._actions.now())
        if isinstance(asked, INTENTS):
            self._actions.send(asked)
        elif isinstance(asked, Command):
            self._command(asked)

    def _command(self, command: Command) -> None:
        match command.name:
            case CommandName.OPEN_DAY | CommandName.WHY:
                self.open_day()
            case CommandName.ABOUT:
                from b2cal_desktop.ui.dialogs import about_box

                self._show_dialog(about_box())
            case CommandName.OPEN_SETTINGS if self.windows is not None:
                self.windows.open_settings(command.argument)
            case CommandName.SET_UP:
                self.open_set_up()
            case CommandName.OUTGOING if self.windows is not None:
                self.windows.open_outgoing()
            case CommandName.CHECK:
                self.self_help.open_checks()
            case CommandName.DIAGNOSTICS:
                self.self_help.save_diagnostics(self._state)
            case CommandName.SIGN_IN:
                self._sign_in(command.argument)
            case CommandName.ASK_APPROVAL if self.windows is not None:
                self.windows.ask_for_approval()
            case CommandName.CHOOSE_TIME:
                self._choose_time(command.argument)
            case CommandName.CRASH:
                self.self_help.open_crash(self._state)
            case CommandName.UPDATE:
                QDesktopServices.openUrl(QUrl(command.argument))
            case CommandName.QUIT:
                self._actions.quit_()
            case _:
                self.open_day()

    def _sign_in(self, service: str) -> None:
        if self._actions.sign_in is not None:
            self._actions.sign_in(service)
        elif self.windows is not None:
            self.windows.sign_in(service)

    def _choose_time(self, diversion: str) -> None:
        if self._state is None:
            return
        from b2cal_desktop.ui.dialogs import ChooseTimeDialog

        now = self._actions.now()
        words = wording(self._state, now, self.language)
        proposal = (words.local(now) + timedelta(hours=2)).replace(minute=0)
        dialog = ChooseTimeDialog(diversion, proposal, words, self._actions.now)
        dialog.chosen.connect(self.carry_out)
        self._show_dialog(dialog)

    def _show_dialog(self, dialog: QDialog) -> None:
        self._dialogs.add(dialog)
        dialog.finished.connect(lambda: self._dialogs.discard(dialog))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        dialog.activateWindow()

    def _tell(self, message: Message) -> None:
        """Say something that is no part of a state: at once, or when there is somewhere to say it."""
        self._to_tell.append(message)
        self._tell_waiting()

    def _tell_waiting(self) -> None:
        hidden = self.status is None and not self.tray.icon.isVisible()
        if hidden or self._offers.set_up or self._state is None:
            return
        waiting, self._to_tell = self._to_tell, []
        for message in waiting:
            self.notices.tell_once(message, self._view(), self.status, dark=self._dark)

    def _crash_answered(self) -> None:
        self._offers = replace(self._offers, crash=False)
        self.render()

    def _named(self) -> None:
        """There is a calendar: from here on it is spoken of."""
        self._offers = replace(self._offers, set_up=False)
        self.render()
