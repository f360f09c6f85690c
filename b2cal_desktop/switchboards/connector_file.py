"""A connector file, read and checked: everything that a switchboard's HTTP interface is, as data.

``docs/connectors.md`` describes the format. Whatever is wrong raises ConnectorProblem with file, line and key.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from b2cal_desktop.core.errors import ConnectorProblem
from b2cal_desktop.core.model import AVAILABLE, Text
from b2cal_desktop.switchboards.connector_document import OWN_KEYS, Document, read_document
from b2cal_desktop.switchboards.connector_requests import (
    AuthSpec,
    RequestSpec,
    read_auth,
    read_namespaces,
    read_requests,
)
from b2cal_desktop.switchboards.connector_table import Table
from b2cal_desktop.switchboards.connector_template import Vocabulary
from b2cal_desktop.system.resources import resource_folder
from b2cal_desktop.system.toml_file import read_toml

_log = logging.getLogger(__name__)

FORMAT = 1
RESERVED = ("remote", "until", "label")
_KEY = r"[a-z][a-z0-9_]{0,39}"
_KEY_MEANS = "a–z, 0–9, _ (40)"
_ID = r"[a-z][a-z0-9-]{0,39}"
_ID_MEANS = "a–z, 0–9, - (40)"
_TOP_KEYS = (
    *(*OWN_KEYS, "help", "limits", "ends", "honours_ends", "poll_seconds"),
    *("fields", "auth", "namespaces", "requests", "diversions"),
)
# Those of ``choices``: no file may pass itself off as one of them.
OWN_IDS = ("none", "command")
LONGEST_POLL = 3600
_FIELD_KEYS = ("key", "label", "help", "kind", "secret", "required", "default", "pattern")
_PATTERN_LIMIT = 200
_SLOW_PATTERN = re.compile(r"\)[*+?{]|\\[1-9]|\(\?")


class FieldKind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    ADDRESS = "address"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Field:
    """Something that the user is asked for. The one of kind ``address`` is where all requests go."""

    key: str
    label: Text
    help: Text | None
    kind: FieldKind
    secret: bool
    required: bool
    default: str | None
    pattern: str | None


@dataclass(frozen=True, slots=True)
class RemoteValue:
    """A diversion as the switchboard calls it, and further values that its requests may need."""

    value: str
    extras: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ConnectorFile:
    """A switchboard's interface. ``unconfirmed`` is None exactly where ``confirmed``.

    Where ``ends`` and not ``honours_ends``, an end is sent and shown, and the switchboard does nothing when it comes.
    ``poll_seconds`` is the least time between two readings; 0 where the file does not say.
    """

    path: Path
    id: str
    label: Text
    help: Text | None
    confirmed: bool
    unconfirmed: Text | None
    limits: Text | None
    facts: str
    ends: bool
    honours_ends: bool
    poll_seconds: int
    fields: tuple[Field, ...]
    auth: AuthSpec
    requests: Mapping[str, RequestSpec]
    diversions: Mapping[str, RemoteValue]

    @property
    def address_field(self) -> Field:
        """The field that says where all requests go."""
        return next(field for field in self.fields if field.kind is FieldKind.ADDRESS)


def load_connector(path: Path, extra_folders: Sequence[Path] = ()) -> ConnectorFile:
    """The connector file at ``path``; raises ConnectorProblem.

    What it ``extends`` is looked for among the shipped connectors, in ``extra_folders`` and beside it; the last counts.
    """
    folders = [_shipped_folder(), *extra_folders]
    if path.parent.resolve() not in [folder.resolve() for folder in folders]:
        folders.append(path.parent)
    return _load(read_document(path, folders))


def _shipped_folder() -> Path:
    return resource_folder() / "connectors"


def _load(document: Document) -> ConnectorFile:
    top = Table(document, (), document.data)
    top.only(*_TOP_KEYS)
    version = top.required("format")
    if version != FORMAT or isinstance(version, bool):
        raise top.problem("format", Text(f"Formatet ska vara {FORMAT}.", f"The format should be {FORMAT}."))
    confirmed = top.flag("confirmed", default=False)
    if confirmed and top.has("unconfirmed"):
        what = Text("Det som är bekräftat har inget obekräftat.", "What is confirmed has nothing unconfirmed.")
        raise top.problem("unconfirmed", what)
    fields = _read_fields(top)
    diversions = _read_diversions(top.required_table("diversions"), fields)
    namespaces = read_namespaces(top)
    vocabulary = _vocabulary(fields, diversions)
    ends = top.flag("ends", default=False)
    return ConnectorFile(
        path=document.path,
        id=_read_id(top),
        label=top.words("label"),
        help=top.words_or_none("help"),
        confirmed=confirmed,
        unconfirmed=None if confirmed else top.words("unconfirmed"),
        limits=top.words_or_none("limits"),
        facts=top.text("facts"),
        ends=ends,
        honours_ends=_read_honours(top, ends=ends),
        poll_seconds=_read_poll(top),
        fields=fields,
        auth=read_auth(top, vocabulary, namespaces),
        requests=read_requests(top.required_table("requests"), vocabulary, namespaces, ends=ends),
        diversions=diversions,
    )


def _read_id(top: Table) -> str:
    id_ = top.text("id", pattern=_ID, allowed=_ID_MEANS)
    if id_ in OWN_IDS:
        raise top.problem("id", Text(f"“{id_}” hör till programmet.", f"“{id_}” belongs to the program."))
    return id_


def _read_honours(top: Table, *, ends: bool) -> bool:
    honours = top.flag("honours_ends", default=True)
    if top.has("honours_ends") and honours and not ends:
        what = Text("Med ends = false finns ingen sluttid.", "With ends = false there is no end time.")
        raise top.problem("honours_ends", what)
    return honours


def _read_poll(top: Table) -> int:
    seconds = top.raw("poll_seconds")
    if seconds is None:
        return 0
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 1 <= seconds <= LONGEST_POLL:
        what = Text(
            f"Här ska ett heltal från 1 till {LONGEST_POLL} stå.",
            f"A whole number from 1 to {LONGEST_POLL} should stand here.",
        )
        raise top.problem("poll_seconds", what)
    return seconds


def shipped_connectors(extra_folders: Sequence[Path] = ()) -> dict[str, ConnectorFile]:
    """The connectors that come with the product, by id; one in a later folder of ``extra_folders`` takes its place."""
    paths = _paths_by_id(extra_folders)
    return {id_: load_connector(path, extra_folders) for id_, path in paths.items()}


def usable_connectors(extra_folders: Sequence[Path] = ()) -> dict[str, ConnectorFile]:
    """Those of ``shipped_connectors`` that are valid; the others are logged and left out."""
    usable = {}
    for id_, path in _paths_by_id(extra_folders, wanted="").items():
        try:
            usable[id_] = load_connector(path, extra_folders)
        except ConnectorProblem as error:
            _log.warning("a connector is left out: %s", error)
    return usable


def find_connector(wanted: str, extra_folders: Sequence[Path] = ()) -> ConnectorFile | None:
    """The one of ``shipped_connectors`` with that id; what is wrong with the others is no hindrance."""
    path = _paths_by_id(extra_folders, wanted).get(wanted)
    return load_connector(path, extra_folders) if path is not None else None


def _paths_by_id(extra_folders: Sequence[Path], wanted: str | None = None) -> dict[str, Path]:
    """Where each connector stands. Files that cannot be read matter only where all are wanted, or by their name."""
    found: dict[str, Path] = {}
    for folder in (_shipped_folder(), *extra_folders):
        here: dict[str, Path] = {}
        for path in sorted(folder.glob("*.toml")):
            try:
                id_ = read_toml(path, problem=ConnectorProblem).data.get("id")
            except ConnectorProblem:
                if wanted is None or path.stem == wanted:
                    raise
                continue
            if not isinstance(id_, str):
                id_ = path.stem  # the complaint about it comes when it is loaded
            if id_ in here and wanted in (None, id_):
                other = here[id_].name
                what = Text(f"{other} har samma id.", f"{other} has the same id.")
                raise ConnectorProblem(str(path), None, "id", what)
            here[id_] = path
        found |= here
    return found


def _read_fields(top: Table) -> tuple[Field, ...]:
    fields: list[Field] = []
    for table in top.tables("fields"):
        field = _read_field(table)
        if field.key in RESERVED or any(field.key == other.key for other in fields):
            raise table.problem("key", Text(f"“{field.key}” är upptaget.", f"“{field.key}” is taken."))
        fields.append(field)
    addresses = [field for field in fields if field.kind is FieldKind.ADDRESS]
    if len(addresses) != 1 or not addresses[0].required:
        what = Text(
            "Precis ett fält ska vara av slaget address, och det ska krävas.",
            "Exactly one field should be of the kind address, and it should be required.",
        )
        raise top.problem("fields", what)
    return tuple(fields)


def _read_field(table: Table) -> Field:
    table.only(*_FIELD_KEYS)
    field = Field(
        key=table.text("key", pattern=_KEY, allowed=_KEY_MEANS),
        label=table.words("label"),
        help=table.words_or_none("help"),
        kind=FieldKind(table.choice("kind", FieldKind, FieldKind.TEXT)),
        secret=table.flag("secret", default=False),
        required=table.flag("required", default=True),
        default=table.text_or_none("default"),
        pattern=table.text_or_none("pattern"),
    )
    if field.secret and field.default is not None:
        raise table.problem("default", Text("En hemlighet har inget förval.", "A secret has no default."))
    if field.secret and field.kind is not FieldKind.TEXT:
        raise table.problem("kind", Text("En hemlighet är en text.", "A secret is a text."))
    if field.pattern is not None:
        _check_pattern(table, field.pattern)
    return field


def _check_pattern(table: Table, pattern: str) -> None:
    """A file must not be able to hang the program: no repeated groups, at most three open-ended repeats."""
    try:
        re.compile(pattern[: _PATTERN_LIMIT + 1])
    except (re.error, OverflowError) as error:
        what = Text(f"Ogiltigt reguljärt uttryck: {error}.", f"Invalid regular expression: {error}.")
        raise table.problem("pattern", what) from error
    involved = _SLOW_PATTERN.search(pattern) or len(re.findall(r"[*+,]", pattern)) > 3
    if involved or len(pattern) > _PATTERN_LIMIT:
        what = Text(
            "Mönstret är för invecklat: inga upprepade grupper, högst tre * eller +.",
            "The pattern is too involved: no repeated groups, at most three of * or +.",
        )
        raise table.problem("pattern", what)


def _read_diversions(table: Table, fields: tuple[Field, ...]) -> dict[str, RemoteValue]:
    taken = {*RESERVED, *(field.key for field in fields)}
    found = {}
    for key, value in table.data.items():
        if not re.fullmatch(_KEY, key):
            raise table.problem(key, Text(f"En nyckel består av {_KEY_MEANS}.", f"A key consists of {_KEY_MEANS}."))
        if not isinstance(value, dict):
            found[key] = RemoteValue(table.checked_text(key, value), {})
            continue
        inner = table.required_table(key)
        remote = inner.text("remote")
        extras = {name: inner.text(name, allowed=_KEY_MEANS) for name in inner.data if name != "remote"}
        for name in extras:
            if name in taken or not re.fullmatch(_KEY, name):
                what = Text(f"“{name}” kan inte vara ett namn här.", f"“{name}” cannot be a name here.")
                raise inner.problem(name, what)
        found[key] = RemoteValue(remote, extras)
    if AVAILABLE not in found:
        raise table.problem(None, Text(f"“{AVAILABLE}” saknas.", f"“{AVAILABLE}” is missing."))
    return found


def _vocabulary(fields: tuple[Field, ...], diversions: Mapping[str, RemoteValue]) -> Vocabulary:
    # The address is where requests go; it is no part of one.
    usable = [field for field in fields if field.kind is not FieldKind.ADDRESS]
    return Vocabulary(
        fields=frozenset(field.key for field in usable if not field.secret),
        secrets=frozenset(field.key for field in usable if field.secret),
        may_be_absent=frozenset(field.key for field in usable if not field.required and field.default is None),
        extras=frozenset(name for remote in diversions.values() for name in remote.extras),
    )
