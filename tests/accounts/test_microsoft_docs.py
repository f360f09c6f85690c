"""The administrator's guide and scripts say what the program does."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import tree_sitter
import tree_sitter_powershell

from b2cal_desktop.accounts.microsoft_clouds import CLOUDS, Registration
from b2cal_desktop.system.policy import load_policy
from b2cal_desktop.system.settings import Microsoft365Settings

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "installer" / "microsoft365"
GUIDES = [ROOT / "docs" / "admin-microsoft365.md", ROOT / "docs" / "admin-microsoft365.sv.md"]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_the_policy_in_the_guide_is_a_policy(guide: Path, tmp_path: Path) -> None:
    text = guide.read_text("utf-8")
    (toml,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    (tmp_path / "policy.toml").write_text(toml, "utf-8")
    policy = load_policy(tmp_path / "policy.toml")
    assert policy.warnings == ()
    assert ("calendar", "microsoft365", "client_id") in policy.locked_keys
    registration = Registration.from_settings(Microsoft365Settings(client_id="<application-id>", tenant="<tenant-id>"))
    assert registration.host in text
    assert all(f"`{key}`" in text for key in ("Calendars.ReadBasic", "MailboxSettings.Read", "http://localhost"))


def test_the_guides_have_the_same_parts() -> None:
    english, swedish = (guide.read_text("utf-8") for guide in GUIDES)
    for shape in (r"^## \d", r"^\|", r"^\d\. ", r"^```", r"^- "):
        assert len(re.findall(shape, english, re.MULTILINE)) == len(re.findall(shape, swedish, re.MULTILINE)), shape


def test_both_scripts_ask_for_the_same() -> None:
    texts = [path.read_text("utf-8") for path in sorted(SCRIPTS.iterdir())]
    assert len(texts) == 2
    for text in texts:
        for word in ("openid", "profile", "offline_access", "User.Read", "Calendars.ReadBasic", "http://localhost"):
            assert word in text
        assert "AllPrincipals" in text
        assert not re.search(r"Role'|New-MgApplicationPassword|credential reset", text)
        assert set(re.findall(r"cloud=(\w+)|= '(global|usgov|usdod|china)'", text))
    assert all(cloud in texts[1] for cloud in CLOUDS)


def wrong_places(source: bytes) -> list[str]:
    """Where PowerShell's grammar (the one that editors colour by) does not understand ``source``."""
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))
    left, found = [parser.parse(source).root_node], []
    while left:
        node = left.pop()
        left += node.children
        if node.is_error or node.is_missing:
            found.append(f"line {node.start_point.row + 1}: {node.type}")
    return found


@pytest.mark.parametrize("script", sorted((ROOT / "installer").rglob("*.ps1")), ids=lambda path: path.name)
def test_the_powershell_scripts_are_powershell(script: Path) -> None:
    source = script.read_bytes()
    assert wrong_places(source) == []
    assert wrong_places(source.replace(b"if (", b"if ((", 1))
    assert all(byte < 128 for byte in source)  # Windows PowerShell 5.1 reads a file without a mark as its own code page


@pytest.mark.skipif(sys.platform == "win32", reason="only on systems with a POSIX shell")
def test_the_az_script_does_what_it_says(tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    (tmp_path / "az").write_text(
        f"""#!/bin/sh
        printf '%s\\n' "$*" >>{calls}
        case "$*" in
          "ad sp show --id 00000003"*) echo "id-of-${{5##*value==}}" | tr -d "'\\]|[ " ;;
          "ad app list"*) ;;
          "ad app create"*) echo app-1 ;;
          "ad sp show"*) exit 3 ;;
          "cloud show"*) echo AzureCloud ;;
          "account show"*) echo tenant-1 ;;
        esac
        """,
        "utf-8",
    )
    (tmp_path / "az").chmod(0o755)
    script = SCRIPTS / "register-app-az.sh"
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    done = subprocess.run(
        ["bash", str(script), "--mailbox-settings"], env=environment, capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 0, done.stderr
    assert tomllib.loads(done.stdout)["locked"]["calendar"]["microsoft365"] == {
        "tenant": "tenant-1", "client_id": "app-1", "cloud": "global",
    }  # fmt: skip
    told = calls.read_text("utf-8")
    assert "ad app update --id app-1" in told
    assert "--is-fallback-public-client true --public-client-redirect-uris http://localhost" in told
    assert "ad sp create --id app-1" in told
    scopes = "openid profile offline_access User.Read MailboxSettings.Read Calendars.ReadBasic"
    assert f"--scope {scopes} --consent-type AllPrincipals" in told
    more = subprocess.run(
        ["bash", str(script), "--read", "--broker"], env=environment, capture_output=True, text=True, timeout=30
    )
    policy = tomllib.loads(more.stdout)["locked"]["calendar"]["microsoft365"]
    assert (policy["permission"], policy["broker"]) == ("full", True)
    assert "Calendars.Read --consent-type" in calls.read_text("utf-8")
    wrong = subprocess.run(["bash", str(script), "--secret"], env=environment, capture_output=True, timeout=30)
    assert wrong.returncode == 2
