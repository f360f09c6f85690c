"""Starting at log-in: HKCU's Run key on Windows, a LaunchAgent on macOS, XDG autostart elsewhere.

What holds is asked of the system each time, never remembered: users switch such things off in Task Manager or in
their desktop's own settings too. ``heal_autostart`` puts an entry of ours right that points to a program which moved.
"""

from __future__ import annotations

import os
import plistlib
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from xml.parsers.expat import ExpatError

from b2cal_desktop.core.errors import B2CalError
from b2cal_desktop.core.model import Text
from b2cal_desktop.system.own_program import windowed
from b2cal_desktop.system.private_files import write_private_file

LABEL = "se.b2cal.desktop"
_RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
_APPROVED = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
_VALUE = "B2Cal Desktop"
_DESKTOP_FILE = "b2cal-desktop.desktop"


@dataclass(frozen=True, slots=True)
class AutostartState:
    """``enabled``: the app starts at log-in. ``by_administrator``: for everybody on this computer, not by this user.

    ``outdated``: the user's own entry starts another program than this one.
    """

    enabled: bool
    by_administrator: bool = False
    outdated: bool = False


class AutostartFailed(B2CalError):
    """The system did not take, or did not keep, what the user asked for."""

    code = "autostart_failed"
    what = Text(
        "Start vid inloggning gick inte att ändra: {problem}.", "Start at log-in could not be changed: {problem}."
    )
    meaning = Text("", "")

    def __init__(self, problem: Text | str) -> None:
        super().__init__(problem=problem)


class Autostart(Protocol):
    """One platform's way. ``command`` is the program and its arguments."""

    def state(self, command: Sequence[str]) -> AutostartState: ...

    def enable(self, command: Sequence[str]) -> None: ...

    def disable(self) -> None: ...


def autostart_state() -> AutostartState:
    """Whether the app starts at log-in, as the system says now."""
    return _platform().state(_command())


def set_autostart(enabled: bool) -> AutostartState:
    """Start at log-in from now on, or no longer; what then holds. Raises AutostartFailed."""
    platform = _platform()
    try:
        if enabled:
            platform.enable(_command())
        else:
            platform.disable()
    except OSError as error:
        raise AutostartFailed(error.strerror or type(error).__name__) from error
    state = platform.state(_command())
    if state.enabled != enabled and not state.by_administrator:
        raise AutostartFailed(Text("systemet behöll det inte", "the system did not keep it"))
    return state


def heal_autostart() -> bool:
    """Point the user's own entry to this program, where it starts one that has moved; whether that was needed."""
    outdated = autostart_state().outdated
    if outdated:
        set_autostart(True)
    return outdated


def _command() -> tuple[str, ...]:
    if getattr(sys, "frozen", False):
        image = os.environ.get("APPIMAGE")  # what runs inside an AppImage lies in a mount that ends with it
        return (image or windowed(sys.executable), "--background")
    program = Path(sys.argv[0])
    if program.stem == "b2cal-desktop" and program.is_file():
        return (str(program.resolve()), "--background")
    return (sys.executable, "-m", "b2cal_desktop", "--background")


def _platform() -> Autostart:
    if sys.platform == "win32":
        return WindowsAutostart(_WindowsRegistry())
    if sys.platform == "darwin":
        return LaunchAgent(Path.home() / "Library" / "LaunchAgents", Path("/Library/LaunchAgents"))
    return XdgAutostart.from_environment(os.environ)


class XdgAutostart:
    """Desktop entries. https://specifications.freedesktop.org/autostart-spec"""

    def __init__(self, own: Path, systems: Sequence[Path]) -> None:
        self._own = own / _DESKTOP_FILE
        self._systems = tuple(folder / _DESKTOP_FILE for folder in systems)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> XdgAutostart:
        """The folders that the XDG variables name."""
        home = Path(environ.get("HOME") or Path.home())
        own = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
        folders = (environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":")
        return cls(own / "autostart", [Path(folder) / "autostart" for folder in folders if folder])

    def state(self, command: Sequence[str]) -> AutostartState:
        """The user's own entry hides the system's, also when it says no."""
        if (own := _desktop_entry(self._own)) is not None:
            enabled = _starts(own)
            return AutostartState(enabled, outdated=enabled and own.get("Exec") != _exec(command))
        system = next((entry for path in self._systems if (entry := _desktop_entry(path)) is not None), None)
        enabled = system is not None and _starts(system)
        return AutostartState(enabled, by_administrator=enabled)

    def enable(self, command: Sequence[str]) -> None:
        """Write the user's own entry."""
        lines = (
            "[Desktop Entry]",
            "Type=Application",
            "Name=B2Cal Desktop",
            f"Exec={_exec(command)}",
            "Icon=b2cal-desktop",
            "Terminal=false",
            "X-GNOME-Autostart-enabled=true",
        )
        self._own.parent.mkdir(parents=True, exist_ok=True)
        write_private_file(self._own, ("\n".join(lines) + "\n").encode())

    def disable(self) -> None:
        """Take the user's own entry away; where the system has one, hide that for this user."""
        if any(path.exists() for path in self._systems):
            self._own.parent.mkdir(parents=True, exist_ok=True)
            write_private_file(self._own, b"[Desktop Entry]\nType=Application\nName=B2Cal Desktop\nHidden=true\n")
        else:
            self._own.unlink(missing_ok=True)


