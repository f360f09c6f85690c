"""What holds for every test: no screen, no network but loopback, no administrator's file, no quiet skips in CI."""

import gc
import ipaddress
import os
import socket
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

IN_CI = os.environ.get("CI") == "true"

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["B2CAL_POLICY"] = str(Path(__file__).with_name("no-such-policy.toml"))

# No deadlines: a loaded machine is slow, not wrong. CI tries the same examples each time;
# HYPOTHESIS_PROFILE=deep digs.
hypothesis.settings.register_profile("quick", deadline=None, derandomize=IN_CI)
hypothesis.settings.register_profile("deep", deadline=None, max_examples=2_000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """An empty profile folder, private to the test."""
    folder = tmp_path / "profile"
    folder.mkdir(mode=0o700)
    return folder


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Around a test with windows Python's garbage is collected on the thread that made them, and on no other.

    A worker's thread that destroys a QObject leaves its timers behind, and Qt crashes when they fire, tests later.
    """
    if "qapp" not in getattr(item, "fixturenames", ()):
        return (yield)
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()  # what is left lives on; the next collection need not look at it again
        gc.enable()


# --- Network guard ---
# An audit hook sees every Python socket, in every thread, and patches nothing; it lives as long as the process.
# Code under test may well catch the error as "unreachable", hence the fixture fails the test too.

_forbidden: list[str] = []


class NetworkForbiddenError(AssertionError):
    """A test reached for a machine other than this one."""


def _is_here(host: object) -> bool:
    if not isinstance(host, str) or host in ("", "localhost"):
        return True  # a path (AF_UNIX), any local address, or an address family without hosts
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _guard_network(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        if isinstance(address, tuple) and not _is_here(address[0]):
            _forbidden.append(f"connection to {address!r}")
            raise NetworkForbiddenError(_forbidden[-1])
    elif event == "socket.getaddrinfo":
        host = arguments[0].decode() if isinstance(arguments[0], bytes) else arguments[0]
        if _is_here(host) or host.replace(".", "").isdigit() or ":" in host:
            return  # an address is no look-up; connecting to it is judged above
        if not host.endswith(".invalid"):  # that ending is how a test asks for a host that doesn't exist
            _forbidden.append(f"look-up of {host!r}")
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


sys.addaudithook(_guard_network)


@pytest.fixture(autouse=True)
def _only_loopback() -> Iterator[None]:
    _forbidden.clear()
    yield
    if _forbidden:
        pytest.fail(f"a test may only talk to this machine: {', '.join(_forbidden)}")


# --- No quiet skips ---
# In CI every package is there, so a skip hides a fault. Only a reason that begins "only on " (a platform) may
# stand.


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if not (IN_CI and report.skipped) or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    reason = reason.removeprefix("Skipped: ")
    if not reason.startswith("only on "):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {reason}\nAdd what it needs to .ci/bootstrap, or say 'only on …'."


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_skip(report)
    return report
