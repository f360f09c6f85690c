"""Find my server: looks at the usual addresses, shows who answers, and asks before anything is sent to them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from b2cal_desktop.system.exchange_address import mail_domain
from b2cal_desktop.ui.background import Tasks, trial_text
from b2cal_desktop.ui.configuration import Configuration, FoundServer
from b2cal_desktop.ui.day_parts import large, wrapped
from b2cal_desktop.ui.settings.forms import Row, quiet, say
from b2cal_desktop.ui.translations import translate

# Twelve hosts that swallow what they are sent, and some more.
_MOST_SECONDS = 110.0
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class _AddressEdit(QLineEdit):
    """Enter looks, and does not close the window."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        if event.key() in _ENTER:
            event.accept()


class FindServer(QWidget):
    """``agreed`` carries the address of the server that the user has said yes to; nothing was sent there before.

    ``chose_microsoft365``: the mailboxes are at Microsoft, and the user goes on there.
    """

    agreed = Signal(str)
    chose_microsoft365 = Signal()

    def __init__(self, configuration: Configuration, language: str) -> None:
        super().__init__()
        self._configuration, self._language, self._tasks = configuration, language, Tasks(self)
        self._stop = threading.Event()
        self.address, self.look, self.note = _AddressEdit(), QPushButton(), wrapped()
        self.address.setPlaceholderText("namn@foretag.se")
        self.address.returnPressed.connect(self.look_or_stop)
        self.look.setAutoDefault(False)
        self.look.clicked.connect(lambda _=False: self.look_or_stop())
        help = translate(
            "settings",
            "Only what stands after the @ is used, to look at the usual addresses. No name and no password is sent.",
        )
        label = translate("settings", "Your e-mail a&ddress at work")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(26, 0, 0, 6)
        layout.addWidget(Row(label, self.address, help=help, beside=(self.look,)))
        layout.addSpacing(4)
        layout.addWidget(self.note)
        self.offers = QVBoxLayout()
        layout.addLayout(self.offers)
        self.note.hide()
        self.hide()
        self._rest()

    def begin(self, user: str) -> None:
        """Show what there is to fill in, and look at once where ``user`` tells the domain."""
        self.show()
        if not self.address.text().strip() and mail_domain(user) and "@" in user:
            self.address.setText(user)
        if mail_domain(self.address.text()) and not self._tasks.is_running("look"):
            self.look_or_stop()
        self.address.setFocus(Qt.FocusReason.OtherFocusReason)

    def look_or_stop(self) -> None:
        """Look for the server; pressed again meanwhile, look no further."""
        looking = self._tasks.is_running("look")
        self.stop()
        address = self.address.text().strip()
        domain = mail_domain(address)
        if looking or not domain:
            ask = translate("settings", "Write your whole e-mail address, or what stands after the @.")
            say(self.note, "" if looking else ask, wrong=True)
            return
        stop = self._stop = threading.Event()
        self.look.setText(translate("settings", "Stop loo&king"))
        say(self.note, translate("settings", "Looking at the usual addresses of {domain}…").format(domain=domain))
        self._tasks.run(
            "look",
            lambda: self._configuration.find_servers(address, stop),
            partial(self._show, domain),
            self._failed,
            _MOST_SECONDS,
        )

    def stop(self) -> None:
        """Look no further, and forget what was found."""
        self._stop.set()
        self._tasks.cancel("look")
        self._clear()
        self._rest()

    def hideEvent(self, event: QHideEvent) -> None:
        if not event.spontaneous():
            self.stop()
            say(self.note, "")
        super().hideEvent(event)

    def _rest(self) -> None:
        self.look.setText(translate("settings", "Loo&k for it"))

    def _clear(self) -> None:
        while (item := self.offers.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    def _failed(self, error: Exception) -> None:
        self._rest()
        say(self.note, trial_text(error, self._language), wrong=True)

    def _show(self, domain: str, found: tuple[FoundServer, ...]) -> None:
        self._rest()
        servers = [server for server in found if server.trusted and not server.microsoft365]
        strangers = [server.host for server in found if not server.trusted]
        at_microsoft = any(server.microsoft365 for server in found)
        if servers:
            self._ask(servers)
        elif at_microsoft:
            text = translate("settings", "The mailboxes of {domain} seem to be in Microsoft 365.")
            say(self.note, text.format(domain=domain))
            self._offer(translate("settings", "Use Microsoft &365"), self.chose_microsoft365.emit)
        elif strangers:
            text = translate(
                "settings",
                "{host} answers, but this computer does not accept its certificate, so nothing more was asked there. "
                "Show this to IT.",
            )
            say(self.note, text.format(host=", ".join(strangers)), wrong=True)
        else:
            text = translate(
                "settings",
                "No Exchange server answers at the usual addresses of {domain}. Try on the company's network, or ask "
                "IT for the address.",
            )
            say(self.note, text.format(domain=domain), wrong=True)

    def _ask(self, servers: list[FoundServer]) -> None:
        one = translate("settings", "This server answers. Is it your company's?")
        many = translate("settings", "These servers answer. Which one is your company's?")
        say(self.note, one if len(servers) == 1 else many)
        for server in servers:
            name = large(wrapped(), 1.1)
            name.setText(server.host)
            name.setContentsMargins(0, 6, 0, 0)
            self.offers.addWidget(name)
            self.offers.addWidget(quiet(_what_it_is(server)))
            yes = translate("settings", "Yes, use {host}").format(host=server.host)
            self._offer(yes, partial(self._agree, server.url))
        self.offers.addWidget(
            quiet(
                translate(
                    "settings",
                    "Nothing about you has been sent to it. Your user name and password go there only after your yes, "
                    "and nowhere else.",
                )
            )
        )

    def _offer(self, label: str, chosen: Callable[[], object]) -> None:
        button = QPushButton(label)
        button.setAutoDefault(False)
        button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda _=False: chosen())
        self.offers.addWidget(button)

    def _agree(self, url: str) -> None:
        self.hide()
        self.agreed.emit(url)


def _what_it_is(server: FoundServer) -> str:
    """What was found there, in words: an Exchange server, and the ways in that it offers."""
    if server.ways == ("Basic",):
        return translate("settings", "An Exchange server that takes user name and password (Basic).")
    ways = ", ".join(server.ways)
    return translate("settings", "An Exchange server. It offers to sign in by {ways}.").format(ways=ways)
