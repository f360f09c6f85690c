"""What the campaign has found: one week for each fault, cut down by its minimiser, and judged by all invariants."""

from datetime import date

import pytest

from tests.campaign.minimise import minimised, told
from tests.campaign.play import play
from tests.campaign.story import Act, Booked, Week, draw
from tests.campaign.watch import Broken

MONDAY = date(2026, 11, 23)
HOUR, DAY = 3600, 86400


def week(*acts: Act, booked: tuple[Booked, ...] = (), days: float = 3, **more: object) -> Week:
    return Week(0, "Europe/Stockholm", MONDAY, acts=acts, booked=booked, days=days, share=0.0, **more)  # type: ignore[arg-type]


def test_what_was_set_by_a_clock_a_day_ahead_is_cleared_when_the_clock_is_right_again() -> None:
    """Its end had passed by the wrong clock, and with it the memory of whose diversion it was."""
    play(week(Act(DAY + 7 * HOUR, "clock", (90_000, 2 * HOUR)), Act(DAY + 7.25 * HOUR, "book", (0, 1, "UPP: fokus"))))


def test_a_skipped_event_does_not_lag_behind_its_end() -> None:
    """The skip was forgotten at the event's end, and its margin of five minutes was shown."""
    booked = Booked("m", 1, 735, 180, "UPP: fokus", "busy")
    play(week(Act(DAY + 12 * HOUR, "skip", (0.0, False)), booked=(booked,), settings=(("lag_minutes", 5),)))


def test_a_switchboard_that_times_out_is_not_asked_every_ten_seconds() -> None:
    """The pace of writes made the loop forget how often it had failed, when each try took longer than the pause."""
    booked = Booked("m", 1, 721, 90, "UTE: kund", "busy")
    acts = Act(DAY + 11 * HOUR, "slow", (9.0, 4 * HOUR)), Act(DAY + 13.2 * HOUR, "board_fails", ("silent", 5 * HOUR))
    play(week(*acts, booked=(booked,), reads_back=False))


def test_fifteen_more_minutes_outside_working_hours_count() -> None:
    booked = Booked("m", 1, 960, 60, "UPP: fokus", "busy")
    play(week(Act(DAY + 16.5 * HOUR, "extend", (15,)), booked=(booked,), settings=(("working_hours", "on"),)))


def test_what_lingers_after_a_clear_of_unknown_outcome_is_cleared_all_the_same() -> None:
    """Its end had passed, so that the switchboard that still showed it was taken to have heard the clear."""
    booked = Booked("m", 1, 720, 30, "SLU:", "busy")
    play(week(Act(DAY + 12.3 * HOUR, "write_fails", ("silent", "")), booked=(booked,), honours=False))


def test_a_wrong_clock_does_not_make_a_clear_of_unknown_outcome_one_that_acted() -> None:
    """By the clock that ran ahead the block was over; set right, it was taken for somebody else's until its end."""
    booked = Booked("m", 1, 720, 60, "SLU:", "busy")
    acts = (
        Act(DAY + 12.3 * HOUR, "write_fails", ("silent", "")),
        Act(DAY + 12.3 * HOUR, "cancel", (0.0,)),
        Act(DAY + 12.3 * HOUR, "sync"),
        Act(DAY + 12.3 * HOUR + 2, "clock", (90_000, 10 * 60)),
    )
    play(week(*acts, booked=(booked,)))


def test_what_the_tray_set_until_a_time_is_taken_back_however_often_the_clear_is_lost() -> None:
    """The switchboard knows no ends; the second lost clear made what the tray had set somebody else's."""
    acts = (
        Act(DAY + 9 * HOUR, "tray", ("lunch", 30)),
        Act(DAY + 9.4 * HOUR, "write_fails", ("silent", "")),
        Act(DAY + 9.4 * HOUR, "write_fails", ("silent", "")),
    )
    play(week(*acts, ends=False))


def test_what_was_given_back_to_the_calendar_is_a_persons_own_when_it_is_set_again() -> None:
    """Following the calendar made it the program's own for ever, where the switchboard knows no ends."""
    acts = (
        Act(DAY + 13 * HOUR, "softphone", ("sick", None)),
        Act(DAY + 14.5 * HOUR, "both_fail", (2 * HOUR,)),
        Act(DAY + 14.75 * HOUR, "follow"),
        Act(DAY + 15.75 * HOUR, "softphone", ("out_of_office", None)),
        Act(DAY + 18 * HOUR, "softphone", ("sick", None)),
    )
    play(week(*acts, ends=False))


def test_what_is_a_day_old_drives_no_more() -> None:
    """Never a fault of the program; but an outage that lasts so long, with a block in it, is rare in a drawn week."""
    booked = Booked("m", 1, 720, 60, "SLU:", "busy"), Booked("n", 2, 840, 60, "MOT: kund", "busy")
    play(week(Act(DAY + 8 * HOUR, "calendar_fails", ("unreachable", 40 * HOUR)), booked=booked))


def test_a_failing_week_is_cut_down_to_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    """With an invariant that no program can keep, all that is left is the one act that breaks it."""
    from tests.campaign.play import Play

    def forbidden(self: Play, *_args: object) -> None:
        raise Broken("sync", "somebody synced")

    monkeypatch.setattr(Play, "do_sync", forbidden)
    seed = next(seed for seed in range(100) if any(act.do == "sync" for act in draw(seed).acts))
    small = minimised(draw(seed))
    assert [act.do for act in small.acts] == ["sync"]
    assert small.booked == ()
    assert f"seed {seed}" in told(small)
