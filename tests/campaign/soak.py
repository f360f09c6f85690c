"""``python -m tests.campaign.soak [--minutes N]``: a simulated month, then half an hour of the real app.

Writes ``build/soak.json``.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from pathlib import Path

from tests.campaign import soak_app, soak_month


def main(arguments: list[str]) -> int:
    """0 where nothing grows."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaign.soak")
    parser.add_argument("--minutes", type=float, default=30, help="of the real app; 0 leaves it out")
    chosen = parser.parse_args(arguments)
    logging.disable(logging.CRITICAL)
    found: dict[str, dict[str, object]] = {"month": soak_month.report()}
    if chosen.minutes:
        found["app"] = soak_app.report(chosen.minutes)
    Path("build").mkdir(exist_ok=True)
    Path("build/soak.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    for name, part in found.items():
        print(f"{name}: {'nothing grows' if not part['wrong'] else part['wrong']}")
    return 1 if any(part["wrong"] for part in found.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
