"""A trial of the switchboard, as the ledger has to know it while it lasts.

The trial's diversion is kept as a write of the app's own whose outcome is unknown, and what it took the place of as
something that the app replaced. Should the program die in between, the next cycle finds that out by the ordinary rules:
what is shown is the app's own, and what was there before comes back.
"""

from __future__ import annotations

from dataclasses import replace

from b2cal_desktop.core.model import AVAILABLE, DiversionState
from b2cal_desktop.core.ports import Clock
from b2cal_desktop.sync.ledger import Ledger


class TrialRecord:
    """The record of one trial in ``switchboard`` (a fingerprint), whether or not that is the one in use."""

    def __init__(self, ledger: Ledger, switchboard: str, clock: Clock) -> None:
        self._ledger, self._switchboard, self._clock = ledger, switchboard, clock
        self._before = ledger.recall(switchboard)

    @property
    def believed(self) -> DiversionState | None:
        """What was written last, by the app or by hand, and still lasts."""
        memory = self._before
        manual = memory.manual.state if memory.manual is not None else None
        return (manual or memory.pending or memory.last).at(self._clock.now())

    def begin(self, asked: DiversionState, before: DiversionState | None, *, readable: bool) -> None:
        """Keep that ``asked`` is about to take the place of ``before``."""
        memory = replace(self._before, pending=asked)
        if before is not None and not self._is_own(before):
            seen = memory.manual.first_seen if memory.manual is not None else self._clock.now()
            memory = replace(memory, replaced=before, replaced_seen=seen)
        if not readable:
            memory = replace(memory, manual=None)  # what cannot be read is not to be taken for somebody else's
        self._ledger.keep_for(self._switchboard, memory)

    def end(self, *, restored: bool) -> None:
        """All is as it was; or else the next cycle sees to it."""
        if restored:
            self._ledger.keep_for(self._switchboard, self._before)

    def _is_own(self, before: DiversionState) -> bool:
        memory = self._before
        manual = memory.manual is not None and memory.manual.state.diversion == before.diversion
        own = (memory.last, memory.pending)
        return before.diversion == AVAILABLE or (
            not manual and any(state is not None and state.diversion == before.diversion for state in own)
        )
