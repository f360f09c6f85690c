"""``doctor --try-switchboard``: a diversion is set and taken back again, because the user asked for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing

from b2cal_desktop.assembly import build_switchboard, try_chosen
from b2cal_desktop.context import Context
from b2cal_desktop.core.errors import B2CalError, ProfileInUse
from b2cal_desktop.core.model import AVAILABLE, Text
from b2cal_desktop.doctor.findings import Finding, Level, from_error
from b2cal_desktop.switchboards.connector_trial import Finding as Found
from b2cal_desktop.switchboards.connector_trial import Step
from b2cal_desktop.switchboards.pace import Pace
from b2cal_desktop.switchboards.trial_report import exit_code, summary
from b2cal_desktop.sync.ledger import Ledger
from b2cal_desktop.system.profile_lock import ProfileLock
from b2cal_desktop.system.settings import Settings

CHECK = "switchboard"
# Harmless, and not what an office shows by chance; the first of them that the switchboard has.
_SUGGESTED = ("lunch", "meeting", "busy")


def try_switchboard(context: Context, tell: Callable[[Step], None]) -> Finding:
    """The trial of the switchboard in the settings; ``tell`` hears of each step. Not while a sync runs."""
    try:
        settings = context.load().settings
        with ProfileLock(context.profile), closing(Ledger(context.profile.ledger)) as ledger:
            return _try(context, settings, ledger, tell)
    except ProfileInUse:
        text = Text(
            "Programmet är igång, så växeln provas där: Inställningar → Växel → Testa anslutningen.",
            "The app is running, so the switchboard is tried there: Settings → Switchboard → Test connection.",
        )
        return Finding(CHECK, Level.WARNING, text)
    except B2CalError as error:
        return from_error(CHECK, error)


def _try(context: Context, settings: Settings, ledger: Ledger, tell: Callable[[Step], None]) -> Finding:
    with closing(build_switchboard(context, settings, ledger)) as switchboard:
        abilities = switchboard.abilities
    if not abilities.sends:
        text = Text("Inget skickas till växeln, så det finns inget att prova.", "Nothing is sent, so nothing is tried.")
        return Finding(CHECK, Level.OK, text)
    others = sorted(abilities.diversions - {AVAILABLE, *_SUGGESTED})
    diversion = next((key for key in (*_SUGGESTED, *others) if key in abilities.diversions), AVAILABLE)
    steps: list[Step] = []
    with closing(try_chosen(context, settings, diversion, ledger, Pace(context.clock))) as trial:
        for step in trial:
            steps.append(step)
            tell(step)
    return Finding(CHECK, _level(steps), summary(steps), exit_code=exit_code(steps) or 1)


def _level(steps: Sequence[Step]) -> Level:
    if exit_code(steps) != 0:
        return Level.PROBLEM
    return Level.OK if any(step.finding is Found.CONFIRMED for step in steps) else Level.WARNING
