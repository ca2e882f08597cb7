"""A stand-in for an editor: what it would offer at a place of a document, read from the schema alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import pytest
from jsonschema import Draft7Validator

from harness import PluginHost

Schema: TypeAlias = dict[str, Any]
Complete: TypeAlias = Callable[..., set[str]]

PLUGIN = """
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from harness import Component
from harness.protocols import Dataset, Metric

class Sample:
    "Draws `share` of the rows; twice the same."
    def __init__(self, of: Dataset, share: float, seed: int = 0): ...
    def load(self, request): ...

class Best:
    reads = "text"
    def __init__(self, parts: Sequence[Metric], other: Metric | None = None): ...
    def compute(self, answered): ...

@dataclass
class Step:
    word: str
    weight: float = 1.0

class Weighted:
    reads = "text"
    def __init__(self, steps: Sequence[Step] = (), key: Callable[[str], str] | None = None): ...
    def compute(self, answered): ...

class Unreadable:
    reads = "text"
    def __init__(self, **anything): ...
    def compute(self, answered): ...

sample = Component("sample", Sample, "a share of another dataset", kind="dataset")
best = Component("best", Best, "the best of several metrics", kind="metric")
weighted = Component("weighted", Weighted, "words by weight", kind="metric")
unreadable = Component("unreadable", Unreadable, "no", kind="metric")
twice = Component("accuracy", Best, "a name that is taken", kind="metric")
"""


@pytest.fixture(scope="session")
def host(tmp_path_factory: pytest.TempPathFactory) -> PluginHost:
    """The installed plugins and one that is a file, some of whose components cannot be used."""
    file = tmp_path_factory.mktemp("plugins") / "drawn.py"
    file.write_text(PLUGIN, encoding="utf-8")
    return PluginHost(files=[file])


@pytest.fixture(scope="session")
def complete() -> Complete:
    """Names that may stand at a path of a document: keys that its mapping lacks, or values."""

    def completed(schema: Schema, document: Any, *path: str | int) -> set[str]:
        here, found = document, [schema]
        for part in path:
            here = here[part]
            found = [below for one in found for below in _below(schema, one, part)]
            found = [one for below in found for one in _applying(schema, below, here)]
        if not path:
            found = list(_applying(schema, schema, here))
        if isinstance(here, dict):
            keys = {key for one in found for key, value in one.get("properties", {}).items() if value is not True}
            return keys - here.keys()
        return {value for one in found for value in [*one.get("enum", ()), *([one["const"]] if "const" in one else [])]}

    return completed


def _applying(whole: Schema, schema: Schema, instance: Any) -> Iterator[Schema]:
    """The schema and all that it brings along for this instance."""
    yield schema
    if "$ref" in schema:
        yield from _applying(whole, whole["$defs"][schema["$ref"].removeprefix("#/$defs/")], instance)
    for part in [*schema.get("anyOf", ()), *schema.get("allOf", ())]:
        yield from _applying(whole, part, instance)
    if "if" in schema and Draft7Validator(schema["if"]).is_valid(instance):
        yield from _applying(whole, schema["then"], instance)


def _below(whole: Schema, schema: Schema, part: str | int) -> Iterator[Schema]:
    if isinstance(part, int):
        yield from [schema["items"]] if "items" in schema else []
    elif isinstance(schema.get("properties", {}).get(part), dict):
        yield schema["properties"][part]
