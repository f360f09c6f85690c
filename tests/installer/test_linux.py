"""The Linux packages, as far as files tell it; ``make linux-test`` installs and starts them."""

import configparser
import shutil
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from b2cal_desktop.system.autostart import XdgAutostart
from installer.common import project
from installer.linux import package
from installer.linux.needs import Needs, UnknownLibrary, needs_of

LINUX = Path(__file__).parents[2] / "installer" / "linux"
NEEDS = Needs(frozenset({"libc.so.6", "libxcb.so.1", "libglib-2.0.so.0", "libstdc++.so.6"}),
              {"GLIBC": (2, 36), "GLIBCXX": (3, 4, 29)})  # fmt: skip


def test_what_is_linked_to_becomes_dependencies() -> None:
    assert NEEDS.deb() == ["libc6 (>= 2.36)", "libglib2.0-0t64 | libglib2.0-0", "libstdc++6 (>= 11)", "libxcb1"]
    assert {"libxcb.so.1()(64bit)", "libc.so.6(GLIBC_2.36)(64bit)"} <= set(NEEDS.rpm())
    with pytest.raises(UnknownLibrary, match=r"libnew\.so\.1"):
        Needs(frozenset({"libnew.so.1"}), {}).deb()


@pytest.mark.skipif(sys.platform != "linux" or not shutil.which("objdump"), reason="only on Linux with binutils")
def test_needs_are_read_from_the_files_themselves(tmp_path: Path) -> None:
    shutil.copy(Path(sys.executable).resolve(), tmp_path / "program")
    (tmp_path / "text.so").write_text("no library")
    found = needs_of(tmp_path)
    assert "libc.so.6" in found.libraries and found.newest["GLIBC"] >= (2, 2, 5)


def test_the_package_puts_everything_in_its_place(tmp_path: Path) -> None:
    described = package.application(tmp_path, tmp_path, NEEDS, 1_700_000_000, "amd64")
    places = {entry["dst"]: entry for entry in described["contents"]}
    assert places["/usr/bin/b2cal-desktop"]["src"] == "/usr/lib/b2cal-desktop/b2cal-desktop"
    icons = [place for place in places if place.startswith("/usr/share/icons/hicolor/")]
    assert "/usr/share/icons/hicolor/scalable/apps/b2cal-desktop.svg" in icons and len(icons) == 10
    assert described["version"] == project.version()
    for entry in places.values():
        if entry.get("type") is None:
            assert Path(entry["src"]).is_file() or Path(entry["src"]).parent == tmp_path, entry


def test_the_desktop_file_starts_the_command_and_has_both_languages() -> None:
    entry = _entry(LINUX / "b2cal-desktop.desktop")
    assert entry["Exec"] == project.NAME and entry["Icon"] == project.NAME
    for key in ("GenericName", "Comment", "Keywords"):
        assert entry[key] and entry[f"{key}[sv]"]


def test_the_autostart_package_is_what_the_app_calls_the_administrator_s(tmp_path: Path) -> None:
    described = package.autostart(1_700_000_000)
    (content,) = described["contents"]
    assert content["dst"] == "/etc/xdg/autostart/b2cal-desktop.desktop"
    folder = tmp_path / "xdg"
    folder.mkdir()
    shutil.copy(content["src"], folder / Path(content["dst"]).name)
    state = XdgAutostart(tmp_path / "own", [folder]).state(["b2cal-desktop"])
    assert (state.enabled, state.by_administrator) == (True, True)


def test_the_description_of_the_app_is_whole() -> None:
    root = ET.fromstring(package.metainfo(1_700_000_000))  # noqa: S314  ours
    assert root.findtext("id") == project.APP_ID
    assert root.findtext("launchable") == f"{project.NAME}.desktop"
    release = root.find("releases/release")
    assert release is not None and (release.get("version"), release.get("date")) == (project.version(), "2023-11-14")
    sv = "{http://www.w3.org/XML/1998/namespace}lang"
    described = root.find("description")
    assert described is not None
    for tag in ("p", "ul/li"):
        languages = [element.get(sv) for element in described.findall(tag)]
        assert languages.count("sv") == languages.count(None) > 0


def _entry(path: Path) -> configparser.SectionProxy:
    parser = configparser.RawConfigParser(delimiters=("=",))
    parser.optionxform = str  # type: ignore[method-assign,assignment]
    parser.read(path, encoding="utf-8")
    return parser["Desktop Entry"]
