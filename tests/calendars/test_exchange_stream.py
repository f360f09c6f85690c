"""Hearing of changes from an Exchange server: at once, beside the polls, and without a word where it does not work."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from b2cal_desktop.calendars.exchange_auth import ExchangeAuth
from b2cal_desktop.calendars.exchange_ews import EwsClient, Limits
from b2cal_desktop.calendars.exchange_stream import ExchangeNotifications
from b2cal_desktop.core.errors import CalendarNeedsSignIn, CalendarPasswordRefused
from tests.servers.exchange_server import ExchangeServer, Fault
from tests.servers.exchange_soap import fault, notification
from tests.servers.exchange_world import ASA, MONTH, NOW, PASSWORD, World, a_world, meeting

CLOSED = notification(status="Closed")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with a_world(tmp_path, monkeypatch) as world:
        world.asa.items = [meeting()]
        yield world
    assert not [thread for thread in threading.enumerate() if thread.name == "b2cal-exchange"]


def wait_until(condition: Callable[[], object]) -> None:
    for _ in range(1_000):
        if condition():
            return
        time.sleep(0.005)
    pytest.fail("it did not happen within five seconds")


def listening(world: World, server: ExchangeServer, heard: list[int]) -> ExchangeNotifications:
    def connect() -> EwsClient:
        auth = ExchangeAuth(server.url, user=ASA, password=PASSWORD)
        return EwsClient(server.url, auth, version="auto", clock=world.clock, limits=Limits())

    notifications = ExchangeNotifications(connect, "", lambda: heard.append(1), clock=world.clock, pause=0.005)
    world.open.callback(notifications.close)
    notifications.start()
    return notifications


def operations(server: ExchangeServer) -> list[str]:
    return [operation for operation, _ in server.soap.asked]


@pytest.mark.parametrize("bound", [False, True])
@pytest.mark.parametrize("version", ["2010_SP1", "2013", "SE"])
def test_a_change_is_told_while_polls_go_on(world: World, version: str, bound: bool) -> None:
    server = world.server(version, bound=bound)
    told = threading.Event()
    calendar = world.calendar(server, changed=told.set)
    calendar.fetch_events(MONTH, NOW)
    wait_until(lambda: "GetStreamingEvents" in operations(server))
    world.asa.items[0].subject = "UTE: kund"
    assert calendar.fetch_events(MONTH, NOW).events[0].subject == "UTE: kund"  # while the answer stays open
    assert not told.is_set()
    server.told.put(notification("StatusEvent"))
    server.told.put(notification())
    server.told.put(notification("ModifiedEvent", "CreatedEvent"))
    assert told.wait(5)
    calendar.close()
    assert server.bad_log_ons == 0


@pytest.mark.parametrize("version", ["2007_SP1", "2010"])
def test_older_servers_are_not_asked(world: World, version: str) -> None:
    server = world.server(version)
    calendar = world.calendar(server, changed=lambda: None)
    calendar.fetch_events(MONTH, NOW)
    calendar.close()
    assert "Subscribe" not in operations(server)


def test_nobody_listens_where_only_free_and_busy_is_seen(world: World) -> None:
    world.bo.rights = {ASA: "free_busy"}
    server = world.server()
    world.calendar(server, changed=lambda: None, mailbox="bo@foretag.se").fetch_events(MONTH, NOW)
    assert not [thread for thread in threading.enumerate() if thread.name == "b2cal-exchange"]


def test_after_a_break_it_subscribes_anew_and_hears_again(world: World) -> None:
    server, heard = world.server(), list[int]()
    listening(world, server, heard)
    for number in (1, 2, 3):
        server.told.put(notification("DeletedEvent"))
        wait_until(lambda count=number: len(heard) == count)  # type: ignore[misc]
        server.told.put(None if number < 3 else CLOSED)
    wait_until(lambda: len(server.soap.subscriptions) >= 4)


def test_an_answer_that_lasted_is_asked_for_again_under_the_same_subscription(world: World) -> None:
    server, heard = world.server(), list[int]()
    listening(world, server, heard)
    wait_until(lambda: operations(server).count("GetStreamingEvents") == 1)
    world.clock.passed = 600
    server.told.put(CLOSED)
    wait_until(lambda: operations(server).count("GetStreamingEvents") == 2)
    assert len(server.soap.subscriptions) == 1


@pytest.mark.parametrize(
    "nonsense",
    [
        Fault(200, b"<html>portal</html>"),
        Fault(200, b"x" * 3_000_000),
        Fault(200, fault("ErrorInternalServerError", "no")),
        Fault(500, fault("ErrorInternalServerError", "no")),
        Fault(503, b"", {"Connection": "close"}),
    ],
    ids=lambda given: f"{given.status}-{len(given.body)}",
)
def test_nonsense_is_waited_out(world: World, nonsense: Fault) -> None:
    server, heard = world.server(), list[int]()
    server.faults = [nonsense]
    listening(world, server, heard)
    server.told.put(notification("MovedEvent"))
    wait_until(lambda: heard)


@pytest.mark.parametrize(
    "nonsense",
    [
        b"<a:Envelope></b:Envelope>",
        b"<Envelope/></Envelope>",
        fault("ErrorSubscriptionNotFound", "gone"),
        b"x" * 3_000_000,
        notification("ModifiedEvent").replace(b"NoError", b"ErrorReadEventsFailed"),
    ],
    ids=lambda given: str(len(given)),
)
def test_nonsense_in_the_midst_is_waited_out(world: World, nonsense: bytes) -> None:
    server, heard = world.server(), list[int]()
    listening(world, server, heard)
    server.told.put(nonsense)
    wait_until(lambda: len(server.soap.subscriptions) > 1)
    assert heard == []
    server.told.put(notification("MovedEvent"))
    server.told.put(notification("MovedEvent"))  # the answer that broke off may have taken the first
    wait_until(lambda: heard)


@pytest.mark.parametrize(
    "refusal",
    [Fault(403), Fault(404, early=True), Fault(500, fault("ErrorAccessDenied", "no"))],
    ids=lambda given: str(given.status),
)
def test_a_refusal_ends_it_without_a_word(world: World, refusal: Fault) -> None:
    server, heard = world.server(faults=[refusal]), list[int]()
    notifications = listening(world, server, heard)
    notifications._thread.join(5)
    assert not notifications._thread.is_alive()
    assert "GetStreamingEvents" not in operations(server)


def test_one_refused_sign_in_stops_listening_and_polls_together(world: World, tmp_path: Path) -> None:
    server = world.server(schemes=("NTLM",))
    calendar = world.calendar(server, changed=lambda: None)
    server.users = {ASA: "nytt"}
    calendar.fetch_events(MONTH, NOW)
    wait_until(lambda: "GetStreamingEvents" in operations(server))
    (tmp_path / "accounts").write_text("FÖRETAG:åsa:nytt\n", encoding="utf-8")
    server.faults = [Fault(200, b"", {"Connection": "close"})]
    with pytest.raises(Exception, match="guest network"):
        calendar.fetch_events(MONTH, NOW)
    server.told.put(None)
    with pytest.raises(CalendarPasswordRefused):
        calendar.fetch_events(MONTH, NOW)
    assert server.bad_log_ons == 1


def test_closing_does_not_wait_for_the_answer_to_end(world: World) -> None:
    server, heard = world.server(), list[int]()
    notifications = listening(world, server, heard)
    wait_until(lambda: "GetStreamingEvents" in operations(server))
    began = time.monotonic()
    notifications.close()
    assert time.monotonic() - began < 1
    assert not notifications._thread.is_alive()
    server.told.put(notification("ModifiedEvent"))
    assert heard == []


def test_a_calendar_closed_meanwhile_is_not_listened_to(world: World) -> None:
    def gone() -> EwsClient:
        raise CalendarNeedsSignIn("mail.foretag.se")

    notifications = ExchangeNotifications(gone, "", lambda: None, clock=world.clock)
    notifications.start()
    notifications.close()
    assert not notifications._thread.is_alive()
