"""From the sign-in to the diversion that colleagues see, and on through a day's troubles; every protocol is real."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from b2cal_desktop.calendars.graph import GraphCalendar
from b2cal_desktop.core.model import STANDARD_CATALOGUE
from b2cal_desktop.core.reconcile import Policy
from b2cal_desktop.core.rules import Method, Rules
from b2cal_desktop.core.state import Health, Phase
from b2cal_desktop.switchboards.connector import Connector
from b2cal_desktop.switchboards.connector_file import load_connector
from b2cal_desktop.switchboards.practice import PracticeSwitchboard
from b2cal_desktop.sync.cycle import Config, Cycle
from b2cal_desktop.sync.ledger import Ledger
from b2cal_desktop.system.resources import resource_folder
from tests.accounts.microsoft_world import World
from tests.servers.graph_server import GraphServer, event, graph_server, whole_day
from tests.servers.oidc_provider import Certificates

STOCKHOLM = ZoneInfo("Europe/Stockholm")


class DayClock:
    """A day that passes by hand."""

    def __init__(self) -> None:
        self.instant = datetime(2026, 11, 23, 8, 15, tzinfo=UTC)

    def now(self) -> datetime:
        return self.instant

    def monotonic(self) -> float:
        return self.instant.timestamp()

    def forward(self, **step: float) -> datetime:
        self.instant += timedelta(**step)
        return self.instant


@pytest.fixture
def graph(world: World, certificates: Certificates) -> Iterator[GraphServer]:
    with graph_server(certificates.context(), world.provider.knows_token) as server:
        yield server


def test_from_sign_in_to_the_diversion(world: World, graph: GraphServer) -> None:
    clock = DayClock()
    graph.now = clock.now
    graph.mailbox = {"timeZone": "W. Europe Standard Time"}
    graph.events.append(event("MOT: Budget", "2026-11-23T08:00:00.0000000", "2026-11-23T09:00:00.0000000"))
    graph.events.append(whole_day("HEM: hemma", "2026-11-23", "2026-11-24", showAs="workingElsewhere"))
    account = world.account(open_browser=world.browser())
    calendar = GraphCalendar(root=graph.root, token=account, timezone=ZoneInfo("America/New_York"), clock=clock)
    world.profile.create()
    with PracticeSwitchboard(now=clock.now) as board:
        connector = Connector(
            load_connector(resource_folder() / "connectors" / "practice.toml"),
            {"base_url": board.url, "user": "anna"},
            lambda _field: None,
            STANDARD_CATALOGUE,
            clock=clock,
        )
        rules = Rules(method=Method.PREFIX_THEN_STATUS)
        config = Config(rules, Policy(STANDARD_CATALOGUE, True), ZoneInfo("America/New_York"), True, "graph")
        ledger = Ledger(world.profile.ledger)
        cycle = Cycle(calendar, connector, ledger, config)

        state = cycle.run(clock.now())
        assert state.calendar.health is Health.NEEDS_SIGN_IN
        assert board.store.get("anna").diversion == "available"

        account.sign_in_interactive(threading.Event(), timeout=30)
        cycle.sign_in_changed()
        state = cycle.run(clock.now())
        assert (state.phase, state.calendar.health) == (Phase.RUNNING, Health.OK)
        shown = board.store.get("anna")
        assert (shown.diversion, shown.until) == ("meeting", datetime(2026, 11, 23, 9, tzinfo=UTC))

        # In the mailbox's own zone, not the computer's, the whole day goes on after the meeting.
        cycle.run(clock.forward(minutes=45))
        shown = board.store.get("anna")
        assert (shown.diversion, shown.until) == ("working_from_home", datetime(2026, 11, 23, 23, tzinfo=UTC))

        # The administrator ends the sign-in: the last events go on driving, and the user is asked once.
        world.provider.revoke()
        state = cycle.run(clock.forward(minutes=1))
        assert state.calendar.health is Health.NEEDS_SIGN_IN
        assert board.store.get("anna").diversion == "working_from_home"
        graph.asked.clear()
        cycle.run(clock.forward(minutes=1))
        assert graph.asked == []

        graph.events.pop()
        account.sign_in_interactive(threading.Event(), timeout=30)
        cycle.sign_in_changed()
        assert cycle.run(clock.forward(minutes=1)).calendar.health is Health.OK
        assert board.store.get("anna").diversion == "available"
        ledger.close()
        connector.close()
        calendar.close()
