from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stored_rows import add_rows

from harness.errors import StoreError
from harness.evaluation.records import Evaluation, MetricRecord
from harness.store.journal.values import plain_row
from harness.store.rows.evaluation_rows import evaluation_row, metric_row, prediction_from_row, prediction_row
from harness.store.rows.listed import EvaluationCase
from harness.store.rows.suite_part import SuitePart
from harness.store.store import Store
from harness.types import Finding, Likelihood, Prediction

METRIC = MetricRecord(
    "m", "f1", "code", {"average": "macro"}, "text", ("sum", "count"), True, (0.0, None), ("tokenizer",), "p", "d", "1"
)


def asked(store: Store, *rows: tuple[int, str, str]) -> None:
    names = ("position", "content", "kind", "answer_key")
    add_rows(
        store,
        "evaluation_cases",
        [{"evaluation": "e", **dict(zip(names, (*row, f"k{row[0]}"), strict=True))} for row in rows],
    )


def answered(store: Store, *answers: tuple[str, Prediction]) -> None:
    add_rows(store, "predictions", [prediction_row(key, prediction, "r") for key, prediction in answers])


def scores(store: Store, *rows: tuple[str, str, list[float]]) -> None:
    names = ("answer_key", "content", "statistics")
    add_rows(store, "scores", [{"metric": "m", "samples": 1, **dict(zip(names, row, strict=True))} for row in rows])


@settings(deadline=None)  # the first one reads the schema
@given(
    st.lists(st.text(), max_size=3),
    st.lists(st.tuples(st.floats(allow_nan=False, allow_infinity=False), st.integers(0, 1000)), max_size=4),
    st.none() | st.text(),
)
def test_any_prediction_survives_the_way_through_a_row(
    replies: list[str], likelihoods: list[tuple[float, int]], error: str | None
) -> None:
    pairs = tuple(Likelihood(*pair) for pair in likelihoods)
    prediction = Prediction("k:1", "", "text", 1, tuple(replies), pairs, "length", 3, 4, 0.5, error)
    assert prediction_from_row(plain_row("predictions", prediction_row("k", prediction, "r"))) == prediction


def test_predictions_come_by_answer_key_and_sample(store: Store) -> None:
    first, second = Prediction("k1:0", "", "text", 0, ("a\0🙂",)), Prediction("k1:1", "", "text", 1, ("b",))
    choice = Prediction("k2:0", "", "choice", 0, likelihoods=(Likelihood(-1.5, 2), Likelihood(-0.25, 1)))
    answered(store, ("k1", second), ("k2", choice), ("k1", first), ("k3", replace(first, key="k3:0")))
    assert store.predictions(["k1", "k2", "k2", "k9"]) == {"k1": [first, second], "k2": [choice]}
    assert store.predictions([]) == {}


def test_a_likelihood_that_is_not_finite_comes_back_as_nan(store: Store) -> None:
    answered(store, ("k", Prediction("k:0", "", "choice", likelihoods=(Likelihood(-math.inf, 1), Likelihood(-1.0, 1)))))
    first, second = store.predictions(["k"])["k"][0].likelihoods
    assert math.isnan(first.log_likelihood)
    assert second == Likelihood(-1.0, 1)


def test_a_lone_surrogate_in_a_reply_is_replaced(store: Store) -> None:
    answered(store, ("k", Prediction("k:0", "", "text", replies=("cut \ud83d here",))))
    assert store.predictions(["k"])["k"][0].replies == ("cut \ufffd here",)


def test_100_000_predictions_are_found_at_once(store: Store) -> None:
    with store.journal("r") as journal:
        journal.add(
            "predictions",
            [{"answer_key": f"k{n}", "sample": 0, "kind": "text", "replies": [str(n)]} for n in range(100_000)],
        )
    keys = [f"k{n}" for n in range(100_000)]
    found = store.predictions(keys)
    assert len(found) == 100_000
    assert found["k77777"][0].replies == ("77777",)


def test_a_metric_comes_back_as_it_was(store: Store) -> None:
    add_rows(store, "metrics", [metric_row(METRIC)])
    assert store.metric("m") == METRIC
    assert store.metric("other") is None


