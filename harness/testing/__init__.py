"""Contracts, strategies, fakes and builders for plugin authors: `pytest_plugins = ["harness.testing"]`.

from harness.testing import MetricContract

class TestMine(MetricContract):
    def component(self):
        return Component("mine", Mine)

Names resolve when used: fakes and builders need neither pytest nor hypothesis, which the extra `testing` installs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.testing.builders import (
        make_answered,
        make_case,
        make_conversation,
        make_conversation_set,
        make_passage,
    )
    from harness.testing.contracts import (
        CONTRACT_OF_KIND,
        BackendContract,
        CleanerContract,
        DatasetContract,
        MetricContract,
        RefinerContract,
        SafetyCheckContract,
        TrainerContract,
    )
    from harness.testing.fakes import FakeBackend, FakeDeath, FakeModel, FakeTrainer, write_fake_model
    from harness.testing.strategies import answered, cases, conversations, passages, prompts, texts

__all__ = [
    "CONTRACT_OF_KIND",
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
    "answered",
    "cases",
    "conversations",
    "make_answered",
    "make_case",
    "make_conversation",
    "make_conversation_set",
    "make_passage",
    "passages",
    "prompts",
    "texts",
    "write_fake_model",
]

_STRATEGIES = ("answered", "cases", "conversations", "passages", "prompts", "texts")


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'harness.testing' has no attribute {name!r}")
    return getattr(import_module(f"harness.testing.{_module(name)}"), name)


def _module(name: str) -> str:
    if name in _STRATEGIES:
        return "strategies"
    if name.startswith("make_"):
        return "builders"
    return "contracts" if name.endswith("Contract") or name == "CONTRACT_OF_KIND" else "fakes"
