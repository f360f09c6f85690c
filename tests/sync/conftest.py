"""Computers that are put away after the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from b2cal_desktop.core.model import STANDARD_CATALOGUE, DiversionState
from b2cal_desktop.core.ports import Switchboard
from b2cal_desktop.switchboards.connector import Connector
from b2cal_desktop.switchboards.connector_file import ConnectorFile, load_connector
from b2cal_desktop.switchboards.practice import Faults, PracticeSwitchboard
from b2cal_desktop.system.resources import resource_folder
from tests.sync.worlds import Computer, FakeClock, ModelCalendar, ModelSwitchboard, at, fast_folder

MakeComputer = Callable[..., Computer]


@pytest.fixture
def clock() -> FakeClock:
    """Monday morning, eight o'clock."""
    return FakeClock(at("08:00"))


@pytest.fixture
def calendar() -> ModelCalendar:
    return ModelCalendar()


@pytest.fixture
def model(clock: FakeClock) -> ModelSwitchboard:
    return ModelSwitchboard(clock)


@pytest.fixture
def ledgers() -> Iterator[Path]:
    """A folder in memory where there is one: thousands of synchronised commits would measure the disk."""
    with fast_folder() as folder:
        yield folder


@pytest.fixture
def make_computer(ledgers: Path, clock: FakeClock, calendar: ModelCalendar) -> Iterator[MakeComputer]:
    """A computer on a switchboard; each has a ledger of its own."""
    made: list[Computer] = []

    def make(switchboard: Switchboard, **more: Any) -> Computer:
        path = ledgers / f"ledger-{len(made)}.sqlite"
        computer = Computer(clock, more.pop("calendar", calendar), switchboard, path, **more)
        made.append(computer)
        return computer

    yield make
    for computer in made:
        computer.close()


class Phone:
    """One person's place on the practice switchboard: what colleagues see, the softphone, and the app's own way in."""

    def __init__(self, board: PracticeSwitchboard, file: ConnectorFile, user: str, clock: FakeClock) -> None:
        self.board, self._file, self.user, self._clock = board, file, user, clock
        self.secrets: dict[str, str] = {}
        self._made: list[Connector] = []

    def connect(self) -> Connector:
        """The connector engine over HTTP, as the app builds it; each computer has its own."""
        fields = {"base_url": self.board.url, "user": self.user}
        # A moment suffices on loopback; a lost answer should not cost a test ten seconds.
        connector = Connector(
            self._file, fields, self.secrets.get, STANDARD_CATALOGUE, clock=self._clock, answer_seconds=2.0
        )
        self._made.append(connector)
        return connector

    def shows(self) -> DiversionState:
        """What colleagues see now."""
        state = self.board.store.get(self.user)
        return DiversionState(state.diversion, state.until)

    def set_by_hand(self, diversion: str, until: datetime | None = None) -> None:
        """Somebody sets a diversion in the softphone."""
        self.board.store.set(self.user, diversion, until, set_by="softphone")

    def written(self) -> list[tuple[str, datetime | None]]:
        """What the app has written, oldest first."""
        entries = reversed(self.board.store.history(self.user))
        return [(e.diversion, e.until) for e in entries if e.set_by == "B2Cal Desktop"]

    def misbehave(self, **faults: Any) -> None:
        """The switchboard as a bad neighbour; without arguments a good one again."""
        self.board.faults = Faults(**faults) if faults else None

    def close(self) -> None:
        self.misbehave()
        for connector in self._made:
            connector.close()


class _ClockOfTheTest:
    def __init__(self) -> None:
        self.clock = FakeClock(at("08:00"))

    def now(self) -> datetime:
        return self.clock.now()


@pytest.fixture(scope="module")
def _board() -> Iterator[tuple[PracticeSwitchboard, _ClockOfTheTest, Iterator[int]]]:
    clock = _ClockOfTheTest()
    with PracticeSwitchboard(now=clock.now) as board:
        yield board, clock, count()


@pytest.fixture
def phone(_board: tuple[PracticeSwitchboard, _ClockOfTheTest, Iterator[int]], clock: FakeClock) -> Iterator[Phone]:
    """A new person on a real practice switchboard over HTTP, in the test's own time."""
    board, board_clock, numbers = _board
    board_clock.clock = clock
    file = load_connector(resource_folder() / "connectors" / "practice.toml")
    phone = Phone(board, file, f"anna{next(numbers)}", clock)
    yield phone
    phone.close()
