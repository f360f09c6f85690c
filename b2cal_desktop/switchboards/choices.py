"""The switchboards that can be chosen: those of connector files, the user's own hand, and a program of the user's."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from b2cal_desktop.core.model import Catalogue, Text
from b2cal_desktop.core.ports import Switchboard
from b2cal_desktop.switchboards.command import COMMAND, CommandSwitchboard
from b2cal_desktop.switchboards.connector import Connector
from b2cal_desktop.switchboards.connector_file import (
    ConnectorFile,
    find_connector,
    shipped_connectors,
    usable_connectors,
)
from b2cal_desktop.switchboards.connector_http import ANSWER_SECONDS, Exchange
from b2cal_desktop.switchboards.manual import MANUAL, ManualSwitchboard
from b2cal_desktop.switchboards.own_choice import OwnChoice

Choice = ConnectorFile | OwnChoice
OWN = {choice.id: choice for choice in (MANUAL, COMMAND)}


class ChosenSwitchboard(Switchboard, Protocol):
    """A switchboard that can also be tried, and that tells what was sent."""

    @property
    def exchanges(self) -> deque[Exchange]:
        """The last requests and answers, oldest first, secrets masked."""
        ...

    def check(self) -> None:
        """See whether it can be used, without changing anything; raises SwitchboardError."""
        ...

    def list_diversions(self) -> tuple[tuple[str, Text], ...]:
        """Its own values and their labels; raises SwitchboardError."""
        ...


def all_choices(folders: Sequence[Path] = ()) -> dict[str, Choice]:
    """Every switchboard that can be chosen, by id; in ``folders`` the last counts. Raises ConnectorProblem."""
    return {**shipped_connectors(folders), **OWN}


def usable_choices(folders: Sequence[Path] = ()) -> dict[str, Choice]:
    """As ``all_choices``, without the files that are invalid: for a window that has to open all the same."""
    return {**usable_connectors(folders), **OWN}


def find_choice(wanted: str, folders: Sequence[Path] = ()) -> Choice | None:
    """The one with that id; what is wrong with the others is no hindrance. Raises ConnectorProblem."""
    return OWN.get(wanted) or find_connector(wanted, folders)


def open_switchboard(
    choice: Choice,
    fields: Mapping[str, str],
    secrets: Callable[[str], str | None],
    catalogue: Catalogue,
    *,
    last_written: str | None = None,
    answer_seconds: float = ANSWER_SECONDS,
) -> ChosenSwitchboard:
    """The switchboard of ``choice``, as the user filled in its ``fields``; nothing is sent. Raises ConnectorProblem."""
    if isinstance(choice, ConnectorFile):
        return Connector(choice, fields, secrets, catalogue, last_written=last_written, answer_seconds=answer_seconds)
    if choice is COMMAND:
        return CommandSwitchboard(fields, catalogue)
    return ManualSwitchboard(catalogue)
