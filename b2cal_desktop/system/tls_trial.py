"""Does TLS let the right server in and nobody else? Tried on servers of our own, on this computer."""

from __future__ import annotations

import http.server
import ipaddress
import os
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from b2cal_desktop.system.clock import SystemClock

_DAY = timedelta(days=1)
_HERE = "127.0.0.1"


class WronglyTrusted(Exception):
    """A server was let in that should have been refused."""


def check_tls(folder: Path) -> str:
    """A server with the right certificate answers; one with a stranger's, and one with another's name, is refused."""
    import requests

    from b2cal_desktop.system.network import new_session

    ours, strangers = _Authority("b2cal self-check"), _Authority("somebody else")
    trusted = folder / "authority.pem"
    trusted.write_bytes(ours.pem)
    os.environ["SSL_CERT_FILE"] = str(trusted)  # this process ends with the self-check
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = f"{_HERE},localhost"
    cases = {"right": (ours, _HERE), "stranger": (strangers, _HERE), "other name": (ours, "192.0.2.1")}
    for case, (authority, name) in cases.items():
        place = folder / f"{case}.pem"
        place.write_bytes(authority.certificate(name))
        with _server(place) as port, new_session("b2cal-desktop") as session:
            try:
                session.get(f"https://{_HERE}:{port}/").raise_for_status()
            except requests.exceptions.SSLError:
                if case == "right":
                    raise
            else:
                if case != "right":
                    raise WronglyTrusted(case)
    return f"{ssl.OPENSSL_VERSION}; the right certificate is taken, a wrong one refused"


@dataclass(frozen=True, slots=True)
class _Signed:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


class _Authority:
    def __init__(self, name: str) -> None:
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        key = ec.generate_private_key(ec.SECP256R1())
        own = self._builder(self._name, key).add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        own = own.add_extension(usage, critical=True)
        self._own = _Signed(own.sign(key, hashes.SHA256()), key)

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        now = SystemClock().now().astimezone(UTC)
        return (
            x509.CertificateBuilder(self._name, subject, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - _DAY)
            .not_valid_after(now + _DAY)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )

    @property
    def pem(self) -> bytes:
        return self._own.certificate.public_bytes(serialization.Encoding.PEM)

    def certificate(self, address: str) -> bytes:
        """Key and certificate of a server at ``address``, an IP address; PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
        of_authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._own.key.public_key())
        certificate = (
            self._builder(subject, key)
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(of_authority, critical=False)
            .sign(self._own.key, hashes.SHA256())
        )
        plain = serialization.NoEncryption()
        pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        return pem + certificate.public_bytes(serialization.Encoding.PEM)


class _Hello(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *_: object) -> None:
        """Nothing: the result is told elsewhere."""


class _Quiet(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A refused handshake is what two of three cases are about."""


@contextmanager
def _server(certificate: Path) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with _Quiet((_HERE, 0), _Hello) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, name="self-check-tls", daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
