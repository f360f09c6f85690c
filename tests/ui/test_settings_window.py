"""Every page of the settings: what is changed in the window reaches the file and the rules, and back."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QDialogButtonBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from b2cal_desktop.core.model import ShowAs
from b2cal_desktop.core.rules import Method
from b2cal_desktop.switchboards.practice import Faults, PracticeSwitchboard
from b2cal_desktop.system.clock import SystemClock
from b2cal_desktop.system.secret_names import EXCHANGE_PASSWORD
from b2cal_desktop.ui.configuration import CheckStatus
from b2cal_desktop.ui.settings.calendar_page import CalendarPage
from b2cal_desktop.ui.settings.diversions_page import DiversionsPage
from b2cal_desktop.ui.settings.general_page import GeneralPage
from b2cal_desktop.ui.settings.order_list import OrderList
from b2cal_desktop.ui.settings.rules_page import RulesPage
from b2cal_desktop.ui.settings.switchboard_page import SwitchboardPage
from b2cal_desktop.ui.settings.trial import TrialDialog
from b2cal_desktop.ui.settings.window import SettingsWindow
from tests.ui import states
from tests.ui.worlds import NOW, World, board

OK, APPLY = QDialogButtonBox.StandardButton.Ok, QDialogButtonBox.StandardButton.Apply
Open = Callable[..., SettingsWindow]


@pytest.fixture(scope="module")
def switchboard() -> Iterator[PracticeSwitchboard]:
    with board() as running:
        yield running


@pytest.fixture
def world(profile: Path, switchboard: PracticeSwitchboard) -> World:
    made = World(profile, switchboard)
    made.write_usual()
    return made


@pytest.fixture
def open_settings(qtbot: QtBot, world: World, swedish: str) -> Open:
    def opened(page: str = "calendar") -> SettingsWindow:
        window = SettingsWindow(world.configuration.open(), world.configuration, swedish, lambda: NOW)
        qtbot.addWidget(window)
        window.show_state(states.IN_MEETING)
        window.open_page(page)
        window.show()
        return window

    return opened


def diversions(window: SettingsWindow) -> DiversionsPage:
    page = window.pages["diversions"]
    assert isinstance(page, DiversionsPage)
    return page


def switchboard_page(window: SettingsWindow) -> SwitchboardPage:
    page = window.pages["switchboard"]
    assert isinstance(page, SwitchboardPage)
    return page


def press(window: SettingsWindow, button: QDialogButtonBox.StandardButton, qtbot: QtBot) -> None:
    """Press it, and wait until what it started has ended."""
    window.buttons.button(button).click()
    qtbot.waitUntil(lambda: not window.tasks.is_running("save"), timeout=5000)


def write(qtbot: QtBot, edit: QLineEdit, text: str) -> None:
    edit.selectAll()
    edit.insert(text)  # keys cannot be typed that no keyboard of QTest has, such as ö


def test_nothing_is_written_before_ok(open_settings: Open, world: World, qtbot: QtBot) -> None:
    before = world.settings_file.read_bytes()
    window = open_settings("diversions")
    diversions(window).methods["prefix"].click()
    assert world.settings_file.read_bytes() == before
    window.reject()
    assert world.settings_file.read_bytes() == before
    again = open_settings("diversions")
    assert diversions(again).methods["prefix_then_status"].isChecked()


def test_ok_writes_what_changed_and_closes(open_settings: Open, world: World, qtbot: QtBot) -> None:
    world.write_usual(more="unknown_to_us = 7\n")
    window = open_settings("diversions")
    diversions(window).methods["status"].click()
    diversions(window).statuses["tentative"].setCurrentIndex(diversions(window).statuses["tentative"].findData("busy"))
    diversions(window).statuses["tentative"].activated.emit(0)
    press(window, OK, qtbot)
    assert not window.isVisible()
    rules = world.loaded().settings.to_rules(world.loaded().settings.catalogue())
    assert (rules.method, rules.status[ShowAs.TENTATIVE]) == (Method.STATUS, "busy")
    assert "unknown_to_us = 7" in world.settings_file.read_text()


def test_apply_writes_and_stays_and_has_nothing_left_to_do(open_settings: Open, world: World, qtbot: QtBot) -> None:
    window = open_settings("general")
    page = window.pages["general"]
    assert not window.buttons.button(APPLY).isEnabled()
    page.rows["sync.dry_run"].control.click()  # type: ignore[attr-defined]
    press(window, APPLY, qtbot)
    assert window.isVisible()
    assert world.loaded().settings.sync.dry_run
    assert not window.buttons.button(APPLY).isEnabled()


def test_the_preview_follows_the_draft_before_it_is_saved(open_settings: Open) -> None:
    window = open_settings("diversions")
    assert "09:00–10:00 Möte" in window.ribbon.accessibleName()
    diversions(window).methods["status"].click()
    assert "Möte" not in window.ribbon.accessibleName()
    assert "09:00–10:00 Upptagen" in window.ribbon.accessibleName()


def test_try_it_tells_the_diversion_and_the_rule(open_settings: Open) -> None:
    window = open_settings("diversions")
    line = diversions(window).try_line
    line.subject.setText("LUN : sallad")
    assert line.answer.text() == "Lunch (prefix)"
    line.subject.setText("Sallad")
    assert line.answer.text() == "ingen hänvisning"
    line.status.setCurrentIndex(line.status.findData("oof"))
    assert line.answer.text() == "Ej på kontoret (status)"


def test_prefixes_are_added_edited_removed_and_several(open_settings: Open, world: World, qtbot: QtBot) -> None:
    window = open_settings("diversions")
    table = diversions(window).prefixes
    lunch = next(line for line in table.lines if line.pair[1] == "lunch")
    write(qtbot, lunch.prefix, "MAT:")
    table.add_button.click()
    added = table.lines[-1]
    write(qtbot, added.prefix, "KRUBB:")
    added.diversion.setCurrentIndex(added.diversion.findData("lunch"))
    added.diversion.activated.emit(0)
    sick = next(line for line in table.lines if line.pair[1] == "sick")
    sick.remove.click()
    press(window, OK, qtbot)
    prefixes = world.loaded().settings.rules.prefixes
    assert prefixes["lunch"] == ("MAT:", "KRUBB:")
    assert prefixes["sick"] == ""
    again = open_settings("diversions")
    assert ("KRUBB:", "lunch") in diversions(again).prefixes.pairs
    assert "sick" not in [diversion for _, diversion in diversions(again).prefixes.pairs]


def test_two_equal_prefixes_are_red_at_once_and_ok_waits(open_settings: Open, world: World, qtbot: QtBot) -> None:
    before = world.settings_file.read_bytes()
    window = open_settings("diversions")
    table = diversions(window).prefixes
    lunch = next(line for line in table.lines if line.pair[1] == "lunch")
    write(qtbot, lunch.prefix, "möt:")
    marked = [line.pair[0] for line in table.lines if line.prefix.styleSheet()]
    assert sorted(marked) == ["MOT:", "möt:"]
    assert "går inte att skilja åt" in diversions(window).prefix_part.rows["rules.prefixes"].error.text()
    window.open_page("about")
    press(window, OK, qtbot)
    assert window.isVisible()
    assert window.list.currentRow() == 2
    assert world.settings_file.read_bytes() == before
    assert lunch.prefix.text() == "möt:"


def test_the_order_is_moved_by_keyboard_and_by_dragging(open_settings: Open, world: World, qtbot: QtBot) -> None:
    window = open_settings("rules")
    order = window.pages["rules"].findChild(OrderList)
    assert order is not None
    order.list.setCurrentRow(order.keys.index("lunch"))
    for _ in range(2):
        qtbot.keyClick(order.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert order.keys.index("lunch") < order.keys.index("meeting")
    assert order.keys[order.list.currentRow()] == "lunch"
    model = order.list.model()
    model.moveRow(model.index(0, 0).parent(), order.keys.index("vacation"), model.index(0, 0).parent(), 0)
    press(window, OK, qtbot)
    saved = world.loaded().settings.rules.order
    assert saved[0] == "vacation"
    assert saved.index("lunch") < saved.index("meeting")


def test_every_rule_reaches_the_file(open_settings: Open, world: World, qtbot: QtBot) -> None:
    window = open_settings("rules")
    page = window.pages["rules"]
    assert isinstance(page, RulesPage)
    for key, value in (("rules.private", "ignore"), ("rules.all_day", "prefix_only")):
        box = page.rows[key].control
        box.setCurrentIndex(box.findData(value))  # type: ignore[attr-defined]
        box.activated.emit(0)  # type: ignore[attr-defined]
    for key, number in (("rules.lead_minutes", 5), ("rules.lag_minutes", 6), ("rules.bridge_minutes", 7)):
        page.rows[key].control.setValue(number)  # type: ignore[attr-defined]
    page.rows["rules.working_hours.enabled"].control.click()  # type: ignore[attr-defined]
    page.days["sat"].click()
    page.outside.setCurrentIndex(page.outside.findData("gone_for_the_day"))
    page.outside.activated.emit(0)
    press(window, OK, qtbot)
    rules = world.loaded().settings.rules
    assert (rules.private, rules.all_day) == ("ignore", "prefix_only")
    assert (rules.lead_minutes, rules.lag_minutes, rules.bridge_minutes) == (5, 6, 7)
    hours = rules.working_hours
    assert (hours.enabled, hours.outside, hours.days[-1]) == (True, "gone_for_the_day", "sat")


def test_working_hours_the_wrong_way_round_are_said_and_kept(open_settings: Open, world: World, qtbot: QtBot) -> None:
    window = open_settings("rules")
    page = window.pages["rules"]
    assert isinstance(page, RulesPage)
    page.rows["rules.working_hours.enabled"].control.click()  # type: ignore[attr-defined]
    page.times["start"].setTime(page.times["start"].time().addSecs(11 * 3600))
    wrong = [row.error.text() for row in page.rows.values() if not row.error.isHidden()]
    assert wrong == ["Arbetstiden ska börja före den slutar."]
    press(window, OK, qtbot)
    assert window.isVisible()
    assert page.times["start"].time().hour() == 19
    assert "●" in window.list.item(3).text()


def test_a_diversion_of_ones_own(open_settings: Open, world: World, qtbot: QtBot) -> None:
    window = open_settings("diversions")
    listed = diversions(window).list
    listed.new.click()
    assert listed.key == "own_1"
    write(qtbot, listed.swedish, "På resande fot")
    write(qtbot, listed.english, "Travelling")
    listed.remote.setEditText("travel")
    listed.pick("meeting")
    write(qtbot, listed.swedish, "Sammanträde")
    press(window, OK, qtbot)
    catalogue = world.loaded().settings.catalogue()
    own = catalogue["own_1"]
    assert (own.label.sv, own.label.en, dict(own.remote)) == ("På resande fot", "Travelling", {"practice": "travel"})
    assert catalogue["meeting"].label.sv == "Sammanträde"
    again = open_settings("diversions")
    diversions(again).list.pick("own_1")
    assert diversions(again).list.remote.currentText() == "travel"
    diversions(again).list.delete.click()
    press(again, OK, qtbot)
    assert "own_1" not in world.loaded().settings.catalogue()


def test_removing_a_diversion_takes_the_rules_that_name_it(open_settings: Open, world: World, qtbot: QtBot) -> None:
    own = '[rules.prefixes]\nown_1 = "RES:"\n[[diversions]]\nkey = "own_1"\nlabel = {sv = "Resa", en = "Trip"}\n'
    world.write_usual(more=f'order = ["own_1", "available"]\n{own}')
    window = open_settings("diversions")
    diversions(window).list.pick("own_1")
    diversions(window).list.delete.click()
    assert not window.problems()
    press(window, OK, qtbot)
    rules = world.loaded().settings.rules
    assert "own_1" not in rules.prefixes
    assert "own_1" not in rules.order


def test_the_calendar_page_tries_the_calendar(open_settings: Open, world: World, qtbot: QtBot) -> None:
    window = open_settings()
    page = window.pages["calendar"]
    assert isinstance(page, CalendarPage)
    page.trial.click()
    qtbot.waitUntil(page.trial.isEnabled, timeout=5000)
    assert page.outcome.text() == "Det fungerar. 2 bokningar från i dag och en vecka framåt lästes."
    edit = page.row("calendar.icalendar.location").control
    assert isinstance(edit, QLineEdit)
    write(qtbot, edit, str(world.folder / "nothing.ics"))
    page.trial.click()
    qtbot.waitUntil(page.trial.isEnabled, timeout=5000)
    assert "nothing.ics" in page.outcome.text()
    press(window, OK, qtbot)
    assert world.loaded().settings.calendar.icalendar.location == str(world.folder / "nothing.ics")


def test_each_calendar_has_its_own_settings(open_settings: Open, world: World, qtbot: QtBot) -> None:
    window = open_settings()
    page = window.pages["calendar"]
    assert isinstance(page, CalendarPage)
    page._sources["exchange"].click()
    edit = page.row("calendar.exchange.url").control
    assert isinstance(edit, QLineEdit)
    assert edit.isVisible()
    write(qtbot, edit, "http://mail.foretag.se/EWS")
    assert "https://" in page.row("calendar.exchange.url").error.text()
    write(qtbot, edit, "https://mail.foretag.se/EWS/Exchange.asmx")
    assert page.row("calendar.exchange.url").error.isHidden()
    password = page.row("secret.exchange").control
    assert isinstance(password, QLineEdit)
    write(qtbot, password, "hemligt")
    press(window, OK, qtbot)
    assert world.loaded().settings.calendar.source == "exchange"
    assert world.secrets.get_secret(EXCHANGE_PASSWORD) == "hemligt"
    assert "hemligt" not in world.settings_file.read_text()
    assert world.engine.signs_in == 1


def test_the_connection_is_tested_without_changing_anything(open_settings: Open, world: World, qtbot: QtBot) -> None:
    world.board.store.set("anna", "sick", None, set_by="softphone")
    window = open_settings("switchboard")
    page = switchboard_page(window)
    window.resize(860, 480)
    page.trial.click()
    qtbot.waitUntil(page.trial.isEnabled, timeout=5000)
    assert page.outcome.text().startswith("Det fungerar. Växeln har 9 hänvisningar: ")
    qtbot.waitUntil(lambda: not page.set_and_restore.visibleRegion().isEmpty(), timeout=5000)  # scrolled to
    assert world.board.store.get("anna").diversion == "sick"
    offered = diversions(window).list.remote
    assert "gone_for_the_day" in [offered.itemText(n) for n in range(offered.count())]
    write(qtbot, page.edits["base_url"], "http://127.0.0.1:1")
    page.trial.click()
    qtbot.waitUntil(page.trial.isEnabled, timeout=5000)
    assert "127.0.0.1" in page.outcome.text()


def test_a_missing_field_is_said_beside_it(open_settings: Open, world: World, qtbot: QtBot) -> None:
    window = open_settings("switchboard")
    write(qtbot, switchboard_page(window).edits["user"], "")
    press(window, OK, qtbot)
    assert window.isVisible()
    assert window.focusWidget() is switchboard_page(window).edits["user"]
    assert "Ditt namn i växeln saknas." in window.problems().values()


def test_a_wrong_address_is_said_beside_it_once_it_is_written(open_settings: Open, world: World, qtbot: QtBot) -> None:
    window = open_settings("switchboard")
    page = switchboard_page(window)
    edit = page.edits["base_url"]
    write(qtbot, edit, "vaxel.foretag.se")
    assert not window.problems()  # it may become an address yet
    page.trial.click()
    assert page.row("switchboard.fields.base_url").error.text() == (
        "Växelns adress godtas inte: den ska börja med https://."
    )
    assert window.focusWidget() is edit
    assert not page.outcome.isVisible()  # nobody was asked
    write(qtbot, edit, "http://vaxel.foretag.se")
    press(window, OK, qtbot)
    assert window.isVisible()
    assert "http kan läsas av andra" in page.row("switchboard.fields.base_url").error.text()
    assert page.draft.value("switchboard.fields")["base_url"] == "http://vaxel.foretag.se"


@pytest.mark.parametrize(
    ("source", "said"), [("icalendar", "Ange vilken fil eller länk."), ("exchange", "Ange vilken server.")]
)
def test_ok_waits_until_the_calendar_is_named(
    open_settings: Open, world: World, qtbot: QtBot, source: str, said: str
) -> None:
    before = world.settings_file.read_bytes()
    window = open_settings()
    window.draft.set("calendar.source", source)
    window.draft.set("calendar.icalendar.location", "")
    assert not window.problems()  # there was no time to fill it in
    press(window, OK, qtbot)
    assert window.isVisible()
    assert said in window.problems().values()
    assert world.settings_file.read_bytes() == before
    window.draft.set("calendar.source", "microsoft365")
    assert not window.problems()


def test_a_secret_goes_to_the_keyring_and_never_to_the_file(open_settings: Open, world: World, qtbot: QtBot) -> None:
    window = open_settings("switchboard")
    token = switchboard_page(window).edits["token"]
    assert token.echoMode() is QLineEdit.EchoMode.Password
    write(qtbot, token, "biljett-17")
    press(window, OK, qtbot)
    assert world.secrets.get_secret("switchboard/practice/token") == "biljett-17"
    assert "biljett-17" not in world.settings_file.read_text()
    again = open_settings("switchboard")
    qtbot.waitUntil(lambda: "sparat" in switchboard_page(again).edits["token"].placeholderText(), timeout=5000)
    assert switchboard_page(again).edits["token"].text() == ""


def test_what_is_unconfirmed_must_be_read_first(open_settings: Open, world: World, qtbot: QtBot) -> None:
    window = open_settings("switchboard")
    page = switchboard_page(window)
    unconfirmed = next((form for form in page._connectors.values() if form.unconfirmed), None)
    if unconfirmed is None:
        pytest.fail("no connector is unconfirmed: take this test away")
    page.connector.setCurrentIndex(page.connector.findData(unconfirmed.id))
    page.connector.activated.emit(0)
    assert page.caution.isVisible()
    assert page.caution.text.text() == unconfirmed.unconfirmed.to("sv")  # type: ignore[union-attr]
    for edit, field in ((page.edits[field.key], field) for field in unconfirmed.fields):
        if field.required and not field.secret and not field.default:
            write(qtbot, edit, "https://x" if field.complaint("x") else "x")
    assert not window.problems()  # nobody is blamed for what they have had no time to read
    press(window, OK, qtbot)
    assert window.isVisible()
    assert "kryssa i rutan" in window.problems()["switchboard.connector"]
    page.caution.accepted.click()
    assert "switchboard.connector" not in window.problems()


def test_no_field_shows_people_a_pattern(world: World) -> None:
    fields = [field for form in world.configuration.open().connectors.values() for field in form.fields]
    said = [text.to("sv") for field in fields if (text := field.complaint("å [å]")) is not None]
    assert any(text.endswith("kan inte se ut så.") for text in said)
    assert not [text for text in said if "[" in text]


def test_what_the_company_decided_is_grey_and_says_so(
    open_settings: Open, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = world.policy('[locked.sync]\npoll_seconds = 120\n[locked.rules.prefixes]\nlunch = "LUN:"\n')
    monkeypatch.setenv("B2CAL_POLICY", str(path))
    window = open_settings("general")
    row = window.pages["general"].rows["sync.poll_seconds"]
    assert not row.control.isEnabled()
    assert row.help.text() == "Styrs av företaget."
    assert row.control.value() == 120  # type: ignore[attr-defined]
    assert not diversions(window).prefixes.isEnabled()


def test_the_language_changes_with_ok(open_settings: Open, world: World, qtbot: QtBot) -> None:
    window = open_settings("general")
    box = window.pages["general"].rows["language"].control
    box.setCurrentIndex(box.findData("en"))  # type: ignore[attr-defined]
    box.activated.emit(0)  # type: ignore[attr-defined]
    with qtbot.waitSignal(window.saved, timeout=5000):
        window.buttons.button(OK).click()
    assert world.loaded().settings.language == "en"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only on Linux: the others keep it in the system")
def test_start_at_log_in_that_the_administrator_has_set_for_everybody_is_shown_so(
    open_settings: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    entry = tmp_path / "xdg" / "autostart" / "b2cal-desktop.desktop"
    entry.parent.mkdir(parents=True)
    entry.write_text("[Desktop Entry]\nType=Application\nExec=b2cal-desktop --background\n")
    page = open_settings("general").pages["general"]
    assert isinstance(page, GeneralPage)
    qtbot.waitUntil(page.log_in.isChecked, timeout=5000)
    assert not page.log_in.isEnabled()
    assert page.log_in.toolTip() == "Styrs av företaget."


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only on Linux: the others keep it in the system")
def test_start_at_log_in_changes_with_ok_and_not_before(
    open_settings: Open, world: World, qtbot: QtBot, _own_log_in: Path
) -> None:
    window = open_settings("general")
    page = window.pages["general"]
    assert isinstance(page, GeneralPage)
    qtbot.waitUntil(page.log_in.isEnabled, timeout=5000)
    page.log_in.click()
    assert not _own_log_in.exists()
    press(window, OK, qtbot)
    assert "--background" in _own_log_in.read_text(encoding="utf-8")
    again = open_settings("general")
    page = again.pages["general"]
    assert isinstance(page, GeneralPage)
    qtbot.waitUntil(page.log_in.isEnabled, timeout=5000)
    assert page.log_in.isChecked()
    page.log_in.click()
    press(again, OK, qtbot)
    assert not _own_log_in.exists()


def test_rules_go_out_and_in_as_a_file(open_settings: Open, world: World, qtbot: QtBot) -> None:
    window = open_settings("diversions")
    lunch = next(line for line in diversions(window).prefixes.lines if line.pair[1] == "lunch")
    write(qtbot, lunch.prefix, "MAT:")
    general = window.pages["general"]
    assert isinstance(general, GeneralPage)
    file = world.folder / "rules.toml"
    general.export_rules(file)
    qtbot.waitUntil(lambda: not general.outcome.isHidden(), timeout=5000)
    window.reject()
    assert "switchboard" not in file.read_text()
    again = open_settings("general")
    page = again.pages["general"]
    assert isinstance(page, GeneralPage)
    page.import_rules(file)
    qtbot.waitUntil(lambda: not page.outcome.isHidden(), timeout=5000)
    assert page.outcome.text() == "Importerat. Det gäller när du väljer OK."
    assert ("MAT:", "lunch") in diversions(again).prefixes.pairs
    press(again, OK, qtbot)
    assert world.loaded().settings.rules.prefixes["lunch"] == "MAT:"


def test_a_bad_file_of_rules_changes_nothing(open_settings: Open, world: World, qtbot: QtBot) -> None:
    file = world.folder / "rules.toml"
    file.write_text('[rules]\nmethod = "guess"\n')
    window = open_settings("general")
    page = window.pages["general"]
    assert isinstance(page, GeneralPage)
    page.import_rules(file)
    qtbot.waitUntil(lambda: not page.outcome.isHidden(), timeout=5000)
    assert "rules.toml, rad 2, rules.method" in page.outcome.text()
    assert not window.draft.is_changed


def test_a_file_that_cannot_be_written_is_said_and_nothing_is_lost(
    open_settings: Open, world: World, qtbot: QtBot
) -> None:
    window = open_settings("diversions")
    diversions(window).methods["status"].click()
    world.write("this is not TOML")  # somebody else's hand, meanwhile
    press(window, OK, qtbot)
    assert window.isVisible()
    assert "inte giltig TOML" in window.message.text()
    assert diversions(window).methods["status"].isChecked()


def test_the_gui_thread_never_waits_for_a_slow_switchboard(open_settings: Open, world: World, qtbot: QtBot) -> None:
    window = open_settings("switchboard")
    with board() as silent:
        silent.stop()
        write(qtbot, switchboard_page(window).edits["base_url"], "http://127.0.0.1:9")
        before = time.perf_counter()
        switchboard_page(window).trial.click()
        assert time.perf_counter() - before < 0.2
    window.reject()  # what comes after is dropped


def test_pages_are_walked_by_keyboard_alone(open_settings: Open, qtbot: QtBot) -> None:
    window = open_settings()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.list.setFocus()
    for name in window.names:
        window.open_page(name)
        page = window.pages[name]
        window.list.setFocus()
        reached: set[QWidget] = set()
        for _ in range(150):
            qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
            widget = window.focusWidget()
            if widget in reached:
                break
            reached.add(widget)
        wanted = {
            row.control
            for row in page.rows.values()
            if row.control.isVisible()
            and row.control.isEnabled()
            and row.control.focusProxy() is None
            and row.control.focusPolicy() & Qt.FocusPolicy.TabFocus
            and row.label.text()
        }
        assert wanted <= reached, (name, [w.accessibleName() for w in wanted - reached])
        assert any(widget.parent() is window.buttons for widget in reached)


def nameless(window: QWidget) -> list[str]:
    """Controls that a screen reader could not name."""
    found = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or not widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            continue
        if widget.focusProxy() is not None or type(widget).__name__ in ("QScrollArea", "QComboBoxListView"):
            continue
        spoken = QAccessible.queryAccessibleInterface(widget)
        if spoken is not None and not spoken.text(QAccessible.Text.Name):
            found.append(
                f"{type(widget).__name__} in {type(widget.parent()).__name__} at {widget.mapTo(window, QPoint())}"
            )
    return found


def test_every_control_has_a_name_for_screen_readers(open_settings: Open) -> None:
    window = open_settings()
    for name in window.names:
        window.open_page(name)
        assert nameless(window) == [], name


# --- the trial of the switchboard


@pytest.fixture
def trial(open_settings: Open, world: World, qtbot: QtBot) -> Iterator[TrialDialog]:
    """The dialog as it opens once the connection has been tested."""
    world.context.__dict__["clock"] = SystemClock()
    world.board.store.set("anna", "vacation", None, set_by="softphone")
    page = switchboard_page(open_settings("switchboard"))
    assert page.set_and_restore.isHidden(), "reading comes first"
    page.trial.click()
    qtbot.waitUntil(page.set_and_restore.isVisible, timeout=5000)
    page.set_and_restore.click()
    assert page.dialog is not None
    yield page.dialog
    page.dialog.reject()


def test_a_diversion_is_set_and_put_back_and_each_request_is_shown(
    trial: TrialDialog, world: World, qtbot: QtBot
) -> None:
    before = len(world.board.store.history("anna"))
    assert trial.diversion.currentText() == "Lunch"
    trial.start.click()
    assert trial.running
    trial.reject()
    assert trial.isVisible(), "not before it is put back"
    qtbot.waitUntil(lambda: trial.found is not None, timeout=10_000)
    assert trial.outcome.text() == "Bekräftat: växeln visade ändringen, och visar åter det som gällde."
    entries = world.board.store.history("anna")[: len(world.board.store.history("anna")) - before]
    assert [entry.diversion for entry in reversed(entries)] == ["lunch", "vacation"]
    assert [step.title.sv for step in trial.steps[-4:]] == [
        "Ändring: skickat",
        "Kontrolläsning: bekräftat",
        "Återställning: skickat",
        "Kontrolläsning: bekräftat",
    ]
    trial.list.setCurrentRow(len(trial.steps) - 4)
    assert trial.wire.toPlainText().startswith(f"PUT {world.board.url}/v1/users/anna/diversion")
    assert "HTTP 200" in trial.wire.toPlainText()


def test_a_trial_that_cannot_be_put_back_says_so_plainly(trial: TrialDialog, world: World, qtbot: QtBot) -> None:
    world.board.store.set("anna", "available", None, set_by="softphone")
    world.board.faults = Faults(refuse=1.0, methods=("DELETE",))
    try:
        trial.start.click()
        qtbot.waitUntil(lambda: not trial.running, timeout=10_000)
    finally:
        world.board.faults = None
    assert trial.found is not None
    assert trial.found.status is CheckStatus.PROBLEM
    assert trial.outcome.text().startswith("Det som gällde före provet gick inte att sätta tillbaka.")
    assert "Växeln visar: Lunch" in trial.outcome.text()


def test_where_nothing_is_sent_there_is_nothing_to_try(open_settings: Open, world: World, qtbot: QtBot) -> None:
    world.write(world.settings_file.read_text().replace('connector = "practice"', 'connector = "none"'))
    page = switchboard_page(open_settings("switchboard"))
    page.trial.click()
    qtbot.waitUntil(page.trial.isEnabled, timeout=5000)
    assert page.set_and_restore.isHidden()
