"""The connector on a real connection: what is sent, what each answer and failure means, and what is recorded."""

import base64
import datetime as dt
import gzip
import json
import logging
import socket
import ssl
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
import trustme
from hypothesis import given
from hypothesis import strategies as st

from b2cal_desktop.core.errors import (
    B2CalError,
    ConnectorProblem,
    SecretsUnavailable,
    SwitchboardBadAnswer,
    SwitchboardConflict,
    SwitchboardError,
    SwitchboardNeedsSignIn,
    SwitchboardOutcomeUnknown,
    SwitchboardRefused,
    SwitchboardThrottled,
    SwitchboardUnknownValue,
    SwitchboardUnreachable,
)
from b2cal_desktop.core.model import (
    CLEAR,
    STANDARD_CATALOGUE,
    STANDARD_DIVERSIONS,
    Catalogue,
    Diversion,
    DiversionState,
    Kind,
    Text,
)
from b2cal_desktop.switchboards.connector import Connector
from b2cal_desktop.switchboards.connector_file import load_connector
from b2cal_desktop.system.clock import FixedClock
from b2cal_desktop.system.network import new_session
from tests.servers.connector_server import ConnectorServer, Cut, Received, Reply, Silence, connector_server
from tests.switchboards.connector_samples import DSTNY, PORTSIP, SIMPLE, THREE_CX, build, write_file

