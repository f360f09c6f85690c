"""The shipped `xcap-presence` against a server that nobody here wrote: Kamailio, on loopback, with Digest."""

import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from urllib.error import HTTPError

import pytest
from lxml import etree

from b2cal_desktop.core.errors import (
    SwitchboardConflict,
    SwitchboardNeedsSignIn,
    SwitchboardOutcomeUnknown,
    SwitchboardRefused,
)
from b2cal_desktop.core.model import CLEAR, STANDARD_CATALOGUE, DiversionState, ShowAs, Text
from b2cal_desktop.core.ports import Abilities
from b2cal_desktop.core.state import Confirmation, Health
from b2cal_desktop.switchboards.connector import Connector
from b2cal_desktop.switchboards.connector_file import find_connector
from b2cal_desktop.switchboards.connector_trial import Finding, StepName, try_connector
from tests.servers.kamailio import DOMAIN, Kamailio, kamailio, missing
from tests.sync.worlds import Computer, FakeClock, ModelCalendar, at, event, fast_folder

PASSWORD = "hemligt/& 1"
UNTIL = datetime(2026, 11, 23, 12, tzinfo=UTC)
MEETING = DiversionState("meeting", UNTIL)
_NAMESPACES = {
    "p": "urn:ietf:params:xml:ns:pidf",
    "dm": "urn:ietf:params:xml:ns:pidf:data-model",
    "rpid": "urn:ietf:params:xml:ns:pidf:rpid",
}
_names = count()


@dataclass(frozen=True)
class Presence:
    """What the server holds of a person, as somebody else reads it; ``activity`` None where it holds nothing."""

    activity: str | None = None
    until: str | None = None
    note: str | None = None
    place: str | None = None


NOTHING = Presence()


@dataclass
class Person:
    """Somebody with an account on the server, and a way to look that shares nothing with the product."""

    server: Kamailio
    user: str
    made: list[Connector] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"{self.server.root}/pidf-manipulation/users/sip:{self.user}@{DOMAIN}/index"

    @property
    def fields(self) -> dict[str, str]:
        return {"base_url": self.server.root, "user": self.user, "domain": DOMAIN}

    def connect(self, password: str = PASSWORD, domain: str = DOMAIN) -> Connector:
        file = find_connector("xcap-presence")
        assert file is not None
        fields = {**self.fields, "domain": domain}
        self.made.append(Connector(file, fields, lambda _: password, STANDARD_CATALOGUE, answer_seconds=5))
        return self.made[-1]

    def look(self) -> Presence:
        """An independent GET: the standard library's own HTTP, Digest and all."""
        try:
            document = etree.fromstring(self._request("GET"))
        except HTTPError as error:
            with error:
                assert error.code == 404
            return NOTHING
        person = document.find("dm:person", _NAMESPACES)
        assert person is not None
        activities = person.find("rpid:activities", _NAMESPACES)
        assert activities is not None
        words = [child for child in activities if etree.QName(child).localname != "note"]
        assert len(words) == 1
        place = person.find("rpid:place-type", _NAMESPACES)
        return Presence(
            etree.QName(words[0]).localname,
            activities.get("until"),
            person.findtext("dm:note", namespaces=_NAMESPACES),
            etree.QName(place[0]).localname if place is not None else None,
        )

    def set_by_hand(self, activity: str, until: str | None = None) -> None:
        """A softphone's own way of writing it: other prefixes, a note inside."""
        end = f' until="{until}"' if until else ""
        self._request(
            "PUT",
            f'<q:presence xmlns:q="urn:ietf:params:xml:ns:pidf" entity="sip:{self.user}@{DOMAIN}">'
            f'<d:person xmlns:d="{_NAMESPACES["dm"]}" id="x"><r:activities xmlns:r="{_NAMESPACES["rpid"]}"{end}>'
            f"<r:note>bara så</r:note><r:{activity}/></r:activities></d:person></q:presence>",
        )

    def remove(self) -> None:
        self._request("DELETE")

    def _request(self, method: str, body: str | None = None) -> bytes:
        passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        passwords.add_password(None, self.server.root, self.user, PASSWORD)
        opener = urllib.request.build_opener(urllib.request.HTTPDigestAuthHandler(passwords))
        data = body.encode() if body is not None else None
        headers = {"Content-Type": "application/pidf+xml"} if body is not None else {}
        request = urllib.request.Request(self.address, data, headers, method=method)
        with opener.open(request, timeout=5) as answer:
            return bytes(answer.read())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kamailio]:
    lacking = missing()
    if lacking is not None:
        pytest.skip(f"not installed here: {lacking} (.ci/bootstrap test installs it)")
    with kamailio(tmp_path_factory.mktemp("kamailio")) as running:
        yield running


