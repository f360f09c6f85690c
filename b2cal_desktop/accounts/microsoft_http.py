"""How msal reaches the network: the program's own session, no redirects, small answers, nothing but JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import requests
from urllib3.exceptions import HTTPError

from b2cal_desktop.core.model import Text
from b2cal_desktop.core.ports import Clock
from b2cal_desktop.system.network import (
    AnswerTooLarge,
    AnswerTooSlow,
    UnsafeAddress,
    read_body,
    require_safe_address,
    retry_after,
    server_fault,
)

_MAX_BYTES = 1_000_000
_SECONDS = 30.0


class UnusableAnswer(requests.RequestException):
    """The sign-in service answered, but not as one; to msal an outage like any other."""

    def __init__(self, problem: Text, retry_after: float | None = None) -> None:
        self.problem, self.retry_after = problem, retry_after
        super().__init__(problem.en)


class Answer:
    """What msal wants of an answer."""

    def __init__(self, status_code: int, text: str, headers: Mapping[str, str]) -> None:
        self.status_code, self.text, self.headers = status_code, text, headers

    def raise_for_status(self) -> None:
        """Raise for a status that is an error."""
        if self.status_code >= 400:
            raise UnusableAnswer(_server_error(self.status_code))


class SignInHttp:
    """msal's ``http_client``. A refresh token in a body must not be carried on to another host: no redirects."""

    def __init__(self, session: requests.Session, clock: Clock) -> None:
        self._session, self._clock = session, clock

    def get(self, url: str, **more: Any) -> Answer:
        """GET; raises requests.RequestException."""
        return self._ask("GET", url, **more)

    def post(self, url: str, **more: Any) -> Answer:
        """POST; raises requests.RequestException."""
        return self._ask("POST", url, **more)

    def close(self) -> None:
        """Let go of connections."""
        self._session.close()

    def _ask(self, method: str, url: str, **more: Any) -> Answer:
        wanted = {key: more[key] for key in ("params", "data", "headers") if key in more}
        try:
            require_safe_address(url)  # the service itself says where its tokens are to be asked for
        except UnsafeAddress as error:
            raise UnusableAnswer(error.problem) from None
        response = self._session.request(method, url, **wanted, allow_redirects=False, stream=True)
        try:
            text = read_body(response, max_bytes=_MAX_BYTES, seconds=_SECONDS, clock=self._clock).decode()
        except (AnswerTooLarge, UnicodeDecodeError):
            raise UnusableAnswer(_NO_ANSWER) from None
        except AnswerTooSlow:
            raise requests.Timeout from None
        except HTTPError as error:  # in the midst of a body, which requests does not read for us
            raise requests.ConnectionError(error) from None
        if response.status_code >= 500 or response.status_code == 429:
            raise UnusableAnswer(_server_error(response.status_code), retry_after(response, self._clock.now()))
        if response.status_code == 407:
            raise UnusableAnswer(Text("proxyservern kräver inloggning", "the proxy asks for a sign-in"))
        if 300 <= response.status_code < 400 or not _is_json_object(text):
            raise UnusableAnswer(_NO_ANSWER)
        return Answer(response.status_code, text, response.headers)


_NO_ANSWER = Text(
    "svaret kommer inte från inloggningstjänsten; på ett gästnät kan du behöva logga in där först",
    "the answer is not from the sign-in service; on a guest network you may have to sign in there first",
)


def _server_error(status: int) -> Text:
    if status == 511:
        return server_fault(status)
    return Text(f"inloggningstjänsten svarar med fel {status}", f"the sign-in service answers with error {status}")


def _is_json_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
