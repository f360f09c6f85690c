"""Asking an Exchange server in Exchange Web Services: one request, one answer, and every no by its name.

exchangelib wraps what we ask in SOAP and knows the faults. Its transport is replaced by a session of our own (the
system's certificates and proxies, limits on time and size, no retries, no redirects), so that none of its class-wide
settings, caches and automatic sign-ins come into play. It takes half a second to import: only a first fetch does that.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import requests
from exchangelib import errors as ews
from exchangelib.configuration import Configuration
from exchangelib.protocol import BaseProtocol, FailFast
from exchangelib.services import GetUserAvailability
from exchangelib.services.common import EWSService
from exchangelib.util import MNS
from exchangelib.version import Build, Version
from lxml import etree
from urllib3.exceptions import HTTPError

from b2cal_desktop import __version__
from b2cal_desktop.calendars.exchange_answers import (
    CUT_SHORT,
    NO_EXCHANGE,
    TOO_MUCH,
    Refused,
    refusal,
    service_error,
    unreachable,
)
from b2cal_desktop.calendars.exchange_requests import availability, find_item, listening, subscription
from b2cal_desktop.core.errors import (
    B2CalError,
    CalendarError,
    CalendarNotExchange,
    CalendarUnreachable,
    CalendarVersionRefused,
)
from b2cal_desktop.core.ports import Clock
from b2cal_desktop.system.network import (
    CONNECT_SECONDS,
    READ_SECONDS,
    AnswerTooLarge,
    AnswerTooSlow,
    host_of,
    new_session,
    read_body,
)

if TYPE_CHECKING:
    from requests.auth import AuthBase

# It logs requests with their Authorization header, and answers with what people meet about. All that it could tell of a
# failure is in its exceptions.
logging.getLogger("exchangelib").setLevel(logging.CRITICAL + 1)

# What "auto" asks in, newest first. Exchange 2013's is the oldest that knows "working elsewhere", and every later
# server still answers in it.
_AUTO = ("Exchange2013", "Exchange2010_SP2", "Exchange2010_SP1", "Exchange2010", "Exchange2007_SP1")
_SCHEMAS: Mapping[str, tuple[str, ...]] = {
    "auto": _AUTO,
    "2007_SP1": ("Exchange2007_SP1",),
    "2010": ("Exchange2010",),
    "2010_SP1": ("Exchange2010_SP1",),
    "2010_SP2": ("Exchange2010_SP2",),
    "2013": ("Exchange2013",),
    "2013_SP1": ("Exchange2013_SP1",),
    # The later servers brought no schema of their own.
    "2016": ("Exchange2016",),
    "2019": ("Exchange2016",),
    "SE": ("Exchange2016",),
}
# The second is how the first Exchange 2007 says it: to its schema, a version that came later is no version.
_NOT_THIS_SCHEMA = (ews.ErrorInvalidServerVersion, ews.ErrorSchemaValidation)
_ENVELOPE = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?<(?:\w+:)?Envelope[\s>]")


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one answer: its bytes after decompression, and how long it may take in all."""

    max_bytes: int = 20_000_000
    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Items:
    """Some ``t:CalendarItem`` elements; ``whole`` is false where the server has more of them than it handed out."""

    elements: list[etree._Element]
    whole: bool


