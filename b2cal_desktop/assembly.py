"""Builds the parts that a profile's settings ask for; the commands and the tray app join them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import partial

from b2cal_desktop.context import Context
from b2cal_desktop.core.errors import (
    CalendarPasswordRefused,
    CalendarRefused,
    ConnectorProblem,
    LedgerDamaged,
    SettingsProblem,
)
from b2cal_desktop.core.model import Text, Window
from b2cal_desktop.core.ports import CalendarSource, Fetched, Switchboard
from b2cal_desktop.switchboards.choices import ChosenSwitchboard, find_choice, open_switchboard, usable_choices
from b2cal_desktop.switchboards.command import COMMAND
from b2cal_desktop.switchboards.connector_trial import Step, try_switchboard
from b2cal_desktop.switchboards.pace import Pace
from b2cal_desktop.sync.cycle import Config, Cycle
from b2cal_desktop.sync.ledger import KeptEvents, Ledger
from b2cal_desktop.sync.loop import Timing
from b2cal_desktop.sync.one_try import OneTry
from b2cal_desktop.sync.trial_record import TrialRecord
from b2cal_desktop.system.exchange_address import complete_address
from b2cal_desktop.system.network import host_of
from b2cal_desktop.system.secret_names import EXCHANGE_PASSWORD, switchboard_secret
from b2cal_desktop.system.settings import ICalendarSettings, Settings
from b2cal_desktop.system.settings_file import LoadedSettings
from b2cal_desktop.system.toml_file import read_toml
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
    "ingen kalender är vald; välj fil eller länk under Kalender i inställningarna, eller ange den under "
    "[calendar.icalendar] i settings.toml",
    "no calendar has been chosen; choose a file or link under Calendar in the settings, or give it under "
    "[calendar.icalendar] in settings.toml",
)
NO_SERVER_CHOSEN = Text(
    "ingen server är vald; välj Hitta min server under Kalender i inställningarna, eller ange adressen under "
    "[calendar.exchange] i settings.toml",
    "no server has been chosen; choose Find my server under Calendar in the settings, or give the address under "
    "[calendar.exchange] in settings.toml",
)


@dataclass(slots=True)
class Parts:
    """One profile's engine, assembled. ``close`` lets go of connections and of the ledger."""

    cycle: Cycle
    calendar: CalendarSource
    switchboard: ChosenSwitchboard
    ledger: Ledger
    timing: Timing

    def close(self) -> None:
        """Let go of connections and of the ledger."""
        self.calendar.close()
        self.switchboard.close()
        self.ledger.close()


def assemble(
    context: Context,
    loaded: LoadedSettings,
    changed: Callable[[], None] | None = None,
    pace: Pace | None = None,
) -> Parts:
    """The engine for the context's profile; raises ConnectorProblem, SettingsProblem or LedgerDamaged.

    ``changed`` is called, from any thread, where a calendar tells by itself that something in it is new. The keyring
    is opened later, on the sync thread, and only when a secret is asked for. With a ``pace`` no write comes too soon
    after another; the cycle must then be run again when it says so, as the loop does.
    """
    settings = loaded.settings
    ledger = Ledger(context.profile.ledger)
    for warning in ledger.warnings:
        context.tell(warning)
    try:
        switchboard = build_switchboard(context, settings, ledger)
        calendar = _tried_once(build_calendar(context, settings, changed), ledger, settings)
        cycle = Cycle(calendar, switchboard, ledger, build_config(context, settings, switchboard), pace=pace)
    except BaseException:
        ledger.close()
        raise
    return Parts(cycle, calendar, switchboard, ledger, build_timing(settings, ledger, switchboard))


def rebuild(
    parts: Parts,
    context: Context,
    loaded: LoadedSettings,
    changed: Callable[[], None] | None = None,
    leave: Callable[[], object] = lambda: None,
) -> Parts:
    """New parts by changed settings on the same ledger; the old connections are let go of only once they stand.

    ``leave`` is called, with everything still as it was, where another switchboard or user takes the place of this one.
    """
    settings = loaded.settings
    switchboard = build_switchboard(context, settings, parts.ledger)
    calendar = _tried_once(build_calendar(context, settings, changed), parts.ledger, settings)
    config = build_config(context, settings, switchboard)
    if config.switchboard_id != parts.cycle.config.switchboard_id:
        leave()
    cycle = Cycle(calendar, switchboard, parts.ledger, config, parts.cycle.generation, parts.cycle.pace)
    parts.calendar.close()
    parts.switchboard.close()
    return Parts(cycle, calendar, switchboard, parts.ledger, build_timing(settings, parts.ledger, switchboard))


def leave_beside(context: Context, settings: Settings) -> None:
    """Clear what the app has set, on connections of its own, for one whose others wait; raises B2CalError."""
    with (
        closing(Ledger(context.profile.ledger, wait_seconds=1.0, heals=False)) as ledger,
        closing(build_switchboard(context, settings, ledger)) as switchboard,
    ):
        config = build_config(context, settings, switchboard)
        cycle = Cycle(MissingCalendar(NO_CALENDAR_CHOSEN), switchboard, ledger, config)
        cycle.leave(context.clock.now(), clear=True)


