"""For a switchboard without an interface: the app says what to set and the user sets it. Nothing is sent."""

from __future__ import annotations

from collections import deque
from pathlib import Path

from b2cal_desktop.core.model import STANDARD_DIVERSIONS, Catalogue, DiversionState, Text
from b2cal_desktop.core.ports import Abilities
from b2cal_desktop.switchboards.connector_file import RemoteValue
from b2cal_desktop.switchboards.connector_http import Exchange
from b2cal_desktop.switchboards.own_choice import OwnChoice

MANUAL = OwnChoice(
    id="none",
    label=Text("Ingen: jag ställer in själv", "None: I set it myself"),
    help=Text(
        "För växlar utan gränssnitt. Programmet säger till när det är dags att byta hänvisning, och till vilken.",
        "For switchboards without an interface. The app says when it is time to change the diversion, and to which.",
    ),
    limits=Text(
        "Inget skickas och inget läses av: programmet ser inte om du har bytt.",
        "Nothing is sent and nothing is read: the app does not see whether you have changed it.",
    ),
    diversions={diversion.key: RemoteValue(diversion.key, {}) for diversion in STANDARD_DIVERSIONS},
    path=Path("none"),
    works=Text(
        "Det finns inget att testa: du ställer själv in hänvisningen, när programmet säger till.",
        "There is nothing to test: you set the diversion yourself, when the app says so.",
    ),
)


class ManualSwitchboard:
    """A ``Switchboard`` that is the user's own hand: whatever is written to it, they are asked to set."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.exchanges: deque[Exchange] = deque(maxlen=1)  # there is none, ever

    @property
    def abilities(self) -> Abilities:
        """It knows every diversion, and nothing else."""
        return Abilities(reads_back=False, knows_ends=False, diversions=frozenset(self._catalogue), sends=False)

    @property
    def name(self) -> Text:
        """What people call it."""
        return MANUAL.label

    @property
    def unconfirmed(self) -> Text | None:
        """There is no interface that could be unconfirmed."""
        return None

    def check(self) -> None:
        """Nothing can be wrong."""

    def list_diversions(self) -> tuple[tuple[str, Text], ...]:
        """The catalogue."""
        return tuple((key, diversion.label) for key, diversion in self._catalogue.items())

    def fetch_diversion(self) -> DiversionState | None:
        """None: it cannot be read."""
        return None

    def write_diversion(self, state: DiversionState) -> None:
        """Nothing is sent; that the user is told is the cycle's part."""

    def close(self) -> None:
        """Nothing to let go of."""
