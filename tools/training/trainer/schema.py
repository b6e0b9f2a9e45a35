"""Checks a value against a schema of schemas/, as far as those of training go: type, const, enum, pattern, bounds, required and no other fields."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
TYPES = {"string": str, "object": dict, "array": list, "boolean": bool, "null": type(None)}


def read_schema(name: str) -> dict:
    return json.loads((REPOSITORY / "schemas" / f"{name}.json").read_text(encoding="utf-8"))


def is_of(value: object, kind: str) -> bool:
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, TYPES[kind])


def wrongs(value: object, schema: dict, at: str = "") -> Iterator[str]:
    """A sentence for each thing that is wrong, in the order of the schema; none: the value is valid."""
    here = at or "it"
    if "anyOf" in schema:
        found = [list(wrongs(value, one, at)) for one in schema["anyOf"]]
        yield from min(found, key=len)
        return
    if "const" in schema and value != schema["const"]:
        yield f"{here} is {json.dumps(value)}, but must be {json.dumps(schema['const'])}."
    if "enum" in schema and value not in schema["enum"]:
        yield f"{here} is {json.dumps(value)}, but must be one of {', '.join(map(str, schema['enum']))}."
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(is_of(value, kind) for kind in kinds):
        yield f"{here} is {json.dumps(value)[:80]}, but must be of type {' or '.join(kinds)}."
        return
    if isinstance(value, str):
        if len(value) < schema.get("minLength", 0):
            yield f"{here} is empty."
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield f"{here} is {json.dumps(value)[:80]}, which does not match {schema['pattern']}."
    if is_of(value, "number") and not value >= schema.get("minimum", float("-inf")):
        yield f"{here} is {value}, but must be at least {schema['minimum']}."
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            yield f"{here} is empty."
        for place, item in enumerate(value):
            yield from wrongs(item, schema.get("items", {}), f"{at}[{place}]")
    if isinstance(value, dict):
        yield from wrong_fields(value, schema, at)


def wrong_fields(value: dict, schema: dict, at: str) -> Iterator[str]:
    known, inside = schema.get("properties", {}), f"{at}." if at else ""
    for name in schema.get("required", []):
        if name not in value:
            yield f"{inside}{name} is missing."
    others = schema.get("additionalProperties", True)
    for name, item in value.items():
        if name in known:
            yield from wrongs(item, known[name], f"{inside}{name}")
        elif others is False:
            near = get_close_matches(name, known, 1)
            yield f"{inside}{name} is unknown{f'; did you mean {near[0]}?' if near else '.'}"
        elif isinstance(others, dict):
            yield from wrongs(item, others, f"{inside}{name}")
