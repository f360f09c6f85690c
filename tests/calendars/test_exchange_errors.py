"""When an Exchange server says no, or something else answers in its place: each has its own name and next step."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from b2cal_desktop.calendars.exchange_ews import Limits
from b2cal_desktop.core.errors import (
    CalendarBlocked,
    CalendarError,
    CalendarMailboxClosed,
    CalendarMailboxMissing,
    CalendarNeedsSignIn,
    CalendarNotExchange,
    CalendarRefused,
    CalendarThrottled,
    CalendarUnreachable,
    CalendarVersionRefused,
)
from b2cal_desktop.core.model import ShowAs
from tests.servers.exchange_server import Fault
from tests.servers.exchange_soap import VERSIONS, fault, response_error
from tests.servers.exchange_world import ASA, HOUR, MONTH, NOW, World, a_world, meeting


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with a_world(tmp_path, monkeypatch) as world:
        world.asa.items = [meeting()]
        yield world


def failure(world: World, *faults: Fault, **more: Any) -> CalendarError:
    server = world.server(faults=list(faults))
    with pytest.raises(CalendarError) as caught:
        world.calendar(server, **more).fetch_events(MONTH, NOW)
    assert server.bad_log_ons == 0
    assert "hemligt" not in f"{caught.value} {caught.value.message('sv')}"
    return caught.value


PORTAL = b"<!DOCTYPE html><html><title>Welcome to the hotel</title>Envelope</html>"


@pytest.mark.parametrize(
    ("given", "kind", "said"),
    [
        (Fault(200, PORTAL, {"Content-Type": "text/html"}, early=True), CalendarUnreachable, "guest network"),
        (Fault(200, PORTAL[:30], early=True), CalendarUnreachable, "guest network"),
        (Fault(404, b"hemligt", early=True), CalendarNotExchange, "no calendar service"),
        (Fault(405, early=True), CalendarNotExchange, "no calendar service"),
        (Fault(403, b"hemligt"), CalendarBlocked, "EWS is turned off"),
        (Fault(500, b"<html>hemligt</html>"), CalendarUnreachable, "error 500"),
        (Fault(502, b"", {"Connection": "close"}), CalendarUnreachable, "error 502"),
        (Fault(503, b"", early=True), CalendarUnreachable, "error 503"),
        (Fault(429, b"", {"Retry-After": "30"}), CalendarThrottled, "asks us to wait"),
        (Fault(503, b"", {"Retry-After": "30"}, early=True), CalendarThrottled, "asks us to wait"),
        (Fault(200, b"<s:Envelope><s:Body/></s:Envelope>"), CalendarNotExchange, "guest network"),
        (Fault(200, b"<?xml version='1.0'?><s:Envelope xmlns:s='x'>"), CalendarUnreachable, "ends too early"),
        (Fault(200, b"<s:Envelope>", cut=True), CalendarUnreachable, "cut"),
        (Fault(200, fault("ErrorServerBusy", "hemligt", 12_500)), CalendarThrottled, "asks us to wait"),
        (Fault(500, fault("ErrorInternalServerError", "hemligt")), CalendarUnreachable, "ErrorInternalServerError"),
        (Fault(500, fault("ErrorMailboxMoveInProgress", "hemligt")), CalendarUnreachable, "MoveInProgress"),
        (Fault(500, fault("ErrorTimeoutExpired", "hemligt")), CalendarUnreachable, "takes too long"),
        (Fault(200, response_error("ErrorMailboxStoreUnavailable")), CalendarUnreachable, "StoreUnavailable"),
        (Fault(200, response_error("ErrorAccountDisabled")), CalendarBlocked, "disabled"),
        (Fault(200, response_error("ErrorPasswordExpired")), CalendarBlocked, "expired"),
        (Fault(200, response_error("ErrorSomethingNew")), CalendarUnreachable, ""),
        (Fault(200, response_error("ErrorExceededConnectionCount")), CalendarThrottled, "wait"),
    ],
    ids=lambda value: f"{value.status}-{len(value.body)}" if isinstance(value, Fault) else None,
)
def test_each_answer_is_called_by_its_name(world: World, given: Fault, kind: type[CalendarError], said: str) -> None:
    error = failure(world, given)
    assert type(error) is kind
    assert said in str(error)
    assert not isinstance(error, CalendarNeedsSignIn)


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (Fault(500, fault("ErrorServerBusy", "busy", 12_500)), 12.5),
        (Fault(200, response_error("ErrorServerBusy", 7_000)), 7.0),
        (Fault(503, b"", {"Retry-After": "40"}), 40.0),
        (Fault(500, fault("ErrorServerBusy", "busy", 10**18)), 3600.0),
        (Fault(429, b"", {"Retry-After": "999999999"}), 3600.0),
    ],
)
def test_a_busy_server_is_left_alone_for_as_long_as_it_says(world: World, answer: Fault, seconds: float) -> None:
    server = world.server(faults=[answer])
    calendar = world.calendar(server)
    with pytest.raises(CalendarThrottled) as caught:
        calendar.fetch_events(MONTH, NOW)
    assert caught.value.retry_after == seconds
    asked = len(server.asked)
    world.clock.passed = seconds - 1
    with pytest.raises(CalendarThrottled) as caught:
        calendar.fetch_events(MONTH, NOW)
    assert caught.value.retry_after == 1 and len(server.asked) == asked
    world.clock.passed = seconds + 1
    assert calendar.fetch_events(MONTH, NOW).events


def test_a_wait_that_no_number_holds_is_no_exchange_server(world: World) -> None:
    assert type(failure(world, Fault(500, fault("ErrorServerBusy", "busy", 10**400)))) is CalendarNotExchange


def test_an_answer_that_never_ends_and_one_that_is_too_large(world: World) -> None:
    endless = Fault(200, slowly=True)
    assert "takes too long" in str(failure(world, endless, limits=Limits(seconds=0.2), clock=None))
    large = Fault(200, b"x" * 5_000)
    assert "too large" in str(failure(world, large, limits=Limits(max_bytes=4_000)))


def test_nobody_there_and_no_such_host(world: World) -> None:
    with pytest.raises(CalendarUnreachable, match="nobody accepts"):
        world.calendar(world.server(), url="https://localhost:9").fetch_events(MONTH, NOW)
    with pytest.raises(CalendarUnreachable, match="no such name"):
        world.calendar(world.server(), url="mail.invalid").fetch_events(MONTH, NOW)


def test_a_certificate_file_that_is_not_there(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    server = world.server()
    monkeypatch.setenv("SSL_CERT_FILE", "/no/such.pem")
    with pytest.raises(CalendarUnreachable, match="SSL_CERT_FILE"):
        world.calendar(server).fetch_events(MONTH, NOW)


@pytest.mark.parametrize("version", ["2013", "2016", "SE"])
def test_a_version_that_the_server_does_not_speak(world: World, version: str) -> None:
    with pytest.raises(CalendarVersionRefused, match=f"Exchange {version}"):
        world.calendar(world.server("2010_SP2"), version=version).fetch_events(MONTH, NOW)


# Rights


def test_an_account_without_a_mailbox(world: World) -> None:
    server = world.server()
    server.soap.owners = {}
    with pytest.raises(CalendarMailboxMissing, match="mailbox for the account"):
        world.calendar(server).fetch_events(MONTH, NOW)


def test_a_mailbox_that_does_not_exist(world: World) -> None:
    with pytest.raises(CalendarMailboxMissing, match="was chosen"):
        world.calendar(world.server(), mailbox="ingen@foretag.se").fetch_events(MONTH, NOW)


@pytest.mark.parametrize("version", VERSIONS)
def test_another_mailbox_with_reviewer_rights(world: World, version: str) -> None:
    world.bo.items, world.bo.rights = [meeting("UTE: Bo")], {ASA: "reviewer"}
    fetched = world.fetch(version, mailbox="bo@foretag.se")
    assert [event.subject for event in fetched.events] == ["UTE: Bo"]
    assert not fetched.limited and not fetched.warnings


@pytest.mark.parametrize("version", ["2007_SP1", "2010", "2019"])
def test_free_and_busy_only_goes_on_by_status_and_says_what_is_missing(world: World, version: str) -> None:
    world.bo.rights = {ASA: "free_busy"}
    day = MONTH.start
    world.bo.items = [
        meeting("hemligt", status="OOF"),
        meeting("hemligt två", status="OOF"),
        meeting("sent", MONTH.end - HOUR, status="Busy"),
        meeting("dag", day, end=day + 24 * HOUR, status="WorkingElsewhere"),
    ]
    fetched = world.fetch(version, mailbox="bo@foretag.se")
    assert fetched.limited
    assert [(event.start, event.show_as, event.subject, event.all_day) for event in fetched.events] == [
        (day, ShowAs.WORKING_ELSEWHERE, None, True),
        (NOW, ShowAs.OOF, None, False),
        (NOW, ShowAs.OOF, None, False),
        (MONTH.end - HOUR, ShowAs.BUSY, None, False),
    ]
    assert len({event.id for event in fetched.events}) == 4
    (warning,) = fetched.warnings
    assert warning.code == "free_busy_only"
    command = (
        f'Add-MailboxPermission "bo@foretag.se" -User "{ASA}" -AccessRights FullAccess'
        if version == "2007_SP1"
        else f'Add-MailboxFolderPermission "bo@foretag.se:\\Kalender" -User "{ASA}" -AccessRights Reviewer'
    )
    assert command in warning.text.sv


def test_an_event_across_two_questions_for_free_and_busy_counts_once(world: World) -> None:
    world.bo.rights = {ASA: "free_busy"}
    world.bo.items = [meeting("semester", MONTH.start, end=MONTH.end, status="OOF")]
    assert len(world.fetch(mailbox="bo@foretag.se").events) == 1


def test_limited_details_give_subjects_but_for_the_private(world: World) -> None:
    world.bo.rights = {ASA: "details"}
    world.bo.items = [meeting("UTE: Bo"), meeting("hemligt", NOW + HOUR, sensitivity="Private")]
    fetched = world.fetch(mailbox="bo@foretag.se")
    assert [(event.subject, event.private) for event in fetched.events] == [("UTE: Bo", False), (None, True)]
    assert not fetched.limited and not fetched.warnings


def test_no_rights_at_all(world: World) -> None:
    with pytest.raises(CalendarMailboxClosed) as caught:
        world.fetch(mailbox="bo@foretag.se")
    assert isinstance(caught.value, CalendarRefused)
    assert "Reviewer" in caught.value.message("sv").remedy and "bo@foretag.se" in caught.value.message("sv").what
    assert ASA in caught.value.message("en").remedy


@pytest.mark.parametrize("code", ["ErrorAccessDenied", "ErrorFolderNotFound", "ErrorItemNotFound"])
def test_the_own_calendar_closed_is_shown_to_it_by_a_command_that_changes_nothing(world: World, code: str) -> None:
    server = world.server(faults=[Fault(200, response_error(code))])
    with pytest.raises(CalendarMailboxClosed) as caught:
        world.calendar(server).fetch_events(MONTH, NOW)
    assert f'Get-MailboxFolderPermission "{ASA}:\\Calendar"' in caught.value.message("en").remedy


def test_rights_that_come_later_are_used(world: World) -> None:
    world.bo.items, world.bo.rights = [meeting("UTE: Bo")], {ASA: "free_busy"}
    calendar = world.calendar(world.server(), mailbox="bo@foretag.se")
    assert calendar.fetch_events(MONTH, NOW).limited
    world.bo.rights = {ASA: "reviewer"}
    assert not calendar.fetch_events(MONTH, NOW).limited
