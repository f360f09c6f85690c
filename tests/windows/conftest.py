"""The packages, made once, and a Windows computer to try them on. On request only: this takes many minutes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
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
    """Wine, ready, and with nobody left running in it afterwards."""
    assert not (missing := computer.missing_programs()), f"not installed: {', '.join(missing)}"
    computer.wine.prepare()
    yield
    computer.wine.stop()


@pytest.fixture(scope="session")
def current(windows: None) -> Packages:
    """The packages of this tree."""
    return _made(computer.ROOT, computer.ROOT / "build" / "package" / "windows")


@pytest.fixture(scope="session")
def older(windows: None) -> Packages:
    """The packages of the same tree, calling itself an older version."""
    target = computer.ROOT / "build" / "package" / "windows-older"
    return _made(_older_tree(target / "tree"), target)


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


def _made(tree: Path, target: Path) -> Packages:
    """Anew where a source has changed since; installers in any case, as they take half a minute."""
    import package

    version = OLDER if tree != computer.ROOT else package.project.version()
    folder = package.freeze(target, tree)
    setup, msi = package.make_packages(target, folder, version, test=True)
    return Packages(version, folder, setup, msi)


@pytest.fixture
def screen(windows: None) -> Iterator[computer.Screen]:
    """An empty screen, which every Windows program of the test shows its windows on."""
    with computer.screen() as made:
        before = os.environ.get("DISPLAY")
        os.environ["DISPLAY"] = made.display
        computer.wine.stop()  # what serves windows has been told another screen, or none
        yield made
        computer.wine.stop()
        os.environ.pop("DISPLAY")
        if before is not None:
            os.environ["DISPLAY"] = before
