"""What a connector file's query may ask for, so that none can keep the program busy or fill its memory.

An answer has at most 1 MB (``connector_http``) and, as XML, ``ELEMENT_LIMIT`` elements. A query that passes here does
work in proportion to that: nothing in it starts over from the whole answer for each part of the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from b2cal_desktop.core.model import Text

QUERY_LIMIT = 500
ELEMENT_LIMIT = 5_000
_COPIES_LIMIT = 12  # of parts of an answer, in [a, b] and {c: a}: they multiply where one feeds the next

_STRING_LITERAL = re.compile(r"'[^']*'|\"[^\"]*\"")
_AXIS = re.compile(r"([\w-]+)\s*::")
_AXES = ("attribute", "child", "descendant", "descendant-or-self", "namespace", "self")
_EVERYWHERE = re.compile(r"//|descendant")
# A path that begins at the root, or may: a star and these words can be operators too.
_FROM_ROOT = re.compile(r"(?<![\w.)\]:-])/|\b(?:and|or|div|mod)/")


def jmespath_too_costly(tree: dict[str, Any]) -> Text | None:
    """What is wrong with a JMESPath whose syntax tree is given, or None."""
    nodes = list(_nodes(tree))
    copies = [child for node in nodes if str(node["type"]).startswith("multi_select") for child in node["children"]]
    joins, strings = _calls(nodes, "join"), _calls(nodes, "to_string")
    if len(copies) > _COPIES_LIMIT or len(joins) > 1 or len(strings) > 1:  # each to_string() of one doubles its escapes
        return Text(
            f"Högst {_COPIES_LIMIT} delar i [a, b] och {{c: a}}, högst ett join() och högst ett to_string().",
            f"At most {_COPIES_LIMIT} parts in [a, b] and {{c: a}}, at most one join() and at most one to_string().",
        )
    if any(call["children"] and call["children"][0]["type"] != "literal" for call in joins):
        return Text(
            "Det som join() sätter emellan ska vara en fast text.",
            "What join() puts in between has to be a fixed text.",
        )
    if any(node["type"] == "literal" and isinstance(node["value"], list | dict) for node in nodes):
        return Text("En fast lista får inte stå här.", "A list of its own may not stand here.")
    return None


def _calls(nodes: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return [node for node in nodes if node["type"] == "function_expression" and node["value"] == name]


def _nodes(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [child for child in node["children"] if isinstance(child, dict)]


def xpath_too_costly(text: str) -> Text | None:
    """What is wrong with an XPath, or None."""
    bare = _STRING_LITERAL.sub("''", text)
    if ".." in bare or any(axis not in _AXES for axis in _AXIS.findall(bare)):
        return Text(
            f"Uppåt och åt sidan får sökvägen inte gå; tillåtna axlar: {', '.join(_AXES)}.",
            f"The path may not go up or sideways; axes allowed: {', '.join(_AXES)}.",
        )
    inside = _in_brackets(bare)
    if len(_EVERYWHERE.findall(bare)) > 1 or _EVERYWHERE.search(inside) or _FROM_ROOT.search(inside):
        return Text(
            "Högst ett //, och inom hakparenteser inget // och ingen sökväg från roten.",
            "At most one //, and within brackets no // and no path from the root.",
        )
    return None


def _in_brackets(text: str) -> str:
    """What stands within square brackets of any depth, with the brackets."""
    depth, found = 0, []
    for character in text:
        depth += (character == "[") - (character == "]")
        if depth > 0 or character == "]":
            found.append(character)
    return "".join(found)
