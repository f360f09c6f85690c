"""What the user's own hand asks for, from the tray, the day window or the command line.

Plain values: the interface makes them, the sync thread carries them out before its next cycle.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SyncNow:
    """Fetch and sync at once."""


@dataclass(frozen=True, slots=True)
class SwitchSync:
    """Switch sync on or off; off clears what the app has set, and only that."""

    enabled: bool


@dataclass(frozen=True, slots=True)
class Pause:
    """Write nothing until ``until``; None resumes."""

    until: datetime | None


@dataclass(frozen=True, slots=True)
class SetDiversion:
    """Set a manual diversion, as if in the softphone; ``until`` None is open-ended. ``available`` clears."""

    diversion: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class FollowCalendar:
    """What was set by hand, and an early return, count no longer: show what the calendar says, from now on."""


@dataclass(frozen=True, slots=True)
class FinishEarly:
    """The rest of the present block is dismissed."""


@dataclass(frozen=True, slots=True)
class Extend:
    """The present block lasts ``minutes`` longer."""

    minutes: int = 15


@dataclass(frozen=True, slots=True)
class Skip:
    """Leave out one occurrence, or with ``series`` every occurrence of its series. Kept until it is past.

    ``id`` is an event's id, or with ``series`` its series id; ``until`` is when the skip can be forgotten (None for a
    series, which has no end that we know).
    """

    id: str
    series: bool = False
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class UndoSkip:
    """Take a skip back."""

    id: str
    series: bool = False


Intent = SyncNow | SwitchSync | Pause | SetDiversion | FollowCalendar | FinishEarly | Extend | Skip | UndoSkip
