"""``doctor``: good, and each kind of bad, against a real practice switchboard and servers on this machine."""

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import keyring
import keyring.backends.fail
import pytest
import trustme

from b2cal_desktop.__main__ import _parser
from b2cal_desktop.context import Context
from b2cal_desktop.doctor import run_checks
from b2cal_desktop.doctor.findings import NAMES
from b2cal_desktop.switchboards.practice import Faults, PracticeSwitchboard
from b2cal_desktop.system.clock import SystemClock
from b2cal_desktop.system.paths import Profile
from b2cal_desktop.system.profile_lock import ProfileLock
from tests.calendars.icalendar_host import CalendarHost, status
from tests.calendars.icalendar_host import calendar as publish
from tests.test_cli import Desk, calendar, event

SUBJECT = "Hush7Canary9"


@pytest.fixture(autouse=True)
def _no_real_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(keyring.backends.fail.Keyring())
    yield
    keyring.set_keyring(before)


class Clinic(Desk):
    """A desk with something in today's calendar, and ``doctor`` at hand."""

    def __init__(self, profile: Path, switchboard: PracticeSwitchboard, capsys: pytest.CaptureFixture[str]) -> None:
        super().__init__(profile, switchboard, capsys)
        now = datetime.now(UTC)  # noqa: TID251  doctor counts what is on today
        self.calendar.write_text(calendar(event("m", now, now + timedelta(minutes=1), f"MOT: {SUBJECT}")))

    def doctor(self) -> tuple[int, dict[str, list[dict[str, Any]]]]:
        """The exit code, and the findings by check."""
        code, out, err = self.run("doctor", "--json")
        assert err == "" and SUBJECT not in out
        answer = json.loads(out)
        assert answer["ok"] == (code == 0)
        findings: dict[str, list[dict[str, Any]]] = {}
        for finding in answer["checks"]:
            findings.setdefault(finding["check"], []).append(finding)
        assert [*findings] == [name for name in NAMES if name in findings]
        return code, findings


@pytest.fixture
def clinic(profile: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Clinic]:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)  # Qt has a test of its own
    with PracticeSwitchboard(port=0, now=SystemClock().now) as switchboard:
        yield Clinic(profile, switchboard, capsys)


def test_all_is_well(clinic: Clinic) -> None:
    code, findings = clinic.doctor()
    assert code == 0
    assert set(findings) == set(NAMES)
    assert findings["calendar"][0]["text"] == "It can be read: 1 events today."
    assert findings["switchboard"][0]["text"].endswith("answers and has 9 diversions.")
    assert findings["clock"][0]["text"] == "It agrees with the servers'."
    assert findings["proxy"][0]["text"].endswith("is reached without a proxy.")
    assert [one["level"] for name in ("keyring", "settings", "ledger") for one in findings[name]] == [
        "warning",
        "ok",
        "ok",
    ]


def test_it_writes_nothing_anywhere(clinic: Clinic) -> None:
    before = sorted(clinic.profile.rglob("*"))
    clinic.doctor()
    assert sorted(clinic.profile.rglob("*")) == before
    assert clinic.switchboard.store.history("anna") == []


def test_for_people_each_line_has_its_level_in_their_language(clinic: Clinic) -> None:
    clinic.settings["language"] = "sv"
    clinic.save()
    code, out, _ = clinic.run("doctor")
    assert code == 0
    assert "bra      Kalender: Den går att läsa: 1 bokningar i dag." in out.splitlines()
    assert "varning  Nyckelring: " in out and "         En inloggning gäller tills" in out


def test_wrong_settings_are_told_with_their_line_and_the_rest_goes_on(clinic: Clinic) -> None:
    path = clinic.profile / "settings.toml"
    path.write_text("language = 'en'\n[sync]\npoll_seconds = 5\non_quit = 'never'\n")
    code, findings = clinic.doctor()
    assert code == 2
    assert [
        f"{path}, line {line}, sync." in one["text"] for line, one in zip((3, 4), findings["settings"], strict=True)
    ]
    assert findings["calendar"][0]["level"] == "warning"
    assert findings["profile"][0]["level"] == "ok"


def test_an_unknown_key_is_a_warning(clinic: Clinic) -> None:
    clinic.settings["sink"] = 1
    clinic.save()
    code, findings = clinic.doctor()
    assert (code, findings["settings"][1]["level"]) == (0, "warning")


