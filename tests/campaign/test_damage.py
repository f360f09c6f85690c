"""The real process on a disk and on files that will not: what it says, and that nothing is lost that could be kept."""

import os
import shlex
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import tomli_w

from b2cal_desktop.core.intents import Skip
from b2cal_desktop.switchboards.practice import PracticeSwitchboard
from b2cal_desktop.sync.ledger import Ledger
from b2cal_desktop.system.clock import SystemClock
from tests.test_cli import calendar, event

USER = "anna"
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only on Linux")


class Desk:
    """A profile that has synced once: a meeting is shown, one event is skipped."""

    def __init__(self, profile: Path, board: PracticeSwitchboard) -> None:
        self.profile, self.board = profile, board
        self.settings, self.ledger = profile / "settings.toml", profile / "ledger.sqlite3"
        settings = {
            "version": 1,
            "language": "en",
            "calendar": {"source": "icalendar", "icalendar": {"location": str(profile / "calendar.ics")}},
            "switchboard": {"connector": "practice", "fields": {"base_url": board.url, "user": USER}},
            "rules": {"method": "prefix"},
        }
        self.settings.write_text(tomli_w.dumps(settings))
        self.ask("MOT: Budget")
        done = self.sync()
        assert (done.returncode, self.shows()) == (0, "meeting"), done.stderr
        with closing(Ledger(self.ledger)) as ledger:
            ledger.add_skip(SKIP)

    def ask(self, subject: str) -> None:
        now = SystemClock().now().replace(microsecond=0)
        booked = event("m", now - timedelta(minutes=5), now + timedelta(hours=1), subject)
        (self.profile / "calendar.ics").write_text(calendar(booked))

    def sync(self, wrapper: str = "{}") -> "subprocess.CompletedProcess[str]":
        command = shlex.join([sys.executable, "-m", "b2cal_desktop", "sync", "--profile", str(self.profile)])
        shell = ["sh", "-c", wrapper.format(f"exec {command}")]
        return subprocess.run(shell, capture_output=True, text=True, timeout=60, check=False)

    def shows(self) -> str:
        return self.board.store.get(USER).diversion

    def recovers(self) -> None:
        """Once nothing is wrong any more, all is as if nothing had been."""
        done = self.sync()
        assert (done.returncode, self.shows()) == (0, "lunch"), done.stderr
        with closing(Ledger(self.ledger)) as ledger:
            assert ledger.moved_to is None
            assert SKIP in ledger.skips()
            assert [entry.diversion.diversion for entry in ledger.history()][-1] == "meeting"


SKIP = Skip("some series", series=True)


@pytest.fixture
def desk(profile: Path) -> Iterator[Desk]:
    with PracticeSwitchboard(port=0, now=lambda: SystemClock().now()) as board:
        yield Desk(profile, board)


@LINUX
def test_on_a_full_disk_the_ledger_is_named_and_nothing_is_written_blindly(desk: Desk) -> None:
    desk.ask("LUN: sallad")
    done = desk.sync("ulimit -f 0; {}")  # no file may grow, as on a disk without room
    assert done.returncode == 1
    assert str(desk.ledger) in done.stderr
    assert "disk has room" in done.stderr
    assert "Traceback" not in done.stderr
    assert desk.shows() == "meeting", "what could not be kept was not written either"
    desk.recovers()


@LINUX
def test_a_profile_that_cannot_be_written_to_is_named(desk: Desk) -> None:
    desk.ask("LUN: sallad")
    if os.geteuid() == 0:  # rights mean nothing to root, a read-only mount does
        folder = shlex.quote(str(desk.profile))
        done = desk.sync(
            f"unshare -m sh -c 'mount --bind {folder} {folder} && mount -o remount,bind,ro {folder} && {{}}'"
        )
    else:
        desk.profile.chmod(0o500)
        desk.ledger.chmod(0o400)
        done = desk.sync()
        desk.profile.chmod(0o700)
        desk.ledger.chmod(0o600)
    assert done.returncode not in (0, -6), done.stderr
    assert str(desk.profile) in done.stderr
    assert "Traceback" not in done.stderr
    assert desk.shows() == "meeting"
    desk.recovers()


def test_a_damaged_ledger_is_told_and_what_can_be_read_is_kept(desk: Desk) -> None:
    with closing(sqlite3.connect(desk.ledger)) as other:
        other.execute("CREATE TABLE filler (a)")
        with other:
            other.executemany("INSERT INTO filler VALUES (?)", [("x" * 4000,)] * 5)
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = desk.ledger.read_bytes()
    desk.ledger.write_bytes(whole[:-4096] + b"\xa5" * 4096)
    desk.ask("LUN: sallad")
    done = desk.sync()
    assert (done.returncode, desk.shows()) == (0, "lunch"), "it knew still that the meeting was its own"
    assert str(desk.ledger) in done.stderr
    assert ".damaged" in done.stderr
    desk.recovers()


def test_a_ledger_that_is_no_ledger_makes_the_program_careful_and_is_told(desk: Desk) -> None:
    desk.ledger.write_bytes(b"\xa5" * 8192)
    desk.ledger.with_name(desk.ledger.name + "-wal").unlink(missing_ok=True)
    desk.ask("LUN: sallad")
    done = desk.sync()
    assert done.returncode == 0
    assert "was damaged" in done.stderr
    assert desk.shows() == "meeting", "it cannot know whose that is, and leaves it"
    desk.board.store.set(USER, "available", None, set_by="softphone")
    assert desk.sync().returncode == 0
    assert desk.shows() == "lunch"


def test_settings_that_cannot_be_read_are_named_with_their_line_and_left_alone(desk: Desk) -> None:
    text = desk.settings.read_text()
    broken = text.replace('method = "prefix"', 'method = "prefix')
    desk.settings.write_text(broken)
    done = desk.sync()
    line = broken.splitlines().index('method = "prefix') + 1
    assert done.returncode == 2
    assert str(desk.settings) in done.stderr
    assert str(line) in done.stderr
    assert "Traceback" not in done.stderr
    assert desk.settings.read_text() == broken
    assert desk.shows() == "meeting"
    desk.settings.write_text(text)
    desk.ask("LUN: sallad")
    desk.recovers()
