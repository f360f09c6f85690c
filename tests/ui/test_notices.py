"""What people are told, by whichever means: each with a button that does the thing, none twice within an hour."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication

from b2cal_desktop.core.intents import FollowCalendar, SyncNow
from b2cal_desktop.core.model import CLEAR, DiversionState
from b2cal_desktop.core.state import AppState, NoticeCode, Phase
from b2cal_desktop.ui.commands import Command, CommandName, Offers
from b2cal_desktop.ui.notices import Notices
from b2cal_desktop.ui.presentation import TrayView, tray_view
from b2cal_desktop.ui.tray import Tray
from tests.ui import states
from tests.ui.conftest import Program
from tests.ui.states import MEETING, NOW, at

ALL = Offers(settings=True, sign_in=True, check=True, diagnostics=True)
OPEN_DAY = Command(CommandName.OPEN_DAY)
STEERED = replace(states.MANUAL, notices=(NoticeCode.SOMEBODY_ELSE_STEERS,))
CHANGED = replace(states.IN_MEETING, notices=(NoticeCode.CHANGED,), wrote=DiversionState(MEETING, at("10:00")))


def view(state: AppState, offers: Offers = ALL) -> TrayView:
    return tray_view(state, NOW, "sv", offers)


@pytest.mark.parametrize(
    ("state", "title", "button", "does"),
    [
        (states.CALENDAR_SIGN_IN, "Logga in igen – ", "Lo&gga in…", Command(CommandName.SIGN_IN, "calendar")),
        (states.SWITCHBOARD_SIGN_IN, "Logga in i växeln – ", "Lo&gga in…", Command(CommandName.SIGN_IN, "switchboard")),
        (states.CALENDAR_APPROVAL, "Be IT om god", "Be IT om godkä&nnande…", Command(CommandName.ASK_APPROVAL)),
        (states.CALENDAR_OLD, "Kalendern är inte läst", "Ta reda på &varför…", Command(CommandName.CHECK)),
        (STEERED, "Något annat styr", "&Visa i dag", OPEN_DAY),
        (states.MANUAL, "Din egen hänvisning gäller", "&Följ kalendern igen", FollowCalendar()),
        (states.DISMISSED, "Du är tillbaka tidigt", "&Följ kalendern igen", FollowCalendar()),
        (CHANGED, "Möte till 10:00", "&Varför?", Command(CommandName.WHY)),
    ],
)
def test_each_has_a_button_that_does_the_thing(
    state: AppState, title: str, button: str, does: object, swedish: str
) -> None:
    shown = view(state)
    (message,) = shown.messages
    assert message.title.startswith(title)
    assert message.button.replace("&", "") == button.replace("&", "")
    assert (message.does, shown.answer(message)) == (does, does)


def test_an_old_calendar_is_tried_again_where_nothing_can_be_checked(swedish: str) -> None:
    (message,) = view(states.CALENDAR_OLD, Offers()).messages
    assert message.does == SyncNow()


def test_a_button_pressed_too_late_shows_today_and_changes_nothing(swedish: str) -> None:
    (manual,), (sign_in,) = view(states.MANUAL).messages, view(states.CALENDAR_SIGN_IN).messages
    now = view(states.IN_MEETING)
    assert [now.still_has(message) for message in (manual, sign_in)] == [False, False]
    assert now.answer(manual) == now.answer(sign_in) == OPEN_DAY


def test_what_a_cycle_said_once_is_answered_as_long_as_it_holds(swedish: str) -> None:
    (message,) = view(states.MANUAL).messages
    a_minute_later = view(replace(states.MANUAL, notices=()))
    assert a_minute_later.answer(message) == FollowCalendar()


class Balloons(Tray):
    """A tray that keeps what it shows."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def show_message(self, message, look, *, dark: bool) -> None:  # type: ignore[no-untyped-def]
        self.shown.append(message.title)


@pytest.fixture
def tray(qapp: QApplication) -> Iterator[Balloons]:
    made = Balloons()
    yield made
    made.hide()


def test_a_click_on_a_balloon_is_its_button(tray: Balloons, program: Program, swedish: str) -> None:
    present = [view(states.CALENDAR_SIGN_IN)]
    notices = Notices(tray, lambda: present[-1], lambda: program.now, tray)
    got: list[object] = []
    notices.chosen.connect(got.append)
    notices.tell(present[-1], None, dark=False)
    tray.message_clicked.emit()
    tray.message_clicked.emit()  # whatever it was, it has been answered
    notices.tell(view(states.MANUAL), None, dark=False)
    present.append(view(states.IN_MEETING))
    tray.message_clicked.emit()
    assert got == [Command(CommandName.SIGN_IN, "calendar"), OPEN_DAY, OPEN_DAY]


def test_none_repeats_within_an_hour(tray: Balloons, program: Program, swedish: str) -> None:
    notices = Notices(tray, lambda: view(states.MANUAL), lambda: program.now, tray)
    lunch = replace(CHANGED, wrote=CLEAR)
    for minutes, state in (
        (0, states.MANUAL),
        (30, states.MANUAL),
        (0, CHANGED),
        (0, lunch),
        (29, CHANGED),
        (1, states.MANUAL),
    ):
        program.wait(minutes=minutes)
        notices.tell(view(state), None, dark=False)
    own = "Din egen hänvisning gäller"
    assert tray.shown == [own, "Möte till 10:00", "Tillgänglig", own]


def test_after_an_early_return_the_menu_and_the_day_lead_back(swedish: str) -> None:
    shown = view(states.DISMISSED)
    assert shown.entry("follow").does == FollowCalendar()
    assert states.DISMISSED.phase is Phase.RUNNING
    assert shown.headline == "Tillgänglig · klar i förtid"