def test_the_policy_is_named(clinic: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text("[locked]\nsync.poll_seconds = 90\n")
    monkeypatch.setenv("B2CAL_POLICY", str(policy))
    assert clinic.doctor()[1]["policy"][0]["text"] == f"{policy}: 1 locked settings."


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX")
def test_files_that_others_can_read(clinic: Clinic) -> None:
    clinic.profile.chmod(0o755)
    (clinic.profile / "settings.toml").chmod(0o644)
    code, findings = clinic.doctor()
    assert (code, findings["profile"][0]["level"]) == (0, "warning")
    assert "settings.toml" in findings["profile"][0]["text"] and findings["profile"][0]["remedy"]


def test_a_profile_that_cannot_be(clinic: Clinic, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    context = Context(_parser().parse_args(["doctor", "--profile", str(tmp_path / "file" / "below")]))
    bad = [finding for finding in run_checks(context) if finding.check == "profile"]
    assert {(finding.level.value, finding.exit_code) for finding in bad} == {("problem", 2)}


def test_whether_it_runs(clinic: Clinic) -> None:
    assert clinic.doctor()[1]["instance"][0]["text"] == "B2Cal Desktop is not running now."
    profile = Profile.in_folder(clinic.profile)
    profile.create()
    with ProfileLock(profile):
        assert clinic.doctor()[1]["instance"][0]["text"] == "B2Cal Desktop is running."


def test_the_ledger_is_read_and_a_damaged_one_left_where_it_is(clinic: Clinic) -> None:
    clinic.run("sync")
    assert clinic.doctor()[1]["ledger"][0]["text"] == "It is whole."
    ledger = clinic.profile / "ledger.sqlite3"
    ledger.write_bytes(b"SQLite format 3\0" + b"rubbish" * 2000)
    code, findings = clinic.doctor()
    assert (code, findings["ledger"][0]["level"]) == (1, "problem")
    clinic.calendar.unlink()
    assert clinic.doctor()[0] == 1  # which also asks the ledger how old the last reading is
    assert ledger.read_bytes().endswith(b"rubbish") and not ledger.with_name("ledger.sqlite3.damaged").exists()


def test_a_ledger_in_use_is_read_beside_its_user(clinic: Clinic) -> None:
    clinic.run("sync")
    with closing(sqlite3.connect(clinic.profile / "ledger.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert clinic.doctor()[1]["ledger"][0]["level"] == "ok"


# Calendar


def test_a_calendar_that_is_gone_and_how_old_the_last_reading_is(clinic: Clinic) -> None:
    clinic.run("sync")
    clinic.calendar.unlink()
    code, findings = clinic.doctor()
    assert (code, findings["calendar"][0]["level"]) == (4, "problem")
    assert findings["calendar"][1]["text"] == "The events that were read last are 0 min old."


def test_a_calendar_that_needs_a_sign_in(clinic: Clinic) -> None:
    clinic.settings["calendar"] = {
        "source": "microsoft365",
        "microsoft365": {
            "client_id": "00000000-0000-0000-0000-000000000001",
            "cloud": "custom",
            "authority": "https://localhost:9/tenant",
            "graph_root": "https://localhost:9",
        },
    }
    clinic.save()
    code, findings = clinic.doctor()
    assert (code, findings["calendar"][0]["remedy"]) == (3, "Choose Sign in.")


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CalendarHost]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with CalendarHost(authority) as host:
        yield host


def test_a_published_calendar_by_its_certificate_and_never_by_its_path(
    clinic: Clinic, host: CalendarHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.answer = publish(calendar().encode())
    clinic.settings["calendar"] = {"source": "icalendar", "icalendar": {"location": host.address}}
    clinic.save()
    code, out, _ = clinic.run("doctor")
    assert code == 4 and "does not accept the server's certificate" in out
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    code, out, _ = clinic.run("doctor")
    assert code == 0 and str(tmp_path / "ca.pem") in out
    assert "hemlig-nyckel" not in out and "token" not in out
    assert {path for path, _ in host.asked} == {"/hemlig-nyckel/kalender.ics?token=abc"}
    host.answer = status(403)
    assert clinic.doctor()[0] == 4


def test_a_certificate_file_that_is_none(clinic: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ca.pem").write_text("inget certifikat")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    _, findings = clinic.doctor()
    assert findings["tls"][0]["level"] == "problem" and "SSL_CERT_FILE" in findings["tls"][0]["text"]


def test_a_certificate_setting_that_has_no_effect(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/somewhere.pem")
    code, findings = clinic.doctor()
    assert (code, findings["tls"][1]["level"]) == (0, "warning")


# Switchboard


def test_the_users_own_hand_answers_nothing(clinic: Clinic) -> None:
    settings = clinic.profile / "settings.toml"
    settings.write_text(settings.read_text().replace('connector = "practice"', 'connector = "none"'))
    code, findings = clinic.doctor()
    assert code == 0
    assert "answers" not in findings["switchboard"][0]["text"]
    code, out, _ = clinic.run("doctor", "--try-switchboard")
    assert (code, out.rstrip().endswith("Nothing is sent, so nothing is tried.")) == (0, True)


def test_a_switchboard_that_is_not_there(clinic: Clinic) -> None:
    clinic.switchboard.__exit__()
    code, findings = clinic.doctor()
    assert (code, findings["switchboard"][0]["level"]) == (5, "problem")
    assert findings["switchboard"][0]["remedy"].startswith("Check the network")


@pytest.mark.parametrize(
    ("fault", "code", "level"),
    [({"answer_500": 1.0}, 5, "problem"), ({"answer_garbage": 1.0}, 5, "problem"), ({"answer_429": 1.0}, 0, "warning")],
)
def test_a_switchboard_that_misbehaves(clinic: Clinic, fault: dict[str, float], code: int, level: str) -> None:
    clinic.switchboard.faults = Faults(**fault)  # type: ignore[arg-type]
    found, findings = clinic.doctor()
    assert (found, findings["switchboard"][0]["level"]) == (code, level)


def test_a_switchboard_that_needs_a_sign_in(profile: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with PracticeSwitchboard(port=0, now=SystemClock().now, token="hemlig-biljett") as switchboard:
        code, findings = Clinic(profile, switchboard, capsys).doctor()
    assert (code, findings["switchboard"][0]["remedy"]) == (3, "Choose Sign in.")


def test_a_connector_that_does_not_exist(clinic: Clinic) -> None:
    clinic.settings["switchboard"] = {"connector": "abacus"}
    clinic.save()
    code, findings = clinic.doctor()
    assert code == 2 and "abacus" in findings["switchboard"][0]["text"]


def test_a_connector_file_that_is_wrong_is_told_once(clinic: Clinic) -> None:
    (clinic.profile / "connectors").mkdir()
    (clinic.profile / "connectors" / "practice.toml").write_text("format = 2\n")
    code, findings = clinic.doctor()
    assert code == 2
    assert "practice.toml, line 1, format" in findings["switchboard"][0]["text"]
    assert [one["level"] for name in ("proxy", "clock") for one in findings.get(name, ())] == ["warning"]


def test_a_diversion_that_the_switchboard_has_nothing_for(clinic: Clinic) -> None:
    clinic.settings["diversions"] = [{"key": "fishing", "label": {"sv": "Fiske", "en": "Fishing"}}]
    clinic.settings["rules"] = {"method": "prefix", "prefixes": {"fishing": "FIS:"}}
    clinic.save()
    code, findings = clinic.doctor()
    assert (code, findings["switchboard"][-1]["text"]) == (0, "The switchboard has nothing that matches Fishing.")


# Network and clock


def test_a_proxy_is_named_without_its_password(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://anna:hemligt@localhost:9")
    code, out, _ = clinic.run("doctor")
    assert code == 5
    assert "is reached through localhost:9." in out and "hemligt" not in out and "anna" not in out


@pytest.mark.parametrize(
    ("minutes", "level", "words"), [(-2, "warning", "ahead of"), (2, "warning", "behind"), (30, "problem", "behind")]
)
def test_a_clock_that_is_wrong(clinic: Clinic, minutes: int, level: str, words: str) -> None:
    class Dated(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(405)
            self.end_headers()

        def date_time_string(self, timestamp: float | None = None) -> str:
            now = datetime.now(UTC) + timedelta(minutes=minutes)  # noqa: TID251
            return format_datetime(now, usegmt=True)

        def log_message(self, *args: Any) -> None:
            """Keep the test's output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Dated) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}/hemlig.ics"
        clinic.settings["calendar"] = {"source": "icalendar", "icalendar": {"location": address}}
        clinic.save()
        _, findings = clinic.doctor()
        server.shutdown()
    assert findings["clock"][0]["level"] == level
    assert words in findings["clock"][0]["text"]


def test_a_host_that_never_answers_costs_the_others_nothing(clinic: Clinic) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent_address = f"http://127.0.0.1:{silent.getsockname()[1]}/k.ics"
        clinic.settings["calendar"] = {"source": "icalendar", "icalendar": {"location": silent_address}}
        clinic.save()
        context = Context(_parser().parse_args(["doctor", "--profile", str(clinic.profile)]))
        before = SystemClock().monotonic()
        findings = {finding.check: finding for finding in run_checks(context, seconds=1.0)}
        assert SystemClock().monotonic() - before < 5
    assert (findings["calendar"].exit_code, findings["calendar"].text.en) == (4, "No answer within 1 seconds.")
    assert findings["ledger"].level == "ok"


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux")
def test_with_everything_broken_it_has_its_say_within_fifteen_seconds(clinic: Clinic, tmp_path: Path) -> None:
    """Servers, proxy, message bus and screen take connections and never say a word; the ledger is rubbish."""
    bus = socket.socket(socket.AF_UNIX)
    with socket.create_server(("127.0.0.1", 0), backlog=50) as silent, bus:
        bus.bind(str(tmp_path / "bus"))
        bus.listen(50)
        host = f"127.0.0.1:{silent.getsockname()[1]}"
        clinic.settings["language"] = "sv"
        clinic.settings["calendar"] = {"source": "icalendar", "icalendar": {"location": f"https://{host}/k.ics"}}
        clinic.settings["switchboard"]["fields"]["base_url"] = f"http://{host}"
        clinic.save()
        (clinic.profile / "ledger.sqlite3").write_bytes(b"rubbish" * 500)
        environ = {key: value for key, value in os.environ.items() if key != "QT_QPA_PLATFORM"}
        environ |= {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path / 'bus'}", "https_proxy": f"http://{host}"}
        environ |= {"DISPLAY": f"127.0.0.1:{silent.getsockname()[1] - 6000}", "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-m", "b2cal_desktop", "doctor", "--json", "--profile", str(clinic.profile)]
        clock = SystemClock()
        before = clock.monotonic()
        answer = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
        assert clock.monotonic() - before < 15
    levels = {finding["check"]: finding["level"] for finding in json.loads(answer.stdout)["checks"]}
    assert [*levels] == [*NAMES]
    assert {levels[name] for name in ("ledger", "calendar", "switchboard", "tray")} == {"problem"}
    assert (answer.stderr, answer.returncode) == ("", 1)


# Qt and the keyring, for real


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux")
@pytest.mark.parametrize(("platform", "level"), [("offscreen", "warning"), ("nonsense", "problem"), ("", "warning")])
def test_the_icon_is_asked_of_qt_and_survives_a_qt_that_cannot_start(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, platform: str, level: str
) -> None:
    if platform:
        monkeypatch.setenv("QT_QPA_PLATFORM", platform)
    code, findings = clinic.doctor()
    assert (code, findings["tray"][0]["level"]) == (int(level == "problem"), level)


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux")
def test_a_keyring_gets_a_probe_and_keeps_nothing_of_it(clinic: Clinic, tmp_path: Path) -> None:
    for program in ("dbus-run-session", "gnome-keyring-daemon", "secret-tool"):
        if not shutil.which(program):
            pytest.skip(f"not installed: {program}")
    for folder in ("home", "run"):
        (tmp_path / folder).mkdir(mode=0o700)
    script = (
        "printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null; "
        '"$@"; secret-tool search --all username b2cal-desktop >&2'
    )
    doctor = [sys.executable, "-m", "b2cal_desktop", "doctor", "--json", "--profile", str(clinic.profile)]
    answer = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", script, "sh", *doctor],
        env={
            "HOME": str(tmp_path / "home"),
            "XDG_RUNTIME_DIR": str(tmp_path / "run"),
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(sys.path),
            "B2CAL_POLICY": os.environ["B2CAL_POLICY"],
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    checks = {one["check"]: one for one in json.loads(answer.stdout)["checks"]}
    assert checks["keyring"]["level"] == "ok"
    assert "doctor-probe" not in answer.stderr


# --- The trial, which is asked for


def test_the_switchboard_is_tried_when_asked_and_left_as_it_was(clinic: Clinic) -> None:
    clinic.switchboard.store.set("anna", "vacation", None, set_by="softphone")
    code, out, err = clinic.run("doctor", "--try-switchboard", "--json")
    told = json.loads(out)
    assert (code, err) == (0, "")
    assert [step["finding"] for step in told["trial"]][-4:] == ["sent", "confirmed", "sent", "confirmed"]
    assert told["checks"][-1]["text"].startswith("Confirmed")
    assert [entry.diversion for entry in clinic.switchboard.store.history("anna")] == ["vacation", "lunch", "vacation"]
    code, out, _ = clinic.run("doctor", "--try-switchboard")
    assert code == 0
    assert f"→ PUT {clinic.switchboard.url}/v1/users/anna/diversion" in out


def test_it_is_not_tried_beside_a_running_app(clinic: Clinic) -> None:
    profile = Profile.in_folder(clinic.profile)
    with ProfileLock(profile):
        code, out, _ = clinic.run("doctor", "--try-switchboard", "--json")
    told = json.loads(out)
    assert (code, told["trial"], told["checks"][-1]["level"]) == (0, [], "warning")
    assert set(clinic.switchboard.requests_seen) == {"GET"}


def test_a_trial_that_fails_is_a_problem(clinic: Clinic) -> None:
    clinic.switchboard.faults = Faults(answer_500=1.0, methods=("PUT",))
    code, out, _ = clinic.run("doctor", "--try-switchboard", "--json")
    told = json.loads(out)
    assert (code, told["ok"], told["checks"][-1]["level"]) == (5, False, "problem")
    assert clinic.switchboard.store.get("anna").diversion == "available"
