"""Draws every window, menu and icon into ``build/screenshots/``: Swedish and English, light and dark, 100 and 200 %.

    uv run python -m tests.screenshots [--only sv-light-100]

Needs no screen. The states are the made-up ones of ``tests/ui/states.py``.
"""

from __future__ import annotations

import argparse
import html
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from b2cal_desktop.ui.commands import Offers

FOLDER = Path(__file__).resolve().parent.parent / "build" / "screenshots"
PICTURES = Path(__file__).resolve().parent.parent / "docs" / "images"
KINDS = list(itertools.product(("sv", "en"), ("light", "dark"), (100, 200)))
# Else it is 800 × 800, and a menu of 200 % does not find room on that.
SCREEN = {"name": "screen", "x": 0, "y": 0, "width": 2560, "height": 2000, "logicalDpi": 96, "dpr": 1}
FOR_THE_DOCS = {
    "day.png": "sv-light-200-day.png",
    "day-dark.png": "sv-dark-200-day.png",
    "day.en.png": "en-light-200-day.png",
    "menu.png": "sv-light-200-menu.png",
    "menu.en.png": "en-light-200-menu.png",
    "settings.png": "sv-light-200-settings-diversions.png",
    "settings.en.png": "en-light-200-settings-diversions.png",
    "setup.png": "sv-light-200-setup-5-preview.png",
    "setup.en.png": "en-light-200-setup-5-preview.png",
    "outgoing.png": "sv-light-200-outgoing.png",
    "outgoing.en.png": "en-light-200-outgoing.png",
    "icons.png": "sv-light-200-icons.png",
}


def name(language: str, scheme: str, percent: int) -> str:
    return f"{language}-{scheme}-{percent}"


def everything() -> Offers:
    from b2cal_desktop.ui.commands import Offers

    return Offers(settings=True, sign_in=True, check=True, diagnostics=True)


def _without_regrets(_kind: object, _context: object, text: str) -> None:
    """What Qt has to say, save what a platform without a screen cannot do."""
    if not text.startswith("This plugin does not support"):
        print(text, file=sys.stderr)


