"""How large each package is, and how fast what is in it starts; written into docs/platforms.md.

Only what lies in build/package is measured: ``make linux-package`` and ``make windows-package`` put it there. Start is
from spawn to the tray item on D-Bus, beside the same app from its sources, in alternating rounds.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import tomli_w

from tests.desktop.session import DesktopSession

ROOT = Path(__file__).parents[1]
BUILT = ROOT / "build" / "package"
PAGE = ROOT / "docs" / "platforms.md"
BEGIN, END = "<!-- measured by make bench -->\n", "<!-- end -->\n"
_SAMPLE = ROOT / "resources" / "sample-calendar.ics"
_ROUNDS = 9
_MB = 1e6


@dataclass(frozen=True, slots=True)
class Package:
    """One file that is handed out. Bytes; ``start_ms`` is None where it has not been measured."""

    file: str
    download: int
    installed: int
    start_ms: float | None = None


def measure() -> dict[str, float]:
    """Megabytes and milliseconds by package, and ``frozen_start_ratio``: the frozen Linux app to the unfrozen one."""
    frozen = BUILT / "dist" / "b2cal-desktop"
    found: dict[str, float] = {}
    start_ms = None
    if sys.platform == "linux" and (frozen / "b2cal-desktop").exists():
        from_sources, start_ms = _starts(frozen / "b2cal-desktop")
        found = {
            "frozen_start_ms": start_ms,
            "frozen_start_ratio": start_ms / from_sources,
            "frozen_mb": _bytes_in(frozen) / _MB,
        }
    packages = [*_of_linux(start_ms), *_of_windows()]
    for package in packages:
        found[f"{package.file} MB"] = package.download / _MB
    if packages:
        _write(packages, found)
    else:
        print("packages: nothing is in build/package; make linux-package puts it there", file=sys.stderr)
    return found


def _starts(program: Path) -> tuple[float, float]:
    """Milliseconds until the icon is there: from the sources, and frozen. Medians."""
    from_sources, frozen = [], []
    with DesktopSession() as desktop, tempfile.TemporaryDirectory() as folder:
        settings = {"calendar": {"source": "icalendar", "icalendar": {"location": str(_SAMPLE)}}}
        (Path(folder) / "settings.toml").write_text(tomli_w.dumps(settings), encoding="utf-8")
        for _ in range(_ROUNDS):
            command = [sys.executable, "-m", "b2cal_desktop", "--profile", folder]
            from_sources.append(_once(desktop, command))
            frozen.append(_once(desktop, [str(program), "--profile", folder]))
    return statistics.median(from_sources), statistics.median(frozen)


def _once(desktop: DesktopSession, command: list[str]) -> float:
    begun = time.perf_counter()
    process = desktop.spawn(command)
    desktop.watcher.wait_for_item()
    took = (time.perf_counter() - begun) * 1000
    process.kill()
    process.wait()
    desktop.watcher.wait_until_empty()
    return took


def _of_linux(start_ms: float | None) -> list[Package]:
    asks = {
        ".deb": (["dpkg-deb", "-f"], ["Installed-Size"], 1024),
        ".rpm": (["rpm", "-qp", "--qf", "%{SIZE}"], [], 1),
    }
    found = []
    for path in sorted((BUILT / "out").glob("b2cal-desktop-[0-9]*")):
        if path.suffix not in asks:
            continue
        before, after, unit = asks[path.suffix]
        try:
            said = subprocess.run([*before, str(path), *after], capture_output=True, text=True, check=True).stdout
        except OSError:
            continue  # rpm is not on every machine
        found.append(Package(path.name, path.stat().st_size, int(said) * unit, start_ms))
    return found


def _of_windows() -> list[Package]:
    folder = BUILT / "windows"
    frozen = folder / "b2cal-desktop"
    files = sorted((*folder.glob("*-setup.exe"), *folder.glob("*.msi"))) if frozen.is_dir() else []
    return [Package(path.name, path.stat().st_size, _bytes_in(frozen)) for path in files]


def _bytes_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _write(packages: list[Package], found: dict[str, float]) -> None:
    """Put the table between the page's two marks."""
    lines = ["| package | download | installed | icon after |", "|---|---:|---:|---:|"]
    for one in packages:
        start = f"{one.start_ms:.0f} ms" if one.start_ms is not None else "not measured"
        lines.append(f"| `{one.file}` | {one.download / _MB:.0f} MB | {one.installed / _MB:.0f} MB | {start} |")
    if "frozen_start_ratio" in found:
        machine = f"{platform.machine()}, {os.cpu_count()} cores"
        times = f"{found['frozen_start_ratio']:.2f} times"
        lines += ["", f"The frozen app shows its icon in {times} the time of the same app from its sources (medians of"]
        lines += [f"{_ROUNDS} each, {platform.system()}, {machine})."]
    text = PAGE.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    PAGE.write_text(f"{head}{BEGIN}" + "\n".join(["", *lines, ""]) + f"\n{END}{tail}", encoding="utf-8")


if __name__ == "__main__":
    measure()
