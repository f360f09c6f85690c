"""Check everything and save diagnostics, as the Help menu offers them."""

import json
import threading
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from b2cal_desktop.accounts.secrets import MemorySecretStore
from b2cal_desktop.app import check_everything, save_diagnostics
from b2cal_desktop.context import Context
from b2cal_desktop.core.errors import CalendarUnreachable
from b2cal_desktop.core.model import Text
from b2cal_desktop.core.state import AppState
from b2cal_desktop.ui.checks import ChecksWindow, check_mark
from b2cal_desktop.ui.commands import Command, CommandName, Offers
from b2cal_desktop.ui.configuration import CheckResult, CheckStatus
from b2cal_desktop.ui.interface import Actions, Interface
from b2cal_desktop.ui.presentation import starting_view
from tests.ui import states
from tests.ui.states import NOW

CALENDAR, SWITCHBOARD = Text("Kalender", "Calendar"), Text("Växel", "Switchboard")
FOUND = (
    CheckResult(CheckStatus.OK, CALENDAR, Text("Kalendern svarar.", "The calendar answers.")),
    CheckResult(CheckStatus.WARNING, Text("Ikon", "Icon"), Text("Ingen ikon.", "No icon.")),
    CheckResult(
        CheckStatus.PROBLEM,
        SWITCHBOARD,
        Text("Växeln svarar inte.", "The switchboard does not answer."),
        Text("Kontrollera nätverket.", "Check the network."),
    ),
)


class Program:
    """Stands in for doctor and the writer of reports."""

    def __init__(self) -> None:
        self.found: tuple[CheckResult, ...] = FOUND
        self.threads: list[threading.Thread] = []
        self.saved: list[tuple[Path, AppState | None]] = []
        self.full = False

    def check(self) -> tuple[CheckResult, ...]:
        self.threads.append(threading.current_thread())
        return self.found

    def save(self, path: Path, state: AppState | None) -> None:
        if self.full:
            raise OSError(28, "No space left on device")
        self.saved.append((path, state))


@pytest.fixture
def program() -> Program:
    return Program()


@pytest.fixture
def interface(qtbot: QtBot, program: Program) -> Iterator[Interface]:
    actions = Actions(
        lambda _intent: None, lambda: NOW, lambda: None, check=program.check, save_diagnostics=program.save
    )
    made = Interface(actions, "sv")
    made.show_state(states.IN_MEETING)
    yield made
    made.close()


def opened_checks(interface: Interface, qtbot: QtBot) -> ChecksWindow:
    interface.carry_out(Command(CommandName.CHECK))
    window = interface.self_help.checks
    assert window is not None
    qtbot.waitUntil(lambda: window.list.count() == len(FOUND), timeout=5000)
    return window


def told(interface: Interface, path: Path, qtbot: QtBot) -> QMessageBox:
    """What is said after the report has been saved to ``path``."""
    interface.carry_out(Command(CommandName.DIAGNOSTICS))
    dialog = interface.self_help.file_dialog
    assert dialog is not None
    dialog.fileSelected.emit(str(path))
    dialog.close()
    qtbot.waitUntil(lambda: interface.self_help.box is not None, timeout=5000)
    assert interface.self_help.box is not None
    return interface.self_help.box


@pytest.mark.parametrize(
    ("offers", "ids"),
    [
        (Offers(), ["help.why", "help.about"]),
        (Offers(check=True, diagnostics=True), ["help.why", "help.check", "help.diagnostics", "help.about"]),
    ],
)
def test_the_menu_offers_what_there_is(offers: Offers, ids: list[str], swedish: str) -> None:
    children = next(entry for entry in starting_view(offers).entries if entry.id == "help").children
    assert [child.id for child in children] == ids
    labels = {child.label for child in children}
    assert offers.check == ({"Kontrollera allt", "Spara diagnostik…"} <= labels)


