"""The engine without a screen: settings that change under it, failures that somebody sees, an orderly end."""

import threading
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from functools import cached_property
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from pathlib import Path

import pytest
import tomli_w

from b2cal_desktop.accounts.secrets import MemorySecretStore
from b2cal_desktop.assembly import build_switchboard
from b2cal_desktop.configure import ProfileConfiguration
from b2cal_desktop.context import Context
from b2cal_desktop.core.errors import SecretsUnavailable, SwitchboardNeedsSignIn
from b2cal_desktop.core.intents import FinishEarly, SwitchSync, SyncNow
from b2cal_desktop.core.state import AppState, Health, Phase
from b2cal_desktop.engine import Engine
from b2cal_desktop.switchboards.practice import PracticeSwitchboard
from b2cal_desktop.sync.ledger import Ledger
from b2cal_desktop.system.clock import SystemClock
from b2cal_desktop.system.resources import resource_folder
from b2cal_desktop.system.settings_file import Versions
from b2cal_desktop.system.zones import zone_name
from b2cal_desktop.ui.configuration import CheckStatus, TrialStep
from tests.calendars.icalendar_host import CalendarHost
from tests.calendars.icalendar_host import calendar as publish
from tests.test_cli import calendar, event

USER = "anna"


class Watched:
    """An engine and the states it has published."""

    def __init__(self, profile: Path, address: str) -> None:
        self.profile = profile
        now = SystemClock().now().replace(microsecond=0)
        start, end = now - timedelta(minutes=5), now + timedelta(hours=1)
        (profile / "calendar.ics").write_text(calendar(event("m", start, end, "MOT: Budget")))
        self.write(address)
        self.states: list[AppState] = []
        self._news = threading.Condition()

    @cached_property
    def engine(self) -> Engine:
        return Engine(Context(Namespace(profile=str(self.profile), settings=None)), self._publish)

    def write(self, address: str, **rules: object) -> None:
        settings = {
            "version": 1,
            "calendar": {"source": "icalendar", "icalendar": {"location": str(self.profile / "calendar.ics")}},
            "switchboard": {"connector": "practice", "fields": {"base_url": address, "user": USER}},
            "rules": {"method": "prefix_then_status", **rules},
        }
        (self.profile / "settings.toml").write_text(tomli_w.dumps(settings))

    def _publish(self, state: AppState) -> None:
        with self._news:
            self.states.append(state)
            self._news.notify_all()

    def wait_for(self, wanted: Callable[[AppState], bool], what: str) -> AppState:
        with self._news:
            assert self._news.wait_for(lambda: any(map(wanted, self.states[-3:])), timeout=20), what
            return next(state for state in reversed(self.states) if wanted(state))


@pytest.fixture
def board() -> Iterator[PracticeSwitchboard]:
    with PracticeSwitchboard(port=0, now=SystemClock().now) as switchboard:
        yield switchboard


@pytest.fixture
def watched(profile: Path, board: PracticeSwitchboard) -> Iterator[Watched]:
    watched = Watched(profile, board.url)
    yield watched
    watched.engine.stop()


def test_what_the_user_asks_before_the_engine_stands_is_not_lost(watched: Watched, board: PracticeSwitchboard) -> None:
    watched.engine.send(SwitchSync(enabled=False))
    watched.engine.start()
    watched.wait_for(lambda s: s.phase is Phase.OFF, "off")
    assert board.store.get(USER).diversion == "available"


def test_edited_settings_hold_at_once_and_generations_go_on(watched: Watched, board: PracticeSwitchboard) -> None:
    watched.engine.start()
    first = watched.wait_for(lambda s: s.wrote is not None, "the meeting")
    assert board.store.get(USER).diversion == "meeting"
    watched.write(board.url, prefixes={"meeting": "", "vacation": "MOT:"})
    after = watched.wait_for(lambda s: s.want.diversion == "vacation", "the new rule")
    assert after.generation > first.generation
    assert board.store.get(USER).diversion == "vacation", "what was the app's own still is"


