"""What people write for a company's Exchange server and for themselves on it, and what is meant by it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from b2cal_desktop.core.model import Text
from b2cal_desktop.system.network import UnsafeAddress, require_safe_address

SERVICE_PATH = "/EWS/Exchange.asmx"
_SHORT_PATHS = ("", "owa", "ecp", "ews")
_MICROSOFT = re.compile(r"(^|\.)(outlook\.com|office365\.com|office\.com|office365\.us|outlook\.cn|office\.de)$")
_MAIL_ADDRESS = re.compile(r"[^@\s]+@([\w-]+(?:\.[\w-]+)+)")
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)+")

_FORMS = Text("Skriv DOMÄN\\namn eller namn@foretag.se.", "Write DOMAIN\\name or name@company.com.")
_SERVER = Text(
    "Tillåtet är serverns namn, som mail.foretag.se, eller en adress som börjar med https://.",
    "Allowed is the server's name, such as mail.company.com, or an address that begins with https://.",
)
_MAILBOX = Text(
    "Tillåtet är en e-postadress, som namn@foretag.se.", "Allowed is an e-mail address, such as name@company.com."
)


def complete_address(text: str) -> str:
    """The address of the calendar service for what a person writes: ``mail.foretag.se``, or the whole of it."""
    text = text.strip()
    try:
        parts = urlsplit(text if "://" in text or not text else f"https://{text}")
    except ValueError:
        return text
    path = SERVICE_PATH if parts.path.strip("/").lower() in _SHORT_PATHS else parts.path
    # A name or a password in it goes the ordinary way, or not at all.
    return f"{parts.scheme.lower()}://{parts.netloc.rpartition('@')[2]}{path}" if text else ""


def server_problem(text: str) -> Text | None:
    """Why ``text`` is no address of a server that a password may be sent to; None for "", none chosen yet."""
    address = complete_address(text)
    try:
        if address:
            require_safe_address(address)
    except UnsafeAddress:
        return _SERVER
    return None if not address or address.startswith("https://") else _SERVER


def in_microsoft365(url: str) -> bool:
    """Whether ``url`` is one of Microsoft's own, where only Microsoft Graph reads calendars."""
    try:
        return bool(_MICROSOFT.search((urlsplit(url).hostname or "").lower()))
    except ValueError:
        return False


def mail_domain(text: str) -> str:
    """The mail domain of an e-mail address, or of itself; "" where ``text`` is neither."""
    domain = text.strip().rpartition("@")[2].strip(".").lower()
    return domain if _DOMAIN.fullmatch(domain) else ""


def user_problem(user: str) -> Text | None:
    """Why nobody can sign in as ``user``; None where a server may know it, with a domain or without."""
    user = user.strip()
    domain, backslash, name = user.partition("\\")
    if "\\" in name:
        return Text(f"Ett omvänt snedstreck räcker. {_FORMS.sv}", f"One backslash is enough. {_FORMS.en}")
    if "/" in user:
        return Text(f"Snedstrecket är åt fel håll. {_FORMS.sv}", f"The slash leans the wrong way. {_FORMS.en}")
    if (backslash and not (domain and name)) or user.startswith("@") or user.endswith("@") or user.count("@") > 1:
        return _FORMS
    return None


def has_domain(user: str) -> bool:
    """Whether ``user`` says which domain the account is in, by either form."""
    return "\\" in user or "@" in user


def mailbox_problem(mailbox: str) -> Text | None:
    """Why ``mailbox`` is no mailbox's address; None for "", the user's own."""
    return None if not mailbox.strip() or _MAIL_ADDRESS.fullmatch(mailbox.strip()) else _MAILBOX
