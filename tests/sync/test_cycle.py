"""One cycle after the other, against the real practice switchboard over HTTP."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from b2cal_desktop.core.errors import (
    CalendarNeedsApproval,
    CalendarNeedsSignIn,
    CalendarProblem,
    CalendarRefused,
    CalendarUnreachable,
    LedgerDamaged,
    SwitchboardNeedsSignIn,
    SwitchboardThrottled,
    SwitchboardUnreachable,
)
from b2cal_desktop.core.intents import Extend, FinishEarly, FollowCalendar, Pause, SetDiversion, Skip, SyncNow, UndoSkip
from b2cal_desktop.core.model import CLEAR, STANDARD_CATALOGUE, ShowAs
from b2cal_desktop.core.reconcile import ManualOverride
from b2cal_desktop.core.rules import MailboxHours, Method, Rules, WorkingHours
from b2cal_desktop.core.state import ActionName, Confirmation, Health, NoticeCode, Phase
from b2cal_desktop.switchboards.practice import PracticeSwitchboard
from b2cal_desktop.sync.cycle import Cycle
from b2cal_desktop.sync.ledger import Ledger
from tests.sync.conftest import MakeComputer, Phone
from tests.sync.worlds import (
    HOST,
    PREFIXES,
    STOCKHOLM,
    Computer,
    FakeClock,
    Kill,
    Killed,
    Lost,
    ModelCalendar,
    ModelSwitchboard,
    Quicker,
    at,
    event,
    meeting,
    shows,
)

UNREACHABLE = CalendarUnreachable("kalender.invalid", "no network")


@pytest.fixture
def computer(make_computer: MakeComputer, phone: Phone, calendar: ModelCalendar) -> Computer:
    """Anna's computer, with a meeting from nine to ten."""
    calendar.put(meeting())
    return make_computer(phone.connect())


# --- What to write (semantics 5) ---


def test_a_block_is_set_with_its_end_at_its_start_and_cleared_at_its_end(computer: Computer, phone: Phone) -> None:
    before = computer.run_at("08:59:59")
    assert (before.action, before.next_change) == (ActionName.NONE, at("09:00"))
    during = computer.run_at("09:00")
    assert (during.action, during.wrote, during.seen) == (ActionName.SET, *[shows("meeting", at("10:00"))] * 2)
    assert phone.shows() == shows("meeting", at("10:00"))
    assert (during.confirmation, during.confirmed_at) == (Confirmation.CONFIRMED, at("09:00"))
    assert computer.run_at("09:30").action is ActionName.NONE
    after = computer.run_at("10:00")
    # The switchboard has honoured the end by itself.
    assert (after.action, after.seen, phone.shows()) == (ActionName.NONE, CLEAR, CLEAR)
    assert phone.written() == [("meeting", at("10:00"))]
    assert [entry.confirmation for entry in after.history] == [Confirmation.CONFIRMED]


def test_a_meeting_inside_a_day_at_home_gives_the_day_back(
    computer: Computer, calendar: ModelCalendar, phone: Phone
) -> None:
    calendar.put(event("home", at("00:00"), at("00:00", 24), "HEM: hela dagen", all_day=True))
    seen = [computer.run_at(moment).seen for moment in ("08:00", "09:00", "10:00")]
    home = shows("working_from_home", at("09:00"))
    assert seen == [home, shows("meeting", at("10:00")), shows("working_from_home", at("00:00", 24))]


def test_a_moved_end_is_written_again(computer: Computer, calendar: ModelCalendar, phone: Phone) -> None:
    computer.run_at("09:00")
    calendar.put(meeting(end="10:30"))
    assert computer.run_at("09:10").wrote == shows("meeting", at("10:30"))
    calendar.events.clear()
    assert computer.run_at("09:20").action is ActionName.CLEAR
    assert phone.shows() == CLEAR


def test_a_manual_change_is_respected_until_the_next_block(
    computer: Computer, calendar: ModelCalendar, phone: Phone
) -> None:
    calendar.put(event("l", at("11:30"), at("12:00"), "LUN:"))
    computer.run_at("09:00")
    phone.set_by_hand("busy")
    noticed = computer.run_at("09:20")
    assert (noticed.action, noticed.phase, noticed.manual) == (ActionName.STAND_DOWN, Phase.MANUAL, shows("busy"))
    assert noticed.notices == (NoticeCode.MANUAL_TAKES_PRECEDENCE,)
    assert computer.run_at("09:21").notices == ()
    assert computer.run_at("10:30").action is ActionName.STAND_DOWN
    assert phone.shows() == shows("busy")
    assert computer.run_at("11:30").wrote == shows("lunch", at("12:00"))
    restored = computer.run_at("12:00")
    assert (restored.action, phone.shows()) == (ActionName.RESTORE, shows("busy"))
    assert computer.run_at("12:01").phase is Phase.MANUAL


@pytest.mark.parametrize("until", [None, at("12:30")])
def test_a_manual_absence_is_not_replaced_by_a_block(
    computer: Computer, calendar: ModelCalendar, phone: Phone, until: object
) -> None:
    calendar.put(event("l", at("11:30"), at("13:00"), "LUN:"))
    phone.set_by_hand("sick", until)  # type: ignore[arg-type]
    for moment in ("09:00", "10:00", "11:30", "12:29"):
        assert computer.run_at(moment).action is ActionName.STAND_DOWN
    assert phone.shows().diversion == "sick"
    later = computer.run_at("12:30")
    assert later.action is (ActionName.SET if until else ActionName.STAND_DOWN)


