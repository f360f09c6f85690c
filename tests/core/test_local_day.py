"""A day is from midnight to midnight where the mailbox is: 23, 24 or 25 hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from b2cal_desktop.core.ports import Fetched
from b2cal_desktop.core.schedule import local_day

STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.mark.parametrize(
    ("noon", "days", "hours"),
    [
        (datetime(2026, 11, 23, 12, tzinfo=UTC), 1, 24),
        (datetime(2026, 3, 29, 12, tzinfo=UTC), 1, 23),
        (datetime(2026, 10, 25, 12, tzinfo=UTC), 1, 25),
        (datetime(2026, 10, 24, 12, tzinfo=UTC), 3, 73),
    ],
)
def test_a_local_day(noon: datetime, days: int, hours: int) -> None:
    window = local_day(noon, STOCKHOLM, days)
    assert window.end - window.start == timedelta(hours=hours)
    assert window.start.astimezone(STOCKHOLM).date() == noon.date()
    assert window.start.astimezone(STOCKHOLM).hour == window.end.astimezone(STOCKHOLM).hour == 0


def test_the_day_is_the_mailbox_s_and_not_that_of_utc() -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert local_day(late, STOCKHOLM).start == datetime(2026, 11, 22, 23, tzinfo=UTC)


def test_a_calendar_s_answer_is_whole_and_in_no_zone_of_its_own_unless_it_says_so() -> None:
    assert Fetched(()) == Fetched((), warnings=(), limited=False, timezone=None)
