"""When cycles run: edges, polls, requests, jumps, back-off; by hand with a fake clock, and on the real thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from b2cal_desktop.core.errors import (
    CalendarNeedsSignIn,
    CalendarThrottled,
    CalendarUnreachable,
    LedgerDamaged,
    SwitchboardNeedsSignIn,
    SwitchboardThrottled,
    SwitchboardUnreachable,
)
from b2cal_desktop.core.intents import FinishEarly, Pause, SetDiversion
from b2cal_desktop.core.model import CLEAR, STANDARD_CATALOGUE, DiversionState
from b2cal_desktop.core.state import ActionName, Health, Phase, ServiceHealth
from b2cal_desktop.switchboards.manual import ManualSwitchboard
from b2cal_desktop.switchboards.pace import Pace
from b2cal_desktop.sync.cycle import Cycle
from b2cal_desktop.sync.loop import Backoff, Loop, Timing
from tests.sync.conftest import MakeComputer
from tests.sync.worlds import (
    HOST,
    Computer,
    FakeClock,
    Lost,
    ModelCalendar,
    ModelSwitchboard,
    Quicker,
    at,
    event,
    meeting,
    shows,
)

NO_CALENDAR = CalendarUnreachable("kalender.invalid", "down")
NO_SWITCHBOARD = SwitchboardUnreachable(HOST, "down")


@pytest.fixture
def computer(make_computer: MakeComputer, model: ModelSwitchboard, calendar: ModelCalendar) -> Computer:
    calendar.put(meeting())
    return make_computer(model)


def gaps(instants: list[datetime]) -> list[float]:
    return [(b - a).total_seconds() for a, b in pairwise(instants)]


# --- Edges and polls ---


@pytest.mark.parametrize(("spread", "share"), [(1.0, 0.0), (1.0, 0.7), (30.0, 1.0), (0.0, 0.9)])
def test_an_edge_is_written_at_once_or_by_the_computers_own_offset(
    make_computer: MakeComputer, model: ModelSwitchboard, calendar: ModelCalendar, spread: float, share: float
) -> None:
    calendar.put(meeting("09:00:20", "09:30:20"), event("l", at("09:30:20"), at("10:00:10"), "LUN:"))
    computer = make_computer(model, timing=Timing(900, spread, share, poll_share=0.99))
    computer.play_to(at("10:05"))
    late = [written.at for written in model.written]
    assert late == [at(moment) + timedelta(seconds=spread * share) for moment in ("09:00:20", "09:30:20")]
    assert model.shows() == CLEAR


def test_polls_come_in_this_computers_own_phase(
    make_computer: MakeComputer, model: ModelSwitchboard, calendar: ModelCalendar, clock: FakeClock
) -> None:
    clock.advance(7.123456)
    computer = make_computer(model, timing=Timing(60, poll_share=0.25))
    computer.play_to(at("08:30"))
    assert calendar.fetches[0] == at("08:00") + timedelta(seconds=7.123456)
    assert {fetched.second for fetched in calendar.fetches[1:]} == {15}
    assert len(calendar.fetches) == 1 + 30


def test_an_hour_takes_no_more_looks_than_it_has_polls_and_edges(
    computer: Computer, model: ModelSwitchboard, calendar: ModelCalendar
) -> None:
    looks = computer.play_to(at("11:00"))
    assert looks <= 3 * 60 + 2 + 3
    assert len(calendar.fetches) == 3 * 60 + 1  # edges use the events at hand
    assert model.tried_to_write == 1


def test_nothing_happens_between_two_due_instants(computer: Computer, clock: FakeClock) -> None:
    assert computer.loop.tick() is not None
    for _ in range(59):
        clock.advance(1)
        assert computer.loop.tick() is None
    clock.advance(1)
    assert computer.loop.tick() is not None
    assert len(computer.published) == 2


def test_the_end_of_a_pause_is_an_edge(
    make_computer: MakeComputer, model: ModelSwitchboard, calendar: ModelCalendar
) -> None:
    calendar.put(meeting())
    computer = make_computer(model, timing=Timing(900, 0))
    computer.loop.tick()
    computer.loop.request(Pause(at("09:07:30")))
    computer.play_to(at("09:10"))
    assert [w.at for w in model.written] == [at("09:07:30")]


def test_the_end_of_a_diversion_from_the_tray_is_an_edge(make_computer: MakeComputer, clock: FakeClock) -> None:
    model = ModelSwitchboard(clock, ends=False)
    computer = make_computer(model, timing=Timing(900, 0))
    computer.loop.request(SetDiversion("lunch", at("08:20:30")))
    computer.play_to(at("08:25"))
    assert [(w.at, w.state) for w in model.written] == [(at("08:00"), shows("lunch")), (at("08:20:30"), CLEAR)]


@pytest.mark.parametrize("kind", [{"ends": False}, {"honours_ends": False}, {"reads_back": False, "ends": False}])
@pytest.mark.parametrize("rests", ["paused", "off"])
def test_it_ends_also_while_the_app_rests_and_the_switchboard_would_not(
    make_computer: MakeComputer, calendar: ModelCalendar, clock: FakeClock, kind: dict[str, bool], rests: str
) -> None:
    model = ModelSwitchboard(clock, **kind)
    calendar.put(meeting("08:00", "12:00"))
    computer = make_computer(model, timing=Timing(900, 0))
    computer.play_to(at("08:05"))
    if rests == "off":
        computer.configure(enabled=False)
    computer.loop.request(Pause(at("11:00")), SetDiversion("lunch", at("08:20:30")))
    computer.play_to(at("08:30"))
    ends = model.abilities.knows_ends
    assert [(w.at, w.state) for w in model.written[1:]] == [
        (at("08:05"), shows("lunch", at("08:20:30") if ends else None)),
        (at("08:20:30"), CLEAR),
    ]


# --- Requests ---


def test_several_requests_make_one_cycle(computer: Computer, model: ModelSwitchboard, calendar: ModelCalendar) -> None:
    computer.clock.advance_to(at("09:10"))
    computer.loop.tick()
    fetched = len(calendar.fetches)
    for _ in range(5):
        computer.loop.request()
    computer.loop.request(FinishEarly())
    state = computer.loop.tick()
    assert state is not None
    assert state.action is ActionName.CLEAR
    assert len(calendar.fetches) == fetched  # nobody asked for that
    assert computer.loop.tick() is None
    computer.loop.request(fetch=True)
    computer.loop.tick()
    assert len(calendar.fetches) == fetched + 1


def test_a_changed_setting_holds_from_the_next_cycle_which_comes_at_once(
    computer: Computer, model: ModelSwitchboard
) -> None:
    computer.clock.advance_to(at("09:10"))
    computer.loop.tick()
    computer.loop.reconfigure(lambda _: computer.configure(enabled=False), Timing(600))
    state = computer.loop.tick()
    assert state is not None
    assert (state.phase, model.shows()) == (Phase.OFF, CLEAR)
    assert computer.loop.seconds_until_due() == 600


def test_a_cycle_that_a_job_returns_takes_the_place_of_the_old_one(computer: Computer, model: ModelSwitchboard) -> None:
    computer.loop.tick()
    other = ModelCalendar(event("v", at("08:00"), at("12:00"), "SEM:"))

    def rebuilt(cycle: Cycle) -> Cycle:
        return Cycle(other, model, computer.ledger, cycle.config, cycle.generation)

    computer.loop.reconfigure(rebuilt)
    state = computer.loop.tick()
    assert state is not None
    assert state.wrote == shows("vacation", at("12:00"))
    assert state.generation == computer.published[0].generation + 1


# --- The clock jumps, the computer sleeps ---


@pytest.mark.parametrize("how", ["sleep", "jump", "back"])
def test_after_sleep_or_a_jump_one_cycle_decides_from_the_present(
    computer: Computer, model: ModelSwitchboard, calendar: ModelCalendar, clock: FakeClock, how: str
) -> None:
    calendar.put(*(event(f"l{h}", at(f"{h}:00"), at(f"{h}:30"), "LUN:") for h in range(10, 16)))
    computer.play_to(at("09:30:20"))
    written, fetched, cycles = len(model.written), len(calendar.fetches), len(computer.published)
    if how == "sleep":
        clock.sleep(5.5 * 3600)
    else:
        clock.jump(5.5 * 3600 if how == "jump" else -5400)
    state = computer.loop.tick()
    assert state is not None
    assert computer.loop.tick() is None
    assert (len(calendar.fetches), len(computer.published)) == (fetched + 1, cycles + 1)
    assert 0 < computer.loop.seconds_until_due() <= 60
    # Back in time the meeting has not begun; ahead, lunch at three is over soon. The lunches between are not replayed.
    expected = [CLEAR] if how == "back" else [shows("lunch", at("15:30"))] if at("15:00") <= clock.now() else []
    assert [w.state for w in model.written[written:]] == expected


def test_a_small_correction_of_the_clock_is_no_jump(computer: Computer, clock: FakeClock) -> None:
    computer.loop.tick()
    for seconds in (0.5, -0.5, 2, -2):
        clock.jump(seconds)
        clock.advance(1)
        assert computer.loop.tick() is None


def test_a_wake_up_ends_the_back_off(
    computer: Computer, model: ModelSwitchboard, calendar: ModelCalendar, clock: FakeClock
) -> None:
    model.outage, calendar.error = NO_SWITCHBOARD, NO_CALENDAR
    computer.play_to(at("08:30"))
    model.outage = calendar.error = None
    clock.sleep(10)
    state = computer.loop.tick()
    assert state is not None
    assert (state.calendar.health, state.switchboard.health) == (Health.OK, Health.OK)


# --- The network is away and comes back ---


def test_when_the_network_is_back_both_sides_are_asked_after_this_computers_own_share(
    make_computer: MakeComputer, model: ModelSwitchboard, calendar: ModelCalendar, clock: FakeClock
) -> None:
    calendar.put(meeting())
    computer = make_computer(model, timing=Timing(poll_share=0.4))
    model.outage, calendar.error = NO_SWITCHBOARD, NO_CALENDAR
    computer.play_to(at("08:30"))
    clock.advance(1)
    model.outage = calendar.error = None
    computer.loop.network_back()
    computer.loop.network_back()  # it flutters
    clock.advance(3.9)
    assert computer.loop.tick() is None and 0 < computer.loop.seconds_until_due() <= 0.1
    clock.advance(0.1)
    state = computer.loop.tick()
    assert state is not None
    assert (state.calendar.health, state.switchboard.health) == (Health.OK, Health.OK)
    assert computer.loop.tick() is None and computer.loop.seconds_until_due() > 0


def test_who_asked_for_patience_is_not_asked_because_a_network_is_back(
    make_computer: MakeComputer, model: ModelSwitchboard, calendar: ModelCalendar, clock: FakeClock
) -> None:
    computer = make_computer(model)
    model.outage = SwitchboardThrottled(HOST, retry_after=900.0)
    calendar.error = CalendarThrottled("kalender.invalid", retry_after=900.0)
    computer.loop.tick()
    reads, fetches = len(model.requests), len(calendar.fetches)
    clock.advance(20)
    computer.loop.network_back()
    computer.loop.tick()
    assert (len(model.requests), len(calendar.fetches)) == (reads, fetches)


def test_before_a_cycle_elsewhere_what_was_learnt_of_the_old_network_is_given_up(
    computer: Computer, clock: FakeClock
) -> None:
    told: list[datetime] = []
    loop = Loop(computer.cycle, clock, Timing(), lambda _: None, elsewhere=lambda: told.append(clock.now()))
    loop.tick()
    clock.advance(60)
    loop.tick()
    assert told == []
    clock.sleep(7)
    loop.tick()
    loop.network_back()
    loop.tick()
    assert told == [clock.now()] * 2


# --- Back-off ---


def test_back_off_doubles_from_five_seconds_to_five_minutes(computer: Computer, model: ModelSwitchboard) -> None:
    model.outage = NO_SWITCHBOARD
    computer.play_to(at("08:40"))
    assert gaps(model.requests)[:8] == [5, 10, 20, 40, 80, 150, 150, 150]
    model.outage = None
    computer.play_to(at("08:50"))
    model.outage = NO_SWITCHBOARD
    before = len(model.requests)
    computer.play_to(at("08:53"))
    assert gaps(model.requests[before:])[:3] == [5, 10, 20]  # a success is a fresh start


def test_polls_leave_a_failing_calendar_to_its_back_off(
    computer: Computer, model: ModelSwitchboard, calendar: ModelCalendar
) -> None:
    computer.play_to(at("08:10:30"))
    calendar.error = NO_CALENDAR
    before = len(calendar.fetches)
    read = len(model.requests)
    computer.play_to(at("08:30:30"))
    assert gaps(calendar.fetches[before:])[:8] == [5, 10, 20, 40, 80, 150, 150, 150]
    assert len(model.requests) - read >= 20  # the switchboard is polled all the while
    calendar.error = None
    calendar.put(event("l", at("08:00"), at("12:00"), "LUN:"))
    computer.play_to(at("08:36"))
    assert model.shows().diversion == "lunch"


def test_nor_does_a_calendar_that_tells_of_its_changes(computer: Computer, model: ModelSwitchboard) -> None:
    model.outage = SwitchboardThrottled(HOST, retry_after=300)
    computer.loop.tick()
    for _ in range(5):
        computer.clock.advance(10)
        computer.loop.request(fetch=True)
        computer.loop.tick()
    assert len(model.requests) == 1


@pytest.mark.parametrize("asked", [90.0, 700.0])
def test_neither_poll_nor_edge_disturbs_a_switchboard_that_asked_to_be_left_alone(
    computer: Computer, model: ModelSwitchboard, asked: float
) -> None:
    computer.play_to(at("08:59:30"))
    model.outage = SwitchboardThrottled(HOST, retry_after=asked)
    before = len(model.requests)
    computer.play_to(at("09:40"))
    assert min(gaps(model.requests[before:])) >= asked
    model.outage = None
    computer.play_to(at("09:52"))
    assert model.shows() == shows("meeting", at("10:00"))


def test_a_switchboard_is_read_no_more_often_than_polled_while_the_calendar_fails(
    make_computer: MakeComputer, model: ModelSwitchboard, calendar: ModelCalendar
) -> None:
    computer = make_computer(model, timing=Timing(300, 0))
    computer.play_to(at("08:00:30"))
    calendar.error = NO_CALENDAR
    computer.play_to(at("09:01"))
    assert len(calendar.fetches) > 15, "the back-off goes on"
    assert set(gaps(model.requests)) == {300}
    assert {state.seen for state in computer.published} == {CLEAR}, "what was read last is still known"
    calendar.error = None
    calendar.put(event("l", at("08:00"), at("12:00"), "LUN:"))
    computer.play_to(at("09:06"))
    assert model.written[0].at - calendar.fetches[-1] < timedelta(seconds=1), (
        "once it is back, what is right is written"
    )


def test_a_calendar_that_asks_for_patience_gets_it(computer: Computer, calendar: ModelCalendar) -> None:
    calendar.error = CalendarThrottled("kalender.invalid", retry_after=400)
    computer.play_to(at("09:00"))
    assert set(gaps(calendar.fetches)) == {400}


def test_an_edge_is_tried_at_once_although_a_try_before_failed(
    computer: Computer, model: ModelSwitchboard, calendar: ModelCalendar
) -> None:
    model.outage = NO_SWITCHBOARD
    computer.play_to(at("08:59:50"))
    model.outage = None
    computer.play_to(at("09:00:01"))
    assert [w.at for w in model.written] == [at("09:00")]


def test_the_users_own_hand_need_not_wait_for_the_back_off(computer: Computer, model: ModelSwitchboard) -> None:
    model.outage = SwitchboardThrottled(HOST, retry_after=3000)
    computer.play_to(at("08:10"))
    model.outage = None
    computer.loop.request(SetDiversion("lunch", at("08:30")))
    computer.loop.tick()
    assert model.shows() == shows("lunch", at("08:30"))


def test_a_refused_sign_in_is_not_tried_by_polls_edges_or_back_off(
    computer: Computer, model: ModelSwitchboard, calendar: ModelCalendar
) -> None:
    model.outage, calendar.error = SwitchboardNeedsSignIn(HOST), CalendarNeedsSignIn("kalender.invalid")
    looks = computer.play_to(at("11:00"))
    assert (len(model.requests), len(calendar.fetches)) == (1, 1)
    assert looks <= 3 * 60 + 5
    model.outage = calendar.error = None
    computer.loop.reconfigure(Cycle.sign_in_changed)
    computer.loop.tick()
    assert computer.published[-1].phase is Phase.RUNNING


def test_jitter_spreads_and_patience_has_an_end(clock: FakeClock) -> None:
    for jitter, expected in ((0.0, [5, 10, 20, 40, 80, 150, 150]), (1.0, [10, 20, 40, 80, 160, 300, 300])):
        backoff = Backoff(lambda jitter=jitter: jitter)  # type: ignore[misc]
        side = ServiceHealth(Health.UNREACHABLE, error=NO_SWITCHBOARD)
        for delay in expected:
            backoff.note(side, clock.now())
            assert backoff.retry_at is not None
            assert (backoff.retry_at - clock.now()).total_seconds() == pytest.approx(delay)
    backoff.note(replace(side, error=SwitchboardThrottled(HOST, retry_after=1e9)), clock.now())
    assert backoff.retry_at == clock.now() + timedelta(hours=1)


def test_a_lost_answer_is_looked_into_after_seconds_not_at_the_next_poll(
    computer: Computer, model: ModelSwitchboard
) -> None:
    computer.play_to(at("08:59:59"))
    model.faults.append(Lost(acted=False))
    computer.play_to(at("09:00:30"))
    assert [w.at for w in model.written] == [at("09:00:05")]


# --- Manners: at most one write a second ---


@pytest.fixture
def paced(make_computer: MakeComputer, model: ModelSwitchboard, calendar: ModelCalendar, clock: FakeClock) -> Computer:
    """A computer as the app assembles it, with a meeting from nine to ten; nothing has been written yet."""
    calendar.put(meeting())
    return make_computer(model, pace=Pace(clock), timing=Timing(900, 0))


def test_a_quiet_switchboard_gets_the_edge_at_once(
    paced: Computer, model: ModelSwitchboard, calendar: ModelCalendar
) -> None:
    calendar.put(event("l", at("10:00"), at("10:30"), "LUN:"))
    paced.play_to(at("10:00:30"))
    assert [w.at for w in model.written] == [at("09:00"), at("10:00")]


def test_writes_are_a_second_apart_however_fast_somebody_clicks(paced: Computer, model: ModelSwitchboard) -> None:
    paced.play_to(at("09:00"))
    for minutes in range(1, 6):
        paced.clock.advance(0.1)
        paced.loop.request(SetDiversion("lunch", at("09:30") + timedelta(minutes=minutes)))
        paced.loop.tick()
    assert len(model.written) == 1, "the edge's own"
    paced.play_to(at("09:00:03"))
    assert [(w.at, w.state) for w in model.written[1:]] == [(at("09:00:01"), shows("lunch", at("09:35")))]
    assert paced.published[-1].manual == shows("lunch", at("09:35"))


def test_edges_closer_than_a_second_are_written_a_second_apart_and_only_what_is_right_then(
    paced: Computer, model: ModelSwitchboard, calendar: ModelCalendar
) -> None:
    half = timedelta(seconds=0.5)
    for number in range(6):
        start = at("09:30") + number * half
        calendar.put(event(f"q{number}", start, start + half, "UTE: q" if number % 2 else "SEM: q"))
    paced.play_to(at("09:30:10"))
    # A block that is over when its turn comes is not written at all.
    assert gaps([w.at for w in model.written]) == [1800, 1, 1, 1]
    assert [w.state.diversion for w in model.written[1:]] == ["vacation", "vacation", "vacation", "meeting"]


def test_a_write_that_failed_counts_too(paced: Computer, model: ModelSwitchboard) -> None:
    paced.play_to(at("08:59:59"))
    model.faults.extend([Lost(acted=False)] * 3)
    tried: list[datetime] = []
    write = model.write_diversion

    def noted(state: DiversionState) -> None:
        tried.append(paced.clock.now())
        write(state)

    model.write_diversion = noted  # type: ignore[method-assign]
    paced.play_to(at("09:00"))
    for _ in range(4):
        paced.clock.advance(0.3)
        paced.loop.request()
        paced.loop.tick()
    paced.play_to(at("09:02"))
    assert min(gaps(tried)) >= 1
    assert model.shows() == shows("meeting", at("10:00"))


@pytest.mark.parametrize("by_hand", [False, True])
def test_after_a_conflict_the_second_try_waits_its_turn(
    paced: Computer, model: ModelSwitchboard, by_hand: bool
) -> None:
    paced.play_to(at("08:59:59"))
    model.faults.append(Quicker(CLEAR if not by_hand else shows("vacation")))
    if by_hand:
        paced.loop.request(SetDiversion("lunch", at("09:30")))
    paced.play_to(at("09:00:05"))
    ours = [w for w in model.written if w.by == "app"]
    assert [w.state for w in ours] == [shows("lunch", at("09:30")) if by_hand else shows("meeting", at("10:00"))]
    assert gaps([model.written[0].at, ours[0].at]) == [1]


def test_quitting_writes_at_once(make_computer: MakeComputer, clock: FakeClock, calendar: ModelCalendar) -> None:
    calendar.put(meeting())
    model = ModelSwitchboard(clock, ends=False)
    computer = make_computer(model, pace=Pace(clock))
    computer.play_to(at("09:00"))
    computer.cycle.leave(clock.now(), clear=True)
    assert model.shows() == CLEAR


def test_what_is_only_announced_needs_no_pace(make_computer: MakeComputer, clock: FakeClock) -> None:
    computer = make_computer(ManualSwitchboard(STANDARD_CATALOGUE), pace=Pace(clock), timing=Timing(900, 0))
    for diversion in ("lunch", "vacation"):
        computer.loop.request(SetDiversion(diversion, None))
        computer.loop.tick()
        assert computer.published[-1].wrote == shows(diversion)


def test_pause_and_off_wait_their_turn_too(paced: Computer, model: ModelSwitchboard) -> None:
    paced.play_to(at("09:00"))
    paced.loop.reconfigure(lambda _: paced.configure(enabled=False))
    paced.loop.tick()
    assert model.shows().diversion == "meeting"
    assert paced.published[-1].phase is Phase.OFF
    paced.play_to(at("09:00:02"))
    assert [(w.at, w.state) for w in model.written[1:]] == [(at("09:00:01"), CLEAR)]


# --- The real thread ---


def test_a_write_that_waits_keeps_nobody_from_stopping(
    make_computer: MakeComputer, model: ModelSwitchboard, calendar: ModelCalendar, clock: FakeClock
) -> None:
    """The clock stands still, so its turn never comes."""
    calendar.put(meeting())
    clock.advance_to(at("09:00"))
    stage = _Stage(make_computer(model, pace=Pace(clock)))
    stage.loop.start()
    stage.wait_for(lambda: len(stage.states) == 1)
    stage.loop.request(SetDiversion("lunch", None))
    stage.wait_for(lambda: len(stage.states) == 2)
    assert stage.loop.stop(timeout=5)
    assert len(model.written) == 1


class _Stage:
    """A real loop on a real thread and a clock that stands still; states are waited for, not slept for."""

    def __init__(self, computer: Computer) -> None:
        self.computer = computer
        self.states: list[object] = []
        self.failures: list[Exception] = []
        self._news = threading.Condition()
        self.loop = Loop(
            computer.cycle, computer.clock, Timing(), self._publish, failed=self._fail, jitter=computer.jitter
        )

    def _publish(self, state: object) -> None:
        with self._news:
            self.states.append(state)
            self._news.notify_all()

    def _fail(self, error: Exception) -> None:
        with self._news:
            self.failures.append(error)
            self._news.notify_all()

    def wait_for(self, condition: Callable[[], bool]) -> None:
        with self._news:
            assert self._news.wait_for(condition, 5), "nothing came"


@pytest.fixture
def stage(computer: Computer) -> Iterator[_Stage]:
    before = set(threading.enumerate())
    stage = _Stage(computer)
    yield stage
    assert stage.loop.stop(timeout=5)
    assert set(threading.enumerate()) == before


def test_the_thread_starts_syncs_when_asked_and_leaves_as_it_was_told(stage: _Stage, model: ModelSwitchboard) -> None:
    stage.computer.clock.advance_to(at("09:00"))
    stage.loop.start()
    stage.wait_for(lambda: len(stage.states) == 1)
    assert model.shows() == shows("meeting", at("10:00"))
    stage.loop.request(FinishEarly())
    stage.wait_for(lambda: len(stage.states) == 2)
    assert model.shows() == CLEAR
    stage.loop.request(SetDiversion("lunch", None))
    where: list[str] = []
    assert stage.loop.stop(lambda _: where.append(threading.current_thread().name), timeout=5)
    assert where == ["b2cal-sync"]


@contextmanager
def _held(calendar: ModelCalendar) -> Iterator[threading.Event]:
    """A calendar that does not answer until the block is left; the event tells that it was asked."""
    asked, go_on = threading.Event(), threading.Event()
    answer = calendar.fetch_events

    def slowly(window, now):  # type: ignore[no-untyped-def]
        asked.set()
        assert go_on.wait(5)
        return answer(window, now)

    calendar.fetch_events = slowly  # type: ignore[method-assign]
    try:
        yield asked
    finally:
        calendar.fetch_events = answer  # type: ignore[method-assign]
        go_on.set()


def test_requests_from_other_threads_during_a_cycle_make_one_more(stage: _Stage, calendar: ModelCalendar) -> None:
    with _held(calendar) as asked:
        stage.loop.start()
        assert asked.wait(5)
        threads = [threading.Thread(target=stage.loop.request, kwargs={"fetch": True}) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    stage.wait_for(lambda: len(stage.states) == 2)
    assert stage.loop.stop(timeout=5)
    assert (len(stage.states), len(calendar.fetches)) == (2, 2)


def test_no_job_is_lost_between_two_looks(stage: _Stage) -> None:
    stage.loop.start()
    done: list[int] = []
    for number in range(300):
        stage.loop.reconfigure(lambda _, number=number: done.append(number))  # type: ignore[misc]
    stage.wait_for(lambda: len(done) == 300)
    assert done == sorted(done)


def test_a_job_that_fails_is_reported_and_takes_nothing_else_along(stage: _Stage, model: ModelSwitchboard) -> None:
    stage.computer.clock.advance_to(at("09:00"))
    done: list[str] = []

    def broken(_: object) -> None:
        raise RuntimeError("a bug")

    stage.loop.reconfigure(broken)
    stage.loop.reconfigure(lambda _: done.append("the next one"))  # type: ignore[func-returns-value]
    stage.loop.request(SetDiversion("lunch", None))
    stage.loop.start()
    stage.wait_for(lambda: bool(stage.states))
    assert (done, [str(error) for error in stage.failures]) == (["the next one"], ["a bug"])
    assert model.shows() == shows("lunch", None), "what the user asked for with it"


def test_stopping_does_not_wait_for_a_cycle_that_hangs_but_says_so(stage: _Stage, calendar: ModelCalendar) -> None:
    with _held(calendar) as asked:
        stage.loop.start()
        assert asked.wait(5)
        assert not stage.loop.stop(timeout=0.05)


def test_a_cycle_that_fails_is_reported_and_the_loop_goes_on(stage: _Stage, calendar: ModelCalendar) -> None:
    answer = calendar.fetch_events

    def broken(window, now):  # type: ignore[no-untyped-def]
        raise RuntimeError("a bug")

    calendar.fetch_events = broken  # type: ignore[method-assign]
    stage.loop.start()
    stage.wait_for(lambda: len(stage.failures) == 1)
    assert str(stage.failures[0]) == "a bug"
    assert 299 <= stage.loop.seconds_until_due() <= 300  # not again and again
    calendar.fetch_events = answer  # type: ignore[method-assign]
    stage.loop.request(fetch=True)
    stage.wait_for(lambda: len(stage.states) == 1)
    assert len(stage.failures) == 1


def test_a_ledger_that_fails_is_reported_too(stage: _Stage) -> None:
    stage.computer.ledger.close()
    stage.loop.start()
    stage.wait_for(lambda: bool(stage.failures))
    assert isinstance(stage.failures[0], LedgerDamaged)


def test_a_look_that_fails_does_not_keep_the_loop_from_its_work(computer: Computer, model: ModelSwitchboard) -> None:
    stage = _Stage(computer)

    def look() -> None:
        raise OSError("no such folder")

    loop = Loop(computer.cycle, computer.clock, Timing(), stage._publish, failed=stage._fail, look=look)
    loop.start()
    stage.wait_for(lambda: len(stage.states) == 1)
    loop.request()
    stage.wait_for(lambda: len(stage.states) == 2)
    assert loop.seconds_until_due() <= 60
    assert loop.stop(timeout=5)


class _AskedClock:
    """Counts how often it is asked for the elapsed time: once a look."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.asked = 0

    def now(self) -> datetime:
        return self._clock.now()

    def monotonic(self) -> float:
        self.asked += 1
        return self._clock.monotonic()


def test_an_idle_thread_sleeps(stage: _Stage) -> None:
    clock = _AskedClock(stage.computer.clock)
    loop = Loop(stage.computer.cycle, clock, Timing(), stage._publish, look=lambda: None)
    loop.start()
    stage.wait_for(lambda: len(stage.states) == 1)
    asked = clock.asked
    stopped = threading.Event()
    stopped.wait(0.3)
    assert loop.stop(timeout=5)
    assert clock.asked - asked <= 6


def test_files_are_looked_at_every_few_seconds(stage: _Stage) -> None:
    looks: list[datetime] = []
    clock = stage.computer.clock
    loop = Loop(stage.computer.cycle, clock, Timing(), stage._publish, look=lambda: looks.append(clock.now()))
    loop.start()
    for seconds in range(1, 8):
        clock.advance(1)
        loop.request()
        stage.wait_for(lambda count=seconds: len(stage.states) >= count)
    assert loop.stop(timeout=5)
    assert 2 <= len(looks) <= 3
