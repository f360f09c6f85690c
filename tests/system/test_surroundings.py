"""The network changes under the program: connections, proxies and what was learnt of them."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from PySide6.QtNetwork import QNetworkInformation

from b2cal_desktop.system.network import new_session
from b2cal_desktop.system.surroundings import SURROUNDINGS, Surroundings
from b2cal_desktop.ui.reachability import Reachability
from b2cal_desktop.ui.system_proxy import find_proxy
from tests.calendars.icalendar_host import CalendarHost, calendar

PROXY = "http://proxy.foretag.se:8080"


@pytest.fixture(autouse=True)
def _no_proxy_of_this_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def counted() -> Iterator[tuple[str, list[int]]]:
    """A server, and from which port each of its requests came: one port is one connection."""
    ports: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            ports.append(self.client_address[1])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Keep the test's output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/", ports
        server.shutdown()
        thread.join()


def test_no_connection_outlives_the_network_that_it_was_made_in(counted: tuple[str, list[int]]) -> None:
    url, ports = counted
    with new_session("B2Cal/1") as session:
        session.get(url)
        session.get(url)
        assert len(set(ports)) == 1, "kept as long as nothing happens"
        SURROUNDINGS.changed()
        session.get(url)
        session.get(url)
    assert [port == ports[0] for port in ports] == [True, True, False, False]
    assert ports[2] == ports[3]


# --- Proxies that only the system's script knows


def test_the_script_is_asked_once_for_each_server_and_network() -> None:
    around, asked = Surroundings(), list[str]()
    around.find_proxy = lambda url: asked.append(url) or PROXY  # type: ignore[func-returns-value]
    for path in ("a?b=hemligt", "c"):
        assert around.proxies(f"https://anna:hemligt@vaxel.foretag.se/{path}") == {"https": PROXY}
    assert asked == ["https://vaxel.foretag.se/"], "no more than it needs to know"
    around.changed()
    around.proxies("https://vaxel.foretag.se/c")
    assert len(asked) == 2
    for number in range(100):
        around.proxies(f"https://vaxel-{number}.foretag.se/c")
    assert len(around._found) <= 64


def test_a_proxy_that_was_found_while_the_network_changed_is_not_the_next_ones() -> None:
    around, told = Surroundings(), iter((PROXY, ""))

    def find(_: str) -> str:
        found = next(told)
        around.changed()  # the computer woke up somewhere else meanwhile
        return found

    around.find_proxy = find
    assert around.proxies("https://vaxel.foretag.se/") == {"https": PROXY}
    assert around.proxies("https://vaxel.foretag.se/") == {}


def test_who_names_a_proxy_or_none_knows_better_than_the_script(monkeypatch: pytest.MonkeyPatch) -> None:
    around = Surroundings()
    around.find_proxy = lambda _: PROXY
    assert around.proxies("http://127.0.0.1:8765/v1") == {}
    monkeypatch.setenv("https_proxy", "http://annan.foretag.se:3128")
    monkeypatch.setenv("no_proxy", "vaxel.foretag.se")
    assert around.proxies("https://vaxel.foretag.se/") == {}
    assert around.proxies("https://kalender.foretag.se/")["https"] == "http://annan.foretag.se:3128"
    around.find_proxy = lambda _: ""
    monkeypatch.delenv("https_proxy")
    assert "https" not in around.proxies("https://kalender.foretag.se/")


def test_requests_go_where_the_script_says(monkeypatch: pytest.MonkeyPatch) -> None:
    with CalendarHost(None) as proxy:
        proxy.answer = calendar(b"fran proxyn")
        monkeypatch.setattr(SURROUNDINGS, "find_proxy", lambda _: f"http://127.0.0.1:{proxy.port}")
        SURROUNDINGS.changed()
        with new_session("B2Cal/1") as session:
            assert session.get("http://foretag.invalid/x").text == "fran proxyn"
    SURROUNDINGS.changed()


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux, where Qt asks the environment")
def test_qt_tells_the_proxy_with_its_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_proxy("http://vaxel.foretag.se/") == ""
    monkeypatch.setenv("http_proxy", "http://anna:hem%3Alig@proxy.foretag.se:3128")
    assert find_proxy("http://vaxel.foretag.se/") == "http://anna:hem%3Alig@proxy.foretag.se:3128"


# --- What Qt hears of the network, and of the session


def test_only_a_network_that_reaches_further_than_before_is_news(qtbot: object) -> None:
    reach = QNetworkInformation.Reachability
    watch, heard = Reachability(), list[str]()
    watch.hear(reach.Online)
    for now in (reach.Disconnected, reach.Local, reach.Site, reach.Online, reach.Online, reach.Site, reach.Unknown):
        watch.back.connect(lambda now=now: heard.append(now.name))
        watch.hear(now)
        watch.back.disconnect()
    assert heard == ["Local", "Site", "Online"]


def test_asked_to_quit_by_the_system_no_window_is_asked() -> None:
    """In a process of its own: there is one application in each."""
    answer = subprocess.run([sys.executable, "-c", STUBBORN], capture_output=True, text=True, timeout=30, check=False)
    assert (answer.returncode, answer.stderr) == (0, "")


STUBBORN = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget
from b2cal_desktop.ui.application import TrayApplication

class Stays(QWidget):
    def closeEvent(self, event):
        event.ignore()

app = TrayApplication([])
window = Stays()
window.show()
QTimer.singleShot(0, app.quit)
QTimer.singleShot(5000, lambda: app.exit(7))
sys.exit(app.exec())
"""
