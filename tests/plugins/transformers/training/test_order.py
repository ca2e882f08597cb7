from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness_transformers.inference.plan import plan_batches
from harness_transformers.training.order import plan_steps, training_batches

LENGTHS = st.lists(st.integers(1, 500), min_size=1, max_size=60)


@given(LENGTHS, st.integers(1, 9), st.integers(1, 200), st.integers(0, 3), st.booleans())
def test_every_example_is_seen_once_before_any_is_seen_again(
    lengths: list[int], batch_size: int, rows: int, seed: int, joined: bool
) -> None:
    batches = training_batches(lengths, min(batch_size, len(lengths)), rows, seed, joined=joined)
    seen = Counter(index for batch in batches for index in batch)
    assert seen.total() == rows
    whole, rest = divmod(rows, len(lengths))
    assert sorted(seen[index] - whole for index in range(len(lengths))) == [0] * (len(lengths) - rest) + [1] * rest


@given(LENGTHS, st.integers(1, 9), st.integers(1, 4), st.integers(1, 9))
def test_no_step_holds_an_example_twice_and_all_but_the_last_are_whole(
    lengths: list[int], batch_size: int, accumulate: int, epochs: int
) -> None:
    plan = plan_steps(lengths, batch_size, accumulate, seed=0, epochs=epochs / 2)
    steps = [
        [index for batch in plan.batches[at : at + plan.accumulate] for index in batch]
        for at in range(0, len(plan.batches), plan.accumulate)
    ]
    assert len(steps) == plan.steps
    if len(lengths) < batch_size * accumulate:  # else a step may join two epochs
        assert all(len(set(step)) == len(step) for step in steps)
    assert all(len(step) == min(batch_size * accumulate, len(lengths)) for step in steps[:-1])
    assert all(len(set(batch)) == len(batch) <= batch_size for batch in plan.batches)


@pytest.mark.parametrize(
    ("rows", "batch_size", "accumulate", "settings", "sizes"),
    [
        (2, 8, 4, {"epochs": 1}, [2]),
        (2, 8, 4, {"epochs": 3}, [2, 2, 2]),
        (2, 8, 4, {"max_steps": 2}, [2, 2]),
        (10, 8, 4, {"epochs": 2}, [8, 2, 8, 2]),
        (10, 8, 1, {"epochs": 1}, [8, 2]),
        (10, 4, 2, {"epochs": 0.5}, [4, 1]),
        (10, 4, 2, {"epochs": 2}, [4, 4, 4, 4, 4]),
        (10, 4, 2, {"max_steps": 2}, [4, 4, 4, 4]),
    ],
)
def test_an_epoch_is_an_epoch_and_the_last_step_smaller(
    rows: int, batch_size: int, accumulate: int, settings: dict[str, Any], sizes: list[int]
) -> None:
    plan = plan_steps([7] * rows, batch_size, accumulate, 0, **settings)
    assert [len(batch) for batch in plan.batches] == sizes


def test_batches_hold_examples_of_like_length() -> None:
    lengths = [10, 100] * 32
    batches = training_batches(lengths, 8, 64, seed=1)
    assert all(len({lengths[index] for index in batch}) == 1 for batch in batches)


def test_the_seed_decides_the_order() -> None:
    lengths = list(range(64))
    assert training_batches(lengths, 4, 64, 1) == training_batches(lengths, 4, 64, 1)
    assert training_batches(lengths, 4, 64, 1) != training_batches(lengths, 4, 64, 2)


@given(LENGTHS, st.integers(1, 600))
def test_batches_hold_every_request_once_within_the_budget(costs: list[int], budget: int) -> None:
    batches = plan_batches(costs, budget)
    assert sorted(index for batch in batches for index in batch) == list(range(len(costs)))
    assert all(len(batch) == 1 or max(costs[index] for index in batch) * len(batch) <= budget for batch in batches)


def test_the_dearest_come_first() -> None:
    assert plan_batches([3, 9, 4, 9], 10) == [[1], [3], [2, 0]]
