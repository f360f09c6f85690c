"""``python -m tests.campaign [--weeks N] [--from SEED] [--jobs N]``: user-weeks in parallel; goes on where it left.

What has been played is in ``build/campaign.json``; a changed program starts anew only when that is removed. A week
that fails is printed with its seed, cut down to what it needs, and kept for the next run.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import time
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from pathlib import Path
from typing import TypedDict

from tests.campaign.minimise import failure, minimised, told
from tests.campaign.play import play
from tests.campaign.story import draw
from tests.campaign.watch import Broken

PROGRESS = Path("build/campaign.json")
_AT_ONCE = 25


class Progress(TypedDict):
    """What is kept between runs."""

    played: list[list[int]]  # seeds, as ranges [first, after the last]
    failed: dict[str, str]
    cycles: int
    writes: int
    deaths: int
    seconds: float


class Batch(TypedDict):
    """What came of some weeks."""

    failed: dict[str, str]
    cycles: int
    writes: int
    deaths: int


def run_batch(first: int, after: int) -> Batch:
    """Play these seeds; whatever fails is told as it is."""
    logging.disable(logging.CRITICAL)
    found: Batch = {"failed": {}, "cycles": 0, "writes": 0, "deaths": 0}
    for seed in range(first, after):
        try:
            played = play(draw(seed))
        except Broken as broken:
            found["failed"][str(seed)] = str(broken)
        except Exception as error:  # noqa: BLE001  whatever the program raises is a failure of its own
            found["failed"][str(seed)] = f"raised: {type(error).__name__}: {error}"
        else:
            found["cycles"] += played.cycles
            found["writes"] += played.writes
            found["deaths"] += played.deaths
    return found


def read_progress() -> Progress:
    """What earlier runs have done."""
    if PROGRESS.exists():
        kept: Progress = json.loads(PROGRESS.read_text(encoding="utf-8"))
        return kept
    return {"played": [], "failed": {}, "cycles": 0, "writes": 0, "deaths": 0, "seconds": 0.0}


def keep_progress(progress: Progress) -> None:
    """So that a run that is cut short is not lost."""
    PROGRESS.parent.mkdir(exist_ok=True)
    beside = PROGRESS.with_suffix(".tmp")
    beside.write_text(json.dumps(progress, indent=1) + "\n", encoding="utf-8")
    beside.replace(PROGRESS)


def left_to_play(first: int, weeks: int, played: list[list[int]]) -> list[tuple[int, int]]:
    """The batches that no run has played."""
    batches = [(seed, min(seed + _AT_ONCE, first + weeks)) for seed in range(first, first + weeks, _AT_ONCE)]
    return [(a, b) for a, b in batches if not any(start <= a and b <= end for start, end in played)]


def joined(ranges: list[list[int]]) -> list[list[int]]:
    """The same seeds in fewer ranges."""
    found: list[list[int]] = []
    for start, end in sorted(ranges):
        if found and start <= found[-1][1]:
            found[-1][1] = max(found[-1][1], end)
        else:
            found.append([start, end])
    return found


def main(arguments: list[str]) -> int:
    """Play what is left; 0 where nothing is broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaign")
    parser.add_argument("--weeks", type=int, default=10_000)
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    chosen = parser.parse_args(arguments)
    progress = read_progress()
    again = [int(seed) for seed in progress["failed"]]
    progress["failed"] = {str(seed): str(broken) for seed in again if (broken := failure(draw(seed))) is not None}
    batches = left_to_play(chosen.first, chosen.weeks, progress["played"])
    before, begun, shown = progress["seconds"], time.monotonic(), 0.0
    with ProcessPoolExecutor(chosen.jobs) as pool:
        waiting: dict[Future[Batch], tuple[int, int]] = {}
        while batches or waiting:
            while batches and len(waiting) < 2 * chosen.jobs:
                batch = batches.pop(0)
                waiting[pool.submit(run_batch, *batch)] = batch
            done, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for each in done:
                found, (start, end) = each.result(), waiting.pop(each)
                progress["failed"] |= found["failed"]
                progress["cycles"] += found["cycles"]
                progress["writes"] += found["writes"]
                progress["deaths"] += found["deaths"]
                progress["played"] = joined([*progress["played"], [start, end]])
            progress["seconds"] = round(before + time.monotonic() - begun, 1)
            keep_progress(progress)
            if time.monotonic() - shown > 30 or not (batches or waiting):
                shown = time.monotonic()
                _say(progress)
    return _verdict(progress)


def _say(progress: Progress) -> None:
    weeks = sum(end - start for start, end in progress["played"])
    print(
        f"{weeks} weeks, {progress['cycles']} cycles, {progress['writes']} writes, {progress['deaths']} deaths, "
        f"{len(progress['failed'])} failed, {progress['seconds']:.0f} s",
        flush=True,
    )


def _verdict(progress: Progress) -> int:
    for seed, why in list(progress["failed"].items())[:5]:
        print(f"\nseed {seed}: {why}\ncut down to:")
        print(told(minimised(draw(int(seed)))))
    return 1 if progress["failed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
