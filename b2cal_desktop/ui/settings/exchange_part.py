"""A company's own Exchange server: where it is, who signs in and how, and whose calendar is read."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit, QPushButton

from b2cal_desktop.system.exchange_address import complete_address, has_domain, in_microsoft365, server_problem
from b2cal_desktop.system.log_on import has_log_on
from b2cal_desktop.system.secret_names import EXCHANGE_PASSWORD
from b2cal_desktop.ui.configuration import Configuration
from b2cal_desktop.ui.settings.draft import Draft
from b2cal_desktop.ui.settings.find_server import FindServer
from b2cal_desktop.ui.settings.forms import Form, Row
from b2cal_desktop.ui.translations import translate

_URL, _USER = "calendar.exchange.url", "calendar.exchange.user"
_AUTH, _VERSION, _MAILBOX = "calendar.exchange.auth", "calendar.exchange.version", "calendar.exchange.mailbox"
_PASSWORD = "secret.exchange"  # noqa: S105  the row, not what stands in it
_VERSIONS = ("2007_SP1", "2010", "2010_SP1", "2010_SP2", "2013", "2013_SP1", "2016", "2019", "SE")


class ExchangePart(Form):
    """The settings of ``[calendar.exchange]``; the set-up shows only what everybody needs (not ``whole``)."""

    def __init__(self, draft: Draft, language: str, configuration: Configuration, *, whole: bool) -> None:
        super().__init__(draft, language)
        self.another = QCheckBox(translate("settings", "Read an&other mailbox than my own"))
        self._build_server(configuration)
        if whole:
            self._build_ways()
        self._build_user()
        if whole:
            self._build_mailbox()
            versions = [
                ("auto", translate("settings", "Automatically")),
                *((v, v.replace("_", " ")) for v in _VERSIONS),
            ]
            self.choice(_VERSION, translate("settings", "Exchange &version"), versions)

    # --- where it is

    def _build_server(self, configuration: Configuration) -> None:
        self.seek = QPushButton(translate("settings", "Find my &server…"))
        self.seek.setAutoDefault(False)
        self.text(
            _URL,
            translate("settings", "Server &address"),
            hint="mail.foretag.se",
            help=" ",
            beside=(self.seek,),
        )
        self.finder = FindServer(configuration, self.language)
        self.add(self.finder)
        self.seek.clicked.connect(lambda _=False: self.finder.begin(str(self.draft.value(_USER) or "")))
        self.finder.agreed.connect(self._agree)
        self.finder.chose_microsoft365.connect(lambda: self.draft.set("calendar.source", "microsoft365"))
        self.seek.setHidden(self.draft.is_locked(_URL))
        self.on_refresh(self._say_address)

    def _agree(self, url: str) -> None:
        self.draft.set(_URL, url)
        self.rows[_USER].control.setFocus(Qt.FocusReason.OtherFocusReason)

    def _say_address(self) -> None:
        """What will be asked, where less than the whole of it was written."""
        written = str(self.draft.value(_URL) or "")
        whole = complete_address(written)
        if in_microsoft365(whole):
            text = translate("settings", "That is an address of Microsoft 365. Choose Microsoft 365 above instead.")
        elif written and whole != written and server_problem(written) is None:
            text = translate("settings", "We ask {address}.").format(address=whole)
        else:
            text = translate("settings", "The name of the server is enough. Your IT department knows it.")
        self._help(_URL, text)

    # --- who signs in, and how

    def _build_ways(self) -> None:
        ways = {
            "auto": translate("settings", "Automatically"),
            "sso": translate("settings", "As I am signed in to this computer"),
            "negotiate": translate("settings", "Kerberos (Negotiate)"),
            "ntlm": "NTLM",
            "basic": "Basic",
        }
        if not has_log_on() and self.draft.value(_AUTH) != "sso":
            del ways["sso"]
        self.choice(_AUTH, translate("settings", "&How to sign in"), tuple(ways.items()), help=" ")
        self.on_refresh(lambda: self._help(_AUTH, _about_way(str(self.draft.value(_AUTH)))))

    def _build_user(self) -> None:
        self.text(_USER, translate("settings", "&User name"), hint="FORETAG\\namn", help=" ")
        password = QLineEdit()
        password.setEchoMode(QLineEdit.EchoMode.Password)
        password.textEdited.connect(lambda text: self.draft.set_secret(EXCHANGE_PASSWORD, text))
        label = translate("settings", "Pass&word")
        help = translate(
            "settings", "Kept in the computer's keyring, never in a file. Leave it empty to keep the one there is."
        )
        self.bind(_PASSWORD, Row(label, password, help=help), lambda: None)
        self.on_refresh(self._say_user)

    def _say_user(self) -> None:
        way, user = self.draft.value(_AUTH), str(self.draft.value(_USER) or "").strip()
        for key in (_USER, _PASSWORD):
            self.rows[key].setHidden(way == "sso")
        forms = translate("settings", "DOMAIN\\name or name@company.com.")
        if not user and way != "basic" and has_log_on():
            text = translate("settings", "Leave it empty to sign in as on this computer. Else {forms}")
        elif user and not has_domain(user):
            text = translate("settings", "Without a domain. If the server does not know you, write {forms}")
        else:
            text = "{forms}"
        self._help(_USER, text.format(forms=forms))

    def ask_for_password(self) -> None:
        """The server has refused the one that is kept, or none is: the user comes here to give it."""
        row = self.rows[_PASSWORD]
        if not row.isHidden():
            row.help.setText(
                translate("settings", "Write your password once more. It is tried once, when you choose OK.")
            )
            row.control.setFocus(Qt.FocusReason.OtherFocusReason)
            self.bring_into_sight(row)

    # --- whose calendar

    def _build_mailbox(self) -> None:
        self.another.setEnabled(not self.draft.is_locked(_MAILBOX))
        self.another.toggled.connect(self._choose_mailbox)
        self.add(self.another)
        row = self.text(
            _MAILBOX,
            translate("settings", "The mail&box's address"),
            hint="reception@foretag.se",
            help=translate(
                "settings",
                "You need the right to read its calendar: Reviewer, or in Exchange 2007 full access. IT grants it. "
                "Where it is missing, the test below shows the command to send to them.",
            ),
        )
        self.another.setAccessibleDescription(row.accessibleDescription())
        self.on_refresh(self._show_mailbox)

    def _choose_mailbox(self, another: bool) -> None:
        if not another:
            self.draft.set(_MAILBOX, "")
        self.draft.changed.emit()
        if another:
            self.rows[_MAILBOX].control.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_mailbox(self) -> None:
        if self.draft.value(_MAILBOX):
            with QSignalBlocker(self.another):
                self.another.setChecked(True)
        self.rows[_MAILBOX].setVisible(self.another.isChecked())

    def own_problems(self) -> Mapping[str, str]:
        missing = self.another.isChecked() and not self.draft.value(_MAILBOX)
        if not missing or self.draft.value("calendar.source") != "exchange":
            return {}
        return {_MAILBOX: translate("settings", "Write the mailbox's address.")}

    def _help(self, key: str, text: str) -> None:
        """Say ``text`` below ``key``, unless the administrator's word stands there."""
        row = self.rows[key]
        if not self.draft.is_locked(key):
            row.help.setText(text)
            row.control.setAccessibleDescription(text)


def _about_way(way: str) -> str:
    """What a way of signing in means for whoever chooses it."""
    match way:
        case "sso" if not has_log_on():
            return translate("settings", "This computer cannot do that. Choose another way.")
        case "sso":
            return translate(
                "settings", "Without a password. Works on a computer that belongs to the company's domain."
            )
        case "negotiate":
            return translate("settings", "With a Kerberos ticket where one is to be had, else by NTLM.")
        case "ntlm":
            return translate("settings", "By user name and password; the password itself is never sent.")
        case "basic":
            return translate(
                "settings", "The password itself is sent, encrypted on the way. For servers that offer nothing else."
            )
        case _:
            return translate("settings", "In the safest way that the server offers. Fits most.")
