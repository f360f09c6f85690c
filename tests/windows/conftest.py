"""The packages, made once, and a Windows computer to try them on. On request only: this takes many minutes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.windows import computer

ASKED = os.environ.get("B2CAL_WINDOWS_TESTS") == "1"
OLDER = "0.0.9"
on_request = pytest.mark.skipif(not ASKED, reason="only on request: make windows-test")


@dataclass(frozen=True)
class Packages:
    """What one version is rolled out with."""

    version: str
    folder: Path
    setup: Path
    msi: Path


@pytest.fixture(scope="session")
def windows() -> Iterator[None]:
    """Wine as new, and with nobody left running in it afterwards."""
    assert not (missing := computer.missing_programs()), f"not installed: {', '.join(missing)}"
    computer.wine.forget_prefix()
    computer.wine.prepare()
    with _shown():
        computer.use_for_the_first_time()
    yield
    computer.wine.stop()


@pytest.fixture(scope="session")
def current(windows: None) -> Packages:
    """The packages of this tree, as ``make windows-package`` left them."""
    import package

    target = computer.ROOT / "build" / "package" / "windows"
    return _found(target, package.project.version()) or _made(computer.ROOT, target, package.project.version())


@pytest.fixture(scope="session")
def older(windows: None) -> Packages:
    """The packages of the tree as it was once, calling itself an older version; made when there are none."""
    target = computer.ROOT / "build" / "package" / "windows-older"
    return _found(target, OLDER) or _made(_older_tree(target / "tree"), target, OLDER)


def _found(target: Path, version: str) -> Packages | None:
    setup, msi = (target / f"B2Cal-Desktop-{version}{ending}" for ending in ("-setup.exe", ".msi"))
    folder = target / "b2cal-desktop"
    return Packages(version, folder, setup, msi) if setup.exists() and msi.exists() else None


def _older_tree(tree: Path) -> Path:
    shutil.rmtree(tree, ignore_errors=True)
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("b2cal_desktop", "resources", "installer"):
        shutil.copytree(computer.ROOT / name, tree / name, ignore=ignored)
    for name in ("pyproject.toml", "uv.lock", "LICENSE", "README.md"):
        shutil.copy(computer.ROOT / name, tree / name)
    _call_it_older(tree / "pyproject.toml", 'version = "')
    _call_it_older(tree / "b2cal_desktop" / "__init__.py", '__version__ = "')
    return tree


def _call_it_older(file: Path, start: str) -> None:
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    number = next(number for number, line in enumerate(lines) if line.startswith(start))
    lines[number] = f'{start}{OLDER}"\n'
    file.write_text("".join(lines), encoding="utf-8")


def _made(tree: Path, target: Path, version: str) -> Packages:
    import package

    folder = package.freeze(target, tree)
    setup, msi = package.make_packages(target, folder, version, test=True)
    return Packages(version, folder, setup, msi)


@pytest.fixture
def screen(windows: None) -> Iterator[computer.Screen]:
    """An empty screen, which every Windows program of the test shows its windows on."""
    with _shown() as made:
        yield made


@contextmanager
def _shown() -> Iterator[computer.Screen]:
    with computer.screen() as made:
        before = os.environ.get("DISPLAY")
        os.environ["DISPLAY"] = made.display
        computer.wine.stop()  # what serves windows has been told another screen, or none
        computer.wine.start_desktop()
        yield made
        computer.wine.stop()
        os.environ.pop("DISPLAY")
        if before is not None:
            os.environ["DISPLAY"] = before