UNTIL = datetime(2026, 11, 23, 13, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LUNCH = DiversionState("lunch", UNTIL)
SECRET = "s3cret/ö&"
Make = Callable[..., Connector]


@pytest.fixture(scope="module")
def session() -> requests.Session:
    """One for all, as reading the computer's certificates takes its time."""
    return new_session("tests")


@pytest.fixture
def make(tmp_path: Path, session: requests.Session) -> Iterator[Make]:
    """Builds connectors and closes them."""
    made: list[Connector] = []

    def build_one(server: ConnectorServer | str, text: str = SIMPLE, **more: Any) -> Connector:
        url = server if isinstance(server, str) else server.url
        fields = {"base_url": url, "user": "anna"}
        more = {"session": session, "clock": FixedClock(NOW), "answer_seconds": 5, **more}
        made.append(build(tmp_path, text, fields, **more))
        return made[-1]

    yield build_one
    for connector in made:
        connector.close()


def answer(**members: object) -> Reply:
    return Reply(body=json.dumps(members))


def test_a_diversion_is_read_written_and_cleared(make: Make) -> None:
    with connector_server(answer(now="Lunch", until="2026-11-23T14:00:00+01:00")) as server:
        connector = make(server, session=None)
        assert connector.fetch_diversion() == LUNCH
        connector.write_diversion(LUNCH)
        connector.write_diversion(CLEAR)
    read, written, cleared = server.received
    assert (read.method, read.target, read.body) == ("GET", "/users/anna", b"")
    assert (written.method, written.target) == ("PUT", "/users/anna")
    assert json.loads(written.body) == {"now": "Lunch", "until": "2026-11-23T13:00:00Z"}
    assert json.loads(cleared.body) == {"now": "Available"}
    for received in server.received:
        assert received.header("Authorization") == f"Basic {base64.b64encode(f'anna:{SECRET}'.encode()).decode()}"
        assert received.header("Accept") == "application/json"
        assert str(received.header("User-Agent")).startswith("b2cal-desktop/")
    assert written.header("Content-Type") == "application/json"
    assert connector.abilities.diversions == {"available", "lunch", "meeting"}
    assert connector.abilities.reads_back
    assert connector.abilities.knows_ends
    assert (connector.name.en, connector.unconfirmed) == ("Sample", None)


@pytest.mark.parametrize(
    ("members", "state"),
    [
        ({"now": "Available", "until": "2026-11-23T14:00:00Z"}, CLEAR),
        ({"now": "Lunch", "until": None}, DiversionState("lunch")),
        ({"now": " Lunch ", "until": ""}, DiversionState("lunch")),
        ({"now": "Golf", "until": "2026-11-23T13:00:00Z"}, DiversionState("Golf", UNTIL)),
        ({"now": "lunch"}, DiversionState("sample:lunch")),  # a value that is named as a key which means another
        ({"now": "sample:x"}, DiversionState("sample:sample:x")),
        ({"now": 7}, DiversionState("7")),
        ({"now": True}, DiversionState("true")),
    ],
)
def test_values_become_keys_and_foreign_ones_stay_themselves(
    make: Make, members: dict[str, object], state: DiversionState
) -> None:
    with connector_server(answer(**members)) as server:
        connector = make(server)
        assert connector.fetch_diversion() == state
        connector.write_diversion(state)  # a manual diversion is restored by the value that was read
        sent = json.loads(server.received[-1].body)["now"]
        assert sent == str(members["now"]).strip().replace("True", "true")


def test_the_users_own_values_stand_over_the_files(make: Make) -> None:
    own = [
        *(d for d in STANDARD_DIVERSIONS if d.key not in ("lunch", "meeting")),
        Diversion("lunch", Text.same("Lunch"), Kind.ACTIVITY, {"sample": "Eating", "other": "x"}),
        Diversion("travelling", Text.same("Travelling"), Kind.ABSENCE, {"sample": "Away"}),
    ]
    with connector_server(answer(now="Away")) as server:
        connector = make(server, catalogue=Catalogue(own))
        assert connector.abilities.diversions == {"available", "lunch", "travelling"}
        assert connector.fetch_diversion() == DiversionState("travelling")
        connector.write_diversion(LUNCH)
        assert json.loads(server.received[-1].body)["now"] == "Eating"
        with pytest.raises(SwitchboardUnknownValue, match="Sick"):
            connector.write_diversion(DiversionState("sick", UNTIL))
    assert len(server.received) == 2


def test_of_diversions_that_share_a_value_the_one_written_last_counts(make: Make) -> None:
    def script(received: Received) -> Reply:
        if received.target.endswith("GetAccessToken"):
            return answer(Status="AuthSuccess", Token={"access_token": "t1"})
        return answer(CurrentProfileName="Away")

    with connector_server(script=script) as server:
        assert make(server, THREE_CX).fetch_diversion() == DiversionState("lunch")
        assert make(server, THREE_CX, last_written="meeting").fetch_diversion() == DiversionState("meeting")
        connector = make(server, THREE_CX)
        connector.write_diversion(DiversionState("meeting", UNTIL))
        assert connector.fetch_diversion() == DiversionState("meeting")


STATUSES = [
    (400, {}, SwitchboardRefused, SwitchboardRefused),
    (401, {}, SwitchboardNeedsSignIn, SwitchboardNeedsSignIn),
    (403, {}, SwitchboardRefused, SwitchboardRefused),
    (404, {}, SwitchboardRefused, SwitchboardRefused),
    (407, {}, SwitchboardUnreachable, SwitchboardUnreachable),
    (408, {}, SwitchboardUnreachable, SwitchboardUnreachable),
    (409, {}, SwitchboardConflict, SwitchboardConflict),
    (412, {}, SwitchboardConflict, SwitchboardConflict),
    (422, {}, SwitchboardRefused, SwitchboardUnknownValue),
    (429, {}, SwitchboardThrottled, SwitchboardThrottled),
    (500, {}, SwitchboardUnreachable, SwitchboardOutcomeUnknown),
    (503, {}, SwitchboardUnreachable, SwitchboardOutcomeUnknown),
    (503, {"Retry-After": "7"}, SwitchboardThrottled, SwitchboardThrottled),
    (304, {}, SwitchboardRefused, SwitchboardRefused),
]


@pytest.mark.parametrize(("status", "headers", "on_read", "on_write"), STATUSES)
def test_each_status_is_its_own_error(
    make: Make,
    status: int,
    headers: dict[str, str],
    on_read: type[SwitchboardError],
    on_write: type[SwitchboardError],
) -> None:
    with connector_server(Reply(status, "{}", headers=tuple(headers.items()))) as server:
        connector = make(server)
        for call, expected in (
            (connector.fetch_diversion, on_read),
            (lambda: connector.write_diversion(LUNCH), on_write),
        ):
            with pytest.raises(SwitchboardError) as caught:
                call()
            assert type(caught.value) is expected
            assert f"localhost:{server.port}" in str(caught.value)
            assert caught.value.retry_after == (7.0 if headers else None)
            if expected is SwitchboardUnknownValue:
                assert "Lunch" in str(caught.value)


def test_retry_after_may_be_a_date(make: Make) -> None:
    with connector_server(Reply(429, headers=(("Retry-After", "Mon, 23 Nov 2026 12:01:30 GMT"),))) as server:
        with pytest.raises(SwitchboardThrottled) as caught:
            make(server).fetch_diversion()
        assert caught.value.retry_after == 90.0


def test_the_file_can_give_a_status_another_meaning(make: Make) -> None:
    text = SIMPLE.replace(
        'method = "PUT"',
        'method = "PUT"\noutcomes = [{ status = 400, when = "code == \'E17\'", is = "unknown_value" },'
        ' { status = 204, is = "conflict" }]',
    ).replace('method = "GET"', 'method = "GET"\noutcomes = [{ status = 404, is = "available" }]')
    with connector_server(
        Reply(400, '{"code": "E17"}'), Reply(400, '{"code": "E1"}'), Reply(400, "?"), Reply(204), Reply(404)
    ) as server:
        connector = make(server, text)
        for expected in (SwitchboardUnknownValue, SwitchboardRefused, SwitchboardRefused, SwitchboardConflict):
            with pytest.raises(expected):
                connector.write_diversion(LUNCH)
        assert connector.fetch_diversion() == CLEAR


def test_what_the_switchboard_says_is_passed_on_without_secrets(make: Make) -> None:
    body = json.dumps({"detail": f"No\r\nright for {SECRET} " + "x" * 500})
    with connector_server(Reply(403, body, "application/problem+json")) as server:
        with pytest.raises(SwitchboardRefused, match=r"No right for ••• x+ \(HTTP 403\)") as caught:
            make(server).fetch_diversion()
        assert len(str(caught.value.details["problem"])) < 600


BAD_ANSWERS = [
    (Reply(body="<!DOCTYPE html><html>Sign in</html>", content_type="text/html"), "web page"),
    (Reply(body="  <html></html>"), "web page"),
    (Reply(body=""), "empty"),
    (Reply(body='{"now": "Lu', content_type=None), "not valid JSON"),
    (Reply(body='{"now": NaN}'), "not valid JSON"),
    (Reply(body="[" * 200_000), "not valid JSON"),
    (Reply(body=b'{"now": "\xff"}'), "character encoding"),
    (Reply(body="<a/>", content_type="application/xml"), "xml, not json"),
    (Reply(body="[1]"), "names no diversion"),
    (Reply(body='{"now": ["a"]}'), "another shape"),
    (Reply(body='{"now": "Lunch", "until": "soon"}'), "cannot be understood"),
    (Reply(body='{"now": "Lunch", "until": "2026-11-23T13:00:00"}'), "no time zone"),
    (Reply(body='{"now": "Lunch", "until": "0001-01-01T00:00:00Z"}'), "out of all reason"),
    (Reply(body=b'{"now": "' + b"x" * 1_100_000 + b'"}'), "too large"),
    (
        Reply(body=gzip.compress(b'{"now": "' + b"x" * 50_000_000 + b'"}'), headers=(("Content-Encoding", "gzip"),)),
        "too large",
    ),
]


@pytest.mark.parametrize(("reply", "words"), BAD_ANSWERS)
def test_an_answer_that_cannot_be_read_says_why(make: Make, reply: Reply, words: str) -> None:
    with connector_server(reply) as server, pytest.raises(SwitchboardBadAnswer, match=words):
        make(server).fetch_diversion()


@pytest.mark.parametrize(
    "reply",
    [
        Cut(),
        Cut(b"HTTP/1.1 2"),
        Cut(b"SSH-2.0-OpenSSH\r\n"),
        Silence(),
        Silence(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"),
        Reply(body="{}", announce=500),
        Reply(body=b"not gzip", headers=(("Content-Encoding", "gzip"),)),
    ],
)
def test_a_connection_that_fails_after_sending_leaves_the_outcome_of_a_write_unknown(
    make: Make, reply: Reply | Cut | Silence
) -> None:
    # Patience is short only where it is silence that is waited out: a loaded computer answers late as well.
    with connector_server(reply) as server:
        connector = make(server, answer_seconds=0.3 if isinstance(reply, Silence) else 5)
        with pytest.raises(SwitchboardOutcomeUnknown):
            connector.write_diversion(LUNCH)
        with pytest.raises(SwitchboardUnreachable):
            connector.fetch_diversion()
        assert len(server.received) == 2  # nothing is tried again behind the engine's back


@pytest.mark.parametrize("reply", [Reply(body="<html>", content_type="text/html"), Reply(body=b"x" * 1_100_000)])
def test_a_write_answered_by_something_else_may_not_have_acted(make: Make, reply: Reply) -> None:
    with connector_server(reply) as server, pytest.raises(SwitchboardOutcomeUnknown):
        make(server).write_diversion(LUNCH)


@pytest.mark.parametrize(("status", "body"), [(204, ""), (200, ""), (200, "OK"), (201, '{"a": 1}')])
def test_a_write_is_accepted_whatever_a_good_answer_holds(make: Make, status: int, body: str) -> None:
    with connector_server(Reply(status, body, None)) as server:
        make(server).write_diversion(LUNCH)


@pytest.mark.parametrize("body", ["", "{}", '{"now": "Lunch", "until"'])
def test_a_write_whose_answer_is_declared_needs_one(make: Make, body: str) -> None:
    text = SIMPLE.replace('method = "PUT"', 'method = "PUT"\nanswer = { diversion = "now" }')
    with connector_server(Reply(200, body)) as server, pytest.raises(SwitchboardOutcomeUnknown):
        make(server, text).write_diversion(LUNCH)


def test_nobody_there_means_that_nothing_was_sent(make: Make) -> None:
    with connector_server(Cut()) as server:
        pass
    for address in (server.url, "https://nowhere.invalid"):
        connector = make(address)
        for call in (connector.fetch_diversion, lambda c=connector: c.write_diversion(LUNCH)):
            with pytest.raises(SwitchboardUnreachable):
                call()


@pytest.mark.parametrize(
    "target", ["http://evil.example/take", "//evil.example/take", "https://localhost:1/x", "/elsewhere"]
)
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_refused_and_named(make: Make, target: str, status: int) -> None:
    with connector_server(Reply(status, headers=(("Location", target),))) as server:
        connector = make(server)
        host = {"h": "evil.example", "/": f"localhost:{server.port}"}["h" if "evil" in target else "/"]
        host = "localhost:1" if ":1/" in target else host
        for call in (connector.fetch_diversion, lambda: connector.write_diversion(LUNCH)):
            with pytest.raises(SwitchboardRefused, match=f"points on to {host}"):
                call()
        assert len(server.received) == 2


def test_a_redirect_to_an_address_that_is_none_is_refused(make: Make) -> None:
    with (
        connector_server(Reply(302, headers=(("Location", "https://[::1"),))) as server,
        pytest.raises(SwitchboardRefused, match="points on to \\?"),
    ):
        make(server).fetch_diversion()


def test_certificates_are_verified_and_the_fault_is_named(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, stranger = trustme.CA(), trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    past = datetime(2020, 1, 1, tzinfo=UTC)
    cases = [
        (authority.issue_cert("localhost"), None),
        (stranger.issue_cert("localhost"), "issuer is unknown"),
        (authority.issue_cert("other.example"), "for another host"),
        (authority.issue_cert("localhost", not_before=past, not_after=past + dt.timedelta(days=9)), "has expired"),
    ]
    for certificate, words in cases:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        with connector_server(answer(now="Lunch"), tls=context) as server:
            connector = make(server, session=None)
            if words is None:
                assert connector.fetch_diversion() == DiversionState("lunch")
                connector.write_diversion(LUNCH)
                continue
            for call in (connector.fetch_diversion, lambda c=connector: c.write_diversion(LUNCH)):
                with pytest.raises(SwitchboardUnreachable, match=words):
                    call()
            assert server.received == []


def test_a_server_without_tls_is_told_apart(make: Make) -> None:
    def speak_plainly() -> None:
        caller, _ = listener.accept()
        with caller:
            caller.recv(4096)
            caller.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=speak_plainly)
        server.start()
        try:
            with pytest.raises(SwitchboardUnreachable, match="does not speak TLS"):
                make(f"https://localhost:{listener.getsockname()[1]}").fetch_diversion()
        finally:
            server.join(10)


def test_a_login_yields_a_token_that_is_kept_and_renewed_once(make: Make) -> None:
    tokens = iter(["t1", "t2", "t3"])
    good = {"t1"}

    def script(received: Received) -> Reply:
        if received.target == "/webclient/api/Login/GetAccessToken":
            assert json.loads(received.body) == {"Username": "anna", "Password": SECRET, "SecurityCode": ""}
            assert received.header("Authorization") is None
            return answer(Status="AuthSuccess", Token={"access_token": next(tokens)})
        token = str(received.header("Authorization")).removeprefix("Bearer ")
        return answer(CurrentProfileName="Away") if token in good else Reply(401)

    with connector_server(script=script) as server:
        connector = make(server, THREE_CX)
        connector.fetch_diversion()
        connector.write_diversion(LUNCH)
        assert [received.method for received in server.received] == ["POST", "GET", "PATCH"]
        assert server.received[1].target == "/xapi/v1/MyUser?%24select=CurrentProfileName"
        good.clear()
        good.add("t2")
        connector.fetch_diversion()
        assert len(server.received) == 6
        good.clear()
        with pytest.raises(SwitchboardNeedsSignIn):
            connector.fetch_diversion()
        assert len(server.received) == 9
        shown = repr(connector.exchanges)
        for secret in ("t1", "t2", "t3", SECRET):
            assert f'"{secret}"' not in shown
            assert f"Bearer {secret}" not in shown


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(401), SwitchboardNeedsSignIn),
        (Reply(403), SwitchboardNeedsSignIn),
        (answer(Status="AuthFailed"), SwitchboardNeedsSignIn),
        (answer(Status="AuthSuccess", Token=None), SwitchboardNeedsSignIn),
        (answer(Status="AuthSuccess", Token={"access_token": "a\r\nb"}), SwitchboardBadAnswer),
        (answer(Status="AuthSuccess", Token={"access_token": ["a"]}), SwitchboardBadAnswer),
        (Reply(body="<html>", content_type="text/html"), SwitchboardBadAnswer),
        (Reply(429, headers=(("Retry-After", "5"),)), SwitchboardThrottled),
        (Reply(500), SwitchboardUnreachable),
        (Cut(), SwitchboardUnreachable),
    ],
)
def test_a_login_that_fails_is_tried_once(make: Make, reply: Reply | Cut, error: type[SwitchboardError]) -> None:
    with connector_server(reply) as server:
        with pytest.raises(error):
            make(server, THREE_CX).write_diversion(LUNCH)
        assert len(server.received) == 1


