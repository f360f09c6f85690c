"""What everybody is told of a cycle: the one frozen ``AppState``, and the row that ``status`` prints."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from b2cal_desktop.core.model import CLEAR, Catalogue, DiversionState, Text, Warning, utc
from b2cal_desktop.core.ports import Switchboard
from b2cal_desktop.core.reconcile import Decision, Memory
from b2cal_desktop.core.rules import Rules
from b2cal_desktop.core.schedule import Schedule, local_day
from b2cal_desktop.core.state import ActionName, AppState, Confirmation, HistoryEntry, NoticeCode, Phase
from b2cal_desktop.sync.config import Config, Side
from b2cal_desktop.sync.hand import Hand
from b2cal_desktop.sync.kept_calendar import KeptCalendar

# What the screen shows of what is planned.
DAYS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the switchboard's part of a cycle."""

    seen: DiversionState | None = None  # before any write
    shown: DiversionState | None = None  # read back after one
    action: ActionName = ActionName.NONE
    wrote: DiversionState | None = None
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """What a cycle knows when it is over. ``confirmation`` is of the last write, ``confirmed_at`` of what is shown."""

    config: Config
    calendar: KeptCalendar
    switchboard: Switchboard
    side: Side
    hand: Hand
    memory: Memory
    history: tuple[HistoryEntry, ...]
    confirmation: Confirmation | None
    confirmed_at: datetime | None


def app_state(known: Parts, schedule: Schedule, outcome: Outcome, now: datetime, generation: int) -> AppState:
    """The state at ``now``, for the screen and for the commands."""
    calendar, memory, abilities = known.calendar, known.memory, known.switchboard.abilities
    shown = local_day(now, calendar.timezone, DAYS_SHOWN)
    decision = outcome.decision
    block = schedule.block_at(now)
    blocks = schedule.explained(shown)
    dismissed = memory.dismissed is not None and memory.dismissed.covers(block)
    catalogue = known.config.rules.catalogue
    return AppState(
        generation=generation,
        now=now,
        timezone=calendar.timezone,
        phase=_phase(known, now),
        calendar=calendar.health(now),
        switchboard=known.side.health,
        want=decision.want if decision else (CLEAR if block is None or dismissed else block.state),
        seen=outcome.shown if outcome.shown is not None else outcome.seen,
        found=outcome.seen,
        action=outcome.action,
        wrote=outcome.wrote,
        confirmation=known.confirmation,
        confirmed_at=known.confirmed_at,
        block=next((b for b in blocks if block is not None and b.start == block.start), None),
        dismissed=dismissed,
        next_block=schedule.block_after(now),
        next_change=schedule.next_edge(now),
        manual=memory.manual.state if memory.manual else None,
        paused_until=known.hand.paused_until(now),
        enabled=known.config.enabled,
        dry_run=known.config.dry_run,
        reads_back=abilities.reads_back,
        knows_ends=abilities.knows_ends,
        sends=abilities.sends,
        blocks=blocks,
        events=tuple(e for e in calendar.events if shown.touches(utc(e.start), utc(e.end))),
        skips=known.hand.skips,
        history=known.history,
        warnings=(*calendar.warnings(shown), *_unmapped(known.config.rules, abilities.diversions, catalogue)),
        notices=(*(decision.notices if decision else ()), *_change_notices(known, outcome)),
        catalogue=catalogue,
        supported=abilities.diversions,
        switchboard_name=known.switchboard.name,
        unconfirmed=known.switchboard.unconfirmed,
        hours=calendar.hours,
    )


def _change_notices(known: Parts, outcome: Outcome) -> tuple[NoticeCode, ...]:
    """What the user has to set by hand is always told, a change of the app's own where the user wants to know."""
    if outcome.wrote is not None and not known.switchboard.abilities.sends:
        return (NoticeCode.SET_BY_YOURSELF,)
    by_calendar = outcome.wrote is not None and outcome.decision is not None and outcome.decision.write is not None
    return (NoticeCode.CHANGED,) if by_calendar and known.config.tells_changes else ()


def _phase(known: Parts, now: datetime) -> Phase:
    if not known.config.enabled:
        return Phase.OFF
    if known.hand.paused_until(now) is not None:
        return Phase.PAUSED
    stale = known.calendar.is_stale(now)
    if known.side.stopped or (stale and known.calendar.side.stopped):
        return Phase.NEEDS_SIGN_IN
    if stale:
        return Phase.STALE
    if known.memory.manual is not None or known.memory.contested_since is not None:
        return Phase.MANUAL
    return Phase.RUNNING


def _unmapped(rules: Rules, supported: frozenset[str], catalogue: Catalogue) -> list[Warning]:
    return [
        Warning(
            "diversion_unknown_to_switchboard",
            Text(
                f"Växeln har ingen motsvarighet till {catalogue.label(key, 'sv')}.",
                f"The switchboard has no counterpart to {catalogue.label(key, 'en')}.",
            ),
        )
        for key in sorted(rules.asked_for - supported)
    ]


def status_row(state: AppState, shown: DiversionState) -> dict[str, object]:
    """The last known state as ``status --json`` prints it: JSON types only, no subject, no place.

    ``shown`` is what the switchboard showed when it was last read.
    """
    return {
        "now": state.now.astimezone(state.timezone).isoformat(),
        "diversion": shown.diversion,
        "until": shown.until and shown.until.astimezone(state.timezone).isoformat(),
        "phase": state.phase.value,
        "calendar": {
            "health": state.calendar.health.value,
            "as_of": state.calendar.as_of and state.calendar.as_of.astimezone(state.timezone).isoformat(),
        },
        "switchboard": {"health": state.switchboard.health.value},
        "next_change": state.next_change and state.next_change.astimezone(state.timezone).isoformat(),
    }
