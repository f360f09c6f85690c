"""A private desktop: X server, message bus, window manager, and a tray, in folders of its own.

    with DesktopSession() as desktop:
        desktop.spawn([sys.executable, "-m", "b2cal_desktop", "demo"])
        item = desktop.watcher.wait_for_item()
        item.click("Avsluta")

Everything it starts is gone when it ends, and nothing of the developer's own desktop is touched.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from xml.sax.saxutils import escape

from tests.desktop.bus import SessionBus
from tests.desktop.notifications import StubNotifications
from tests.desktop.tray import TrayWatcher

PROGRAMS = ("Xvfb", "dbus-daemon", "openbox", "import")
PASSED_ON = ("PATH", "TZ", "B2CAL_POLICY", "COVERAGE_PROCESS_START", "LD_LIBRARY_PATH")
MARK = "B2CAL_TEST_DESKTOP"  # in the environment of all that we start, so that none of it can hide from the end

_BUS_CONFIG = """<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{services}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/> <allow eavesdrop="true"/> <allow own="*"/>
  </policy>
</busconfig>
"""

# One panel, 40 pixels high, along the lower edge. Without this file xfce4-panel asks a question first.
_PANEL_CONFIG = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=8;x=0;y=0"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="length" type="uint" value="100"/>
      <property name="size" type="uint" value="40"/>
      <property name="plugin-ids" type="array">
        <value type="int" value="1"/>
        <value type="int" value="2"/>
      </property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="separator">
      <property name="expand" type="bool" value="true"/>
      <property name="style" type="uint" value="0"/>
    </property>
    <property name="plugin-2" type="string" value="systray"/>
  </property>
</channel>
"""