def test_a_ticket_may_be_declared_to_go_in_the_address_and_is_masked_there(make: Make) -> None:
    with connector_server(answer()) as server:
        connector = make(server, DSTNY)
        connector.check()
        connector.write_diversion(LUNCH)
    check, write = server.received
    assert (check.method, check.target) == ("GET", "/api/contacts/list/anna?t=s3cret%2F%C3%B6%26")
    assert (write.method, write.target) == ("POST", "/api/user/info/anna/activity/Lunch?t=s3cret%2F%C3%B6%26")
    assert write.header("X-HTTP-Method-Override") == "PUT"
    assert write.header("Content-Type") == "application/json"
    assert connector.exchanges[0].url == f"{server.url}/api/contacts/list/anna?t=•••"
    assert connector.fetch_diversion() is None
    assert not connector.abilities.reads_back
    assert [value for value, _ in connector.list_diversions()] == ["Available", "Lunch", "Meeting"]


@pytest.mark.parametrize("before", [b"", b"HTTP/1.1 500 X\r\nContent-"])
def test_no_error_and_no_log_shows_the_ticket_in_the_address(
    make: Make, caplog: pytest.LogCaptureFixture, before: bytes
) -> None:
    caplog.set_level(logging.DEBUG)
    with connector_server(Cut(before)) as server:
        connector = make(server, DSTNY)
        with pytest.raises(SwitchboardUnreachable) as caught:
            connector.check()
        assert caplog.records
        assert "s3cret" not in caplog.text
        assert "s3cret" not in "".join(traceback.format_exception(caught.value))
        assert "s3cret" not in repr(connector) + repr(connector.exchanges)


