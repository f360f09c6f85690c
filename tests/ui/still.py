"""A configuration that answers at once and always the same, for pictures and for tests of looks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from b2cal_desktop.accounts.microsoft_clouds import approval_request
from b2cal_desktop.connector_views import connector_form
from b2cal_desktop.core.model import Text
from b2cal_desktop.switchboards.connector_file import shipped_connectors
from b2cal_desktop.system.policy import PolicyFile, policy_from
from b2cal_desktop.system.settings import Settings
from b2cal_desktop.system.settings_file import LoadedSettings, load_settings
from b2cal_desktop.ui.configuration import (
    Approval,
    CalendarChoice,
    CalendarSample,
    CheckResult,
    CheckStatus,
    FoundServer,
    Opened,
    SentRequest,
    SignedIn,
    SignInCode,
    TrialResult,
    TrialStep,
    Unfinished,
)
from tests.ui.states import CATALOGUE, EVENTS, STOCKHOLM, at

FILE = """
[calendar]
source = "icalendar"
[calendar.icalendar]
location = "https://kalender.foretag.se/anna.ics"
user = "anna@foretag.se"
[switchboard.fields]
base_url = "http://127.0.0.1:8765"
user = "anna"
[rules]
method = "prefix_then_status"
[rules.prefixes]
travelling = "RES:"
[rules.working_hours]
enabled = true
[[diversions]]
key = "travelling"
label = { sv = "På resande fot", en = "Travelling" }
kind = "absence"
remote = { practice = "travel" }
"""
WHO = "Authorization: Bearer ***\nAccept: application/json"
SENT = (
    SentRequest(
        at("09:12:00"),
        f"GET http://127.0.0.1:8765/v1/users/anna/diversion\n{WHO}",
        '{"diversion": "meeting", "until": "2026-11-23T10:00:00+01:00", "note": null, "set_by": "b2cal"}',
        200,
    ),
    SentRequest(
        at("09:00:00"),
        f"PUT http://127.0.0.1:8765/v1/users/anna/diversion\n{WHO}\nContent-Type: application/json\n\n"
        '{"diversion": "meeting", "until": "2026-11-23T10:00:00+01:00", "note": null}',
        '{"diversion": "meeting", "until": "2026-11-23T10:00:00+01:00", "note": null, "set_by": "b2cal"}',
        200,
    ),
)
TRIAL = (
    TrialStep(CheckStatus.OK, Text("Ändring: skickat", "Change: sent"), Text("Skickat: Lunch.", "Sent: Lunch."), SENT),
    TrialStep(
        CheckStatus.OK,
        Text("Kontrolläsning: bekräftat", "Reading back: confirmed"),
        Text("Växeln visar: Lunch.", "The switchboard shows: Lunch."),
        SENT,
    ),
)
EXCHANGE = "https://mail.foretag.se/EWS/Exchange.asmx"


FOUND = (
    CheckResult(
        CheckStatus.OK,
        Text("Kalender", "Calendar"),
        Text(
            "outlook.office365.com svarar. 12 bokningar lästes.", "outlook.office365.com answers. 12 events were read."
        ),
    ),
    CheckResult(
        CheckStatus.WARNING,
        Text("Nyckelring", "Keyring"),
        Text(
            "Nyckelringen är låst, så lösenordet går inte att läsa.",
            "The keyring is locked, so the password cannot be read.",
        ),
        Text("Lås upp den och välj Kontrollera igen.", "Unlock it and choose Check again."),
    ),
    CheckResult(
        CheckStatus.PROBLEM,
        Text("Växel", "Switchboard"),
        Text("vaxel.foretag.se svarar inte: ingen anslutning.", "vaxel.foretag.se does not answer: no connection."),
        Text(
            "Kontrollera adressen i inställningarna, eller fråga den som sköter växeln.",
            "Check the address in the settings, or ask whoever looks after the switchboard.",
        ),
    ),
    CheckResult(CheckStatus.OK, Text("Ikon", "Icon"), Text("Det finns en plats för den.", "There is a place for it.")),
)


class Still:
    """Settings of ``text`` in ``folder``; an administrator's ``policy`` as plain data."""

    def __init__(self, folder: Path, text: str = FILE, policy: Mapping[str, Any] | None = None) -> None:
        self.path = folder / "settings.toml"
        self.path.write_text(text, "utf-8")
        self._policy: PolicyFile | None = policy_from(folder / "policy.toml", policy) if policy else None

    def open(self) -> Opened:
        forms = {id: connector_form(file) for id, file in shipped_connectors().items()}
        return Opened(load_settings(self.path, self._policy), forms)

    def save(self, changes: Mapping[str, Any], secrets: Mapping[str, str]) -> LoadedSettings:
        return self.open().loaded

    def keep_unfinished(self, unfinished: Unfinished | None) -> None:
        """It is not kept."""

    def kept_secrets(self, connector: str) -> frozenset[str]:
        return frozenset()

    def test_switchboard(self, settings: Settings, secrets: Mapping[str, str]) -> tuple[tuple[str, Text], ...]:
        return tuple((key, diversion.label) for key, diversion in CATALOGUE.items())

    def try_switchboard(
        self, settings: Settings, secrets: Mapping[str, str], diversion: str, tell: Callable[[TrialStep], None]
    ) -> TrialResult:
        for step in TRIAL:
            tell(step)
        return TrialResult(CheckStatus.OK, TRIAL[-1].text)

    def read_calendar(self, settings: Settings, secrets: Mapping[str, str]) -> CalendarSample:
        return CalendarSample(EVENTS, STOCKHOLM)

    def find_servers(self, address: str, stop: threading.Event) -> tuple[FoundServer, ...]:
        return (FoundServer(EXCHANGE, "mail.foretag.se", ("Negotiate", "NTLM", "Basic")),)

    def sign_in(
        self,
        settings: Settings | None,
        cancel: threading.Event,
        *,
        another: bool = False,
        show_code: Callable[[SignInCode], None] | None = None,
    ) -> SignedIn:
        return SignedIn("anna@foretag.se")

    def signed_in_as(self, settings: Settings) -> SignedIn | None:
        return SignedIn("anna@foretag.se")

    def sign_out(self, settings: Settings) -> None:
        """There is nothing to forget."""

    def list_calendars(self, settings: Settings) -> tuple[CalendarChoice, ...]:
        return (CalendarChoice("1", "Kalender", True), CalendarChoice("2", "Projekt", False))

    def approval(self, settings: Settings | None = None) -> Approval:
        request = approval_request("https://login.microsoftonline.com/organizations/adminconsent?client_id=1")
        return Approval(request.address, request.subject, request.body)

    def starts_at_log_in(self) -> tuple[bool, bool]:
        return True, False

    def start_at_log_in(self, wanted: bool) -> None:
        """It is not kept."""

    def sent_requests(self) -> tuple[SentRequest, ...]:
        return SENT
