"""The computer's own time zone, in the ways that computers tell it."""

import importlib.resources
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from b2cal_desktop.system.zones import posix_zone, system_timezone, windows_zone, zone_name

SUMMER = datetime(2026, 7, 1, 12, tzinfo=UTC)
WINTER = datetime(2026, 12, 1, 12, tzinfo=UTC)
posix = pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX")


def offsets(zone: object) -> tuple[int, int]:
    """Hours ahead of UTC in summer and in winter."""
    found = [day.astimezone(zone).utcoffset() for day in (SUMMER, WINTER)]  # type: ignore[arg-type]
    return tuple(offset // timedelta(hours=1) for offset in found if offset is not None)  # type: ignore[return-value]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A zone database of our own, in which one zone's file is a link to another's."""
    source = importlib.resources.files("tzdata") / "zoneinfo" / "Europe" / "Berlin"
    folder = tmp_path / "usr" / "share" / "zoneinfo" / "Europe"
    folder.mkdir(parents=True)
    (folder / "Berlin").write_bytes(source.read_bytes())
    (folder / "Stockholm").symlink_to("Berlin")
    (tmp_path / "etc").mkdir()
    return folder.parent


@pytest.mark.parametrize(
    ("value", "name", "hours"),
    [
        ("Europe/Stockholm", "Europe/Stockholm", (2, 1)),
        (":Asia/Tokyo", "Asia/Tokyo", (9, 9)),
        pytest.param(":/usr/share/zoneinfo/Europe/Stockholm", "Europe/Stockholm", (2, 1), marks=posix),
        ("CET-1CEST,M3.5.0,M10.5.0/3", "CET-1CEST,M3.5.0,M10.5.0/3", (2, 1)),
        ("<+03>-3", "<+03>-3", (3, 3)),
    ],
)
def test_the_environment_wins(tmp_path: Path, value: str, name: str, hours: tuple[int, int]) -> None:
    zone = system_timezone({"TZ": value}, tmp_path)
    assert (zone_name(zone), offsets(zone)) == (name, hours)


@posix
def test_the_link_is_followed_to_the_name_that_was_chosen(tmp_path: Path, database: Path) -> None:
    (tmp_path / "etc" / "localtime").symlink_to("../etc/chosen")
    (tmp_path / "etc" / "chosen").symlink_to(database / "Europe" / "Stockholm")
    assert zone_name(system_timezone({}, tmp_path / "etc")) == "Europe/Stockholm"


@posix
def test_a_copied_file_has_its_name_from_debians_file_where_that_is_right(tmp_path: Path, database: Path) -> None:
    etc = tmp_path / "etc"
    (etc / "localtime").write_bytes((database / "Europe" / "Berlin").read_bytes())
    (etc / "timezone").write_text("Europe/Stockholm\n")
    assert zone_name(system_timezone({}, etc)) == "Europe/Stockholm"
    (etc / "timezone").write_text("Asia/Tokyo\n")
    zone = system_timezone({}, etc)
    assert (zone_name(zone), offsets(zone)) == ("local", (2, 1))


@posix
def test_nothing_known_is_the_offset_in_force(tmp_path: Path) -> None:
    (tmp_path / "localtime").write_bytes(b"garbage")
    for value in ("", "nonsense", "../../etc/passwd", "a b", "å"):
        zone = system_timezone({"TZ": value}, tmp_path)
        assert WINTER.astimezone(zone).utcoffset() is not None
    (loop := tmp_path / "loop").mkdir()
    (loop / "localtime").symlink_to("localtime")
    assert system_timezone({}, loop) is not None


@posix
def test_the_offset_in_force_is_summer_times_in_summer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    today = time.localtime().tm_yday
    monkeypatch.setenv("TZ", f"XST-1XDT,{(today - 10) % 365},{(today + 10) % 365}")  # summer is now
    time.tzset()
    try:
        zone = system_timezone({}, tmp_path)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert WINTER.astimezone(zone).utcoffset() == timedelta(hours=2)


def test_a_rule_knows_the_hour_that_comes_twice() -> None:
    zone = posix_zone("CET-1CEST,M3.5.0,M10.5.0/3")
    assert zone is not None
    twice = datetime(2026, 10, 25, 2, 30, tzinfo=zone)
    assert twice.utcoffset() == timedelta(hours=2)
    assert twice.replace(fold=1).utcoffset() == timedelta(hours=1)


def test_windows_names() -> None:
    assert zone_name(windows_zone("W. Europe Standard Time") or UTC) == "Europe/Berlin"
    assert zone_name(windows_zone("Tokyo Standard Time\0rest") or UTC) == "Asia/Tokyo"
    assert windows_zone("Middle Earth Standard Time") is None
