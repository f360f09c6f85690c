"""Files that people, administrators and strangers write: settings, policy, rules, connectors."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import requests
import tomli_w

from b2cal_desktop.core.errors import B2CalError, FileProblem
from b2cal_desktop.core.model import STANDARD_CATALOGUE, DiversionState
from b2cal_desktop.switchboards.connector import Connector
from b2cal_desktop.switchboards.connector_file import load_connector
from b2cal_desktop.system.clock import FixedClock
from b2cal_desktop.system.policy import load_policy
from b2cal_desktop.system.settings_file import load_settings
from b2cal_desktop.ui.settings.rules_file import read_rules
from tests.fuzz.calendars import NOW, STATUSES
from tests.fuzz.mutate import TAGS, VALUES
from tests.fuzz.target import Canned, Check, Target, answers
from tests.switchboards.connector_samples import BROADWORKS, DSTNY, PORTSIP, SIMPLE, XCAP, write_file

SHIPPED = Path(__file__).parents[2] / "resources" / "connectors"
EVERY_KEY = Path(__file__).parents[1] / "system" / "every_key.toml"
FIELDS = {"base_url": "https://vaxel.test/root/", "user": "anna", "domain": "foretag.se"}
SAMPLES = (SIMPLE, BROADWORKS, XCAP, PORTSIP, DSTNY)


def _read_by(read: Callable[[Path], Any]) -> Callable[[Path], AbstractContextManager[Check]]:
    """A reader of files whose every complaint is about that file."""

    @contextmanager
    def opened(folder: Path) -> Iterator[Check]:
        path = folder / "hostile.toml"

        def check(data: bytes) -> None:
            path.write_bytes(data)
            try:
                read(path)
            except FileProblem as problem:
                for language in ("sv", "en"):
                    str(problem.message(language)).encode(errors="surrogatepass")
                assert len(str(problem)) < 200_000

        yield check

    return opened


def _settings(path: Path) -> None:
    loaded = load_settings(path)
    loaded.settings.to_rules(loaded.settings.catalogue())
    assert all(warning.text.sv for warning in loaded.warnings)


def _policy(path: Path) -> None:
    load_settings(path.with_name("none.toml"), load_policy(path))


def _connector(path: Path) -> None:
    file = load_connector(path)
    canned, session = _switchboard_of_all()
    canned.asked = []
    try:
        connector = Connector(
            file, FIELDS, {"password": "hemligt"}.get, STANDARD_CATALOGUE, session=session, clock=_CLOCK
        )
        connector.fetch_diversion()
        connector.write_diversion(DiversionState("lunch", NOW))
    except B2CalError as error:
        assert error.message("sv").what
    assert all(str(asked.url).startswith("https://vaxel.test/") for asked in canned.asked)


@cache
def _switchboard_of_all() -> tuple[Canned, requests.Session]:
    """One for all files, as reading the system's certificates takes its time."""
    canned = Canned()
    canned.body, canned.headers = b'{"now": "Lunch"}', {"Content-Type": "application/json"}
    return canned, canned.session()


_CLOCK = FixedClock(NOW)


@contextmanager
def _switchboard(folder: Path) -> Iterator[Check]:
    """What a switchboard answers, through the connector engine, for one connector after the other."""
    files = [load_connector(write_file(folder, text)) for text in SAMPLES]
    canned = Canned()
    session = canned.session()
    headers = ("Content-Type", "WWW-Authenticate", "ETag", "Retry-After", "Location")

    def check(data: bytes) -> None:
        canned.told(data, (*STATUSES, 201, 204, 409, 412, 422), headers)
        canned.asked = []
        file = files[data[0] % len(files) if data else 0]
        connector = Connector(
            file, FIELDS, {"password": "hemligt"}.get, STANDARD_CATALOGUE, session=session, clock=_CLOCK
        )
        for ask in (
            connector.fetch_diversion,
            connector.list_diversions,
            lambda: connector.write_diversion(DiversionState("lunch", NOW)),
            lambda: connector.write_diversion(DiversionState("available")),
        ):
            try:
                ask()
            except B2CalError as error:
                told = str(error.message("sv"))
                assert "hemligt" not in told and "\n" not in error.message("en").what
        assert all(str(asked.url).startswith("https://vaxel.test/") for asked in canned.asked)
        assert all("hemligt" not in repr(exchange) for exchange in connector.exchanges)

    yield check


