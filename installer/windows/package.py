"""Makes the Windows packages: on Windows, or anywhere with Wine.

    uv run python installer/windows/package.py [--test-certificate] [--folder DIR] [--target DIR]

    build/package/windows/b2cal-desktop/             the frozen program
    build/package/windows/B2Cal-Desktop-0.1.0-setup.exe   for one user, without an administrator (NSIS)
    build/package/windows/B2Cal-Desktop-0.1.0.msi         for a whole computer (wixl)

``--folder`` takes a program that is frozen already. Signed with what the environment names (sign.py), or with
``--test-certificate`` by one that nobody trusts.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(HERE)]

import msi  # noqa: E402
import sign  # noqa: E402
import wine  # noqa: E402

from installer.common import project  # noqa: E402

TARGET = ROOT / "build" / "package" / "windows"
ICON = ROOT / "installer" / "icons" / f"{project.NAME}.ico"
# What the frozen folder holds at its top; setup.nsi moves and removes these by name.
CONTENTS = {f"{project.TITLE}.exe", f"{project.NAME}.exe", "_internal", "licences"}
_SOURCES = ("b2cal_desktop", "resources", "installer/common", "installer/icons")
_PACKERS = {"makensis": "nsis", "wixl": "wixl", "msibuild": "msitools"}
_SOURCE_FILES = ("installer/build.py", "pyproject.toml", "uv.lock", "LICENSE")


class PackageError(Exception):
    """A package could not be made."""


def freeze(target: Path, tree: Path = ROOT) -> Path:
    """The frozen program of ``tree`` in ``target``, anew where a source has changed."""
    folder, stamp = target / project.NAME, target / "sources"
    state = _state_of_sources(tree)
    if folder.is_dir() and stamp.exists() and stamp.read_text() == state:
        return folder
    stamp.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    target.mkdir(parents=True, exist_ok=True)
    build = [tree / "installer" / "build.py", "--target-dir", target, "--work-dir", target / "work"]
    if sys.platform == "win32":
        code, said = subprocess.run([sys.executable, *map(str, build)], check=False).returncode, ""
    else:
        wine.prepare()
        places = [wine.windows_path(part) if isinstance(part, Path) else part for part in build]
        stamped = {"SOURCE_DATE_EPOCH": str(project.source_date())}
        code, said = wine.run([wine.BUILD_PYTHON, *places, "--this-python"], timeout=1800, **stamped)
    if code != 0 or not folder.is_dir():
        raise PackageError(f"freezing ended with {code}:\n{said[-4000:]}")
    stamp.write_text(state)
    return folder


def _state_of_sources(tree: Path) -> str:
    state = hashlib.sha256()
    files = [tree / name for name in _SOURCE_FILES]
    for folder in _SOURCES:
        files += [path for path in (tree / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    for path in sorted(files):
        state.update(f"{path.relative_to(tree)}\n".encode() + path.read_bytes())
    return state.hexdigest()


def make_setup(folder: Path, target: Path, version: str, *, test: bool = False) -> None:
    """Pack ``folder`` as the installer ``target``."""
    if strange := {path.name for path in folder.iterdir()} ^ CONTENTS:
        raise PackageError(f"setup.nsi does not know of, or misses: {', '.join(sorted(strange))}")
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    given = {
        "VERSION": version,
        "QUAD": ".".join(map(str, msi.version_quad_of(version))),
        "SOURCE": str(folder),
        "OUTPUT": str(target),
        "ICON": str(ICON),
        "KILOBYTES": str(size // 1024),
        "PUBLISHER": project.PUBLISHER,
    }
    if test or os.environ.get("B2CAL_SIGN_PFX") or os.environ.get("B2CAL_SIGN_AZURE_DLIB"):
        command = [sys.executable, str(HERE / "sign.py"), *(["--test"] if test else [])]
        quoted = subprocess.list2cmdline(command) if sys.platform == "win32" else shlex.join(command)
        given["SIGN"] = f'{quoted} "%1"'  # the uninstaller, before it is packed
    target.unlink(missing_ok=True)
    defines = [f"-D{name}={value}" for name, value in given.items()]
    command = ["makensis", "-V2", "-WX", "-INPUTCHARSET", "UTF8", *defines, str(HERE / "setup.nsi")]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(project.source_date())}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode != 0:
        raise PackageError(f"makensis ended with {done.returncode}:\n{done.stdout}{done.stderr}"[-4000:])


def make_packages(target: Path, folder: Path, version: str, *, test: bool = False) -> tuple[Path, Path]:
    """Setup and MSI of the frozen program in ``folder``, all of them signed."""
    target.mkdir(parents=True, exist_ok=True)
    signed = _signed_copy(folder, target / "signed" / version, test=test)
    setup = target / f"{project.TITLE.replace(' ', '-')}-{version}-setup.exe"
    package = setup.with_name(f"{project.TITLE.replace(' ', '-')}-{version}.msi")
    make_setup(signed, setup, version, test=test)
    msi.make_msi(signed, package, version, ICON)
    print(f"signed by {sign.sign([setup, package], test=test)}", file=sys.stderr)
    return setup, package


def _signed_copy(folder: Path, copy: Path, *, test: bool) -> Path:
    """The frozen folder stays as it was frozen; its copy's programs are signed."""
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    sign.sign(sorted(copy.glob("*.exe")), test=test)
    return copy


def _look_for_programs(*, freezes: bool, test: bool) -> None:
    """Before minutes are spent: is everything here? Raises PackageError, which says what to install."""
    signs = test or "B2CAL_SIGN_PFX" in os.environ
    needed = {
        **_PACKERS,
        **({"osslsigncode": "osslsigncode"} if signs else {}),
        **(wine.NEEDED if freezes and sys.platform != "win32" else {}),
    }
    if missing := " ".join(wine.missing_programs(needed)):
        raise PackageError(f"not installed: {missing}. On Debian or Ubuntu, as root: apt-get install {missing}")


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Makes the Windows packages.")
    parser.add_argument("--target", type=Path, default=TARGET, metavar="DIR")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="a frozen program, instead of freezing one")
    parser.add_argument("--test-certificate", action="store_true")
    given = parser.parse_args(arguments)
    target = given.target.resolve()
    try:
        _look_for_programs(freezes=given.folder is None, test=given.test_certificate)
        folder = given.folder.resolve() if given.folder else freeze(target)
        made = make_packages(target, folder, project.version(), test=given.test_certificate)
    except (PackageError, msi.MsiError, sign.SignError, wine.NotReady) as error:
        print(f"package: {error}", file=sys.stderr)
        return 1
    for file in made:
        print(f"{file}: {file.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