class Studio:
    """One application in one language, scheme and scale, and what it takes pictures of."""

    def __init__(self, language: str, scheme: str, percent: int) -> None:
        from PySide6.QtCore import qInstallMessageHandler
        from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
        from PySide6.QtWidgets import QApplication

        from b2cal_desktop.ui.theme import apply_theme
        from b2cal_desktop.ui.translations import install_language

        self.language, self.prefix = language, name(language, scheme, percent)
        self.dark = scheme == "dark"
        qInstallMessageHandler(_without_regrets)
        self.app = QApplication([])
        if "Inter" in QFontDatabase.families():
            self.app.setFont(QFont("Inter", 10))
        if self.dark:  # without a desktop there is no colour scheme to ask for, but dark windows are understood
            self.app.setPalette(QPalette(QColor("#202020")))
        apply_theme(self.app)
        install_language(language)

    def take_all(self) -> None:
        takers = (
            self.icons,
            self.menus,
            self.days,
            self.status,
            self.dialogs,
            self.settings,
            self.set_up,
            self.outgoing,
            self.checks,
            self.boxes,
        )
        for take in takers:
            take()

    def save(self, widget, title: str) -> None:
        self.app.processEvents()
        self.app.processEvents()
        widget.grab().save(str(FOLDER / f"{self.prefix}-{title}.png"))

    def icons(self) -> None:
        from tests.ui.icon_sheet import draw_sheet

        draw_sheet(dark=self.dark, ratio=self.app.devicePixelRatio()).save(str(FOLDER / f"{self.prefix}-icons.png"))

    def menus(self) -> None:
        from b2cal_desktop.ui.menu import EntryMenu
        from b2cal_desktop.ui.presentation import starting_view, tray_view
        from tests.ui.states import ALL, NOW

        offers = everything()
        views = {key: tray_view(state, NOW, self.language, offers) for key, state in ALL.items()}
        views["not-set-up"] = tray_view(ALL["available"], NOW, self.language, replace(offers, set_up=True))
        for key, view in {"starting": starting_view(offers), **views}.items():
            menu = EntryMenu()
            menu.render(view.entries, dark=self.dark)
            menu.menu.popup(menu.menu.pos())
            self.save(menu.menu, "menu" if key == "meeting" else f"menu-{key}")
            if key == "meeting":
                self._submenus(menu)
            menu.menu.close()

    def _submenus(self, menu) -> None:
        for action in menu.menu.actions():
            submenu = action.menu()
            if submenu is not None:
                submenu.popup(submenu.pos())
                self.save(submenu, f"menu-meeting-{action.data()}")
                below = [one.menu() for one in submenu.actions() if one.data() == "set.lunch"]
                if below:
                    below[0].popup(submenu.pos())
                    self.save(below[0], "menu-meeting-set-lunch")
                    below[0].close()
                submenu.close()

    def days(self) -> None:
        from tests.ui.states import ALL, NOW, UNUSUAL

        for key, state in (ALL | UNUSUAL).items():
            window = self._day(state, NOW)
            self.save(window, "day" if key == "meeting" else f"day-{key}")
            if key == "meeting":
                self._more_of_the_day(window)
            elif key == "empty":
                window.tabs.setCurrentIndex(2)
                self.save(window, "day-history-empty")
            window.close()

    def _day(self, state, now: datetime):
        from b2cal_desktop.ui.day_view import DayWindow

        window = DayWindow(self.language, everything())
        window.render_state(state, now, dark=self.dark)
        window.resize(900, 840)
        window.show()
        window.open_today()
        return window

    def _more_of_the_day(self, window) -> None:
        window.timeline.item("event/review").click()
        self.save(window, "day-event")
        window.as_table.click()
        self.save(window, "day-table")
        window.as_table.click()
        for place, title in ((1, "day-coming"), (2, "day-history")):
            window.tabs.setCurrentIndex(place)
            self.save(window, title)

    def status(self) -> None:
        from b2cal_desktop.ui.presentation import starting_view, tray_view
        from b2cal_desktop.ui.status_window import StatusWindow
        from tests.ui.states import ALL, NOW

        offers = everything()
        views = {key: tray_view(state, NOW, self.language, offers) for key, state in ALL.items()}
        views["not-set-up"] = tray_view(ALL["available"], NOW, self.language, replace(offers, set_up=True))
        for key, view in {"starting": starting_view(offers), **views}.items():
            window = StatusWindow(offers)
            window.render(view, dark=self.dark)
            if key == "manual":
                window.show_message(view.messages[0])
            window.show()
            self.save(window, f"status-{key}")
            window.close()

    def dialogs(self) -> None:
        from b2cal_desktop.ui.dialogs import ChooseTimeDialog, about_box
        from b2cal_desktop.ui.presentation import wording
        from tests.ui.states import IN_MEETING, NOW, at

        choose = ChooseTimeDialog("vacation", at("11:00"), wording(IN_MEETING, NOW, self.language), lambda: NOW)
        for dialog, title in ((choose, "choose-time"), (about_box(), "about")):
            dialog.show()
            self.save(dialog, title)
            dialog.close()
        calendar = choose.edit.calendarWidget()
        calendar.resize(calendar.sizeHint())
        self.save(calendar, "choose-time-calendar")

    def settings(self) -> None:
        from b2cal_desktop.ui.settings.window import SettingsWindow
        from tests.ui.states import IN_MEETING, NOW
        from tests.ui.still import Still

        locked = {"locked": {"sync": {"poll_seconds": 120}, "rules": {"private": "normal"}}}
        with tempfile.TemporaryDirectory() as folder:
            still = Still(Path(folder), policy=locked)
            window = SettingsWindow(still.open(), still, self.language, lambda: NOW)
            window.show_state(IN_MEETING)
            window.resize(860, 780)
            window.show()
            for page in window.names:
                window.open_page(page)
                if page == "switchboard":
                    window.pages[page].trial.click()
                    self.settle(window.pages[page].trial.isEnabled)
                self.save(window, f"settings-{page}")
                self._whole_page(window.pages[page], f"settings-{page}-whole")
            window.open_page("calendar")
            for source in ("microsoft365", "exchange"):
                window.draft.set("calendar.source", source)
                self.save(window, f"settings-calendar-{source}")
            self._signing_in(window)
            self._switchboards(window)
            self._wrong_prefix(window)
            window.reject()

    def _signing_in(self, window) -> None:
        """Finding the server, the code that is typed elsewhere, what IT has to approve."""
        from b2cal_desktop.core.errors import CalendarNeedsApproval
        from b2cal_desktop.ui.configuration import SignInCode

        page = window.pages["calendar"]
        finder = page.exchange.finder
        finder.begin("anna@foretag.se")
        self.settle(lambda: finder.offers.count() > 0)
        self._whole_page(page, "settings-calendar-find-server")
        window.draft.set("calendar.source", "microsoft365")
        box = page.microsoft.box
        box.code.show_code(SignInCode("FK7P2XQRW", "https://microsoft.com/devicelogin", 900))
        self._whole_page(page, "settings-calendar-code")
        box.code.hide()
        box.show_problem(CalendarNeedsApproval("login.microsoftonline.com"))
        self.settle(lambda: not box.approval.isHidden())
        self._whole_page(page, "settings-calendar-approval")

    def _switchboards(self, window) -> None:
        """A trial that has been made, and a connector whose proof is wanting."""
        window.open_page("switchboard")
        page = window.pages["switchboard"]
        page.set_and_restore.click()
        page.dialog.start.click()
        self.settle(lambda: page.dialog.found is not None)
        self.save(page.dialog, "settings-switchboard-trial")
        page.dialog.reject()
        unproven = next(form.id for form in page._connectors.values() if form.unconfirmed is not None)
        page.connector.setCurrentIndex(page.connector.findData(unproven))
        page.connector.activated.emit(page.connector.currentIndex())
        self._whole_page(page, "settings-switchboard-unproven")
        window.draft.set("switchboard.connector", "practice")

    def _whole_page(self, page, title: str) -> None:
        self.save(page, title)

    def _wrong_prefix(self, window) -> None:
        window.open_page("diversions")
        page = window.pages["diversions"]
        line = page.prefixes.lines[-1]
        line.prefix.selectAll()
        line.prefix.insert("lun:")
        self._whole_page(page, "settings-diversions-wrong")

    def set_up(self) -> None:
        from b2cal_desktop.core.errors import CalendarUnreachable
        from b2cal_desktop.core.model import Text
        from b2cal_desktop.ui.setup_wizard import SetupWizard
        from tests.ui.states import NOW
        from tests.ui.still import Still

        with tempfile.TemporaryDirectory() as folder:
            still = Still(Path(folder))
            wizard = SetupWizard(still.open(), still, self.language, lambda: NOW)
            wizard.resize(720, 700)
            wizard.show()
            for number, step in enumerate(wizard.pages):
                if number:
                    wizard.next.click()
                if step == "preview":
                    self.settle(lambda: bool(wizard.preview.ribbons))
                self.save(wizard, f"setup-{number + 1}-{step}")
            wizard.preview._failed(
                CalendarUnreachable("kalender.foretag.se", Text("ingen anslutning", "no connection"))
            )
            wizard.preview._clear()
            self.save(wizard, "setup-5-preview-failed")
            wizard.reject()

    def outgoing(self) -> None:
        from b2cal_desktop.ui.outgoing import OutgoingWindow
        from tests.ui.states import STOCKHOLM
        from tests.ui.still import SENT

        window = OutgoingWindow(lambda: SENT, STOCKHOLM, self.language)
        window.show()
        self.settle(lambda: window.list.count() == len(SENT))
        window.list.setCurrentRow(1)
        self.save(window, "outgoing")
        window.reject()

    def checks(self) -> None:
        from b2cal_desktop.ui.checks import ChecksWindow
        from tests.ui.still import FOUND

        window = ChecksWindow(lambda: FOUND, self.language)
        window.resize(640, 560)
        window.show()
        self.settle(lambda: window.list.count() == len(FOUND))
        self.save(window, "checks")
        window.reject()

    def boxes(self) -> None:
        """The small boxes that say or ask one thing."""
        from PySide6.QtCore import QObject

        from b2cal_desktop.core.errors import CalendarUnreachable, SettingsProblem
        from b2cal_desktop.core.model import Text
        from b2cal_desktop.ui.self_help import SelfHelp
        from b2cal_desktop.ui.start_problem import StartProblem
        from b2cal_desktop.ui.windows import Windows
        from tests.ui.states import NOW
        from tests.ui.still import Still

        with tempfile.TemporaryDirectory() as folder:
            still = Still(Path(folder))
            around = QObject()
            windows = Windows(still, lambda: NOW, around)
            windows.language = self.language
            windows._show_approval(still.approval())
            self._box(windows, "approval")
            reason = Text("tidsgränsen nåddes", "timed out")
            windows._cannot_open(CalendarUnreachable("mail.foretag.se", reason))
            self._box(windows, "cannot-open")
        helps = SelfHelp(None, None, self.language, around)
        helps._saved(Path("/home/anna/Documents/b2cal-diagnostics.json"))
        self.save(helps.box, "diagnostics-saved")
        helps.close_all()
        helps.open_crash(None)
        self.save(helps.box, "crash")
        helps.close_all()
        settings = Path("/home/anna/.config/b2cal-desktop/settings.toml")
        wrong = Text("ska vara ett heltal från 30 till 900", "should be a whole number from 30 to 900")
        start = StartProblem(SettingsProblem(str(settings), 4, "sync.poll_seconds", wrong), self.language, settings)
        start.open()
        self.save(start.box, "cannot-start")
        start.box.close()

    def _box(self, windows, title: str) -> None:
        (box,) = windows._boxes
        self.save(box, title)
        box.close()

    def settle(self, done: Callable[[], bool]) -> None:
        """Let the window's own threads finish."""
        for _ in range(500):
            if done():
                return
            self.app.processEvents()
            time.sleep(0.01)
        raise AssertionError("a window waits for something that does not come")


