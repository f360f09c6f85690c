"""Reading what a switchboard answers: JSON by JMESPath, XML by XPath, instants in the format that the file declares."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from b2cal_desktop.core.error_base import Complaint
from b2cal_desktop.core.model import Text
from b2cal_desktop.switchboards.connector_cost import ELEMENT_LIMIT, QUERY_LIMIT, jmespath_too_costly, xpath_too_costly

if TYPE_CHECKING:
    from lxml.etree import _Element

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SENSIBLE_YEARS = range(1971, 9000)  # beyond them stand "none" and "for ever", which a query should leave out
_STRING_LITERAL = re.compile(r"'[^']*'|\"[^\"]*\"")
_FUNCTION_CALL = re.compile(r"([A-Za-z_][\w.:-]*)\s*\(")
_HTML_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)

# XPath 1.0 and nothing else: XSLT's and EXSLT's functions can open files and addresses.
_XPATH_NAMES = """
boolean ceiling comment concat contains count false floor id lang last local-name name namespace-uri node
normalize-space not number position processing-instruction round starts-with string string-length substring
substring-after substring-before sum text translate true and or div mod
"""
_XPATH_FUNCTIONS = frozenset(_XPATH_NAMES.split())


class Format(StrEnum):
    """What a switchboard answers in."""

    JSON = "json"
    XML = "xml"


class AnswerProblem(Complaint):
    """An answer that is not what the connector describes; ``problem`` says why, without quoting it."""


class QueryProblem(Complaint):
    """A query of a connector file that cannot be used."""


@dataclass(frozen=True, slots=True)
class Query:
    """A JMESPath or an XPath; ``namespaces`` gives the latter its prefixes."""

    text: str
    format: Format
    namespaces: Mapping[str, str] = field(default_factory=dict)

    def check(self) -> None:
        """Raises QueryProblem for what does not parse, reaches out, or asks for more than an answer is worth."""
        if len(self.text) > QUERY_LIMIT:
            raise QueryProblem(Text(f"Högst {QUERY_LIMIT} tecken.", f"At most {QUERY_LIMIT} characters."))
        too_costly = self._check_jmespath() if self.format is Format.JSON else self._check_xpath()
        if too_costly is not None:
            raise QueryProblem(too_costly)

    def _check_jmespath(self) -> Text | None:
        import jmespath
        from jmespath.exceptions import JMESPathError

        try:
            return jmespath_too_costly(dict(jmespath.compile(self.text).parsed))
        except (JMESPathError, RecursionError) as error:
            what = f"“{self.text}”: {error}"
            raise QueryProblem(Text(f"Ogiltig JMESPath {what}", f"Invalid JMESPath {what}")) from error

    def _check_xpath(self) -> Text | None:
        from lxml import etree

        for called in _FUNCTION_CALL.findall(_STRING_LITERAL.sub("''", self.text)):
            if called.rpartition("::")[2] not in _XPATH_FUNCTIONS:
                what = f"{called}()"
                raise QueryProblem(
                    Text(f"XPath-funktionen {what} får inte användas.", f"{what} is not allowed in XPath.")
                )
        try:
            self._xpath(etree.Element("empty"))
        except etree.XPathError as error:
            what = f"“{self.text}”: {error}"
            raise QueryProblem(Text(f"Ogiltig XPath {what}", f"Invalid XPath {what}")) from error
        return xpath_too_costly(self.text)

    def find(self, document: Any) -> Any:
        """What the query finds: a JSON value, or XPath's list of nodes, text, number or truth."""
        if self.format is Format.XML:
            from lxml import etree

            try:
                return self._xpath(document)
            except etree.XPathError as error:
                raise _unexpected() from error
        import jmespath
        from jmespath.exceptions import JMESPathError

        try:
            return jmespath.search(self.text, document)
        except (JMESPathError, RecursionError) as error:
            raise _unexpected() from error

    def _xpath(self, element: _Element) -> Any:
        from lxml import etree

        return etree.XPath(self.text, namespaces=dict(self.namespaces), regexp=False, smart_strings=False)(element)

    def find_text(self, document: Any) -> str | None:
        """The text or number that the query finds, or None; raises AnswerProblem for a list or an object."""
        found = self.find(document)
        if self.format is Format.XML and isinstance(found, list):
            found = found[0] if found else None
            if found is not None and not isinstance(found, str):
                found = "".join(found.itertext())
        if isinstance(found, bool):
            return "true" if found else "false"
        if isinstance(found, int | float):
            return str(int(found)) if found == found // 1 and abs(found) < 1e16 else str(found)
        if found is None:
            return None
        if not isinstance(found, str):
            raise _unexpected()
        return found.strip() or None

    def find_all(self, document: Any) -> list[Any]:
        """The list that the query finds; raises AnswerProblem for anything else."""
        found = self.find(document)
        if not isinstance(found, list):
            raise _unexpected()
        return found

    def holds(self, document: Any) -> bool:
        """Whether the query finds anything but nothing, false or emptiness."""
        return self.find(document) not in (None, False, "", 0, [], {})


