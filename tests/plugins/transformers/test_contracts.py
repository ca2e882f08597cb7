"""Backend and trainer keep the contracts that `harness.testing` ships."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from where import DEVICE

import harness_transformers
from harness.testing import BackendContract, TrainerContract
from harness.types import ModelReference
from harness.types.component import Component


class TestBackend(BackendContract):
    @pytest.fixture(autouse=True)
    def use_tiny(self, tiny: Path) -> None:
        self.folder = tiny

    def component(self) -> Component[Any]:
        return next(iter(harness_transformers.register_backends()))

    def model(self, folder: Path) -> ModelReference:
        return ModelReference(str(self.folder))

    def options(self) -> Mapping[str, Any]:
        return {"device": DEVICE, "batch_tokens": 200}


class TestTrainer(TrainerContract):
    @pytest.fixture(autouse=True)
    def use_tiny(self, tiny: Path) -> None:
        self.folder = tiny

    def component(self) -> Component[Any]:
        return next(iter(harness_transformers.register_trainers()))

    def model(self, folder: Path) -> ModelReference:
        return ModelReference(str(self.folder))

    def options(self) -> Mapping[str, Any]:
        return {"device": DEVICE, "max_steps": 3, "batch_size": 2}
