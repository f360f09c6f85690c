"""A web server on this machine that publishes a calendar, well or badly, over TLS that only the test trusts."""

import gzip
import ssl
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import trustme

Answer = Callable[[BaseHTTPRequestHandler], None]


class CalendarHost:
    """Serves what ``answer`` says and remembers what it was asked: ``(path, headers)``."""

    def __init__(self, authority: trustme.CA | None, host: str = "localhost") -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.answer: Answer = calendar(b"")
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.asked.append((self.path, dict(self.headers.items())))
                outer.answer(self)

            def log_message(self, *args: Any) -> None:
                """Keep the test's output clean."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                """A client that hangs up is what some tests are about."""

        self._server = Server(("127.0.0.1", 0), Handler)
        if authority:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert(host).configure_cert(context)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.port = self._server.server_address[1]
        self.address = f"{'https' if authority else 'http'}://{host}:{self.port}/hemlig-nyckel/kalender.ics?token=abc"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def calendar(body: bytes, *, zipped: bool = False, **headers: str) -> Answer:
    """Hand out ``body``; with an ``etag`` or ``last_modified`` header, 304 to whoever has it already."""
    etag, modified = headers.get("etag"), headers.get("last_modified")

    def answer(request: BaseHTTPRequestHandler) -> None:
        if (etag and request.headers["If-None-Match"] == etag) or (
            modified and request.headers["If-Modified-Since"] == modified
        ):
            return status(304)(request)
        data = gzip.compress(body) if zipped else body
        request.send_response(200)
        request.send_header("Content-Type", "text/calendar; charset=utf-8")
        request.send_header("Content-Length", str(len(data)))
        if zipped:
            request.send_header("Content-Encoding", "gzip")
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(data)
        return None

    return answer


def status(code: int, body: bytes = b"", **headers: str) -> Answer:
    """Answer with a status and nothing else."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(code)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return answer


def cut_off(body: bytes, promised: int) -> Answer:
    """Promise more than is sent, then hang up."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(promised))
        request.end_headers()
        request.wfile.write(body)
        request.close_connection = True

    return answer


def trickle(piece: bytes, seconds: float) -> Answer:
    """Send ``piece`` again and again, never quite stopping, until the client hangs up."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        while True:
            request.wfile.write(piece)
            time.sleep(seconds)

    return answer
