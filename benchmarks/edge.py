"""From the edge of a block to the request at the switchboard's door, on the real loop over real HTTP."""

from __future__ import annotations

import logging
import statistics
import tempfile
import threading
from datetime import datetime, timedelta
from pathlib import Path

from b2cal_desktop.core.model import STANDARD_CATALOGUE, CalendarEvent, ShowAs, Window
from b2cal_desktop.core.ports import Fetched
from b2cal_desktop.core.reconcile import Policy
from b2cal_desktop.core.rules import Method, Rules
from b2cal_desktop.switchboards.connector import Connector
from b2cal_desktop.switchboards.connector_file import shipped_connectors
from b2cal_desktop.switchboards.practice import PracticeSwitchboard
from b2cal_desktop.sync.cycle import Config, Cycle
from b2cal_desktop.sync.ledger import Ledger
from b2cal_desktop.sync.loop import Loop, Timing
from b2cal_desktop.system.clock import SystemClock

_EDGES = 500
_EVERY = timedelta(milliseconds=150)


class _Alternating:
    """A calendar in which lunch and meeting take turns, far too fast for any human being."""

    def __init__(self, edges: list[datetime]) -> None:
        self._fetched = Fetched(
            tuple(
                CalendarEvent(str(n), start, start + _EVERY, "MOT: m" if n % 2 else "LUN: l", ShowAs.BUSY)
                for n, start in enumerate(edges)
            )
        )

    def fetch_events(self, window: Window, now: datetime) -> Fetched:  # noqa: ARG002
        return self._fetched

    def close(self) -> None:
        pass


def measure() -> dict[str, float]:
    """``edge_ms`` median and ``edge_p99_ms``: milliseconds from an edge to the first request after it.

    No person's blocks are this short: the switchboard refuses some of the writes, whose end is over when they come.
    """
    logging.getLogger("b2cal_desktop").setLevel(logging.ERROR)
    clock = SystemClock()
    asked: list[datetime] = []
    guard = threading.Lock()

    def now() -> datetime:
        instant = clock.now()
        with guard:
            asked.append(instant)
        return instant

    first = clock.now() + timedelta(seconds=2)
    edges = [first + n * _EVERY for n in range(_EDGES)]
    with tempfile.TemporaryDirectory() as folder, PracticeSwitchboard(port=0, now=now) as board:
        fields = {"base_url": board.url, "user": "namn"}
        connector = Connector(shipped_connectors()["practice"], fields, lambda _: None, STANDARD_CATALOGUE)
        ledger = Ledger(Path(folder) / "ledger.sqlite3")
        rules = Rules(method=Method.PREFIX, bridge_minutes=0)
        config = Config(rules, Policy(STANDARD_CATALOGUE, False), clock.now().tzinfo, False, "bench")  # type: ignore[arg-type]
        cycle = Cycle(_Alternating(edges), connector, ledger, config)
        loop = Loop(cycle, clock, Timing(edge_spread_seconds=0), lambda _: None)
        loop.start()
        threading.Event().wait((edges[-1] - clock.now()).total_seconds() + 1)
        loop.stop()
        connector.close()
        ledger.close()
    delays = sorted(
        min((a - edge for a in asked if a >= edge), default=_EVERY).total_seconds() * 1000 for edge in edges
    )
    return {"edge_ms": statistics.median(delays), "edge_p99_ms": delays[round(len(delays) * 0.99) - 1]}