def take_one(language: str, scheme: str, percent: int) -> None:
    Studio(language, scheme, percent).take_all()


def write_index() -> None:
    """One page with all pictures, grouped by what they show, the eight kinds side by side."""
    titles = sorted({file.stem.split("-", 3)[3] for file in FOLDER.glob("*.png")})
    rows: list[str] = []
    for title in titles:
        files = [f"{name(*kind)}-{title}.png" for kind in KINDS]
        shown = [f'<a href="{f}"><img src="{f}" alt="{f}" loading="lazy"></a>' for f in files if (FOLDER / f).exists()]
        rows.append(f"<h2>{html.escape(title)}</h2><p>{''.join(shown)}</p>")
    style = "body{font:15px system-ui;margin:2rem;background:#888}img{max-width:24%;margin:.3%;vertical-align:top}"
    page = f"<!doctype html><meta charset=utf-8><title>B2Cal Desktop</title><style>{style}</style>{''.join(rows)}\n"
    (FOLDER / "index.html").write_text(page, "utf-8")


def copy_for_the_docs() -> None:
    """With the 256 colours that a picture has most of: it looks the same, at a third of the size."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage

    PICTURES.mkdir(parents=True, exist_ok=True)
    sharp = Qt.ImageConversionFlag.ThresholdDither | Qt.ImageConversionFlag.AvoidDither
    for target, source in FOR_THE_DOCS.items():
        if (FOLDER / source).exists():
            picture = QImage(str(FOLDER / source)).convertToFormat(QImage.Format.Format_RGB32)
            pixels = Counter(memoryview(picture.constBits()).cast("I"))
            table = [colour for colour, _ in pixels.most_common(256)]
            picture.convertToFormat(QImage.Format.Format_Indexed8, table, sharp).save(str(PICTURES / target), "PNG", 0)


def main(run: Callable[..., object] = subprocess.run) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=[name(*kind) for kind in KINDS], help="one kind instead of all eight")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    kinds = [kind for kind in KINDS if arguments.only in (None, name(*kind))]
    if arguments.here:
        take_one(*kinds[0])
        return 0
    with tempfile.TemporaryDirectory() as folder:
        screen = Path(folder) / "screen.json"
        screen.write_text(json.dumps({"screens": [SCREEN]}), "utf-8")
        platform = f"offscreen:configfile={screen}"
        for kind in kinds:  # the scale is fixed when Qt starts, hence a process for each
            environment = os.environ | {"QT_QPA_PLATFORM": platform, "QT_SCALE_FACTOR": str(kind[2] / 100)}
            command = [sys.executable, "-m", "tests.screenshots", "--here", "--only", name(*kind)]
            run(command, env=environment, check=True)
    write_index()
    copy_for_the_docs()
    print(FOLDER / "index.html")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
