"""Every window with texts 40 % longer than ours, as a screen reader meets it, and with a text for every error."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyle,
    QStyleOptionComboBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

import b2cal_desktop
from b2cal_desktop.core.errors import B2CalError
from b2cal_desktop.core.model import Text
from b2cal_desktop.ui.checks import ChecksWindow
from b2cal_desktop.ui.commands import Offers
from b2cal_desktop.ui.configuration import CheckResult, CheckStatus
from b2cal_desktop.ui.day_view import DayWindow
from b2cal_desktop.ui.dialogs import ChooseTimeDialog
from b2cal_desktop.ui.outgoing import OutgoingWindow
from b2cal_desktop.ui.presentation import tray_view, wording
from b2cal_desktop.ui.settings.window import SettingsWindow
from b2cal_desktop.ui.setup_wizard import SetupWizard
from b2cal_desktop.ui.status_window import StatusWindow
from b2cal_desktop.ui.theme import apply_theme
from b2cal_desktop.ui.timeline_item import TimelineItem
from b2cal_desktop.ui.translations import install_texts
from tests.ui import states
from tests.ui.states import NOW, at
from tests.ui.still import SENT, Still

ALL = Offers(settings=True, sign_in=True, check=True, diagnostics=True)


class Longer(Mapping[tuple[str, str, str], str]):
    """Every text, 40 % longer and with letters that are higher and deeper than ours."""

    def __getitem__(self, key: tuple[str, str, str]) -> str:
        source = key[1]
        words = "Ångström gäller åtta öglor " * 9
        return f"{source} {words[: max(2, round(len(source) * 0.4))].strip()}"

    def __iter__(self) -> Iterator[tuple[str, str, str]]:
        return iter(())

    def __len__(self) -> int:
        return 0


@pytest.fixture(autouse=True)
def _our_theme(qapp: QApplication) -> None:
    apply_theme(qapp)


@pytest.fixture
def longer() -> Iterator[None]:
    install_texts(Longer())
    yield
    install_texts({})


@pytest.fixture
def still(tmp_path: Path) -> Still:
    return Still(tmp_path)


def settle(window: QWidget) -> None:
    for _ in range(3):
        QApplication.processEvents()


def room_in(box: QComboBox) -> int:
    """How wide a text the box can show, in pixels."""
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    control, part = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
    return box.style().subControlRect(control, option, part, box).width()


def cut_off(window: QWidget) -> list[str]:
    """Labels and buttons whose text has less room than it needs."""
    settle(window)
    found = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or isinstance(widget, TimelineItem):  # those elide, and tell all in the tooltip
            continue
        if isinstance(widget, QLabel) and widget.text() and not widget.pixmap().width():
            if widget.wordWrap():
                fits = widget.heightForWidth(widget.width()) <= widget.height() + 1
            else:
                fits = widget.sizeHint().width() <= widget.width() + 1
        elif isinstance(widget, QAbstractButton) and len(widget.text()) > 1:
            fits = widget.sizeHint().width() <= widget.width() + 1
        elif isinstance(widget, QComboBox):
            fits = widget.isEditable() or room_in(widget) >= widget.fontMetrics().horizontalAdvance(
                widget.currentText()
            )
        else:
            continue
        inside = widget.mapTo(window, widget.rect().topRight()).x() <= window.width() + 1
        if not (fits and inside):
            found.append(
                f"{type(widget).__name__}: {widget.currentText() if isinstance(widget, QComboBox) else widget.text()}"
            )
    return found


def unnamed(window: QWidget) -> list[str]:
    """Controls that a screen reader could not name, or that say no role."""
    settle(window)
    found = []
    for widget in window.findChildren(QWidget):
        reachable = widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        if not reachable or widget.focusProxy() is not None or type(widget.parent()).__name__ == "QComboBox":
            continue
        if isinstance(widget, QLineEdit) and widget.objectName() == "qt_spinbox_lineedit":
            continue
        spoken = QAccessible.queryAccessibleInterface(widget)
        if spoken is None or not spoken.text(QAccessible.Text.Name) or spoken.role() is QAccessible.Role.NoRole:
            found.append(f"{type(widget).__name__} in {type(widget.parent()).__name__}")
    return found


def test_settings(qtbot: QtBot, still: Still, longer: None) -> None:
    window = SettingsWindow(still.open(), still, "sv", lambda: NOW)
    qtbot.addWidget(window)
    window.show_state(states.IN_MEETING)
    window.show()
    for page in window.names:
        window.open_page(page)
        assert (page, cut_off(window), unnamed(window)) == (page, [], [])
    for source in ("microsoft365", "exchange"):
        window.open_page("calendar")
        window.draft.set("calendar.source", source)
        assert (source, cut_off(window), unnamed(window)) == (source, [], [])


def test_set_up(qtbot: QtBot, still: Still, longer: None) -> None:
    wizard = SetupWizard(still.open(), still, "sv", lambda: NOW)
    qtbot.addWidget(wizard)
    wizard.show()
    for number, step in enumerate(wizard.pages):
        if number:
            wizard.next.click()
        assert (step, cut_off(wizard), unnamed(wizard)) == (step, [], [])
    qtbot.waitUntil(lambda: bool(wizard.preview.ribbons), timeout=5000)
    assert cut_off(wizard) == []


def test_outgoing(qtbot: QtBot, longer: None) -> None:
    window = OutgoingWindow(lambda: SENT, NOW.tzinfo, "sv")
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(lambda: window.list.count() == len(SENT), timeout=5000)
    assert (cut_off(window), unnamed(window)) == ([], [])


def test_checks(qtbot: QtBot, longer: None) -> None:
    found = (CheckResult(CheckStatus.PROBLEM, Text.same("Kalender"), Text.same("Svarar inte."), Text.same("Vänta.")),)
    window = ChecksWindow(lambda: found, "sv")
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(lambda: window.list.count() == 1, timeout=5000)
    assert (cut_off(window), unnamed(window)) == ([], [])


@pytest.mark.parametrize("name", ["meeting", "manual", "paused", "off", "calendar-approval", "switchboard-away"])
def test_day(qtbot: QtBot, longer: None, name: str) -> None:
    window = DayWindow("sv", ALL)
    qtbot.addWidget(window)
    window.render_state(states.ALL[name], NOW, dark=False)
    window.show()
    window.open_today()
    assert (cut_off(window), unnamed(window)) == ([], [])


def test_status_window_and_dialog(qtbot: QtBot, longer: None) -> None:
    view = tray_view(states.MANUAL, NOW, "sv", ALL)
    window = StatusWindow(ALL)
    dialog: QDialog = ChooseTimeDialog("lunch", at("11:00"), wording(states.MANUAL, NOW, "sv"), lambda: NOW)
    for widget in (window, dialog):
        qtbot.addWidget(widget)
    window.render(view, dark=False)
    window.show_message(view.messages[0])
    window.show()
    dialog.show()
    for widget in (window, dialog):
        assert (cut_off(widget), unnamed(widget)) == ([], [])


def test_every_window_fits_a_screen_of_1080_lines_at_200_percent(qtbot: QtBot, still: Still, swedish: str) -> None:
    day = DayWindow("sv", ALL)
    day.render_state(states.CALENDAR_APPROVAL, NOW, dark=False)
    settings = SettingsWindow(still.open(), still, "sv", lambda: NOW)
    settings.show_state(states.IN_MEETING)
    wizard = SetupWizard(still.open(), still, "sv", lambda: NOW)
    outgoing, checks = OutgoingWindow(lambda: SENT, NOW.tzinfo, "sv"), ChecksWindow(lambda: (), "sv")
    for window in (day, settings, wizard, outgoing, checks):
        qtbot.addWidget(window)
        window.show()
        window.resize(920, 480)  # of 960 × 540, less a panel and the window's own frame
        settle(window)
        assert (window.width(), window.height()) == (920, 480), window


def test_the_button_of_a_message_does_the_thing_once(qtbot: QtBot, swedish: str) -> None:
    view = tray_view(states.MANUAL, NOW, swedish, ALL)
    window = StatusWindow(ALL)
    qtbot.addWidget(window)
    window.render(view, dark=False)
    window.show_message(view.messages[0])
    window.show()
    got: list[object] = []
    window.chosen.connect(got.append)
    assert window.answer.text() == "&Följ kalendern igen"
    window.answer.click()
    assert got == [view.messages[0].does]
    assert not window.answer.isVisible()


def errors() -> list[type[B2CalError]]:
    """Every error of the program that a person can meet."""
    for module in pkgutil.walk_packages(b2cal_desktop.__path__, "b2cal_desktop."):
        if module.name.endswith("__main__"):
            continue
        try:
            importlib.import_module(module.name)
        except ModuleNotFoundError as missing:  # a module for another platform, or with a package of its own
            assert not str(missing.name).startswith("b2cal_desktop"), module.name
    found: list[type[B2CalError]] = []
    waiting: list[type[B2CalError]] = [B2CalError]
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        if hasattr(one, "what") and one.__module__.startswith("b2cal_desktop"):
            found.append(one)
    return found


def test_each_error_has_its_texts_in_both_languages_and_its_own_code() -> None:
    found = errors()
    assert len(found) > 20
    for error in found:
        for part in (error.what, error.meaning, error.remedy):
            assert bool(part.sv) == bool(part.en), error
        assert error.what.sv, error
        assert "!" not in error.what.sv + error.meaning.sv + error.remedy.sv, error
        assert error.code != "error", error


def test_a_button_is_pressed_by_its_letter(qtbot: QtBot, still: Still, swedish: str) -> None:
    window = SettingsWindow(still.open(), still, "sv", lambda: NOW)
    qtbot.addWidget(window)
    window.show()
    texts = [button.text() for button in window.buttons.buttons() if isinstance(button, QPushButton)]
    assert "Ver&kställ" in texts
    window.open_page("switchboard")
    labels = [row.label.text() for row in window.pages["switchboard"].rows.values() if row.label.text()]
    assert labels == ["&Växel"]
