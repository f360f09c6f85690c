"""A practice switchboard on a free port, with a clock that stands still until a test moves it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests

from b2cal_desktop.switchboards.practice import PracticeSwitchboard


class StandingClock:
    """09:00 on a Monday in Stockholm, until it is moved."""

    def __init__(self) -> None:
        self.instant = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.instant

    def forward(self, **step: float) -> None:
        self.instant += timedelta(**step)


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def board(clock: StandingClock) -> Iterator[PracticeSwitchboard]:
    with PracticeSwitchboard(now=clock.now) as switchboard:
        yield switchboard


@pytest.fixture
def http() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session
