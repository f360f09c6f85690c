"""``conformance``: the practice switchboard meets every requirement, and each wrong server fails the one it breaks."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
import requests

from b2cal_desktop.__main__ import main
from b2cal_desktop.conformance import REQUIREMENTS, Result, Verdict, check_conformance, describe_verdict
from b2cal_desktop.core.errors import SwitchboardUnreachable, UsageError
from b2cal_desktop.switchboards.practice import PracticeSwitchboard
from b2cal_desktop.system.clock import SystemClock
from b2cal_desktop.system.network import UnsafeAddress
from tests.servers.connector_server import Received, Reply, connector_server
from tests.sync.worlds import FakeClock, at

TOKEN = "hemligt"
Wrong = Callable[[Received, Reply], Reply]


class Bench:
    """A practice switchboard on a clock of the test's; waiting moves the clock."""

    def __init__(self, board: PracticeSwitchboard, clock: FakeClock) -> None:
        self.board, self.clock = board, clock
        self.received: list[Received] = []
        self.ignores_if_match = False

    def check(self, user: str | None = "anna", token: str | None = TOKEN, wrong: Wrong | None = None) -> list[Verdict]:
        with self.server(wrong) as url:
            checks = check_conformance(url, token, user, clock=self.clock, sleep=self.clock.advance)
            return list(checks)

    @contextmanager
    def server(self, wrong: Wrong | None) -> Iterator[str]:
        """The address of the practice switchboard, or of a server before it that spoils its answers."""
        if wrong is None:
            yield self.board.url
            return
        with requests.Session() as session, connector_server(script=lambda r: wrong(r, self.pass_on(session, r))) as s:
            session.trust_env = False
            yield s.url

    def pass_on(self, session: requests.Session, received: Received) -> Reply:
        self.received.append(received)
        dropped = ("host", "connection", *(("if-match",) if self.ignores_if_match else ()))
        headers = {name: value for name, value in received.headers if name.lower() not in dropped}
        answer = session.request(
            received.method, self.board.url + received.target, headers=headers, data=received.body, timeout=5
        )
        kept = [(name, answer.headers[name]) for name in ("ETag", "WWW-Authenticate") if name in answer.headers]
        return Reply(answer.status_code, answer.content, answer.headers.get("Content-Type"), tuple(kept))


@pytest.fixture
def bench() -> Iterator[Bench]:
    clock = FakeClock(at("09:00"))
    with PracticeSwitchboard(now=clock.now, token=TOKEN) as board:
        yield Bench(board, clock)


def results(verdicts: list[Verdict]) -> dict[str, Result]:
    return {verdict.id: verdict.result for verdict in verdicts}


def failed(verdicts: list[Verdict]) -> set[str]:
    return {verdict.id for verdict in verdicts if verdict.result is Result.NOT_MET}


def test_the_practice_switchboard_meets_every_requirement(bench: Bench) -> None:
    verdicts = bench.check()
    assert [verdict.id for verdict in verdicts] == [*(one.id for one in REQUIREMENTS), "put_back"]
    assert set(results(verdicts).values()) == {Result.MET}


@pytest.mark.parametrize("minutes", [None, 60])
def test_what_the_user_showed_is_put_back_and_nobody_else_is_touched(bench: Bench, minutes: int | None) -> None:
    end = bench.clock.now() + timedelta(minutes=minutes) if minutes else None
    bench.board.store.set("anna", "meeting", end, note="Ring Bo", set_by="softphone")
    bench.board.store.set("bo", "lunch", None, note=None, set_by="softphone")
    assert failed(bench.check()) == set()
    shown = bench.board.store.get("anna")
    assert (shown.diversion, shown.until, shown.note) == ("meeting", end, "Ring Bo")
    assert [entry.diversion for entry in bench.board.store.history("bo")] == ["lunch"]


def test_it_is_put_back_when_nobody_listens_any_more(bench: Bench) -> None:
    bench.board.store.set("anna", "vacation", None, note=None, set_by="softphone")
    checks = check_conformance(bench.board.url, TOKEN, "anna", clock=bench.clock, sleep=bench.clock.advance)
    assert next(verdict for verdict in checks if verdict.id == "set").result is Result.MET
    assert bench.board.store.get("anna").diversion != "vacation"
    checks.close()
    assert bench.board.store.get("anna").diversion == "vacation"


def test_what_somebody_sets_meanwhile_is_left_alone(bench: Bench) -> None:
    for verdict in check_conformance(bench.board.url, TOKEN, "anna", clock=bench.clock, sleep=bench.clock.advance):
        if verdict.id == "users":
            bench.board.store.set("anna", "sick", None, note=None, set_by="softphone")
    assert (verdict.id, verdict.result) == ("put_back", Result.NOT_MET)
    assert "sick" in verdict.seen.en
    assert bench.board.store.get("anna").diversion == "sick"


