"""Recurrence rules whose expansion costs a bounded amount of work, whoever wrote them.

dateutil walks a rule from its start, period by period, and never gives up on a rule that matches nothing
(``FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30``). So a rule is started near the time that is asked for, and its steps are
counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from dateutil.rrule import rrule
from icalendar import vRecur

# How much one step of a rule costs, in days looked at.
_STEP_COST = {"YEARLY": 366, "MONTHLY": 31, "WEEKLY": 7}
# Rules without COUNT that repeat by one of these can be moved ahead by whole periods without changing what they match.
_PERIODS = {
    "WEEKLY": timedelta(weeks=1),
    "DAILY": timedelta(days=1),
    "HOURLY": timedelta(hours=1),
    "MINUTELY": timedelta(minutes=1),
    "SECONDLY": timedelta(seconds=1),
}
_MATCH_COST = 5  # an occurrence in the window is work for everybody after us
_LARGEST_INTERVAL = 10_000
_MOST_TIMES_A_DAY = 1_440


class TooManyOccurrences(Exception):
    """A rule repeats too often, or matches too rarely, to be followed."""


@dataclass
class Budget:
    """How many steps are left for all rules together, how many one rule may take, and how often it may match."""

    steps: int = 1_000_000
    steps_per_rule: int = 75_000
    occurrences_per_rule: int = 10_000

    def spend(self, cost: int) -> None:
        """Count ``cost`` steps; raises TooManyOccurrences when none are left."""
        self.steps -= cost
        if self.steps < 0:
            raise TooManyOccurrences


class BoundedRule:
    """A dateutil rule, as far as recurring_ical_events uses one, that spends from a budget."""

    def __init__(self, rule: rrule, text: str, start: datetime, until: date | None, budget: Budget) -> None:
        parts = dict(part.partition("=")[::2] for part in text.split(";"))
        self._frequency = parts["FREQ"]
        self._interval = int(parts.get("INTERVAL", 1))
        self._movable = "COUNT" not in parts and self._frequency in _PERIODS
        self._rule, self._start, self._budget = rule, start, budget
        self.string, self.until = text, until

    def between(self, after: datetime, before: datetime, inc: bool = False) -> list[datetime]:
        """The occurrences from ``after`` to ``before``, both of them included if ``inc``."""
        allowed = min(self._budget.steps, self._budget.steps_per_rule)
        own = Budget(allowed)
        try:
            return self._walk(own, after, before, inc)
        finally:
            self._budget.steps -= allowed - max(own.steps, 0)

    def _walk(self, budget: Budget, after: datetime, before: datetime, inc: bool) -> list[datetime]:
        interval = _CountedInterval(self._interval)
        interval.budget, interval.cost = budget, _STEP_COST.get(self._frequency, 1)
        found: list[datetime] = []
        for start in self._rule.replace(dtstart=self._start_near(after), interval=interval, cache=False):
            budget.spend(1)
            if start > before or (start == before and not inc):
                break
            if start > after or (start == after and inc):
                budget.spend(_MATCH_COST)
                found.append(start)
                if len(found) > self._budget.occurrences_per_rule:
                    raise TooManyOccurrences
        return found

    def _start_near(self, after: datetime) -> datetime:
        """The rule's start, moved ahead by whole periods to shortly before ``after`` where that changes nothing."""
        start = self._start
        if not self._movable:
            return start
        period = _PERIODS[self._frequency] * self._interval
        # Walls, not instants: a rule repeats by the clock on the wall.
        target = after.astimezone(start.tzinfo) if start.tzinfo else after
        periods = (target.replace(tzinfo=None) - start.replace(tzinfo=None)) // period - 2
        return start + periods * period if periods > 0 else start


class _CountedInterval(int):
    """A rule's interval that counts how often dateutil adds it: once per step, also when nothing matches.

    There is no other place where a rule that matches nothing can be stopped, short of another process.
    """

    budget: Budget
    cost: int

    def __radd__(self, other: int) -> int:
        self.budget.spend(self.cost)
        return other + int(self)

    def __mul__(self, other: Any) -> Any:
        self.budget.spend(self.cost)
        return int(self) * other


def rule_text(recur: vRecur, start: date, zone: tzinfo) -> str:
    """A rule as text that fits the kind of ``start``: dates for dates, UTC for instants; raises ValueError.

    ``zone`` gives meaning to an UNTIL that has none of its own. A plain date in UNTIL includes that whole day, as
    calendar programs mean it.
    """
    parts = {str(key).upper(): value for key, value in recur.items()}
    _check(parts)
    plain: bytes = recur.to_ical()  # type: ignore[no-untyped-call]
    text = ";".join(p for p in plain.decode().split(";") if not p.startswith(("UNTIL=", "X-")))
    until = parts.get("UNTIL")
    if not until:
        return text
    # Both at once is not allowed; the end date is what people see.
    text = ";".join(p for p in text.split(";") if not p.startswith("COUNT="))
    return f"{text};UNTIL={_until(until[0] if isinstance(until, list) else until, start, zone)}"


def _check(parts: dict[str, Any]) -> None:
    interval = _first(parts.get("INTERVAL"), 1)
    if not 1 <= interval <= _LARGEST_INTERVAL:
        raise ValueError("INTERVAL")
    times = 1
    for key in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        times *= len(set(parts[key])) if isinstance(parts.get(key), list) else 1
    if times > _MOST_TIMES_A_DAY:
        raise TooManyOccurrences


def _first(value: Any, otherwise: int) -> int:
    if isinstance(value, list):
        value = value[0] if value else None
    return otherwise if value is None else int(value)


def _until(until: date, start: date, zone: tzinfo) -> str:
    """UNTIL in the form that goes with ``start``."""
    if not isinstance(start, datetime):
        if isinstance(until, datetime):
            until = until.astimezone(zone) if until.tzinfo else until
        return until.strftime("%Y%m%d")
    if not isinstance(until, datetime):
        until = datetime.combine(until, time(23, 59, 59))
    if until.tzinfo is None:
        until = until.replace(tzinfo=start.tzinfo)
    return until.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ") if start.tzinfo else until.strftime("%Y%m%dT%H%M%S")
