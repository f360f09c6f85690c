"""The trial: what it reads, what it writes only when told to, that it puts back, and that it shows no secret."""

import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from b2cal_desktop.core.errors import ConnectorProblem
from b2cal_desktop.core.model import STANDARD_CATALOGUE, DiversionState
from b2cal_desktop.switchboards.command import COMMAND, CommandSwitchboard
from b2cal_desktop.switchboards.connector_file import find_connector, shipped_connectors
from b2cal_desktop.switchboards.connector_trial import Finding, Step, StepName, try_connector, try_switchboard
from b2cal_desktop.switchboards.manual import MANUAL
from b2cal_desktop.switchboards.trial_report import describe_step, exit_code, promise, summary
from tests.servers.broadworks import BroadWorks
from tests.servers.connector_server import ConnectorServer, Cut, Received, Reply, Script, connector_server
from tests.servers.dstny import DstnyCore
from tests.servers.portsip import PortSip
from tests.servers.threecx import ThreeCX
from tests.sync.worlds import FakeClock, at

NOW = at("09:00")
PASSWORD = "hemligt"
CHECK, LIST, GET, SET, CLEARED, READ_BACK, RESTORE = StepName
WORKED, SENT, CONFIRMED, DIFFERENT, LEFT_ALONE, FAILED = Finding


def trial(
    name: str,
    platform: Script,
    diversion: str | None = None,
    secret: str = PASSWORD,
    each: Callable[[Step, ConnectorServer], None] = lambda *_: None,
) -> list[Step]:
    file = find_connector(name)
    assert file is not None
    steps = []
    with connector_server(script=platform) as server:
        fields = {"base_url": server.url, "user": "anna", "domain": "foretag.se"}
        clock = FakeClock(NOW)
        for step in try_connector(file, fields, lambda _: secret, diversion, clock=clock, wait=clock.advance):
            steps.append(step)
            each(step, server)
    return steps


def found(steps: list[Step]) -> list[tuple[StepName, Finding]]:
    return [(step.name, step.finding) for step in steps]


@pytest.fixture
def broadworks() -> BroadWorks:
    return BroadWorks("anna", PASSWORD, now=lambda: NOW)


def test_without_being_told_to_it_only_reads(broadworks: BroadWorks) -> None:
    methods: set[str] = set()
    steps = trial("broadworks", broadworks, each=lambda _, s: methods.update(r.method for r in s.received))
    assert found(steps) == [(CHECK, WORKED), (GET, WORKED)]
    assert methods == {"GET"}
    assert exit_code(steps) == 0


def test_it_sets_confirms_and_puts_back_what_was_there(broadworks: BroadWorks) -> None:
    tea_time = NOW + timedelta(hours=6)
    broadworks.assistant |= {
        "presence": "Business Trip",
        "enableExpirationTime": "true",
        "expirationTime": tea_time.isoformat(timespec="milliseconds"),
    }
    shown = []
    steps = trial("broadworks", broadworks, "lunch", each=lambda *_: shown.append(broadworks.shows()))
    assert found(steps) == [
        (CHECK, WORKED),
        (GET, WORKED),
        (SET, SENT),
        (READ_BACK, CONFIRMED),
        (RESTORE, SENT),
        (READ_BACK, CONFIRMED),
    ]
    assert shown[2:4] == [("Lunch", NOW + timedelta(minutes=10))] * 2  # it would end by itself
    assert shown[4] == ("Business Trip", tea_time)
    assert steps[1].state == DiversionState("Business Trip", tea_time)
    assert [len(step.exchanges) for step in steps] == [1] * 6
    assert exit_code(steps) == 0


def test_a_caller_who_stops_listening_leaves_nothing_behind(broadworks: BroadWorks) -> None:
    def leave(step: Step, _server: ConnectorServer) -> None:
        if step.name is SET:
            assert broadworks.shows()[0] == "Meeting"
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trial("broadworks", broadworks, "meeting", each=leave)
    assert broadworks.shows() == ("None", None)


