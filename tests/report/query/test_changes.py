from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from stored_rows import add_rows

from harness.comparison.records import Comparison, MetricComparison
from harness.evaluation.records import Evaluation, MetricRecord
from harness.report.model import AnswerCounts, ChangedAnswer
from harness.report.query.changes import MOST_KEPT, changed_answers
from harness.store.rows.evaluation_rows import metric_row, prediction_row
from harness.store.rows.suite_rows import suite_rows
from harness.store.store import Store
from harness.suites.records import MetricUse, Suite
from harness.types import Case, Likelihood, ModelReference, Prediction

SHARE = MetricRecord("share", "share", "", {}, "text", ("count", "sum"), True, (0.0, 1.0), (), "p", "d", "1")
BLEU = MetricRecord("bleu", "bleu", "", {}, "text", ("length", "matches"), True, (0.0, 1.0), (), "p", "d", "1")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / ".harness")


def evaluation(side: str) -> Evaluation:
    return Evaluation(side, "teams", "v", "gate", 0, ModelReference(side), side, {}, "", {"samples": 1})


def comparison(*metrics: str) -> Comparison:
    compared = [MetricComparison("teams", f"the {key}", "primary", "not worse", key=key) for key in metrics]
    return Comparison("id", "teams", evaluation("old"), evaluation("new"), tuple(compared))


def measured(store: Store, cases: list[Case], metric: MetricRecord, **scores: Mapping[str, float]) -> None:
    """Each side's score of each case id; the reply to a case is what the side and the case are called."""
    suite = Suite("teams", tuple(cases), (MetricUse("share", "share"),), version="v")
    for table, rows in suite_rows(suite, {case.content: "gate" for case in cases}).items():
        add_rows(store, table, rows)
    add_rows(store, "metrics", [metric_row(metric)])
    for side, found in scores.items():
        asked = [(case, f"{side}-{case.id}", {"content": case.content}) for case in cases if case.id in found]
        place = {"evaluation": side, "kind": metric.reads, "position": 0}
        add_rows(store, "evaluation_cases", [{**place, **row, "answer_key": key} for _, key, row in asked])
        said = [(key, prediction(case, key, metric)) for case, key, _ in asked]
        add_rows(store, "predictions", [prediction_row(key, one, "r") for key, one in said])
        row: dict[str, Any] = {"metric": metric.key, "samples": 1}
        figures = [{**row, **one, "answer_key": key, "statistics": [1, found[case.id]]} for case, key, one in asked]
        add_rows(store, "scores", figures)


def prediction(case: Case, key: str, metric: MetricRecord) -> Prediction:
    likelihoods = tuple(Likelihood(-1.0 * len(choice), 1) for choice in case.choices)
    return Prediction(f"{key}:0", case.content, metric.reads, replies=(key,), likelihoods=likelihoods)


def test_a_suite_is_told_by_its_first_mean_with_the_answers_that_changed_worst_first(store: Store) -> None:
    cases = [Case(name, f"Ask {name}?", references=(f"right {name}",)) for name in "abcd"]
    before = {"a": 0.0, "b": 1.0, "c": 0.5, "d": 1.0}
    measured(store, cases, SHARE, old=before, new={"a": 1.0, "b": 0.0, "c": 0.25, "d": 1.0})
    add_rows(store, "metrics", [metric_row(BLEU)])
    with store.reader() as reader:
        counts, answers = changed_answers(reader, [comparison("unknown", "bleu", "share")])
    assert counts == (AnswerCounts("teams", "the share", 4, newly_wrong=1, newly_right=1, changed=1),)
    assert [(one.case, one.change, one.baseline_score, one.candidate_score) for one in answers] == [
        ("b", "newly wrong", None, None),
        ("c", "changed", 0.5, 0.25),
        ("a", "newly right", None, None),
    ]
    assert answers[0] == ChangedAnswer(
        "teams", "b", "newly wrong", "Ask b?", "old-b", "new-b", "right b", "the share", True, False
    )


def test_a_choice_is_told_by_what_was_chosen(store: Store) -> None:
    case = Case("a", "Which?", choices=("longest", "short"), answer="longest")
    measured(store, [case], SHARE, old={"a": 1.0}, new={"a": 0.0})
    with store.reader() as reader:
        _, (answer,) = changed_answers(reader, [comparison("share")])
    assert (answer.baseline_reply, answer.reference) == ("short", "longest")


def test_a_report_carries_the_worst_and_the_best_of_many_changes(store: Store) -> None:
    cases = [Case(f"c{number}", f"Ask {number}?") for number in range(MOST_KEPT + 100)]
    gains = {case.id: number / 1000 for number, case in enumerate(cases)}
    measured(store, cases, SHARE, old={case.id: 0.15 for case in cases}, new=gains)
    with store.reader() as reader:
        (counts,), answers = changed_answers(reader, [comparison("share")])
    assert (counts.n, counts.changed) == (300, 299)
    assert [one.case for one in answers] == [f"c{n}" for n in (*range(100), *range(200, 300))]


def test_a_suite_without_a_mean_is_left_out(store: Store) -> None:
    add_rows(store, "metrics", [metric_row(BLEU)])
    with store.reader() as reader:
        assert changed_answers(reader, [comparison("bleu")]) == ((), ())