@pytest.mark.parametrize("secret", ["plain", SECRET, 'q"uo\\te<d>', "ümlaut ", "%2F", "•"])
def test_a_secret_is_masked_wherever_it_turns_up(make: Make, secret: str) -> None:
    echo = {"now": "Lunch", "json": secret, "basic": base64.b64encode(f"anna:{secret}".encode()).decode()}

    def script(received: Received) -> Reply:
        return Reply(body=json.dumps(echo, ensure_ascii=len(server.received) % 2 == 0))

    texts = [
        SIMPLE.replace("json = {", 'headers = { X-Echo = "{password}" }\njson = { echo = "{password}",'),
        SIMPLE.replace(
            'json = { now = "{remote}", "until?" = "{until:iso_utc}" }',
            'form = { now = "{remote}", echo = "{password}", until = "{until:iso}" }',
        ),
        SIMPLE.replace(
            'json = { now = "{remote}", "until?" = "{until:iso_utc}" }',
            'xml = { tag = "a", attributes = { b = "{password}", c = "{until:iso}" }, text = "{remote}{password}" }',
        ),
    ]
    with connector_server(script=script) as server:
        for text in texts:
            connector = make(server, text, secrets={"password": secret})
            connector.fetch_diversion()
            connector.write_diversion(LUNCH)
            shown = repr(connector.exchanges) + "".join(f"{e.headers}{e.body}{e.answer}" for e in connector.exchanges)
            assert "•••" in shown
            if secret != "•":
                for spelling in (secret, json.dumps(secret)[1:-1], echo["basic"]):
                    assert spelling not in shown


