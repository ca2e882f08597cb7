"""Every safety check that ships keeps the contract that `harness.testing` ships."""

from collections.abc import Callable
from typing import Any

import pytest

import harness_safety
from harness.component import Component
from harness.testing import SafetyCheckContract

COMPONENTS = list(harness_safety.register_safety_checks())
NEEDED: dict[str, dict[str, Any]] = {"blocked-terms": {"terms": ["parcel", "lock"]}}


class TestShippedChecks(SafetyCheckContract):
    @pytest.fixture(params=COMPONENTS, ids=lambda component: component.name)
    def build(self, request: pytest.FixtureRequest) -> Callable[[], Any]:
        component: Component[Any] = request.param
        return lambda: component.build(**NEEDED.get(component.name, {}))


def test_names_are_those_of_the_guide() -> None:
    assert {component.name for component in COMPONENTS} == {"pii", "blocked-terms", "refusal"}
