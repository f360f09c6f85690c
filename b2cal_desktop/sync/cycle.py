"""One cycle: fetch → plan → read back → reconcile → write → read back → AppState.

The calendar's side of it is ``kept_calendar``, what is told of it ``report``; here is the switchboard's.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from b2cal_desktop.core.errors import (
    SwitchboardConflict,
    SwitchboardError,
    SwitchboardNeedsSignIn,
    SwitchboardOutcomeUnknown,
)
from b2cal_desktop.core.intents import Intent
from b2cal_desktop.core.model import CLEAR, DiversionState, utc
from b2cal_desktop.core.ports import CalendarSource, Switchboard
from b2cal_desktop.core.reconcile import Decision, Manual, Memory, end_manual, reconcile, release
from b2cal_desktop.core.schedule import Schedule
from b2cal_desktop.core.state import ActionName, AppState, Confirmation, Health, HistoryEntry, ServiceHealth
from b2cal_desktop.switchboards.pace import Pace
from b2cal_desktop.sync.config import Config, Side
from b2cal_desktop.sync.hand import Hand
from b2cal_desktop.sync.kept_calendar import KeptCalendar, planned_window
from b2cal_desktop.sync.ledger import Ledger
from b2cal_desktop.sync.report import Outcome, Parts, app_state, status_row

__all__ = ["Config", "Cycle", "planned_window"]
_log = logging.getLogger(__name__)


class _NotItsTurn(Exception):
    """A write that has to wait for a second to pass since the last one."""


class Cycle:
    """Runs cycles for one calendar, one switchboard and one ledger, all on the caller's thread.

    With a ``pace`` a write that comes too soon after another is left to a later cycle; ``wait_seconds`` says when.
    Once ``abandoned`` is set, from any thread, it writes and remembers no more: somebody else leaves in its place.
    """

    def __init__(
        self,
        calendar: CalendarSource,
        switchboard: Switchboard,
        ledger: Ledger,
        config: Config,
        generation: int = 0,
        pace: Pace | None = None,
    ) -> None:
        self._config = config
        self._switchboard, self._ledger = switchboard, ledger
        self.generation, self.pace = generation, pace
        self.wait_seconds: float | None = None
        self.abandoned = False
        self._calendar = KeptCalendar(calendar, ledger, config)
        # What was written in another switchboard, or for another user in it, says nothing of this one.
        self._memory = ledger.memory_of(config.switchboard_id)
        self._hand = Hand(ledger)
        self._side = Side(ServiceHealth(Health.UNREACHABLE))
        self._last_seen: DiversionState | None = None
        self._confirmation: Confirmation | None = None
        self._confirmed_at: datetime | None = None

    @property
    def config(self) -> Config:
        """What holds from the next cycle on."""
        return self._config

    @config.setter
    def config(self, config: Config) -> None:
        self._config = self._calendar.config = config

    def sign_in_changed(self) -> None:
        """The user has acted: what a refused sign-in had stopped may be tried again, once."""
        self._calendar.side.stopped = self._side.stopped = False

    def recall(self) -> None:
        """Somebody else has written for this switchboard, and the ledger knows what."""
        self._memory = self._ledger.memory_of(self._config.switchboard_id)
        self._hand.change(let_go=False)

    def run(self, now: datetime, *, fetch: bool = True, act: bool = True, intents: Iterable[Intent] = ()) -> AppState:
        """One cycle at ``now``. Raises only LedgerDamaged.

        Without ``fetch`` the events at hand are used; without ``act`` the switchboard is left alone. A write that had
        to wait for its turn is not made: ``wait_seconds`` then says after how many seconds the next cycle is due.
        """
        now = utc(now)
        self.generation += 1
        self.wait_seconds = None
        self._calendar.forget_another()
        if fetch:
            self._calendar.fetch(now)
        self._remember(self._hand.apply(intents, self._schedule(now), self._memory, now), None)
        schedule = self._schedule(now)
        outcome = self._act(schedule, now) if act else Outcome(seen=self._known())
        return self._state(schedule, outcome, now)

    def leave(self, now: datetime, *, clear: bool) -> AppState:
        """For quitting: with ``clear`` the app's own diversion is cleared, at once, else nothing is written."""
        now = utc(now)
        self.generation += 1
        if self.pace is not None:
            self.pace.forget()
        outcome = self._let_go(now) if clear and not self.abandoned else Outcome()
        return self._state(self._schedule(now), outcome, now)

    def _schedule(self, now: datetime) -> Schedule:
        return self._calendar.schedule(now, self._hand.skips, self._hand.controls.extension)

    # What to do

    def _act(self, schedule: Schedule, now: datetime) -> Outcome:
        if self._side.stopped:
            self._hand.take_diversion()  # not to be written hours later, when somebody signs in
            return Outcome()
        by_hand: Outcome | None = None
        try:
            if not self._config.enabled or self._hand.paused_until(now) is not None:
                return self._rest(now)
            if self._hand.controls.let_go:
                self._hand.change(let_go=False)
            by_hand = self._write_by_hand(now)
            if self._calendar.is_stale(now):
                return by_hand or self._wait_out(now)
            return self._converge(schedule, now, by_hand)
        except SwitchboardError as error:
            _log.warning("switchboard: %s", error.code)
            self._side.failed(error, now)
        except _NotItsTurn:
            self.wait_seconds = self.pace.wait_seconds() if self.pace is not None else None
            return by_hand or Outcome(seen=self._known())
        return Outcome()

    def _known(self) -> DiversionState | None:
        """What the switchboard showed when it was last asked, where it answered then."""
        readable = self._switchboard.abilities.reads_back and self._side.health.error is None
        return self._last_seen if readable else None

    def _converge(self, schedule: Schedule, now: datetime, by_hand: Outcome | None) -> Outcome:
        for attempt in (1, 2):
            seen = self._read(now)
            decision = reconcile(schedule, seen, self._memory, now, self._config.policy)
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

    def _rest(self, now: datetime) -> Outcome:
        """Off or paused: let go of the app's own diversion once, then only look."""
        by_hand = self._write_by_hand(now)
        if by_hand is not None:
            return by_hand
        off = not self._config.enabled
        if not self._hand.controls.let_go and (off or not self._config.policy.self_ending):
            outcome = self._let_go(now)
            if self._side.health.error is None and not self._config.dry_run:
                self._hand.change(let_go=True)
            return outcome
        seen = self._read(now)
        return self._carry_out(end_manual(seen, self._memory, now, self._config.policy), seen, now)

    def _wait_out(self, now: datetime) -> Outcome:
        """Old knowledge is no ground to act on; but what is ours ends when it was to end, and can still be read."""
        over = self._memory.last.at(now) != self._memory.last
        if over and not self._config.policy.self_ending:
            return self._let_go(now)
        return Outcome(seen=self._read(now))

    def _let_go(self, now: datetime) -> Outcome:
        if self._side.stopped:
            return Outcome()
        try:
            seen = self._read(now)
            return self._carry_out(release(seen, self._memory, now, self._config.policy), seen, now)
        except SwitchboardError as error:
            self._side.failed(error, now)
            return Outcome()

    # What is asked and sent

    def _read(self, now: datetime) -> DiversionState | None:
        seen = self._switchboard.fetch_diversion()
        self._side.worked(now)
        if seen is not None and seen.until is not None:
            seen = replace(seen, until=utc(seen.until))
        self._last_seen = seen or self._last_seen
        return seen

    def _send(self, state: DiversionState, now: datetime) -> None:
        try:
            self._switchboard.write_diversion(state)
        finally:
            if self.pace is not None:
                self.pace.wrote()
        self._side.worked(now)

    def _require_turn(self) -> None:
        if self.abandoned:
            raise _NotItsTurn
        if self.pace is not None and self._switchboard.abilities.sends and self.pace.wait_seconds() > 0:
            raise _NotItsTurn

    def _carry_out(self, decision: Decision, seen: DiversionState | None, now: datetime) -> Outcome:
        outcome = Outcome(seen, action=decision.action, decision=decision)
        if decision.write is None:
            self._remember(decision.memory, None)
            if seen is not None and decision.action is ActionName.NONE:
                self._confirmation, self._confirmed_at = Confirmation.CONFIRMED, now
            return outcome
        if self._config.dry_run:
            self._remember(replace(decision.memory, pending=self._memory.pending), None)
            return outcome
        self._require_turn()
        # What cannot be read back may still hold an earlier write of unknown outcome, also after this one is refused.
        unknown = self._memory.pending if seen is None else None
        self._remember(decision.memory, None)
        self._write(decision.write, now, unknown)
        by = "hand" if decision.action is ActionName.RESTORE else "calendar"
        entry = HistoryEntry(now, decision.write, by, decision.action, Confirmation.SENT)
        self._remember(decision.after, entry)
        shown = self._confirm(decision.write, now)
        return replace(outcome, wrote=decision.write, shown=shown)

    def _write(self, state: DiversionState, now: datetime, unknown: DiversionState | None) -> None:
        """Write; on a clear refusal the ledger goes back to what was ``unknown`` before, else it keeps the attempt."""
        try:
            self._send(state, now)
        except SwitchboardOutcomeUnknown:
            raise
        except SwitchboardError:
            self._remember(replace(self._memory, pending=unknown), None)
            raise

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
                self._side.failed(error, now)
            return None
        if shown is not None and shown.at(now).same_as(written.at(now), ends=self._config.policy.ends):
            self._confirmation, self._confirmed_at = Confirmation.CONFIRMED, now
            self._ledger.confirm_last(Confirmation.CONFIRMED)
        return shown

    def _write_by_hand(self, now: datetime) -> Outcome | None:
        """What the user set from the tray: a manual diversion like any other, only that we know of it at once."""
        if self._hand.has_diversion and not self._config.dry_run:
            self._require_turn()
        asked = self._hand.take_diversion()
        if asked is None:
            return None
        state = DiversionState(asked.diversion, utc(asked.until) if asked.until else None)
        state = CLEAR if state.diversion == CLEAR.diversion else state
        if self._config.dry_run:
            return None
        before = self._memory
        # Kept before it is sent: what may have acted, or was sent when the process died, is the user's own.
        self._remember(_expecting(state, before, now), None)
        try:
            self._write_over(state, now)
        except SwitchboardOutcomeUnknown:
            raise
        except (SwitchboardError, _NotItsTurn) as error:
            self._remember(before, None)
            if isinstance(error, _NotItsTurn):
                self._hand.put_back(asked)
            raise
        action = ActionName.CLEAR if state == CLEAR else ActionName.SET
        memory = replace(self._memory, last=CLEAR, pending=None, replaced=None)
        self._remember(memory, HistoryEntry(now, state, "hand", action, Confirmation.SENT))
        shown = self._confirm(state, now)
        return Outcome(shown=shown, action=action, wrote=state)

    def _write_over(self, state: DiversionState, now: datetime) -> None:
        try:
            self._send(state, now)
        except SwitchboardConflict:
            self._read(now)  # somebody else's change came first; the user's hand is the later one
            self._require_turn()
            self._send(state, now)

    def _remember(self, memory: Memory, entry: HistoryEntry | None) -> None:
        if not self.abandoned and (memory != self._memory or entry is not None):
            self._ledger.keep_memory(memory, entry)
            self._memory = memory

    # What everybody is told

    def _state(self, schedule: Schedule, outcome: Outcome, now: datetime) -> AppState:
        known = Parts(
            config=self._config,
            calendar=self._calendar,
            switchboard=self._switchboard,
            side=self._side,
            hand=self._hand,
            memory=self._memory,
            history=self._ledger.history(),
            confirmation=self._confirmation,
            confirmed_at=self._confirmed_at,
        )
        state = app_state(known, schedule, outcome, now, self.generation)
        if self._ledger.warnings:
            state = replace(state, warnings=(*self._ledger.warnings, *state.warnings))
        self._ledger.keep_status(status_row(state, self._last_seen or state.want))
        return state


def _expecting(state: DiversionState, memory: Memory, now: datetime) -> Memory:
    """``memory`` while ``state``, set by the user's hand, is on its way."""
    if state == CLEAR:
        return replace(memory, pending=CLEAR, manual=None, handed_over=None)
    return replace(memory, manual=Manual(state, now), replaced=None, handed_over=None)