def _switchboard_answers() -> tuple[bytes, ...]:
    digest = (
        b'\x07\tDigest realm="r", nonce="n", qop="auth", algorithm=SHA-256, opaque="o", Digest realm="r", nonce="m"'
    )
    bodies = [
        b'{"now": "Lunch", "until": "2026-11-23T12:00:00Z"}',
        b'{"diversion": "meeting", "until": null, "note": null}',
        b'{"type": "about:blank", "title": "No", "status": 422, "detail": "unknown diversion"}',
        b'<?xml version="1.0"?><PersonalAssistant xmlns="http://schema.broadsoft.com/xsi"><presence>Lunch</presence>'
        b"<enableExpirationTime>true</enableExpirationTime><expirationTime>2026-11-23T13:00:00.000+01:00</expirationTime>"
        b"</PersonalAssistant>",
        b'<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:a@b"><tuple id="b2cal"><status><basic>open</basic>'
        b"</status><note>Lunch</note></tuple></presence>",
    ]
    spread = [bytes([number]) + b"\n" + body for body in bodies for number in range(5)]
    return (*spread, *answers(bodies, digest, b'\x00application/json\t\t"1"\t7', b"\x0f\t\t\t\thttps://other.test/"))


def _policies() -> list[bytes]:
    every = EVERY_KEY.read_text(encoding="utf-8")
    whole = load_settings(EVERY_KEY)
    assert whole.settings
    return [
        b"[locked]\nlanguage = 'sv'\n[locked.sync]\npoll_seconds = 60\n[defaults.rules]\nmethod = 'prefix'\n",
        b"[defaults.switchboard]\nconnector = 'practice'\n[defaults.switchboard.fields]\nuser = 'a'\n",
        ("[locked]\n" + "\n".join(f"[locked.{line[1:]}" if line.startswith("[") and not line.startswith("[[") else line
                                  for line in every.splitlines() if "version" not in line)).encode(),
    ]  # fmt: skip


def _rules_file() -> bytes:
    rules = {"method": "prefix", "order": ["sick"], "prefixes": {"lunch": ["LUN:", "MAT:"]}, "status": {"oof": "sick"}}
    own = {"key": "travelling", "label": {"sv": "På resa", "en": "Travelling"}, "kind": "absence"}
    return tomli_w.dumps({"version": 1, "rules": rules, "diversions": [own]}).encode()


_TOML_WORDS = (
    b"[rules]\n",
    b"[[diversions]]\n",
    b"[rules.prefixes]\n",
    b"version = 99\n",
    b"version = 1\n",
    b"= 0x" + b"F" * 5_000,
    b"= 1e400",
    b"= -1",
    b"= nan",
    b"= 1979-05-27T07:32:00Z",
    b"= 07:32:00",
    b"= []",
    b"= {}",
    b'= ""',
    b"= true",
    b'"\\u0000"',
    b'"\\u202e"',
    b"a.b.c.d",
    b"'''",
    b'"""',
    b"key = 'available'\n",
    b'kind = "place"\n',
    b'"command"',
    b"connector = '../../x'\n",
    b"location = 'http://x/'\n",
    b"timezone = '../../etc/passwd'\n",
    b"base_url = 'http://x'\n",
    b"{user}",
    b"{password}",
    b"{until:iso_utc}",
    b"{remote}",
    b"{{",
    b'path = "//evil.test/"\n',
    b'path = "/../%2e%2e/"\n',
    b"pattern = '(a+)+$'\n",
    b"secret = true\n",
    b"document('file:///etc/passwd')",
    b"string(/a)",
    b"`1`",
    b"extends = 'practice'\n",
    b'header = "Host"\n',
    b'method = "GET"\n',
    b"poll_seconds = 0\n",
)
_ANSWER_WORDS = (
    b"1e999",
    b"253402300800000",
    b"-62135596801",
    b"2026-11-23T12:00:00",
    b"2026-11-23T12:00:00+99:99",
    b"Available",
    b"None",
    b"true",
    b'"now":[]',
    b'"until":1',
    b"\tDigest ",
    b'nonce="',
    b'qop="auth-int"',
    b"algorithm=MD5-sess",
    b"application/xml",
    b"text/html",
    b"application/json; charset=utf-16",
    b"<html>",
    b"<!DOCTYPE a SYSTEM 'http://x/'>",
    b"&lt;",
    b"xmlns='x'",
    b"hemligt",
    b"\x1b]0;x\x07",
)

TARGETS = (
    Target(
        "connector",
        _read_by(_connector),
        lambda: [*(f.read_bytes() for f in sorted(SHIPPED.glob("*.toml"))), *(s.encode() for s in SAMPLES)],
        words=_TOML_WORDS,
        share=10,
    ),
    Target("switchboard", _switchboard, _switchboard_answers, VALUES, _ANSWER_WORDS, share=10),
    Target("switchboard_xml", _switchboard, _switchboard_answers, TAGS, _ANSWER_WORDS, share=5),
    Target(
        "settings", _read_by(_settings), lambda: [EVERY_KEY.read_bytes(), _rules_file()], words=_TOML_WORDS, share=10
    ),
    Target("policy", _read_by(_policy), _policies, words=_TOML_WORDS, share=7),
    Target("rules", _read_by(read_rules), lambda: [_rules_file()], words=_TOML_WORDS, share=8),
)
