"""Installed, started, upgraded while it runs, and removed, on Wine; then nothing is left on disk or in the registry."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.windows import computer
from tests.windows.computer import Screen, registry_value, running, wait_for, wine
from tests.windows.conftest import Packages, on_request

pytestmark = [on_request, pytest.mark.timeout(1500)]

PROGRAM, CONSOLE = "B2Cal Desktop.exe", "b2cal-desktop.exe"
RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
UNINSTALL = r"Software\Microsoft\Windows\CurrentVersion\Uninstall\B2CalDesktop"
# What the self-check tells of Wine and not of us: certificate engines as they are since Windows 8; NTLM without Samba.
WINE_LACKS = {"tls": "Invalid parameter", "exchangelib": "0x80090305"}
PICTURES = computer.ROOT / "build" / "package" / "pictures"


@contextmanager
def nothing_left() -> Iterator[None]:
    """Drive and registry are afterwards as they were before."""
    files, registry = computer.files(), computer.registry()
    yield
    assert computer.files() - files == set(), "left on disk"
    assert computer.registry() - registry == set(), "left in the registry"
    assert files - computer.files() == set(), "taken from the disk"
    assert registry - computer.registry() == set(), "taken from the registry"


def program_folder() -> Path:
    return computer.local_folder() / "Programs" / "B2Cal Desktop"


_started: list[subprocess.Popen[bytes]] = []


@pytest.fixture(autouse=True)
def _waits_for_all() -> Iterator[None]:
    yield
    while _started:
        process = _started.pop()
        if process.poll() is None:
            process.kill()
        process.wait()


def run_setup(packages: Packages, *arguments: str) -> int:
    code, said = wine.run([packages.setup, *arguments], timeout=600)
    assert said == ""
    return code


def start_at_log_in(screen: Screen) -> subprocess.Popen[bytes]:
    """What Windows does with the Run value at log-in; the icon shows."""
    command = registry_value(RUN, "B2Cal Desktop") or registry_value(RUN, "B2Cal Desktop", "HKLM")
    assert command is not None
    found = re.fullmatch(r'"([^"]+)" (--background)', command)
    assert found, command
    process = subprocess.Popen(
        ["wine", *found.groups()], env=wine.environment(), stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    _started.append(process)
    see_icon(screen)
    return process


def see_icon(screen: Screen) -> float:
    """Seconds until the icon was on the screen."""
    began = time.monotonic()
    window = screen.window(computer.TRAY_WINDOW, 60)
    wait_for(lambda: screen.colours(window) > 20, 30, "a picture in the notification area")
    return time.monotonic() - began


def self_check(folder: Path) -> dict[str, bool]:
    code, said = patiently([folder / CONSOLE, "--self-check", "--json"])
    found = json.loads(said)
    wrong = {check["check"]: check["text"] for check in found["checks"] if not check["ok"]}
    assert all(check in WINE_LACKS and WINE_LACKS[check] in text for check, text in wrong.items()), wrong
    assert code == (1 if wrong else 0)
    return {check["check"]: check["ok"] for check in found["checks"]}


def patiently(command: list[str | Path]) -> tuple[int, str]:
    """On a busy machine Wine sometimes starts a program's child and never lets it begin: then all over again."""
    for _ in range(3):
        try:
            return wine.run(command, timeout=90)
        except subprocess.TimeoutExpired:
            wine.stop()
            wine.start_desktop()
    return wine.run(command, timeout=150)


def version_of(folder: Path) -> str:
    code, said = wine.run([folder / CONSOLE, "--version"])
    assert code == 0
    return said.split()[-1]


def test_for_one_user_without_an_administrator(older: Packages, current: Packages, screen: Screen) -> None:
    folder = program_folder()
    with nothing_left():
        began = time.monotonic()
        assert run_setup(older, "/S") == 0
        print(f"installed in {time.monotonic() - began:.1f} s")
        assert version_of(folder) == registry_value(UNINSTALL, "DisplayVersion") == older.version
        assert not running(PROGRAM), "a silent installation starts nothing"
        shortcuts = list(computer.user_folder().rglob("Start Menu/Programs/B2Cal Desktop.lnk"))
        assert len(shortcuts) == 1

        first = start_at_log_in(screen)
        screen.picture(PICTURES / "tray.png")
        (settings,) = [computer.local_folder() / "B2Cal Desktop"]
        wait_for((settings / "ledger.sqlite3").exists, 60, "the engine")

        assert run_setup(current, "/S") == 0  # while it runs
        assert first.wait(30) == 0, "it has left as quitting asks"
        assert version_of(folder) == registry_value(UNINSTALL, "DisplayVersion") == current.version
        wait_for(lambda: bool(running(PROGRAM)), 30, "the new version, which starts as the old one ran")
        see_icon(screen)
        assert {path.name for path in folder.iterdir()} == {PROGRAM, CONSOLE, "_internal", "licences", "Uninstall.exe"}

        assert {"qt", "svg", "translations", "tls", "keyring", "exchangelib", "msal"} <= self_check(folder).keys()

        assert run_setup(older, "/S") == 7, "nobody goes back by accident"
        assert version_of(folder) == current.version

        remove(folder, "/S", "/SETTINGS=remove")
        assert not running(PROGRAM)