def test_the_record_is_bounded(make: Make) -> None:
    with connector_server(answer(now="Lunch", more="x" * 9_000)) as server:
        connector = make(server)
        for _ in range(55):
            connector.fetch_diversion()
        assert len(connector.exchanges) == 50
        last = connector.exchanges[-1]
        assert (last.at, last.method, last.status, last.body) == (NOW, "GET", 200, None)
        assert len(last.answer) == 4_000


def test_a_failed_exchange_is_recorded_too(make: Make) -> None:
    with connector_server(Cut()) as server:
        connector = make(server)
        with pytest.raises(SwitchboardUnreachable):
            connector.fetch_diversion()
    assert connector.exchanges[-1].status is None
    assert "does not answer" in connector.exchanges[-1].answer


@pytest.mark.parametrize("secrets", [{}, {"password": ""}, {"password": "a\nb"}])
def test_without_a_usable_secret_nothing_is_sent(make: Make, secrets: dict[str, str]) -> None:
    with connector_server(answer()) as server:
        with pytest.raises(SwitchboardNeedsSignIn):
            make(server, secrets=secrets).fetch_diversion()
        assert server.received == []


def test_a_locked_keyring_asks_the_user_to_sign_in(tmp_path: Path) -> None:
    def locked(_name: str) -> str:
        raise SecretsUnavailable("locked")

    file = load_connector(write_file(tmp_path, PORTSIP))
    fields = {"base_url": "http://localhost:1", "user": "a"}
    with pytest.raises(SwitchboardNeedsSignIn):
        Connector(file, fields, locked, STANDARD_CATALOGUE).write_diversion(DiversionState("lunch"))


