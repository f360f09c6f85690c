"""Calendars, rules and subjects for property tests: few distinct instants and names, so that ties are common."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from b2cal_desktop.core.intents import Skip
from b2cal_desktop.core.model import (
    AVAILABLE,
    STANDARD_DIVERSIONS,
    CalendarEvent,
    Catalogue,
    Diversion,
    Kind,
    ShowAs,
    Text,
    Window,
)
from b2cal_desktop.core.rules import DEFAULT_ORDER, DEFAULT_PREFIXES, AllDay, Method, Private, Rules, WorkingHours

CATALOGUE = Catalogue(
    [
        *STANDARD_DIVERSIONS,
        Diversion("travelling", Text("På resande fot", "Travelling"), Kind.ABSENCE),
        Diversion("course", Text("Kurs", "Course"), Kind.ACTIVITY),
    ]
)
PREFIXES = {**DEFAULT_PREFIXES, AVAILABLE: ("TIL:",), "travelling": ("RES:", "TÅG"), "course": ("KURS",)}
SUBJECTS = [
    *(f"{prefix} x" for prefixes in PREFIXES.values() for prefix in prefixes),
    "Veckomöte",
    "SV: LUN: sallad",
    "kursplan",
    "",
]

# A zone and the day on which a case begins: an ordinary week, and every trick that calendars have played.
SCENES = [
    ("Europe/Stockholm", date(2026, 11, 23)),
    ("Europe/Stockholm", date(2026, 3, 28)),  # 23 hours on the 29th
    ("Europe/Stockholm", date(2026, 10, 24)),  # 25 hours on the 25th
    ("Europe/Stockholm", date(2028, 2, 28)),  # leap day
    ("Europe/Stockholm", date(2026, 12, 30)),  # the year ends
    ("America/Sao_Paulo", date(2018, 11, 3)),  # no midnight on the 4th
    ("America/Sao_Paulo", date(2018, 2, 17)),  # the last hour of the 17th twice
    ("America/Havana", date(2026, 10, 31)),  # midnight twice on the 1st
    ("Australia/Lord_Howe", date(2026, 4, 4)),  # half an hour
    ("Pacific/Apia", date(2011, 12, 29)),  # no 30th
]


def midnight(day: date, tz: tzinfo) -> datetime:
    """When ``day`` begins in ``tz``, in UTC."""
    return datetime.combine(day, time(0), tz).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that a plan is made from."""

    events: tuple[CalendarEvent, ...]
    rules: Rules
    window: Window
    tz: tzinfo
    skips: tuple[Skip, ...] = ()


@st.composite
def cases(draw: st.DrawFn, *, rules: st.SearchStrategy[Rules] | None = None) -> Case:
    """A calendar of three days in some zone, with rules, a window and skips."""
    zone, first = draw(st.sampled_from(SCENES))
    tz = ZoneInfo(zone)
    days = draw(st.integers(1, 3))
    palette = draw(st.lists(st.sampled_from(SUBJECTS), min_size=1, max_size=3))
    starts = draw(st.lists(st.integers(-10, 48 * days + 4), min_size=1, max_size=4))
    events = tuple(
        draw(event(f"e{n}", first, tz, st.sampled_from(palette), st.sampled_from(starts))) for n in draw(_numbers)
    )
    skips = draw(st.lists(st.sampled_from([Skip("e0"), Skip("e3"), Skip("s1", True), Skip("s2", True)]), max_size=1))
    window = Window(midnight(first, tz), midnight(first + timedelta(days=days), tz))
    return Case(events, draw(all_rules if rules is None else rules), window, tz, tuple(skips))


_any_subject = st.sampled_from(SUBJECTS)
_any_start = st.integers(-10, 150)
_numbers = st.permutations(range(10)).flatmap(lambda order: st.integers(0, 9).map(lambda size: order[:size]))
_rarely = st.sampled_from([False] * 9 + [True])
_seconds_beside = st.sampled_from([0, 0, 0, 0, -121, -120, -60, -1, 1, 60, 120, 121])


