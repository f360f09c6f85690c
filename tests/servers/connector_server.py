"""A switchboard of any kind: records each request to the byte and answers as the test has scripted.

Strict as a real one: a malformed request line or header, or a body that is not as long as announced, fails the test.
"""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

_REQUEST_LINE = re.compile(rb"([A-Z]+) (/[!-~]*) HTTP/1\.1\r\n")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+): ?([^\r\n\0]*)\r\n")


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came; ``target`` is the raw path and query."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The header's value; an error where it came twice."""
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(found) <= 1, f"{name} came {len(found)} times"
        return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. ``announce`` is a Content-Length that differs from the body's."""

    status: int = 200
    body: bytes | str = b""
    content_type: str | None = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    announce: int | None = None

    def encode(self) -> bytes:
        """As bytes on the wire."""
        body = self.body.encode() if isinstance(self.body, str) else self.body
        length = len(body) if self.announce is None else self.announce
        lines = [f"HTTP/1.1 {self.status} X", f"Content-Length: {length}", "Connection: close"]
        if self.content_type is not None:
            lines.append(f"Content-Type: {self.content_type}")
        lines += [f"{name}: {value}" for name, value in self.headers]
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


@dataclass(frozen=True, slots=True)
class Cut:
    """The connection ends after ``before`` has been sent."""

    before: bytes = b""


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing comes after ``before`` until the server stops."""

    before: bytes = b""


Script = Callable[[Received], Reply | Cut | Silence]


class ConnectorServer:
    """Answers by ``script``; what it saw is in ``received``."""

    def __init__(self, script: Script, tls: ssl.SSLContext | None = None) -> None:
        self.script = script
        self.received: list[Received] = []
        self.faults: list[str] = []
        self._tls = tls
        self._stopping = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self._threads = [threading.Thread(target=self._accept)]

    @property
    def url(self) -> str:
        """Its address."""
        return f"http{'s' if self._tls else ''}://localhost:{self.port}"

    def start(self) -> None:
        """Take requests."""
        self._threads[0].start()

    def stop(self) -> None:
        """Close everything; raises for a request that was not HTTP."""
        self._stopping.set()
        with socket.create_connection(("127.0.0.1", self.port)):
            pass
        for thread in self._threads:
            thread.join()
        self._socket.close()
        assert not self.faults, self.faults

    def _accept(self) -> None:
        while not self._stopping.is_set():
            connection, _ = self._socket.accept()
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(20)
        try:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection, connection.makefile("rb") as stream:
                received = self._receive(stream)
                if received is not None:
                    self._answer(connection, received)
        except OSError:
            connection.close()  # the client went away, or did not like our certificate

    def _receive(self, stream: BinaryIO) -> Received | None:
        first = stream.readline()
        if not first:
            return None
        line = _REQUEST_LINE.fullmatch(first)
        headers = []
        while (raw := stream.readline()) not in (b"\r\n", b""):
            header = _HEADER.fullmatch(raw)
            if header is None:
                self.faults.append(f"not a header: {raw!r}")
                return None
            headers.append((header[1].decode(), header[2].decode("latin-1")))
        if line is None:
            self.faults.append(f"not a request: {first!r}")
            return None
        lengths = [value for name, value in headers if name.lower() == "content-length"]
        body = stream.read(int(lengths[0])) if lengths else b""
        received = Received(line[1].decode(), line[2].decode(), tuple(headers), body)
        self.received.append(received)
        return received

    def _answer(self, connection: socket.socket, received: Received) -> None:
        reply = self.script(received)
        connection.sendall(reply.encode() if isinstance(reply, Reply) else reply.before)
        if isinstance(reply, Silence):
            self._stopping.wait()


@contextmanager
def connector_server(
    *replies: Reply | Cut | Silence, script: Script | None = None, tls: ssl.SSLContext | None = None
) -> Iterator[ConnectorServer]:
    """A running server that gives ``replies`` in turn, the last one over and over, or answers by ``script``."""
    waiting = list(replies)

    def in_turn(_received: Received) -> Reply | Cut | Silence:
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    server = ConnectorServer(script or in_turn, tls)
    server.start()
    try:
        yield server
    finally:
        server.stop()
