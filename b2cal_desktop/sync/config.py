"""What a cycle is told of the settings, and how each of its two sides is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from b2cal_desktop.core.errors import (
    B2CalError,
    CalendarNeedsApproval,
    CalendarNeedsSignIn,
    CalendarRefused,
    SwitchboardNeedsSignIn,
    SwitchboardRefused,
    SwitchboardUnknownValue,
)
from b2cal_desktop.core.reconcile import Policy
from b2cal_desktop.core.rules import Rules
from b2cal_desktop.core.state import Health, ServiceHealth

_NEEDS_SIGN_IN = (CalendarNeedsSignIn, SwitchboardNeedsSignIn)
_REFUSED = (CalendarRefused, SwitchboardRefused, SwitchboardUnknownValue)


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
    tells_changes: bool = False
    stale_after: timedelta = timedelta(hours=24)


@dataclass(slots=True)
class Side:
    """One side as it was last met. ``stopped``: a sign-in was refused, and nothing is tried until the user acts."""

    health: ServiceHealth
    stopped: bool = False

    def worked(self, now: datetime, health: Health = Health.OK) -> None:
        """It answered at ``now``."""
        self.health, self.stopped = ServiceHealth(health, now), False

    def failed(self, error: B2CalError, now: datetime) -> None:
        """It did not, and why."""
        since = self.health.since or now
        self.health = ServiceHealth(_health(error), self.health.as_of, error, since)
        self.stopped = isinstance(error, (CalendarNeedsApproval, *_NEEDS_SIGN_IN))


def _health(error: B2CalError) -> Health:
    if isinstance(error, CalendarNeedsApproval):
        return Health.NEEDS_ADMIN_APPROVAL
    if isinstance(error, _NEEDS_SIGN_IN):
        return Health.NEEDS_SIGN_IN
    return Health.REFUSED if isinstance(error, _REFUSED) else Health.UNREACHABLE
