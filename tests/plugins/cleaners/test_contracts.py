"""Every cleaner that ships keeps the contract that `harness.testing` ships, with its options and without."""

from collections.abc import Mapping
from typing import Any

import pytest

import harness_cleaners
from harness.testing import CleanerContract
from harness.types.component import Component


class TestShippedCleaners(CleanerContract):
    components = tuple(harness_cleaners.register_cleaners())

    @pytest.fixture(params=components, ids=lambda component: component.name, autouse=True)
    def shipped(self, request: pytest.FixtureRequest) -> None:
        self.shipped_component: Component[Any] = request.param

    def component(self) -> Component[Any]:
        return self.shipped_component


class TestMendingRoleOrder(CleanerContract):
    def component(self) -> Component[Any]:
        return next(one for one in harness_cleaners.register_cleaners() if one.name == "role-order")

    def options(self) -> Mapping[str, Any]:
        return {"mend": True}


class TestNarrowLengthBounds(CleanerContract):
    def component(self) -> Component[Any]:
        return next(one for one in harness_cleaners.register_cleaners() if one.name == "length-bounds")

    def options(self) -> Mapping[str, Any]:
        return {"min_characters": 2, "max_characters": 40, "max_reply_characters": 20, "max_turns": 2}
