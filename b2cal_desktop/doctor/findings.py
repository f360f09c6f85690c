"""What a check found: how good it is, in a sentence, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from b2cal_desktop.core.errors import (
    B2CalError,
    CalendarThrottled,
    CalendarUnreachable,
    SwitchboardThrottled,
    SwitchboardUnreachable,
)
from b2cal_desktop.core.model import Text

NOTHING = Text("", "")


class Level(StrEnum):
    """How good a finding is: a warning does not keep the diversion from being right, a problem may."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that ``check`` found. ``remedy`` is empty where there is nothing to do."""

    check: str
    level: Level
    text: Text
    remedy: Text = NOTHING
    exit_code: int = 1


# Every check, in the order in which they are told: what others depend on comes first.
NAMES: Mapping[str, Text] = MappingProxyType(
    {
        "settings": Text("Inställningar", "Settings"),
        "policy": Text("Företagets policy", "Company policy"),
        "profile": Text("Profilmapp", "Profile folder"),
        "instance": Text("Programmet", "Program"),
        "ledger": Text("Appens minnesfil", "The app's ledger"),
        "keyring": Text("Nyckelring", "Keyring"),
        "calendar": Text("Kalender", "Calendar"),
        "switchboard": Text("Växel", "Switchboard"),
        "tls": Text("Certifikat", "Certificates"),
        "proxy": Text("Proxy", "Proxy"),
        "clock": Text("Klocka", "Clock"),
        "autostart": Text("Start vid inloggning", "Start at log-in"),
        "tray": Text("Ikon", "Icon"),
        "updates": Text("Uppdateringar", "Updates"),
    }
)

LABELS: Mapping[Level, Text] = MappingProxyType(
    {
        Level.OK: Text("bra", "ok"),
        Level.WARNING: Text("varning", "warning"),
        Level.PROBLEM: Text("problem", "problem"),
    }
)

# The app tries again by itself; whoever runs doctor wants to do something.
_REACHING: Mapping[type[B2CalError], Text] = MappingProxyType(
    {
        CalendarUnreachable: Text(
            "Kontrollera nätverket (VPN, gästnät) och adressen under Kalender i inställningarna.",
            "Check the network (VPN, guest network) and the address under Calendar in the settings.",
        ),
        SwitchboardUnreachable: Text(
            "Kontrollera nätverket (VPN, gästnät) och adressen under Växel i inställningarna.",
            "Check the network (VPN, guest network) and the address under Switchboard in the settings.",
        ),
    }
)


def from_error(check: str, error: B2CalError) -> Finding:
    """The finding that ``error`` makes; being asked to wait is no more than a warning."""
    sv, en = error.message("sv"), error.message("en")
    waits = isinstance(error, CalendarThrottled | SwitchboardThrottled)
    level = Level.WARNING if waits else Level.PROBLEM
    remedy = _REACHING.get(type(error)) or Text(sv.remedy, en.remedy)
    return Finding(check, level, Text(sv.what, en.what), remedy, error.exit_code)


def not_checked(check: str) -> Finding:
    """What is said of a check that needs settings where those cannot be read."""
    text = Text("Går att kontrollera först när inställningarna går att läsa.", "Waits for settings that can be read.")
    return Finding(check, Level.WARNING, text)
