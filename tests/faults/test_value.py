"""A metric whose `value` fails has its scores, and is incomplete."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.faults.conftest import Make


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("raises", "ValueError: no such luck"),
        ("returns the wrong type", "TypeError: returned 'one', expected a number"),
        ("gives too few results", "ValueError: gave (3,) for sums of the shape (60,)"),
        ("hangs", "its process gave nothing for 2 s"),
        ("crashes", "its process was killed by SIGSEGV, in misbehave"),
    ],
)
def test_a_figure_that_fails_is_incomplete_and_the_scores_are_kept(
    fault: str, said: str, faulty: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = faulty("metric")
    monkeypatch.setenv("FAULT", fault)
    monkeypatch.setenv("FAULT_IN", "value")
    met = project.run()
    assert f"plugin faulty: metric 'faulty': value: {said}" in met.err
    assert (met.code, project.kept()) == (4, "60 answers, 60 scores of accuracy, 60 scores of faulty")
    monkeypatch.delenv("FAULT")
    assert project.run().code == 0