def test_each_finding_is_told_and_the_worst_is_chosen(interface: Interface, program: Program, qtbot: QtBot) -> None:
    window = opened_checks(interface, qtbot)
    assert program.threads[0] is not threading.main_thread()
    assert window.summary.text() == "2 saker att titta på"
    assert window.list.currentRow() == 2
    spoken = window.list.item(2).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Problem – Växel: Växeln svarar inte.\n    Kontrollera nätverket."
    window.copy.click()
    assert QGuiApplication.clipboard().text().splitlines()[:2] == [
        "Bra – Kalender: Kalendern svarar.",
        "Varning – Ikon: Ingen ikon.",
    ]


def test_checking_again_shows_what_is_now(interface: Interface, program: Program, qtbot: QtBot) -> None:
    window = opened_checks(interface, qtbot)
    program.found = FOUND[:1]
    window.again.click()
    assert not window.again.isEnabled()
    qtbot.waitUntil(window.again.isEnabled, timeout=5000)
    assert window.summary.text() == "Allt är på plats"
    assert window.list.count() == 1
    window.reject()
    assert interface.self_help.checks is None


def test_a_check_that_cannot_be_made_is_said(qtbot: QtBot) -> None:
    def broken() -> tuple[CheckResult, ...]:
        raise CalendarUnreachable("kalender.foretag.se")

    window = ChecksWindow(broken, "en")
    qtbot.addWidget(window)
    qtbot.waitUntil(window.again.isEnabled, timeout=5000)
    assert "kalender.foretag.se" in window.summary.text()


def test_a_long_finding_gets_the_height_it_needs(qtbot: QtBot) -> None:
    long = Text.same("Servern svarar inte på den adress som står i inställningarna. " * 6)
    window = ChecksWindow(lambda: (FOUND[0], CheckResult(CheckStatus.WARNING, CALENDAR, long)), "sv")
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(lambda: window.list.count() == 2, timeout=5000)
    short, tall = (window.list.visualItemRect(window.list.item(row)).height() for row in range(2))
    assert tall > 1.8 * short
    window.resize(400, 640)
    qtbot.waitUntil(lambda: window.list.visualItemRect(window.list.item(1)).height() > tall, timeout=5000)


def test_the_marks_differ_in_shape(qapp: object) -> None:
    outlines = set()
    for status in CheckStatus:
        image = check_mark(status, dark=False).pixmap(22, 22).toImage()
        pixels = [(x, y) for x in range(image.width()) for y in range(image.height())]
        outlines.add(frozenset(at for at in pixels if image.pixelColor(*at).alpha() > 128))
    assert len(outlines) == 3


def test_the_report_is_saved_where_it_was_asked_for(
    interface: Interface, program: Program, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "b2cal-diagnostics.json"
    box = told(interface, path, qtbot)
    assert program.saved == [(path, states.IN_MEETING)]
    assert box.text() == "Diagnostiken är sparad"
    assert str(path) in box.informativeText()
    assert interface.self_help.file_dialog is None


def test_a_report_that_cannot_be_saved_is_said(
    interface: Interface, program: Program, qtbot: QtBot, tmp_path: Path
) -> None:
    program.full = True
    box = told(interface, tmp_path / "x.json", qtbot)
    assert box.text() == "Diagnostiken sparades inte"
    assert "No space left on device" in box.informativeText()


def test_the_program_tells_what_doctor_finds_and_reports_on_the_settings_of_now(tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text('[rules]\nmethod = "prefix"\n')
    context = Context(Namespace(profile=str(tmp_path), settings=None))
    vars(context)["secret_store"] = MemorySecretStore()
    assert context.loaded.settings.rules.method == "prefix"
    settings.write_text("[rules]\nmethod = 7\n")
    first = check_everything(context)[0]
    assert (first.status, first.title.en) == (CheckStatus.PROBLEM, "Settings")
    assert "rules.method" in first.text.en
    save_diagnostics(context, tmp_path / "report.json", None)
    assert json.loads((tmp_path / "report.json").read_text())["settings"]["line"] == 2
