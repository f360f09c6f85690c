"""The user's own hand: what came from the tray, carried out or kept before a cycle decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from b2cal_desktop.core.intents import Extend, FinishEarly, FollowCalendar, Intent, Pause, SetDiversion, Skip, UndoSkip
from b2cal_desktop.core.model import AVAILABLE, Block, utc
from b2cal_desktop.core.reconcile import Dismissal, Memory
from b2cal_desktop.core.schedule import Extension, Schedule
from b2cal_desktop.sync.ledger import Controls, Ledger

# A skip outlives its event by this: the event still has its say in the margin after it, and in the block it is part of.
_SKIP_LASTS = timedelta(days=1)


class Hand:
    """Keeps skips, pause and extension in the ledger, and the one diversion that waits to be written."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.controls = ledger.controls()
        self.skips = ledger.skips()
        self._diversion: SetDiversion | None = None

    def paused_until(self, now: datetime) -> datetime | None:
        """The end of a pause that still lasts, or None."""
        until = self.controls.paused_until
        return until if until is not None and until > now else None

    def change(self, *, let_go: bool) -> None:
        """Keep whether what was ours has been cleared for a pause or for being off."""
        self._keep(replace(self.controls, let_go=let_go))

    @property
    def has_diversion(self) -> bool:
        """Whether a diversion waits to be written."""
        return self._diversion is not None

    def put_back(self, asked: SetDiversion) -> None:
        """``asked`` was taken before its turn."""
        self._diversion = self._diversion or asked

    def take_diversion(self) -> SetDiversion | None:
        """The diversion that waits to be written, once; a failed write is not tried again behind the user's back."""
        asked, self._diversion = self._diversion, None
        return asked

    def apply(self, intents: Iterable[Intent], schedule: Schedule, memory: Memory, now: datetime) -> Memory:
        """Carry out ``intents`` at ``now``; what they change for the next decision is in the memory returned."""
        block = schedule.block_at(now)
        for intent in intents:
            match intent:
                case Pause(until):
                    self._keep(replace(self.controls, paused_until=utc(until) if until else None, let_go=False))
                case SetDiversion(diversion, _):
                    self._diversion = intent
                    if diversion == AVAILABLE and block is not None:
                        memory = replace(memory, dismissed=Dismissal(block.diversion, now))
                case FollowCalendar():
                    memory = memory.following_again()
                case FinishEarly() if block is not None:
                    self._keep(replace(self.controls, extension=None))
                    memory = replace(memory, dismissed=Dismissal(block.diversion, now))
                case Extend(minutes) if block is not None:
                    self._extend(block, timedelta(minutes=minutes))
                case Skip():
                    self._ledger.add_skip(intent)
                    self.skips = self._ledger.skips()
                case UndoSkip(id, series):
                    self._undo(id, series=series)
                case _:
                    pass  # SyncNow is the cycle itself; SwitchSync is a setting, and arrives as one
        self._forget_the_past(now)
        return memory

    def _extend(self, block: Block, by: timedelta) -> None:
        before = self.controls.extension
        start, end = block.end, block.end
        # Made longer before: by an earlier click that is in the block already, or one of the same moment that is not.
        if before is not None and before.diversion == block.diversion and before.start <= block.end <= before.end:
            start, end = before.start, before.end
        self._keep(replace(self.controls, extension=Extension(block.diversion, start, end + by)))

    def _forget_the_past(self, now: datetime) -> None:
        for skip in self.skips:
            if skip.until is not None and skip.until + _SKIP_LASTS <= now:
                self._undo(skip.id, series=skip.series)
        extension = self.controls.extension
        if extension is not None and extension.end <= now:
            self._keep(replace(self.controls, extension=None))

    def _undo(self, id: str, *, series: bool) -> None:
        self._ledger.drop_skip(id, series=series)
        self.skips = self._ledger.skips()

    def _keep(self, controls: Controls) -> None:
        if controls != self.controls:
            self._ledger.keep_controls(controls)
            self.controls = controls
