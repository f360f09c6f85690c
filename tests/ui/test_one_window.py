"""A window is one window: none of its parts is shown on the screen by itself while the rest is being made."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from b2cal_desktop.switchboards.practice import PracticeSwitchboard
from b2cal_desktop.ui.settings.window import SettingsWindow
from b2cal_desktop.ui.setup_wizard import SetupWizard
from tests.ui.worlds import NOW, World, board


class Watch(QObject):
    """Notes each window that is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        if event.type() is QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.shown.append(type(watched).__name__)
        return False


@pytest.fixture
def watch(qapp: QApplication) -> Iterator[Watch]:
    watching = Watch()
    qapp.installEventFilter(watching)
    yield watching
    qapp.removeEventFilter(watching)


@pytest.fixture(scope="module")
def switchboard() -> Iterator[PracticeSwitchboard]:
    with board() as running:
        yield running


@pytest.mark.parametrize("kind", [SettingsWindow, SetupWizard])
def test_nothing_is_shown_but_the_window_itself(
    kind: type[SettingsWindow] | type[SetupWizard],
    profile: Path,
    switchboard: PracticeSwitchboard,
    qtbot: QtBot,
    swedish: str,
    watch: Watch,
) -> None:
    world = World(profile, switchboard)
    window = kind(world.configuration.open(), world.configuration, swedish, lambda: NOW)
    qtbot.addWidget(window)
    assert watch.shown == []
    window.show()
    assert watch.shown == [kind.__name__]