def test_until_cleared_no_block_replaces_a_manual_diversion(
    make_computer: MakeComputer, calendar: ModelCalendar, phone: Phone
) -> None:
    calendar.put(meeting())
    computer = make_computer(phone.connect(), override=ManualOverride.UNTIL_CLEARED)
    phone.set_by_hand("lunch")
    assert [computer.run_at(m).action for m in ("08:30", "09:00")] == [ActionName.STAND_DOWN] * 2
    phone.set_by_hand("available")
    assert computer.run_at("09:01").wrote == shows("meeting", at("10:00"))


def test_who_comes_back_early_is_left_available_for_the_rest_of_the_block(computer: Computer, phone: Phone) -> None:
    computer.run_at("09:00")
    phone.set_by_hand("available")
    back = computer.run_at("09:30")
    assert (back.action, back.want, back.dismissed) == (ActionName.NONE, CLEAR, True)
    assert back.notices == (NoticeCode.BLOCK_DISMISSED,)
    computer.restart()
    assert computer.run_at("09:59").dismissed
    assert phone.written() == [("meeting", at("10:00"))]


def test_whoever_fights_back_three_times_in_ten_minutes_wins_until_the_next_block(
    computer: Computer, calendar: ModelCalendar, phone: Phone
) -> None:
    calendar.put(*(meeting(f"09:0{n}", f"09:0{n + 1}", id=f"{n}") for n in range(0, 8, 2)))
    calendar.put(event("l", at("11:00"), at("12:00"), "LUN:"))
    del calendar.events["m"]
    computer.configure(rules=replace(PREFIXES, bridge_minutes=0))
    told: list[NoticeCode] = []
    for minute in range(0, 8, 2):
        told += computer.run_at(f"09:0{minute}").notices
        phone.set_by_hand("available")
        told += computer.run_at(f"09:0{minute}:30").notices
    assert told.count(NoticeCode.SOMEBODY_ELSE_STEERS) == 1
    assert len(phone.written()) == 3 + 1  # the next block took over once more
    assert computer.run_at("11:00").action is ActionName.SET


def test_two_computers_agree_and_write_once(
    make_computer: MakeComputer, calendar: ModelCalendar, phone: Phone, clock: FakeClock
) -> None:
    calendar.put(meeting(), event("l", at("11:30"), at("12:00"), "LUN:"))
    one, two = make_computer(phone.connect()), make_computer(phone.connect())
    for moment in ("08:30", "09:00", "09:30", "10:00", "11:30", "12:00"):
        clock.advance_to(at(moment))
        states = [one.run(), two.run(), one.run(), two.run()]
        assert {state.phase for state in states} == {Phase.RUNNING}
        assert {state.seen for state in states[1:]} == {phone.shows()}
    assert phone.written() == [("meeting", at("10:00")), ("lunch", at("12:00"))]


def test_two_computers_restore_a_manual_diversion_once(
    make_computer: MakeComputer, calendar: ModelCalendar, phone: Phone, clock: FakeClock
) -> None:
    calendar.put(meeting())
    one, two = make_computer(phone.connect()), make_computer(phone.connect())
    phone.set_by_hand("lunch", at("13:00"))
    for moment in ("08:30", "09:00", "09:30", "10:00", "10:30"):
        clock.advance_to(at(moment))
        one.run()
        two.run()
    assert phone.written() == [("meeting", at("10:00")), ("lunch", at("13:00"))]


def test_whoever_is_quicker_between_reading_and_writing_is_seen(
    make_computer: MakeComputer, calendar: ModelCalendar, model: ModelSwitchboard
) -> None:
    calendar.put(meeting())
    computer = make_computer(model)
    model.faults.append(Quicker(shows("sick")))
    state = computer.run_at("09:00")
    assert (state.action, model.shows()) == (ActionName.STAND_DOWN, shows("sick"))
    assert state.switchboard.health is Health.OK


def test_a_switchboard_that_conflicts_without_end_is_left_for_later(
    make_computer: MakeComputer, calendar: ModelCalendar, model: ModelSwitchboard
) -> None:
    calendar.put(meeting())
    computer = make_computer(model)
    model.faults.extend([Quicker(CLEAR)] * 2)
    state = computer.run_at("09:00")
    assert state.switchboard.error is not None
    assert state.switchboard.error.code == "switchboard_conflict"
    assert model.tried_to_write == 2
    assert computer.run_at("09:01").action is ActionName.SET


def test_a_stale_entity_tag_does_not_cost_the_users_own_choice(computer: Computer, phone: Phone) -> None:
    computer.run_at("08:30")
    phone.set_by_hand("busy")  # after the app has last read
    state = computer.run_at("08:40", SetDiversion("lunch", at("09:30")))
    assert (state.wrote, phone.shows()) == (shows("lunch", at("09:30")), shows("lunch", at("09:30")))


# --- Switchboards that know less ---


def test_without_ends_the_app_clears_at_the_end(
    make_computer: MakeComputer, calendar: ModelCalendar, clock: FakeClock
) -> None:
    model = ModelSwitchboard(clock, ends=False)
    calendar.put(meeting())
    computer = make_computer(model)
    computer.run_at("09:00")
    assert model.shows() == shows("meeting")
    assert computer.run_at("10:00").action is ActionName.CLEAR
    assert model.shows() == CLEAR


