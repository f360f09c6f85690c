"""What a frozen folder needs of the Linux that it runs on, read from its own files, in the words of deb and of rpm."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# Debian's and Ubuntu's package of each library; rpm names libraries by themselves.
DEB_PACKAGES = {
    "ld-linux-x86-64.so.2": "libc6", "ld-linux-aarch64.so.1": "libc6", "libc.so.6": "libc6", "libdl.so.2": "libc6",
    "libm.so.6": "libc6", "libpthread.so.0": "libc6", "librt.so.1": "libc6", "libutil.so.1": "libc6",
    "libresolv.so.2": "libc6", "libgcc_s.so.1": "libgcc-s1", "libstdc++.so.6": "libstdc++6", "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1", "libGLX.so.0": "libglx0", "libOpenGL.so.0": "libopengl0",
    "libbrotlicommon.so.1": "libbrotli1", "libbrotlidec.so.1": "libbrotli1", "libzstd.so.1": "libzstd1",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2", "libX11-xcb.so.1": "libx11-xcb1", "libX11.so.6": "libx11-6",
    "libXau.so.6": "libxau6", "libXext.so.6": "libxext6", "libdbus-1.so.3": "libdbus-1-3", "libdrm.so.2": "libdrm2",
    "libfontconfig.so.1": "libfontconfig1", "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0t64 | libglib2.0-0", "libgobject-2.0.so.0": "libglib2.0-0t64 | libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0t64 | libglib2.0-0", "libgio-2.0.so.0": "libglib2.0-0t64 | libglib2.0-0",
    "libICE.so.6": "libice6", "libSM.so.6": "libsm6", "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0", "libwayland-egl.so.1": "libwayland-egl1",
    "libxcb-cursor.so.0": "libxcb-cursor0", "libxcb-glx.so.0": "libxcb-glx0", "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0", "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0", "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0", "libxcb-shape.so.0": "libxcb-shape0", "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1", "libxcb-util.so.1": "libxcb-util1", "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xinput.so.0": "libxcb-xinput0", "libxcb-xkb.so.1": "libxcb-xkb1", "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0", "libxkbcommon.so.0": "libxkbcommon0",
}  # fmt: skip
# Versions of symbols say how new a library has to be.
_VERSIONED = {"GLIBC": "libc.so.6", "GLIBCXX": "libstdc++.so.6"}
# https://gcc.gnu.org/onlinedocs/libstdc++/manual/abi.html
_GCC_OF_GLIBCXX: dict[tuple[int, ...], str] = {
                   (3, 4, 26): "9", (3, 4, 27): "9", (3, 4, 28): "9.3", (3, 4, 29): "11", (3, 4, 30): "12",
                   (3, 4, 31): "13.1", (3, 4, 32): "13.2", (3, 4, 33): "14", (3, 4, 34): "15"}  # fmt: skip


class UnknownLibrary(Exception):
    """A library whose package nobody has named."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(f"Which Debian packages have {', '.join(sorted(names))}? Say so in installer/linux/needs.py.")


@dataclass(frozen=True, slots=True)
class Needs:
    """``libraries``: sonames that the folder does not have. ``newest``: by library, the newest version of a symbol."""

    libraries: frozenset[str]
    newest: dict[str, tuple[int, ...]]

    def deb(self) -> list[str]:
        """For a deb's Depends. Raises UnknownLibrary."""
        if unknown := [name for name in self.libraries if name not in DEB_PACKAGES]:
            raise UnknownLibrary(unknown)
        packages = {DEB_PACKAGES[name] for name in self.libraries}
        versions = {}
        if (libc := self.newest.get("GLIBC")) is not None:
            versions["libc6"] = _dotted(libc)
        if (cxx := self.newest.get("GLIBCXX")) is not None and cxx >= min(_GCC_OF_GLIBCXX):
            versions["libstdc++6"] = _GCC_OF_GLIBCXX[cxx]
        return sorted(f"{name} (>= {versions[name]})" if name in versions else name for name in packages)

    def rpm(self) -> list[str]:
        """For an rpm's Requires: the libraries themselves, as every rpm distribution's packages provide them."""
        wide = "()(64bit)"
        plain = [f"{name}{wide}" for name in self.libraries if not name.startswith("ld-linux")]
        versioned = [f"{_VERSIONED[kind]}({kind}_{_dotted(number)})(64bit)" for kind, number in self.newest.items()]
        return sorted([*plain, *versioned])


def _dotted(number: Iterable[int]) -> str:
    return ".".join(map(str, number))


def needs_of(folder: Path) -> Needs:
    """What the programs and libraries in ``folder`` are linked to and do not find there. Asks objdump (binutils)."""
    wanted: set[str] = set()
    own: set[str] = set()
    newest: dict[str, tuple[int, ...]] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file() or not _is_elf(path):
            continue
        said = subprocess.run(["objdump", "-p", str(path)], capture_output=True, text=True, check=True).stdout
        wanted.update(re.findall(r"^\s+NEEDED\s+(\S+)", said, re.MULTILINE))
        own.update({path.name, *re.findall(r"^\s+SONAME\s+(\S+)", said, re.MULTILINE)})
        for kind, number in re.findall(r"\b(GLIBC|GLIBCXX)_(\d+(?:\.\d+)*)\b", said):
            newest[kind] = max(newest.get(kind, ()), tuple(map(int, number.split("."))))
    return Needs(frozenset(wanted - own), newest)


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"
