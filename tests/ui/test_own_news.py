"""What the app has to tell of itself: a crash, trouble, a newer version; calmly, once, and with a way out."""

import gc
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from b2cal_desktop.app import TrayRun
from b2cal_desktop.core.model import Text
from b2cal_desktop.core.state import AppState
from b2cal_desktop.system.crash import kept_crashes
from b2cal_desktop.system.paths import Profile
from b2cal_desktop.system.settings import UpdatesSettings
from b2cal_desktop.system.update_feed import Feed
from b2cal_desktop.system.updates import UpdateState, remembered, state_path
from b2cal_desktop.ui.configuration import UpdateNews
from b2cal_desktop.ui.interface import Interface
from b2cal_desktop.ui.settings.about_page import AboutPage
from b2cal_desktop.ui.settings.draft import Draft
from b2cal_desktop.ui.single_instance import SingleInstance
from tests.ui import states
from tests.ui.conftest import Program
from tests.ui.states import NOW
from tests.ui.worlds import World, board

PAGE = "https://foretag.se/hamta"


class Desk:
    """The window in place of the tray, and what the program around it was asked for."""

    def __init__(self, program: Program) -> None:
        self.saved: list[tuple[Path, AppState | None]] = []
        self.answers = 0
        actions = replace(
            program.actions(), save_diagnostics=lambda *given: self.saved.append(given), crash_answered=self._answered
        )
        self.interface = Interface(actions, "sv")
        self.interface.show()

    def _answered(self) -> None:
        self.answers += 1

    def entries(self) -> dict[str, str]:
        return {entry.id: entry.label for entry in self.interface._view().walk()}

    def told(self) -> str:
        assert self.interface.status is not None
        return self.interface.status.message.text()

    def press_the_message(self) -> None:
        assert self.interface.status is not None
        self.interface.status.answer.click()

    @property
    def box(self) -> QMessageBox:
        assert self.interface.self_help.box is not None
        return self.interface.self_help.box

    def press(self, label: str) -> None:
        next(button for button in self.box.buttons() if button.text() == label).click()


@pytest.fixture
def desk(qtbot: QtBot, program: Program) -> Iterator[Desk]:
    desk = Desk(program)
    desk.interface._without_tray(False)  # which it does by itself, after a while of grace
    yield desk
    desk.interface.close()


@pytest.mark.parametrize(
    ("ended", "says"), [(True, "Programmet avslutades oväntat förra gången"), (False, "Något gick fel förra gången")]
)
def test_a_crash_is_told_and_its_report_saved(desk: Desk, qtbot: QtBot, tmp_path: Path, ended: bool, says: str) -> None:
    desk.interface.offer_crash_report(ended)
    assert says not in desk.told()  # nothing is told before there is a state to tell it beside
    desk.interface.show_state(states.IN_MEETING)
    assert desk.told().startswith(says)
    assert desk.entries()["crash"] == "Något gick fel förra gången…"
    desk.press_the_message()
    assert desk.box.text() == says and "inga ämnen" in desk.box.informativeText()
    desk.press("&Spara rapporten…")
    dialog = desk.interface.self_help.file_dialog
    assert dialog is not None
    dialog.fileSelected.emit(str(tmp_path / "x.json"))
    dialog.close()
    qtbot.waitUntil(lambda: desk.answers == 1, timeout=5000)
    assert desk.saved == [(tmp_path / "x.json", states.IN_MEETING)]
    assert "crash" not in desk.entries()


def test_who_wants_no_report_is_not_asked_again(desk: Desk, qtbot: QtBot) -> None:
    desk.interface.show_state(states.IN_MEETING)
    desk.interface.offer_crash_report(True)
    desk.press_the_message()
    desk.press("&Nej tack")
    qtbot.waitUntil(lambda: desk.answers == 1, timeout=5000)
    assert "crash" not in desk.entries() and desk.saved == []


def test_a_report_that_was_not_saved_after_all_is_still_offered(desk: Desk) -> None:
    desk.interface.show_state(states.IN_MEETING)
    desk.interface.offer_crash_report(True)
    desk.press_the_message()
    desk.press("&Spara rapporten…")
    dialog = desk.interface.self_help.file_dialog
    assert dialog is not None
    dialog.reject()
    assert "crash" in desk.entries() and desk.answers == 0


def test_trouble_of_this_run_is_told_once_with_a_way_to_diagnostics(desk: Desk, program: Program) -> None:
    desk.interface.show_state(states.IN_MEETING)
    for _ in range(2):
        desk.interface.tell_crash()
        assert ("Något oväntat hände" in desk.told()) == (desk.interface.self_help.file_dialog is None)
        program.wait(hours=3)
    desk.press_the_message()
    assert desk.interface.self_help.file_dialog is not None


