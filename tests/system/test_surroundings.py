"""The network changes under the program: connections, proxies and what was learnt of them."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from b2cal_desktop.system.network import new_session
from b2cal_desktop.system.surroundings import SURROUNDINGS, Surroundings
from b2cal_desktop.ui.reachability import Reach, Reachability, kernel_reach
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
    watch, heard = Reachability(), list[str]()
    watch.hear(Reach.ONLINE)
    for name in ("DISCONNECTED", "LOCAL", "SITE", "ONLINE", "ONLINE", "SITE", "UNKNOWN"):
        now = Reach[name]
        watch.back.connect(lambda now=now: heard.append(now.name))
        watch.hear(now)
        watch.back.disconnect()
    assert heard == ["LOCAL", "SITE", "ONLINE"]


def test_the_words_for_reach_are_qts() -> None:
    from PySide6.QtNetwork import QNetworkInformation

    assert [(r.name, r.value) for r in Reach] == [(r.name.upper(), r.value) for r in QNetworkInformation.Reachability]


@pytest.mark.parametrize(
    ("routes", "routes6", "reach"),
    [
        ("eth0 00000000 010200C0 0003 0 0 0 00000000 0 0 0", "", Reach.ONLINE),
        ("tun0 00000000 010200C0 0003 0 0 0 00000080 0 0 0", "", Reach.DISCONNECTED),
        ("eth0 000200C0 00000000 0001 0 0 0 00FFFFFF 0 0 0", "", Reach.DISCONNECTED),
        ("", f"{'0' * 32} 00 {'0' * 32} 00 fd{'0' * 29}1 400 3 0 3 eth0", Reach.ONLINE),
        ("", f"{'0' * 32} 00 {'0' * 32} 00 {'0' * 32} ffffffff 1 0 200200 lo", Reach.DISCONNECTED),
        ("", f"fe80{'0' * 28} 40 {'0' * 32} 00 {'0' * 32} 100 2 0 1 eth0", Reach.DISCONNECTED),
    ],
)
def test_the_kernels_routes_tell_whether_anything_can_be_reached(
    tmp_path: Path, routes: str, routes6: str, reach: Reach
) -> None:
    (tmp_path / "route").write_text(f"Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT\n{routes}")
    assert kernel_reach(tmp_path) is (reach if routes else Reach.DISCONNECTED)
    (tmp_path / "ipv6_route").write_text(routes6)
    assert kernel_reach(tmp_path) is reach


WITHOUT_NETWORK = """
import subprocess, sys
from PySide6.QtCore import QCoreApplication, QTimer
from b2cal_desktop.ui.reachability import Reach, Reachability, kernel_reach
app = QCoreApplication([])
watch = Reachability()
watch.back.connect(app.quit)
watch.listen()
ip = "ip link add b2cal type veth peer name other; ip addr add 192.0.2.1/24 dev b2cal; "
ip += "ip link set other up; ip link set b2cal up; "
QTimer.singleShot(300, lambda: subprocess.run(["sh", "-ec", ip + "ip route add default via 192.0.2.2"], check=True))
QTimer.singleShot(10_000, lambda: app.exit(7))
sys.exit(app.exec())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux")
def test_without_networkmanager_the_kernel_tells_that_there_is_a_way_again() -> None:
    apart = ["unshare", *([] if os.geteuid() == 0 else ["--user", "--map-root-user"]), "--net"]
    if shutil.which("ip") is None:
        pytest.skip("not installed: iproute2")
    if subprocess.run([*apart, "ip", "link", "add", "x", "type", "veth"], check=False).returncode:
        pytest.skip("only on a Linux that lets us make a network of our own")
    environ = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere"}
    answer = subprocess.run(
        [*apart, sys.executable, "-c", WITHOUT_NETWORK],
        env=environ,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr


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