def test_without_ends_what_was_set_from_the_tray_is_cleared_at_its_end(
    make_computer: MakeComputer, clock: FakeClock
) -> None:
    model = ModelSwitchboard(clock, ends=False)
    computer = make_computer(model)
    computer.run_at("08:30", SetDiversion("lunch", at("09:15")))
    computer.restart()
    assert computer.run_at("09:14").phase is Phase.MANUAL
    assert computer.run_at("09:15").action is ActionName.CLEAR
    assert model.shows() == CLEAR


def test_without_reading_back_a_change_is_written_once(
    make_computer: MakeComputer, calendar: ModelCalendar, clock: FakeClock
) -> None:
    model = ModelSwitchboard(clock, reads_back=False)
    calendar.put(meeting())
    computer = make_computer(model)
    states = [computer.run_at(moment) for moment in ("08:30", "09:00", "09:01", "10:00", "10:01")]
    assert [written.state for written in model.written] == [shows("meeting", at("10:00")), CLEAR]
    assert (states[1].confirmation, states[1].seen, states[1].reads_back) == (Confirmation.SENT, None, False)


def test_without_reading_back_a_write_of_unknown_outcome_is_repeated(
    make_computer: MakeComputer, calendar: ModelCalendar, clock: FakeClock
) -> None:
    model = ModelSwitchboard(clock, reads_back=False)
    calendar.put(meeting())
    computer = make_computer(model)
    model.faults.extend([Lost(acted=True), SwitchboardThrottled(HOST, retry_after=5)])
    computer.run_at("09:00")
    calendar.events.clear()  # and now nothing is wanted, as before; but the lost write may have acted
    computer.run_at("09:01")
    assert model.shows().diversion == "meeting"
    computer.run_at("09:02")
    assert model.shows() == CLEAR


def test_without_reading_back_a_diversion_from_the_tray_is_cleared_although_the_first_try_fails(
    make_computer: MakeComputer, clock: FakeClock
) -> None:
    model = ModelSwitchboard(clock, ends=False, reads_back=False)
    computer = make_computer(model)
    computer.run_at("08:30", SetDiversion("lunch", at("09:15")))
    model.faults.append(SwitchboardUnreachable(HOST, "down"))
    computer.run_at("09:15")
    computer.run_at("09:16")
    assert model.shows() == CLEAR


@pytest.mark.parametrize("fault", [Lost(acted=True), Kill(acted=True)])
def test_without_reading_back_a_diversion_from_the_tray_is_cleared_although_its_answer_was_lost(
    make_computer: MakeComputer, clock: FakeClock, fault: Lost
) -> None:
    model = ModelSwitchboard(clock, ends=False, reads_back=False)
    computer = make_computer(model)
    model.faults.append(fault)
    with suppress(Killed):
        computer.run_at("08:30", SetDiversion("lunch", at("09:15")))
    computer.restart()
    assert computer.run_at("08:31").phase is Phase.MANUAL
    computer.run_at("09:15")
    assert model.shows() == CLEAR


@pytest.mark.parametrize("acted", [False, True])
def test_a_diversion_from_the_tray_whose_answer_was_lost_is_looked_for(
    make_computer: MakeComputer, calendar: ModelCalendar, model: ModelSwitchboard, acted: bool
) -> None:
    calendar.put(meeting())
    computer = make_computer(model)
    computer.run_at("09:00")
    model.faults.append(Lost(acted=acted))
    computer.run_at("09:10", SetDiversion("lunch", at("09:30")))
    state = computer.run_at("09:11")
    assert state.phase is (Phase.MANUAL if acted else Phase.RUNNING)
    assert model.shows() == (shows("lunch", at("09:30")) if acted else shows("meeting", at("10:00")))
    assert computer.run_at("09:30").seen == shows("meeting", at("10:00"))


# --- The user's own hand (semantics 7) ---


def test_a_diversion_from_the_tray_is_a_manual_one_with_an_end(computer: Computer, phone: Phone) -> None:
    state = computer.run_at("08:30", SetDiversion("lunch", at("09:15")))
    assert (state.action, state.phase, phone.shows()) == (ActionName.SET, Phase.MANUAL, shows("lunch", at("09:15")))
    assert computer.run_at("08:50").action is ActionName.STAND_DOWN
    assert computer.run_at("09:00").wrote == shows("meeting", at("10:00"))  # the next block, and lunch is over by then
    assert computer.run_at("10:00").seen == CLEAR


def test_available_from_the_tray_ends_the_block(computer: Computer, phone: Phone) -> None:
    computer.run_at("09:00")
    state = computer.run_at("09:10", SetDiversion("available", None))
    assert (state.action, state.dismissed, phone.shows()) == (ActionName.CLEAR, True, CLEAR)
    assert computer.run_at("09:11").action is ActionName.NONE


def test_following_the_calendar_again_takes_the_place_of_what_was_set_by_hand(computer: Computer, phone: Phone) -> None:
    computer.run_at("09:00")
    phone.set_by_hand("sick")
    assert computer.run_at("09:10").phase is Phase.MANUAL
    state = computer.run_at("09:20", FollowCalendar())
    assert (state.phase, state.dismissed, phone.shows()) == (Phase.RUNNING, False, shows("meeting", at("10:00")))
    assert computer.run_at("10:00").seen == CLEAR


