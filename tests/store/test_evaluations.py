from __future__ import annotations

from dataclasses import replace

import pytest
from stored_rows import add_rows

from harness.errors import UsageError
from harness.evaluation.records import Baseline, Evaluation
from harness.store.rows.evaluation_rows import evaluation_row
from harness.store.rows.listed import EvaluationCase
from harness.store.store import Store
from harness.types import ModelReference

ONE = Evaluation(
    id="aaa111",
    suite="support",
    suite_version="v1",
    selection="gate",
    cases=3,
    model=ModelReference("HuggingFaceTB/SmolLM2", None, "main"),
    fingerprint="f",
    parts={"tokenizer": "t"},
    numerics="float32 cpu",
    settings={"stop": ["\n"], "temperature": 0.0},
    facts={"threads": 1},
    verified=False,
    run="r1",
    created_at="2026-01-01 00:00:00.000000",
)
TWO = replace(ONE, id="aab222", suite="intents", created_at="2026-01-02 00:00:00.000000")


def add(store: Store, *evaluations: Evaluation) -> None:
    add_rows(store, "evaluations", [evaluation_row(one) for one in evaluations])


def bind(store: Store, name: str, evaluation: str, at: str) -> None:
    add_rows(store, "evaluation_names", [{"name": name, "evaluation": evaluation, "at": at}])


def test_an_evaluation_comes_back_as_it_was(store: Store) -> None:
    add(store, ONE)
    assert store.evaluation("aaa111") == ONE


def test_an_evaluation_has_its_latest_state_and_name(store: Store) -> None:
    add(store, ONE)
    bind(store, "first", "aaa111", "2026-01-01")
    bind(store, "second", "aaa111", "2026-01-02")
    states = [("running", "2026-01-01"), ("complete", "2026-01-02")]
    add_rows(
        store, "states", [{"subject": "evaluation", "id": "aaa111", "state": name, "at": at} for name, at in states]
    )
    assert store.evaluation("aaa111") == replace(ONE, name="second", state="complete")


def test_facts_that_became_known_with_the_model_open_replace_the_first(store: Store) -> None:
    add(store, ONE)
    details = [{"facts": {"threads": 4}}, {"reason": "x"}]
    rows = [
        {"subject": "evaluation", "id": "aaa111", "state": "running", "at": f"2026-01-0{day}", "detail": detail}
        for day, detail in enumerate(details, 1)
    ]
    add_rows(store, "states", rows)
    assert store.evaluation("aaa111").facts == {"threads": 4}


def test_an_evaluation_is_addressed_by_prefix_or_by_a_name_that_moves(store: Store) -> None:
    add(store, ONE, TWO)
    bind(store, "best", "aaa111", "2026-01-01")
    bind(store, "best", "aab222", "2026-01-02")
    assert store.evaluation("aaa").id == "aaa111"
    assert store.evaluation("best").id == "aab222"
    assert store.evaluation("best", suite="support").id == "aaa111"  # a name serves several suites
    assert [(one.id, one.name) for one in store.evaluations()] == [("aab222", "best"), ("aaa111", "best")]


def test_an_address_that_finds_nothing_or_too_much_lists_what_there_is(store: Store) -> None:
    add(store, ONE, TWO)
    bind(store, "best", "aaa111", "2026-01-01")
    with pytest.raises(UsageError, match="evaluation 'aa' is ambiguous: aab222, aaa111"):
        store.evaluation("aa")
    with pytest.raises(
        UsageError, match=r"unknown evaluation 'bst' \(did you mean 'best'\?\); there are: best, aab222, aaa111"
    ):
        store.evaluation("bst")


def test_evaluations_of_one_suite(store: Store) -> None:
    add(store, ONE, TWO)
    assert [one.id for one in store.evaluations("support")] == ["aaa111"]
    assert [one.id for one in store.evaluations(limit=1)] == ["aab222"]


def test_what_was_asked_comes_in_the_order_of_the_suite(store: Store) -> None:
    asked = [
        EvaluationCase(1, "c1", "text", "k1"),
        EvaluationCase(0, "c0", "text", "k0"),
        EvaluationCase(0, "c0", "choice", "k2"),
    ]
    row = {"evaluation": "e"}
    add_rows(
        store,
        "evaluation_cases",
        [
            {**row, "position": one.position, "content": one.content, "kind": one.kind, "answer_key": one.answer_key}
            for one in asked
        ],
    )
    assert store.evaluation_cases("e") == [asked[2], asked[1], asked[0]]
    assert store.evaluation_cases("other") == []


def test_a_baseline_is_the_latest_evaluation_of_its_name_and_suite(store: Store) -> None:
    old = {"name": "main", "suite": "support", "evaluation": "e1", "note": "first", "at": "2026-01-01"}
    add_rows(
        store,
        "baselines",
        [old, {**old, "evaluation": "e2", "note": None, "at": "2026-01-02"}, {**old, "suite": "intents"}],
    )
    pointed = store.baseline("main", "support")
    assert pointed is not None
    assert pointed.evaluation == "e2"
    assert store.baseline("main", "other") is None
    assert store.baselines() == [
        Baseline("main", "intents", "e1", "2026-01-01 00:00:00.000000", "first"),
        Baseline("main", "support", "e2", "2026-01-02 00:00:00.000000"),
    ]
