"""Joins the windows of settings and set-up to calendars, switchboards, keyring and files. Knows no Qt.

Everything here may block and is called on a window's worker thread; nothing here writes to a switchboard. What is
heavy is imported there too: the icon does not wait for it.
"""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from b2cal_desktop.context import Context
from b2cal_desktop.core.errors import CalendarNeedsSignIn, SecretsUnavailable, SettingsProblem
from b2cal_desktop.core.model import Text, Window
from b2cal_desktop.core.ports import SecretStore
from b2cal_desktop.core.schedule import local_day
from b2cal_desktop.system.paths import Profile
from b2cal_desktop.system.policy import PolicyFile
from b2cal_desktop.system.private_files import write_private_file
from b2cal_desktop.system.secret_names import switchboard_secret
from b2cal_desktop.system.settings import Settings
from b2cal_desktop.system.settings_file import LoadedSettings, save_settings
from b2cal_desktop.ui.configuration import (
    Approval,
    CalendarChoice,
    CalendarSample,
    FoundServer,
    Opened,
    SentRequest,
    SignedIn,
    SignInCode,
    TrialResult,
    TrialStep,
    Unfinished,
    UpdateNews,
)

if TYPE_CHECKING:
    from b2cal_desktop.engine import Lent
    from b2cal_desktop.switchboards.choices import Choice
    from b2cal_desktop.switchboards.connector_http import Exchange
    from b2cal_desktop.switchboards.connector_trial import Step

T = TypeVar("T")
_TRIAL_SECONDS = 15.0
_DAYS = 8
_UNFINISHED_LIMIT = 1_000_000


class RunningEngine(Protocol):
    """What is needed of the engine beside this."""

    def signed_in(self) -> None:
        """A secret is new: what was refused may be tried again."""
        ...

    def signed_out(self) -> None:
        """The calendar's sign-in is gone."""
        ...

    def lend(self, work: Callable[[Lent], T]) -> T:
        """Do ``work`` where no sync can run meanwhile; blocks."""
        ...

    def exchanges(self) -> Iterable[Exchange]:
        """The last requests to the switchboard, oldest first, secrets masked."""
        ...


