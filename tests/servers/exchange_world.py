"""A company with its own Exchange server, for tests: who works there, and how their programs ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import trustme

from b2cal_desktop.calendars.exchange import ExchangeCalendar
from b2cal_desktop.core.model import CalendarEvent, Window
from b2cal_desktop.core.ports import Fetched
from tests.servers.exchange_server import ExchangeServer, exchange_server
from tests.servers.exchange_soap import Item, Mailbox, Soap

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
MONTH = Window(
    datetime(2026, 11, 16, tzinfo=STOCKHOLM).astimezone(UTC), datetime(2026, 12, 28, tzinfo=STOCKHOLM).astimezone(UTC)
)
ASA, PASSWORD = "FÖRETAG\\åsa", "hemligt-lösenord"
HOUR = timedelta(hours=1)


class HandClock:
    """Both clocks, moved by hand."""

    def __init__(self) -> None:
        self.passed = 0.0

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return self.passed


@dataclass
class World:
    """The company. Its authority is trusted by this computer for as long as the test runs."""

    authority: trustme.CA
    open: ExitStack
    clock: HandClock = field(default_factory=HandClock)
    asa: Mailbox = field(default_factory=lambda: Mailbox("asa@foretag.se"))
    bo: Mailbox = field(default_factory=lambda: Mailbox("bo@foretag.se"))

    def server(self, version: str = "2016", authority: trustme.CA | None = None, **more: Any) -> ExchangeServer:
        """A server with everybody's mailboxes, serving until the test is over."""
        owners = {ASA: self.asa.address, "åsa@foretag.se": self.asa.address}
        soap = Soap(version, (self.asa, self.bo), owners)
        exchange = ExchangeServer(soap, dict.fromkeys(owners, PASSWORD), **more)
        return self.open.enter_context(exchange_server(exchange, authority or self.authority))

    def calendar(self, server: ExchangeServer, **more: Any) -> ExchangeCalendar:
        """Åsa's program, unless ``more`` says otherwise."""
        asks: dict[str, Any] = {"user": ASA, "password": lambda: PASSWORD, "timezone": STOCKHOLM, "clock": self.clock}
        calendar = ExchangeCalendar(more.pop("url", server.url), **(asks | more))
        self.open.callback(calendar.close)
        return calendar

    def fetch(self, version: str = "2016", **more: Any) -> Fetched:
        """What Åsa's program reads of a server of ``version``."""
        return self.calendar(self.server(version), **more).fetch_events(MONTH, NOW)

    def only(self, item: Item, version: str = "2016") -> CalendarEvent:
        """How the one ``item`` of her calendar is read."""
        self.asa.items = [item]
        (event,) = self.fetch(version).events
        return event


@contextmanager
def a_world(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A company whose certificates this computer trusts; pyspnego, as acceptor, finds its passwords in a file."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "ca.pem"))
    (folder / "accounts").write_text(f"FÖRETAG:åsa:{PASSWORD}\n:åsa@foretag.se:{PASSWORD}\n", encoding="utf-8")
    monkeypatch.setenv("NTLM_USER_FILE", str(folder / "accounts"))
    # Where Kerberos is installed, it would ask the DNS for a domain that no machine here has.
    (folder / "krb5.conf").write_text(
        "[libdefaults]\n dns_lookup_kdc = false\n dns_lookup_realm = false\n rdns = false\n"
    )
    monkeypatch.setenv("KRB5_CONFIG", str(folder / "krb5.conf"))
    with ExitStack() as stack:
        yield World(authority, stack)


def meeting(subject: str = "MOT: möte", start: datetime = NOW, **more: Any) -> Item:
    """An item of an hour from ``start``."""
    end = more.pop("end", start + HOUR)
    return Item(more.pop("id", f"AAMk{start:%d%H%M}{subject}"), start, end, subject, **more)


Maker = Callable[..., Item]
