"""`desktop` and `panel_desktop`: a private desktop per test, skipped where its programs are missing."""

import shutil
import sys
from collections.abc import Iterator

import pytest

if sys.platform.startswith("linux"):
    from tests.desktop.session import PROGRAMS, DesktopSession

    def _need(*programs: str) -> None:
        if missing := [program for program in programs if not shutil.which(program)]:
            pytest.skip(f"not installed: {', '.join(missing)}")

    @pytest.fixture
    def desktop() -> Iterator[DesktopSession]:
        """A desktop whose tray is our own watcher."""
        _need(*PROGRAMS)
        with DesktopSession() as session:
            yield session

    @pytest.fixture
    def panel_desktop() -> Iterator[DesktopSession]:
        """A desktop with a real xfce4-panel."""
        _need(*PROGRAMS, "xfce4-panel")
        with DesktopSession(panel=True) as session:
            yield session

else:
    collect_ignore_glob = ["test_*.py"]  # X and D-Bus; even the imports want Linux