def test_a_journey_moves_no_meeting_and_shows_the_hours_of_the_place(
    watched: Watched, board: PracticeSwitchboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Europe/Stockholm")
    watched.engine.start()
    before = watched.wait_for(lambda s: s.wrote is not None, "the meeting")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    after = watched.wait_for(lambda s: zone_name(s.timezone) == "Asia/Tokyo", "the other zone")
    assert zone_name(before.timezone) == "Europe/Stockholm"
    assert (after.want, after.next_change, after.blocks[0].start) == (
        before.want,
        before.next_change,
        before.blocks[0].start,
    )
    assert len(board.store.history(USER)) == 1, "nothing is written for it"


def test_what_the_company_decides_holds_at_once(
    watched: Watched, board: PracticeSwitchboard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = tmp_path / "policy.toml"
    monkeypatch.setenv("B2CAL_POLICY", str(policy))
    watched.engine.start()
    watched.wait_for(lambda s: s.wrote is not None, "the meeting")
    policy.write_text('[locked.rules.prefixes]\nmeeting = ""\nvacation = "MOT:"\n')
    watched.wait_for(lambda s: s.want.diversion == "vacation", "the company's rule")
    assert board.store.get(USER).diversion == "vacation"
    policy.unlink()
    watched.wait_for(lambda s: s.want.diversion == "meeting", "the user's own again")


def test_a_wrong_edit_is_said_and_the_old_settings_go_on(watched: Watched, board: PracticeSwitchboard) -> None:
    watched.engine.start()
    watched.wait_for(lambda s: s.wrote is not None, "the meeting")
    (watched.profile / "settings.toml").write_text("[sync]\npoll_seconds = 1\n")
    told = watched.wait_for(lambda s: s.failure is not None, "the complaint")
    assert told.failure is not None
    assert "settings.toml" in str(told.failure)
    assert told.want.diversion == "meeting"
    assert told.switchboard.health is Health.OK, "it has no part in it"
    watched.engine.send(FinishEarly())
    later = watched.wait_for(lambda s: s.wrote is not None and s.wrote.diversion == "available", "the engine works")
    assert [w.code for w in later.warnings] == ["settings_invalid"], "as long as it is so"
    assert all(one.generation < other.generation for one, other in pairwise(watched.states)), "no screen drops one"
    watched.write(board.url)
    watched.wait_for(lambda s: not s.warnings and s.failure is None, "all is well again")


def test_a_connector_that_does_not_exist_is_said_until_it_is_put_right(
    watched: Watched, board: PracticeSwitchboard
) -> None:
    watched.engine.start()
    watched.wait_for(lambda s: s.wrote is not None, "the meeting")
    settings = watched.profile / "settings.toml"
    settings.write_text(settings.read_text().replace('"practice"', '"nowhere"'))
    told = watched.wait_for(lambda s: s.failure is None and s.warnings != (), "the remark")
    assert "nowhere" in told.warnings[0].text.sv
    assert all(one.generation < other.generation for one, other in pairwise(watched.states))
    watched.write(board.url)
    watched.wait_for(lambda s: s.warnings == (), "all is well again")


def test_a_switch_that_cannot_be_kept_is_said_and_holds_nothing_up(
    watched: Watched, board: PracticeSwitchboard
) -> None:
    watched.engine.start()
    watched.wait_for(lambda s: s.wrote is not None, "the meeting")
    (watched.profile / "settings.toml").write_text("[sync]\npoll_seconds = 1\n")
    told = watched.wait_for(lambda s: s.failure is not None, "the complaint")
    watched.engine.send(SwitchSync(enabled=False))
    after = watched.wait_for(lambda s: s.generation > told.generation and s.failure is None, "the next cycle")
    assert after.enabled and board.store.get(USER).diversion == "meeting", "what could not be kept does not hold"


def test_an_unknown_switchboard_is_said_rather_than_hung(watched: Watched) -> None:
    settings = watched.profile / "settings.toml"
    settings.write_text(settings.read_text().replace('"practice"', '"nowhere"'))
    watched.engine.start()
    state = watched.wait_for(lambda s: s.failure is not None, "the complaint")
    assert "nowhere" in str(state.failure)
    assert watched.engine.refusal is not None


def test_what_kept_it_from_starting_may_pass(watched: Watched, board: PracticeSwitchboard) -> None:
    in_the_way = watched.profile / "ledger.sqlite3"
    in_the_way.mkdir()
    watched.engine.start()
    told = watched.wait_for(lambda s: s.failure is not None, "the complaint")
    assert str(watched.profile) in str(told.failure)
    assert watched.engine.lend(lambda lent: lent.stopping()) is False, "what is lent waits for nothing"
    in_the_way.rmdir()
    watched.engine.send(SyncNow())
    after = watched.wait_for(lambda s: s.wrote is not None, "the meeting")
    assert after.generation > told.generation
    assert board.store.get(USER).diversion == "meeting"


def test_a_second_engine_on_the_profile_is_refused(watched: Watched, board: PracticeSwitchboard) -> None:
    watched.engine.start()
    watched.wait_for(lambda s: s.wrote is not None, "the meeting")
    second = Watched(watched.profile, board.url)
    second.engine.start()
    state = second.wait_for(lambda s: s.failure is not None, "the complaint")
    assert "already running" in str(state.failure)
    second.engine.stop()
    watched.engine.send(SyncNow())
    watched.wait_for(lambda s: s.generation > 1, "the first one goes on")


def test_what_was_written_in_one_switchboard_says_nothing_of_another(watched: Watched) -> None:
    watched.engine.start()
    watched.wait_for(lambda s: s.wrote is not None, "the meeting")
    with PracticeSwitchboard(port=0, now=SystemClock().now) as other:
        watched.write(other.url)
        watched.wait_for(lambda s: s.wrote is not None and len(other.store.history(USER)) == 1, "the move")
        assert other.store.get(USER).diversion == "meeting"


# --- Lent out: the trial of the switchboard


@pytest.fixture
def configuration(watched: Watched) -> ProfileConfiguration:
    """What the settings window talks to, beside the running engine."""
    return ProfileConfiguration(Context(Namespace(profile=str(watched.profile), settings=None)), watched.engine)


def test_a_trial_beside_the_running_sync_is_nobodys_diversion(
    watched: Watched, configuration: ProfileConfiguration, board: PracticeSwitchboard
) -> None:
    watched.engine.start()
    watched.wait_for(lambda s: s.wrote is not None, "the meeting")
    before, meeting = len(watched.states), board.store.get(USER)
    steps: list[TrialStep] = []
    settings = Context(Namespace(profile=str(watched.profile), settings=None)).load().settings

    def tell(step: TrialStep) -> None:
        steps.append(step)
        assert threading.current_thread().name == "b2cal-sync", "no cycle can run meanwhile"
        watched.engine.send(SyncNow())
        assert len(watched.states) == before

    result = configuration.try_switchboard(settings, {}, "lunch", tell)
    assert (result.status, len(steps)) == (CheckStatus.OK, 7)
    state = watched.wait_for(lambda s: s.generation > watched.states[before - 1].generation, "the sync after it")
    assert (state.phase, state.manual) == (Phase.RUNNING, None)
    now = board.store.get(USER)
    assert (now.diversion, now.until) == (meeting.diversion, meeting.until)
    history = [entry.diversion for entry in reversed(board.store.history(USER))]
    assert history == ["meeting", "lunch", "meeting"], "and nothing is written again"
    times = [entry.changed for entry in board.store.history(USER)]
    assert min((later - earlier).total_seconds() for later, earlier in pairwise(times)) >= 1


def test_what_goes_wrong_with_what_is_lent_reaches_whoever_borrowed(watched: Watched) -> None:
    watched.engine.start()
    with pytest.raises(ZeroDivisionError):
        watched.engine.lend(lambda _: 1 / 0)
    watched.wait_for(lambda s: s.phase is Phase.RUNNING, "it goes on")


def test_quitting_ends_a_trial_and_what_was_there_is_put_back_first(
    watched: Watched, configuration: ProfileConfiguration, board: PracticeSwitchboard
) -> None:
    watched.engine.start()
    watched.wait_for(lambda s: s.wrote is not None, "the meeting")
    settings = Context(Namespace(profile=str(watched.profile), settings=None)).load().settings
    leaving = threading.Thread(target=watched.engine.stop)

    def tell(_step: TrialStep) -> None:
        if board.store.get(USER).diversion == "lunch" and not leaving.is_alive():
            leaving.start()
            leaving.join(0.2)

    configuration.try_switchboard(settings, {}, "lunch", tell)
    leaving.join(10)
    assert not leaving.is_alive()
    assert board.store.get(USER).diversion == "meeting"
    assert [entry.diversion for entry in board.store.history(USER)] == ["meeting", "lunch", "meeting"]


def test_without_a_running_engine_a_trial_goes_on_all_the_same(
    watched: Watched, configuration: ProfileConfiguration, board: PracticeSwitchboard
) -> None:
    settings = Context(Namespace(profile=str(watched.profile), settings=None)).load().settings
    assert configuration.try_switchboard(settings, {}, "lunch", lambda _: None).status is CheckStatus.OK
    assert board.store.get(USER).diversion == "available"
    watched.engine.start()  # which the fixture stops


def without_ends(profile: Path) -> None:
    """The practice switchboard of ``profile`` becomes one that knows no ends."""
    shipped = (resource_folder() / "connectors" / "practice.toml").read_text(encoding="utf-8")
    endless = shipped.replace('id = "practice"', 'id = "endless"').replace("ends = true", "ends = false")
    endless = endless.replace('until = "{until:iso}"', "until = false").replace(', until = "until"', "")
    (profile / "connectors").mkdir()
    (profile / "connectors" / "endless.toml").write_text(endless.replace("until = false, ", ""), "utf-8")
    settings = profile / "settings.toml"
    settings.write_text(settings.read_text().replace('"practice"', '"endless"'))


def test_a_switchboard_that_knows_no_ends_is_left_cleared(watched: Watched, board: PracticeSwitchboard) -> None:
    without_ends(watched.profile)
    watched.engine.start()
    watched.wait_for(lambda s: s.wrote is not None, "the meeting")
    with PracticeSwitchboard(port=0, now=SystemClock().now) as other:
        watched.write(other.url)
        watched.wait_for(lambda s: s.wrote is not None and len(other.store.history(USER)) == 1, "the move")
        assert board.store.get(USER).diversion == "available", "nobody else would"
        watched.write(board.url)
        watched.wait_for(lambda _: board.store.get(USER).diversion == "meeting", "back again")
        assert other.store.get(USER).diversion == "meeting", "it ends there by itself"


def test_a_calendar_that_never_answers_keeps_nobody_from_leaving(watched: Watched, board: PracticeSwitchboard) -> None:
    """As at log-off, when the company's network is gone and the switchboard's is not."""
    without_ends(watched.profile)
    asked, go_on = threading.Event(), threading.Event()
    body = (watched.profile / "calendar.ics").read_bytes()
    serve = publish(body)

    def never(request: BaseHTTPRequestHandler) -> None:
        asked.set()
        assert go_on.wait(20)
        serve(request)

    with CalendarHost(None, "127.0.0.1") as host:
        host.answer = serve
        file = watched.profile / "settings.toml"
        file.write_text(file.read_text().replace(str(watched.profile / "calendar.ics"), host.address))
        watched.engine.start()
        watched.wait_for(lambda s: s.wrote is not None, "the meeting")
        host.answer = never
        watched.engine.send(SyncNow())
        assert asked.wait(10)
        clock = SystemClock()
        before = clock.monotonic()
        watched.engine.stop(3.0)
        assert clock.monotonic() - before < 4
        assert board.store.get(USER).diversion == "available"
        go_on.set()
        (sync,) = [thread for thread in threading.enumerate() if thread.name == "b2cal-sync"]
        sync.join(20)  # its calendar has answered: it goes on where it was
        assert not sync.is_alive()
        again = Watched.__new__(Watched)
        vars(again).update({name: value for name, value in vars(watched).items() if name != "engine"})
        again.engine.start()
        again.wait_for(lambda _: board.store.get(USER).diversion == "meeting", "nobody has come back early")
        again.engine.stop()
    shown = [entry.diversion for entry in reversed(board.store.history(USER))]
    assert shown == ["meeting", "available", "meeting", "available"]


def renamed(data: dict[str, object]) -> dict[str, object]:
    return {"language": data.get("tongue", "auto"), **{key: value for key, value in data.items() if key != "tongue"}}


def test_settings_of_an_older_version_are_brought_up_to_date_and_kept_at_the_start(profile: Path) -> None:
    with PracticeSwitchboard(port=0, now=SystemClock().now) as board:
        watched = Watched(profile, board.url)
        file = profile / "settings.toml"
        file.write_text('tongue = "en"\n' + file.read_text())
        old = file.read_bytes()
        context = Context(Namespace(profile=str(profile), settings=None), versions=Versions(2, {1: renamed}))
        assert context.loaded.migrated_from == 1 and file.read_bytes() == old
        watched.engine = Engine(context, watched._publish)  # type: ignore[misc]  # in place of the usual one
        watched.engine.start()
        watched.wait_for(lambda state: state.phase is Phase.RUNNING, "a state")
        watched.engine.stop()
    assert (profile / "settings.toml.v1.bak").read_bytes() == old
    assert file.read_text().startswith("version = 2\n") and "tongue" not in file.read_text()
    assert Context(context.arguments, versions=context.versions).loaded.migrated_from is None
    assert [path.name for path in profile.rglob("*") if path.stat().st_mode & 0o077 and path.suffix != ".ics"] == []


def test_settings_that_cannot_be_brought_up_to_date_are_read_as_they_are_meant(profile: Path) -> None:
    file = profile / "settings.toml"
    file.write_text('version = 1\ntongue = "en"\n')
    (profile / "settings.toml.v1.bak").mkdir()  # in the way
    context = Context(Namespace(profile=str(profile), settings=None), versions=Versions(2, {1: renamed}))
    assert context.brought_up_to_date(context.loaded).settings.language == "en"
    assert "tongue" in file.read_text()


class CountingKeyring(MemorySecretStore):
    """Counts the questions; ``locked`` as one that waits for its user."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.locked = False

    def get_secret(self, name: str) -> str | None:
        self.asked.append(name)
        if self.locked:
            raise SecretsUnavailable("locked")
        return super().get_secret(name)


def test_the_keyring_is_asked_for_a_switchboards_secret_once_and_again_after_a_sign_in(profile: Path) -> None:
    """Each question may start a process, and a write at the edge of a block must not wait for that."""
    keyring = CountingKeyring()
    context = Context(Namespace(profile=str(profile), settings=None))
    context.secret_store = keyring
    with PracticeSwitchboard(port=0, now=SystemClock().now, token="t1") as board:
        Watched(profile, board.url)
        settings = context.loaded.settings
        with closing(Ledger(Path(":memory:"))) as ledger:
            keyring.locked = True
            with closing(build_switchboard(context, settings, ledger)) as switchboard:
                for _ in range(2):
                    with pytest.raises(SwitchboardNeedsSignIn):
                        switchboard.fetch_diversion()
                assert len(keyring.asked) == 2, "it may have been unlocked"
                keyring.locked = False
                keyring.set_secret("switchboard/practice/token", "t1")
                keyring.asked.clear()
                context.secrets_problem = None
                for _ in range(3):
                    assert switchboard.fetch_diversion() is not None
                assert len(keyring.asked) == 1
            keyring.set_secret("switchboard/practice/token", "t2")
            with closing(build_switchboard(context, settings, ledger)) as anew:
                with pytest.raises(SwitchboardNeedsSignIn):
                    anew.fetch_diversion()
                assert len(keyring.asked) == 2
