"""A stand-in for 3CX v20 with one extension: the web client's sign-in, and the user's own record by OData.

It refuses other media types (415), passwords (401), a second factor (200 without a token), tokens that have run out
(401), other addresses (404), methods (405), properties and profile names (400).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.servers.connector_server import Received, Reply

PROFILES = ("Available", "Away", "Out of office", "Custom 1", "Custom 2")


@dataclass
class ThreeCX:
    """One extension. The record holds what a careless client would fetch along with the profile."""

    user: str
    password: str
    second_factor: bool = False
    profile: str = "Available"
    written: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    failed_sign_ins: int = 0
    _valid: set[str] = field(default_factory=set)

    def __call__(self, received: Received) -> Reply:
        place = urlsplit(received.target)
        if place.path == "/webclient/api/Login/GetAccessToken":
            return self._sign_in(received)
        if place.path != "/xapi/v1/MyUser":
            return Reply(404)
        bearer = (received.header("Authorization") or "").removeprefix("Bearer ")
        if bearer not in self._valid:
            return Reply(401, content_type=None)
        if received.method == "GET":
            return self._read(parse_qs(place.query, strict_parsing=True) if place.query else {})
        return self._patch(received) if received.method == "PATCH" else Reply(405)

    def restart(self) -> None:
        """Every token that was given out has run out."""
        self._valid.clear()

    def _sign_in(self, received: Received) -> Reply:
        given = _json_object(received)
        if received.method != "POST":
            return Reply(405)
        if given is None:
            return Reply(415)
        if given.keys() != {"Username", "Password", "SecurityCode"}:
            return Reply(400)
        if (given["Username"], given["Password"]) != (self.user, self.password):
            self.failed_sign_ins += 1
            return Reply(401, content_type=None)
        if self.second_factor and not given["SecurityCode"]:
            return Reply(200, json.dumps({"Status": "Required2FA", "Token": None}))
        self.tokens.append(f"token-{len(self.tokens)}-{self.user}")
        self._valid.add(self.tokens[-1])
        token = {"token_type": "Bearer", "expires_in": 3600, "access_token": self.tokens[-1], "refresh_token": "r"}
        return Reply(200, json.dumps({"Status": "AuthSuccess", "Token": token}))

    def _read(self, query: dict[str, list[str]]) -> Reply:
        record = {"Number": self.user, "CurrentProfileName": self.profile, "AuthPassword": "sip-secret"}
        wanted = query.get("$select", [",".join(record)])[0].split(",")
        if query.keys() - {"$select"} or set(wanted) - record.keys():
            return _odata_error("Could not find a property")
        found = {name: record[name] for name in wanted}
        return Reply(200, json.dumps({"@odata.context": "https://host/xapi/v1/$metadata#MyUser", **found}))

    def _patch(self, received: Received) -> Reply:
        given = _json_object(received)
        if given is None:
            return Reply(415)
        if given.keys() != {"CurrentProfileName"} or given["CurrentProfileName"] not in PROFILES:
            return _odata_error("CurrentProfileName: invalid")
        self.profile = given["CurrentProfileName"]
        self.written.append(self.profile)
        return Reply(204, content_type=None)


def _json_object(received: Received) -> dict[str, Any] | None:
    if not re.match(r"application/json\b", received.header("Content-Type") or ""):
        return None
    found = json.loads(received.body)
    return found if isinstance(found, dict) else None


def _odata_error(message: str) -> Reply:
    return Reply(400, json.dumps({"error": {"code": "", "message": message}}))
