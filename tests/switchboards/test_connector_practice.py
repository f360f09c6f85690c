"""The shipped practice connector against the practice switchboard itself."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from b2cal_desktop.core.errors import (
    SwitchboardConflict,
    SwitchboardNeedsSignIn,
    SwitchboardUnknownValue,
    SwitchboardUnreachable,
)
from b2cal_desktop.core.model import (
    CLEAR,
    STANDARD_CATALOGUE,
    STANDARD_DIVERSIONS,
    Catalogue,
    Diversion,
    DiversionState,
    Kind,
    Text,
)
from b2cal_desktop.switchboards.connector import Connector
from b2cal_desktop.switchboards.connector_file import shipped_connectors
from b2cal_desktop.switchboards.practice import PracticeSwitchboard

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
MEETING = DiversionState("meeting", NOW + timedelta(hours=1))
Connect = Callable[..., Connector]


@pytest.fixture
def switchboard() -> Iterator[PracticeSwitchboard]:
    with PracticeSwitchboard(port=0, now=lambda: NOW, token="let-me-in") as running:
        yield running


@pytest.fixture
def connect(switchboard: PracticeSwitchboard) -> Iterator[Connect]:
    made: list[Connector] = []

    def build(
        secrets: Mapping[str, str] | None = None, catalogue: Catalogue = STANDARD_CATALOGUE, **fields: str
    ) -> Any:
        known = {"token": "let-me-in"} if secrets is None else secrets
        answers = {"base_url": switchboard.url, "user": "anna", **fields}
        made.append(Connector(shipped_connectors()["practice"], answers, known.get, catalogue))
        return made[-1]

    yield build
    for connector in made:
        connector.close()


def test_a_diversion_with_end_and_note_is_set_read_back_and_cleared(
    switchboard: PracticeSwitchboard, connect: Connect
) -> None:
    connector = connect(note="Ring växeln, 08-123 “nu”")
    assert connector.fetch_diversion() == CLEAR
    connector.write_diversion(MEETING)
    assert connector.fetch_diversion() == MEETING
    assert switchboard.store.get("anna").note == "Ring växeln, 08-123 “nu”"
    connector.write_diversion(CLEAR)
    assert connector.fetch_diversion() == CLEAR
    assert connector.abilities.diversions == frozenset(STANDARD_CATALOGUE)
    connector.check()
    assert ("meeting", Text("Möte", "Meeting")) in connector.list_diversions()


@pytest.mark.parametrize("user", ["anna.berg", "åsa@företag.se", "O'Hara+1@b.se"])
def test_names_of_all_kinds_reach_their_own_user(switchboard: PracticeSwitchboard, connect: Connect, user: str) -> None:
    connect(user=user).write_diversion(MEETING)
    assert switchboard.store.get(user).diversion == "meeting"
    assert len(switchboard.store.users()) == 1


def test_every_diversion_comes_back_as_itself(connect: Connect) -> None:
    connector = connect()
    for key in STANDARD_CATALOGUE:
        state = DiversionState(key, MEETING.until) if key != "available" else CLEAR
        connector.write_diversion(state)
        assert connector.fetch_diversion() == state


def test_a_change_between_reading_and_writing_is_a_conflict_once(connect: Connect) -> None:
    ours, theirs = connect(), connect()
    ours.fetch_diversion()
    theirs.write_diversion(DiversionState("lunch", MEETING.until))
    with pytest.raises(SwitchboardConflict):
        ours.write_diversion(MEETING)
    assert ours.fetch_diversion() == DiversionState("lunch", MEETING.until)
    ours.write_diversion(MEETING)
    ours.write_diversion(CLEAR)  # the write's own answer told the new state
    theirs.fetch_diversion()
    ours.write_diversion(MEETING)
    with pytest.raises(SwitchboardConflict):
        theirs.write_diversion(CLEAR)


@pytest.mark.parametrize("secrets", [{}, {"token": "wrong"}])
def test_a_wrong_token_needs_a_sign_in(
    switchboard: PracticeSwitchboard, connect: Connect, secrets: dict[str, str]
) -> None:
    connector = connect(secrets)
    with pytest.raises(SwitchboardNeedsSignIn):
        connector.fetch_diversion()
    with pytest.raises(SwitchboardNeedsSignIn):
        connector.write_diversion(MEETING)
    assert switchboard.requests_seen.total() == 2


def test_without_a_token_none_is_sent() -> None:
    with PracticeSwitchboard(port=0, now=lambda: NOW) as switchboard:
        fields = {"base_url": switchboard.url + "/", "user": "anna"}
        connector = Connector(shipped_connectors()["practice"], fields, lambda _key: None, STANDARD_CATALOGUE)
        connector.write_diversion(MEETING)
        assert connector.exchanges[-1].headers[-1] == ("Accept", "application/json")
        assert "Authorization" not in dict(connector.exchanges[-1].headers)
        connector.close()


def test_a_value_that_the_switchboard_does_not_know_is_named(connect: Connect) -> None:
    golf = Diversion("golf", Text("Golfar", "Golfing"), Kind.ABSENCE, {"practice": "golf"})
    connector = connect(catalogue=Catalogue([*STANDARD_DIVERSIONS, golf]))
    connector.write_diversion(MEETING)
    with pytest.raises(SwitchboardUnknownValue, match="Golfing"):
        connector.write_diversion(DiversionState("golf", MEETING.until))
    assert connector.fetch_diversion() == MEETING


def test_an_end_that_has_just_passed_leaves_the_user_available(connect: Connect) -> None:
    connector = connect()
    connector.write_diversion(DiversionState("meeting", NOW - timedelta(minutes=1)))
    assert connector.fetch_diversion() == CLEAR


def test_a_switchboard_that_is_gone_is_unreachable(switchboard: PracticeSwitchboard, connect: Connect) -> None:
    connector = connect()
    switchboard.stop()
    with pytest.raises(SwitchboardUnreachable):
        connector.write_diversion(MEETING)
