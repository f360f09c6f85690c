"""Checks what the Graph stand-in answers against the types that Microsoft publishes."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

_TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None), "number": (int, float)}
_KNOWN_KEYS = {"$ref", "additionalProperties", "anyOf", "enum", "items", "properties", "type"}


@cache
def _definitions() -> dict[str, Any]:
    file = Path(__file__).with_name("graph_types.schema.json")
    return dict(json.loads(file.read_text("utf-8"))["definitions"])


def check(value: Any, type_name: str) -> None:
    """Fail where ``value``, OData's own annotations aside, is not of Graph's type ``type_name``."""
    problem = _problem(value, {"$ref": f"#/definitions/{type_name}"}, type_name)
    assert problem is None, problem


def _problem(value: Any, schema: dict[str, Any], where: str) -> str | None:
    while "$ref" in schema:
        schema = _definitions()[schema["$ref"].removeprefix("#/definitions/")]
    assert schema.keys() <= _KNOWN_KEYS, schema.keys() - _KNOWN_KEYS
    if "anyOf" in schema:
        problems = [_problem(value, choice, where) for choice in schema["anyOf"]]
        return None if None in problems else problems[0]
    if "enum" in schema and value not in schema["enum"]:
        return f"{where}: {value!r} is none of {schema['enum']}"
    allowed = schema.get("type", [])
    allowed = allowed if isinstance(allowed, list) else [allowed]
    if allowed and not any(isinstance(value, _TYPES[name]) for name in allowed):
        return f"{where}: {value!r} is no {allowed}"
    inner: list[tuple[Any, dict[str, Any], str]] = []
    if isinstance(value, dict):
        for key, part in value.items():
            if key.startswith("@odata."):
                continue
            known = schema.get("properties", {}).get(key)
            if known is None and schema.get("additionalProperties", True) is False:
                return f"{where}.{key} is not in Microsoft's types"
            inner.append((part, known or {}, f"{where}.{key}"))
    elif isinstance(value, list) and "items" in schema:
        inner = [(part, schema["items"], f"{where}[{number}]") for number, part in enumerate(value)]
    return next((problem for part in inner if (problem := _problem(*part)) is not None), None)
