"""The commands on connectors, and which connector a profile gets: shipped, the user's own, the administrator's."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest
import tomli_w

from b2cal_desktop.__main__ import _parser, main
from b2cal_desktop.assembly import assemble
from b2cal_desktop.configure import ProfileConfiguration
from b2cal_desktop.context import Context
from b2cal_desktop.engine import Lent
from b2cal_desktop.switchboards.connector_http import Exchange
from b2cal_desktop.switchboards.pace import Pace
from b2cal_desktop.switchboards.practice import PracticeSwitchboard
from b2cal_desktop.sync.ledger import Ledger
from b2cal_desktop.system.clock import SystemClock

T = TypeVar("T")
SHIPPED = Path(__file__).parents[1] / "resources" / "connectors" / "practice.toml"
TOKEN = "hemligt"
DURING, AFTER = "2027-11-23T09:30:00+01:00", "2027-11-23T10:30:00+01:00"
DAY = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//test\r
BEGIN:VEVENT\r
UID:m\r
DTSTART:20271123T080000Z\r
DTEND:20271123T090000Z\r
SUMMARY:MOT: Budget\r
END:VEVENT\r
END:VCALENDAR\r
"""


class Desk:
    """A profile with a meeting in its calendar, an administrator's folder, and a practice switchboard with a token."""

    def __init__(
        self,
        profile: Path,
        admin: Path,
        board: PracticeSwitchboard,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        self.profile, self.admin, self.board = profile, admin, board
        self._capsys, self._monkeypatch = capsys, monkeypatch
        self.calendar = profile / "calendar.ics"
        self.calendar.write_text(DAY, newline="")
        (profile / "connectors").mkdir()
        (admin / "connectors").mkdir(parents=True)
        self.fields = ("--field", f"base_url={board.url}", "--field", "user=anna")
        monkeypatch.setenv("B2CAL_POLICY", str(admin / "policy.toml"))
        self.save({"connector": "practice", "fields": {"base_url": board.url, "user": "anna"}})

    def save(self, switchboard: dict[str, object]) -> None:
        calendar = {
            "source": "icalendar",
            "timezone": "Europe/Stockholm",
            "icalendar": {"location": str(self.calendar)},
        }
        rules = {"method": "prefix"}
        settings = {"language": "en", "calendar": calendar, "rules": rules, "switchboard": switchboard}
        (self.profile / "settings.toml").write_text(tomli_w.dumps(settings))

    def policy(self, **tables: dict[str, object]) -> None:
        (self.admin / "policy.toml").write_text(
            tomli_w.dumps({table: {"switchboard": content} for table, content in tables.items()})
        )

    def run(self, *arguments: str, secret: str = "") -> tuple[int, str, str]:
        self._monkeypatch.setattr(sys, "stdin", io.StringIO(secret))
        try:
            code = main([*arguments, "--profile", str(self.profile)])
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = self._capsys.readouterr()
        return code, out, err

    def attempt(self, *more: str, secret: str = TOKEN) -> tuple[int, str, str]:
        return self.run("connectors", "try", str(SHIPPED), *self.fields, "--secret-stdin", *more, secret=f"{secret}\n")

    def context(self) -> Context:
        return Context(_parser().parse_args(["status", "--profile", str(self.profile)]))


@pytest.fixture
def desk(
    profile: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    with PracticeSwitchboard(port=0, now=SystemClock().now, token=TOKEN) as board:
        yield Desk(profile, tmp_path / "admin", board, capsys, monkeypatch)


def own(label: str, id: str = "practice", more: str = "") -> str:
    text = SHIPPED.read_text(encoding="utf-8").replace('id = "practice"', f'id = "{id}"')
    return text.replace('sv = "Övningsväxel", en = "Practice switchboard"', f'sv = "{label}", en = "{label}"').replace(
        "ends = true", f"ends = true\n{more}"
    )


# --- try


def test_a_trial_reads_and_shows_no_secret(desk: Desk) -> None:
    code, out, err = desk.attempt()
    assert (code, err) == (0, "")
    assert "Connection: works" in out
    assert f"→ GET {desk.board.url}/v1/users/anna/diversion" in out
    assert TOKEN not in out
    assert set(desk.board.requests_seen) == {"GET"}


def test_a_trial_sets_only_what_it_is_told_to_and_puts_it_back(desk: Desk) -> None:
    desk.board.store.set("anna", "vacation", None, note=None, set_by="softphone")
    code, out, _ = desk.attempt("--set", "lunch", "--json")
    told = json.loads(out)
    assert (code, told["ok"], told["connector"]) == (0, True, "practice")
    assert [(step["name"], step["finding"]) for step in told["steps"]][-4:] == [
        ("set", "sent"),
        ("read_back", "confirmed"),
        ("restore", "sent"),
        ("read_back", "confirmed"),
    ]
    assert told["steps"][-1]["state"] == {"diversion": "vacation", "until": None}
    assert [entry.diversion for entry in desk.board.store.history("anna")] == ["vacation", "lunch", "vacation"]
    assert TOKEN not in out


def test_a_trial_clears_as_a_step_of_its_own_when_told_to(desk: Desk) -> None:
    desk.board.store.set("anna", "vacation", None, note=None, set_by="softphone")
    code, out, _ = desk.attempt("--set", "lunch", "--clear")
    assert code == 0
    assert "Clearing: sent. Available." in out
    assert f"→ DELETE {desk.board.url}/v1/users/anna/diversion" in out
    shown = [entry.diversion for entry in reversed(desk.board.store.history("anna"))]
    assert shown == ["vacation", "lunch", "available", "vacation"]
    assert desk.attempt("--clear")[0] == 2


def test_a_trial_with_a_wrong_secret_is_a_sign_in_and_tried_once(desk: Desk) -> None:
    code, out, _ = desk.attempt("--set", "lunch", secret="wrong")
    assert code == 3
    assert "fails" in out
    assert sum(desk.board.requests_seen.values()) == 1


@pytest.mark.parametrize(
    ("more", "names"),
    [
        (("--field", "token=hemligt"), "token is a secret"),
        (("--field", "usr=anna"), "base_url, user, note"),
        (("--field", "anna"), "KEY=VALUE"),
        (("--field", "base_url=http://vaxel.example.se"), "https"),
    ],
)
def test_a_trial_with_a_wrong_field_asks_nobody(desk: Desk, more: tuple[str, ...], names: str) -> None:
    code, _, err = desk.attempt(*more)
    assert code == 2
    assert names in err
    assert sum(desk.board.requests_seen.values()) == 0


def test_a_required_secret_has_to_be_given(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(SHIPPED.read_text(encoding="utf-8").replace("secret = true\nrequired = false", "secret = true"))
    code, _, err = desk.run("connectors", "try", str(path), *desk.fields, "--secret-stdin", secret="\n")
    assert code == 2
    assert "token" in err


# --- the list


def test_the_list_keeps_long_texts_under_each_other(desk: Desk) -> None:
    code, out, _ = desk.run("connectors")
    assert code == 0
    ids = {line.split()[0] for line in out.splitlines() if not line.startswith(" " * 17)}
    assert ids == {
        *("bredband2", "broadworks", "command", "dstny-core", "none"),
        *("portsip", "practice", "threecx", "xcap-presence"),
    }


# --- whose connector counts


def test_the_administrators_connector_takes_the_place_of_all_others(desk: Desk) -> None:
    (desk.profile / "connectors" / "mine.toml").write_text(own("mine"), encoding="utf-8")
    assert "mine" in desk.run("connectors")[1]
    (desk.admin / "connectors" / "theirs.toml").write_text(own("theirs"), encoding="utf-8")
    out = desk.run("connectors")[1]
    assert "theirs" in out
    assert "mine" not in out
    context = desk.context()
    context.profile.create()
    with closing(assemble(context, context.loaded)) as parts:
        assert parts.switchboard.name.en == "theirs"


def test_a_sign_in_asks_for_what_the_administrators_connector_asks_for(desk: Desk) -> None:
    text = own("theirs").replace("secret = true\nrequired = false", "required = false")
    text = text.replace('[auth]\nkind = "bearer"\ntoken = "{token}"', '[auth]\nkind = "none"')
    (desk.admin / "connectors" / "theirs.toml").write_text(text, encoding="utf-8")
    code, _, err = desk.run("sign-in", "switchboard", "--secret-stdin", secret="x\n")
    assert code == 2
    assert "needs no sign-in" in err


def test_a_broken_neighbour_does_no_harm(desk: Desk) -> None:
    (desk.admin / "connectors" / "broken.toml").write_text("format = ")
    context = desk.context()
    context.profile.create()
    with closing(assemble(context, context.loaded)) as parts:
        assert parts.switchboard.name.en == "Practice switchboard"
    code, _, err = desk.run("connectors")
    assert code == 2
    assert "broken.toml" in err


class _NoEngine:
    def signed_in(self) -> None: ...

    def lend(self, work: Callable[[Lent], T]) -> T:
        with closing(Ledger(Path(":memory:"))) as ledger:
            return work(Lent(ledger, Pace(SystemClock(), 0), lambda: False))

    def signed_out(self) -> None: ...

    def exchanges(self) -> tuple[Exchange, ...]:
        return ()


def test_the_windows_offer_what_is_valid_and_try_it_without_changing_anything(desk: Desk, tmp_path: Path) -> None:
    (desk.admin / "connectors" / "broken.toml").write_text("format = ")
    (desk.admin / "connectors" / "wrong.toml").write_text('id = "wrong"')
    (desk.admin / "connectors" / "theirs.toml").write_text(own("theirs"), encoding="utf-8")
    configuration = ProfileConfiguration(desk.context(), _NoEngine())
    opened = configuration.open()
    assert opened.connectors["practice"].label.en == "theirs"
    assert {"none", "command"} <= opened.connectors.keys()
    assert "wrong" not in opened.connectors
    fields, out = program(tmp_path)
    for chosen in ({"connector": "none"}, {"connector": "command", "fields": fields}):
        desk.save(chosen)
        settings = desk.context().loaded.settings
        assert len(configuration.test_switchboard(settings, {})) == len(settings.catalogue())
    assert not out.exists()


def test_a_switchboard_is_asked_no_more_often_than_its_connector_says(desk: Desk) -> None:
    for seconds, expected in (("poll_seconds = 300", 300), ("poll_seconds = 20", 60)):
        (desk.profile / "connectors" / "mine.toml").write_text(own("mine", more=seconds), encoding="utf-8")
        context = desk.context()
        context.profile.create()
        with closing(assemble(context, context.loaded)) as parts:
            assert parts.timing.poll_seconds == expected


# --- none and command


def test_with_none_each_change_is_to_be_set_by_hand(desk: Desk) -> None:
    desk.save({"connector": "none"})
    told = json.loads(desk.run("sync", "--at", DURING, "--json")[1])
    assert (told["action"], told["seen"]) == ("set", None)
    assert told["wrote"]["diversion"] == "meeting"
    assert datetime.fromisoformat(told["wrote"]["until"]) == datetime(2027, 11, 23, 9, tzinfo=UTC)
    assert json.loads(desk.run("sync", "--at", DURING, "--json")[1])["wrote"] is None
    assert json.loads(desk.run("sync", "--at", AFTER, "--json")[1])["action"] == "clear"
    assert sum(desk.board.requests_seen.values()) == 0


def program(folder: Path) -> tuple[dict[str, str], Path]:
    script, out = folder / "set.py", folder / "told.txt"
    script.write_text("import os, sys\nopen(sys.argv[1], 'a').write(os.environ['B2CAL_DIVERSION'] + ' ')\n")
    return {"program": sys.executable, "arguments": f'"{script}" "{out}"'}, out


def test_a_program_of_the_users_own_sets_the_diversion(desk: Desk, tmp_path: Path) -> None:
    fields, out = program(tmp_path)
    desk.save({"connector": "command", "fields": fields})
    for moment in (DURING, DURING, AFTER):
        code, _, err = desk.run("sync", "--at", moment)
        assert code == 0, err
    assert out.read_text() == "meeting available "


@pytest.mark.parametrize("table", ["defaults", "locked"])
def test_a_policy_alone_runs_no_program(desk: Desk, tmp_path: Path, table: str) -> None:
    fields, out = program(tmp_path)
    given: dict[str, object] = {"connector": "command", "fields": fields}
    for user in ({}, {"fields": fields}, {"connector": "command"}):
        desk.policy(**{table: given})
        desk.save(user)
        code, _, err = desk.run("sync", "--at", DURING)
        assert code == 2
        assert "own settings" in err
    desk.save(given)
    desk.policy(**{table: {"fields": {"note": "from above"}}})
    assert desk.run("sync", "--at", DURING)[0] == 2, "what a policy adds is not the user's own"
    assert not out.exists()
    desk.policy(**{table: given})
    assert desk.run("sync", "--at", DURING)[0] == 0, "the user has said so as well"
    assert out.read_text() == "meeting "
