"""Checks an answer against `openapi.json`: as much of JSON Schema as that document uses, and no more."""

from __future__ import annotations

import json
import re
from datetime import datetime
from importlib import resources
from typing import Any

import requests

CONTRACT: dict[str, Any] = json.loads(
    (resources.files("b2cal_desktop.switchboards.practice") / "openapi.json").read_text("utf-8")
)
_TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None), "integer": int}
_KNOWN_KEYS = {
    "type", "required", "properties", "additionalProperties", "items", "format", "pattern", "minLength",
    "maxLength", "minimum", "maximum", "default", "description", "examples",
}  # fmt: skip


def resolve(node: dict[str, Any]) -> dict[str, Any]:
    """The node, or what its `$ref` points at; KeyError for a reference to nothing."""
    while "$ref" in node:
        node = at_pointer(node["$ref"].removeprefix("#"))
    return node


def at_pointer(pointer: str) -> dict[str, Any]:
    node: Any = CONTRACT
    for part in pointer.strip("/").split("/"):
        node = node[part.replace("~1", "/")]
    assert isinstance(node, dict)
    return node


def check_value(value: Any, schema: dict[str, Any], where: str = "body") -> None:
    schema = resolve(schema)
    assert schema.keys() <= _KNOWN_KEYS, f"{where}: the checker does not know {schema.keys() - _KNOWN_KEYS}"
    allowed = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    assert any(type(value) is _TYPES[name] for name in allowed), f"{where} is no {allowed}: {value!r}"
    if isinstance(value, dict):
        assert set(schema.get("required", ())) <= value.keys(), f"{where} lacks a required key: {value}"
        extra = schema.get("additionalProperties", True)
        for key, inner in value.items():
            known = schema.get("properties", {}).get(key, extra)
            assert known is not False, f"{where}.{key} is not in the contract"
            if isinstance(known, dict):
                check_value(inner, known, f"{where}.{key}")
    if isinstance(value, list) and "items" in schema:
        for number, inner in enumerate(value):
            check_value(inner, schema["items"], f"{where}[{number}]")
    if isinstance(value, str):
        assert re.search(schema.get("pattern", ""), value), f"{where}: {value!r}"
        if schema.get("format") == "date-time":
            assert datetime.fromisoformat(value).tzinfo is not None, f"{where}: {value!r}"


def check_answer(answer: requests.Response, template: str, method: str) -> None:
    """The status is described for this path and method; its headers and body are as described."""
    operation = CONTRACT["paths"][template][method]
    described = operation["responses"].get(str(answer.status_code))
    assert described, f"{method} {template} never answers {answer.status_code} by the contract: {answer.text}"
    described = resolve(described)
    for name, header in described.get("headers", {}).items():
        header = resolve(header)
        if header.get("required"):
            assert name in answer.headers, f"{name} is missing"
            check_value(answer.headers[name], header["schema"], name)
    content = described.get("content")
    if content is None:
        assert answer.content == b""
        return
    media_type = answer.headers["Content-Type"].partition(";")[0]
    value: Any = answer.json() if media_type.endswith("json") else answer.text
    check_value(value, content[media_type]["schema"])
    if media_type == "application/problem+json":
        assert value["status"] == answer.status_code
        document, _, pointer = str(value["type"]).partition("#")
        assert document == "/openapi.json"
        assert at_pointer(pointer)["description"]
