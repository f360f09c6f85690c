from enum import StrEnum
from dataclasses import dataclass
class Mark(StrEnum):
    HAND = "hand"; PAUSE = "pause"; CLOCK = "clock"; TRIANGLE = "triangle"
@dataclass(frozen=True)
class IconLook:
    badge: str; letter: str = ""; mark: Mark | None = None; hollow: bool = False
