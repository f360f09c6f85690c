"""A fleet of computers on one switchboard and on Graph: what all their loops together ask for, second by second.

``python -m benchmarks fleet`` measures; ``python -m benchmarks.fleet`` also draws the curves of ``docs/fleet.md`` anew.

Each computer is the program's real ``Loop`` with its real timing and back-off, on one clock that jumps from one due
instant to the next. What a cycle does is modelled: it asks Graph where the loop fetches and the switchboard where it
acts, and writes where an edge has passed. Everything is drawn by a fixed seed.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import heapify, heapreplace
from pathlib import Path
from typing import Any, cast

from b2cal_desktop.core.errors import CalendarUnreachable, SwitchboardUnreachable
from b2cal_desktop.core.state import AppState, Health, ServiceHealth
from b2cal_desktop.sync.cycle import Cycle
from b2cal_desktop.sync.loop import Loop, Timing

COMPUTERS = 100_000
_MONDAY = datetime(2026, 11, 23, 8, 57, tzinfo=UTC)  # where every simulation begins
_NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
_DOCS = Path(__file__).parents[1] / "docs"
# What one app may ask of Graph, over all companies: requests in ten seconds. From Microsoft's page on throttling.
GRAPH_LIMIT, GRAPH_SECONDS = 130_000, 10
_AWAY_SECONDS = 80  # not on an edge, and not at its end either
SPREADS = (0, 1, 2, 5, 10, 15, 20, 30)
OUTAGES = (1, 2, 5, 10, 20, 30)


@dataclass
class FleetClock:
    """The one clock of all computers."""

    instant: datetime = _MONDAY

    def now(self) -> datetime:
        return self.instant

    def monotonic(self) -> float:
        return (self.instant - _MONDAY).total_seconds()


@dataclass
class Services:
    """Graph and the switchboard: when each answers, and what each was asked in every second from the beginning."""

    down_from: datetime | None = None
    down_until: datetime | None = None
    polls: Counter[int] = field(default_factory=Counter)
    reads: Counter[int] = field(default_factory=Counter)
    writes: Counter[int] = field(default_factory=Counter)
    returns: Counter[int] = field(default_factory=Counter)
    latest: timedelta = timedelta()

    def is_down(self, now: datetime) -> bool:
        return self.down_from is not None and self.down_until is not None and self.down_from <= now < self.down_until


@dataclass(slots=True)
class _State:
    """What the loop reads of a state."""

    now: datetime
    calendar: ServiceHealth
    switchboard: ServiceHealth
    next_change: datetime | None
    paused_until: datetime | None = None
    manual: None = None


_WELL = ServiceHealth(Health.OK)
_NO_CALENDAR = ServiceHealth(Health.UNREACHABLE, error=CalendarUnreachable("graph.microsoft.com"))
_NO_SWITCHBOARD = ServiceHealth(Health.UNREACHABLE, error=SwitchboardUnreachable("switchboard"))


class Computer:
    """Stands for the cycle of one computer, whose person has a meeting at ``edges``."""

    wait_seconds = None

    def __init__(self, services: Services, edges: Sequence[datetime]) -> None:
        self._services, self._edges = services, edges
        self._passed = 0
        self._missed = False

    def run(self, now: datetime, *, fetch: bool, act: bool, intents: Sequence[object]) -> _State:
        del intents
        services, second = self._services, int((now - _MONDAY).total_seconds())
        down = services.is_down(now)
        if fetch:
            services.polls[second] += 1
        if act:
            services.reads[second] += 1
        if (fetch or act) and not down and self._missed:
            services.returns[second] += 1
        self._missed = down if fetch or act else self._missed
        if act and not down:
            self._write(now, second)
        edges, passed = self._edges, self._passed
        upcoming = next((edge for edge in edges[passed:] if edge > now), None)
        return _State(now, _NO_CALENDAR if down else _WELL, _NO_SWITCHBOARD if down else _WELL, upcoming)

    def _write(self, now: datetime, second: int) -> None:
        edges = self._edges
        due = self._passed
        while due < len(edges) and edges[due] <= now:
            due += 1
        if due > self._passed:
            services = self._services
            services.writes[second] += 1
            services.latest = max(services.latest, now - edges[due - 1])
            self._passed = due


def simulate(services: Services, *, computers: int, minutes: float, spread: float = 1.0, meeting: float = 0.6) -> None:
    """Let ``computers`` run from 08:57 for ``minutes``; the share ``meeting`` of people has one from 09:00."""
    chance, clock = random.Random(1), FleetClock()  # noqa: S311  repeatable, not secret
    loops: list[tuple[float, int, Loop]] = []
    for number in range(computers):
        edges = (_NINE,) if chance.random() < meeting else ()
        cycle = cast("Cycle", Computer(services, edges))
        timing = Timing(60, spread, chance.random(), chance.random())
        loop = Loop(cycle, clock, timing, _nobody, jitter=chance.random)
        # Since the morning: everybody's first poll lies behind, at an instant of their own.
        loops.append((60 * timing.poll_share, number, loop))
    heapify(loops)
    end = minutes * 60
    while loops[0][0] < end:
        due, number, loop = loops[0]
        clock.instant = _MONDAY + timedelta(seconds=due)
        loop.tick()
        heapreplace(loops, (due + max(loop.seconds_until_due(), 1e-6), number, loop))


def _nobody(state: AppState) -> None:
    """Draws nothing."""


def _rate(counts: Counter[int], first: int, last: int) -> list[int]:
    return [counts[second] for second in range(first, last)]


def monday(computers: int, spread: float = 1.0, minutes: float = 6) -> Services:
    """09:00 on a Monday, three minutes in: 60 % of the people have a meeting that begins."""
    services = Services()
    simulate(services, computers=computers, minutes=minutes, spread=spread)
    return services


def outage(computers: int, minutes: float, *, network: bool = False) -> Services:
    """Everything is away from 08:58:20 for ``minutes``; with ``network`` it is the computers' own network that is.

    To the loop both are the same, and nobody tells a computer that its network is back: each finds out by itself.
    """
    away = _MONDAY + timedelta(seconds=_AWAY_SECONDS)
    services = Services(away, away + timedelta(minutes=minutes))
    simulate(services, computers=computers, minutes=_AWAY_SECONDS / 60 + minutes + 6, meeting=1.0 if network else 0.6)
    return services


def measure(computers: int = COMPUTERS) -> dict[str, float]:
    """Peaks, lateness and refusals; see ``docs/fleet.md`` for what each says."""
    return {**_monday_figures(monday(computers)), **_outage_figures(computers)}


def _monday_figures(services: Services) -> dict[str, float]:
    polls = _rate(services.polls, 60, 300)
    return {
        "fleet_poll_peak_over_mean": max(polls) / (sum(polls) / len(polls)),
        "fleet_edge_latest_seconds": services.latest.total_seconds(),
        "fleet_write_peak_per_second": max(services.writes.values()),
        "fleet_graph_429": sum(graph_refusals(services.polls)),
    }


def _outage_figures(computers: int) -> dict[str, float]:
    figures: dict[str, float] = {}
    for name, network in (("outage", False), ("network", True)):
        services = outage(computers, 10, network=network)
        figures[f"fleet_{name}_peak_percent"] = 100 * max(services.returns.values()) / computers
        figures[f"fleet_{name}_back_within_seconds"] = max(services.returns) - _AWAY_SECONDS - 600
        figures[f"fleet_{name}_graph_429"] = sum(graph_refusals(services.polls))
    return figures


def graph_refusals(polls: Counter[int]) -> list[int]:
    """How many requests were over Graph's limit, per window of ten seconds."""
    windows = Counter[int]()
    for second, count in polls.items():
        windows[second // GRAPH_SECONDS] += count
    return [max(0, count - GRAPH_LIMIT) for count in windows.values()]


# Pictures


def _chart(path: Path, title: str, points: Sequence[tuple[float, float]], across: str, up: str) -> None:
    """A line through ``points`` as an SVG file that reads on light and dark pages."""
    width, height, left, bottom = 640, 280, 70, 46
    most_x, most_y = max(x for x, _ in points) or 1, max(y for _, y in points) or 1
    step_y = _round_step(most_y / 4)
    top_y = step_y * (int(most_y / step_y) + 1)

    def at(x: float, y: float) -> str:
        right, above = x / most_x * (width - left - 20), y / top_y * (height - bottom - 40)
        return f"{left + right:.1f},{height - bottom - above:.1f}"

    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="{title}">',
        f'<rect width="{width}" height="{height}" rx="8" fill="#ffffff"/>',
        f'<g font-family="sans-serif" font-size="12" fill="#57606a"><text x="{left}" y="22" font-size="14" '
        f'fill="#1b1f24">{title}</text>',
    ]
    value = 0.0
    while value <= top_y:
        x, y = at(0, value).split(",")
        lines.append(f'<path d="M{x},{y}H{width - 20}" stroke="#dde1e6"/>')
        lines.append(f'<text x="{left - 8}" y="{float(y) + 4:.1f}" text-anchor="end">{_number(value)}</text>')
        value += step_y
    step_x = _round_step(most_x / 6)
    value = 0.0
    while value <= most_x:
        x, _ = at(value, 0).split(",")
        lines.append(f'<text x="{x}" y="{height - bottom + 18}" text-anchor="middle">{_number(value)}</text>')
        value += step_x
    lines += [
        f'<text x="{(left + width) / 2}" y="{height - 8}" text-anchor="middle">{across}</text>',
        f'<text transform="translate(16 {height / 2}) rotate(-90)" text-anchor="middle">{up}</text></g>',
        f'<polyline fill="none" stroke="#0b5cad" stroke-width="2" points="{" ".join(at(x, y) for x, y in points)}"/>',
        "</svg>",
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _round_step(step: float) -> float:
    size = 1.0
    while size * 10 <= step:
        size *= 10
    while size > step:
        size /= 10
    return next((size * factor for factor in (1, 2, 5, 10) if size * factor >= step), size * 10)


def _number(value: float) -> str:
    return f"{value:,.0f}".replace(",", " ") if value >= 10 or value == int(value) else f"{value:g}"


def _curve(name: str, title: str, across: str, up: str, points: Sequence[tuple[float, float]]) -> None:
    _chart(_DOCS / "images" / f"fleet-{name}.svg", title, points, across, up)
    print(name, *(f"{x:g}: {y:.4g}" for x, y in points if len(points) <= 12))


def draw(computers: int = COMPUTERS, tell: Callable[..., Any] = print) -> None:
    """Draw every curve of ``docs/fleet.md``."""
    seconds, per_second = "seconds after 08:57", "requests a second"
    usual = monday(computers)
    asked = list(enumerate(_rate(usual.polls, 0, 360)))
    _curve("polls", "Calendars asked for, Monday 09:00", seconds, per_second, asked)
    spreads = [(float(spread), float(max(monday(computers, spread, 3.6).writes.values()))) for spread in SPREADS]
    _curve("spread", "The busiest second at 09:00", "edge_spread_seconds", "writes a second", spreads)
    away = outage(computers, 10)
    end = _AWAY_SECONDS + 600
    back = [(float(second), float(away.returns[end + second])) for second in range(330)]
    _curve("return", "Back after ten minutes' outage", "seconds after its end", "computers a second", back)
    lengths = []
    for minutes in OUTAGES:
        services = outage(computers, minutes)
        lengths.append((float(minutes), 100 * max(services.returns.values()) / computers))
    _curve("outages", "The busiest second after an outage", "minutes that it lasted", "% of the fleet", lengths)
    for name, value in {**_monday_figures(usual), **_outage_figures(computers)}.items():
        tell(f"{name:36} {value:12.3f}")


if __name__ == "__main__":
    draw(int(sys.argv[1]) if len(sys.argv) > 1 else COMPUTERS)
