"""``python -m benchmarks [NAME ...]``: measure, print a table, write ``build/bench.json``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks import edge, fleet, idle, packages, plan, poll, start, wake

BENCHMARKS: Mapping[str, Callable[[], dict[str, float]]] = {
    "plan": plan.measure,
    "edge": edge.measure,
    "wake": wake.measure,
    "poll": poll.measure,
    "start": start.measure,
    "idle": idle.measure,
    "fleet": fleet.measure,
    "packages": packages.measure,
}


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all; an unknown name is an error that lists them."""
    if unknown := [name for name in names if name not in BENCHMARKS]:
        print(f"no such benchmark: {', '.join(unknown)}; there are: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    results: dict[str, float] = {}
    for name in names or BENCHMARKS:
        print(f"{name} …", file=sys.stderr, flush=True)
        results |= BENCHMARKS[name]()
    folder = Path("build")
    folder.mkdir(exist_ok=True)
    (folder / "bench.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    for key, value in results.items():
        print(f"{key:28} {value:12.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
