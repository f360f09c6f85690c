"""The API over real HTTP: every status of the contract, with `openapi.json` as the judge of each answer."""

from __future__ import annotations

import json
import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from b2cal_desktop.core.errors import FileProblem, UsageError
from b2cal_desktop.switchboards.practice import Faults, PracticeSwitchboard
from tests.switchboards.practice.conftest import StandingClock
from tests.switchboards.practice.openapi_check import CONTRACT, check_answer, resolve

DIVERSION = "/v1/users/{user}/diversion"
HISTORY = "/v1/users/{user}/history"


class Client:
    """Calls the API and holds every answer against the contract."""

    def __init__(self, url: str, session: requests.Session) -> None:
        self._url = url
        self._session = session

    def call(
        self, method: str, template: str, user: str = "anna", query: str = "", **options: Any
    ) -> requests.Response:
        url = self._url + template.replace("{user}", user) + query
        answer = self._session.request(method, url, timeout=10, **options)
        check_answer(answer, template, method.lower())
        return answer

    def put(self, body: object, user: str = "anna", **headers: str) -> requests.Response:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.call("PUT", DIVERSION, user, json=body, headers=sent)

    def get(self, user: str = "anna", **headers: str) -> requests.Response:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.call("GET", DIVERSION, user, headers=sent)


@pytest.fixture
def api(board: PracticeSwitchboard, http: requests.Session) -> Client:
    return Client(board.url, http)


def test_catalogue_has_the_nine_standard_diversions(api: Client) -> None:
    catalogue = api.call("GET", "/v1/diversions").json()
    labels = {entry["id"]: entry["label"] for entry in catalogue["diversions"]}
    assert catalogue["end_time"] is True
    assert labels == {
        "working_from_home": {"sv": "Jobbar hemifrån", "en": "Working from home"},
        "sick": {"sv": "Sjuk / VAB", "en": "Sick / caring for child"},
        "gone_for_the_day": {"sv": "Gått för dagen", "en": "Gone for the day"},
        "available": {"sv": "Tillgänglig", "en": "Available"},
        "busy": {"sv": "Upptagen", "en": "Busy"},
        "lunch": {"sv": "Lunch", "en": "Lunch"},
        "meeting": {"sv": "Möte", "en": "Meeting"},
        "out_of_office": {"sv": "Ej på kontoret", "en": "Out of office"},
        "vacation": {"sv": "Semester", "en": "Vacation"},
    }


def test_a_write_is_what_everyone_reads_then(api: Client) -> None:
    body = {"diversion": "meeting", "until": "2026-11-23T10:30:00+01:00", "note": "Åter efter mötet"}
    written = api.put(body, User_Agent="B2Cal-Desktop/0.1.0 (linux)")
    assert written.json() == {
        "diversion": "meeting",
        "until": "2026-11-23T09:30:00Z",
        "note": "Åter efter mötet",
        "set_by": "B2Cal Desktop",
        "changed": "2026-11-23T08:00:00Z",
    }
    read = api.get()
    assert (read.json(), read.headers["ETag"]) == (written.json(), written.headers["ETag"])
    assert api.call("GET", "/v1/users").json() == {"users": [{"user": "anna", **written.json()}]}


def test_a_user_nobody_has_set_is_available_and_not_on_the_list(api: Client) -> None:
    state = api.get("berit.åkesson@foretag.se").json()
    assert state == {"diversion": "available", "until": None, "note": None, "set_by": None, "changed": None}
    assert api.call("GET", "/v1/users").json() == {"users": []}


def test_delete_goes_back_to_available(api: Client, clock: StandingClock) -> None:
    api.put({"diversion": "sick", "note": "hemma"}, User_Agent="softphone-x/2")
    clock.forward(minutes=5)
    state = api.call("DELETE", DIVERSION, headers={"User-Agent": "curl/8"}).json()
    expected = {"diversion": "available", "until": None, "note": None, "set_by": "curl"}
    assert state == {**expected, "changed": "2026-11-23T08:05:00Z"}


