"""One cycle: fetch → plan → read back → reconcile → write → read back → AppState."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from b2cal_desktop.core.errors import (
    B2CalError,
    CalendarError,
    CalendarNeedsApproval,
    CalendarNeedsSignIn,
    CalendarProblem,
    CalendarRefused,
    SwitchboardConflict,
    SwitchboardError,
    SwitchboardNeedsSignIn,
    SwitchboardOutcomeUnknown,
    SwitchboardRefused,
    SwitchboardUnknownValue,
)
from b2cal_desktop.core.intents import Intent
from b2cal_desktop.core.model import CLEAR, CalendarEvent, Catalogue, DiversionState, Text, Warning, Window, utc
from b2cal_desktop.core.ports import CalendarSource, Fetched, Switchboard
from b2cal_desktop.core.reconcile import Decision, Manual, Memory, Policy, reconcile, release
from b2cal_desktop.core.rules import Method, Rules, lint
from b2cal_desktop.core.schedule import Schedule, local_day, plan
from b2cal_desktop.core.state import (
    ActionName,
    AppState,
    Confirmation,
    Health,
    HistoryEntry,
    NoticeCode,
    Phase,
    ServiceHealth,
)
from b2cal_desktop.sync.hand import Hand
from b2cal_desktop.sync.ledger import KeptEvents, Ledger

_log = logging.getLogger(__name__)

# What is planned: far enough back for the true start of a block, far enough ahead for the end of a holiday. Whole
# days, so that a day's polls all ask the same and a calendar can say "unchanged".
DAYS_BACK, DAYS_AHEAD = 7, 35
# What the screen shows of it.
DAYS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Config:
    """What the user and the administrator decided, resolved.

    ``calendar_id`` fingerprints which calendar is read, ``switchboard_id`` in which switchboard whose diversion is set.
    """

    rules: Rules
    policy: Policy
    timezone: tzinfo
    timezone_follows_mailbox: bool
    calendar_id: str
    switchboard_id: str = ""
    enabled: bool = True
    dry_run: bool = False
    stale_after: timedelta = timedelta(hours=24)


@dataclass(slots=True)
class _Side:
    """One side as it was last met. ``stopped``: a sign-in was refused, and nothing is tried until the user acts."""

    health: ServiceHealth
    stopped: bool = False

    def worked(self, now: datetime, health: Health = Health.OK) -> None:
        self.health, self.stopped = ServiceHealth(health, now), False

    def failed(self, error: B2CalError, health: Health, now: datetime) -> None:
        since = self.health.since or now
        self.health = ServiceHealth(health, self.health.as_of, error, since)
        self.stopped = isinstance(error, CalendarNeedsSignIn | CalendarNeedsApproval | SwitchboardNeedsSignIn)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of the switchboard's part of a cycle."""

    seen: DiversionState | None = None  # before any write
    shown: DiversionState | None = None  # read back after one
    action: ActionName = ActionName.NONE
    wrote: DiversionState | None = None
    decision: Decision | None = None


