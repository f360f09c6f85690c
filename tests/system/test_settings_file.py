"""settings.toml: what loads, what is refused and how it is told, and that saving changes only what it was asked to."""

import os
import subprocess
import sys
import textwrap
import tomllib
from collections.abc import Mapping
from datetime import UTC, date, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from b2cal_desktop.core.errors import SettingsProblem, SettingsTooNew
from b2cal_desktop.core.model import Kind, ShowAs
from b2cal_desktop.core.reconcile import ManualOverride
from b2cal_desktop.core.rules import DEFAULT_STATUS, Method, Rules, WorkingHours
from b2cal_desktop.system.settings import Settings
from b2cal_desktop.system.settings_check import WrongSettings
from b2cal_desktop.system.settings_file import (
    LoadedSettings,
    Versions,
    load_settings,
    migrate_settings,
    save_settings,
    settings_stamp,
)

EVERY_KEY = Path(__file__).with_name("every_key.toml")


@pytest.fixture
def path(profile: Path) -> Path:
    return profile / "settings.toml"


def load(path: Path, text: str) -> LoadedSettings:
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return load_settings(path)


def refused(path: Path, text: str) -> WrongSettings:
    with pytest.raises(WrongSettings) as caught:
        load(path, text)
    return caught.value


# --- What loads ---


def test_no_file_is_all_defaults(path: Path) -> None:
    loaded = load_settings(path)
    assert loaded.settings == Settings()
    assert (loaded.warnings, loaded.raw, loaded.stamp) == ((), {}, None)
    assert not path.exists()


def test_a_list_of_diversions_counts_at_the_top_only(path: Path) -> None:
    loaded = load(path, '[rules]\ndiversions = ["lunch"]\n[calendar]\ndiversions = 7')
    assert [warning.code for warning in loaded.warnings] == ["unknown_key", "unknown_key"]


def test_the_file_with_every_key_loads_as_it_stands(path: Path) -> None:
    text = EVERY_KEY.read_text(encoding="utf-8")
    loaded = load(path, text)
    assert loaded.warnings == ()
    held = msgspec.json.decode(msgspec.json.encode(loaded.settings))
    expected = tomllib.loads(text)
    held["diversions"][0].pop("removed")
    assert held == expected


def test_what_the_file_leaves_out_has_the_default_that_the_file_with_every_key_shows(path: Path) -> None:
    shown = tomllib.loads(EVERY_KEY.read_text(encoding="utf-8"))
    default = msgspec.json.decode(msgspec.json.encode(load_settings(path).settings))
    del shown["diversions"], default["diversions"]
    for example in ("url", "user"):  # a password must never go to an example's server
        assert default["calendar"]["exchange"].pop(example) == ""
        del shown["calendar"]["exchange"][example]
    assert default == shown


def test_settings_become_cores_rules(path: Path) -> None:
    loaded = load(
        path,
        """
        [rules]
        method = "prefix_then_status"
        lead_minutes = 5
        [rules.status]
        tentative = "busy"
        [rules.prefixes]
        lunch = ["LUN:", "MAT:"]
        travelling = "RES:"
        sick = ""
        [rules.working_hours]
        enabled = true
        days = ["mon", "sun"]
        start = "07:30"
        outside = "gone_for_the_day"
        [[diversions]]
        key = "travelling"
        label = {sv = "På resa", en = "Travelling"}
        kind = "place"
        remote = {telepo = "7"}
        [[diversions]]
        key = "lunch"
        label = {sv = "Käk", en = "Food"}
        """,
    )
    catalogue = loaded.settings.catalogue()
    rules = loaded.settings.to_rules(catalogue)
    assert rules.method is Method.PREFIX_THEN_STATUS
    assert rules.lead_minutes == 5
    assert rules.status == {**DEFAULT_STATUS, ShowAs.TENTATIVE: "busy"}
    assert rules.working_hours == WorkingHours(frozenset({0, 6}), time(7, 30), time(17), "gone_for_the_day")
    assert [rules.match_prefix(s) for s in ("mat: x", "RES: Kiruna", "MOT: y", "SJU: z")] == [
        "lunch",
        "travelling",
        "meeting",
        None,
    ]
    assert catalogue["travelling"].kind is Kind.PLACE
    assert catalogue["travelling"].remote == {"telepo": "7"}
    assert catalogue.label("lunch", "sv") == "Käk"
    assert catalogue["lunch"].kind is Kind.ACTIVITY
    assert [*catalogue][-1] == "travelling"