def test_an_end_that_is_reached_reads_as_available_with_another_etag(api: Client, clock: StandingClock) -> None:
    before = api.put({"diversion": "lunch", "until": "2026-11-23T09:00:00Z"}).headers["ETag"]
    clock.forward(minutes=59, seconds=59.999)
    assert api.get(If_None_Match=before).status_code == 304
    clock.forward(seconds=0.001)
    after = api.get(If_None_Match=before)
    assert after.status_code == 200
    assert after.headers["ETag"] != before
    ended = {"diversion": "available", "until": None, "note": None, "set_by": "switchboard"}
    assert after.json() == {**ended, "changed": "2026-11-23T09:00:00Z"}
    assert api.put({"diversion": "busy"}, If_Match=before).status_code == 412
    assert api.put({"diversion": "busy"}, If_Match=after.headers["ETag"]).status_code == 200


def test_if_match_lets_one_of_two_writers_through(api: Client) -> None:
    seen = api.get().headers["ETag"]
    assert api.put({"diversion": "meeting"}, If_Match=f'"other", {seen}').status_code == 200
    assert api.put({"diversion": "lunch"}, If_Match=seen).status_code == 412
    assert api.call("DELETE", DIVERSION, headers={"If-Match": seen}).status_code == 412
    assert api.get().json()["diversion"] == "meeting"
    now = api.get().headers["ETag"]
    assert api.put({"diversion": "lunch"}, If_Match=f"W/{now}").status_code == 412, "weak tags never match"
    assert api.put({"diversion": "lunch"}, If_Match=now.strip('"')).status_code == 400
    assert api.put({"diversion": "lunch"}, If_Match="*").status_code == 200