class Cycle:
    """Runs cycles for one calendar, one switchboard and one ledger, all on the caller's thread."""

    def __init__(
        self, calendar: CalendarSource, switchboard: Switchboard, ledger: Ledger, config: Config, generation: int = 0
    ) -> None:
        self.config = config
        self._calendar, self._switchboard, self._ledger = calendar, switchboard, ledger
        self.generation = generation
        # What was written in another switchboard, or for another user in it, says nothing of this one.
        self._memory = ledger.memory_of(config.switchboard_id)
        self._hand = Hand(ledger)
        self._kept = self._usable(ledger.events())
        self._fetched: Fetched | None = None
        self._calendar_warnings: tuple[Warning, ...] = ()
        as_of = self._kept.as_of if self._kept else None
        self._calendar_side = _Side(ServiceHealth(Health.STALE if as_of else Health.UNREACHABLE, as_of))
        self._switchboard_side = _Side(ServiceHealth(Health.UNREACHABLE))
        self._last_seen: DiversionState | None = None
        self._confirmation: Confirmation | None = None
        self._confirmed_at: datetime | None = None

    def _usable(self, kept: KeptEvents | None) -> KeptEvents | None:
        return kept if kept is not None and kept.calendar == self.config.calendar_id else None

    @property
    def timezone(self) -> tzinfo:
        """The mailbox time zone: the calendar's own where it tells one and the settings leave it open."""
        if self.config.timezone_follows_mailbox and self._kept is not None and self._kept.timezone:
            try:
                return ZoneInfo(self._kept.timezone)
            except (ZoneInfoNotFoundError, ValueError):
                _log.warning("the mailbox time zone %r is not known here", self._kept.timezone)
        return self.config.timezone

    def sign_in_changed(self) -> None:
        """The user has acted: what a refused sign-in had stopped may be tried again, once."""
        self._calendar_side.stopped = self._switchboard_side.stopped = False

    def run(self, now: datetime, *, fetch: bool = True, act: bool = True, intents: Iterable[Intent] = ()) -> AppState:
        """One cycle at ``now``. Raises only LedgerDamaged.

        Without ``fetch`` the events at hand are used; without ``act`` the switchboard is left alone.
        """
        now = utc(now)
        self.generation += 1
        self._kept = self._usable(self._kept)
        if fetch:
            self._fetch(now)
        self._remember(self._hand.apply(intents, self._schedule(now), self._memory, now), None)
        schedule = self._schedule(now)
        outcome = self._act(schedule, now) if act else _Outcome()
        return self._state(schedule, outcome, now)

    def leave(self, now: datetime, *, clear: bool) -> AppState:
        """For quitting: with ``clear`` the app's own diversion is cleared, else nothing is written."""
        now = utc(now)
        self.generation += 1
        outcome = self._let_go(now) if clear else _Outcome()
        return self._state(self._schedule(now), outcome, now)

    # The calendar's side

    def _fetch(self, now: datetime) -> None:
        if self._calendar_side.stopped:
            return
        window = planned_window(now, self.timezone)
        try:
            fetched = self._calendar.fetch_events(window, now)
        except (CalendarError, CalendarProblem) as error:
            _log.warning("calendar: %s", error.code)
            self._calendar_side.failed(error, _calendar_health(error), now)
            return
        self._calendar_side.worked(now, Health.LIMITED if fetched.limited else Health.OK)
        unchanged = fetched is self._fetched and self._kept is not None
        self._fetched = fetched
        self._calendar_warnings = fetched.warnings
        if unchanged and self._kept is not None:
            self._kept = replace(self._kept, as_of=now)
            self._ledger.keep_as_of(now)
            return
        zone = str(fetched.timezone) if isinstance(fetched.timezone, ZoneInfo) else None
        self._kept = KeptEvents(self.config.calendar_id, now, fetched.events, zone, fetched.limited)
        on_disk = tuple(_without_secrets(event, self.config.rules) for event in fetched.events)
        self._ledger.keep_events(replace(self._kept, events=on_disk))

    def _is_stale(self, now: datetime) -> bool:
        return self._kept is None or now - self._kept.as_of >= self.config.stale_after

    def _schedule(self, now: datetime) -> Schedule:
        events = self._kept.events if self._kept else ()
        extension = self._hand.controls.extension
        return plan(
            events,
            self.config.rules,
            planned_window(now, self.timezone),
            self.timezone,
            skips=self._hand.skips,
            extensions=(extension,) if extension else (),
        )

    # The switchboard's side

    def _act(self, schedule: Schedule, now: datetime) -> _Outcome:
        if self._switchboard_side.stopped:
            self._hand.take_diversion()  # not to be written hours later, when somebody signs in
            return _Outcome()
        pause = self._hand.paused_until(now)
        if not self.config.enabled or pause is not None:
            return self._rest(now)
        if self._hand.controls.let_go:
            self._hand.change(let_go=False)
        try:
            by_hand = self._write_by_hand(now)
            if self._is_stale(now):
                return by_hand or self._wait_out(now)
            return self._converge(schedule, now, by_hand)
        except SwitchboardError as error:
            _log.warning("switchboard: %s", error.code)
            self._switchboard_side.failed(error, _switchboard_health(error), now)
            return _Outcome()

    def _converge(self, schedule: Schedule, now: datetime, by_hand: _Outcome | None) -> _Outcome:
        for attempt in (1, 2):
            seen = self._read(now)
            decision = reconcile(schedule, seen, self._memory, now, self.config.policy)
            try:
                outcome = self._carry_out(decision, seen, now)
            except SwitchboardConflict:
                if attempt == 2:
                    raise
                continue  # somebody was quicker: decide anew from what is there now
            if by_hand is not None and decision.write is None:
                return replace(outcome, action=by_hand.action, wrote=by_hand.wrote)
            return outcome
        raise AssertionError("unreachable")

    def _rest(self, now: datetime) -> _Outcome:
        """Off or paused: let go of the app's own diversion once, then only look."""
        try:
            by_hand = self._write_by_hand(now)
            if by_hand is not None:
                return by_hand
            off = not self.config.enabled
            if not self._hand.controls.let_go and (off or not self.config.policy.ends):
                outcome = self._let_go(now)
                if self._switchboard_side.health.error is None and not self.config.dry_run:
                    self._hand.change(let_go=True)
                return outcome
            return _Outcome(seen=self._read(now))
        except SwitchboardError as error:
            self._switchboard_side.failed(error, _switchboard_health(error), now)
            return _Outcome()

    def _wait_out(self, now: datetime) -> _Outcome:
        """Old knowledge is no ground to act on; but what is ours ends when it was to end, and can still be read."""
        over = self._memory.last.at(now) != self._memory.last
        return self._let_go(now) if over and not self.config.policy.ends else _Outcome(seen=self._read(now))

    def _let_go(self, now: datetime) -> _Outcome:
        if self._switchboard_side.stopped:
            return _Outcome()
        try:
            seen = self._read(now)
            return self._carry_out(release(seen, self._memory, now, self.config.policy), seen, now)
        except SwitchboardError as error:
            self._switchboard_side.failed(error, _switchboard_health(error), now)
            return _Outcome()

    def _read(self, now: datetime) -> DiversionState | None:
        seen = self._switchboard.fetch_diversion()
        self._switchboard_side.worked(now)
        if seen is not None and seen.until is not None:
            seen = replace(seen, until=utc(seen.until))
        return seen

    def _carry_out(self, decision: Decision, seen: DiversionState | None, now: datetime) -> _Outcome:
        outcome = _Outcome(seen, action=decision.action, decision=decision)
        if decision.write is None:
            self._remember(decision.memory, None)
            if seen is not None and decision.action is ActionName.NONE:
                self._confirmation, self._confirmed_at = Confirmation.CONFIRMED, now
            return outcome
        if self.config.dry_run:
            self._remember(replace(decision.memory, pending=self._memory.pending), None)
            return outcome
        # What cannot be read back may still hold an earlier write of unknown outcome, also after this one is refused.
        unknown = self._memory.pending if seen is None else None
        self._remember(decision.memory, None)
        confirmation = self._write(decision.write, now, unknown)
        by = "hand" if decision.action is ActionName.RESTORE else "calendar"
        entry = HistoryEntry(now, decision.write, by, decision.action, confirmation)
        self._remember(decision.after, entry)
        shown = self._confirm(decision.write, now)
        return replace(outcome, wrote=decision.write, shown=shown)

    def _write(self, state: DiversionState, now: datetime, unknown: DiversionState | None = None) -> Confirmation:
        """Write; on a clear refusal the ledger goes back to what was ``unknown`` before, else it keeps the attempt."""
        try:
            self._switchboard.write_diversion(state)
        except SwitchboardOutcomeUnknown:
            raise
        except SwitchboardError:
            self._remember(replace(self._memory, pending=unknown), None)
            raise
        self._switchboard_side.worked(now)
        return Confirmation.SENT

    def _confirm(self, written: DiversionState, now: datetime) -> DiversionState | None:
        """Read back what was just written: only what the switchboard shows itself is confirmed."""
        self._confirmation, self._confirmed_at = Confirmation.SENT, None
        if not self._switchboard.abilities.reads_back:
            return None
        try:
            shown = self._read(now)
        except SwitchboardError as error:
            _log.warning("switchboard: written, but not read back: %s", error.code)
            if isinstance(error, SwitchboardNeedsSignIn):
                self._switchboard_side.failed(error, _switchboard_health(error), now)
            return None
        if shown is not None and shown.at(now).same_as(written.at(now), ends=self.config.policy.ends):
            self._confirmation, self._confirmed_at = Confirmation.CONFIRMED, now
            self._ledger.confirm_last(Confirmation.CONFIRMED)
        return shown

    def _write_by_hand(self, now: datetime) -> _Outcome | None:
        """What the user set from the tray: a manual diversion like any other, only that we know of it at once."""
        asked = self._hand.take_diversion()
        if asked is None:
            return None
        state = DiversionState(asked.diversion, utc(asked.until) if asked.until else None)
        state = CLEAR if state.diversion == CLEAR.diversion else state
        if self.config.dry_run:
            return None
        before = self._memory
        # Kept before it is sent: what may have acted, or was sent when the process died, is the user's own.
        self._remember(_expecting(state, before, now), None)
        try:
            self._write_over(state, now)
        except SwitchboardOutcomeUnknown:
            raise
        except SwitchboardError:
            self._remember(before, None)
            raise
        action = ActionName.CLEAR if state == CLEAR else ActionName.SET
        memory = replace(self._memory, last=CLEAR, pending=None, replaced=None)
        self._remember(memory, HistoryEntry(now, state, "hand", action, Confirmation.SENT))
        shown = self._confirm(state, now)
        return _Outcome(shown=shown, action=action, wrote=state)

    def _write_over(self, state: DiversionState, now: datetime) -> None:
        try:
            self._switchboard.write_diversion(state)
        except SwitchboardConflict:
            self._read(now)  # somebody else's change came first; the user's hand is the later one
            self._switchboard.write_diversion(state)
        self._switchboard_side.worked(now)

    def _remember(self, memory: Memory, entry: HistoryEntry | None) -> None:
        if memory != self._memory or entry is not None:
            self._ledger.keep_memory(memory, entry)
            self._memory = memory

    # What everybody is told

    def _state(self, schedule: Schedule, outcome: _Outcome, now: datetime) -> AppState:
        shown = local_day(now, self.timezone, DAYS_SHOWN)
        events = self._kept.events if self._kept else ()
        decision = outcome.decision
        block = schedule.block_at(now)
        blocks = schedule.explained(shown)
        memory = self._memory
        dismissed = memory.dismissed is not None and memory.dismissed.covers(block)
        abilities = self._switchboard.abilities
        state = AppState(
            generation=self.generation,
            now=now,
            timezone=self.timezone,
            phase=self._phase(now),
            calendar=self._calendar_health(now),
            switchboard=self._switchboard_side.health,
            want=decision.want if decision else (CLEAR if block is None or dismissed else block.state),
            seen=outcome.shown if outcome.shown is not None else outcome.seen,
            found=outcome.seen,
            action=outcome.action,
            wrote=outcome.wrote,
            confirmation=self._confirmation,
            confirmed_at=self._confirmed_at,
            block=next((b for b in blocks if block is not None and b.start == block.start), None),
            dismissed=dismissed,
            next_block=schedule.block_after(now),
            next_change=schedule.next_edge(now),
            manual=memory.manual.state if memory.manual else None,
            paused_until=self._hand.paused_until(now),
            enabled=self.config.enabled,
            dry_run=self.config.dry_run,
            reads_back=abilities.reads_back,
            knows_ends=abilities.knows_ends,
            sends=abilities.sends,
            blocks=blocks,
            events=tuple(e for e in events if shown.touches(utc(e.start), utc(e.end))),
            skips=self._hand.skips,
            history=self._ledger.history(),
            warnings=self._warnings(events, shown),
            notices=(
                *(decision.notices if decision else ()),
                *((NoticeCode.SET_BY_YOURSELF,) if outcome.wrote is not None and not abilities.sends else ()),
            ),
            catalogue=self.config.rules.catalogue,
            supported=abilities.diversions,
            switchboard_name=self._switchboard.name,
            unconfirmed=self._switchboard.unconfirmed,
        )
        self._last_seen = state.seen or self._last_seen
        self._ledger.keep_status(status_row(state, self._last_seen or state.want))
        return state

    def _phase(self, now: datetime) -> Phase:
        if not self.config.enabled:
            return Phase.OFF
        if self._hand.paused_until(now) is not None:
            return Phase.PAUSED
        calendar_blocks = self._is_stale(now) and self._calendar_side.stopped
        if self._switchboard_side.stopped or calendar_blocks:
            return Phase.NEEDS_SIGN_IN
        if self._is_stale(now):
            return Phase.STALE
        if self._memory.manual is not None or self._memory.contested_since is not None:
            return Phase.MANUAL
        return Phase.RUNNING

    def _calendar_health(self, now: datetime) -> ServiceHealth:
        """The calendar's health; while old events still drive, an outage reads as stale, a refusal as itself."""
        side = self._calendar_side.health
        as_of = self._kept.as_of if self._kept else side.as_of
        if side.health is Health.UNREACHABLE and not self._is_stale(now):
            return replace(side, health=Health.STALE, as_of=as_of)
        return replace(side, as_of=as_of)

    def _warnings(self, events: tuple[CalendarEvent, ...], shown: Window) -> tuple[Warning, ...]:
        found = list(self._calendar_warnings)
        rules = self.config.rules
        found += [
            warning
            for event in events
            if shown.touches(utc(event.start), utc(event.end)) and (warning := lint(event, rules)) is not None
        ]
        if self._kept is not None and self._kept.limited and rules.method is not Method.STATUS:
            found.append(SUBJECTS_UNREADABLE)
        found += self._unmapped(rules.catalogue)
        return tuple(found)

    def _unmapped(self, catalogue: Catalogue) -> list[Warning]:
        rules = self.config.rules
        asked = set(rules.status.values()) if rules.method is not Method.PREFIX else set()
        if rules.method is not Method.STATUS:
            asked |= {key for key, prefixes in rules.prefixes.items() if any(prefixes)}
        missing = sorted((asked - {""}) - self._switchboard.abilities.diversions - {CLEAR.diversion})
        return [
            Warning(
                "diversion_unknown_to_switchboard",
                Text(
                    f"Växeln har ingen motsvarighet till {catalogue.label(key, 'sv')}.",
                    f"The switchboard has no counterpart to {catalogue.label(key, 'en')}.",
                ),
            )
            for key in missing
        ]


