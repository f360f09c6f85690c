"""A Windows computer for these tests: Wine with a screen, its disk and registry, and who runs there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "installer" / "windows"))

import wine  # noqa: E402

DRIVE = wine.PREFIX / "drive_c"
TRAY_WINDOW = "Wine System Tray"
# What Windows itself writes while programs run: its own bookkeeping, not ours. By key, or key and value.
_NOT_OURS = re.compile(
    r"^(user|system)\.reg (\[Software\\\\Wine\\\\|\[.*\\\\CurrentVersion\\\\Explorer\\\\(?!StartupApproved)"
    r"|\[.*\\\\CurrentVersion\\\\(Run|Uninstall)\]$"  # empty on a new computer, and there on every other
    r"|\[.*\\\\Installer\\\\([^]]*\\\\)?(Products|Features|Components|UpgradeCodes)\]$"  # these too
    r"|\[System\\\\|\[HARDWARE|\[Volatile|\[.*\\\\Installer\\\\(Rollback|InProgress|Folders)"
    r"|\[.*\\\\CurrentVersion\\\\Internet Settings|\[Environment)"
)


def user_folder() -> Path:
    """The one user's own folder; what it is called depends on who started Wine."""
    return next(path for path in sorted((DRIVE / "users").iterdir()) if path.name != "Public")


def local_folder() -> Path:
    return user_folder() / "AppData" / "Local"


def registry() -> set[str]:
    """Every key and value as one line, as Wine keeps them on disk; what Windows keeps for itself is left out.

    Wine writes them when it ends, so every program ends.
    """
    wine.stop()
    found = set()
    for name in ("system.reg", "user.reg"):
        key = ""
        text = (wine.PREFIX / name).read_text(encoding="utf-8", errors="replace").replace("\\\n", "")
        for line in text.splitlines():
            if line.startswith("["):
                key = line[: line.rindex("]") + 1]
                found.add(f"{name} {key}")
            elif line and line[0] in '"@':
                found.add(f"{name} {key} {line}")
    wine.start_desktop()
    return {line for line in found if not _NOT_OURS.match(line)}


def registry_value(key: str, name: str, hive: str = "HKCU") -> str | None:
    """A value as ``reg`` shows it: texts as they are, numbers as ``0x78``; None where there is none."""
    code, said = wine.run(["reg", "query", f"{hive}\\{key}", "/v", name])
    found = re.search(r"^ +.+?    REG_\w+    (.*)$", said, re.MULTILINE)
    return found[1] if code == 0 and found else None


def files() -> set[str]:
    """Every file and folder on drive C, but what Windows keeps for itself."""
    places = (path.relative_to(DRIVE).as_posix() for path in DRIVE.rglob("*"))
    return {place for place in places if not re.match(r"(users/[^/]+/(Temp|AppData/Local/Temp)|windows/temp)/", place)}


@dataclass(frozen=True)
class Screen:
    """An X server of the test's own."""

    display: str

    def window(self, name: str, seconds: float = 30) -> str:
        """The number of the visible window called ``name``, once it is there."""
        found = ""

        def is_there() -> bool:
            nonlocal found
            found = self._xdotool("search", "--onlyvisible", "--name", f"^{name}$").strip().splitlines()[-1:] or [""]
            found = found[0]
            return bool(found)

        wait_for(is_there, seconds, f"a window called {name}")
        return found

    def has_window(self, name: str) -> bool:
        return bool(self._xdotool("search", "--onlyvisible", "--name", f"^{name}$").strip())

    def picture(self, target: Path) -> Path:
        """All that is on the screen, as a file."""
        target.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["import", "-display", self.display, "-window", "root", str(target)], check=True)
        return target

    def colours(self, window: str) -> int:
        """How many colours ``window`` shows; an empty one shows one."""
        command = ["import", "-display", self.display, "-window", window, "-format", "%k", "info:"]
        return int(subprocess.run(command, capture_output=True, check=True, text=True).stdout)

    def keys(self, *keys: str) -> None:
        self._xdotool("key", *keys)

    def _xdotool(self, *arguments: str) -> str:
        environment = {**os.environ, "DISPLAY": self.display}
        done = subprocess.run(["xdotool", *arguments], env=environment, capture_output=True, text=True, check=False)
        return done.stdout


@contextmanager
def screen() -> Iterator[Screen]:
    """An X server with nothing on it."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(write)
    try:
        with os.fdopen(read) as told:
            yield Screen(f":{told.readline().strip()}")
    finally:
        server.terminate()
        server.wait()


def wait_for(condition: Callable[[], bool], seconds: float, what: str) -> float:
    """Seconds until ``condition`` held; fails naming ``what``."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"waited {seconds} s for {what}"
        time.sleep(0.1)
    return time.monotonic() - began


def in_swedish() -> dict[str, str]:
    """The environment of a Windows program whose user speaks Swedish. Needs Debian's locales."""
    made = wine.HOME / "locales" / "sv_SE.UTF-8"
    if not made.exists():
        made.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["localedef", "-i", "sv_SE", "-f", "UTF-8", str(made)], check=True)
    return {"LANG": made.name, "LOCPATH": str(made.parent)}


def texts(title: str, press: str = "") -> list[str] | None:
    """What stands in the window whose title begins with ``title``, pressing a button there; None where it cannot be."""
    code, said = wine.python(HERE / "press.py", title, *([press] if press else []))
    return json.loads(said) if code == 0 else None


def use_for_the_first_time() -> None:
    """What Windows makes when a console, its certificates or an MSI are first asked for is there from now on."""
    (DRIVE / "windows" / "Installer").mkdir(exist_ok=True)
    wine.run(["start", "/wait", "cmd", "/c", "ver"])
    wine.python("-c", "import ssl; ssl.enum_certificates('ROOT')")


def running(program: str) -> list[int]:
    """The processes, of this computer's kernel, that run the Windows program of that file name."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        first = words[0].decode(errors="replace").replace("\\", "/")
        if first.rsplit("/", 1)[-1] == program and _of_our_prefix(folder):
            found.append(int(folder.name))
    return found


def _of_our_prefix(folder: Path) -> bool:
    try:
        return f"WINEPREFIX={wine.PREFIX}".encode() in (folder / "environ").read_bytes().split(b"\0")
    except OSError:
        return False


def missing_programs() -> list[str]:
    """What has to be installed for these tests."""
    names = (*wine.NEEDED, "makensis", "wixl", "msibuild", "osslsigncode", "Xvfb", "xdotool", "import")
    return [name for name in names if shutil.which(name) is None]
