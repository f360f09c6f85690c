"""Runs the OpenID provider of ``oidc/`` and plays the person at the browser."""

from __future__ import annotations

import hashlib
import json
import shutil
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
import requests
import trustme

from b2cal_desktop.system.network import is_loopback

_HERE = Path(__file__).with_name("oidc")
_BUILD = Path(__file__).parents[2] / "build"
TENANT = "foretag"
CLIENT_ID = "11111111-2222-3333-4444-555555555555"


def installed() -> Path:
    """The folder with the server and its packages, made by ``npm ci`` where they changed."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("needs Node.js and npm")
    lock = (_HERE / "package-lock.json").read_bytes()
    folder = _BUILD / f"oidc-provider-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not folder.exists():
        _BUILD.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=_BUILD, ignore_cleanup_errors=True) as scratch:
            fresh = Path(scratch) / "fresh"
            fresh.mkdir()
            for name in ("package.json", "package-lock.json"):
                shutil.copy(_HERE / name, fresh)
            command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
            subprocess.run(command, cwd=fresh, check=True, timeout=110, capture_output=True)
            with suppress(OSError):  # another test process was quicker
                fresh.rename(folder)
    shutil.copy(_HERE / "server.mjs", folder)
    return folder


@dataclass(frozen=True, slots=True)
class Certificates:
    """An authority of the tests' own. ``ca_file`` is what ``SSL_CERT_FILE`` is to name."""

    ca_file: Path
    certificate: trustme.LeafCert

    @classmethod
    def make(cls, folder: Path) -> Certificates:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(folder / "ca.pem")
        return cls(folder / "ca.pem", authority.issue_cert("localhost"))

    def context(self) -> ssl.SSLContext:
        """For a server."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.certificate.configure_cert(context)
        return context


class OidcProvider:
    """The running provider, and its controls."""

    def __init__(self, port: int, ca_file: Path) -> None:
        self.ca_file = ca_file
        self.origin = f"https://localhost:{port}"
        self.authority = f"{self.origin}/{TENANT}"

    def control(self, what: str, **more: Any) -> Any:
        answer = requests.post(f"{self.origin}/control/{what}", json=more, verify=str(self.ca_file), timeout=10)
        answer.raise_for_status()
        return answer.json()

    def refuse(self, endpoint: str, body: dict[str, Any] | None = None, **more: Any) -> None:
        """What the next request to ``endpoint`` (token, auth, device) gets."""
        self.control("refuse", endpoint=endpoint, body=body or {}, **more)

    def revoke(self) -> None:
        """End every sign-in from this side."""
        self.control("revoke")

    def seen(self) -> list[str]:
        """The requests since last asked."""
        return list(self.control("seen"))

    def refused(self) -> list[dict[str, str]]:
        """The forms of requests that were refused, since last asked."""
        return [dict(parse_qsl(body)) for body in self.control("refused")]

    def knows_token(self, token: str) -> bool:
        """Whether ``token`` is good for reading a calendar."""
        return bool({"Calendars.ReadBasic", "Calendars.Read"} & self.scopes_of(token))

    def scopes_of(self, token: str) -> set[str]:
        """What ``token`` allows; nothing where it is unknown or has run out."""
        found = self.control("token", token=token)
        return set(found["scope"].split()) if found is not None else set()

    def person(self, login: str = "anna", answer: str = "approve") -> Person:
        """Somebody who signs in as ``login``."""
        return Person(self.ca_file, login, answer)


@contextmanager
def oidc_provider(certificates: Certificates, access_token_seconds: int = 3600) -> Iterator[OidcProvider]:
    """A running provider over TLS."""
    chain = b"".join(pem.bytes() for pem in certificates.certificate.cert_chain_pems).decode()
    settings = {
        "tenant": TENANT,
        "clientId": CLIENT_ID,
        "scopes": ["Calendars.ReadBasic", "Calendars.Read", "MailboxSettings.Read"],
        "cert": chain,
        "key": certificates.certificate.private_key_pem.bytes().decode(),
        "accessTokenSeconds": access_token_seconds,
    }
    process = subprocess.Popen(
        ["node", "server.mjs"], cwd=installed(), text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(settings) + "\n")
        process.stdin.flush()
        port = json.loads(process.stdout.readline())["port"]
        try:
            yield OidcProvider(port, certificates.ca_file)
        finally:
            process.stdin.close()
            process.wait(10)


class _Form(HTMLParser):
    """The form of a page: where it goes, and what is in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.action: str | None = None
        self.fields: dict[str, str] = {}
        self.found = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found, self.action = True, values.get("action")
        elif tag == "input" and "name" in values:
            self.fields[values["name"]] = values.get("value", "")


class Person:
    """A way through the provider's pages without a browser: forms are sent off until the program has its answer."""

    def __init__(self, ca_file: Path, login: str, answer: str) -> None:
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = str(ca_file)
        self._login, self._answer = login, answer
        self.last_page = ""

    def opens(self, url: str) -> bool:
        """Follow ``url`` to its end; the last page stays in ``last_page``."""
        with self._session:
            page = self._session.get(url, timeout=10)
            for _ in range(8):
                form = _Form(page.text)
                if not form.found:
                    break
                fields = dict(form.fields)
                if "login" in fields:
                    fields |= {"login": self._login, "answer": self._answer}
                target = urljoin(page.url, form.action or page.url)
                assert is_loopback(urlsplit(target).hostname)
                page = self._session.post(target, data=fields, timeout=10)
            self.last_page = page.text
        return True
