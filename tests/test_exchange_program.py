"""The program on a company's Exchange server: one password, tried once, whatever is started again."""

import io
import threading
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import trustme

from b2cal_desktop.accounts.secrets import MemorySecretStore
from b2cal_desktop.cli import plan_command, sync_command
from b2cal_desktop.configure import ProfileConfiguration
from b2cal_desktop.context import Context
from b2cal_desktop.core.errors import CalendarPasswordRefused
from b2cal_desktop.core.intents import SyncNow
from b2cal_desktop.core.state import AppState, Health
from b2cal_desktop.doctor.exchange import look_for_server
from b2cal_desktop.doctor.findings import Level
from b2cal_desktop.doctor.services import check_calendar
from b2cal_desktop.engine import Engine
from b2cal_desktop.sign_in import sign_in_command, sign_out_command
from b2cal_desktop.switchboards.practice import PracticeSwitchboard
from b2cal_desktop.sync.ledger import Ledger
from b2cal_desktop.system.clock import SystemClock
from b2cal_desktop.system.secret_names import EXCHANGE_PASSWORD
from tests.servers.exchange_server import ExchangeServer
from tests.servers.exchange_soap import notification
from tests.servers.exchange_world import ASA, HOUR, NOW, PASSWORD, World, a_world, meeting


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with a_world(tmp_path, monkeypatch) as world:
        world.asa.items = [meeting()]
        yield world


@pytest.fixture
def server(world: World) -> ExchangeServer:
    return world.server()


class Desk:
    """A profile on ``server``, with its keyring; every context is a new start of the program."""

    def __init__(self, profile: Path, server: ExchangeServer, board: PracticeSwitchboard) -> None:
        self.profile, self.server, self.board = profile, server, board
        self.keyring = MemorySecretStore()
        self.keyring.set_secret(EXCHANGE_PASSWORD, "fel")
        self.write()

    def write(self, more: str = "", mailbox: str = "") -> None:
        (self.profile / "settings.toml").write_text(
            f'language = "en"\n[calendar]\nsource = "exchange"\n[calendar.exchange]\n'
            f"url = \"localhost:{self.server.port}\"\nuser = '{ASA}'\nmailbox = '{mailbox}'\n"
            f'[switchboard]\nconnector = "practice"\n[switchboard.fields]\nbase_url = "{self.board.url}"\n'
            f'user = "anna"\n{more}',
            "utf-8",
        )

    def context(self, **arguments: object) -> Context:
        context = Context(Namespace(profile=str(self.profile), settings=None, at=NOW, json=False, **arguments))
        context.__dict__["secret_store"] = self.keyring
        return context


@pytest.fixture
def desk(profile: Path, server: ExchangeServer) -> Iterator[Desk]:
    with PracticeSwitchboard(port=0, now=lambda: NOW) as board:
        yield Desk(profile, server, board)


