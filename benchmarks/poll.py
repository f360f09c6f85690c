"""What one poll of an unchanged day costs with Microsoft 365: bytes on the wire, requests, processor time."""

from __future__ import annotations

import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from b2cal_desktop.calendars.graph import GraphCalendar
from b2cal_desktop.core.model import STANDARD_CATALOGUE
from b2cal_desktop.core.reconcile import Policy
from b2cal_desktop.core.rules import Method, Rules
from b2cal_desktop.switchboards.connector import Connector
from b2cal_desktop.switchboards.connector_file import shipped_connectors
from b2cal_desktop.switchboards.practice import PracticeSwitchboard
from b2cal_desktop.sync.config import Config
from b2cal_desktop.sync.cycle import Cycle
from b2cal_desktop.sync.ledger import Ledger
from tests.servers.graph_server import daily, graph_server

_ROUNDS = 20
_EVENTS = 40  # of the days that are read: yesterday and the coming week
_NOW = datetime(2026, 11, 23, 9, 17, tzinfo=UTC)


class _Token:
    """A sign-in that holds."""

    def get_token(self, *, claims: str | None = None, refresh: bool = False) -> str:
        del claims, refresh
        return "good"


class _Clock:
    def now(self) -> datetime:
        return _NOW

    def monotonic(self) -> float:
        return time.monotonic()


def measure() -> dict[str, float]:
    """``poll_bytes`` and ``poll_requests`` to Graph, and ``poll_cpu_ms`` of the whole cycle, on its own thread."""
    costs, sizes, requests = [], [], []
    with (
        tempfile.TemporaryDirectory() as folder,
        graph_server() as graph,
        PracticeSwitchboard(port=0, now=lambda: _NOW) as board,
    ):
        graph.events.extend(daily("MOT: Budget", _EVENTS, _NOW - timedelta(days=1), timedelta(hours=4)))
        calendar = GraphCalendar(root=graph.root, token=_Token(), timezone=UTC, clock=_Clock())
        fields = {"base_url": board.url, "user": "namn"}
        connector = Connector(shipped_connectors()["practice"], fields, lambda _: None, STANDARD_CATALOGUE)
        ledger = Ledger(Path(folder) / "ledger.sqlite3")
        config = Config(Rules(method=Method.PREFIX), Policy(STANDARD_CATALOGUE), UTC, True, "bench")
        cycle = Cycle(calendar, connector, ledger, config)
        cycle.run(_NOW)
        for _ in range(_ROUNDS):
            before = calendar.usage
            begun = time.thread_time()
            cycle.run(_NOW)
            costs.append(time.thread_time() - begun)
            after = calendar.usage
            sizes.append(after.bytes - before.bytes)
            requests.append(after.requests - before.requests)
        connector.close()
        calendar.close()
        ledger.close()
    return {
        "poll_bytes": statistics.median(sizes),
        "poll_requests": statistics.median(requests),
        "poll_cpu_ms": statistics.median(costs) * 1000,
    }
