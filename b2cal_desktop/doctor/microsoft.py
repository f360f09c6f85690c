"""What to say of Microsoft 365 beyond that it can be read: who is signed in, what it costs, what IT must do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from b2cal_desktop.core.errors import CalendarError, CalendarNeedsApproval
from b2cal_desktop.core.model import Text
from b2cal_desktop.core.ports import CalendarSource
from b2cal_desktop.doctor.findings import Finding, Level

if TYPE_CHECKING:
    from b2cal_desktop.accounts.microsoft import MicrosoftAccount


def with_consent_address(finding: Finding, error: CalendarError | Exception) -> Finding:
    """``finding`` with the address at which IT approves the app, where ``error`` asks for that."""
    if not isinstance(error, CalendarNeedsApproval) or "consent_url" not in error.details:
        return finding
    address = error.details["consent_url"]
    sv, en = f"{finding.remedy.sv} Adressen: {address}", f"{finding.remedy.en} The address: {address}"
    return replace(finding, remedy=Text(sv, en))


def account_findings(account: MicrosoftAccount, source: CalendarSource) -> Iterator[Finding]:
    """Who is signed in, what they should know of it, and what the reading that was just made has cost."""
    from b2cal_desktop.calendars.graph import GraphCalendar

    if account.identity is not None:
        name = account.identity.username
        yield Finding("calendar", Level.OK, Text(f"Inloggad som {name}.", f"Signed in as {name}."))
    for notice in account.notices:
        yield Finding("calendar", Level.WARNING, notice)
    if isinstance(source, GraphCalendar):
        usage = source.usage
        size = f"{usage.bytes / 1000:.1f}"
        text = Text(
            f"Avläsningen var {usage.requests} förfrågningar och {size.replace('.', ',')} kB.",
            f"The reading was {usage.requests} requests and {size} kB.",
        )
        yield Finding("calendar", Level.OK, text)
