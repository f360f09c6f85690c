"""Finding a company's Exchange server: by looking, and without telling anybody who looks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import trustme

from b2cal_desktop.calendars.exchange_find import Candidate, find_server, usual_addresses
from tests.servers.exchange_server import ExchangeServer, Fault
from tests.servers.exchange_world import World, a_world

ADDRESS = "asa@foretag.se"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with a_world(tmp_path, monkeypatch) as world:
        yield world


def found(*servers: ExchangeServer | str) -> list[Candidate]:
    urls = [server if isinstance(server, str) else server.url for server in servers]
    return list(find_server(urls))


def test_the_usual_addresses() -> None:
    addresses = usual_addresses(" Asa@Foretag.SE ")
    assert "https://mail.foretag.se/EWS/Exchange.asmx" in addresses
    assert "https://autodiscover.foretag.se/EWS/Exchange.asmx" in addresses
    assert all(address.startswith("https://") and "asa" not in address for address in addresses)
    for nobodys in ("", "asa@", "FORETAG\\asa", "asa", "asa@foretag se", "asa@foretag.se/x"):
        assert usual_addresses(nobodys) == ()


def test_a_server_is_found_and_learns_nothing(world: World) -> None:
    server = world.server()
    (candidate,) = found("https://mail.invalid/EWS/Exchange.asmx", server)
    assert candidate == Candidate(server.url, f"localhost:{server.port}", ("Negotiate", "NTLM", "Basic"))
    assert server.secrets_seen == [] and server.log_ons == []


def test_what_is_no_exchange_server_is_none(world: World) -> None:
    shop = world.server(schemes=('Basic realm="shop"',), faults=[Fault(404, early=True)])
    portal = world.server(faults=[Fault(200, b"<html>", early=True)])
    assert found(shop, portal, "https://localhost:9/EWS/Exchange.asmx") == []


def test_a_certificate_that_is_not_accepted_is_told_and_nothing_asked(world: World) -> None:
    stranger = world.server(authority=trustme.CA())
    assert found(stranger) == [Candidate(stranger.url, f"localhost:{stranger.port}", trusted=False)]
    assert stranger.asked == []


def test_looking_ends_when_nobody_wants_it_any_more(world: World) -> None:
    first, second = world.server(), world.server()
    told: list[Candidate] = []
    told.extend(find_server([first.url, second.url], lambda: len(first.asked) > 0))
    assert [candidate.url for candidate in told] == [first.url]
    assert second.connections == 0


def test_a_redirect_is_looked_at_and_told_by_its_own_host(world: World) -> None:
    server = world.server()
    first = world.server(faults=[Fault(302, headers={"Location": f"https://localhost:{server.port}/owa/"}, early=True)])
    assert [candidate.url for candidate in found(first)] == [server.url]
    assert first.secrets_seen == server.secrets_seen == []


@pytest.mark.parametrize(
    "location", ["http://localhost/", "javascript:alert(1)", "https://[", "https://outlook.com/owa"]
)
def test_where_a_redirect_must_not_lead(world: World, location: str) -> None:
    first = world.server(faults=[Fault(302, headers={"Location": location}, early=True)])
    assert [candidate.microsoft365 for candidate in found(first)] == ([True] if "outlook" in location else [])


def test_redirects_without_end(world: World) -> None:
    servers = [world.server() for _ in range(16)]
    for server, following in pairwise(servers):
        server.faults = [Fault(302, headers={"Location": following.url}, early=True)]
    assert found(servers[0]) == []
    assert sum(len(server.asked) for server in servers) == 12
