"""The macOS app, as far as files tell it: no Mac is needed, and none has been asked."""

import plistlib
import struct
from pathlib import Path

from b2cal_desktop.system.autostart import LABEL, LaunchAgent
from installer.common import project
from installer.common.icons import ICNS_SIZES, ICO_SIZES, PNG_SIZES
from installer.macos.info_plist import OLDEST_MACOS, info_plist

MACOS = Path(__file__).parents[2] / "installer" / "macos"
ICONS = Path(__file__).parents[2] / "installer" / "icons"


def test_the_app_lives_in_the_menu_bar_and_has_its_version() -> None:
    said = plistlib.loads(plistlib.dumps(info_plist()))
    assert said["LSUIElement"] is True
    assert said["CFBundleIdentifier"] == LABEL == project.APP_ID
    assert said["CFBundleShortVersionString"] == project.version()
    assert all(part.isdigit() for part in said["CFBundleVersion"].split("."))
    assert said["LSMinimumSystemVersion"] == OLDEST_MACOS
    assert said["CFBundleLocalizations"] == ["en", "sv"]


def test_entitlements_are_few() -> None:
    """Each weakens the hardened runtime; a new one needs a reason."""
    given = plistlib.loads((MACOS / "entitlements.plist").read_bytes())
    assert given == {
        "com.apple.security.cs.allow-unsigned-executable-memory": True,
        "com.apple.security.cs.disable-library-validation": True,
    }


def test_the_agent_for_everybody_is_the_one_that_the_app_looks_for(tmp_path: Path) -> None:
    state = LaunchAgent(tmp_path, MACOS).state(["whatever"])
    assert (state.enabled, state.by_administrator) == (True, True)
    agent = plistlib.loads((MACOS / f"{LABEL}.plist").read_bytes())
    assert agent["ProgramArguments"][0].endswith(f"{project.TITLE}.app/Contents/MacOS/{project.NAME}")


def test_the_cask_takes_away_what_the_app_keeps() -> None:
    cask = (MACOS.parent / "release" / "b2cal-desktop.rb").read_text(encoding="utf-8")
    for place in ("Application Support/B2Cal Desktop", f"LaunchAgents/{LABEL}.plist", "Logs/B2Cal Desktop"):
        assert f"~/Library/{place}" in cask


def test_icon_files_have_every_size() -> None:
    for size in PNG_SIZES:
        data = (ICONS / f"{size}.png").read_bytes()
        assert data[:8] == b"\x89PNG\r\n\x1a\n" and struct.unpack(">II", data[16:24]) == (size, size)
    ico = (ICONS / "b2cal-desktop.ico").read_bytes()
    assert struct.unpack("<HHH", ico[:6]) == (0, 1, len(ICO_SIZES))
    assert [ico[6 + 16 * n] or 256 for n in range(len(ICO_SIZES))] == list(ICO_SIZES)
    icns = (ICONS / "b2cal-desktop.icns").read_bytes()
    assert icns[:4] == b"icns" and struct.unpack(">I", icns[4:8])[0] == len(icns)
    assert all(key.encode() in icns for keys in ICNS_SIZES.values() for key in keys)
