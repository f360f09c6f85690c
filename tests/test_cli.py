"""The commands of the contract, in this process, against a real practice switchboard."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import tomli_w

from b2cal_desktop.__main__ import main
from b2cal_desktop.switchboards.practice import PracticeSwitchboard
from b2cal_desktop.system.clock import SystemClock

USER = "anna"
# Ends that a switchboard with a clock of its own still takes for ends to come.
DAY = (datetime.now(UTC) + timedelta(days=400)).date()  # noqa: TID251  a day ahead of the real clock


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(DAY.year, DAY.month, DAY.day, hour, minute, tzinfo=UTC)


def event(uid: str, start: datetime, end: datetime, summary: str, *more: str) -> str:
    form = "%Y%m%dT%H%M%SZ"
    lines = ["BEGIN:VEVENT", f"UID:{uid}", f"DTSTART:{start:{form}}", f"DTEND:{end:{form}}", f"SUMMARY:{summary}"]
    return "\r\n".join([*lines, *more, "END:VEVENT", ""])


def calendar(*events: str) -> str:
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test\r\n" + "".join(events) + "END:VCALENDAR\r\n"


class Desk:
    """One profile with a calendar file, beside a practice switchboard."""

    def __init__(self, profile: Path, switchboard: PracticeSwitchboard, capsys: pytest.CaptureFixture[str]) -> None:
        self.profile, self.switchboard, self._capsys = profile, switchboard, capsys
        self.calendar = profile / "calendar.ics"
        self.settings: dict[str, object] = {
            "version": 1,
            "language": "en",
            "calendar": {
                "source": "icalendar",
                "timezone": "Europe/Stockholm",
                "icalendar": {"location": str(self.calendar)},
            },
            "switchboard": {"connector": "practice", "fields": {"base_url": switchboard.url, "user": USER}},
            "rules": {"method": "prefix_then_status"},
        }
        self.save()
        self.calendar.write_text(calendar(event("m", at(9), at(10), "MOT: Budget")))

    def save(self) -> None:
        (self.profile / "settings.toml").write_text(tomli_w.dumps(self.settings))

    def run(self, *arguments: str) -> tuple[int, str, str]:
        try:
            code = main([*arguments, "--profile", str(self.profile)])
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = self._capsys.readouterr()
        return code, out, err

    def sync(self, now: datetime) -> dict[str, object]:
        code, out, err = self.run("sync", "--json", "--at", now.isoformat())
        assert code == 0, err
        return json.loads(out)


@pytest.fixture
def desk(profile: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    with PracticeSwitchboard(port=0, now=SystemClock().now) as switchboard:
        yield Desk(profile, switchboard, capsys)


def test_plan_prints_the_contract_and_no_subject(desk: Desk) -> None:
    code, out, _ = desk.run("plan", "--json", "--at", at(9, 30).isoformat())
    plan = json.loads(out)
    assert code == 0
    assert set(plan) == {"now", "timezone", "window", "current", "next_change", "blocks", "warnings"}
    assert plan["timezone"] == "Europe/Stockholm"
    assert datetime.fromisoformat(plan["current"]["until"]) == at(10)
    assert plan["current"]["diversion"] == "meeting"
    assert datetime.fromisoformat(plan["next_change"]) == at(10)
    (block,) = plan["blocks"]
    assert (block["diversion"], block["rule"]) == ("meeting", "prefix")
    assert set(block["events"][0]) == {"id", "start", "end"}
    assert "Budget" not in out
    assert (
        datetime.fromisoformat(plan["window"]["start"]).utcoffset() == datetime.fromisoformat(plan["now"]).utcoffset()
    )


def test_plan_shows_subjects_on_request_save_private_ones(desk: Desk) -> None:
    private = event("p", at(11), at(12), "LUN: hemlig", "CLASS:PRIVATE")
    desk.calendar.write_text(calendar(event("m", at(9), at(10), "MOT: Budget"), private))
    for arguments in (("--json",), ()):
        _, out, _ = desk.run("plan", "--subjects", "--at", at(8).isoformat(), *arguments)
        assert "Budget" in out
        assert "hemlig" not in out


def test_plan_writes_nothing_anywhere(desk: Desk) -> None:
    before = sorted(desk.profile.rglob("*"))
    desk.run("plan", "--at", at(9).isoformat())
    assert sorted(desk.profile.rglob("*")) == before
    assert desk.switchboard.store.history(USER) == []


def test_a_block_keeps_its_true_start_and_end_beyond_the_window(desk: Desk) -> None:
    start, end = at(9) - timedelta(days=3), at(9) + timedelta(days=3)
    desk.calendar.write_text(calendar(event("s", start, end, "SEM: fjällen")))
    _, out, _ = desk.run("plan", "--json", "--at", at(9).isoformat())
    (block,) = json.loads(out)["blocks"]
    assert (datetime.fromisoformat(block["start"]), datetime.fromisoformat(block["end"])) == (start, end)


def test_a_day_step_by_step_with_sync(desk: Desk) -> None:
    assert desk.sync(at(8, 59))["action"] == "none"
    set_ = desk.sync(at(9))
    assert (set_["action"], set_["wrote"]["diversion"], set_["phase"]) == ("set", "meeting", "running")
    assert set_["seen"] == {"diversion": "available", "until": None}
    assert desk.switchboard.store.get(USER).diversion == "meeting"
    again = desk.sync(at(9, 30))
    assert (again["action"], again["wrote"], again["seen"]["diversion"]) == ("none", None, "meeting")
    desk.switchboard.store.set(USER, "sick", None, set_by="softphone")
    manual = desk.sync(at(9, 40))
    assert (manual["action"], manual["phase"], manual["wrote"]) == ("stand_down", "manual", None)
    desk.switchboard.store.set(USER, "available", None, set_by="softphone")
    assert desk.sync(at(9, 45))["action"] == "set"
    assert desk.sync(at(10))["want"]["diversion"] == "available"


def test_status_tells_the_last_known_state_without_asking_anybody(desk: Desk) -> None:
    assert json.loads(desk.run("status", "--json")[1])["diversion"] is None
    desk.sync(at(9))
    desk.switchboard.stop()
    code, out, _ = desk.run("status", "--json")
    assert code == 0
    assert json.loads(out)["diversion"] == "meeting"
    assert json.loads(out)["calendar"]["health"] == "ok"


def test_who_only_looks_leaves_a_damaged_ledger_where_it_is(desk: Desk) -> None:
    desk.sync(at(9))
    for file in desk.profile.glob("ledger.sqlite3*"):
        file.write_bytes(b"no ledger" * 500)
    desk.calendar.unlink()
    assert desk.run("plan", "--at", at(9).isoformat())[0] == 4, "nothing usable is kept"
    code, _, err = desk.run("status")
    assert code == 1 and "ledger.sqlite3" in err
    assert not list(desk.profile.glob("*.damaged*"))


def test_exit_codes_say_which_side_failed(desk: Desk) -> None:
    desk.calendar.unlink()
    assert desk.run("sync", "--at", at(9).isoformat())[0] == 4, "nothing is kept yet"
    desk.calendar.write_text(calendar(event("m", at(9), at(10), "MOT: Budget")))
    desk.sync(at(9))
    desk.calendar.unlink()
    code, out, err = desk.run("sync", "--json", "--at", at(9, 30).isoformat())
    assert code == 0, "the last good events go on driving"
    assert json.loads(out)["calendar"]["health"] == "stale"
    assert "calendar.ics" in err
    code, out, _ = desk.run("sync", "--json", "--at", (at(9) + timedelta(hours=25)).isoformat())
    assert (code, json.loads(out)["phase"]) == (4, "stale")
    desk.calendar.write_text(calendar())
    desk.switchboard.stop()
    code, out, err = desk.run("sync", "--json", "--at", at(9, 30).isoformat())
    assert (code, json.loads(out)["switchboard"]["health"]) == (5, "unreachable")
    assert json.loads(out)["seen"] is None
    assert err


def test_a_switchboard_that_wants_a_token_means_sign_in(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    with PracticeSwitchboard(port=0, token="s3cret-ticket", now=SystemClock().now) as locked:
        desk.settings["switchboard"] = {"connector": "practice", "fields": {"base_url": locked.url, "user": USER}}
        desk.save()
        code, out, err = desk.run("sync", "--json", "--at", at(9).isoformat())
        assert (code, json.loads(out)["phase"]) == (3, "needs_sign_in")
        assert "s3cret" not in out + err


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("[sync]\npoll_seconds = 5\n", ("line 2", "sync.poll_seconds", "30")),
        ("[sync\n", ("line 1",)),
        ("version = 99\n", ("version",)),
        ('[rules]\nmethod = "magic"\n', ("line 2", "rules.method", "prefix_then_status")),
        ('[rules.prefixes]\nlunch = "UPP:"\n', ("UPP:",)),
        ('[switchboard]\nconnector = "nowhere"\n', ("line 2", "nowhere", "practice")),
        (
            '[switchboard]\nconnector = "bredband2"\n[switchboard.fields]\nbase_url = "http://x"\n',
            ("line 4", "switchboard.fields.base_url", "https"),
        ),
        ('[switchboard]\nconnector = "broadworks"\n', ("line 1", "switchboard.fields.base_url", "is missing")),
    ],
)
def test_a_wrong_setting_is_exit_2_and_names_file_line_and_key(desk: Desk, text: str, names: tuple[str, ...]) -> None:
    (desk.profile / "settings.toml").write_text(text)
    code, out, err = desk.run("sync")
    assert (code, out) == (2, "")
    assert "settings.toml" in err
    for name in names:
        assert name in err


@pytest.mark.parametrize(
    "arguments",
    [
        ("bogus",),
        ("sync", "--at", "yesterday"),
        ("sync", "--at", "0001-01-01T00:00:00+14:00"),
        ("plan", "--at", "9999-12-31T23:59:59"),
        ("plan", "--days", "0"),
        ("practice-switchboard", "--port", "70000"),
        ("sync", "--settings", "nowhere.toml"),
        ("connectors", "check", "nowhere.toml"),
    ],
)
def test_wrong_usage_is_exit_2_with_a_message(desk: Desk, arguments: tuple[str, ...]) -> None:
    code, out, err = desk.run(*arguments)
    assert (code, out) == (2, "")
    assert err


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("<!doctype html><title>Sign in to the guest network</title>", "web page"),
        ("BEGIN:VEVENT\r\nEND:VEVENT\r\n", "line 1"),
        ("", "empty"),
    ],
)
def test_a_broken_calendar_names_file_and_what_is_wrong(desk: Desk, content: str, says: str) -> None:
    desk.calendar.write_text(content)
    code, out, err = desk.run("plan", "--json")
    assert (code, out) == (2, "")
    assert "calendar.ics" in err
    assert says in err


def test_an_unreachable_link_is_exit_4_and_keeps_the_link_secret(desk: Desk) -> None:
    code, out, err = desk.run("plan", "--json", "--calendar", "https://kalender.invalid/private-1234/basic.ics")
    assert (code, out) == (4, "")
    assert "kalender.invalid" in err
    assert "private-1234" not in err


def test_one_engine_a_profile(desk: Desk) -> None:
    from b2cal_desktop.system.paths import Profile
    from b2cal_desktop.system.profile_lock import ProfileLock

    profile = Profile.in_folder(desk.profile)
    with ProfileLock(profile):
        code, _, err = desk.run("sync", "--at", at(9).isoformat())
    assert code == 1
    assert "already running" in err
    assert desk.run("sync", "--at", at(9).isoformat())[0] == 0


def test_connectors_lists_and_checks(desk: Desk, tmp_path: Path) -> None:
    code, out, _ = desk.run("connectors")
    assert code == 0
    assert "practice" in out
    shipped = Path(__file__).parents[1] / "resources" / "connectors" / "practice.toml"
    assert desk.run("connectors", "check", str(shipped))[0] == 0
    broken = tmp_path / "broken.toml"
    broken.write_text(shipped.read_text().replace("[requests.get]", "[requests.gett]"))
    code, _, err = desk.run("connectors", "check", str(broken))
    assert code == 2
    assert "broken.toml" in err
    assert "line" in err


def test_run_follows_the_clock_until_a_signal_and_leaves_what_has_an_end(desk: Desk) -> None:
    now = SystemClock().now().replace(microsecond=0)
    desk.calendar.write_text(calendar(event("m", now - timedelta(minutes=1), now + timedelta(hours=1), "LUN: nu")))
    command = [sys.executable, "-m", "b2cal_desktop", "run", "--profile", str(desk.profile)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=20)
    assert "Lunch until" in line
    assert "confirmed" in line
    assert process.returncode == 0, err
    assert desk.switchboard.store.get(USER).diversion == "lunch"


def test_the_commands_work_where_qt_cannot_load(desk: Desk, tmp_path: Path) -> None:
    broken = tmp_path / "PySide6"
    broken.mkdir()
    (broken / "__init__.py").write_text("raise ImportError('libEGL.so.1: cannot open shared object file')")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "b2cal_desktop", "sync", "--profile", str(desk.profile), "--at", at(9).isoformat()]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert result.returncode == 0, result.stderr
    assert "Meeting" in result.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux: elsewhere there is always a screen")
def test_the_tray_app_without_a_screen_says_so(profile: Path) -> None:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {k: v for k, v in os.environ.items() if k not in hidden} | {"LANG": "sv_SE.UTF-8", "LC_ALL": ""}
    command = [sys.executable, "-m", "b2cal_desktop", "--profile", str(profile)]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert result.returncode == 1
    assert "har ingen skärm" in result.stderr
    assert "b2cal-desktop run" in result.stderr


def test_without_a_tray_the_app_shows_its_window_and_still_ends() -> None:
    # Long enough for the window that stands in for the tray to be open when it ends.
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "b2cal_desktop", "demo", "--seconds", "4"]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=45)
    assert result.returncode == 0, result.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux: elsewhere there is always a screen")
def test_the_demo_without_a_screen_says_so_and_does_the_job(tmp_path: Path) -> None:
    own = tmp_path / "own.ics"
    now = SystemClock().now().replace(microsecond=0)
    own.write_text(calendar(event("m", now - timedelta(minutes=1), now + timedelta(hours=1), "SEM: äntligen")))
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {k: v for k, v in os.environ.items() if k not in hidden} | {"LANG": "sv_SE.UTF-8", "LC_ALL": ""}
    command = [sys.executable, "-m", "b2cal_desktop", "demo", "--seconds", "2", "--calendar", str(own)]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert result.returncode == 0, result.stderr
    assert "har ingen skärm" in result.stderr
    assert "http://127.0.0.1:" in result.stdout
    assert "Semester till" in result.stdout
    assert "växeln bekräftade" in result.stdout