class ProfileConfiguration:
    """The ``Configuration`` of one profile. ``engine`` is the one that runs on it.

    ``servers_of`` tells where an e-mail address's Exchange server may be; the usual addresses unless said otherwise.
    """

    def __init__(
        self, context: Context, engine: RunningEngine, servers_of: Callable[[str], Iterable[str]] | None = None
    ) -> None:
        self._context, self._engine, self._servers_of = context, engine, servers_of

    def open(self) -> Opened:
        """Read settings, policy, connectors and an unfinished set-up; raises B2CalError."""
        from b2cal_desktop.connector_views import connector_form
        from b2cal_desktop.switchboards.choices import usable_choices

        connectors = usable_choices(self._context.connector_folders)
        forms = {id: connector_form(file) for id, file in connectors.items()}
        loaded = self._context.load()
        return Opened(loaded, forms, self._unfinished(), update_news(self._context.profile, loaded.settings))

    def save(self, changes: Mapping[str, Any], secrets: Mapping[str, str]) -> LoadedSettings:
        """Keep ``secrets`` in the keyring, then write ``changes``; the engine notices the file by itself."""
        if secrets:
            self._context.try_keyring_again()
            store = self._context.secret_store
            for name, value in secrets.items():
                store.set_secret(name, value)
        profile = self._context.profile
        profile.create()
        loaded = save_settings(profile.settings, changes, self._context.load().policy)
        if loaded.settings.calendar.is_named and any(key.startswith("calendar.") for key in changes):
            self.keep_unfinished(None)  # a set-up that was left has got its answer here
        if secrets:
            self._engine.signed_in()
        return loaded

    def kept_secrets(self, connector: str) -> frozenset[str]:
        """The secret fields of ``connector`` that the keyring has; raises SecretsUnavailable."""
        file = self._connector(connector)
        store = self._context.secret_store
        secret = [field.key for field in file.fields if field.secret]
        return frozenset(key for key in secret if store.get_secret(switchboard_secret(connector, key)))

    def test_switchboard(self, settings: Settings, secrets: Mapping[str, str]) -> tuple[tuple[str, Text], ...]:
        """Read something with ``settings`` and ``secrets``; raises SwitchboardError or ConnectorProblem."""
        from b2cal_desktop.switchboards.choices import open_switchboard

        chosen = settings.switchboard.connector

        def secret(field: str) -> str | None:
            name = switchboard_secret(chosen, field)
            try:
                return secrets.get(name) or self._context.secret_store.get_secret(name)
            except SecretsUnavailable:
                return None

        connector = open_switchboard(
            self._connector(chosen),
            settings.switchboard.fields,
            secret,
            settings.catalogue(),
            answer_seconds=_TRIAL_SECONDS,
        )
        with closing(connector):
            connector.check()
            return connector.list_diversions()

    def try_switchboard(
        self, settings: Settings, secrets: Mapping[str, str], diversion: str, tell: Callable[[TrialStep], None]
    ) -> TrialResult:
        """Set ``diversion`` and put back what was there, while no sync runs; ``tell`` hears of each step, on a thread.

        Raises SwitchboardError, ConnectorProblem or SettingsProblem before anything was written.
        """
        from b2cal_desktop.assembly import try_chosen
        from b2cal_desktop.connector_views import status_of_all, trial_step
        from b2cal_desktop.switchboards.trial_report import summary

        context = self._with_secrets(secrets)

        def work(lent: Lent) -> TrialResult:
            done: list[Step] = []
            with closing(try_chosen(context, settings, diversion, lent.ledger, lent.pace)) as steps:
                for step in steps:
                    done.append(step)
                    tell(trial_step(step))
                    if lent.stopping():
                        break  # what was there is put back on the way out
            return TrialResult(status_of_all(done), summary(done))

        return self._engine.lend(work)

    def read_calendar(self, settings: Settings, secrets: Mapping[str, str]) -> CalendarSample:
        """Today's events and the coming week's, with ``secrets`` before the keyring's; raises CalendarError."""
        from b2cal_desktop.assembly import build_calendar, computer_timezone

        zone = computer_timezone(settings)
        now = self._context.clock.now()
        with closing(build_calendar(self._with_secrets(secrets), settings)) as calendar:
            today = local_day(now, zone)
            window = Window(today.start, local_day(today.start + timedelta(days=_DAYS, hours=2), zone).start)
            fetched = calendar.fetch_events(window, now)
        if not secrets and settings.calendar == self._context.load().settings.calendar:
            self._engine.signed_in()  # what had been refused works again, and it is the user who has tried
        return CalendarSample(
            fetched.events, fetched.timezone or zone, fetched.warnings, fetched.limited, fetched.hours
        )

    def find_servers(self, address: str, stop: threading.Event) -> tuple[FoundServer, ...]:
        """The Exchange servers that answer, without credentials, at the usual addresses of ``address``'s domain."""
        from b2cal_desktop.calendars.exchange_find import find_server, usual_addresses

        addresses = (self._servers_of or usual_addresses)(address)
        return tuple(
            FoundServer(found.url, found.host, found.schemes, found.microsoft365, found.trusted)
            for found in find_server(addresses, stop.is_set)
        )

    def sign_in(
        self,
        settings: Settings | None,
        cancel: threading.Event,
        *,
        another: bool = False,
        show_code: Callable[[SignInCode], None] | None = None,
    ) -> SignedIn:
        """Sign in where the calendar is Microsoft 365; raises CalendarError otherwise."""
        chosen = settings or self._context.load().settings
        if chosen.calendar.source != "microsoft365":
            raise CalendarNeedsSignIn(chosen.calendar.source)
        self._context.profile.create()
        account = self._context.microsoft_account(chosen)
        if show_code is None:
            identity = account.sign_in_interactive(cancel, another=another)
        else:
            show = show_code
            identity = account.sign_in_device_code(
                lambda device: show(SignInCode(device.code, device.address, device.seconds)), cancel
            )
        self._engine.signed_in()
        return SignedIn(identity.username, account.notices)

    def signed_in_as(self, settings: Settings) -> SignedIn | None:
        """Who is signed in to Microsoft 365; None where nobody is, or the calendar is another one."""
        if settings.calendar.source != "microsoft365":
            return None
        account = self._context.microsoft_account(settings)
        return SignedIn(account.identity.username, account.notices) if account.identity is not None else None

    def sign_out(self, settings: Settings) -> None:
        """Forget the calendar's sign-in and events, and let the engine know; raises B2CalError."""
        from b2cal_desktop.assembly import forget_calendar

        try:
            forget_calendar(self._context, settings)
        finally:
            self._engine.signed_out()

    def list_calendars(self, settings: Settings) -> tuple[CalendarChoice, ...]:
        """The calendars of whoever is signed in to Microsoft 365; raises CalendarError."""
        from b2cal_desktop.assembly import build_calendar
        from b2cal_desktop.calendars.graph import GraphCalendar

        with closing(build_calendar(self._context, settings)) as calendar:
            if not isinstance(calendar, GraphCalendar):
                return ()
            names = calendar.list_calendars(self._context.clock.now())
        return tuple(CalendarChoice(name.id, name.name, name.primary) for name in names)

    def approval(self, settings: Settings | None = None) -> Approval:
        """The message to IT that asks for approval of the app in Microsoft 365."""
        request = self._context.microsoft_account(settings or self._context.load().settings).approval
        return Approval(request.address, request.subject, request.body)

    def starts_at_log_in(self) -> tuple[bool, bool]:
        """Whether the app starts at log-in, and whether the administrator has decided that."""
        from b2cal_desktop.system.autostart import autostart_state

        state = autostart_state()
        return state.enabled, state.by_administrator

    def start_at_log_in(self, wanted: bool) -> None:
        """Start at log-in from now on, or no longer; raises AutostartFailed."""
        from b2cal_desktop.system.autostart import set_autostart

        set_autostart(wanted)

    def sent_requests(self) -> tuple[SentRequest, ...]:
        """The last requests to the switchboard, newest first."""
        from b2cal_desktop.connector_views import sent_request

        return tuple(sent_request(exchange) for exchange in reversed(tuple(self._engine.exchanges())))

    # --- a set-up that was left

    def keep_unfinished(self, unfinished: Unfinished | None) -> None:
        """Remember where the set-up was left, for this user alone; None forgets it."""
        path = unfinished_path(self._context.profile)
        if unfinished is None:
            path.unlink(missing_ok=True)
            return
        self._context.profile.create()
        content = {"changes": dict(unfinished.changes), "step": unfinished.step}
        write_private_file(path, json.dumps(content).encode())

    def _unfinished(self) -> Unfinished | None:
        try:
            content = unfinished_path(self._context.profile).read_bytes()
            data = json.loads(content) if len(content) < _UNFINISHED_LIMIT else {}
            return Unfinished(dict(data["changes"]), int(data["step"]))
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None  # there is none, or it is damaged: the set-up begins anew

    # --- parts

    def _with_secrets(self, secrets: Mapping[str, str]) -> Context:
        """The same context for a trial, in which what was just typed counts before it is kept."""
        trial = copy.copy(self._context)
        trial.secret_store = TrialSecrets(secrets, self._context.secrets)
        return trial

    def _connector(self, id: str) -> Choice:
        from b2cal_desktop.switchboards.choices import find_choice

        choice = find_choice(id, self._context.connector_folders)
        if choice is None:
            text = Text(f"växeln ”{id}” finns inte", f"there is no switchboard {id!r}")
            raise SettingsProblem(str(self._context.profile.settings), None, "switchboard.connector", text)
        return choice


