"""The data of a connector file, with what it ``extends`` filled in; every key still knows its file and line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from b2cal_desktop.core.errors import ConnectorProblem
from b2cal_desktop.core.model import Text
from b2cal_desktop.system.toml_file import TomlFile, read_toml

Keys = tuple[str | int, ...]

# Who a connector is, and what is known of it, it says itself; nothing of that is taken over from another.
OWN_KEYS = ("format", "id", "label", "extends", "confirmed", "unconfirmed", "facts")
_MERGED_TABLES = ("namespaces", "diversions")
_BODIES = ("json", "form", "xml")


@dataclass(frozen=True, slots=True)
class Document:
    """``data`` as one file would have it; ``taken`` says which of its parts stand in another document, and where."""

    toml: TomlFile
    data: dict[str, Any]
    taken: Mapping[Keys, tuple[Document, Keys]] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """The file that was asked for."""
        return self.toml.path

    def place_of(self, *keys: str | int) -> tuple[Path, int | None]:
        """The file, and the line in it, that sets ``keys``, else what they stand in."""
        for length in range(len(keys), 0, -1):
            if keys[:length] in self.taken:
                document, there = self.taken[keys[:length]]
                return document.place_of(*there, *keys[length:])
        return self.toml.path, self.toml.line_of(*keys)


def read_document(path: Path, folders: Sequence[Path]) -> Document:
    """The file at ``path``, with what it extends from ``folders`` (the last counts); raises ConnectorProblem."""
    return _read(path, folders, ())


def _read(path: Path, folders: Sequence[Path], above: tuple[Path, ...]) -> Document:
    toml = read_toml(path, problem=ConnectorProblem)
    if "extends" not in toml.data:
        return Document(toml, toml.data)
    wanted = toml.data["extends"]
    if not isinstance(wanted, str) or not wanted:
        raise _problem(toml, Text("Här ska ett id stå.", "An id should stand here."))
    above = (*above, path.resolve())
    base = _find(wanted, toml, folders, above)
    return _extended(toml, _read(base, folders, above))


def _find(wanted: str, toml: TomlFile, folders: Sequence[Path], above: tuple[Path, ...]) -> Path:
    """The file of the connector ``wanted``; one that extends its own id means that of an earlier folder."""
    found = [path for folder in reversed(folders) for path in _files_of(wanted, folder)]
    usable = [path for path in found if path.resolve() not in above]
    if usable and wanted == toml.data.get("id"):
        own = [number for number, path in enumerate(found) if path.resolve() == above[-1]]
        usable = [path for path in found[own[0] + 1 if own else 0 :] if path.resolve() not in above]
    if usable:
        return usable[0]
    if found:
        chain = " → ".join([*(one.name for one in above), found[0].name])
        raise _problem(toml, Text(f"Kedjan går i ring: {chain}.", f"The chain goes in a circle: {chain}."))
    raise _problem(toml, Text(f"Växeln {wanted} finns inte.", f"There is no connector {wanted}."))


def _files_of(wanted: str, folder: Path) -> Iterator[Path]:
    for path in sorted(folder.glob("*.toml")):
        try:
            if read_toml(path, problem=ConnectorProblem).data.get("id") == wanted:
                yield path
        except ConnectorProblem:
            if path.stem == wanted:  # others are complained of when they are wanted themselves
                raise


def _problem(toml: TomlFile, what: Text) -> ConnectorProblem:
    return ConnectorProblem(str(toml.path), toml.line_of("extends"), "extends", what)


def _extended(toml: TomlFile, base: Document) -> Document:
    """What ``toml`` says, over what ``base`` says; a part of another type than the base's takes its place whole."""
    data, taken = dict(toml.data), dict[Keys, tuple[Document, Keys]]()

    def take(keys: Keys, mine: dict[str, Any], theirs: Mapping[str, Any], but: Sequence[str] = ()) -> None:
        for key, value in theirs.items():
            if key not in mine and key not in but:
                mine[key] = value
                taken[*keys, key] = (base, (*keys, key))

    take((), data, base.data, OWN_KEYS)
    for key in _MERGED_TABLES:
        if _both_tables(toml.data, base.data, key):
            data[key] = dict(toml.data[key])
            take((key,), data[key], base.data[key])
    if _both_tables(toml.data, base.data, "requests"):
        mine, theirs = dict(toml.data["requests"]), base.data["requests"]
        data["requests"] = mine
        take(("requests",), mine, theirs)
        for name in toml.data["requests"]:
            if _both_tables(mine, theirs, name):
                mine[name] = dict(mine[name])
                but = _BODIES if any(body in mine[name] for body in _BODIES) else ()
                take(("requests", name), mine[name], theirs[name], but)
    if isinstance(toml.data.get("fields"), list) and isinstance(base.data.get("fields"), list):
        data["fields"] = _merged_fields(toml, base, taken)
    return Document(toml, data, taken)


def _both_tables(mine: Mapping[str, Any], theirs: Mapping[str, Any], key: str) -> bool:
    return isinstance(mine.get(key), dict) and isinstance(theirs.get(key), dict)


def _merged_fields(toml: TomlFile, base: Document, taken: dict[Keys, tuple[Document, Keys]]) -> list[Any]:
    """The base's fields in its order, changed by the file's own of the same key; then the file's others."""
    alone = Document(toml, toml.data)
    own = {_key_of(entry, number): number for number, entry in enumerate(toml.data["fields"])}
    merged: list[Any] = []
    for at, theirs in enumerate(base.data["fields"]):
        number = own.pop(_key_of(theirs, None), None)
        here: Keys = ("fields", len(merged))
        if number is None:
            taken[here] = (base, ("fields", at))
            merged.append(theirs)
            continue
        entry = toml.data["fields"][number]
        taken[here] = (alone, ("fields", number))
        taken.update({(*here, key): (base, ("fields", at, key)) for key in theirs.keys() - entry.keys()})
        merged.append({**theirs, **entry})
    for number in own.values():
        taken["fields", len(merged)] = (alone, ("fields", number))
        merged.append(toml.data["fields"][number])
    return merged


def _key_of(field_: Any, otherwise: int | None) -> str | int | None:
    key = field_.get("key") if isinstance(field_, dict) else None
    return key if isinstance(key, str) else otherwise
