"""What may be written where a component is used: its name, or a mapping of `use:`, its options and a few keys more."""

from __future__ import annotations

import inspect
import json
import re
from collections import Counter
from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import TypeAdapter
from pydantic.errors import PydanticUserError
from pydantic.json_schema import GenerateJsonSchema

from harness.authoring.schemas.keys import ISOLATE
from harness.errors import PluginError
from harness.host.host import PluginHost
from harness.host.options import Option, kind_of, options_of
from harness.host.records import Registered
from harness.types.component import ComponentKind

Schema = dict[str, Any]


class Untitled(GenerateJsonSchema):
    """Without a title on each key that only repeats the key."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


class ComponentSchemas:
    """Makes the definitions that a document's schema refers to; `defs` holds those that were asked for."""

    def __init__(self, host: PluginHost) -> None:
        self.defs: dict[str, Schema] = {}
        self._host = host

    def use(self, kind: ComponentKind, own: Mapping[str, Schema] | None = None) -> Schema:
        """A reference to the definition of such a use; `own` are keys beside the options that the document reads."""
        name = f"{'own-' if own else ''}{kind.replace(' ', '-')}"
        if name not in self.defs:
            self.defs[name] = {}  # a component may take another of its kind as an option
            self.defs[name] = self._definition(kind, own or {})
        return {"$ref": f"#/$defs/{name}"}

    def _definition(self, kind: ComponentKind, own: Mapping[str, Schema]) -> Schema:
        usable = self._usable(kind)
        if not usable:
            return {"not": {}, "description": f"No {kind} is installed."}
        names = {one.component.name: {"const": one.component.name, "description": one.summary} for one, _ in usable}
        bare = [names[one.component.name] for one, options in usable if not any(o.required for o in options)]
        keys = {"use": {"description": f"The name of a {kind}.", "anyOf": [*names.values()]}, **own, "isolate": ISOLATE}
        branches = [self._branch(one, options, keys) for one, options in usable]
        mapping = {"title": kind, "type": "object", "properties": keys, "required": ["use"], "allOf": branches}
        said = f"A {kind}: its name, or a mapping of `use:` and its options."
        return {"anyOf": [*bare, mapping], "description": said}

    def _usable(self, kind: ComponentKind) -> list[tuple[Registered, list[Option]]]:
        """The components that a loader would find, with their options: names given twice or unreadable are not."""
        offered = self._host.components(kind)
        count = Counter(one.component.name for one in offered)
        found = []
        for one in offered:
            try:
                found += [(one, options_of(one))] if count[one.component.name] == 1 else []
            except PluginError:
                continue  # `harness plugins` says why
        return found

    def _branch(self, registered: Registered, options: list[Option], keys: Mapping[str, Schema]) -> Schema:
        """What holds where this component is named: these keys and no other."""
        known = {option.name: self._option(registered, option) for option in options}
        then = {
            "title": registered.component.name,
            "properties": {**dict.fromkeys(keys, True), **known},
            "required": [option.name for option in options if option.required],
            "additionalProperties": False,
        }
        # the type, or a bare name would pass, too: `properties` and `required` say nothing of what is no mapping
        chosen = {"type": "object", "properties": {"use": {"const": registered.component.name}}, "required": ["use"]}
        return {"if": chosen, "then": then}

    def _option(self, registered: Registered, option: Option) -> Schema:
        schema = {**self._type(option.annotation, registered), "description": _description(registered, option)}
        return schema if option.required else {**schema, **_default(option.default)}

    def _type(self, annotation: Any, registered: Registered) -> Schema:
        """What YAML may hold for an annotation; anything, where pydantic cannot say."""
        kind = kind_of(annotation)
        if kind is not None:
            return self.use(kind)
        inner = next((found for one in get_args(annotation) if (found := kind_of(one))), None)
        if inner is not None:
            if get_origin(annotation) not in (Union, UnionType):
                return {"type": "array", "items": self.use(inner)}
            null = [{"type": "null"}] if NoneType in get_args(annotation) else []
            return {"anyOf": [self.use(inner), *null]}
        prefix = f"{registered.kind}-{len(self.defs)}-".replace(" ", "-")
        try:
            schema = TypeAdapter(annotation).json_schema(
                schema_generator=Untitled, ref_template=f"#/$defs/{prefix}{{model}}"
            )
        except PydanticUserError:
            return {}
        self.defs |= {f"{prefix}{name}": one for name, one in schema.pop("$defs", {}).items()}
        return schema


def _default(value: Any) -> Schema:
    """Null is left out: an editor would write it down, and nobody wants it there."""
    try:
        return {} if value is None else {"default": json.loads(json.dumps(value, allow_nan=False))}
    except (TypeError, ValueError):  # a path, or a number that is not finite: the description says it
        return {}


def _description(registered: Registered, option: Option) -> str:
    """The option with its type and default, then what the component's docstring says of it by name."""
    text = " ".join((inspect.getdoc(registered.component.build) or "").split())
    sentences = re.split(r"(?<=[.;])\s", text)
    said = [one for one in sentences if f"`{option.name}`" in one]
    return "\n\n".join([str(option), " ".join(said).rstrip(";")] if said else [str(option)])
