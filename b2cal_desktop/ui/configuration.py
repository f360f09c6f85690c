"""What settings and set-up need from the program around the interface: plain values and one protocol. Knows no Qt.

Every method of ``Configuration`` may block, and is called on a worker thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Any, Protocol

from b2cal_desktop.core.model import CalendarEvent, Text, Warning
from b2cal_desktop.core.rules import MailboxHours
from b2cal_desktop.system.secret_names import switchboard_secret
from b2cal_desktop.system.settings import Settings
from b2cal_desktop.system.settings_file import LoadedSettings


@dataclass(frozen=True, slots=True)
class FieldForm:
    """Something that a connector asks for. ``complaint`` says what is wrong with a text there, and asks nobody."""

    key: str
    label: Text
    help: Text | None = None
    secret: bool = False
    required: bool = True
    default: str | None = None
    complaint: Callable[[str], Text | None] = field(default=lambda _: None, compare=False)


@dataclass(frozen=True, slots=True)
class ConnectorForm:
    """A switchboard that can be chosen. ``values`` maps diversions to the switchboard's own values.

    ``works`` is said of a test that went well where no switchboard answered; None where one did. ``trial`` says what
    a trial would do; None where nothing is ever sent.
    """

    id: str
    label: Text
    help: Text | None = None
    unconfirmed: Text | None = None
    limits: Text | None = None
    fields: tuple[FieldForm, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    works: Text | None = None
    trial: Text | None = None

    def secret_name(self, key: str) -> str:
        """The name under which the keyring keeps the secret field ``key``."""
        return switchboard_secret(self.id, key)


@dataclass(frozen=True, slots=True)
class Opened:
    """What a window needs before it can show: the settings that hold, and the switchboards to choose from."""

    loaded: LoadedSettings
    connectors: Mapping[str, ConnectorForm]
    unfinished: Unfinished | None = None
    updates: UpdateNews | None = None


@dataclass(frozen=True, slots=True)
class UpdateNews:
    """What is known of newer versions, where there is somebody to ask: ``checked`` is when that was done last.

    ``version`` is a newer one and ``page`` where to get it. ``doubtful``: what was told last is not to be trusted.
    """

    checked: datetime | None = None
    version: str = ""
    page: str = ""
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A set-up that was left: what had been changed, and the step it was left at. Holds no secret."""

    changes: Mapping[str, Any] = field(repr=False)
    step: int = 0


@dataclass(frozen=True, slots=True)
class CalendarSample:
    """What a calendar answered to a trial; ``limited`` means free/busy only."""

    events: tuple[CalendarEvent, ...]
    timezone: tzinfo
    warnings: tuple[Warning, ...] = ()
    limited: bool = False
    hours: MailboxHours | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in to a calendar; ``notices`` are what to tell them beside that."""

    name: str
    notices: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class SignInCode:
    """A sign-in without a browser on this computer: ``code`` is to be typed at ``address`` within ``seconds``."""

    code: str
    address: str
    seconds: int


@dataclass(frozen=True, slots=True)
class CalendarChoice:
    """A calendar of the user's own; the ``primary`` one always counts."""

    id: str
    name: str
    primary: bool


@dataclass(frozen=True, slots=True)
class Approval:
    """The message to IT that asks for approval of the app; ``body`` holds ``address``, where it is given."""

    address: str
    subject: Text
    body: Text


@dataclass(frozen=True, slots=True)
class FoundServer:
    """An Exchange server that may be the company's; nobody has signed in to it. ``ways`` are those that it offers.

    With ``microsoft365`` the mailboxes are at Microsoft instead. Where it is not ``trusted``, this computer does not
    accept its certificate, and nothing more is known of it.
    """

    url: str
    host: str
    ways: tuple[str, ...] = ()
    microsoft365: bool = False
    trusted: bool = True


@dataclass(frozen=True, slots=True)
class SentRequest:
    """One request to the switchboard and what came of it, byte for byte, save the secrets.

    Where no answer came ``status`` is None, and ``failure`` says why.
    """

    at: datetime
    request: str
    answer: str
    status: int | None
    failure: Text | None = None

    def outcome(self, language: str) -> str:
        """What came back, as it came; else why nothing did."""
        return f"{self.failure.to(language)}." if self.failure is not None else self.answer


