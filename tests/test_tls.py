"""Whoever this program talks to must prove who he is: every client of it, against servers that cannot.

Each refuses before a byte of what it has to say (a token, a password, the address of a calendar) has left.
"""

import socket
import ssl
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from b2cal_desktop.accounts.microsoft import MicrosoftAccount
from b2cal_desktop.accounts.microsoft_clouds import Registration
from b2cal_desktop.accounts.secrets import MemorySecretStore
from b2cal_desktop.calendars.exchange import ExchangeCalendar
from b2cal_desktop.calendars.exchange_find import find_server
from b2cal_desktop.calendars.graph import GraphCalendar
from b2cal_desktop.calendars.icalendar_web import WebCalendar
from b2cal_desktop.core.errors import B2CalError, CalendarError, SwitchboardError
from b2cal_desktop.core.model import STANDARD_CATALOGUE, DiversionState, Window
from b2cal_desktop.switchboards.connector import Connector
from b2cal_desktop.switchboards.connector_file import load_connector
from b2cal_desktop.system.clock import FixedClock, SystemClock
from b2cal_desktop.system.paths import Profile
from b2cal_desktop.system.update_feed import UpdateCheckFailed, fetch_feed
from tests.switchboards.connector_samples import SIMPLE, write_file

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
WINDOW = Window(NOW, NOW + timedelta(days=1))
CLOCK = FixedClock(NOW)
STOCKHOLM = ZoneInfo("Europe/Stockholm")


class Server:
    """Speaks TLS by ``context``, or not at all; keeps what it could read, and answers 404 to it."""

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self.heard, self.callers = b"", 0
        self._context = context
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self.root = f"https://localhost:{self.port}"
        self._ended = False
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            if self._ended:
                connection.close()
                return
            self.callers += 1
            with connection:
                connection.settimeout(5)
                try:
                    self._talk(connection)
                except OSError:
                    continue  # the caller did not like what we are

    def _talk(self, connection: socket.socket) -> None:
        if self._context is None:
            connection.recv(4096)
            connection.sendall(_NOT_FOUND)
            return
        with self._context.wrap_socket(connection, server_side=True) as secured:
            self.heard += secured.recv(65_536)
            secured.sendall(_NOT_FOUND)

    def close(self) -> None:
        self._ended = True
        with socket.create_connection(("127.0.0.1", self.port)):
            pass
        self._thread.join(10)
        self._socket.close()


_NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@contextmanager
def serving(context: ssl.SSLContext | None) -> Iterator[Server]:
    server = Server(context)
    try:
        yield server
    finally:
        server.close()


# What is wrong with a server