def test_a_connector_without_any_reading_checks_nothing(make: Make) -> None:
    with connector_server(answer()) as server:
        make(server, PORTSIP).check()
        assert server.received == []


def test_a_connector_that_can_only_log_in_checks_that(make: Make) -> None:
    text = THREE_CX[: THREE_CX.index("[requests.get]")] + THREE_CX[THREE_CX.index("[requests.set]") :]
    with connector_server(answer(Status="AuthSuccess", Token={"access_token": "t"})) as server:
        make(server, text).check()
        assert len(server.received) == 1


FIELD_MISTAKES = [
    ({"user": ""}, "User is missing"),
    ({"user": "a\nb"}, "should be one line"),
    ({"user": "a" * 300}, "should be one line"),
    ({"user": ".."}, "cannot be a part of an address"),
    ({"user": "a:b"}, "cannot have a colon"),
    ({"base_url": ""}, "Address is missing"),
    ({"base_url": "http://switchboard.example"}, "use https"),
    ({"base_url": "ftp://switchboard.example"}, "should begin with https"),
    ({"base_url": "file:///etc/passwd"}, "should begin with https"),
    ({"base_url": "https://user:pw@switchboard.example"}, "without user name"),
    ({"base_url": "https://switchboard.example/?a=b"}, "without user name"),
    ({"base_url": "https://switchboard.example/#a"}, "without user name"),
    ({"base_url": "https://switchboard.example\\@evil.example"}, "cannot be understood"),
    ({"base_url": "https://switchboard.example/a/../b"}, "path that is not possible"),
    ({"base_url": "https://switchboard.example//b"}, "path that is not possible"),
]


