"""The log: nothing secret reaches the disk, it stays small and private, and nothing goes unsaid."""

import logging
import os
import re
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2cal_desktop.core.errors import CalendarUnreachable
from b2cal_desktop.system.logs import FILES, MAX_BYTES, Log, RecentLines, open_log
from b2cal_desktop.system.redaction import redact

HUSH = "Hush7Canary9"

SECRETS = [
    f"Authorization: Bearer {HUSH}",
    f"authorization: Basic {HUSH}==",
    f"{{'Authorization': 'Digest username=\"x\", response=\"{HUSH}\"', 'Accept': 'x'}}",
    f"headers={{'Authorization': b'NTLM {HUSH}'}}",
    f"Proxy-Authorization: Negotiate {HUSH}",
    f"Set-Cookie: session={HUSH}; Path=/",
    f"sent Bearer {HUSH} to it",
    f"GET /api?t={HUSH}&x=1",
    f"https://a.se/cb?code={HUSH}&state=1",
    f"https://a.se/?x=1&token={HUSH}#top",
    f"grant_type=refresh_token&refresh_token={HUSH}",
    f"'password': '{HUSH}'",
    f'{{"access_token": "{HUSH}", "expires_in": 3600}}',
    f'{{"client_secret":"a\\"{HUSH}"}}',
    f"<t:Password>{HUSH}</t:Password>",
    f"https://user:{HUSH}@a.se/x",
    f"https://{HUSH}@a.se/x",
    f"https://outlook.office365.com/owa/calendar/{HUSH}/calendar.ics?x=1",
    f"webcal://a.se/private-{HUSH}/basic.ics",
    f"ticket={HUSH}",
    f"eyJ{HUSH}.eyJ{HUSH}.{HUSH}",
    f"no mailbox {HUSH}@foretag.se",
    f"för {HUSH}.åsa@foretag.se: 404",
]


@pytest.mark.parametrize("text", SECRETS)
def test_what_is_secret_is_taken_out(text: str) -> None:
    assert HUSH not in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "wrote meeting until 2026-11-23T10:00:00+01:00, confirmed",
        "GET https://vaxel.foretag.se/v1/users/anna/diversion 200 in 31 ms",
        "code 412, basic authentication is off, status=busy",
        "the key rules.prefixes.lunch is unknown; exit_code=2 start=08:00",
        "https://a.se/calendar?day=1&format=json",
    ],
)
def test_what_helps_is_left_alone(text: str) -> None:
    assert redact(text) == text


def test_what_stays_of_an_address_tells_where() -> None:
    assert redact("anna.b@foretag.se") == "***@foretag.se"
    assert redact("https://anna:pw@a.se/x?t=1&u=2") == "https://***@a.se/x?t=***&u=2"


@given(st.text(max_size=200))
def test_redacting_twice_takes_out_no_more(text: str) -> None:
    assert redact(redact(text)) == redact(text)