def test_following_the_calendar_again_counts_the_block_that_an_early_return_left_out(
    computer: Computer, phone: Phone
) -> None:
    computer.run_at("09:00")
    assert computer.run_at("09:10", FinishEarly()).dismissed
    assert computer.run_at("09:20", FollowCalendar()).wrote == shows("meeting", at("10:00"))


def test_a_diversion_from_the_tray_that_fails_is_not_tried_again_later(computer: Computer, phone: Phone) -> None:
    phone.misbehave(answer_500=1.0, methods=("GET",))
    computer.run_at("08:10")
    phone.misbehave(answer_429=1.0)
    assert computer.run_at("08:20", SetDiversion("lunch", at("08:50"))).switchboard.error is not None
    phone.misbehave()
    assert computer.run_at("08:30").action is ActionName.NONE
    assert phone.written() == []


def test_finish_early(computer: Computer, phone: Phone) -> None:
    computer.run_at("09:00")
    state = computer.run_at("09:40", FinishEarly())
    assert (state.action, state.dismissed, phone.shows()) == (ActionName.CLEAR, True, CLEAR)
    computer.restart()
    assert computer.run_at("09:41").action is ActionName.NONE
    assert computer.run_at("10:00").dismissed is False


def test_fifteen_more_minutes_and_again(computer: Computer, phone: Phone) -> None:
    computer.run_at("09:00")
    assert computer.run_at("09:50", Extend()).wrote == shows("meeting", at("10:15"))
    assert computer.run_at("10:05", Extend()).wrote == shows("meeting", at("10:30"))
    computer.restart()
    assert computer.run_at("10:20").seen == shows("meeting", at("10:30"))
    assert computer.run_at("10:30").block is None
    assert phone.shows() == CLEAR


def test_two_clicks_that_one_cycle_carries_out_both_count(computer: Computer, phone: Phone) -> None:
    computer.run_at("09:00")
    assert computer.run_at("09:50", Extend(), Extend()).wrote == shows("meeting", at("10:30"))
    assert computer.run_at("09:55", Extend(5), Extend()).wrote == shows("meeting", at("10:50"))


def test_a_longer_block_can_still_be_finished_early(computer: Computer, phone: Phone) -> None:
    computer.run_at("09:00")
    computer.run_at("09:50", Extend())
    assert computer.run_at("10:10", FinishEarly()).action is ActionName.CLEAR
    assert phone.shows() == CLEAR


def test_skip_an_occurrence_and_take_it_back(computer: Computer, calendar: ModelCalendar, phone: Phone) -> None:
    calendar.put(meeting("11:00", "12:00", id="m2", series_id="weekly"))
    computer.run_at("09:00")
    assert computer.run_at("09:10", Skip("m", until=at("10:00"))).action is ActionName.CLEAR
    computer.restart()
    assert computer.run_at("09:11").skips == (Skip("m", until=at("10:00")),)
    assert computer.run_at("09:12", UndoSkip("m")).wrote == shows("meeting", at("10:00"))
    computer.run_at("09:13", Skip("m", until=at("10:00")), Skip("weekly", series=True))
    assert computer.run_at("11:00").block is None
    assert computer.run_at("11:01", UndoSkip("weekly", series=True)).action is ActionName.SET
    computer.clock.advance_to(at("10:00", day=24))
    assert computer.run().skips == ()  # what is past is forgotten


def test_a_skipped_event_has_no_say_in_its_margin_either(computer: Computer) -> None:
    computer.configure(rules=replace(PREFIXES, lag_minutes=5))
    assert computer.run_at("09:10", Skip("m", until=at("10:00"))).block is None
    assert computer.run_at("10:01").block is None, "the meeting that was skipped lags five minutes"


def test_a_skipped_event_does_not_come_back_into_the_block_after_it(
    computer: Computer, calendar: ModelCalendar, phone: Phone
) -> None:
    calendar.put(meeting("10:00", "11:00", id="m2"))
    computer.run_at("09:10", Skip("m", until=at("10:00")))
    phone.set_by_hand("lunch", at("12:00"))
    computer.run_at("09:30")
    state = computer.run_at("10:00")
    assert state.block is not None
    assert state.block.start == at("10:00"), "it begins after the manual diversion, and takes its place"
    assert phone.shows().diversion == "meeting"


def test_pause_writes_nothing_and_ends_by_itself(computer: Computer, phone: Phone) -> None:
    paused = computer.run_at("08:30", Pause(at("09:30")))
    assert (paused.phase, paused.paused_until) == (Phase.PAUSED, at("09:30"))
    computer.restart()
    assert computer.run_at("09:00").phase is Phase.PAUSED
    assert phone.shows() == CLEAR
    assert computer.run_at("09:30").wrote == shows("meeting", at("10:00"))


def test_resuming_before_the_pause_is_over(computer: Computer, phone: Phone) -> None:
    computer.run_at("08:30", Pause(at("12:00")))
    assert computer.run_at("09:30", Pause(None)).action is ActionName.SET


def test_pausing_in_a_block_leaves_it_to_its_end_where_ends_are_known(computer: Computer, phone: Phone) -> None:
    computer.run_at("09:00")
    computer.run_at("09:10", Pause(at("12:00")))
    assert phone.shows() == shows("meeting", at("10:00"))


def test_pausing_in_a_block_lets_go_of_it_where_no_ends_are_known(
    make_computer: MakeComputer, calendar: ModelCalendar, clock: FakeClock
) -> None:
    model = ModelSwitchboard(clock, ends=False)
    calendar.put(meeting())
    computer = make_computer(model)
    computer.run_at("09:00")
    assert computer.run_at("09:10", Pause(at("12:00"))).action is ActionName.CLEAR
    model.set_by_hand("meeting")  # from here on it is the user's own
    computer.run_at("09:20")
    assert model.shows() == shows("meeting")


