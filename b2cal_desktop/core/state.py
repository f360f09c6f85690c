"""One frozen value that the whole screen is drawn from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import StrEnum

from b2cal_desktop.core.errors import B2CalError
from b2cal_desktop.core.intents import Skip
from b2cal_desktop.core.model import (
    CLEAR,
    STANDARD_CATALOGUE,
    Block,
    CalendarEvent,
    Catalogue,
    DiversionState,
    Text,
    Warning,
)
from b2cal_desktop.core.rules import MailboxHours

SOME_SWITCHBOARD = Text("Växeln", "The switchboard")


class Phase(StrEnum):
    """What the app as a whole is doing."""

    RUNNING = "running"
    MANUAL = "manual"
    PAUSED = "paused"
    OFF = "off"
    NEEDS_SIGN_IN = "needs_sign_in"
    STALE = "stale"


class Health(StrEnum):
    """How one side, calendar or switchboard, is doing."""

    OK = "ok"
    STALE = "stale"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    NEEDS_SIGN_IN = "needs_sign_in"
    NEEDS_ADMIN_APPROVAL = "needs_admin_approval"
    LIMITED = "limited"


@dataclass(frozen=True, slots=True)
class ServiceHealth:
    """``as_of`` is when the side last answered well; ``error`` why it does not now; ``since`` when that began."""

    health: Health
    as_of: datetime | None = None
    error: B2CalError | None = None
    since: datetime | None = None


class ActionName(StrEnum):
    """What a cycle did to the switchboard, or would have done in a dry run."""

    NONE = "none"
    SET = "set"
    CLEAR = "clear"
    RESTORE = "restore"
    STAND_DOWN = "stand_down"


class Confirmation(StrEnum):
    """How sure we are of the last write."""

    CONFIRMED = "confirmed"
    SENT = "sent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of the ledger's history: what was written or noticed, when, by whom ("calendar", "hand", "other")."""

    at: datetime
    diversion: DiversionState
    by: str
    action: ActionName
    confirmation: Confirmation


class NoticeCode(StrEnum):
    """What the user is told once, beside the icon."""

    SOMEBODY_ELSE_STEERS = "somebody_else_steers"
    BLOCK_DISMISSED = "block_dismissed"
    SET_BY_YOURSELF = "set_by_yourself"
    MANUAL_TAKES_PRECEDENCE = "manual_takes_precedence"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class AppState:
    """The last known state of everything. ``generation`` grows with each; a late one is dropped by the screen.

    ``found`` is what the switchboard showed when the cycle began, ``seen`` what it showed last; None where it could
    not be read. ``now`` is the instant it was decided for. ``block`` is the block at ``now`` also when it is
    dismissed (then ``dismissed`` is true and ``want`` is available). ``blocks`` and ``events`` cover the days that
    are shown. ``supported`` are the diversions that the switchboard has a value for. ``manual`` is the diversion
    the app stands down for. ``confirmed_at`` is when the switchboard last showed ``want``. Where ``sends`` is false,
    ``wrote`` was sent to nobody: it is what the user is to set. ``hours`` are the mailbox's working hours, if told.
    ``failure`` is what keeps the program itself from its work (settings, disk), whatever the two sides do.
    """

    generation: int
    now: datetime
    timezone: tzinfo
    phase: Phase
    calendar: ServiceHealth
    switchboard: ServiceHealth
    want: DiversionState = CLEAR
    seen: DiversionState | None = None
    found: DiversionState | None = None
    action: ActionName = ActionName.NONE
    wrote: DiversionState | None = None
    confirmation: Confirmation | None = None
    confirmed_at: datetime | None = None
    block: Block | None = None
    dismissed: bool = False
    next_block: Block | None = None
    next_change: datetime | None = None
    manual: DiversionState | None = None
    paused_until: datetime | None = None
    enabled: bool = True
    dry_run: bool = False
    reads_back: bool = True
    knows_ends: bool = True
    sends: bool = True
    blocks: tuple[Block, ...] = ()
    events: tuple[CalendarEvent, ...] = ()
    skips: tuple[Skip, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    warnings: tuple[Warning, ...] = ()
    notices: tuple[NoticeCode, ...] = ()
    catalogue: Catalogue = field(default=STANDARD_CATALOGUE)
    supported: frozenset[str] = frozenset(STANDARD_CATALOGUE)
    switchboard_name: Text = SOME_SWITCHBOARD
    unconfirmed: Text | None = None
    hours: MailboxHours | None = None
    failure: B2CalError | None = None
