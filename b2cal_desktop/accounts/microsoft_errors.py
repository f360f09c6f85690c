"""What a refusal by Microsoft's sign-in service means: its codes, as the program's own errors.

Codes: https://learn.microsoft.com/entra/identity-platform/reference-error-codes. The service's own wording is never
shown: it holds names and is written for developers. The code is, since IT can look it up.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from b2cal_desktop.accounts.microsoft_clouds import Registration
from b2cal_desktop.core.errors import (
    B2CalError,
    CalendarBlocked,
    CalendarConsentWithdrawn,
    CalendarError,
    CalendarNeedsApproval,
    CalendarNeedsSignIn,
    CalendarNotSetUp,
    CalendarSignInRevoked,
    CalendarThrottled,
    CalendarUnreachable,
    SecretsUnavailable,
)
from b2cal_desktop.core.model import Text
from b2cal_desktop.system.network import CertificateFileProblem, what_failed

STRANGE = Text("inloggningstjänstens svar går inte att använda", "the sign-in service's answer cannot be used")
# What msal falls over with where an answer is not what it should be; a RecursionError is a RuntimeError.
_FALLS_OVER = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RuntimeError)

_log = logging.getLogger(__name__)
_CODE = re.compile(r"AADSTS(\d{4,7})")

_NEEDS_CONSENT = frozenset({65001, 65004, 90093, 90094, 90095})
_BLOCKED: Mapping[int, Text] = {
    50005: Text("den här sortens dator är inte tillåten", "this kind of computer is not allowed"),
    50034: Text("kontot finns inte i organisationen", "the account does not exist in the organisation"),
    50053: Text("kontot är låst för en stund", "the account is locked for a while"),
    50057: Text("kontot är avstängt", "the account is disabled"),
    50105: Text("du har inte tilldelats appen", "the app has not been assigned to you"),
    50131: Text("det stoppas av organisationens regler", "the organisation's rules stop it"),
    53000: Text("datorn följer inte organisationens krav", "the computer does not meet the organisation's demands"),
    53001: Text("datorn är inte ansluten till organisationen", "the computer is not joined to the organisation"),
    53002: Text("appen är inte tillåten på den här datorn", "the app is not allowed on this computer"),
    53003: Text("villkorsstyrd åtkomst säger nej", "conditional access says no"),
    53004: Text("extra verifiering behöver registreras först", "further verification has to be registered first"),
    53009: Text("organisationen kräver en skyddad app", "the organisation demands a protected app"),
    53011: Text("kontot är spärrat på grund av risk", "the account is blocked because of risk"),
    500021: Text("nätet släpper bara in andra organisationer", "the network lets in other organisations only"),
    530032: Text("organisationens säkerhetsregler säger nej", "the organisation's security rules say no"),
    530034: Text("organisationens säkerhetsregler säger nej", "the organisation's security rules say no"),
    530035: Text("organisationens säkerhetsregler säger nej", "the organisation's security rules say no"),
}
_NOT_SET_UP: Mapping[int, Text] = {
    50011: Text("appen saknar omdirigeringen http://localhost", "the app lacks the redirect http://localhost"),
    50020: Text("kontot hör till en annan organisation", "the account belongs to another organisation"),
    50194: Text("klientorganisationen (tenant) behöver anges", "the tenant has to be given"),
    90002: Text("klientorganisationen (tenant) finns inte", "there is no such tenant"),
    500011: Text("Microsoft Graph finns inte i organisationen", "the organisation has no Microsoft Graph"),
    500014: Text("appen är avstängd i organisationen", "the app is disabled in the organisation"),
    500113: Text("appen saknar omdirigeringen http://localhost", "the app lacks the redirect http://localhost"),
    650057: Text("appen saknar kalenderbehörigheten", "the app lacks the calendar permission"),
    700016: Text("appen finns inte i organisationen", "the organisation has no such app"),
    900023: Text("klientorganisationen (tenant) är felskriven", "the tenant is misspelt"),
    7000112: Text("appen är avstängd", "the app is disabled"),
    7000218: Text("appen är inte registrerad som offentlig klient", "the app is not registered as a public client"),
}
_REVOKED: Mapping[int, Text] = {
    50132: Text("organisationen har avslutat den", "the organisation has ended it"),
    50133: Text("lösenordet har bytts", "the password was changed"),
    50173: Text("lösenordet har bytts", "the password was changed"),
    70008: Text("den har legat oanvänd för länge", "it was not used for too long"),
    70043: Text("organisationen vill att du loggar in med jämna mellanrum", "the organisation wants regular sign-ins"),
    70044: Text("organisationen vill att du loggar in med jämna mellanrum", "the organisation wants regular sign-ins"),
    700082: Text("den har legat oanvänd för länge", "it was not used for too long"),
    700084: Text("den har legat oanvänd för länge", "it was not used for too long"),
}
_ENDED = Text("den har avslutats från andra hållet", "it was ended from the other side")
_BUSY_CODES = frozenset({50196, 90055})
_ILL_CODES = frozenset({50000, 90006, 90012, 90020, 90033})
_ILL_ERRORS = frozenset({"temporarily_unavailable", "server_error"})


def refusal(answer: Mapping[str, Any], registration: Registration, *, signed_in: bool) -> CalendarError:
    """The error for a refused request. ``signed_in``: it was made for somebody who had been let in before."""
    host, codes, name = registration.host, _codes(answer), str(answer.get("error", ""))
    shown = f" (AADSTS{codes[0]})" if codes else ""
    for code in codes:
        if code in _BLOCKED:
            return CalendarBlocked(host, _with(_BLOCKED[code], shown))
        if code in _NOT_SET_UP:
            return CalendarNotSetUp(host, _with(_NOT_SET_UP[code], shown))
        if code in _REVOKED:
            return CalendarSignInRevoked(host, _with(_REVOKED[code], shown))
    if _NEEDS_CONSENT & set(codes) or "consent_required" in (name, answer.get("suberror")):
        return CalendarConsentWithdrawn(host) if signed_in else needs_approval(registration)
    if name in _ILL_ERRORS or _ILL_CODES & set(codes):
        return CalendarUnreachable(host, _with(Text("inloggningstjänsten mår inte bra", "sign-in is unwell"), shown))
    if _BUSY_CODES & set(codes):
        return CalendarThrottled(host)
    if name in ("unauthorized_client", "invalid_client", "invalid_scope", "invalid_request", "invalid_resource"):
        problem = Text("appens registrering godtas inte", "the app's registration is not accepted")
        return CalendarNotSetUp(host, _with(problem, shown or f" ({name})"))
    if name == "access_denied":
        return needs_approval(registration)
    if name == "invalid_grant" and signed_in and not codes:
        return CalendarSignInRevoked(host, _ENDED)
    return CalendarNeedsSignIn(host)


@contextmanager
def told_as_ours(registration: Registration, tenant: Callable[[], str | None]) -> Iterator[None]:
    """Turns what msal, the network and the keyring raise inside into the program's own errors."""
    import requests

    from b2cal_desktop.accounts.microsoft_http import UnusableAnswer

    host = registration.host
    try:
        yield
    except CalendarNeedsApproval:
        raise needs_approval(registration, tenant()) from None
    except SecretsUnavailable as error:
        problem = error.details["problem"]
        text = problem if isinstance(problem, Text) else Text.same(str(problem))
        raise CalendarUnreachable(host, Text(f"nyckelringen: {text.sv}", f"the keyring: {text.en}")) from None
    except CertificateFileProblem as error:
        raise CalendarUnreachable(host, error.as_problem) from None
    except B2CalError:
        raise
    except UnusableAnswer as error:
        if error.retry_after is not None:
            raise CalendarThrottled(host, retry_after=error.retry_after) from None
        raise CalendarUnreachable(host, error.problem) from None
    except (requests.RequestException, ConnectionError, TimeoutError) as error:
        raise CalendarUnreachable(host, what_failed(error)) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        problem = Text(f"det är fel på den här datorn: {reason}", f"a fault of this computer: {reason}")
        raise CalendarUnreachable(host, problem) from None
    except _FALLS_OVER as error:
        _log.warning("msal: %s", type(error).__name__)
        raise CalendarUnreachable(host, STRANGE) from None


def challenge_in(answer: Mapping[str, Any]) -> str | None:
    """The claims that the next sign-in has to bring, as the JSON text that msal wants; None where there are none."""
    text = answer.get("claims")
    try:
        return text if isinstance(text, str) and isinstance(json.loads(text), dict) else None
    except (ValueError, RecursionError):
        return None


def revoked(registration: Registration) -> CalendarSignInRevoked:
    """The error for a token that is no longer taken, and that cannot be renewed without the user."""
    return CalendarSignInRevoked(registration.host, _ENDED)


def needs_approval(registration: Registration, tenant: str | None = None) -> CalendarNeedsApproval:
    """The error with the consent address in ``details["consent_url"]``."""
    return CalendarNeedsApproval(registration.host, consent_url=registration.admin_consent_url(tenant))


def _codes(answer: Mapping[str, Any]) -> list[int]:
    """The AADSTS codes of an answer, the weightiest (the first that is told) first."""
    listed = answer.get("error_codes")
    told = [code for code in listed if isinstance(code, int)] if isinstance(listed, list) else []
    return told or [int(code) for code in _CODE.findall(str(answer.get("error_description", "")))]


def _with(text: Text, code: str) -> Text:
    return Text(text.sv + code, text.en + code)
