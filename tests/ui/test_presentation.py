"""The tray for each phase and each trouble, in both languages, without a single widget."""

from dataclasses import replace
from datetime import timedelta

import pytest

from b2cal_desktop.core.errors import CalendarProblem, LedgerDamaged, ProfileInUse, ProfileUnusable
from b2cal_desktop.core.intents import (
    Extend,
    FinishEarly,
    FollowCalendar,
    Pause,
    SetDiversion,
    Skip,
    SwitchSync,
    SyncNow,
)
from b2cal_desktop.core.model import CLEAR, DiversionState, Text
from b2cal_desktop.core.state import AppState, NoticeCode, Phase
from b2cal_desktop.system.settings_check import WrongSettings
from b2cal_desktop.ui.commands import Command, CommandName, Offers, PauseFor, SetFor, resolve
from b2cal_desktop.ui.look import IconLook, Mark
from b2cal_desktop.ui.presentation import TrayView, starting_view, tray_view
from b2cal_desktop.ui.translations import install_language
from tests.ui import states
from tests.ui.states import NOW, at


def view(state: AppState, language: str = "sv", offers: Offers | None = None) -> TrayView:
    install_language(language)
    return tray_view(state, NOW, language, offers or Offers())


def ids(shown: TrayView) -> list[str]:
    return [entry.id for entry in shown.entries if not entry.separator]


@pytest.mark.parametrize(
    ("name", "look", "tooltip"),
    [
        ("meeting", IconLook("meeting", "M"), "Möte till 10:00 · sedan Jobbar hemifrån"),
        ("available", IconLook("available", "T"), "Tillgänglig · Lunch från 12:00"),
        ("manual", IconLook("lunch", "L", Mark.HAND), "Lunch till 13:00 · satt för hand · sedan Tillgänglig"),
        ("paused", IconLook("meeting", "M", Mark.PAUSE), "Pausad till 10:15 · Möte till 10:00"),
        ("off", IconLook("handset", hollow=True), "Synkroniseringen är avstängd"),
        ("own", IconLook("travelling", "P"), "På resande fot till 10:00 · sedan Jobbar hemifrån"),
        ("dry-run", IconLook("meeting", "M"), "Provkörning · Möte till 10:00 · sedan Jobbar hemifrån"),
        (
            "calendar-sign-in",
            IconLook("meeting", "M", Mark.TRIANGLE),
            "Logga in igen – hänvisningen följer inte kalendern",
        ),
        (
            "calendar-approval",
            IconLook("meeting", "M", Mark.TRIANGLE),
            "Be IT om godkännande – hänvisningen följer inte kalendern",
        ),
        (
            "calendar-away",
            IconLook("meeting", "M", Mark.CLOCK),
            "Kalendern svarar inte sedan 09:12 – hänvisningen följer redan hämtade bokningar",
        ),
        (
            "calendar-old",
            IconLook("meeting", "M", Mark.TRIANGLE),
            "Kalendern är inte läst sedan i går 08:12 – hänvisningen följer den inte längre",
        ),
        (
            "switchboard-away",
            IconLook("meeting", "M", Mark.CLOCK),
            "Växeln svarar inte sedan 08:56 – hänvisningen är kvar som den var",
        ),
    ],
)
def test_icon_and_tooltip_of_each_state(name: str, look: IconLook, tooltip: str) -> None:
    shown = view(states.ALL[name])
    assert (shown.icon, shown.tooltip) == (look, tooltip)


def test_the_same_in_english() -> None:
    assert view(states.IN_MEETING, "en").tooltip == "Meeting until 10:00 · then Working from home"
    assert view(states.CALENDAR_SIGN_IN, "en").tooltip == "Sign in again – the diversion does not follow the calendar"
    assert view(states.MANUAL, "en").headline == "Lunch until 13:00 · set by hand"


def test_the_full_menu_in_its_order() -> None:
    shown = view(states.IN_MEETING, offers=Offers(settings=True))
    assert [entry.label for entry in shown.entries if not entry.separator] == [
        "Möte till 10:00",
        "Härnäst: Jobbar hemifrån 10:00–12:00",
        "Synkronisera med kalendern",
        "Synka nu (för 20 s sedan)",
        "Klar nu",
        "15 minuter till",
        "Hoppa över den här bokningen",
        "Hoppa över hela serien",
        "Sätt hänvisning",
        "Pausa",
        "I dag…",
        "Inställningar…",
        "Hjälp",
        "Avsluta",
    ]
    lunch = shown.entry("set.lunch")
    assert [entry.label for entry in lunch.children] == [
        "30 min",
        "1 h",
        "Till 13:00",
        "Resten av dagen",
        "Välj tid…",
    ]
    assert [entry.label for entry in shown.entry("pause").children] == ["30 min", "1 h", "Till i morgon"]


