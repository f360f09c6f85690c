"""What a release brings beside its packages, and what its workflows are allowed to do."""

import hashlib
import re
from pathlib import Path

import pytest

from installer.common import project
from installer.release import manifests

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ADDRESS, PAGE = "https://example.org/download/v1", "https://example.org/v1"


def test_manifests_are_filled_from_the_packages(tmp_path: Path) -> None:
    version = project.version()
    names = {
        "setup": f"B2Cal-Desktop-{version}-setup.exe",
        "msi": f"B2Cal-Desktop-{version}.msi",
        "dmg": f"b2cal-desktop-{version}-arm64.dmg",
    }
    for name in names.values():
        (tmp_path / name).write_text(name)
    assert manifests.main(["--files", str(tmp_path), "--address", ADDRESS, "--page", PAGE]) == 0
    sums = (tmp_path / "SHA256SUMS").read_text()
    hashes = {kind: hashlib.sha256(name.encode()).hexdigest() for kind, name in names.items()}
    assert all(f"{hashes[kind]}  {name}\n" in sums for kind, name in names.items())
    installer = (tmp_path / "winget" / "B2Cal.Desktop.installer.yaml").read_text(encoding="utf-8")
    assert f"{ADDRESS}/{names['msi']}" in installer and hashes["setup"].upper() in installer
    cask = (tmp_path / "b2cal-desktop.rb").read_text(encoding="utf-8")
    assert f'version "{version}"' in cask and f'sha256 "{hashes["dmg"]}"' in cask
    for path in (*(tmp_path / "winget").iterdir(), tmp_path / "b2cal-desktop.rb"):
        assert not re.search(r"@[A-Z_]+@", path.read_text(encoding="utf-8")), path


def test_a_template_that_asks_for_more_is_told() -> None:
    with pytest.raises(manifests.Unfilled, match="COLOUR"):
        manifests.filled("@VERSION@ @COLOUR@", {"VERSION": "1"})


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned_by_commit(path: Path) -> None:
    used = re.findall(r"uses: (\S+)(.*)", path.read_text(encoding="utf-8"))
    assert used
    for action, comment in used:
        assert action.startswith("./") or re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", action), action
        assert action.startswith("./") or re.match(r" # v\d", comment), action


def test_only_publishing_may_write() -> None:
    release = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    before, publish = release.split("\n  publish:\n")
    assert "permissions: {}" in before and ": write" not in before
    assert sorted(re.findall(r"(\S+): write", publish)) == ["attestations", "contents", "id-token"]
    assert "if: github.ref_type == 'tag'" in publish
