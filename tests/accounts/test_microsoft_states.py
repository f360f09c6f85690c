"""Each state that Microsoft 365 can be in has its own words and one next step, in the tray and on the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from b2cal_desktop.accounts.microsoft_clouds import Registration
from b2cal_desktop.accounts.microsoft_errors import needs_approval
from b2cal_desktop.core.errors import (
    CalendarBlocked,
    CalendarConsentWithdrawn,
    CalendarError,
    CalendarNeedsSignIn,
    CalendarNoMailbox,
    CalendarNotSetUp,
    CalendarSignInRevoked,
    CalendarThrottled,
    CalendarUnreachable,
)
from b2cal_desktop.core.model import Text
from b2cal_desktop.core.state import AppState, Health, Phase
from b2cal_desktop.doctor.findings import Level, from_error
from b2cal_desktop.doctor.microsoft import with_consent_address
from b2cal_desktop.ui.commands import CommandName, Offers
from b2cal_desktop.ui.presentation import tray_view
from b2cal_desktop.ui.problems import problem_of, remedy_of
from b2cal_desktop.ui.translations import install_language
from b2cal_desktop.ui.wording import Wording
from tests.sync.worlds import Computer, FakeClock, ModelCalendar, ModelSwitchboard, at, meeting

HOST = "graph.microsoft.com"
WHY = Text("datorn följer inte organisationens krav", "the computer does not meet the organisation's demands")
APPROVAL = needs_approval(Registration("app", "https://login.microsoftonline.com/organizations", f"https://{HOST}"))
OFFERS = Offers(settings=True, sign_in=True, check=True)
SIGN_IN, ASK, SETTINGS = CommandName.SIGN_IN, CommandName.ASK_APPROVAL, CommandName.OPEN_SETTINGS


@pytest.mark.parametrize(
    ("error", "health", "headline", "step", "ending", "code"),
    [
        (CalendarUnreachable(HOST, "x"), Health.STALE, "Kalendern svarar inte", None, "automatiskt.", 4),
        (CalendarThrottled(HOST, retry_after=30), Health.STALE, "Kalendern svarar inte", None, "automatiskt.", 4),
        (CalendarNeedsSignIn(HOST), Health.NEEDS_SIGN_IN, "Logga in igen", SIGN_IN, "Välj Logga in.", 3),
        (CalendarSignInRevoked(HOST, "x"), Health.NEEDS_SIGN_IN, "Logga in igen", SIGN_IN, "Logga in igen.", 3),
        (
            CalendarConsentWithdrawn(HOST),
            Health.NEEDS_SIGN_IN,
            "Logga in igen",
            SIGN_IN,
            "Går det inte behöver IT godkänna.",
            3,
        ),
        (APPROVAL, Health.NEEDS_ADMIN_APPROVAL, "Be IT om godkännande", ASK, "Be IT om godkännande.", 3),
        (CalendarBlocked(HOST, WHY), Health.REFUSED, "Organisationen släpper inte in", SETTINGS, "för IT.", 4),
        (CalendarNoMailbox(HOST), Health.REFUSED, "Kontot har ingen postlåda", SETTINGS, "i inställningarna.", 4),
        (
            CalendarNotSetUp(HOST, WHY),
            Health.REFUSED,
            "Inloggningen till Microsoft 365",
            SETTINGS,
            "administratörer.",
            4,
        ),
    ],
    ids=lambda value: value.code if isinstance(value, CalendarError) else "",
)
def test_its_words_and_its_next_step(
    computer: Computer,
    error: CalendarError,
    health: Health,
    headline: str,
    step: CommandName | None,
    ending: str,
    code: int,
) -> None:
    state = state_with(computer, error)
    assert (state.calendar.health, state.phase) == (health, Phase.RUNNING)
    install_language("sv")
    try:
        problem = problem_of(state, Wording("sv", state.timezone, state.now, state.catalogue))
        assert problem is not None and problem.headline.startswith(headline)
        remedy = remedy_of(problem, OFFERS)
        assert (remedy.does.name if remedy else None) == step
        assert tray_view(state, state.now, "sv", OFFERS).tooltip.startswith(problem.headline)
    finally:
        install_language("en")
    told = str(error.message("sv"))
    assert problem.message == told and told.endswith(ending)
    assert error.exit_code == code
    finding = with_consent_address(from_error("calendar", error), error)
    assert finding.remedy.sv and finding.remedy.en
    assert finding.level is (Level.WARNING if isinstance(error, CalendarThrottled) else Level.PROBLEM)
    if error is APPROVAL:
        assert finding.remedy.sv.endswith("/organizations/adminconsent?client_id=app")


@pytest.fixture
def computer(tmp_path: Path) -> Iterator[Computer]:
    clock = FakeClock(at("08:00"))
    made = Computer(clock, ModelCalendar(meeting()), ModelSwitchboard(clock), tmp_path / "ledger.sqlite3")
    yield made
    made.close()


def state_with(computer: Computer, error: CalendarError) -> AppState:
    """The state a minute after ``error`` began; the events that were read before it go on driving."""
    assert computer.run_at("09:00").calendar.health is Health.OK
    computer.calendar.error = error
    state = computer.run_at("09:01")
    assert state.want.until == at("10:00")
    return state
