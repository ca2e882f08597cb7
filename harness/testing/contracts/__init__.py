"""What every component of a kind must do, as test classes to subclass with `component` and `options`."""

from harness.testing.contracts.metric import MetricContract
from harness.testing.contracts.models import BackendContract, TrainerContract
from harness.testing.contracts.preparation import CleanerContract, DatasetContract
from harness.testing.contracts.refiner import RefinerContract
from harness.testing.contracts.safety import SafetyCheckContract

__all__ = [
    "BackendContract",
    "CleanerContract",
    "DatasetContract",
    "MetricContract",
    "RefinerContract",
    "SafetyCheckContract",
    "TrainerContract",
]
