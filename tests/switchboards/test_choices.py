"""What can be chosen as a switchboard: connector files, the user's own hand, a program."""

from pathlib import Path

import pytest

from b2cal_desktop.core.errors import ConnectorProblem
from b2cal_desktop.core.model import STANDARD_CATALOGUE
from b2cal_desktop.switchboards.choices import OWN, all_choices, find_choice, open_switchboard
from b2cal_desktop.switchboards.command import CommandSwitchboard
from b2cal_desktop.switchboards.connector import Connector
from b2cal_desktop.switchboards.connector_file import load_connector
from b2cal_desktop.switchboards.manual import ManualSwitchboard
from tests.switchboards.connector_samples import write_file
from tests.sync.worlds import shows

SHIPPED = Path(__file__).parents[2] / "resources" / "connectors" / "practice.toml"
FIELDS = {"base_url": "http://127.0.0.1:1", "user": "anna", "program": str(Path("/opt/set").absolute())}


def test_each_choice_opens_as_what_it_is() -> None:
    kinds = {"practice": Connector, "none": ManualSwitchboard, "command": CommandSwitchboard}
    assert all_choices().keys() >= kinds.keys()
    for id_, kind in kinds.items():
        choice = find_choice(id_)
        assert choice is not None
        assert isinstance(open_switchboard(choice, FIELDS, lambda _: None, STANDARD_CATALOGUE), kind)
    assert find_choice("nobody") is None


def test_a_window_can_ask_for_what_the_programs_own_choices_need() -> None:
    from b2cal_desktop.connector_views import connector_form

    forms = {id_: connector_form(choice) for id_, choice in all_choices().items()}
    assert [field.key for field in forms["command"].fields] == ["program", "arguments", "note", "seconds"]
    assert forms["command"].unconfirmed is not None, "it has to be read and ticked before it is used"
    assert forms["none"].fields == ()
    assert forms["none"].values.keys() == set(STANDARD_CATALOGUE)


@pytest.mark.parametrize("taken", sorted(OWN))
def test_no_file_passes_itself_off_as_one_of_the_programs_own(tmp_path: Path, taken: str) -> None:
    path = write_file(tmp_path, SHIPPED.read_text(encoding="utf-8").replace('id = "practice"', f'id = "{taken}"'))
    with pytest.raises(ConnectorProblem, match="belongs to the program"):
        load_connector(path)
    assert find_choice(taken, (tmp_path,)) is OWN[taken]


def test_a_connector_may_say_how_often_it_is_asked(tmp_path: Path) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    file = load_connector(write_file(tmp_path, text.replace("ends = true", "ends = true\npoll_seconds = 300")))
    connector = Connector(file, FIELDS, lambda _: None, STANDARD_CATALOGUE)
    assert connector.abilities.poll_seconds == 300
    assert Connector(load_connector(SHIPPED), FIELDS, lambda _: None, STANDARD_CATALOGUE).abilities.poll_seconds == 0
    for wrong in ("0", "3601", "true", '"60"', "1.5"):
        path = write_file(tmp_path, text.replace("ends = true", f"ends = true\npoll_seconds = {wrong}"))
        with pytest.raises(ConnectorProblem, match=r"line 7, poll_seconds: .*1 to 3600"):
            load_connector(path)


def test_the_users_own_hand_takes_everything_and_shows_nothing() -> None:
    manual = ManualSwitchboard(STANDARD_CATALOGUE)
    manual.check()
    manual.write_diversion(shows("lunch"))
    assert manual.fetch_diversion() is None
    assert manual.exchanges.copy() == manual.exchanges
    assert [key for key, _ in manual.list_diversions()] == list(STANDARD_CATALOGUE)
    abilities = manual.abilities
    assert (abilities.reads_back, abilities.knows_ends, abilities.sends) == (False, False, False)
