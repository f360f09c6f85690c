"""The parts of a request that hold values: templates, named parts, and the trees of JSON and XML bodies.

A name that ends in ``?`` marks a part that is left out when a value in it is absent.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from b2cal_desktop.core.model import Text
from b2cal_desktop.switchboards.connector_body import (
    JsonBody,
    JsonList,
    JsonNode,
    JsonObject,
    Named,
    XmlBody,
    XmlNode,
)
from b2cal_desktop.switchboards.connector_table import Table
from b2cal_desktop.switchboards.connector_template import (
    Template,
    TemplateProblem,
    Vocabulary,
)

DEPTH_LIMIT = 20
_XML_NAME = r"(?:([A-Za-z_][\w.-]*):)?(.+)"
_LOCAL_NAME = re.compile(r"[^\W\d][\w.-]*")


def read_template(table: Table, key: str | int, vocabulary: Vocabulary, text: str | None = None) -> Template:
    """The template under ``key`` (or in ``text``, which stands there); raises ConnectorProblem."""
    if text is None:
        value = table.required(str(key))
        text = "" if value == "" else table.checked_text(key, value)
    try:
        return vocabulary.parse(text)
    except TemplateProblem as error:
        raise table.problem(key, error.problem) from error


def read_named(table: Table, key: str, vocabulary: Vocabulary) -> Named:
    """The template under ``key``, with its name and whether it is optional."""
    template = read_template(table, key, vocabulary)
    name, optional = _split_mark(table, key)
    return Named(name, template, optional)


def read_json_body(request: Table, vocabulary: Vocabulary) -> JsonBody:
    """The tree under ``json``."""
    return JsonBody(_read_json(request, "json", request.raw("json"), vocabulary, 0))


def _read_json(table: Table, key: str | int, value: Any, vocabulary: Vocabulary, depth: int) -> JsonNode:
    if depth > DEPTH_LIMIT:
        raise table.problem(key, Text("För många nivåer.", "Too many levels."))
    if isinstance(value, str):
        return read_template(table, key, vocabulary, value)
    if isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    if isinstance(value, list):
        inner = Table(table.file, (*table.keys, key), {})
        items = (_read_json(inner, number, item, vocabulary, depth + 1) for number, item in enumerate(value))
        return JsonList(tuple(items))
    if isinstance(value, dict):
        inner = Table(table.file, (*table.keys, key), value)
        members = []
        for name, child in value.items():
            plain, optional = _split_mark(inner, name)
            members.append((plain, optional, _read_json(inner, name, child, vocabulary, depth + 1)))
        return JsonObject(tuple(members))
    what = Text("Här får text, tal, true, false, lista eller tabell stå.", "Text, number, true, false, list or table.")
    raise table.problem(key, what)


def read_xml_body(table: Table, vocabulary: Vocabulary, namespaces: Mapping[str, str]) -> XmlBody:
    """The tree of elements whose root is ``table``."""
    root = _read_xml(table, vocabulary, namespaces, 0)
    if root.optional:
        raise table.problem("tag", Text("Roten kan inte utgå.", "The root cannot be left out."))
    return XmlBody(root, {prefix: uri for prefix, uri in namespaces.items() if prefix != "xml"})


def _read_xml(
    table: Table, vocabulary: Vocabulary, namespaces: Mapping[str, str], depth: int, inside_optional: bool = False
) -> XmlNode:
    if depth > DEPTH_LIMIT:
        raise table.problem(None, Text("För många nivåer.", "Too many levels."))
    table.only("tag", "attributes", "text", "children")
    tag = table.text("tag")
    optional = tag.endswith("?")
    namespace, local = _split_prefix(table, "tag", tag.removesuffix("?"), namespaces)
    template = read_template(table, "tag", vocabulary, local)
    droppable = optional or inside_optional
    if not droppable and any(vocabulary.can_be_absent(placeholder) for placeholder in template.placeholders):
        raise table.problem("tag", Text("Ett namn kan inte saknas.", "A name cannot be absent."))
    if not template.placeholders and not _LOCAL_NAME.fullmatch(local):
        raise table.problem("tag", Text(f"“{local}” är inget namn i XML.", f"“{local}” is no name in XML."))
    children = table.tables("children")
    return XmlNode(
        namespace,
        template,
        optional,
        attributes=_read_attributes(table.table("attributes"), vocabulary, namespaces),
        text=read_template(table, "text", vocabulary) if table.has("text") else None,
        children=tuple(_read_xml(child, vocabulary, namespaces, depth + 1, droppable) for child in children),
    )


def _read_attributes(
    table: Table | None, vocabulary: Vocabulary, namespaces: Mapping[str, str]
) -> tuple[tuple[str, Named], ...]:
    if table is None:
        return ()
    found = []
    for key in table.data:
        named = read_named(table, key, vocabulary)
        namespace, local = _split_prefix(table, key, named.name, namespaces)
        if not _LOCAL_NAME.fullmatch(local):
            raise table.problem(key, Text(f"“{local}” är inget namn i XML.", f"“{local}” is no name in XML."))
        found.append((namespace, Named(local, named.template, named.optional)))
    return tuple(found)


def _split_prefix(table: Table, key: str, name: str, namespaces: Mapping[str, str]) -> tuple[str, str]:
    """The namespace and the local part of ``prefix:name``."""
    parts = re.fullmatch(_XML_NAME, name)
    prefix, local = (parts[1], parts[2]) if parts else (None, name)
    if prefix is not None and prefix not in namespaces:
        what = Text(f"Prefixet {prefix} saknas under [namespaces].", f"The prefix {prefix} is missing in [namespaces].")
        raise table.problem(key, what)
    return (namespaces[prefix] if prefix is not None else ""), local


def _split_mark(table: Table, key: str) -> tuple[str, bool]:
    """The name without its mark, and whether it had one."""
    name = key.removesuffix("?")
    if not name or "{" in name or "}" in name:
        what = Text("Ett namn kan inte bära platshållare.", "A name cannot hold placeholders.")
        raise table.problem(key, what)
    if name != key and name in table.data:
        raise table.problem(key, Text(f"“{name}” står här två gånger.", f"“{name}” stands here twice."))
    return name, name != key