def computer_timezone(settings: Settings) -> tzinfo:
    """The zone that the settings name, else this computer's."""
    return settings.timezone(system_timezone())


def build_calendar(context: Context, settings: Settings, changed: Callable[[], None] | None = None) -> CalendarSource:
    """The calendar that the settings ask for. Nothing is read yet."""
    timezone = computer_timezone(settings)
    match settings.calendar.source:
        case "microsoft365":
            return _graph_calendar(context, settings, timezone)
        case "exchange":
            return _exchange_calendar(context, settings, timezone, changed)
        case _:
            return _icalendar(settings.calendar.icalendar, timezone)


def _icalendar(chosen: ICalendarSettings, timezone: tzinfo) -> CalendarSource:
    if not chosen.location:
        return MissingCalendar(NO_CALENDAR_CHOSEN)
    from b2cal_desktop.calendars.icalendar_file import ICalendarSource

    return ICalendarSource(chosen.location, user=chosen.user, timezone=timezone)


def _graph_calendar(context: Context, settings: Settings, timezone: tzinfo) -> CalendarSource:
    from b2cal_desktop.calendars.graph import GraphCalendar

    account = context.microsoft_account(settings)
    follow = settings.calendar.timezone == "auto"
    root = account.registration.graph_root
    further = settings.calendar.microsoft365.calendars
    return GraphCalendar(root=root, token=account, timezone=timezone, follow_mailbox=follow, calendars=further)


def _exchange_calendar(
    context: Context, settings: Settings, timezone: tzinfo, changed: Callable[[], None] | None
) -> CalendarSource:
    chosen = settings.calendar.exchange
    if not chosen.url:
        return MissingCalendar(NO_SERVER_CHOSEN)
    from b2cal_desktop.calendars.exchange import ExchangeCalendar

    return ExchangeCalendar(
        chosen.url,
        user=chosen.user,
        password=partial(context.find_secret, EXCHANGE_PASSWORD),
        mailbox=chosen.mailbox,
        version=chosen.version,
        auth=chosen.auth,
        timezone=timezone,
        changed=changed,
    )


def _tried_once(calendar: CalendarSource, ledger: Ledger, settings: Settings) -> CalendarSource:
    """Where a password is sent to the calendar, one that was refused is not tried again until the user acts."""
    sign_in = _password_sign_in(settings)
    if not sign_in:
        return calendar
    return OneTry(calendar, ledger, sign_in, _exchange_host(settings))


def refused_before(context: Context, settings: Settings) -> CalendarPasswordRefused | None:
    """What the calendar said when it last refused the password that it would be sent now; None where it may be tried.

    For whoever only looks, beside the engine: a look must not cost a try, or a few would lock the account. A damaged
    ledger knows of nothing, and is left where it is.
    """
    sign_in = _password_sign_in(settings)
    if not sign_in or not context.profile.ledger.exists():
        return None
    try:
        with closing(Ledger(context.profile.ledger, wait_seconds=2.0, heals=False)) as ledger:
            return CalendarPasswordRefused(_exchange_host(settings)) if ledger.refused_sign_in() == sign_in else None
    except LedgerDamaged:
        return None


def kept_events(context: Context) -> KeptEvents | None:
    """The last good events, for whoever only looks; None where there are none, or the ledger cannot be read."""
    if not context.profile.ledger.exists():
        return None
    try:
        with closing(Ledger(context.profile.ledger, wait_seconds=2.0, heals=False)) as ledger:
            return ledger.events()
    except LedgerDamaged:
        return None


def _password_sign_in(settings: Settings) -> str:
    """A fingerprint of who signs in where with a password, and how; "" where none is sent."""
    chosen = settings.calendar.exchange
    if settings.calendar.source != "exchange" or chosen.auth == "sso" or not chosen.user:
        return ""
    return _fingerprint("sign-in", chosen.url, chosen.user, chosen.auth)


def _exchange_host(settings: Settings) -> str:
    return host_of(complete_address(settings.calendar.exchange.url))


def build_switchboard(context: Context, settings: Settings, ledger: Ledger) -> ChosenSwitchboard:
    """The switchboard that the settings ask for. Nothing is sent yet.

    The ledger's last write settles which of two diversions is meant where a switchboard has one value for both.
    """
    chosen = settings.switchboard.connector
    choice = find_choice(chosen, context.connector_folders)
    if choice is None:
        known = ", ".join(sorted(usable_choices(context.connector_folders)))
        text = Text(
            f"växeln ”{chosen}” finns inte; det här finns: {known}",
            f"there is no switchboard {chosen!r}; there are: {known}",
        )
        raise _wrong_in_settings(context.loaded, text, "switchboard", "connector")
    if choice is COMMAND:
        _require_users_own(context.load(), settings)

    asked: dict[str, str | None] = {}

    def secret(field: str) -> str | None:
        """Without a keyring none; the switchboard says itself whether it needs a sign-in.

        The keyring is asked once: a sign-in, here or from a terminal, has the switchboard built anew.
        """
        if field not in asked:
            found = context.find_secret(switchboard_secret(chosen, field))
            if context.secrets_problem is not None:
                return found
            asked[field] = found
        return asked[field]

    last = ledger.recall(switchboard_id(settings)).last.diversion
    try:
        return open_switchboard(choice, settings.switchboard.fields, secret, settings.catalogue(), last_written=last)
    except ConnectorProblem as error:
        if error.key is None or error.key not in [field.key for field in choice.fields]:
            raise
        # The file is as it should be; what was filled in is not.
        raise _wrong_in_settings(context.loaded, error.problem, "switchboard", "fields", error.key) from None


