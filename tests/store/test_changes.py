from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from harness.evaluation.records import Evaluation, MetricRecord
from harness.store.queries.changes import ScoreChanges
from harness.store.store import Store
from tests.store.test_pairs import MEAN, asked, scored, suite

CASES = "abcdefg"
BEFORE = {"a": 1.0, "b": 0.0, "c": 1.0, "d": 0.5, "e": 0.25, "f": 0.75, "x": 1.0}
AFTER = {"a": 0.0, "b": 1.0, "c": 1.0, "d": 0.25, "e": 0.75, "g": 1.0, "x": 0.0}


@pytest.fixture
def changes(store: Store, evaluation: Callable[..., Evaluation]) -> Callable[..., ScoreChanges]:
    suite(store, [(content, "gate") for content in CASES], {})
    for side, scores in (("old", BEFORE), ("new", AFTER)):
        asked(store, side, CASES + "x")
        scored(store, "mean", **{side: {c: [2.0, 2 * score] for c, score in scores.items()}})

    def ask(metric: MetricRecord = MEAN, most: int = 10) -> ScoreChanges:
        return store.score_changes("v", evaluation("old"), evaluation("new"), metric, most)

    return ask


def test_changes_are_counted_on_cases_of_the_suite_scored_on_both_sides(changes: Callable[..., ScoreChanges]) -> None:
    found = changes()
    assert (found.n, found.newly_wrong, found.newly_right, found.changed) == (5, 1, 1, 2)
    assert [(one.content, one.before, one.after, one.flipped) for one in found.most] == [
        ("a", 1.0, 0.0, True),
        ("d", 0.5, 0.25, False),
        ("e", 0.25, 0.75, False),
        ("b", 0.0, 1.0, True),
    ]
    assert (found.most[0].baseline, found.most[0].candidate) == ("old-a", "new-a")


def test_of_many_changes_those_that_lost_and_gained_most_are_given(changes: Callable[..., ScoreChanges]) -> None:
    assert [one.content for one in changes(most=3).most] == ["a", "d", "b"]
    assert [one.content for one in changes(most=1).most] == ["a"]


def test_a_score_that_should_be_low_gains_by_falling(changes: Callable[..., ScoreChanges]) -> None:
    found = changes(replace(MEAN, higher_is_better=False))
    assert [one.content for one in found.most] == ["b", "e", "d", "a"]
    assert (found.newly_wrong, found.newly_right) == (1, 1)


def test_a_metric_without_scores_has_no_changes(changes: Callable[..., ScoreChanges]) -> None:
    assert changes(replace(MEAN, key="other")) == ScoreChanges(0, 0, 0, 0, ())
