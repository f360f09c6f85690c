"""Signing in to an Exchange server over HTTP: Negotiate (Kerberos, or NTLM inside it), NTLM, the Windows log-on, Basic.

Credentials go to one origin only, over TLS, and only after that server has asked for them. They are tried once: an
account is locked after a few wrong passwords, and a program that asks every minute would see to that. NTLM and
Negotiate are bound to the TLS channel (tls-server-end-point, RFC 5929), which Exchange calls Extended Protection.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from requests.auth import AuthBase
from requests.cookies import extract_cookies_to_jar
from spnego import NegotiateOptions, Password, client
from spnego.channel_bindings import GssChannelBindings

from b2cal_desktop.core.errors import (
    CalendarError,
    CalendarPasswordRefused,
    CalendarRefused,
    CalendarSignInMethod,
    CalendarUnreachable,
)
from b2cal_desktop.core.model import Text
from b2cal_desktop.system.network import host_of

# At DEBUG it prints the tokens. What it has to say of a failure, its exceptions say too.
logging.getLogger("spnego").setLevel(logging.CRITICAL + 1)

NEGOTIATE, NTLM, BASIC = "negotiate", "ntlm", "basic"
# What may be picked, best first. The Windows log-on knows no password that Basic could send.
_ALLOWED: Mapping[str, tuple[str, ...]] = {
    "auto": (NEGOTIATE, NTLM, BASIC),
    "negotiate": (NEGOTIATE,),
    "ntlm": (NTLM,),
    "basic": (BASIC,),
    "sso": (NEGOTIATE, NTLM),
}
# NTLM takes two messages, Kerberos one or two, NTLM inside Negotiate up to three.
_MOST_MESSAGES = 4
_MOST_BYTES = 64 * 1024  # of a page that says 401

ELSEWHERE = Text("den hänvisar till en annan adress", "it refers to another address")
_CUT = Text(
    "förbindelsen stängs mitt i inloggningen; en proxyserver emellan klarar inte NTLM",
    "the connection is closed in the midst of signing in; a proxy in between cannot do NTLM",
)
_NO_LOG_ON = Text(
    "Windowsinloggningen går inte att använda på den här datorn; ange användarnamn och lösenord",
    "the Windows log-on cannot be used on this computer; give user name and password",
)
_NOT_POSSIBLE = Text(
    "den här datorn klarar inte sättet som servern vill ha", "this computer cannot do what the server asks for"
)


class ExchangeAuth(AuthBase):
    """Answers a 401 of the server at ``url`` with one try to sign in.

    ``method`` is ``auto``, ``ntlm``, ``basic``, ``negotiate`` or ``sso``; with ``sso``, or without ``user``, whoever
    is logged on to this computer signs in. Raises CalendarPasswordRefused, CalendarSignInMethod or CalendarUnreachable
    out of the request. May serve several sessions, also of several threads: what one of them is refused, none tries
    again.
    """

    def __init__(self, url: str, *, method: str = "auto", user: str = "", password: str | None = None) -> None:
        self.host = host_of(url)
        self._origin, self._name = _origin(url), urlsplit(url).hostname or ""
        self._method = "sso" if method == "auto" and not user else method
        self._credential = Password(user, password or "") if user and method != "sso" else None
        self._basic_was_taken = self._was_refused = False
        self._signing_in = threading.Lock()

    def __repr__(self) -> str:
        return f"ExchangeAuth({self.host!r}, method={self._method!r})"

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Prepare a request; raises CalendarRefused where it is meant for anybody but the own server."""
        if _origin(str(request.url)) != self._origin or self._origin[0] != "https":
            raise CalendarRefused(self.host, ELSEWHERE)
        if self._was_refused:
            raise CalendarPasswordRefused(self.host)
        if self._basic_was_taken:
            request.headers["Authorization"] = self._basic()
        request.register_hook("response", self._on_response)  # type: ignore[no-untyped-call]
        return request

    def _on_response(self, response: requests.Response, **options: Any) -> requests.Response:
        if response.status_code != 401:
            return response
        with self._signing_in:
            if self._was_refused or "Authorization" in response.request.headers:
                raise self._refused(response)
            try:
                return self._sign_in(response, options)
            except CalendarError:
                response.close()
                raise

    def _sign_in(self, response: requests.Response, options: Mapping[str, Any]) -> requests.Response:
        scheme = self._choose(challenges(response))
        if scheme != BASIC:
            return self._shake_hands(scheme, response, options)
        answer = self._send_again(response, self._basic(), options)
        if answer.status_code == 401:
            raise self._refused(answer)
        self._basic_was_taken = True
        return answer

    def _choose(self, offered: Mapping[str, str]) -> str:
        allowed = _ALLOWED[self._method]
        chosen = next((scheme for scheme in allowed if scheme in offered), None)
        if chosen is None:
            names = ", ".join(scheme.title() if scheme != NTLM else "NTLM" for scheme in offered) or "–"
            raise self._unusable(Text(f"servern erbjuder {names}", f"the server offers {names}"))
        return chosen

    def _basic(self) -> str:
        if self._credential is None:
            raise self._unusable(_NO_LOG_ON)
        text = f"{self._credential.username}:{self._credential.password}"
        return f"Basic {base64.b64encode(text.encode()).decode()}"

    def _shake_hands(self, scheme: str, response: requests.Response, options: Mapping[str, Any]) -> requests.Response:
        """Sign in to the connection that ``response`` came by, or to the one that follows it."""
        name = "NTLM" if scheme == NTLM else "Negotiate"
        binding = channel_binding(response)
        try:
            context = client(
                self._credential,
                hostname=self._name,
                service="HTTP",
                protocol=scheme,
                channel_bindings=binding,
                # With a password NTLM is the same code everywhere; only the log-on needs the system's own.
                options=NegotiateOptions.use_ntlm if scheme == NTLM and self._credential else NegotiateOptions.none,
            )
            token = context.step()
        except Exception:  # noqa: BLE001  beside SpnegoError each system's library has its own; its text may name accounts
            raise self._unusable(_NOT_POSSIBLE if self._credential else _NO_LOG_ON) from None
        for _ in range(_MOST_MESSAGES):
            response = self._send_again(response, f"{name} {base64.b64encode(token or b'').decode()}", options)
            if response.status_code != 401:
                return response
            challenge = challenges(response).get(scheme, "")
            if context.complete or not challenge:
                break
            if response.headers.get("Connection", "").lower() == "close":
                response.close()
                raise CalendarUnreachable(self.host, _CUT)
            try:
                received = base64.b64decode(challenge, validate=True)
                token = context.step(received, channel_bindings=channel_binding(response) or binding)
            except Exception:  # noqa: BLE001  likewise, and a token that is none
                break
            if token is None:
                break
        raise self._refused(response)

    def _send_again(
        self, response: requests.Response, authorization: str, options: Mapping[str, Any]
    ) -> requests.Response:
        """The same request once more, on the same connection where it was kept open."""
        request = response.request.copy()
        body, rest = response.raw.read(_MOST_BYTES), response.raw.read(1)  # to its end, or the connection is lost
        if body and rest:
            response.close()
            raise CalendarUnreachable(self.host, Text("svaret är för stort", "the answer is too large"))
        response.raw.release_conn()
        request.headers["Authorization"] = authorization
        request.headers.pop("Cookie", None)  # an answer's cookies are of use to the next message
        jar: Any = vars(request)["_cookies"]  # the only place where requests keeps them
        extract_cookies_to_jar(jar, response.request, response.raw)  # type: ignore[no-untyped-call]
        request.prepare_cookies(jar)
        adapter: Any = vars(response)["connection"]
        answer: requests.Response = adapter.send(request, **options)
        answer.history.append(response)
        return answer

    def _refused(self, response: requests.Response) -> CalendarError:
        response.close()
        self._was_refused, self._basic_was_taken = True, False
        return CalendarPasswordRefused(self.host)

    def _unusable(self, problem: Text) -> CalendarError:
        return CalendarSignInMethod(self.host, problem)