def remove(folder: Path, *arguments: str) -> None:
    """The uninstaller goes on in a copy of itself, so its own end says nothing."""
    code, _ = wine.run([folder / "Uninstall.exe", *arguments])
    assert code == 0
    wait_for(lambda: not folder.exists(), 120, "the program's folder to go")
    wait_for(lambda: not running("Un_A.exe") and not running("Au_.exe"), 60, "the uninstaller's end")


def test_settings_stay_unless_the_user_says_otherwise(current: Packages, screen: Screen) -> None:
    folder, settings = program_folder(), computer.local_folder() / "B2Cal Desktop"
    with nothing_left():
        assert run_setup(current, "/S", "/AUTOSTART=0") == 0
        assert registry_value(RUN, "B2Cal Desktop") is None
        settings.mkdir()
        (settings / "settings.toml").write_text('version = 1\nlanguage = "sv"\n', encoding="utf-8")
        remove(folder, "/S")
        assert (settings / "settings.toml").exists()
        assert run_setup(current, "/S") == 0
        assert registry_value(RUN, "B2Cal Desktop") is not None
        remove(folder, "/S", "/SETTINGS=remove")
        assert not settings.exists()


def test_a_copy_that_does_not_end_is_named_and_nothing_changes(
    older: Packages, current: Packages, screen: Screen
) -> None:
    folder = program_folder()
    with nothing_left():
        assert run_setup(older, "/S") == 0
        start_at_log_in(screen)
        (process,) = running(PROGRAM)
        subprocess.run(["kill", "-STOP", str(process)], check=True)
        try:
            code, said = wine.run([folder / CONSOLE, "--quit"])
            assert (code, "PID" in said) == (1, True)
            assert run_setup(current, "/S") == 5
            assert version_of(folder) == older.version
            assert "new" not in {path.name for path in folder.iterdir()}
        finally:
            subprocess.run(["kill", "-CONT", str(process)], check=True)
        remove(folder, "/S", "/SETTINGS=remove")


@dataclass(frozen=True)
class Words:
    """What a user reads in one language. ``setup`` and ``removal`` begin the windows' titles."""

    environment: Callable[[], Mapping[str, str]]
    setup: str
    welcome: str
    at_log_in: str
    install: str
    finish: str
    removal: str
    settings_too: str
    uninstall: str
    close: str


