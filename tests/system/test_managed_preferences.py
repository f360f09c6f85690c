"""macOS' managed preferences: real property lists, in a folder of the test's own; not tried on a Mac here."""

import plistlib
from pathlib import Path
from typing import Any

import pytest

from b2cal_desktop.system.managed_preferences import DOMAIN, PLACE, read_managed_preferences
from b2cal_desktop.system.policy import CentralPolicy, load_policy, policy_from
from b2cal_desktop.system.settings_check import WrongSettings
from b2cal_desktop.system.settings_file import load_settings

SAMPLE = Path(__file__).parents[2] / "installer" / "policy" / "B2CalDesktop.mobileconfig"


def put(folder: Path, data: Any, *, binary: bool = False) -> None:
    folder.mkdir(exist_ok=True)
    fmt = plistlib.FMT_BINARY if binary else plistlib.FMT_XML
    (folder / f"{DOMAIN}.plist").write_bytes(plistlib.dumps(data, fmt=fmt))


def test_nothing_is_managed(tmp_path: Path) -> None:
    assert read_managed_preferences(tmp_path, "anna") == {}


def test_the_users_go_over_the_computers(tmp_path: Path) -> None:
    put(tmp_path, {"PayloadUUID": "x", "locked": {"language": "sv", "sync": {"poll_seconds": 90}}})
    put(tmp_path / "anna", {"locked": {"sync": {"poll_seconds": 120}}, "defaults": {"language": "en"}}, binary=True)
    assert read_managed_preferences(tmp_path, "anna") == {
        "locked": {"language": "sv", "sync": {"poll_seconds": 120}},
        "defaults": {"language": "en"},
    }
    assert read_managed_preferences(tmp_path, "bo")["locked"]["sync"] == {"poll_seconds": 90}
    assert "locked" in read_managed_preferences(tmp_path)


@pytest.mark.parametrize(
    "content",
    [b"", b"<plist", b"bplist00rubbish", b"<plist><date>x</date></plist>", plistlib.dumps(["locked"])],
)
def test_what_is_no_property_list_is_told_of_with_its_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / f"{DOMAIN}.plist").write_bytes(content)
    with pytest.raises(WrongSettings) as caught:
        read_managed_preferences(tmp_path, "")
    assert caught.value.path == str(tmp_path / f"{DOMAIN}.plist")


def test_a_value_of_the_wrong_kind_is_told_of(tmp_path: Path) -> None:
    put(tmp_path, {"locked": {"sync": {"poll_seconds": b"90"}}})
    with pytest.raises(WrongSettings, match=r"locked\.sync\.poll_seconds"):
        policy_from(PLACE, read_managed_preferences(tmp_path, ""))


def test_a_profile_that_is_taken_away_is_noticed(tmp_path: Path) -> None:
    put(tmp_path, {"locked": {"language": "sv"}})

    def read() -> dict[str, Any]:
        return read_managed_preferences(tmp_path, "")

    policy = load_policy(tmp_path / "none.toml", lambda: CentralPolicy(PLACE, read, read()))
    assert load_settings(tmp_path / "s.toml", policy).settings.language == "sv"
    assert policy.is_current()
    (tmp_path / f"{DOMAIN}.plist").write_bytes(b"rubbish")
    assert not policy.is_current()
    (tmp_path / f"{DOMAIN}.plist").unlink()
    assert not policy.is_current()


def test_the_sample_profile_is_a_policy(tmp_path: Path) -> None:
    profile = plistlib.loads(SAMPLE.read_bytes())
    (payload,) = profile["PayloadContent"]
    assert payload["PayloadType"] == DOMAIN
    put(tmp_path, payload)
    policy = policy_from(PLACE, read_managed_preferences(tmp_path, ""))
    loaded = load_settings(tmp_path / "s.toml", policy)
    assert policy.warnings == () and loaded.is_locked("calendar.microsoft365.client_id")
    assert loaded.settings.rules.method == "prefix_then_status"