def test_what_each_entry_asks_for() -> None:
    shown = view(states.IN_MEETING)
    asked = {entry.id: entry.does for entry in shown.walk()}
    assert asked["sync"] == SwitchSync(False)
    assert asked["sync_now"] == SyncNow()
    assert asked["finish"] == FinishEarly()
    assert asked["extend"] == Extend(15)
    assert asked["skip"] == Skip("budget", until=at("10:00"))
    assert asked["skip_series"] == Skip("budgets", series=True)
    assert asked["set.available"] == SetDiversion("available", None)
    assert asked["set.lunch.30"] == SetFor("lunch", 30)
    assert asked["set.lunch.until"] == SetDiversion("lunch", at("13:00"))
    assert asked["set.lunch.day"] == SetDiversion("lunch", at("00:00", 24))
    assert asked["set.lunch.choose"] == Command(CommandName.CHOOSE_TIME, "lunch")
    assert asked["pause.tomorrow"] == Pause(at("00:00", 24))
    assert asked["quit"] == Command(CommandName.QUIT)


def test_minutes_count_from_the_click_and_end_on_a_whole_minute() -> None:
    assert resolve(SetFor("lunch", 30), at("09:12:20")) == SetDiversion("lunch", at("09:43"))
    assert resolve(PauseFor(60), at("09:12")) == Pause(at("10:12"))
    assert resolve(FinishEarly(), NOW) == FinishEarly()


@pytest.mark.parametrize("name", ["available", "manual", "paused", "off", "dismissed", "calendar-sign-in"])
def test_a_block_is_only_steered_while_the_app_shows_it(name: str) -> None:
    assert not {"finish", "extend", "skip", "skip_series"} & set(ids(view(states.ALL[name])))


def test_each_phase_offers_its_way_back() -> None:
    assert view(states.MANUAL).entry("follow").does == FollowCalendar()
    assert view(states.PAUSED).entry("resume").does == Pause(None)
    off = view(states.OFF)
    assert off.entry("sync").checked is False
    assert off.entry("sync").does == SwitchSync(True)
    assert not {"sync_now", "pause", "resume"} & set(ids(off))


def test_what_needs_the_user_comes_first() -> None:
    able = view(states.CALENDAR_SIGN_IN, offers=Offers(sign_in=True)).entries[0]
    assert (able.label, able.does) == ("Logga in i kalendern…", Command(CommandName.SIGN_IN, "calendar"))
    unable = view(states.CALENDAR_SIGN_IN).entries[0]
    assert unable.label.startswith("Logga in igen")
    assert unable.does == Command(CommandName.OPEN_DAY)
    switchboard = view(states.SWITCHBOARD_SIGN_IN, offers=Offers(sign_in=True))
    assert switchboard.entries[0].does == Command(CommandName.SIGN_IN, "switchboard")
    assert not switchboard.entry("set").enabled


def test_entries_that_would_do_nothing_are_not_there() -> None:
    assert "settings" not in ids(view(states.IN_MEETING))
    assert "settings" in ids(view(states.IN_MEETING, offers=Offers(settings=True)))
    for state in states.ALL.values():
        for entry in view(state).walk():
            assert entry.separator or entry.children or entry.does is not None or not entry.enabled


def test_ids_are_unique_and_no_label_is_left_untranslated() -> None:
    for name, state in states.ALL.items():
        swedish, english = view(state, "sv"), view(state, "en")
        names = [entry.id for entry in swedish.walk()]
        assert len(names) == len(set(names)), name
        labels = {entry.id: entry.label for entry in english.walk()}
        same = {e.id for e in swedish.walk() if e.label and labels[e.id] == e.label}
        assert all(id.endswith((".30", ".60")) or id in ("set.lunch", "set.travelling") for id in same), same


def test_a_private_subject_is_in_no_text_of_the_tray() -> None:
    block = replace(states.BLOCKS[5])
    state = replace(states.IN_MEETING, block=block, want=block.state, next_block=block)
    shown = tray_view(state, at("14:10"), "sv")
    texts = [shown.headline, shown.next_line, shown.tooltip, *(entry.label for entry in shown.walk())]
    assert not any("Tandläkaren" in text for text in texts)


def test_times_name_the_day_where_it_is_not_today() -> None:
    def headline(until: str, day: int, diversion: str = "vacation") -> str:
        state = replace(states.IN_MEETING, want=DiversionState(diversion, at(until, day)))
        return view(state).headline

    assert headline("00:00", 24) == "Semester resten av dagen"
    assert headline("08:00", 24) == "Semester till i morgon 08:00"
    assert headline("00:00", 30) == "Semester till måndag 30 november"
    assert headline("13:30", 25) == "Semester till onsdag 25 november 13:30"


