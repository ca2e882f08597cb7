"""Contracts, fakes and builders for plugin authors: `pytest_plugins = ["harness.testing"]`.

from harness.testing import MetricContract

class TestMine(MetricContract):
    def component(self):
        return Component("mine", Mine)
"""

import pytest

# Before the contracts are imported, so that a failed one shows the values it compared.
pytest.register_assert_rewrite("harness.testing.contracts")

from harness.testing.builders import (  # noqa: E402 - see above
    make_answered,
    make_case,
    make_conversation,
    make_conversation_set,
    make_passage,
)
from harness.testing.contracts import (  # noqa: E402 - see above
    BackendContract,
    CleanerContract,
    DatasetContract,
    MetricContract,
    RefinerContract,
    SafetyCheckContract,
    TrainerContract,
)
from harness.testing.fakes import FakeBackend, FakeDeath, FakeModel, FakeTrainer, write_fake_model  # noqa: E402 - see above

__all__ = [
    "BackendContract",
    "CleanerContract",
    "DatasetContract",
    "FakeBackend",
    "FakeDeath",
    "FakeModel",
    "FakeTrainer",
    "MetricContract",
    "RefinerContract",
    "SafetyCheckContract",
    "TrainerContract",
    "make_answered",
    "make_case",
    "make_conversation",
    "make_conversation_set",
    "make_passage",
    "write_fake_model",
]