class TrialSecrets:
    """Secrets that were typed but not kept yet, before those of the keyring. Keeps nothing."""

    def __init__(self, typed: Mapping[str, str], kept: Callable[[], SecretStore]) -> None:
        self._typed, self._kept = typed, kept

    def get_secret(self, name: str) -> str | None:
        """What was typed, else what the keyring has; raises SecretsUnavailable."""
        return self._typed.get(name) or self._kept().get_secret(name)

    def set_secret(self, name: str, value: str) -> None:
        """Keep ``value`` in the keyring: a sign-in of its own, which no typed secret is."""
        self._kept().set_secret(name, value)

    def delete_secret(self, name: str) -> None:
        """Forget ``name`` in the keyring."""
        self._kept().delete_secret(name)


def needs_set_up(profile: Profile, loaded: LoadedSettings) -> bool:
    """Whether the set-up was left, or no calendar has been chosen yet by the user or the administrator."""
    if unfinished_path(profile).exists():
        return True
    calendar = loaded.settings.calendar
    if calendar.source != "microsoft365":
        return not calendar.is_named
    return loaded.stamp is None and not _says_source(loaded)


def _says_source(loaded: LoadedSettings) -> bool:
    policy: PolicyFile | None = loaded.policy
    layers = [loaded.raw, *((policy.defaults.data, policy.locked.data) if policy else ())]
    return any("source" in layer.get("calendar", {}) for layer in layers)


def update_news(profile: Profile, settings: Settings) -> UpdateNews | None:
    """What is known of newer versions; None where there is nobody to ask."""
    from b2cal_desktop.system.updates import has_source, newer, remembered

    if not has_source(settings.updates):
        return None
    state = remembered(profile, settings.updates)
    update = newer(state)
    doubtful = state.problem in ("update_not_signed", "update_replayed")
    return UpdateNews(state.checked, update.version if update else "", update.page if update else "", doubtful)


def unfinished_path(profile: Profile) -> Path:
    """Where a set-up that was left is kept."""
    return profile.folder / "set-up.json"
