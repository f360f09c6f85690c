"""The one kind of HTTP session this program uses; ask ``network.new_session`` for it."""

from __future__ import annotations

import http.client
import io
import os
import ssl
from typing import Any

import requests
import truststore
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from b2cal_desktop.system.clock import SystemClock
from b2cal_desktop.system.network import CONNECT_SECONDS, READ_SECONDS, CertificateFileProblem
from b2cal_desktop.system.surroundings import SURROUNDINGS


class VerifiedSession(requests.Session):
    """Certificates by the system's store, proxies by the system's settings, credentials by nobody but the caller."""

    def __init__(self, user_agent: str) -> None:
        super().__init__()
        self.headers["User-Agent"] = user_agent
        self.trust_env = False  # else a netrc file's passwords go along, also to hosts we are redirected to
        adapter = _SystemTrustAdapter(_system_trust())
        self.mount("https://", adapter)
        self.mount("http://", adapter)

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send through the system's proxy for this address, unless the caller names one."""
        if not kwargs.get("proxies"):
            kwargs["proxies"] = SURROUNDINGS.proxies(str(request.url))
        return super().send(request, **kwargs)

    def rebuild_proxies(self, prepared_request: requests.PreparedRequest, _proxies: Any) -> dict[str, str]:
        """After a redirect, the system's proxy for the new address."""
        return SURROUNDINGS.proxies(str(prepared_request.url))

    def resolve_redirects(self, *args: Any, yield_requests: bool = False, **kwargs: Any) -> Any:
        """Follow redirects, but don't look ahead: for that, requests reads the whole body of each, however large."""
        return iter(()) if yield_requests else super().resolve_redirects(*args, **kwargs)


class _SystemTrustAdapter(HTTPAdapter):
    """Verifies by one given context, never waits for ever, and keeps no connection from one network to the next."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context, self._age = context, SURROUNDINGS.age
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=self._context)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        contexts = {"ssl_context": self._context, "proxy_ssl_context": self._context}
        manager = super().proxy_manager_for(proxy, **kwargs, **contexts)
        if not proxy.lower().startswith("socks"):  # such a proxy has connections of its own kind
            manager.pool_classes_by_scheme = _POOLS
        return manager

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Keep requests from adding its own bundle of authorities to the system's."""
        if verify is not True:
            raise ValueError("certificates are always verified, and always by the system's store")
        super().cert_verify(conn, url, verify, cert)  # type: ignore[no-untyped-call]  # its stub has no types
        conn.ca_certs = conn.ca_cert_dir = None

    def send(self, request: Any, stream: bool = False, timeout: Any = None, *args: Any, **kwargs: Any) -> Any:
        if self._age != SURROUNDINGS.age:
            self._age = SURROUNDINGS.age
            self.close()  # of its connections; new ones are made as they are needed
        return super().send(request, stream, timeout or (CONNECT_SECONDS, READ_SECONDS), *args, **kwargs)


class _HeadInTime(io.RawIOBase):
    """What comes from a socket; until ``head_is_here`` within the socket's time-out in all, not only each piece."""

    def __init__(self, below: Any, sock: Any) -> None:
        self._below, self._sock, self._seconds = below, sock, sock.gettimeout()
        self._clock = SystemClock()
        self._deadline = self._clock.monotonic() + self._seconds if self._seconds else None

    def head_is_here(self) -> None:
        """From now on each piece may take the time-out."""
        if self._deadline is not None:
            self._deadline = None
            self._sock.settimeout(self._seconds)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._deadline is not None:
            left = self._deadline - self._clock.monotonic()
            if left <= 0:
                raise TimeoutError("the head of the answer trickles")
            self._sock.settimeout(left)
        read: int | None = self._below.readinto(buffer)
        return read

    def fileno(self) -> int:
        number: int = self._below.fileno()
        return number

    def close(self) -> None:
        self._below.close()
        super().close()


class _PunctualResponse(http.client.HTTPResponse):
    """An answer whose status and headers are there in time: else one byte now and then would keep a thread for days."""

    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self._head = _HeadInTime(self.fp.detach(), sock)
        self.fp = io.BufferedReader(self._head)

    def begin(self) -> None:
        super().begin()
        self._head.head_is_here()


class _Connection(HTTPConnection):
    response_class = _PunctualResponse


class _TlsConnection(HTTPSConnection):
    response_class = _PunctualResponse


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


_POOLS = {"http": _Pool, "https": _TlsPool}


def _system_trust() -> ssl.SSLContext:
    """The operating system's certificate store, and ``SSL_CERT_FILE`` where that is set."""
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # whatever this computer's OpenSSL would let through
    if path := os.environ.get("SSL_CERT_FILE"):
        try:
            context.load_verify_locations(cafile=path)
        except OSError:  # ssl.SSLError is one
            raise CertificateFileProblem(path) from None
    return context
