"""Where people of each Microsoft cloud sign in, where that cloud's Graph is, and what is asked of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol
from urllib.parse import quote, urlsplit

from b2cal_desktop.core.model import Text
from b2cal_desktop.system.network import UnsafeAddress, host_of, require_safe_address

READ_BASIC = "Calendars.ReadBasic"
READ = "Calendars.Read"
MAILBOX_SETTINGS = "MailboxSettings.Read"
# Both cover every calendar that the person owns, and no one else's: those would need Calendars.Read.Shared.
# https://learn.microsoft.com/graph/permissions-reference#calendars-permissions
PERMISSIONS: Mapping[str, str] = MappingProxyType({"basic": READ_BASIC, "full": READ})


@dataclass(frozen=True, slots=True)
class Cloud:
    """An authority and the Graph that goes with it; tokens of one are worth nothing in another."""

    login: str
    graph_root: str
    short_scopes: bool = False


# https://learn.microsoft.com/graph/deployments
CLOUDS: Mapping[str, Cloud] = MappingProxyType(
    {
        "global": Cloud("https://login.microsoftonline.com", "https://graph.microsoft.com", short_scopes=True),
        "usgov": Cloud("https://login.microsoftonline.us", "https://graph.microsoft.us"),
        "usdod": Cloud("https://login.microsoftonline.us", "https://dod-graph.microsoft.us"),
        "china": Cloud("https://login.partner.microsoftonline.cn", "https://microsoftgraph.chinacloudapi.cn"),
    }
)


class MicrosoftSettings(Protocol):
    """What the settings file says of Microsoft 365."""

    @property
    def tenant(self) -> str: ...
    @property
    def client_id(self) -> str: ...
    @property
    def cloud(self) -> str: ...
    @property
    def authority(self) -> str: ...
    @property
    def graph_root(self) -> str: ...
    @property
    def permission(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Registration:
    """How the app is known to one cloud. ``authority`` ends in the tenant, without a slash, as ``graph_root`` does.

    ``scopes`` are what the calendar is read by; ``more_scopes`` are asked for too, and done without where they are
    not granted. ``problem`` is why nobody can sign in with it, or None.
    """

    client_id: str
    authority: str
    graph_root: str
    scopes: tuple[str, ...] = (READ_BASIC,)
    more_scopes: tuple[str, ...] = ()
    problem: Text | None = field(default=None, compare=False)

    @classmethod
    def from_settings(cls, settings: MicrosoftSettings, *, mailbox: bool = False) -> Registration:
        """The registration that the settings describe; what is wrong with them is in ``problem``.

        ``mailbox``: the mailbox's own working hours are wanted too.
        """
        if settings.cloud == "custom":
            authority, root, short = settings.authority.rstrip("/"), settings.graph_root.rstrip("/"), True
        else:
            cloud = CLOUDS[settings.cloud]
            authority, root, short = f"{cloud.login}/{quote(settings.tenant)}", cloud.graph_root, cloud.short_scopes
        before = "" if short else f"{root}/"
        scopes = (before + PERMISSIONS[settings.permission],)
        more = (before + MAILBOX_SETTINGS,) if mailbox else ()
        return cls(settings.client_id.strip(), authority, root, scopes, more, _problem(settings, authority, root))

    @property
    def host(self) -> str:
        """Where people sign in."""
        return host_of(self.authority)

    @property
    def tenant(self) -> str:
        """The last part of the authority: a tenant's name or id, or ``organizations``."""
        return self.authority.rpartition("/")[2]

    def admin_consent_url(self, tenant: str | None = None) -> str:
        """Where an administrator approves the app for everybody; ``tenant`` where it is known better than here.

        https://learn.microsoft.com/entra/identity/enterprise-apps/grant-admin-consent
        """
        known = f"{self.authority.rpartition('/')[0]}/{quote(tenant)}" if tenant else self.authority
        return f"{known}/adminconsent?client_id={quote(self.client_id)}"


def _problem(settings: MicrosoftSettings, authority: str, root: str) -> Text | None:
    if not settings.client_id.strip():
        return Text(
            "appens id saknas (calendar.microsoft365.client_id)",
            "the app's id is missing (calendar.microsoft365.client_id)",
        )
    if settings.cloud != "custom":
        return None if settings.tenant else _wrong("tenant")
    return (None if _is_address(authority, path=True) else _wrong("authority", "https://host/tenant")) or (
        None if _is_address(root, path=False) else _wrong("graph_root", "https://host")
    )


def _is_address(url: str, *, path: bool) -> bool:
    try:
        require_safe_address(url)
    except UnsafeAddress:
        return False
    parts = urlsplit(url)
    # msal signs in by https only; Graph on this computer itself may be plain.
    return (parts.scheme == "https" or not path) and bool(parts.path) == path and not parts.query and not parts.username


def _wrong(key: str, example: str = "") -> Text:
    name = f"calendar.microsoft365.{key}"
    if not example:
        return Text(f"{name} saknas", f"{name} is missing")
    return Text(f"{name} ska se ut som {example}", f"{name} should look like {example}")


# What approval gives, in plain words, for a person and for the administrator who is asked.
GRANTS = Text(
    "Godkännandet låter B2Cal Desktop läsa kalendern för den som själv är inloggad: tid, ämnesrad, plats och om "
    "tiden är upptagen. Det ger inget lösenord, ingen e-post, inga andras kalendrar och ingen rätt att ändra något. "
    "Bokningarna läses på den egna datorn; till växeln går bara hänvisningen och när den slutar.",
    "The approval lets B2Cal Desktop read the calendar of the person who is signed in: time, subject, place and "
    "whether the time is busy. It gives no password, no mail, nobody else's calendar and no right to change anything. "
    "Events are read on the person's own computer; the switchboard is told only the diversion and when it ends.",
)


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """A ready-made message to the administrator: the consent address and what it grants."""

    address: str
    subject: Text
    body: Text


def approval_request(address: str) -> ApprovalRequest:
    """The message that asks for approval at ``address``."""
    return ApprovalRequest(
        address,
        Text("Godkänn B2Cal Desktop i Microsoft 365", "Please approve B2Cal Desktop in Microsoft 365"),
        Text(
            f"Hej,\n\njag vill låta min Outlook-kalender sköta hänvisningen i växeln med B2Cal Desktop. Appen behöver "
            f"godkännas av en administratör, en gång för hela organisationen:\n\n{address}\n\n{GRANTS.sv}\n",
            f"Hello,\n\nI would like my Outlook calendar to keep my diversion in the switchboard with B2Cal Desktop. "
            f"The app has to be approved by an administrator, once for the whole organisation:\n\n{address}\n\n"
            f"{GRANTS.en}\n",
        ),
    )
