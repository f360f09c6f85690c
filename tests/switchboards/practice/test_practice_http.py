"""The HTTP server with bytes that no decent client sends, and its way to stop."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from urllib.parse import urlsplit

import pytest
import requests

from b2cal_desktop.core.errors import UsageError
from b2cal_desktop.switchboards.practice import PracticeSwitchboard
from tests.switchboards.practice.conftest import StandingClock

HOST = b"Host: localhost\r\n"
PUT = b"PUT /v1/users/anna/diversion HTTP/1.1\r\n" + HOST


def connect(board: PracticeSwitchboard) -> socket.socket:
    address = urlsplit(board.url)
    return socket.create_connection((address.hostname, address.port), timeout=10)


def answer_to(board: PracticeSwitchboard, raw: bytes) -> bytes:
    """Everything that comes back for `raw` until the server closes."""
    received = b""
    with connect(board) as connection:
        connection.sendall(raw)
        while chunk := connection.recv(65536):
            received += chunk
    return received


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400),
        (b"GET\r\n\r\n", 400),
        (b"GET /v1/users\r\n\r\n", 400),
        (b"GET /v1/users HTTP/2.0\r\n\r\n", 505),
        (b"GET /v1/users HTTP/1.x\r\n\r\n", 400),
        (b"BREW /v1/users HTTP/1.1\r\n" + HOST + b"\r\n", 501),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", 431),
        (PUT + b"Content-Length: -1\r\n\r\n", 400),
        (PUT + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}", 400),
        (PUT + b"Content-Length: ten\r\n\r\n{}", 400),
        (PUT + b"Content-Length: 99999999\r\n\r\n{}", 413),
        (PUT + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 411),
    ],
)
def test_malformed_requests_get_a_problem_and_the_door(board: PracticeSwitchboard, raw: bytes, status: int) -> None:
    head, _, body = answer_to(board, raw).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status), head
    assert b"Content-Type: application/problem+json" in head
    assert b"Connection: close" in head
    assert json.loads(body)["status"] == status
    assert board.store.users() == []


@pytest.mark.parametrize("hosts", [b"", HOST * 2])
def test_one_host_header_is_needed(board: PracticeSwitchboard, hosts: bytes) -> None:
    request = b"GET /v1/users HTTP/1.1\r\n" + hosts + b"Connection: close\r\n\r\n"
    assert answer_to(board, request).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("line", [b"OPTIONS *", b"GET *"])
def test_an_address_without_a_path_is_unknown(board: PracticeSwitchboard, line: bytes) -> None:
    raw = line + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    assert answer_to(board, raw).startswith(b"HTTP/1.1 404 ")


def test_a_body_cut_short_is_400_and_not_acted_on(board: PracticeSwitchboard) -> None:
    with connect(board) as connection:
        connection.sendall(PUT + b'Content-Length: 50\r\n\r\n{"diversion": "lunch"}')
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(65536).startswith(b"HTTP/1.1 400 ")
    assert board.store.users() == []


def test_a_client_that_falls_silent_is_let_go(clock: StandingClock) -> None:
    with PracticeSwitchboard(now=clock.now, timeout_seconds=0.2) as board:
        assert answer_to(board, b"GET /v1/us") == b""
        assert answer_to(board, PUT + b"Content-Length: 50\r\n\r\n{").startswith(b"HTTP/1.1 408 ")


def test_one_connection_serves_many_requests_also_after_errors(board: PracticeSwitchboard) -> None:
    address = urlsplit(board.url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=10)
    try:
        sockets = set()
        for method, path, body, status in (
            ("GET", "/v1/users/anna/diversion", None, 200),
            ("PUT", "/v1/users/anna/diversion", b"{", 400),
            ("PUT", "/nowhere", b'{"diversion": "lunch"}', 404),
            ("DELETE", "/v1/users", b"unread", 405),
            ("PUT", "/v1/users/anna/diversion", b'{"diversion": "lunch"}', 200),
            ("HEAD", "/v1/users", None, 200),
            ("GET", "/v1/users", None, 200),
        ):
            connection.request(method, path, body=body)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == status
            sockets.add(connection.sock)
        assert len(sockets) == 1
    finally:
        connection.close()


def test_a_taken_port_is_a_usage_error(board: PracticeSwitchboard, clock: StandingClock) -> None:
    taken = int(board.url.rpartition(":")[2])
    for port in (taken, 70_000):
        with pytest.raises(UsageError, match=str(port)):
            PracticeSwitchboard(now=clock.now, port=port).start()


def test_stop_closes_idle_and_listening_connections_at_once(clock: StandingClock) -> None:
    board = PracticeSwitchboard(now=clock.now)
    board.start()
    url = board.url
    with requests.Session() as session:
        session.trust_env = False
        session.get(f"{url}/v1/users", timeout=10)
        with session.get(f"{url}/page/events", stream=True, timeout=10) as events:
            lines = events.iter_lines(chunk_size=1)
            assert [next(lines), next(lines), next(lines)] == [b"retry: 2000", b"", b"event: state"]
            before = time.monotonic()
            board.stop()
            assert time.monotonic() - before < 2.5
            assert [line[:6] for line in lines] == [b"data: ", b""], "the stream ends, whole"
    board.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=5).close()


SERVE = """
from datetime import UTC, datetime
from b2cal_desktop.switchboards.practice import PracticeSwitchboard, serve_forever
serve_forever(PracticeSwitchboard(now=lambda: datetime(2026, 11, 23, 8, 0, tzinfo=UTC)))
"""


@pytest.mark.skipif(os.name == "nt", reason="only on POSIX: signals between processes")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_forever_says_where_it_is_and_ends_by_signal(number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", SERVE], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("Practice switchboard: http://127.0.0.1:")
            with requests.Session() as session:
                session.trust_env = False
                assert session.get(line.split()[-1], timeout=10).status_code == 200
            process.send_signal(number)
            assert process.wait(10) == 0
        finally:
            process.kill()
