"""A stand-in for BroadWorks' Xsi-Actions with one user's Personal Assistant; as strict as its schema.

It refuses any other address (404), user (403), method (405), media type (415, 406), element, order or value (400).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import unquote
from xml.sax.saxutils import escape

from lxml import etree

from tests.servers.connector_server import Received, Reply

PRESENCES = frozenset(
    {
        *("None", "Business Trip", "Gone for the Day", "Lunch", "Meeting", "Out Of Office", "Temporarily Out"),
        *("Training", "Unavailable", "Vacation"),
    }
)
_NAMESPACE = "http://schema.broadsoft.com/xsi"
_ORDER = [
    *("presence", "enableExpirationTime", "expirationTime", "enableTransferToAttendant", "attendantNumber"),
    "ringSplash",
]
_SWITCHES = ("enableExpirationTime", "enableTransferToAttendant", "ringSplash")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:Z|[+-]\d\d:\d\d)")
_PATH = re.compile(r"/com\.broadsoft\.xsi-actions/v2\.0/user/([^/]+)/services/personalassistant")


def _settings() -> dict[str, str]:
    return {
        "presence": "None",
        "enableExpirationTime": "false",
        "enableTransferToAttendant": "true",
        "attendantNumber": "+46 8 123",
        "ringSplash": "true",
    }


@dataclass
class BroadWorks:
    """One user, by their id and password; ``now`` is the server's clock."""

    user: str
    password: str
    now: Callable[[], datetime]
    assistant: dict[str, str] = field(default_factory=_settings)
    failed_sign_ins: int = 0

    def __call__(self, received: Received) -> Reply:
        credentials = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        if received.header("Authorization") != f"Basic {credentials}":
            self.failed_sign_ins += received.header("Authorization") is not None
            return _error(401, "Unauthorized", ("WWW-Authenticate", 'Basic realm="BroadWorks"'))
        path = _PATH.fullmatch(received.target)
        if path is None:
            return _error(404, "Not found")
        if unquote(path[1]) != self.user:
            return _error(403, "Not your own")
        if received.method == "GET":
            return self._answer(received)
        return self._change(received) if received.method == "PUT" else _error(405, "Method not allowed")

    def shows(self) -> tuple[str, datetime | None]:
        """What colleagues see now: a presence whose time has run out is gone."""
        if self.assistant["enableExpirationTime"] == "false":
            return self.assistant["presence"], None
        until = datetime.fromisoformat(self.assistant["expirationTime"])
        return ("None", None) if until <= self.now() else (self.assistant["presence"], until)

    def _answer(self, received: Received) -> Reply:
        if not {"application/xml", "text/xml"} & set(re.split(r"[,;]\s*", received.header("Accept") or "")):
            return _error(406, "Not acceptable")
        if self.shows()[0] == "None":
            self.assistant |= {"presence": "None", "enableExpirationTime": "false"}  # the old time stays behind
        inner = "".join(f"<{name}>{escape(self.assistant[name])}</{name}>" for name in _ORDER if name in self.assistant)
        body = f'<?xml version="1.0" encoding="ISO-8859-1"?><PersonalAssistant xmlns="{_NAMESPACE}">{inner}'
        return Reply(200, f"{body}</PersonalAssistant>".encode("latin-1"), "application/xml;charset=ISO-8859-1")

    def _change(self, received: Received) -> Reply:
        if not re.fullmatch(r"(application|text)/xml(; ?charset=utf-8)?", received.header("Content-Type") or "", re.I):
            return _error(415, "Unsupported media type")
        try:
            root = etree.fromstring(received.body)
        except etree.XMLSyntaxError:
            return _error(400, "No XML")
        names = [element.tag.removeprefix(f"{{{_NAMESPACE}}}") for element in root]
        if root.tag != f"{{{_NAMESPACE}}}PersonalAssistant" or root.attrib or any("{" in name for name in names):
            return _error(400, "Not of the schema")
        if any(name not in _ORDER for name in names) or names != [name for name in _ORDER if name in names]:
            return _error(400, f"Not in the schema's order: {names}")
        given = {name: element.text or "" for name, element in zip(names, root, strict=True)}
        wrong = self._wrong(given)
        if wrong is not None:
            return _error(400, wrong)
        self.assistant |= given
        return Reply(200, content_type=None)

    def _wrong(self, given: dict[str, str]) -> str | None:
        if given.get("presence", "None") not in PRESENCES:
            return f"No such presence: {given['presence']}"
        if any(given.get(name, "true") not in ("true", "false") for name in _SWITCHES):
            return "Neither true nor false"
        until = given.get("expirationTime")
        if until is not None and not _INSTANT.fullmatch(until):
            return "No dateTime"
        if given.get("enableExpirationTime") == "true" and (
            until is None or datetime.fromisoformat(until) <= self.now()
        ):
            return "The time must lie ahead"
        return None


def _error(status: int, summary: str, *headers: tuple[str, str]) -> Reply:
    body = f'<?xml version="1.0" encoding="UTF-8"?><ErrorInfo xmlns="{_NAMESPACE}"><summary>{summary}</summary>'
    return Reply(status, f"{body}</ErrorInfo>", "application/xml", headers)
