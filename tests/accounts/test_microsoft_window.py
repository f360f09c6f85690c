"""Signing in and out in the settings window: the real window, msal, an OpenID provider and Graph's stand-in."""

from __future__ import annotations

import threading
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

from b2cal_desktop.accounts.microsoft import MicrosoftAccount
from b2cal_desktop.accounts.microsoft_clouds import Registration
from b2cal_desktop.accounts.secrets import MemorySecretStore
from b2cal_desktop.configure import ProfileConfiguration
from b2cal_desktop.context import Context
from b2cal_desktop.core.errors import SecretsUnavailable
from b2cal_desktop.core.model import Window
from b2cal_desktop.core.schedule import local_day
from b2cal_desktop.sync.ledger import KeptEvents, Ledger
from b2cal_desktop.ui.settings.calendar_page import CalendarPage
from b2cal_desktop.ui.settings.microsoft_part import MicrosoftPart
from b2cal_desktop.ui.settings.sign_in_box import SignInBox
from b2cal_desktop.ui.settings.window import SettingsWindow
from b2cal_desktop.ui.translations import install_language
from b2cal_desktop.ui.windows import Windows
from tests.accounts.microsoft_world import World
from tests.servers.graph_server import GraphServer, graph_server
from tests.servers.oidc_provider import CLIENT_ID, Certificates
from tests.ui.states import STOCKHOLM
from tests.ui.worlds import NOW, Beside

SECONDS = 20_000