def test_what_cannot_be_read_back_is_sent_and_cleared_afterwards() -> None:
    platform = PortSip("anna", "foretag.se", PASSWORD)
    steps = trial("portsip", platform, "lunch")
    assert found(steps) == [(CHECK, WORKED), (SET, SENT), (RESTORE, SENT)]
    assert platform.history == [("LUNCH", "Lunch"), ("AVAILABLE", "")]
    assert "cannot be read" in steps[-1].text.en
    assert CONFIRMED not in [step.finding for step in steps]


def test_a_switchboard_that_says_yes_and_does_nothing_is_seen_through() -> None:
    platform = ThreeCX("anna", PASSWORD)

    def deaf(received: Received) -> Reply:
        return Reply(204, content_type=None) if received.method == "PATCH" else platform(received)

    steps = trial("threecx", deaf, "meeting")
    assert found(steps)[2:4] == [(SET, SENT), (READ_BACK, DIFFERENT)]
    assert exit_code(steps) == 5


@pytest.mark.parametrize(("secret", "code", "asked"), [("fel", 3, 1)])
def test_a_refused_sign_in_ends_it_after_one_try(secret: str, code: int, asked: int) -> None:
    platform = ThreeCX("anna", PASSWORD)
    steps = trial("threecx", platform, "meeting", secret)
    assert found(steps) == [(CHECK, FAILED)]
    assert exit_code(steps) == code
    assert platform.failed_sign_ins == asked


def test_an_unknown_value_changes_nothing_and_nothing_is_put_back() -> None:
    platform = DstnyCore("foretag.se", "anna", PASSWORD, frozenset({"Available"}))
    steps = trial("bredband2", platform, "lunch")
    assert found(steps) == [(CHECK, WORKED), (SET, FAILED)]
    assert platform.seen == []
    assert exit_code(steps) == 5


def test_a_write_of_unknown_outcome_is_read_and_put_back(broadworks: BroadWorks) -> None:
    writes: list[Received] = []

    def drops_the_first_answer(received: Received) -> Reply | Cut:
        reply = broadworks(received)
        if received.method == "PUT":
            writes.append(received)
            return Cut() if len(writes) == 1 else reply
        return reply

    steps = trial("broadworks", drops_the_first_answer, "meeting")
    assert found(steps)[2:] == [(SET, FAILED), (READ_BACK, CONFIRMED), (RESTORE, SENT), (READ_BACK, CONFIRMED)]
    assert broadworks.shows() == ("None", None)


def test_somebody_elses_change_in_between_is_left_alone() -> None:
    from b2cal_desktop.switchboards.practice import PracticeSwitchboard

    file = find_connector("practice")
    assert file is not None
    with PracticeSwitchboard(port=0, now=lambda: NOW) as board:
        steps = []
        fields = {"base_url": board.url, "user": "anna"}
        clock = FakeClock(NOW)
        for step in try_connector(file, fields, lambda _: None, "meeting", clock=clock, wait=clock.advance):
            steps.append(step)
            if step.name is READ_BACK:
                board.store.set("anna", "lunch", None, set_by="softphone")
        assert found(steps)[-3:] == [(SET, SENT), (READ_BACK, CONFIRMED), (RESTORE, LEFT_ALONE)]
        assert board.store.get("anna").diversion == "lunch"
    assert found(steps)[1] == (LIST, WORKED)
    assert steps[1].text.en == "The switchboard has 9 diversions."
    assert exit_code(steps) == 0


def test_values_that_the_switchboard_does_not_offer_are_named() -> None:
    def short_list(received: Received) -> Reply:
        if received.target == "/v1/diversions":
            return Reply(200, '{"diversions": [{"id": "available", "label": {"sv": "a", "en": "b"}}]}')
        return Reply(200, '{"diversion": "available", "until": null}')

    assert "meeting" in trial("practice", short_list)[1].text.en


def test_a_step_shows_each_exchange_and_no_secret() -> None:
    steps = trial("threecx", ThreeCX("anna", PASSWORD), "meeting")
    for language, words in (("sv", "Förbindelse: går."), ("en", "Connection: works.")):
        shown = "\n".join(describe_step(step, language) for step in steps)
        assert shown.startswith(words)
        assert "POST" in shown
        assert '"CurrentProfileName": "Away"' in shown
        assert "← 204" in shown
        assert PASSWORD not in shown
        assert "token-0" not in shown