def test_default_settings_are_cores_default_rules() -> None:
    settings = Settings()
    assert settings.to_rules(settings.catalogue()) == Rules()


def test_the_calendars_zone_and_the_policy(path: Path) -> None:
    settings = load(path, '[calendar]\ntimezone = "Asia/Tokyo"\n[sync]\nmanual_override = "until_cleared"').settings
    assert settings.timezone(UTC) == ZoneInfo("Asia/Tokyo")
    assert Settings().timezone(UTC) is UTC
    policy = settings.policy(ends=False)
    assert (policy.ends, policy.manual_override) == (False, ManualOverride.UNTIL_CLEARED)


def test_a_removed_standard_diversion_takes_its_defaults_along(path: Path) -> None:
    settings = load(path, '[[diversions]]\nkey = "out_of_office"\nremoved = true').settings
    assert "out_of_office" not in settings.catalogue()
    assert settings.rules.status.oof == ""
    assert "out_of_office" not in (*settings.rules.prefixes, *settings.rules.order)


def test_another_connector_does_not_inherit_the_practice_switchboards_fields(path: Path) -> None:
    settings = load(path, '[switchboard]\nconnector = "telepo"\n[switchboard.fields]\ndomain = "foretag.se"').settings
    assert settings.switchboard.fields == {"domain": "foretag.se"}


def test_unknown_keys_are_warned_of_with_line_and_likely_meaning(path: Path) -> None:
    loaded = load(path, "[sync]\npoll_second = 90\n[extra]\nx = 1\n")
    assert [warning.code for warning in loaded.warnings] == ["unknown_key", "unknown_key"]
    first, second = loaded.warnings
    assert "line 2" in first.text.en and "sync.poll_second" in first.text.en and "poll_seconds" in first.text.en
    assert "rad 3" in second.text.sv and "extra" in second.text.sv
    assert loaded.settings == Settings()


# --- What is refused ---

