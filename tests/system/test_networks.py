"""Company networks: a real proxy that wants a password, a company's own authority, guest networks, silence."""

import ast
import gc
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
import trustme

import b2cal_desktop
from b2cal_desktop.calendars.icalendar_file import ICalendarSource
from b2cal_desktop.core.errors import (
    CalendarError,
    SwitchboardError,
    SwitchboardUnreachable,
)
from b2cal_desktop.core.model import STANDARD_CATALOGUE, DiversionState
from b2cal_desktop.core.schedule import local_day
from b2cal_desktop.switchboards.connector import Connector
from b2cal_desktop.switchboards.connector_file import shipped_connectors
from b2cal_desktop.switchboards.practice import PracticeSwitchboard
from b2cal_desktop.system import http_session
from b2cal_desktop.system.clock import SystemClock
from b2cal_desktop.system.network import new_session, what_failed
from tests.calendars.icalendar_host import Answer, CalendarHost, calendar, status
from tests.servers.exchange_world import MONTH, a_world, meeting
from tests.test_cli import calendar as day
from tests.test_cli import event

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
CALENDAR = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test\r\nEND:VCALENDAR\r\n"
PASSWORD = "hem:lig@%"
IN_ADDRESS = "hem%3Alig%40%25"

SQUID = """
http_port 127.0.0.1:{port}
visible_hostname proxy
hosts_file {folder}/hosts
auth_param basic program {folder}/sign-in
auth_param basic children 1
acl signed_in proxy_auth REQUIRED
http_access allow signed_in
http_access deny all
cache deny all
pid_filename none
cache_log /dev/null
access_log stdio:{folder}/access.log
logfile_rotate 0
netdb_filename none
shutdown_lifetime 0 seconds
"""
# Squid asks by "user password", each percent-encoded.
SIGN_IN = """#!/bin/sh
while read user password; do
  if [ "$user $password" = "anna hem:lig@%25" ]; then echo OK; else echo ERR; fi
done
"""


class Proxy:
    """A squid of the test's own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port

    def address(self, credentials: str = f"anna:{IN_ADDRESS}@") -> str:
        return f"http://{credentials}127.0.0.1:{self.port}"

    def carried(self, what: str) -> bool:
        """Whether the log tells of ``what``; a tunnel is told of when it has been closed."""
        clock = SystemClock()
        deadline = clock.monotonic() + 10
        while not (told := what in (self.folder / "access.log").read_text()) and clock.monotonic() < deadline:
            threading.Event().wait(0.02)
        return told


@pytest.fixture(scope="module")
def squid() -> Iterator[Proxy]:
    program = shutil.which("squid") or shutil.which("squid", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip("not installed: squid")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        (folder / "squid.conf").write_text(SQUID.format(port=port, folder=folder))
        (folder / "hosts").write_text("127.0.0.1 localhost\n")  # many computers' own says ::1 too
        (folder / "sign-in").write_text(SIGN_IN)
        (folder / "sign-in").chmod(0o755)
        with subprocess.Popen([program, "-N", "-f", str(folder / "squid.conf")], stderr=subprocess.DEVNULL) as process:
            try:
                _wait_for(port, process)
                yield Proxy(folder, port)
            finally:
                process.kill()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    clock = SystemClock()
    deadline = clock.monotonic() + 20
    while clock.monotonic() < deadline and process.poll() is None:
        with socket.socket() as attempt:
            attempt.settimeout(0.2)
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
    pytest.fail("squid did not start")


@pytest.fixture(autouse=True)
def _no_proxy_of_this_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def company(tmp_path: Path) -> Iterator[CalendarHost]:
    """A server whose certificate only the company's own authority vouches for (in ``ca.pem``)."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with CalendarHost(authority) as host:
        host.answer = calendar(CALENDAR)
        yield host


def fetch(address: str) -> int:
    """How many events the calendar at ``address`` has today."""
    source = ICalendarSource(address, timezone=UTC)
    try:
        return len(source.fetch_events(local_day(NOW, UTC), NOW).events)
    finally:
        source.close()


def connect(address: str) -> Connector:
    fields = {"base_url": address, "user": "anna"}
    return Connector(shipped_connectors()["practice"], fields, lambda _: None, STANDARD_CATALOGUE)


# A proxy that wants a password


