"""A stand-in for an Exchange server: real TLS, real NTLM and Negotiate (pyspnego accepts), Basic, and EWS behind them.

It behaves as IIS does: a connection that has signed in by NTLM or Negotiate stays signed in, and one wrong answer costs
a bad log-on, which is counted. With ``bound`` it demands channel binding, as Extended Protection does.
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import spnego
import trustme
from spnego.channel_bindings import GssChannelBindings

from tests.servers.exchange_soap import Soap


@dataclass(frozen=True)
class Asked:
    """A request as it came; ``user`` is None for one that was not signed in."""

    path: str
    headers: dict[str, str]
    body: bytes
    user: str | None

    @property
    def scheme(self) -> str | None:
        return self.headers.get("authorization", "").partition(" ")[0] or None


@dataclass(frozen=True)
class Fault:
    """What the next request gets once it has signed in, or (``early``) before anybody asks who it is."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    early: bool = False
    cut: bool = False
    slowly: bool = False


@dataclass
class ExchangeServer:
    """What the server is to do and what it was asked. ``users`` maps names to passwords."""

    soap: Soap
    users: dict[str, str]
    host: str = "localhost"
    port: int = 0
    schemes: tuple[str, ...] = ("Negotiate", "NTLM", 'Basic realm="mail"')
    bound: bool = False
    keeps_open: bool = True
    faults: list[Fault] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    bad_log_ons: int = 0
    log_ons: list[tuple[str, str]] = field(default_factory=list)
    connections: int = 0
    binding: bytes = b""
    told: queue.Queue[bytes | None] = field(default_factory=queue.Queue)
    stopped: bool = False

    @property
    def url(self) -> str:
        return f"https://{self.host}:{self.port}/EWS/Exchange.asmx"

    @property
    def secrets_seen(self) -> list[str]:
        return [asked.headers["authorization"] for asked in self.asked if "authorization" in asked.headers]