@pytest.fixture
def person(server: Kamailio) -> Iterator[Person]:
    made = Person(server, f"anna{next(_names)}")
    server.add_user(made.user, PASSWORD)
    yield made
    for connector in made.made:
        connector.close()


@pytest.mark.parametrize(
    ("key", "activity", "place"),
    [
        ("working_from_home", "working", "home"),
        ("sick", "other", None),
        ("gone_for_the_day", "away", None),
        ("busy", "busy", None),
        ("lunch", "lunch", None),
        ("meeting", "meeting", None),
        ("out_of_office", "away", None),
        ("vacation", "vacation", None),
    ],
)
def test_each_diversion_is_set_with_its_end_and_note_and_reads_as_itself(
    person: Person, key: str, activity: str, place: str | None
) -> None:
    connector = person.connect()
    state = DiversionState(key, UNTIL)
    connector.write_diversion(state)
    note = STANDARD_CATALOGUE.label(key, "sv")
    assert person.look() == Presence(activity, "2026-11-23T12:00:00Z", note, place)
    assert connector.fetch_diversion() == state
    connector.write_diversion(DiversionState(key))
    assert person.look() == Presence(activity, None, note, place)
    assert connector.fetch_diversion() == DiversionState(key)


def test_nothing_there_reads_as_available_and_clearing_removes_the_document(person: Person) -> None:
    connector = person.connect()
    connector.check()
    assert connector.fetch_diversion() == CLEAR
    connector.write_diversion(MEETING)
    connector.write_diversion(CLEAR)
    assert person.look() == NOTHING
    assert connector.fetch_diversion() == CLEAR


def test_clearing_what_is_not_there_is_settled_by_reading(person: Person) -> None:
    """Kamailio answers 500 to that, which may mean anything; the next look shows that all is well."""
    connector = person.connect()
    with pytest.raises(SwitchboardOutcomeUnknown, match="500"):
        connector.write_diversion(CLEAR)
    assert connector.fetch_diversion() == CLEAR


def test_somebody_elses_document_is_understood_and_its_etag_protects_it(person: Person) -> None:
    connector = person.connect()
    connector.write_diversion(MEETING)
    person.set_by_hand("travel")
    with pytest.raises(SwitchboardConflict):  # 412: the ETag is that of our own writing
        connector.write_diversion(DiversionState("lunch", UNTIL))
    assert connector.fetch_diversion() == DiversionState("travel")
    person.set_by_hand("vacation")
    with pytest.raises(SwitchboardConflict):
        connector.write_diversion(CLEAR)
    assert connector.fetch_diversion() == DiversionState("vacation")
    connector.write_diversion(MEETING)
    assert person.look().activity == "meeting"


def test_a_wrong_password_needs_the_user_and_is_sent_once(person: Person) -> None:
    connector = person.connect("fel")
    with pytest.raises(SwitchboardNeedsSignIn):
        connector.fetch_diversion()
    signed = [exchange for exchange in connector.exchanges if "Authorization" in dict(exchange.headers)]
    assert len(signed) == 1
    with pytest.raises(SwitchboardNeedsSignIn):
        connector.write_diversion(MEETING)
    assert person.look() == NOTHING


