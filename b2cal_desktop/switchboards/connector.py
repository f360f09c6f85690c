"""A switchboard as a connector file describes it; ``docs/connectors.md`` tells how to write one.

``connector_file``, ``connector_requests`` and ``connector_trees`` read the file; ``connector_template`` and
``connector_body`` fill a request; ``connector_auth`` signs it; ``connector_http`` sends it; ``connector_answer`` reads
what comes back. This module joins them into a ``Switchboard``.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from b2cal_desktop import __version__
from b2cal_desktop.core.errors import (
    SecretsUnavailable,
    SwitchboardBadAnswer,
    SwitchboardConflict,
    SwitchboardError,
    SwitchboardNeedsSignIn,
    SwitchboardOutcomeUnknown,
    SwitchboardRefused,
    SwitchboardThrottled,
    SwitchboardUnknownValue,
    SwitchboardUnreachable,
)
from b2cal_desktop.core.model import AVAILABLE, CLEAR, Catalogue, DiversionState, Text
from b2cal_desktop.core.ports import Abilities, Clock
from b2cal_desktop.switchboards.connector_answer import (
    AnswerProblem,
    Format,
    Query,
    StateQueries,
    is_web_page,
    parse_document,
)
from b2cal_desktop.switchboards.connector_auth import make_auth
from b2cal_desktop.switchboards.connector_body import FilledRequest
from b2cal_desktop.switchboards.connector_fields import check_fields, check_values, show_place
from b2cal_desktop.switchboards.connector_file import ConnectorFile
from b2cal_desktop.switchboards.connector_http import ANSWER_SECONDS, Answer, Exchange, Sender, same_place
from b2cal_desktop.switchboards.connector_remote import RemoteTable
from b2cal_desktop.switchboards.connector_requests import WRITES, Outcome, RequestSpec
from b2cal_desktop.switchboards.connector_template import UNSENDABLE, FillProblem, Value, Values
from b2cal_desktop.system.clock import SystemClock
from b2cal_desktop.system.network import host_of, server_fault

if TYPE_CHECKING:
    import requests

_STRONG_ETAG = re.compile(r'"[\x21\x23-\x7e]*"')
_DETAIL_LIMIT = 200
_ERRORS: Mapping[Outcome, type[SwitchboardError]] = {
    Outcome.SIGN_IN: SwitchboardNeedsSignIn,
    Outcome.REFUSED: SwitchboardRefused,
    Outcome.CONFLICT: SwitchboardConflict,
    Outcome.UNREACHABLE: SwitchboardUnreachable,
    Outcome.OUTCOME_UNKNOWN: SwitchboardOutcomeUnknown,
}


class Connector:
    """A ``Switchboard`` by data. ``fields`` are the user's answers, secrets excepted; ``secrets`` finds those by key.

    ``session`` and ``answer_seconds`` are for tests. ``last_written`` is the key that this program wrote last (from the
    ledger): it decides between several diversions that share one value of the switchboard's. Raises ConnectorProblem
    for fields that are missing or cannot stand in a request.
    """

    def __init__(
        self,
        file: ConnectorFile,
        fields: Mapping[str, str],
        secrets: Callable[[str], str | None],
        catalogue: Catalogue,
        *,
        session: requests.Session | None = None,
        clock: Clock | None = None,
        last_written: str | None = None,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._file = file
        self._secrets = secrets
        self._catalogue = catalogue
        self._fields = check_fields(file, fields)
        self._base = str(self._fields[file.address_field.key])
        self._remote = RemoteTable(file, catalogue, last_written)
        check_values(file, self._base, self._fields, self._remote)
        agent = f"b2cal-desktop/{__version__}"
        self._sender = Sender(host_of(self._base), agent, clock or SystemClock(), session, answer_seconds)
        self._auth = make_auth(file.auth, self._login, self._sender)
        self._etag: str | None = None

    def __repr__(self) -> str:
        return f"Connector({self._file.id!r}, {self._sender.host!r})"

    @property
    def file(self) -> ConnectorFile:
        """What describes it."""
        return self._file

    @property
    def abilities(self) -> Abilities:
        """What the file says, for the diversions that the catalogue has."""
        file = self._file
        return Abilities(
            reads_back="get" in file.requests,
            knows_ends=file.ends,
            diversions=self._remote.keys,
            poll_seconds=file.poll_seconds,
            honours_ends=file.honours_ends,
        )

    @property
    def catalogue(self) -> Catalogue:
        """What the diversions are called."""
        return self._catalogue

    @property
    def name(self) -> Text:
        """The file's label."""
        return self._file.label

    @property
    def unconfirmed(self) -> Text | None:
        """What the file says is unconfirmed."""
        return self._file.unconfirmed

    @property
    def exchanges(self) -> deque[Exchange]:
        """The last requests and answers, oldest first, secrets masked."""
        return self._sender.exchanges

    def check(self) -> None:
        """Reads something, to see whether address, sign-in and rights are good; raises SwitchboardError."""
        for name in ("check", "get", "list"):
            if name in self._file.requests:
                self._read(name)
                return
        self._auth.sign_in(self._values())

    def list_diversions(self) -> tuple[tuple[str, Text], ...]:
        """The switchboard's own values and their labels; those of the file's table where it cannot be asked."""
        spec = self._file.requests.get("list")
        if spec is None or spec.list is None:
            return self._remote.labels()
        answer, _ = self._read("list")
        try:
            return spec.list.read(self._document(spec, answer))
        except AnswerProblem as error:
            raise SwitchboardBadAnswer(self._sender.host, error.problem) from None

    def fetch_diversion(self) -> DiversionState | None:
        """What it shows now, or None where it cannot be read back; raises SwitchboardError, and nothing else."""
        spec = self._file.requests.get("get")
        if spec is None or spec.state is None:
            return None
        self._etag = None
        answer, outcome = self._read("get")
        if outcome is Outcome.AVAILABLE:
            return CLEAR
        try:
            state = self._state(spec.state, self._document(spec, answer))
        except AnswerProblem as error:
            raise SwitchboardBadAnswer(self._sender.host, error.problem) from None
        self._remember_etag(answer)
        return state

    def write_diversion(self, state: DiversionState) -> None:
        """Set ``state``, or clear; returns when the switchboard has accepted it. Raises SwitchboardError."""
        name = "clear" if state.diversion == AVAILABLE and "clear" in self._file.requests else "set"
        remote = self._remote.find(state.diversion)
        label = self._label(state.diversion)
        if remote is None or UNSENDABLE.search(remote.value):
            raise SwitchboardUnknownValue(self._sender.host, label)
        until = state.until if self._file.ends and state.diversion != AVAILABLE else None
        extras: dict[str, Value] = {**self._remote.no_extras, **remote.extras}
        spec = self._file.requests[name]
        more = {**extras, "remote": remote.value, "until": until, "label": label}
        etag, self._etag = self._etag, None
        answer, _ = self._exchange(name, more, label, etag if spec.if_match else None)
        self._check_accepted(spec, answer)
        self._remember_etag(answer)
        self._remote.last_written = state.diversion

    def close(self) -> None:
        """Let go of connections."""
        self._sender.close()

    def _label(self, key: str) -> Text:
        return self._catalogue[key].label if key in self._catalogue else Text.same(show_place(key))

    def _state(self, queries: StateQueries, document: Any) -> DiversionState:
        value, until = queries.read(document)
        diversion = self._remote.key_of(value)
        return DiversionState(diversion, None if diversion == AVAILABLE else until)

    def _check_accepted(self, spec: RequestSpec, answer: Answer) -> None:
        """A write that was answered by something else than the switchboard may not have reached it."""
        try:
            if spec.state is not None:
                self._state(spec.state, self._document(spec, answer))
            elif is_web_page(answer.body, answer.content_type.partition(";")[0].strip().lower()):
                raise AnswerProblem(Text("svaret är en webbsida", "the answer is a web page"))
        except AnswerProblem as error:
            raise SwitchboardOutcomeUnknown(self._sender.host, error.problem) from None

    def _remember_etag(self, answer: Answer) -> None:
        etag = answer.headers.get("etag", "")
        self._etag = etag if _STRONG_ETAG.fullmatch(etag) else None

    def _read(self, name: str) -> tuple[Answer, Outcome]:
        return self._exchange(name, {}, None, None)

    def _exchange(self, name: str, more: Values, label: Text | None, etag: str | None) -> tuple[Answer, Outcome]:
        """Sends a request, signed; once more where the sign-in had only run out. Raises for a bad outcome."""
        spec, write = self._file.requests[name], name in WRITES
        values = {**self._values(), **more}
        filled = self._fill(spec, values, label)
        if etag is not None:
            filled = filled.with_header("If-Match", etag)
        answer = self._sender.send(self._auth.sign(filled, values), write=write)
        if answer.status == 401 and self._auth.try_again(answer):
            answer = self._sender.send(self._auth.sign(filled, values), write=write)
            if answer.status == 401:
                self._auth.try_again(answer)  # so that it forgets what did not work
        outcome = self._judge(name, spec, answer)
        if outcome not in (Outcome.OK, Outcome.AVAILABLE):
            self._raise(outcome, answer, label)
        return answer, outcome

    def _fill(self, spec: RequestSpec, values: Values, label: Text | None = None) -> FilledRequest:
        """The request. ``label`` names the diversion, whose value may come from the switchboard and be unchecked."""
        try:
            filled = spec.shape.fill(self._base, values).with_header("Accept", spec.accept)
        except FillProblem as error:
            if label is not None:
                raise SwitchboardUnknownValue(self._sender.host, label) from None
            raise SwitchboardRefused(self._sender.host, error.problem) from None
        if not same_place(filled.url, self._base):
            raise AssertionError("a request left the switchboard's address")
        return filled

    def _login(self, values: Values) -> Answer:
        """The log-in request's answer; whatever says no to it says no to the sign-in."""
        spec = self._file.auth.request
        if spec is None:
            raise AssertionError("no log-in request")
        answer = self._sender.send(self._fill(spec, values), write=False, answer_is_secret=True)
        outcome = self._judge("login", spec, answer)
        if outcome is not Outcome.OK:
            self._raise(Outcome.SIGN_IN if outcome is Outcome.REFUSED else outcome, answer, None)
        return answer

    def _values(self) -> dict[str, Value]:
        """The fields' values and the secrets'; a secret that has to be there and is not needs the user."""
        values: dict[str, Value] = dict(self._fields)
        for field in self._file.fields:
            if not field.secret:
                continue
            try:
                secret = self._secrets(field.key) or None
            except SecretsUnavailable as error:
                raise SwitchboardNeedsSignIn(self._sender.host) from error
            if secret is None and field.required:
                raise SwitchboardNeedsSignIn(self._sender.host)
            if secret is not None:
                if UNSENDABLE.search(secret):
                    raise SwitchboardNeedsSignIn(self._sender.host)
                self._sender.secrets.add(secret)
            values[field.key] = secret
        return values

    def _document(self, spec: RequestSpec, answer: Answer) -> Any:
        return parse_document(answer.body, answer.content_type, spec.format)

    def _judge(self, name: str, spec: RequestSpec, answer: Answer) -> Outcome:
        for rule in spec.outcomes:
            if rule.status == answer.status and (rule.when is None or self._holds(spec, rule.when, answer)):
                return rule.outcome
        return default_outcome(name, answer)

    def _holds(self, spec: RequestSpec, when: Query, answer: Answer) -> bool:
        try:
            return when.holds(self._document(spec, answer))
        except AnswerProblem:
            return False

    def _raise(self, outcome: Outcome, answer: Answer, label: Text | None) -> NoReturn:
        host = self._sender.host
        if outcome is Outcome.UNKNOWN_VALUE and label is not None:
            raise SwitchboardUnknownValue(host, label)
        if outcome is Outcome.THROTTLED:
            raise SwitchboardThrottled(host, retry_after=answer.retry_after)
        raise _ERRORS[outcome](host, self._detail(answer), retry_after=answer.retry_after)

    def _detail(self, answer: Answer) -> Text:
        """What the switchboard itself says is wrong (RFC 9457), on one line and without secrets; else the status."""
        detail = ""
        if "problem+json" in answer.content_type:
            detail = self._problem_detail(answer)
        status = f"HTTP {answer.status}"
        if answer.status == 407:
            return Text(f"proxyservern kräver inloggning ({status})", f"the proxy wants a sign-in ({status})")
        if answer.status == 511:
            return server_fault(answer.status)
        return Text.same(f"{detail} ({status})" if detail else status)

    def _problem_detail(self, answer: Answer) -> str:
        try:
            document = parse_document(answer.body, "application/json", Format.JSON)
        except AnswerProblem:
            return ""
        found = document.get("detail") or document.get("title") if isinstance(document, dict) else None
        text = UNSENDABLE.sub(" ", found) if isinstance(found, str) else ""
        return self._sender.secrets.mask(" ".join(text.split()))[:_DETAIL_LIMIT].rstrip(".")


def default_outcome(name: str, answer: Answer) -> Outcome:
    """What a status means where the file says nothing else; ``name`` is the request's."""
    status = answer.status
    if 200 <= status < 300:
        return Outcome.OK
    if status == 401:
        return Outcome.SIGN_IN
    if status in (407, 408):
        return Outcome.UNREACHABLE
    if status in (409, 412):
        return Outcome.CONFLICT
    if status == 422 and name == "set":
        return Outcome.UNKNOWN_VALUE
    if status == 429 or (status == 503 and answer.retry_after is not None):
        return Outcome.THROTTLED
    if status >= 500:
        return Outcome.OUTCOME_UNKNOWN if name in WRITES else Outcome.UNREACHABLE
    return Outcome.REFUSED
