"""What is wrong, most pressing first, and what the user can do about it."""

from __future__ import annotations

from dataclasses import dataclass

from b2cal_desktop.core.errors import (
    B2CalError,
    CalendarBlocked,
    CalendarNoMailbox,
    CalendarNotSetUp,
    CalendarProblem,
    FileProblem,
    LedgerDamaged,
    ProfileUnusable,
)
from b2cal_desktop.core.intents import SyncNow
from b2cal_desktop.core.state import AppState, Health, Phase, ServiceHealth
from b2cal_desktop.ui.commands import Command, CommandName, Does, Offers
from b2cal_desktop.ui.translations import translate
from b2cal_desktop.ui.wording import Wording

CALENDAR = "calendar"
SWITCHBOARD = "switchboard"
PROGRAM = "program"
_WAITS_FOR_USER = (Health.NEEDS_SIGN_IN, Health.NEEDS_ADMIN_APPROVAL, Health.REFUSED)
_FINE = (Health.OK, Health.LIMITED)


@dataclass(frozen=True, slots=True)
class Problem:
    """``brief`` fits a menu, ``headline`` a tooltip; ``message`` says what happened, what it means and what to do.

    ``code`` stays the same while the problem does. ``needs_user`` is false where waiting is enough.
    """

    code: str
    service: str
    brief: str
    outcome: str
    message: str
    needs_user: bool
    sign_in: bool = False
    approval: bool = False
    refused: bool = False
    too_old: bool = False
    unsaved: bool = False

    @property
    def headline(self) -> str:
        """What is wrong, and what that means for the diversion."""
        return f"{self.brief} – {self.outcome}"


def problem_of(state: AppState, words: Wording) -> Problem | None:
    """The one problem to put first, or None. Switched off, nothing is a problem."""
    if state.phase is Phase.OFF:
        return None
    if state.failure is not None:
        return _failure(state.failure, words)
    sides = ((CALENDAR, state.calendar), (SWITCHBOARD, state.switchboard))
    for service, side in sides:
        if side.health in _WAITS_FOR_USER:
            return _problem(service, side, words, needs_user=True)
    if state.phase is Phase.STALE:
        return _too_old(state.calendar, words)
    for service, side in sides:
        if side.health not in _FINE:
            return _problem(service, side, words, needs_user=False)
    return None


def _problem(service: str, side: ServiceHealth, words: Wording, *, needs_user: bool) -> Problem:
    brief, outcome = _of_calendar(side, words) if service == CALENDAR else _of_switchboard(side, words)
    message = str(side.error.message(words.language)) if side.error else f"{brief} – {outcome}."
    return Problem(
        f"{service}_{side.health}",
        service,
        brief,
        outcome,
        message,
        needs_user,
        sign_in=side.health is Health.NEEDS_SIGN_IN,
        approval=side.health is Health.NEEDS_ADMIN_APPROVAL and service == CALENDAR,
        refused=side.health is Health.REFUSED,
    )


def _failure(error: B2CalError, words: Wording) -> Problem:
    """What keeps the program itself from its work."""
    said = error.message(words.language)
    outcome = translate("problem", "the diversion stays as it was")
    brief, unsaved, refused = said.what.rstrip("."), False, False
    match error:
        case LedgerDamaged() | ProfileUnusable():
            brief, unsaved = translate("problem", "The program cannot save"), True
        case FileProblem():
            brief, refused = translate("problem", "The settings cannot be used"), True
            outcome = translate("problem", "those before them hold")
    return Problem(
        f"{PROGRAM}_{error.code}",
        PROGRAM,
        brief,
        outcome,
        str(said),
        needs_user=True,
        refused=refused,
        unsaved=unsaved,
    )


@dataclass(frozen=True, slots=True)
class Remedy:
    """What the user can do about a problem: ``label`` for a button, ``entry`` for the menu."""

    label: str
    entry: str
    does: Does


