"""How this program talks to the network: which addresses are safe, how a session is built, what a failure is called.

Nothing heavy is imported here; requests and truststore are loaded with the first session.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from b2cal_desktop.core.errors import B2CalError
from b2cal_desktop.core.model import Text
from b2cal_desktop.core.ports import Clock

if TYPE_CHECKING:
    import ssl

    import requests

CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0
LONGEST_WAIT = 3600.0  # a server that asks for more has erred, or means harm
_CHUNK = 64 * 1024
_CUT = (ConnectionResetError, ConnectionAbortedError, BrokenPipeError)  # http.client's RemoteDisconnected is the first
_WAS_CUT = Text("förbindelsen bröts", "the connection was cut")
_TOO_OLD_TLS = Text("servern kan bara föråldrad kryptering (TLS)", "the server knows only outdated encryption (TLS)")
_NO_TLS = Text("den talar inte TLS (https)", "it does not speak TLS (https)")
_NOT_SECURED = Text(
    "den krypterade förbindelsen (TLS) gick inte att upprätta", "the encrypted connection (TLS) could not be set up"
)
_TLS_FAULTS = (  # by what OpenSSL's texts say
    ("WRONG_VERSION|record layer|UNEXPECTED_EOF", _NO_TLS),
    ("UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|NO_PROTOCOLS|LEGACY_RENEGOTIATION|KEY_TOO_SMALL", _TOO_OLD_TLS),
)
_NOT_ACCEPTED = Text(
    "serverns certifikat godtas inte av datorn", "this computer does not accept the server's certificate"
)
_CERTIFICATE_FAULTS: Mapping[int, Text] = {  # by OpenSSL's numbers
    9: Text("det gäller inte än", "it is not valid yet"),
    10: Text("det har gått ut", "it has expired"),
    18: Text("det är självsignerat", "it is self-signed"),
    19: Text("dess utfärdare är okänd", "its issuer is unknown"),
    20: Text("dess utfärdare är okänd", "its issuer is unknown"),
    21: Text("dess utfärdare är okänd", "its issuer is unknown"),
    23: Text("det är återkallat", "it has been revoked"),
    62: Text("det gäller inte den här adressen", "it is for another host"),
    64: Text("det gäller inte den här adressen", "it is for another host"),
}
_NO_ADDRESS = Text("den går inte att tyda", "it cannot be understood")


class UnsafeAddress(B2CalError):
    """An address that this program does not talk to; names the host, never the path, the query or a password."""

    code, exit_code = "unsafe_address", 2
    what = Text("Adressen ({host}) godtas inte: {problem}.", "The address ({host}) is not accepted: {problem}.")

    def __init__(self, host: str, problem: Text) -> None:
        self.host, self.problem = host, problem
        super().__init__(host=host, problem=problem)


class CertificateFileProblem(B2CalError):
    """``SSL_CERT_FILE`` names a file that cannot be used."""

    code, exit_code = "certificate_file", 2
    what = Text(
        "Certifikatfilen {path} i miljövariabeln SSL_CERT_FILE går inte att använda.",
        "The certificate file {path} in the environment variable SSL_CERT_FILE cannot be used.",
    )

    def __init__(self, path: str) -> None:
        super().__init__(path=path)


class AnswerTooLarge(Exception):
    """More bytes than the caller allows, counted after decompression."""


class AnswerTooSlow(Exception):
    """The answer was not complete within the time that the caller allows."""


def host_of(url: str) -> str:
    """The host (and port, where one is written) of ``url``: the only part of an address fit for an error or a log."""
    try:
        parts = urlsplit(url)
        return f"{parts.hostname or '?'}:{parts.port}" if parts.port else parts.hostname or "?"
    except ValueError:
        return "?"


def is_loopback(host: str | None) -> bool:
    """Whether ``host`` is this computer by its very name; nothing is looked up."""
    if host is None:
        return False
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def require_safe_address(url: str) -> None:
    """Accept https, and http to this computer itself; raise UnsafeAddress for everything else."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise UnsafeAddress("?", _NO_ADDRESS) from None
    if parts.scheme not in ("https", "http"):
        problem = Text("den ska börja med https://", "it should begin with https://")
        raise UnsafeAddress(host_of(url), problem)
    # A backslash ends the host for requests and urllib3, and does not for urlsplit: each would see another host.
    if not host or any(c.isspace() or not c.isprintable() or c == "\\" for c in url):
        raise UnsafeAddress(host or "?", _NO_ADDRESS)
    if parts.scheme == "http" and not is_loopback(host):
        problem = Text("http kan läsas av andra; använd https", "others can read what http sends; use https")
        raise UnsafeAddress(host_of(url), problem)


def _next_address(from_address: str, location: str) -> str:
    """Where a redirect leads, if that is a place to go; raises UnsafeAddress."""
    try:
        following = urljoin(from_address, location)
    except ValueError:
        raise UnsafeAddress(host_of(from_address), Text("den hänvisar fel", "it redirects to nowhere")) from None
    require_safe_address(following)
    to_host = urlsplit(following).hostname
    if is_loopback(to_host) and not is_loopback(urlsplit(from_address).hostname):
        # A server elsewhere has no business sending us to this computer's own services.
        raise UnsafeAddress(to_host or "?", Text("den hänvisar till den här datorn", "it redirects to this computer"))
    return following


