"""A profile with real files, a calendar file and a practice switchboard: what the windows are tested against."""

from argparse import Namespace
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from b2cal_desktop.accounts.secrets import MemorySecretStore
from b2cal_desktop.configure import ProfileConfiguration
from b2cal_desktop.context import Context
from b2cal_desktop.engine import Lent
from b2cal_desktop.switchboards.connector_http import Exchange
from b2cal_desktop.switchboards.pace import Pace
from b2cal_desktop.switchboards.practice import PracticeSwitchboard
from b2cal_desktop.sync.ledger import Ledger
from b2cal_desktop.system.clock import FixedClock, SystemClock
from b2cal_desktop.system.settings_file import LoadedSettings
from tests.test_cli import calendar, event
from tests.ui.states import at

T = TypeVar("T")
NOW = at("09:12:20")
USER = "anna"


@dataclass
class Beside:
    """Stands beside the windows where the engine would."""

    signs_in: int = 0
    signs_out: int = 0
    sent: list[Exchange] = field(default_factory=list)

    def signed_in(self) -> None:
        self.signs_in += 1

    def signed_out(self) -> None:
        self.signs_out += 1

    def lend(self, work: Callable[[Lent], T]) -> T:
        with closing(Ledger(Path(":memory:"))) as ledger:
            return work(Lent(ledger, Pace(SystemClock(), 0), lambda: False))

    def exchanges(self) -> tuple[Exchange, ...]:
        return tuple(self.sent)


class World:
    """One profile. ``board`` is a running practice switchboard."""

    def __init__(self, folder: Path, board: PracticeSwitchboard) -> None:
        self.folder, self.board = folder, board
        self.context = Context(Namespace(profile=str(folder), settings=None, at=NOW))
        self.context.__dict__["clock"] = FixedClock(NOW)
        self.context.__dict__["secret_store"] = self.secrets = MemorySecretStore()
        self.engine = Beside()
        self.configuration = ProfileConfiguration(self.context, self.engine)
        self.calendar = folder / "calendar.ics"
        self.fill(("MOT: Budget", "09:00", "10:00"), ("LUN: sallad", "12:00", "13:00"))

    def fill(self, *events: tuple[str, str, str]) -> None:
        lines = [event(f"e{n}", at(start), at(end), subject) for n, (subject, start, end) in enumerate(events)]
        self.calendar.write_text(calendar(*lines))

    @property
    def settings_file(self) -> Path:
        return self.context.profile.settings

    def write(self, text: str) -> None:
        self.settings_file.write_text(text, "utf-8")

    def write_usual(self, method: str = "prefix_then_status", more: str = "") -> None:
        """Settings that work with this calendar and switchboard."""
        self.write(
            f'[calendar]\nsource = "icalendar"\n[calendar.icalendar]\nlocation = "{self.calendar}"\n'
            f'[switchboard]\nconnector = "practice"\n[switchboard.fields]\nbase_url = "{self.board.url}"\n'
            f'user = "{USER}"\n[rules]\nmethod = "{method}"\n{more}'
        )

    def loaded(self) -> LoadedSettings:
        """What the file says now, as the engine would read it."""
        return self.context.load()

    def policy(self, text: str) -> Path:
        path = self.folder / "policy.toml"
        path.write_text(text, "utf-8")
        return path


def board() -> PracticeSwitchboard:
    return PracticeSwitchboard(port=0, now=SystemClock().now)
