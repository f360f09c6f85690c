"""Looking for a company's Exchange server by the usual addresses, without telling anybody who is asking.

exchangelib's own discovery is not used: it sends the password to whatever answers at the mail domain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from b2cal_desktop.calendars.exchange_answers import unreachable
from b2cal_desktop.core.errors import CalendarNotTrusted
from b2cal_desktop.system.exchange_address import SERVICE_PATH, in_microsoft365, mail_domain
from b2cal_desktop.system.network import host_of, new_session

if TYPE_CHECKING:
    import requests

_HOSTS = ("autodiscover.{}", "mail.{}", "webmail.{}", "exchange.{}", "owa.{}", "{}")
_MOST_HOSTS = 12
_SECONDS = (3.0, 5.0)  # nobody wants to wait for six hosts that are not there
_SCHEMES = ("Negotiate", "NTLM", "Basic")
_SIGNS = ("X-FEServer", "X-OWA-Version", "X-CalculatedBETarget", "X-CalculatedFETarget", "X-DiagInfo")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A server that may be the right one, to be shown and agreed to. ``schemes`` are the ways it offers to sign in.

    With ``microsoft365`` the mailbox is at Microsoft, and ``url`` is of no use. One that is not ``trusted`` presents a
    certificate that this computer does not accept, so nobody knows what it is.
    """

    url: str
    host: str
    schemes: tuple[str, ...] = ()
    microsoft365: bool = False
    trusted: bool = True


def usual_addresses(address: str) -> tuple[str, ...]:
    """Where the calendar service of an e-mail address (or a mail domain) mostly is; nowhere for anything else."""
    domain = mail_domain(address)
    return tuple(f"https://{host.format(domain)}{SERVICE_PATH}" for host in _HOSTS) if domain else ()


def find_server(addresses: Iterable[str], stopped: Callable[[], bool] = lambda: False) -> Iterator[Candidate]:
    """The servers that answer at ``addresses``, as they are found; each host once. Ends early once ``stopped``.

    Nothing leaves this computer but the names of hosts: no account, no credentials, no sign-in of the system's. A
    redirect is looked at likewise, and never followed with more than that. Raises CertificateFileProblem.
    """
    from b2cal_desktop import __version__

    seen: set[str] = set()
    waiting = list(addresses)
    with new_session(f"B2CalDesktop/{__version__}") as session:
        while waiting and len(seen) < _MOST_HOSTS and not stopped():
            url = waiting.pop(0)
            if host_of(url) in seen or urlsplit(url).scheme != "https":
                continue
            seen.add(host_of(url))
            if in_microsoft365(url):
                yield Candidate(url, host_of(url), microsoft365=True)
                continue
            answer = _look_at(url, session)
            if isinstance(answer, Candidate):
                yield answer
            elif answer is not None and (other := answer.headers.get("Location")):
                waiting.insert(0, _service_at(url, other))
            elif answer is not None and (schemes := _exchange_schemes(answer.status_code, answer.headers)):
                yield Candidate(url, host_of(url), schemes)


def _look_at(url: str, session: requests.Session) -> requests.Response | Candidate | None:
    import requests

    try:
        with session.get(url, allow_redirects=False, stream=True, timeout=_SECONDS) as answer:
            return answer
    except (requests.RequestException, OSError) as error:
        hidden = isinstance(unreachable(error, host_of(url)), CalendarNotTrusted)
        return Candidate(url, host_of(url), trusted=False) if hidden else None


def _exchange_schemes(status: int, headers: Mapping[str, str]) -> tuple[str, ...]:
    """How a server that looks like Exchange offers to sign in; empty for one that does not."""
    told = headers.get("WWW-Authenticate", "").lower()
    schemes = tuple(scheme for scheme in _SCHEMES if scheme.lower() in told)
    windows = "Negotiate" in schemes or "NTLM" in schemes
    return schemes if status == 401 and (windows or any(sign in headers for sign in _SIGNS)) else ()


def _service_at(url: str, location: str) -> str:
    """The calendar service on the host that a redirect from ``url`` leads to; "" where it leads nowhere."""
    try:
        parts = urlsplit(urljoin(url, location))
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}{SERVICE_PATH}"