def test_statistics_are_cases_by_names_with_nan_and_errors_where_something_is_missing(store: Store) -> None:
    add_rows(store, "metrics", [metric_row(METRIC)])
    asked(store, (3, "c3", "text"), (0, "c0", "text"), (1, "c1", "text"), (2, "c2", "text"), (0, "c0", "choice"))
    scores(store, ("k0", "c0", [0.5, 1.0]), ("k3", "c3", [math.nan, 1.0]), ("k1", "other", [9.0, 9.0]))
    answered(store, ("k1", Prediction("k1:0", "", "text", error="out of memory")))
    contents, matrix, errors = store.statistics("e", "m", 1)
    assert contents == ["c0", "c1", "c2", "c3"]
    np.testing.assert_array_equal(matrix, [[0.5, 1.0], [np.nan, np.nan], [np.nan, np.nan], [np.nan, 1.0]])
    assert errors == [None, "out of memory", None, None]
    assert matrix.dtype == np.float64


def test_the_first_error_among_the_samples_counts(store: Store) -> None:
    add_rows(store, "metrics", [metric_row(METRIC)])
    asked(store, (0, "c0", "text"))
    errors = [None, "first", "second", "beyond"]
    answered(store, *[("k0", Prediction(f"k0:{n}", "", "text", n, error=error)) for n, error in enumerate(errors)])
    assert store.statistics("e", "m", 3)[2] == ["first"]
    assert store.statistics("e", "m", 1)[2] == [None]


def test_statistics_of_nothing_have_the_width_of_the_metric(store: Store) -> None:
    add_rows(store, "metrics", [metric_row(METRIC)])
    contents, matrix, errors = store.statistics("e", "m", 1)
    assert (contents, errors, matrix.shape) == ([], [], (0, 2))
    with pytest.raises(StoreError, match="metric key 'x': not in the store"):
        store.statistics("e", "x", 1)


def test_scored_keys_are_those_of_metric_samples_and_answers(store: Store) -> None:
    scores(store, ("k0", "c0", [1.0]), ("k0", "c1", [1.0]), ("k1", "c0", [1.0]))
    assert store.scored_keys("m", 1, ["k0", "k7"]) == {("k0", "c0"), ("k0", "c1")}
    assert store.scored_keys("m", 2, ["k0"]) == set()
    assert store.scored_keys("other", 1, ["k0"]) == set()


FINDING = Finding("card", "high", "4111…")
SUITE = SuitePart("v")


def suite_of(store: Store, *contents: str) -> None:
    row = {"version": "v", "tier": "gate", "slices": {}}
    named = [{"content": c, "case_id": f"id-{c}", "cluster": c, "position": i} for i, c in enumerate(contents)]
    add_rows(store, "suite_cases", [{**row, **one} for one in named])


def replied(store: Store, *keys: str) -> None:
    answered(store, *[(key, Prediction(f"{key}:0", "", "text", replies=("a",))) for key in keys])


def checks(store: Store, *rows: tuple[str, str, list[dict[str, Any]]]) -> None:
    names = ("answer_key", "content", "findings")
    row = {"check": "pii", "sample": 0, "applies": True}
    add_rows(store, "checked", [{**row, **dict(zip(names, one, strict=True))} for one in rows])


def test_findings_come_in_the_order_of_the_suite_with_the_ids_of_their_cases(
    store: Store, evaluation: Callable[..., Evaluation]
) -> None:
    add_rows(store, "evaluations", [evaluation_row(evaluation("e"))])
    suite_of(store, "c0", "c1", "c2")
    asked(store, (1, "c1", "text"), (0, "c0", "text"), (2, "c2", "text"))
    checks(store, ("k1", "c1", [asdict(FINDING)] * 2), ("k0", "c0", [asdict(FINDING)]), ("k2", "c2", []))
    assert store.findings("e", "pii") == [("id-c0", FINDING), ("id-c1", FINDING), ("id-c1", FINDING)]
    assert store.findings("e", "other") == []
    assert store.checked_keys("pii", ["k1", "k5"]) == {("k1", "c1", 0)}


def test_a_reply_that_was_not_checked_is_missing_and_one_of_a_case_no_longer_in_the_suite_is_nothing(
    store: Store, evaluation: Callable[..., Evaluation]
) -> None:
    suite_of(store, "c0", "c1", "c2")
    asked(store, (0, "c0", "text"), (1, "c1", "text"), (2, "c2", "text"), (3, "gone", "text"), (0, "c0", "choice"))
    checks(store, ("k1", "c1", [asdict(FINDING)]), ("k0", "c0", []), ("k3", "gone", []))
    replied(store, "k0", "k1", "k2", "k3")
    outcomes = store.check_outcomes(SUITE, evaluation("e"), "pii")
    assert sorted(outcomes) == [
        (True, False, False, None, False),
        (True, False, True, None, False),
        (True, True, False, None, False),
    ]
    assert store.lacking_replies(SUITE, evaluation("e"), "pii") == []
    assert [row.content for row in store.unchecked(SUITE, evaluation("e"), ["pii"])] == ["c2"]
    assert [row.content for row in store.unchecked(SUITE, evaluation("e"), ["pii", "new"])] == ["c0", "c1", "c2"]