def test_if_none_match_compares_weakly_and_takes_a_star(api: Client) -> None:
    tag = api.get().headers["ETag"]
    assert api.get(If_None_Match=f'"x", W/{tag}').status_code == 304
    assert api.get(If_None_Match="*").status_code == 304
    assert api.get(If_None_Match='"x"').status_code == 200


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["diversion"]),
        ({"diversion": 7}, ["diversion"]),
        ({"diversion": None}, ["diversion"]),
        ({"diversion": "lunch", "untill": None}, ["untill"]),
        ({"diversion": "lunch", "until": "2026-11-23T13:00:00"}, ["until"]),
        ({"diversion": "lunch", "until": "2026-11-23"}, ["until"]),
        ({"diversion": "lunch", "until": "2026-02-30T13:00:00Z"}, ["until"]),
        ({"diversion": "lunch", "until": "9999-12-31T23:59:59-12:00"}, ["until"]),
        ({"diversion": "lunch", "until": 1795435200}, ["until"]),
        ({"diversion": "lunch", "until": ""}, ["until"]),
        ({"diversion": "lunch", "note": "a\nb"}, ["note"]),
        ({"diversion": "lunch", "note": "x" * 201}, ["note"]),
        ({"diversion": "lunch", "note": False}, ["note"]),
        ({"diversion": [], "until": {}, "note": [], "x": 1}, ["x", "diversion", "until", "note"]),
    ],
)
def test_a_malformed_body_names_every_field(api: Client, body: object, fields: list[str]) -> None:
    answer = api.put(body)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == fields
    assert api.call("GET", HISTORY).json() == {"history": []}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b'"lunch"',
        b'{"diversion": "lunch", "diversion": "busy"}',
        b'{"diversion": "lunch", "until": NaN}',
        b'{"diversion": "m\xf6te"}',
        b"[" * 15000,
        b'{"diversion": ' + b"9" * 10000 + b"}",
    ],
)
def test_a_body_that_is_no_json_object_is_400(api: Client, raw: bytes) -> None:
    answer = api.call("PUT", DIVERSION, data=raw, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400


def test_lone_surrogates_are_refused_and_answered(api: Client) -> None:
    for body in (b'{"diversion": "\\ud800"}', b'{"diversion": "lunch", "note": "\\udfff"}', b'{"\\ud800": 1}'):
        answer = api.call("PUT", DIVERSION, data=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in (400, 422)


def test_an_unknown_diversion_is_named(api: Client) -> None:
    answer = api.put({"diversion": "fika"})
    problem = answer.json()
    assert answer.status_code == 422
    assert problem["diversion"] == "fika"
    assert "meeting" in problem["known"]
    assert "fika" in problem["detail"]


@pytest.mark.parametrize("until", ["2026-11-23T08:00:00Z", "2026-11-23T08:59:59+01:00"])
def test_an_end_that_has_passed_is_accepted_and_reads_as_available(api: Client, until: str) -> None:
    api.put({"diversion": "busy"})
    for answer in (api.put({"diversion": "lunch", "until": until}), api.get()):
        assert answer.status_code == 200
        assert (answer.json()["diversion"], answer.json()["until"]) == ("available", None)
        assert answer.json()["changed"] == "2026-11-23T08:00:00Z", "when it was set, not before"


def test_other_types_and_too_large_bodies_are_refused(api: Client) -> None:
    xml = api.call("PUT", DIVERSION, data=b"<a/>", headers={"Content-Type": "application/xml"})
    assert xml.status_code == 415
    assert api.put({"diversion": "lunch", "note": "x" * 20000}).status_code == 413
    curl = {"Content-Type": "application/x-www-form-urlencoded"}  # what curl says where nothing was said
    assert api.call("PUT", DIVERSION, data=b'{"diversion": "lunch"}', headers=curl).status_code == 200


def test_names_in_other_upper_and_lower_case_are_no_second_user(api: Client) -> None:
    api.put({"diversion": "lunch"}, user="anna.berg")
    for answer in (api.get("Anna.Berg"), api.put({"diversion": "busy"}, user="ANNA.berg")):
        assert answer.status_code == 404
        assert "anna.berg" in answer.json()["detail"]


@pytest.mark.parametrize("user", ["a%2Fb", "%20", "a%00", "%2e%2e", "x" * 129, "a%FF", "%3Cb%3E"])
def test_malformed_names_are_400(api: Client, user: str) -> None:
    assert api.get(user).status_code == 400


def test_names_are_one_user_in_every_normal_form(api: Client) -> None:
    api.put({"diversion": "lunch"}, user="a%CC%8Asa")  # a + combining ring
    assert api.get("%C3%A5sa").json()["diversion"] == "lunch"


def test_history_is_newest_first_and_limited(api: Client, clock: StandingClock) -> None:
    for diversion in ("lunch", "meeting", "busy"):
        api.put({"diversion": diversion}, User_Agent="B2Cal-Desktop/1")
        clock.forward(minutes=1)
    entries = api.call("GET", HISTORY).json()["history"]
    assert [entry["diversion"] for entry in entries] == ["busy", "meeting", "lunch"]
    assert entries[0]["changed"] == "2026-11-23T08:02:00Z"
    limited = api.call("GET", HISTORY, query="?limit=2").json()["history"]
    assert [entry["diversion"] for entry in limited] == ["busy", "meeting"]
    for bad in ("0", "501", "-1", "many", "", "1e2"):
        assert api.call("GET", HISTORY, query=f"?limit={bad}").status_code == 400


def test_history_keeps_the_last_500(board: PracticeSwitchboard) -> None:
    for number in range(505):
        board.store.set("anna", "busy", None, note=str(number), set_by="test")
    kept = board.store.history("anna", limit=1000)
    assert [kept[0].note, kept[-1].note, len(kept)] == ["504", "5", 500]


def test_addresses_and_methods_that_are_not_there(board: PracticeSwitchboard, http: requests.Session) -> None:
    for path in ("/v1", "/v2/users", "/v1/users/", "/v1/users/anna", "/favicon.ico", "/v1/users/a/diversion/"):
        answer = http.get(board.url + path, timeout=10)
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
    wrong = http.post(board.url + "/v1/users/anna/diversion", timeout=10)
    assert (wrong.status_code, wrong.headers["Allow"]) == (405, "HEAD, DELETE, GET, PUT")
    assert http.put(board.url + "/v1/users", timeout=10).headers["Allow"] == "HEAD, GET"
    head = http.head(board.url + "/v1/users/anna/diversion", timeout=10)
    assert (head.status_code, head.content, "ETag" in head.headers) == (200, b"", True)


# ---- who may ask ----


def test_without_the_token_every_address_but_the_page_is_401(clock: StandingClock, http: requests.Session) -> None:
    with PracticeSwitchboard(now=clock.now, token="s3cret-å") as board:
        api = Client(board.url, http)
        for header in (None, "Bearer wrong", "Basic s3cret", "Bearer ", "Bearer \xff"):
            headers = {"Authorization": header.encode("latin-1")} if header else {}
            for method, path in (("GET", DIVERSION), ("PUT", DIVERSION), ("GET", "/v1/users")):
                answer = api.call(method, path, headers=headers)
                assert answer.status_code == 401
                assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
            assert http.get(board.url + "/openapi.json", timeout=10, headers=headers).status_code == 401
        right = {"Authorization": "Bearer s3cret-å".encode()}
        assert api.call("GET", DIVERSION, headers=right).status_code == 200
        assert http.get(board.url + "/", timeout=10).status_code == 200
        assert "s3cret" not in repr(board) + repr(vars(board))


def test_a_token_of_one_user_reaches_no_other(clock: StandingClock, http: requests.Session) -> None:
    with PracticeSwitchboard(now=clock.now, user_tokens={"anna": "A", "bo": "B"}) as board:
        api = Client(board.url, http)
        http.headers["Authorization"] = "Bearer A"
        assert api.put({"diversion": "lunch"}, user="anna").status_code == 200
        assert api.put({"diversion": "lunch"}, user="bo").status_code == 403
        assert api.call("DELETE", DIVERSION, "bo").status_code == 403
        assert api.call("GET", HISTORY, "bo").status_code == 403
        assert api.get("bo").status_code == 200, "what colleagues show is there to be seen"


def test_beyond_loopback_a_token_is_demanded(clock: StandingClock, http: requests.Session) -> None:
    for host in ("0.0.0.0", "192.0.2.1", "vaxel.invalid", "::"):  # noqa: S104 - refused, that is the point
        with pytest.raises(UsageError, match="token"):
            PracticeSwitchboard(now=clock.now, host=host)
    with pytest.raises(UsageError, match="empty"):
        PracticeSwitchboard(now=clock.now, token="")
    with PracticeSwitchboard(now=clock.now, host="0.0.0.0", token="T") as board:  # noqa: S104
        url = board.url.replace("0.0.0.0", "127.0.0.1")  # noqa: S104
        challenge = http.get(url + "/", timeout=10)
        assert (challenge.status_code, challenge.headers["WWW-Authenticate"][:5]) == (401, "Basic")
        assert http.get(url + "/page/state", timeout=10).status_code == 401
        assert http.get(url + "/page/state", timeout=10, auth=("anyone", "T")).status_code == 200
        assert http.get(url + "/page/state", timeout=10, auth=("anyone", "U")).status_code == 401


def test_foreign_hosts_and_origins_are_403(board: PracticeSwitchboard, api: Client) -> None:
    port = board.url.rpartition(":")[2]
    for host in ("vaxel.example", f"127.0.0.1.example:{port}", "192.0.2.7", "127.0.0.1@evil.example"):
        assert api.get(Host=host).status_code == 403
    for host in (f"localhost:{port}", "[::1]:1234", "127.0.0.1"):
        assert api.get(Host=host).status_code == 200
    for origin in ("http://evil.example", "null", "http://localhost:1"):
        assert api.put({"diversion": "lunch"}, Origin=origin).status_code == 403
    assert api.put({"diversion": "lunch"}, Origin=board.url).status_code == 200


def test_a_closed_list_of_users(clock: StandingClock, http: requests.Session) -> None:
    with PracticeSwitchboard(now=clock.now, users=["anna", "bo"]) as board:
        api = Client(board.url, http)
        assert api.get("cecilia").status_code == 404
        assert api.put({"diversion": "lunch"}, user="cecilia").status_code == 404
        assert api.put({"diversion": "lunch"}, user="bo").status_code == 200
        everyone = api.call("GET", "/v1/users").json()["users"]
        shown = [(user["user"], user["diversion"]) for user in everyone]
        assert shown == [("anna", "available"), ("bo", "lunch")]


# ---- the state ----


def test_state_outlives_the_server(tmp_path: Path, clock: StandingClock, http: requests.Session) -> None:
    file = tmp_path / "state.sqlite"
    with PracticeSwitchboard(now=clock.now, state=file) as board:
        before = Client(board.url, http).put({"diversion": "vacation", "note": "Kreta"})
    with PracticeSwitchboard(now=clock.now, state=file) as board:
        after = Client(board.url, http).get()
    assert (after.json(), after.headers["ETag"]) == (before.json(), before.headers["ETag"])


def test_another_process_in_the_middle_of_a_change_is_409(
    tmp_path: Path, clock: StandingClock, http: requests.Session
) -> None:
    file = tmp_path / "state.sqlite"
    with PracticeSwitchboard(now=clock.now, state=file) as board:
        other = sqlite3.connect(file, isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
            assert Client(board.url, http).put({"diversion": "lunch"}).status_code == 409
            other.execute("ROLLBACK")
            assert Client(board.url, http).put({"diversion": "lunch"}).status_code == 200
        finally:
            other.close()


def test_a_state_that_is_none_is_named(tmp_path: Path, clock: StandingClock) -> None:
    text, newer = tmp_path / "notes.txt", tmp_path / "newer.sqlite"
    text.write_text("this is no database, and long enough to be read as one. " * 40)
    connection = sqlite3.connect(newer)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    for file in (text, newer, tmp_path / "no-folder" / "state.sqlite"):
        with pytest.raises(FileProblem, match=file.name):
            PracticeSwitchboard(now=clock.now, state=file)
    assert text.read_text().startswith("this is no database")


def test_twenty_writers_at_once_lose_nothing(tmp_path: Path, clock: StandingClock) -> None:
    failures: list[object] = []

    def write(number: int) -> None:
        with requests.Session() as session:
            session.trust_env = False
            for turn in range(5):
                user = f"user{number % 4}"
                answer = session.put(
                    f"{board.url}/v1/users/{user}/diversion",
                    json={"diversion": "busy", "note": f"{number}/{turn}"},
                    timeout=30,
                )
                if answer.status_code != 200:
                    failures.append(answer.text)

    with PracticeSwitchboard(now=clock.now, state=tmp_path / "state.sqlite") as board:
        threads = [threading.Thread(target=write, args=(number,)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        notes = {entry.note for user in range(4) for entry in board.store.history(f"user{user}", 500)}
        assert not failures
        assert notes == {f"{number}/{turn}" for number in range(20) for turn in range(5)}
        assert board.requests_seen == {"PUT": 100}


def test_of_twenty_conditional_writers_one_wins(board: PracticeSwitchboard) -> None:
    with requests.Session() as session:
        session.trust_env = False
        tag = session.get(f"{board.url}/v1/users/anna/diversion", timeout=10).headers["ETag"]
    statuses: list[int] = []

    def write() -> None:
        with requests.Session() as session:
            session.trust_env = False
            url = f"{board.url}/v1/users/anna/diversion"
            answer = session.put(url, json={"diversion": "busy"}, headers={"If-Match": tag}, timeout=30)
            statuses.append(answer.status_code)

    threads = [threading.Thread(target=write) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [412] * 19


def test_the_store_refuses_what_the_api_would(board: PracticeSwitchboard) -> None:
    with pytest.raises(ValueError, match="fika"):
        board.store.set("anna", "fika", None, set_by="test")
    with pytest.raises(ValueError, match="time zone"):
        board.store.set("anna", "lunch", datetime(2026, 11, 23, 13, 0), set_by="test")  # noqa: DTZ001
    with pytest.raises(ValueError, match="user name"):
        board.store.set("", "lunch", None, set_by="test")
    end = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
    board.store.set("anna", "lunch", end, set_by="test")
    assert board.store.get("anna").until == end


# ---- the contract itself ----


def test_contract_is_served_and_complete(board: PracticeSwitchboard, http: requests.Session, api: Client) -> None:
    served = api.call("GET", "/openapi.json").json()
    assert served == CONTRACT
    assert served["openapi"].startswith("3.1")
    methods = {path: set(item) - {"parameters"} for path, item in served["paths"].items()}
    assert methods == {
        "/": {"get"},
        "/openapi.json": {"get"},
        "/v1/diversions": {"get"},
        "/v1/users": {"get"},
        DIVERSION: {"get", "put", "delete"},
        HISTORY: {"get"},
    }
    names = [
        item["operationId"]
        for path in served["paths"].values()
        for key, item in path.items()
        if key[0] != "p" or key == "put"
    ]
    assert len(names) == len(set(names)) == 8
    for reference in json.dumps(served).split('"$ref": "')[1:]:
        assert resolve({"$ref": reference.partition('"')[0]})
    assert http.get(board.url, timeout=10).headers["Content-Type"].startswith("text/html")


def test_every_described_status_of_a_write_was_seen(api: Client, board: PracticeSwitchboard) -> None:
    """429 and 500 as the contract describes them; the other statuses have their own tests above."""
    for faults, status in ((Faults(answer_429=1), 429), (Faults(answer_500=1), 500)):
        board.faults = faults
        for method in ("GET", "PUT", "DELETE"):
            assert api.call(method, DIVERSION, data=b"").status_code == status
