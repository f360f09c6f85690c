"""What goes into a package, and what its licences and list of parts say of it."""

import json
from pathlib import Path

import pytest

from installer.common import contents, licences, parts, project, sbom
from installer.common.parts import Part

ROOT = Path(__file__).parents[2]
QT = "PySide6/Qt/plugins"


@pytest.mark.parametrize(
    ("place", "platform", "wanted"),
    [
        (f"{QT}/platforms/libqxcb.so", "linux", True),
        (f"{QT}/platforms/libqvnc.so", "linux", False),
        (f"{QT}/networkinformation/libqnetworkmanager.so", "linux", True),
        (r"PySide6\plugins\networkinformation\qnetworklistmanager.dll", "win32", True),
        (f"{QT}/sqldrivers/libqsqlite.so", "linux", False),
        (f"{QT}/platformthemes/libqgtk3.so", "linux", False),
        (r"PySide6\plugins\platforms\qwindows.dll", "win32", True),
        (r"PySide6\plugins\tls\qopensslbackend.dll", "win32", False),
        (r"PySide6\opengl32sw.dll", "win32", False),
        (f"{QT}/platforms/libqcocoa.dylib", "darwin", True),
        ("PySide6/Qt/translations/qtbase_sv.qm", "linux", True),
        ("PySide6/Qt/translations/qtbase_de.qm", "linux", False),
        ("PySide6/Qt/qml/QtQuick/qmldir", "linux", False),
        ("libstdc++.so.6", "linux", False),  # the system's: a graphics driver wants a newer one
        ("libssl.so.3", "linux", True),
        ("PySide6/Qt/lib/libicudata.so.73", "linux", True),
        ("keyring-25.7.0.dist-info/entry_points.txt", "linux", True),
        ("keyring-25.7.0.dist-info/RECORD", "linux", False),
        ("icalendar/tests/events/one.ics", "linux", False),
        ("recurring_ical_events/query.py", "linux", True),  # LGPL: stays replaceable
        ("b2cal_desktop/resources/i18n/update.py", "linux", False),
    ],
)
def test_what_belongs_in_a_package(place: str, platform: str, wanted: bool) -> None:
    assert contents.is_wanted(place, platform) is wanted


def test_a_library_that_only_a_plugin_left_out_needed_goes_with_it() -> None:
    files = [("a.abi3.so", "/a"), ("libqt.so", "/qt"), ("libicu.so", "/icu"), ("libgtk.so", "/gtk")]
    linked = {"/a": ["libqt.so"], "/qt": ["libicu.so", "libc.so.6"], "/gtk": ["libicu.so"]}
    needed = contents.reachable(files, lambda source: linked.get(source, ()), lambda place: place == "a.abi3.so")
    assert needed == {"a.abi3.so", "libqt.so", "libicu.so"}


@pytest.mark.parametrize(
    ("place", "library"),
    [
        ("PySide6/Qt/lib/libQt6Core.so.6", True),
        ("PySide6/Qt/lib/QtCore.framework/Versions/A/QtCore", True),
        ("PySide6/Qt6Core.dll", True),
        ("libssl.so.3", True),
        ("VCRUNTIME140.dll", True),
        ("PySide6/QtCore.abi3.so", False),
        (f"{QT}/platforms/libqxcb.so", False),
        ("libpython3.13.so.1.0", False),  # the program loads it by itself
        ("Python.framework/Versions/3.13/Python", False),
        ("python313.dll", False),
        ("_ssl.pyd", False),
        ("python3.13/lib-dynload/_ssl.cpython-313-x86_64-linux-gnu.so", False),
    ],
)
def test_what_is_there_for_others_only(place: str, library: bool) -> None:
    assert contents.is_library(place) is library


def test_our_own_data_goes_where_the_app_looks_for_it() -> None:
    found = {(Path(source).name, place) for source, place in contents.data_files()}
    for path in (ROOT / "resources" / "connectors").glob("*.toml"):
        assert (path.name, "b2cal_desktop/resources/connectors") in found
    practice = "b2cal_desktop/switchboards/practice"
    assert {("page.html", practice), ("openapi.json", practice), ("page.js", practice)} <= found
    assert ("b2cal_sv.ts", "b2cal_desktop/resources/i18n") in found
    for path in (ROOT / "resources").rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".py":
            place = Path("b2cal_desktop", path.relative_to(ROOT).parent).as_posix()
            assert (path.name, place) in found


def test_a_file_of_unknown_origin_stops_the_build(tmp_path: Path) -> None:
    (tmp_path / "mystery.so").touch()
    listed = tmp_path / "contents.json"
    listed.write_text(json.dumps({"modules": [], "files": [["mystery.so", str(tmp_path / "mystery.so")]]}))
    with pytest.raises(parts.UnknownOrigin, match=r"mystery\.so"):
        list(parts.origins(listed))


def test_every_part_brings_its_licence_and_qt_its_rights(tmp_path: Path) -> None:
    text = tmp_path / "LICENSE"
    text.write_text("do as you like")
    qt = Part("PySide6_Essentials", "6.11.3", "LGPL-3.0-only", (parts.TEXTS / "LGPL-3.0-only.txt",), "pkg:pypi/x@1")
    small = Part("small", "1.0", "MIT", (text,), "pkg:pypi/small@1.0")
    licences.collect_licences([qt, small], parts.ourselves(), tmp_path / "licences")
    assert (tmp_path / "licences" / "small" / "LICENSE").read_text() == "do as you like"
    told = (tmp_path / "licences" / "NOTICE.txt").read_text(encoding="utf-8")
    for words in ("small", "LGPL-3.0-only", "replace these libraries", "source code, in just this version", "6.11.3"):
        assert words in told
    with pytest.raises(licences.NoLicenceText, match="bare"):
        licences.collect_licences([Part("bare", "1", "MIT", (), "")], parts.ourselves(), tmp_path / "licences")


def test_the_list_of_parts_is_the_same_for_the_same_parts() -> None:
    known = [
        Part("requests", "2", "Apache-2.0", (), "pkg:pypi/requests@2", "https://x.example", ("urllib3", "absent")),
        Part("urllib3", "2", "MIT", (), "pkg:pypi/urllib3@2"),
        Part("old", "1", "BSD License, Apache Software License", (), "pkg:pypi/old@1"),
    ]
    first = sbom.sbom(known, parts.ourselves(), 1_700_000_000)
    assert first == sbom.sbom(known, parts.ourselves(), 1_700_000_000)
    document = json.loads(first)
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    assert document["metadata"]["component"]["version"] == project.version()
    needs = {entry["ref"]: entry["dependsOn"] for entry in document["dependencies"]}
    assert needs["pkg:pypi/requests@2"] == ["pkg:pypi/urllib3@2"]
    said = {component["name"]: component["licenses"] for component in document["components"]}
    assert said["urllib3"] == [{"expression": "MIT"}]
    assert said["old"] == [{"license": {"name": "BSD License, Apache Software License"}}]