WORDS = {
    "sv": Words(
        computer.in_swedish, "B2Cal Desktop Installation", "håller din hänvisning i växeln rätt",
        "Starta B2Cal Desktop när jag loggar in", "Installera", "Slutför", "B2Cal Desktop Avinstallation",
        "Ta också bort mina inställningar, inloggningar och loggar", "Avinstallera", "Stäng",
    ),
    "en": Words(
        dict, "B2Cal Desktop Setup", "keeps your diversion in the company switchboard right",
        "Start B2Cal Desktop when I log in", "Install", "Finish", "B2Cal Desktop Uninstall",
        "Also remove my settings, sign-ins and logs", "Uninstall", "Close",
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", WORDS)
def test_by_hand_in_the_users_own_language(language: str, current: Packages, screen: Screen) -> None:
    """Log-in start is said no to; the app is started by the last page; in Swedish the settings go, in English not."""
    words, folder, settings = WORDS[language], program_folder(), computer.local_folder() / "B2Cal Desktop"
    with nothing_left():
        with wine.started([current.setup], **words.environment()):
            wait_for(lambda: bool(computer.texts(words.setup)), 60, "the first page")
            screen.picture(PICTURES / f"setup-{language}.png")
            first = computer.texts(words.setup, words.at_log_in)
            assert first is not None and any(words.welcome in text for text in first)
            press(words.setup, words.install)
            press(words.setup, words.finish)
            see_icon(screen)
            wait_for((settings / "ledger.sqlite3").exists, 60, "the engine")
        assert registry_value(RUN, "B2Cal Desktop") is None
        screen.picture(PICTURES / f"installed-{language}.png")
        with wine.started([folder / "Uninstall.exe"], **words.environment()):
            if language == "sv":
                press(words.removal, words.settings_too)
            press(words.removal, words.uninstall)
            screen.picture(PICTURES / f"removal-{language}.png")
            press(words.removal, words.close)
        wait_for(lambda: not folder.exists(), 120, "the program's folder to go")
        assert settings.exists() == (language != "sv")
        if settings.exists():
            remove_settings()
        wine.run(["cmd", "/c", "ver"])  # Windows keeps the language of whoever was there last


def press(window: str, button: str) -> None:
    """As soon as it is there."""
    wait_for(lambda: computer.texts(window, button) is not None, 180, f"{button} in {window}")


def msiexec(*arguments: str | Path) -> None:
    log = computer.DRIVE / "msi.log"
    named = [wine.windows_path(part) if isinstance(part, Path) else part for part in arguments]
    code, said = wine.run(["msiexec", *named, "/qn", "/l*v", wine.windows_path(log)], timeout=600)
    text = log.read_bytes().decode("utf-16", errors="replace") if log.exists() else ""
    log.unlink(missing_ok=True)
    assert code == 0, said + text[-3000:]


def test_for_the_whole_computer(older: Packages, current: Packages, screen: Screen) -> None:
    folder = computer.DRIVE / "Program Files" / "B2Cal Desktop"
    policies = r"Software\Policies\B2Cal\Locked"
    given = ("LOCKED_CALENDAR_SOURCE=exchange", "LOCKED_SYNC_POLL_SECONDS=120", "LOCKED_SYNC_ENABLED=1")
    with nothing_left():
        began = time.monotonic()
        msiexec(
            "/i",
            older.msi,
            *given,
            "DEFAULTS_LANGUAGE=en",
            "LOCKED_SWITCHBOARD_FIELDS_BASE_URL=https://vaxel.foretag.se",
        )
        print(f"installed in {time.monotonic() - began:.1f} s")
        assert version_of(folder) == older.version
        assert list(computer.user_folder().rglob("Start Menu/Programs/B2Cal Desktop.lnk")), "where Wine puts it for all"
        assert registry_value(rf"{policies}\calendar", "source", "HKLM") == "exchange"
        assert registry_value(rf"{policies}\sync", "poll_seconds", "HKLM") == "0x78"
        assert registry_value(rf"{policies}\switchboard\fields", "base_url", "HKLM") == "https://vaxel.foretag.se"
        said = doctor(folder)
        assert "HKLM" in said["policy"] or "registr" in said["policy"].lower(), said["policy"]
        first = start_at_log_in(screen)

        msiexec("/i", current.msi, "LOCKED_SYNC_POLL_SECONDS=-", "DEFAULTS_LANGUAGE=sv")
        assert first.wait(60) == 0, "it has left as quitting asks"
        assert version_of(folder) == current.version
        assert registry_value(rf"{policies}\calendar", "source", "HKLM") == "exchange", "an upgrade remembers"
        assert registry_value(rf"{policies}\sync", "poll_seconds", "HKLM") is None, "what is taken back is gone"
        assert registry_value(r"Software\Policies\B2Cal\Defaults", "language", "HKLM") == "sv"
        assert self_check(folder)["qt"]
        assert run_setup(current, "/S") == 6, "one copy is enough"

        start_at_log_in(screen)
        msiexec("/x", current.msi)
        wait_for(lambda: not running(PROGRAM), 30, "its end")
        remove_settings()


def doctor(folder: Path) -> dict[str, str]:
    _, said = patiently([folder / CONSOLE, "doctor", "--json"])
    found = json.loads(said)
    checks = found["checks"] if isinstance(found, dict) else found
    return {check["check"]: json.dumps(check, ensure_ascii=False) for check in checks}


def remove_settings() -> None:
    """What the app itself has made for its user."""
    subprocess.run(["rm", "-r", str(computer.local_folder() / "B2Cal Desktop")], check=True)


def test_signatures_and_version_information(current: Packages) -> None:
    import msi
    import sign

    signed = current.setup.parent / "signed" / current.version
    for file in (current.setup, current.msi, signed / PROGRAM, signed / CONSOLE):
        assert "Signature verification: ok" in sign.verify(file), file
    assert msi.file_version(signed / PROGRAM).startswith(current.version)
    assert msi.file_version(current.setup).startswith(current.version)


def test_what_only_wine_needs_is_in_no_package(current: Packages) -> None:
    names = {path.name.lower() for path in current.folder.rglob("*")}
    assert not names & {f"{path.stem}.dll" for path in (computer.ROOT / "installer/windows/stubs").glob("*.c")}
