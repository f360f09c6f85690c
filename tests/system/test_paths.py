"""The profile's folders and files: where they lie, and that nobody else may read them."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from b2cal_desktop.core.errors import ProfileUnusable
from b2cal_desktop.system.paths import Profile, policy_path

posix = pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(params=[0o000, 0o077, 0o777], ids=["umask 000", "umask 077", "umask 777"])
def umask(request: pytest.FixtureRequest) -> object:
    old = os.umask(request.param)
    yield
    os.umask(old)


@posix
def test_a_new_profile_is_the_users_alone_whatever_the_umask(tmp_path: Path, umask: object) -> None:
    profile = Profile.in_folder(tmp_path / "a" / "b")
    profile.create()
    made = [tmp_path / "a", profile.folder, profile.cache, profile.log, profile.connectors]
    assert {mode(folder) for folder in made} == {0o700}
    assert mode(profile.ledger) == 0o600


@posix
def test_an_old_profile_is_closed_to_others(tmp_path: Path) -> None:
    profile = Profile.in_folder(tmp_path / "profile")
    profile.create()
    opened = [profile.folder, profile.cache, profile.log]
    wal = profile.data / "ledger.sqlite3-wal"
    for path in (profile.settings, profile.lock, wal, profile.log_file):
        path.touch()
    for path in (*opened, profile.settings, profile.ledger, profile.lock, wal, profile.log_file):
        path.chmod(0o777 if path.is_dir() else 0o666)
    profile.create()
    assert {mode(folder) for folder in opened} == {0o700}
    files = (profile.settings, profile.ledger, profile.lock, wal, profile.log_file)
    assert {mode(file) for file in files} == {0o600}


@posix
def test_a_folder_with_other_things_in_it_keeps_its_mode(tmp_path: Path) -> None:
    shared = tmp_path / "project"
    shared.mkdir()
    shared.chmod(0o755)
    (shared / "notes.txt").touch()
    profile = Profile.in_folder(shared)
    profile.create()
    assert (mode(shared), mode(profile.ledger)) == (0o755, 0o600)


@pytest.mark.parametrize("below_a_file", [True, False])
def test_a_folder_that_cannot_be_made_is_told_by_name(tmp_path: Path, below_a_file: bool) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    folder = file / "profile" if below_a_file else file
    with pytest.raises(ProfileUnusable, match=str(folder).replace("\\", ".")) as caught:
        Profile.in_folder(folder).create()
    assert caught.value.exit_code == 2
    assert file.read_text() == "x"


def test_creating_twice_changes_nothing(tmp_path: Path) -> None:
    profile = Profile.in_folder(tmp_path)
    profile.create()
    profile.ledger.write_bytes(b"kept")
    profile.create()
    assert profile.ledger.read_bytes() == b"kept"


def test_a_profile_in_one_folder(tmp_path: Path) -> None:
    profile = Profile.in_folder(str(tmp_path / "x" / ".." / "p"))
    assert profile.settings == tmp_path / "p" / "settings.toml"
    assert profile.ledger == tmp_path / "p" / "ledger.sqlite3"
    assert Profile.in_folder("~/p").folder == Path.home() / "p"
    assert profile.id == Profile.in_folder(tmp_path / "p").id != Profile.in_folder(tmp_path / "q").id


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux")
def test_the_default_profile_follows_the_desktops_folders(tmp_path: Path) -> None:
    show = (
        "from b2cal_desktop.system.paths import Profile; p = Profile.default(); "
        "print(p.settings, p.ledger, p.cache, p.log, sep='\\n')"
    )
    folders = {f"XDG_{name}_HOME": str(tmp_path / name) for name in ("CONFIG", "DATA", "CACHE", "STATE")}
    answer = subprocess.run(
        [sys.executable, "-c", show], env={**os.environ, **folders}, capture_output=True, text=True, check=True
    )
    assert answer.stdout.splitlines() == [
        str(tmp_path / "CONFIG" / "b2cal-desktop" / "settings.toml"),
        str(tmp_path / "DATA" / "b2cal-desktop" / "ledger.sqlite3"),
        str(tmp_path / "CACHE" / "b2cal-desktop"),
        str(tmp_path / "STATE" / "b2cal-desktop" / "log"),
    ]


def test_where_the_policy_lies() -> None:
    assert policy_path({}, "linux") == Path("/etc/b2cal-desktop/policy.toml")
    assert policy_path({}, "darwin") == Path("/Library/Application Support/B2Cal/policy.toml")
    assert policy_path({"ProgramData": "D:/Data"}, "win32") == Path("D:/Data/B2Cal/policy.toml")
    assert policy_path({"B2CAL_POLICY": "x.toml", "ProgramData": "D:/Data"}, "win32") == Path("x.toml")
