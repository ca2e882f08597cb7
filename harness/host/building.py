"""Components built of `{use: name, **options}`, every option checked first."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import TypeAdapter, ValidationError

from harness import protocols
from harness.documents.oddities import oddities
from harness.documents.regular_files import file_hash
from harness.errors import PluginError, UsageError, describe, did_you_mean, plugin_label
from harness.host.code import code_of
from harness.host.host import PluginHost
from harness.host.isolation.methods import STREAMS, methods_of
from harness.host.isolation.process_state import process_kept
from harness.host.isolation.proxy import isolated
from harness.host.isolation.watch import Watch
from harness.host.isolation.worker_client import Spec
from harness.host.options import KIND_OF_PROTOCOL, OF_ALL, Option, Written, kind_of, label_of, options_of
from harness.host.records import Registered
from harness.types.component import KINDS, OWN_DISTRIBUTION, ComponentKind, why_not_called
from harness.types.hashing import content_hash

_log = logging.getLogger("harness")


@dataclass(frozen=True, slots=True)
class Built:
    """A component at work, with its provenance. `code` identifies its code: a declared version or its source's hash.

    `distribution` and `version` are empty for a plugin that is one file. `reading`: what of an answer it is given.
    """

    instance: Any
    use: str
    options: Mapping[str, Any]
    plugin: str
    distribution: str
    version: str
    code: str
    seen: str = ""
    reading: str = ""

    @property
    def key(self) -> str:
        """What it does: the hash of origin, name, code, options, what a metric was prepared on and what it reads."""
        reading = [self.reading] if self.reading else []
        return content_hash([self.distribution or self.plugin, self.use, self.code, self.options, self.seen, *reading])


def build(host: PluginHost, kind: ComponentKind, use: Mapping[str, Any], where: str, folder: Path) -> Built:
    """Build `{use: name, **options}`. UsageError names `where`, the key, what is wrong and what would work.

    Paths resolve against `folder`. A nested `{use: ...}` is built first where a protocol is expected. With
    `isolate: true` it runs in a process of its own, as others' metrics and checks do unless it says false.
    """
    registered = host.find(kind, str(use["use"]), where)
    known = options_of(registered)
    given = {key: value for key, value in use.items() if key not in OF_ALL}
    place = f"{where}: {kind} {registered.component.name!r}"
    _check_names(place, given, known)
    wrong = why_not_called(registered.component.build, may_yield=False)
    if wrong:
        raise PluginError(f"{label_of(registered)}: build {wrong}")
    values = {o.name: _converted(host, o, given[o.name], place, folder) for o in known if o.name in given}
    try:
        with _process_kept(registered), Watch(label_of(registered)).silenced("build"):
            instance = registered.component.build(**{name: _instance(value) for name, value in values.items()})
    except ValueError as error:
        raise UsageError(f"{place}: {error}") from error
    except (Exception, SystemExit) as error:
        raise PluginError(f"{label_of(registered)}: build: {describe(error)}") from error
    _check_kind(instance, registered)
    settings = {o.name: _recorded(values.get(o.name, o.default)) for o in known}
    return Built(
        instance=_at_work(host, registered, instance, use, where, folder),
        use=registered.component.name,
        options=settings,
        plugin=registered.plugin.name,
        distribution=registered.plugin.distribution,
        version=registered.plugin.version,
        code=code_of(instance, registered.component.build, registered.plugin),
    )


def _process_kept(registered: Registered) -> AbstractContextManager[None]:
    """What `build` changes of the process is put back, and told."""
    return process_kept(lambda text: _log.warning("%s: build: %s", label_of(registered), text))


def _at_work(
    host: PluginHost, registered: Registered, instance: Any, use: Mapping[str, Any], where: str, folder: Path
) -> Any:
    """The component as the harness calls it: as it is, watched, or in a process of its own."""
    kind, ours = registered.kind, registered.plugin.distribution == OWN_DISTRIBUTION
    isolate = _isolate(use, f"{where}: {kind} {registered.component.name!r}")
    if isolate is None:
        isolate = KINDS[kind].isolated and not ours
    label = plugin_label(registered.plugin, f"{kind} {registered.component.name!r}")
    if not (isolate and host.isolates and host.can_make_anew(registered.plugin)):
        return instance if ours else Watch(label, in_worker=not host.isolates).over(instance, KINDS[kind].methods)
    rest = {key: value for key, value in use.items() if key != "isolate"}
    allowed = None if host.allowed is None else tuple(host.allowed)
    files, path = tuple(one.resolve() for one in host.files), tuple(sys.path)
    spec = Spec(kind, rest, where, folder.resolve(), label, files, tuple(host.disabled), allowed, path)
    return isolated(instance, spec)


def _isolate(use: Mapping[str, Any], place: str) -> bool | None:
    isolate = use.get("isolate")
    value = isolate.value if isinstance(isolate, Written) else isolate
    if value is not None and not isinstance(value, bool):
        raise UsageError(f"{place}: isolate: expected true or false, got {value!r}")
    return value


def _check_names(place: str, given: Mapping[str, Any], known: Sequence[Option]) -> None:
    names = [option.name for option in known]
    for key in given:
        if key not in names:
            listed = ", ".join(names) or "none"
            raise UsageError(f"{place}: unknown option {key!r}{did_you_mean(str(key), names)}; options: {listed}")
    missing = [option.name for option in known if option.required and option.name not in given]
    if missing:
        raise UsageError(f"{place}: option {missing[0]!r} is missing; write `{missing[0]}: …`")


def _converted(host: PluginHost, option: Option, value: Any, place: str, folder: Path) -> Any:
    here = f"{place}: {option.name}"
    kind = kind_of(option.annotation)
    if kind is not None:
        return _nested(host, kind, value, here, folder)
    inner = next((a for a in get_args(option.annotation) if isinstance(a, type) and a in KIND_OF_PROTOCOL), None)
    if inner is not None and get_origin(option.annotation) is not None and isinstance(value, list):
        return [_nested(host, KIND_OF_PROTOCOL[inner], one, f"{here}[{i}]", folder) for i, one in enumerate(value)]
    if inner is not None and value is not None:
        return _nested(host, KIND_OF_PROTOCOL[inner], value, here, folder)
    _refuse_oddities(value, here)
    try:
        checked = _checked(option.annotation, value)
    except ValidationError as error:
        first = error.errors()[0]
        inside = "".join(f"[{part!r}]" for part in first["loc"] if not str(part).startswith("function"))
        raise UsageError(
            f"{here}{inside}: {first['msg'].lower()}, got {first['input']!r}; expected {option}"
        ) from error
    return _resolved(checked, folder)


def _checked(annotation: Any, value: Any) -> Any:
    """The value as the annotation has it; raises ValidationError where it does not fit."""
    if isinstance(value, Written):
        try:
            return _checked(annotation, value.text if any(oddities(value.value)) else value.value)
        except ValidationError:
            return _checked(annotation, value.text)
    # JSON mode: strict about scalars, yet a list is a sequence or tuple and a string is a path.
    return TypeAdapter(annotation).validate_json(json.dumps(value, default=str), strict=True)


def _refuse_oddities(value: Any, here: str) -> None:
    """UsageError on what JSON cannot hold; a number of the command line may still be meant as a text."""
    for place, what in oddities(None if isinstance(value, Written | Path) else value):
        inside = "".join(f"[{part!r}]" for part in place)
        raise UsageError(f"{here}{inside}: {what}")


def _nested(host: PluginHost, kind: ComponentKind, value: Any, here: str, folder: Path) -> Any:
    use = {"use": value} if isinstance(value, str) else value
    if not isinstance(use, Mapping) or "use" not in use:
        raise UsageError(f"{here}: expected a {kind}, written {{use: name, option: value}}; got {value!r}")
    return build(host, kind, use, here, folder)


def _instance(value: Any) -> Any:
    """The value as `build` gets it: nested components unwrapped."""
    if isinstance(value, Built):
        return value.instance
    if isinstance(value, list) and value and isinstance(value[0], Built):
        return [one.instance for one in value]
    return value


def _resolved(value: Any, folder: Path) -> Any:
    if isinstance(value, Path):
        return folder / value.expanduser()
    if isinstance(value, list | tuple):
        return type(value)(_resolved(one, folder) for one in value)
    return value


def _recorded(value: Any) -> Any:
    """The value as JSON; a file stands for its content, a nested component for its key."""
    if isinstance(value, Built):
        return {"use": value.use, "key": value.key}
    if isinstance(value, Path):
        return file_hash(value) if value.is_file() else str(value)
    if isinstance(value, Mapping):
        return {str(key): _recorded(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_recorded(one) for one in value]
    return value


def _check_kind(instance: Any, registered: Registered) -> None:
    expected = KINDS[registered.kind].protocols
    if not any(isinstance(instance, getattr(protocols, name)) for name in expected):
        wanted = " or ".join(expected)
        raise PluginError(f"{label_of(registered)}: build returned {instance!r}, which is no {wanted}")
    for name in methods_of(instance, KINDS[registered.kind].methods):
        wrong = why_not_called(getattr(instance, name), may_yield=name in STREAMS)
        if wrong:
            raise PluginError(f"{label_of(registered)}: {name} {wrong}")
