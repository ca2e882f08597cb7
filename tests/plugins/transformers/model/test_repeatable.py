"""Sums in the same order each time, where a GPU would take any."""

import logging
from collections.abc import Callable
from typing import Any

import pytest

from harness.types import TrainRequest
from harness_transformers.model.repeatable import cannot_repeat, repeatable
from harness_transformers.training import loop
from harness_transformers.training.trainer import SupervisedTrainer


def test_inside_torch_is_repeatable_and_outside_as_before() -> None:
    import torch

    with repeatable("cuda"):
        assert torch.are_deterministic_algorithms_enabled()
        assert not torch.utils.deterministic.fill_uninitialized_memory
    assert not torch.are_deterministic_algorithms_enabled()
    assert torch.utils.deterministic.fill_uninitialized_memory


def test_a_cpu_is_left_alone() -> None:
    import torch

    with repeatable("cpu"):
        assert not torch.are_deterministic_algorithms_enabled()


def test_torchs_refusal_is_told_from_other_errors() -> None:
    import torch

    with repeatable("cuda"), pytest.raises(RuntimeError) as refused:
        torch.zeros(2).put_(torch.tensor([0]), torch.ones(1))
    assert cannot_repeat(refused.value)
    assert not cannot_repeat(RuntimeError("CUDA out of memory"))


def test_a_model_that_cannot_be_repeated_is_trained_all_the_same_and_a_warning_says_so(
    request_in: Callable[..., TrainRequest],
    notebook: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    import torch

    whole = loop.summed_loss

    def unrepeatable(*arguments: Any, **options: Any) -> Any:
        torch.zeros(2).put_(torch.tensor([0]), torch.ones(1))
        return whole(*arguments, **options)

    monkeypatch.setattr(loop, "repeatable", lambda _device: repeatable("cuda"))
    monkeypatch.setattr(loop, "summed_loss", unrepeatable)
    book = notebook()
    with caplog.at_level(logging.WARNING, "harness"):
        SupervisedTrainer(device="cpu", max_steps=2).train(request_in(), book)
    assert [record.step for record in book.records] == [1, 2]
    assert "the same seed may give other weights" in caplog.text
