"""What every component of a kind must do, as test classes to subclass with `component` and `options`."""

from collections.abc import Mapping

from harness.component import ComponentKind
from harness.testing.contracts.build import ComponentContract
from harness.testing.contracts.metric import MetricContract
from harness.testing.contracts.models import BackendContract, TrainerContract
from harness.testing.contracts.preparation import CleanerContract, DatasetContract
from harness.testing.contracts.refiner import RefinerContract
from harness.testing.contracts.safety import SafetyCheckContract

CONTRACT_OF_KIND: Mapping[ComponentKind, type[ComponentContract]] = {
    "dataset": DatasetContract,
    "cleaner": CleanerContract,
    "trainer": TrainerContract,
    "metric": MetricContract,
    "safety check": SafetyCheckContract,
    "backend": BackendContract,
    "refiner": RefinerContract,
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
