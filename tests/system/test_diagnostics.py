"""The report tells how the app is doing, and nothing of what was planted wherever something private can stand."""

import json
import logging
import sys
import time
from argparse import Namespace
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import keyring
import keyring.backends.fail
import pytest
import tomli_w

from b2cal_desktop.context import Context
from b2cal_desktop.core.errors import CalendarRefused, SwitchboardUnreachable
from b2cal_desktop.core.model import (
    STANDARD_DIVERSIONS,
    Block,
    CalendarEvent,
    Catalogue,
    Diversion,
    DiversionState,
    Kind,
    RuleName,
    ShowAs,
    Text,
)
from b2cal_desktop.core.state import (
    ActionName,
    AppState,
    Confirmation,
    Health,
    HistoryEntry,
    Phase,
    ServiceHealth,
)
from b2cal_desktop.engine import Engine
from b2cal_desktop.switchboards.practice import Faults, PracticeSwitchboard
from b2cal_desktop.system.clock import SystemClock
from b2cal_desktop.system.crash import CrashWatch
from b2cal_desktop.system.diagnostics import diagnostics, write_diagnostics
from b2cal_desktop.system.logs import open_log
from tests.test_cli import calendar, event

HUSH = "hush7canary9"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def state() -> AppState:
    """A running app with something private in every field that can hold it."""
    event = CalendarEvent(
        f"id-{HUSH}", NOW, NOW + timedelta(hours=1), f"MOT: {HUSH}", ShowAs.BUSY, location=f"Rum {HUSH}", private=True
    )
    own = Diversion(HUSH, Text.same(f"Label {HUSH}"), Kind.ABSENCE, {"practice": HUSH})
    shown = DiversionState(HUSH, NOW + timedelta(hours=1))
    return AppState(
        7,
        NOW,
        UTC,
        Phase.RUNNING,
        ServiceHealth(Health.OK, NOW),
        ServiceHealth(Health.UNREACHABLE, NOW, SwitchboardUnreachable(f"{HUSH}.se", f"answer {HUSH}"), NOW),
        want=shown,
        seen=shown,
        events=(event,),
        blocks=(Block(NOW, NOW + timedelta(hours=1), HUSH, RuleName.PREFIX, (event,)),),
        history=(HistoryEntry(NOW, shown, "calendar", ActionName.SET, Confirmation.CONFIRMED),),
        catalogue=Catalogue([*STANDARD_DIVERSIONS, own]),
        switchboard_name=Text.same(HUSH),
        unconfirmed=Text.same(HUSH),
    )


SETTINGS: dict[str, Any] = {
    "language": "sv",
    HUSH: HUSH,
    "sync": {"poll_seconds": 120},
    "calendar": {
        "source": "icalendar",
        "exchange": {"url": f"https://mail.foretag.se/{HUSH}/x", "user": HUSH, "mailbox": f"{HUSH}@foretag.se"},
        "icalendar": {"location": f"https://cal.foretag.se/{HUSH}/k.ics?token={HUSH}", "user": f"{HUSH}@foretag.se"},
        "microsoft365": {"tenant": f"{HUSH}.se", "client_id": HUSH},
    },
    "switchboard": {"connector": "practice", "fields": {"base_url": f"http://127.0.0.1:9/{HUSH}", "user": HUSH}},
    "rules": {"method": "prefix", "prefixes": {HUSH: f"{HUSH}:", "lunch": ["LUN:", f"{HUSH}2:"]}},
    "diversions": [{"key": HUSH, "label": {"sv": f"Fiske {HUSH}", "en": HUSH}, "remote": {"practice": HUSH}}],
}


@pytest.fixture
def context(tmp_path: Path) -> Context:
    folder = tmp_path / f"profile-{HUSH}"
    context = Context(Namespace(profile=str(folder)))
    context.profile.create()
    context.profile.settings.write_text(tomli_w.dumps(SETTINGS))
    return context


