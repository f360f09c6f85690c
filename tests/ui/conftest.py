"""What the tests of the interface share: the language, an application of our look, and a recorder of wishes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from b2cal_desktop.core.intents import Intent
from b2cal_desktop.ui.interface import Actions
from b2cal_desktop.ui.translations import install_language
from tests.ui.states import NOW


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    install_language("en")
    yield
    install_language("en")


@pytest.fixture(autouse=True)
def _own_log_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where this test would start the app at log-in; never where the person who runs it is logged in."""
    folder = tmp_path / "config"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "xdg"))
    return folder / "autostart" / "b2cal-desktop.desktop"


@pytest.fixture
def swedish() -> str:
    install_language("sv")
    return "sv"


@dataclass
class Program:
    """Stands in for the program around the interface; ``now`` is moved by hand."""

    now: datetime = NOW
    sent: list[Intent] = field(default_factory=list)
    signed_in: list[str] = field(default_factory=list)
    quits: int = 0

    def actions(self, *, sign_in: bool = True) -> Actions:
        return Actions(
            send=self.sent.append,
            now=lambda: self.now,
            quit_=self._quit,
            sign_in=self.signed_in.append if sign_in else None,
        )

    def wait(self, **more: float) -> None:
        self.now += timedelta(**more)

    def _quit(self) -> None:
        self.quits += 1


@pytest.fixture
def program() -> Program:
    return Program()
