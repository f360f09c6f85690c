"""Cuts a failing week down to what it needs, and tells it so that a person can follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.campaign.play import play
from tests.campaign.story import Week
from tests.campaign.watch import Broken


def failure(week: Week) -> Broken | None:
    """What is broken in this week, or None."""
    try:
        play(week)
    except Broken as broken:
        return broken
    except Exception as error:  # noqa: BLE001  whatever the program raises is a failure of its own
        return Broken("raised", f"{type(error).__name__}: {error}")
    return None


def minimised(week: Week, tries: int = 400) -> Week:
    """A smaller week that breaks the same invariant: fewer acts, fewer events, plainer settings."""
    first = failure(week)
    if first is None:
        return week
    left = [tries]

    def fails(candidate: Week) -> bool:
        left[0] -= 1
        found = failure(candidate) if left[0] >= 0 else None
        return found is not None and found.invariant == first.invariant

    for _ in range(3):
        before = week
        week = _fewer(week, "acts", fails)
        week = _fewer(week, "booked", fails)
        plainer: tuple[dict[str, Any], ...] = (
            {"computers": 1},
            {"honours": True},
            {"settings": ()},
            {"spread": 0.0, "share": 0.0},
            {"until_cleared": False},
            {"poll": 900.0},
        )
        for change in plainer:
            candidate = replace(week, **change)
            if candidate != week and fails(candidate):
                week = candidate
        if week == before:
            break
    return week


def _fewer(week: Week, what: str, fails: Callable[[Week], bool]) -> Week:
    """Drops ever smaller runs of ``what`` while it still fails."""
    items: tuple[object, ...] = getattr(week, what)
    run = max(1, len(items) // 2)
    while True:
        start = 0
        while start < len(items):
            candidate = items[:start] + items[start + run :]
            if fails(replace(week, **{what: candidate})):
                items = candidate
            else:
                start += run
        if run == 1:
            return replace(week, **{what: items})
        run //= 2


def told(week: Week) -> str:
    """The week in lines."""
    facts = f"seed {week.seed}, {week.zone}, from {week.monday}: ends={week.ends} honours={week.honours} "
    facts += f"reads_back={week.reads_back} computers={week.computers} poll={week.poll} spread={week.spread} "
    facts += f"until_cleared={week.until_cleared} settings={dict(week.settings)}"
    lines = [facts, *(f"  booked {tuple(b)}" for b in week.booked)]
    for act in week.acts:
        day, seconds = divmod(act.at, 86400)
        clock = f"{int(seconds // 3600):02}:{int(seconds % 3600 // 60):02}:{seconds % 60:06.3f}"
        lines.append(f"  day {int(day)} {clock} {act.do}{act.args}")
    return "\n".join(lines)
