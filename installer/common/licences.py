"""Collects the licences of everything that is bundled, and tells what they oblige to."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from installer.common.parts import Part
from installer.common.project import HOMEPAGE, TITLE


class NoLicenceText(Exception):
    """A part that may not be handed on without its licence, and has none."""

    def __init__(self, parts: Sequence[str]) -> None:
        super().__init__(f"No licence text was found for {', '.join(parts)}; put one into installer/common/licences.")


def collect_licences(parts: Sequence[Part], own: Part, folder: Path) -> None:
    """Fill ``folder``: NOTICE.txt, and a folder with the licence texts of each part. Raises NoLicenceText."""
    if missing := [part.name for part in (own, *parts) if not part.texts]:
        raise NoLicenceText(missing)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for part in (own, *parts):
        target = folder / _folder_name(part)
        target.mkdir(exist_ok=True)
        for number, text in enumerate(part.texts):
            place = target / text.name
            if place.exists():
                place = target / f"{number}-{text.name}"
            place.write_bytes(text.read_bytes())
    (folder / "NOTICE.txt").write_text(notice(parts, own), encoding="utf-8", newline="\n")


def _folder_name(part: Part) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "_", part.name)


def notice(parts: Sequence[Part], own: Part) -> str:
    """What stands in NOTICE.txt: the parts, and the reader's rights to Qt."""
    qt = next((part for part in parts if part.name.lower().startswith("pyside6")), None)
    width = max(len(part.name) for part in parts) + 2
    lines = [
        f"{TITLE} {own.version} is under the MIT licence (b2cal-desktop/LICENSE).",
        "",
        "It comes with the software below, each under a licence of its own, whose text lies in the folder of its name.",
        "",
        *(f"{part.name:{width}}{part.version:18}{part.licence}" for part in parts),
        "",
    ]
    if qt is not None:
        lines += [_QT_RIGHTS.format(version=qt.version, title=TITLE, where=f": {HOMEPAGE}" if HOMEPAGE else "")]
    return "\n".join(lines)


_QT_RIGHTS = """\
Qt, PySide6 and Shiboken {version} (The Qt Company Ltd. and other contributors)

They are used under the GNU Lesser General Public License, version 3 (LGPL-3.0-only), unchanged, as shared libraries.
The texts of the LGPL and of the GPL that it rests on lie in the folders PySide6_Essentials and shiboken6, with the
licences of what Qt itself contains (Qt-third-party.txt).

You may replace these libraries by versions of your own. They lie as ordinary files in the folder PySide6 beside the
program (on macOS in the app's Contents/Frameworks/PySide6): put libraries with the same interface in their place, and
{title} uses them. You may also study, change and debug them, and take {title} apart as far as that needs.
The same holds for recurring-ical-events and x-wr-timezone, which lie there as Python files.

Their source code, in just this version, is at
    https://download.qt.io/official_releases/qt/   (Qt: qtbase, qtsvg, qtwayland)
    https://download.qt.io/official_releases/QtForPython/   (PySide6 and Shiboken)
For three years from when you received this program, whoever gave it to you also gives you that source on a data
carrier, at no more than the cost of doing so, if you ask{where}.
"""
