"""A store of its own for each test, and rows to fill it with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.store import Store


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
