"""The colours of diversions and surfaces, light and dark, and how readable one is on another."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette

_DIVERSIONS = {
    "available": ("#1A7F37", "#3FB950"),
    "meeting": ("#B4233A", "#FF7B8A"),
    "busy": ("#B4233A", "#FF7B8A"),
    "lunch": ("#9A5B00", "#E3A23C"),
    "working_from_home": ("#0B5CAD", "#6CB6FF"),
    "out_of_office": ("#6E44B0", "#BC9CF0"),
    "vacation": ("#00726F", "#4CC9C4"),
    "sick": ("#A1356B", "#F08BBE"),
    "gone_for_the_day": ("#44519E", "#9AA8F5"),
}
_OWN = ("#57606A", "#A8B1BA")


def diversion_colour(key: str, *, dark: bool) -> QColor:
    """The colour of ``key``; grey for a diversion that the user or the switchboard added."""
    return QColor(_DIVERSIONS.get(key, _OWN)[dark])


def ink(*, dark: bool) -> QColor:
    """What text and glyphs on a diversion's full colour are drawn in."""
    return QColor("#0D1117" if dark else "#FFFFFF")


@dataclass(frozen=True, slots=True)
class Surfaces:
    """The grounds and lines that windows are made of."""

    window: QColor
    card: QColor
    line: QColor
    text: QColor
    muted: QColor
    accent: QColor
    warning_ground: QColor
    warning_edge: QColor


LIGHT = Surfaces(
    window=QColor("#F6F7F9"),
    card=QColor("#FFFFFF"),
    line=QColor("#DDE1E6"),
    text=QColor("#1B1F24"),
    muted=QColor("#57606A"),
    accent=QColor("#0B5CAD"),
    warning_ground=QColor("#FFF4D6"),
    warning_edge=QColor("#BF8700"),
)
DARK = Surfaces(
    window=QColor("#16191D"),
    card=QColor("#20242A"),
    line=QColor("#343A42"),
    text=QColor("#ECEFF3"),
    muted=QColor("#A8B1BA"),
    accent=QColor("#6CB6FF"),
    warning_ground=QColor("#3A2E12"),
    warning_edge=QColor("#D29922"),
)


def surfaces(*, dark: bool) -> Surfaces:
    return DARK if dark else LIGHT


def is_dark() -> bool:
    """Whether the desktop asks for dark windows; where it doesn't say, whether its windows are dark."""
    scheme = QGuiApplication.styleHints().colorScheme()
    if scheme is Qt.ColorScheme.Unknown:
        return QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128
    return scheme is Qt.ColorScheme.Dark


def tint(colour: QColor, ground: QColor, share: float) -> QColor:
    """``colour`` laid thinly on ``ground``: ``share`` (0 to 1) of the one, the rest of the other."""
    rest = 1 - share
    return QColor(
        round(colour.red() * share + ground.red() * rest),
        round(colour.green() * share + ground.green() * rest),
        round(colour.blue() * share + ground.blue() * rest),
    )


def contrast(one: QColor, other: QColor) -> float:
    """The contrast ratio of WCAG 2, from 1 to 21."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: QColor) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())