def challenges(response: requests.Response) -> dict[str, str]:
    """The schemes of a 401 in lower case, in the server's order, each with its token or parameters, or empty."""
    found: dict[str, str] = {}
    for header in response.raw.headers.getlist("WWW-Authenticate"):
        for part in header.split(","):
            scheme, _, rest = part.strip().partition(" ")
            if scheme.lower() in (NEGOTIATE, NTLM, BASIC):
                found[scheme.lower()] = rest.strip()
    return found


def channel_binding(response: requests.Response) -> GssChannelBindings | None:
    """What ties a sign-in to the TLS connection of ``response``, which must not have been read yet; None without TLS.

    Where the server closes the connection after this answer, http.client has let go of the socket: None too. The next
    answer of the hand-shake then brings it, in time for NTLM.
    """
    socket: Any = getattr(getattr(response.raw, "connection", None), "sock", None)
    certificate: bytes | None = socket.getpeercert(True) if hasattr(socket, "getpeercert") else None
    digest = certificate and _certificate_hash(certificate)
    return GssChannelBindings(application_data=b"tls-server-end-point:" + digest) if digest else None


def _certificate_hash(certificate: bytes) -> bytes | None:
    """By the hash of the certificate's signature, and SHA-256 in place of MD5 and SHA-1 (RFC 5929, section 4.1)."""
    try:
        algorithm = x509.load_der_x509_certificate(certificate).signature_hash_algorithm
    except (UnsupportedAlgorithm, ValueError):
        return None
    name = algorithm.name if algorithm and algorithm.name not in ("md5", "sha1") else "sha256"
    return hashlib.new(name, certificate).digest()


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"https": 443}.get(parts.scheme)
