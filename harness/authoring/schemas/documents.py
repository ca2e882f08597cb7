"""The schema of a recipe and of a suite, as their loaders read them, with what the plugins of a host offer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from harness.authoring.schemas.components import ComponentSchemas, Untitled
from harness.authoring.schemas.keys import SAID_OF_KEY, SAID_OF_TIER
from harness.documents.reading import Document
from harness.host.host import PluginHost
from harness.runs.recipe import Recipe
from harness.suites.document import SuiteFile
from harness.types.component import ComponentKind

DRAFT = "http://json-schema.org/draft-07/schema#"
"""The newest draft that every editor knows whole."""

_KIND_OF_KEY: Mapping[str, ComponentKind] = {
    "data": "dataset",
    "cleaners": "cleaner",
    "trainer": "trainer",
    "refiner": "refiner",
    "backend": "backend",
}

_ENTRY_OF_KEY: Mapping[str, tuple[str, ComponentKind]] = {
    "metrics": ("MetricEntry", "metric"),
    "checks": ("CheckEntry", "safety check"),
}


def recipe_schema(host: PluginHost) -> dict[str, Any]:
    """The JSON Schema of a recipe with the components and suites that the host has."""
    components = ComponentSchemas(host)
    schema = _described(Recipe)
    defs = schema["$defs"]
    for keys in (schema["properties"], defs["ModelSpec"]["properties"]):
        for key, kind in _KIND_OF_KEY.items():
            if key in keys:
                keys[key] = _replaced(keys[key], "Use", components.use(kind))
    del defs["Use"]
    short = {"type": "string", "description": "A folder, a hub name, an alias or BACKEND:REFERENCE."}
    defs["ModelSpec"] = {"anyOf": [short, defs["ModelSpec"]]}
    defs["SuiteUse"] = _suite_use(host, defs["SuiteUse"])
    return _whole(schema, components)


def suite_schema(host: PluginHost) -> dict[str, Any]:
    """The JSON Schema of a suite file with the metrics and checks that the host has."""
    components = ComponentSchemas(host)
    schema = _described(SuiteFile)
    keys = schema["properties"]
    for key, (entry, kind) in _ENTRY_OF_KEY.items():
        own = schema["$defs"].pop(entry)["properties"]
        del own["use"]
        keys[key] = _replaced(keys[key], entry, components.use(kind, own))
    share = keys["tiers"].pop("additionalProperties")
    del keys["tiers"]["propertyNames"]  # few editors complete keys by it
    tiers = {tier: {**share, "description": said} for tier, said in SAID_OF_TIER.items()}
    keys["tiers"] |= {"properties": tiers, "additionalProperties": False}
    return _whole(schema, components)


def schema_text(schema: Mapping[str, Any]) -> str:
    """The schema as its file holds it."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _described(model: type[Document]) -> dict[str, Any]:
    """Pydantic's schema of a document, each key with what it is for."""
    schema = model.model_json_schema(schema_generator=Untitled)
    for name, part in {**schema["$defs"], model.__name__: schema}.items():
        for key, said in SAID_OF_KEY.get(name, {}).items():
            part["properties"][key]["description"] = said
            if part["properties"][key].get("default", said) is None:
                del part["properties"][key]["default"]
    return schema


def _suite_use(host: PluginHost, mapping: Mapping[str, Any]) -> dict[str, Any]:
    """A suite by name or path: installed ones are offered, and any other text may be right."""
    names = sorted({file.stem for folder in host.suite_folders() for file in folder.glob("*.yaml")})
    known = [{"const": name, "description": "A suite that is installed."} for name in names]
    use = {"description": SAID_OF_KEY["SuiteUse"]["use"], "anyOf": [*known, {"type": "string"}]}
    return {"anyOf": [*use["anyOf"], {**mapping, "properties": {**mapping["properties"], "use": use}}]}


def _replaced(schema: Any, name: str, new: Mapping[str, Any]) -> Any:
    """The schema with each reference to the definition `name` become another."""
    if isinstance(schema, list):
        return [_replaced(one, name, new) for one in schema]
    if not isinstance(schema, dict):
        return schema
    rest = {key: _replaced(one, name, new) for key, one in schema.items() if key != "$ref"}
    if "$ref" not in schema:
        return rest
    return {**rest, **(new if schema["$ref"] == f"#/$defs/{name}" else {"$ref": schema["$ref"]})}


def _whole(schema: Mapping[str, Any], components: ComponentSchemas) -> dict[str, Any]:
    return {"$schema": DRAFT, **schema, "$defs": {**schema["$defs"], **components.defs}}