class CheckStatus(StrEnum):
    """How good a check's result is."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check found; ``remedy`` says what to do, where there is something."""

    status: CheckStatus
    title: Text
    text: Text
    remedy: Text | None = None


@dataclass(frozen=True, slots=True)
class TrialStep:
    """One step of a trial of the switchboard, with what went over the wire, secrets masked."""

    status: CheckStatus
    title: Text
    text: Text
    requests: tuple[SentRequest, ...] = ()


@dataclass(frozen=True, slots=True)
class TrialResult:
    """What came of a trial, when it is over."""

    status: CheckStatus
    text: Text


class Configuration(Protocol):
    """The program around the settings and the set-up."""

    def open(self) -> Opened:
        """Read settings, policy, connectors and an unfinished set-up; raises B2CalError."""
        ...

    def save(self, changes: Mapping[str, Any], secrets: Mapping[str, str]) -> LoadedSettings:
        """Write ``changes`` and keep ``secrets``; raises B2CalError or OSError, and then nothing has changed."""
        ...

    def keep_unfinished(self, unfinished: Unfinished | None) -> None:
        """Remember where the set-up was left; None forgets it."""
        ...

    def kept_secrets(self, connector: str) -> frozenset[str]:
        """The secret fields of ``connector`` that the keyring has."""
        ...

    def test_switchboard(self, settings: Settings, secrets: Mapping[str, str]) -> tuple[tuple[str, Text], ...]:
        """Ask the switchboard of ``settings`` whether it lets us in, and for its values; changes nothing there."""
        ...

    def try_switchboard(
        self, settings: Settings, secrets: Mapping[str, str], diversion: str, tell: Callable[[TrialStep], None]
    ) -> TrialResult:
        """Set ``diversion`` in the switchboard of ``settings`` and put back what was there; no sync runs meanwhile.

        ``tell`` hears of each step as it is done, on the worker thread.
        """
        ...

    def read_calendar(self, settings: Settings, secrets: Mapping[str, str]) -> CalendarSample:
        """The events of today and the week after it from the calendar of ``settings``."""
        ...

    def find_servers(self, address: str, stop: threading.Event) -> tuple[FoundServer, ...]:
        """The Exchange servers at the usual addresses of an e-mail address's domain, until ``stop`` is set.

        Nothing that could tell who asks is sent to any of them.
        """
        ...

    def sign_in(
        self,
        settings: Settings | None,
        cancel: threading.Event,
        *,
        another: bool = False,
        show_code: Callable[[SignInCode], None] | None = None,
    ) -> SignedIn:
        """Sign in to the calendar of ``settings`` (None: of the saved ones); waits for the user, or for ``cancel``.

        ``another`` lets them choose the account. With ``show_code`` it is by a code, which that is given on the
        worker's thread, else by the browser.
        """
        ...

    def signed_in_as(self, settings: Settings) -> SignedIn | None:
        """Who is signed in to the calendar of ``settings``; None where nobody is."""
        ...

    def sign_out(self, settings: Settings) -> None:
        """Forget the calendar's sign-in and its events, everywhere they were kept; raises B2CalError."""
        ...

    def list_calendars(self, settings: Settings) -> tuple[CalendarChoice, ...]:
        """The user's own calendars, to choose from; raises CalendarError."""
        ...

    def approval(self, settings: Settings | None = None) -> Approval:
        """The message to IT that asks for approval of the app of ``settings`` (None: of the saved ones)."""
        ...

    def starts_at_log_in(self) -> tuple[bool, bool]:
        """Whether the app starts at log-in, and whether the administrator has decided that."""
        ...

    def start_at_log_in(self, wanted: bool) -> None:
        """Start at log-in from now on, or no longer; raises B2CalError."""
        ...

    def sent_requests(self) -> tuple[SentRequest, ...]:
        """The last requests to the switchboard, newest first."""
        ...
