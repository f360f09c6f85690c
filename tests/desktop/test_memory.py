"""What the app holds while nothing happens: nothing that it needs for a moment only."""

import shutil
from pathlib import Path

import pytest

from benchmarks.signed_in import signed_in
from tests.desktop.session import PROGRAMS

pytestmark = pytest.mark.desktop

# What reaches a keyring, what guesses encodings, Qt's network and what it reads of it, what reads Exchange.
LARGE = ("_rust.abi3", "_cffi_backend", "charset_normalizer", "Qt6Network", "libgio", "lxml")


def test_signed_in_and_idle_it_has_loaded_nothing_large_that_waits_for_its_hour() -> None:
    if missing := [program for program in (*PROGRAMS, "gnome-keyring-daemon") if not shutil.which(program)]:
        pytest.skip(f"not installed: {', '.join(missing)}")
    with signed_in() as computer:
        process = computer.desktop.spawn(computer.command, env=computer.env)
        computer.desktop.watcher.wait_for_item()
        # The token has been fetched by then, and the switchboard's secret asked for.
        computer.desktop.wait_until(lambda: len(computer.board.requests_seen) > 0, 30, "the switchboard was read")
        maps = Path(f"/proc/{process.pid}/maps").read_text()
        assert "libssl" in maps
        assert not [name for name in LARGE if name in maps]
