"""Signing in to Microsoft 365 and out again: who it is, the browser or a code, and approval where IT has to give it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from b2cal_desktop.core.errors import CalendarNeedsApproval
from b2cal_desktop.ui.approval import copy_approval, mail_approval
from b2cal_desktop.ui.background import Tasks, error_text, trial_text
from b2cal_desktop.ui.colours import is_dark, surfaces
from b2cal_desktop.ui.configuration import Approval, Configuration, SignedIn, SignInCode
from b2cal_desktop.ui.day_parts import large, wrapped
from b2cal_desktop.ui.settings.draft import Draft
from b2cal_desktop.ui.settings.forms import quiet, say
from b2cal_desktop.ui.translations import translate

# A little longer than the sign-in itself waits, so that its own word for it is what shows.
_BROWSER_SECONDS, _CODE_SECONDS = 310.0, 1000.0


class SignInBox(QWidget):
    """One sign-in at a time. ``changed`` says that somebody signed in or out.

    Whatever is under way can be left at any moment: with *Stop waiting*, or by closing the window (``stop``).
    """

    changed = Signal()
    _code_arrived = Signal(object)

    def __init__(self, draft: Draft, language: str, configuration: Configuration) -> None:
        super().__init__()
        self._draft, self._language, self._configuration = draft, language, configuration
        self._tasks = Tasks(self)
        self._cancel = threading.Event()
        self._then: Callable[[], None] | None = None
        self._by_code = False
        self.person: SignedIn | None = None
        self.who, self.notice, self.problem = wrapped(), quiet(), wrapped()
        self.hint = quiet(translate("settings", "Your browser opens. The app may only read your own calendar."))
        self.code, self.approval = _CodePanel(), _ApprovalPanel(language)
        self.sign_in = _button(translate("settings", "&Sign in…"), self.begin)
        self.another = _button(translate("settings", "Use another account…"), partial(self.begin, another=True))
        self.sign_out = _button(translate("settings", "Sign out"), self._sign_out)
        self.by_code = _button(translate("settings", "Sign in with a code…"), partial(self.begin, by_code=True))
        self.stopping = _button(translate("settings", "Stop waiting"), self.stop)
        self._build()
        self._code_arrived.connect(self._show_code)
        self._show()

    def _build(self) -> None:
        buttons = QHBoxLayout()
        for button in (self.sign_in, self.another, self.sign_out, self.stopping, self.by_code):
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for widget in (self.who, self.notice):
            layout.addWidget(widget)
        layout.addLayout(buttons)
        layout.addWidget(self.hint)
        for hidden in (self.problem, self.code, self.approval):
            layout.addWidget(hidden)
            hidden.hide()
        self.by_code.setToolTip(translate("settings", "For a computer whose browser cannot be used."))

    # --- what it is told, and tells

    def look_who(self) -> None:
        """Find out, beside the window, who is signed in."""
        settings = self._draft.settings
        self._tasks.run(
            "who", lambda: self._configuration.signed_in_as(settings), self._found, lambda _error: self._found(None)
        )

    def _found(self, person: SignedIn | None) -> None:
        self.person = person
        self._show()

    def show_problem(self, error: Exception) -> None:
        """Say why nobody could be signed in; where IT has to approve, what to send them."""
        say(self.problem, trial_text(error, self._language), wrong=True)
        if isinstance(error, CalendarNeedsApproval):
            settings = self._draft.settings
            work = partial(self._configuration.approval, settings)
            self._tasks.run("approval", work, self.approval.show_approval, lambda _error: None)

    @property
    def is_waiting(self) -> bool:
        """Whether a sign-in waits for the user."""
        return self._tasks.is_running("sign_in") and not self._cancel.is_set()

    def _show(self) -> None:
        waiting, person = self.is_waiting, self.person
        text = translate("settings", "Nobody is signed in.")
        if person is not None:
            text = translate("settings", "Signed in as {who}.").format(who=person.name)
        if waiting and self._by_code:
            text = translate("settings", "Waiting for you to type the code…")
            if self.code.isHidden():
                text = translate("settings", "Asking for a code…")
        elif waiting:
            text = translate("settings", "Go on in your browser…")
        say(self.who, text, fine=person is not None and not waiting)
        told = [notice.to(self._language) for notice in person.notices] if person is not None and not waiting else []
        self.notice.setText("\n".join(told))
        self.notice.setVisible(bool(told))
        self.sign_in.setVisible(not waiting)
        again = translate("settings", "&Sign in again…")
        self.sign_in.setText(translate("settings", "&Sign in…") if person is None else again)
        self.another.setVisible(not waiting and person is not None)
        self.sign_out.setVisible(not waiting and person is not None)
        self.hint.setVisible(not waiting and person is None)
        self.stopping.setVisible(waiting)
        if not waiting:
            self.code.hide()
        self.by_code.setVisible(self.code.isHidden() and (waiting or person is None))

    # --- signing in

    def begin(self, *, another: bool = False, by_code: bool = False) -> None:
        """Start a sign-in; one that is under way is left first, so that there is never a second beside it."""
        if self._tasks.is_running("sign_in"):
            self._then = partial(self.begin, another=another, by_code=by_code)
            self._cancel.set()
            return
        self._then, self._cancel, self._by_code = None, threading.Event(), by_code
        settings, cancel, show_code = self._draft.settings, self._cancel, self._code_arrived.emit if by_code else None
        for hidden in (self.problem, self.code, self.approval):
            hidden.hide()
        self._tasks.run(
            "sign_in",
            lambda: self._configuration.sign_in(settings, cancel, another=another, show_code=show_code),
            self._signed_in,
            self._not_signed_in,
            _CODE_SECONDS if by_code else _BROWSER_SECONDS,
        )
        self._show()

    def stop(self) -> None:
        """Wait no longer."""
        self._then = None
        self._cancel.set()
        self._show()

    def _show_code(self, code: SignInCode) -> None:
        if self.is_waiting:
            self.code.show_code(code)
            self._show()

    def _signed_in(self, person: SignedIn) -> None:
        self._then = None
        self._found(person)
        self.changed.emit()

    def _not_signed_in(self, error: Exception) -> None:
        then, self._then = self._then, None
        left = self._cancel.is_set()
        self._cancel.set()
        self._show()
        if then is not None:
            then()
        elif not left:
            self.show_problem(error)

    # --- signing out

    def _sign_out(self) -> None:
        settings = self._draft.settings
        self.sign_out.setEnabled(False)
        self._tasks.run("sign_out", lambda: self._configuration.sign_out(settings), self._signed_out, self._not_out)

    def _signed_out(self, _nothing: object) -> None:
        self.sign_out.setEnabled(True)
        self._found(None)
        say(self.who, translate("settings", "Signed out. Nothing of the calendar is kept here any more."))
        self.changed.emit()

    def _not_out(self, error: Exception) -> None:
        self.sign_out.setEnabled(True)
        self.look_who()
        say(self.problem, error_text(error, self._language), wrong=True)


class _Card(QFrame):
    """A ground of its own for something that is to be handed on."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        look = surfaces(dark=is_dark())
        self.setStyleSheet(
            f"#card {{ background: {look.card.name()}; border: 1px solid {look.line.name()}; border-radius: 8px; }}"
        )