def test_a_password_may_have_letters_beyond_ascii(server: Kamailio) -> None:
    person = Person(server, f"anna{next(_names)}")
    server.add_user(person.user, "lösen öl")
    connector = person.connect("lösen öl")
    connector.write_diversion(MEETING)
    assert connector.fetch_diversion() == MEETING
    connector.close()


def test_nobody_writes_for_another(person: Person) -> None:
    connector = person.connect(domain="annat.se")
    with pytest.raises(SwitchboardRefused, match="403"):
        connector.write_diversion(MEETING)


def test_the_trial_confirms_and_puts_back(person: Person) -> None:
    person.set_by_hand("vacation")
    file = find_connector("xcap-presence")
    assert file is not None
    clock = FakeClock(at("09:00"))
    steps, seen = [], []
    for step in try_connector(file, person.fields, lambda _: PASSWORD, "meeting", clock=clock, wait=clock.advance):
        steps.append((step.name, step.finding))
        seen.append(person.look().activity)
    assert steps == [
        (StepName.CHECK, Finding.WORKED),
        (StepName.GET, Finding.WORKED),
        (StepName.SET, Finding.SENT),
        (StepName.READ_BACK, Finding.CONFIRMED),
        (StepName.RESTORE, Finding.SENT),
        (StepName.READ_BACK, Finding.CONFIRMED),
    ]
    assert seen == ["vacation", "vacation", "meeting", "meeting", "vacation", "vacation"]


# A whole day

DAY = [
    event("home", at("00:00"), at("00:00", 24), "HEM: hela dagen", ShowAs.WORKING_ELSEWHERE, all_day=True),
    event("standup", at("09:00"), at("09:15"), "MOT: morgonmöte", ShowAs.BUSY),
    event("focus", at("10:00"), at("11:30"), "Fokus", ShowAs.BUSY),
    event("lunch", at("11:30"), at("12:30"), "LUN: sallad"),
    event("salary", at("13:00"), at("13:45"), "MÖT: lön", ShowAs.BUSY, private=True),
    event("dentist", at("14:00"), at("15:00"), "UTE: tandläkaren", ShowAs.OOF),
    event("review", at("14:30"), at("15:30"), "MOT: genomgång", ShowAs.BUSY),
    event("lost", at("15:40"), at("15:50"), "MOT: avböjt", ShowAs.BUSY, declined=True),
    event("home-time", at("16:30"), at("00:00", 24), "SLU:"),
]
HOME = "Jobbar hemifrån"
# When, what, until when; the note is the diversion's own name.
EXPECTED = [
    ("08:00:00", "working", "09:00:00", HOME),
    ("09:00:00", "meeting", "09:15:00", "Möte"),
    ("09:15:00", "working", "10:00:00", HOME),
    ("10:00:00", "busy", "11:30:00", "Upptagen"),
    ("11:30:00", "lunch", "12:30:00", "Lunch"),
    ("12:30:00", "working", "13:00:00", HOME),
    ("13:00:00", "meeting", "13:45:00", "Möte"),
    ("13:45:00", "working", "14:00:00", HOME),
    ("14:00:00", "away", "15:00:00", "Ej på kontoret"),
    ("15:00:00", "meeting", "15:30:00", "Möte"),
    ("15:30:00", "working", "16:30:00", HOME),
    ("16:30:00", "away", "00:00:00", "Gått för dagen"),
    ("00:00:00", None, None, None),  # the server does not do that by itself
]


