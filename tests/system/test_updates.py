"""A newer version is told of once, and only on the word of a key that we know; nothing else comes of it."""

import importlib.util
import json
import os
import socket
import subprocess
import sys
import threading
from argparse import Namespace
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import tomli_w
import trustme
from hypothesis import given
from hypothesis import strategies as st

from b2cal_desktop.context import Context
from b2cal_desktop.core.errors import SettingsProblem
from b2cal_desktop.doctor.services import check_updates
from b2cal_desktop.system.clock import FixedClock
from b2cal_desktop.system.paths import Profile
from b2cal_desktop.system.settings import UpdatesSettings
from b2cal_desktop.system.update_feed import (
    Notes,
    UpdateCheckFailed,
    UpdateNotSigned,
    fetch_feed,
    is_signed,
    shipped_keys,
)
from b2cal_desktop.system.updates import Update, UpdateWatch, is_set_up, numbers, read_state, remembered, state_path
from tests.calendars.icalendar_host import Answer, CalendarHost, status, trickle

FEED_TOOL = Path(__file__).parents[2] / "installer" / "feed.py"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
PAGE = "https://foretag.se/hamta"


def load_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("feed", FEED_TOOL)
    assert spec is not None and spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


TOOL = load_tool()


def feed_tool(*arguments: str, key: str = "") -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "B2CAL_FEED_KEY": key, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(FEED_TOOL), *arguments]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def pair() -> tuple[str, str]:
    """A private key and its public one, as they are printed for whoever releases the app."""
    lines = feed_tool("--new-key").stdout.splitlines()
    private, public = (line.rpartition(" ")[2] for line in lines)
    return private, public


class Publisher(CalendarHost):
    """A web server that publishes the feed, over TLS that only the test trusts; ``files`` by path."""

    def __init__(self, authority: trustme.CA, folder: Path, pair: tuple[str, str]) -> None:
        super().__init__(authority)
        self.folder, (self.private, self.public) = folder, pair
        self.files: dict[str, bytes] = {}
        self.answer = self._file
        self.feed = f"https://localhost:{self.port}/feed.json"

    def _file(self, request: BaseHTTPRequestHandler) -> None:
        content = self.files.get(request.path)
        status(404 if content is None else 200, content or b"")(request)

    def publish(self, version: str, published: datetime = NOW, key: str | None = None) -> None:
        pages = dict.fromkeys(("windows", "macos", "linux"), PAGE)
        content = TOOL.feed_bytes(version, published, pages, Notes(f"Nytt i {version}", f"News of {version}"))
        written = TOOL.write_feed(self.folder, content, [TOOL.private_key(key or self.private)])
        self.files = {f"/{path.name}": path.read_bytes() for path in written}


