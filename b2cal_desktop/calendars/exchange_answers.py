"""What an Exchange server's no means, by HTTP status or by its own response code."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from b2cal_desktop.core.errors import (
    B2CalError,
    CalendarBlocked,
    CalendarError,
    CalendarMailboxMissing,
    CalendarNotExchange,
    CalendarNotTrusted,
    CalendarPasswordRefused,
    CalendarThrottled,
    CalendarUnreachable,
    CalendarVersionRefused,
)
from b2cal_desktop.core.model import Text
from b2cal_desktop.system.network import LONGEST_WAIT, host_of, retry_after, server_fault, what_failed

if TYPE_CHECKING:
    import requests

NO_EXCHANGE = Text(
    "svaret kommer inte från Exchange; på ett gästnät kan du behöva logga in där först",
    "the answer is not from Exchange; on a guest network you may have to sign in there first",
)
CUT_SHORT = Text("svaret tar slut i förtid", "the answer ends too early")
TOO_MUCH = Text("svaret är för stort", "the answer is too large")
_OLD_TLS = Text(
    "servern och datorn har inget krypteringssätt gemensamt; Exchange 2007 och 2010 kan behöva TLS 1.2 påslaget",
    "server and computer have no encryption in common; Exchange 2007 and 2010 may need TLS 1.2 turned on",
)
_PROXY_SIGN_IN = Text("proxyservern kräver inloggning", "the proxy asks for a sign-in")
_NO_SERVICE = Text("där finns ingen kalendertjänst", "there is no calendar service there")
_NOT_ALLOWED = Text(
    "EWS är avstängt för kontot eller för det här programmet", "EWS is turned off for the account or for this program"
)
_ACCOUNT_OFF = Text("kontot är avstängt", "the account is disabled")
_PASSWORD_OLD = Text("lösenordet har gått ut", "the password has expired")
_OWN_MAILBOX = Text("någon postlåda för kontot", "a mailbox for the account")
_THAT_MAILBOX = Text("den postlåda som är vald", "the mailbox that was chosen")
_SPEAKS_OTHER = Text("den version vi frågar i", "the version that we ask in")

_CLOSED = frozenset({"ErrorAccessDenied", "ErrorFolderNotFound", "ErrorItemNotFound", "ErrorNoFreeBusyAccess"})
_TOO_MANY = frozenset({"ErrorExceededFindCountLimit", "ErrorCalendarViewRangeTooBig", "ErrorTimeIntervalTooBig"})
_BUSY = frozenset({"ErrorServerBusy", "ErrorExceededConnectionCount", "ErrorTooManyObjectsOpened"})
_NO_SUCH_MAILBOX = frozenset(
    {"ErrorNonExistentMailbox", "ErrorMailRecipientNotFound", "ErrorInvalidSmtpAddress", "ErrorInvalidMailbox"}
)
_VERSION = frozenset(
    {"ErrorIncorrectSchemaVersion", "ErrorInvalidSchemaVersionForMailboxVersion", "ErrorInvalidServerVersion"}
)


class Refused(Exception):
    """Exchange says no in a way that there may be a way around: no right to the folder, or too much at once."""

    def __init__(self, code: str) -> None:
        self.too_much = code in _TOO_MANY
        super().__init__(code)


def refusal(response: requests.Response, host: str, now: datetime) -> CalendarError:
    """What an answer that is no SOAP of Exchange's means; ``response`` has been read."""
    status, wait = response.status_code, retry_after(response, now)
    if status == 401:
        return CalendarPasswordRefused(host)
    if status == 429 or (status == 503 and wait is not None):
        return CalendarThrottled(host, retry_after=wait)
    if status == 407:
        return CalendarUnreachable(host, _PROXY_SIGN_IN)
    if 300 <= status < 400:
        other = host_of(response.headers.get("Location", ""))
        return CalendarNotExchange(host, Text(f"den hänvisar till {other}", f"it refers to {other}"))
    if status == 403:
        return CalendarBlocked(host, _NOT_ALLOWED)
    if status in (400, 404, 405, 410):
        return CalendarNotExchange(host, _NO_SERVICE)
    if status >= 500 or status == 408:
        return CalendarUnreachable(host, server_fault(status), retry_after=wait)
    return CalendarUnreachable(host, NO_EXCHANGE)


def service_error(error: Exception, host: str) -> CalendarError | Refused:
    """What an error of Exchange's own, as exchangelib raises it, means. Its text is not shown: it may quote the answer.

    https://learn.microsoft.com/exchange/client-developer/web-service-reference/responsecode
    """
    code = type(error).__name__
    if code in _CLOSED | _TOO_MANY:
        return Refused(code)
    if code in _BUSY:
        wait = getattr(error, "back_off", None)
        return CalendarThrottled(host, retry_after=wait and min(wait, LONGEST_WAIT))
    if code in ("TransportError", "ErrorTimeoutExpired"):
        return unreachable(error, host)
    if code in _NO_SUCH_MAILBOX:
        return CalendarMailboxMissing(host, _THAT_MAILBOX)
    if code == "ErrorMissingEmailAddress":
        return CalendarMailboxMissing(host, _OWN_MAILBOX)
    if code == "ErrorAccountDisabled":
        return CalendarBlocked(host, _ACCOUNT_OFF)
    if code == "ErrorPasswordExpired":
        return CalendarBlocked(host, _PASSWORD_OLD)
    if code in _VERSION:
        return CalendarVersionRefused(host, _SPEAKS_OTHER)
    if code in ("SOAPError", "MalformedResponseError"):
        return CalendarNotExchange(host, NO_EXCHANGE)
    return CalendarUnreachable(host, Text(f"Exchange svarar {code}", f"Exchange answers {code}"))


def unreachable(error: BaseException, host: str) -> CalendarError:
    """What a failure of the network means, also where exchangelib has wrapped it."""
    if isinstance(error, B2CalError):  # such as a certificate file that cannot be read
        return CalendarUnreachable(host, error.as_problem)
    if error.__context__ is None and type(error).__name__ == "ErrorTimeoutExpired":
        return CalendarUnreachable(host, what_failed(TimeoutError()))
    causes = tuple(_wrapped(error))
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return CalendarNotTrusted(host)
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return CalendarUnreachable(host, _OLD_TLS)
    return CalendarUnreachable(host, what_failed(error))


def _wrapped(error: BaseException) -> Iterator[BaseException]:
    """``error`` and what lies within: urllib3 wraps by arguments, requests and exchangelib by context too."""
    yield error
    for inner in (error.__cause__ or error.__context__, getattr(error, "reason", None), *error.args):
        if isinstance(inner, BaseException):
            yield from _wrapped(inner)
