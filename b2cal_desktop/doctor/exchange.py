"""What ``doctor`` says of a company's own Exchange server: which one it may be, and which rights are missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from b2cal_desktop.calendars.exchange_find import Candidate, find_server, usual_addresses
from b2cal_desktop.core.model import Text
from b2cal_desktop.core.ports import Clock
from b2cal_desktop.doctor.findings import Finding, Level
from b2cal_desktop.system.exchange_address import mail_domain
from b2cal_desktop.system.settings import Settings

# Less than doctor's own patience: what has been found by then is told.
_SECONDS = 8.0


def look_for_server(
    settings: Settings, clock: Clock, addresses: Callable[[str], Iterable[str]] = usual_addresses
) -> Iterator[Finding]:
    """Where no server is chosen but the user's mail domain is known: who answers there. Nobody is told who asks."""
    chosen = settings.calendar.exchange
    domain = mail_domain(chosen.user) if "@" in chosen.user else ""
    if settings.calendar.source != "exchange" or chosen.url or not domain:
        return
    deadline = clock.monotonic() + _SECONDS
    found = [*find_server(addresses(domain), lambda: clock.monotonic() > deadline)]
    if not found:
        text = Text(
            f"Ingen Exchange-server svarar på de vanliga adresserna hos {domain}.",
            f"No Exchange server answers at the usual addresses of {domain}.",
        )
        remedy = Text(
            "Prova på företagets nät, eller fråga IT efter adressen.",
            "Try on the company's network, or ask IT for the address.",
        )
        yield Finding("calendar", Level.WARNING, text, remedy)
    yield from (_told(candidate) for candidate in found)


def _told(candidate: Candidate) -> Finding:
    host = candidate.host
    if candidate.microsoft365:
        text = Text("Postlådan verkar finnas i Microsoft 365.", "The mailbox seems to be in Microsoft 365.")
        remedy = Text(
            "Välj Microsoft 365 under Kalender i inställningarna.",
            "Choose Microsoft 365 under Calendar in the settings.",
        )
    elif not candidate.trusted:
        text = Text(
            f"{host} svarar, men datorn godtar inte dess certifikat.",
            f"{host} answers, but this computer does not accept its certificate.",
        )
        remedy = Text("Visa det här för IT.", "Show this to IT.")
    else:
        ways = ", ".join(candidate.schemes)
        text = Text(f"{host} är en Exchange-server ({ways}).", f"{host} is an Exchange server ({ways}).")
        remedy = Text(
            f"Är den ditt företags: ange {host} som serverns adress under Kalender i inställningarna. Inget om dig har "
            "skickats dit.",
            f"If it is your company's: give {host} as the server's address under Calendar in the settings. Nothing "
            "about you has been sent to it.",
        )
    return Finding("calendar", Level.WARNING, text, remedy)
