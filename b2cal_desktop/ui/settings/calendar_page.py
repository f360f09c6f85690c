"""Where events come from: Microsoft 365, a company's own Exchange, or a file or link."""

from __future__ import annotations

import threading
from functools import partial
from zoneinfo import available_timezones

from PySide6.QtWidgets import QButtonGroup, QFileDialog, QLineEdit, QPushButton, QRadioButton, QVBoxLayout, QWidget

from b2cal_desktop.ui.background import Tasks, error_text
from b2cal_desktop.ui.configuration import CalendarSample, Configuration
from b2cal_desktop.ui.day_parts import wrapped
from b2cal_desktop.ui.settings.draft import Draft
from b2cal_desktop.ui.settings.forms import Form, Row, quiet, say
from b2cal_desktop.ui.translations import translate

EXCHANGE_PASSWORD = "calendar/exchange/password"  # noqa: S105  the name that the keyring keeps it under
_SIGN_IN_SECONDS = 310.0


class CalendarPage(Form):
    """The calendar's settings, with a sign-in where the calendar wants one; the set-up shows less (not ``whole``)."""

    def __init__(
        self,
        draft: Draft,
        language: str,
        configuration: Configuration,
        *,
        whole: bool = True,
    ) -> None:
        super().__init__(draft, language)
        self._configuration, self._tasks = configuration, Tasks(self)
        self._cancel, self._asked = threading.Event(), False
        self._sources: dict[str, QRadioButton] = {}
        self._parts: dict[str, Form] = {}
        self._build_sources()
        for source, build in (
            ("microsoft365", self._microsoft),
            ("exchange", self._exchange),
            ("icalendar", self._icalendar),
        ):
            part = self._parts[source] = Form(draft, language)
            build(part, whole)
            self.part(part)
        self._build_trial()
        if whole:
            zones = [("auto", translate("settings", "The calendar's own, else this computer's"))]
            zones += [(name, name) for name in sorted(available_timezones()) if "/" in name]
            self.choice("calendar.timezone", translate("settings", "&Time zone"), zones)
        self.column.addStretch(1)
        self.on_refresh(self._show_source)

    def _build_sources(self) -> None:
        holder, group = QWidget(), QButtonGroup(self)
        layout = QVBoxLayout(holder)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for source, label, help in (
            (
                "microsoft365",
                translate("settings", "&Microsoft 365"),
                translate("settings", "Outlook at work, where you sign in with your company's address."),
            ),
            (
                "exchange",
                translate("settings", "The company's own &Exchange"),
                translate("settings", "A mail server that the company runs itself."),
            ),
            (
                "icalendar",
                translate("settings", "A calendar &file or link"),
                translate("settings", "An .ics file, or a link that the calendar has been published under."),
            ),
        ):
            radio = self._sources[source] = QRadioButton(label)
            radio.setAccessibleDescription(help)
            radio.clicked.connect(lambda _=False, source=source: self.draft.set("calendar.source", source))
            line = quiet(help)
            line.setContentsMargins(26, 0, 0, 6)
            group.addButton(radio)
            layout.addWidget(radio)
            layout.addWidget(line)
        self.bind("calendar.source", Row("", holder, wide=True), lambda: None)
        holder.setFocusProxy(self._sources["microsoft365"])

    def _microsoft(self, part: Form, whole: bool) -> None:
        key = "calendar.microsoft365."
        self.sign_in = part.button(translate("settings", "&Sign in…"), self.sign_in_or_stop)
        self.who = wrapped()
        part.add(self.sign_in)
        part.add(self.who)
        part.add(quiet(translate("settings", "Your browser opens. The app may only read your own calendar.")))
        self.who.hide()
        part.text(
            key + "client_id",
            translate("settings", "App &registration (client ID)"),
            help=translate("settings", "Your IT department has it. Empty where the app brings its own."),
        )
        if not whole:
            return
        part.text(
            key + "tenant",
            translate("settings", "Or&ganisation (tenant)"),
            help=translate("settings", "“organizations” fits most; else the company's domain or its ID."),
        )
        clouds = (
            ("global", translate("settings", "Microsoft's usual one")),
            ("usgov", "US Government"),
            ("usdod", "US Department of Defense"),
            ("china", "China (21Vianet)"),
            ("custom", translate("settings", "One of your own")),
        )
        part.choice(key + "cloud", translate("settings", "C&loud"), clouds)
        for name, label in (
            ("authority", translate("settings", "Address of the sign-in")),
            ("graph_root", translate("settings", "Address of Graph")),
        ):
            part.text(key + name, label, hint="https://")
            part.on_refresh(partial(self._show_with_custom, part.rows[key + name]))

    def _show_with_custom(self, row: Row) -> None:
        row.setVisible(self.draft.value("calendar.microsoft365.cloud") == "custom")

    def _exchange(self, part: Form, whole: bool) -> None:
        key = "calendar.exchange."
        part.text(
            key + "url",
            translate("settings", "Server &address"),
            hint="https://mail.foretag.se/EWS/Exchange.asmx",
            help=translate("settings", "The address of Exchange Web Services. Your IT department knows it."),
        )
        part.text(key + "user", translate("settings", "&User name"), hint="FORETAG\\namn")
        if whole:
            auths = (
                ("auto", translate("settings", "Find out")),
                ("ntlm", "NTLM"),
                ("basic", "Basic"),
                ("negotiate", translate("settings", "Negotiate (Kerberos)")),
                ("sso", translate("settings", "As I am signed in to this computer")),
            )
            part.choice(key + "auth", translate("settings", "&How to sign in"), auths)
            versions = ("2007_SP1", "2010", "2010_SP1", "2010_SP2", "2013", "2013_SP1", "2016", "2019", "SE")
            choices = [("auto", translate("settings", "Find out")), *((v, v.replace("_", " ")) for v in versions)]
            part.choice(key + "version", translate("settings", "Exchange &version"), choices)
            part.text(
                key + "mailbox",
                translate("settings", "Another mail&box"),
                help=translate("settings", "Empty for your own. Another one needs the right to read it (Reviewer)."),
            )
        password = QLineEdit()
        password.setEchoMode(QLineEdit.EchoMode.Password)
        password.textEdited.connect(lambda text: self.draft.set_secret(EXCHANGE_PASSWORD, text))
        label = translate("settings", "Pass&word")
        help = translate("settings", "Kept in the computer's keyring, never in a file. Empty keeps the one there is.")
        part.bind("secret.exchange", Row(label, password, help=help), lambda: None)

    def _icalendar(self, part: Form, _whole: bool) -> None:
        browse = QPushButton(translate("settings", "Bro&wse…"))
        browse.clicked.connect(lambda _=False: self._browse())
        part.text(
            "calendar.icalendar.location",
            translate("settings", "File or lin&k"),
            hint="https://…/calendar.ics",
            help=translate(
                "settings", "Whoever has a published link can read the calendar. It stays on this computer."
            ),
            beside=(browse,),
        )
        part.text(
            "calendar.icalendar.user",
            translate("settings", "Your &own e-mail address"),
            help=translate("settings", "So that invitations you declined are noticed. May be empty."),
        )

    def _build_trial(self) -> None:
        self.trial = self.button(translate("settings", "Test the &calendar"), self._try)
        self.outcome = wrapped()
        self.outcome.hide()
        self.add(self.trial)
        self.add(self.outcome)

    def _show_source(self) -> None:
        source = self.draft.value("calendar.source")
        if source == "microsoft365" and not self._asked:
            self._asked = True
            self.look_who()
        self._sources[source].setChecked(True)
        for name, part in self._parts.items():
            part.setVisible(name == source)

    def _browse(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, translate("settings", "Choose a calendar file"), "", translate("settings", "Calendars (*.ics)")
        )
        if chosen:
            self.draft.set("calendar.icalendar.location", chosen)

    # --- signing in

    def sign_in_or_stop(self) -> None:
        """Open the browser for a sign-in; pressed again meanwhile, wait no longer."""
        if self._tasks.is_running("sign_in"):
            self._cancel.set()
            self._tasks.cancel("sign_in")
            self._signed_out("")
            return
        settings, cancel = self.draft.settings, threading.Event()
        self._cancel = cancel
        self.sign_in.setText(translate("settings", "&Stop waiting"))
        say(self.who, translate("settings", "Go on in your browser…"))
        self._tasks.run(
            "sign_in",
            lambda: self._configuration.sign_in(settings, cancel),
            self._signed_in,
            lambda error: self._signed_out(error_text(error, self.language)),
            _SIGN_IN_SECONDS,
        )

    def _signed_in(self, who: str) -> None:
        self.sign_in.setText(translate("settings", "&Sign in…"))
        say(self.who, translate("settings", "Signed in as {who}.").format(who=who), fine=True)

    def _signed_out(self, why: str) -> None:
        self.sign_in.setText(translate("settings", "&Sign in…"))
        say(self.who, why, wrong=True)

    def look_who(self) -> None:
        """Say who is signed in, where somebody is."""
        settings = self.draft.settings
        if settings.calendar.source == "microsoft365":
            self._tasks.run(
                "who",
                lambda: self._configuration.signed_in_as(settings),
                lambda who: self._signed_in(who) if who else None,
                lambda _error: None,
            )

    def _try(self) -> None:
        settings, secrets = self.draft.settings, dict(self.draft.secrets)
        self.trial.setEnabled(False)
        say(self.outcome, translate("settings", "Asking the calendar…"))
        work = partial(self._configuration.read_calendar, settings, secrets)
        self._tasks.run("calendar", work, self._works, self._fails)

    def _works(self, sample: CalendarSample) -> None:
        self.trial.setEnabled(True)
        count = len(sample.events)
        text = translate("settings", "It works. {count} events from today and a week ahead were read.")
        if sample.limited:
            text += " " + translate("settings", "Subjects cannot be read, so prefixes cannot be used.")
        say(self.outcome, text.format(count=count), fine=True)

    def _fails(self, error: Exception) -> None:
        self.trial.setEnabled(True)
        say(self.outcome, error_text(error, self.language), wrong=True)

    def focus_first(self) -> QWidget | None:
        return self._sources[str(self.draft.value("calendar.source"))]
