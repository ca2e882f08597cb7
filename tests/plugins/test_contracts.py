"""No component ships without a test of its contract."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from harness import PluginHost
from harness.hookspecs import HOOK_OF_KIND
from harness.testing.contracts import ComponentContract
from harness.types.component import OWN_DISTRIBUTION


def test_every_component_that_ships_has_a_contract_test() -> None:
    host = PluginHost()
    shipped = {
        (kind, one.component.name)
        for kind in HOOK_OF_KIND
        for one in host.components(kind)
        if one.plugin.distribution == OWN_DISTRIBUTION
    }
    files = Path(__file__).parent.glob("*/test_contracts.py")
    tested = {pair for file in files for contract in contracts(file) for pair in components(contract)}
    assert len(shipped) > 25
    assert shipped - tested == set()


def contracts(file: Path) -> list[type[Any]]:
    """The contract classes of a file."""
    spec = importlib.util.spec_from_file_location(f"contracts_of_{file.parent.name}", file)
    assert spec is not None
    assert spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = [value for name, value in vars(module).items() if name.startswith("Test")]
    return [one for one in found if issubclass(one, ComponentContract)]


def components(contract: type[Any]) -> Iterator[tuple[str, str]]:
    """Kind and name of what a contract class tests: one component, or each of its `components`."""
    for component in getattr(contract, "components", None) or [contract().component()]:
        yield contract.kind, component.name
