"""Makes the frozen program for the platform that this runs on: a folder that needs no Python.

    python installer/build.py                         build/package/dist/b2cal-desktop, and its list of parts beside it
    python installer/build.py --target-dir DIR        the same in DIR
    python installer/build.py --this-python           without uv: in the Python that runs this, with what is installed

Without ``--this-python`` uv makes an environment of its own from uv.lock. The same sources, lock file and Python give
the same files (SOURCE_DATE_EPOCH is honoured; without it the last commit's time stands in all of them). What goes in
is said in installer/common/contents.py.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # this is run as a file, too, and imports its neighbours by their full names

from installer.common import contents, licences, parts, project, sbom, windows_version  # noqa: E402

WORK = ROOT / "build" / "package"
SPEC = ROOT / "installer" / "common" / "b2cal-desktop.spec"
ICONS = ROOT / "installer" / "icons"


def main(arguments: list[str]) -> int:
    given = _parser().parse_args(arguments)
    if not given.this_python:
        return _in_own_environment(given)
    folder = freeze(given.target_dir.resolve(), given.work_dir.resolve())
    size = installed_bytes(folder) / 1e6
    print(f"{folder}: {size:.1f} MB")
    if given.most_mb is not None and size > given.most_mb:
        print(f"That is more than {given.most_mb} MB: see what has come in (contents.json).", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Makes the frozen program for this platform.")
    parser.add_argument("--target-dir", type=Path, default=WORK / "dist", metavar="DIR")
    parser.add_argument("--work-dir", type=Path, default=WORK / "work", metavar="DIR")
    parser.add_argument("--this-python", action="store_true", help="use the Python that runs this, and its packages")
    parser.add_argument("--most-mb", type=float, metavar="N", help="fail where the result is larger")
    parser.add_argument("--python", metavar="VERSION", help="the Python to bundle; uv finds it")
    return parser


def _in_own_environment(given: argparse.Namespace) -> int:
    """What uv.lock names and nothing else, in build/package/env; then this file once more, there."""
    if (uv := shutil.which("uv")) is None:
        print(
            "uv is needed: https://docs.astral.sh/uv/. Or install the packages, and say --this-python.", file=sys.stderr
        )
        return 1
    folder = WORK / "env"
    environ = {**os.environ, "UV_PROJECT_ENVIRONMENT": str(folder)}
    environ.pop("UV_NO_SYNC", None)
    command = [uv, "sync", "--quiet", "--locked", "--no-dev", "--group", "build", "--no-install-project"]
    subprocess.run([*command, *(["--python", given.python] if given.python else [])], cwd=ROOT, env=environ, check=True)
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    again = [str(python), str(Path(__file__).resolve()), "--this-python"]
    again += ["--target-dir", str(given.target_dir.resolve()), "--work-dir", str(given.work_dir.resolve())]
    again += ["--most-mb", str(given.most_mb)] if given.most_mb is not None else []
    return subprocess.run(again, check=False).returncode


def freeze(target: Path, work: Path) -> Path:
    """The frozen folder (on macOS the .app) in ``target``, licences in it and ``b2cal-desktop.cdx.json`` beside it."""
    made = project.source_date()
    work.mkdir(parents=True, exist_ok=True)
    environ = {
        **os.environ,
        "PYTHONHASHSEED": "0",  # the order of sets reaches the compiled modules
        "SOURCE_DATE_EPOCH": str(made),
        **({} if sys.platform == "linux" else {"B2CAL_BUILD_ICON": str(_icon())}),
        "B2CAL_BUILD_VERSION_FILE": str(work / "version.txt"),
    }
    windows_version.write(work / "version.txt")
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN"]
    command += ["--distpath", str(target), "--workpath", str(work), str(SPEC)]
    subprocess.run(command, cwd=ROOT, env=environ, check=True)
    folder = target / project.NAME
    if sys.platform == "darwin":
        shutil.rmtree(folder)  # the same once more; the app is what counts
        folder = target / f"{project.TITLE}.app"
    if sys.platform == "linux":
        _strip(folder)
    own = parts.ourselves()
    bundled = parts.bundled_parts(work / SPEC.stem / "contents.json")
    licences.collect_licences(bundled, own, _licence_folder(folder))
    (target / f"{project.NAME}.cdx.json").write_text(sbom.sbom(bundled, own, made), encoding="utf-8", newline="\n")
    _set_times(folder, made)
    return folder


def _icon() -> Path:
    return ICONS / f"{project.NAME}.{'icns' if sys.platform == 'darwin' else 'ico'}"


def _licence_folder(folder: Path) -> Path:
    return folder / "Contents" / "Resources" / "licences" if folder.suffix == ".app" else folder / "licences"


def _strip(folder: Path) -> None:
    """Takes debugging symbols out, where that is known to be safe."""
    if (strip := shutil.which("strip")) is None:
        print("strip (binutils) is missing: the package keeps its debugging symbols and is larger.", file=sys.stderr)
        return
    for file in (path for pattern in contents.STRIPPED for path in sorted(folder.glob(pattern))):
        if not file.is_symlink():
            subprocess.run([strip, "--strip-unneeded", str(file)], check=True)


def _set_times(folder: Path, made: int) -> None:
    for path in (*folder.rglob("*"), folder):
        if not path.is_symlink():
            os.utime(path, (made, made))


def installed_bytes(folder: Path) -> int:
    """The size of all files in ``folder``; links count nothing."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