def test_off_clears_what_the_app_has_set(computer: Computer, phone: Phone) -> None:
    computer.run_at("09:00")
    computer.configure(enabled=False)
    state = computer.run_at("09:10")
    assert (state.phase, state.action, phone.shows()) == (Phase.OFF, ActionName.CLEAR, CLEAR)
    phone.set_by_hand("meeting", at("10:00"))
    assert computer.run_at("09:20").action is ActionName.NONE
    computer.restart()
    computer.run_at("09:30")
    assert phone.shows() == shows("meeting", at("10:00"))


def test_off_leaves_what_somebody_else_has_set(computer: Computer, phone: Phone) -> None:
    computer.run_at("09:00")
    phone.set_by_hand("sick")
    computer.configure(enabled=False)
    computer.run_at("09:10")
    assert phone.shows() == shows("sick")


def test_off_is_tried_until_the_switchboard_can_be_reached(computer: Computer, phone: Phone) -> None:
    computer.run_at("09:00")
    phone.misbehave(refuse=1.0)
    computer.configure(enabled=False)
    assert computer.run_at("09:10").switchboard.health is Health.UNREACHABLE
    phone.misbehave()
    computer.restart()
    assert computer.run_at("09:11").action is ActionName.CLEAR


def test_on_again_goes_on_where_the_calendar_is(computer: Computer, phone: Phone) -> None:
    computer.run_at("09:00")
    computer.configure(enabled=False)
    computer.run_at("09:10")
    computer.configure(enabled=True)
    assert computer.run_at("09:20").action is ActionName.SET
    computer.configure(enabled=False)
    assert computer.run_at("09:30").action is ActionName.CLEAR


def test_what_was_finished_early_stays_finished_when_the_app_quits_and_begins_again(
    make_computer: MakeComputer, calendar: ModelCalendar, clock: FakeClock
) -> None:
    model = ModelSwitchboard(clock, ends=False)
    calendar.put(meeting())
    computer = make_computer(model)
    computer.run_at("09:00")
    computer.run_at("09:10", FinishEarly())
    computer.cycle.leave(at("09:11"), clear=True)
    computer.restart()
    assert computer.run_at("09:12").dismissed
    assert model.shows() == CLEAR


def test_quitting_leaves_or_clears(computer: Computer, phone: Phone) -> None:
    computer.run_at("09:00")
    computer.cycle.leave(at("09:10"), clear=False)
    assert phone.shows() == shows("meeting", at("10:00"))
    assert computer.cycle.leave(at("09:10"), clear=True).action is ActionName.CLEAR
    assert phone.shows() == CLEAR


# --- When something fails (semantics 8) ---


def test_the_last_good_events_drive_on_for_a_day(computer: Computer, calendar: ModelCalendar, phone: Phone) -> None:
    calendar.put(meeting("15:00", "16:00", id="m2"), event("n", at("08:00", 24), at("17:00", 24), "UPP:"))
    computer.run_at("08:00")
    calendar.error = UNREACHABLE
    state = computer.run_at("09:00")
    assert (state.action, state.phase) == (ActionName.SET, Phase.RUNNING)
    assert (state.calendar.health, state.calendar.as_of) == (Health.STALE, at("08:00"))
    assert state.calendar.error is UNREACHABLE
    computer.restart()  # and after a start without network too
    assert computer.run_at("15:00").wrote == shows("meeting", at("16:00"))
    assert computer.run_at("16:00").calendar.since == at("15:00")
    computer.clock.advance_to(at("08:00", 24))
    stale = computer.run()
    assert (stale.phase, stale.action) == (Phase.STALE, ActionName.NONE)
    assert (stale.calendar.health, stale.seen) == (Health.UNREACHABLE, CLEAR)
    calendar.error = None
    computer.clock.advance(60)
    back = computer.run()
    assert (back.phase, back.wrote) == (Phase.RUNNING, shows("busy", at("17:00", 24)))
    assert (back.calendar.health, back.calendar.as_of) == (Health.OK, at("08:01", 24))


def test_events_that_have_not_changed_are_fresh_all_the_same(
    computer: Computer, calendar: ModelCalendar, clock: FakeClock
) -> None:
    computer.run_at("08:00")
    computer.run_at("20:00")
    calendar.error = UNREACHABLE
    computer.restart()
    clock.advance_to(at("12:00", 24))
    state = computer.run()
    assert (state.phase, state.calendar.as_of) == (Phase.RUNNING, at("20:00"))


def test_a_calendar_that_never_answered_asks_for_nothing(
    computer: Computer, calendar: ModelCalendar, phone: Phone
) -> None:
    calendar.error = CalendarProblem("kalender.ics", 3, None, "is no calendar")
    phone.set_by_hand("meeting", at("12:00"))
    state = computer.run_at("09:00")
    assert (state.phase, state.action, state.seen) == (Phase.STALE, ActionName.NONE, shows("meeting", at("12:00")))
    assert state.calendar.health is Health.UNREACHABLE