def test_a_reply_is_a_finding_in_part_where_all_that_was_found_is(
    store: Store, evaluation: Callable[..., Evaluation]
) -> None:
    part, old = asdict(replace(FINDING, partial=True)), {"category": "email", "severity": "low", "evidence": "a…b"}
    suite_of(store, "c0", "c1", "c2")
    asked(store, (0, "c0", "text"), (1, "c1", "text"), (2, "c2", "text"))
    checks(store, ("k0", "c0", [part, part]), ("k1", "c1", [asdict(FINDING), part]), ("k2", "c2", [old]))
    replied(store, "k0", "k1", "k2")
    outcomes = store.check_outcomes(SUITE, evaluation("e"), "pii")
    assert [(found, partial) for _, found, _, _, partial in sorted(outcomes)] == [
        (False, True),
        (True, False),
        (True, False),
    ]


def test_each_drawn_reply_is_checked(store: Store, evaluation: Callable[..., Evaluation]) -> None:
    suite_of(store, "c0")
    asked(store, (0, "c0", "text"))
    checks(store, ("k0", "c0", []))
    drawn = evaluation("e", samples=2)
    replied(store, "k0")
    assert store.check_outcomes(SUITE, drawn, "pii") == [(True, False, False, None, False)]
    assert store.lacking_replies(SUITE, drawn, "pii") == [("c0", False)]
    assert store.unchecked(SUITE, drawn, ["pii"]) == []
    answered(store, ("k0", Prediction("k0:1", "", "text", 1, ("b",))))
    assert store.unchecked(SUITE, drawn, ["pii"]) == [EvaluationCase(0, "c0", "text", "k0")]


def test_a_reply_that_never_came_failed_or_was_not_asked_for(
    store: Store, evaluation: Callable[..., Evaluation]
) -> None:
    suite_of(store, "c0", "c1", "c2", "new")
    asked(store, (0, "c0", "text"), (1, "c1", "text"), (2, "c2", "text"), (3, "gone", "text"))
    replied(store, "k0")
    answered(store, *((f"k{place}", Prediction(f"k{place}:0", "", "text", error="HTTP 500")) for place in (1, 3)))
    assert store.lacking_replies(SUITE, evaluation("e"), "pii") == [("c1", True), ("c2", False), ("new", False)]
    assert store.check_outcomes(SUITE, evaluation("e"), "pii") == [(True, False, True, None, False)]


def test_what_can_be_scored_is_what_was_answered_and_the_suite_still_has(
    store: Store, evaluation: Callable[..., Evaluation]
) -> None:
    suite_of(store, "c0", "c1", "c3")
    asked(store, (0, "c0", "text"), (1, "c1", "text"), (2, "gone", "text"), (3, "c3", "text"), (1, "c1", "choice"))
    replied(store, "k0", "k1", "k2")
    answered(store, ("k3", Prediction("k3:0", "", "text", error="out of memory")))
    scores(store, ("k0", "c0", [1.0]))
    assert store.unscored(SUITE, evaluation("e"), "text", ["m"]) == [EvaluationCase(1, "c1", "text", "k1")]
    assert [row.position for row in store.unscored(SUITE, evaluation("e"), "text", ["m", "new"])] == [0, 1]
    scores(store, ("k1", "c1", [1.0]))
    assert store.unscored(SUITE, evaluation("e"), "text", ["m"]) == []


def test_a_case_is_scored_when_all_its_samples_are_there(store: Store, evaluation: Callable[..., Evaluation]) -> None:
    suite_of(store, "c0")
    asked(store, (0, "c0", "text"))
    replied(store, "k0")
    drawn = evaluation("e", samples=2)
    assert store.unscored(SUITE, drawn, "text", ["m"]) == []
    answered(store, ("k0", Prediction("k0:1", "", "text", 1, ("b",))))
    assert store.unscored(SUITE, drawn, "text", ["m"]) == [EvaluationCase(0, "c0", "text", "k0")]
