"""Sessions that trust what the system trusts, addresses that are safe, and failures in plain words."""

import contextlib
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
import trustme

from b2cal_desktop.system.network import (
    CertificateFileProblem,
    UnsafeAddress,
    host_of,
    new_session,
    require_safe_address,
    retry_after,
    what_failed,
)
from tests.calendars.icalendar_host import CalendarHost, calendar, status


@pytest.mark.parametrize(
    "address",
    ["https://växel.foretag.se/a?b=c", "HTTPS://x", "http://localhost:8765", "http://127.0.0.2/", "http://[::1]:80/x"],
)
def test_safe_addresses(address: str) -> None:
    require_safe_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "http://foretag.se/",
        "http://localhost.foretag.se/",
        "http://127.0.0.1.foretag.se/",
        "http://2130706433/",  # 127.0.0.1 to some, another host to others
        "http://localhost@foretag.se/",
        "ftp://localhost/",
        "//foretag.se/",
        "foretag.se",
        "https://",
        "https:///x",
        "https://[::1",
        "https://x:99999/",
        "https://a b/",
        "https://evil.example\\@foretag.se/",  # the host is what stands before the backslash, or after it
        "http://evil.example\\@localhost/",
        "https://x/\r\nHost: y",
        "",
    ],
)
def test_unsafe_addresses(address: str) -> None:
    with pytest.raises(UnsafeAddress) as caught:
        require_safe_address(address)
    assert "hemlig" not in str(caught.value)


def test_only_the_host_of_an_address_is_told() -> None:
    assert host_of("https://anna:hemligt@foretag.se:8443/hemlig?token=1#x") == "foretag.se:8443"
    assert host_of("https://[::1") == "?"
    with pytest.raises(UnsafeAddress) as caught:
        require_safe_address("http://anna:hemligt@foretag.se/hemlig?hemlig")
    assert "hemlig" not in f"{caught.value}{caught.value.message('sv')}"
    assert "foretag.se" in str(caught.value)


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CalendarHost]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with CalendarHost(authority) as host:
        host.answer = calendar(b"hej")
        yield host


def test_trusts_the_certificate_file_and_not_what_requests_would(
    host: CalendarHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with new_session("B2Cal/1") as session:
        assert session.get(host.address).text == "hej"
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    monkeypatch.delenv("SSL_CERT_FILE")
    with new_session("B2Cal/1") as session, pytest.raises(requests.exceptions.SSLError) as caught:
        session.get(host.address)
    assert (
        what_failed(caught.value).en == "this computer does not accept the server's certificate: its issuer is unknown"
    )


@pytest.mark.parametrize("drop", [b"HTTP/1.1 200 OK", b"HTTP/1.1 100 Continue\r\n\r\n"])
def test_the_head_of_an_answer_has_to_come_in_time_however_it_trickles(drop: bytes) -> None:
    done = threading.Event()

    def trickle() -> None:
        connection, _ = server.accept()
        with connection, contextlib.suppress(OSError):
            connection.recv(4096)
            while not done.wait(0.02):
                connection.sendall(drop)

    with socket.create_server(("127.0.0.1", 0)) as server, new_session("B2Cal/1") as session:
        thread = threading.Thread(target=trickle)
        thread.start()
        try:
            with pytest.raises(requests.exceptions.RequestException) as caught:
                session.get(f"http://127.0.0.1:{server.getsockname()[1]}/", timeout=(1, 0.3))
        finally:
            done.set()
            thread.join()
    assert what_failed(caught.value).en == "the answer takes too long"


def test_verification_cannot_be_switched_off(host: CalendarHost) -> None:
    with new_session("B2Cal/1") as session, pytest.raises(ValueError, match="always verified"):
        session.get(host.address, verify=False)


def test_a_bad_certificate_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ca.pem").write_text("inget certifikat")
    for path in (tmp_path / "ca.pem", tmp_path / "saknas.pem", tmp_path):
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
        with pytest.raises(CertificateFileProblem, match=re.escape(str(path))):
            new_session("B2Cal/1")


def test_no_password_from_a_netrc_file(host: CalendarHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("default login anna password hemligt\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    answers = iter([status(302, Location="/annan"), calendar(b"hej")])
    host.answer = lambda request: next(answers)(request)
    with new_session("B2Cal/1") as session:
        assert session.get(host.address).text == "hej"
    assert [("Authorization" in headers) for _, headers in host.asked] == [False, False]


def test_uses_the_systems_proxy(host: CalendarHost, monkeypatch: pytest.MonkeyPatch) -> None:
    with CalendarHost(None) as proxy:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        proxy.answer = calendar(b"fran proxyn")
        with new_session("B2Cal/1") as session:
            assert session.get("http://foretag.invalid/x").text == "fran proxyn"
            assert proxy.asked[0][0] == "http://foretag.invalid/x"
            monkeypatch.setenv("no_proxy", "foretag.invalid")
            with pytest.raises(requests.ConnectionError) as caught:
                session.get("http://foretag.invalid/x")
    assert what_failed(caught.value).en == "there is no such name, or no network"


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("[SSL: UNSUPPORTED_PROTOCOL] unsupported protocol", "the server knows only outdated encryption (TLS)"),
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number", "it does not speak TLS (https)"),
        (
            "[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] certificate required",
            "the encrypted connection (TLS) could not be",
        ),
    ],
)
def test_a_handshake_that_fails_is_told_by_its_cause(told: str, said: str) -> None:
    assert what_failed(ssl.SSLError(1, told)).en.startswith(said)


def test_every_request_has_a_time_out(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, new_session("B2Cal/1") as session:
        with pytest.raises(requests.Timeout) as caught:
            session.get(f"http://127.0.0.1:{silent.getsockname()[1]}/", timeout=0.1)
        adapter = session.get_adapter("https://foretag.se")
        assert adapter is not None
    assert what_failed(caught.value).en == "the answer takes too long"


def test_a_refused_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with new_session("B2Cal/1") as session, pytest.raises(requests.ConnectionError) as caught:
        session.get(f"http://127.0.0.1:{port}/")
    assert what_failed(caught.value).en == "nobody accepts the connection"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("Mon, 23 Nov 2026 09:00:30 GMT", 30.0),
        ("Mon, 23 Nov 2026 09:00:30 -0000", 30.0),  # which Python reads as no zone at all
        ("Mon, 23 Nov 2026 09:00:30", 30.0),
        ("Mon, 23 Nov 2026 08:00:00 GMT", 0.0),
        ("45", 45.0),
        ("soon", None),
        ("Mon, 23 Nov 99999999999 09:00:30 GMT", None),
        ("", None),
    ],
)
def test_until_when_a_server_asks_for_patience(value: str, seconds: float | None) -> None:
    response = requests.Response()
    response.headers["Retry-After"] = value
    assert retry_after(response, datetime(2026, 11, 23, 9, tzinfo=UTC)) == seconds