def test_a_diversion_whose_end_has_passed_is_not_shown() -> None:
    late = tray_view(states.IN_MEETING, at("10:00:01"), "sv")
    assert late.icon.badge == "available"


def test_an_unreachable_switchboard_shows_what_was_last_seen() -> None:
    state = replace(states.SWITCHBOARD_AWAY, seen=DiversionState("lunch", at("13:00")))
    assert view(state).icon.badge == "lunch"


@pytest.mark.parametrize("error", [LedgerDamaged("l", "disk full"), ProfileUnusable("p", "read-only")])
def test_what_this_computer_cannot_keep_is_not_blamed_on_the_switchboard(
    error: LedgerDamaged | ProfileUnusable,
) -> None:
    state = replace(states.IN_MEETING, failure=error)
    shown = view(state)
    assert "Växeln" not in shown.tooltip
    assert shown.entry("set").enabled, "the switchboard takes what is set by hand"
    assert shown.tooltip.startswith("Programmet kan inte spara")
    assert next(e for e in shown.walk() if e.label == "Programmet kan inte spara").does == SyncNow()


def test_settings_that_cannot_be_used_are_not_blamed_on_the_switchboard_either() -> None:
    error = WrongSettings("settings.toml", 3, "sync.poll_seconds", Text("Tillåtet är 30 till 900.", "30 to 900."))
    state = replace(states.IN_MEETING, failure=error)
    assert view(state).tooltip.startswith("Inställningarna går inte att använda – de förra gäller")


def test_what_else_keeps_the_program_from_its_work_is_told_in_its_own_words() -> None:
    state = replace(states.IN_MEETING, failure=ProfileInUse("/home/anna/b2cal"))
    assert view(state).tooltip.startswith(ProfileInUse("/home/anna/b2cal").message("sv").what.rstrip("."))


def test_a_likely_end_lies_ahead_and_today() -> None:
    def until(clock: str, **more: object) -> str | None:
        state = replace(states.AVAILABLE_STATE, blocks=(), next_block=None, **more)
        shown = tray_view(state, at(clock), "en")
        return next((e.label for e in shown.walk() if e.id == "set.busy.until"), None)

    assert (until("09:00"), until("12:57"), until("16:58")) == ("Until 13:00", "Until 17:00", None)
    assert until("23:58", want=CLEAR) is None


def test_the_age_of_the_last_sync_in_words() -> None:
    def label(**ago: int) -> str:
        calendar = replace(states.OK, as_of=NOW - timedelta(**ago))
        return view(replace(states.IN_MEETING, calendar=calendar)).entry("sync_now").label

    assert label(seconds=2) == "Synka nu (nyss)"
    assert label(minutes=4, seconds=59) == "Synka nu (för 4 min sedan)"
    assert label(hours=2) == "Synka nu (07:12)"
    assert label(hours=20) == "Synka nu (i går 13:12)"


def test_notices_and_needs_become_messages() -> None:
    notices = tuple(NoticeCode)
    shown = view(replace(states.MANUAL, notices=notices))
    assert [message.key.partition("/")[0] for message in shown.messages] == list(notices)
    texts = {message.key: message.text for message in shown.messages}
    assert texts["manual_takes_precedence"] == "Lunch till 13:00 är satt för hand. Kalendern väntar."
    assert [message.key for message in view(states.CALENDAR_SIGN_IN).messages] == ["calendar_needs_sign_in"]
    assert view(states.CALENDAR_AWAY).messages == ()


def test_before_the_first_state_there_is_an_icon_and_a_way_out() -> None:
    install_language("sv")
    shown = starting_view(Offers())
    assert shown.icon == IconLook("handset")
    assert shown.tooltip == "B2Cal Desktop · Startar…"
    assert ids(shown) == ["headline", "today", "help", "quit"]


def test_switched_off_nothing_is_a_problem() -> None:
    assert view(replace(states.CALENDAR_AWAY, phase=Phase.OFF)).problem is None


def test_before_the_set_up_is_done_nothing_else_is_wrong() -> None:
    shown = view(states.CALENDAR_SIGN_IN, offers=Offers(settings=True, sign_in=True, set_up=True))
    assert shown.icon == IconLook("handset", mark=Mark.TRIANGLE, hollow=True)
    assert shown.tooltip == shown.headline == "Inte i gång än"
    assert ids(shown) == ["set_up", "headline", "next", "today", "settings", "help", "quit"]
    assert (shown.problem, shown.messages) == (None, ())


def test_a_file_that_is_no_calendar_is_not_said_to_be_silent() -> None:
    side = replace(states.CALENDAR_AWAY.calendar, error=CalendarProblem("kalender.ics", 1, None, "trasig"))
    shown = view(replace(states.CALENDAR_AWAY, calendar=side))
    assert shown.tooltip == "Kalendern går inte att läsa – hänvisningen följer redan hämtade bokningar"
