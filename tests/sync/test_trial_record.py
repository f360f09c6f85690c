"""A trial of the switchboard beside the sync: nothing of it is taken for somebody's own, whatever becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import pytest

from b2cal_desktop.core.errors import SwitchboardConflict, SwitchboardError, SwitchboardUnreachable
from b2cal_desktop.core.intents import SetDiversion
from b2cal_desktop.core.model import CLEAR, STANDARD_CATALOGUE, DiversionState
from b2cal_desktop.core.state import Phase
from b2cal_desktop.switchboards.connector_trial import Finding, Step, StepName, try_switchboard
from b2cal_desktop.switchboards.pace import Pace
from b2cal_desktop.switchboards.trial_report import summary
from b2cal_desktop.sync.trial_record import TrialRecord
from tests.sync.conftest import MakeComputer
from tests.sync.worlds import HOST, Computer, Kill, Killed, Lost, ModelCalendar, ModelSwitchboard, at, meeting, shows

Kind = Callable[[], ModelSwitchboard]
KINDS = {"ends": {}, "no ends": {"ends": False}, "blind": {"reads_back": False, "ends": False}}
MEETING = shows("meeting", at("10:00"))


class TriableModel(ModelSwitchboard):
    """A model that can also be tried."""

    exchanges: list[object]

    def check(self) -> None:
        self._reach()
        self.exchanges = []


@pytest.fixture(params=KINDS.values(), ids=KINDS.keys())
def board(request: pytest.FixtureRequest, clock: object) -> TriableModel:
    made = TriableModel(clock, **request.param)  # type: ignore[arg-type]
    made.exchanges = []
    return made


@pytest.fixture
def computer(make_computer: MakeComputer, board: TriableModel, calendar: ModelCalendar) -> Computer:
    calendar.put(meeting())
    return make_computer(board)


def try_lunch(computer: Computer, each: Callable[[Step], None] = lambda _: None) -> list[Step]:
    """The trial as the engine runs it: while no cycle does, and with the ledger in the know."""
    clock, steps = computer.clock, []
    record = TrialRecord(computer.ledger, computer.cycle.config.switchboard_id, clock)
    trial = try_switchboard(
        computer.switchboard,  # type: ignore[arg-type]
        STANDARD_CATALOGUE,
        "lunch",
        clock=clock,
        pace=Pace(clock),
        wait=clock.advance,
        record=record,
    )
    with closing(trial):
        for step in trial:
            steps.append(step)
            each(step)
    computer.cycle.recall()
    return steps


def same(board: ModelSwitchboard, wanted: DiversionState) -> bool:
    return board.shows().same_as(wanted, ends=board.abilities.knows_ends)


@pytest.mark.parametrize("moment", ["08:30", "09:10"])
def test_afterwards_all_is_as_before(computer: Computer, board: TriableModel, moment: str) -> None:
    computer.run_at(moment)
    memory = computer.ledger.memory()
    shown: list[str] = []
    steps = try_lunch(computer, lambda _: shown.append(board.shows().diversion))
    assert "lunch" in shown
    assert all(step.ok for step in steps)
    assert computer.ledger.memory() == memory
    written = board.tried_to_write
    state = computer.run()
    assert (state.manual, state.phase) == (None, Phase.RUNNING)
    assert board.tried_to_write == written, "there is nothing to put right"
    assert same(board, MEETING if moment == "09:10" else CLEAR)
    computer.run_at("10:00")
    assert board.shows() == CLEAR


def test_what_the_user_had_set_comes_back_and_is_still_theirs(computer: Computer, board: TriableModel) -> None:
    computer.run_at("08:30", SetDiversion("vacation", at("12:00")))
    try_lunch(computer)
    assert same(board, shows("vacation", at("12:00")))
    assert computer.run_at("09:30").manual == shows("vacation", at("12:00"))


@pytest.mark.parametrize("acted", [True, False])
@pytest.mark.parametrize("before", ["nothing", "ours", "by hand"])
def test_a_program_that_dies_in_the_middle_puts_it_right_at_its_next_start(
    computer: Computer, board: TriableModel, before: str, acted: bool
) -> None:
    computer.run_at("08:30")
    if before == "by hand":
        computer.run(SetDiversion("vacation", at("12:00")))
    elif before == "ours":
        computer.run_at("09:10")
    board.faults.append(Kill(acted))
    board.faults.append(Kill(acted=False))  # nor is there time to put anything back
    with pytest.raises(Killed):
        try_lunch(computer)
    assert (board.shows().diversion == "lunch") is acted
    computer.restart()
    computer.run()
    wanted = {"nothing": CLEAR, "ours": MEETING, "by hand": shows("vacation", at("12:00"))}[before]
    assert same(board, wanted)
    state = computer.run_at("09:20")
    assert (state.manual is not None) is (before == "by hand")
    assert same(board, MEETING if before == "nothing" else wanted)


def test_one_that_dies_after_the_setting_does_so_hours_later(computer: Computer, board: TriableModel) -> None:
    computer.run_at("08:30")
    board.faults.extend([Kill(acted=True), Kill(acted=False)])
    with pytest.raises(Killed):
        try_lunch(computer)
    computer.restart()
    computer.run_at("13:00")
    assert board.shows() == CLEAR


@pytest.mark.parametrize("error", [SwitchboardUnreachable(HOST, "down"), Lost(acted=False), Lost(acted=True)])
def test_what_could_not_be_put_back_is_said_and_put_right_by_the_next_cycle(
    computer: Computer, board: TriableModel, error: SwitchboardError | Lost
) -> None:
    computer.run_at("09:10")
    steps = try_lunch(computer, lambda step: board.faults.append(error) if step.name is StepName.SET else None)
    heals = isinstance(error, Lost) and error.acted and board.abilities.reads_back
    assert ("could not be put back" in summary(steps).en) is not heals
    state = computer.run()
    assert same(board, MEETING)
    assert state.manual is None


def test_somebody_elses_change_meanwhile_stays_and_counts_as_theirs(computer: Computer, board: TriableModel) -> None:
    computer.run_at("08:30")

    def quicker(step: Step) -> None:
        if step.name is StepName.SET:
            board.set_by_hand("vacation", at("12:00"))
            board.faults.append(SwitchboardConflict(HOST))

    steps = try_lunch(computer, quicker)
    assert steps[-1].finding is Finding.LEFT_ALONE
    assert "Somebody else" in summary(steps).en
    computer.run()
    if board.abilities.reads_back:
        assert computer.run_at("09:30").manual is not None
        assert board.shows().diversion == "vacation"


def test_a_switchboard_that_is_not_in_use_yet_is_remembered_too(computer: Computer, board: TriableModel) -> None:
    """Tried in the settings, and the program died; then the settings were kept."""
    computer.run_at("08:30")
    record = TrialRecord(computer.ledger, "another", computer.clock)
    record.begin(shows("lunch"), CLEAR, readable=True)
    board.set_by_hand("lunch")
    computer.configure(switchboard_id="another")
    computer.restart()
    computer.run()
    assert board.shows() == CLEAR
