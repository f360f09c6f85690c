"""Between the catalogue's keys and the switchboard's own values."""

from __future__ import annotations

from collections.abc import Mapping

from b2cal_desktop.core.model import AVAILABLE, Catalogue, Text
from b2cal_desktop.switchboards.connector_file import ConnectorFile, RemoteValue


class RemoteTable:
    """The file's table with the user's own values over it.

    Several keys may share a value. Reading one back, the key that was written last counts, then the file's order.
    """

    def __init__(self, file: ConnectorFile, catalogue: Catalogue, last_written: str | None) -> None:
        own = {key: diversion.remote[file.id] for key, diversion in catalogue.items() if diversion.remote.get(file.id)}
        values = {**file.diversions, **{key: RemoteValue(value, {}) for key, value in own.items()}}
        self._by_key = {key: value for key, value in values.items() if key in catalogue}
        self._catalogue = catalogue
        self._prefix = f"{file.id}:"
        self.own_values: Mapping[str, str] = own
        self.no_extras = {name: None for value in file.diversions.values() for name in value.extras}
        self.last_written = last_written

    @property
    def keys(self) -> frozenset[str]:
        """The catalogue keys that have a value."""
        return frozenset(self._by_key)

    def values(self) -> Mapping[str, RemoteValue]:
        """By catalogue key."""
        return self._by_key

    def find(self, diversion: str) -> RemoteValue | None:
        """The value of a key; a diversion that the catalogue does not know is the switchboard's own value."""
        if diversion in self._catalogue:
            return self._by_key.get(diversion)
        value = diversion.removeprefix(self._prefix)
        return RemoteValue(value, {}) if value else None

    def key_of(self, value: str) -> str:
        """The key for a value; without one, the value itself, marked where a key has the same name."""
        keys = [key for key, remote in self._by_key.items() if remote.value == value]
        if self.last_written in keys:
            return str(self.last_written)
        if AVAILABLE in keys:
            return AVAILABLE
        if keys:
            return keys[0]
        marked = value in self._catalogue or value.startswith(self._prefix)
        return self._prefix + value if marked else value

    def labels(self) -> tuple[tuple[str, Text], ...]:
        """Values, and what the catalogue calls them."""
        return tuple((remote.value, self._catalogue[key].label) for key, remote in self._by_key.items())
