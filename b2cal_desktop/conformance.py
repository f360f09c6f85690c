"""``conformance``: whether a server offers the reference interface, requirement by requirement.

The interface is that of the practice switchboard (its ``openapi.json``). Without a user it only reads. With one, that
user's diversion is changed and put back; nobody else's is touched.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import urlsplit

from b2cal_desktop import __version__
from b2cal_desktop.cli import print_json
from b2cal_desktop.context import Context
from b2cal_desktop.core.errors import SwitchboardError, UsageError
from b2cal_desktop.core.model import Text
from b2cal_desktop.core.ports import Clock
from b2cal_desktop.switchboards.connector_http import ANSWER_SECONDS, Sender
from b2cal_desktop.switchboards.connector_template import UNSENDABLE
from b2cal_desktop.switchboards.reference_checks import END_SECONDS, Checks, NotMet
from b2cal_desktop.system.clock import SystemClock
from b2cal_desktop.system.network import host_of, require_safe_address

_NOTHING = Text("", "")
_NOT_CONFORMING = SwitchboardError.exit_code


class Result(StrEnum):
    """What came of a requirement."""

    MET = "met"
    NOT_MET = "not_met"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A requirement, what is ``expected``, and what was ``seen`` instead (or why it was skipped)."""

    id: str
    expected: Text
    result: Result
    seen: Text = _NOTHING


class Requirement(NamedTuple):
    """``of_user``: it changes or reads one user's diversion; ``of_token``: it takes a token to tell."""

    id: str
    expected: Text
    check: Callable[[Checks], None]
    of_user: bool = True
    of_token: bool = False


REQUIREMENTS = (
    Requirement(
        "list",
        Text(
            "GET /v1/diversions ger 200 och hänvisningarna: id, namn på svenska och engelska, available bland dem; "
            "end_time säger om sluttider gäller",
            "GET /v1/diversions gives 200 and the diversions: id, label in Swedish and English, available among them; "
            "end_time says whether ends are honoured",
        ),
        Checks.list_diversions,
        of_user=False,
    ),
    Requirement(
        "no_token",
        Text(
            "utan biljett ges 401 med WWW-Authenticate och problem+json",
            "without a token: 401 with WWW-Authenticate and problem+json",
        ),
        Checks.without_token,
        of_user=False,
        of_token=True,
    ),
    Requirement(
        "wrong_token",
        Text("med fel biljett ges 401 och problem+json", "with a wrong token: 401 and problem+json"),
        Checks.with_wrong_token,
        of_user=False,
        of_token=True,
    ),
    Requirement(
        "unknown_address",
        Text("en okänd adress ger 404 och problem+json", "an unknown address: 404 and problem+json"),
        Checks.unknown_address,
        of_user=False,
    ),
    Requirement(
        "read",
        Text(
            "GET …/diversion ger 200 med diversion, until, note, set_by och changed, och en stark ETag",
            "GET …/diversion gives 200 with diversion, until, note, set_by and changed, and a strong ETag",
        ),
        Checks.read,
    ),
    Requirement(
        "set",
        Text(
            "PUT …/diversion ger 200 med det som nu visas, till minuten rätt slut och noteringen oförändrad",
            "PUT …/diversion gives 200 with what is now shown, the end right to the minute and the note unchanged",
        ),
        Checks.set,
    ),
    Requirement(
        "read_back",
        Text("GET efter PUT visar samma sak, med samma ETag", "GET after PUT shows the same, with the same ETag"),
        Checks.read_back,
    ),
    Requirement(
        "etag_changes",
        Text("ETag är en annan när något annat visas", "the ETag differs once something else is shown"),
        Checks.etag_changes,
    ),
    Requirement(
        "stale_etag",
        Text(
            "PUT med If-Match och en gammal ETag ger 412, och inget ändras",
            "PUT with If-Match and an old ETag: 412, and nothing changes",
        ),
        Checks.stale_etag,
    ),
    Requirement(
        "current_etag",
        Text("PUT med If-Match och den ETag som gäller ger 200", "PUT with If-Match and the current ETag: 200"),
        Checks.current_etag,
    ),
    Requirement(
        "unknown_diversion",
        Text(
            "en okänd hänvisning ger 422 och problem+json, och inget ändras",
            "an unknown diversion: 422 and problem+json, and nothing changes",
        ),
        Checks.unknown_diversion,
    ),
    Requirement(
        "malformed",
        Text(
            "trasig JSON och en kropp utan diversion ger 400 och problem+json, och inget ändras",
            "broken JSON, and a body without diversion: 400 and problem+json, and nothing changes",
        ),
        Checks.malformed,
    ),
    Requirement(
        "past_end",
        Text(
            "ett slut som har passerat: available läses, eller 422 och inget ändras",
            "an end that has passed: it reads as available, or 422 and nothing changes",
        ),
        Checks.past_end,
    ),
    Requirement(
        "open_end",
        Text("until: null ger en hänvisning utan slut", "until: null gives a diversion without an end"),
        Checks.open_end,
    ),
    Requirement(
        "end",
        Text(
            "när slutet är inne läses available, med en annan ETag",
            "once the end is there it reads as available, with another ETag",
        ),
        Checks.end_is_honoured,
    ),
    Requirement(
        "clear",
        Text(
            "DELETE …/diversion ger 200 och available utan slut; en gång till likaså",
            "DELETE …/diversion gives 200 and available without an end; once more as well",
        ),
        Checks.clear,
    ),
    Requirement(
        "history",
        Text(
            "GET …/history visar det senaste först, med vem och när",
            "GET …/history shows the latest first, with who and when",
        ),
        Checks.history,
    ),
    Requirement(
        "users",
        Text("GET /v1/users visar användaren bland andra", "GET /v1/users shows the user among others"),
        Checks.users,
    ),
)
PUT_BACK = Text("det som gällde före provet gäller igen", "what was there before the trial is there again")
_NO_USER = Text("kräver --user", "needs --user")
_NO_TOKEN = Text("kräver en biljett (--token-stdin)", "needs a token (--token-stdin)")
_NO_ENDS = Text("servern säger end_time: false", "the server says end_time: false")
_NOT_READ = Text("gick inte att läsa först", "could not be read first")