def test_without_a_user_it_only_reads(bench: Bench) -> None:
    verdicts = bench.check(user=None)
    assert failed(verdicts) == set()
    assert {id_ for id_, result in results(verdicts).items() if result is Result.MET} == {
        *("list", "no_token", "wrong_token", "unknown_address")
    }
    assert set(bench.board.requests_seen) == {"GET"}


def test_without_a_token_what_takes_one_is_skipped() -> None:
    clock = FakeClock(at("09:00"))
    with PracticeSwitchboard(now=clock.now) as board:
        found = results(Bench(board, clock).check(token=None))
    assert {id_ for id_, result in found.items() if result is not Result.MET} == {"no_token", "wrong_token"}


def body(change: Callable[[dict[str, object]], dict[str, object]], reply: Reply) -> Reply:
    return replace(reply, body=json.dumps(change(json.loads(reply.body))))


def forgets_notes(received: Received, reply: Reply) -> Reply:
    return body(lambda data: {**data, "note": None} if "note" in data else data, reply)


def weak_etags(received: Received, reply: Reply) -> Reply:
    return replace(reply, headers=tuple((n, f"W/{v}" if n == "ETag" else v) for n, v in reply.headers))


def one_etag(received: Received, reply: Reply) -> Reply:
    return replace(reply, headers=tuple((n, '"1"' if n == "ETag" else v) for n, v in reply.headers))


def plain_problems(received: Received, reply: Reply) -> Reply:
    return replace(reply, body="no", content_type="text/plain") if reply.status >= 400 else reply


def open_door(received: Received, reply: Reply) -> Reply:
    if reply.status != 401:
        return reply
    return Reply(200, '{"diversions": [], "end_time": true}')


def ids_twice(received: Received, reply: Reply) -> Reply:
    return body(lambda data: {**data, "diversions": [*data["diversions"]] * 2} if "end_time" in data else data, reply)  # type: ignore[misc]


def no_ends(received: Received, reply: Reply) -> Reply:
    """It says that it knows ends, and drops them."""
    return body(lambda data: {**data, "until": None} if "until" in data else data, reply)


def wrong_status(received: Received, reply: Reply) -> Reply:
    return replace(reply, status=400) if reply.status == 422 else reply


def ended(received: Received) -> bool:
    """Whether an end is sent that has passed by the bench's clock, which goes on for minutes at most."""
    found = re.search(rb'"until": "([^"]+)"', received.body)
    return found is not None and datetime.fromisoformat(found[1].decode()) < at("09:00")


def keeps_what_has_ended(received: Received, reply: Reply) -> Reply:
    return body(lambda data: {**data, **json.loads(received.body)}, reply) if ended(received) else reply


def web_page(received: Received, reply: Reply) -> Reply:
    return Reply(200, "<html>Welcome</html>", "text/html")


def local_times(received: Received, reply: Reply) -> Reply:
    return body(lambda data: {**data, "until": "2026-11-23T10:10:00"} if data.get("until") else data, reply)


def nobody_there(received: Received, reply: Reply) -> Reply:
    return body(lambda data: {"users": []} if "users" in data else data, reply)


@pytest.mark.parametrize(
    ("wrong", "breaks"),
    [
        (forgets_notes, {"set", "current_etag", "open_end"}),
        (weak_etags, {"read"}),
        (one_etag, {"etag_changes", "current_etag", "end"}),
        (plain_problems, {"no_token", "wrong_token", "stale_etag", "unknown_diversion", "malformed"}),
        (open_door, {"no_token", "wrong_token"}),
        (ids_twice, {"list"}),
        (no_ends, {"set", "end"}),
        (wrong_status, {"unknown_diversion"}),
        (keeps_what_has_ended, {"past_end"}),
        (web_page, {"list", "no_token", "wrong_token", "unknown_address"}),
        (local_times, {"set", "end"}),
        (nobody_there, {"users"}),
    ],
)
def test_a_wrong_server_fails_what_it_breaks(bench: Bench, wrong: Wrong, breaks: set[str]) -> None:
    bench.board.store.set("anna", "vacation", None, note=None, set_by="softphone")
    verdicts = bench.check(wrong=wrong)
    assert failed(verdicts) >= breaks
    assert failed(verdicts) <= {one.id for one in REQUIREMENTS} | {"put_back"}
    assert all(verdict.seen.en for verdict in verdicts if verdict.result is Result.NOT_MET)
    assert bench.board.store.get("anna").diversion == "vacation"


