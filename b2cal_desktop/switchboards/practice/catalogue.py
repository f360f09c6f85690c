"""The nine standard diversions, as this switchboard offers them."""

from __future__ import annotations

from dataclasses import dataclass

AVAILABLE = "available"


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A diversion on offer; `kind` is `available`, `activity`, `place` or `absence`."""

    id: str
    sv: str
    en: str
    kind: str


CATALOGUE = (
    CatalogueEntry(AVAILABLE, "Tillgänglig", "Available", "available"),
    CatalogueEntry("meeting", "Möte", "Meeting", "activity"),
    CatalogueEntry("busy", "Upptagen", "Busy", "activity"),
    CatalogueEntry("lunch", "Lunch", "Lunch", "activity"),
    CatalogueEntry("working_from_home", "Jobbar hemifrån", "Working from home", "place"),
    CatalogueEntry("out_of_office", "Ej på kontoret", "Out of office", "absence"),
    CatalogueEntry("vacation", "Semester", "Vacation", "absence"),
    CatalogueEntry("sick", "Sjuk / VAB", "Sick / caring for child", "absence"),
    CatalogueEntry("gone_for_the_day", "Gått för dagen", "Gone for the day", "absence"),
)
DIVERSION_IDS = frozenset(entry.id for entry in CATALOGUE)
