"""From the sign-in to the diversion that colleagues see, and on through a day's troubles; every protocol is real."""

from __future__ import annotations

import threading
from argparse import Namespace
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from b2cal_desktop.assembly import forget_calendar
from b2cal_desktop.calendars.graph import GraphCalendar
from b2cal_desktop.context import Context
from b2cal_desktop.core.errors import CalendarNeedsApproval
from b2cal_desktop.core.model import STANDARD_CATALOGUE
from b2cal_desktop.core.reconcile import Policy
from b2cal_desktop.core.rules import Method, Rules
from b2cal_desktop.core.state import AppState, Health, Phase
from b2cal_desktop.doctor.services import check_calendar
from b2cal_desktop.engine import Engine
from b2cal_desktop.sign_in import sign_in_command, sign_out_command
from b2cal_desktop.switchboards.connector import Connector
from b2cal_desktop.switchboards.connector_file import load_connector
from b2cal_desktop.switchboards.practice import PracticeSwitchboard
from b2cal_desktop.sync.cycle import Config, Cycle
from b2cal_desktop.sync.ledger import Ledger
from b2cal_desktop.system.clock import SystemClock
from b2cal_desktop.system.resources import resource_folder
from tests.accounts.microsoft_world import World
from tests.servers.graph_server import GraphServer, event, graph_server, whole_day
from tests.servers.oidc_provider import CLIENT_ID, Certificates

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


def test_the_running_app_notices_a_sign_in_and_a_sign_out_made_elsewhere(world: World, graph: GraphServer) -> None:
    meet_now(graph)
    with PracticeSwitchboard(now=SystemClock().now) as board:
        app, command = program(world, graph, board.url), program(world, graph, board.url)
        states = States()
        engine = Engine(app, states.publish)
        engine.start()
        try:
            states.wait_for(lambda state: state.phase is Phase.NEEDS_SIGN_IN)
            assert engine.calendar_usage() == (0, 0)
            sign_in_command(command)
            states.wait_for(lambda state: state.phase is Phase.RUNNING and state.want.diversion == "meeting")
            assert board.store.get("anna").diversion == "meeting"
            usage = engine.calendar_usage()
            assert usage is not None and usage[0] >= 2 and usage[1] > 100

            forget_calendar(command, command.loaded.settings)
            states.wait_for(lambda state: state.phase is Phase.NEEDS_SIGN_IN and not state.events)
            ledger = Ledger(world.profile.ledger)
            assert ledger.events() is None
            ledger.close()
        finally:
            engine.stop()


def meet_now(graph: GraphServer) -> None:
    """A meeting that began an hour ago and goes on for an hour."""
    graph.now = SystemClock().now
    now, form = graph.now().astimezone(UTC), "%Y-%m-%dT%H:%M:%S.0000000"
    start, end = now - timedelta(hours=1), now + timedelta(hours=1)
    graph.events.append(event("MOT: Budget", f"{start:{form}}", f"{end:{form}}"))


def program(world: World, graph: GraphServer, board: str, **arguments: object) -> Context:
    """One start of the program on this computer, where anna sits at the browser."""
    world.profile.create()
    world.profile.settings.write_text(
        f'language = "sv"\n[calendar.microsoft365]\nclient_id = "{CLIENT_ID}"\ncloud = "custom"\n'
        f'authority = "{world.provider.authority}"\ngraph_root = "{graph.root}"\n'
        f'[switchboard.fields]\nbase_url = "{board}"\nuser = "anna"\n[rules]\nmethod = "prefix"\n',
        "utf-8",
    )
    folder = str(world.profile.folder)
    context = Context(Namespace(profile=folder, settings=None, side="calendar", device_code=False, **arguments))
    context.__dict__["secret_store"] = world.secrets
    registration = context.microsoft_account(context.loaded.settings).registration
    context._account = world.account(registration=registration, open_browser=world.browser())
    return context


def test_the_commands_tell_who_what_it_costs_and_what_to_send_to_it(
    world: World, graph: GraphServer, capsys: pytest.CaptureFixture[str]
) -> None:
    meet_now(graph)
    context = program(world, graph, "http://127.0.0.1:9")
    assert context._account is not None
    context._account._open_browser = world.browser(answer="deny")
    with pytest.raises(CalendarNeedsApproval):
        sign_in_command(context)
    assert f"{world.provider.authority}/adminconsent?client_id={CLIENT_ID}" in capsys.readouterr().err
    context._account._open_browser = world.browser()
    assert sign_in_command(context) == 0
    assert "Inloggad som anna@foretag.example." in capsys.readouterr().out
    told = [finding.text.sv for finding in check_calendar(context, context.loaded.settings)]
    assert told[:2] == ["Den går att läsa: 1 bokningar i dag.", "Inloggad som anna@foretag.example."]
    assert told[2].startswith("Avläsningen var 2 förfrågningar och 0,")
    assert sign_out_command(context) == 0
    told = [finding.remedy.sv for finding in check_calendar(context, context.loaded.settings)]
    assert told == ["Välj Logga in."]


class States:
    """What a running engine has published."""

    def __init__(self) -> None:
        self._states: list[AppState] = []
        self._news = threading.Condition()

    def publish(self, state: AppState) -> None:
        with self._news:
            self._states.append(state)
            self._news.notify_all()

    def wait_for(self, wanted: Callable[[AppState], bool]) -> None:
        with self._news:
            done = self._news.wait_for(lambda: bool(self._states) and wanted(self._states[-1]), timeout=20)
            assert done, [(state.phase, state.calendar, len(state.events)) for state in self._states]
