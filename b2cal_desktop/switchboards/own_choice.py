"""A switchboard that can be chosen and is no connector file, described as one so that windows need no second way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from b2cal_desktop.core.model import Text
from b2cal_desktop.switchboards.connector_file import Field, RemoteValue


@dataclass(frozen=True, slots=True)
class OwnChoice:
    """The same names as ``ConnectorFile``; ``path`` stands in complaints where a file's name would.

    ``works`` is what there is to say when a test has found nothing wrong: there is no switchboard that answered.
    """

    id: str
    label: Text
    help: Text | None
    limits: Text | None
    diversions: Mapping[str, RemoteValue]
    path: Path
    works: Text
    fields: tuple[Field, ...] = ()
    confirmed: bool = True
    unconfirmed: Text | None = None
