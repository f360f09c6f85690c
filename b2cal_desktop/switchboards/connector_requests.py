"""The requests of a connector file: ``[auth]`` and ``[requests.*]`` become typed shapes, or a ConnectorProblem."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from b2cal_desktop.core.model import Text
from b2cal_desktop.switchboards.connector_answer import (
    Format,
    InstantFormat,
    ListQueries,
    Query,
    QueryProblem,
    StateQueries,
)
from b2cal_desktop.switchboards.connector_body import (
    Body,
    FormBody,
    Named,
    RequestShape,
)
from b2cal_desktop.switchboards.connector_table import Table
from b2cal_desktop.switchboards.connector_template import Template, Vocabulary
from b2cal_desktop.switchboards.connector_trees import (
    read_json_body,
    read_named,
    read_template,
    read_xml_body,
)

METHODS: Mapping[str, tuple[str, ...]] = {
    "check": ("GET",),
    "list": ("GET",),
    "get": ("GET", "POST"),
    "set": ("PUT", "POST", "PATCH"),
    "clear": ("DELETE", "PUT", "POST", "PATCH"),
}
WRITES = ("set", "clear")
_TOKEN = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"  # noqa: S105  RFC 9110's name for such a word
_LITERAL_IN_PATH = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%(?!2[eEfF]|5[cC]|[01])[0-9A-Fa-f]{2})*")
_MEDIA_TYPE = r"[\w.+-]+/[\w.+-]+(?:; ?[\w-]+=[\w.\"-]+)?"
_OWN_HEADERS = """
authorization connection content-length content-type cookie expect host if-match keep-alive proxy-authorization
proxy-connection te trailer transfer-encoding upgrade user-agent accept-encoding
"""
_AUTH_KEYS = ("kind", "token", "user", "password", "request", "header", "query")
_REQUEST_KEYS = (
    *("method", "path", "query", "headers", "json", "form", "xml"),
    *("content_type", "accept", "format", "outcomes"),
)
ENGINE_HEADERS = frozenset(_OWN_HEADERS.split())


class Outcome(StrEnum):
    """What a status means for the diversion."""

    OK = "ok"
    AVAILABLE = "available"
    SIGN_IN = "sign_in"
    REFUSED = "refused"
    CONFLICT = "conflict"
    UNKNOWN_VALUE = "unknown_value"
    THROTTLED = "throttled"
    UNREACHABLE = "unreachable"
    OUTCOME_UNKNOWN = "outcome_unknown"


@dataclass(frozen=True, slots=True)
class OutcomeRule:
    """Answers of ``status`` (for which ``when`` holds) mean ``outcome``."""

    status: int
    when: Query | None
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class RequestSpec:
    """A request, what its answer means and where the answer tells what."""

    shape: RequestShape
    accept: str
    format: Format
    outcomes: tuple[OutcomeRule, ...] = ()
    if_match: bool = False
    state: StateQueries | None = None
    list: ListQueries | None = None


class AuthKind(StrEnum):
    """How the user is made known to the switchboard."""

    NONE = "none"
    BEARER = "bearer"
    BASIC = "basic"
    DIGEST = "digest"
    LOGIN = "login"


_KEYS_OF_AUTH: Mapping[AuthKind, tuple[str, ...]] = {
    AuthKind.NONE: (),
    AuthKind.BEARER: ("token", "header", "query"),
    AuthKind.BASIC: ("user", "password"),
    AuthKind.DIGEST: ("user", "password"),
    AuthKind.LOGIN: ("request", "token", "header", "query"),
}


@dataclass(frozen=True, slots=True)
class AuthSpec:
    """Bearer: ``token``. Basic, digest: ``user``, ``password``. Login: ``request``, whose answer has ``found_token``.

    A token goes as ``Authorization: Bearer``, as the bare value of ``header``, or as the parameter ``query``.
    """

    kind: AuthKind
    token: Template | None = None
    user: Template | None = None
    password: Template | None = None
    header: str | None = None
    query: str | None = None
    request: RequestSpec | None = None
    found_token: Query | None = None


def read_namespaces(top: Table) -> dict[str, str]:
    """The prefixes that tags, attributes and XPaths may use."""
    found = {"xml": "http://www.w3.org/XML/1998/namespace"}
    table = top.table("namespaces")
    if table is None:
        return found
    for prefix in table.data:
        if not re.fullmatch(r"[A-Za-z][\w-]*", prefix, re.ASCII) or prefix.lower().startswith("xml"):
            raise table.problem(prefix, Text("Prefixet är inte giltigt i XML.", "The prefix is not valid in XML."))
        found[prefix] = table.text(prefix, pattern=r"\S+", allowed="URI")
        if not _is_namespace(found[prefix]):
            raise table.problem(prefix, Text("Det här är ingen namnrymd.", "This is no namespace."))
    return found


def _is_namespace(uri: str) -> bool:
    from lxml import etree

    try:
        etree.Element("any", nsmap={"any": uri})
    except ValueError:
        return False
    return True


def read_auth(top: Table, vocabulary: Vocabulary, namespaces: Mapping[str, str]) -> AuthSpec:
    """``[auth]``; none is the kind ``none``."""
    table = top.table("auth")
    if table is None:
        return AuthSpec(AuthKind.NONE)
    table.only(*_AUTH_KEYS)
    kind = AuthKind(table.choice("kind", AuthKind))
    table.only("kind", *_KEYS_OF_AUTH[kind])
    auth = AuthSpec(kind)
    if kind is AuthKind.BEARER:
        auth = replace(auth, token=read_template(table, "token", vocabulary))
    elif kind in (AuthKind.BASIC, AuthKind.DIGEST):
        user = read_template(table, "user", replace(vocabulary, secrets=frozenset()))
        auth = replace(auth, user=user, password=read_template(table, "password", vocabulary))
    elif kind is AuthKind.LOGIN:
        inner = table.required_table("request")
        request = _RequestReader(inner, vocabulary, namespaces).read("login", ("POST",))
        auth = replace(auth, request=request, found_token=_read_query(table, "token", request.format, namespaces))
    if kind in (AuthKind.BEARER, AuthKind.LOGIN):
        header = table.text_or_none("header", pattern=_TOKEN, allowed="a header name")
        if header is not None and header.lower() in ENGINE_HEADERS:
            raise table.problem("header", Text(f"{header} sätts av motorn.", f"{header} is set by the engine."))
        auth = replace(auth, header=header, query=table.text_or_none("query", pattern=r"[\w.-]+", allowed="a name"))
        if auth.header and auth.query:
            raise table.problem("query", Text("Välj header eller query.", "Choose header or query."))
    return auth


def read_requests(
    table: Table, vocabulary: Vocabulary, namespaces: Mapping[str, str], *, ends: bool
) -> dict[str, RequestSpec]:
    """``[requests.*]``: ``set`` has to be there, the others may."""
    table.only(*METHODS)
    found = {}
    for name, methods in METHODS.items():
        inner = table.required_table(name) if name == "set" else table.table(name)
        if inner is not None:
            words = replace(vocabulary, diversion=name in WRITES)
            found[name] = _RequestReader(inner, words, namespaces).read(name, methods)
    _check_set(table, found["set"], vocabulary, ends=ends)
    for name, request in found.items():
        if request.state is not None and request.state.until is not None and not ends:
            what = Text("Med ends = false finns ingen sluttid.", "With ends = false there is no end time.")
            raise table.problem(name, what)
    return found


def _check_set(table: Table, request: RequestSpec, vocabulary: Vocabulary, *, ends: bool) -> None:
    used = {placeholder.name for placeholder in request.shape.placeholders()}
    if not used & ({"remote", "label"} | vocabulary.extras):
        what = Text("Anropet nämner inte hänvisningen: {remote}.", "The request does not name the diversion: {remote}.")
        raise table.problem("set", what)
    if ("until" in used) != ends:
        what = Text(
            "{until:…} ska finnas i anropet precis när ends = true.",
            "{until:…} should stand in the request exactly when ends = true.",
        )
        raise table.problem("set", what)


class _RequestReader:
    """Reads one request's table."""

    def __init__(self, table: Table, vocabulary: Vocabulary, namespaces: Mapping[str, str]) -> None:
        self._table = table
        self._vocabulary = vocabulary
        self._in_address = replace(vocabulary, secrets=frozenset())
        self._namespaces = namespaces

    def read(self, name: str, methods: tuple[str, ...]) -> RequestSpec:
        """The request; ``name`` says what it is for, and with that what its answer may hold."""
        table = self._table
        answer, if_match = _has_answer(name), name in WRITES
        table.only(*_REQUEST_KEYS, *(["answer"] if answer else []), *(["if_match"] if if_match else []))
        body = self._body()
        method = table.choice("method", methods, methods[0] if len(methods) == 1 else None)
        if body is not None and method in ("GET", "DELETE"):
            raise table.problem(None, Text(f"{method} har inget innehåll.", f"{method} has no body."))
        shape = RequestShape(
            method,
            path=self._path(),
            query=self._named("query", self._in_address),
            headers=self._headers(),
            body=body,
            content_type=table.text_or_none("content_type", pattern=_MEDIA_TYPE, allowed="a media type"),
        )
        format_ = Format(table.choice("format", Format, Format.JSON))
        spec = RequestSpec(
            shape,
            accept=table.text_or_none("accept", pattern=r"[\w.+*/,;= -]+", allowed="media types")
            or f"application/{format_}",
            format=format_,
            outcomes=self._outcomes(name, format_),
            if_match=table.flag("if_match", default=False),
        )
        if name == "list":
            spec = replace(spec, list=self._list_queries(table.required_table("answer"), format_))
        elif name == "get" or (name in WRITES and table.has("answer")):
            spec = replace(spec, state=self._state_queries(table.required_table("answer"), format_))
        return spec

    def _path(self) -> tuple[Template, ...]:
        table = self._table
        text = table.text("path")
        if not text.startswith("/") or "//" in text:
            raise table.problem(
                "path",
                Text(
                    "Sökvägen börjar med / och hör till växelns adress; en annan värd går inte.",
                    "The path begins with / and belongs to the switchboard's address; another host is not possible.",
                ),
            )
        return tuple(self._segment(segment) for segment in text[1:].split("/"))

    def _segment(self, text: str) -> Template:
        table = self._table
        template = read_template(table, "path", self._in_address, text)
        for part in template.parts:
            if isinstance(part, str) and (not _LITERAL_IN_PATH.fullmatch(part) or unquote(text) in (".", "..")):
                raise table.problem("path", Text(f"“{text}” kan inte stå här.", f"“{text}” cannot stand here."))
        for placeholder in template.placeholders:
            if self._vocabulary.can_be_absent(placeholder):
                name = placeholder.name
                what = Text(f"{{{name}}} kan saknas, och en adress kan inte ha hål.", f"{{{name}}} may be absent here.")
                raise table.problem("path", what)
        return template

    def _named(self, key: str, vocabulary: Vocabulary) -> tuple[Named, ...]:
        table = self._table.table(key)
        if table is None:
            return ()
        return tuple(read_named(table, name, vocabulary) for name in table.data)

    def _headers(self) -> tuple[Named, ...]:
        headers = self._named("headers", self._vocabulary)
        for header in headers:
            if not re.fullmatch(_TOKEN, header.name) or header.name.lower() in (*ENGINE_HEADERS, "accept"):
                what = Text(f"{header.name} får inte sättas här.", f"{header.name} may not be set here.")
                raise self._table.problem("headers", what)
        return headers

    def _body(self) -> Body | None:
        table = self._table
        kinds = [kind for kind in ("json", "form", "xml") if table.raw(kind) is not None]
        if len(kinds) > 1:
            raise table.problem(kinds[1], Text("Välj ett av json, form och xml.", "Choose one of json, form and xml."))
        if kinds == ["json"]:
            return read_json_body(table, self._vocabulary)
        if kinds == ["form"]:
            return FormBody(self._named("form", self._vocabulary))
        return read_xml_body(table.required_table("xml"), self._vocabulary, self._namespaces) if kinds else None

    def _outcomes(self, name: str, format_: Format) -> tuple[OutcomeRule, ...]:
        allowed = [outcome for outcome in Outcome if _fits(outcome, name)]
        rules = []
        for table in self._table.tables("outcomes"):
            table.only("status", "when", "is")
            status: Any = table.required("status")
            if not isinstance(status, int) or isinstance(status, bool) or not 200 <= status <= 599:
                raise table.problem("status", Text("Ett tal från 200 till 599.", "A number from 200 to 599."))
            when = _read_query(table, "when", format_, self._namespaces) if table.has("when") else None
            rules.append(OutcomeRule(status, when, Outcome(table.choice("is", allowed))))
        return tuple(rules)

    def _state_queries(self, table: Table, format_: Format) -> StateQueries:
        def query(key: str) -> Query:
            return _read_query(table, key, format_, self._namespaces)

        table.only("diversion", "until", "until_format", "timezone", "absent")
        zone = table.text_or_none("timezone")
        try:
            timezone = ZoneInfo(zone) if zone is not None else None
        except (KeyError, ValueError, OSError) as error:  # unknown; a path; a folder
            what = Text(f"Tidszonen {zone} finns inte.", f"There is no time zone {zone}.")
            raise table.problem("timezone", what) from error
        return StateQueries(
            format_,
            diversion=query("diversion"),
            until=query("until") if table.has("until") else None,
            until_format=InstantFormat(table.choice("until_format", InstantFormat, InstantFormat.ISO)),
            timezone=timezone,
            absent=table.text_or_none("absent"),
        )

    def _list_queries(self, table: Table, format_: Format) -> ListQueries:
        def query(key: str) -> Query:
            return _read_query(table, key, format_, self._namespaces)

        table.only("items", "id", "label_sv", "label_en")
        return ListQueries(format_, query("items"), query("id"), query("label_sv"), query("label_en"))


def _has_answer(name: str) -> bool:
    return name in ("get", "list", *WRITES)


def _fits(outcome: Outcome, name: str) -> bool:
    if outcome is Outcome.AVAILABLE:
        return name == "get"
    if outcome is Outcome.UNKNOWN_VALUE:
        return name == "set"
    return outcome is not Outcome.OUTCOME_UNKNOWN or name in WRITES


def _read_query(table: Table, key: str, format_: Format, namespaces: Mapping[str, str]) -> Query:
    query = Query(table.text(key), format_, namespaces)
    try:
        query.check()
    except QueryProblem as error:
        raise table.problem(key, error.problem) from error
    return query
