"""Alt and a letter does one thing: no two controls that are seen at once share a letter, in either language."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from b2cal_desktop.core.errors import CalendarNeedsApproval
from b2cal_desktop.system.settings import Settings
from b2cal_desktop.ui.configuration import FoundServer, Opened, SignedIn, UpdateNews
from b2cal_desktop.ui.settings.calendar_page import CalendarPage
from b2cal_desktop.ui.settings.switchboard_page import SwitchboardPage
from b2cal_desktop.ui.settings.window import SettingsWindow
from b2cal_desktop.ui.setup_wizard import SetupWizard
from b2cal_desktop.ui.translations import install_language
from tests.ui.states import NOW
from tests.ui.still import Still

SOURCES = ("microsoft365", "exchange", "icalendar")


class Eventful(Still):
    """There is a newer version, nobody is signed in, and the company's mailboxes turn out to be at Microsoft."""

    def open(self) -> Opened:
        return replace(super().open(), updates=UpdateNews(NOW, "9.0.0", "https://example.com/"))

    def signed_in_as(self, settings: Settings) -> SignedIn | None:
        return None

    def find_servers(self, address: str, stop: object) -> tuple[FoundServer, ...]:
        return (FoundServer("", "", microsoft365=True),)


def shared_letters(window: QWidget) -> dict[str, list[str]]:
    """The letters that more than one of the controls now shown answers to."""
    found: dict[str, list[str]] = defaultdict(list)
    for widget in window.findChildren(QWidget):
        named = isinstance(widget, QAbstractButton) or (isinstance(widget, QLabel) and widget.buddy() is not None)
        if named and widget.isVisibleTo(window):
            key = QKeySequence.mnemonic(widget.text()).toString()  # type: ignore[attr-defined]
            found[key].append(widget.text())  # type: ignore[attr-defined]
    return {key: texts for key, texts in found.items() if key and len(texts) > 1}


@pytest.fixture(params=["sv", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    install_language(request.param)
    yield request.param


def test_the_letters_of_the_settings(qtbot: QtBot, tmp_path: Path, language: str) -> None:
    still = Eventful(tmp_path)
    window = SettingsWindow(still.open(), still, language, lambda: NOW)
    qtbot.addWidget(window)
    window.show()
    for page in window.names:
        window.open_page(page)
        assert not shared_letters(window), page
    calendar, switchboard = window.pages["calendar"], window.pages["switchboard"]
    assert isinstance(calendar, CalendarPage)
    assert isinstance(switchboard, SwitchboardPage)
    window.open_page("calendar")
    for source in SOURCES:
        window.draft.set("calendar.source", source)
        _unfold(calendar, source, qtbot)
        assert not shared_letters(window), source
    window.open_page("switchboard")
    for connector in still.open().connectors:
        window.draft.set("switchboard.connector", connector)
        assert not shared_letters(window), connector
    window.draft.set("switchboard.connector", "practice")
    switchboard.trial.click()
    qtbot.waitUntil(switchboard.set_and_restore.isVisible)
    assert not shared_letters(window)
    switchboard.set_and_restore.click()
    assert switchboard.dialog is not None
    switchboard.dialog.start.click()
    qtbot.waitUntil(lambda: switchboard.dialog is not None and switchboard.dialog.found is not None)
    assert not shared_letters(switchboard.dialog)
    switchboard.dialog.reject()
    window.reject()


def test_the_letters_of_the_set_up(qtbot: QtBot, tmp_path: Path, language: str) -> None:
    still = Eventful(tmp_path)
    wizard = SetupWizard(still.open(), still, language, lambda: NOW)
    qtbot.addWidget(wizard)
    wizard.show()
    for step in wizard.pages:
        assert wizard.step == step
        for source in SOURCES if step == "calendar" else ():
            wizard.draft.set("calendar.source", source)
            _unfold(wizard.calendar, source, qtbot)
            assert not shared_letters(wizard), source
        if step == "preview":
            qtbot.waitUntil(lambda: wizard.preview.sample is not None)
            wizard.preview.again.show()
        assert not shared_letters(wizard), step
        if step != "preview":
            wizard.next.click()
    wizard.reject()


def _unfold(page: CalendarPage, source: str, qtbot: QtBot) -> None:
    """Bring out what the page shows of ``source`` only when it is asked for."""
    if source == "microsoft365":
        page.microsoft.box.show_problem(CalendarNeedsApproval("login.microsoftonline.com"))
        qtbot.waitUntil(page.microsoft.box.approval.isVisible)
    if source == "exchange":
        page.exchange.another.setChecked(True)
        page.exchange.finder.begin("anna@foretag.se")
        qtbot.waitUntil(lambda: page.exchange.finder.offers.count() > 0)
    QApplication.processEvents()
