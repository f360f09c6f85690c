"""Starting at log-in, by each platform's own means.

XDG autostart is the real thing in a private HOME. Of Windows a stand-in registry is asked, of macOS the property list
is read: neither has been tried on the real system here.
"""

import plistlib
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2cal_desktop.system.autostart import (
    LABEL,
    AutostartFailed,
    AutostartState,
    LaunchAgent,
    WindowsAutostart,
    XdgAutostart,
    _exec,
    autostart_state,
    heal_autostart,
    set_autostart,
)

COMMAND = ("/opt/B2Cal Desktop/b2cal-desktop", "--background")
OFF, ON = AutostartState(False), AutostartState(True)
linux = pytest.mark.skipif(sys.platform != "linux", reason="only on Linux")


# XDG


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "etc"))
    return tmp_path


@linux
def test_on_and_off_in_a_home_of_its_own(home: Path) -> None:
    assert autostart_state() == OFF
    assert set_autostart(True) == ON
    entry = home / ".config" / "autostart" / "b2cal-desktop.desktop"
    assert "--background" in entry.read_text()
    assert set_autostart(False) == OFF
    assert not entry.exists()
    assert set_autostart(False) == OFF


@linux
def test_an_entry_of_a_program_that_moved_is_put_right_and_one_that_is_off_stays_off(home: Path) -> None:
    entry = home / ".config" / "autostart" / "b2cal-desktop.desktop"
    set_autostart(True)
    right = entry.read_text()
    assert not heal_autostart()
    entry.write_text("[Desktop Entry]\nType=Application\nExec=/old/b2cal-desktop --background\n")
    assert autostart_state() == AutostartState(True, outdated=True)
    assert heal_autostart() and entry.read_text() == right
    entry.write_text("[Desktop Entry]\nExec=/old/b2cal-desktop\nHidden=true\n")
    assert not heal_autostart() and autostart_state() == OFF


@linux
@pytest.mark.parametrize("line", ["Hidden=true", "X-GNOME-Autostart-enabled=false", "Hidden = TRUE"])
def test_what_the_desktops_own_settings_switch_off_is_off(home: Path, line: str) -> None:
    set_autostart(True)
    entry = home / ".config" / "autostart" / "b2cal-desktop.desktop"
    text = "".join(part for part in entry.read_text().splitlines(keepends=True) if not part.startswith("X-GNOME"))
    entry.write_text(f"{text}{line}\n[Desktop Action x]\nHidden=false\n")
    assert autostart_state() == OFF
    assert set_autostart(True) == ON


@linux
def test_the_administrators_is_shown_and_a_user_can_hide_it(home: Path) -> None:
    system = home / "etc" / "autostart" / "b2cal-desktop.desktop"
    system.parent.mkdir(parents=True)
    system.write_text("[Desktop Entry]\nType=Application\nExec=/usr/bin/b2cal-desktop --background\n")
    assert autostart_state() == AutostartState(True, by_administrator=True)
    assert set_autostart(False) == OFF
    assert system.exists()
    assert set_autostart(True) == ON


@linux
def test_a_home_that_is_no_folder_is_told_of(home: Path) -> None:
    (home / ".config").write_text("")
    with pytest.raises(AutostartFailed) as caught:
        set_autostart(True)
    assert "Start vid inloggning" in caught.value.message("sv").what


def test_two_configuration_folders_of_which_the_first_that_has_it_counts(tmp_path: Path) -> None:
    environ = {
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "own"),
        "XDG_CONFIG_DIRS": f"{tmp_path}/a:{tmp_path}/b",
    }
    for folder, hidden in (("a", "true"), ("b", "false")):
        (tmp_path / folder / "autostart").mkdir(parents=True)
        text = f"[Desktop Entry]\nExec=x\nHidden={hidden}\n"
        (tmp_path / folder / "autostart" / "b2cal-desktop.desktop").write_text(text)
    autostart = XdgAutostart.from_environment(environ)
    assert autostart.state(COMMAND) == OFF
    autostart.enable(COMMAND)
    assert autostart.state(COMMAND) == ON
    assert (tmp_path / "own" / "autostart" / "b2cal-desktop.desktop").exists()


