"""The requests that check a server against the reference interface; each check raises NotMet with what it saw."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from b2cal_desktop.core.model import AVAILABLE, Text
from b2cal_desktop.core.ports import Clock
from b2cal_desktop.switchboards.connector_body import FilledRequest
from b2cal_desktop.switchboards.connector_http import Answer, Sender
from b2cal_desktop.switchboards.connector_template import UNSENDABLE

END_SECONDS = 3.0
NOTE = "B2Cal prövar – strax åter"
WRITE_PAUSE = 1.0
_LASTS = timedelta(minutes=10)
_LONGEST_WAIT = 60.0
_END_TRIES = 10
_SHOWN = 160
_STRONG_ETAG = re.compile(r'"[\x21\x23-\x7e]+"')
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_WRONG_TOKEN = "not-the-token"  # noqa: S105  that is the point of it
_UNKNOWN = "b2cal-no-such-diversion"


class NotMet(Exception):
    """A requirement is not met; ``seen`` is what was seen instead."""

    def __init__(self, seen: Text) -> None:
        self.seen = seen
        super().__init__(seen.en)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the server says that the user shows."""

    diversion: str
    until: datetime | None
    note: str | None
    set_by: str | None
    etag: str

    def same_as(self, other: Shown) -> bool:
        """Whether a colleague would see the same; ends are compared to the minute."""
        if (self.diversion, self.note) != (other.diversion, other.note):
            return False
        if self.until is None or other.until is None:
            return self.until is other.until
        return abs(self.until - other.until) < timedelta(minutes=1)


