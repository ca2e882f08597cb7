"""Figures over time, past comparisons and noise floors."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from stored_rows import add_rows

from harness.comparison.records import Comparison, Figure, MetricComparison, Noise
from harness.evaluation.records import Evaluation
from harness.store.rows.comparison_rows import comparison_from_record, comparison_record
from harness.store.rows.evaluation_rows import evaluation_row
from harness.store.rows.figure_rows import figure_rows, noise_row
from harness.store.store import Store
from harness.types import ModelReference


def evaluation(name: str, **changes: Any) -> Evaluation:
    one = Evaluation(
        id=f"id-{name}",
        suite="teams",
        suite_version="v1",
        selection="gate",
        cases=60,
        model=ModelReference(name, backend="fake"),
        fingerprint=f"print-{name}",
        parts={},
        numerics="fake",
        settings={"samples": 1},
        created_at="2026-01-01T00:00:00",
    )
    return replace(one, **changes)


METRIC = MetricComparison(
    suite="teams",
    metric="accuracy",
    role="primary",
    verdict="not worse",
    baseline=0.8,
    candidate=0.9,
    baseline_interval=(0.7, 0.88),
    candidate_interval=(0.8, 0.96),
    n=60,
    clusters=60,
    key="k1",
)
NOISE = Noise(
    "teams", "v1", "gate", "accuracy", "k1", "print-a", "fp32", 5, 0.9, 0.01, 0.02, at="2026-01-01 00:00:00.000000"
)


def test_each_side_of_a_comparison_has_its_figure(store: Store) -> None:
    before, after = evaluation("a"), evaluation("b", created_at="2026-01-02T00:00:00")
    add_rows(store, "evaluations", [evaluation_row(before), evaluation_row(after)])
    add_rows(store, "figures", [*figure_rows(before, [METRIC], "baseline"), *figure_rows(after, [METRIC], "candidate")])
    found = store.figures("accuracy", "teams")
    assert [(row.evaluation.id, row.figure.value, row.figure.low, row.figure.high) for row in found] == [
        ("id-a", 0.8, 0.7, 0.88),
        ("id-b", 0.9, 0.8, 0.96),
    ]
    assert found[0].figure == replace(Figure("id-a", "accuracy", "k1", 0.8, 0.7, 0.88, 60, 60), at=found[0].figure.at)
    assert store.figure_names() == [("teams", "accuracy")]


def test_a_figure_from_before_intervals_had_a_level_is_a_95_percent_one(store: Store) -> None:
    one = evaluation("a")
    former = {name: value for name, value in figure_rows(one, [METRIC], "candidate")[0].items() if name != "level"}
    add_rows(store, "evaluations", [evaluation_row(one)])
    add_rows(store, "figures", [former])
    assert [row.figure.level for row in store.figures("accuracy")] == [0.95]


def test_a_comparison_from_before_intervals_had_a_level_has_95_percent_ones() -> None:
    before = Comparison("c", "teams", evaluation("a"), evaluation("b"), (replace(METRIC, low=-0.02, high=0.2),))
    record = comparison_record(before)
    assert comparison_from_record(record) == before
    for name in ("level", "low95", "high95", "error"):
        del record["metrics"][0][name]
    metric = comparison_from_record(record).metrics[0]
    assert (metric.level, metric.low95, metric.high95, metric.error) == (0.95, -0.02, 0.2, None)


def test_what_was_not_measured_whole_has_no_figure() -> None:
    one = evaluation("a")
    unmeasured = replace(METRIC, candidate=None, candidate_interval=None)
    assert figure_rows(one, [unmeasured], "candidate") == []
    assert figure_rows(one, [replace(METRIC, added=1)], "candidate") == []
    assert figure_rows(one, [replace(METRIC, baseline_errors=1)], "baseline") == []
    assert figure_rows(one, [replace(METRIC, candidate_errors=1)], "candidate")[0]["errors"] == 1


def test_the_first_figure_of_an_evaluation_stays(store: Store) -> None:
    one = evaluation("a")
    add_rows(store, "evaluations", [evaluation_row(one)])
    add_rows(store, "figures", figure_rows(one, [METRIC], "candidate"))
    add_rows(store, "figures", figure_rows(one, [replace(METRIC, candidate=0.5)], "candidate"))
    assert [row.figure.value for row in store.figures("accuracy")] == [0.9]


def test_a_limit_keeps_the_figures_of_the_newest_evaluations(store: Store) -> None:
    many = [evaluation(str(day), created_at=f"2026-01-0{day}T00:00:00") for day in (3, 1, 2)]
    add_rows(store, "evaluations", [evaluation_row(one) for one in many])
    add_rows(store, "figures", [row for one in many for row in figure_rows(one, [METRIC], "candidate")])
    assert [row.evaluation.id for row in store.figures("accuracy", limit=2)] == ["id-2", "id-3"]


def test_a_noise_floor_is_that_of_the_model_else_the_latest(store: Store) -> None:
    other = replace(
        NOISE, fingerprint="print-b", deviation=0.03, at="2026-01-02 00:00:00.000000", facts={"threads": [2, 1]}
    )
    add_rows(store, "noises", [noise_row(NOISE), noise_row(other)])
    assert store.noise("teams", "k1", "print-a") == NOISE
    assert store.noise("teams", "k1", "print-c") == other
    assert store.noise("teams", "k1") == other
    assert store.noise("teams", "other metric") is None


def test_past_comparisons_are_of_two_models_each_pair_once(store: Store) -> None:
    a, b = evaluation("a"), evaluation("b")
    again = evaluation("again", fingerprint="print-a")
    add_rows(store, "evaluations", [evaluation_row(one) for one in (a, b, again)])
    pairs = {"1": (a, b), "2": (a, b), "3": (a, again), "4": (b, again)}
    add_rows(
        store,
        "comparisons",
        [
            {
                "id": number,
                "suite": "teams",
                "baseline": before.id,
                "candidate": after.id,
                "body": comparison_record(Comparison(number, "teams", before, after, (METRIC,))),
                "at": f"2026-01-0{number}T00:00:00",
            }
            for number, (before, after) in pairs.items()
        ],
    )
    assert [one.id for one in store.past_comparisons("teams")] == ["4", "2"]
    assert [one.id for one in store.past_comparisons("teams", limit=1)] == ["4"]
    assert [one.id for one in store.past_comparisons("teams", "print-b")] == ["4", "2"]
    assert store.past_comparisons("teams", "print-c") == []