@pytest.fixture
def publisher(tmp_path: Path, pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with Publisher(authority, tmp_path, pair) as host:
        host.publish("9.1")
        yield host


class Desk:
    """A profile with settings, a clock that the test sets, and what was told."""

    def __init__(self, folder: Path, feed: str, *keys: str) -> None:
        self.profile = Profile.in_folder(folder)
        self.settings = UpdatesSettings(feed=feed, keys=keys)
        self.told: list[Update] = []
        self.now = NOW

    def look(self, *, running: str = "0.1.0") -> list[str]:
        """Look once; the versions told of by it."""
        clock, before = FixedClock(self.now), len(self.told)
        watch = UpdateWatch(
            self.profile, lambda: self.settings, clock, self.told.append, running=running, jitter=lambda: 0.5
        )
        watch.look()
        return [update.version for update in self.told[before:]]

    @property
    def problem(self) -> str:
        return read_state(self.profile).problem


@pytest.fixture
def desk(profile: Path, publisher: Publisher) -> Desk:
    return Desk(profile, publisher.feed, publisher.public)


def test_a_new_version_is_told_of_once_with_its_page_and_notes(desk: Desk, publisher: Publisher) -> None:
    assert desk.look() == ["9.1"]
    (update,) = desk.told
    assert (update.page, update.notes.sv) == (PAGE, "Nytt i 9.1")
    assert desk.look() == []
    desk.now += timedelta(days=2)
    assert desk.look() == []
    publisher.publish("9.2", NOW + timedelta(days=3))
    desk.now += timedelta(days=2)
    assert desk.look() == ["9.2"]
    assert sys.platform == "win32" or state_path(desk.profile).stat().st_mode & 0o777 == 0o600
    assert "localhost" not in state_path(desk.profile).read_text()


def test_it_asks_once_a_day_without_saying_who_asks(desk: Desk, publisher: Publisher) -> None:
    for minutes in (0, 15, 600, 24 * 60):
        desk.now = NOW + timedelta(minutes=minutes)
        desk.look()
    assert [path for path, _ in publisher.asked] == ["/feed.json", "/feed.json.sig"]
    desk.now = NOW + timedelta(hours=26, minutes=1)
    desk.look()
    assert len(publisher.asked) == 4
    desk.now = NOW - timedelta(days=40)  # the clock was wrong, and is right again
    desk.look()
    assert len(publisher.asked) == 6
    sent = {name for _, headers in publisher.asked for name in headers}
    assert sent <= {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}


@pytest.mark.parametrize("running", ["9.1", "9.1.0", "9.1.1", "10.0"])
def test_the_same_or_an_older_version_is_no_news(desk: Desk, running: str) -> None:
    assert desk.look(running=running) == []
    assert desk.problem == ""


def test_only_a_known_key_is_believed(desk: Desk, publisher: Publisher) -> None:
    publisher.publish("9.1", key=TOOL.new_key()[0])
    assert desk.look() == [] and desk.problem == "update_not_signed"
    with pytest.raises(UpdateNotSigned) as caught:
        fetch_feed(publisher.feed, [publisher.public], FixedClock(NOW))
    assert "localhost" in str(caught.value) and "feed.json" not in str(caught.value)


@pytest.mark.parametrize("part", ["content", "signature", "no signature", "rubbish"])
def test_what_was_changed_after_signing_is_not_believed(desk: Desk, publisher: Publisher, part: str) -> None:
    signature = publisher.files["/feed.json.sig"]
    if part == "content":
        publisher.files["/feed.json"] = publisher.files["/feed.json"].replace(b"9.1", b"9.9")
    else:
        changed = {
            "signature": bytes([signature[0] ^ 1]) + signature[1:],
            "no signature": b"",
            "rubbish": b"\xff\0" * 40,
        }[part]
        publisher.files["/feed.json.sig"] = changed
    assert desk.look() == [] and desk.problem == "update_not_signed"


def test_a_feed_that_is_played_again_is_ignored(desk: Desk, publisher: Publisher) -> None:
    old = dict(publisher.files)
    publisher.publish("9.3", NOW + timedelta(days=1))
    assert desk.look() == ["9.3"]
    for files in (old, None):
        if files is None:  # the version is newer, the date is not: an old one signed again by mistake, or worse
            publisher.publish("9.4", NOW - timedelta(days=1))
        else:
            publisher.files = files
        desk.now += timedelta(days=2)
        assert desk.look() == [] and desk.problem == "update_replayed"
        feed = read_state(desk.profile).feed
        assert feed is not None and feed.version == "9.3"


def moved(to: str) -> Callable[[Publisher], Answer]:
    return lambda publisher: status(302, Location=to.format(port=publisher.port))


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda _: status(404), "answers 404"),
        (lambda _: status(200, b" " * 70_000), "too large"),
        (lambda _: status(200, b"<!DOCTYPE html>"), "makes no sense"),
        (moved("http://foretag.se/feed.json"), "use https"),
        (moved("/feed.json"), "redirects in a circle"),
    ],
    ids=["missing", "huge", "a portal's page", "to http", "round and round"],
)
def test_what_cannot_be_read_is_told_without_the_address(
    desk: Desk, publisher: Publisher, answer: Callable[[Publisher], Answer], says: str
) -> None:
    publisher.answer = answer(publisher)
    with pytest.raises(UpdateCheckFailed, match=says) as caught:
        fetch_feed(publisher.feed, [publisher.public], FixedClock(NOW))
    assert "feed.json" not in str(caught.value)
    assert desk.look() == [] and desk.problem == caught.value.code


def test_a_feed_that_trickles_is_given_up(publisher: Publisher) -> None:
    class Late(FixedClock):
        seconds = 0.0

        def monotonic(self) -> float:
            self.seconds += 3.0
            return self.seconds

    publisher.answer = trickle(b" ", 0.01)
    with pytest.raises(UpdateCheckFailed, match="too long"):
        fetch_feed(publisher.feed, [publisher.public], Late(NOW))


