import os

import pytest

from harness_transformers.threads import candidates, usable_cores, use_threads


def test_one_half_and_all_cores_are_tried() -> None:
    assert candidates(1) == [1]
    assert candidates(2) == [1, 2]
    assert candidates(8) == [1, 4, 8]


def test_the_users_limit_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert usable_cores() == 1
    monkeypatch.setenv("OMP_NUM_THREADS", "many")
    assert 1 <= usable_cores() <= (os.cpu_count() or 1)


def test_a_requested_count_is_used_as_it_is_and_a_probe_chooses_among_the_candidates() -> None:
    import torch

    before = torch.get_num_threads()
    assert use_threads(1) == (1, {})
    assert torch.get_num_threads() == 1
    threads, rates = use_threads(None)
    assert threads == max(rates, key=lambda count: rates[count])
    assert torch.get_num_threads() == threads
    torch.set_num_threads(before)