def follow_redirects(ask: Callable[[str], requests.Response], address: str, most: int) -> requests.Response:
    """The first answer of ``ask``, an address each, that is no redirect; only to places that are safe to go to.

    Raises UnsafeAddress, also after ``most`` redirects, and what ``ask`` raises.
    """
    host = host_of(address)
    require_safe_address(address)
    for _ in range(most + 1):
        response = ask(address)
        if not response.is_redirect:
            return response
        response.close()
        address = _next_address(address, response.headers["Location"])
    raise UnsafeAddress(host, Text("adressen hänvisar runt i ring", "the address redirects in a circle"))


def new_session(user_agent: str) -> requests.Session:
    """A session that verifies certificates by the operating system's store, and by ``SSL_CERT_FILE`` where that is set.

    Every request has time-outs (``CONNECT_SECONDS``, ``READ_SECONDS``) unless it brings its own; proxies come from
    the system; credentials only ever from the caller, never from a netrc file. Raises CertificateFileProblem.
    """
    from b2cal_desktop.system.http_session import VerifiedSession

    return VerifiedSession(user_agent)


def read_body(response: requests.Response, *, max_bytes: int, seconds: float, clock: Clock) -> bytes:
    """The decompressed body of a response that was asked for with ``stream=True``.

    Raises AnswerTooLarge, AnswerTooSlow (``seconds`` for all of it, however slowly it trickles) or what requests and
    urllib3 raise; closes the response in every case.
    """
    deadline = clock.monotonic() + seconds
    body = bytearray()
    with response:
        for chunk in _chunks(response):
            body += chunk
            if len(body) > max_bytes:
                raise AnswerTooLarge
            if clock.monotonic() > deadline:
                raise AnswerTooSlow
    return bytes(body)


def _chunks(response: requests.Response) -> Iterator[bytes]:
    """What has arrived, as it arrives: unlike ``iter_content``, which waits until a whole chunk is there."""
    while chunk := response.raw.read1(_CHUNK, decode_content=True):
        yield chunk


def retry_after(response: requests.Response, now: datetime) -> float | None:
    """How many seconds the server asks us to wait, whether it wrote a number or a date; None if it did not say.

    At most ``LONGEST_WAIT``.
    """
    value = response.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:9]), LONGEST_WAIT)
    told = http_date(value)
    return min(max(0.0, (told - now).total_seconds()), LONGEST_WAIT) if told is not None else None


def server_fault(status: int) -> Text:
    """What people are told of an error that is the server's (5xx, 408), or of a guest network in its place (511)."""
    if status == 511:
        return Text("du behöver logga in på gästnätet först", "you have to sign in to the guest network first")
    return Text(f"servern svarar med fel {status}", f"the server answers with error {status}")


def http_date(value: str) -> datetime | None:
    """The instant that a header such as ``Date`` names, in UTC where it names no zone; None where it names none."""
    try:
        told = parsedate_to_datetime(value)
        return told.replace(tzinfo=told.tzinfo or UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def what_failed(error: BaseException) -> Text:
    """What people are told of an exception from requests or urllib3: no address, no vendor's wording."""
    import ssl

    import requests
    from urllib3.exceptions import NameResolutionError

    causes = tuple(causes_of(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _certificate_fault(cause)
    if any(isinstance(c, (NameResolutionError, socket.gaierror)) for c in causes):
        return Text("namnet finns inte, eller så saknas nätverk", "there is no such name, or no network")
    if any(isinstance(c, _CUT) for c in causes):  # before the next: urllib3 then takes it for the proxy's doing
        return _WAS_CUT
    if any(isinstance(c, requests.exceptions.ProxyError) for c in causes):
        return Text("proxyservern släpper inte igenom oss", "the proxy does not let us through")
    if shaken := [str(c) for c in causes if isinstance(c, (ssl.SSLError, requests.exceptions.SSLError))]:
        return next((told for sign, told in _TLS_FAULTS if any(re.search(sign, text) for text in shaken)), _NOT_SECURED)
    if any(isinstance(c, (requests.exceptions.Timeout, TimeoutError, AnswerTooSlow)) for c in causes):
        return Text("svaret dröjer för länge", "the answer takes too long")
    if any(isinstance(c, ConnectionRefusedError) for c in causes):
        return Text("ingen tar emot anslutningen", "nobody accepts the connection")
    return _WAS_CUT


def _certificate_fault(error: ssl.SSLCertVerificationError) -> Text:
    fault = _CERTIFICATE_FAULTS.get(getattr(error, "verify_code", 0))
    told = _NOT_ACCEPTED
    return told if fault is None else Text(f"{told.sv}: {fault.sv}", f"{told.en}: {fault.en}")


def causes_of(error: BaseException) -> Iterator[BaseException]:
    """``error`` and all that it wraps: by ``raise from``, or as an argument, as urllib3 and requests do."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        current = waiting.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        wrapped = (current.__cause__, current.__context__, getattr(current, "reason", None), *current.args)
        waiting += [w for w in wrapped if isinstance(w, BaseException)]
