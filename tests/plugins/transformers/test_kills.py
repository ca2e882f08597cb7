"""`kill -9` at random moments; `tests/benchmarks/evaluation_kills.py` does it fifty times."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from evaluation_kills import Difference, difference, stored, undisturbed, until_complete, write_suites

OPTIONS = ["batch_tokens=128"]


@pytest.mark.slow
def test_a_killed_evaluation_ends_with_the_predictions_of_an_undisturbed_one(tiny: Path, tmp_path: Path) -> None:
    write_suites(tmp_path, cases=300)
    whole, start, seconds = undisturbed(tmp_path, str(tiny), OPTIONS)
    home, drawn = tmp_path / "killed", random.Random(7)
    attempts = until_complete(tmp_path, home, str(tiny), (OPTIONS, OPTIONS), 4, start, seconds / 2, drawn)
    assert sum(one.killed for one in attempts) > 1
    assert len(whole) == 600
    assert difference(whole, stored(home)) == Difference(0, 0, 0, 0, 0.0)
