"""What a release needs beside its packages: checksums, and what winget and Homebrew want to know.

    python installer/release/manifests.py --files DIR --address https://…/releases/download/v0.2.0 --page https://…

``DIR`` holds the packages. It gets SHA256SUMS, ``winget/`` (to be sent to microsoft/winget-pkgs) and
``b2cal-desktop.rb`` (for a tap of one's own); each only where its packages are there.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # this is run as a file

from installer.common import project  # noqa: E402

HERE = Path(__file__).resolve().parent
KINDS = {"SETUP": "*-setup.exe", "MSI": "*.msi", "DMG": "*-arm64.dmg"}
NOT_SUMMED = {"SHA256SUMS", "feed.json", "feed.json.sig"}


class Unfilled(Exception):
    """A template asks for something that is not known."""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Checksums, and the manifests for winget and Homebrew.")
    parser.add_argument("--files", type=Path, required=True, metavar="DIR")
    parser.add_argument("--address", required=True, help="where the files will be downloaded from")
    parser.add_argument("--page", required=True, help="the release's own page")
    given = parser.parse_args(arguments)
    folder: Path = given.files
    (folder / "SHA256SUMS").write_text(checksums(folder), encoding="ascii", newline="\n")
    known = facts(folder, given.address, given.page)
    if {"SETUP_URL", "MSI_URL"} <= known.keys():
        write_winget(folder / "winget", known)
    if "DMG_URL" in known:
        cask = filled((HERE / "b2cal-desktop.rb").read_text(encoding="utf-8"), known)
        (folder / "b2cal-desktop.rb").write_text(cask, encoding="utf-8", newline="\n")
    return 0


def checksums(folder: Path) -> str:
    """A line for each file, as ``sha256sum --check`` reads them."""
    files = [path for path in sorted(folder.iterdir()) if path.is_file() and path.name not in NOT_SUMMED]
    return "".join(f"{sha256(path)}  {path.name}\n" for path in files)


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def facts(folder: Path, address: str, page: str) -> dict[str, str]:
    """What the templates ask for, as far as the packages in ``folder`` tell it."""
    known = {
        "VERSION": project.version(),
        "DATE": datetime.fromtimestamp(project.source_date(), UTC).date().isoformat(),
        "PAGE": page,
        "HOMEPAGE": project.HOMEPAGE or page,
    }
    for kind, pattern in KINDS.items():
        for path in folder.glob(pattern):
            known[f"{kind}_URL"] = f"{address.rstrip('/')}/{path.name}"
            known[f"{kind}_SHA256"] = sha256(path).upper() if kind != "DMG" else sha256(path)
    return known


def write_winget(target: Path, known: Mapping[str, str]) -> None:
    """The manifest's files, named as winget wants them."""
    target.mkdir(exist_ok=True)
    for template in sorted((HERE / "winget").glob("*.yaml")):
        suffix = "" if template.stem == "version" else f".{template.stem}"
        text = filled(template.read_text(encoding="utf-8"), known)
        (target / f"B2Cal.Desktop{suffix}.yaml").write_text(text, encoding="utf-8", newline="\n")


def filled(template: str, known: Mapping[str, str]) -> str:
    """``template`` with its ``@NAMES@`` replaced; raises Unfilled."""
    if missing := {name for name in re.findall(r"@([A-Z][A-Z0-9_]*)@", template) if name not in known}:
        raise Unfilled(", ".join(sorted(missing)))
    return re.sub(r"@([A-Z][A-Z0-9_]*)@", lambda match: known[match[1]], template)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
