"""The rules of tests/conftest.py hold: proven on a small run of pytest with them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CASES = """
import socket
import pytest

def swallow(call, *arguments):
    try:
        call(*arguments)
    except (OSError, AssertionError):
        return

def test_reaches_out():
    with socket.socket() as far:
        swallow(far.connect, ("192.0.2.1", 443))

def test_looks_up():
    swallow(socket.getaddrinfo, "example.org", 443)

def test_sends():
    with socket.socket(type=socket.SOCK_DGRAM) as far:
        swallow(far.sendto, b"", ("192.0.2.1", 53))

def test_no_such_host():
    with pytest.raises(socket.gaierror):
        socket.create_connection(("mail.foretag.invalid", 443))

def test_loopback():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("127.0.0.1", server.getsockname()[1])).close()

def test_missing_package():
    pytest.skip("not installed: chromium")

def test_missing_module():
    pytest.importorskip("no_such_module")

@pytest.mark.skipif(True, reason="only on Windows")
def test_other_platform(): ...

@pytest.mark.xfail
def test_known_fault():
    assert False
"""

ALWAYS = {
    "test_reaches_out": "PASSED ERROR",
    "test_looks_up": "PASSED ERROR",
    "test_sends": "PASSED ERROR",
    "test_no_such_host": "PASSED",
    "test_loopback": "PASSED",
    "test_other_platform": "SKIPPED",
    "test_known_fault": "XFAIL",
}


@pytest.mark.parametrize(("ci", "missing"), [("true", "FAILED"), ("", "SKIPPED")])
def test_outcomes(tmp_path: Path, ci: str, missing: str) -> None:
    cases = tmp_path / "test_cases.py"
    cases.write_text(CASES, encoding="utf-8")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "tests.conftest",
            "-p",
            "no:cacheprovider",
            "-v",
            "-c",
            os.devnull,
            cases,
        ],
        cwd=Path(__file__).parents[1],
        env=os.environ | {"CI": ci, "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        timeout=60,
    )
    outcomes: dict[str, str] = {}
    for line in done.stdout.splitlines():
        name, _, outcome = line.partition("::")[2].partition(" ")
        if outcome and "%]" in outcome:
            outcomes[name] = f"{outcomes.get(name, '')} {outcome.split()[0]}".strip()
    assert outcomes == ALWAYS | {"test_missing_package": missing, "test_missing_module": missing}, done.stdout
