"""A report as JSON and back. The keys are the fields of the model; `schema` is raised when one changes its meaning."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from harness.errors import UsageError
from harness.report.model import Report

SCHEMA = 2
SCHEMA_FILE = Path(__file__).with_name("report.schema.json")
"""The published JSON Schema of what `to_json` gives; it holds `published_schema()`."""


def to_json(report: Report) -> dict[str, Any]:
    """The report as JSON values under a `schema` key; a number that is not finite becomes null."""
    fields: dict[str, Any] = json.loads(_adapter().dump_json(report))
    return {"schema": SCHEMA, **fields}


def from_json(record: Mapping[str, Any]) -> Report:
    """The inverse of `to_json`; raises UsageError on another schema, a missing key or a value of the wrong type."""
    fields = dict(record)
    schema = fields.pop("schema", None)
    if schema != SCHEMA:
        raise UsageError(f"report: schema {schema!r} cannot be read; this version reads schema {SCHEMA}")
    try:
        return _adapter().validate_json(json.dumps(fields), strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"report: {key}: {first['msg']}, not {first['input']!r}") from error


def json_schema() -> dict[str, Any]:
    """The JSON Schema of what `to_json` gives: every key is there, and there is no other."""
    schema = _adapter().json_schema(mode="serialization")
    schema["properties"] = {"schema": {"const": SCHEMA}, **schema["properties"]}
    schema["required"] = ["schema", *schema["required"]]
    for part in (schema, *schema["$defs"].values()):
        if "properties" in part:
            part["additionalProperties"] = False
            part["required"] = list(part["properties"])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "finetune-harness report"}


def published_schema() -> str:
    """The text of `SCHEMA_FILE`, to be written there when the model has changed."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


@cache
def _adapter() -> TypeAdapter[Report]:
    return TypeAdapter(Report)
