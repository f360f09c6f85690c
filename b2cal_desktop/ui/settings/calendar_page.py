"""Where events come from: Microsoft 365, a company's own Exchange, or a file or link."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from zoneinfo import available_timezones

from PySide6.QtWidgets import QFileDialog, QPushButton, QRadioButton, QWidget

from b2cal_desktop.ui.background import Tasks, trial_text
from b2cal_desktop.ui.configuration import CalendarSample, Configuration
from b2cal_desktop.ui.day_parts import wrapped
from b2cal_desktop.ui.settings.draft import Draft
from b2cal_desktop.ui.settings.exchange_part import ExchangePart
from b2cal_desktop.ui.settings.forms import Form, say
from b2cal_desktop.ui.settings.microsoft_part import MicrosoftPart
from b2cal_desktop.ui.translations import translate


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
        self._configuration, self._tasks, self._whole = configuration, Tasks(self), whole
        self._goes_on = False
        self._sources: dict[str, QRadioButton] = {}
        self._parts: dict[str, Form] = {}
        self._build_sources()
        self.microsoft = MicrosoftPart(draft, language, configuration, whole=whole)
        self._parts["microsoft365"] = self.part(self.microsoft)
        self.exchange = ExchangePart(draft, language, configuration, whole=whole)
        self._parts["exchange"] = self.part(self.exchange)
        self._parts["icalendar"] = self.part(Form(draft, language))
        self._icalendar(self._parts["icalendar"])
        self._build_trial()
        if whole:
            zones = [("auto", translate("settings", "The calendar's own, else this computer's"))]
            zones += [(name, name) for name in sorted(available_timezones()) if "/" in name]
            self.choice("calendar.timezone", translate("settings", "&Time zone"), zones)
        self.column.addStretch(1)
        self.on_refresh(self._show_source)

    def _build_sources(self) -> None:
        choices = (
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
        )
        self._sources = self.radios("calendar.source", choices, self._choose)

    def _icalendar(self, part: Form) -> None:
        browse = QPushButton(translate("settings", "Bro&wse…"))
        browse.clicked.connect(lambda _=False: self._browse())
        part.text(
            "calendar.icalendar.location",
            translate("settings", "File or lin&k"),
            hint="https://…/calendar.ics",
            help=translate(
                "settings", "Whoever has a published link can read the calendar. The link stays on this computer."
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
        if source == "microsoft365":
            self.microsoft.look_who()
        self._sources[source].setChecked(True)
        for name, part in self._parts.items():
            part.setVisible(name == source)

    def _browse(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, translate("settings", "Choose a calendar file"), "", translate("settings", "Calendars (*.ics)")
        )
        if chosen:
            self.draft.set("calendar.icalendar.location", chosen)

    # --- what it is told

    def stop(self) -> None:
        """The window is left: a sign-in that waits for the user is no longer wanted."""
        self.microsoft.box.stop()
        self.exchange.finder.stop()

    def show_sign_in_problem(self, error: Exception) -> None:
        """Say why a sign-in that began elsewhere came to nothing."""
        if self.draft.value("calendar.source") == "exchange":
            self.exchange.ask_for_password()
        else:
            self.microsoft.box.show_problem(error)

    def finish_typing(self) -> None:
        """From here on what is still empty is a problem."""
        if self._whole and not self._goes_on:
            self._goes_on = True
            self.draft.changed.emit()

    def _choose(self, source: str) -> None:
        self._goes_on = False
        self.draft.set("calendar.source", source)

    def own_problems(self) -> Mapping[str, str]:
        missing = self.missing() if self._goes_on else None
        return {**super().own_problems(), **({missing[0]: missing[1]} if missing else {})}

    def missing(self) -> tuple[str, str] | None:
        """The key under which the calendar still has to be named, and what to say there."""
        match self.draft.value("calendar.source"):
            case "icalendar":
                key, text = "calendar.icalendar.location", translate("settings", "Enter a file or a link.")
            case "exchange":
                key, text = "calendar.exchange.url", translate("settings", "Enter the server's name.")
            case _:
                return None
        return None if self.draft.value(key) else (key, text)

    # --- trying it

    def _try(self) -> None:
        settings, secrets = self.draft.settings, dict(self.draft.secrets)
        self.trial.setEnabled(False)
        say(self.outcome, translate("settings", "Asking the calendar…"))
        work = partial(self._configuration.read_calendar, settings, secrets)
        self._tasks.run("calendar", work, self._works, self._fails)

    def _works(self, sample: CalendarSample) -> None:
        self.trial.setEnabled(True)
        text = translate("settings", "It works. {count} events from today and a week ahead were read.")
        lines = [text.format(count=len(sample.events))]
        if sample.limited:
            rights = [warning.text.to(self.language) for warning in sample.warnings if warning.event_id is None]
            lines += rights or [translate("settings", "Subjects cannot be read, so prefixes cannot be used.")]
        say(self.outcome, "\n".join(lines), fine=not sample.limited)
        self.bring_into_sight(self.outcome)

    def _fails(self, error: Exception) -> None:
        self.trial.setEnabled(True)
        say(self.outcome, trial_text(error, self.language), wrong=True)
        self.bring_into_sight(self.outcome)

    def focus_first(self) -> QWidget | None:
        return self._sources[str(self.draft.value("calendar.source"))]
