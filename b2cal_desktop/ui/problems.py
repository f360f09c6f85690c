"""What is wrong, most pressing first, and what the user can do about it."""

from __future__ import annotations

from dataclasses import dataclass

from b2cal_desktop.core.state import AppState, Health, Phase, ServiceHealth
from b2cal_desktop.ui.commands import Command, CommandName
from b2cal_desktop.ui.translations import translate
from b2cal_desktop.ui.wording import Wording

CALENDAR = "calendar"
SWITCHBOARD = "switchboard"
_WAITS_FOR_USER = (Health.NEEDS_SIGN_IN, Health.NEEDS_ADMIN_APPROVAL, Health.REFUSED)
_FINE = (Health.OK, Health.LIMITED)


@dataclass(frozen=True, slots=True)
class Problem:
    """``headline`` fits a tooltip; ``message`` says what happened, what it means and what to do.

    ``code`` stays the same while the problem does. ``needs_user`` is false where waiting is enough.
    """

    code: str
    service: str
    headline: str
    message: str
    needs_user: bool
    sign_in: bool = False
    approval: bool = False
    refused: bool = False


def problem_of(state: AppState, words: Wording) -> Problem | None:
    """The one problem to put first, or None. Switched off, nothing is a problem."""
    if state.phase is Phase.OFF:
        return None
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
    headline = _calendar_headline(side, words) if service == CALENDAR else _switchboard_headline(side, words)
    message = str(side.error.message(words.language)) if side.error else headline + "."
    return Problem(
        f"{service}_{side.health}",
        service,
        headline,
        message,
        needs_user,
        sign_in=side.health is Health.NEEDS_SIGN_IN,
        approval=side.health is Health.NEEDS_ADMIN_APPROVAL and service == CALENDAR,
        refused=side.health is Health.REFUSED,
    )


@dataclass(frozen=True, slots=True)
class Remedy:
    """What the user can do about a problem: ``label`` for a button, ``entry`` for the menu."""

    label: str
    entry: str
    does: Command


def remedy_of(problem: Problem, *, can_sign_in: bool, can_configure: bool) -> Remedy | None:
    """The next step out of ``problem``, as far as the program around the interface has it."""
    if problem.sign_in and can_sign_in:
        entry = {
            CALENDAR: translate("tray", "Sign in to the calendar…"),
            SWITCHBOARD: translate("tray", "Sign in to the switchboard…"),
        }[problem.service]
        return Remedy(translate("day", "Si&gn in…"), entry, Command(CommandName.SIGN_IN, problem.service))
    if problem.approval and can_configure:
        entry = translate("tray", "Ask IT for approval…")
        return Remedy(translate("day", "&Ask IT for approval…"), entry, Command(CommandName.ASK_APPROVAL))
    if problem.refused and can_configure:
        settings = Command(CommandName.OPEN_SETTINGS, problem.service)
        return Remedy(translate("day", "&Open the settings…"), problem.headline, settings)
    return None


def _too_old(calendar: ServiceHealth, words: Wording) -> Problem:
    if calendar.as_of is None:
        headline = translate("problem", "The calendar cannot be read – the diversion does not follow it")
    else:
        headline = translate("problem", "Calendar not read since {moment} – the diversion no longer follows it").format(
            moment=words.precise_moment(calendar.as_of)
        )
    message = str(calendar.error.message(words.language).what) if calendar.error else ""
    return Problem("calendar_too_old", CALENDAR, headline, f"{headline}. {message}".strip(), needs_user=True)


def _calendar_headline(side: ServiceHealth, words: Wording) -> str:
    if side.health is Health.NEEDS_SIGN_IN:
        return translate("problem", "Sign in again – the diversion does not follow the calendar")
    if side.health is Health.NEEDS_ADMIN_APPROVAL:
        return translate("problem", "Ask IT for approval – the diversion does not follow the calendar")
    if side.health is Health.REFUSED:
        return translate("problem", "The calendar does not hand out its events – check the address in the settings")
    if side.since is None:
        return translate("problem", "The calendar does not answer – the diversion follows the last known events")
    return translate("problem", "No answer from the calendar since {moment} – following the last known events").format(
        moment=words.precise_moment(side.since)
    )


def _switchboard_headline(side: ServiceHealth, words: Wording) -> str:
    if side.health is Health.NEEDS_SIGN_IN:
        return translate("problem", "Sign in to the switchboard – until then the diversion stays as it is")
    if side.health is Health.NEEDS_ADMIN_APPROVAL:
        return translate("problem", "Ask IT for approval – until then the diversion stays as it is")
    if side.health is Health.REFUSED:
        return translate("problem", "The switchboard says no – the diversion stays as it was")
    if side.since is None:
        return translate("problem", "The switchboard does not answer – the diversion stays as it was")
    return translate("problem", "No answer from the switchboard since {moment} – the diversion stays as it was").format(
        moment=words.precise_moment(side.since)
    )