class EwsClient:
    """One server at ``url``, asked in ``version`` (as in the settings) by whoever ``auth`` signs in."""

    def __init__(self, url: str, auth: AuthBase, *, version: str, clock: Clock, limits: Limits) -> None:
        self._host = host_of(url)
        self._version = version
        self._schemas = _SCHEMAS[version]
        self._protocol = _Protocol(url, auth, clock, limits)

    def find_items(self, mailbox: str, start: datetime, end: datetime, most: int) -> Items:
        """What the calendar of ``mailbox`` ("" for the own) has between two instants; raises CalendarError or Refused.

        At most ``most`` items.
        """
        answer = self._ask(lambda schema: _FindItem(self._protocol).ask(find_item(schema, mailbox, start, end, most)))
        container = answer.find("{*}Items")
        if container is None:
            raise CalendarNotExchange(self._host, NO_EXCHANGE)
        whole = answer.get("IncludesLastItemInRange", "true").lower() not in ("false", "0")
        # Not every version is known to say that there are more: a full answer may hide some.
        return Items(list(container), whole and len(container) < most)

    def find_free_busy(self, address: str, start: datetime, end: datetime) -> etree._Element:
        """The ``m:FreeBusyView`` of ``address``, its times in UTC; raises CalendarError or Refused."""
        return self._ask(lambda _schema: _Availability(self._protocol).ask(availability(address, start, end)))

    @property
    def notifies(self) -> bool:
        """Whether the server, as far as it is known by now, has streaming notifications: 2010 SP1 and later."""
        return self._schemas[0] not in ("Exchange2007_SP1", "Exchange2010")

    @property
    def is_2007(self) -> bool:
        """Whether the server, as far as it is known by now, is Exchange 2007."""
        return self._schemas[0] == "Exchange2007_SP1"

    def subscribe(self, mailbox: str) -> str:
        """Ask to be told of changes in the calendar of ``mailbox``; the subscription's id. Raises as ``find_items``."""
        answer = self._ask(lambda _schema: _Subscribe(self._protocol).ask(subscription(mailbox)))
        return answer.findtext("{*}SubscriptionId") or ""

    def stream(self, subscription: str, minutes: int) -> requests.Response:
        """The answer that grows by an envelope with each change, for ``minutes`` (1 to 30); raises CalendarError.

        The caller reads and closes it.
        """
        question = _Subscribe(self._protocol).wrap(listening(subscription, minutes), self._schemas[0])
        session = self._protocol.get_session()
        try:
            answer: requests.Response = session.post(
                self._protocol.service_endpoint,
                data=question,
                headers={"Accept-Encoding": "identity"},
                stream=True,
                allow_redirects=False,
                timeout=(CONNECT_SECONDS, minutes * 60 + READ_SECONDS),
            )
        except (HTTPError, requests.RequestException, OSError) as error:
            raise unreachable(error, self._host) from None
        finally:
            self._protocol.release_session(session)
        if answer.status_code != 200:
            answer.close()
            raise refusal(answer, self._host, self._protocol.clock.now())
        return answer

    def close(self) -> None:
        """Let go of connections."""
        self._protocol.close()

    def _ask(self, question: Any) -> etree._Element:
        """Put ``question`` in each schema that may be right, until the server takes one; that one is kept."""
        for schema in self._schemas:
            self._protocol.config.version = Version(build=Build(15, 0), api_version=schema)
            try:
                answer: etree._Element = question(schema)
            except _NOT_THIS_SCHEMA:
                continue
            except ews.EWSError as error:
                meant = service_error(error, self._host)
                if isinstance(meant, Refused):  # which is an answer, in this schema
                    self._schemas = (schema,)
                raise meant from None
            except CalendarError:
                raise
            except (B2CalError, HTTPError, requests.RequestException, OSError) as error:
                raise unreachable(error, self._host) from None
            except (ValueError, LookupError, AttributeError, TypeError, ArithmeticError):
                # exchangelib takes for granted what a stranger's XML may lack.
                raise CalendarNotExchange(self._host, NO_EXCHANGE) from None
            self._schemas = (schema,)
            return answer
        name = "Exchange 2007 SP1" if self._version == "auto" else f"Exchange {self._version.replace('_', ' ')}"
        raise CalendarVersionRefused(self._host, name)