def sign_in(desk: Desk, password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    assert sign_in_command(desk.context(side="calendar", secret_stdin=True)) == 0


def test_a_wrong_password_is_sent_once_however_often_the_program_starts(
    desk: Desk, server: ExchangeServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert [sync_command(desk.context()) for _ in range(4)] == [3, 3, 3, 3]
    desk.write('[rules]\nmethod = "prefix"\n')
    assert sync_command(desk.context()) == 3
    assert server.bad_log_ons == 1
    assert capsys.readouterr().err.count("did not accept the user name or the password") == 5
    sign_in(desk, PASSWORD, monkeypatch)
    assert "Kept in the keyring." in capsys.readouterr().out
    assert sync_command(desk.context()) == 0
    assert server.bad_log_ons == 1 and desk.board.store.get("anna").diversion == "meeting"


def test_looking_costs_no_try(desk: Desk, server: ExchangeServer) -> None:
    sync_command(desk.context())
    for _ in range(3):
        context = desk.context()
        (found,) = check_calendar(context, context.loaded.settings)
        assert "did not accept" in found.text.en and found.exit_code == 3
        with pytest.raises(CalendarPasswordRefused):
            plan_command(desk.context(calendar=None, user=None, days=1, subjects=False))
    assert server.bad_log_ons == 1


def test_each_sign_in_of_the_user_is_one_try(
    desk: Desk, server: ExchangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync_command(desk.context())
    sign_in(desk, "också fel", monkeypatch)
    assert [sync_command(desk.context()) for _ in range(3)] == [3, 3, 3]
    assert server.bad_log_ons == 2


class Running:
    """The engine, with what it last said."""

    def __init__(self, desk: Desk) -> None:
        self.states: list[AppState] = []
        self._news = threading.Condition()
        context = desk.context()
        context.__dict__["clock"] = SystemClock()
        self.engine = Engine(context, self._publish)
        self.configuration = ProfileConfiguration(context, self.engine)
        self.engine.start()

    def _publish(self, state: AppState) -> None:
        with self._news:
            self.states.append(state)
            self._news.notify_all()

    def wait_for(self, health: Health, after: int = 0) -> None:
        self.wait_until(lambda state: state.calendar.health is health, after)

    def wait_until(self, wanted: Callable[[AppState], bool], after: int = 0) -> None:
        with self._news:
            for _ in range(400):
                if any(map(wanted, self.states[after:])):
                    return
                self._news.wait(0.05)
        pytest.fail(str([(state.want, state.calendar.health, state.calendar.error) for state in self.states]))


@pytest.fixture
def running(desk: Desk) -> Iterator[Running]:
    running = Running(desk)
    yield running
    running.engine.stop()


def test_the_running_app_neither_tries_again_by_itself_nor_by_other_settings(
    desk: Desk, server: ExchangeServer, running: Running
) -> None:
    running.wait_for(Health.NEEDS_SIGN_IN)
    for method in ("prefix", "prefix_then_status"):
        before = len(running.states)
        running.configuration.save({"rules.method": method}, {})
        running.wait_for(Health.NEEDS_SIGN_IN, before)
    assert server.bad_log_ons == 1
    before = len(running.states)
    running.configuration.save({}, {EXCHANGE_PASSWORD: PASSWORD})
    running.wait_for(Health.OK, before)
    assert server.bad_log_ons == 1


@pytest.mark.parametrize("held", [False, True])
def test_the_running_app_hears_of_a_sign_in_and_a_sign_out_in_the_terminal(
    held: bool, desk: Desk, server: ExchangeServer, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a scanner of files holds the file that tells of it."""
    read = Path.read_bytes

    def read_unless_held(path: Path) -> bytes:
        if held and path.name == "sign-in-changed":
            raise PermissionError
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", read_unless_held)
    running.wait_for(Health.NEEDS_SIGN_IN)
    before = len(running.states)
    sign_in(desk, PASSWORD, monkeypatch)
    running.wait_for(Health.OK, before)
    before = len(running.states)
    assert sign_out_command(desk.context(side="calendar")) == 0
    running.wait_until(lambda state: state.calendar.health is Health.NEEDS_SIGN_IN and not state.events, before)
    with closing(Ledger(desk.profile / "ledger.sqlite3", heals=False)) as ledger:
        assert ledger.events() is None, "nothing that was read stays"
    assert server.bad_log_ons == 1


def test_a_test_that_works_sets_the_running_app_going_again(
    desk: Desk, server: ExchangeServer, running: Running
) -> None:
    """Such as when the account was locked, or the server was out of order."""
    running.wait_for(Health.NEEDS_SIGN_IN)
    server.users[ASA] = "fel"
    server.schemes = ('Basic realm="mail"',)
    with pytest.raises(CalendarPasswordRefused):
        running.configuration.read_calendar(desk.context().loaded.settings, {EXCHANGE_PASSWORD: "annat"})
    before = len(running.states)
    running.configuration.read_calendar(desk.context().loaded.settings, {})
    running.wait_for(Health.OK, before)


def test_a_changed_meeting_shows_within_seconds_and_polls_need_not_come(
    desk: Desk, world: World, server: ExchangeServer
) -> None:
    now = SystemClock().now()
    world.asa.items = [meeting(start=now - HOUR, end=now + HOUR)]
    desk.keyring.set_secret(EXCHANGE_PASSWORD, PASSWORD)
    running = Running(desk)
    try:
        running.wait_until(lambda state: state.want.diversion == "busy")
        running.wait_until(lambda _: "GetStreamingEvents" in [operation for operation, _ in server.soap.asked])
        world.asa.items[0].status = "OOF"
        began = time.monotonic()
        server.told.put(notification("ModifiedEvent"))
        running.wait_until(lambda _: desk.board.store.get("anna").diversion == "out_of_office")
        assert time.monotonic() - began < 5
        server.told.put(None)  # the connection breaks: nobody hears of it
        world.asa.items.clear()
        running.engine.send(SyncNow())
        running.wait_until(lambda state: state.want.diversion == "available")
        assert running.states[-1].calendar.health is Health.OK
    finally:
        running.engine.stop()


# doctor


def test_doctor_looks_for_a_server_where_none_is_chosen_and_tells_nobody_who_asks(
    desk: Desk, world: World, server: ExchangeServer
) -> None:
    stranger = world.server(authority=trustme.CA())
    urls = [server.url, stranger.url, "https://outlook.office365.com/EWS/Exchange.asmx"]
    (desk.profile / "settings.toml").write_text(
        '[calendar]\nsource = "exchange"\n[calendar.exchange]\nuser = "asa@foretag.se"\n', "utf-8"
    )
    settings = desk.context().loaded.settings
    found = [*look_for_server(settings, SystemClock(), lambda domain: urls if domain == "foretag.se" else [])]
    first, second, third = (finding.text.en for finding in found)
    assert first == f"localhost:{server.port} is an Exchange server (Negotiate, NTLM, Basic)."
    assert "does not accept its certificate" in second and "Microsoft 365" in third
    assert server.secrets_seen == [] and stranger.asked == []
    (nothing,) = look_for_server(settings, SystemClock(), lambda _: [])
    assert "No Exchange server answers" in nothing.text.en


def test_doctor_does_not_look_where_a_server_is_chosen_or_nobody_knows_the_domain(desk: Desk) -> None:
    chosen = desk.context().loaded.settings
    assert [*look_for_server(chosen, SystemClock(), lambda _: ["https://mail.invalid"])] == []
    (desk.profile / "settings.toml").write_text("[calendar]\nsource = 'exchange'\n[calendar.exchange]\nuser = 'F\\a'\n")
    assert [*look_for_server(desk.context().loaded.settings, SystemClock(), lambda _: ["https://mail.invalid"])] == []


def test_doctor_names_the_right_that_is_missing_and_counts_no_event_for_it(desk: Desk, world: World) -> None:
    world.bo.rights = {ASA: "free_busy"}
    desk.keyring.set_secret(EXCHANGE_PASSWORD, PASSWORD)
    desk.write('[rules]\nmethod = "prefix"\n', mailbox="bo@foretag.se")
    context = desk.context()
    read, limited = check_calendar(context, context.loaded.settings)
    assert read.level is Level.OK
    assert 'Add-MailboxFolderPermission "bo@foretag.se:\\Calendar"' in limited.remedy.en
