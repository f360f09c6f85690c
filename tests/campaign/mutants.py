"""``python -m tests.campaign.mutants``: proof that the campaign can fail.

Each mutant is the program with one fault put in on purpose, in a copy of its own. The campaign has to find it within
a few hundred weeks, or at least by a week that once found it (``test_found``); the table says which invariant did, and
after how many weeks.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
_PLAY = """
import sys
from tests.campaign.minimise import failure
from tests.campaign.story import draw
import logging; logging.disable(logging.CRITICAL)
for seed in range(int(sys.argv[1])):
    broken = failure(draw(seed))
    if broken is not None:
        print(broken.invariant, seed + 1)
        break
else:
    import pytest
    named = pytest.main(["-x", "-q", "-p", "no:cacheprovider", "tests/campaign/test_found.py"])
    print("survives" if named == 0 else "found by a named test", "after", sys.argv[1])
"""


class Mutant(NamedTuple):
    """A fault, the file below ``b2cal_desktop`` it is put into, and what takes the place of what."""

    fault: str
    file: str
    right: str
    wrong: str


MUTANTS = (
    Mutant("a block that had begun before takes the place of a manual diversion", "core/reconcile.py",
           "if block.start <= manual.first_seen:", "if False:"),
    Mutant("a manual absence is overwritten", "core/reconcile.py", "not in (Kind.ABSENCE, None)", "is not None"),
    Mutant("a manual diversion that a block replaced is not restored", "core/reconcile.py",
           "return replace(memory, replaced=manual.state, replaced_seen=manual.first_seen)", "return memory"),
    Mutant("coming back early dismisses nothing", "core/reconcile.py",
           "dismissed=dismissal if dismissal.covers(block) else None,", "dismissed=None,"),
    Mutant("until_cleared is not heeded", "core/reconcile.py",
           "if block is None or policy.manual_override is ManualOverride.UNTIL_CLEARED:", "if block is None:"),
    Mutant("what is over by a wrong clock is forgotten", "core/reconcile.py",
           "last=memory.last if over else _want(block, memory)", "last=_want(block, memory)"),
    Mutant("a block lasts one instant too long", "core/schedule.py",
           "utc(now) < self.blocks[index].end", "utc(now) <= self.blocks[index].end"),
    Mutant("a gap just short enough is not bridged", "core/schedule.py",
           "start - ended <= bridge:", "start - ended < bridge:"),
    Mutant("switching off does not clear", "sync/cycle.py",
           "if not self._hand.controls.let_go and (off or", "if not self._hand.controls.let_go and (False and off or"),
    Mutant("a write is not remembered before it is sent", "sync/cycle.py",
           "self._remember(decision.memory, None)\n        self._write(", "self._write("),
    Mutant("an unknown outcome counts as a refusal", "sync/cycle.py",
           "self._send(state, now)\n        except SwitchboardOutcomeUnknown:\n            raise\n",
           "self._send(state, now)\n"),
    Mutant("old events drive for ever", "sync/kept_calendar.py",
           "now - self._kept.as_of >= self.config.stale_after", "False"),
    Mutant("a crash costs the memory of an unfinished write", "sync/ledger.py",
           "self._keep(connection, \"memory\", memory)\n            if entry",
           "self._keep(connection, \"memory\", memory if entry else Memory())\n            if entry"),
    Mutant("a skip is forgotten at its event's end", "sync/hand.py",
           "_SKIP_LASTS = timedelta(days=1)", "_SKIP_LASTS = timedelta(0)"),
    Mutant("edges are left to the poll", "sync/loop.py",
           "return min(edges) + spread if edges else None", "return None"),
    Mutant("a side that fails is tried again at once", "sync/loop.py",
           "return max(delay, min(asked, _LONGEST_WAIT))", "return 0.0"),
    Mutant("a write that waits forgets earlier failures", "sync/loop.py",
           "        if wait is None:\n            self._switchboard.note(state.switchboard, ended)\n"
           "        else:\n            self._switchboard.forget()",
           "        self._switchboard.note(state.switchboard, state.now)\n        if False:\n            pass"),
    Mutant("a lost clear counts as one that acted once the end has passed", "core/reconcile.py",
           "acted = seen.same_as(memory.pending, ends=policy.ends)\n",
           "acted = seen.at(now).same_as(memory.pending, ends=policy.ends)\n"),
    Mutant("what lingers after its end is left there", "core/reconcile.py",
           "if policy.self_ending or shown.diversion != AVAILABLE or seen.diversion == AVAILABLE:", "if True:"),
    Mutant("following the calendar again changes nothing", "sync/hand.py", "memory = memory.following_again()", "pass"),
    Mutant("a network that is back is not noticed", "sync/loop.py",
           "back = _is_due(now, self._back_due)", "back = False"),
    Mutant("waking up is not noticed", "sync/loop.py", "return abs(drift) > _JUMP_SECONDS", "return False"),
    Mutant("the end that is sent is an hour off", "switchboards/connector_template.py",
           "until.isoformat(timespec=\"seconds\")",
           "until.replace(tzinfo=None).isoformat(timespec=\"seconds\") + \"+01:00\""),
    Mutant("the answer's entity tag is not sent back", "switchboards/connector.py",
           "if spec.if_match else None", "if False else None"),
)  # fmt: skip


def tried(mutant: Mutant, weeks: int) -> str:
    """Which invariant finds it, and after how many weeks."""
    with tempfile.TemporaryDirectory() as folder:
        for part in ("b2cal_desktop", "tests", "resources"):
            shutil.copytree(ROOT / part, Path(folder, part), ignore=shutil.ignore_patterns("__pycache__"))
        path = Path(folder, "b2cal_desktop", mutant.file)
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(mutant.right, mutant.wrong), encoding="utf-8")
        command = [sys.executable, "-c", _PLAY, str(weeks)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=3600, check=False)
        return (done.stdout.strip() or done.stderr.strip()).splitlines()[-1]


def main(arguments: list[str]) -> int:
    """Try them all, or those whose fault contains a word; 1 where one survives."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaign.mutants")
    parser.add_argument("--weeks", type=int, default=200)
    parser.add_argument("word", nargs="?", default="")
    chosen = parser.parse_args(arguments)
    survives = 0
    for mutant in MUTANTS:
        if chosen.word in mutant.fault:
            found = tried(mutant, chosen.weeks)
            survives += found.startswith("survives")
            print(f"{mutant.fault:72} {found}", flush=True)
    return 1 if survives else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
