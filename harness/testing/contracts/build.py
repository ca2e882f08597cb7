"""How all contracts get the component under test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from harness.component import Component


class ComponentContract:
    """Override `component`, and `options` for what its `build` needs; `build` makes a fresh one for each test."""

    def component(self) -> Component[Any]:
        raise NotImplementedError(f"{type(self).__name__} must return the component under test from component()")

    def options(self) -> Mapping[str, Any]:
        return {}

    @pytest.fixture
    def build(self) -> Callable[[], Any]:
        return lambda: self.component().build(**self.options())
