"""The administrator's file: what it decides, what it only suggests, and that its faults are told of it."""

import textwrap
import tomllib
from pathlib import Path

import pytest

from b2cal_desktop.core.errors import SettingsTooNew
from b2cal_desktop.system.policy import PolicyFile, load_policy, policy_from
from b2cal_desktop.system.settings import Settings
from b2cal_desktop.system.settings_check import WrongSettings
from b2cal_desktop.system.settings_file import load_settings, save_settings


@pytest.fixture
def path(profile: Path) -> Path:
    return profile / "settings.toml"


@pytest.fixture
def policy_file(tmp_path: Path) -> Path:
    return tmp_path / "policy.toml"


def decide(policy_file: Path, text: str) -> PolicyFile:
    policy_file.write_text(textwrap.dedent(text), encoding="utf-8")
    return load_policy(policy_file)


def test_no_policy_file_decides_nothing_until_one_appears(path: Path, policy_file: Path) -> None:
    policy = load_policy(policy_file)
    loaded = load_settings(path, policy)
    assert (loaded.settings, loaded.locked, loaded.is_current()) == (Settings(), frozenset(), True)
    policy_file.write_text("[locked]\nlanguage = 'sv'\n", encoding="utf-8")
    assert not loaded.is_current()


def test_product_below_defaults_below_settings_below_locks(path: Path, policy_file: Path) -> None:
    policy = decide(
        policy_file,
        """
        [defaults.sync]
        poll_seconds = 120
        edge_spread_seconds = 2
        [locked.sync]
        dry_run = true
        """,
    )
    path.write_text("[sync]\nedge_spread_seconds = 3\ndry_run = false\n", encoding="utf-8")
    loaded = load_settings(path, policy)
    sync = loaded.settings.sync
    assert (sync.enabled, sync.poll_seconds, sync.edge_spread_seconds, sync.dry_run) == (True, 120, 3, True)
    assert loaded.locked == {("sync", "dry_run")}
    assert [loaded.is_locked(key) for key in ("sync.dry_run", "sync", "sync.poll_seconds")] == [True, True, False]


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("[locked.sync]\npoll_seconds = 5", 2, "locked.sync.poll_seconds"),
        ("[defaults.rules.status]\nbusy = 'golf'", 2, "defaults.rules.status.busy"),
        ("[locked]\nrules.prefixes.lunch = 'SJU:'", 2, "locked.rules.prefixes.lunch"),
        ("locked = 3", 1, "locked"),
        ("version = 'x'", 1, "version"),
        ("[locked.switchboard.fields]\ntoken = 'x'", 2, "locked.switchboard.fields.token"),
    ],
)
def test_its_faults_are_told_with_its_own_name(path: Path, policy_file: Path, text: str, line: int, key: str) -> None:
    with pytest.raises(WrongSettings) as caught:
        load_settings(path, decide(policy_file, text))
    assert (caught.value.path, caught.value.line, caught.value.key) == (str(policy_file), line, key)


def test_a_newer_policy_and_a_stray_key(policy_file: Path) -> None:
    with pytest.raises(SettingsTooNew):
        decide(policy_file, "version = 2")
    (warning,) = decide(policy_file, "[sync]\npoll_seconds = 90").warnings
    assert "[defaults]" in warning.text.sv and "line 1" in warning.text.en


def test_a_locked_key_cannot_be_saved_and_its_own_value_needs_no_saving(path: Path, policy_file: Path) -> None:
    policy = decide(policy_file, "[locked]\nsync.dry_run = true\nrules.prefixes = {lunch = 'MAT:'}\n")
    for changes in (
        {"sync.dry_run": False},
        {"rules.prefixes": {"lunch": "LUN:", "sick": "S:"}},
        {"sync": {"dry_run": False}},
    ):
        with pytest.raises(WrongSettings, match="decided by company policy") as caught:
            save_settings(path, changes, policy)
        assert (caught.value.path, path.exists()) == (str(policy_file), False)
    loaded = save_settings(path, {"sync.dry_run": True, "rules.prefixes": {"lunch": "MAT:", "sick": "S:"}}, policy)
    assert tomllib.loads(path.read_text(encoding="utf-8")) == {"version": 1, "rules": {"prefixes": {"sick": "S:"}}}
    assert loaded.settings.rules.prefixes["lunch"] == "MAT:"


def test_saving_the_products_default_over_the_administrators_is_written(path: Path, policy_file: Path) -> None:
    policy = decide(policy_file, "[defaults]\nsync.poll_seconds = 120\n")
    assert save_settings(path, {"sync.poll_seconds": 60}, policy).settings.sync.poll_seconds == 60
    assert load_settings(path, policy).settings.sync.poll_seconds == 60


def test_the_administrators_diversions_join_the_users(path: Path, policy_file: Path) -> None:
    policy = decide(
        policy_file,
        """
        [[locked.diversions]]
        key = "travelling"
        label = {sv = "På resa", en = "Travelling"}
        kind = "absence"
        remote = {telepo = "7"}
        [[locked.diversions]]
        key = "lunch"
        remote = {telepo = "3"}
        """,
    )
    path.write_text(
        '[[diversions]]\nkey = "lunch"\nlabel = {sv = "Käk", en = "Food"}\nremote = {telepo = "9", xsi = "Lunch"}\n',
        encoding="utf-8",
    )
    loaded = load_settings(path, policy)
    catalogue = loaded.settings.catalogue()
    assert catalogue["travelling"].remote == {"telepo": "7"}
    assert catalogue["lunch"].remote == {"telepo": "3", "xsi": "Lunch"}
    assert catalogue.label("lunch", "sv") == "Käk"
    assert loaded.is_locked("diversions.travelling") and loaded.is_locked("diversions.lunch.remote.telepo")
    with pytest.raises(WrongSettings, match="company policy"):
        save_settings(path, {"diversions": [{"key": "lunch", "remote": {"telepo": "9"}}]}, policy)
    save_settings(path, {"diversions": [{"key": "lunch", "remote": {"xsi": "Lunch"}}]}, policy)


def test_a_locked_switchboard_drops_the_fields_of_another_and_takes_the_users_own(
    path: Path, policy_file: Path
) -> None:
    path.write_text(
        '[switchboard]\nconnector = "xsi"\n[switchboard.fields]\nbase_url = "https://old.se"\n', encoding="utf-8"
    )
    policy = decide(
        policy_file,
        """
        [locked.switchboard]
        connector = "telepo"
        fields = {base_url = "https://vaxel.foretag.se"}
        """,
    )
    assert load_settings(path, policy).settings.switchboard.fields == {"base_url": "https://vaxel.foretag.se"}
    loaded = save_settings(path, {"switchboard.fields.user": "anna"}, policy)
    assert loaded.settings.switchboard.fields == {"base_url": "https://vaxel.foretag.se", "user": "anna"}
    assert load_settings(path, policy).settings == loaded.settings


def test_a_policy_can_come_from_elsewhere_than_a_file(path: Path) -> None:
    policy = policy_from(Path(r"HKLM\Software\Policies\B2Cal"), {"locked": {"language": "sv"}})
    assert load_settings(path, policy).settings.language == "sv"
    with pytest.raises(WrongSettings, match="HKLM"):
        policy_from(Path(r"HKLM\Software\Policies\B2Cal"), {"locked": {"language": 3}})
