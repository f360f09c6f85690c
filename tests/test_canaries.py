"""Canaries stand wherever something private can; the real program goes through its days, and none may get out.

Secrets, tokens, subjects, places and addresses are planted, and after success and every kind of failure each file that
was left, each thing that was said, and each argument and environment of its processes is searched. What may stand where
is said here, by canary and place (``MAY``), and for the settings by key (``SETTINGS_MAY_HOLD``).
"""

import base64
import json
import re
import signal
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trustme

from b2cal_desktop.context import Context
from b2cal_desktop.switchboards.practice import Faults, PracticeSwitchboard
from b2cal_desktop.system.clock import SystemClock
from b2cal_desktop.system.crash import kept_crashes
from b2cal_desktop.system.diagnostics import write_diagnostics
from tests.aviary import Aviary, an_aviary
from tests.calendars.icalendar_host import Answer, CalendarHost, cut_off, status
from tests.calendars.icalendar_host import calendar as published
from tests.servers.exchange_server import ExchangeServer, Fault, exchange_server
from tests.servers.exchange_soap import Item, Mailbox, Soap
from tests.servers.graph_server import event as graph_event
from tests.servers.graph_server import graph_server
from tests.servers.oidc_provider import Certificates, OidcProvider, oidc_provider
from tests.test_cli import calendar, event

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only on Linux")

LEDGER = ("ledger.sqlite3", "ledger.sqlite3-wal")
PLANS = ("plan --json", "plan --json --subjects")
MAY: dict[str, tuple[str, ...]] = {
    # The last good events drive on when the calendar is away: a public event's subject and place, and every id.
    "subject": (*LEDGER, "plan --json --subjects"),
    "place": (*LEDGER, "plan --json --subjects"),
    "coded_subject": LEDGER,
    "id": (*LEDGER, *PLANS),
    "private_id": (*LEDGER, *PLANS),
    # Who is signed in is told, and kept beside the settings; the code of a sign-in is for the person to type.
    "account": ("sign-in calendar --device-code", "microsoft365-account.json"),
    "user_code": ("sign-in calendar --device-code",),
    # The user's own environment: the program neither adds to it nor passes it on to anybody else.
    "proxy_password": ("environment",),
    # Whoever is told that a password was refused is told whose.
    "exchange_user": ("sync",),
}


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return authority


@pytest.fixture
def aviary(tmp_path: Path, authority: trustme.CA) -> Iterator[Aviary]:
    root = tmp_path / "computer"
    root.mkdir()
    with an_aviary(root, MAY) as aviary:
        yield aviary


class Desk:
    """The computer's profile beside a practice switchboard that asks for a token."""

    def __init__(self, aviary: Aviary, board: PracticeSwitchboard) -> None:
        self.aviary, self.board = aviary, board
        self.user = aviary.plant("switchboard_user")

    def settings(self, calendar: dict[str, Any], *, base_url: str = "", lag_minutes: int = 0) -> None:
        fields = {"base_url": base_url or self.board.url, "user": self.user}
        self.aviary.write_settings(
            {
                "version": 1,
                "language": "en",
                "calendar": calendar,
                "switchboard": {"connector": "practice", "fields": fields},
                "rules": {"method": "prefix_then_status", "lag_minutes": lag_minutes},
            }
        )

    def logged(self, what: str, times: int) -> bool:
        return (self.aviary.profile / "log" / "b2cal-desktop.log").read_text().count(what) >= times

    def shows(self) -> str:
        return self.board.store.get(self.user).diversion

    def sync(self, code: int, **environ: str) -> None:
        done = self.aviary.run("sync", **environ)
        assert done.returncode == code, done.stderr.decode()

    def report(self) -> dict[str, Any]:
        """Diagnostics of the profile as it lies there, put where they are searched too."""
        path = self.aviary.root / "report.json"
        write_diagnostics(Context(Namespace(profile=str(self.aviary.profile))), path, None)
        report: dict[str, Any] = json.loads(path.read_bytes())
        return report


@pytest.fixture
def desk(aviary: Aviary) -> Iterator[Desk]:
    with PracticeSwitchboard(port=0, now=SystemClock().now, token=aviary.plant("switchboard_token")) as board:
        yield Desk(aviary, board)


