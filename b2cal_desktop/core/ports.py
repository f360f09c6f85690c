"""What the engine needs from the world, as protocols; the packages around it fill them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Protocol

from b2cal_desktop.core.model import CalendarEvent, DiversionState, Text, Warning, Window
from b2cal_desktop.core.rules import MailboxHours


@dataclass(frozen=True, slots=True)
class Fetched:
    """A calendar's answer. ``limited`` means free/busy only: subjects could not be read.

    ``timezone`` is the mailbox's own where the calendar tells it; None means: use the setting or the computer's.
    ``hours`` are its owner's working hours, likewise; None means: use the settings'.
    """

    events: tuple[CalendarEvent, ...]
    warnings: tuple[Warning, ...] = ()
    limited: bool = False
    timezone: tzinfo | None = None
    hours: MailboxHours | None = None


class CalendarSource(Protocol):
    """Where events come from. One object per configured calendar, used from one thread."""

    def fetch_events(self, window: Window, now: datetime) -> Fetched:
        """Every event that touches ``window``; raises CalendarError or CalendarProblem, and nothing else.

        The answer may be the same object as last time where the calendar says that nothing changed.
        """
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a switchboard can do. ``diversions`` are the catalogue keys it has a value for.

    Where ``honours_ends`` is false it keeps the end that it is told, and shows the diversion all the same once that
    has passed. ``poll_seconds`` is how often it may be asked at most, 0 where it does not say. Where ``sends`` is
    false nothing reaches it: the user sets the diversion, and the app says which.
    """

    reads_back: bool
    knows_ends: bool
    diversions: frozenset[str]
    poll_seconds: float = 0
    sends: bool = True
    honours_ends: bool = True

    @property
    def self_ending(self) -> bool:
        """Whether the switchboard itself takes a diversion back at its end."""
        return self.knows_ends and self.honours_ends


class Switchboard(Protocol):
    """Where diversions go. One object per configured switchboard, used from one thread."""

    @property
    def abilities(self) -> Abilities:
        """What it can do; known without asking it."""
        ...

    @property
    def name(self) -> Text:
        """What people call it."""
        ...

    @property
    def unconfirmed(self) -> Text | None:
        """What has not been proven of this interface, or None where it is confirmed."""
        ...

    def fetch_diversion(self) -> DiversionState | None:
        """What it shows now, or None where it cannot be read back; raises SwitchboardError, and nothing else."""
        ...

    def write_diversion(self, state: DiversionState) -> None:
        """Set ``state``, or clear where it is ``available``; returns when the switchboard has accepted it.

        Raises SwitchboardError, and nothing else; SwitchboardOutcomeUnknown where it may have acted.
        """
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


class SecretStore(Protocol):
    """The computer's keyring, or memory where there is none. May block: never call it on the GUI thread."""

    def get_secret(self, name: str) -> str | None:
        """The secret kept under ``name``; raises SecretsUnavailable."""
        ...

    def set_secret(self, name: str, value: str) -> None:
        """Keep ``value`` under ``name``; raises SecretsUnavailable."""
        ...

    def delete_secret(self, name: str) -> None:
        """Forget ``name``; it is no error if there is none."""
        ...


class Clock(Protocol):
    """The one place that knows what time it is."""

    def now(self) -> datetime:
        """The present instant, aware."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go backwards; they may stand still while the computer sleeps."""
        ...
