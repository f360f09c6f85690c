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