class Browser(QObject):
    """Where addresses are opened."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []
        QDesktopServices.setUrlHandler("https", self, "open")

    @Slot(QUrl)
    def open(self, address: QUrl) -> None:
        self.opened.append(address.toString())

    def close(self) -> None:
        QDesktopServices.unsetUrlHandler("https")


@pytest.fixture
def browser() -> Iterator[Browser]:
    browser = Browser()
    yield browser
    browser.close()


def test_a_new_version_is_told_with_a_button_to_its_page(desk: Desk, browser: Browser) -> None:
    desk.interface.show_state(states.IN_MEETING)
    desk.interface.offer_update("9.1", PAGE, Text("Snabbare start.\nOch mer.", "Faster start."))
    assert desk.told() == "Version 9.1 finns. Snabbare start."
    assert desk.entries()["help.update"] == "Hämta version 9.1…"
    desk.press_the_message()
    assert browser.opened == [PAGE]


def test_a_version_that_was_told_of_before_stands_in_the_menu_only(desk: Desk) -> None:
    desk.interface.show_state(states.IN_MEETING)
    before = desk.told()
    desk.interface.offer_update("9.1", PAGE, None)
    assert desk.told() == before and "help.update" in desk.entries()


# The page About


@pytest.fixture
def world(profile: Path) -> Iterator[World]:
    with board() as running:
        world = World(profile, running)
        world.write_usual()
        yield world


def lines(page: AboutPage) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel))


AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("news", "says", "buttons"),
    [
        (None, "Programmet letar inte själv efter nya versioner.", 1),
        (UpdateNews(), "Programmet har inte letat än.", 1),
        (UpdateNews(AT), "Det här är den senaste versionen", 1),
        (UpdateNews(AT, "9.1", PAGE), "Version 9.1 finns.", 2),
        (UpdateNews(AT, doubtful=True), "går inte att lita på", 1),
    ],
)
def test_the_page_tells_how_it_stands(
    qtbot: QtBot, world: World, swedish: str, browser: Browser, news: UpdateNews | None, says: str, buttons: int
) -> None:
    page = AboutPage(Draft(world.loaded()), swedish, news)
    qtbot.addWidget(page)
    assert says in lines(page)
    found = page.findChildren(QPushButton)
    assert len(found) == buttons and page.has("updates.enabled") == (news is not None)
    if buttons == 2:
        found[0].click()
        assert browser.opened == [PAGE]


def test_the_page_gets_what_was_found_and_a_policy_decides(
    world: World, qtbot: QtBot, swedish: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = "A" * 43 + "="
    world.write_usual(more=f'[updates]\nfeed = "https://foretag.se/feed.json"\nkeys = ["{key}"]\n')
    settings = UpdatesSettings(feed="https://foretag.se/feed.json", keys=(key,))
    pages = dict.fromkeys(("windows", "macos", "linux"), PAGE)
    feed = Feed(product="b2cal-desktop", version="9.1", published=NOW, pages=pages)
    source = remembered(world.context.profile, settings).source
    state_path(world.context.profile).write_bytes(
        msgspec.json.encode(UpdateState(source=source, checked=NOW, feed=feed))
    )
    assert world.configuration.open().updates == UpdateNews(NOW, "9.1", PAGE)
    monkeypatch.setenv("B2CAL_POLICY", str(world.policy("version = 1\n[locked.updates]\nenabled = false\n")))
    opened = world.configuration.open()
    page = AboutPage(Draft(opened.loaded), swedish, opened.updates)
    qtbot.addWidget(page)
    assert not page.row("updates.enabled").control.isEnabled()


# What nobody foresaw, at the start


@pytest.fixture
def _collected_here() -> Iterator[None]:
    """What the test leaves of Qt is deleted on this thread, and not by a collection on that of a later test."""
    yield
    gc.collect()


@pytest.mark.usefixtures("_collected_here")
def test_a_start_that_fails_is_told_in_a_window_and_can_be_tried_again(
    profile: Path, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    instance = SingleInstance(profile)
    assert instance.claim()
    broken = Namespace(profile=str(profile), settings=7)  # no parser would give such
    run = TrayRun(broken, instance, background=True, show_day=False)
    try:
        run.begin()
        for _ in range(2):
            qtbot.waitUntil(lambda: run._problem is not None, timeout=10_000)
            assert run._problem is not None
            box = run._problem.box
            assert "reinstall the app" in box.informativeText() or "installera om" in box.informativeText()
            run._problem.again.emit(False)
        qtbot.waitUntil(lambda: run._problem is not None, timeout=10_000)
    finally:
        run.close()
        if run._problem is not None:
            run._problem.box.deleteLater()
        run.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    (crash,) = kept_crashes(Profile.in_folder(profile))
    assert crash.trace[-1] == "TypeError" and crash.thread == "b2cal-load"
    assert "TypeError" in capfd.readouterr().err