@pytest.mark.parametrize(("fields", "words"), FIELD_MISTAKES)
def test_a_field_that_is_wrong_is_named_by_its_label(tmp_path: Path, fields: dict[str, str], words: str) -> None:
    with pytest.raises(ConnectorProblem, match=words) as caught:
        build(tmp_path, SIMPLE, {"base_url": "https://switchboard.example", "user": "anna", **fields})
    assert "pw" not in str(caught.value)


def test_numbers_and_patterns_of_fields_are_held(tmp_path: Path, make: Make) -> None:
    text = SIMPLE.replace("required = false", 'kind = "number"\npattern = "[0-9]+"').replace(
        "json = {", 'json = { extension = "{domain}",'
    )
    base = {"base_url": "https://switchboard.example", "user": "anna"}
    with pytest.raises(ConnectorProblem, match=r"should look like \[0-9\]\+"):
        build(tmp_path, text, {**base, "domain": "12x"})
    with pytest.raises(ConnectorProblem, match="whole number"):
        build(tmp_path, text.replace('pattern = "[0-9]+"', ""), {**base, "domain": "1.5"})
    with (
        connector_server(answer()) as server,
        closing(build(tmp_path, text, {**base, "base_url": server.url, "domain": "12"})) as one,
    ):
        one.write_diversion(LUNCH)
        assert json.loads(server.received[0].body)["extension"] == 12


@pytest.mark.parametrize("value", ["a\nb", "\ud800"])
def test_the_users_own_values_are_checked(make: Make, value: str) -> None:
    own = [*STANDARD_DIVERSIONS, Diversion("golf", Text.same("Golf"), Kind.ABSENCE, {"sample": value})]
    with pytest.raises(ConnectorProblem, match=r"diversions\.golf"):
        make("https://switchboard.example", catalogue=Catalogue(own))


@pytest.mark.parametrize("value", ["..", "a\nb"])
def test_a_value_from_the_switchboard_is_checked_too(make: Make, value: str) -> None:
    with connector_server(answer()) as server:
        with pytest.raises(SwitchboardUnknownValue):
            make(server, DSTNY).write_diversion(DiversionState(value))
        assert server.received == []


def test_a_secret_that_makes_a_request_too_large_is_not_sent(make: Make) -> None:
    text = SIMPLE.replace("json = {", 'json = { x = "{password}",')
    with connector_server(answer()) as server:
        with pytest.raises(SwitchboardError):
            make(server, text, secrets={"password": "x" * 70_000}).write_diversion(LUNCH)
        assert server.received == []


def test_a_login_that_becomes_too_large_is_not_sent(make: Make) -> None:
    with connector_server(answer()) as server:
        with pytest.raises(SwitchboardRefused, match="too large"):
            make(server, THREE_CX, secrets={"password": "x" * 70_000}).check()
        assert server.received == []


BEARER = 'kind = "bearer"\ntoken = "{password}"'


