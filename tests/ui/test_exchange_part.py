"""Settings of a company's own Exchange server: finding it, agreeing to it, signing in, and whose calendar is read."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QComboBox, QDialogButtonBox, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from b2cal_desktop.configure import ProfileConfiguration
from b2cal_desktop.system.log_on import has_log_on
from b2cal_desktop.system.secret_names import EXCHANGE_PASSWORD
from b2cal_desktop.ui.settings.calendar_page import CalendarPage
from b2cal_desktop.ui.settings.exchange_part import ExchangePart
from b2cal_desktop.ui.settings.window import SettingsWindow
from b2cal_desktop.ui.setup_wizard import SetupWizard
from b2cal_desktop.ui.theme import apply_theme
from b2cal_desktop.ui.translations import install_texts
from b2cal_desktop.ui.windows import Windows
from tests.servers.exchange_server import ExchangeServer
from tests.servers.exchange_world import ASA, PASSWORD, a_world, meeting
from tests.servers.exchange_world import World as Company
from tests.ui.test_looks import Longer, cut_off, unnamed
from tests.ui.worlds import NOW, World, board

OK = QDialogButtonBox.StandardButton.Ok


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    (tmp_path / "company").mkdir()
    with a_world(tmp_path / "company", monkeypatch) as company:
        company.asa.items = [meeting(start=NOW), meeting("UTE: Bo", start=NOW, id="2")]
        yield company


@pytest.fixture
def world(profile: Path, swedish: str) -> Iterator[World]:
    with board() as running:
        made = World(profile, running)
        made.write_usual(more='[calendar.exchange]\nuser = "asa@foretag.se"\n')
        yield made


Open = Callable[..., tuple[SettingsWindow, CalendarPage, ExchangePart]]


@pytest.fixture
def opened(qtbot: QtBot, world: World) -> Open:
    """The settings window on Exchange; the "usual addresses" are those of ``servers``."""

    def open_it(*servers: ExchangeServer | str) -> tuple[SettingsWindow, CalendarPage, ExchangePart]:
        urls = [server if isinstance(server, str) else server.url for server in servers]
        configuration = ProfileConfiguration(world.context, world.engine, lambda _address: urls)
        window = SettingsWindow(configuration.open(), configuration, "sv", lambda: NOW)
        qtbot.addWidget(window)
        window.open_page("calendar")
        window.show()
        page = window.pages["calendar"]
        assert isinstance(page, CalendarPage)
        page._sources["exchange"].click()
        part = page._parts["exchange"]
        assert isinstance(part, ExchangePart)
        return window, page, part

    return open_it


def edit(part: ExchangePart, key: str) -> QLineEdit:
    control = part.row(key).control
    assert isinstance(control, QLineEdit)
    return control


def write(control: QLineEdit, text: str) -> None:
    control.selectAll()
    control.insert(text)


def offers(part: ExchangePart) -> list[str]:
    """What stands below the button, in words."""
    layout = part.finder.offers
    widgets = [item.widget() for n in range(layout.count()) if (item := layout.itemAt(n)) is not None]
    return [widget.text() for widget in widgets if isinstance(widget, QLabel | QPushButton)]


def button(part: QWidget, start: str) -> QPushButton:
    (found,) = (one for one in part.findChildren(QPushButton) if one.text().startswith(start))
    return found


def look(part: ExchangePart, qtbot: QtBot) -> None:
    part.seek.click()
    qtbot.waitUntil(lambda: not part.finder._tasks.is_running("look"), timeout=5000)


# Find my server


def test_a_server_is_found_agreed_to_and_signed_in_to(
    opened: Open, company: Company, world: World, qtbot: QtBot
) -> None:
    server = company.server()
    host = f"localhost:{server.port}"
    window, page, part = opened("https://mail.invalid/EWS/Exchange.asmx", server)
    look(part, qtbot)
    assert part.finder.note.text() == "Den här servern svarar. Är det ditt företags?"
    assert offers(part)[:3] == [
        host,
        "En Exchange-server. Den erbjuder inloggning med Negotiate, NTLM, Basic.",
        f"Ja, använd {host}",
    ]
    assert edit(part, "calendar.exchange.url").text() == ""
    assert server.secrets_seen == [] and [asked.body for asked in server.asked] == [b""]
    button(part, "Ja, använd").click()
    assert edit(part, "calendar.exchange.url").text() == server.url
    assert part.finder.isHidden()
    write(edit(part, "calendar.exchange.user"), ASA)
    write(edit(part, "secret.exchange"), PASSWORD)
    page.trial.click()
    qtbot.waitUntil(page.trial.isEnabled, timeout=10_000)
    assert page.outcome.text().startswith("Det fungerar."), page.outcome.text()
    assert len(server.log_ons) == 1 and server.bad_log_ons == 0
    window.buttons.button(OK).click()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=5000)
    assert world.loaded().settings.calendar.exchange.url == server.url
    assert world.secrets.get_secret(EXCHANGE_PASSWORD) == PASSWORD


def test_several_that_answer_are_chosen_between(opened: Open, company: Company, qtbot: QtBot) -> None:
    first, second = company.server(), company.server(schemes=('Basic realm="mail"',))
    _, _, part = opened(first, second)
    look(part, qtbot)
    assert "Vilken" in part.finder.note.text()
    assert "En Exchange-server som tar användarnamn och lösenord (Basic)." in offers(part)
    button(part, f"Ja, använd localhost:{second.port}").click()
    assert edit(part, "calendar.exchange.url").text() == second.url


def test_mailboxes_at_microsoft_are_gone_on_with_there(opened: Open, qtbot: QtBot) -> None:
    window, page, part = opened("https://outlook.office365.com/EWS/Exchange.asmx")
    look(part, qtbot)
    assert part.finder.note.text() == "Postlådorna hos foretag.se verkar finnas i Microsoft 365."
    button(part, "Använd Microsoft").click()
    assert window.draft.value("calendar.source") == "microsoft365"
    assert page._sources["microsoft365"].isChecked()


def test_a_certificate_that_is_not_accepted_is_said(opened: Open, company: Company, qtbot: QtBot) -> None:
    stranger = company.server(authority=trustme.CA())
    _, _, part = opened(stranger)
    look(part, qtbot)
    assert f"localhost:{stranger.port} svarar, men datorn godtar inte" in part.finder.note.text()
    assert offers(part) == [] and stranger.asked == []


def test_nobody_answers(opened: Open, qtbot: QtBot) -> None:
    _, _, part = opened("https://mail.invalid/EWS/Exchange.asmx")
    look(part, qtbot)
    assert "Ingen Exchange-server svarar på de vanliga adresserna hos foretag.se" in part.finder.note.text()


def test_looking_can_be_stopped(opened: Open, qtbot: QtBot) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        _, _, part = opened(f"https://localhost:{silent.getsockname()[1]}/EWS/Exchange.asmx")
        part.seek.click()
        assert part.finder.note.text() == "Letar på de vanliga adresserna hos foretag.se…"
        assert part.finder.look.text() == "S&luta leta"
        part.finder.look.click()
        assert part.finder._stop.is_set() and not part.finder._tasks.is_running("look")
        assert part.finder.note.isHidden() and part.finder.look.text() == "&Leta"


def test_without_an_address_nothing_is_looked_for(opened: Open, qtbot: QtBot) -> None:
    window, _, part = opened()
    write(edit(part, "calendar.exchange.user"), "FORETAG\\asa")
    part.seek.click()
    assert not part.finder._tasks.is_running("look")
    part.finder.address.setText("asa")
    qtbot.keyClick(part.finder.address, Qt.Key.Key_Return)
    assert part.finder.note.text() == "Skriv hela din e-postadress, eller det som står efter @."
    assert window.isVisible()  # Enter is no OK here


def test_the_set_up_finds_the_server_too(qtbot: QtBot, world: World, company: Company) -> None:
    server = company.server()
    configuration = ProfileConfiguration(world.context, world.engine, lambda _address: [server.url])
    wizard = SetupWizard(configuration.open(), configuration, "sv", lambda: NOW)
    qtbot.addWidget(wizard)
    wizard.show()
    wizard.go(1)
    wizard.calendar._sources["exchange"].click()
    part = wizard.calendar._parts["exchange"]
    assert isinstance(part, ExchangePart)
    look(part, qtbot)
    button(part, "Ja, använd").click()
    wizard.go(1)
    assert wizard.step == "switchboard"


def test_an_address_that_the_administrator_has_decided_is_not_looked_for(
    opened: Open, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = world.policy('[locked.calendar.exchange]\nurl = "https://mail.foretag.se"\n')
    monkeypatch.setenv("B2CAL_POLICY", str(policy))
    _, _, part = opened()
    assert part.seek.isHidden()
    assert "styrs av" in part.row("calendar.exchange.url").help.text().lower()


def test_nothing_is_cut_off_or_without_a_name_while_it_asks(
    opened: Open, company: Company, qtbot: QtBot, qapp: QApplication
) -> None:
    apply_theme(qapp)
    install_texts(Longer())
    window, _, part = opened(company.server(), company.server())
    look(part, qtbot)
    part.another.click()
    assert (cut_off(window), unnamed(window)) == ([], [])


# What is written


def test_a_bare_host_is_enough_and_the_whole_address_is_shown(opened: Open, world: World, qtbot: QtBot) -> None:
    window, _, part = opened()
    write(edit(part, "calendar.exchange.url"), "mail.foretag.se")
    row = part.row("calendar.exchange.url")
    assert row.error.isHidden()
    assert row.help.text() == "Vi frågar https://mail.foretag.se/EWS/Exchange.asmx."
    write(edit(part, "calendar.exchange.url"), "outlook.office365.com")
    assert "Microsoft 365" in row.help.text()
    write(edit(part, "calendar.exchange.url"), "http://mail.foretag.se")
    assert "https://" in row.error.text()
    write(edit(part, "calendar.exchange.url"), "mail.foretag.se")
    window.buttons.button(OK).click()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=5000)
    assert world.loaded().settings.calendar.exchange.url == "mail.foretag.se"


def test_forms_of_the_user_name(opened: Open) -> None:
    _, _, part = opened()
    row, user = part.row("calendar.exchange.user"), edit(part, "calendar.exchange.user")
    write(user, "FORETAG/asa")
    assert "DOMÄN\\namn" in row.error.text()
    write(user, "asa")
    assert row.error.isHidden() and row.help.text().startswith("Utan domän.")
    write(user, "FORETAG\\asa")
    assert row.error.isHidden() and row.help.text() == "DOMÄN\\namn eller namn@foretag.se."


def test_the_log_on_of_the_computer_needs_no_password_and_is_offered_only_where_there_is_one(opened: Open) -> None:
    window, _, part = opened()
    ways = part.row("calendar.exchange.auth").control
    assert isinstance(ways, QComboBox)
    assert (ways.findData("sso") >= 0) is has_log_on()
    window.draft.set("calendar.exchange.auth", "sso")
    assert part.row("calendar.exchange.user").isHidden() and part.row("secret.exchange").isHidden()
    window.draft.set("calendar.exchange.auth", "basic")
    assert part.row("secret.exchange").isVisible()
    assert part.row("calendar.exchange.auth").help.text().startswith("Själva lösenordet skickas")


def test_another_mailbox_is_a_choice_of_its_own(opened: Open, world: World, qtbot: QtBot) -> None:
    window, _, part = opened()
    row = part.row("calendar.exchange.mailbox")
    assert row.isHidden()
    write(edit(part, "calendar.exchange.url"), "mail.foretag.se")
    part.another.click()
    assert row.isVisible() and "Reviewer" in row.help.text() and "2007" in row.help.text()
    window.buttons.button(OK).click()
    assert window.isVisible() and row.error.text() == "Skriv postlådans adress."
    write(edit(part, "calendar.exchange.mailbox"), "bo")
    assert "namn@foretag.se" in row.error.text()
    write(edit(part, "calendar.exchange.mailbox"), "bo@foretag.se")
    assert row.error.isHidden()
    part.another.click()
    assert row.isHidden() and window.draft.value("calendar.exchange.mailbox") == ""


def test_a_mailbox_that_may_not_be_read_shows_the_command_for_it(
    opened: Open, company: Company, world: World, qtbot: QtBot
) -> None:
    company.bo.rights = {ASA: "free_busy"}
    server = company.server()
    _, page, part = opened()
    write(edit(part, "calendar.exchange.url"), f"localhost:{server.port}")
    write(edit(part, "calendar.exchange.user"), ASA)
    write(edit(part, "secret.exchange"), PASSWORD)
    part.another.click()
    write(edit(part, "calendar.exchange.mailbox"), "bo@foretag.se")
    page.trial.click()
    qtbot.waitUntil(page.trial.isEnabled, timeout=10_000)
    assert page.outcome.text().startswith("Det fungerar.")
    assert 'Add-MailboxFolderPermission "bo@foretag.se:\\Kalender"' in page.outcome.text()
    company.bo.rights = {}
    page.trial.click()
    qtbot.waitUntil(page.trial.isEnabled, timeout=10_000)
    assert page.outcome.text().startswith("Du får inte läsa kalendern i bo@foretag.se")
    assert "Be IT köra: Add-MailboxFolderPermission" in page.outcome.text()


def test_who_has_to_sign_in_again_comes_to_the_password(opened: Open, world: World, qtbot: QtBot) -> None:
    world.write_usual(more='[calendar.exchange]\nurl = "mail.foretag.se"\nuser = "asa@foretag.se"\n')
    world.write(world.settings_file.read_text("utf-8").replace('source = "icalendar"', 'source = "exchange"'))
    windows = Windows(world.configuration, lambda: NOW, parent := QObject())
    windows.language = "sv"
    windows.sign_in("calendar")
    qtbot.waitUntil(lambda: windows.settings is not None, timeout=5000)
    window = windows.settings
    assert window is not None
    password = window.pages["calendar"].row("secret.exchange")
    qtbot.waitUntil(lambda: window.focusWidget() is password.control, timeout=5000)
    assert password.help.text() == "Skriv ditt lösenord på nytt. Det prövas en gång, när du väljer OK."
    qtbot.waitUntil(lambda: not password.visibleRegion().isEmpty(), timeout=5000)
    windows.close_all()
    parent.deleteLater()
