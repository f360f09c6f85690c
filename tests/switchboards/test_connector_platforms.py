"""What is known of real platforms can be said in a file: XML bodies, Digest with ETag, PIDF, POST with an override.

The server end is scripted from the same facts; it computes Digest on its own.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from b2cal_desktop.core.errors import (
    ConnectorProblem,
    SwitchboardBadAnswer,
    SwitchboardConflict,
    SwitchboardNeedsSignIn,
    SwitchboardUnknownValue,
)
from b2cal_desktop.core.model import (
    CLEAR,
    STANDARD_CATALOGUE,
    STANDARD_DIVERSIONS,
    Catalogue,
    Diversion,
    DiversionState,
)
from b2cal_desktop.switchboards.connector import Connector
from b2cal_desktop.switchboards.connector_digest import Challenge, answer_challenge, parse_challenge
from tests.servers.connector_server import ConnectorServer, Received, Reply, connector_server
from tests.switchboards.connector_samples import BROADWORKS, PORTSIP, XCAP, build

UNTIL = datetime(2026, 11, 23, 12, tzinfo=UTC)
LUNCH = DiversionState("lunch", UNTIL)
XSI = "{http://schema.broadsoft.com/xsi}"


@contextmanager
def connected(
    folder: Path, server: ConnectorServer, text: str, catalogue: Catalogue = STANDARD_CATALOGUE, user: str = "anna"
) -> Iterator[Connector]:
    fields = {"base_url": f"{server.url}/root/", "user": user, "domain": "foretag.se"}
    connector = build(folder, text, fields, {"password": "hemligt"}, catalogue)
    try:
        yield connector
    finally:
        connector.close()


def assistant(presence: str, enabled: str = "false", expires: str = "2020-01-01T00:00:00.000+01:00") -> Reply:
    return Reply(
        body='<?xml version="1.0" encoding="ISO-8859-1"?><PersonalAssistant xmlns="http://schema.broadsoft.com/xsi">'
        f"<presence>{presence}</presence><enableExpirationTime>{enabled}</enableExpirationTime>"
        f"<expirationTime>{expires}</expirationTime></PersonalAssistant>",
        content_type="application/xml",
    )


def test_broadworks_is_written_and_read_as_xml(tmp_path: Path) -> None:
    with (
        connector_server(
            Reply(content_type=None),
            Reply(content_type=None),
            assistant("Lunch", "true", "2026-11-23T13:00:00.000+01:00"),
            assistant("Business Trip"),
            assistant("None"),
        ) as server,
        connected(tmp_path, server, BROADWORKS) as connector,
    ):
        connector.write_diversion(LUNCH)
        connector.write_diversion(CLEAR)
        assert connector.fetch_diversion() == LUNCH
        assert connector.fetch_diversion() == DiversionState("Business Trip")
        assert connector.fetch_diversion() == CLEAR
    written, cleared = (etree.fromstring(received.body) for received in server.received[:2])
    assert [(child.tag, child.text) for child in written] == [
        (f"{XSI}presence", "Lunch"),
        (f"{XSI}enableExpirationTime", "true"),
        (f"{XSI}expirationTime", "2026-11-23T12:00:00.000+00:00"),
    ]
    assert [(child.tag, child.text) for child in cleared] == [
        (f"{XSI}presence", "None"),
        (f"{XSI}enableExpirationTime", "false"),
    ]
    first = server.received[0]
    assert first.target == "/root/com.broadsoft.xsi-actions/v2.0/user/anna/services/personalassistant"
    assert first.header("Content-Type") == first.header("Accept") == "application/xml"
    credentials = base64.b64encode(b"anna@foretag.se:hemligt").decode()
    assert first.header("Authorization") == f"Basic {credentials}"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "carries a DTD"),
        (
            "<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'>"
            + "".join(f"<!ENTITY {chr(98 + n)} '" + f"&{chr(97 + n)};" * 10 + "'>" for n in range(9))
            + "]><a>&j;</a>",
            "carries a DTD|not valid XML",
        ),
        ("<a>", "not valid XML"),
        ("<a>" * 300 + "</a>" * 300, "not valid XML"),
        ("<a>" + "<b/>" * 5000 + "</a>", "too large"),
        ("\x00", "not valid XML"),
        ("{}", "not valid XML"),
        ("<html/>", "web page"),
    ],
)
def test_xml_that_is_hostile_or_broken_is_refused(tmp_path: Path, body: str, words: str) -> None:
    reply = Reply(body=body, content_type=None)
    with (
        connector_server(reply) as server,
        connected(tmp_path, server, BROADWORKS) as connector,
        pytest.raises(SwitchboardBadAnswer, match=words),
    ):
        connector.fetch_diversion()


class PresenceServer:
    """A little XCAP server: Digest with its own nonces, one document, an ETag, and what RFC 4825 says of them."""

    def __init__(self, qop: str = ', qop="auth"', algorithm: str = "") -> None:
        self.document: bytes | None = None
        self.version = 0
        self.nonce = 1
        self.stale = False
        self.password = "hemligt"
        self._qop, self._algorithm = qop, algorithm
        self._name = "sha256" if "SHA-256" in algorithm else "md5"

    def __call__(self, received: Received) -> Reply:
        if not self._known(received):
            challenge = f'Digest realm="a \\"b\\"", nonce="n{self.nonce}", opaque="o"{self._qop}{self._algorithm}'
            challenge += ", stale=true" if self.stale else ""
            return Reply(401, headers=(("WWW-Authenticate", challenge),))
        etag = f'"v{self.version}"'
        if received.header("If-Match") not in (None, etag):
            return Reply(412)
        if received.method == "PUT":
            assert received.header("Content-Type") == "application/pidf+xml"
            self.document, self.version = received.body, self.version + 1
            return Reply(200, headers=(("ETag", f'"v{self.version}"'),), content_type=None)
        if self.document is None:
            return Reply(404)
        if received.method == "DELETE":
            self.document = None
            return Reply(200, content_type=None)
        return Reply(200, self.document, "application/pidf+xml", (("ETag", etag),))

    def _known(self, received: Received) -> bool:
        header = received.header("Authorization") or ""
        given = dict(re.findall(r'(\w+)=(?:"((?:[^"\\]|\\.)*)")', header))
        bare = dict(re.findall(r"(\w+)=([^\s\",]+)", header))
        if given.get("nonce") != f"n{self.nonce}":
            return False

        def h(text: str) -> str:
            return hashlib.new(self._name, text.encode(), usedforsecurity=False).hexdigest()

        secret = h(f'{given["username"]}:a "b":{self.password}')
        assert given["realm"] == 'a \\"b\\"'
        assert given["uri"] == received.target
        middle = f"{bare['nc']}:{given['cnonce']}:auth:" if self._qop else ""
        return str(given["response"]) == h(
            f"{secret}:{given['nonce']}:{middle}{h(received.method + ':' + received.target)}"
        )


@pytest.mark.parametrize(
    ("qop", "algorithm"),
    [
        (', qop="auth"', ""),
        ("", ""),
        (', qop="auth-int, auth"', ", algorithm=MD5"),
        (', qop="auth"', ", algorithm=SHA-256"),
    ],
)
def test_xcap_presence_with_digest_and_etag(tmp_path: Path, qop: str, algorithm: str) -> None:
    presence = PresenceServer(qop, algorithm)
    with connector_server(script=presence) as server, connected(tmp_path, server, XCAP) as connector:
        assert connector.fetch_diversion() == CLEAR
        connector.write_diversion(LUNCH)
        assert connector.fetch_diversion() == LUNCH
        assert len(server.received) == 4  # one challenge for all of it
        assert server.received[0].target == "/root/pidf-manipulation/users/sip:anna@example.se/index"
        document = etree.fromstring(presence.document or b"")
        found = etree.tostring(document).decode()
        assert document.nsmap == {None: "urn:ietf:params:xml:ns:pidf", "rpid": "urn:ietf:params:xml:ns:pidf:rpid"}
        assert '<rpid:activities until="2026-11-23T12:00:00Z"><rpid:meal/></rpid:activities>' in found
        assert '<note xml:lang="sv">Lunch</note>' in found

        presence.version += 1
        with pytest.raises(SwitchboardConflict):
            connector.write_diversion(CLEAR)
        connector.fetch_diversion()
        connector.write_diversion(CLEAR)
        assert presence.document is None
        connector.write_diversion(CLEAR)  # there is nothing left to delete, and that is fine
        assert connector.fetch_diversion() == CLEAR


@pytest.mark.parametrize("stale", [True, False])
def test_a_nonce_that_has_run_out_is_replaced(tmp_path: Path, stale: bool) -> None:
    presence = PresenceServer()
    with connector_server(script=presence) as server, connected(tmp_path, server, XCAP) as connector:
        connector.fetch_diversion()
        connector.fetch_diversion()
        presence.nonce, presence.stale = 2, stale
        assert connector.fetch_diversion() == CLEAR
        assert len(server.received) == 5


def test_a_wrong_password_is_sent_once(tmp_path: Path) -> None:
    presence = PresenceServer()
    presence.password = "another"
    with connector_server(script=presence) as server, connected(tmp_path, server, XCAP) as connector:
        for asked in (2, 4):  # without a signature, then with one
            with pytest.raises(SwitchboardNeedsSignIn):
                connector.fetch_diversion()
            assert len(server.received) == asked
        assert sum(received.header("Authorization") is not None for received in server.received) == 2


def test_a_challenge_that_cannot_be_met_needs_the_user(tmp_path: Path) -> None:
    reply = Reply(401, headers=(("WWW-Authenticate", 'Digest realm="a", nonce="b", qop="auth-int"'),))
    with connector_server(reply) as server, connected(tmp_path, server, XCAP) as connector:
        with pytest.raises(SwitchboardNeedsSignIn):
            connector.fetch_diversion()
        assert len(server.received) == 1


def test_a_user_name_beyond_ascii_is_no_digest_user(tmp_path: Path) -> None:
    with pytest.raises(ConnectorProblem, match="ASCII"), connector_server(Reply()) as server:
        build(tmp_path, XCAP, {"base_url": server.url, "user": "åsa"})


def test_a_value_that_cannot_name_an_element_is_refused_before_it_is_sent(tmp_path: Path) -> None:
    with connector_server(Reply()) as server:
        lunch = [d for d in STANDARD_DIVERSIONS if d.key != "lunch"]
        lunch.append(Diversion("lunch", LABEL, STANDARD_DIVERSIONS[5].kind, {"sample": "<a b>"}))
        with pytest.raises(ConnectorProblem, match=r"diversions\.lunch.*name of an XML element"):
            build(tmp_path, XCAP, {"base_url": server.url, "user": "anna"}, catalogue=Catalogue(lunch))
        with connected(tmp_path, server, XCAP) as connector, pytest.raises(SwitchboardUnknownValue):
            connector.write_diversion(DiversionState("<a b>"))
        assert server.received == []


LABEL = STANDARD_DIVERSIONS[5].label


def test_rfc_7616_examples() -> None:
    """The worked examples of RFC 7616, section 3.9.1."""
    for algorithm, response in (
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ):
        challenge = parse_challenge(
            'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=' + algorithm + ", "
            'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", '
            'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
        )
        assert challenge is not None
        answer = answer_challenge(
            challenge,
            method="GET",
            url="http://www.example.org/dir/index.html",
            user="Mufasa",
            password="Circle of Life",
            count=1,
            cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
        )
        assert f'response="{response}"' in answer


def test_of_two_challenges_the_stronger_is_taken() -> None:
    weaker = 'Digest realm="a", nonce="1", algorithm=MD5'
    stronger = 'Digest realm="a", nonce="2", algorithm=SHA-256'
    header = f'Basic realm="x", {weaker}, {stronger}'
    assert parse_challenge(header) == Challenge("a", "2", "SHA-256", None, qop=False, stale=False)
    assert parse_challenge('Digest realm="a", nonce="1", algorithm=SHA-512-256') is None
    assert parse_challenge('Bearer realm="a"') is None


def test_portsip_is_posted(tmp_path: Path) -> None:
    with connector_server(Reply()) as server, connected(tmp_path, server, PORTSIP) as connector:
        connector.write_diversion(LUNCH)
    assert json.loads(server.received[0].body) == {"presence": "LUNCH", "presence_note": "Lunch"}
    assert server.received[0].header("Authorization") == "Bearer hemligt"