WRONG = [
    ("[sync]\npoll_seconds = 29", 2, "sync.poll_seconds", "30 to 900"),
    ("[sync]\npoll_seconds = 901", 2, "sync.poll_seconds", "30 to 900"),
    ("[sync]\npoll_seconds = true", 2, "sync.poll_seconds", "whole number"),
    ("[sync]\npoll_seconds = 60.0", 2, "sync.poll_seconds", "whole number"),
    ("[sync]\nedge_spread_seconds = 31", 2, "sync.edge_spread_seconds", "0 to 30"),
    ("[sync]\nenabled = 1", 2, "sync.enabled", "true or false"),
    ('[sync]\non_quit = "keep"', 2, "sync.on_quit", '"auto", "clear", "leave"'),
    ("sync = 3", 1, "sync", "a table"),
    ('language = "de"', 1, "language", '"auto", "sv", "en"'),
    ("version = 0", 1, "version", "1"),
    ('version = "1"', 1, "version", "1"),
    ('[calendar]\ntimezone = "Mars/Base"', 2, "calendar.timezone", "Europe/Stockholm"),
    ('[calendar]\ntimezone = "Europe"', 2, "calendar.timezone", "Europe/Stockholm"),
    ('[calendar]\ntimezone = "../../etc/passwd"', 2, "calendar.timezone", "Europe/Stockholm"),
    ('[calendar.exchange]\nurl = "http://mail.foretag.se/"', 2, "calendar.exchange.url", "https://"),
    ('[calendar.microsoft365]\ngraph_root = "graph"', 2, "calendar.microsoft365.graph_root", "https://"),
    ("[rules]\nlead_minutes = 121", 2, "rules.lead_minutes", "0 to 120"),
    ("[rules]\nbridge_minutes = -1", 2, "rules.bridge_minutes", "0 to 60"),
    ('[rules.status]\nbusy = "buzy"', 2, "rules.status.busy", "Was busy meant?"),
    ('[rules.prefixes]\ntravelling = "RES:"', 2, "rules.prefixes.travelling", "no diversion"),
    ("[rules.prefixes]\nlunch = 3", 2, "rules.prefixes.lunch", "or a list"),
    ('[rules.prefixes]\nlunch = ["A:", 3]', 2, "rules.prefixes.lunch", "or a list"),
    ('[rules.prefixes]\nmeeting = "lun :"', 2, "rules.prefixes.meeting", "LUN: and lun : cannot be told apart"),
    ('[rules.prefixes]\nlunch = ["MÄT:", "MAT:"]', 2, "rules.prefixes.lunch", "MÄT: and MAT:"),
    ('[rules]\norder = ["sick", "golf"]', 2, "rules.order[2]", "no diversion 'golf'"),
    ('[rules]\norder = ["sick", "sick"]', 2, "rules.order[2]", "twice"),
    ('[rules.working_hours]\ndays = ["mon", "tis"]', 2, "rules.working_hours.days[2]", '"tue"'),
    ("[rules.working_hours]\nstart = 08:00:00", 2, "rules.working_hours.start", '"08:00"'),
    ('[rules.working_hours]\nstart = "8:00"', 2, "rules.working_hours.start", '"08:00"'),
    ('[rules.working_hours]\nend = "24:00"', 2, "rules.working_hours.end", '"08:00"'),
    ('[rules.working_hours]\nend = "08:00"', 2, "rules.working_hours.end", "begin before"),
    ('[rules.working_hours]\nstart = "17:30"', 2, "rules.working_hours.start", "begin before"),
    ('[rules.working_hours]\noutside = "home"', 2, "rules.working_hours.outside", "no diversion"),
    ('[[diversions]]\nkey = "Resa"', 2, "diversions[1].key", "small letters"),
    ('[[diversions]]\nlabel = {sv = "x", en = "y"}', 1, "diversions[1]", "key is missing"),
    ('[[diversions]]\nkey = "golf"', 1, "diversions[1]", "label"),
    ('[[diversions]]\nkey = "golf"\nlabel = {sv = "Golf"}', 3, "diversions[1].label", "en is missing"),
    ('[[diversions]]\nkey = "golf"\nlabel = {sv = "Golf", en = " "}', 3, "diversions[1].label.en", "1 to 60"),
    ('[[diversions]]\nkey = "sick"\nkind = "available"', 3, "diversions[1].kind", '"absence", "activity", "place"'),
    ('[[diversions]]\nkey = "sick"\n[[diversions]]\nkey = "sick"', 4, "diversions[2].key", "twice"),
    ('[[diversions]]\nkey = "available"\nremoved = true', 1, "diversions[1]", "only label and remote"),
    (
        '[[diversions]]\nkey = "sick"\nremoved = true\n[rules.status]\noof = "sick"',
        5,
        "rules.status.oof",
        "no diversion",
    ),
    ("[switchboard]\nfields = 3", 2, "switchboard.fields", "a table"),
    ("[switchboard.fields]\nport = 3", 2, "switchboard.fields.port", "text"),
    ('[switchboard]\nconnector = "../x"', 2, "switchboard.connector", "connector's id"),
    ('[switchboard.fields]\ntoken = "hush"', 2, "switchboard.fields.token", "b2cal-desktop sign-in switchboard"),
    ('[switchboard.fields]\nPassword = "hush"', 2, "switchboard.fields.Password", "sign-in switchboard"),
    ('[calendar.exchange]\npassword = "hush"', 2, "calendar.exchange.password", "sign-in calendar"),
    ("[sync\n", 1, None, "TOML"),
]


@pytest.mark.parametrize(("text", "line", "key", "told"), WRONG, ids=[f"{w[2]}-{n}" for n, w in enumerate(WRONG)])
def test_a_wrong_value_names_file_line_and_key_and_says_what_is_allowed(
    path: Path, text: str, line: int, key: str | None, told: str
) -> None:
    error = refused(path, text)
    assert (error.path, error.line, error.key) == (str(path), line, key)
    assert told in str(error)
    assert "hush" not in str(error) + repr(error) + str(error.message("sv"))
    assert str(error.message("sv")) != str(error.message("en"))
    assert error.exit_code == 2


def test_all_that_is_wrong_is_told_at_once(path: Path) -> None:
    error = refused(path, '[sync]\npoll_seconds = 1\ndry_run = "no"\n[rules]\nmethod = "magic"\n')
    assert error.key == "sync.poll_seconds"
    assert [(other.key, other.line) for other in error.others] == [("sync.dry_run", 3), ("rules.method", 5)]


def test_a_newer_file_is_refused(path: Path) -> None:
    with pytest.raises(SettingsTooNew) as caught:
        load(path, "language = 'sv'\nversion = 2\nsomething = 'new'")
    assert (caught.value.line, caught.value.key) == (2, "version")


toml_scalars = (
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    | st.dates(date(1900, 1, 1), date(2100, 1, 1))
    | st.sampled_from(["busy", "sick", "08:00", "17:00", "auto", "LUN:", "mon", "practice", "x_y", "Europe/Stockholm"])
)
toml_values = st.recursive(
    toml_scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["key", "sv", "en", "x"]), inner),
    max_leaves=5,
)


