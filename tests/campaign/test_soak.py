"""A short soak in the simulation, and that growth would be seen; ``make soak`` takes a month, and the real app."""

from dataclasses import replace

from tests.campaign import soak_app, soak_month
from tests.campaign.soak_app import Sample
from tests.campaign.soak_month import Day


def test_three_days_cost_no_more_than_one() -> None:
    month = soak_month.a_month(poll=900)
    days = soak_month.live(replace(month, days=3, booked=tuple(b for b in month.booked if b.day < 4)))
    assert soak_month.verdict(days) == []
    assert all(day.cycles > 96 for day in days)


def test_growth_in_the_month_would_be_seen() -> None:
    flat = [Day(n, 100_000, 500_000, 1500, 20, 260_000) for n in range(31)]
    assert soak_month.verdict(flat) == []
    for worse in (
        {"ledger": 200_000},
        {"memory": 600_000},
        {"handles": 21},
        {"cycles": 4000},
        {"log": 4_000_000},
    ):
        (wrong,) = soak_month.verdict([*flat[:-1], replace(flat[-1], day=29, **worse)])
        assert wrong


def test_growth_of_the_app_would_be_seen() -> None:
    flat = [Sample(float(n), 150_000, 110_000, 4, 18, 80_000, 300_000, 0.0) for n in range(1, 100)]
    assert soak_app.verdict(soak_app.growth(flat), flat) == []
    leaks = [replace(s, rss=s.rss + 60 * n, handles=18 + n // 10, wal=50_000 * n) for n, s in enumerate(flat)]
    assert len(soak_app.verdict(soak_app.growth(leaks), leaks)) == 3