def check_conformance(
    url: str,
    token: str | None,
    user: str | None,
    *,
    clock: Clock | None = None,
    sleep: Callable[[float], None] = time.sleep,
    end_seconds: float = END_SECONDS,
    answer_seconds: float = ANSWER_SECONDS,
) -> Generator[Verdict, None, None]:
    """A verdict for each requirement, as it is reached; raises UnsafeAddress, UsageError or SwitchboardError.

    What ``user`` shows is put back in every case, also when the caller stops listening.
    """
    require_safe_address(url)
    if urlsplit(url).query or urlsplit(url).fragment or "@" in urlsplit(url).netloc:
        raise UsageError(Text("adressen ska sluta före /v1", "the address should end before /v1"))
    if UNSENDABLE.search(f"{token or ''}{user or ''}"):
        raise UsageError(Text("biljett och användare är en rad var", "token and user are one line each"))
    clock = clock or SystemClock()
    sender = Sender(host_of(url), f"b2cal-desktop/{__version__}", clock, None, answer_seconds)
    checks = Checks(sender, url.rstrip("/"), token, user, clock, sleep, end_seconds)
    return _verdicts(checks)


def _verdicts(checks: Checks) -> Generator[Verdict, None, None]:
    try:
        checks.reach()
        for requirement in REQUIREMENTS:
            yield _verdict(requirement, checks)
    finally:
        put_back = _put_back(checks) if checks.touched else None
        checks.close()
    if put_back is not None:
        yield put_back


def _verdict(requirement: Requirement, checks: Checks) -> Verdict:
    why = _why_skipped(requirement, checks)
    if why is not None:
        return Verdict(requirement.id, requirement.expected, Result.SKIPPED, why)
    return _judged(requirement.id, requirement.expected, lambda: requirement.check(checks))


def _put_back(checks: Checks) -> Verdict:
    return _judged("put_back", PUT_BACK, checks.put_back)


def _judged(id: str, expected: Text, check: Callable[[], None]) -> Verdict:
    try:
        check()
    except NotMet as error:
        return Verdict(id, expected, Result.NOT_MET, error.seen)
    except SwitchboardError as error:
        seen = Text(error.message("sv").what, error.message("en").what)
        return Verdict(id, expected, Result.NOT_MET, seen)
    return Verdict(id, expected, Result.MET)


def _why_skipped(requirement: Requirement, checks: Checks) -> Text | None:
    if requirement.of_token and not checks.has_token:
        return _NO_TOKEN
    if not requirement.of_user:
        return None
    if not checks.has_user:
        return _NO_USER
    if requirement.id != "read" and not checks.was_read:
        return _NOT_READ  # what cannot be put back is not changed
    return _NO_ENDS if requirement.id in ("past_end", "end") and not checks.knows_ends else None


def conformance_command(context: Context) -> int:
    """Print each verdict; 0 where every requirement that was tried is met, else 5."""
    arguments = context.arguments
    token = sys.stdin.readline().rstrip("\r\n") if arguments.token_stdin else None
    verdicts: list[Verdict] = []
    with closing(check_conformance(arguments.url, token or None, arguments.user)) as found:
        for verdict in found:
            verdicts.append(verdict)
            if not arguments.json:
                print(describe_verdict(verdict, context.language), flush=True)
    met = all(verdict.result is not Result.NOT_MET for verdict in verdicts)
    if arguments.json:
        print_json({"url": arguments.url, "ok": met, "requirements": [_json(v, context.language) for v in verdicts]})
    return 0 if met else _NOT_CONFORMING


_RESULTS = {
    Result.MET: Text("uppfyllt", "met"),
    Result.NOT_MET: Text("EJ UPPFYLLT", "NOT MET"),
    Result.SKIPPED: Text("ej prövat", "not tried"),
}


def describe_verdict(verdict: Verdict, language: str) -> str:
    """A verdict in a line, and what was seen in a second where there is something to say."""
    line = f"{_RESULTS[verdict.result].to(language):12} {verdict.id:18} {verdict.expected.to(language)}"
    seen = verdict.seen.to(language)
    return f"{line}\n{'':32}{Text('sågs', 'seen').to(language)}: {seen}" if seen else line


def _json(verdict: Verdict, language: str) -> dict[str, str]:
    return {
        "id": verdict.id,
        "result": verdict.result.value,
        "expected": verdict.expected.to(language),
        "seen": verdict.seen.to(language),
    }
