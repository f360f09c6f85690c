"""Which package each file of the frozen folder came from: what the licences and the list of parts are made from."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from installer.common.project import ROOT, version

TEXTS = Path(__file__).with_name("licences")
_LICENCE_FILE = re.compile(r"(?i)licen[cs]e|copying|copyright|notice|authors")
# Wheels without a licence file: the texts that lie in ``licences``.
_QT = {
    "pyside6-essentials": ("LGPL-3.0-only", "GPL-3.0-only", "Qt-third-party"),
    "shiboken6": ("LGPL-3.0-only", "GPL-3.0-only"),
}


class UnknownOrigin(Exception):
    """Files whose package is not known: they must not be handed on without a licence."""

    def __init__(self, paths: Iterable[str]) -> None:
        super().__init__("Nobody knows where these files come from, nor under which licence: " + ", ".join(paths))


@dataclass(frozen=True, slots=True)
class Part:
    """Something inside the package. ``texts``: its licence files; ``purl``: its address in package registries.

    ``requires`` are the names of the parts that it says it needs.
    """

    name: str
    version: str
    licence: str
    texts: tuple[Path, ...]
    purl: str
    homepage: str = ""
    requires: tuple[str, ...] = field(default=())


_OF_VISUAL_C = ("vcruntime", "msvcp", "concrt")
_VISUAL_C = Part(
    "Microsoft Visual C++ runtime",
    "14",
    "Microsoft's terms for distributable code",
    (TEXTS / "Microsoft-Visual-C++.txt",),
    "pkg:generic/microsoft-visual-cpp-runtime@14",
    "https://visualstudio.microsoft.com",
)


def bundled_parts(contents: Path) -> list[Part]:
    """The parts of the frozen folder that ``contents`` (``contents.json`` of the freezing) lists, by name.

    Raises UnknownOrigin.
    """
    found = {"python": _python(), "pyinstaller": _part(importlib.metadata.distribution("pyinstaller"))}
    for part in origins(contents):
        found.setdefault(part.name.lower(), part)
    return sorted(found.values(), key=lambda part: part.name.lower())


def origins(contents: Path) -> list[Part]:
    """Where each listed file that is not ours came from; raises UnknownOrigin."""
    listed = json.loads(contents.read_text(encoding="utf-8"))
    sources = sorted({source for _, source in (*listed["modules"], *listed["files"]) if not _is_ours(source)})
    known = {source: _origin(source) for source in sources}
    if unknown := [source for source, part in known.items() if part is None]:
        raise UnknownOrigin(unknown)
    return [part for part in known.values() if part is not None]


def _is_ours(source: str) -> bool:
    path = Path(os.path.abspath(source))  # noqa: PTH100  the environment of the build may lie in our folder as a link
    return any(path.is_relative_to(ROOT / folder) for folder in ("b2cal_desktop", "resources", "installer"))


def _origin(source: str) -> Part | None:
    if (name := _files_of_distributions().get(_normal(source))) is not None:
        return _part(importlib.metadata.distribution(name))
    first_modules = "base_library.zip"  # PyInstaller puts what Python itself starts with there
    if _is_of_python(source) or Path(source).name == first_modules:
        return _python()
    if Path(source).name.lower().startswith(_OF_VISUAL_C):
        return _VISUAL_C
    return _system_library(source)


def _normal(path: str | Path) -> str:
    return os.path.normcase(os.path.realpath(path))


@cache
def _files_of_distributions() -> dict[str, str]:
    """Every installed file, and the distribution that brought it."""
    found = {}
    for distribution in importlib.metadata.distributions():
        base = _normal(str(distribution.locate_file("")))
        for file in distribution.files or ():
            found[os.path.normcase(os.path.normpath(os.path.join(base, file)))] = distribution.name  # noqa: PTH118
    return found


def _part(distribution: importlib.metadata.Distribution) -> Part:
    said = distribution.metadata
    licence = (
        _said(said, "License-Expression") or _by_classifier(said.get_all("Classifier") or []) or _said(said, "License")
    )
    key = re.sub(r"[-_.]+", "-", distribution.name).lower()
    texts = tuple(_licence_files(distribution)) or tuple(TEXTS / f"{name}.txt" for name in _QT.get(key, ()))
    homepage = next(iter(_homepages(said.get_all("Project-URL") or [])), _said(said, "Home-page"))
    requires = {re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0] for line in distribution.requires or ()}
    return Part(
        distribution.name,
        distribution.version,
        (licence or "unknown").splitlines()[0][:120],
        texts,
        f"pkg:pypi/{key}@{distribution.version}",
        homepage,
        tuple(sorted(requires)),
    )


def _said(metadata: importlib.metadata.PackageMetadata, key: str) -> str:
    return metadata[key] if key in metadata else ""  # noqa: SIM401  the type has no get


def _by_classifier(classifiers: Iterable[str]) -> str:
    return ", ".join(c.rsplit(" :: ", 1)[1] for c in classifiers if c.startswith("License :: ") and c.count("::") > 1)


def _homepages(project_urls: Iterable[str]) -> Iterator[str]:
    pairs = [line.partition(",")[::2] for line in project_urls]
    for wanted in ("repository", "source", "homepage", "home"):
        yield from (url.strip() for label, url in pairs if label.strip().lower().startswith(wanted))


def _licence_files(distribution: importlib.metadata.Distribution) -> Iterator[Path]:
    for file in sorted(distribution.files or (), key=str):
        if _LICENCE_FILE.search(file.name) and any(part.endswith(".dist-info") for part in file.parts):
            path = Path(str(distribution.locate_file(file)))
            if path.is_file():
                yield path


def _is_of_python(source: str) -> bool:
    paths = sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")
    folders = {sys.base_prefix, *paths, str(Path(sys.executable).parent)} - {"/usr", "/usr/bin"}
    return any(Path(_normal(source)).is_relative_to(_normal(folder)) for folder in folders)


@cache
def _python() -> Part:
    places = [Path(sysconfig.get_path("stdlib")), Path(sys.base_prefix), Path(sys.base_prefix) / "lib"]
    texts = [place / name for place in places for name in ("LICENSE.txt", "LICENSE") if (place / name).is_file()]
    debian = Path(f"/usr/share/doc/python{sys.version_info.major}.{sys.version_info.minor}/copyright")
    number = platform.python_version()
    return Part(
        "Python",
        number,
        "PSF-2.0",
        tuple(texts[:1]) or tuple(path for path in (debian,) if path.is_file()),
        f"pkg:generic/python@{number}",
        "https://www.python.org",
    )


@cache
def _system_library(source: str) -> Part | None:
    """A library of the building machine's Debian or Ubuntu."""
    if sys.platform != "linux":
        return None
    real = os.path.realpath(source)
    for path in (real, real.removeprefix("/usr"), source):
        done = subprocess.run(["dpkg-query", "-S", path], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            name = done.stdout.split(":", 1)[0].split(",")[0]
            break
    else:
        return None
    command = ["dpkg-query", "-W", "-f", "${source:Package} ${source:Version} ${Homepage}", name]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    of, number, homepage = (*said.split(" "), "")[:3]
    text = Path(f"/usr/share/doc/{name}/copyright")
    return Part(of, number, "see text", (text,) if text.is_file() else (), f"pkg:deb/debian/{of}@{number}", homepage)


def ourselves() -> Part:
    """The product."""
    return Part("b2cal-desktop", version(), "MIT", (ROOT / "LICENSE",), f"pkg:generic/b2cal-desktop@{version()}")