def test_calendar_and_switchboard_through_a_proxy_that_wants_a_password(
    squid: Proxy, company: CalendarHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    monkeypatch.setenv("https_proxy", squid.address())
    monkeypatch.setenv("http_proxy", squid.address())
    assert fetch(company.address) == 0
    assert all("Proxy-Authorization" not in headers for _, headers in company.asked)
    with PracticeSwitchboard(port=0, now=SystemClock().now) as switchboard:
        connector = connect(switchboard.url)
        connector.write_diversion(DiversionState("lunch", None))
        assert connector.fetch_diversion() == DiversionState("lunch", None)
        connector.close()
    assert squid.carried(f"CONNECT localhost:{company.port} anna")
    assert squid.carried("PUT http://127.0.0.1")


@pytest.mark.parametrize("scheme", ["NTLM", "Negotiate", 'Basic realm="mail"'])
def test_so_does_an_exchange_server_with_a_sign_in_of_its_own(
    squid: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    """Neither gets to know what is meant for the other, and what is bound to the server's certificate still is."""
    with a_world(tmp_path, monkeypatch) as world:
        monkeypatch.setenv("https_proxy", squid.address())
        world.asa.items = [meeting()]
        server = world.server(schemes=(scheme,), bound=not scheme.startswith("Basic"))
        assert len(world.calendar(server).fetch_events(MONTH, NOW).events) == 1
    gc.collect()  # which closes what urllib3 leaves to it
    assert squid.carried(f"CONNECT localhost:{server.port} anna")
    assert all("proxy-authorization" not in asked.headers for asked in server.asked)


@pytest.mark.parametrize("credentials", ["", "anna:fel-ord@"])
def test_a_proxy_that_says_no_is_told_of_without_the_password(
    squid: Proxy, company: CalendarHost, monkeypatch: pytest.MonkeyPatch, credentials: str
) -> None:
    monkeypatch.setenv("https_proxy", squid.address(credentials))
    monkeypatch.setenv("http_proxy", squid.address(credentials))
    with pytest.raises(CalendarError) as caught:
        fetch(company.address)
    assert "proxy" in caught.value.message("en").what and company.asked == []
    with PracticeSwitchboard(port=0, now=SystemClock().now) as switchboard:
        connector = connect(switchboard.url)
        with pytest.raises(SwitchboardUnreachable) as refused:
            connector.fetch_diversion()
        connector.close()
    assert "proxy" in refused.value.message("en").what
    assert "fel-ord" not in f"{caught.value!r}{caught.value.__cause__!r}{refused.value!r}{refused.value.__cause__!r}"


def test_a_proxy_that_is_gone_is_nobody_elses_fault(company: CalendarHost, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        gone = server.getsockname()[1]
    monkeypatch.setenv("https_proxy", f"http://anna:{IN_ADDRESS}@127.0.0.1:{gone}")
    with pytest.raises(CalendarError) as caught:
        fetch(company.address)
    assert "proxy" in caught.value.message("en").what


# A company's own authority


def test_an_unknown_authority_is_refused_until_it_is_installed(
    company: CalendarHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CalendarError) as caught:
        fetch(company.address)
    assert "certificate" in caught.value.message("en").what and company.asked == []
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    assert fetch(company.address) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux")
def test_what_it_has_installed_in_the_systems_store_is_believed(company: CalendarHost, tmp_path: Path) -> None:
    """The store of a mount namespace of its own, where ``update-ca-certificates`` would have put the company's."""
    store = next((path for path in STORES if Path(path).is_file()), None)
    start = ["unshare", "--user", "--map-root-user", "--mount"]
    if store is None or subprocess.run([*start, "true"], capture_output=True, check=False).returncode:
        pytest.skip("only on a Linux with a file of certificates that lets users make mount namespaces")
    ask = "import sys; from tests.system.test_networks import fetch; print(fetch(sys.argv[1]))"
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])}
    told = []
    for mount in ("true", f"mount --bind '{tmp_path / 'ca.pem'}' {store}"):
        command = [*start, "sh", "-c", f'{mount} && exec "$@"', "sh", sys.executable, "-c", ask, company.address]
        answer = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
        told.append((answer.stdout, "certificate" in answer.stderr))
    assert told == [("", True), ("0\n", False)], answer.stderr


STORES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem")


# Guest networks


PORTAL = b"<!DOCTYPE html><title>V\xc3\xa4lkommen</title><form>"


@pytest.mark.parametrize(
    ("portal", "says"),
    [
        (status(200, PORTAL), "on a guest network you may have to sign in"),
        (status(511, PORTAL), "you have to sign in to the guest network"),
        (status(302, Location="http://portal.foretag.se/login"), "portal.foretag.se"),
        (status(302, Location="/login"), "in a circle"),
    ],
    ids=["page", "511", "to plain http", "round and round"],
)
def test_a_guest_networks_page_is_no_empty_calendar(portal: Answer, says: str) -> None:
    with CalendarHost(None, "127.0.0.1") as host:
        host.answer = portal
        with pytest.raises(CalendarError, match=says):
            fetch(host.address)


