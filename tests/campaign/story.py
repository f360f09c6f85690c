"""Weeks of people's lives, drawn from a seed: who they are, what they book, and what befalls them.

A ``Week`` is data only, so that a failing one can be told, repeated and cut down by dropping what it does not need.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from tests.campaign.world import Trouble

HOUR, DAY = 3600, 86400
# Where somebody lives, and the Monday on which the week begins: ordinary ones and those in which clocks change.
SCENES = [
    ("Europe/Stockholm", date(2026, 11, 23)),
    ("Europe/Stockholm", date(2026, 3, 23)),  # 23 hours on the Sunday
    ("Europe/Stockholm", date(2026, 10, 19)),  # 25 hours on the Sunday
    ("America/New_York", date(2026, 10, 26)),  # 25 hours on the Sunday
    ("Asia/Kolkata", date(2026, 12, 28)),  # half an hour from the others, and New Year
    ("Australia/Lord_Howe", date(2026, 9, 28)),  # half an hour forward on the Sunday
    ("Africa/Casablanca", date(2026, 2, 9)),  # winter time for Ramadan
]
SUBJECTS = (
    "MOT: avstämning", "Möt: kund", "LUN: sallad", "LUN : sushi", "UPP: fokus", "HEM: hela dagen", "UTE: kund",
    "SJU:", "SEM: fjällen", "SLU:", "Veckomöte", "SV: MOT: igen", "TIL: ring mig", "",
)  # fmt: skip
SHOW_AS = ("busy", "busy", "busy", "free", "tentative", "oof", "working_elsewhere")
BY_HAND = ("lunch", "busy", "meeting", "working_from_home", "out_of_office", "sick", "vacation")


class Act(NamedTuple):
    """What happens, and how many seconds of true time after the week began."""

    at: float
    do: str
    args: tuple[object, ...] = ()


class Booked(NamedTuple):
    """An event that is in the calendar from the start; ``day`` and ``minute`` are local, ``length`` in minutes."""

    id: str
    day: int
    minute: float
    length: float
    subject: str
    show_as: str
    all_day: bool = False
    series: str | None = None
    flag: str = ""  # cancelled, declined, private


@dataclass(frozen=True)
class Week:
    """Everything that a week is made of."""

    seed: int
    zone: str
    monday: date
    ends: bool = True
    honours: bool = True
    reads_back: bool = True
    computers: int = 1
    poll: float = 900
    spread: float = 1
    share: float = 0.5
    until_cleared: bool = False
    settings: tuple[tuple[str, object], ...] = ()
    booked: tuple[Booked, ...] = ()
    acts: tuple[Act, ...] = field(default=())
    days: float = 7


def draw(seed: int) -> Week:
    """The week of this seed."""
    r = random.Random(seed)  # noqa: S311  chance, not a secret
    zone, monday = r.choice(SCENES) if r.random() < 0.5 else SCENES[0]
    settings = dict(_settings(r) for _ in range(r.choice((0, 0, 1, 2, 3))))
    nights_off = r.random() < 0.97
    ends = r.random() < 0.6
    acts = [act for day in range(7) for act in _day(r, day, awake_at_night=not nights_off)]
    return Week(
        seed,
        zone,
        monday,
        ends=ends,
        honours=not ends or r.random() < 0.8,
        reads_back=r.random() < 0.85,
        computers=2 if r.random() < 0.15 else 1,
        poll=900 if r.random() < 0.97 else 300,
        spread=r.choice((0, 1, 1, 30)),
        share=r.random(),
        until_cleared=r.random() < 0.2,
        settings=tuple(sorted(settings.items())),
        booked=tuple(_bookings(r)),
        acts=tuple(sorted(acts, key=lambda act: act.at)),
    )


def _settings(r: random.Random) -> tuple[str, object]:
    """One setting that this person has changed, or changes."""
    return r.choice(
        [
            ("method", r.choice(("status", "prefix", "prefix_then_status"))),
            ("bridge_minutes", r.choice((0, 2, 15))),
            ("lead_minutes", r.choice((0, 5))),
            ("lag_minutes", r.choice((0, 5))),
            ("all_day", r.choice(("normal", "prefix_only", "ignore"))),
            ("order", r.choice(("as it is", "reversed"))),
            ("working_hours", r.choice(("", "on", "gone_for_the_day"))),
            ("stale_hours", r.choice((1, 72))),
        ]
    )


def _bookings(r: random.Random) -> list[Booked]:
    found = []
    for day in range(-1, 8):
        weekend = day % 7 in (5, 6)
        for n in range(r.choice((0, 0, 1)) if weekend else r.randint(1, 5)):
            minute = r.choice((480, 510, 540, 555, 600, 630, 660, 720, 780, 840, 900, 960)) + r.choice(
                (0, 0, 0, 1, 0.5)
            )
            length = r.choice((15, 25, 30, 50, 60, 60, 90, 180))
            series = "lunch" if r.random() < 0.15 else None
            flag = r.choice(("", "", "", "", "", "", "private", "cancelled", "declined"))
            found.append(
                Booked(f"e{day}.{n}", day, minute, length, r.choice(SUBJECTS), r.choice(SHOW_AS), False, series, flag)
            )
            if r.random() < 0.15:  # and once more, after a gap just short enough to be bridged, or just too long
                again = minute + length + r.choice((0, 2, 2, 2.02, 15))
                found.append(found[-1]._replace(id=f"f{day}.{n}", minute=again))
        if r.random() < 0.12:
            span = 1440 * r.choice((1, 1, 1, 3))
            subject = r.choice(("HEM: hela dagen", "SEM: fjällen", "Konferens", "SJU:"))
            found.append(Booked(f"a{day}", day, 0, span, subject, r.choice(SHOW_AS), True))
    return found


def _day(r: random.Random, day: int, *, awake_at_night: bool) -> list[Act]:
    """What happens on one day; most of it between seven and six."""
    midnight = day * DAY
    acts = []
    if not awake_at_night:
        works = day < 5 or r.random() < 0.2
        closes = midnight + (r.choice((16, 17, 18)) if works else 0) * HOUR + r.random() * 900
        acts.append(Act(closes, "sleep", (midnight + DAY + r.choice((7, 8)) * HOUR - closes,)))
    for _ in range(r.choice((0, 1, 2, 3, 5, 8)) if day < 5 else r.choice((0, 0, 1))):
        at = midnight + r.uniform(7, 18) * HOUR
        # Things often come on top of each other, or at the very edge of a block.
        near = round(at / 900) * 900 + r.choice((-1, 0, 0.2, 1, 20, 61))
        acts.append(_act(r, r.choice((at, near, float(round(at))))))
        if r.random() < 0.3:
            acts.append(_act(r, acts[-1].at + r.choice((0, 1, 15, 59, 120, 600))))
    if r.random() < 0.3:
        acts += _drama(r, midnight + r.uniform(8, 17) * HOUR)
    return acts


def _drama(r: random.Random, at: float) -> list[Act]:
    """A write that comes to grief, and a calendar that wants something else before the next try."""
    grief = Act(at, "write_fails", (str(r.choice(_FAULTS)), r.choice(BY_HAND)))
    if r.random() < 0.3:
        grief = Act(at, "crash", (r.randint(60, 260), 0))
    then = at + r.choice((1.5, 3, 20))
    return [
        Act(at - 1, "book", (0, 60, r.choice(SUBJECTS))),
        grief,
        Act(at, "sync"),
        r.choice(
            (Act(then, "retitle", (0.999, r.choice(SUBJECTS))), Act(then, "cancel", (0.999,)), Act(then, "finish"))
        ),
        Act(then, "sync"),
    ]


def _act(r: random.Random, at: float) -> Act:
    minutes = r.choice((1, 5, 15, 30, 60, 120, 240))
    until = r.choice((None, minutes))
    long = minutes * 60 * r.choice((*[1] * 12, 4, 24))
    which, kind = r.random(), r.random()
    if which < 0.22:  # the calendar
        return r.choice(
            [
                Act(at, "book", (r.choice((-30, 0, 0, 15, 60)), r.choice((1, 15, 30, 60, 180)), r.choice(SUBJECTS))),
                Act(at, "move", (kind, r.choice((-60, -15, 5, 30)), r.random() < 0.5)),
                Act(at, "cancel", (kind,)),
                Act(at, "retitle", (kind, r.choice(SUBJECTS))),
            ]
        )
    if which < 0.40:  # the softphone
        return Act(at, "softphone", (r.choice((*BY_HAND, "available", "available", "fikapaus")), until))
    if which < 0.55:  # the tray
        return r.choice(
            [
                Act(at, "tray", (r.choice((*BY_HAND, "available")), until)),
                Act(at, "finish"),
                Act(at, "follow"),
                Act(at, "extend", (15,)),
                Act(at, "pause", (r.choice((30, 60, 600)),)),
                Act(at, "resume"),
                Act(at, "skip", (kind, r.random() < 0.3)),
                Act(at, "unskip", (kind,)),
                Act(at, "sync"),
            ]
        )
    if which < 0.70:  # the network and its servers
        return r.choice(
            [
                Act(at, "board_fails", (str(r.choice(_OUTAGES)), long)),
                Act(at, "calendar_fails", (r.choice(("unreachable", "throttled", "sign_in", "refused")), long)),
                Act(at, "write_fails", (str(r.choice(_FAULTS)), r.choice(BY_HAND))),
                Act(at, "both_fail", (long,)),
                Act(at, "free_busy_only", (long,)),
                Act(at, "slow", (r.choice((0.2, 3.0, 9.0)), minutes * 60)),
            ]
        )
    if which < 0.88:  # the computer
        return r.choice(
            [
                Act(at, "sleep", (minutes * 60,)),
                Act(at, "clock", (r.choice((-7200, -1800, -60, -3, 3, 60, 1800, 90000)), minutes * 60)),
                Act(at, "crash", (r.randint(1, 500), r.choice((0, 1, minutes * 60)))),
                Act(at, "crash", (r.randint(1, 120), r.choice((0, 1, minutes * 60)))),
                Act(at, "kill", (r.choice((0, 1, minutes * 60)),)),
                Act(at, "quit", (r.choice((1, minutes * 60)),)),
            ]
        )
    return r.choice(  # the settings
        [
            Act(at, "off", (minutes * 60,)),
            Act(at, "dry_run", (minutes * 60,)),
            Act(at, "set", _settings(r)),
            Act(at, "override", (r.random() < 0.5,)),
            Act(at, "poll", (r.choice((60, 300)), min(minutes, 30) * 60)),
            Act(at, "rebuild"),
            Act(at, "travel", (r.choice(SCENES)[0], long)),
        ]
    )


_OUTAGES = (
    Trouble.DOWN, Trouble.DOWN, Trouble.SILENT, Trouble.LOST, Trouble.BUSY, Trouble.BROKEN, Trouble.PORTAL,
    Trouble.SIGN_IN, Trouble.REFUSED,
)  # fmt: skip
_FAULTS = (
    Trouble.DOWN, Trouble.SILENT, Trouble.LOST, Trouble.BUSY, Trouble.BROKEN, Trouble.ACTED_500, Trouble.PORTAL,
    Trouble.CUT, Trouble.SIGN_IN, Trouble.REFUSED, Trouble.KILL, Trouble.KILL_ACTED, Trouble.QUICKER,
)  # fmt: skip
