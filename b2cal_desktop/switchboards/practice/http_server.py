"""HTTP/1.1 on a listening socket: framing, limits, time-outs and a graceful stop; knows no diversions."""

from __future__ import annotations

import logging
import os
import re
import socket
import socketserver
import sys
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from b2cal_desktop.switchboards.practice.http_messages import (
    Answer,
    EventStream,
    HangUp,
    Problem,
    Reply,
    Request,
    bad_request,
)

BODY_LIMIT = 16 * 1024
MAX_CONNECTIONS = 256
_DRAIN_LIMIT = 1024 * 1024
_log = logging.getLogger(__name__)


class HttpServer(ThreadingHTTPServer):
    """Answers each request with what `answer` returns; a thread per connection, at most MAX_CONNECTIONS.

    `timeout_seconds` is how long a connection may stay silent, within a request and between two.
    """

    daemon_threads = True
    # On Windows the option would let another program take the same port.
    allow_reuse_address = os.name != "nt"
    request_queue_size = 64

    def __init__(self, host: str, port: int, answer: Callable[[Request], Reply], *, timeout_seconds: float) -> None:
        if ":" in host:
            self.address_family = socket.AF_INET6
        self.answer = answer
        self.timeout_seconds = timeout_seconds
        self._connections: dict[socket.socket, bool] = {}  # whether it is being answered
        self._changed = threading.Condition()
        self._stopping = False
        super().__init__((host, port), _Handler)

    def server_bind(self) -> None:
        """Binds without asking the name service who this is, as the base class would."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        """Starts a thread for a connection, or closes it where there are too many."""
        with self._changed:
            refused = self._stopping or len(self._connections) >= MAX_CONNECTIONS
            if not refused:
                self._connections[request] = False
        if refused:
            self.shutdown_request(request)
        else:
            super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Closes a connection and forgets it."""
        super().shutdown_request(request)
        with self._changed:
            self._connections.pop(request, None)
            self._changed.notify_all()

    def mark(self, connection: socket.socket, *, answering: bool) -> bool:
        """Notes whether a request is being answered; False when the server stops instead."""
        with self._changed:
            self._connections[connection] = answering
            self._changed.notify_all()
            return not self._stopping

    def stop(self, grace_seconds: float) -> None:
        """Takes no more connections, lets answers in the making go out, closes everything."""
        with self._changed:
            self._stopping = True
        self.shutdown()
        self.server_close()
        with self._changed:
            self._changed.wait_for(lambda: not any(self._connections.values()), grace_seconds)
            left = list(self._connections)
        for connection in left:
            _shut_down(connection)  # wakes the thread that reads from it; that thread closes it
        with self._changed:
            self._changed.wait_for(lambda: not self._connections, grace_seconds)

    def handle_error(self, _request: Any, client_address: Any) -> None:
        """A connection that breaks is the client's business; anything else is logged."""
        error = sys.exception()
        if isinstance(error, OSError):
            _log.debug("practice switchboard: the connection of %s ended: %s", client_address, error)
        else:
            _log.exception("practice switchboard: a request failed")


