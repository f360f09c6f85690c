"""Kerberos against a real KDC, bound to the channel; NTLM where there is no ticket to be had."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from b2cal_desktop.core.errors import CalendarPasswordRefused, CalendarSignInMethod
from tests.servers.exchange_kdc import REALM, Kdc, a_kdc, missing
from tests.servers.exchange_world import MONTH, NOW, World, a_world, meeting

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="only on Linux"),
    pytest.mark.skipif(bool(missing()), reason=f"not installed here: {missing()} (.ci/bootstrap test installs it)"),
]
ANNA, TICKET = f"anna@{REALM}", "kerberos-lösenord"


@pytest.fixture
def kdc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kdc]:
    (tmp_path / "kdc").mkdir()
    with a_kdc(tmp_path / "kdc", {"anna": TICKET}, monkeypatch) as kdc:
        yield kdc


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with a_world(tmp_path, monkeypatch) as world:
        world.asa.items = [meeting()]
        yield world


@pytest.mark.parametrize("bound", [False, True])
def test_the_log_on_signs_in_without_a_password(world: World, kdc: Kdc, bound: bool) -> None:
    kdc.log_on("anna", TICKET)
    server = world.server(schemes=("Negotiate",), bound=bound)
    server.soap.owners[ANNA] = "asa@foretag.se"
    calendar = world.calendar(server, auth="sso", user="", password=lambda: None)
    assert calendar.fetch_events(MONTH, NOW).events
    assert server.log_ons == [("Negotiate", ANNA)]
    assert len(server.asked) == 2  # Kerberos needs one message


def test_a_binding_to_another_channel_is_refused_once(world: World, kdc: Kdc) -> None:
    kdc.log_on("anna", TICKET)
    server = world.server(schemes=("Negotiate",), bound=True)
    server.binding = b"tls-server-end-point:another"
    with pytest.raises(CalendarPasswordRefused):
        world.calendar(server, auth="sso", user="", password=lambda: None).fetch_events(MONTH, NOW)
    assert server.bad_log_ons == 1


def test_user_and_password_get_a_ticket(world: World, kdc: Kdc) -> None:
    server = world.server(schemes=("Negotiate",), bound=True)
    server.soap.owners[ANNA] = "asa@foretag.se"
    calendar = world.calendar(server, auth="negotiate", user=ANNA, password=lambda: TICKET)
    assert calendar.fetch_events(MONTH, NOW).events
    assert server.log_ons == [("Negotiate", ANNA)]


def test_without_a_ticket_the_log_on_cannot_be_used(world: World, kdc: Kdc, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NTLM_USER_FILE")
    kdc.log_off()
    server = world.server(schemes=("Negotiate",))
    with pytest.raises(CalendarSignInMethod, match="log-on"):
        world.calendar(server, auth="sso", user="", password=lambda: None).fetch_events(MONTH, NOW)
    assert server.secrets_seen == []


def test_an_account_that_kerberos_does_not_know_signs_in_by_ntlm(world: World, kdc: Kdc) -> None:
    server = world.server(schemes=("Negotiate",), bound=True)
    assert world.calendar(server).fetch_events(MONTH, NOW).events
    assert server.bad_log_ons == 0
