"""The nouns: what is the same diversion, when it is gone, and what is never shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from b2cal_desktop.core.model import (
    AVAILABLE,
    CLEAR,
    STANDARD_CATALOGUE,
    STANDARD_DIVERSIONS,
    Block,
    CalendarEvent,
    Catalogue,
    DiversionState,
    Kind,
    RuleName,
    ShowAs,
    Text,
    Window,
    utc,
)

TEN = datetime(2026, 11, 23, 10, tzinfo=UTC)
STOCKHOLM = ZoneInfo("Europe/Stockholm")


def test_a_text_in_a_language_that_we_do_not_have_reads_as_english() -> None:
    text = Text("Möte", "Meeting")
    assert [text.to(language) for language in ("sv", "en", "fi")] == ["Möte", "Meeting", "Meeting"]
    assert Text.same("Teams") == Text("Teams", "Teams")


def test_a_catalogue_always_has_available() -> None:
    with pytest.raises(ValueError, match="available"):
        Catalogue(d for d in STANDARD_DIVERSIONS if d.key != AVAILABLE)


def test_a_key_that_the_catalogue_does_not_know_is_its_own_label_and_of_no_kind() -> None:
    assert STANDARD_CATALOGUE.label("vacation", "sv") == "Semester"
    assert STANDARD_CATALOGUE.kind("vacation") is Kind.ABSENCE
    assert STANDARD_CATALOGUE.label("parental_leave", "sv") == "parental_leave"
    assert STANDARD_CATALOGUE.kind("parental_leave") is None


def test_a_catalogue_is_a_mapping_in_its_own_order() -> None:
    assert list(STANDARD_CATALOGUE) == [d.key for d in STANDARD_DIVERSIONS] and len(STANDARD_CATALOGUE) == 9
    again = Catalogue(STANDARD_DIVERSIONS)
    assert again == STANDARD_CATALOGUE and hash(again) == hash(STANDARD_CATALOGUE)
    assert STANDARD_CATALOGUE["lunch"].label.en == "Lunch"


def test_a_state_is_gone_once_its_end_has_passed() -> None:
    state = DiversionState("meeting", TEN)
    assert state.at(TEN - timedelta(microseconds=1)) == state
    assert state.at(TEN) == CLEAR
    assert DiversionState("vacation").at(TEN) == DiversionState("vacation")


@pytest.mark.parametrize(
    ("one", "other", "with_ends", "without_ends"),
    [
        (DiversionState("meeting", TEN), DiversionState("meeting", TEN + timedelta(seconds=59)), True, True),
        (DiversionState("meeting", TEN), DiversionState("meeting", TEN + timedelta(seconds=60)), False, True),
        (DiversionState("meeting", TEN), DiversionState("meeting"), False, True),
        (DiversionState("meeting"), DiversionState("meeting"), True, True),
        (DiversionState("meeting", TEN), DiversionState("lunch", TEN), False, False),
        (DiversionState("meeting", TEN), DiversionState("meeting", TEN.astimezone(STOCKHOLM)), True, True),
        (CLEAR, DiversionState(AVAILABLE, TEN), True, True),
    ],
)
def test_two_states_are_the_same_to_the_minute(
    one: DiversionState, other: DiversionState, with_ends: bool, without_ends: bool
) -> None:
    assert one.same_as(other, ends=True) is other.same_as(one, ends=True) is with_ends
    assert one.same_as(other, ends=False) is other.same_as(one, ends=False) is without_ends


def test_a_block_asks_for_its_diversion_until_its_end_and_available_has_none() -> None:
    meeting = Block(TEN, TEN + timedelta(hours=1), "meeting", RuleName.PREFIX)
    free = Block(TEN, TEN + timedelta(hours=1), AVAILABLE, RuleName.PREFIX)
    assert meeting.state == DiversionState("meeting", TEN + timedelta(hours=1))
    assert free.state == CLEAR


def test_a_window_is_half_open() -> None:
    window = Window(TEN, TEN + timedelta(hours=1))
    assert not window.touches(TEN - timedelta(hours=1), TEN)
    assert not window.touches(window.end, window.end + timedelta(hours=1))
    assert window.touches(TEN - timedelta(hours=1), TEN + timedelta(microseconds=1))


def test_the_repeated_hour_of_a_change_to_winter_time_is_two_hours() -> None:
    first = datetime(2026, 10, 25, 2, 30, tzinfo=STOCKHOLM)
    assert utc(first.replace(fold=1)) - utc(first) == timedelta(hours=1)
    assert utc(TEN) is TEN


def test_what_an_event_is_about_is_in_no_repr() -> None:
    event = CalendarEvent("1", TEN, TEN, "Lönesamtal", ShowAs.BUSY, private=True, location="Rum 4")
    assert "Lönesamtal" not in repr(event) and "Rum 4" not in repr(event)
