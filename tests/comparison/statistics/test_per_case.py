"""Single cases, told by their repeated samples."""

from __future__ import annotations

import numpy as np
import pytest

from harness.comparison.statistics.per_case import cases_worse

ONE = (0.0, 1.0)


def test_a_case_that_was_always_right_and_never_is_now_got_worse() -> None:
    found = cases_worse(np.array([1.0, 0.5, 1.0]), np.array([0.0, 0.5, 1.0]), 6, ONE, higher=True)
    assert found is not None
    # Fisher: 1 of C(12, 6) ways; the second case could have reached it, too, the third could not
    assert found.p_values == pytest.approx([2 / 924, 1.0, 1.0])


def test_lower_is_better_turns_it_around() -> None:
    before, after = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    up, down = (cases_worse(before, after, 5, ONE, higher=higher) for higher in (True, False))
    assert up is not None
    assert down is not None
    assert [one.p_values.argmin() for one in (up, down)] == [0, 1]


@pytest.mark.parametrize(
    ("values", "samples", "bounds"),
    [([1.0, 0.0], 1, ONE), ([0.33, 0.5], 4, ONE), ([1.0], 4, (0.0, None)), ([], 4, ONE)],
)
def test_what_is_no_share_of_several_samples_has_no_test(values: list[float], samples: int, bounds: object) -> None:
    assert cases_worse(np.array(values), np.array(values), samples, bounds, higher=True) is None  # type: ignore[arg-type]
