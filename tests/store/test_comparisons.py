from __future__ import annotations

from dataclasses import replace
from typing import Any

from stored_rows import add_rows

from harness.comparison.records import Comparison
from harness.evaluation.records import Evaluation
from harness.store.rows.comparison_rows import comparison_record
from harness.store.rows.evaluation_rows import evaluation_row
from harness.store.store import Store
from harness.types import ModelReference


def measured(store: Store, name: str, model: str, *contents: str, at: str = "2026-01-01", **columns: Any) -> Evaluation:
    """A complete evaluation of `model` on these cases."""
    one = Evaluation(
        name, "teams", "v1", "gate", len(contents), ModelReference(model), model, {}, "cpu", {"samples": 1}
    )
    one = replace(one, created_at=f"{at} 00:00:00.000000", **columns)
    asked = [
        {"evaluation": name, "position": n, "content": content, "kind": "text", "answer_key": f"{model}{content}"}
        for n, content in enumerate(contents)
    ]
    done = {"subject": "evaluation", "id": name, "state": "complete", "at": f"{at} 00:00:01"}
    for table, rows in {"evaluations": [evaluation_row(one)], "evaluation_cases": asked, "states": [done]}.items():
        add_rows(store, table, rows)
    return store.evaluation(name)


def compared(store: Store, name: str, before: Evaluation, after: Evaluation, day: str, **columns: Any) -> None:
    comparison = Comparison(name, "teams", before, after, (), against=columns.pop("against", "baseline"))
    ids = {"id": name, "run": f"run {name}", "suite": "teams", "baseline": before.id, "candidate": after.id}
    add_rows(store, "comparisons", [{**ids, "body": comparison_record(comparison), "at": f"2026-02-{day}", **columns}])


def test_the_gates_of_a_model_are_given_newest_first_without_anchors_and_dev_tiers(store: Store) -> None:
    base, tuned, other = (measured(store, f"e{model}", model, "c1") for model in ("base", "tuned", "other"))
    compared(store, "old", base, tuned, "01")
    compared(store, "new", base, other, "02")
    compared(store, "anchored", base, tuned, "03", against="anchor")
    compared(store, "on the way", base, tuned, "04", run=None)
    assert [row.comparison.id for row in store.gates("teams", "base")] == ["new", "old"]
    assert [(row.run, row.at[:10]) for row in store.gates("teams", "base", "tuned")] == [("run old", "2026-02-01")]
    assert store.gates("others", "base") == []


def test_models_that_were_tried_share_a_case_and_were_measured_or_compared_since(store: Store) -> None:
    mine = measured(store, "mine", "tuned", "c1", "c2")
    base = measured(store, "before", "base", "c2", at="2026-01-02")
    measured(store, "elsewhere", "far", "c3", at="2026-01-03")
    measured(store, "later", "late", "c1", at="2026-01-04")
    assert store.models_tried("mine", None) == {"tuned", "base", "late"}
    assert store.models_tried("mine", "2026-01-03") == {"late"}
    compared(store, "gate", base, mine, "01")
    assert store.models_tried("mine", "2026-01-03") == {"late", "tuned"}


def test_an_evaluation_that_was_only_imported_was_not_tried(store: Store) -> None:
    mine = measured(store, "mine", "tuned", "c1")
    add_rows(store, "evaluations", [evaluation_row(replace(mine, id="imported", fingerprint="theirs"))])
    row = {"evaluation": "imported", "position": 0, "content": "c1", "kind": "text", "answer_key": "k"}
    add_rows(store, "evaluation_cases", [row])
    assert store.models_tried("mine", None) == {"tuned"}


def test_the_same_model_on_other_cases_is_drawn_and_computed_alike(store: Store) -> None:
    mine = measured(store, "mine", "tuned", "c1")
    wide = measured(store, "wide", "tuned", "c1", "c2")
    measured(store, "drawn", "tuned", "c1", settings={"samples": 5})
    measured(store, "on gpu", "tuned", "c1", numerics="cuda")
    measured(store, "elsewhere", "tuned", "c1", suite="others")
    assert store.same_model(mine) == [mine, wide]


def test_the_cases_that_a_model_had_seen_by_then(store: Store) -> None:
    measured(store, "first", "tuned", "c1", "c2")
    measured(store, "second", "tuned", "c3", at="2026-01-05")
    measured(store, "another", "base", "c4")
    assert store.contents("first") == {"c1", "c2"}
    assert store.contents_seen("teams", "tuned", "2026-01-04") == {"c1", "c2"}
    assert store.contents_seen("teams", "tuned", "2026-01-06") == {"c1", "c2", "c3"}