def test_while_stale_what_is_ours_still_ends(
    make_computer: MakeComputer, calendar: ModelCalendar, clock: FakeClock
) -> None:
    model = ModelSwitchboard(clock, ends=False)
    calendar.put(meeting())
    computer = make_computer(model)
    computer.configure(stale_after=timedelta(minutes=30))
    computer.run_at("09:00")
    calendar.error = UNREACHABLE
    assert (computer.run_at("09:45").phase, model.shows()) == (Phase.STALE, shows("meeting"))
    assert computer.run_at("10:00").action is ActionName.CLEAR
    assert model.shows() == CLEAR


@pytest.mark.parametrize(
    ("error", "health"),
    [
        (CalendarRefused("kalender.invalid", "404"), Health.REFUSED),
        (CalendarNeedsSignIn("kalender.invalid"), Health.NEEDS_SIGN_IN),
        (CalendarNeedsApproval("kalender.invalid"), Health.NEEDS_ADMIN_APPROVAL),
    ],
)
def test_how_the_calendar_fails_is_told_while_old_events_drive(
    computer: Computer, calendar: ModelCalendar, error: CalendarRefused, health: Health
) -> None:
    computer.run_at("08:30")
    calendar.error = error
    state = computer.run_at("09:00")
    assert (state.calendar.health, state.calendar.as_of, state.action) == (health, at("08:30"), ActionName.SET)
    assert state.phase is Phase.RUNNING


@pytest.mark.parametrize("error", [CalendarNeedsSignIn("kalender.invalid"), CalendarNeedsApproval("kalender.invalid")])
def test_a_calendars_refused_sign_in_is_tried_once_until_the_user_acts(
    computer: Computer, calendar: ModelCalendar, error: CalendarNeedsSignIn
) -> None:
    calendar.error = error
    for moment in ("08:00", "08:01", "08:30", "09:00"):
        assert computer.run_at(moment, SyncNow()).phase is Phase.NEEDS_SIGN_IN
    assert calendar.fetches == [at("08:00")]
    computer.cycle.sign_in_changed()
    computer.run_at("09:10")
    computer.run_at("09:11")
    assert calendar.fetches == [at("08:00"), at("09:10")]
    computer.cycle.sign_in_changed()
    calendar.error = None
    assert computer.run_at("09:20").action is ActionName.SET


def test_a_switchboards_refused_sign_in_is_tried_once_until_the_user_acts(
    make_computer: MakeComputer, calendar: ModelCalendar, phone: Phone, clock: FakeClock
) -> None:
    calendar.put(meeting())
    with PracticeSwitchboard(now=clock.now, token="right") as guarded:
        phone.board = guarded
        phone.secrets["token"] = "wrong"
        computer = make_computer(phone.connect())
        for moment in ("09:00", "09:01", "09:05"):
            state = computer.run_at(moment, SetDiversion("lunch", at("09:30")))
            assert (state.phase, state.switchboard.health) == (Phase.NEEDS_SIGN_IN, Health.NEEDS_SIGN_IN)
        computer.configure(enabled=False)
        computer.run_at("09:06")
        computer.cycle.leave(clock.now(), clear=True)
        computer.configure(enabled=True)
        assert guarded.requests_seen.total() == 1
        phone.secrets["token"] = "right"
        computer.cycle.sign_in_changed()
        # What was asked for from the tray while nobody was signed in does not come out of the blue now.
        assert computer.run_at("09:10").wrote == shows("meeting", at("10:00"))
        assert phone.written() == [("meeting", at("10:00"))]
        phone.close()


@pytest.mark.parametrize("fault", ["refuse", "answer_500", "answer_429", "answer_garbage"])
def test_an_unreachable_switchboard_gets_only_what_is_right_when_it_is_back(
    computer: Computer, calendar: ModelCalendar, phone: Phone, fault: str
) -> None:
    calendar.put(event("l", at("11:30"), at("12:00"), "LUN:"))
    computer.run_at("08:30")
    phone.misbehave(**{fault: 1.0})
    for moment in ("09:00", "09:30", "10:00", "11:30"):
        state = computer.run_at(moment)
        assert (state.action, state.seen) == (ActionName.NONE, None)
        assert (state.switchboard.health, state.switchboard.as_of) == (Health.UNREACHABLE, at("08:30"))
        assert state.switchboard.since == at("09:00")
    phone.misbehave()
    assert computer.run_at("11:40").action is ActionName.SET
    assert phone.written() == [("lunch", at("12:00"))]


@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize("acted", [False, True])
def test_a_lost_answer_is_read_back_before_anything_is_written_again(
    computer: Computer, phone: Phone, acted: bool, restart: bool
) -> None:
    computer.run_at("08:30")
    phone.misbehave(methods=("PUT",), **{"drop_after_acting" if acted else "refuse": 1.0})
    lost = computer.run_at("09:00")
    assert lost.switchboard.error is not None
    assert lost.switchboard.error.code == "switchboard_outcome_unknown"
    phone.misbehave()
    if restart:
        computer.restart()
    after = computer.run_at("09:01")
    assert (after.phase, after.seen) == (Phase.RUNNING, shows("meeting", at("10:00")))
    assert phone.written() == [("meeting", at("10:00"))]
    assert computer.run_at("10:00").phase is Phase.RUNNING


def test_a_lost_write_that_acted_is_the_apps_own_also_when_something_else_is_wanted_by_now(
    computer: Computer, calendar: ModelCalendar, phone: Phone
) -> None:
    computer.run_at("08:30")
    phone.misbehave(methods=("PUT",), drop_after_acting=1.0)
    computer.run_at("09:00")
    phone.misbehave()
    calendar.put(event("l", at("09:00"), at("09:45"), "SJU:"))
    assert computer.run_at("09:01").wrote == shows("sick", at("09:45"))


