"""A store of its own for each test, and rows to fill it with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.evaluation.records import Evaluation
from harness.store.store import Store
from harness.types import ModelReference


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / ".harness"


@pytest.fixture
def store(home: Path) -> Store:
    return Store(home)


@pytest.fixture
def score() -> Callable[..., dict[str, Any]]:
    def make(number: int, **columns: Any) -> dict[str, Any]:
        row = {
            "answer_key": f"k{number}",
            "content": f"c{number}",
            "metric": "m",
            "samples": 1,
            "statistics": [1.0, 2.0],
        }
        return {**row, **columns}

    return make


@pytest.fixture
def evaluation() -> Callable[..., Evaluation]:
    def make(identifier: str, samples: int = 1) -> Evaluation:
        model = ModelReference(f"models/{identifier}")
        return Evaluation(identifier, "s", "v", "gate", 0, model, identifier, {}, "", {"samples": samples})

    return make
