"""Brings the translation files up to date with the sources; with ``--check``, says whether they are.

    uv run python resources/i18n/update.py [--check]

English is the language of the sources and has no file. After an update, new texts stand in ``b2cal_sv.ts`` as
unfinished: write them there by hand or with Qt Linguist.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCES = HERE.parent.parent / "b2cal_desktop"
FILES = {"sv": HERE / "b2cal_sv.ts"}


def update(language: str, path: Path) -> None:
    """Merge the texts of the sources into ``path``, which keeps its translations; texts no longer used are dropped."""
    sources = sorted(str(file) for file in SOURCES.rglob("*.py") if "translate(" in file.read_text("utf-8"))
    options = ["-silent", "-no-obsolete", "-locations", "none", "-source-language", "en", "-target-language", language]
    subprocess.run([_lupdate(), *options, *sources, "-ts", str(path)], check=True)  # noqa: S603


def _lupdate() -> str:
    beside_python = Path(sys.executable).parent / "pyside6-lupdate"
    found = shutil.which(str(beside_python)) or shutil.which("pyside6-lupdate")
    if found is None:
        raise SystemExit("pyside6-lupdate is missing; it comes with PySide6-Essentials")
    return found


def unfinished(path: Path) -> list[str]:
    """What a translator still has to do in ``path``, one line each."""
    left = []
    for message in ElementTree.parse(path).iter("message"):  # noqa: S314 - our own file
        source, translation = message.findtext("source") or "", message.find("translation")
        if translation is None or translation.get("type"):
            left.append(f"not translated: {source}")
            continue
        if _holes(translation.text or "") != _holes(source):
            left.append(f"placeholders differ: {source} / {translation.text}")
    return left


def _holes(text: str) -> list[str]:
    return sorted(re.findall(r"\{\w*\}", text))


def check(language: str, path: Path) -> list[str]:
    """Why ``path`` isn't ready to ship; empty when it is."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / path.name
        shutil.copyfile(path, fresh)
        update(language, fresh)
        stale = (
            [] if fresh.read_text("utf-8") == path.read_text("utf-8") else ["differs from the sources: run update.py"]
        )
        return stale + unfinished(fresh)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; fail if something is left to do")
    arguments = parser.parse_args()
    failed = False
    for language, path in FILES.items():
        if arguments.check:
            faults = check(language, path)
        else:
            update(language, path)
            faults = unfinished(path)
        for fault in faults:
            print(f"{path.name}: {fault}", file=sys.stderr)
        failed |= bool(faults) and arguments.check
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
