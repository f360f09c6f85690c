"""Who may ask: tokens, the Host header and the Origin header."""

from __future__ import annotations

import base64
import binascii
import hmac
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from urllib.parse import urlsplit

from b2cal_desktop.core.errors import UsageError
from b2cal_desktop.switchboards.practice.http_messages import Problem, bad_request, forbidden

_CHALLENGE = 'Bearer realm="practice switchboard"'
_PAGE_CHALLENGE = 'Basic realm="practice switchboard", charset="UTF-8"'


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever showed a good token; `only_user` None may write for everyone."""

    only_user: str | None = None

    def require_write(self, user: str) -> None:
        """Raises 403 unless this caller may set the diversion of `user` and read the history."""
        if self.only_user is not None and self.only_user != user:
            raise forbidden(f"This token belongs to {self.only_user}; it does not reach {user}.")


class Access:
    """The rules of who may ask; tokens are compared in constant time and never shown."""

    def __init__(self, host: str, token: str | None, user_tokens: Mapping[str, str]) -> None:
        """Raises UsageError for an empty token, and beyond loopback where there is none."""
        self.on_loopback = is_loopback(host)
        if token == "" or "" in user_tokens.values():
            raise UsageError("a token must not be empty")
        if not self.on_loopback and token is None and not user_tokens:
            raise UsageError(f"{host} is reachable from other computers: a token is needed there")
        self._tokens = [(value.encode(), Caller(user)) for user, value in user_tokens.items()]
        if token is not None:
            self._tokens.append((token.encode(), Caller()))

    def api_caller(self, headers: Message) -> Caller:
        """Who calls the API; raises 401."""
        if not self._tokens:
            return Caller()
        scheme, _, credentials = headers.get("Authorization", "").partition(" ")
        caller = self._find(credentials.strip().encode("latin-1")) if scheme.lower() == "bearer" else None
        return self._or_unauthorized(caller, _CHALLENGE)

    def page_caller(self, headers: Message) -> Caller:
        """Who calls the page: anyone on loopback; beyond it, a browser sends the token as the password."""
        if self.on_loopback:
            return Caller()
        scheme, _, credentials = headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "basic":
            try:
                decoded = base64.b64decode(credentials.strip(), validate=True)
            except (binascii.Error, ValueError):
                decoded = b""
            caller = self._find(decoded.partition(b":")[2])
            return self._or_unauthorized(caller, _PAGE_CHALLENGE)
        caller = self._find(credentials.strip().encode("latin-1")) if scheme.lower() == "bearer" else None
        return self._or_unauthorized(caller, _PAGE_CHALLENGE)

    def check_host(self, headers: Message) -> None:
        """Raises 400 without one Host, and 403 for a foreign one: a name that was rebound to this computer."""
        hosts = headers.get_all("Host") or []
        if len(hosts) != 1:
            raise bad_request("A request needs exactly one Host header.")
        # Beyond loopback every request carries a token, which no rebound name can bring along.
        if self.on_loopback and not is_loopback(_host_name(hosts[0])):
            raise forbidden(f"This server answers for this computer only, not for {hosts[0][:100]}.")

    def check_origin(self, headers: Message, *, required: bool) -> None:
        """Raises 403 when a browser asks on behalf of another site; `required` refuses a missing Origin too."""
        origin = headers.get("Origin")
        if origin is None and not required:
            return
        if origin is None or not _place(origin) or _place(origin) != headers.get("Host"):
            raise forbidden("Another site may not use this switchboard: the Origin is not this server's own.")

    def _find(self, shown: bytes) -> Caller | None:
        found = None
        for token, caller in self._tokens:  # all of them: the time must not tell which one was near
            if hmac.compare_digest(token, shown):
                found = caller
        return found

    @staticmethod
    def _or_unauthorized(caller: Caller | None, challenge: str) -> Caller:
        if caller is None:
            detail = "Send the switchboard's token: Authorization: Bearer TOKEN."
            headers = [("WWW-Authenticate", challenge)]
            raise Problem(401, "Unauthorized", "A token is needed", detail, headers)
        return caller


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this computer's own."""
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _place(origin: str) -> str:
    """Host and port of an Origin header; empty for ``null`` and for what is none."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def _host_name(header: str) -> str:
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""