def _split(line: str) -> list[str]:
    """As the Desktop Entry Specification reads an Exec key: the string's escapes first, then quotes, then %%."""
    text = line.replace("\\\\", "\\")
    words, word, quoted, at, any_word = [], "", False, 0, False
    while at < len(text):
        character = text[at]
        if quoted and character == "\\":
            at += 1
            word += text[at]
        elif character == '"':
            quoted, any_word = not quoted, True
        elif character == " " and not quoted:
            words.append(word)
            word, any_word = "", False
        else:
            word, any_word = word + character, True
        at += 1
    assert not quoted
    return [part.replace("%%", "%") for part in ([*words, word] if any_word or word else words)]


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=12), min_size=1))
def test_any_path_survives_the_quoting(command: list[str]) -> None:
    assert _split(_exec(command)) == command


def test_a_plain_path_is_left_as_it_is() -> None:
    assert _exec(("/usr/bin/b2cal-desktop", "--background")) == "/usr/bin/b2cal-desktop --background"
    assert _exec(("/opt/B2Cal 100%",)) == '"/opt/B2Cal 100%%"'


# macOS


def test_a_launch_agent(tmp_path: Path) -> None:
    own, system = tmp_path / "own", tmp_path / "system"
    agent = LaunchAgent(own, system)
    assert agent.state(COMMAND) == OFF
    agent.disable()
    agent.enable(COMMAND)
    assert agent.state(COMMAND) == ON
    written = plistlib.loads((own / f"{LABEL}.plist").read_bytes())
    assert (written["Label"], written["ProgramArguments"], written["RunAtLoad"]) == (LABEL, [*COMMAND], True)
    assert agent.state(("/Applications/B2Cal Desktop.app", "--background")) == AutostartState(True, outdated=True)
    agent.disable()
    assert agent.state(COMMAND) == OFF
    system.mkdir()
    (system / f"{LABEL}.plist").write_bytes(plistlib.dumps(written))
    assert agent.state(COMMAND) == AutostartState(True, by_administrator=True)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<plist",
        b"<plist><date>x</date></plist>",
        b"bplist00rubbish",
        plistlib.dumps([1]),
        plistlib.dumps({"RunAtLoad": True, "Disabled": True}),
    ],
)
def test_an_agent_that_does_not_run_is_off(tmp_path: Path, content: bytes) -> None:
    (tmp_path / f"{LABEL}.plist").write_bytes(content)
    assert LaunchAgent(tmp_path, tmp_path / "none").state(COMMAND) == OFF


# Windows

RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
APPROVED = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
VALUE = "B2Cal Desktop"


class StandInRegistry:
    def __init__(self) -> None:
        self.values: dict[tuple[str, str, str], object] = {}

    def read(self, hive: str, key: str, name: str) -> object | None:
        return self.values.get((hive, key, name))

    def write_text(self, key: str, name: str, value: str) -> None:
        self.values["HKCU", key, name] = value

    def delete(self, key: str, name: str) -> None:
        self.values.pop(("HKCU", key, name), None)


def test_the_run_key() -> None:
    registry = StandInRegistry()
    windows = WindowsAutostart(registry)
    command = (r"C:\Program Files\B2Cal Desktop\b2cal-desktop.exe", "--background")
    assert windows.state(command) == OFF
    windows.disable()
    windows.enable(command)
    assert registry.values["HKCU", RUN, VALUE] == r'"C:\Program Files\B2Cal Desktop\b2cal-desktop.exe" --background'
    assert windows.state(command) == ON
    assert windows.state((r"D:\b2cal-desktop.exe", "--background")) == AutostartState(True, outdated=True)
    windows.disable()
    assert (windows.state(command), registry.values) == (OFF, {})


@pytest.mark.parametrize(("first", "enabled"), [(2, True), (3, False), (6, True), (7, False)])
def test_task_managers_no_counts_until_the_user_says_yes_here(first: int, enabled: bool) -> None:
    registry = StandInRegistry()
    windows = WindowsAutostart(registry)
    windows.enable(COMMAND)
    registry.values["HKCU", APPROVED, VALUE] = bytes([first, *[0] * 11])
    assert windows.state(COMMAND).enabled == enabled
    windows.enable(COMMAND)
    assert windows.state(COMMAND) == ON


def test_the_administrators_run_key() -> None:
    registry = StandInRegistry()
    registry.values["HKLM", RUN, VALUE] = "b2cal-desktop.exe"
    windows = WindowsAutostart(registry)
    assert windows.state(COMMAND) == AutostartState(True, by_administrator=True)
    registry.values["HKLM", APPROVED, VALUE] = bytes([3, *[0] * 11])
    assert windows.state(COMMAND) == OFF
