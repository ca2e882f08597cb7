"""How many tokens fit."""

import platform
from pathlib import Path
from typing import Any

import pytest

from harness_transformers.inference.model import OpenedModel
from harness_transformers.model import memory
from harness_transformers.model.memory import (
    FEWEST_TOKENS,
    MOST_TOKENS,
    bytes_per_token,
    free_bytes,
    keep_freed_memory,
    token_budget,
)


@pytest.fixture
def model(opened: OpenedModel) -> Any:
    return opened.weights.model


@pytest.mark.parametrize(
    ("tokens", "budget"),
    [(10, FEWEST_TOKENS), (1000, 500), (10_000_000, MOST_TOKENS["cpu"]), (None, MOST_TOKENS["cpu"])],
)
def test_a_pass_takes_half_of_the_free_memory_at_most(
    model: Any, monkeypatch: pytest.MonkeyPatch, tokens: int | None, budget: int
) -> None:
    free = None if tokens is None else tokens * bytes_per_token(model)
    monkeypatch.setattr(memory, "free_bytes", lambda _device: free)
    assert token_budget(model, "cpu") == budget


def test_keys_and_values_of_replies_count_as_much_as_they_take(model: Any) -> None:
    kept = 2 * 2 * 2 * 8  # keys and values, layers, their heads, width of a head
    assert bytes_per_token(model) == 4 * (8 * 32 + 3 * 64 + 4096 + 5 * kept)


def test_free_memory_is_read_where_the_system_tells_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = tmp_path / "meminfo"
    told.write_text("MemTotal:  100 kB\nMemAvailable:     60 kB\n")
    monkeypatch.setattr(memory, "_MEMINFO", told)
    assert free_bytes("cpu") == 60 * 1024
    monkeypatch.setattr(memory, "_MEMINFO", tmp_path / "missing")
    assert free_bytes("cpu") is None


def test_the_memory_of_a_pass_is_kept_where_the_c_library_can() -> None:
    assert keep_freed_memory() == (platform.libc_ver()[0] == "glibc")
