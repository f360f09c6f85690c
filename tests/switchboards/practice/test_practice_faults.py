"""Faults on purpose: what a client meets, the same each time with the same seed; and their file."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from b2cal_desktop.core.errors import FileProblem
from b2cal_desktop.switchboards.practice import Faults, PracticeSwitchboard, load_faults
from tests.switchboards.practice.conftest import StandingClock


def run(clock: StandingClock, faults: Faults, count: int) -> list[str]:
    """What `count` writes meet, one after the other."""
    met: list[str] = []
    with PracticeSwitchboard(now=clock.now, faults=faults) as board:
        for _ in range(count):
            with requests.Session() as session:
                session.trust_env = False
                try:
                    url = f"{board.url}/v1/users/anna/diversion"
                    answer = session.put(url, json={"diversion": "busy"}, timeout=10)
                    met.append(f"{answer.status_code} {answer.headers['Content-Type']} {len(answer.content)}")
                except requests.ConnectionError:
                    met.append(f"closed after {len(board.store.history('anna', 500))} writes")
    return met


def test_the_same_seed_meets_the_same_faults(clock: StandingClock) -> None:
    faults = Faults(seed=7, refuse=0.2, drop_after_acting=0.2, answer_429=0.1, answer_500=0.1, answer_garbage=0.2)
    first = run(clock, faults, 40)
    assert first == run(clock, faults, 40)
    assert first != run(clock, replace(faults, seed=8), 40)
    kinds = {entry.split()[0] for entry in first}
    assert kinds == {"200", "429", "500", "closed"}


def test_shares_come_out_as_asked() -> None:
    faults = Faults(seed=1, delay=0.25, answer_429=0.5)
    drawn = [faults.draw(number) for number in range(4000)]
    assert 900 < drawn.count("delay") < 1100  # type: ignore[arg-type]
    assert 1900 < drawn.count("answer_429") < 2100  # type: ignore[arg-type]
    assert set(drawn) == {"delay", "answer_429", None}


def test_refused_does_not_act_and_dropped_does(board: PracticeSwitchboard, http: requests.Session) -> None:
    url = f"{board.url}/v1/users/anna/diversion"
    for faults, acted in ((Faults(refuse=1), "available"), (Faults(drop_after_acting=1), "busy")):
        board.faults = faults
        with pytest.raises(requests.ConnectionError):
            http.put(url, json={"diversion": "busy"}, timeout=10)
        assert board.store.get("anna").diversion == acted


def test_429_says_when_to_come_back(board: PracticeSwitchboard, http: requests.Session) -> None:
    board.faults = Faults(answer_429=1, retry_after_seconds=17)
    answer = http.get(f"{board.url}/v1/users", timeout=10)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "17")


def test_garbage_is_of_three_kinds(board: PracticeSwitchboard, http: requests.Session) -> None:
    board.faults = Faults(answer_garbage=1)
    answers = [http.get(f"{board.url}/v1/users", timeout=10) for _ in range(20)]
    assert {answer.status_code for answer in answers} == {200}
    bodies = {answer.text[:12] for answer in answers}
    assert bodies == {"<!doctype ht", '{"diversion"', '[1, "meeting'}


def test_delay_holds_the_answer_back_and_stop_does_not_wait_for_it(clock: StandingClock) -> None:
    board = PracticeSwitchboard(now=clock.now, faults=Faults(delay=1, delay_seconds=60))
    board.start()
    answers: list[object] = []

    def ask() -> None:
        with requests.Session() as session:
            session.trust_env = False
            answers.append(session.get(f"{url}/v1/users", timeout=30).status_code)

    url = board.url
    thread = threading.Thread(target=ask)
    thread.start()
    while not board.requests_seen["GET"]:
        time.sleep(0.005)
    assert not answers
    board.stop()
    thread.join(10)
    assert answers == [200]


def test_methods_that_are_not_named_and_the_page_stay_whole(board: PracticeSwitchboard, http: requests.Session) -> None:
    board.faults = Faults(answer_500=1, methods=("PUT",))
    url = f"{board.url}/v1/users/anna/diversion"
    assert http.get(url, timeout=10).status_code == 200
    assert http.put(url, json={"diversion": "busy"}, timeout=10).status_code == 500
    board.faults = Faults(refuse=1)
    assert http.get(f"{board.url}/page/state", timeout=10).status_code == 200
    body = {"user": "anna", "diversion": "busy", "until": None, "note": None}
    headers = {"Origin": board.url}
    assert http.post(f"{board.url}/page/diversion", json=body, headers=headers, timeout=10).status_code == 200


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "faults.toml"
    file.write_text('seed = 3\nrefuse = 0.5\ndelay = 0.25\ndelay_seconds = 1\nmethods = ["PUT", "GET"]\n')
    assert load_faults(file) == Faults(seed=3, refuse=0.5, delay=0.25, delay_seconds=1, methods=("PUT", "GET"))


@pytest.mark.parametrize(
    ("text", "line", "key", "says"),
    [
        ("seed = 1\nrefuse = 1.5\n", 2, "refuse", "0 to 1"),
        ("refuse = nan\n", 1, "refuse", "0 to 1"),
        ("refuse = true\n", 1, "refuse", "0 to 1"),
        ('delay = "0.5"\n', 1, "delay", "0 to 1"),
        ("seed = 1.0\n", 1, "seed", "whole number"),
        ("delay_seconds = -1\n", 1, "delay_seconds", "0 to 300"),
        ("retry_after_seconds = 1.5\n", 1, "retry_after_seconds", "0 to 3600"),
        ('\nmethods = ["POST"]\n', 2, "methods", "DELETE, GET, PUT"),
        ("methods = []\n", 1, "methods", "DELETE, GET, PUT"),
        ("refused = 0.1\n", 1, "refused", "drop_after_acting"),
        ("[share]\nrefuse = 0.1\n", 1, "share", "unknown"),
        ("refuse = 0.6\ndelay = 0.6\n", None, "delay, refuse", "1.2"),
        ("seed = 1\nrefuse = \n", 2, None, "TOML"),
    ],
)
def test_a_wrong_file_is_named_with_line_key_and_what_is_allowed(
    tmp_path: Path, text: str, line: int | None, key: str | None, says: str
) -> None:
    file = tmp_path / "faults.toml"
    file.write_text(text)
    with pytest.raises(FileProblem) as caught:
        load_faults(file)
    assert caught.value.path == str(file)
    assert (caught.value.line, caught.value.key) == (line, key)
    assert says in str(caught.value)


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b"# \xe5\n")
    (tmp_path / "large.toml").write_text("#" * 70_000)
    for name in ("latin.toml", "large.toml", "none.toml"):
        with pytest.raises(FileProblem, match=name):
            load_faults(tmp_path / name)