def plant_in_log(context: Context) -> None:
    """Through the real log, whose own redaction must not be the only one: some is put there behind its back."""
    log = open_log(context.profile.log_file)
    ours, theirs = logging.getLogger("b2cal_desktop.sync.loop"), logging.getLogger("a_library.protocol")
    try:
        ours.info("the cycle took 12 ms")
        ours.warning("Authorization: Bearer %s", HUSH)
        ours.warning("event MOT: %s at %s", HUSH, context.profile.folder)
        theirs.warning("<t:Subject>%s</t:Subject> for %s@foretag.se", HUSH, HUSH)
        try:
            raise ValueError(f"could not read MOT: {HUSH}\nsecond line {HUSH}")
        except ValueError:
            ours.exception("the sync cycle failed: %s", "ValueError")
    finally:
        log.close()
    with context.profile.log_file.open("a") as file:
        file.write(f"{HUSH}\n    {HUSH}Error: {HUSH}\n2026-11-23T09:00:00.000 INFO MainThread urllib3.x: {HUSH}\n")


def test_what_the_calendar_costs_in_an_hour_is_told(context: Context) -> None:
    assert diagnostics(context, None, (61, 183_000))["calendar_last_hour"] == {"requests": 61, "bytes": 183_000}
    assert diagnostics(context, None)["calendar_last_hour"] is None