@st.composite
def event(
    draw: st.DrawFn,
    id: str,
    first: date,
    tz: tzinfo,
    subjects: st.SearchStrategy[str] = _any_subject,
    starts: st.SearchStrategy[int] = _any_start,
) -> CalendarEvent:
    """One event that starts some half hours from ``first`` on; instants in any zone, as calendars send them."""
    all_day = draw(st.sampled_from([False, False, False, True]))
    if all_day:
        day = first + timedelta(days=draw(st.integers(-1, 3)))
        start, end = midnight(day, tz), midnight(day + timedelta(days=draw(st.integers(1, 2))), tz)
    else:
        start = midnight(first, tz) + timedelta(minutes=30 * draw(starts), seconds=draw(_seconds_beside))
        length = draw(st.sampled_from([0, 1, 1, 2, 2, 3, 4, 8, 60]))
        end = start + timedelta(minutes=30 * length, seconds=draw(_seconds_beside))
    told_in = draw(st.sampled_from([UTC, tz, timezone(timedelta(hours=5, minutes=45))]))
    private = draw(_rarely)
    remembered = draw(st.sampled_from([None, "lunch", "vacation"])) if private else None
    return CalendarEvent(
        id=id,
        start=start.astimezone(told_in),
        end=end.astimezone(told_in),
        subject=None if remembered or draw(_rarely) else draw(subjects),
        show_as=draw(st.sampled_from(ShowAs)),
        all_day=all_day,
        private=private,
        cancelled=draw(_rarely),
        declined=draw(_rarely),
        series_id=draw(st.sampled_from([None, "s1", "s2"])),
        remembered=remembered,
    )


_diversions = st.sampled_from(list(CATALOGUE))
_orders: st.SearchStrategy[Sequence[str]] = st.just(DEFAULT_ORDER) | st.permutations(list(CATALOGUE)).flatmap(
    lambda order: st.integers(0, len(order)).map(lambda size: order[:size])
)

working_hours = st.builds(
    WorkingHours,
    days=st.just(frozenset(range(5))) | st.frozensets(st.integers(0, 6)),
    start=st.sampled_from([time(0), time(4), time(8), time(12, 30)]),
    end=st.sampled_from([time(13), time(17), time(22)]),
    outside=st.sampled_from(["", "gone_for_the_day", "working_from_home", "meeting"]),
)

simple_rules = st.builds(
    Rules,
    method=st.sampled_from(Method),
    bridge_minutes=st.sampled_from([0, 2, 5]),
    order=_orders.map(tuple),
    status=st.fixed_dictionaries({show_as: st.just("") | _diversions for show_as in ShowAs}),
    prefixes=st.just(PREFIXES),
    catalogue=st.just(CATALOGUE),
)
"""Rules without margins and working hours, and without choices about private and all-day events."""

all_rules = st.builds(
    replace,
    simple_rules,
    private=st.sampled_from(Private),
    all_day=st.sampled_from(AllDay),
    lead_minutes=st.sampled_from([0, 0, 1, 10, 45]),
    lag_minutes=st.sampled_from([0, 0, 1, 10, 45]),
    working_hours=st.none() | working_hours,
)


# --- Subjects ------------------------------------------------------------------------------------------------------

_words = [
    "LUN",
    "lun",
    "LÜN",
    "ＬＵＮ",
    "LU",
    "CH",
    "M\u00d6T",
    "Mo\u0308t",
    "MOT",
    "SV:",
    "Re:",
    "FWD: ",
    "vb:",
    "FW：",
]
_signs = [":", "：", " :", " ", "\u00a0", "\t", "\u200b", "\ufeff", "1", "-", "_", "/", "x", "é", "ß"]
subjects = st.lists(st.sampled_from([*_words, *_signs]), max_size=8).map("".join)

prefix_tables = st.lists(
    st.sampled_from(
        ["LUN:", "LUN", "LU", "L", "LUNCH", "möt:", "MOT", "LUN-", "SV:", "RE", ":", "", "\u200b", "LUN1", "ss"]
    ),
    unique_by=lambda prefix: prefix or object(),
    max_size=6,
).map(lambda prefixes: {f"d{number}": (prefix,) for number, prefix in enumerate(prefixes)})


@st.composite
def written_otherwise(draw: st.DrawFn, text: str) -> str:
    """``text`` as another program or a hasty hand might write it: case, normal form and zero-width characters."""
    text = draw(st.sampled_from([text, text.upper(), text.lower(), text.swapcase()]))
    text = unicodedata.normalize(draw(st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"])), text)
    for at in draw(st.lists(st.integers(0, len(text)), max_size=3)):
        text = text[:at] + draw(st.sampled_from(["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff"])) + text[at:]
    return text
