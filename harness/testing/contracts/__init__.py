"""What every component of a kind must do, as test classes to subclass with `component` and `options`."""

from collections.abc import Mapping
from pkgutil import iter_modules

import pytest

from harness.host.telemetry import untracked
from harness.types.component import ComponentKind

untracked()  # as the command does: no plugin is to blame for what its libraries tell their makers

# Before they are imported, so that a rule that does not hold shows the values it compared.
pytest.register_assert_rewrite(*(f"{__name__}.{module.name}" for module in iter_modules(__path__)))

from harness.testing.contracts.backend import BackendContract  # noqa: E402 - see above
from harness.testing.contracts.component import ComponentContract  # noqa: E402 - see above
from harness.testing.contracts.metric import MetricContract  # noqa: E402 - see above
from harness.testing.contracts.preparation import CleanerContract, DatasetContract  # noqa: E402 - see above
from harness.testing.contracts.refiner import RefinerContract  # noqa: E402 - see above
from harness.testing.contracts.safety import SafetyCheckContract  # noqa: E402 - see above
from harness.testing.contracts.trainer import TrainerContract  # noqa: E402 - see above

CONTRACT_OF_KIND: Mapping[ComponentKind, type[ComponentContract]] = {
    contract.kind: contract
    for contract in (
        DatasetContract,
        CleanerContract,
        TrainerContract,
        MetricContract,
        SafetyCheckContract,
        BackendContract,
        RefinerContract,
    )
}
"""The contract of each kind of component."""

__all__ = [
    "CONTRACT_OF_KIND",
    "BackendContract",
    "CleanerContract",
    "ComponentContract",
    "DatasetContract",
    "MetricContract",
    "RefinerContract",
    "SafetyCheckContract",
    "TrainerContract",
]
