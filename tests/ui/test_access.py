"""Every window as people meet it who don't use a mouse, or can't see well: keys, visible focus, names, contrast."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import groupby, pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QAccessible, QColor, QImage, QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QRadioButton,
    QStackedWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from b2cal_desktop.core.model import Text
from b2cal_desktop.ui.checks import ChecksWindow
from b2cal_desktop.ui.colours import contrast
from b2cal_desktop.ui.commands import Offers
from b2cal_desktop.ui.configuration import CheckResult, CheckStatus
from b2cal_desktop.ui.day_view import DayWindow
from b2cal_desktop.ui.dialogs import ChooseTimeDialog
from b2cal_desktop.ui.outgoing import OutgoingWindow
from b2cal_desktop.ui.presentation import tray_view, wording
from b2cal_desktop.ui.settings.forms import Form
from b2cal_desktop.ui.settings.ribbon import Ribbon
from b2cal_desktop.ui.settings.window import SettingsWindow, page_names
from b2cal_desktop.ui.setup_wizard import SetupWizard
from b2cal_desktop.ui.status_window import StatusWindow
from b2cal_desktop.ui.theme import apply_theme
from b2cal_desktop.ui.timeline import DayTimeline
from b2cal_desktop.ui.timeline_item import TimelineItem
from tests.ui import states
from tests.ui.states import NOW, at
from tests.ui.still import SENT, Still

ALL = Offers(settings=True, sign_in=True, check=True, diagnostics=True)
READABLE = 4.5  # of WCAG 2, level AA
FOUND = (
    CheckResult(CheckStatus.OK, Text.same("Kalender"), Text.same("Svarar.")),
    CheckResult(CheckStatus.WARNING, Text.same("Nyckelring"), Text.same("Låst."), Text.same("Lås upp den.")),
    CheckResult(CheckStatus.PROBLEM, Text.same("Växel"), Text.same("Svarar inte."), Text.same("Vänta.")),
)


class Gallery:
    """Makes each window, filled in, in Swedish."""

    def __init__(self, qtbot: QtBot, still: Still) -> None:
        self._qtbot, self._still = qtbot, still

    def settings(self, page: str) -> QWidget:
        window = SettingsWindow(self._still.open(), self._still, "sv", lambda: NOW)
        window.show_state(states.IN_MEETING)
        window.open_page(page)
        return window

    def wizard(self, steps: int) -> QWidget:
        wizard = SetupWizard(self._still.open(), self._still, "sv", lambda: NOW)
        wizard.show()
        for _ in range(steps):
            wizard.next.click()
        if wizard.step == "preview":
            self._qtbot.waitUntil(lambda: bool(wizard.preview.ribbons), timeout=5000)
        return wizard

    def day(self, state: str, tab: int = 0, *, table: bool = False) -> QWidget:
        window = DayWindow("sv", ALL)
        window.render_state(states.ALL[state], NOW, dark=QApplication.palette().window().color().lightness() < 128)
        window.open_today()
        window.tabs.setCurrentIndex(tab)
        window.as_table.setChecked(table)
        return window

    def status(self) -> QWidget:
        window, view = StatusWindow(ALL), tray_view(states.MANUAL, NOW, "sv", ALL)
        window.render(view, dark=False)
        window.show_message(view.messages[0])
        return window

    def outgoing(self) -> QWidget:
        window = OutgoingWindow(lambda: SENT, NOW.tzinfo, "sv")
        self._qtbot.waitUntil(lambda: window.list.count() == len(SENT), timeout=5000)
        return window

    def checks(self) -> QWidget:
        window = ChecksWindow(lambda: FOUND, "sv")
        self._qtbot.waitUntil(lambda: window.list.count() == len(FOUND), timeout=5000)
        return window

    def choose_time(self) -> QWidget:
        return ChooseTimeDialog("lunch", at("11:00"), wording(states.MANUAL, NOW, "sv"), lambda: NOW)


WINDOWS: dict[str, Callable[[Gallery], QWidget]] = {
    **{f"settings, {page}": lambda made, page=page: made.settings(page) for page in page_names()},  # type: ignore[misc]
    **{f"set-up, step {n + 1}": lambda made, n=n: made.wizard(n) for n in range(5)},  # type: ignore[misc]
    "day": lambda made: made.day("meeting"),
    "day, as a table": lambda made: made.day("skipped", table=True),
    "day, coming": lambda made: made.day("meeting", 1),
    "day, history": lambda made: made.day("meeting", 2),
    "day, a problem": lambda made: made.day("calendar-approval"),
    "day, off": lambda made: made.day("off"),
    "status": Gallery.status,
    "outgoing": Gallery.outgoing,
    "checks": Gallery.checks,
    "choose a time": Gallery.choose_time,
}


@pytest.fixture(params=["light", "dark"])
def scheme(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[str]:
    before, sheet = qapp.palette(), qapp.styleSheet()
    if request.param == "dark":  # without a desktop there is no colour scheme to ask for, but dark windows are seen
        qapp.setPalette(QPalette(QColor("#202020")))
    apply_theme(qapp)
    yield request.param
    qapp.setPalette(before)
    qapp.setStyleSheet(sheet)


@pytest.fixture
def gallery(qtbot: QtBot, tmp_path: Path, swedish: str) -> Gallery:
    return Gallery(qtbot, Still(tmp_path))


def shown(window: QWidget, qtbot: QtBot) -> QWidget:
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QApplication.processEvents()
    return window


# --- contrast


def text_on(widget: QWidget) -> str:
    if isinstance(widget, TimelineItem):
        return widget.item.title
    return widget.text() if isinstance(widget, QLabel | QAbstractButton | QLineEdit) else ""


def place_of(widget: QWidget, window: QWidget) -> QRect:
    return QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size()).intersected(window.rect())


def readability(picture: QImage) -> float:
    """The contrast between the ground, which is the most frequent colour, and what stands out most from it."""
    pixels = Counter(memoryview(picture.convertToFormat(QImage.Format.Format_RGB32).constBits()).cast("I"))
    ground = QColor.fromRgb(pixels.most_common(1)[0][0])
    return max(contrast(ground, QColor.fromRgb(pixel)) for pixel in pixels)


@pytest.mark.parametrize("name", WINDOWS)
def test_every_text_is_readable(name: str, scheme: str, gallery: Gallery, qtbot: QtBot) -> None:
    window = shown(WINDOWS[name](gallery), qtbot)
    whole = window.grab().toImage()
    pale = []
    for widget in window.findChildren(QWidget):
        text, place = text_on(widget), place_of(widget, window)
        seen = widget.visibleRegion().boundingRect().height() >= widget.fontMetrics().height()
        if widget.isVisible() and widget.isEnabled() and len(text) > 1 and seen and not place.isEmpty():
            found = readability(whole.copy(place))
            if found < READABLE:
                pale.append(f"{type(widget).__name__} {text!r}: {found:.1f}")
    assert pale == []


# --- keys


def stops(window: QWidget) -> list[QWidget]:
    """What the Tab key has to reach."""
    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and not isinstance(widget.parent(), QAbstractSpinBox | QComboBox)
        and type(widget).__name__ not in ("QScrollArea", "PageScroll", "QComboBoxListView")
    ]


def group(widget: QWidget) -> object:
    """Radio buttons are one stop; the arrows choose among them."""
    return widget.group() if isinstance(widget, QRadioButton) and widget.group() is not None else widget


def walk(window: QWidget, qtbot: QtBot) -> tuple[list[QWidget], list[QWidget]]:
    """The stops in their order, and those that look the same with the focus as without it."""
    reached: list[QWidget] = []
    unseen: list[QWidget] = []
    for _ in range(200):
        before = QApplication.focusWidget()
        qtbot.keyClick(before or window, Qt.Key.Key_Tab)
        widget = QApplication.focusWidget()
        if widget is before:  # Tab goes through the parts of a time first
            continue
        if widget is None or widget in reached:
            break
        reached.append(widget)
        focused = window.grab(place_of(widget, window)).toImage()
        widget.clearFocus()
        if focused == window.grab(place_of(widget, window)).toImage():
            unseen.append(widget)
        widget.setFocus(Qt.FocusReason.TabFocusReason)
    return reached, unseen


@pytest.mark.parametrize("name", WINDOWS)
def test_every_control_is_reached_by_tab_and_shows_it(
    name: str, gallery: Gallery, qtbot: QtBot, qapp: QApplication
) -> None:
    apply_theme(qapp)
    window = shown(WINDOWS[name](gallery), qtbot)
    reached, unseen = walk(window, qtbot)
    groups = {id(group(widget)) for widget in reached}
    missed = [widget for widget in stops(window) if id(group(widget)) not in groups]
    assert [described(widget) for widget in missed] == []
    assert [described(widget) for widget in unseen] == []


@pytest.mark.parametrize("name", [name for name in WINDOWS if name.startswith(("settings", "set-up"))])
def test_tab_goes_through_a_page_as_people_read_it(
    name: str, gallery: Gallery, qtbot: QtBot, qapp: QApplication
) -> None:
    apply_theme(qapp)
    window = shown(WINDOWS[name](gallery), qtbot)
    pages = window.findChild(QStackedWidget)
    page = pages.currentWidget().findChild(Form)
    first = QApplication.focusWidget()
    assert first is not None
    reached = [first, *(widget for widget in walk(window, qtbot)[0] if widget is not first)]
    places = [(widget, place_of(widget, page).top()) for widget in reached if page.isAncestorOf(widget)]
    upwards = [f"{described(a)} → {described(b)}" for (a, y), (b, z) in pairwise(places) if z < y - 12]
    assert upwards == []
    parts = ["page" if page.isAncestorOf(widget) else type(widget).__name__ for widget in reached]
    assert [part for part, _ in groupby(parts)] in (
        ["QListWidget", "page", "QPushButton"],
        ["page", "QPushButton"],
        ["QPushButton", "page", "QPushButton"],  # where *Next* has the focus from the beginning
        ["QPushButton"],
    )


def described(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.accessibleName() or text_on(widget)!r}"


# --- what a screen reader is told of what we paint ourselves


def test_the_ribbons_say_their_day(gallery: Gallery, qtbot: QtBot) -> None:
    window = shown(WINDOWS["set-up, step 5"](gallery), qtbot)
    names = [
        QAccessible.queryAccessibleInterface(ribbon).text(QAccessible.Text.Name)
        for ribbon in window.findChildren(Ribbon)
    ]
    assert names[1] == "I morgon: 10:00–11:30 Möte"
    assert names[0].startswith("I dag: 08:00–09:00 Jobbar hemifrån, 09:00–10:00 Möte")


def test_the_time_line_says_events_and_diversions_apart_and_what_time_it_is(gallery: Gallery, qtbot: QtBot) -> None:
    window = shown(WINDOWS["day"](gallery), qtbot)
    line = window.findChild(DayTimeline)
    face = QAccessible.queryAccessibleInterface(line)
    assert (face.text(QAccessible.Text.Name), face.text(QAccessible.Text.Description)) == (
        "Tidslinje",
        "Klockan är 09:12.",
    )
    items = {
        QAccessible.queryAccessibleInterface(item).text(QAccessible.Text.Name)
        for item in window.findChildren(TimelineItem)
    }
    assert {"Bokning: MOT: Budgetmöte, 09:00–10:00, Upptagen", "Hänvisning: Möte, 09:00–10:00"} <= items


def test_the_mark_of_a_finding_is_said_too(gallery: Gallery, qtbot: QtBot) -> None:
    window = shown(WINDOWS["checks"](gallery), qtbot)
    assert isinstance(window, ChecksWindow)
    lines = QAccessible.queryAccessibleInterface(window.list)
    assert [lines.child(row).text(QAccessible.Text.Name).splitlines()[0] for row in range(3)] == [
        "Bra – Kalender: Svarar.",
        "Varning – Nyckelring: Låst.",
        "Problem – Växel: Svarar inte.",
    ]


def test_a_page_with_something_wrong_is_said_to_be_so(gallery: Gallery, qtbot: QtBot) -> None:
    window = shown(WINDOWS["settings, rules"](gallery), qtbot)
    assert isinstance(window, SettingsWindow)
    window.draft.set("rules.working_hours.start", "18:00")
    pages = QAccessible.queryAccessibleInterface(window.list)
    assert pages.child(3).text(QAccessible.Text.Name) == "Regler. Något här behöver ses över"
