import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness_transformers.inference.replies.common_prefixes import WORTH_SHARING, chunks, common_prefix, leaders

TOKENS = st.lists(st.integers(0, 2), max_size=20)


@given(left=TOKENS, right=TOKENS)
def test_a_common_prefix_is_as_long_as_it_can_be(left: list[int], right: list[int]) -> None:
    length = common_prefix(left, right)
    assert left[:length] == right[:length]
    assert left[length : length + 1] != right[length : length + 1] or length == len(left) == len(right)


def test_prompts_that_begin_alike_wait_for_the_first_of_them() -> None:
    head = list(range(WORTH_SHARING))
    prompts = [[*head, 1], [*head, 2], [90, 91], [*head, 3]]
    assert leaders(prompts, lambda prompt: 0) == [0, 2]


def test_what_is_held_already_is_not_worth_waiting_for() -> None:
    head = list(range(WORTH_SHARING))
    assert leaders([[*head, 1], [*head, 2]], lambda prompt: WORTH_SHARING) == [0, 1]


@pytest.mark.parametrize(
    ("lengths", "limit", "expected"),
    [
        ([5, 5, 5], 10, [[0, 1], [2]]),  # two of five are ten tokens
        ([2, 9, 8, 4], 100, [[1, 2], [3, 0]]),  # 4 is less than half of 9
        ([30], 10, [[0]]),  # too long for any, it runs alone
        ([], 10, []),
    ],
)
def test_chunks_are_alike_and_not_too_large(lengths: list[int], limit: int, expected: list[list[int]]) -> None:
    assert chunks(lengths, limit) == expected
