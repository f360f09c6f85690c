"""``--self-check``: green on a whole copy, and red, by name, where one thing is missing."""

import json
import os
import shutil
import ssl
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from b2cal_desktop.self_check import SHIPPED
from b2cal_desktop.system.tls_trial import check_tls

ROOT = Path(__file__).parents[1]
CHECKS = [
    "qt", "svg", "translations", "tls", "keyring", "exchangelib", "msal", "connectors", "zones", "calendar", "ledger",
    "practice",
]  # fmt: skip


def self_check(code: Path = ROOT, more: Mapping[str, str] | None = None) -> tuple[int, dict[str, Any]]:
    """Its exit code and its JSON, of the copy in ``code``."""
    environ = {**os.environ, "PYTHONPATH": str(code), "PYTHONDONTWRITEBYTECODE": "1", **(more or {})}
    command = [sys.executable, "-m", "b2cal_desktop", "--self-check", "--json"]
    done = subprocess.run(command, cwd=code, env=environ, capture_output=True, text=True, timeout=100, check=False)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def wrong(report: Mapping[str, Any]) -> dict[str, str]:
    return {check["check"]: check["text"] for check in report["checks"] if not check["ok"]}


def test_it_knows_every_connector() -> None:
    assert {path.stem for path in (ROOT / "resources" / "connectors").glob("*.toml")} == SHIPPED


def test_a_whole_copy_is_green() -> None:
    code, report = self_check()
    assert wrong(report) == {}
    assert (code, report["ok"], [check["check"] for check in report["checks"]]) == (0, True, CHECKS)


def test_what_a_package_has_left_out_is_named(tmp_path: Path) -> None:
    """A library, pictures, a connector, the practice page, and Qt's own plug-in, all at once."""
    left_out = shutil.ignore_patterns("__pycache__", "app.svg", "threecx.toml", "page.css", "b2cal_sv.ts")
    for folder in ("b2cal_desktop", "resources"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=left_out)
    (tmp_path / "exchangelib.py").write_text('raise ImportError("left out")', encoding="utf-8")
    code, report = self_check(tmp_path)
    found = wrong(report)
    assert (code, report["ok"]) == (1, False)
    assert found.keys() == {"svg", "translations", "exchangelib", "connectors", "practice"}
    assert "left out" in found["exchangelib"] and "app.svg" in found["svg"] and "threecx" in found["connectors"]


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux has Qt other screens to ask for")
def test_qt_that_does_not_start_is_told_in_its_own_words() -> None:
    code, report = self_check(more={"QT_QPA_PLATFORM": "no-such-screen"})
    found = wrong(report)
    assert code == 1
    assert found.keys() == {"qt", "svg", "translations"} and "no-such-screen" in found["qt"]


def test_a_server_is_known_by_its_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSL_CERT_FILE", "NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "")
    assert ssl.OPENSSL_VERSION in check_tls(tmp_path)