def _mutated(template: object) -> st.SearchStrategy[Any]:
    """What the file with every key says, with any part of it left out or turned into anything."""
    if isinstance(template, dict):
        return st.fixed_dictionaries({}, optional={key: _mutated(value) for key, value in template.items()}).flatmap(
            lambda table: st.dictionaries(st.sampled_from(["odd", "token"]), toml_values, max_size=1).map(
                lambda more: {**table, **more}
            )
        )
    if isinstance(template, list):
        return st.lists(
            _mutated(template[0])
            if template and not isinstance(template[0], str)
            else st.sampled_from(template or ["x"]),
            max_size=3,
        )
    return st.one_of(st.just(template), st.just(template), st.just(template), toml_values)


@given(data=_mutated(tomllib.loads(EVERY_KEY.read_text(encoding="utf-8"))))
def test_any_file_gives_settings_that_core_can_use_or_a_problem(
    tmp_path_factory: pytest.TempPathFactory, data: dict[str, Any]
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_text(tomli_w.dumps(data), encoding="utf-8")
    try:
        loaded = load_settings(path)
    except SettingsProblem as error:
        assert error.path == str(path)
    else:
        settings = loaded.settings
        rules = settings.to_rules(settings.catalogue())
        assert set(rules.order) <= set(rules.catalogue)
        assert settings.timezone(UTC) is not None


# --- Saving ---


def test_saving_writes_only_what_differs_from_the_default(path: Path) -> None:
    loaded = save_settings(path, {"sync.poll_seconds": 120, "sync.dry_run": False, "rules.method": "prefix"})
    assert loaded.settings.sync.poll_seconds == 120
    assert tomllib.loads(path.read_text(encoding="utf-8")) == {
        "version": 1,
        "sync": {"poll_seconds": 120},
        "rules": {"method": "prefix"},
    }


def test_saving_keeps_what_stood_there_and_what_it_does_not_know(path: Path) -> None:
    load(
        path,
        """
        future = 2031-01-01
        [sync]
        poll_seconds = 60
        shiny = "x"
        [empty]
        [[diversions]]
        key = "golf"
        label = {sv = "Golf", en = "Golf"}
        handicap = 36
        """,
    )
    save_settings(
        path,
        {
            "sync.poll_seconds": 60,
            "diversions": [{"key": "golf", "label": {"sv": "Golf", "en": "Golfing"}, "kind": "place"}],
        },
    )
    assert tomllib.loads(path.read_text(encoding="utf-8")) == {
        "version": 1,
        "future": date(2031, 1, 1),
        "sync": {"poll_seconds": 60, "shiny": "x"},
        "empty": {},
        "diversions": [
            {"key": "golf", "label": {"sv": "Golf", "en": "Golfing"}, "kind": "place", "handicap": 36},
        ],
    }


def test_none_goes_back_to_the_default_and_a_mapping_replaces_a_table(path: Path) -> None:
    save_settings(path, {"sync.poll_seconds": 120, "switchboard.fields": {"base_url": "https://a.se", "user": "a"}})
    loaded = save_settings(path, {"sync.poll_seconds": None, "switchboard.fields": {"user": "b"}})
    assert tomllib.loads(path.read_text(encoding="utf-8")) == {"version": 1, "switchboard": {"fields": {"user": "b"}}}
    assert loaded.settings.sync.poll_seconds == 60


def test_a_new_connector_does_not_get_the_old_ones_fields(path: Path) -> None:
    save_settings(path, {"switchboard.connector": "telepo", "switchboard.fields": {"domain": "a.se"}})
    save_settings(path, {"switchboard.connector": "xsi"})
    assert tomllib.loads(path.read_text(encoding="utf-8")) == {"version": 1, "switchboard": {"connector": "xsi"}}


def test_a_wrong_change_is_refused_and_nothing_is_written(path: Path) -> None:
    save_settings(path, {"rules.prefixes.lunch": "MAT:"})
    before = path.read_bytes(), settings_stamp(path)
    for changes in ({"sync.poll_seconds": 1}, {"rules.prefixes.meeting": "mat:"}, {"switchboard.fields.token": "hush"}):
        with pytest.raises(WrongSettings):
            save_settings(path, changes)
    assert (path.read_bytes(), settings_stamp(path)) == before
    assert [*path.parent.iterdir()] == [path]


def test_a_change_can_put_a_wrong_file_right(path: Path) -> None:
    path.write_text("[sync]\npoll_seconds = 1\n", encoding="utf-8")
    assert save_settings(path, {"sync.poll_seconds": 90}).settings.sync.poll_seconds == 90


def test_two_writers_lose_nothing_of_each_other(path: Path) -> None:
    first = load_settings(path)
    save_settings(path, {"language": "sv"})
    assert not first.is_current()
    second = save_settings(path, {"sync.dry_run": True})
    assert (second.settings.language, second.settings.sync.dry_run) == ("sv", True)
    assert second.is_current()


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX")
def test_the_file_is_the_users_alone_and_a_link_stays_a_link(path: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "dotfiles.toml"
    elsewhere.write_text("language = 'sv'\n")
    elsewhere.chmod(0o644)
    path.symlink_to(elsewhere)
    old = os.umask(0)
    try:
        save_settings(path, {"sync.dry_run": True})
    finally:
        os.umask(old)
    assert path.is_symlink()
    assert elsewhere.stat().st_mode & 0o777 == 0o600
    assert tomllib.loads(elsewhere.read_text()) == {"version": 1, "language": "sv", "sync": {"dry_run": True}}


KILLED_BEFORE_THE_RENAME = """
import os, sys
from pathlib import Path
from b2cal_desktop.system.settings_file import save_settings

def kill(event, arguments):
    if event == "os.rename" and str(arguments[1]).endswith("settings.toml"):
        os.kill(os.getpid(), 9)

sys.addaudithook(kill)
save_settings(Path(sys.argv[1]), {"sync.poll_seconds": 120})
"""


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX")
def test_a_kill_between_writing_and_renaming_leaves_the_old_file_whole(path: Path) -> None:
    save_settings(path, {"language": "sv"})
    before = path.read_bytes()
    killed = subprocess.run([sys.executable, "-c", KILLED_BEFORE_THE_RENAME, path], check=False)
    assert killed.returncode == -9
    assert path.read_bytes() == before
    (leftover,) = path.parent.glob(".settings.toml.*.new")
    assert b"120" in leftover.read_bytes()
    os.utime(leftover, (0, 0))
    save_settings(path, {"language": "en"})
    assert [*path.parent.iterdir()] == [path]


def _flat(data: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in data.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{above}{key}.")
        else:
            flat[f"{above}{key}"] = value
    return flat


@given(data=_mutated(tomllib.loads(EVERY_KEY.read_text(encoding="utf-8"))))
def test_what_is_saved_is_what_loads(tmp_path_factory: pytest.TempPathFactory, data: dict[str, Any]) -> None:
    path = tmp_path_factory.getbasetemp() / "saved.toml"
    path.unlink(missing_ok=True)
    data.pop("version", None)
    try:
        saved = save_settings(path, _flat(data))
    except SettingsProblem:
        assert not path.exists()
        return
    loaded = load_settings(path)
    assert loaded.settings == saved.settings
    assert loaded.is_current() and saved.is_current()
    again = path.read_bytes()
    assert save_settings(path, {}).settings == saved.settings
    assert path.read_bytes() == again


# --- Versions ---


def _renamed(data: dict[str, Any]) -> dict[str, Any]:
    data = dict(data)
    return data | {"language": data.pop("tongue", "auto")}


NEXT = Versions(2, {1: _renamed})


def test_an_older_file_is_read_as_it_is_meant_and_not_touched(path: Path) -> None:
    path.write_text('version = 1\ntongue = "sv"\n', encoding="utf-8")
    loaded = load_settings(path, versions=NEXT)
    assert (loaded.settings.language, loaded.migrated_from) == ("sv", 1)
    assert path.read_text(encoding="utf-8") == 'version = 1\ntongue = "sv"\n'


@pytest.mark.parametrize("by_saving", [True, False])
def test_migrating_keeps_a_private_copy_of_the_old_file(path: Path, by_saving: bool) -> None:
    old = 'version = 1\ntongue = "sv"  # mother\'s\n'
    path.write_text(old, encoding="utf-8")
    if by_saving:
        save_settings(path, {"sync.dry_run": True}, versions=NEXT)
    else:
        assert migrate_settings(path, versions=NEXT) == path.with_name("settings.toml.v1.bak")
        assert migrate_settings(path, versions=NEXT) is None
    backup = path.with_name("settings.toml.v1.bak")
    assert backup.read_text() == old
    assert sys.platform == "win32" or backup.stat().st_mode & 0o777 == 0o600
    written = tomllib.loads(path.read_text(encoding="utf-8"))
    assert (written["version"], written["language"], "tongue" in written) == (2, "sv", False)
