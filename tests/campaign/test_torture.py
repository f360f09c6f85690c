"""A few kills of the real process; ``make torture`` does five hundred."""

import sys

import pytest

from tests.campaign.torture import torture


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.skipif(sys.platform == "win32", reason="only on systems with kill -9")
def test_after_a_kill_at_any_instant_the_next_start_makes_all_right() -> None:
    counts = torture(kills=10, seed=3)
    assert sum(counts.get(outcome, 0) for outcome in ("right", "by hand", "no verdict", "early")) == 10
    assert counts["right"] > 0
    assert counts["ledgers"] >= 8
