"""YAML files, read safely and checked by a pydantic model; an error names file, line and key and what would work."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeAlias, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from harness.documents.bounded_yaml import BoundedLoader, YamlError, parse_yaml
from harness.documents.formats import head_of, not_utf8
from harness.documents.oddities import oddities
from harness.documents.regular_files import read_regular
from harness.errors import UsageError, did_you_mean

M = TypeVar("M", bound="Document")
T = TypeVar("T")


class Document(BaseModel):
    """The base of everything read from YAML: unknown keys and non-finite numbers are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True)


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("holds a NUL character, which no path has")
    return text


PathText: TypeAlias = Annotated[str, AfterValidator(_without_nul)]
"""A path, or what may be one."""

MOST_COMPONENTS = 500
"""Of a list in one file: each of them is made and looked at before anything is measured."""
Components: TypeAlias = Annotated[list[T], Field(max_length=MOST_COMPONENTS)]
MOST_SHOWN = 20
"""So many mistakes are told, the others counted."""
_REPLACED = ("bool", "float", "int", "timestamp")


class _Loader(BoundedLoader):
    """The safe loader without YAML 1.1's surprises: `no`, `1:30`, `010` and dates stay text, `1e-4` is a number."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.rpartition(":")[2] not in _REPLACED]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(true|false|True|False)$"), list("tTfF"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"[-+]?(0|[1-9]\d*)$"), list("-+0123456789"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?(\d+\.\d*|\.\d+|\d+(?=[eE]))([eE][-+]?\d+)?$|[-+]?\.inf$|\.nan$"),
    list("-+.0123456789"),
)


def load_document(path: Path, model: type[M]) -> M:
    """The file as a `model`; UsageError on anything wrong in it, all mistakes in one message."""
    return parse_document(read_text(path), path, model)


def read_text(path: Path) -> str:
    """The file's text; UsageError when it is not there, is no regular file or no UTF-8."""
    try:
        text = read_regular(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: {not_utf8(head_of(path))}") from error
    except OSError as error:
        name = repr(str(path)) if "\0" in str(path) else path
        raise UsageError(f"{name}: {error.strerror or error}") from error
    if "\0" in text:
        raise UsageError(f"{path}: {not_utf8(head_of(path))}")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parse_value(text: str) -> Any:
    """A value as a file would hold it; raises ValueError where it is no YAML."""
    try:
        return parse_yaml(text, _Loader).value
    except YamlError as error:
        raise ValueError("is not YAML; put it in quotes") from error


def parse_document(text: str, path: Path, model: type[M]) -> M:
    """`load_document` for text already read."""
    try:
        parsed = parse_yaml(text, _Loader)
    except YamlError as error:
        raise UsageError(error.at(path)) from error
    content, node = parsed.value, parsed.node
    if not isinstance(content, Mapping):
        raise UsageError(f"{path}: holds no mapping of keys to values; known keys: {', '.join(_keys(model))}")
    for repeat in parsed.repeats:  # YAML lets the last of two equal keys win in silence; we do not
        raise UsageError(f"{path}:{repeat}")
    try:
        _refuse_oddities(content, node, path)
        return model.model_validate(content)
    except RecursionError as error:
        raise UsageError(f"{path}: is nested too deeply") from error
    except ValidationError as error:
        found = error.errors()
        raise UsageError(
            listed([_explain(path, node, model, one) for one in found[:MOST_SHOWN]], len(found))
        ) from error


def listed(told: Sequence[str], count: int) -> str:
    """One line a mistake, and the number of those that are left out."""
    more = [f"… and {count - len(told):,} more"] if count > len(told) else []
    return "\n".join([*told, *more])


def _explain(path: Path, node: yaml.Node | None, model: type[BaseModel], error: Any) -> str:
    *outer, last = error["loc"] or ("",)
    location = tuple(part for part in outer if not _is_branch(part))
    if error["type"] == "extra_forbidden" or not _is_branch(last):  # a key may be called as a branch is
        location = (*location, last) if error["loc"] else location
    where = f"{path}:{_line(node, location)}: {_dotted(location)}"
    if error["type"] == "extra_forbidden":
        known = _keys(_model_at(model, location[:-1]))
        return f"{where}: unknown key{did_you_mean(str(location[-1]), known)}; known keys: {', '.join(known)}"
    if error["type"] == "missing":
        return f"{where}: is missing"
    said = error["msg"].removeprefix("Value error, ")
    return f"{where}: {said[:1].lower()}{said[1:]}{value_in(error)}"


def value_in(error: Any) -> str:
    """What was got in place of what pydantic wants; a list that is too long is not shown."""
    return "" if error["type"] == "too_long" else f", got {error['input']!r}"


def _is_branch(part: Any) -> bool:
    """Pydantic puts the name of a union's branch into the path; it is no key of the file."""
    return isinstance(part, str) and (
        part.startswith(("function-", "str", "list[", "dict[", "tuple[")) or part[:1].isupper()
    )


def _dotted(location: tuple[Any, ...]) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return text.removeprefix(".") or "file"


def _line(node: yaml.Node | None, location: tuple[Any, ...]) -> int:
    for part in location:
        below = _child(node, part)
        if below is None:
            break
        node = below
    return node.start_mark.line + 1 if node is not None else 1


def _child(node: yaml.Node | None, part: Any) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(part)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part]  # type: ignore[no-any-return]
    return None


def _refuse_oddities(content: Mapping[Any, Any], node: yaml.Node | None, path: Path) -> None:
    """Options are checked by their annotations only, and what is in a list or mapping of them not at all."""
    found = list(oddities(content))
    if found:
        told = [f"{path}:{_line(node, place)}: {_dotted(place)}: {what}" for place, what in found[:MOST_SHOWN]]
        raise UsageError(listed(told, len(found)))


def _keys(model: type[BaseModel] | None) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()] if model else []


def _model_at(model: type[BaseModel], location: tuple[Any, ...]) -> type[BaseModel] | None:
    current: type[BaseModel] | None = model
    for part in location:
        if isinstance(part, int) or current is None:
            continue
        field = current.model_fields.get(str(part))
        current = _model_in(field.annotation) if field else None
    return current


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        found = _model_in(inner)
        if found is not None:
            return found
    return None
