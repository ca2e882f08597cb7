"""A fault and the rules that it breaks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.testing import CONTRACT_OF_KIND, write_fake_model
from harness.types.component import Component, ComponentKind


@dataclass(frozen=True)
class Planted:
    """A component, and the rules of its contract that it breaks: these alone, or with `and_more` others as well.

    With `and_more` a component is so broken that little else can be asked of it.
    """

    kind: ComponentKind
    component: Component[Any]
    breaks: frozenset[str] = frozenset()
    and_more: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
    examples: int = 5

    def contract(self, name: str) -> type[Any]:
        """Its contract, as its author would write it, but quicker."""
        written_in = self.component.build.__module__  # beside the component, unless the module is what is tested
        members: dict[str, Any] = {
            "__module__": __name__ if "_when_" in written_in else written_in,
            "examples": self.examples,
            "component": lambda test: self.component,
            "options": lambda test: self.options,
            "model": lambda test, folder: write_fake_model(folder / "model.json", {"a": "b"}),
        }
        return type(name, (CONTRACT_OF_KIND[self.kind],), members)


def row(
    kind: ComponentKind, build: type[Any], *breaks: Callable[..., None], and_more: bool = False, examples: int = 5
) -> tuple[str, Planted]:
    rules = frozenset(rule.__name__ for rule in breaks)
    return build.__name__, Planted(kind, Component(build.__name__, build), rules, and_more, examples=examples)
