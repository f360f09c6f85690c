"""Makes .deb and .rpm of the frozen folder:

    uv run --no-dev --group build python installer/linux/package.py [--frozen DIR] [--target-dir DIR]

Two packages of each kind: ``b2cal-desktop``, and ``b2cal-desktop-autostart``, which has the app start for everybody who
logs in. What they depend on is read from the files themselves. The same folder gives the same packages.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # this is run as a file, too

from installer.common import project  # noqa: E402
from installer.linux.needs import Needs, needs_of  # noqa: E402

HERE = Path(__file__).resolve().parent
ICONS = ROOT / "installer" / "icons"
PLACE = f"/usr/lib/{project.NAME}"
_MORE = "A tray app: it runs as the person who uses it, reads that person's own calendar and nobody else's."
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}  # in nfpm's words; it translates them for rpm
# A place for passwords, and the certificates that servers are judged by: asked for, but a company may do without.
_RECOMMENDED = {"deb": ["ca-certificates", "gnome-keyring | kwalletmanager | keepassxc"],
                "rpm": ["ca-certificates", "gnome-keyring"]}  # fmt: skip


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Makes .deb and .rpm of the frozen folder.")
    parser.add_argument("--frozen", type=Path, default=ROOT / "build" / "package" / "dist" / project.NAME)
    parser.add_argument("--target-dir", type=Path, default=ROOT / "build" / "package" / "out")
    given = parser.parse_args(arguments)
    for path in make_packages(given.frozen.resolve(), given.target_dir.resolve()):
        print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")
    return 0


def make_packages(frozen: Path, target: Path) -> Iterator[Path]:
    """Both packages in both forms, in ``target``."""
    nfpm = Path(sys.executable).with_name("nfpm")
    staged = target.parent / "linux"
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(parents=True)
    target.mkdir(parents=True, exist_ok=True)
    made = project.source_date()
    environ = {**os.environ, "SOURCE_DATE_EPOCH": str(made)}
    (staged / "metainfo.xml").write_text(metainfo(made), encoding="utf-8")
    arch = _ARCHITECTURES[platform.machine()]
    described = {"": application(frozen, staged, needs_of(frozen), made, arch), "-autostart": autostart(made)}
    for suffix, description in described.items():
        config = staged / f"nfpm{suffix}.yaml"
        config.write_text(json.dumps(description, indent=1), encoding="utf-8")  # JSON is YAML
        for kind in ("deb", "rpm"):
            command = [str(nfpm), "package", "--config", str(config), "--packager", kind]
            path = target / _file_name(description, kind)
            subprocess.run([*command, "--target", str(path)], env=environ, stdout=subprocess.DEVNULL, check=True)
            yield path


def _file_name(description: Mapping[str, Any], kind: str) -> str:
    return f"{description['name']}-{project.version()}-{description['arch']}.{kind}"


def metainfo(made: int) -> str:
    """The AppStream description, with this version as its release."""
    text = (HERE / "metainfo.xml").read_text(encoding="utf-8")
    day = datetime.fromtimestamp(made, UTC).date().isoformat()
    text = text.replace("@VERSION@", project.version()).replace("@DATE@", day)
    if project.HOMEPAGE:
        text = text.replace("  <launchable", f'  <url type="homepage">{project.HOMEPAGE}</url>\n  <launchable', 1)
    return text


def application(frozen: Path, staged: Path, needs: Needs, made: int, arch: str) -> dict[str, Any]:
    """The main package, as nfpm wants it described. https://nfpm.goreleaser.com/docs/configuration/"""
    return {
        **_common(project.NAME, arch, made),
        "contents": [
            {"src": str(frozen), "dst": PLACE, "type": "tree"},
            {"src": f"{PLACE}/{project.NAME}", "dst": f"/usr/bin/{project.NAME}", "type": "symlink"},
            _file(HERE / "b2cal-desktop.desktop", f"/usr/share/applications/{project.NAME}.desktop"),
            _file(staged / "metainfo.xml", f"/usr/share/metainfo/{project.APP_ID}.metainfo.xml"),
            {"dst": f"/usr/share/doc/{project.NAME}", "type": "dir"},  # else an rpm leaves it behind
            _file(ROOT / "LICENSE", f"/usr/share/doc/{project.NAME}/copyright"),
            _file(ROOT / "resources" / "icons" / "app.svg", _icon_place("scalable", "svg")),
            *(_file(png, _icon_place(f"{png.stem}x{png.stem}", "png")) for png in sorted(ICONS.glob("*.png"))),
        ],
        "overrides": {
            "deb": {"depends": needs.deb(), "recommends": _RECOMMENDED["deb"]},
            "rpm": {"depends": needs.rpm(), "recommends": _RECOMMENDED["rpm"]},
        },
    }


def autostart(made: int) -> dict[str, Any]:
    """The small package that starts the app at everybody's log-in; a user can still say no."""
    described = _common(f"{project.NAME}-autostart", "all", made)
    described["description"] = f"{project.TITLE} at log-in, for everybody on this computer\n{project.SUMMARY['en']}."
    place = f"/etc/xdg/autostart/{project.NAME}.desktop"
    return {
        **described,
        "contents": [_file(HERE / "autostart.desktop", place)],
        "depends": [f"{project.NAME} (>= {project.version()})"],
        "overrides": {"rpm": {"depends": [f"{project.NAME} >= {project.version()}"]}},
    }


def _common(name: str, arch: str, made: int) -> dict[str, Any]:
    return {
        "name": name,
        "arch": arch,
        "platform": "linux",
        "version": project.version(),
        "version_schema": "none",
        "maintainer": project.MAINTAINER,
        "vendor": project.PUBLISHER,
        "homepage": project.HOMEPAGE,
        "license": "MIT",
        "section": "net",
        "priority": "optional",
        "description": f"{project.SUMMARY['en']}\n{_MORE}",
        "mtime": datetime.fromtimestamp(made, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "rpm": {"compression": "zstd", "buildhost": "localhost", "summary": project.SUMMARY["en"]},
        "deb": {"compression": "zstd"},
    }


def _file(source: Path, place: str) -> dict[str, Any]:
    return {"src": str(source), "dst": place, "file_info": {"mode": 0o644}}


def _icon_place(size: str, suffix: str) -> str:
    return f"/usr/share/icons/hicolor/{size}/apps/{project.NAME}.{suffix}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
