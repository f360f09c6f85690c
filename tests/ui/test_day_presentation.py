"""What the day window says: rows, reasons, status and history, and where things stand on the time line."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2cal_desktop.core.intents import Extend, FinishEarly, Skip, UndoSkip
from b2cal_desktop.core.model import Block, RuleName, Text, Warning
from b2cal_desktop.core.state import AppState
from b2cal_desktop.ui.day_presentation import DayView, Item, coming_days, day_view_model, history_rows
from b2cal_desktop.ui.timeline_layout import lanes, scale_of
from tests.ui import states
from tests.ui.states import NOW, at

TODAY = date(2026, 11, 23)
pytestmark = pytest.mark.usefixtures("swedish")


def view(state: AppState, day: date = TODAY) -> DayView:
    return day_view_model(state, day, NOW, "sv")


def item(shown: DayView, title: str) -> Item:
    return next(i for i in (*shown.blocks, *shown.events) if i.title == title)


def test_the_day_as_it_is() -> None:
    shown = view(states.IN_MEETING)
    assert shown.title == "I dag · måndag 23 november"
    assert [(e.title, e.times, e.note) for e in shown.events][:4] == [
        ("HEM: jobbar hemifrån", "hela dagen", "Ledig"),
        ("Morgonmöte", "08:30–08:45", "Ledig"),
        ("MOT: Budgetmöte", "09:00–10:00", "Upptagen"),
        ("Skriva offert", "09:30–11:00", "Preliminärt upptagen"),
    ]
    assert [(b.title, b.times) for b in shown.blocks][:4] == [
        ("Jobbar hemifrån", "till 09:00"),
        ("Möte", "09:00–10:00"),
        ("Jobbar hemifrån", "10:00–12:00"),
        ("Lunch", "12:00–13:00"),
    ]
    assert shown.item(shown.current_id or "") == item(shown, "Möte")


def test_why_names_winner_rule_losers_and_confirmation() -> None:
    assert item(view(states.IN_MEETING), "Möte").why == (
        "”MOT: Budgetmöte” 09:00–10:00 har prefixet för Möte i ämnesraden.",
        "”HEM: jobbar hemifrån” (heldag) får ge vika: Möte är starkare än Jobbar hemifrån.",
        "Växeln bekräftade 09:00:00.",
    )
    busy = next(b for b in view(states.IN_MEETING).blocks if b.times == "15:00–16:30")
    assert busy.why[0].endswith("är markerad som upptagen i kalendern, och det betyder Upptagen.")
    assert busy.why[1] == "Den fortsätter på grund av ”Samtal med Vattenverket” 15:30–16:00."
    assert busy.why[-1] == "Sätts 15:00."


def test_why_of_events() -> None:
    shown = view(states.IN_MEETING)
    assert item(shown, "Skriva offert").why[-1] == "Den ber inte om någon hänvisning."
    assert item(shown, "Uppstart av projektet").why[-1] == "Den är inställd och räknas inte."
    assert (
        item(shown, "HEM: jobbar hemifrån")
        .why[-1]
        .startswith("Den ger Jobbar hemifrån, men får ge vika för Möte 09:00–10:00, Lunch 12:00–13:00,")
    )


def test_why_not_when_something_else_counts() -> None:
    assert "Just nu gäller Lunch till 13:00 i stället: den är satt för hand." in item(view(states.MANUAL), "Möte").why
    assert "Du är klar i förtid, så resten räknas inte." in item(view(states.DISMISSED), "Möte").why
    assert item(view(states.DISMISSED), "Möte").struck
    hours = Block(at("17:00"), at("08:00", 24), "gone_for_the_day", RuleName.WORKING_HOURS)
    shown = view(replace(states.IN_MEETING, blocks=(hours,)))
    assert shown.blocks[0].why[0] == "Utanför din arbetstid visar växeln Gått för dagen."


def test_private_events_are_never_named() -> None:
    for state in states.ALL.values():
        for language in ("sv", "en"):
            shown = day_view_model(state, TODAY, NOW, language)
            texts = [
                t for i in (*shown.blocks, *shown.events) for t in (i.title, i.spoken, i.heading, i.source, *i.why)
            ]
            assert not any("Tandläkaren" in text for text in texts)
    assert item(view(states.IN_MEETING), "Privat").times == "14:00–14:45"


def test_what_can_be_done_about_each() -> None:
    shown = view(states.IN_MEETING)
    assert [deed.does for deed in item(shown, "Möte").deeds] == [
        Skip("budget", until=at("10:00")),
        Skip("budgets", series=True),
        FinishEarly(),
        Extend(15),
    ]
    assert [d.does for d in item(shown, "LUN: sallad med Karin").deeds] == [Skip("lunch", until=at("13:00"))]
    assert item(shown, "Morgonmöte").deeds == ()
    skipped = item(view(states.SKIPPED), "MOT: Budgetmöte")
    assert [deed.does for deed in skipped.deeds] == [UndoSkip("budget")]
    assert skipped.struck
    assert skipped.why[-1] == "Du hoppar över den."
    of_series = replace(states.SKIPPED, skips=(Skip("budgets", series=True),))
    assert [d.does for d in item(view(of_series), "MOT: Budgetmöte").deeds] == [UndoSkip("budgets", series=True)]


def test_status_says_what_was_confirmed_and_how_both_sides_are() -> None:
    status = view(states.IN_MEETING).status
    assert (status.confirmed, status.synced) == ("växeln bekräftade 09:00:00", "synkat för 20 s sedan")
    assert view(states.SWITCHBOARD_AWAY).status.sides.endswith(": svarar inte sedan 08:56")
    assert view(states.DRY_RUN).status.confirmed == "inget skrivs till växeln"
    unread = replace(states.IN_MEETING, reads_back=False)
    assert view(unread).status.confirmed == "ändringar som görs på annat håll märks inte"
    told = replace(states.IN_MEETING, unconfirmed=Text("obekräftad koppling", "unconfirmed connector"))
    assert view(told).status.confirmed == "obekräftad koppling"


def test_remarks_are_few_and_the_rest_counted() -> None:
    warnings = tuple(Warning("unknown_prefix", Text(f"Sak {n}", f"Thing {n}")) for n in range(4))
    assert view(replace(states.IN_MEETING, warnings=warnings)).status.remarks == (
        "Sak 0",
        "Sak 1",
        "Sak 2",
        "och en sak till att se över i kalendern",
    )
    assert view(replace(states.IN_MEETING, warnings=(*warnings, Warning("x", Text("y", "y"))))).status.remarks[3] == (
        "och 2 saker till att se över i kalendern"
    )


def test_history_newest_first_in_words() -> None:
    rows = history_rows(states.IN_MEETING, NOW, "sv")
    assert [(r.at, r.diversion, r.by, r.what, r.confirmed) for r in rows][:2] == [
        ("09:00:00", "Möte till 10:00", "Kalendern", "Satt", "Bekräftad"),
        ("08:40:11", "Upptagen till 08:50", "Någon annan", "Lämnad orörd", "Okänt"),
    ]
    assert rows[-1].at == "Fredag 20 november 12:01:02"


def test_the_coming_week_and_the_days_one_can_go_to() -> None:
    days = coming_days(states.IN_MEETING, NOW, "sv")
    assert [day.title for day in days][:3] == [
        "I dag · måndag 23 november",
        "I morgon · tisdag 24 november",
        "Onsdag 25 november",
    ]
    assert len(days) == 7
    assert [block.source for block in days[2].blocks] == ["Mässa i Göteborg"]
    shown = view(states.IN_MEETING)
    assert (shown.first_day, shown.last_day) == (TODAY, TODAY + timedelta(days=6))


def test_other_days_have_no_now() -> None:
    tomorrow = view(states.IN_MEETING, TODAY + timedelta(days=1))
    assert tomorrow.now is None
    assert tomorrow.title == "I morgon · tisdag 24 november"
    assert [block.title for block in tomorrow.blocks] == ["Möte"]


def test_a_day_when_the_clock_goes_back_has_25_hours() -> None:
    autumn = at("12:00").replace(month=10, day=25)
    early = states.event("early", autumn.replace(hour=0, minute=30), autumn.replace(hour=23, minute=30), "Natt")
    shown = day_view_model(replace(states.IN_MEETING, events=(early,), blocks=()), autumn.date(), NOW, "sv")
    scale = scale_of(shown, 10)
    assert scale.height == 250
    assert [f"{hour:%H}" for hour in scale.hours()][:5] == ["00", "01", "02", "02", "03"]


def test_an_all_day_block_does_not_stretch_the_time_line() -> None:
    assert scale_of(view(states.IN_MEETING), 10).height == 110


def test_the_right_side_is_the_switchboards_only_while_it_follows() -> None:
    shown = {name: view(states.ALL[name]).blocks_title for name in ("meeting", "manual", "paused", "off", "dry-run")}
    assert shown.pop("meeting") == "Växeln visar"
    assert set(shown.values()) == {"Enligt kalendern"}


def test_an_empty_day_promises_nothing_that_is_not_so() -> None:
    empty = states.UNUSUAL["empty"]
    assert view(empty).empty == ("Inget i kalendern den här dagen", "Du är tillgänglig.")
    by_hand = replace(states.MANUAL, blocks=(), events=(), block=None, next_block=None)
    assert view(by_hand).empty == ("Inget i kalendern den här dagen", "")
    unread = replace(empty, calendar=replace(states.CALENDAR_AWAY.calendar, as_of=None))
    assert view(unread).empty == ("Kalendern går inte att läsa", "")


@given(st.lists(st.tuples(st.integers(0, 1400), st.integers(1, 300)), max_size=12))
def test_nothing_lies_on_anything_else(spans: list[tuple[int, int]]) -> None:
    sample, shortest = view(states.IN_MEETING).events[1], timedelta(minutes=20)
    midnight = at("00:00")
    items = [
        replace(sample, id=str(n), start=midnight + timedelta(minutes=s), end=midnight + timedelta(minutes=s + d))
        for n, (s, d) in enumerate(spans)
    ]
    placed = lanes(items, shortest)
    assert placed.keys() == {i.id for i in items}
    for one in items:
        lane, count = placed[one.id]
        assert 0 <= lane < count
        for two in items:
            if one.id < two.id and placed[two.id][0] == lane:
                assert one.start >= max(two.end, two.start + shortest) or two.start >= max(
                    one.end, one.start + shortest
                )