class Checks:
    """One server, one token, at most one user. Between writes it waits ``WRITE_PAUSE`` seconds."""

    def __init__(
        self,
        sender: Sender,
        base: str,
        token: str | None,
        user: str | None,
        clock: Clock,
        sleep: Callable[[float], None],
        end_seconds: float,
    ) -> None:
        self._sender, self._base, self._token, self._user = sender, base, token, user
        self._clock, self._sleep, self._end_seconds = clock, sleep, end_seconds
        self._ids: tuple[str, ...] = ()
        self._before: Shown | None = None
        self._now_shown: Shown | None = None
        self._old_etag = ""
        self.knows_ends = True
        self.touched = False
        if token:
            sender.secrets.add(token)

    @property
    def has_token(self) -> bool:
        return self._token is not None

    @property
    def has_user(self) -> bool:
        return self._user is not None

    @property
    def was_read(self) -> bool:
        """Whether what the user showed before is known, so that it can be put back."""
        return self._before is not None

    def reach(self) -> None:
        """Raises SwitchboardError where nobody answers at all."""
        self._send("GET", "/v1/diversions")

    def close(self) -> None:
        """Let go of connections."""
        self._sender.close()

    # Without a user

    def list_diversions(self) -> None:
        answer = self._send("GET", "/v1/diversions")
        data = self._object(answer, 200)
        entries = data.get("diversions")
        if not isinstance(entries, list) or not isinstance(data.get("end_time"), bool):
            raise self._unlike(answer)
        for entry in entries:
            label = entry.get("label") if isinstance(entry, dict) else None
            named = isinstance(label, dict) and all(isinstance(label.get(one), str) for one in ("sv", "en"))
            if not named or not isinstance(entry.get("id"), str) or not entry["id"]:
                raise self._unlike(answer)
        ids = tuple(str(entry["id"]) for entry in entries)
        if len(set(ids)) != len(ids) or AVAILABLE not in ids or len(ids) < 2:
            raise self._unlike(answer)
        self._ids, self.knows_ends = ids, bool(data["end_time"])

    def without_token(self) -> None:
        answer = self._send("GET", "/v1/diversions", token=None)
        self._problem(answer, 401)
        if not answer.headers.get("www-authenticate"):
            raise NotMet(Text("ingen WWW-Authenticate", "no WWW-Authenticate"))

    def with_wrong_token(self) -> None:
        self._problem(self._send("GET", "/v1/diversions", token=_WRONG_TOKEN), 401)

    def unknown_address(self) -> None:
        self._problem(self._send("GET", "/v1/b2cal-no-such-address"), 404)

    # One user's diversion

    def read(self) -> None:
        self._before = self._now_shown = self._read()

    def set(self) -> None:
        until = (self._clock.now() + _LASTS).replace(second=0, microsecond=0) if self.knows_ends else None
        self._old_etag = self._present.etag
        self._set_and_compare(until)

    def read_back(self) -> None:
        shown = self._read()
        if not shown.same_as(self._present) or shown.etag != self._present.etag:
            raise self._differs(shown)

    def etag_changes(self) -> None:
        if self._present.etag == self._old_etag:
            raise NotMet(Text.same(self._old_etag))

    def stale_etag(self) -> None:
        body = self._body(self._other(), None)
        self._problem(self._write("PUT", body, {"If-Match": self._old_etag}), 412)
        self._require_unchanged()

    def current_etag(self) -> None:
        self._set_and_compare(self._present.until, {"If-Match": self._present.etag})

    def unknown_diversion(self) -> None:
        self._problem(self._write("PUT", self._body(_UNKNOWN, None)), 422)
        self._require_unchanged()

    def malformed(self) -> None:
        for body in (b'{"diversion": ', b'{"until": null}'):
            self._problem(self._write("PUT", body), 400)
        self._require_unchanged()

    def past_end(self) -> None:
        past = self._clock.now() - timedelta(minutes=5)
        answer = self._write("PUT", self._body(self._other(), past))
        if answer.status != 200:
            self._problem(answer, 422)
            self._require_unchanged()
            return
        for shown in (self._shown(answer), self._read()):
            self._now_shown = shown
            if shown.diversion != AVAILABLE or shown.until is not None:
                raise self._differs(shown)

    def open_end(self) -> None:
        self._set_and_compare(None)

    def end_is_honoured(self) -> None:
        until = (self._clock.now() + timedelta(seconds=self._end_seconds + 1)).replace(microsecond=0)
        self._set_and_compare(until)
        before = self._present.etag
        shown = self._present
        for _ in range(_END_TRIES):
            self._sleep((self._end_seconds + 1) / 4)
            shown = self._now_shown = self._read()
            if self._clock.now() > until and shown.diversion == AVAILABLE:
                break
        if shown.diversion != AVAILABLE or shown.until is not None or shown.etag == before:
            raise self._differs(shown)

    def clear(self) -> None:
        for _ in range(2):
            shown = self._now_shown = self._shown(self._write("DELETE", None))
            if shown.diversion != AVAILABLE or shown.until is not None:
                raise self._differs(shown)
        if not (shown := self._read()).same_as(self._present):
            raise self._differs(shown)

    def history(self) -> None:
        self._set_and_compare(None)
        answer = self._send("GET", self._path("history"))
        entries = self._object(answer, 200).get("history")
        if not isinstance(entries, list) or not entries or not isinstance(entries[0], dict):
            raise self._unlike(answer)
        latest = entries[0]
        named = isinstance(latest.get("set_by"), str) and _instant(latest.get("changed")) is not None
        if latest.get("diversion") != self._present.diversion or not named:
            raise self._unlike(answer)

    def users(self) -> None:
        answer = self._send("GET", "/v1/users")
        entries = self._object(answer, 200).get("users")
        if not isinstance(entries, list):
            raise self._unlike(answer)
        own = [one for one in entries if isinstance(one, dict) and one.get("user") == self._user]
        if len(own) != 1 or own[0].get("diversion") != self._present.diversion:
            raise NotMet(Text(f"{len(own)} poster för användaren", f"{len(own)} entries for the user"))

    def put_back(self) -> None:
        """What was there before is there again; what somebody else has set meanwhile is left alone."""
        before = self._before
        if before is None:
            return
        self._require_ours(before)
        over = before.until is not None and before.until <= self._clock.now()
        if over or before.diversion == AVAILABLE:
            answer = self._write("DELETE", None)
        else:
            answer = self._write("PUT", self._body(before.diversion, before.until, before.note))
        self._shown(answer)
        expected = Shown(AVAILABLE, None, None, None, "") if over else before
        if not (shown := self._read()).same_as(expected):
            raise self._differs(shown)

    def _require_ours(self, before: Shown) -> None:
        """Raises where what is shown is somebody else's. What cannot be understood is the server's fault, and ours."""
        try:
            shown = self._read()
        except NotMet:
            return
        own = shown.note == NOTE or shown.diversion in (AVAILABLE, self._other())
        if not own and not shown.same_as(before):
            raise self._differs(shown)

    # Parts

    @property
    def _present(self) -> Shown:
        if self._now_shown is None:
            raise NotMet(Text("inget läst", "nothing read"))
        return self._now_shown

    def _other(self) -> str:
        """A diversion that is neither available nor what the user had before, where there is one."""
        had = self._before.diversion if self._before is not None else AVAILABLE
        others = [id_ for id_ in self._ids if id_ != AVAILABLE]
        return next((id_ for id_ in others if id_ != had), others[0] if others else AVAILABLE)

    def _set_and_compare(self, until: datetime | None, headers: Mapping[str, str] | None = None) -> None:
        answer = self._write("PUT", self._body(self._other(), until), headers)
        shown = self._now_shown = self._shown(answer)
        if not shown.same_as(Shown(self._other(), until, NOTE, None, "")):
            raise self._differs(shown)

    def _require_unchanged(self) -> None:
        shown = self._read()
        if not shown.same_as(self._present):
            self._now_shown = shown
            raise self._differs(shown)

    def _body(self, diversion: str, until: datetime | None, note: str | None = NOTE) -> bytes:
        end = until.isoformat() if until is not None else None
        return json.dumps({"diversion": diversion, "until": end, "note": note}, ensure_ascii=False).encode()

    def _path(self, what: str) -> str:
        return f"/v1/users/{quote(self._user or '', safe='')}/{what}"

    def _read(self) -> Shown:
        return self._shown(self._send("GET", self._path("diversion")))

    def _write(self, method: str, body: bytes | None, headers: Mapping[str, str] | None = None) -> Answer:
        if self.touched:
            self._sleep(WRITE_PAUSE)
        self.touched = True
        return self._send(method, self._path("diversion"), body, headers)

    def _send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        token: str | None = "",
    ) -> Answer:
        """The answer; once more where the server asks for a short wait. ``token`` "" is the one that was given."""
        token = self._token if token == "" else token
        parts = [("Accept", "application/json"), *(headers or {}).items()]
        parts += [("Authorization", f"Bearer {token}")] if token else []
        parts += [("Content-Type", "application/json")] if body is not None else []
        request = FilledRequest(method, self._base + path, tuple(parts), body)
        answer = self._sender.send(request, write=method != "GET")
        if answer.status == 429 and (answer.retry_after or 0.0) <= _LONGEST_WAIT:
            self._sleep(answer.retry_after or WRITE_PAUSE)
            answer = self._sender.send(request, write=method != "GET")
        return answer

    def _shown(self, answer: Answer) -> Shown:
        data = self._object(answer, 200)
        diversion, until, note = data.get("diversion"), data.get("until"), data.get("note")
        set_by, changed, etag = data.get("set_by"), data.get("changed"), answer.headers.get("etag", "")
        end = _instant(until)
        texts = all(value is None or isinstance(value, str) for value in (note, set_by))
        instants = all(value is None or _instant(value) is not None for value in (until, changed))
        whole = data.keys() >= {"diversion", "until", "note", "set_by", "changed"}
        if not (isinstance(diversion, str) and texts and instants and whole and diversion in self._ids):
            raise self._unlike(answer)
        if not _STRONG_ETAG.fullmatch(etag):
            raise NotMet(Text(f"ETag: {etag or 'saknas'}", f"ETag: {etag or 'missing'}"))
        return Shown(diversion, end, note, set_by, etag)

    def _object(self, answer: Answer, status: int, content_type: str = "application/json") -> Mapping[str, Any]:
        said = answer.content_type.partition(";")[0].strip().lower()
        try:
            data = json.loads(answer.body)
        except (ValueError, RecursionError):
            data = None
        if answer.status != status or said != content_type or not isinstance(data, dict):
            raise self._unlike(answer)
        return data

    def _problem(self, answer: Answer, status: int) -> None:
        data = self._object(answer, status, "application/problem+json")
        texts = all(isinstance(data.get(key), str) for key in ("type", "title", "detail"))
        if not texts or data.get("status") != status:
            raise self._unlike(answer)

    def _unlike(self, answer: Answer) -> NotMet:
        body = self._sender.secrets.mask(answer.body.decode(errors="replace"))
        text = f"HTTP {answer.status}, {answer.content_type}: {body}"
        return NotMet(Text.same(UNSENDABLE.sub(" ", text)[:_SHOWN]))

    def _differs(self, shown: Shown) -> NotMet:
        until = shown.until.isoformat() if shown.until is not None else "null"
        return NotMet(Text.same(f"diversion {shown.diversion}, until {until}, note {shown.note!r}, ETag {shown.etag}"))


def _instant(value: object) -> datetime | None:
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value.upper())
    except ValueError:
        return None