@pytest.mark.timeout(10)
@pytest.mark.parametrize("part", ["x", "a@", "://", "https://a/", "<token ", "'t':'", "bearer ", "=", "t=", "eyJ", "&"])
def test_a_long_text_takes_no_long_time(part: str) -> None:
    redact(part * (200_000 // len(part)))


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    log = open_log(tmp_path / "log" / "b2cal-desktop.log")
    yield log
    log.close()


def test_arguments_are_redacted_and_exceptions_told_by_kind_and_place(log: Log) -> None:
    ours = logging.getLogger("b2cal_desktop.sync.cycle")
    ours.info("asked %s", f"https://a.se/?token={HUSH}")
    ours.debug("too fine")
    try:
        try:
            raise ValueError(f"MOT: {HUSH}")
        except ValueError as error:
            raise CalendarUnreachable("cal.foretag.se", "silence") from error
    except CalendarUnreachable:
        ours.exception("failed\nforged INFO line")
    text = log.path.read_text()
    assert HUSH not in text
    assert "asked https://a.se/?token=***" in text and "too fine" not in text
    assert "\n    ValueError\n    which led to:\n" in text
    assert "\n    b2cal_desktop.core.calendar_errors.CalendarUnreachable: The calendar (cal.foretag.se) does" in text
    assert re.search(r'\n      File "test_logs\.py", line \d+, in test_arguments', text)
    assert "\n    forged INFO line" in text


def test_what_another_handler_made_of_an_exception_is_not_taken_over(log: Log) -> None:
    record = logging.LogRecord("b2cal_desktop.x", logging.ERROR, "x.py", 1, "failed", (), None)
    try:
        raise KeyError(HUSH)
    except KeyError as error:
        record.exc_info = (KeyError, error, error.__traceback__)
    logging.Formatter().format(record)
    assert HUSH in (record.exc_text or "")
    logging.getLogger().handle(record)
    text = log.path.read_text()
    assert "KeyError" in text and HUSH not in text


def test_what_others_fill_in_is_somebodys(log: Log) -> None:
    theirs = logging.getLogger("a_library.protocol")
    theirs.warning("cannot read %s of %r after %-5.2f s", HUSH, HUSH, 1.0)
    theirs.warning("cannot read %(what)s", {"what": HUSH})
    theirs.warning(f"cannot read {HUSH}")  # put together beforehand: nobody can tell what of it is theirs
    text = log.path.read_text()
    assert HUSH not in text
    assert re.search(r"protocol: test_logs\.py:\d+ cannot read … of … after … s\n", text)
    assert re.search(r"protocol: test_logs\.py:\d+ cannot read …\n", text)
    assert re.search(r"protocol: test_logs\.py:\d+\n", text)


def test_the_ring_has_the_last_lines_and_finer_ones_than_the_file(log: Log) -> None:
    ring, ours = RecentLines(), logging.getLogger("b2cal_desktop")
    before = ours.level
    logging.getLogger().addHandler(ring)
    ours.setLevel(logging.DEBUG)
    try:
        for number in range(500):
            ours.debug("line %d, token=%s", number, HUSH)
        logging.getLogger("urllib3").debug("a whole request")
    finally:
        logging.getLogger().removeHandler(ring)
        ours.setLevel(before)
    lines = ring.lines()
    assert len(lines) == 300 and lines[-1].endswith("line 499, token=***")
    assert log.path.read_text() == ""


def test_a_line_that_cannot_be_put_together_is_left_out_and_stops_nobody() -> None:
    ring = RecentLines()
    for args in (("ett",), (1,)):
        ring.handle(logging.LogRecord("b2cal_desktop.sync", logging.INFO, "x.py", 1, "number %d", args, None))
    (line,) = ring.lines()
    assert line.endswith("number 1")


def test_others_are_heard_when_it_matters_only(tmp_path: Path) -> None:
    log = open_log(tmp_path / "x.log", level="debug")
    try:
        for name in ("a_library.services", "urllib3", "b2cal_desktop_look_alike"):
            logger = logging.getLogger(name)
            logger.setLevel(logging.DEBUG)
            logger.debug("whole request")
            logger.warning("heard %s", name)
            logger.setLevel(logging.NOTSET)
        logging.getLogger("b2cal_desktop.core").debug("ours")
    finally:
        log.close()
    text = log.path.read_text()
    assert "whole request" not in text
    assert text.count("heard") == 3 and "ours" in text


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX")
def test_it_stays_small_and_private(tmp_path: Path) -> None:
    old = os.umask(0)
    path = tmp_path / "b2cal-desktop.log"
    path.touch(0o666)
    log = open_log(path)
    try:
        for _ in range(4 * FILES):
            logging.getLogger("b2cal_desktop").info("x" * (MAX_BYTES // 3))
    finally:
        log.close()
        os.umask(old)
    files = sorted(tmp_path.iterdir())
    assert len(files) == FILES
    assert all(file.stat().st_size <= MAX_BYTES for file in files)
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_closing_gives_everything_back(tmp_path: Path) -> None:
    before, handlers = logging.getLogger("b2cal_desktop").level, [*logging.getLogger().handlers]
    open_log(tmp_path / "x.log").close()
    assert before == logging.getLogger("b2cal_desktop").level
    assert handlers == logging.getLogger().handlers


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only on Linux")
def test_a_full_disk_loses_lines_and_nothing_else(capfd: pytest.CaptureFixture[str]) -> None:
    log = open_log(Path("/dev/full"))
    logging.getLogger("b2cal_desktop").warning("lost")
    log.close()
    assert capfd.readouterr().err == ""
