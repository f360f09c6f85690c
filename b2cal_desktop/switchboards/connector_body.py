"""From a connector's request to what goes out on the wire.

Bodies are trees, not texts: JSON values, form pairs or XML elements, parsed when the file is read. Values are filled
into the leaves of a tree and then serialised by the JSON or XML library, so no value can change the structure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

from b2cal_desktop.core.model import Text
from b2cal_desktop.switchboards.connector_template import (
    FillProblem,
    Placeholder,
    Template,
    Values,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

BODY_LIMIT = 64_000
URL_LIMIT = 8_000
_XML_NAME = re.compile(r"[^\W\d][\w.-]*")
_UNSAFE_IN_HEADER = re.compile("[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Named:
    """A template under a name: a query or form parameter, a header, an attribute."""

    name: str
    template: Template
    optional: bool = False

    def fill(self, values: Values) -> str | None:
        """The text; an absent value gives None where the part is optional, and an empty text where it is not."""
        text = self.template.fill_text(values)
        return "" if text is None and not self.optional else text


@dataclass(frozen=True, slots=True)
class JsonObject:
    """Keys and nodes; an optional one is left out when a value in it is absent."""

    members: tuple[tuple[str, bool, JsonNode], ...]


@dataclass(frozen=True, slots=True)
class JsonList:
    """Nodes in a row."""

    items: tuple[JsonNode, ...]


JsonNode = JsonObject | JsonList | Template | int | float | bool


@dataclass(frozen=True, slots=True)
class JsonBody:
    """A body of JSON."""

    root: JsonNode
    content_type: str = "application/json"

    def fill(self, values: Values) -> bytes:
        """The document in UTF-8."""
        return json.dumps(_fill_json(self.root, values)[0], ensure_ascii=False).encode()


def _fill_json(node: JsonNode, values: Values) -> tuple[object, bool]:
    """The value, and whether something in it is absent."""
    if isinstance(node, Template):
        filled = node.fill(values)
        return filled, filled is None
    if isinstance(node, JsonList):
        items = [_fill_json(item, values) for item in node.items]
        return [value for value, _ in items], any(absent for _, absent in items)
    if isinstance(node, JsonObject):
        found, some_absent = {}, False
        for key, optional, child in node.members:
            value, absent = _fill_json(child, values)
            if not (optional and absent):
                found[key] = value
                some_absent = some_absent or absent
        return found, some_absent
    return node, False


@dataclass(frozen=True, slots=True)
class FormBody:
    """A body of form parameters."""

    pairs: tuple[Named, ...]
    content_type: str = "application/x-www-form-urlencoded"

    def fill(self, values: Values) -> bytes:
        """The pairs, percent-encoded."""
        return urlencode(_fill_pairs(self.pairs, values)).encode()


@dataclass(frozen=True, slots=True)
class XmlNode:
    """An element: name with its namespace, attributes, text, and elements inside."""

    namespace: str
    tag: Template
    optional: bool = False
    attributes: tuple[tuple[str, Named], ...] = ()
    text: Template | None = None
    children: tuple[XmlNode, ...] = ()


@dataclass(frozen=True, slots=True)
class XmlBody:
    """A body of XML. The root's namespace is the default one, unless an element has none; ``prefixes`` name others."""

    root: XmlNode
    prefixes: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/xml"

    def fill(self, values: Values) -> bytes:
        """The document in UTF-8, with its declaration."""
        from lxml import etree

        declared: dict[str | None, str] = {prefix: uri for prefix, uri in self.prefixes.items()}  # noqa: C416  widens the key
        if _all_namespaced(self.root):
            declared = {prefix: uri for prefix, uri in declared.items() if uri != self.root.namespace}
            declared[None] = self.root.namespace
        element = etree.Element(_xml_name(self.root, values), nsmap=declared)  # type: ignore[arg-type]
        _fill_element(element, self.root, values)
        etree.cleanup_namespaces(element)
        return etree.tostring(element, encoding="UTF-8", xml_declaration=True)


def _all_namespaced(node: XmlNode) -> bool:
    # lxml would write an element without namespace as one of the default namespace.
    return bool(node.namespace) and all(_all_namespaced(child) for child in node.children)


def _fill_element(element: _Element, node: XmlNode, values: Values) -> bool:
    """Fills ``element`` as ``node`` says; whether something in it is absent."""
    from lxml import etree

    some_absent = False
    for namespace, named in node.attributes:
        value = named.fill(values)
        if value is not None:
            element.set(f"{{{namespace}}}{named.name}" if namespace else named.name, value)
            some_absent = some_absent or named.template.fill_text(values) is None
    if node.text is not None:
        element.text = node.text.fill_text(values)
        some_absent = some_absent or element.text is None
    for child in node.children:
        if child.tag.fill_text(values) is None:  # the file was read so that something around it is optional
            some_absent = some_absent or not child.optional
            continue
        inner = etree.SubElement(element, _xml_name(child, values))
        absent = _fill_element(inner, child, values)
        if child.optional and absent:
            element.remove(inner)
        else:
            some_absent = some_absent or absent
    return some_absent