def test_an_unknown_authority_is_refused(publisher: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(UpdateCheckFailed, match="certificate"):
        fetch_feed(publisher.feed, [publisher.public], FixedClock(NOW))
    assert publisher.asked == []


def test_without_address_key_or_leave_nothing_is_asked(desk: Desk, publisher: Publisher) -> None:
    assert shipped_keys() == (), "the app believes nobody until its own release key is in resources/update-keys.txt"
    for settings in (
        UpdatesSettings(),
        UpdatesSettings(keys=(publisher.public,)),
        UpdatesSettings(feed=publisher.feed),
        UpdatesSettings(enabled=False, feed=publisher.feed, keys=(publisher.public,)),
    ):
        desk.settings = settings
        assert not is_set_up(settings) and desk.look() == []
    assert publisher.asked == [] and not state_path(desk.profile).exists()


def test_another_feed_begins_anew(desk: Desk) -> None:
    desk.look()
    other = UpdatesSettings(feed="https://foretag.se/annan.json", keys=desk.settings.keys)
    assert remembered(desk.profile, other).feed is None
    assert remembered(desk.profile, desk.settings).feed is not None


def test_the_thread_looks_and_ends(desk: Desk) -> None:
    told = threading.Event()
    watch = UpdateWatch(
        desk.profile, lambda: desk.settings, FixedClock(NOW), lambda _: told.set(), running="0.1", first_seconds=(0, 0)
    )
    watch.start()
    assert told.wait(20)
    watch.stop()
    watch._thread.join(5)
    assert not watch._thread.is_alive()


@given(
    st.lists(st.integers(0, 99_999), min_size=1, max_size=4), st.lists(st.integers(0, 99_999), min_size=1, max_size=4)
)
def test_versions_compare_as_numbers(one: list[int], other: list[int]) -> None:
    width = max(len(one), len(other))
    padded = [[*version, *[0] * (width - len(version))] for version in (one, other)]
    a, b = (numbers(".".join(map(str, version))) for version in (one, other))
    assert (a < b, a == b) == (padded[0] < padded[1], padded[0] == padded[1])


# Settings, policy and doctor


def context(folder: Path, settings: dict[str, Any]) -> Context:
    (folder / "settings.toml").write_text(tomli_w.dumps(settings))
    return Context(Namespace(profile=str(folder)))


@pytest.mark.parametrize(
    ("updates", "key"),
    [
        ({"feed": "http://foretag.se/feed.json"}, "updates.feed"),
        ({"feed": "feed.json"}, "updates.feed"),
        ({"keys": ["abc"]}, "updates.keys[1]"),
    ],
)
def test_an_address_without_tls_and_a_key_that_is_none_are_refused(
    profile: Path, updates: dict[str, Any], key: str
) -> None:
    with pytest.raises(SettingsProblem) as caught:
        _ = context(profile, {"updates": updates}).loaded
    assert caught.value.key == key


def doctor(context: Context) -> str:
    (finding,) = check_updates(context, context.loaded)
    return f"{finding.level} {finding.text.en}"


def test_doctor_tells_how_it_stands(
    profile: Path, publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"updates": {"feed": publisher.feed, "keys": [publisher.public]}}
    assert doctor(context(profile, {})) == "ok They are not set up: nobody is asked."
    assert doctor(context(profile, settings)) == "ok Version 9.1 is out."
    publisher.publish("0.0.1")
    assert doctor(context(profile, settings)).endswith(" is the newest.")
    publisher.publish("9.1", key=TOOL.new_key()[0])
    assert doctor(context(profile, settings)).startswith("warning What localhost:")
    with socket.create_server(("127.0.0.1", 0)) as free:
        gone = f"https://localhost:{free.getsockname()[1]}/feed.json"
    assert doctor(context(profile, {"updates": {"feed": gone, "keys": [publisher.public]}})).startswith("warning It")
    assert not state_path(Profile.in_folder(profile)).exists()
    policy = tmp_path / "policy.toml"
    policy.write_text("version = 1\n[locked.updates]\nenabled = false\n")
    monkeypatch.setenv("B2CAL_POLICY", str(policy))
    asked = len(publisher.asked)
    locked = context(profile, settings)
    assert doctor(locked) == "ok Asking for new versions is off by the company."
    assert not is_set_up(locked.loaded.settings.updates) and len(publisher.asked) == asked


# Making the feed


@pytest.mark.parametrize(
    ("arguments", "key", "says"),
    [
        (["--version", "9.1", "--page", f"linux={PAGE}"], "", "holds no key"),
        (["--version", "9.1", "--page", f"linux={PAGE}"], "bm8=", "32 bytes"),
        (["--version", "9.1rc1", "--page", f"linux={PAGE}"], None, "version"),
        (["--version", "9.1", "--page", "linux=http://foretag.se"], None, "pages"),
        (["--version", "9.1"], None, "--page are needed"),
    ],
)
def test_a_feed_that_nobody_would_take_is_not_made(
    pair: tuple[str, str], tmp_path: Path, arguments: list[str], key: str | None, says: str
) -> None:
    done = feed_tool(*arguments, "--out", str(tmp_path / "out"), key=pair[0] if key is None else key)
    assert done.returncode == 2 and says in done.stderr
    assert not (tmp_path / "out").exists() and pair[0] not in done.stdout + done.stderr


def test_the_command_makes_a_feed_that_is_believed_by_its_key(pair: tuple[str, str], tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.write_text("Nytt")
    arguments = ["--version", "9.1", "--published", NOW.isoformat(), "--out", str(tmp_path), "--notes-sv", str(notes)]
    done = feed_tool(*arguments, "--page", f"linux={PAGE}", key=pair[0])
    assert done.returncode == 0 and "no app believes this key" in done.stderr
    content, signature = (Path(line).read_bytes() for line in done.stdout.splitlines())
    feed = json.loads(content)
    assert feed["product"] == "b2cal-desktop" and feed["published"] == "2026-11-23T09:00:00Z"
    assert is_signed(content, signature, [pair[1]]) and not is_signed(content, signature, [TOOL.new_key()[1]])
