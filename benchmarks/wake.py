"""From a computer's wake-up in the middle of a meeting to the right diversion, on the real loop over real HTTP."""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from b2cal_desktop.core.model import STANDARD_CATALOGUE, CalendarEvent, ShowAs, Window
from b2cal_desktop.core.ports import Fetched
from b2cal_desktop.core.reconcile import Policy
from b2cal_desktop.core.rules import Method, Rules
from b2cal_desktop.switchboards.connector import Connector
from b2cal_desktop.switchboards.connector_file import shipped_connectors
from b2cal_desktop.switchboards.practice import PracticeSwitchboard
from b2cal_desktop.sync.config import Config
from b2cal_desktop.sync.cycle import Cycle
from b2cal_desktop.sync.ledger import Ledger
from b2cal_desktop.sync.loop import Loop, Timing

_WAKES = 7
_MORNING = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
_SLEEP = timedelta(hours=1)
_PATIENCE = 20.0


class _SleepingClock:
    """Real time, save that the computer sleeps at times: the wall clock goes on then, the monotonic one does not."""

    def __init__(self) -> None:
        self._begun, self._slept = time.monotonic(), timedelta()

    def now(self) -> datetime:
        return _MORNING + self._slept + timedelta(seconds=time.monotonic() - self._begun)

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, length: timedelta) -> None:
        self._slept += length


class _Hourly:
    """A meeting and a lunch in turn, an hour each, so that every sleep ends in the middle of another one."""

    def fetch_events(self, window: Window, now: datetime) -> Fetched:  # noqa: ARG002
        half = timedelta(minutes=30)
        return Fetched(
            tuple(
                CalendarEvent(
                    str(hour),
                    _MORNING + hour * _SLEEP - half,
                    _MORNING + hour * _SLEEP + half,
                    "MOT: m" if hour % 2 else "LUN: l",
                    ShowAs.BUSY,
                )
                for hour in range(_WAKES + 2)
            )
        )

    def close(self) -> None:
        pass


def measure() -> dict[str, float]:
    """``wake_ms`` and ``wake_most_ms``: milliseconds from the wake-up until the switchboard shows the right thing."""
    clock, waits = _SleepingClock(), []
    with tempfile.TemporaryDirectory() as folder, PracticeSwitchboard(port=0, now=clock.now) as board:
        fields = {"base_url": board.url, "user": "namn"}
        connector = Connector(shipped_connectors()["practice"], fields, lambda _: None, STANDARD_CATALOGUE)
        ledger = Ledger(Path(folder) / "ledger.sqlite3")
        rules = Rules(method=Method.PREFIX, bridge_minutes=0)
        config = Config(rules, Policy(STANDARD_CATALOGUE), UTC, False, "bench")
        loop = Loop(Cycle(_Hourly(), connector, ledger, config), clock, Timing(), lambda _: None)
        loop.start()
        _wait_for(board, "lunch")
        for number in range(_WAKES):
            time.sleep(1.5)  # awake for a while: a wake-up comes at any point of the loop's waiting
            clock.sleep(_SLEEP)
            begun = time.monotonic()
            _wait_for(board, "lunch" if number % 2 else "meeting")
            waits.append((time.monotonic() - begun) * 1000)
        loop.stop()
        connector.close()
        ledger.close()
    return {"wake_ms": statistics.median(waits), "wake_most_ms": max(waits)}


def _wait_for(board: PracticeSwitchboard, diversion: str) -> None:
    deadline, pause = time.monotonic() + _PATIENCE, threading.Event()
    while board.store.get("namn").diversion != diversion:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{diversion} did not come within {_PATIENCE} s")
        pause.wait(0.005)
