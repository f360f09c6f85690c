"""``plan`` of many events, as a ratio to sorting them by start, and how it grows."""

from __future__ import annotations

import random
import statistics
import time
from datetime import UTC, datetime, timedelta
from operator import attrgetter

from b2cal_desktop.core.model import CalendarEvent, ShowAs, Window
from b2cal_desktop.core.rules import Method, Rules
from b2cal_desktop.core.schedule import plan

_START = datetime(2026, 1, 1, tzinfo=UTC)
_WINDOW = Window(_START, _START + timedelta(days=4000))
_ROUNDS = 5


def _events(count: int) -> list[CalendarEvent]:
    """A year's density whatever the count, so that growth is that of the algorithm and not of the overlaps."""
    chance = random.Random(1)  # noqa: S311  repeatable, not secret
    minutes = count * 50
    return [
        CalendarEvent(
            str(number),
            start := _START + timedelta(minutes=chance.randrange(minutes)),
            start + timedelta(minutes=chance.choice((15, 30, 60, 480))),
            chance.choice(("LUN: ", "Möte ", "MOT: ", "RE: ")) + str(number),
            ShowAs.BUSY,
        )
        for number in range(count)
    ]


def measure() -> dict[str, float]:
    """``plan_vs_sort`` at 10,000 events, ``plan_growth`` from 10,000 to 100,000, ``plan_ms`` at 10,000."""
    rules = Rules(method=Method.PREFIX_THEN_STATUS)
    times: dict[int, float] = {}
    ratios: list[float] = []
    for count in (10_000, 100_000):
        events = _events(count)
        planned = []
        for _ in range(_ROUNDS):
            begun = time.perf_counter()
            sorted(events, key=attrgetter("start"))
            was_sorted = time.perf_counter()
            plan(events, rules, _WINDOW, UTC)
            planned.append(time.perf_counter() - was_sorted)
            if count == 10_000:
                ratios.append(planned[-1] / (was_sorted - begun))
        times[count] = statistics.median(planned)
    return {
        "plan_vs_sort": statistics.median(ratios),
        "plan_growth": times[100_000] / times[10_000],
        "plan_ms": times[10_000] * 1000,
    }