def _wrong_in_settings(loaded: LoadedSettings, problem: Text, *keys: str) -> SettingsProblem:
    """Names the settings file, or the policy where that locks ``keys``, and the line."""
    path, under = loaded.path, list(keys)
    if loaded.policy is not None and loaded.is_locked(".".join(keys)):
        path, under = loaded.policy.path, ["locked", *keys]
    line = None
    with suppress(SettingsProblem):
        line = read_toml(path, problem=SettingsProblem).line_of(*under)
    return SettingsProblem(str(path), line, ".".join(under), problem)


def try_chosen(
    context: Context, settings: Settings, diversion: str, ledger: Ledger, pace: Pace
) -> Generator[Step, None, None]:
    """The steps of a trial of the switchboard that ``settings`` ask for: ``diversion`` is set and taken back again.

    The caller sees to it that nobody else uses ``ledger`` meanwhile, and no sync runs. Raises ConnectorProblem and
    SettingsProblem at once.
    """
    switchboard = build_switchboard(context, settings, ledger)
    record = TrialRecord(ledger, switchboard_id(settings), context.clock)
    return try_switchboard(switchboard, settings.catalogue(), diversion, clock=context.clock, pace=pace, record=record)


def _require_users_own(loaded: LoadedSettings, settings: Settings) -> None:
    """A program is run only where the user's own file names it, with all that it is given; a policy cannot."""
    own = loaded.raw.get("switchboard", {})
    if own.get("connector") != COMMAND.id or dict(own.get("fields", {})) != settings.switchboard.fields:
        text = Text(
            "Ett eget program körs bara när användarens egna inställningar anger det, med alla fält; "
            "företagets policy kan inte göra det",
            "A program is run only where the user's own settings name it, with every field; company policy cannot",
        )
        raise SettingsProblem(str(loaded.path), None, "switchboard", text)


def build_config(context: Context, settings: Settings, switchboard: Switchboard) -> Config:
    """What the cycle has to know of the settings."""
    catalogue = settings.catalogue()
    return Config(
        rules=settings.to_rules(catalogue),
        policy=settings.policy(switchboard.abilities.knows_ends, switchboard.abilities.honours_ends),
        timezone=computer_timezone(settings),
        timezone_follows_mailbox=settings.calendar.timezone == "auto",
        calendar_id=calendar_id(context, settings),
        switchboard_id=switchboard_id(settings),
        enabled=settings.sync.enabled,
        dry_run=settings.sync.dry_run,
        tells_changes=settings.notifications.changes,
        stale_after=timedelta(hours=settings.sync.stale_after_hours),
    )


def build_timing(settings: Settings, ledger: Ledger, switchboard: Switchboard) -> Timing:
    """How often to look, never more often than the switchboard wants, with this computer's own offsets."""
    edge_share, poll_share = ledger.offsets()
    poll_seconds = max(settings.sync.poll_seconds, switchboard.abilities.poll_seconds)
    return Timing(poll_seconds, settings.sync.edge_spread_seconds, edge_share, poll_share)


def calendar_id(context: Context, settings: Settings) -> str:
    """A fingerprint of whose calendar is read, and where; a published link is a secret, so it is not kept itself."""
    calendar = settings.calendar
    match calendar.source:
        case "microsoft365":
            chosen = calendar.microsoft365
            identity = context.microsoft_account(settings).identity
            account = identity.home_account_id if identity is not None else ""
            parts: tuple[str, ...] = (chosen.cloud, chosen.authority, chosen.graph_root, account)
        case "exchange":
            parts = (calendar.exchange.url, calendar.exchange.user, calendar.exchange.mailbox)
        case _:
            parts = (calendar.icalendar.location, calendar.icalendar.user)
    return _fingerprint(calendar.source, *parts)


def forget_calendar(context: Context, settings: Settings) -> None:
    """Forget the sign-in to the calendar of ``settings`` and the events that were read by it; raises B2CalError."""
    try:
        if settings.calendar.source == "microsoft365":
            context.microsoft_account(settings).sign_out()
        else:
            context.secret_store.delete_secret(EXCHANGE_PASSWORD)
    finally:
        if context.profile.ledger.exists():
            with closing(Ledger(context.profile.ledger)) as ledger:
                ledger.forget_events()


def switchboard_id(settings: Settings) -> str:
    """A fingerprint of which switchboard is written to, and for whom."""
    fields = settings.switchboard.fields
    return _fingerprint(settings.switchboard.connector, *(f"{key}={fields[key]}" for key in sorted(fields)))


def _fingerprint(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
