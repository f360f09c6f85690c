"""A subject that seems to carry a prefix which no rule knows is worth a word; what it says is not repeated."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from b2cal_desktop.core.model import CalendarEvent, ShowAs
from b2cal_desktop.core.rules import Method, Rules, lint

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
RULES = Rules(method=Method.PREFIX)


def _event(subject: str | None) -> CalendarEvent:
    return CalendarEvent("1", NINE, NINE + timedelta(hours=1), subject, ShowAs.BUSY)


@pytest.mark.parametrize(
    ("subject", "hint"),
    [
        ("SEMM: fjällen", "SEM:"),
        ("lunn: sallad", "LUN:"),
        ("XYZ: något", None),
    ],
)
def test_a_code_that_is_no_prefix_is_warned_of(subject: str, hint: str | None) -> None:
    warning = lint(_event(subject), RULES)
    assert warning is not None and warning.code == "unknown_prefix" and warning.event_id == "1"
    assert (f"Menades {hint}?" in warning.text.sv) if hint else ("Menades" not in warning.text.sv)
    assert (f"Was {hint} meant?" in warning.text.en) if hint else ("meant" not in warning.text.en)
    assert subject.partition(": ")[2] not in f"{warning.text.sv} {warning.text.en}"


@pytest.mark.parametrize("subject", ["LUN: sallad", "Lunch", "Budget: utkast", "SV: budget", "", None])
def test_an_ordinary_subject_is_not(subject: str | None) -> None:
    assert lint(_event(subject), RULES) is None


def test_nobody_is_warned_of_an_event_that_does_not_count_or_is_private_or_where_subjects_do_not_matter() -> None:
    event = _event("SEMM: fjällen")
    assert lint(event, RULES) is not None
    for without in ({"cancelled": True}, {"declined": True}, {"private": True}):
        assert lint(replace(event, **without), RULES) is None
    assert lint(event, replace(RULES, method=Method.STATUS)) is None
