"""Swedish where the computer is Swedish, else English; the setting wins."""

import plistlib
from pathlib import Path

import pytest

from b2cal_desktop.system.language import language, macos_language


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"LANG": "sv_SE.UTF-8"}, "sv"),
        ({"LANG": "sv_FI"}, "sv"),
        ({"LANG": "SV"}, "sv"),
        ({"LANG": "sv-SE"}, "sv"),
        ({"LANG": "Swedish_Sweden.1252"}, "sv"),
        ({"LANG": "svk_SE"}, "en"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "sv_SE", "LC_MESSAGES": "en_GB"}, "en"),
        ({"LANG": "en_GB", "LC_ALL": "", "LC_MESSAGES": "sv_SE"}, "sv"),
        ({"LANG": "sv_SE", "LC_MESSAGES": "sv_SE", "LC_ALL": "en_US"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LANGUAGE": "sv:en"}, "sv"),
        ({"LANG": "C.UTF-8", "LANGUAGE": "sv"}, "en"),
    ],
)
def test_auto_follows_the_environment(environ: dict[str, str], expected: str) -> None:
    assert language("auto", environ) == expected


def test_the_setting_wins() -> None:
    assert language("en", {"LANG": "sv_SE"}) == "en"
    assert language("sv", {"LANG": "en_GB"}) == "sv"


def test_macos_tells_it_in_a_file(tmp_path: Path) -> None:
    preferences = tmp_path / "prefs.plist"
    preferences.write_bytes(plistlib.dumps({"AppleLanguages": ["sv-SE", "en"]}, fmt=plistlib.FMT_BINARY))
    assert macos_language(preferences) == "sv-SE"
    for broken in (b"", b"<plist", plistlib.dumps({}), plistlib.dumps({"AppleLanguages": []})):
        preferences.write_bytes(broken)
        assert macos_language(preferences) != "sv-SE"