class _Handler(BaseHTTPRequestHandler):
    """One connection; it remembers who signed in to it."""

    protocol_version = "HTTP/1.1"
    exchange: ExchangeServer

    def setup(self) -> None:
        super().setup()
        self.user: str | None = None
        self.context: Any = None
        self.exchange.connections += 1

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers["Content-Length"])))

    def _serve(self, body: bytes) -> None:
        exchange = self.exchange
        authorization = self.headers.get("Authorization", "")
        signed_in_by = None
        if not (exchange.faults and exchange.faults[0].early):
            if authorization or self.user is None:
                signed_in_by, answer = self._sign_in(authorization)
            else:
                signed_in_by, answer = self.user, None
        headers = {name.lower(): value for name, value in self.headers.items()}
        exchange.asked.append(Asked(self.path, headers, body, signed_in_by))
        if exchange.faults and (signed_in_by or exchange.faults[0].early):
            self._misbehave(exchange.faults.pop(0))
        elif signed_in_by is None:
            self._send(401, b"<html>401</html>", answer)
        elif self.path.lower() != "/ews/exchange.asmx" or self.command != "POST":
            self._send(404, b"<html>404</html>", [])
        elif self.headers["Content-Type"] != "text/xml; charset=utf-8":
            self._send(415, b"", [])
        else:
            status, content = exchange.soap.answer(body, signed_in_by)
            if status == 200 and b"GetStreamingEventsResponse" in content:
                self._stream(content)
                return
            told = [("Content-Type", "text/xml; charset=utf-8")]
            if "gzip" in self.headers.get("Accept-Encoding", ""):  # IIS does by itself
                content = gzip.compress(content, 1)
                told += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
            self._send(status, content, told)

    def _stream(self, first: bytes) -> None:
        """Chunk by chunk what the test puts into ``told``, cut anywhere; None breaks off, "Closed" ends it."""
        self.send_response(200)
        self.send_header("Content-Type", "text/xml; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        content: bytes | None = first
        while content is not None:
            for part in (content[:100], content[100:]):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
            if b">Closed<" in content:
                self.wfile.write(b"0\r\n\r\n")
                return
            content = self._next_told()
        self.close_connection = True

    def _next_told(self) -> bytes | None:
        while not self.exchange.stopped:
            with contextlib.suppress(queue.Empty):
                return self.exchange.told.get(timeout=0.05)
        return None

    def _sign_in(self, authorization: str) -> tuple[str | None, list[tuple[str, str]]]:
        """Who it is, or the headers of a 401."""
        exchange = self.exchange
        scheme, _, token = authorization.partition(" ")
        offered = [one.partition(" ")[0] for one in exchange.schemes]
        asks = [("WWW-Authenticate", one) for one in exchange.schemes]
        if scheme not in offered:
            return None, asks
        if scheme == "Basic":
            name, _, password = base64.b64decode(token).decode().partition(":")
            return self._known(name, scheme) if exchange.users.get(name) == password else self._unknown(asks)
        try:
            if self.context is None:
                binding = GssChannelBindings(application_data=exchange.binding) if exchange.bound else None
                options = (
                    spnego.NegotiateOptions.use_ntlm if scheme == "NTLM" else spnego.NegotiateOptions.use_negotiate
                )
                self.context = spnego.server(
                    hostname=exchange.host,
                    service="HTTP",
                    protocol=scheme.lower(),
                    channel_bindings=binding,
                    options=options,
                )
            answer = self.context.step(base64.b64decode(token))
        except Exception:  # noqa: BLE001  pyspnego lets some of gssapi's errors through
            return self._unknown(asks)
        if self.context.complete:
            return self._known(self.context.client_principal, scheme)
        return None, [("WWW-Authenticate", f"{scheme} {base64.b64encode(answer or b'').decode()}")]

    def _known(self, name: str, scheme: str) -> tuple[str, list[tuple[str, str]]]:
        self.exchange.log_ons.append((scheme, name))
        self.context = None
        if scheme != "Basic":
            self.user = name
        return name, []

    def _unknown(self, asks: list[tuple[str, str]]) -> tuple[None, list[tuple[str, str]]]:
        self.exchange.bad_log_ons += 1
        self.context = None
        return None, asks

    def _misbehave(self, fault: Fault) -> None:
        if fault.slowly:
            self.send_response(200)
            self.send_header("Content-Length", "1000000")
            self.end_headers()
            with contextlib.suppress(OSError):
                for _ in range(100):
                    self.wfile.write(b" ")
                    time.sleep(0.05)
            return
        if fault.cut:
            self.send_response(fault.status)
            self.send_header("Content-Length", str(len(fault.body) + 100))
            self.end_headers()
            self.wfile.write(fault.body)
            self.close_connection = True
            return
        self._send(fault.status, fault.body, list(fault.headers.items()))

    def _send(self, status: int, body: bytes, headers: list[tuple[str, str]]) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if not self.exchange.keeps_open and status == 401:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.send_header("X-FEServer", "EX01")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Keep the test's output clean."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, context: ssl.SSLContext, handler: Callable[..., BaseHTTPRequestHandler]) -> None:
        self._context = context
        super().__init__(("127.0.0.1", 0), handler)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # The hand-shake waits for the first read, in the connection's own thread.
        return self._context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what some tests are about."""


@contextmanager
def exchange_server(exchange: ExchangeServer, authority: trustme.CA) -> Iterator[ExchangeServer]:
    """``exchange``, serving on this machine with a certificate of ``authority``."""
    issued = authority.issue_cert(exchange.host)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issued.configure_cert(context)
    certificate = ssl.PEM_cert_to_DER_cert(issued.cert_chain_pems[0].bytes().decode())
    exchange.binding = b"tls-server-end-point:" + hashlib.sha256(certificate).digest()
    handler = type("Handler", (_Handler,), {"exchange": exchange})
    with _Server(context, handler) as server:
        exchange.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield exchange
        finally:
            exchange.stopped = True
            server.shutdown()
            thread.join()