class DesktopSession:
    """With `panel` the tray is a real xfce4-panel, without it our own watcher's. `watcher` reads either."""

    env: dict[str, str]
    bus: SessionBus
    watcher: TrayWatcher
    notifications: StubNotifications

    def __init__(self, *, panel: bool = False, size: tuple[int, int] = (1280, 800)) -> None:
        self.folder = Path()
        self._panel = panel
        self._size = size
        self._mark = uuid.uuid4().hex
        self._started: list[subprocess.Popen[bytes]] = []
        self._servers: set[int] = set()
        self._family: set[int] = set()  # all that we know to have descended from us here
        self._panel_process: subprocess.Popen[bytes] | None = None
        self._undo = ExitStack()

    def __enter__(self) -> Self:
        _adopt_orphans()
        with ExitStack() as undo:
            # /tmp, not pytest's folder: a socket's path has room for 107 characters.
            self.folder = Path(tempfile.mkdtemp(prefix="desktop-", dir="/tmp"))
            undo.callback(shutil.rmtree, self.folder, ignore_errors=True)
            self.env = self._private_environment()
            self._start_x_server(undo)
            self._start_bus(undo)
            undo.callback(self._stop_all)
            self.notifications = StubNotifications(self.bus)
            self.watcher = TrayWatcher(self.bus)
            self._start_window_manager()
            if self._panel:
                self.start_panel()
            else:
                self.watcher.appear()
            self._undo = undo.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._undo.close()

    def spawn(self, command: Sequence[str | Path], env: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        """Starts a program on this desktop; what it prints is in `output(process)`."""
        log = self.folder / "logs" / f"{len(self._started):02}-{Path(command[0]).name}.log"
        log.parent.mkdir(exist_ok=True)
        with log.open("wb") as sink:
            process = subprocess.Popen(
                [str(part) for part in command],
                env=self.env | dict(env or {}),
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._started.append(process)
        return process

    def output(self, process: subprocess.Popen[bytes]) -> str:
        log = next((self.folder / "logs").glob(f"{self._started.index(process):02}-*.log"))
        return log.read_text(errors="replace")

    def run(self, *command: str | Path, timeout: float = 20.0) -> str:
        """What a program such as xdotool prints; CalledProcessError where it fails."""
        done = subprocess.run(
            [str(part) for part in command],
            env=self.env,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=True,
        )
        return done.stdout

    def window(self, title: str, timeout: float = 20.0) -> str:
        """The id of the visible window whose title begins with the pattern ``title``, once there is one.

        Not ``xdotool search --sync``: it gives up when another window vanishes while it looks.
        """

        def look() -> list[str]:
            command = ["xdotool", "search", "--onlyvisible", "--name", f"^{title}"]
            found = subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=20.0, check=False)
            return found.stdout.split()

        return str(self.wait_until(look, timeout, f"a window named {title}")[0])

    def screenshot(self, path: Path) -> Path:
        """The whole screen as PNG."""
        self.run("import", "-window", "root", path)
        return path

    def wait_until(self, predicate: Callable[[], Any], timeout: float = 10.0, what: str = "") -> Any:
        """The first true answer of `predicate`; TimeoutError says `what` didn't come."""
        return self.bus.wait_until(predicate, timeout, what)

    def start_panel(self) -> None:
        """xfce4-panel, until its tray is ready. Our own watcher must have vanished before."""
        folder = Path(self.env["XDG_CONFIG_HOME"], "xfce4", "xfconf", "xfce-perchannel-xml")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "xfce4-panel.xml").write_text(_PANEL_CONFIG, encoding="utf-8")
        process = self._panel_process = self.spawn(["xfce4-panel", "--disable-wm-check"])
        try:
            self.wait_until(self.watcher.is_ready, 30, "the panel's tray")
        except TimeoutError as error:
            raise TimeoutError(f"{error}; the panel said: {self.output(process)}") from None

    def stop_panel(self) -> None:
        """As when it crashes."""
        if self._panel_process:
            self._family |= self._marked()
            _end(self._panel_process, signal.SIGKILL)
            self.wait_until(lambda: not self.watcher.is_ready(), what="the panel's tray to be gone")

    def _private_environment(self) -> dict[str, str]:
        env = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        places = {
            "HOME": "home",
            "XDG_CONFIG_HOME": "home/.config",
            "XDG_DATA_HOME": "home/.local/share",
            "XDG_STATE_HOME": "home/.local/state",
            "XDG_CACHE_HOME": "home/.cache",
            "XDG_RUNTIME_DIR": "run",
            "TMPDIR": "tmp",
        }
        for name, place in places.items():
            folder = self.folder / place
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            env[name] = str(folder)
        return env | {
            MARK: self._mark,
            "LANG": "C.UTF-8",
            "XDG_DATA_DIRS": "/usr/local/share:/usr/share",
            "XDG_CONFIG_DIRS": "/etc/xdg",
            "XDG_SESSION_TYPE": "x11",
            "QT_QPA_PLATFORM": "xcb",
            "QT_ACCESSIBILITY": "0",
            "NO_AT_BRIDGE": "1",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "PYTHONUNBUFFERED": "1",
        }

    def _start_x_server(self, undo: ExitStack) -> None:
        reading, writing = os.pipe()
        width, height = self._size
        with os.fdopen(reading, "rb") as answer:
            # The server finds a free display itself and says which, once it listens: sessions do not race.
            server = subprocess.Popen(
                [
                    "Xvfb",
                    "-displayfd",
                    str(writing),
                    "-screen",
                    "0",
                    f"{width}x{height}x24",
                    "-nolisten",
                    "tcp",
                    "-noreset",
                ],
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[writing],
                start_new_session=True,
            )
            undo.callback(_end, server)
            self._servers.add(server.pid)
            os.close(writing)
            number = answer.readline().strip()
        if not number:
            raise RuntimeError(f"Xvfb ended with exit code {server.wait()} instead of opening a display")
        self.env["DISPLAY"] = f":{number.decode()}"

    def _start_bus(self, undo: ExitStack) -> None:
        services = self.folder / "services"
        services.mkdir()
        # The bus may start xfconf, which the panel reads; nothing else comes up by itself.
        xfconf = Path("/usr/share/dbus-1/services/org.xfce.Xfconf.service")
        if xfconf.exists():
            shutil.copy(xfconf, services)
        socket = self.folder / "bus"
        config = self.folder / "bus.conf"
        config.write_text(
            _BUS_CONFIG.format(socket=escape(str(socket)), services=escape(str(services))), encoding="utf-8"
        )
        self.env["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={socket}"
        daemon = subprocess.Popen(
            ["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address"],
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        undo.callback(_end, daemon)
        assert daemon.stdout is not None
        with daemon.stdout as answer:
            if not answer.readline():  # the address comes once it listens
                raise RuntimeError(f"dbus-daemon ended with exit code {daemon.wait()}")
        self._servers.add(daemon.pid)
        self.bus = SessionBus(self.env["DBUS_SESSION_BUS_ADDRESS"])
        undo.callback(self.bus.close)

    def _start_window_manager(self) -> None:
        ready = self.folder / "window-manager-ready"
        self.spawn(["openbox", "--sm-disable", "--startup", f"touch {ready}"])
        self.wait_until(ready.exists, 20, "the window manager")

    def _stop_all(self) -> None:
        self._family |= self._marked()
        for process in reversed(self._started):
            _end(process)
        # What a program or the bus started, and what has left its parent.
        deadline = time.monotonic() + 5
        while (left := self._marked()) and time.monotonic() < deadline:
            for number in left:
                with suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)
            self._family |= left
            time.sleep(0.01)
        _reap(self._family)

    def _marked(self) -> set[int]:
        """The living processes of this session, but for the X server and the bus."""
        mark = f"{MARK}={self._mark}".encode()
        found = set()
        for environ in Path("/proc").glob("[0-9]*/environ"):
            with suppress(OSError):  # ended meanwhile, or another user's
                if mark in environ.read_bytes().split(b"\0"):
                    found.add(int(environ.parent.name))
        return found - self._servers


def _adopt_orphans() -> None:
    """Makes this process the parent of orphaned grandchildren: in a container nobody else may wait for them."""
    set_child_subreaper = 36  # linux/prctl.h
    ctypes.CDLL(None, use_errno=True).prctl(set_child_subreaper, 1, 0, 0, 0)


def _reap(numbers: Iterable[int]) -> None:
    for number in numbers:
        with suppress(ChildProcessError):  # its own parent, or Popen, has done it
            os.waitpid(number, 0)


def _end(process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGTERM) -> None:
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
