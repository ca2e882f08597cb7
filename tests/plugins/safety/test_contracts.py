"""Every safety check that ships keeps the contract that `harness.testing` ships."""

from collections.abc import Mapping
from typing import Any

import pytest

import harness_safety
from harness.testing import SafetyCheckContract
from harness.types.component import Component


class TestShippedChecks(SafetyCheckContract):
    components = tuple(harness_safety.register_safety_checks())

    @pytest.fixture(params=components, ids=lambda component: component.name, autouse=True)
    def shipped(self, request: pytest.FixtureRequest) -> None:
        self.shipped_component: Component[Any] = request.param

    def component(self) -> Component[Any]:
        return self.shipped_component

    def options(self) -> Mapping[str, Any]:
        return {"terms": ["parcel", "refund"]} if self.shipped_component.name == "blocked-terms" else {}


def test_names_are_those_of_the_guide() -> None:
    assert {component.name for component in TestShippedChecks.components} == {"pii", "blocked-terms", "refusal"}
