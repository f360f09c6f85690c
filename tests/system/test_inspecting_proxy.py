"""A company that opens all TLS at its proxy: mitmproxy, in an environment of its own, whose authority nobody knows."""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest

from b2cal_desktop.calendars.icalendar_file import ICalendarSource
from b2cal_desktop.core.errors import (
    CalendarError,
    CalendarThrottled,
    CalendarUnreachable,
    SwitchboardError,
    SwitchboardOutcomeUnknown,
    SwitchboardThrottled,
    SwitchboardUnreachable,
)
from b2cal_desktop.core.model import STANDARD_CATALOGUE, DiversionState
from b2cal_desktop.core.schedule import local_day
from b2cal_desktop.switchboards.connector import Connector
from b2cal_desktop.switchboards.connector_file import shipped_connectors
from b2cal_desktop.system import http_session
from b2cal_desktop.system.clock import SystemClock

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ADDON = Path(__file__).parent.parent / "servers" / "inspecting_proxy_addon.py"
T = TypeVar("T")
# Not of our own dependencies: it pins libraries that we use. .ci/bootstrap fetches it, so that no test waits for that.
PROGRAM = ("--python", ">=3.11,<3.14", "--from", "mitmproxy==11.0.2", "mitmdump")  # as in .ci/bootstrap


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The proxy's address, and its authority's certificate."""
    uv = shutil.which("uv")
    if uv is None:
        pytest.skip("not installed: uv")
    folder = tmp_path_factory.mktemp("proxy")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ["--listen-host", "127.0.0.1", "--listen-port", str(port), "--set", f"confdir={folder}"]
    options += ["--set", "connection_strategy=lazy", "--quiet", "--scripts", str(ADDON)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([uv, "tool", "run", *PROGRAM, *options], stdout=log, stderr=log)
    try:
        _wait_for(port, process)
        yield f"http://127.0.0.1:{port}", folder / "mitmproxy-ca-cert.pem"
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    clock = SystemClock()
    deadline = clock.monotonic() + 60
    while clock.monotonic() < deadline and process.poll() is None:
        with socket.socket() as attempt:
            attempt.settimeout(0.2)
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
    pytest.skip("not to be had: mitmproxy, by uv")


@pytest.fixture(autouse=True)
def _through_it(proxy: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("https_proxy", proxy[0])


@pytest.fixture
def trusted(proxy: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(proxy[1]))


def fetch(host: str) -> int:
    """How many events the calendar has today."""
    source = ICalendarSource(f"https://{host}.invalid/kalender.ics", timezone=UTC)
    try:
        return len(source.fetch_events(local_day(NOW, UTC), NOW).events)
    finally:
        source.close()


def read(host: str) -> DiversionState | None:
    return _on_switchboard(host, Connector.fetch_diversion)


def write(host: str) -> None:
    _on_switchboard(host, lambda connector: connector.write_diversion(DiversionState("lunch", None)))


def _on_switchboard(host: str, work: Callable[[Connector], T]) -> T:
    fields = {"base_url": f"https://{host}.invalid", "user": "anna"}
    connector = Connector(
        shipped_connectors()["practice"], fields, lambda _: None, STANDARD_CATALOGUE, answer_seconds=1.0
    )
    try:
        return work(connector)
    finally:
        connector.close()


def test_its_authority_is_unknown_until_it_is_installed(
    proxy: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CalendarUnreachable) as calendar:
        fetch("hel")
    assert "this computer does not accept the server's certificate" in calendar.value.message("en").what
    with pytest.raises(SwitchboardUnreachable) as switchboard:
        read("hel")
    assert "certificate" in switchboard.value.message("en").what
    monkeypatch.setenv("SSL_CERT_FILE", str(proxy[1]))
    assert fetch("hel") == 0
    assert read("hel") == DiversionState("lunch", None)


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(
    ("host", "says"),
    [
        ("utestangd", "the proxy does not let us through"),
        ("avbruten", "the connection was cut"),
        ("avkortad", "the connection was cut"),
        ("trog", "the answer takes too long"),
    ],
)
def test_what_goes_wrong_on_the_way_is_told_and_a_write_that_may_have_acted_is_unknown(
    host: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_session, "READ_SECONDS", 1.0)
    with pytest.raises(CalendarError) as calendar:
        fetch(host)
    assert says in calendar.value.message("en").what
    with pytest.raises(SwitchboardError) as reading:
        read(host)
    assert says in reading.value.message("en").what
    with pytest.raises(SwitchboardUnreachable if host == "utestangd" else SwitchboardOutcomeUnknown):
        write(host)


@pytest.mark.usefixtures("trusted")
def test_patience_that_is_asked_for_arrives() -> None:
    with pytest.raises(CalendarThrottled) as calendar:
        fetch("upptagen")
    with pytest.raises(SwitchboardThrottled) as switchboard:
        read("upptagen")
    assert (calendar.value.retry_after, switchboard.value.retry_after) == (90.0, 90.0)
