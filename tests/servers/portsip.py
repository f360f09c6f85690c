"""A stand-in for PortSIP PBX 22 with one extension: sign-in, and the extension's own presence, which is write-only.

It refuses other media types (415), credentials (400), a second factor (200 without a token), tokens that have run out
(401), other addresses (404), methods (405), properties, presences and notes that are too long (400).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from tests.servers.connector_server import Received, Reply

PRESENCES = ("AVAILABLE", "AWAY", "DO_NOT_DISTURB", "BUSINESS_TRIP", "LUNCH")


@dataclass
class PortSip:
    """One extension of one tenant; ``history`` holds every presence with its note."""

    user: str
    domain: str
    password: str
    second_factor: bool = False
    presence: tuple[str, str] = ("AVAILABLE", "")
    history: list[tuple[str, str]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    _valid: set[str] = field(default_factory=set)

    def __call__(self, received: Received) -> Reply:
        handlers = {"/api/auth/sign_in": self._sign_in, "/api/user/presence": self._set}
        handler = handlers.get(received.target)
        if handler is None:
            return _error(404, "NOT_FOUND")
        if received.method != "POST":
            return _error(405, "METHOD_NOT_ALLOWED")
        if not re.match(r"application/json\b", received.header("Content-Type") or ""):
            return _error(415, "MEDIA_TYPE")
        bearer = (received.header("Authorization") or "").removeprefix("Bearer ")
        if handler == self._set and bearer not in self._valid:
            return _error(401, "UNAUTHORIZED")
        return handler(json.loads(received.body))

    def let_tokens_run_out(self) -> None:
        """An hour later."""
        self._valid.clear()

    def _sign_in(self, given: dict[str, Any]) -> Reply:
        if given != {"username": self.user, "password": self.password, "domain": self.domain}:
            return _error(400, "INVALID_CREDENTIALS")
        if self.second_factor:
            return Reply(200, json.dumps({"two_factor_enabled": True, "token": "half-way"}))
        self.tokens.append(f"T{len(self.tokens)}OKEN")
        self._valid.add(self.tokens[-1])
        answer = {"access_token": self.tokens[-1], "expires_in": 3600, "refresh_token": "R", "token_type": "Bearer"}
        return Reply(200, json.dumps(answer))

    def _set(self, given: dict[str, Any]) -> Reply:
        if given.keys() - {"presence", "presence_note"} or given.get("presence") not in PRESENCES:
            return _error(400, "INVALID_ARGUMENT")
        note = given.get("presence_note", "")
        if not isinstance(note, str) or len(note) > 128:
            return _error(400, "INVALID_ARGUMENT")
        self.presence = (given["presence"], note)
        self.history.append(self.presence)
        return Reply(200, content_type=None)


def _error(status: int, code: str) -> Reply:
    return Reply(status, json.dumps({"code": code, "message": code.lower()}))