class _CodePanel(_Card):
    """The code that is to be typed elsewhere, and where."""

    def __init__(self) -> None:
        super().__init__()
        self.how, self.text = wrapped(), large(wrapped(), 1.8)
        self.text.setAccessibleName(translate("settings", "Code"))
        self.copy = _button(translate("settings", "Copy the code"), self._copy)
        self.open = _button(translate("settings", "Open the page"), self._open)
        self._address = ""
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy)
        buttons.addWidget(self.open)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 12)
        layout.addWidget(self.how)
        layout.addWidget(self.text)
        layout.addLayout(buttons)

    def show_code(self, code: SignInCode) -> None:
        self._address = code.address
        text = translate(
            "settings", "Open {address} on any computer or phone and type this code within {minutes} minutes:"
        )
        self.how.setText(text.format(address=code.address, minutes=max(1, code.seconds // 60)))
        self.text.setText(code.code)
        self.show()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.text())

    def _open(self) -> None:
        if self._address.startswith("https://"):
            QDesktopServices.openUrl(QUrl(self._address))


class _ApprovalPanel(_Card):
    """What to send to IT."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language
        self._approval: Approval | None = None
        self.text = wrapped()
        self.copy = _button(translate("settings", "Cop&y the message"), lambda: self._with(copy_approval))
        self.mail = _button(translate("settings", "Send by e-mail…"), lambda: self._with(mail_approval))
        buttons = QHBoxLayout()
        buttons.addWidget(self.mail)
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 12)
        layout.addWidget(self.text)
        layout.addLayout(buttons)

    def show_approval(self, approval: Approval) -> None:
        self._approval = approval
        self.text.setText(approval.body.to(self._language).strip())
        self.show()

    def _with(self, send: Callable[[Approval, str], None]) -> None:
        if self._approval is not None:
            send(self._approval, self._language)


def _button(label: str, slot: Callable[[], None]) -> QPushButton:
    button = QPushButton(label)
    button.setAutoDefault(False)
    button.clicked.connect(lambda _=False: slot())
    return button
