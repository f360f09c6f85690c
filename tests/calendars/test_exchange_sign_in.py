"""Signing in to an Exchange server: once, to the agreed host, bound to the channel, and telling nobody else."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import trustme

from b2cal_desktop.calendars.exchange_auth import ExchangeAuth
from b2cal_desktop.calendars.exchange_ews import EwsClient, Limits
from b2cal_desktop.core.errors import (
    CalendarError,
    CalendarInMicrosoft365,
    CalendarNeedsSignIn,
    CalendarNotExchange,
    CalendarNotTrusted,
    CalendarPasswordRefused,
    CalendarRefused,
    CalendarSignInMethod,
    CalendarUnreachable,
    SecretsUnavailable,
)
from tests.servers.exchange_server import Fault
from tests.servers.exchange_world import ASA, MONTH, NOW, PASSWORD, World, a_world, meeting

SCHEMES = {"negotiate": "Negotiate", "ntlm": "NTLM", "basic": 'Basic realm="mail"'}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with a_world(tmp_path, monkeypatch) as world:
        world.asa.items = [meeting()]
        yield world


@pytest.mark.parametrize("user", [ASA, "åsa@foretag.se"])
@pytest.mark.parametrize("method", ["negotiate", "ntlm", "basic"])
def test_each_way_in_with_each_form_of_name(world: World, method: str, user: str) -> None:
    server = world.server()
    calendar = world.calendar(server, auth=method, user=user)
    assert len(calendar.fetch_events(MONTH, NOW).events) == 1
    assert server.log_ons[0] == (SCHEMES[method].partition(" ")[0], user)
    assert server.bad_log_ons == 0


@pytest.mark.parametrize(
    ("offered", "taken"),
    [
        (("negotiate", "ntlm", "basic"), "Negotiate"),
        (("basic", "ntlm"), "NTLM"),
        (("basic",), "Basic"),
    ],
)
def test_automatic_takes_the_safest_that_is_offered(world: World, offered: tuple[str, ...], taken: str) -> None:
    server = world.server(schemes=tuple(SCHEMES[one] for one in offered))
    world.calendar(server).fetch_events(MONTH, NOW)
    assert [scheme for scheme, _ in server.log_ons] == [taken]


def test_one_header_with_every_scheme_in_it(world: World) -> None:
    """Some proxies join the headers; what a server says is the same."""
    together = Fault(401, headers={"WWW-Authenticate": 'Basic realm="mail", NTLM, Negotiate'}, early=True)
    server = world.server(faults=[together])
    world.calendar(server).fetch_events(MONTH, NOW)
    assert [scheme for scheme, _ in server.log_ons] == ["Negotiate"]


@pytest.mark.parametrize("method", ["negotiate", "ntlm"])
def test_extended_protection_is_met(world: World, method: str) -> None:
    server = world.server(bound=True)
    assert world.calendar(server, auth=method).fetch_events(MONTH, NOW).events
    assert server.bad_log_ons == 0


@pytest.mark.parametrize("method", ["negotiate", "ntlm"])
def test_traffic_inspection_breaks_the_binding_and_the_message_says_so(world: World, method: str) -> None:
    server = world.server(bound=True)
    server.binding = b"tls-server-end-point:the certificate behind the box that inspects"
    with pytest.raises(CalendarPasswordRefused) as caught:
        world.calendar(server, auth=method).fetch_events(MONTH, NOW)
    assert server.bad_log_ons == 1
    assert "granskar krypterad trafik" in caught.value.message("sv").remedy


@pytest.mark.parametrize("keeps_open", [True, False])
@pytest.mark.parametrize("method", ["auto", "negotiate", "ntlm", "basic"])
def test_a_wrong_password_is_tried_once(world: World, method: str, keeps_open: bool) -> None:
    server = world.server(keeps_open=keeps_open)
    calendar = world.calendar(server, auth=method, password=lambda: "fel")
    with pytest.raises(CalendarError) as caught:
        calendar.fetch_events(MONTH, NOW)
    if keeps_open or method == "basic":
        assert isinstance(caught.value, CalendarPasswordRefused)
        assert server.bad_log_ons == 1
    else:  # a proxy that closes each connection: nothing was tried at all
        assert isinstance(caught.value, CalendarUnreachable) and "NTLM" in str(caught.value)
        assert server.bad_log_ons == 0
    assert caught.value.exit_code == (3 if server.bad_log_ons else 4)


@pytest.mark.parametrize("scheme", ["Negotiate", "NTLM", "Basic"])
def test_what_one_connection_is_refused_no_other_tries(world: World, scheme: str) -> None:
    server = world.server(schemes=(scheme,))
    auth = ExchangeAuth(server.url, user=ASA, password="fel")
    asked = []
    for _ in range(3):
        client = EwsClient(server.url, auth, version="auto", clock=world.clock, limits=Limits())
        with pytest.raises(CalendarPasswordRefused):
            client.find_items("", MONTH.start, MONTH.end, 1_000)
        client.close()
        asked.append(len(server.asked))
    assert server.bad_log_ons == 1 and asked[0] == asked[2]


def test_after_a_refusal_the_next_password_is_the_one_given_by_then(world: World) -> None:
    passwords = ["fel", PASSWORD]
    server = world.server()
    calendar = world.calendar(server, password=lambda: passwords.pop(0))
    with pytest.raises(CalendarNeedsSignIn):
        calendar.fetch_events(MONTH, NOW)
    assert calendar.fetch_events(MONTH, NOW).events
    assert server.bad_log_ons == 1 and not passwords


@pytest.mark.parametrize("scheme", ["Negotiate", "NTLM", "Basic"])
def test_a_password_that_is_changed_while_we_run_costs_one_bad_log_on(
    world: World, scheme: str, tmp_path: Path
) -> None:
    server = world.server(schemes=(scheme,))
    calendar = world.calendar(server)
    calendar.fetch_events(MONTH, NOW)
    server.users = {ASA: "nytt"}
    (tmp_path / "accounts").write_text("FÖRETAG:åsa:nytt\n", encoding="utf-8")
    if scheme != "Basic":  # the connection that was signed in goes away
        server.faults = [Fault(200, b"", {"Connection": "close"})]
        with pytest.raises(CalendarUnreachable):
            calendar.fetch_events(MONTH, NOW)
    with pytest.raises(CalendarPasswordRefused):
        calendar.fetch_events(MONTH, NOW)
    assert server.bad_log_ons == 1


@pytest.mark.parametrize("password", [None, ""])
def test_without_a_password_nothing_is_sent(world: World, password: str | None) -> None:
    server = world.server()
    with pytest.raises(CalendarNeedsSignIn):
        world.calendar(server, password=lambda: password).fetch_events(MONTH, NOW)
    assert server.connections == 0


def test_a_locked_keyring_means_sign_in(world: World) -> None:
    def locked() -> str | None:
        raise SecretsUnavailable("locked")

    with pytest.raises(CalendarNeedsSignIn):
        world.calendar(world.server(), password=locked).fetch_events(MONTH, NOW)


def test_the_password_is_asked_for_once_for_all_polls(world: World) -> None:
    asked = []

    def password() -> str:
        asked.append(1)
        return PASSWORD

    calendar = world.calendar(world.server(), password=password)
    for _ in range(3):
        calendar.fetch_events(MONTH, NOW)
    assert asked == [1]


@pytest.mark.parametrize(
    ("method", "offered"), [("ntlm", "Negotiate"), ("negotiate", "NTLM"), ("basic", "NTLM"), ("sso", "Basic")]
)
def test_a_way_that_is_not_offered_is_named_and_nothing_sent(world: World, method: str, offered: str) -> None:
    server = world.server(schemes=(offered,))
    with pytest.raises(CalendarSignInMethod) as caught:
        world.calendar(server, auth=method).fetch_events(MONTH, NOW)
    assert offered in str(caught.value)
    assert server.secrets_seen == []


@pytest.mark.parametrize("more", [{"auth": "sso"}, {"user": ""}, {"user": "", "auth": "ntlm"}])
def test_the_windows_log_on_where_there_is_none(
    world: World, more: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NTLM_USER_FILE")
    server = world.server()
    with pytest.raises(CalendarSignInMethod, match="log-on cannot be used"):
        world.calendar(server, password=lambda: None, **more).fetch_events(MONTH, NOW)
    assert server.secrets_seen == []


def test_the_log_on_of_this_computer_signs_in_without_a_password(world: World) -> None:
    """pyspnego's own store of accounts stands in for the system's."""
    server = world.server(bound=True)
    assert world.calendar(server, auth="sso", user="", password=lambda: None).fetch_events(MONTH, NOW).events
    assert server.log_ons == [("Negotiate", ASA)]


def test_basic_without_a_name_asks_for_one(world: World) -> None:
    server = world.server()
    with pytest.raises(CalendarNeedsSignIn):
        world.calendar(server, auth="basic", user="").fetch_events(MONTH, NOW)
    assert server.connections == 0


# Nobody else


@pytest.mark.parametrize(
    "url",
    [
        "https://mail.foretag.se.evil.example/EWS/Exchange.asmx",
        "https://mail.foretag.se:444/EWS/Exchange.asmx",
        "http://mail.foretag.se:443/EWS/Exchange.asmx",
    ],
)
def test_a_request_to_anybody_else_is_not_even_prepared(url: str) -> None:
    auth = ExchangeAuth("https://mail.foretag.se/EWS/Exchange.asmx", method="basic", user=ASA, password=PASSWORD)
    with pytest.raises(CalendarRefused, match="another address"):
        auth(requests.Request("POST", url).prepare())
    assert PASSWORD not in repr(auth)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("early", [True, False])
def test_a_redirect_gets_nothing(world: World, status: int, early: bool) -> None:
    other = world.server(schemes=("Basic",))
    server = world.server(schemes=("Basic",))
    server.faults = [Fault(status, headers={"Location": other.url.replace("localhost", "127.0.0.1")}, early=early)]
    with pytest.raises(CalendarNotExchange, match=r"refers to 127\.0\.0\.1"):
        world.calendar(server).fetch_events(MONTH, NOW)
    assert other.connections == 0


@pytest.mark.parametrize(
    "url", ["http://localhost:{port}/EWS/Exchange.asmx", "ftp://localhost", "https://", "https://["]
)
def test_only_https(world: World, url: str) -> None:
    server = world.server()
    with pytest.raises(CalendarNotExchange):
        world.calendar(server, url=url.format(port=server.port)).fetch_events(MONTH, NOW)
    assert server.connections == 0


def test_no_address_at_all(world: World) -> None:
    with pytest.raises(CalendarNotExchange, match="no address"):
        world.calendar(world.server(), url="").fetch_events(MONTH, NOW)


@pytest.mark.parametrize(
    "host", ["outlook.office365.com", "Outlook.Office.com", "eu.outlook.com", "outlook.office365.us"]
)
def test_microsofts_own_address_gets_a_hint_and_no_request(world: World, host: str) -> None:
    with pytest.raises(CalendarInMicrosoft365) as caught:
        world.calendar(world.server(), url=host).fetch_events(MONTH, NOW)
    assert "Microsoft 365" in caught.value.message("sv").remedy


def test_a_certificate_of_an_unknown_authority_gets_nothing(world: World) -> None:
    server = world.server(authority=trustme.CA())
    with pytest.raises(CalendarNotTrusted):
        world.calendar(server).fetch_events(MONTH, NOW)
    assert server.asked == []


def test_a_certificate_for_another_host_gets_nothing(world: World) -> None:
    server = world.server(host="mail.foretag.se")
    with pytest.raises(CalendarNotTrusted):
        world.calendar(server, url=f"https://localhost:{server.port}").fetch_events(MONTH, NOW)
    assert server.asked == []


def test_no_netrc_password_is_sent(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine localhost login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    server = world.server(schemes=("NTLM",))
    world.calendar(server).fetch_events(MONTH, NOW)
    assert all(secret.startswith("NTLM ") for secret in server.secrets_seen)


@pytest.mark.parametrize("method", ["basic", "ntlm", "negotiate"])
def test_nothing_secret_is_logged_or_shown(world: World, method: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    world.asa.items = [meeting("hemligt möte", sensitivity="Private", id="AAMk1")]
    server = world.server()
    calendar = world.calendar(server, auth=method)
    calendar.fetch_events(MONTH, NOW)
    server.faults = [Fault(418, b"kroppen", early=False)]
    with pytest.raises(CalendarUnreachable) as caught:
        calendar.fetch_events(MONTH, NOW)
    told = caplog.text + repr(calendar) + repr(vars(calendar)) + repr(caught.value) + str(caught.value)
    for secret in (PASSWORD, "hemligt möte", "kroppen", *(one.partition(" ")[2] for one in server.secrets_seen)):
        assert secret not in told