def _context(*issued: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    for certificate in issued:
        certificate.configure_cert(context)
    return context


def _dated(authority: trustme.CA, days: int) -> ssl.SSLContext:
    begin = SystemClock().now() + timedelta(days=days)  # the system judges certificates by no other
    return _context(authority.issue_cert("localhost", not_before=begin, not_after=begin + timedelta(days=10)))


def _self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(datetime(2099, 1, 1, tzinfo=UTC))
        .add_extension(names, critical=False).sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = folder / "self-signed.pem"
    pem.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate.public_bytes(Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


def _old_protocol(authority: trustme.CA) -> ssl.SSLContext:
    context = _context(authority.issue_cert("localhost"))
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    return context


@dataclass(frozen=True)
class Bad:
    """A server as it should not be, and what people are told of it."""

    context: Callable[[trustme.CA, Path], ssl.SSLContext | None]
    said: str

    def __repr__(self) -> str:
        return self.said


BAD = {
    "expired": Bad(lambda ca, _: _dated(ca, -20), "has expired"),
    "not yet valid": Bad(lambda ca, _: _dated(ca, 20), "not valid yet"),
    "another host": Bad(lambda ca, _: _context(ca.issue_cert("other.example")), "for another host"),
    "self-signed": Bad(lambda _, folder: _self_signed(folder), "is self-signed"),
    "unknown issuer": Bad(lambda *_: _context(trustme.CA().issue_cert("localhost")), "issuer is unknown"),
    "old protocol": Bad(lambda ca, _: _old_protocol(ca), "only outdated encryption"),
    "no TLS": Bad(lambda *_: None, "does not speak TLS"),
}


# Whoever talks


class _Token:
    def get_token(self, *, claims: str | None = None, refresh: bool = False) -> str:
        return "t0ken"


def _graph(root: str, _folder: Path) -> None:
    calendar = GraphCalendar(root=root, token=_Token(), timezone=STOCKHOLM, clock=CLOCK)
    try:
        calendar.fetch_events(WINDOW, NOW)
    finally:
        calendar.close()


def _sign_in(root: str, folder: Path) -> None:
    registration = Registration("app", f"{root}/foretag", root)
    account = MicrosoftAccount(registration, Profile.in_folder(folder), MemorySecretStore, open_browser=bool)
    account.sign_in_device_code(lambda _: None, threading.Event())


def _exchange(root: str, _folder: Path) -> None:
    calendar = ExchangeCalendar(
        root, user="anna", password=lambda: "hemligt", auth="basic", timezone=STOCKHOLM, clock=CLOCK
    )
    try:
        calendar.fetch_events(WINDOW, NOW)
    finally:
        calendar.close()


def _connector(root: str, folder: Path) -> None:
    file = load_connector(write_file(folder, SIMPLE))
    connector = Connector(
        file, {"base_url": root, "user": "anna"}, {"password": "hemligt"}.get, STANDARD_CATALOGUE, clock=CLOCK
    )
    try:
        connector.write_diversion(DiversionState("lunch", NOW))
    finally:
        connector.close()


def _calendar_link(root: str, _folder: Path) -> None:
    calendar = WebCalendar(
        f"{root}/hemlig-nyckel.ics".replace("https://", "https://anna:hemligt@"), None,
        max_bytes=1_000, seconds=5, clock=CLOCK,
    )  # fmt: skip
    try:
        calendar.read_if_changed(NOW)
    finally:
        calendar.close()


def _update_feed(root: str, _folder: Path) -> None:
    fetch_feed(f"{root}/feed.json", ["x"], CLOCK)


Client = Callable[[str, Path], None]
CLIENTS: dict[str, tuple[Client, type[B2CalError]]] = {
    "graph": (_graph, CalendarError),
    "sign-in": (_sign_in, CalendarError),
    "exchange": (_exchange, CalendarError),
    "connector": (_connector, SwitchboardError),
    "calendar link": (_calendar_link, CalendarError),
    "update feed": (_update_feed, UpdateCheckFailed),
}


# Which has one word for all certificates that are not accepted, and a hint where old servers are likely.
_EXCHANGE_SAYS = ("does not accept the certificate", "no encryption in common")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def folder(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return tmp_path


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
@pytest.mark.parametrize(("client", "kind"), CLIENTS.values(), ids=CLIENTS.keys())
def test_it_is_refused_and_hears_nothing(
    client: Client, kind: type[B2CalError], bad: Bad, authority: trustme.CA, folder: Path
) -> None:
    with serving(bad.context(authority, folder)) as server:
        with pytest.raises(kind) as caught:
            client(server.root, folder)
        assert server.heard == b""
        assert server.callers >= 1
    told = f"{caught.value} {caught.value.message('sv')}"
    assert bad.said in told or (client is _exchange and any(words in told for words in _EXCHANGE_SAYS))
    assert "hemlig" not in told and f"localhost:{server.port}" in told


@pytest.mark.parametrize(("client", "kind"), CLIENTS.values(), ids=CLIENTS.keys())
def test_the_right_certificate_is_taken(
    client: Client, kind: type[B2CalError], authority: trustme.CA, folder: Path
) -> None:
    with serving(_context(authority.issue_cert("localhost"))) as server, pytest.raises(kind):  # it answers 404
        client(server.root, folder)
    assert b" HTTP/1.1\r\n" in server.heard


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_the_search_for_exchange_says_nothing_to_it_either(bad: Bad, authority: trustme.CA, folder: Path) -> None:
    with serving(bad.context(authority, folder)) as server:
        found = [*find_server([f"{server.root}/EWS/Exchange.asmx"])]
        assert server.callers == 1 and server.heard == b""
    assert not any(candidate.trusted for candidate in found)


def test_the_old_server_does_talk_to_who_lets_it(authority: trustme.CA, folder: Path) -> None:
    """Else the test of it above would show nothing."""
    context = ssl.create_default_context(cafile=str(folder / "ca.pem"))
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning):
        context.minimum_version = ssl.TLSVersion.TLSv1
    with (
        serving(_old_protocol(authority)) as server,
        socket.create_connection(("127.0.0.1", server.port)) as caller,
        context.wrap_socket(caller, server_hostname="localhost") as secured,
    ):
        assert secured.version() == "TLSv1.1"
        secured.sendall(b"x")
        assert secured.recv(100)
    assert server.heard == b"x"
