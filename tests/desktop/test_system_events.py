"""What the computer tells the running app: the session ends, the network is back."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from dbus_fast import Message, Variant

from b2cal_desktop.switchboards.practice import PracticeSwitchboard
from b2cal_desktop.system.clock import SystemClock
from tests.desktop.session import DesktopSession
from tests.desktop.test_tray_app import App
from tests.test_engine import without_ends

pytestmark = pytest.mark.desktop


@pytest.fixture
def switchboard() -> Iterator[PracticeSwitchboard]:
    with PracticeSwitchboard(port=0, now=SystemClock().now) as board:
        yield board


@pytest.fixture
def app(desktop: DesktopSession, profile: Path, switchboard: PracticeSwitchboard) -> App:
    """On a switchboard that knows no ends: there the app has something left to do when it is ended."""
    app = App(desktop, profile, switchboard)
    without_ends(profile)
    return app


def started(app: App) -> subprocess.Popen[bytes]:
    process = app.start()
    app.wait_for_diversion("meeting")
    return process


# --- The session ends


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_as_quitting_does(app: App, number: signal.Signals) -> None:
    process = started(app)
    os.kill(process.pid, number)
    assert process.wait(timeout=20) == 0
    assert app.shows() == "available"


@dataclass
class SessionManagerStub:
    """Answers as a desktop's session manager, and keeps who registered and what they said."""

    registered: list[tuple[str, str]] = field(default_factory=list)
    said: list[bool] = field(default_factory=list)

    def register(self, message: Message) -> tuple[str, list[object]]:
        self.registered.append((message.body[0], message.body[1]))
        return "o", ["/client/1"]

    def respond(self, message: Message) -> tuple[str, list[object]]:
        self.said.append(message.body[0])
        return "", []


@pytest.mark.parametrize(
    ("service", "path", "manager", "client"),
    [
        (
            "org.gnome.SessionManager",
            "/org/gnome/SessionManager",
            "org.gnome.SessionManager",
            "org.gnome.SessionManager.ClientPrivate",
        ),
        ("org.xfce.SessionManager", "/org/xfce/SessionManager", "org.xfce.Session.Manager", "org.xfce.Session.Client"),
    ],
    ids=["gnome", "xfce"],
)
def test_the_desktops_session_manager_is_agreed_with_and_heard(
    app: App, service: str, path: str, manager: str, client: str
) -> None:
    stub, bus = SessionManagerStub(), app.desktop.bus
    bus.serve(service, "/client/1", client, {"EndSessionResponse": stub.respond}, {})
    bus.serve(service, path, manager, {"RegisterClient": stub.register}, {})
    process = started(app)
    app.desktop.wait_until(lambda: stub.registered, 15, "the registration")
    assert stub.registered == [("b2cal-desktop", "")]
    app.desktop.wait_until(lambda: bus.emit("/client/1", client, "QueryEndSession", "u", [0]) or stub.said, 10, "yes")
    assert set(stub.said) == {True} and process.poll() is None and app.shows() == "meeting"
    bus.emit("/client/1", client, "EndSession", "u", [0])
    assert process.wait(timeout=20) == 0
    assert app.shows() == "available"


# --- The keyring

MUTE_KEYRING = """
import time
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection
open_dbus_connection().send_and_get_reply(message_bus.RequestName("org.freedesktop.secrets"))
print("mine", flush=True)
time.sleep(600)
"""


def test_a_keyring_that_never_answers_holds_up_neither_windows_nor_the_end(
    desktop: DesktopSession, profile: Path
) -> None:
    """As one that waits to be unlocked, with nobody there."""
    mute = desktop.spawn([sys.executable, "-c", MUTE_KEYRING])
    desktop.wait_until(lambda: "mine" in desktop.output(mute), 20, "the name on the bus")
    with PracticeSwitchboard(port=0, now=SystemClock().now, token="hemligt") as switchboard:
        app = App(desktop, profile, switchboard)
        process = app.start()
        app.click("Inställningar…")
        desktop.window("Inst")
        clock = SystemClock()
        before = clock.monotonic()
        for _ in range(5):
            assert "Inställningar…" in app.item.menu().labels()
        assert clock.monotonic() - before < 3
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=15) == 0


# --- Proxies that only the desktop knows


@pytest.mark.parametrize("answer", ["proxy", "direct", "nonsense", "no portal"])
def test_what_the_desktops_settings_say_of_proxies_counts(app: App, answer: str) -> None:
    """As in GNOME's and KDE's settings, a script for them included: the portal answers for each address."""
    path, asked = "/org/freedesktop/portal/desktop", list[str]()
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        proxy.settimeout(15)
        says = {
            "proxy": ["socks://127.0.0.1:9", f"http://anna:ord@127.0.0.1:{proxy.getsockname()[1]}", "direct://"],
            "direct": ["direct://", "http://127.0.0.1:9"],
            "nonsense": ["", "http://[::1", "???"],
        }

        def look_up(message: Message) -> tuple[str, list[object]]:
            asked.append(message.body[0])
            return "as", [says[answer]]

        if answer in says:
            name = "org.freedesktop.portal"
            app.desktop.bus.serve(f"{name}.Desktop", path, f"{name}.ProxyResolver", {"Lookup": look_up}, {})
        settings = app.profile / "settings.toml"
        settings.write_text(settings.read_text().replace(str(app.calendar), "https://kalender.invalid/hemlig.ics"))
        app.start("--background")
        if answer == "proxy":
            with proxy.accept()[0] as caller:
                said = caller.recv(1000).decode()
            assert said.startswith("CONNECT kalender.invalid:443 ") and "Proxy-Authorization: Basic " in said
        else:
            menu = "Kalendern går inte att läsa"
            app.desktop.wait_until(lambda: menu in " ".join(app.item.menu().labels()), 20, "that there is no such host")
    if answer in says:
        assert set(asked) == {"https://kalender.invalid/"}, "no more than it needs to know, and not of this computer"


# --- The network is back


def test_when_the_network_is_back_the_app_asks_at_once(
    desktop: DesktopSession, profile: Path, switchboard: PracticeSwitchboard
) -> None:
    name, path = "org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager"
    state, asked = [70], threading.Event()

    def read() -> Variant:
        asked.set()
        return Variant("u", state[0])

    def change(now: int) -> None:
        state[0] = now
        desktop.bus.emit(path, name, "StateChanged", "u", [now])

    desktop.bus.serve(name, path, name, {}, {"State": read, "Connectivity": lambda: Variant("u", 4)})
    desktop.env["DBUS_SYSTEM_BUS_ADDRESS"] = desktop.env["DBUS_SESSION_BUS_ADDRESS"]
    app = App(desktop, profile, switchboard)
    with (profile / "settings.toml").open("a") as file:
        file.write("[sync]\npoll_seconds = 900\n")  # it would not ask by itself
    started(app)
    assert asked.wait(15)
    seen = switchboard.requests_seen.total()
    change(20)  # disconnected
    change(70)  # connected, with the internet
    desktop.wait_until(lambda: switchboard.requests_seen.total() > seen, 13, "a sync within this computer's share")
