"""One table knows the kinds of component; whatever else a kind needs is there for each row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.resources import files
from typing import get_args

from harness import hookspecs, protocols
from harness.host.hooks import specified
from harness.testing import CONTRACT_OF_KIND
from harness.types.component import KINDS, ComponentKind, Kind

TEMPLATES = files("harness.authoring.scaffold") / "templates"


def gaps(kinds: Iterable[Kind]) -> Iterator[str]:
    """What is missing for a kind that has a row."""
    for kind in kinds:
        if kind.name not in get_args(ComponentKind):
            yield f"ComponentKind lacks {kind.name!r}"
        if kind.hook not in specified(hookspecs):
            yield f"no hook {kind.hook}"
        yield from (f"no protocol {name}" for name in kind.protocols if not hasattr(protocols, name))
        if getattr(CONTRACT_OF_KIND.get(kind.name), "__name__", "") != kind.contract:
            yield f"no contract {kind.contract}"
        if not (TEMPLATES / kind.word / "summary.txt").is_file():
            yield f"no templates {kind.word}"
        yield from (f"{name} is no method of {kind.name}" for name in kind.streams if name not in kind.methods)


def test_each_row_has_its_hook_protocol_contract_and_templates() -> None:
    assert list(gaps(KINDS.values())) == []


def test_a_new_row_says_what_is_missing() -> None:
    row = Kind("executor", "executor", "register_executors", ("Executor",), ("submit",), ("results",))  # type: ignore[arg-type]
    assert list(gaps([*KINDS.values(), row])) == [
        "ComponentKind lacks 'executor'",
        "no hook register_executors",
        "no protocol Executor",
        "no contract ExecutorContract",
        "no templates executor",
        "results is no method of executor",
    ]


def test_nothing_is_known_of_a_kind_without_a_row() -> None:
    registering = {name for name in specified(hookspecs) if name.startswith("register_")}
    assert registering - {"register_suites"} == {kind.hook for kind in KINDS.values()}
    assert get_args(ComponentKind) == tuple(KINDS)
    assert CONTRACT_OF_KIND.keys() == KINDS.keys()
    folders = {folder.name for folder in TEMPLATES.iterdir() if folder.is_dir()}
    assert folders - {"every"} == {kind.word for kind in KINDS.values()}
