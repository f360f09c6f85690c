"""Builds the parts that a profile's settings ask for; the commands and the tray app join them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from b2cal_desktop.core.errors import CalendarRefused, SecretsUnavailable, SettingsProblem
from b2cal_desktop.core.model import Text, Window
from b2cal_desktop.core.ports import CalendarSource, Fetched, SecretStore, Switchboard
from b2cal_desktop.switchboards.connector import Connector
from b2cal_desktop.switchboards.connector_file import shipped_connectors
from b2cal_desktop.sync.cycle import Config, Cycle
from b2cal_desktop.sync.ledger import Ledger
from b2cal_desktop.sync.loop import Timing
from b2cal_desktop.system.paths import Profile
from b2cal_desktop.system.settings import Settings
from b2cal_desktop.system.settings_file import LoadedSettings
from b2cal_desktop.system.zones import system_timezone


class MissingCalendar:
    """Stands where no calendar can be read yet, and says why each time it is asked."""

    def __init__(self, problem: Text) -> None:
        self._problem = problem

    def fetch_events(self, window: Window, now: datetime) -> Fetched:  # noqa: ARG002  the port's signature
        """Raise CalendarRefused with the reason."""
        raise CalendarRefused("B2Cal Desktop", self._problem)

    def close(self) -> None:
        """Nothing to let go of."""


NO_CALENDAR_CHOSEN = Text(
    "ingen kalender är vald; ange den under [calendar.icalendar] i settings.toml",
    "no calendar has been chosen; give it under [calendar.icalendar] in settings.toml",
)
SOURCE_NOT_BUILT = Text(
    "den här versionen läser kalenderfiler och kalenderlänkar, ännu inte Microsoft 365 eller Exchange",
    "this version reads calendar files and calendar links, not yet Microsoft 365 or Exchange",
)


@dataclass(slots=True)
class Parts:
    """One profile's engine, assembled. ``close`` lets go of connections and of the ledger."""

    cycle: Cycle
    calendar: CalendarSource
    switchboard: Connector
    ledger: Ledger
    timing: Timing

    def close(self) -> None:
        """Let go of connections and of the ledger."""
        self.calendar.close()
        self.switchboard.close()
        self.ledger.close()


def assemble(profile: Profile, loaded: LoadedSettings, secrets: Callable[[], SecretStore]) -> Parts:
    """The engine for ``profile``; raises ConnectorProblem, SettingsProblem or LedgerDamaged.

    ``secrets`` opens the keyring; it is called on the sync thread, and only when a secret is asked for.
    """
    settings = loaded.settings
    ledger = Ledger(profile.ledger)
    try:
        switchboard = build_switchboard(profile, settings, secrets, ledger)
        calendar = build_calendar(settings, computer_timezone(settings))
        cycle = Cycle(calendar, switchboard, ledger, build_config(settings, switchboard))
    except BaseException:
        ledger.close()
        raise
    return Parts(cycle, calendar, switchboard, ledger, build_timing(settings, ledger))


def rebuild(parts: Parts, profile: Profile, loaded: LoadedSettings, secrets: Callable[[], SecretStore]) -> Parts:
    """New parts by changed settings on the same ledger; the old connections are let go of only once they stand."""
    settings = loaded.settings
    switchboard = build_switchboard(profile, settings, secrets, parts.ledger)
    calendar = build_calendar(settings, computer_timezone(settings))
    config = build_config(settings, switchboard)
    cycle = Cycle(calendar, switchboard, parts.ledger, config, parts.cycle.generation)
    parts.calendar.close()
    parts.switchboard.close()
    return Parts(cycle, calendar, switchboard, parts.ledger, build_timing(settings, parts.ledger))


def computer_timezone(settings: Settings) -> tzinfo:
    """The zone that the settings name, else this computer's."""
    return settings.timezone(system_timezone())


def build_calendar(settings: Settings, timezone: tzinfo) -> CalendarSource:
    """The calendar that the settings ask for. Nothing is read yet."""
    source = settings.calendar.source
    if source != "icalendar":
        return MissingCalendar(SOURCE_NOT_BUILT)
    chosen = settings.calendar.icalendar
    if not chosen.location:
        return MissingCalendar(NO_CALENDAR_CHOSEN)
    from b2cal_desktop.calendars.icalendar_file import ICalendarSource

    return ICalendarSource(chosen.location, user=chosen.user, timezone=timezone)


def build_switchboard(
    profile: Profile, settings: Settings, secrets: Callable[[], SecretStore], ledger: Ledger
) -> Connector:
    """The switchboard that the settings ask for. Nothing is sent yet.

    The ledger's last write settles which of two diversions is meant where a switchboard has one value for both.
    """
    connectors = shipped_connectors((profile.connectors,))
    chosen = settings.switchboard.connector
    if chosen not in connectors:
        raise SettingsProblem(
            str(profile.settings),
            None,
            "switchboard.connector",
            Text(
                f"växeln ”{chosen}” finns inte; det här finns: {', '.join(sorted(connectors))}",
                f"there is no switchboard {chosen!r}; there are: {', '.join(sorted(connectors))}",
            ),
        )

    def secret(field: str) -> str | None:
        try:
            return secrets().get_secret(switchboard_secret(chosen, field))
        except SecretsUnavailable:
            # Without a keyring nothing can have been kept; the switchboard says itself whether it needs a sign-in.
            return None

    last = ledger.memory().last.diversion
    return Connector(connectors[chosen], settings.switchboard.fields, secret, settings.catalogue(), last_written=last)


def switchboard_secret(connector: str, field: str) -> str:
    """The name under which the keyring keeps a connector's secret field."""
    return f"switchboard/{connector}/{field}"


def build_config(settings: Settings, switchboard: Switchboard) -> Config:
    """What the cycle has to know of the settings."""
    catalogue = settings.catalogue()
    return Config(
        rules=settings.to_rules(catalogue),
        policy=settings.policy(switchboard.abilities.knows_ends),
        timezone=computer_timezone(settings),
        timezone_follows_mailbox=settings.calendar.timezone == "auto",
        calendar_id=calendar_id(settings),
        switchboard_id=switchboard_id(settings),
        enabled=settings.sync.enabled,
        dry_run=settings.sync.dry_run,
        stale_after=timedelta(hours=settings.sync.stale_after_hours),
    )


def build_timing(settings: Settings, ledger: Ledger) -> Timing:
    """How often to look, with this computer's own offsets."""
    edge_share, poll_share = ledger.offsets()
    return Timing(settings.sync.poll_seconds, settings.sync.edge_spread_seconds, edge_share, poll_share)


def calendar_id(settings: Settings) -> str:
    """A fingerprint of which calendar is read; a published link is a secret, so it is not kept itself."""
    calendar = settings.calendar
    parts = {
        "icalendar": (calendar.icalendar.location, calendar.icalendar.user),
        "exchange": (calendar.exchange.url, calendar.exchange.user, calendar.exchange.mailbox),
        "microsoft365": (calendar.microsoft365.cloud, calendar.microsoft365.tenant, calendar.microsoft365.client_id),
    }[calendar.source]
    return _fingerprint(calendar.source, *parts)


def switchboard_id(settings: Settings) -> str:
    """A fingerprint of which switchboard is written to, and for whom."""
    fields = settings.switchboard.fields
    return _fingerprint(settings.switchboard.connector, *(f"{key}={fields[key]}" for key in sorted(fields)))


def _fingerprint(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
