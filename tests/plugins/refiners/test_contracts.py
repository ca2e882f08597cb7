"""Every refiner that ships keeps the contract that `harness.testing` ships."""

from collections.abc import Mapping
from typing import Any

import pytest

import harness_refiners
from harness.testing import RefinerContract
from harness.types.component import Component


class TestShippedRefiners(RefinerContract):
    components = tuple(harness_refiners.register_refiners())
    order = "listed"

    @pytest.fixture(params=components, ids=lambda component: component.name, autouse=True)
    def shipped(self, request: pytest.FixtureRequest) -> None:
        self.shipped_component: Component[Any] = request.param

    def component(self) -> Component[Any]:
        return self.shipped_component

    def options(self) -> Mapping[str, Any]:
        return {"settings": {"trainer.rank": [4, 8, 16], "seed": [1, 2]}, "order": self.order}


class TestRandomOrder(TestShippedRefiners):
    order = "random"
