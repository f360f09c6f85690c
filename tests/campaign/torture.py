"""``kill -9`` of the real process at random instants, and what the next start makes of it.

``b2cal-desktop run`` on a profile, against a practice switchboard that fails on purpose, while blocks begin and end
all the time. After each kill the ledger is looked at as the dead process left it; then the calendar asks for something
else (or somebody sets a diversion by hand), the program starts, and its first cycle has to make everything right.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import tomli_w

from b2cal_desktop.switchboards.practice import Faults, PracticeSwitchboard
from b2cal_desktop.sync.ledger import Ledger
from b2cal_desktop.system.clock import SystemClock
from tests.test_cli import calendar, event

USER = "anna"
SUBJECTS = {
    "meeting": "MOT: avstämning",
    "lunch": "LUN: sallad",
    "busy": "UPP: fokus",
    "vacation": "SEM: fjällen",
    "out_of_office": "UTE: kund",
    "working_from_home": "HEM:",
}
FAULTS = Faults(
    delay=0.1, refuse=0.1, drop_after_acting=0.15, answer_429=0.02, answer_500=0.1, answer_garbage=0.05,
    delay_seconds=0.2, retry_after_seconds=1,
)  # fmt: skip
# A cycle reads, writes and reads back. What ends in the switchboard between reading and writing is a conflict (412):
# then it reads and writes once more.
_CYCLE_REQUESTS = 5
_PATIENCE = 60.0


class Torture:
    """One profile, one switchboard, and a program that is killed again and again."""

    def __init__(self, folder: Path, board: PracticeSwitchboard, seed: int) -> None:
        self.folder, self.board = folder, board
        self._random = random.Random(seed)  # noqa: S311  chance, not a secret
        self.calendar, self.ledger = folder / "calendar.ics", folder / "ledger.sqlite3"
        self.by_hand, self.peace = False, 0.0
        self.startup = 1.0  # seconds until it is right, as measured on this machine
        self.counts: Counter[str] = Counter()
        self._log = (folder / "output.txt").open("wb")
        settings = {
            "version": 1,
            "language": "en",
            "sync": {"poll_seconds": 30, "edge_spread_seconds": 0},
            "calendar": {"source": "icalendar", "icalendar": {"location": str(self.calendar)}},
            "switchboard": {"connector": "practice", "fields": {"base_url": board.url, "user": USER}},
            "rules": {"method": "prefix", "bridge_minutes": 0},
        }
        (folder / "settings.toml").write_text(tomli_w.dumps(settings), encoding="utf-8")

    def close(self) -> None:
        """Nothing is left running."""
        self._log.close()

    def shows(self) -> str:
        return self.board.store.get(USER).diversion

    def once(self) -> None:
        """Start, be right, live on among faults for a moment, die."""
        self.board.faults = None
        wanted = self.arrange()
        before = self.board.requests_seen.copy()
        process = self.spawn()
        try:
            if self._random.random() < 0.3:  # already as it begins
                time.sleep(self._random.uniform(0, 1.2))
                self.counts["early"] += 1
            else:
                self.await_right(process, wanted, before)
                self.board.faults = Faults(**{**_as_dict(FAULTS), "seed": self._random.randrange(1 << 30)})
                # The first of the blocks that follow each other begins soon: some die before it, some among them.
                until = (self.first - SystemClock().now()).total_seconds()
                time.sleep(max(0.0, self._random.choice((0.0, until, until)) + self._random.uniform(0, 2.5)))
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
        self.look_at_ledger()

    def await_right(self, process: subprocess.Popen[bytes], wanted: str, before: Counter[str]) -> None:
        """Its first cycle has to make all right. On a machine too busy for that before the next block: no verdict."""
        begun = time.monotonic()
        late = self.wait_until(process, lambda: self.is_right(wanted, before.total()), wanted)
        self.startup = 0.5 * self.startup + 0.5 * (time.monotonic() - begun)
        if late:
            self.counts["no verdict"] += 1
            return
        spent = self.board.requests_seen - before
        assert spent.total() <= _CYCLE_REQUESTS, f"it took {dict(spent)}, which is more than one cycle"
        self.counts["by hand" if self.by_hand else "right"] += 1

    def arrange(self) -> str:
        """While nothing runs: something else is wanted from now on, or somebody has set a diversion."""
        now = self.first = SystemClock().now()
        if self.by_hand:
            self.board.store.set(USER, "available", None, set_by="softphone")
        # Three changes by hand within ten minutes would be a quarrel, in which the program stands back (rule 6).
        self.by_hand = self._random.random() < 0.15 and time.monotonic() >= self.peace
        if self.by_hand:
            self.peace = time.monotonic() + 600
        # Not what the program wrote last: cleared by hand since, that would be dismissed (rule 4).
        lately = [entry.diversion for entry in self.board.store.history(USER)[:3]]
        wanted = self._random.choice([key for key in SUBJECTS if key not in (self.shows(), *lately)])
        # What is wanted for the next minutes; the blocks that touch it begin a few seconds from now, one each second.
        first = now + timedelta(seconds=1 + 2 * self.startup + self._random.uniform(0, 1))
        self.first = first
        events = [event("now", now - timedelta(minutes=2), first, SUBJECTS[wanted])]
        keys = list(SUBJECTS)
        for n in range(40):
            start = first + timedelta(seconds=n)
            events.append(event(f"e{n}", start, start + timedelta(seconds=1), SUBJECTS[keys[n % len(keys)]]))
        self.fill(events)
        if not self.by_hand:
            return wanted
        self.board.store.set(USER, "sick", now + timedelta(hours=1), set_by="softphone")
        return "sick"

    def fill(self, events: list[str]) -> None:
        beside = self.calendar.with_suffix(".new")
        beside.write_text(calendar(*events), encoding="utf-8")
        beside.replace(self.calendar)

    def is_right(self, wanted: str, before: int) -> bool:
        """What is shown is what is wanted, and the program has looked at it."""
        return self.shows() == wanted and self.board.requests_seen.total() > before

    def spawn(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "b2cal_desktop", "run", "--profile", str(self.folder)]
        return subprocess.Popen(command, stdout=self._log, stderr=self._log, stdin=subprocess.DEVNULL)

    def wait_until(self, process: subprocess.Popen[bytes], right: Callable[[], bool], wanted: str) -> bool:
        """Whether the next block began before it was ``right``."""
        deadline = time.monotonic() + _PATIENCE
        while not right():
            if SystemClock().now() >= self.first:
                return True
            self._log.flush()
            said = (self.folder / "output.txt").read_text(encoding="utf-8", errors="replace")[-800:]
            assert process.poll() is None, f"it ended by itself: {said}"
            assert time.monotonic() < deadline, f"shows {self.shows()}, should {wanted}; it said: {said}"
            time.sleep(0.01)
        return False

    def look_at_ledger(self) -> None:
        """As the dead process left it: a copy opens, is whole, and all that it keeps can be read."""
        if not self.ledger.exists():
            return
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder, "ledger.sqlite3")
            for ending in ("", "-wal"):  # what the dead process left, before anybody tidies up
                if (left := Path(f"{self.ledger}{ending}")).exists():
                    shutil.copyfile(left, f"{copy}{ending}")
            with closing(Ledger(copy)) as ledger:
                assert ledger.moved_to is None, "the ledger is damaged"
                ledger.memory(), ledger.controls(), ledger.skips(), ledger.events(), ledger.history(), ledger.status()
            with closing(sqlite3.connect(copy)) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        self.counts["ledgers"] += 1


def _as_dict(faults: Faults) -> dict[str, object]:
    return {name: getattr(faults, name) for name in Faults.__dataclass_fields__}


def torture(kills: int, seed: int = 0, say: Callable[[str], None] | None = None) -> dict[str, int]:
    """Kill it so often; AssertionError where a start does not make everything right."""
    with (
        tempfile.TemporaryDirectory() as folder,
        PracticeSwitchboard(port=0, now=lambda: SystemClock().now()) as board,
        closing(Torture(Path(folder), board, seed)) as victim,
    ):
        for number in range(kills):
            victim.once()
            if say is not None and number % 10 == 9:
                say(f"{number + 1} kills, {dict(victim.counts)}")
        return dict(victim.counts)


def main(arguments: list[str]) -> int:
    """``python -m tests.campaign.torture [--kills N] [--seed N]``; writes ``build/torture.json``."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaign.torture")
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args(arguments)
    begun = time.monotonic()
    counts = torture(chosen.kills, chosen.seed, lambda line: print(line, flush=True))
    result = {"kills": chosen.kills, "seed": chosen.seed, "seconds": round(time.monotonic() - begun), **counts}
    Path("build").mkdir(exist_ok=True)
    Path("build/torture.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(result)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
