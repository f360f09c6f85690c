"""What others wrote shows as they wrote it: no label and no tooltip makes pictures or links of it."""

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QAbstractItemView, QLabel, QWidget
from pytestqt.qtbot import QtBot

from b2cal_desktop import ui
from b2cal_desktop.core.errors import CalendarRefused, SwitchboardRefused
from b2cal_desktop.core.model import Catalogue, Diversion, Kind, Text, Warning
from b2cal_desktop.core.state import Health, ServiceHealth
from b2cal_desktop.ui.commands import Offers
from b2cal_desktop.ui.day_parts import plain, tip, wrapped
from b2cal_desktop.ui.day_view import DayWindow
from b2cal_desktop.ui.dialogs import ChooseTimeDialog
from b2cal_desktop.ui.presentation import tray_view
from b2cal_desktop.ui.settings.forms import Row
from b2cal_desktop.ui.status_window import StatusWindow
from b2cal_desktop.ui.wording import Wording
from tests.ui import states
from tests.ui.states import NOW

HOSTILE = "<img src='https://foretag.test/spion.png'><b>Möte</b> & <a href='file:///etc/passwd'>här</a>"


def read_as_markup(window: QWidget) -> list[str]:
    """Every label and tooltip of ``window`` that Qt would not show as it stands."""
    labels = [label for label in window.findChildren(QLabel) if "<img" in label.text()]
    found = [label.text() for label in labels if label.textFormat() is not Qt.TextFormat.PlainText]
    found += [child.toolTip() for child in (window, *window.findChildren(QWidget)) if "<img" in child.toolTip()]
    for view in window.findChildren(QAbstractItemView):
        if view.model() is not None:
            found += [text for text in _tips(view.model()) if "<img" in text]
    return found


def _tips(model: QAbstractItemModel, below: QModelIndex | None = None) -> Iterable[str]:
    below = below or QModelIndex()
    for row in range(model.rowCount(below)):
        for column in range(model.columnCount(below)):
            yield str(model.index(row, column, below).data(Qt.ItemDataRole.ToolTipRole) or "")


def test_a_tooltip_says_what_was_written(qtbot: QtBot) -> None:
    for text in (HOSTILE, "a < b", "rad 1\n<i>rad 2</i>", "&lt;b&gt;"):
        shown = QTextDocument()
        shown.setHtml(tip(text))
        assert shown.toPlainText() == text
    assert tip("R&D\nMöte") == "R&D\nMöte"


def test_events_and_answers_in_the_day_and_the_status_window(qtbot: QtBot, swedish: str) -> None:
    state = states.IN_MEETING
    refused = ServiceHealth(Health.REFUSED, error=SwitchboardRefused("v", Text.same(HOSTILE)))
    warning = Warning("x", Text.same(HOSTILE))
    state = replace(
        state,
        blocks=tuple(
            replace(block, events=tuple(replace(e, subject=HOSTILE, location=HOSTILE) for e in block.events))
            for block in state.blocks
        ),
        events=tuple(replace(event, subject=HOSTILE, location=HOSTILE) for event in state.events),
        switchboard=refused,
        calendar=ServiceHealth(Health.REFUSED, error=CalendarRefused("k", Text.same(HOSTILE))),
        warnings=(warning,),
    )
    day, status = DayWindow(swedish, Offers()), StatusWindow(Offers())
    day.render_state(state, NOW, dark=False)
    status.render(tray_view(state, NOW, swedish), dark=False)
    for window in (day, status):
        qtbot.addWidget(window)
        window.show()
        assert read_as_markup(window) == []
    assert any(HOSTILE in label.text() for label in day.findChildren(QLabel))


def test_the_switchboards_own_names_and_a_connectors_labels(qtbot: QtBot) -> None:
    catalogue = Catalogue((*states.CATALOGUE.values(), Diversion("own", Text.same(HOSTILE), Kind.ABSENCE)))
    words = Wording("sv", states.STOCKHOLM, NOW, catalogue)
    dialog = ChooseTimeDialog("own", NOW, words, lambda: NOW)
    row = Row(HOSTILE, QWidget(), help=HOSTILE)
    for window in (dialog, row):
        qtbot.addWidget(window)
        assert read_as_markup(window) == []
    assert plain(HOSTILE).textFormat() is wrapped().textFormat() is Qt.TextFormat.PlainText


def test_every_box_takes_its_text_for_text() -> None:
    for path in Path(ui.__file__).parent.rglob("*.py"):
        made = [line for line in path.read_text(encoding="utf-8").splitlines() if re.search(r"= QMessageBox\(", line)]
        assert path.read_text(encoding="utf-8").count("box.setTextFormat(Qt.TextFormat.PlainText)") == len(made), path
