"""What the packages are called, which version they are, and when they were made."""

from __future__ import annotations

import os
import subprocess
import tomllib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAME = "b2cal-desktop"
TITLE = "B2Cal Desktop"
APP_ID = "se.b2cal.desktop"
PUBLISHER = "B2Cal"
# Whoever publishes packages sets these, as the release workflow does: a package names who made it and where from.
HOMEPAGE = os.environ.get("B2CAL_HOMEPAGE", "")
MAINTAINER = os.environ.get("B2CAL_MAINTAINER", "The B2Cal Desktop authors <nobody@b2cal.invalid>")
SUMMARY = {
    "en": "Keeps your diversion in the company switchboard right, from your own calendar",
    "sv": "Håller din hänvisning i växeln rätt, efter din egen kalender",
}

_EARLIEST = 315_532_800  # 1980-01-01, the first day that a zip file can write down


@cache
def _project() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]  # type: ignore[no-any-return]


def version() -> str:
    """The product's version, as pyproject.toml has it."""
    return str(_project()["version"])


def version_quad() -> tuple[int, int, int, int]:
    """The version in the four numbers that Windows wants; what follows a release's numbers (``rc1``) is left out."""
    numbers = [int(digits) for part in version().split(".")[:4] if (digits := _leading_digits(part))]
    first, second, third, fourth = (*numbers, 0, 0, 0, 0)[:4]
    return first, second, third, fourth


def _leading_digits(text: str) -> str:
    return text[: len(text) - len(text.lstrip("0123456789"))]


def source_date() -> int:
    """Seconds since 1970 that stand for the build: SOURCE_DATE_EPOCH, else the last commit, else 1980."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(given)
    command = ["git", "log", "-1", "--format=%ct"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    except OSError:
        return _EARLIEST
    return int(done.stdout) if done.returncode == 0 and done.stdout.strip() else _EARLIEST
