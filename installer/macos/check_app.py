"""Is the app laid out as macOS wants it? Reads files only, so it runs anywhere:

    uv run --no-dev --group build python installer/macos/check_app.py "B2Cal Desktop.app"
    uv run --no-dev --group build python installer/macos/check_app.py --wheels DIR     (DIR: wheels for macOS, unpacked)

Every library must be for the processor, ask for no newer macOS than Info.plist says, and be linked to nothing outside
the app and the system.
"""

from __future__ import annotations

import plistlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from macholib import mach_o  # type: ignore[import-not-found,import-untyped,unused-ignore]
from macholib.MachO import MachO  # type: ignore[import-not-found,import-untyped,unused-ignore]

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # this is run as a file, too

from installer.common import contents, project  # noqa: E402
from installer.macos.info_plist import OLDEST_MACOS, info_plist  # noqa: E402

_CPUS = {0x0100000C: "arm64", 0x01000007: "x86_64"}
_MAGICS = {b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf"}
_OF_THE_SYSTEM = ("/usr/lib/", "/System/Library/", "@rpath/", "@loader_path", "@executable_path")


@dataclass(frozen=True, slots=True)
class Slice:
    """One processor's part of a file. ``oldest``: the macOS that it asks for."""

    cpu: str
    oldest: tuple[int, ...]
    linked: tuple[str, ...]


def slices(path: Path) -> list[Slice]:
    """What a Mach-O file is made of."""
    return [_slice(header) for header in MachO(str(path)).headers]


def _slice(header: object) -> Slice:
    oldest: tuple[int, ...] = (0,)
    linked = []
    for load, command, data in header.commands:  # type: ignore[attr-defined]
        if load.cmd == mach_o.LC_BUILD_VERSION:
            oldest = _version(command.minos)
        elif load.cmd == mach_o.LC_VERSION_MIN_MACOSX:
            oldest = _version(command.version)
        elif load.cmd in (mach_o.LC_LOAD_DYLIB, mach_o.LC_LOAD_WEAK_DYLIB, mach_o.LC_REEXPORT_DYLIB):
            linked.append(data.rstrip(b"\0").decode())
    cpu = int(header.header.cputype) & 0xFFFFFFFF  # type: ignore[attr-defined]
    return Slice(_CPUS.get(cpu, hex(cpu)), oldest, tuple(linked))


def _version(number: object) -> tuple[int, ...]:
    whole = int(number)  # type: ignore[call-overload]
    return whole >> 16, whole >> 8 & 255


def is_mach_o(path: Path) -> bool:
    """Whether a file is a program or library of macOS."""
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) in _MAGICS


def problems_of_file(path: Path, cpu: str) -> Iterator[str]:
    """What is wrong with one program or library."""
    allowed = tuple(map(int, OLDEST_MACOS.split(".")))
    parts = {part.cpu: part for part in slices(path)}
    if (part := parts.get(cpu)) is None:
        yield f"{path}: only for {', '.join(parts)}, not for {cpu}"
        return
    if part.oldest > allowed:
        yield f"{path}: asks for macOS {'.'.join(map(str, part.oldest))}, and Info.plist says {OLDEST_MACOS}"
    for name in part.linked:
        if not name.startswith(_OF_THE_SYSTEM):
            yield f"{path}: linked to {name}"


def problems_of_app(app: Path, cpu: str) -> Iterator[str]:
    """What is wrong with an app, its description and its icon included."""
    said = plistlib.loads((app / "Contents" / "Info.plist").read_bytes())
    for key, value in info_plist().items():
        if said.get(key) != value:
            yield f"Info.plist: {key} is {said.get(key)!r}, not {value!r}"
    program = app / "Contents" / "MacOS" / str(said.get("CFBundleExecutable"))
    if program.name != project.NAME or not is_mach_o(program):
        yield f"{program} is no program"
    icon = app / "Contents" / "Resources" / str(said.get("CFBundleIconFile"))
    if not icon.is_file() or icon.read_bytes()[:4] != b"icns":
        yield f"{icon} is no icon"
    if not (app / "Contents" / "Resources" / "licences" / "NOTICE.txt").is_file():
        yield "the licences are missing"
    for path in sorted(app.rglob("*")):
        if is_mach_o(path):
            yield from problems_of_file(path, cpu)


def problems_of_wheels(folder: Path, cpu: str) -> Iterator[str]:
    """The same of what would go into the app, before there is one."""
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder).as_posix()
        if is_mach_o(path) and contents.is_wanted(place, "darwin") and not _is_left_out(place):
            yield from problems_of_file(path, cpu)


def _is_left_out(place: str) -> bool:
    """Parts of PySide6 that nothing of ours imports, so that PyInstaller never meets them."""
    first, _, rest = place.partition("/")
    if first in {"bin", "shiboken6_generator"}:
        return True
    if first != "PySide6" or "/plugins/" in place:
        return False
    used = ("QtCore.", "QtDBus.", "QtGui.", "QtNetwork.", "QtSvg.", "QtWidgets.", "libpyside6.")
    return not rest.removeprefix("Qt/lib/").startswith(used)


def main(arguments: list[str]) -> int:
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    cpu = "arm64"
    if arguments[0] == "--wheels":
        found = list(problems_of_wheels(Path(arguments[1]), cpu))
    else:
        found = list(problems_of_app(Path(arguments[0]), cpu))
    for problem in found:
        print(problem)
    print("as it should be" if not found else f"{len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