def remedy_of(problem: Problem, offers: Offers) -> Remedy | None:
    """The next step out of ``problem``, as far as the program around the interface has it."""
    if problem.sign_in and offers.sign_in:
        entry = {
            CALENDAR: translate("tray", "Sign in to the calendar…"),
            SWITCHBOARD: translate("tray", "Sign in to the switchboard…"),
        }[problem.service]
        return Remedy(translate("day", "Si&gn in…"), entry, Command(CommandName.SIGN_IN, problem.service))
    if problem.approval and offers.settings:
        entry = translate("tray", "Ask IT for approval…")
        return Remedy(translate("day", "&Ask IT for approval…"), entry, Command(CommandName.ASK_APPROVAL))
    if problem.refused and offers.settings:
        settings = Command(CommandName.OPEN_SETTINGS, problem.service if problem.service != PROGRAM else "")
        return Remedy(translate("day", "&Open the settings…"), problem.brief, settings)
    if problem.too_old and offers.check:
        return Remedy(translate("day", "F&ind out why…"), problem.brief, Command(CommandName.CHECK))
    if problem.too_old or problem.unsaved:
        return Remedy(translate("day", "&Look again"), problem.brief, SyncNow())
    return None


def _too_old(calendar: ServiceHealth, words: Wording) -> Problem:
    if calendar.as_of is None:
        brief = translate("problem", "The calendar cannot be read")
        outcome = translate("problem", "the diversion does not follow it")
    else:
        brief = translate("problem", "Calendar not read since {moment}").format(
            moment=words.precise_moment(calendar.as_of)
        )
        outcome = translate("problem", "the diversion no longer follows it")
    why = str(calendar.error.message(words.language).what) if calendar.error else ""
    message = f"{brief} – {outcome}. {why}".strip()
    return Problem("calendar_too_old", CALENDAR, brief, outcome, message, needs_user=True, too_old=True)


def _of_calendar(side: ServiceHealth, words: Wording) -> tuple[str, str]:
    """What is wrong with the calendar, and what that means."""
    unfollowed = translate("problem", "the diversion does not follow the calendar")
    followed = translate("problem", "the diversion follows the last known events")
    match side.health:
        case Health.NEEDS_SIGN_IN:
            return translate("problem", "Sign in again"), unfollowed
        case Health.NEEDS_ADMIN_APPROVAL:
            return translate("problem", "Ask IT for approval"), unfollowed
        case Health.REFUSED:
            return _of_refusal(side.error)
        case _ if isinstance(side.error, CalendarProblem):  # it does answer, with something that is no calendar
            return translate("problem", "The calendar cannot be read"), followed
        case _:
            return _silent(
                side,
                words,
                translate("problem", "The calendar does not answer"),
                translate("problem", "No answer from the calendar since {moment}"),
            ), followed


def _of_refusal(error: B2CalError | None) -> tuple[str, str]:
    """Why the calendar says no, and whose the next step is: mostly the user's, but not of what IT has decided."""
    show = translate("problem", "show it to IT")
    match error:
        case CalendarBlocked():
            return translate("problem", "The organisation does not let you into the calendar"), show
        case CalendarNoMailbox():
            return translate("problem", "The account has no mailbox in Microsoft 365"), translate("problem", "ask IT")
        case CalendarNotSetUp():
            return translate("problem", "The sign-in to Microsoft 365 is not set up"), show
        case _:
            brief = translate("problem", "The calendar does not hand out its events")
            return brief, translate("problem", "check the address in the settings")


def _of_switchboard(side: ServiceHealth, words: Wording) -> tuple[str, str]:
    """What is wrong with the switchboard, and what that means."""
    until_then = translate("problem", "until then the diversion stays as it is")
    unchanged = translate("problem", "the diversion stays as it was")
    match side.health:
        case Health.NEEDS_SIGN_IN:
            return translate("problem", "Sign in to the switchboard"), until_then
        case Health.NEEDS_ADMIN_APPROVAL:
            return translate("problem", "Ask IT for approval"), until_then
        case Health.REFUSED:
            return translate("problem", "The switchboard says no"), unchanged
        case _:
            return _silent(
                side,
                words,
                translate("problem", "The switchboard does not answer"),
                translate("problem", "No answer from the switchboard since {moment}"),
            ), unchanged


def _silent(side: ServiceHealth, words: Wording, now: str, since: str) -> str:
    return now if side.since is None else since.format(moment=words.precise_moment(side.since))
