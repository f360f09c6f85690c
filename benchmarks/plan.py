"""``plan`` of many events, as a ratio to sorting them by start, and how it grows."""

from __future__ import annotations

import gc
import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from operator import attrgetter

from b2cal_desktop.core.model import CalendarEvent, ShowAs, Window
from b2cal_desktop.core.rules import Method, Rules
from b2cal_desktop.core.schedule import plan

_START = datetime(2026, 1, 1, tzinfo=UTC)
_WINDOW = Window(_START, _START + timedelta(days=4000))
_ROUNDS = 7


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
    """``plan_vs_sort`` at 10,000 events, ``plan_growth`` from 10,000 to 100,000, ``plan_ms`` at 10,000.

    Garbage is collected between the rounds and not within them, as ``timeit`` does; times are the processor's.
    """
    rules = Rules(method=Method.PREFIX_THEN_STATUS)
    few, many = _events(10_000), _events(100_000)
    ratios, growths, planned = [], [], []
    for _ in range(_ROUNDS):
        by_start = _timed(lambda: sorted(few, key=attrgetter("start")))
        plan_few = _timed(lambda: plan(few, rules, _WINDOW, UTC))
        plan_many = _timed(lambda: plan(many, rules, _WINDOW, UTC))
        ratios.append(plan_few / by_start)
        growths.append(plan_many / plan_few)
        planned.append(plan_few)
    return {
        "plan_vs_sort": statistics.median(ratios),
        "plan_growth": statistics.median(growths),
        "plan_ms": statistics.median(planned) * 1000,
    }


def _timed(work: Callable[[], object]) -> float:
    gc.collect()
    gc.disable()
    try:
        begun = time.process_time()
        work()
        return time.process_time() - begun
    finally:
        gc.enable()