class Desk:
    """A person's computer with the app's windows; ``opens`` stands for the system's browser."""

    def __init__(self, world: World, graph: GraphServer, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world, self.engine = world, Beside()
        self.opened: list[str] = []
        self.opens: Callable[[str], bool] = self._nobody_answers
        self.context = Context(Namespace(profile=str(world.profile.folder), settings=None, at=NOW))
        self.context.__dict__["secret_store"] = world.secrets
        self.configuration = ProfileConfiguration(self.context, self.engine)
        world.profile.create()
        self.write(
            f'[calendar]\nsource = "microsoft365"\n[calendar.microsoft365]\nclient_id = "{CLIENT_ID}"\n'
            f'cloud = "custom"\nauthority = "{world.provider.authority}"\ngraph_root = "{graph.root}"\n'
        )
        self.policy = world.profile.folder / "policy.toml"
        monkeypatch.setenv("B2CAL_POLICY", str(self.policy))

    def write(self, text: str) -> None:
        self.world.profile.settings.write_text(text, "utf-8")

    def account(self, **more: object) -> MicrosoftAccount:
        """The program's own account, as the settings want it, with ``opens`` for a browser."""
        settings = self.context.load().settings
        registration = Registration.from_settings(settings.calendar.microsoft365)
        self.context._account = self.world.account(registration=registration, open_browser=self._open, **more)
        return self.context._account

    def _open(self, url: str) -> bool:
        self.opened.append(url)
        return self.opens(url)

    def _nobody_answers(self, _url: str) -> bool:
        return True


@pytest.fixture
def graph(world: World, certificates: Certificates) -> Iterator[GraphServer]:
    with graph_server(certificates.context(), world.provider.knows_token) as server:
        server.calendars["AAMk/Team=="] = ("Projekt & annat", [])
        yield server


@pytest.fixture
def desk(world: World, graph: GraphServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    install_language("sv")
    made = Desk(world, graph, monkeypatch)
    made.account()
    yield made
    install_language("en")


Open = Callable[[], SettingsWindow]


@pytest.fixture
def open_settings(qtbot: QtBot, desk: Desk) -> Open:
    def opened() -> SettingsWindow:
        window = SettingsWindow(desk.configuration.open(), desk.configuration, "sv", lambda: NOW)
        qtbot.addWidget(window)
        window.open_page("calendar")
        window.show()
        return window

    return opened


def part(window: SettingsWindow) -> MicrosoftPart:
    page = window.pages["calendar"]
    assert isinstance(page, CalendarPage)
    return page.microsoft


def box(window: SettingsWindow) -> SignInBox:
    return part(window).box


def test_in_which_calendars_count_and_out_again(open_settings: Open, desk: Desk, qtbot: QtBot) -> None:
    desk.opens = desk.world.browser()
    window = open_settings()
    here = box(window)
    qtbot.waitUntil(lambda: here.who.text() == "Ingen är inloggad.", timeout=SECONDS)
    assert not here.sign_out.isVisible()
    here.sign_in.click()
    assert (here.sign_in.isVisible(), here.stopping.isVisible()) == (False, True)
    qtbot.waitUntil(lambda: here.who.text() == "Inloggad som anna@foretag.example.", timeout=SECONDS)
    assert desk.engine.signs_in == 1
    assert (here.stopping.isVisible(), here.sign_out.isVisible(), here.another.isVisible()) == (False, True, True)

    calendars = part(window).calendars
    calendars.fetch.click()
    qtbot.waitUntil(lambda: len(calendars.boxes) == 2, timeout=SECONDS)
    primary, further = calendars.boxes.values()
    assert (primary.isChecked(), primary.isEnabled()) == (True, False)
    assert (further.text(), further.isChecked()) == ("Projekt && annat", False)
    further.click()
    assert "en till" in calendars.summary.text()
    window.buttons.button(QDialogButtonBox.StandardButton.Apply).click()
    qtbot.waitUntil(lambda: not window.draft.is_changed, timeout=SECONDS)
    assert desk.context.load().settings.calendar.microsoft365.calendars == ("AAMk/Team==",)

    today: Window = local_day(NOW, STOCKHOLM)
    ledger = Ledger(desk.world.profile.ledger)
    ledger.keep_events(KeptEvents("x", today.start, ()))
    here.sign_out.click()
    qtbot.waitUntil(lambda: here.who.text().startswith("Utloggad."), timeout=SECONDS)
    assert desk.engine.signs_out == 1
    assert (ledger.events(), desk.world.profile.microsoft_account.exists()) == (None, False)
    assert desk.world.secrets.get_secret("calendar/microsoft365/tokens") is None
    assert here.sign_in.isVisible() and not calendars.boxes
    ledger.close()


def test_a_code_takes_the_place_of_the_browser_without_a_second_sign_in(
    open_settings: Open, desk: Desk, qtbot: QtBot
) -> None:
    window = open_settings()
    here = box(window)
    here.sign_in.click()
    qtbot.waitUntil(lambda: bool(desk.opened), timeout=SECONDS)
    here.by_code.click()
    qtbot.waitUntil(here.code.isVisible, timeout=SECONDS)
    code = here.code.text.text()
    assert len(desk.opened) == 1
    assert desk.world.provider.origin in here.code.how.text() and "10 minuter" in here.code.how.text()
    here.code.copy.click()
    assert QGuiApplication.clipboard().text() == code
    address = here.code.how.text().split()[1]
    threading.Thread(target=lambda: desk.world.provider.person("bo").opens(f"{address}?user_code={code}")).start()
    qtbot.waitUntil(lambda: here.who.text() == "Inloggad som bo@foretag.example.", timeout=SECONDS)
    assert not here.code.isVisible()


def test_it_can_be_left_at_any_moment_and_begun_again(open_settings: Open, desk: Desk, qtbot: QtBot) -> None:
    window = open_settings()
    here = box(window)
    here.sign_in.click()
    qtbot.waitUntil(lambda: bool(desk.opened), timeout=SECONDS)
    here.stopping.click()
    assert here.sign_in.isVisible()
    desk.opens = desk.world.browser()
    here.sign_in.click()
    qtbot.waitUntil(lambda: here.person is not None, timeout=SECONDS)
    assert not here.problem.isVisible()
    assert "select_account" in desk.opened[-1]
    here.sign_in.click()
    qtbot.waitUntil(lambda: len(desk.opened) == 3 and not here.is_waiting, timeout=SECONDS)
    assert parse_qs(urlsplit(desk.opened[-1]).query)["login_hint"] == ["anna@foretag.example"]

    desk.opens = lambda _url: True
    here.another.click()
    qtbot.waitUntil(lambda: len(desk.opened) == 4, timeout=SECONDS)
    assert "select_account" in desk.opened[-1]
    account = desk.context.microsoft_account(desk.context.load().settings)
    # Whichever way the window is left: a flow that nobody can see any more must not keep the next one out.
    window.buttons.button(QDialogButtonBox.StandardButton.Ok).click()
    qtbot.waitUntil(lambda: not account.is_signing_in, timeout=SECONDS)
    assert not window.isVisible()


class Mail(QObject):
    """Stands where the user's mail program would."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[QUrl] = []

    @Slot(QUrl)
    def compose(self, url: QUrl) -> None:
        self.opened.append(url)


def test_where_it_has_to_approve_the_message_is_at_hand(open_settings: Open, desk: Desk, qtbot: QtBot) -> None:
    desk.opens = desk.world.browser(answer="deny")
    window = open_settings()
    here = box(window)
    here.sign_in.click()
    qtbot.waitUntil(here.approval.isVisible, timeout=SECONDS)
    assert here.problem.text().endswith("Be IT om godkännande.")
    address = f"{desk.world.provider.authority}/adminconsent?client_id={CLIENT_ID}"
    assert address in here.approval.text.text()
    here.approval.copy.click()
    assert address in QGuiApplication.clipboard().text()
    mail = Mail()
    QDesktopServices.setUrlHandler("mailto", mail, "compose")
    try:
        here.approval.mail.click()
    finally:
        QDesktopServices.unsetUrlHandler("mailto")
    (url,) = mail.opened
    fields = parse_qs(url.query(QUrl.ComponentFormattingOption.FullyEncoded))
    assert fields["subject"] == ["Godkänn B2Cal Desktop i Microsoft 365"]
    assert address in fields["body"][0]


class NoKeyring(MemorySecretStore):
    """A computer whose keyring keeps nothing."""

    def set_secret(self, name: str, value: str) -> None:
        raise SecretsUnavailable("no keyring")


def test_that_the_sign_in_lasts_only_until_the_program_ends_is_said(
    open_settings: Open, desk: Desk, qtbot: QtBot
) -> None:
    desk.world.secrets = NoKeyring()
    desk.opens = desk.world.browser()
    here = box(open_settings())
    here.sign_in.click()
    qtbot.waitUntil(lambda: here.person is not None, timeout=SECONDS)
    assert here.notice.isVisible()
    assert "Inloggningen gäller tills programmet avslutas." in here.notice.text()


def test_windows_own_sign_in_is_offered_there_and_falls_back_in_words(
    open_settings: Open, desk: Desk, qtbot: QtBot
) -> None:
    desk.write(desk.world.profile.settings.read_text() + "broker = true\n")
    desk.account(broker=True, platform="win32")
    desk.opens = desk.world.browser()
    window = open_settings()
    assert not part(window).has("calendar.microsoft365.broker")
    there = MicrosoftPart(window.draft, "sv", desk.configuration, whole=True, platform="win32")
    qtbot.addWidget(there)
    assert there.rows["calendar.microsoft365.broker"].control.isEnabled()
    here = box(window)
    here.sign_in.click()
    qtbot.waitUntil(lambda: here.person is not None, timeout=SECONDS)
    assert here.notice.isVisible() and "Webbläsaren används i stället" in here.notice.text()


def test_what_the_company_decided_about_the_permission_is_grey(open_settings: Open, desk: Desk) -> None:
    desk.policy.write_text('[locked.calendar.microsoft365]\npermission = "full"\ncalendars = []\n', "utf-8")
    here = part(open_settings())
    for key in ("permission", "calendars"):
        row = here.rows[f"calendar.microsoft365.{key}"]
        assert not row.control.isEnabled()
        assert row.help.text() == "Styrs av företaget."
    assert not here.calendars.fetch.isEnabled()


@pytest.fixture
def windows(qtbot: QtBot, desk: Desk) -> Iterator[Windows]:
    """The windows as the tray opens them; all is gone before the next test begins."""
    parent = QObject()
    made = Windows(desk.configuration, lambda: NOW, parent)
    made.language = "sv"
    yield made
    made.close_all()
    parent.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_a_second_click_in_the_tray_begins_no_second_sign_in(windows: Windows, desk: Desk, qtbot: QtBot) -> None:
    windows.sign_in("calendar")
    qtbot.waitUntil(lambda: bool(desk.opened), timeout=SECONDS)
    windows.sign_in("calendar")
    (question,) = windows._boxes
    assert question.text() == "En inloggning pågår. Gör klart den i webbläsaren."
    next(button for button in question.buttons() if button.text() == "Avbryt inloggningen").click()
    qtbot.waitUntil(lambda: not windows._tasks.is_running("sign_in"), timeout=SECONDS)
    assert len(desk.opened) == 1
    assert windows.settings is None


def test_why_a_sign_in_from_the_tray_came_to_nothing_is_said_in_the_settings(
    windows: Windows, desk: Desk, qtbot: QtBot
) -> None:
    desk.world.provider.refuse("token", {"error": "invalid_grant", "error_codes": [53003]})
    desk.opens = desk.world.browser()
    windows.sign_in("calendar")
    qtbot.waitUntil(lambda: windows.settings is not None, timeout=SECONDS)
    assert windows.settings is not None
    assert "villkorsstyrd åtkomst säger nej (AADSTS53003)" in box(windows.settings).problem.text()


@pytest.fixture(autouse=True)
def _own_log_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