def test_a_value_that_the_switchboard_does_not_know_is_named_and_the_old_one_stays(
    make_computer: MakeComputer, calendar: ModelCalendar, clock: FakeClock
) -> None:
    model = ModelSwitchboard(clock, diversions=set(STANDARD_CATALOGUE) - {"meeting"})
    calendar.put(event("home", at("08:00"), at("17:00"), "HEM:"))
    computer = make_computer(model)
    computer.run_at("08:30")
    calendar.put(meeting())
    state = computer.run_at("09:00")
    assert state.switchboard.health is Health.REFUSED
    assert "meeting" in str(state.switchboard.error)
    assert model.shows().diversion == "working_from_home"
    (warning,) = state.warnings
    assert (warning.code, "Möte" in warning.text.sv) == ("diversion_unknown_to_switchboard", True)
    assert computer.run_at("10:00").seen == shows("working_from_home", at("17:00"))


def test_free_busy_only_goes_on_by_status(computer: Computer, calendar: ModelCalendar, phone: Phone) -> None:
    calendar.limited = True
    state = computer.run_at("09:00")
    assert state.wrote == shows("busy", at("10:00"))
    assert state.calendar.health is Health.LIMITED
    assert [warning.code for warning in state.warnings] == ["subjects_unreadable"]
    computer.configure(rules=Rules(method=Method.PREFIX))
    state = computer.run_at("09:01")
    assert (state.action, [w.code for w in state.warnings]) == (ActionName.CLEAR, ["subjects_unreadable"])
    computer.configure(rules=Rules(method=Method.STATUS))
    assert computer.run_at("09:02").warnings == ()


def test_the_mailboxs_working_hours_hold_and_are_remembered_while_it_cannot_be_read(
    computer: Computer, calendar: ModelCalendar, phone: Phone
) -> None:
    office = WorkingHours(frozenset(range(5)), time(8), time(17), "gone_for_the_day", from_mailbox=True)
    computer.configure(rules=replace(PREFIXES, working_hours=office))
    state = computer.run_at("09:00")
    assert ([w.code for w in state.warnings], state.hours) == (["working_hours_unread"], None)
    assert state.want == shows("meeting", at("10:00"))
    calendar.hours = MailboxHours(frozenset(range(5)), time(9, 30), time(16))
    state = computer.run_at("09:01")
    assert (state.warnings, state.hours) == ((), calendar.hours)
    assert state.want == shows("gone_for_the_day", at("09:30"))
    computer.restart()
    calendar.error = CalendarUnreachable("graph.invalid", "x")
    assert computer.run_at("09:31").want == shows("meeting", at("10:00"))
    assert computer.run_at("16:00").want.diversion == "gone_for_the_day"


def test_a_dry_run_decides_and_writes_nothing(computer: Computer, phone: Phone) -> None:
    computer.configure(dry_run=True)
    for _ in range(2):
        state = computer.run_at("09:00", SetDiversion("lunch", at("09:30")))
        assert (state.action, state.wrote, state.want) == (ActionName.SET, None, shows("meeting", at("10:00")))
    assert state.history == ()
    assert computer.cycle.leave(at("09:00"), clear=True).wrote is None
    assert phone.written() == []
    computer.configure(dry_run=False)
    assert computer.run_at("09:01").wrote == shows("meeting", at("10:00"))


def test_switching_off_in_a_dry_run_is_made_good_after_it(computer: Computer, phone: Phone) -> None:
    computer.run_at("09:00")
    computer.configure(dry_run=True, enabled=False)
    computer.run_at("09:10")
    assert phone.shows() == shows("meeting", at("10:00"))
    computer.configure(dry_run=False)
    computer.run_at("09:11")
    assert phone.shows() == CLEAR


# --- The app was killed; another calendar; what stays on disk ---


def test_restarted_before_every_cycle_the_day_is_the_same(
    computer: Computer, calendar: ModelCalendar, phone: Phone
) -> None:
    calendar.put(event("l", at("11:30"), at("12:00"), "LUN:"), meeting("13:00", "14:00", id="m2"))
    actions = []
    for moment in ("08:30", "09:00", "09:30", "10:00", "11:30", "11:45", "12:00", "13:00", "13:30"):
        computer.restart()
        if moment == "11:45":
            phone.set_by_hand("busy", at("13:30"))
        actions.append(computer.run_at(moment).action.value)
    none, set_, down = "none", "set", "stand_down"
    assert actions == [none, set_, none, none, set_, down, down, set_, none]
    assert phone.shows() == shows("meeting", at("14:00"))
    computer.restart()
    assert computer.run_at("14:00").seen == CLEAR


def test_the_events_of_another_calendar_are_not_used(computer: Computer, calendar: ModelCalendar, phone: Phone) -> None:
    computer.run_at("08:30")
    calendar.error = UNREACHABLE
    computer.configure(calendar_id="another calendar")
    computer.restart()
    state = computer.run_at("09:00")
    assert (state.phase, state.events, phone.written()) == (Phase.STALE, (), [])
    computer.configure(calendar_id="calendar")
    computer.restart()
    assert computer.run_at("09:01").action is ActionName.SET


