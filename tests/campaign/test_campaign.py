"""Two hundred user-weeks of the campaign; ``make campaign`` plays ten thousand. A failure tells its seed."""

import logging
from collections.abc import Iterator

import pytest

from tests.campaign.__main__ import joined, left_to_play
from tests.campaign.minimise import failure, minimised, told
from tests.campaign.mutants import MUTANTS, ROOT, Mutant
from tests.campaign.story import draw

WEEKS, EACH = 200, 20


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """A week of failing servers says a lot."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(before)


@pytest.mark.parametrize("first", range(0, WEEKS, EACH))
def test_user_weeks(first: int) -> None:
    for seed in range(first, first + EACH):
        week = draw(seed)
        if (broken := failure(week)) is not None:
            pytest.fail(f"seed {seed}: {broken}\n{told(minimised(week, tries=60))}")


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.fault)
def test_the_faults_put_in_on_purpose_still_fit_the_program(mutant: Mutant) -> None:
    """``python -m tests.campaign.mutants`` then shows that the campaign finds them."""
    text = (ROOT / "b2cal_desktop" / mutant.file).read_text(encoding="utf-8")
    assert text.count(mutant.right) == 1


def test_a_run_goes_on_where_the_last_one_left() -> None:
    assert joined([[50, 75], [0, 25], [25, 50], [100, 110]]) == [[0, 75], [100, 110]]
    assert left_to_play(0, 110, [[0, 75], [100, 110]]) == [(75, 100)]
    assert left_to_play(0, 60, []) == [(0, 25), (25, 50), (50, 60)]