def _xml_name(node: XmlNode, values: Values) -> str:
    name = node.tag.fill_text(values) or ""
    if not _XML_NAME.fullmatch(name):
        raise FillProblem(
            Text("Värdet kan inte vara namn på ett XML-element.", "The value cannot be the name of an XML element.")
        )
    return f"{{{node.namespace}}}{name}" if node.namespace else name


Body = JsonBody | FormBody | XmlBody


@dataclass(frozen=True, slots=True)
class FilledRequest:
    """What goes out; header values are as they stand on the wire."""

    method: str
    url: str = field(repr=False)  # a declared secret may stand in the query
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes | None = field(repr=False)

    def with_header(self, name: str, value: str) -> FilledRequest:
        """The same request with one more header; raises FillProblem for what would break out of it."""
        return FilledRequest(self.method, self.url, (*self.headers, (name, header_value(name, value))), self.body)

    def with_query(self, name: str, value: str) -> FilledRequest:
        """The same request with one more query parameter."""
        mark = "&" if urlsplit(self.url).query else "?"
        url = f"{self.url}{mark}{urlencode([(name, value)], quote_via=quote)}"
        return FilledRequest(self.method, url, self.headers, self.body)


@dataclass(frozen=True, slots=True)
class RequestShape:
    """A request of a connector file; the path is kept by segment."""

    method: str
    path: tuple[Template, ...]
    query: tuple[Named, ...] = ()
    headers: tuple[Named, ...] = ()
    body: Body | None = None
    content_type: str | None = None

    def fill(self, base: str, values: Values) -> FilledRequest:
        """The request to an address under ``base``; raises FillProblem."""
        url = base.rstrip("/") + "".join(f"/{_fill_segment(segment, values)}" for segment in self.path)
        pairs = _fill_pairs(self.query, values)
        if pairs:
            url += f"?{urlencode(pairs, quote_via=quote)}"
        headers = [(name, header_value(name, value)) for name, value in _fill_pairs(self.headers, values)]
        body = self.body.fill(values) if self.body is not None else None
        content_type = self.content_type or (self.body.content_type if self.body is not None else None)
        if content_type:
            headers.append(("Content-Type", content_type))
        if len(url) > URL_LIMIT or len(body or b"") > BODY_LIMIT:
            raise FillProblem(Text("Anropet blir för stort.", "The request becomes too large."))
        return FilledRequest(self.method, url, tuple(headers), body)

    def placeholders(self) -> frozenset[Placeholder]:
        """Every placeholder, wherever it stands."""
        templates = [*self.path, *(named.template for named in (*self.query, *self.headers))]
        templates += _body_templates(self.body)
        return frozenset(found for template in templates for found in template.placeholders)


def _fill_pairs(pairs: tuple[Named, ...], values: Values) -> list[tuple[str, str]]:
    filled = ((pair.name, pair.fill(values)) for pair in pairs)
    return [(name, value) for name, value in filled if value is not None]


def _fill_segment(segment: Template, values: Values) -> str:
    """One segment of a path; ``.`` and ``..`` mean another address however they are escaped, so they cannot stand."""
    escaped = segment.fill_text(values, escape=lambda text: quote(text, safe=""))
    if escaped is None or (segment.parts and escaped in ("", ".", "..")):
        raise FillProblem(
            Text("Värdet kan inte vara en del av en adress.", "The value cannot be a part of an address.")
        )
    return escaped


def header_value(name: str, value: str) -> str:
    """``value`` as it goes into a header: UTF-8 in the Latin-1 that HTTP speaks; a line break raises FillProblem."""
    if _UNSAFE_IN_HEADER.search(value):
        raise FillProblem(Text(f"Värdet kan inte stå i {name}.", f"The value cannot stand in {name}."))
    return value.strip(" \t").encode().decode("latin-1")


def _body_templates(body: Body | None) -> list[Template]:
    if body is None:
        return []
    if isinstance(body, JsonBody):
        return _json_templates(body.root)
    if isinstance(body, FormBody):
        return [pair.template for pair in body.pairs]
    return _xml_templates(body.root)


def _json_templates(node: JsonNode) -> list[Template]:
    if isinstance(node, Template):
        return [node]
    if isinstance(node, JsonObject):
        return [found for _, _, child in node.members for found in _json_templates(child)]
    if isinstance(node, JsonList):
        return [found for child in node.items for found in _json_templates(child)]
    return []


def _xml_templates(node: XmlNode) -> list[Template]:
    own = [node.tag, *(named.template for _, named in node.attributes), *([node.text] if node.text else [])]
    return own + [found for child in node.children for found in _xml_templates(child)]