def _desktop_entry(path: Path) -> dict[str, str] | None:
    """The keys of the entry's main group; None where there is no file."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    entry: dict[str, str] = {}
    group = ""
    for line in text.splitlines():
        if line.startswith("["):
            group = line.strip()
        elif group == "[Desktop Entry]" and "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            entry[key.strip()] = value.strip()
    return entry


def _starts(entry: Mapping[str, str]) -> bool:
    return (
        entry.get("Hidden", "false").lower() != "true"
        and entry.get("X-GNOME-Autostart-enabled", "true").lower() != "false"
        and bool(entry.get("Exec"))
    )


def _exec(command: Sequence[str]) -> str:
    """``command`` as an Exec key wants it: quoted, a percent sign doubled, and all escaped once more as a string."""
    quoted = []
    for part in command:
        text = part.replace("%", "%%")
        if shlex.quote(part) != part:
            for character in '\\"`$':
                text = text.replace(character, f"\\{character}")
            text = f'"{text}"'
        quoted.append(text.replace("\\", "\\\\"))
    return " ".join(quoted)


class LaunchAgent:
    """A property list that launchd reads at log-in; an agent of the whole computer is the administrator's."""

    def __init__(self, own: Path, system: Path) -> None:
        self._own, self._system = own / f"{LABEL}.plist", system / f"{LABEL}.plist"

    def state(self, command: Sequence[str]) -> AutostartState:
        """The administrator's agent runs whatever the user has."""
        if _runs_at_load(_plist(self._system)):
            return AutostartState(enabled=True, by_administrator=True)
        own = _plist(self._own)
        enabled = _runs_at_load(own)
        return AutostartState(enabled, outdated=enabled and own.get("ProgramArguments") != [*command])

    def enable(self, command: Sequence[str]) -> None:
        """Write the user's own agent. launchd takes it at the next log-in; the app runs already."""
        agent = {
            "Label": LABEL,
            "ProgramArguments": [*command],
            "RunAtLoad": True,
            "KeepAlive": False,
            "ProcessType": "Interactive",
            "LimitLoadToSessionType": "Aqua",
        }
        self._own.parent.mkdir(parents=True, exist_ok=True)
        write_private_file(self._own, plistlib.dumps(agent))

    def disable(self) -> None:
        """Take the user's own agent away."""
        self._own.unlink(missing_ok=True)


def _plist(path: Path) -> Mapping[str, Any]:
    try:
        found = plistlib.loads(path.read_bytes())
    except (OSError, ValueError, ExpatError, LookupError, TypeError, AttributeError):  # each is one of plistlib's
        return {}
    return found if isinstance(found, dict) else {}


def _runs_at_load(agent: Mapping[str, Any]) -> bool:
    return bool(agent.get("RunAtLoad")) and not agent.get("Disabled") and bool(agent.get("ProgramArguments"))


class Registry(Protocol):
    """What is asked of Windows' registry; ``hive`` is ``HKCU`` or ``HKLM``."""

    def read(self, hive: str, key: str, name: str) -> object | None: ...

    def write_text(self, key: str, name: str, value: str) -> None:
        """Under HKCU."""
        ...

    def delete(self, key: str, name: str) -> None:
        """Under HKCU; it is no error if there is none."""
        ...


class WindowsAutostart:
    """A value of the Run key. Task Manager keeps its own no beside it, as bytes whose first is odd."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def state(self, command: Sequence[str]) -> AutostartState:
        """What the Run keys hold, unless the user or the administrator has switched it off elsewhere."""
        if self._starts("HKLM"):
            return AutostartState(enabled=True, by_administrator=True)
        enabled = self._starts("HKCU")
        outdated = enabled and self._registry.read("HKCU", _RUN, _VALUE) != subprocess.list2cmdline(command)
        return AutostartState(enabled, outdated=outdated)

    def _starts(self, hive: str) -> bool:
        if not self._registry.read(hive, _RUN, _VALUE):
            return False
        approved = self._registry.read(hive, _APPROVED, _VALUE)
        return not (isinstance(approved, bytes) and approved[:1] and approved[0] & 1)

    def enable(self, command: Sequence[str]) -> None:
        """Write the user's own value, and take Task Manager's no away."""
        self._registry.write_text(_RUN, _VALUE, subprocess.list2cmdline(command))
        self._registry.delete(_APPROVED, _VALUE)

    def disable(self) -> None:
        """Take the user's own value away."""
        self._registry.delete(_RUN, _VALUE)


class _WindowsRegistry:
    """The real one."""

    if sys.platform == "win32":

        def read(self, hive: str, key: str, name: str) -> object | None:
            import winreg

            root = winreg.HKEY_LOCAL_MACHINE if hive == "HKLM" else winreg.HKEY_CURRENT_USER
            try:
                with winreg.OpenKey(root, key, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY) as opened:
                    value: object = winreg.QueryValueEx(opened, name)[0]
                    return value
            except OSError:
                return None

        def write_text(self, key: str, name: str, value: str) -> None:
            import winreg

            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, key) as opened:
                winreg.SetValueEx(opened, name, 0, winreg.REG_SZ, value)

        def delete(self, key: str, name: str) -> None:
            import winreg

            try:
                with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key, 0, winreg.KEY_SET_VALUE) as opened:
                    winreg.DeleteValue(opened, name)
            except FileNotFoundError:
                return
