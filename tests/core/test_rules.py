"""What one event asks for (the rules' sections 1 and 2), by examples and against the oracle."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2cal_desktop.core.model import AVAILABLE, STANDARD_CATALOGUE, CalendarEvent, Kind, RuleName, ShowAs
from b2cal_desktop.core.rules import (
    DEFAULT_ORDER,
    DEFAULT_PREFIXES,
    DEFAULT_STATUS,
    AllDay,
    DuplicatePrefix,
    Method,
    Private,
    Rules,
    WorkingHours,
    fold,
    request,
)
from tests.core import oracle
from tests.core.strategies import SCENES, all_rules, event, prefix_tables, subjects, written_otherwise

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def an_event(subject: str | None = "", show_as: ShowAs = ShowAs.FREE, **more: Any) -> CalendarEvent:
    return CalendarEvent("e", NOON, NOON + timedelta(hours=1), subject, show_as, **more)


def asks(event: CalendarEvent, **settings: Any) -> tuple[str, str] | None:
    """What ``event`` asks for and by which rule, under rules with ``settings``."""
    asked = request(event, Rules(**settings))
    return None if asked is None else (asked.diversion, asked.rule)


# --- Defaults ------------------------------------------------------------------------------------------------------


def test_defaults_are_those_of_the_contract() -> None:
    rules = Rules()
    assert rules.method == Method.STATUS
    assert (rules.private, rules.all_day) == (Private.NORMAL, AllDay.NORMAL)
    assert (rules.lead_minutes, rules.lag_minutes, rules.bridge_minutes) == (0, 0, 2)
    assert rules.working_hours is None
    assert (
        tuple(rules.order)
        == tuple(DEFAULT_ORDER)
        == (
            AVAILABLE,
            "sick",
            "vacation",
            "gone_for_the_day",
            "out_of_office",
            "meeting",
            "busy",
            "lunch",
            "working_from_home",
        )
    )


def test_default_prefixes_belong_to_the_standard_diversions() -> None:
    assert {d: p for d, p in DEFAULT_PREFIXES.items() if p} == {
        "working_from_home": ("HEM:",),
        "sick": ("SJU:",),
        "gone_for_the_day": ("SLU:",),
        "busy": ("UPP:",),
        "lunch": ("LUN:",),
        "meeting": ("MOT:",),
        "out_of_office": ("UTE:",),
        "vacation": ("SEM:",),
    }


def test_standard_catalogue_has_the_nine_kinds_of_the_contract() -> None:
    assert {key: diversion.kind for key, diversion in STANDARD_CATALOGUE.items()} == {
        "working_from_home": Kind.PLACE,
        "sick": Kind.ABSENCE,
        "gone_for_the_day": Kind.ABSENCE,
        "available": Kind.AVAILABLE,
        "busy": Kind.ACTIVITY,
        "lunch": Kind.ACTIVITY,
        "meeting": Kind.ACTIVITY,
        "out_of_office": Kind.ABSENCE,
        "vacation": Kind.ABSENCE,
    }


# --- The three methods ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("show_as", "diversion"),
    [
        (ShowAs.FREE, None),
        (ShowAs.TENTATIVE, None),
        (ShowAs.UNKNOWN, None),
        (ShowAs.BUSY, "busy"),
        (ShowAs.OOF, "out_of_office"),
        (ShowAs.WORKING_ELSEWHERE, "working_from_home"),
    ],
)
def test_status_asks_by_the_default_table(show_as: ShowAs, diversion: str | None) -> None:
    expected = diversion and (diversion, RuleName.STATUS)
    assert asks(an_event("LUN: sallad", show_as)) == expected
    assert asks(an_event(None, show_as)) == expected


def test_status_asks_by_the_users_own_table() -> None:
    table = {**DEFAULT_STATUS, ShowAs.TENTATIVE: "meeting", ShowAs.BUSY: ""}
    assert asks(an_event(show_as=ShowAs.TENTATIVE), status=table) == ("meeting", RuleName.STATUS)
    assert asks(an_event(show_as=ShowAs.BUSY), status=table) is None


def test_prefix_decides_whatever_the_status_is() -> None:
    for show_as in ShowAs:
        assert asks(an_event("LUN: sallad", show_as), method=Method.PREFIX) == ("lunch", RuleName.PREFIX)


@pytest.mark.parametrize("subject", ["Veckomöte", "", None])
def test_prefix_asks_for_nothing_where_there_is_none(subject: str | None) -> None:
    assert asks(an_event(subject, ShowAs.BUSY), method=Method.PREFIX) is None


def test_prefix_then_status_falls_back_to_status_only_without_a_prefix() -> None:
    both = Method.PREFIX_THEN_STATUS
    assert asks(an_event("LUN: sallad", ShowAs.OOF), method=both) == ("lunch", RuleName.PREFIX)
    assert asks(an_event("Veckomöte", ShowAs.OOF), method=both) == ("out_of_office", RuleName.STATUS)
    assert asks(an_event(None, ShowAs.BUSY), method=both) == ("busy", RuleName.STATUS)
    assert asks(an_event("Veckomöte", ShowAs.FREE), method=both) is None


def test_available_in_the_status_table_asks_for_nothing() -> None:
    assert asks(an_event(show_as=ShowAs.FREE), status={**DEFAULT_STATUS, ShowAs.FREE: AVAILABLE}) is None


def test_available_by_prefix_is_a_real_request() -> None:
    prefixes = {**DEFAULT_PREFIXES, AVAILABLE: ("TIL:",)}
    for method in (Method.PREFIX, Method.PREFIX_THEN_STATUS):
        found = asks(an_event("TIL: koppla gärna", ShowAs.BUSY), method=method, prefixes=prefixes)
        assert found == (AVAILABLE, RuleName.PREFIX)


# --- Matching a prefix ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", [p for prefixes in DEFAULT_PREFIXES.values() for p in prefixes])
def test_every_default_prefix_matches_in_any_case(prefix: str) -> None:
    diversion = next(d for d, prefixes in DEFAULT_PREFIXES.items() if prefix in prefixes)
    for written in (prefix, prefix.lower(), prefix.title(), f"  {prefix}text", f"{prefix} text"):
        assert Rules().match_prefix(written) == diversion


@pytest.mark.parametrize(
    ("subject", "diversion"),
    [
        pytest.param("MÖT: styrgrupp", "meeting", id="diacritic"),
        pytest.param("MO\u0308T: styrgrupp", "meeting", id="combining diacritic"),
        pytest.param("LUN : sallad", "lunch", id="white space before the colon"),
        pytest.param("LUN\u00a0\t : sallad", "lunch", id="more white space before the colon"),
        pytest.param("LUN： sallad", "lunch", id="full-width colon"),
        pytest.param("ＬＵＮ: sallad", "lunch", id="full-width letters"),
        pytest.param("\u200bL\u200dU\u2060N\u200c:\ufeff sallad", "lunch", id="zero-width characters"),
        pytest.param("\u00a0\u3000\t\r\n LUN: sallad", "lunch", id="leading white space of all kinds"),
        pytest.param("\ufeff \u200b LUN: sallad", "lunch", id="leading white space among zero-width characters"),
        pytest.param("LUN:", "lunch", id="nothing after it"),
        pytest.param("LUN:sallad", "lunch", id="no space after it"),
        pytest.param("LUN sallad", None, id="no colon"),
        pytest.param("LUN", None, id="only the letters"),
        pytest.param("LUNCH: sallad", None, id="another word"),
        pytest.param("L UN: sallad", None, id="white space inside"),
        pytest.param("Sallad LUN: med Bo", None, id="not at the start"),
        pytest.param("XLUN: sallad", None, id="letter before"),
        pytest.param("(LUN: sallad)", None, id="mark before"),
        pytest.param("", None, id="empty"),
        pytest.param(" \u200b ", None, id="blank"),
        pytest.param(":", None, id="only a colon"),
    ],
)
def test_subject_matches_after_folding(subject: str, diversion: str | None) -> None:
    assert Rules().match_prefix(subject) == diversion


@pytest.mark.parametrize("prefix", ["mot:", "MÖT:", "M\u200bO\u0308T:", "ＭＯＴ："])
def test_configured_prefix_is_folded_like_the_subject(prefix: str) -> None:
    rules = Rules(prefixes={"meeting": (prefix,)})
    assert rules.match_prefix("Möt: styrgrupp") == rules.match_prefix("MOT : styrgrupp") == "meeting"


@pytest.mark.parametrize(
    ("prefix", "subject", "matches"),
    [
        ("LUN", "LUN", True),
        ("LUN", "LUN sallad", True),
        ("LUN", "lun: sallad", True),
        ("LUN", "LUN-sallad", True),
        ("LUN", "LUN_sallad", True),
        ("LUN", "LUNCH", False),
        ("LUN", "LUN1", False),
        ("LUN", "LUNé", False),
        ("LUN", "LUN\u200bCH", False),  # what cannot be seen parts no words
        ("LUN", "LUN中", False),
        ("K2", "K2 träff", True),
        ("K2", "K20", False),
        ("K2", "K2b", False),
        ("LUN-", "LUN-sallad", True),
        ("#", "#1", True),
    ],
)
def test_prefix_that_ends_in_a_letter_or_digit_ends_a_word(prefix: str, subject: str, matches: bool) -> None:
    assert Rules(prefixes={"lunch": (prefix,)}).match_prefix(subject) == ("lunch" if matches else None)


@pytest.mark.parametrize("turned", [False, True])
def test_longest_matching_prefix_wins(turned: bool) -> None:
    table = {"busy": ("M",), "lunch": ("M-LU",), "meeting": ("M-LU:",)}
    rules = Rules(prefixes=dict(reversed(table.items())) if turned else table)
    assert rules.match_prefix("M-LU : sallad") == "meeting"
    assert rules.match_prefix("m-lu sallad") == "lunch"
    assert rules.match_prefix("m-lunch") == "busy"


def test_diversion_may_have_several_prefixes() -> None:
    rules = Rules(prefixes={"lunch": ("LUN:", "MAT:"), "meeting": ()})
    assert rules.match_prefix("lun: sallad") == rules.match_prefix("MAT: sallad") == "lunch"


@pytest.mark.parametrize("marker", ["SV:", "VB:", "RE:", "FW:", "FWD:", "sv:", "Re：", "\u200bFw:"])
def test_reply_marker_is_stripped(marker: str) -> None:
    assert Rules().match_prefix(f"{marker} LUN: sallad") == "lunch"
    assert Rules().match_prefix(f" {marker}LUN: sallad") == "lunch"
    assert Rules().match_prefix(f"{marker} sallad") is None
    assert Rules().match_prefix(marker) is None


def test_reply_markers_are_stripped_until_none_is_left() -> None:
    assert Rules().match_prefix("SV: VB:RE:  FWD: fw: SV: LUN : sallad") == "lunch"
    assert Rules().match_prefix("SV: " * 3_000 + "LUN: sallad") == "lunch"
    assert Rules().match_prefix("SV: Hej SV: LUN: sallad") is None


def test_reply_marker_is_stripped_only_when_nothing_matches() -> None:
    rules = Rules(prefixes={"out_of_office": ("RE:",), "lunch": ("LUN:",), "busy": ("SV: LUN",)})
    assert rules.match_prefix("RE: LUN: sallad") == "out_of_office"
    assert rules.match_prefix("SV: RE: LUN: sallad") == "out_of_office"
    assert rules.match_prefix("SV: LUN: sallad") == "busy"
    assert rules.match_prefix("VB: SV: LUN: sallad") == "busy"
    assert rules.match_prefix("SV:LUN: sallad") == "lunch"


@pytest.mark.parametrize("empty", ["", "\u200b\ufeff"])
def test_empty_prefix_matches_nothing(empty: str) -> None:
    rules = Rules(prefixes={"meeting": (empty,), "lunch": ("LUN:",)})
    assert rules.match_prefix("") is None
    assert rules.match_prefix("Veckomöte") is None
    assert rules.match_prefix("LUN: sallad") == "lunch"


def test_several_diversions_may_be_without_a_prefix() -> None:
    assert Rules(prefixes={"meeting": ("",), "busy": ("",), "lunch": ("",)}).match_prefix("x") is None


@pytest.mark.parametrize(
    ("first", "second"),
    [("MOT:", "MÖT:"), ("lun:", "LUN:"), ("LUN:", "LUN："), ("LUN:", "L\u200bUN:"), ("ss", "ß"), ("LUN:", "LUN:")],
)
def test_prefixes_that_are_equal_after_folding_are_an_error_that_names_both(first: str, second: str) -> None:
    for prefixes in ({"meeting": (first,), "lunch": (second,)}, {"meeting": (first, second)}):
        with pytest.raises(DuplicatePrefix) as caught:
            Rules(prefixes={"busy": ("UPP:",), **prefixes})
        assert {caught.value.first, caught.value.second} == {first, second}
        assert repr(first) in str(caught.value)
        assert repr(second) in str(caught.value)


def test_rules_changed_into_a_duplicate_are_refused_too() -> None:
    with pytest.raises(DuplicatePrefix):
        replace(Rules(), prefixes={**DEFAULT_PREFIXES, "travelling": ("sem:",)})


@given(prefix_tables, subjects)
def test_matching_is_the_oracles(prefixes: dict[str, tuple[str, ...]], subject: str) -> None:
    rules = Rules(prefixes=prefixes)
    assert rules.match_prefix(subject) == oracle.diversion_of_subject(subject, rules)


@given(st.data())
def test_a_match_survives_other_ways_to_write_it(data: st.DataObject) -> None:
    diversion, (prefix, *_) = data.draw(st.sampled_from(list(DEFAULT_PREFIXES.items())).filter(lambda item: item[1]))
    written = data.draw(written_otherwise(f"  {prefix} Årsmöte & räksmörgås"))
    assert Rules().match_prefix(written) == diversion


@given(st.text())
def test_any_text_at_all_is_folded_and_matched(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert Rules().match_prefix(f"LUN:{text}") == "lunch"
    Rules().match_prefix(text)


# --- Private and all-day events, memory ----------------------------------------------------------------------------


def test_private_event_is_matched_like_any_other() -> None:
    private = an_event("LUN: läkare", ShowAs.BUSY, private=True)
    assert asks(private, method=Method.PREFIX) == ("lunch", RuleName.PREFIX)
    assert asks(private) == ("busy", RuleName.STATUS)


def test_private_events_can_be_ignored() -> None:
    for method in Method:
        assert asks(an_event("LUN: x", ShowAs.BUSY, private=True), method=method, private=Private.IGNORE) is None
        assert asks(an_event("LUN: x", ShowAs.BUSY), method=method, private=Private.IGNORE) is not None


def test_remembered_diversion_stands_in_for_a_subject_that_was_not_kept() -> None:
    private = an_event(None, ShowAs.BUSY, private=True, remembered="lunch")
    assert asks(private, method=Method.PREFIX) == ("lunch", RuleName.PREFIX)
    assert asks(private, method=Method.PREFIX_THEN_STATUS) == ("lunch", RuleName.PREFIX)
    assert asks(private, method=Method.STATUS) == ("busy", RuleName.STATUS)
    assert asks(private, method=Method.PREFIX, private=Private.IGNORE) is None


def test_subject_that_is_there_needs_no_memory() -> None:
    changed = an_event("Veckomöte", private=True, remembered="lunch")
    assert asks(changed, method=Method.PREFIX) is None


@pytest.mark.parametrize(
    ("all_day", "with_prefix", "without"),
    [(AllDay.NORMAL, "vacation", "out_of_office"), (AllDay.PREFIX_ONLY, "vacation", None), (AllDay.IGNORE, None, None)],
)
def test_all_day_events_have_a_setting_of_their_own(
    all_day: AllDay, with_prefix: str | None, without: str | None
) -> None:
    settings = {"method": Method.PREFIX_THEN_STATUS, "all_day": all_day}
    assert asks(an_event("SEM: Skåne", ShowAs.OOF, all_day=True), **settings) == (
        with_prefix and (with_prefix, RuleName.PREFIX)
    )
    assert asks(an_event("Skåne", ShowAs.OOF, all_day=True), **settings) == (without and (without, RuleName.STATUS))
    assert asks(an_event("Skåne", ShowAs.OOF), **settings) == ("out_of_office", RuleName.STATUS)


def test_prefix_only_gives_all_day_events_no_status() -> None:
    assert asks(an_event("Skåne", ShowAs.OOF, all_day=True), all_day=AllDay.PREFIX_ONLY) is None


@given(event("e", SCENES[0][1], UTC), all_rules)
def test_a_request_is_the_oracles(event: CalendarEvent, rules: Rules) -> None:
    asked = request(event, rules)
    assert (asked and (asked.diversion, asked.rule)) == oracle.asked_by(event, rules)


@pytest.mark.parametrize(
    ("method", "asked"),
    [
        (Method.STATUS, {"busy", "out_of_office", "working_from_home", "gone_for_the_day"}),
        (Method.PREFIX, {"lunch", "sick", "gone_for_the_day"}),
        (
            Method.PREFIX_THEN_STATUS,
            {"busy", "out_of_office", "working_from_home", "lunch", "sick", "gone_for_the_day"},
        ),
    ],
)
def test_what_the_rules_can_ask_for(method: Method, asked: set[str]) -> None:
    prefixes = {"lunch": ("LUN:",), "sick": ("SJU:", "VAB:"), "vacation": ("",), AVAILABLE: ("TIL:",)}
    hours = WorkingHours(frozenset({0}), time(8), time(17), outside="gone_for_the_day")
    assert Rules(method=method, prefixes=prefixes, working_hours=hours).asked_for == asked
    assert "gone_for_the_day" not in Rules(method=method, prefixes=prefixes).asked_for
