"""A stand-in for Dstny Core (Telepo) with one user. What is a guess in the connector is a guess here too.

It refuses other media types (400), tickets (401), a ticket without the right (403), other users (403), addresses
(404), methods (405) and activities (400, with what is wrong).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from tests.servers.connector_server import Received, Reply

_CONTACTS = re.compile(r"/api/contacts/list/([^/?]+)/([^/?]+)")
_ACTIVITY = re.compile(r"/api/user/info/([^/?]+)/([^/?]+)/activity/([^/?]+)")


@dataclass
class DstnyCore:
    """One user of one organisation, the ticket and what it is good for."""

    domain: str
    user: str
    ticket: str
    activities: frozenset[str]
    scopes: frozenset[str] = frozenset({"Contact search", "User info"})
    activity: str = "Available"
    seen: list[str] = field(default_factory=list)

    def __call__(self, received: Received) -> Reply:
        method = received.header("X-HTTP-Method-Override") if received.method == "POST" else received.method
        if received.header("Accept") != "application/json" or received.header("Content-Type") != "application/json":
            return _error(400, "Content-Type and Accept are needed")
        if received.header("Authorization") != f"Bearer {self.ticket}":
            return _error(401, "No such ticket")
        contacts, activity = _CONTACTS.fullmatch(received.target), _ACTIVITY.fullmatch(received.target)
        if contacts is not None:
            return self._list(method, contacts)
        return self._set(method, activity, received) if activity is not None else _error(404, "Nothing here")

    def _list(self, method: str | None, found: re.Match[str]) -> Reply:
        if method != "GET":
            return _error(405, "Read only")
        if "Contact search" not in self.scopes or not self._is_own(found):
            return _error(403, "Not allowed")
        return Reply(200, json.dumps([{"firstName": "Anna", "id": f"{self.user}@{self.domain}"}]))

    def _set(self, method: str | None, found: re.Match[str], received: Received) -> Reply:
        if method != "PUT":
            return _error(405, "PUT alone")
        if "User info" not in self.scopes or not self._is_own(found):
            return _error(403, "Not allowed")
        wanted = unquote(found[3])
        if wanted not in self.activities or received.body:
            return _error(400, f"activity: {wanted} is not valid")
        self.activity = wanted
        self.seen.append(wanted)
        return Reply(204, content_type=None)

    def _is_own(self, found: re.Match[str]) -> bool:
        return (unquote(found[1]), unquote(found[2])) == (self.domain, self.user)


def _error(status: int, problem: str) -> Reply:
    return Reply(status, json.dumps({"validationResult": [{"message": problem}]}))
