from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from harness_transformers.order import training_order
from harness_transformers.plan import plan_batches

LENGTHS = st.lists(st.integers(1, 500), min_size=1, max_size=60)


@given(LENGTHS, st.integers(1, 9), st.integers(1, 40), st.integers(0, 3))
def test_every_example_is_seen_once_before_any_is_seen_again(
    lengths: list[int], batch_size: int, batches: int, seed: int
) -> None:
    order = training_order(lengths, batch_size, batches, seed)
    seen = Counter(order)
    assert len(order) == batch_size * batches
    whole, rest = divmod(len(order), len(lengths))
    assert sorted(seen[index] - whole for index in range(len(lengths))) == [0] * (len(lengths) - rest) + [1] * rest


@given(LENGTHS, st.integers(1, 9), st.integers(1, 40))
def test_no_batch_holds_an_example_twice(lengths: list[int], batch_size: int, batches: int) -> None:
    order = training_order(lengths, batch_size, batches, seed=0)
    cut = [order[at : at + batch_size] for at in range(0, len(order), batch_size)]
    assert all(len(set(batch)) == min(batch_size, len(lengths)) for batch in cut)


def test_batches_hold_examples_of_like_length() -> None:
    lengths = [10, 100] * 32
    order = training_order(lengths, 8, 8, seed=1)
    assert all(len({lengths[index] for index in order[at : at + 8]}) == 1 for at in range(0, 64, 8))


def test_the_seed_decides_the_order() -> None:
    lengths = list(range(64))
    assert training_order(lengths, 4, 16, 1) == training_order(lengths, 4, 16, 1)
    assert training_order(lengths, 4, 16, 1) != training_order(lengths, 4, 16, 2)


@given(LENGTHS, st.integers(1, 600))
def test_batches_hold_every_request_once_within_the_budget(costs: list[int], budget: int) -> None:
    batches = plan_batches(costs, budget)
    assert sorted(index for batch in batches for index in batch) == list(range(len(costs)))
    assert all(len(batch) == 1 or max(costs[index] for index in batch) * len(batch) <= budget for batch in batches)


def test_the_dearest_come_first() -> None:
    assert plan_batches([3, 9, 4, 9], 10) == [[1], [3], [2, 0]]