def test_fields_that_cannot_be_used_are_refused_before_anything_else() -> None:
    file = find_connector("threecx")
    assert file is not None
    with pytest.raises(ConnectorProblem, match="http"):
        try_connector(file, {"base_url": "http://vaxel.example", "user": "anna"}, lambda _: None)


# --- What is said of it all


def test_writes_are_a_second_apart(broadworks: BroadWorks) -> None:
    file = find_connector("broadworks")
    assert file is not None
    clock, waited = FakeClock(NOW), []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        clock.advance(seconds)

    with connector_server(script=broadworks) as server:
        fields = {"base_url": server.url, "user": "anna"}
        list(try_connector(file, fields, lambda _: PASSWORD, "lunch", clock=clock, wait=wait))
    assert waited == [1]


def test_the_sum_of_a_trial_says_how_sure_it_is(broadworks: BroadWorks) -> None:
    assert summary(trial("broadworks", broadworks)).en == "What can be read is. Nothing was changed."
    assert summary(trial("broadworks", broadworks, "lunch")).en.startswith("Confirmed: ")
    portsip = PortSip("anna", "foretag.se", PASSWORD)
    assert summary(trial("portsip", portsip, "lunch")).en.startswith("Sent: ")
    threecx = ThreeCX("anna", PASSWORD)
    assert "sign in" in summary(trial("threecx", threecx, "lunch", "fel")).en

    def deaf(received: Received) -> Reply:
        return Reply(204, content_type=None) if received.method == "PATCH" else threecx(received)

    assert "showed something else" in summary(trial("threecx", deaf, "lunch")).en


@pytest.mark.parametrize("how", ["refused", "ignored", "cut"])
def test_what_could_not_be_put_back_comes_first(broadworks: BroadWorks, how: str) -> None:
    writes: list[Received] = []

    def only_once(received: Received) -> Reply | Cut:
        if received.method == "PUT":
            writes.append(received)
            if len(writes) == 2:
                return {"refused": Reply(403), "ignored": Reply(200), "cut": Cut()}[how]
        return broadworks(received)

    steps = trial("broadworks", only_once, "lunch")
    assert summary(steps).en.startswith("What there was before the trial could not be put back.")
    assert exit_code(steps) == 5


def test_a_put_back_without_an_answer_that_is_shown_is_one(broadworks: BroadWorks) -> None:
    writes: list[Received] = []

    def acts_silently(received: Received) -> Reply | Cut:
        reply = broadworks(received)
        if received.method == "PUT":
            writes.append(received)
            return Cut() if len(writes) == 2 else reply
        return reply

    steps = trial("broadworks", acts_silently, "lunch")
    assert found(steps)[-2:] == [(RESTORE, FAILED), (READ_BACK, CONFIRMED)]
    assert "could not be put back" not in summary(steps).en
    assert broadworks.shows() == ("None", None)


def test_a_program_is_run_twice(tmp_path: Path) -> None:
    out, script = tmp_path / "told", tmp_path / "set.py"
    script.write_text("import os, sys\nopen(sys.argv[1], 'a').write(os.environ['B2CAL_DIVERSION'] + ' ')\n")
    fields = {"program": sys.executable, "arguments": f'"{script}" "{out}"'}
    clock = FakeClock(NOW)
    program = CommandSwitchboard(fields, STANDARD_CATALOGUE)
    steps = list(try_switchboard(program, STANDARD_CATALOGUE, "lunch", clock=clock, wait=clock.advance))
    assert found(steps) == [(CHECK, WORKED), (SET, SENT), (RESTORE, SENT)]
    assert out.read_text() == "lunch available "
    assert promise(COMMAND) is not None
    assert promise(MANUAL) is None


@pytest.mark.parametrize("name", sorted(shipped_connectors()))
def test_before_it_is_done_it_is_said_what_a_trial_does(name: str) -> None:
    file = find_connector(name)
    assert file is not None
    said = promise(file)
    assert said is not None
    assert ("cannot be read" in said.en) is ("get" not in file.requests)
    assert ("within ten minutes" in said.en) is (file.ends and file.honours_ends)