def wait_for(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def all_private(root: Path) -> list[str]:
    """What of the profile others on the computer could read."""
    paths = (root, *root.rglob("*"))
    return [str(path) for path in paths if path.stat().st_mode & 0o077 and not path.is_symlink()]


def a_days_events(aviary: Aviary) -> bytes:
    """A public and a private meeting that go on now, with everything that people write into such."""
    now = SystemClock().now().replace(microsecond=0)
    start, end = now - timedelta(minutes=5), now + timedelta(hours=1)
    people = [
        f"ORGANIZER;CN={aviary.plant('organizer')}:mailto:{aviary.plant('organizer_address')}@foretag.se",
        f"ATTENDEE;PARTSTAT=ACCEPTED;CN=X:mailto:{aviary.plant('attendee')}@foretag.se",
        f"DESCRIPTION:{aviary.plant('description')}",
        f"X-ALT-DESC;FMTTYPE=text/html:<p>{aviary.plant('html')}</p>",
        f"URL:https://moten.foretag.se/{aviary.plant('meeting_link')}",
    ]
    public = event(
        aviary.plant("id"), start, end, f"MOT: {aviary.plant('subject')}", f"LOCATION:{aviary.plant('place')}"
    )
    private = event(
        aviary.plant("private_id"), start, end, f"LUN: {aviary.plant('private_subject')}",
        f"LOCATION:{aviary.plant('private_place')}", "CLASS:PRIVATE", *people,
    )  # fmt: skip
    broken = event("broken", end, start, aviary.plant("broken_subject"), "RRULE:FREQ=NEVER", "DTEND;TZID=Nowhere:x")
    coded = event("coded", start, end, f"{aviary.plant('coded_subject').upper()}: a code that is no prefix")
    return calendar(public, private, broken, coded).encode()


def bad_days(aviary: Aviary) -> list[tuple[Answer, Faults]]:
    """What calendar and switchboard do to us, each at the same time."""
    portal = b"<!DOCTYPE html><title>" + aviary.plant("portal").encode()
    return [
        (status(404, b"no " + aviary.plant("answer").encode()), Faults(answer_500=1.0)),
        (published(b"BEGIN:VCALENDAR\r\nSUMMARY:" + aviary.plant("garbage").encode()), Faults(answer_garbage=1.0)),
        (cut_off(b"BEGIN:VCALENDAR\r\n", 10_000), Faults(drop_after_acting=1.0)),
        (status(200, portal), Faults(answer_429=1.0)),
    ]


def test_a_published_calendar_and_a_switchboard_through_good_days_and_bad(
    desk: Desk, aviary: Aviary, authority: trustme.CA
) -> None:
    token = aviary.planted["switchboard_token"]
    proxy = f"http://anna:{aviary.plant('proxy_password')}@127.0.0.1:9"
    good = published(a_days_events(aviary))
    with CalendarHost(authority) as host, CalendarHost(trustme.CA()) as stranger:
        place = f"{aviary.plant('link_user')}:{aviary.plant('link_password')}@localhost:%d/{aviary.plant('link_path')}"
        address = f"https://{place}/kalender.ics?token={aviary.plant('link_query')}"
        link = {"source": "icalendar", "icalendar": {"location": address % host.port, "user": aviary.plant("own")}}
        desk.settings(link)
        host.answer = good
        assert aviary.run("sign-in", "switchboard", "--secret-stdin", stdin=token + "\n").returncode == 0
        assert aviary.run("plan", "--json").returncode == 0
        with aviary.running("run") as run:
            wait_for(lambda: desk.shows() == "meeting")
            aviary.look_into(run)
            assert aviary.escaped() == set()  # while the write-ahead log is there
            for number, (host.answer, desk.board.faults) in enumerate(bad_days(aviary), 1):
                desk.settings(link, lag_minutes=number)  # a change is noticed at once, and the next cycle is bad
                wait_for(partial(desk.logged, "calendar: ", number))
            assert desk.logged("switchboard: ", 1)
            run.send_signal(signal.SIGTERM)
            assert run.wait(20) == 0
        assert all_private(aviary.profile) == []
        host.answer, desk.board.faults = good, None
        desk.sync(5, http_proxy=proxy, https_proxy=proxy)
        desk.settings({**link, "icalendar": {"location": address % stranger.port}}, base_url="https://localhost:9")
        assert aviary.run("doctor", "--json").returncode == 4
        (aviary.profile / "settings.toml").write_text(
            f"[switchboard.fields]\npassword = '{aviary.plant('misplaced')}'\n"
        )
        assert aviary.run("sync").returncode == 2
        (aviary.profile / "settings.toml").unlink()
        desk.settings(link)
        assert aviary.run("status").returncode == 0
    report = desk.report()
    assert report["settings"]["values"]["calendar"]["icalendar"]["user"] == "(set)"
    assert len(report["log"]) > 3
    assert aviary.escaped() == set()


def test_the_tray_app_that_crashes_and_is_asked_about_it(desk: Desk, aviary: Aviary) -> None:
    own = aviary.root.parent / "calendar.ics"
    own.write_bytes(a_days_events(aviary))
    desk.settings({"source": "icalendar", "icalendar": {"location": str(own)}})
    token, proxy = aviary.planted["switchboard_token"], f"http://a:{aviary.plant('proxy_password')}@127.0.0.1:9"
    assert aviary.run("sign-in", "switchboard", "--secret-stdin", stdin=token + "\n").returncode == 0
    aviary.environ |= {"https_proxy": proxy}
    with aviary.running() as tray:
        wait_for(lambda: desk.shows() == "meeting")
        aviary.look_into(tray)
        wait_for(lambda: (aviary.profile / "log" / "fault.txt").exists())
        tray.send_signal(signal.SIGSEGV)
        assert tray.wait(20) == -signal.SIGSEGV
    assert (aviary.profile / "log" / "fault.txt").stat().st_size and aviary.escaped() == set()
    with aviary.running("run") as run:
        context = Context(Namespace(profile=str(aviary.profile)))
        wait_for(lambda: bool(kept_crashes(context.profile)))
        run.send_signal(signal.SIGTERM)
        assert run.wait(20) == 0
    assert any(b"The app ended unexpectedly last time." in text for _, text in aviary.said)
    (crash,) = desk.report()["crashes"]
    assert (crash["kind"], crash["trace"][-1]) == ("signal", "    Segmentation fault")
    assert any("app.py:" in line for line in crash["trace"])
    assert aviary.escaped() == set()
    assert all_private(aviary.profile) == []


def test_a_password_to_exchange(desk: Desk, aviary: Aviary, authority: trustme.CA) -> None:
    now = SystemClock().now().replace(microsecond=0)
    user, password = f"{aviary.plant('exchange_user')}@foretag.se", aviary.plant("exchange_password")
    mailbox = Mailbox(user)
    times = (now - timedelta(minutes=5), now + timedelta(hours=1))
    mailbox.items = [
        Item(aviary.plant("id"), *times, f"MOT: {aviary.plant('subject')}", location=aviary.plant("place")),
        Item(
            "p", *times, aviary.plant("private_subject"), sensitivity="Private", location=aviary.plant("private_place")
        ),
    ]
    server = ExchangeServer(Soap("2016", (mailbox,), {user: user}), {user: password})
    with exchange_server(server, authority):
        chosen = {"url": server.url, "user": user, "auth": "basic", "mailbox": user}
        desk.settings({"source": "exchange", "exchange": chosen})
        right = {"switchboard": aviary.planted["switchboard_token"], "calendar": password}
        wrong = {side: aviary.plant(f"wrong_{side}") for side in right}
        for secrets in (wrong, right):
            for side, secret in secrets.items():
                assert aviary.run("sign-in", side, "--secret-stdin", stdin=secret + "\n").returncode == 0
            desk.sync(3 if secrets is wrong else 0)
        assert desk.shows() == "meeting"
        server.faults.append(Fault(500, b"<html>" + aviary.plant("answer").encode()))
        aviary.run("sync")
    desk.report()
    assert aviary.escaped() == set()


@pytest.fixture
def provider(authority: trustme.CA, tmp_path: Path) -> Iterator[OidcProvider]:
    with oidc_provider(Certificates(tmp_path / "ca.pem", authority.issue_cert("localhost"))) as running:
        yield running


def test_tokens_of_microsoft_365(
    desk: Desk, aviary: Aviary, provider: OidcProvider, authority: trustme.CA, tmp_path: Path
) -> None:
    certificates = Certificates(tmp_path / "ca.pem", authority.issue_cert("localhost"))
    with graph_server(certificates.context(), provider.knows_token) as graph:
        graph.now = SystemClock().now
        now = SystemClock().now().replace(microsecond=0)
        times = [f"{at:%Y-%m-%dT%H:%M:%S}.0000000" for at in (now - timedelta(minutes=5), now + timedelta(hours=1))]
        subject, place = f"MOT: {aviary.plant('subject')}", {"displayName": aviary.plant("place")}
        graph.events.append(graph_event(subject, *times, id=aviary.plant("id"), location=place))
        hidden = {"sensitivity": "private", "bodyPreview": aviary.plant("description")}
        graph.events.append(graph_event(aviary.plant("private_subject"), *times, id="p", **hidden))
        custom = {"cloud": "custom", "authority": provider.authority, "graph_root": graph.root}
        custom |= {"client_id": "11111111-2222-3333-4444-555555555555"}
        desk.settings({"source": "microsoft365", "microsoft365": custom})
        sign_in(aviary, provider, aviary.plant("account"))
        desk.sync(3)  # nobody has signed in to the switchboard
        (token,) = {asked.token for asked in graph.asked if asked.token}
        for number, secret in enumerate(secrets_in([token, *aviary.in_keyring()])):
            if secret.lower() not in {canary.lower() for canary in aviary.planted.values()}:
                aviary.plant(f"token_{number}", secret)
        assert len([name for name in aviary.planted if name.startswith("token_")]) >= 3  # access, refresh, id
        provider.revoke()
        graph.faults.append(None)
        desk.sync(3)
    desk.report()
    assert aviary.escaped() == set()


def sign_in(aviary: Aviary, provider: OidcProvider, login: str) -> None:
    """By the code, as on a computer without a browser."""
    command = aviary.command("sign-in", "calendar", "--device-code")
    with subprocess.Popen(command, env=aviary.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        asks = process.stderr.readline()
        address, code = asks.decode().split()[1], asks.decode().split()[-1].rstrip(".")
        aviary.plant("user_code", code.replace("-", ""))
        aviary.look_into(process)
        provider.person(login).opens(f"{address}?user_code={code}")
        out, err = process.communicate(timeout=30)
    aviary.heard("sign-in calendar --device-code", out, asks + err)
    assert process.returncode == 0, err.decode()


def secrets_in(kept: list[str]) -> Iterator[str]:
    """Long parts of the tokens: what is so long, and no name that msal has for something, is one."""
    parts = {part for text in kept for part in re.findall(r"[A-Za-z0-9]{16,}", text)}
    yield from sorted(part for part in parts if re.search(r"\d", part) and not re.fullmatch(r"[\da-f]{32,}|\d+", part))


def test_the_search_finds_what_it_is_for(tmp_path: Path) -> None:
    aviary = Aviary(tmp_path, {}, MAY)
    canary = aviary.plant("secret")
    hiding: dict[str, bytes] = {
        "plain": b"x" + canary.lower().encode() + b"x",
        "utf-16": f"x{canary}x".encode("utf-16"),
        "hex": canary.encode().hex().upper().encode(),
        **{f"base64 after {n}": base64.b64encode(b"x" * n + canary.encode() + b"y" * n) for n in range(4)},
    }
    for name, content in hiding.items():
        (tmp_path / name).write_bytes(content)
    aviary.heard("arguments", b"--token\0" + canary.encode())
    assert {place for _, place in aviary.escaped()} == {*hiding, "arguments"}
    (tmp_path / "settings.toml").write_text(f"[switchboard.fields]\nuser = '{canary}'\nother = '{canary}'\n")
    assert ("secret", "settings.toml") in aviary.escaped()
    (tmp_path / "settings.toml").write_text(f"[switchboard.fields]\nuser = '{canary}'\n")
    assert ("secret", "settings.toml") not in aviary.escaped()
