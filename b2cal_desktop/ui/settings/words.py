"""Words and choices that several pages share."""

from __future__ import annotations

from b2cal_desktop.core.model import AVAILABLE, Catalogue, Kind, ShowAs
from b2cal_desktop.ui.translations import translate


def methods() -> tuple[tuple[str, str, str], ...]:
    """The three ways to read a calendar: value, name, and one line that explains it."""
    return (
        (
            "status",
            translate("settings", "&Outlook's status"),
            translate("settings", "Busy, Away and the like decide. You need not change how you book."),
        ),
        (
            "prefix",
            translate("settings", "Prefi&xes in the subject"),
            translate("settings", "Only events that begin with a code, such as LUN:, set a diversion."),
        ),
        (
            "prefix_then_status",
            translate("settings", "Pre&fix first, else status"),
            translate("settings", "The code decides where there is one. All other events go by status."),
        ),
    )


def status_name(status: ShowAs) -> str:
    return {
        ShowAs.FREE: translate("words", "Free"),
        ShowAs.TENTATIVE: translate("words", "Tentative"),
        ShowAs.BUSY: translate("words", "Busy"),
        ShowAs.OOF: translate("words", "Away"),
        ShowAs.WORKING_ELSEWHERE: translate("words", "Working elsewhere"),
        ShowAs.UNKNOWN: translate("words", "Unknown"),
    }[status]


def kinds() -> tuple[tuple[str, str], ...]:
    return (
        (Kind.ABSENCE.value, translate("settings", "Absence")),
        (Kind.ACTIVITY.value, translate("settings", "Activity")),
        (Kind.PLACE.value, translate("settings", "Place")),
    )


def diversion_choices(catalogue: Catalogue, language: str, nothing: str) -> list[tuple[str, str]]:
    """Every diversion but ``available``, after ``nothing`` for none."""
    named = [(key, catalogue.label(key, language)) for key in catalogue if key != AVAILABLE]
    return [("", nothing), *named]
