"""``python -m tests.fuzz [--inputs N] [--seed N] [--jobs N] [--target NAME]``: hostile input; goes on where it left.

What has been tried is in ``build/fuzz/progress.json``, by seed and target; what fell over in ``build/fuzz/failed``.
Ends with 1 where something has. With ``--atheris`` one target is led by what code its input reaches, until stopped.
"""

import argparse
import json
import multiprocessing
import os
import sys
import time
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from typing import TypedDict

from tests.fuzz.run import BUILD, Outcome, batch, begin
from tests.fuzz.targets import TARGETS

PROGRESS = BUILD / "progress.json"
_AT_ONCE = 1_000


class Done(TypedDict):
    """What was tried of one target with one seed: all inputs before ``next``, and what fell over by its kind."""

    next: int
    seconds: float
    slowest: float
    peak_mib: int
    failures: dict[str, int]


def wanted(inputs: int, only: str | None) -> dict[str, int]:
    """How many inputs each target gets of ``inputs``, by its share."""
    chosen = {name: target.share for name, target in TARGETS.items() if only in (None, name)}
    whole = sum(chosen.values())
    return {name: -(-inputs * share // whole) for name, share in chosen.items()}


def main(arguments: list[str]) -> int:
    """Try what is left; 0 where nothing has fallen over."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--inputs", type=int, default=1_000_000, help="of all targets together")
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--target", choices=tuple(TARGETS))
    parser.add_argument("--atheris", action="store_true", help="needs --target, and atheris beside the program")
    chosen = parser.parse_args(arguments)
    if chosen.atheris:
        from tests.fuzz.guided import guided

        return guided(TARGETS[chosen.target or parser.error("which --target?")], BUILD, chosen.inputs, chosen.seed)
    print(f"seed {chosen.seed}", flush=True)
    kept: dict[str, dict[str, Done]] = json.loads(PROGRESS.read_text()) if PROGRESS.exists() else {}
    done = kept.setdefault(str(chosen.seed), {})
    for name in TARGETS:
        done.setdefault(name, {"next": 0, "seconds": 0.0, "slowest": 0.0, "peak_mib": 0, "failures": {}})
    failed = _try(wanted(chosen.inputs, chosen.target), done, chosen.seed, chosen.jobs, lambda: _write(kept))
    for name, one in done.items():
        rate = one["next"] / one["seconds"] if one["seconds"] else 0
        bounds = f"slowest {one['slowest']:.2f} s  peak {one['peak_mib']} MiB"
        print(f"{name:16} {one['next']:8} inputs  {rate:6.0f} a second  {bounds}", *one["failures"])
    print(f"{'in all':16} {sum(one['next'] for one in done.values()):8} inputs")
    return 1 if failed else 0


def _try(left: dict[str, int], done: dict[str, Done], seed: int, jobs: int, write: object) -> bool:
    """Batch after batch, the target that is furthest behind first; only one batch of a target at a time."""
    spawn = multiprocessing.get_context("spawn")
    shown = time.monotonic()
    with ProcessPoolExecutor(jobs, mp_context=spawn, initializer=begin, max_tasks_per_child=20) as pool:
        waiting: dict[Future[Outcome], str] = {}
        while True:
            behind = sorted(
                (name for name, most in left.items() if done[name]["next"] < most and name not in waiting.values()),
                key=lambda name: done[name]["next"] / left[name],
            )
            for name in behind[: jobs - len(waiting)]:
                first = done[name]["next"]
                waiting[pool.submit(batch, name, seed, first, min(first + _AT_ONCE, left[name]))] = name
            if not waiting:
                return any(done[name]["failures"] for name in left)
            for each in wait(waiting, return_when=FIRST_COMPLETED).done:
                _add(done[waiting.pop(each)], each.result())
            assert callable(write)
            write()
            if time.monotonic() - shown > 60:
                shown = time.monotonic()
                print(f"{sum(one['next'] for one in done.values())} inputs", flush=True)


def _add(one: Done, outcome: Outcome) -> None:
    one["next"] += outcome.inputs
    one["seconds"] += outcome.seconds
    one["slowest"] = max(one["slowest"], outcome.slowest)
    one["peak_mib"] = max(one["peak_mib"], outcome.peak_mib)
    for kind, number in outcome.failures.items():
        if kind not in one["failures"]:
            one["failures"][kind] = number
            print(f"fell over: input {number}: {kind}", flush=True)


def _write(kept: dict[str, dict[str, Done]]) -> None:
    BUILD.mkdir(parents=True, exist_ok=True)
    beside = PROGRESS.with_suffix(".tmp")
    beside.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    beside.replace(PROGRESS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
