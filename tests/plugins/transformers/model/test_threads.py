import os
from typing import Any

import pytest

from harness_transformers.model.threads import (
    Layer,
    candidates,
    layer_of,
    measure_again,
    share_cores,
    usable_cores,
    use_threads,
)


def test_one_half_and_all_cores_are_tried() -> None:
    assert candidates(1) == [1]
    assert candidates(2) == [1, 2]
    assert candidates(8) == [1, 4, 8]


def test_the_users_limit_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert usable_cores() == 1
    monkeypatch.setenv("OMP_NUM_THREADS", "many")
    assert 1 <= usable_cores() <= (os.cpu_count() or 1)


def test_what_the_user_says_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert use_threads(None, Layer(8, 17), "cpu") == (1, {1: 0.0})


def test_a_requested_count_is_used_as_it_is_and_a_probe_chooses_among_the_candidates() -> None:
    import torch

    before = torch.get_num_threads()
    assert use_threads(1, Layer(), "cpu") == (1, {})
    assert torch.get_num_threads() == 1
    threads, rates = use_threads(None, Layer(8, 16), "cpu")
    assert threads == max(rates, key=lambda count: rates[count])
    assert torch.get_num_threads() == threads
    assert measure_again(Layer(8, 16)) == torch.get_num_threads()
    torch.set_num_threads(before)


def test_behind_a_gpu_no_thread_count_is_tried() -> None:
    import torch

    before = torch.get_num_threads()
    assert use_threads(None, Layer(8, 18), "cuda") == (before, {})
    assert use_threads(1, Layer(8, 18), "cuda") == (1, {})
    assert torch.get_num_threads() == 1
    torch.set_num_threads(before)


@pytest.mark.parametrize(
    ("config", "layer"),
    [
        ({"hidden_size": 64, "intermediate_size": 192}, Layer(64, 192)),
        ({"n_embd": 32, "n_inner": None}, Layer(32, 128)),
        ({"text_config": {"hidden_size": 48, "intermediate_size": 96}}, Layer(48, 96)),
        ({}, Layer()),
    ],
)
def test_thread_counts_are_tried_on_the_models_own_sizes(config: dict[str, Any], layer: Layer) -> None:
    assert layer_of(config) == layer


def test_waiting_threads_sleep_soon_unless_the_user_says_how_they_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    share_cores()
    assert "GOMP_SPINCOUNT" not in os.environ
    monkeypatch.delenv("OMP_WAIT_POLICY")
    share_cores()
    assert os.environ["GOMP_SPINCOUNT"] == "1000"
