"""The shipped connectors against stand-ins of the platforms that they describe."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from lxml import etree

from b2cal_desktop.core.errors import (
    SwitchboardNeedsSignIn,
    SwitchboardRefused,
    SwitchboardUnknownValue,
)
from b2cal_desktop.core.model import CLEAR, STANDARD_CATALOGUE, DiversionState
from b2cal_desktop.core.state import Confirmation, Health
from b2cal_desktop.switchboards.connector import Connector
from b2cal_desktop.switchboards.connector_file import ConnectorFile, find_connector
from tests.servers.broadworks import PRESENCES, BroadWorks
from tests.servers.connector_server import ConnectorServer, Received, Reply, Script, connector_server
from tests.servers.dstny import DstnyCore
from tests.servers.portsip import PortSip
from tests.servers.threecx import PROFILES, ThreeCX
from tests.sync.worlds import Computer, FakeClock, ModelCalendar, at, fast_folder, meeting

PASSWORD = "hemligt"
NOON = at("12:00")
LUNCH = DiversionState("lunch", at("13:00"))
NAMES = {key: diversion.label for key, diversion in STANDARD_CATALOGUE.items()}


@dataclass
class Line:
    """A connector and the server at its other end."""

    connector: Connector
    server: ConnectorServer
    file: ConnectorFile

    @property
    def last(self) -> Received:
        return self.server.received[-1]


@contextmanager
def line(name: str, platform: Script, secret: str = PASSWORD, user: str = "anna") -> Iterator[Line]:
    file = find_connector(name)
    assert file is not None
    with connector_server(script=platform) as server:
        fields = {"base_url": server.url, "user": user, "domain": "foretag.se"}
        connector = Connector(file, fields, lambda _: secret, STANDARD_CATALOGUE, answer_seconds=10)
        try:
            yield Line(connector, server, file)
        finally:
            connector.close()


def keys_of(file: ConnectorFile) -> list[str]:
    return [key for key in file.diversions if key != "available"]


# BroadWorks


@pytest.fixture
def broadworks() -> BroadWorks:
    return BroadWorks("anna@foretag.se", "hemligt", now=lambda: NOON)


def test_broadworks_sets_reads_and_clears_every_diversion(broadworks: BroadWorks) -> None:
    with line("broadworks", broadworks, user="anna@foretag.se") as phone:
        phone.connector.check()
        assert phone.connector.fetch_diversion() == CLEAR
        for key in keys_of(phone.file):
            state = DiversionState(key, LUNCH.until)
            phone.connector.write_diversion(state)
            assert broadworks.shows() == (phone.file.diversions[key].value, LUNCH.until)
            assert phone.connector.fetch_diversion() == state
        phone.connector.write_diversion(CLEAR)
        assert broadworks.shows() == ("None", None)
        assert phone.connector.fetch_diversion() == CLEAR  # though the old time is still in the answer
        assert dict(phone.connector.list_diversions())["Gone for the Day"] == NAMES["gone_for_the_day"]
        assert {value for value, _ in phone.connector.list_diversions()} <= PRESENCES
    assert broadworks.assistant["attendantNumber"] == "+46 8 123"  # what is not ours stays


def test_broadworks_lets_a_diversion_end_by_itself_and_keeps_one_without_end(broadworks: BroadWorks) -> None:
    clock = [NOON]
    broadworks.now = lambda: clock[0]
    with line("broadworks", broadworks, user="anna@foretag.se") as phone:
        phone.connector.write_diversion(LUNCH)
        clock[0] += timedelta(hours=1)
        assert phone.connector.fetch_diversion() == CLEAR
        phone.connector.write_diversion(DiversionState("vacation"))
        assert phone.connector.fetch_diversion() == DiversionState("vacation")
        broadworks.assistant["presence"] = "Business Trip"  # set elsewhere, and no word of ours
        assert phone.connector.fetch_diversion() == DiversionState("Business Trip")
        phone.connector.write_diversion(DiversionState("Business Trip", clock[0] + timedelta(hours=1)))
        assert phone.connector.fetch_diversion() == DiversionState("Business Trip", clock[0] + timedelta(hours=1))


def test_broadworks_is_told_the_end_in_milliseconds_with_its_offset(broadworks: BroadWorks) -> None:
    swedish = datetime(2026, 11, 23, 13, tzinfo=timezone(timedelta(hours=1)))
    with line("broadworks", broadworks, user="anna@foretag.se") as phone:
        phone.connector.write_diversion(DiversionState("lunch", swedish))
        root = etree.fromstring(phone.last.body)
        assert root.findtext("{*}expirationTime") == "2026-11-23T13:00:00.000+01:00"


@pytest.mark.parametrize(("user", "password"), [("anna@foretag.se", "fel"), ("olle@foretag.se", "hemligt")])
def test_broadworks_refuses_a_wrong_sign_in_after_one_try(broadworks: BroadWorks, user: str, password: str) -> None:
    with line("broadworks", broadworks, password, user) as phone:
        with pytest.raises(SwitchboardNeedsSignIn):
            phone.connector.check()
        assert broadworks.failed_sign_ins == 1


def test_broadworks_does_not_know_every_value(broadworks: BroadWorks) -> None:
    with line("broadworks", broadworks, user="anna@foretag.se") as phone:
        phone.connector.write_diversion(LUNCH)
        for key in ("Golf", "working_from_home"):
            with pytest.raises(SwitchboardUnknownValue):
                phone.connector.write_diversion(DiversionState(key, LUNCH.until))
        assert broadworks.shows() == ("Lunch", LUNCH.until)


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [
        (b"xsi", b"xsj", 400),  # another namespace
        (b"<presence>Lunch</presence>", b"", 200),  # what is left out stays
        (b"presence>", b"precense>", 400),
        (b"<enableExpirationTime>true", b"<enableExpirationTime>1", 400),
        (b".000+", b"+", 400),
        (b"2026", b"2020", 400),  # over already
        (b"Lunch", b"lunch", 400),
    ],
)
def test_the_broadworks_stand_in_is_strict(broadworks: BroadWorks, old: bytes, new: bytes, status: int) -> None:
    with line("broadworks", broadworks, user="anna@foretag.se") as phone:
        phone.connector.write_diversion(LUNCH)
        good = phone.last
    changed = Received(good.method, good.target, good.headers, good.body.replace(old, new))
    assert changed.body != good.body
    assert broadworks(changed).status == status


# Dstny Core and Bredband2


NINE = frozenset({label.sv for key, label in NAMES.items() if key != "available"} | {"Available"})


@pytest.fixture
def dstny() -> DstnyCore:
    return DstnyCore("foretag.se", "anna", "biljett", activities=NINE)


def test_bredband2_sends_each_of_its_nine_diversions(dstny: DstnyCore) -> None:
    with line("bredband2", dstny, "biljett") as phone:
        phone.connector.check()
        for key in keys_of(phone.file):
            phone.connector.write_diversion(DiversionState(key, LUNCH.until))
            assert dstny.activity == NAMES[key].sv
        assert phone.last.target == "/api/user/info/foretag.se/anna/activity/Semester"
        phone.connector.write_diversion(CLEAR)
        assert dstny.activity == "Available"
        assert phone.connector.fetch_diversion() is None
    assert len(dstny.seen) == 9


def test_dstny_core_knows_only_what_has_been_seen_and_what_a_user_adds(dstny: DstnyCore) -> None:
    with line("dstny-core", dstny, "biljett") as phone:
        assert phone.connector.abilities.diversions == {"available"}
        with pytest.raises(SwitchboardUnknownValue, match="Meeting"):
            phone.connector.write_diversion(DiversionState("meeting"))
        assert phone.server.received == []
        phone.connector.write_diversion(DiversionState("Möte"))  # the switchboard's own value
        assert dstny.activity == "Möte"


def test_dstny_core_says_no_in_its_own_ways(dstny: DstnyCore) -> None:
    with line("bredband2", dstny, "another") as phone, pytest.raises(SwitchboardNeedsSignIn):
        phone.connector.check()
    with line("bredband2", dstny, "biljett") as phone:
        dstny.activities = frozenset({"Available"})
        with pytest.raises(SwitchboardUnknownValue, match="Lunch"):
            phone.connector.write_diversion(LUNCH)
        dstny.scopes = frozenset({"Line state"})
        with pytest.raises(SwitchboardRefused, match="403"):
            phone.connector.check()
        with pytest.raises(SwitchboardRefused, match="403"):
            phone.connector.write_diversion(CLEAR)
    with line("bredband2", dstny, "biljett", user="olle") as phone, pytest.raises(SwitchboardRefused):
        phone.connector.write_diversion(CLEAR)
    assert dstny.seen == []


def test_the_dstny_stand_in_is_strict(dstny: DstnyCore) -> None:
    with line("bredband2", dstny, "biljett") as phone:
        phone.connector.write_diversion(LUNCH)
        good = phone.last
    bare = tuple(header for header in good.headers if header[0] != "Content-Type")
    assert dstny(Received(good.method, good.target, bare, b"")).status == 400
    assert dstny(Received("DELETE", good.target, good.headers, b"")).status == 405
    assert dstny(Received("POST", good.target, (*good.headers, ("X-HTTP-Method-Override", "PUT")), b"")).status == 204
    assert dstny(Received("PUT", good.target + "s/x", good.headers, b"")).status == 404


# 3CX


@pytest.fixture
def threecx() -> ThreeCX:
    return ThreeCX("anna", "hemligt")


def test_threecx_signs_in_once_and_sets_and_reads_profiles(threecx: ThreeCX) -> None:
    with line("threecx", threecx) as phone:
        phone.connector.check()
        assert phone.connector.fetch_diversion() == CLEAR
        for key in keys_of(phone.file):
            phone.connector.write_diversion(DiversionState(key, LUNCH.until))
            assert threecx.profile == phone.file.diversions[key].value
            assert phone.connector.fetch_diversion() == DiversionState(key)  # the one of its kind that was written
        phone.connector.write_diversion(CLEAR)
        assert phone.connector.fetch_diversion() == CLEAR
        assert len(threecx.tokens) == 1
        shown = "".join(str(exchange) for exchange in phone.connector.exchanges)
        assert "hemligt" not in shown
        assert "token-0" not in shown
        assert "sip-secret" not in shown  # nothing but the profile is fetched
    assert set(threecx.written) <= set(PROFILES)


def test_threecx_renews_a_token_that_has_run_out(threecx: ThreeCX) -> None:
    with line("threecx", threecx) as phone:
        phone.connector.check()
        threecx.restart()
        phone.connector.write_diversion(LUNCH)
        assert (threecx.profile, len(threecx.tokens)) == ("Away", 2)


def test_threecx_refuses_a_wrong_password_and_a_second_factor_after_one_try(threecx: ThreeCX) -> None:
    with line("threecx", threecx, "fel") as phone:
        with pytest.raises(SwitchboardNeedsSignIn):
            phone.connector.check()
        assert threecx.failed_sign_ins == 1
    threecx.second_factor = True
    with line("threecx", threecx) as phone:
        with pytest.raises(SwitchboardNeedsSignIn):
            phone.connector.check()
        assert len(phone.server.received) == 1


def test_threecx_does_not_know_every_value(threecx: ThreeCX) -> None:
    with line("threecx", threecx) as phone:
        for key in ("Golf", "working_from_home"):
            with pytest.raises(SwitchboardUnknownValue):
                phone.connector.write_diversion(DiversionState(key))
        threecx.profile = "Custom 1"
        assert phone.connector.fetch_diversion() == DiversionState("Custom 1")
    assert threecx.written == []


def test_the_threecx_stand_in_is_strict(threecx: ThreeCX) -> None:
    with line("threecx", threecx) as phone:
        phone.connector.write_diversion(LUNCH)
        good = phone.last
    other = json.dumps({"CurrentProfileName": "Away", "Number": "1"}).encode()
    plain = tuple((name, "text/plain" if name == "Content-Type" else value) for name, value in good.headers)
    assert threecx(Received("PATCH", good.target, good.headers, other)).status == 400
    assert threecx(Received("PATCH", good.target, plain, good.body)).status == 415
    assert threecx(Received("PUT", good.target, good.headers, good.body)).status == 405
    assert threecx(Received("PATCH", "/xapi/v1/Users(1)", good.headers, good.body)).status == 404
    assert threecx(Received("PATCH", good.target, (), good.body)).status == 401


# PortSIP


@pytest.fixture
def portsip() -> PortSip:
    return PortSip("anna", "foretag.se", "hemligt")


def test_portsip_sends_a_presence_and_a_note_that_tells_which_it_is(portsip: PortSip) -> None:
    with line("portsip", portsip) as phone:
        phone.connector.check()
        assert len(portsip.tokens) == 1  # the check is the sign-in
        for key in keys_of(phone.file):
            phone.connector.write_diversion(DiversionState(key, LUNCH.until))
            assert portsip.presence == (phone.file.diversions[key].value, NAMES[key].sv)
        phone.connector.write_diversion(CLEAR)
        assert portsip.presence == ("AVAILABLE", "")
        assert phone.connector.fetch_diversion() is None
        portsip.let_tokens_run_out()
        phone.connector.write_diversion(LUNCH)
        assert (portsip.presence, len(portsip.tokens)) == (("LUNCH", "Lunch"), 2)


def test_portsip_says_no_in_its_own_ways(portsip: PortSip) -> None:
    with line("portsip", portsip, "fel") as phone:
        with pytest.raises(SwitchboardNeedsSignIn):
            phone.connector.check()
        with pytest.raises(SwitchboardNeedsSignIn):
            phone.connector.write_diversion(LUNCH)
        assert len(phone.server.received) == 2
    with line("portsip", portsip) as phone, pytest.raises(SwitchboardUnknownValue, match="GOLF"):
        phone.connector.write_diversion(DiversionState("GOLF"))
    portsip.second_factor = True
    with line("portsip", portsip) as phone, pytest.raises(SwitchboardNeedsSignIn):
        phone.connector.check()
    assert portsip.history == []


def test_the_portsip_stand_in_is_strict(portsip: PortSip) -> None:
    with line("portsip", portsip) as phone:
        phone.connector.write_diversion(LUNCH)
        good = phone.last
    long = json.dumps({"presence": "LUNCH", "presence_note": "x" * 129}).encode()
    assert portsip(Received("POST", good.target, good.headers, long)).status == 400
    assert portsip(Received("GET", good.target, good.headers, b"")).status == 405
    assert portsip(Received("POST", "/api/users/1/presence", good.headers, good.body)).status == 404
    assert portsip(Received("POST", good.target, (("Content-Type", "text/xml"),), good.body)).status == 415


# Through the sync engine


@contextmanager
def computer(phone: Line, clock: FakeClock) -> Iterator[Computer]:
    with fast_folder() as folder:
        made = Computer(clock, ModelCalendar(meeting()), phone.connector, folder / "ledger.sqlite")
        yield made
        made.close()


def test_an_accepted_change_that_cannot_be_read_back_is_sent_and_never_confirmed(portsip: PortSip) -> None:
    clock = FakeClock(at("08:00"))
    with line("portsip", portsip) as phone, computer(phone, clock) as made:
        for time, shown in (("09:00", ("AWAY", "Möte")), ("09:30", ("AWAY", "Möte")), ("10:00", ("AVAILABLE", ""))):
            state = made.run_at(time)
            assert portsip.presence == shown
            assert (state.confirmation, state.confirmed_at) == (Confirmation.SENT, None)
            assert state.seen is None
            assert not state.reads_back
            assert {entry.confirmation for entry in state.history} == {Confirmation.SENT}
    assert len(portsip.history) == 2


@pytest.mark.parametrize(("name", "secret"), [("broadworks", "hemligt"), ("threecx", "hemligt")])
def test_a_change_that_is_read_back_is_confirmed(name: str, secret: str) -> None:
    clock = FakeClock(at("08:00"))
    platforms: dict[str, Any] = {
        "broadworks": BroadWorks("anna", secret, now=clock.now),
        "threecx": ThreeCX("anna", secret),
    }
    with line(name, platforms[name], secret) as phone, computer(phone, clock) as made:
        state = made.run_at("09:00")
        assert state.confirmation is Confirmation.CONFIRMED
        assert state.seen is not None
        assert state.seen.diversion == "meeting"
        assert made.run_at("10:00").seen == CLEAR


def test_an_accepted_change_that_is_not_shown_is_not_confirmed(threecx: ThreeCX) -> None:
    """A switchboard may say yes and do nothing."""

    def deaf(received: Received) -> Reply:
        return Reply(204, content_type=None) if received.method == "PATCH" else threecx(received)

    clock = FakeClock(at("08:00"))
    with line("threecx", deaf) as phone, computer(phone, clock) as made:
        state = made.run_at("09:00")
        assert (state.confirmation, state.seen) == (Confirmation.SENT, CLEAR)
        assert state.switchboard.health is Health.OK
