"""Functions of modules that everybody shares, which a plugin may have replaced.

What the harness counts, writes and reads rests on them: a `json.dumps` of a plugin's own would spoil the store.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib import import_module
from types import ModuleType
from typing import Any, TypeAlias

import yaml

_WITH_CLASSES = ("json.encoder", "json.decoder", "datetime", "io", "pathlib", "pydantic", "pluggy", "yaml")
_MODULES = (
    *_WITH_CLASSES,
    *("json", "time", "os", "posixpath", "re", "zlib", "hashlib", "secrets", "math", "statistics", "struct", "pickle"),
    *("copy", "tempfile", "shutil", "numpy", "duckdb", "pydantic_core"),
)
"""None of which libraries replace parts for good reason, as they do of threads, sockets and processes."""
_TABLES = ("yaml_constructors", "yaml_multi_constructors", "yaml_implicit_resolvers", "yaml_path_resolvers")
_SHOWN = 3

Owner: TypeAlias = ModuleType | type
Held: TypeAlias = Mapping[Owner, Mapping[str, Any]]


def held_by_modules() -> Held:
    """What the modules hold, and some of their classes; libraries only where they are imported already."""
    held: dict[Owner, Mapping[str, Any]] = {}
    for name in _MODULES:
        ours = name.partition(".")[0] in sys.stdlib_module_names
        if module := import_module(name) if ours else sys.modules.get(name):
            held[module] = dict(vars(module))
            for value in held[module].values() if name in _WITH_CLASSES else ():
                if isinstance(value, type):
                    held[value] = {**vars(value), **_tables(value)}
    return held


def put_functions(before: Held) -> list[str]:
    """Put back each function, class or table of YAML's that is another now; the names of the first, as `json.dumps`."""
    other = [(owner, name) for owner, held in before.items() for name in _other(owner, held)]
    for owner, name in other:
        setattr(owner, name, before[owner][name])
    more = [f"{len(other) - _SHOWN} more functions"] if len(other) > _SHOWN else []
    return [f"{owner.__name__}.{name}" for owner, name in other[:_SHOWN]] + more


def _tables(owner: type) -> Mapping[str, Any]:
    """Copies of the tables that a loader of YAML has, its own or its bases': adding to those makes it an own one."""
    if not issubclass(owner, yaml.constructor.BaseConstructor | yaml.resolver.BaseResolver):
        return {}
    return {name: dict(getattr(owner, name)) for name in _TABLES if hasattr(owner, name)}


def _other(owner: Owner, held: Mapping[str, Any]) -> Iterator[str]:
    with suppress(Exception):  # what is compared may be anything
        if vars(owner) == held:
            return
    now = vars(owner)
    for name, value in held.items():
        if name in _TABLES:
            if getattr(owner, name) != value:
                yield name
        elif now.get(name) is not value and (
            callable(value) or isinstance(value, staticmethod | classmethod | property)
        ):
            yield name
