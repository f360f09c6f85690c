"""What an icon looks like, before it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """The small sign in the corner of a badge."""

    HAND = "hand"
    PAUSE = "pause"
    CLOCK = "clock"
    TRIANGLE = "triangle"


@dataclass(frozen=True, slots=True)
class IconLook:
    """Which badge to draw. ``letter`` stands in for the glyph of a diversion that has none of its own."""

    badge: str
    letter: str = ""
    mark: Mark | None = None
    hollow: bool = False


STARTING = IconLook("handset")