@dataclass
class Witness:
    """The connector as the engine uses it; after each write somebody else looks at what the server now holds."""

    connector: Connector
    person: Person
    clock: FakeClock
    writes: list[tuple[str, str | None, str | None, str | None]] = field(default_factory=list)

    @property
    def abilities(self) -> Abilities:
        return self.connector.abilities

    @property
    def name(self) -> Text:
        return self.connector.name

    @property
    def unconfirmed(self) -> Text | None:
        return self.connector.unconfirmed

    def fetch_diversion(self) -> DiversionState | None:
        return self.connector.fetch_diversion()

    def write_diversion(self, state: DiversionState) -> None:
        self.connector.write_diversion(state)
        found = self.person.look()
        until = local(datetime.fromisoformat(found.until)) if found.until else None
        self.writes.append((local(self.clock.now()), found.activity, until, found.note))

    def close(self) -> None:
        self.connector.close()


def local(instant: datetime) -> str:
    return (instant.astimezone(UTC) + timedelta(hours=1)).strftime("%H:%M:%S")  # Stockholm in November


@contextmanager
def computer(person: Person, clock: FakeClock, calendar: ModelCalendar) -> Iterator[tuple[Computer, Witness]]:
    witness = Witness(person.connect(), person, clock)
    with fast_folder() as folder:
        made = Computer(clock, calendar, witness, folder / "ledger.sqlite")
        yield made, witness
        made.close()


def test_a_whole_day_where_every_write_is_seen_by_somebody_else(person: Person) -> None:
    clock = FakeClock(at("08:00"))
    with computer(person, clock, ModelCalendar(*DAY)) as (made, witness):
        made.play_to(at("00:05", 24))
        assert witness.writes == EXPECTED
        assert person.look() == NOTHING, "nothing of ours is left after its end"
        assert made.published[-1].want == CLEAR
        assert made.failures == []
        confirmations = [entry.confirmation for entry in made.published[-1].history]
        assert confirmations == [Confirmation.CONFIRMED] * len(EXPECTED)
        assert all(state.switchboard.health is Health.OK for state in made.published)
        assert "lön" not in str([exchange.body for exchange in witness.connector.exchanges])


def test_a_day_with_a_softphone_in_it(person: Person) -> None:
    """A hand on the softphone is respected; and what the server lets stand after its end is cleared, however late."""
    clock = FakeClock(at("08:00"))
    calendar = ModelCalendar(event("m", at("09:00"), at("10:00"), "MOT: avstämning"))
    calendar.put(event("n", at("11:00"), at("11:30"), "MOT: till"))
    with computer(person, clock, calendar) as (made, witness):
        made.play_to(at("09:20"))
        person.set_by_hand("on-the-phone")
        made.play_to(at("10:30"))
        assert witness.writes == [("09:00:00", "meeting", "10:00:00", "Möte")]
        assert made.published[-1].manual == DiversionState("on-the-phone")
        person.remove()
        made.play_to(at("11:10"))
        assert witness.writes[1:] == [("11:00:00", "meeting", "11:30:00", "Möte")]
        # The computer is away when the meeting ends, and back an hour later.
        made.ledger.close()
        clock.advance_to(at("12:30"))
        made.restart()
        assert person.look().activity == "meeting"
        made.play_to(at("12:35"))
        assert witness.writes[2:] == [("12:30:00", None, None, None)]
        assert person.look() == NOTHING


def test_quitting_leaves_nothing_that_nobody_would_end(person: Person) -> None:
    clock = FakeClock(at("09:30"))
    with computer(person, clock, ModelCalendar(event("m", at("09:00"), at("10:00"), "MOT: avstämning"))) as (made, _):
        made.play_to(at("09:31"))
        assert person.look().activity == "meeting"
        made.cycle.leave(clock.now(), clear=not made.switchboard.abilities.self_ending)
        assert person.look() == NOTHING


def test_what_somebody_elses_program_left_behind_is_left(person: Person) -> None:
    """It is over, and so in nobody's way; and it is not ours to remove."""
    clock = FakeClock(at("08:00"))
    person.set_by_hand("travel", until="2026-11-23T06:00:00Z")
    with computer(person, clock, ModelCalendar()) as (made, witness):
        made.play_to(at("08:10"))
        assert witness.writes == []
        assert made.published[-1].manual is None
    assert person.look().activity == "travel"
