"""What goes into the frozen folder, and what stays out. The one place where that is said, for every platform."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

from installer.common.project import ROOT

ENTRY = ROOT / "b2cal_desktop" / "__main__.py"

_NO_DATA = {".py", ".pyc", ".pyi"}

# Asked for by name while running, so that no reading of the sources finds them.
HIDDEN_IMPORTS = ("keyring.backends.fail", "keyring.backends.null", "keyring.backends.chainer")
PACKAGES_OF_HIDDEN_IMPORTS = ("dns.rdtypes",)  # dnspython imports a record's type by its name

# Packages that look up their own or others' version, entry points or existence.
METADATA = ("keyring", "exchangelib", "msal", "msal-extensions", "pyspnego", "tzdata", "icalendar", "cryptography",
            "PySide6-Essentials", "requests", "lxml", "recurring-ical-events", "truststore", "msgspec")  # fmt: skip
PACKAGES_WITH_DATA = ("tzdata", "icalendar")

EXCLUDED_MODULES = (
    "IPython", "PyInstaller", "_pytest", "curses", "ensurepip", "idlelib", "lib2to3", "mypy", "numpy", "pip",
    "pkg_resources", "pydoc_data", "pytest", "readline", "setuptools", "test", "tkinter", "turtledemo", "wheel",
    # of lxml only etree is used
    "lxml.cssselect", "lxml.doctestcompare", "lxml.html", "lxml.isoschematron", "lxml.objectify", "lxml.sax",
    # only Linux desktops are spoken to over D-Bus
    *(() if sys.platform == "linux" else ("PySide6.QtDBus",)),
)  # fmt: skip

# PyInstaller's code that runs before ours. The first loads Qt, for each command, and tells Qt by the environment, which
# every program that we start inherits, what PySide6's wheels know by themselves. The others do what nobody asks for.
RUNTIME_HOOKS_LEFT_OUT = ("pyi_rth_pyside6", "pyi_rth_inspect", "pyi_rth_multiprocessing")

# exchangelib colours XML in its log: one language of the five hundred that Pygments knows, one way to show it.
_PYGMENTS = {
    "lexers": {"_css_builtins", "_mapping", "css", "html", "javascript", "jvm", "ruby"},
    "formatters": {"_mapping", "terminal"},
    "styles": {"_mapping", "default"},
}

# Under the LGPL: whoever uses the program may put versions of their own in their place, so they stay ordinary files.
REPLACEABLE_MODULES = ("recurring_ical_events", "x_wr_timezone")

# --- Qt ---

QT_PLUGINS = {
    "linux": (
        "iconengines/libqsvgicon", "imageformats/libqsvg", "networkinformation/libqglib",
        "networkinformation/libqnetworkmanager", "platforminputcontexts/libcompose",
        "platforminputcontexts/libibus", "platforms/libqxcb", "platforms/libqwayland", "platforms/libqoffscreen",
        "platformthemes/libqxdgdesktopportal", "wayland-decoration-client/libadwaita",
        "wayland-decoration-client/libbradient", "wayland-shell-integration/libxdg-shell",
    ),
    "win32": (
        "iconengines/qsvgicon", "imageformats/qsvg", "imageformats/qico", "networkinformation/", "platforms/qwindows",
        "platforms/qoffscreen", "styles/",
    ),
    "darwin": (
        "iconengines/libqsvgicon", "imageformats/libqsvg", "networkinformation/", "platforms/libqcocoa",
        "platforms/libqoffscreen", "styles/",
    ),
}  # fmt: skip
QT_TRANSLATIONS = ("qtbase_sv.qm", "qtbase_en.qm")  # the buttons of Qt's own dialogs

# What every Linux desktop has, or what the packages name as a dependency: its bugs are mended by the distribution,
# and a copy of our own would meet the graphics drivers' newer one in the same process.
SYSTEM_LIBRARIES = (
    "libEGL", "libGL", "libGLX", "libGLdispatch", "libICE", "libSM", "libX", "libatk", "libatspi", "libblkid",
    "libcairo", "libcap", "libcom_err", "libcups", "libdatrie", "libdbus", "libdrm", "libepoxy", "libfontconfig",
    "libfreetype", "libfribidi", "libgcc_s", "libgcrypt", "libgdk", "libgio", "libglib", "libgmodule", "libgobject",
    "libgpg-error", "libgraphite2", "libgssapi_krb5", "libgthread", "libgtk", "libharfbuzz", "libk5crypto",
    "libkeyutils", "libkrb5", "liblz4", "libmount", "libpango", "libpcre", "libpixman", "libpng", "libselinux",
    "libstdc++", "libsystemd", "libthai", "libudev", "libwayland", "libxcb", "libxkbcommon", "libzstd", "libmd.",
    "libbsd", "libbrotli", "libnghttp",
)  # fmt: skip


def data_files() -> list[tuple[str, str]]:
    """Our own files that are no modules: (where it lies, the folder it goes to).

    The app finds its resources inside its package: b2cal_desktop/ui/resources.py.
    """
    homes = ((ROOT / "resources", "b2cal_desktop/resources"), (ENTRY.parent, "b2cal_desktop"))
    return [
        (str(path), str(PurePosixPath(place, path.relative_to(folder).parent.as_posix())))
        for folder, place in homes
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix not in _NO_DATA
    ]


def is_wanted(destination: str, platform: str = sys.platform) -> bool:
    """Whether a file that PyInstaller found belongs into the package, by its place there.

    ``destination`` is relative to the package, with either kind of slash.
    """
    path = PurePosixPath(destination.replace("\\", "/"))
    text = str(path)
    if "/plugins/" in text and "PySide6" in path.parts:
        plugin = text.split("/plugins/", 1)[1]
        return plugin.startswith(QT_PLUGINS.get(platform, QT_PLUGINS["linux"]))
    if "PySide6" in path.parts and "translations" in path.parts:
        return path.name in QT_TRANSLATIONS
    if path.suffix in {".py", ".pyi", ".pyc"} and not path.name.startswith(REPLACEABLE_MODULES):
        # as data: sources and type stubs, which the archive of modules makes superfluous
        return path.parts[0] in REPLACEABLE_MODULES
    if path.parts[0].endswith(".dist-info"):
        return path.name in {"METADATA", "entry_points.txt"}  # the licences are collected in a folder of their own
    if {"test", "tests"} & set(path.parts):
        return False
    if "PySide6" in path.parts and {"qml", "resources", "metatypes"} & set(path.parts):
        return False
    if platform == "linux" and "PySide6" not in path.parts and path.name.startswith(SYSTEM_LIBRARIES):
        return False
    # A software OpenGL for Windows: nothing here draws by OpenGL.
    return path.name.lower() != "opengl32sw.dll"


def is_wanted_module(name: str) -> bool:
    """Whether a Python module that PyInstaller found belongs into the package."""
    package, _, rest = name.partition(".")
    if package == "pygments" and (kind := rest.split(".")[0]) in _PYGMENTS and "." in rest:
        return rest.split(".")[1] in _PYGMENTS[kind]
    return not (package in REPLACEABLE_MODULES and "test" in rest.split("."))


# Debugging symbols are taken out of these, in the frozen folder on Linux. Other wheels come without, and a library
# that was patched after it was linked, as wheels' often are, may break.
STRIPPED = (
    "_internal/libpython*", "_internal/python*/lib-dynload/*.so", "_internal/PySide6/Qt/lib/libicu*",
    "_internal/cryptography/hazmat/bindings/*.so",
)  # fmt: skip


def reachable(
    files: Iterable[tuple[str, str]], imports: Callable[[str], Iterable[str]], is_root: Callable[[str], bool]
) -> set[str]:
    """The destinations that are needed: the roots, and every library that something needed is linked to.

    ``files`` are (destination, source); ``imports`` gives the file names that a source is linked to. A library that
    only a plugin left out was linked to is thereby left out with it.
    """
    by_name: dict[str, list[tuple[str, str]]] = {}
    waiting: list[tuple[str, str]] = []
    for destination, source in files:
        by_name.setdefault(_name(destination), []).append((destination, source))
        if is_root(destination):
            waiting.append((destination, source))
    needed: set[str] = set()
    while waiting:
        destination, source = waiting.pop()
        if destination in needed:
            continue
        needed.add(destination)
        for name in imports(source):
            waiting.extend(by_name.get(_name(name), ()))
    return needed


def is_kept_link(destination: str, target: str, kept: set[str]) -> bool:
    """Whether what a link at ``destination`` points to, ``target`` relative to it, is in the package."""
    place = os.path.normpath(PurePosixPath(destination.replace("\\", "/")).parent / target).replace("\\", "/")
    return any(one.replace("\\", "/") == place or one.replace("\\", "/").startswith(f"{place}/") for one in kept)


def framework(destination: str) -> str | None:
    """The macOS framework that a file is part of, by its place in the package."""
    head, mark, _ = destination.partition(".framework/")
    return head + mark if mark else None


def _name(path: str) -> str:
    return Path(path.replace("\\", "/")).name.lower()


def is_library(destination: str) -> bool:
    """Whether a binary is there for others only: Qt's own, or one beside the interpreter. All others are roots."""
    path = PurePosixPath(destination.replace("\\", "/"))
    name = path.name.lower()
    if "plugins" in path.parts or name.endswith((".pyd", ".abi3.so")) or "cpython-" in name or ".abi3" in name:
        return False
    if name.startswith(("libpython", "python3")) or name == "python":  # macOS: Python.framework/Versions/3.13/Python
        return False
    return name.startswith(("lib", "qt6", "qt")) or ".framework" in str(path) or name.endswith(".dll")