class _Protocol(BaseProtocol):  # type: ignore[misc]  # exchangelib has no types
    """exchangelib's idea of a server, with sessions of our own. Not its ``Protocol``, which lives in a global cache."""

    def __init__(self, url: str, auth: AuthBase, clock: Clock, limits: Limits) -> None:
        self._auth, self.clock, self._limits = auth, clock, limits
        super().__init__(
            Configuration(service_endpoint=url, retry_policy=_OneTry(host_of(url), clock), max_connections=1)
        )
        self.TIMEOUT = (CONNECT_SECONDS, READ_SECONDS)

    @property
    def version(self) -> Any:
        """The one in use; never guessed by a request of its own."""
        return self.config.version

    def get_auth_type(self) -> str:
        """Never asked for, since sessions sign in by themselves."""
        raise NotImplementedError

    def create_session(self) -> requests.Session:
        """A session as exchangelib wants it, with our transport."""
        session: Any = new_session(f"B2CalDesktop/{__version__}")
        session.headers["Content-Type"] = "text/xml; charset=utf-8"
        session.headers["Accept"] = "text/xml"
        session.auth = self._auth
        session.hooks["response"].append(self._read_whole)  # after the sign-in, whose hook comes first
        session.session_id, session.usage_count = 0, 0
        return session  # type: ignore[no-any-return]

    def _read_whole(self, response: requests.Response, **options: Any) -> None:
        if options.get("stream"):
            return
        limits = self._limits
        try:
            body = read_body(response, max_bytes=limits.max_bytes, seconds=limits.seconds, clock=self.clock)
        except AnswerTooLarge:
            raise CalendarUnreachable(host_of(str(response.url)), TOO_MUCH) from None
        except (HTTPError, AnswerTooSlow) as error:
            raise unreachable(error, host_of(str(response.url))) from None
        response._content, response._content_consumed = body, True  # type: ignore[attr-defined]


class _OneTry(FailFast):  # type: ignore[misc]
    """Lets Exchange's own answers through, and says what every other answer is. Nothing is tried twice."""

    def __init__(self, host: str, clock: Clock) -> None:
        self._host, self._clock = host, clock

    def raise_response_errors(self, response: requests.Response) -> None:
        """Raise CalendarError unless the body is a whole SOAP envelope, which Exchange sends with 200 and 500."""
        if response.status_code not in (200, 500) or not _ENVELOPE.match(response.content):
            raise refusal(response, self._host, self._clock.now())
        if not response.content.rstrip().endswith(b"Envelope>"):
            raise CalendarUnreachable(self._host, CUT_SHORT)


class _Service(EWSService):  # type: ignore[misc]
    """A service that asks once, in one schema, as whoever is signed in."""

    NO_VALID_SERVER_VERSIONS = ews.ErrorInvalidServerVersion

    def ask(self, payload: etree._Element) -> etree._Element:
        """The one element that answers ``payload``; raises exchangelib's errors."""
        for found in self._get_elements(payload):
            if isinstance(found, Exception):
                raise found
            if etree.iselement(found):
                return found
        raise ews.MalformedResponseError("no answer")

    def _api_versions_to_try(self) -> tuple[str, ...]:
        return (self.protocol.config.version.api_version,)

    def _update_api_version(self, api_version: str, header: etree._Element) -> None:
        """What was asked in goes on: a server may name a version that it does not take as a request's."""

    @classmethod
    def _get_soap_parts(cls, response: requests.Response) -> Any:
        return super()._get_soap_parts(_InOnePiece(response.content))

    @staticmethod
    def _get_exception(code: str, text: str, msg_xml: Any = None, rule_errors: Any = None) -> Exception:
        error = EWSService._get_exception(code, text or "", msg_xml, rule_errors)
        if isinstance(error, ews.ErrorServerBusy) and msg_xml is not None:
            waits = [value.text for value in msg_xml.iter("{*}Value") if value.get("Name") == "BackOffMilliseconds"]
            error.back_off = int(waits[0]) / 1000 if waits else None
        return error  # type: ignore[no-any-return]


class _FindItem(_Service):
    """https://learn.microsoft.com/exchange/client-developer/web-service-reference/finditem-operation"""

    SERVICE_NAME = "FindItem"
    element_container_name = f"{{{MNS}}}RootFolder"

    @classmethod
    def _get_elements_in_container(cls, container: etree._Element) -> list[etree._Element]:
        return [container]


class _Availability(_Service, GetUserAvailability):  # type: ignore[misc]
    """https://learn.microsoft.com/exchange/client-developer/web-service-reference/getuseravailability-operation"""


class _Subscribe(_Service):
    """https://learn.microsoft.com/exchange/client-developer/web-service-reference/subscribe-operation"""

    SERVICE_NAME = "Subscribe"

    @classmethod
    def _get_elements_in_container(cls, container: etree._Element) -> list[etree._Element]:
        return [container]


@dataclass(frozen=True, slots=True)
class _InOnePiece:
    """A body that exchangelib need not fetch byte by byte."""

    body: bytes

    def iter_content(self) -> Iterator[bytes]:
        """The body."""
        yield self.body