def _unexpected() -> AnswerProblem:
    return AnswerProblem(Text("det har en annan form än väntat", "it has another shape than expected"))


class InstantFormat(StrEnum):
    """How a switchboard writes an instant."""

    ISO = "iso"
    EPOCH = "epoch"
    EPOCH_MS = "epoch_ms"


def parse_instant(text: str, format_: InstantFormat, timezone: ZoneInfo | None) -> datetime:
    """An aware datetime; raises AnswerProblem for what is none, or has no offset while no ``timezone`` is declared."""
    try:
        if format_ is InstantFormat.ISO:
            instant = datetime.fromisoformat(text)
        else:
            seconds = float(text) / (1000 if format_ is InstantFormat.EPOCH_MS else 1)
            instant = _EPOCH + timedelta(seconds=seconds)
    except (ValueError, OverflowError) as error:
        raise AnswerProblem(Text("sluttiden går inte att tyda", "the end time cannot be understood")) from error
    if instant.tzinfo is None:
        if timezone is None:
            raise AnswerProblem(Text("sluttiden saknar tidszon", "the end time has no time zone"))
        instant = instant.replace(tzinfo=timezone)
    if instant.year not in _SENSIBLE_YEARS:
        raise AnswerProblem(Text("sluttiden är orimlig", "the end time is out of all reason"))
    return instant


@dataclass(frozen=True, slots=True)
class StateQueries:
    """Where an answer tells the diversion and its end. ``absent`` is the remote value that no value stands for."""

    format: Format
    diversion: Query
    until: Query | None = None
    until_format: InstantFormat = InstantFormat.ISO
    timezone: ZoneInfo | None = None
    absent: str | None = None

    def read(self, document: Any) -> tuple[str, datetime | None]:
        """The switchboard's own value and its end; raises AnswerProblem."""
        value = self.diversion.find_text(document) or self.absent
        if value is None:
            raise AnswerProblem(Text("det nämner ingen hänvisning", "it names no diversion"))
        until = self.until.find_text(document) if self.until is not None else None
        return value, parse_instant(until, self.until_format, self.timezone) if until is not None else None


@dataclass(frozen=True, slots=True)
class ListQueries:
    """Where an answer tells the switchboard's diversions; all but ``items`` are asked of one item."""

    format: Format
    items: Query
    id: Query
    label_sv: Query
    label_en: Query

    def read(self, document: Any) -> tuple[tuple[str, Text], ...]:
        """Values and labels, in the switchboard's order; raises AnswerProblem."""
        found = []
        for item in self.items.find_all(document):
            value = self.id.find_text(item)
            if value is None:
                raise _unexpected()
            swedish = self.label_sv.find_text(item) or value
            found.append((value, Text(swedish, self.label_en.find_text(item) or swedish)))
        return tuple(found)


def parse_document(body: bytes, content_type: str, format_: Format) -> Any:
    """The JSON value, or the root element, of an answer; raises AnswerProblem."""
    media = content_type.partition(";")[0].strip().lower()
    if is_web_page(body, media):
        raise AnswerProblem(Text("det är en webbsida", "it is a web page"))
    if not body.strip():
        raise AnswerProblem(Text("det är tomt", "it is empty"))
    other = Format.XML if format_ is Format.JSON else Format.JSON
    if media.endswith((f"/{other}", f"+{other}")):
        raise AnswerProblem(Text(f"det är {other}, inte {format_}", f"it is {other}, not {format_}"))
    return _parse_json(body) if format_ is Format.JSON else _parse_xml(body)


def is_web_page(body: bytes, media: str) -> bool:
    """Whether an answer is meant for a browser, as that of a guest network's sign-in page."""
    return media in ("text/html", "application/xhtml+xml") or _HTML_START.match(body[:1_000]) is not None


def _parse_json(body: bytes) -> Any:
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise AnswerProblem(Text("teckenkodningen är fel", "its character encoding is wrong")) from error
    except (ValueError, RecursionError) as error:
        raise AnswerProblem(Text("det är inte giltig JSON", "it is not valid JSON")) from error


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def _parse_xml(body: bytes) -> Any:
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise AnswerProblem(Text("det är inte giltig XML", "it is not valid XML")) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise AnswerProblem(Text("det bär en DTD", "it carries a DTD"))
    if sum(1 for _ in root.iter()) > ELEMENT_LIMIT:
        raise AnswerProblem(Text("det är för stort", "it is too large"))
    return root
