"""Making the user known to the switchboard: bearer, basic, digest, or a log-in whose answer holds a token."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Protocol

from b2cal_desktop.core.errors import SwitchboardBadAnswer, SwitchboardNeedsSignIn
from b2cal_desktop.core.model import Text
from b2cal_desktop.switchboards.connector_answer import AnswerProblem, Query, parse_document
from b2cal_desktop.switchboards.connector_body import FilledRequest
from b2cal_desktop.switchboards.connector_digest import Challenge, answer_challenge, parse_challenge
from b2cal_desktop.switchboards.connector_http import Answer, Sender
from b2cal_desktop.switchboards.connector_requests import AuthKind, AuthSpec
from b2cal_desktop.switchboards.connector_template import UNSENDABLE, Template, Values

Login = Callable[[Values], Answer]


class Auth(Protocol):
    """A way to make the user known."""

    def sign(self, filled: FilledRequest, values: Values) -> FilledRequest:
        """The request with what makes the user known; raises SwitchboardError where that is not to be had."""
        ...

    def sign_in(self, values: Values) -> None:
        """Sign in anew where that is a step of its own; raises SwitchboardError."""
        ...

    def try_again(self, answer: Answer, /) -> bool:
        """Told of each 401: whether the request, signed anew, is worth one more try."""
        ...


def make_auth(spec: AuthSpec, login: Login, sender: Sender) -> Auth:
    """The way that a connector file declares; ``login`` sends its log-in request."""
    if spec.kind is AuthKind.LOGIN and spec.found_token is not None:
        return _Login(spec, spec.found_token, login, sender)
    if spec.token is not None:
        return _Bearer(spec, spec.token)
    if spec.user is not None and spec.password is not None:
        kind = _Basic if spec.kind is AuthKind.BASIC else _Digest
        return kind(spec.user, spec.password, sender)
    return _Nobody()


class _Nobody:
    def sign(self, filled: FilledRequest, _values: Values) -> FilledRequest:
        return filled

    def sign_in(self, values: Values) -> None:
        pass

    def try_again(self, _answer: Answer, /) -> bool:
        return False


class _Bearer(_Nobody):
    def __init__(self, spec: AuthSpec, token: Template) -> None:
        self._spec, self._token = spec, token

    def sign(self, filled: FilledRequest, values: Values) -> FilledRequest:
        token = self._token.fill_text(values)
        return filled if token is None else _with_token(self._spec, filled, token)


def _with_token(spec: AuthSpec, filled: FilledRequest, token: str) -> FilledRequest:
    if spec.query is not None:
        return filled.with_query(spec.query, token)
    if spec.header is not None:
        return filled.with_header(spec.header, token)
    return filled.with_header("Authorization", f"Bearer {token}")


class _Basic(_Nobody):
    def __init__(self, user: Template, password: Template, sender: Sender) -> None:
        self._user, self._password, self._sender = user, password, sender

    def _credentials(self, values: Values) -> tuple[str, str] | None:
        user, password = self._user.fill_text(values), self._password.fill_text(values)
        return None if user is None or password is None else (user, password)

    def sign(self, filled: FilledRequest, values: Values) -> FilledRequest:
        credentials = self._credentials(values)
        if credentials is None:
            return filled
        pair = ":".join(credentials)
        self._sender.secrets.add(pair)  # and with it its Base64, should the answer echo it
        return filled.with_header("Authorization", f"Basic {base64.b64encode(pair.encode()).decode()}")


class _Digest(_Basic):
    _challenge: Challenge | None = None
    _count = 0

    def sign(self, filled: FilledRequest, values: Values) -> FilledRequest:
        credentials = self._credentials(values)
        if credentials is None or self._challenge is None:
            return filled
        self._count += 1
        user, password = credentials
        value = answer_challenge(
            self._challenge, method=filled.method, url=filled.url, user=user, password=password, count=self._count
        )
        return filled.with_header("Authorization", value)

    def try_again(self, answer: Answer, /) -> bool:
        """Never twice with a password that has not been accepted: that is how accounts get locked."""
        challenge = parse_challenge(answer.headers.get("www-authenticate", ""))
        # A nonce that was used more than once had been accepted before; that it no longer is says nothing of the user.
        only_the_nonce = self._challenge is None or self._count > 1 or (challenge is not None and challenge.stale)
        self._challenge = challenge if only_the_nonce else None
        self._count = 0
        return self._challenge is not None


class _Login:
    def __init__(self, spec: AuthSpec, found_token: Query, login: Login, sender: Sender) -> None:
        self._spec, self._found_token, self._login, self._sender = spec, found_token, login, sender
        self._token: str | None = None
        self._fresh = False

    def sign(self, filled: FilledRequest, values: Values) -> FilledRequest:
        self._fresh = self._token is None
        if self._token is None:
            self._token = self._fetch_token(values)
        return _with_token(self._spec, filled, self._token)

    def sign_in(self, values: Values) -> None:
        self._token = None
        self._token = self._fetch_token(values)

    def try_again(self, _answer: Answer, /) -> bool:
        """Where the token was an old one: it may have run out."""
        self._token = None
        return not self._fresh

    def _fetch_token(self, values: Values) -> str:
        host = self._sender.host
        answer = self._login(values)
        try:
            document = parse_document(answer.body, answer.content_type, self._found_token.format)
            token = self._found_token.find_text(document)
        except AnswerProblem as error:
            raise SwitchboardBadAnswer(host, error.problem) from None
        if token is None:
            raise SwitchboardNeedsSignIn(host)
        if UNSENDABLE.search(token):
            raise SwitchboardBadAnswer(host, Text("biljetten går inte att använda", "the ticket cannot be used"))
        self._sender.secrets.add(token)
        return token
