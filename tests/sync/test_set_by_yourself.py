"""Where nothing is sent, the user is told what to set: each change once, and its end."""

from b2cal_desktop.core.intents import SetDiversion
from b2cal_desktop.core.model import CLEAR, STANDARD_CATALOGUE
from b2cal_desktop.core.state import NoticeCode
from b2cal_desktop.switchboards.manual import ManualSwitchboard
from tests.sync.conftest import MakeComputer
from tests.sync.worlds import ModelCalendar, ModelSwitchboard, at, meeting, shows

ASKED = (NoticeCode.SET_BY_YOURSELF,)


def test_each_change_is_asked_for_once(make_computer: MakeComputer, calendar: ModelCalendar) -> None:
    calendar.put(meeting())
    computer = make_computer(ManualSwitchboard(STANDARD_CATALOGUE))
    states = [computer.run_at(moment) for moment in ("08:30", "09:00", "09:01", "10:00", "10:01")]
    assert [state.wrote for state in states] == [None, shows("meeting", at("10:00")), None, CLEAR, None]
    assert [state.notices for state in states] == [(), ASKED, (), ASKED, ()]
    assert not any(state.sends for state in states)


def test_what_is_chosen_in_the_tray_is_asked_for_as_well(make_computer: MakeComputer) -> None:
    state = make_computer(ManualSwitchboard(STANDARD_CATALOGUE)).run_at("09:00", SetDiversion("lunch", at("13:00")))
    assert (state.wrote, state.notices) == (shows("lunch", at("13:00")), ASKED)


def test_nothing_is_asked_for_where_it_is_sent(
    make_computer: MakeComputer, calendar: ModelCalendar, model: ModelSwitchboard
) -> None:
    calendar.put(meeting())
    state = make_computer(model).run_at("09:00")
    assert (state.wrote, state.notices, state.sends) == (shows("meeting", at("10:00")), (), True)