def test_a_server_that_takes_any_diversion_is_left_as_it_was(bench: Bench) -> None:
    bench.board.store.set("anna", "vacation", None, note=None, set_by="softphone")
    taken: list[str] = []

    def takes_all(received: Received, reply: Reply) -> Reply:
        if received.method in ("PUT", "DELETE"):
            taken[:] = ["b2cal-no-such-diversion"] if b"no-such" in received.body else []
        if not taken or not received.target.endswith("/diversion"):
            return reply
        shown = {"diversion": taken[0], "until": None, "note": None, "set_by": None, "changed": None}
        return Reply(200, json.dumps(shown), headers=(("ETag", '"1"'),))

    verdicts = bench.check(wrong=takes_all)
    assert "unknown_diversion" in failed(verdicts)
    assert results(verdicts)["put_back"] is Result.MET
    assert bench.board.store.get("anna").diversion == "vacation"


def test_an_end_that_has_passed_may_also_be_refused(bench: Bench) -> None:
    refusal = {"type": "about:blank", "title": "Past", "status": 422, "detail": "It has passed."}
    before: list[bytes] = []

    def refuses(received: Received, reply: Reply) -> Reply:
        if ended(received):
            was = json.loads(before[-1])
            end = datetime.fromisoformat(was["until"]) if was["until"] else None
            bench.board.store.set("anna", was["diversion"], end, note=was["note"], set_by="x")
            return Reply(422, json.dumps(refusal), "application/problem+json")
        if received.target.endswith("/diversion") and reply.status == 200:
            before.append(bytes(reply.body) if isinstance(reply.body, bytes) else reply.body.encode())
        return reply

    assert failed(bench.check(wrong=refuses)) == set()


def test_a_server_that_ignores_if_match_is_found_out(bench: Bench) -> None:
    bench.ignores_if_match = True
    assert failed(bench.check(wrong=lambda _, reply: reply)) == {"stale_etag"}


def test_what_could_not_be_read_is_not_changed(bench: Bench) -> None:
    found = results(bench.check(wrong=weak_etags))
    assert {found[id_] for id_ in ("set", "clear", "history", "users")} == {Result.SKIPPED}
    assert {received.method for received in bench.received} == {"GET"}


def test_a_server_that_asks_for_patience_gets_it(bench: Bench) -> None:
    asked: list[str] = []

    def busy(received: Received, reply: Reply) -> Reply:
        asked.append(received.target)
        return reply if len(asked) != 2 else Reply(429, "{}", headers=(("Retry-After", "7"),))

    before = bench.clock.now()
    assert failed(bench.check(user=None, wrong=busy)) == set()
    assert (bench.clock.now() - before).total_seconds() == 7


def test_writes_are_a_second_apart(bench: Bench) -> None:
    moments = []

    def watch(received: Received, reply: Reply) -> Reply:
        if received.method != "GET":
            moments.append(bench.clock.now())
        return reply

    bench.check(wrong=watch)
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(moments)]
    assert len(gaps) > 10
    assert min(gaps) >= 1


def test_no_secret_is_shown(bench: Bench) -> None:
    def tell(received: Received, reply: Reply) -> Reply:
        return Reply(200, f'{{"said": "{received.header("Authorization")}"}}')

    for verdict in bench.check(wrong=tell):
        assert TOKEN not in describe_verdict(verdict, "sv") + describe_verdict(verdict, "en")


def test_addresses_and_names_that_make_no_sense_are_refused() -> None:
    for url, expected in (
        ("http://vaxel.example.se", UnsafeAddress),
        ("https://a:b@vaxel.example.se", UsageError),
        ("https://vaxel.example.se/?t=1", UsageError),
    ):
        with pytest.raises(expected):
            check_conformance(url, None, None)
    with pytest.raises(UsageError):
        check_conformance("https://vaxel.example.se", "a\nb", None)


def test_nobody_there_is_said_at_once() -> None:
    with pytest.raises(SwitchboardUnreachable):
        list(check_conformance("http://127.0.0.1:1", None, "anna"))


def test_the_command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    def run(url: str, *more: str, token: str = TOKEN) -> tuple[int, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{token}\n"))
        code = main(["conformance", url, "--token-stdin", *more, "--profile", str(tmp_path)])
        return code, capsys.readouterr().out

    with PracticeSwitchboard(now=SystemClock().now, token=TOKEN) as board:
        code, out = run(board.url)
        assert code == 0
        assert "wrong_token" in out
        code, out = run(board.url, "--json", token="wrong")
        told = json.loads(out)
        assert (code, told["ok"]) == (5, False)
        assert told["requirements"][0]["result"] == "not_met"
        assert "HTTP 401" in told["requirements"][0]["seen"]
        assert "wrong" not in told["requirements"][0]["seen"]
    assert run("http://127.0.0.1:1")[0] == 5
