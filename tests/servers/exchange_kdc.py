"""A real Kerberos domain of one's own: MIT's KDC on a free port of this machine, in a folder of the test's."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

REALM = "FORETAG.SE"
_PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/lib/mit/sbin"))
_PROGRAMS = ("krb5kdc", "kadmin.local", "kdb5_util", "kinit")


def missing() -> str:
    """What of the KDC's programs and of Python's way to Kerberos is not there, in words; "" where all is."""
    lacking = [program for program in _PROGRAMS if not shutil.which(program, path=_PATH)]
    lacking += [module for module in ("gssapi", "krb5") if not importlib.util.find_spec(module)]
    return ", ".join(lacking)


@dataclass(frozen=True)
class Kdc:
    """The domain; ``environment`` is what its programs and libraries go by."""

    folder: Path
    environment: dict[str, str]

    def run(self, program: str, *arguments: str, said: str = "") -> None:
        """Run one of the programs, which must succeed."""
        subprocess.run(
            [shutil.which(program, path=_PATH) or program, *arguments],
            input=said.encode(),
            env=os.environ | self.environment,
            check=True,
            capture_output=True,
        )

    def log_on(self, user: str, password: str) -> None:
        """What Windows does when somebody logs on: get the ticket that others are got by."""
        self.run("kinit", f"{user}@{REALM}", said=f"{password}\n")

    def log_off(self) -> None:
        """Forget the tickets."""
        (self.folder / "tickets").unlink(missing_ok=True)


@contextmanager
def a_kdc(folder: Path, accounts: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Kdc]:
    """A domain with ``accounts`` and the service ``HTTP/localhost``, whose key this process can read."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "krb5.conf").write_text(
        f"[libdefaults]\n default_realm = {REALM}\n dns_lookup_kdc = false\n dns_lookup_realm = false\n rdns = false\n"
        f" dns_canonicalize_hostname = false\n udp_preference_limit = 1\n"
        f"[realms]\n {REALM} = {{\n  kdc = 127.0.0.1:{port}\n }}\n[domain_realm]\n localhost = {REALM}\n"
    )
    (folder / "kdc.conf").write_text(
        f'[kdcdefaults]\n kdc_ports = ""\n kdc_listen = ""\n kdc_tcp_listen = 127.0.0.1:{port}\n'
        f"[realms]\n {REALM} = {{\n  database_name = {folder}/db\n  key_stash_file = {folder}/stash\n }}\n"
    )
    environment = {
        "KRB5_CONFIG": str(folder / "krb5.conf"),
        "KRB5_KDC_PROFILE": str(folder / "kdc.conf"),
        "KRB5_KTNAME": str(folder / "keytab"),
        "KRB5CCNAME": f"FILE:{folder / 'tickets'}",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    kdc = Kdc(folder, environment)
    kdc.run("kdb5_util", "create", "-s", "-r", REALM, "-P", "master")
    for user, password in accounts.items():
        kdc.run("kadmin.local", "-q", f'add_principal -pw "{password}" {user}')
    kdc.run("kadmin.local", "-q", "add_principal -randkey HTTP/localhost")
    kdc.run("kadmin.local", "-q", f"ktadd -k {folder}/keytab HTTP/localhost")
    program = shutil.which("krb5kdc", path=_PATH) or "krb5kdc"
    with subprocess.Popen([program, "-n"], env=os.environ | environment, stderr=subprocess.DEVNULL) as running:
        try:
            _wait_for(port)
            yield kdc
        finally:
            running.terminate()


def _wait_for(port: int) -> None:
    for _ in range(500):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    raise TimeoutError("the KDC does not answer")