SUBJECTS_UNREADABLE = Warning(
    "subjects_unreadable",
    Text(
        "Bokningarnas ämnen går inte att läsa, så prefix kan inte användas. "
        "Be administratören om läsrätt till kalendern.",
        "The events' subjects cannot be read, so prefixes cannot be used. "
        "Ask the administrator for the right to read the calendar.",
    ),
)


def planned_window(now: datetime, tz: tzinfo) -> Window:
    """The stretch of time that is fetched and planned at ``now``: whole local days."""
    today = local_day(now, tz).start
    return Window(
        local_day(today - timedelta(days=DAYS_BACK), tz).start, local_day(today + timedelta(days=DAYS_AHEAD), tz).end
    )


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


def _expecting(state: DiversionState, memory: Memory, now: datetime) -> Memory:
    """``memory`` while ``state``, set by the user's hand, is on its way."""
    if state == CLEAR:
        return replace(memory, pending=CLEAR, manual=None)
    return replace(memory, manual=Manual(state, now), replaced=None)


def _without_secrets(event: CalendarEvent, rules: Rules) -> CalendarEvent:
    """``event`` as it may be kept on disk: of a private one only what it asks for."""
    if not event.private:
        return event
    remembered = rules.match_prefix(event.subject) if event.subject else event.remembered
    return replace(event, subject=None, location=None, remembered=remembered)


def _calendar_health(error: B2CalError) -> Health:
    if isinstance(error, CalendarNeedsApproval):
        return Health.NEEDS_ADMIN_APPROVAL
    if isinstance(error, CalendarNeedsSignIn):
        return Health.NEEDS_SIGN_IN
    return Health.REFUSED if isinstance(error, CalendarRefused) else Health.UNREACHABLE


def _switchboard_health(error: SwitchboardError) -> Health:
    if isinstance(error, SwitchboardNeedsSignIn):
        return Health.NEEDS_SIGN_IN
    refused = isinstance(error, SwitchboardRefused | SwitchboardUnknownValue)
    return Health.REFUSED if refused else Health.UNREACHABLE