@pytest.mark.parametrize(
    ("portal", "says"),
    [
        (status(200, PORTAL, Content_Type="text/html"), "On a guest network you may have to sign in"),
        (status(511, PORTAL, Content_Type="text/html"), "you have to sign in to the guest network"),
    ],
    ids=["page", "511"],
)
def test_a_guest_networks_page_is_no_switchboard(portal: Answer, says: str) -> None:
    with CalendarHost(None, "127.0.0.1") as host:
        host.answer = portal
        connector = connect(f"http://127.0.0.1:{host.port}")
        with pytest.raises(SwitchboardError, match=says):
            connector.fetch_diversion()
        connector.close()


# Silence


def test_a_request_that_names_no_time_out_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_session, "READ_SECONDS", 0.2)
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        new_session("B2Cal/1") as session,
        pytest.raises(requests.Timeout) as caught,
    ):
        session.get(f"http://127.0.0.1:{silent.getsockname()[1]}/")
    assert what_failed(caught.value).en == "the answer takes too long"


AROUND = {
    *(
        f"requests.{name}"
        for name in ("get", "head", "post", "put", "patch", "delete", "request", "Session", "session")
    ),
    *("urlopen", "request.urlopen", "urllib.request.urlopen"),
    *("socket.create_connection", "create_connection", "urllib3.request", "urllib3.PoolManager", "PoolManager"),
    *("HTTPConnection", "HTTPSConnection", "http.client.HTTPConnection", "http.client.HTTPSConnection"),
}


def test_nobody_sends_a_request_around_the_session_with_the_time_outs() -> None:
    package = Path(b2cal_desktop.__file__).parent
    found = [
        f"{path.relative_to(package)}:{node.lineno}"
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in AROUND
    ]
    assert found == []


@pytest.fixture
def alone() -> list[str]:
    """The start of a command that runs in a network namespace without even a loopback."""
    alone = ["unshare", "--user", "--map-root-user", "--net"]
    if shutil.which("unshare") is None or subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        pytest.skip("only on a Linux that lets users make network namespaces")
    return alone


IN_SIX = """
import sys
from b2cal_desktop.__main__ import main
from b2cal_desktop.switchboards.practice import PracticeSwitchboard
from b2cal_desktop.system.clock import SystemClock

with PracticeSwitchboard(host="::1", port=0, now=SystemClock().now) as switchboard:
    fields = f"{{base_url = '{switchboard.url}', user = 'anna'}}"
    with open(sys.argv[1] + "/settings.toml", "a") as settings:
        print("[switchboard]", "connector = 'practice'", "fields = " + fields, sep=chr(10), file=settings)
    code = main(["--profile", sys.argv[1], "sync"])
    print(code, switchboard.store.get("anna").diversion, switchboard.url[:12])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux")
def test_a_network_of_version_six_alone(profile: Path, alone: list[str]) -> None:
    if shutil.which("ip") is None:
        pytest.skip("not installed: iproute2")
    now = SystemClock().now()
    (profile / "k.ics").write_text(day(event("m", now - timedelta(minutes=1), now + timedelta(hours=1), "MOT: Budget")))
    (profile / "settings.toml").write_text(
        f"[rules]\nmethod = 'prefix'\n[calendar]\nsource = 'icalendar'\nicalendar.location = '{profile / 'k.ics'}'\n"
    )
    up = "ip link set lo up && ip -4 address flush dev lo && ! ip -4 address | grep -q inet && exec"
    command = [*alone, "sh", "-c", f'{up} "$@"', "sh", sys.executable, "-c", IN_SIX, str(profile)]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    answer = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=30, check=False)
    assert answer.stdout.splitlines()[-1:] == ["0 meeting http://[::1]"], answer.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux")
def test_without_any_network_all_is_told_and_nothing_hangs(profile: Path, alone: list[str]) -> None:
    """What a computer meets whose cable is out."""
    (profile / "settings.toml").write_text(
        "language = 'en'\n[calendar]\nsource = 'icalendar'\nicalendar.location = 'https://cal.foretag.se/k.ics'\n"
    )
    command = [*alone, sys.executable, "-m", "b2cal_desktop", "doctor", "--profile", str(profile)]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    environ |= {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    answer = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=30, check=False)
    assert answer.returncode == 4, answer.stderr
    assert "The calendar (cal.foretag.se) does not answer: there is no such name, or no network." in answer.stdout
    assert "problem  Switchboard:" in answer.stdout