class _Handler(BaseHTTPRequestHandler):
    """One connection: reads requests, hands them on, writes the replies."""

    protocol_version = "HTTP/1.1"
    server_version = "B2Cal-Practice-Switchboard"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave together
    server: HttpServer

    def setup(self) -> None:
        super().setup()
        self.connection.settimeout(self.server.timeout_seconds)

    def _serve(self) -> None:
        """Answers the request whose head has just been read."""
        if not self.server.mark(self.connection, answering=True):
            self.close_connection = True
            return
        try:
            reply = self._reply()
            match reply:
                case HangUp():
                    self.close_connection = True
                case EventStream():
                    self._send_stream(reply)
                case Answer():
                    self._send(reply)
        finally:
            if not self.server.mark(self.connection, answering=False):
                self.close_connection = True

    do_GET = do_HEAD = do_PUT = do_DELETE = do_POST = do_PATCH = do_OPTIONS = _serve  # noqa: N815

    def _reply(self) -> Reply:
        try:
            return self.server.answer(self._read_request())
        except Problem as problem:
            return problem.answer()

    def _read_request(self) -> Request:
        if self.request_version == "HTTP/0.9":
            self.close_connection = True
            self.request_version = "HTTP/1.1"
            raise bad_request("The request line names no HTTP version.")
        body = self._read_body()
        try:
            parts = urlsplit(self.path)
            segments = tuple(unquote(part, errors="strict") for part in parts.path.split("/")[1:])
            query = parse_qs(parts.query, keep_blank_values=True, errors="strict", max_num_fields=20)
        except ValueError as error:
            raise bad_request("The address is malformed.") from error
        method = "GET" if self.command == "HEAD" else self.command
        return Request(method, parts.path, segments, query, self.headers, body)

    def _read_body(self) -> bytes:
        """The body, which is read even where nobody wants it: the next request begins after it."""
        if self.headers.get("Transfer-Encoding") is not None:
            self.close_connection = True
            raise Problem(411, "BadRequest", "A Content-Length is needed", "Chunked bodies are not taken here.")
        lengths = {value.strip() for value in self.headers.get_all("Content-Length") or ["0"]}
        text = lengths.pop()
        if lengths or not re.fullmatch(r"[0-9]{1,18}", text):
            self.close_connection = True
            raise bad_request("Content-Length is no single whole number.")
        if int(text) > BODY_LIMIT:
            self.close_connection = True
            detail = f"A body has at most {BODY_LIMIT} bytes here; this one has {text}."
            raise Problem(413, "BadRequest", "The body is too large", detail)
        try:
            body = self.rfile.read(int(text))
        except TimeoutError as error:
            self.close_connection = True
            detail = "The rest of the body did not arrive in time."
            raise Problem(408, "BadRequest", "The request took too long", detail) from error
        if len(body) < int(text):
            self.close_connection = True
            raise bad_request("The body ended before its Content-Length.")
        return body

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        has_body = answer.status not in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
        if answer.content_type is not None:
            self.send_header("Content-Type", answer.content_type)
            self.send_header("X-Content-Type-Options", "nosniff")
        if has_body:
            self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers:
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if has_body and self.command != "HEAD":
            self.wfile.write(answer.body)
        self.wfile.flush()
        if answer.status in (408, 411, 413):
            self._drain()

    def _send_stream(self, stream: EventStream) -> None:
        """Sends until there is nothing more; its end is the end of the connection."""
        self.close_connection = True
        self.send_response(HTTPStatus.OK)
        for name, value in (*stream.headers, ("Connection", "close")):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.flush()
        if self.command == "HEAD":
            return
        for chunk in stream.chunks():
            self.wfile.write(chunk)
            self.wfile.flush()

    def _drain(self) -> None:
        """Reads on for a moment: closing on unread bytes would take the answer back."""
        self.connection.shutdown(socket.SHUT_WR)
        self.connection.settimeout(1)
        left = _DRAIN_LIMIT
        try:
            while left > 0 and (chunk := self.connection.recv(65536)):
                left -= len(chunk)
        except OSError as error:
            _log.debug("practice switchboard: draining ended: %s", error)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the base class cannot read (request line, headers, method) is answered as a problem too."""
        self.close_connection = True
        self.request_version = "HTTP/1.1"
        self.command = getattr(self, "command", None) or "GET"
        title = HTTPStatus(code).phrase
        detail = ": ".join(part for part in (message, explain) if part) or title
        self._send(Problem(code, "BadRequest", title, detail).answer())

    def log_message(self, format: str, *args: Any) -> None:
        """One line per answer, for whoever debugs; without headers, which hold the token."""
        _log.debug("practice switchboard: " + format, *args)


def _shut_down(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError as error:
        _log.debug("practice switchboard: already closed: %s", error)