@pytest.mark.parametrize(
    ("auth", "required", "header", "value"),
    [
        ('kind = "none"', True, "Authorization", None),
        (BEARER, True, "Authorization", f"Bearer {SECRET}".encode().decode("latin-1")),
        (f'{BEARER}\nheader = "X-Api-Key"', True, "X-Api-Key", SECRET.encode().decode("latin-1")),
        (BEARER, False, "Authorization", None),
        ('kind = "basic"\nuser = "{user}"\npassword = "{password}"', False, "Authorization", None),
        ('kind = "digest"\nuser = "{user}"\npassword = "{password}"', False, "Authorization", None),
    ],
)
def test_each_way_to_sign(make: Make, auth: str, required: bool, header: str, value: str | None) -> None:
    text = SIMPLE[: SIMPLE.index("[auth]")] + f"[auth]\n{auth}\n" + SIMPLE[SIMPLE.index("[requests.get]") :]
    secrets = {"password": SECRET} if required else {}
    text = text if required else text.replace("secret = true", "secret = true\nrequired = false")
    with connector_server(answer(now="Lunch")) as server:
        make(server, text, secrets=secrets).fetch_diversion()
        assert server.received[0].header(header) == value


def test_a_certificate_file_that_is_none_is_named(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/no/such.pem")
    with pytest.raises(SwitchboardUnreachable, match=r"/no/such\.pem") as caught:
        make("https://localhost:1", session=None).fetch_diversion()
    assert ".." not in str(caught.value)


LIST = """
[requests.list]
path = "/all"
answer = { items = "all[*]", id = "id", label_sv = "sv", label_en = "en" }
[requests.set]"""


def test_the_switchboards_own_diversions_are_listed(make: Make) -> None:
    good = answer(all=[{"id": 1, "sv": "Möte", "en": "Meeting"}, {"id": "x", "sv": "Lunch"}, {"id": "y"}])
    bad = [answer(all=[{"sv": "Möte"}]), answer(all={"a": 1}), answer(all=[{"id": []}]), Reply(body="")]
    with connector_server(good, *bad) as server:
        connector = make(server, SIMPLE.replace("[requests.set]", LIST))
        assert connector.list_diversions() == (
            ("1", Text("Möte", "Meeting")),
            ("x", Text("Lunch", "Lunch")),
            ("y", Text("y", "y")),
        )
        for _ in bad:
            with pytest.raises(SwitchboardBadAnswer):
                connector.list_diversions()


@pytest.mark.parametrize(
    ("form", "written", "zone", "instant"),
    [
        ("iso", "2026-07-01T14:00:00", "Europe/Stockholm", datetime(2026, 7, 1, 12, tzinfo=UTC)),
        ("iso", "2026-07-01T12:00:00.5Z", "Europe/Stockholm", datetime(2026, 7, 1, 12, 0, 0, 500_000, tzinfo=UTC)),
        ("epoch", 1_782_907_200, None, datetime(2026, 7, 1, 12, tzinfo=UTC)),
        ("epoch", "1782907200", None, datetime(2026, 7, 1, 12, tzinfo=UTC)),
        ("epoch_ms", 1_782_907_200_250, None, datetime(2026, 7, 1, 12, 0, 0, 250_000, tzinfo=UTC)),
    ],
)
def test_ends_are_read_in_the_declared_format(
    make: Make, form: str, written: object, zone: str | None, instant: datetime
) -> None:
    more = f', until_format = "{form}"' + (f', timezone = "{zone}"' if zone else "")
    with connector_server(answer(now="Lunch", until=written)) as server:
        connector = make(server, SIMPLE.replace('until = "until" }', f'until = "until"{more} }}'))
        assert connector.fetch_diversion() == DiversionState("lunch", instant)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["now", "until", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def test_whatever_comes_back_is_a_state_or_a_typed_error(make: Make) -> None:
    body = b""

    def script(_received: Received) -> Reply:
        return Reply(body=body)

    with connector_server(script=script) as server:
        connector = make(server)

        @given(JSON_VALUES | st.binary(max_size=40))
        def check(given_body: Any) -> None:
            nonlocal body
            body = given_body if isinstance(given_body, bytes) else json.dumps(given_body).encode()
            try:
                assert isinstance(connector.fetch_diversion(), DiversionState)
            except B2CalError as error:
                assert isinstance(error, SwitchboardBadAnswer)

        check()
