"""Where things stand on the time line: which hours show, and how overlapping events share the width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from b2cal_desktop.ui.day_presentation import DayView, Item

FIRST_HOUR, LAST_HOUR = 7, 18


@dataclass(frozen=True, slots=True)
class Scale:
    """From instants to pixels. Real time counts, so a day of 23 or 25 hours is drawn as it is."""

    start: datetime
    end: datetime
    hour_height: float

    def y(self, instant: datetime) -> float:
        """Pixels from the top; instants outside are drawn at the edge."""
        seconds = instant.timestamp() - self.start.timestamp()
        return min(max(seconds / 3600 * self.hour_height, 0), self.height)

    @property
    def height(self) -> float:
        return (self.end.timestamp() - self.start.timestamp()) / 3600 * self.hour_height

    def hours(self) -> list[datetime]:
        """Each whole hour of the scale, both ends included."""
        zone = self.start.tzinfo
        count = round((self.end.timestamp() - self.start.timestamp()) / 3600)
        first = self.start.timestamp()
        return [datetime.fromtimestamp(first + 3600 * n, zone) for n in range(count + 1)]


def scale_of(view: DayView, hour_height: float) -> Scale:
    """Office hours, widened to whatever begins or ends outside them; what lasts all day widens nothing."""
    edges = [edge for event in view.events if not event.all_day for edge in (event.start, event.end)]
    edges += [edge for block in view.blocks for edge in (block.start, block.end)]
    inside = [edge.timestamp() for edge in edges if view.start < edge < view.end]
    if view.now is not None:
        inside.append(view.now.timestamp())
    zone = view.start.tzinfo
    first, last = view.start.replace(hour=FIRST_HOUR), view.start.replace(hour=LAST_HOUR)
    if inside and min(inside) < first.timestamp():
        first = datetime.fromtimestamp(min(inside), zone).replace(minute=0, second=0, microsecond=0)
    if inside and max(inside) > last.timestamp():
        last = datetime.fromtimestamp(max(inside) + 3599, zone).replace(minute=0, second=0, microsecond=0)
    return Scale(max(first, view.start), last, hour_height)


def lanes(items: Sequence[Item], shortest: timedelta) -> dict[str, tuple[int, int]]:
    """Each item's lane and how many lanes its neighbourhood has, so that nothing lies on anything else.

    ``shortest`` is how long an item is at least drawn, for a line of text has a height.
    """
    placed: dict[str, tuple[int, int]] = {}
    group: list[tuple[str, int]] = []
    ends: list[datetime] = []
    for item in sorted(items, key=lambda i: (i.start, -i.end.timestamp(), i.id)):
        if ends and item.start >= max(ends):
            placed.update((id, (lane, len(ends))) for id, lane in group)
            group, ends = [], []
        lane = next((n for n, end in enumerate(ends) if end <= item.start), len(ends))
        ends[lane : lane + 1] = [max(item.end, item.start + shortest)]
        group.append((item.id, lane))
    placed.update((id, (lane, len(ends))) for id, lane in group)
    return placed