def test_another_calendar_configured_while_the_app_runs(computer: Computer, calendar: ModelCalendar) -> None:
    computer.run_at("08:30")
    calendar.error = UNREACHABLE
    computer.configure(calendar_id="another calendar")
    assert computer.run_at("09:00").phase is Phase.STALE


def test_private_subjects_and_places_never_reach_the_disk(
    computer: Computer, calendar: ModelCalendar, phone: Phone, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    secret = event("p", at("09:00"), at("09:30"), "LUN: Hemligt läkarbesök", location="Karolinska", private=True)
    calendar.events = {"p": secret, "q": event("q", at("11:00"), at("12:00"), "MOT: Öppet", ShowAs.BUSY)}
    state = computer.run_at("09:00")
    assert state.wrote == shows("lunch", at("09:30"))
    computer.run_at("09:01", Extend())

    def on_disk() -> bytes:
        return b"".join(p.read_bytes() for p in computer.path.parent.iterdir() if p.name.startswith(computer.path.name))

    for _ in range(2):
        assert "Öppet".encode() in on_disk()
        assert not [word for word in ("Hemligt", "läkarbesök", "Karolinska") if word.encode() in on_disk()]
        computer.restart()
    assert "Hemligt" not in caplog.text
    # And offline, what it asks for is known all the same.
    calendar.error = UNREACHABLE
    assert computer.run_at("09:10").want == shows("lunch", at("09:45"))


def test_the_mailbox_time_zone_counts_where_the_settings_leave_it_open(
    computer: Computer, calendar: ModelCalendar
) -> None:
    calendar.timezone = type(STOCKHOLM)("America/New_York")
    assert str(computer.run_at("08:00").timezone) == "Europe/Stockholm"
    computer.configure(timezone_follows_mailbox=True)
    assert str(computer.run_at("08:01").timezone) == "America/New_York"
    calendar.error = UNREACHABLE
    config = computer.cycle.config
    computer.restart()
    assert computer.cycle.config == config
    assert str(computer.run_at("08:02").timezone) == "America/New_York"


def test_a_mailbox_time_zone_that_is_not_known_here_is_left_out(computer: Computer, calendar: ModelCalendar) -> None:
    computer.run_at("08:00")
    kept = computer.ledger.events()
    assert kept is not None
    computer.ledger.keep_events(replace(kept, timezone="Mars/Olympus_Mons"))
    computer.configure(timezone_follows_mailbox=True)
    calendar.error = UNREACHABLE
    computer.restart()
    assert str(computer.run_at("08:01").timezone) == "Europe/Stockholm"


def test_outside_working_hours_and_on_the_day_of_winter_time(
    make_computer: MakeComputer, phone: Phone, calendar: ModelCalendar, clock: FakeClock
) -> None:
    hours = WorkingHours(frozenset(range(7)), time(8), time(17), "gone_for_the_day")
    computer = make_computer(phone.connect(), rules=replace(PREFIXES, working_hours=hours))
    clock.advance_to(at("18:00", 1) - timedelta(days=8, hours=1))  # Saturday the 24th of October, in summer time
    assert clock.now().astimezone(STOCKHOLM).hour == 18
    state = computer.run()
    # 13 hours by the clock on the wall, 14 that pass; the next day is free of work until then.
    assert state.wrote is not None
    assert state.wrote.until is not None
    assert state.wrote.until.astimezone(STOCKHOLM).isoformat() == "2026-10-25T08:00:00+01:00"


def test_what_is_known_is_kept_for_whoever_asks_while_nothing_runs(computer: Computer, phone: Phone) -> None:
    computer.run_at("09:00")
    assert computer.ledger.status() == {
        "now": "2026-11-23T09:00:00+01:00",
        "diversion": "meeting",
        "until": "2026-11-23T10:00:00+01:00",
        "phase": "running",
        "calendar": {"health": "ok", "as_of": "2026-11-23T09:00:00+01:00"},
        "switchboard": {"health": "ok"},
        "next_change": "2026-11-23T10:00:00+01:00",
    }


def test_a_ledger_that_cannot_be_written_to_stops_the_cycle_before_the_switchboard(
    make_computer: MakeComputer, calendar: ModelCalendar, model: ModelSwitchboard, tmp_path: Path
) -> None:
    calendar.put(meeting())
    computer = make_computer(model)
    computer.run_at("08:30")
    patient = Ledger(computer.path, wait_seconds=0.05)
    cycle = Cycle(calendar, model, patient, computer.cycle.config)
    other = Ledger(computer.path)
    with other._transaction(), pytest.raises(LedgerDamaged):  # another process holds the file
        cycle.run(at("09:00"), fetch=False)
    assert model.written == []
    assert cycle.run(at("09:01")).action is ActionName.SET
    other.close()
    patient.close()


def test_a_sign_in_that_runs_out_between_writing_and_reading_back_is_not_tried_again(
    make_computer: MakeComputer, calendar: ModelCalendar, clock: FakeClock
) -> None:
    class Expiring(ModelSwitchboard):
        def write_diversion(self, state):  # type: ignore[no-untyped-def]
            super().write_diversion(state)
            self.outage = SwitchboardNeedsSignIn(HOST)

    model = Expiring(clock)
    calendar.put(meeting())
    computer = make_computer(model)
    state = computer.run_at("09:00")
    assert (state.wrote, state.confirmation) == (shows("meeting", at("10:00")), Confirmation.SENT)
    assert state.phase is Phase.NEEDS_SIGN_IN
    asked = len(model.requests)
    computer.run_at("09:01")
    assert len(model.requests) == asked