def test_nothing_private_is_in_it_wherever_it_was_planted(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://{HUSH}:{HUSH}@proxy.foretag.se:3128")
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", f"x {HUSH}9")
    monkeypatch.setattr(sys, "argv", ["b2cal-desktop", HUSH])
    plant_in_log(context)
    with CrashWatch(context.profile, SystemClock()) as watch:
        plant_in_log(context)
        recent = watch.recent.lines()
    target = tmp_path / "report.json"
    write_diagnostics(context, target, state(), recent=(*recent, f"    {HUSH}Error", HUSH))
    text = target.read_text()
    assert HUSH not in text.lower()
    assert sys.platform == "win32" or target.stat().st_mode & 0o777 == 0o600
    report = json.loads(text)
    assert set(report) == {
        "written", "versions", "platform", "settings", "state", "calendar_last_hour", "files", "crashes", "log",
        "recent",
    }  # fmt: skip
    (crash,) = report["crashes"]
    assert crash["trace"] == [crash["trace"][0], "    ValueError"] and "plant_in_log" in crash["trace"][0]
    assert any("the cycle took 12 ms" in line for line in report["recent"])


def test_what_helps_is_in_it(context: Context) -> None:
    plant_in_log(context)
    report: dict[str, Any] = diagnostics(context, state())  # type: ignore[assignment]
    values = report["settings"]["values"]
    assert (values["sync"]["poll_seconds"], values["rules"]["method"]) == (120, "prefix")
    assert values["calendar"]["icalendar"] == {"location": "cal.foretag.se", "user": "(set)"}
    assert values["calendar"]["exchange"]["url"] == "mail.foretag.se"
    assert values["calendar"]["microsoft365"]["tenant"] == "(set)"
    assert values["rules"]["status"]["busy"] == "busy"
    assert values["switchboard"] == {
        "connector": "practice",
        "fields": {"base_url": "127.0.0.1:9", "user": "(set)"},
    }
    assert report["settings"]["warnings"] == ["unknown_key"]
    shown = report["state"]
    assert shown["switchboard"] == {
        "health": "unreachable",
        "as_of": NOW.isoformat(),
        "error": "switchboard_unreachable",
        "since": NOW.isoformat(),
    }
    assert shown["history"][0]["kind"] == "absence"
    assert shown["counts"]["private_events"] == 1
    assert report["versions"]["requests"]
    assert report["files"]["log"] > 0 and report["files"]["damaged_ledger"] is None
    log = "\n".join(report["log"])
    assert "INFO b2cal_desktop.sync.loop: the cycle took 12 ms" in log
    assert "WARNING a_library.protocol: ***" in log
    assert "test_diagnostics.py:" in log and "\n    ValueError" in log


def test_it_is_written_also_where_nothing_works(context: Context, tmp_path: Path) -> None:
    context.profile.settings.write_text(f"[sync]\npoll_seconds = '{HUSH}'\n")
    target = tmp_path / "report.json"
    write_diagnostics(context, target, None)
    report = json.loads(target.read_text())
    assert report["settings"] == {"problem": "settings_invalid", "line": 2}
    assert (report["state"], report["log"]) == (None, [])
    assert HUSH not in target.read_text()


def test_a_long_log_is_told_by_its_end(context: Context) -> None:
    with context.profile.log_file.open("w") as file:
        for number in range(5_000):
            file.write(f"2026-11-23T09:00:00.000 INFO MainThread b2cal_desktop.x: line {number}\n")
    log: list[str] = diagnostics(context, None)["log"]  # type: ignore[assignment]
    assert log[-1].endswith("line 4999") and 1_000 < len(log) < 2_000


def test_an_error_is_told_by_its_code_alone(context: Context) -> None:
    refused = ServiceHealth(Health.REFUSED, None, CalendarRefused(HUSH, HUSH), NOW)
    report: dict[str, Any] = diagnostics(context, AppState(1, NOW, UTC, Phase.STALE, refused, refused))  # type: ignore[assignment]
    assert report["state"]["calendar"]["error"] == "calendar_refused"
    assert HUSH not in json.dumps(report)


# The whole app, through success and errors


@pytest.fixture
def _no_real_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(keyring.backends.fail.Keyring())
    yield
    keyring.set_keyring(before)


@pytest.mark.usefixtures("_no_real_keyring")
def test_a_private_event_and_a_ticket_leave_no_trace_whatever_happens(
    profile: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = datetime.now(UTC)  # noqa: TID251  the engine runs by the real clock
    source = tmp_path / "calendar.ics"
    texts = (f"LOCATION:Rum {HUSH}", f"DESCRIPTION:{HUSH}", "CLASS:PRIVATE")
    source.write_text(calendar(event("m", now, now + timedelta(hours=1), f"MOT: {HUSH}", *texts)))
    ticket = f"{HUSH}ticket"
    with PracticeSwitchboard(port=0, now=SystemClock().now, token=ticket) as switchboard:
        settings = {
            "language": "en",
            "calendar": {"source": "icalendar", "icalendar": {"location": str(source)}},
            "switchboard": {"connector": "practice", "fields": {"base_url": switchboard.url, "user": "anna"}},
            "rules": {"method": "prefix"},
        }
        (profile / "settings.toml").write_text(tomli_w.dumps(settings))
        for name, harm in {
            "success": lambda: None,
            "switchboard fails": lambda: setattr(switchboard, "faults", Faults(answer_500=1.0)),
            "switchboard answers rubbish": lambda: setattr(switchboard, "faults", Faults(answer_garbage=1.0)),
            "calendar is rubbish": lambda: source.write_text(f"BEGIN:VCALENDAR\r\nSUMMARY:{HUSH}\r\n"),
        }.items():
            harm()
            context = Context(Namespace(profile=str(profile)))
            context.secret_store.set_secret("switchboard/practice/token", ticket)
            states: list[AppState] = []
            engine = Engine(context, states.append)
            engine.start()
            while not states or (name == "success" and switchboard.store.get("anna").diversion != "meeting"):
                time.sleep(0.02)
            engine.stop()
            write_diagnostics(context, profile / f"{name}.json", states[-1])
    out, err = capsys.readouterr()
    assert HUSH not in (out + err).lower()
    files = [path for path in profile.rglob("*") if path.is_file()]
    assert len(files) >= 6
    assert [path.name for path in files if HUSH.encode() in path.read_bytes().lower()] == []
