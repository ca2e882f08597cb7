from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from stored_rows import add_rows

from harness.evaluation.records import Evaluation, MetricRecord
from harness.store.queries.pairs import PairedScores
from harness.store.rows.suite_part import SuitePart
from harness.store.store import Store

NAN = np.nan
MEAN = MetricRecord("mean", "mean", "", {}, "text", ("count", "sum"), True, (0.0, 1.0), (), "p", "d", "1")
ONE = replace(MEAN, key="one", names=("total",))
UNSEEN = replace(MEAN, key="unseen", names=())
GATE = SuitePart("v", "gate")


@pytest.fixture
def filled(store: Store) -> Store:
    """A suite of five cases; the baseline was asked four of them and one that is gone, the candidate three."""
    suite(store, [("c", "dev"), ("a", "gate"), ("d", "gate"), ("b", "gate"), ("e", "gate")], cluster={"d": "b"})
    asked(store, "old", "abcd" + "x")
    asked(store, "new", "dab")
    scored(store, "mean", old={"a": [1, 1], "b": [1, 0], "d": [1, 0.5], "x": [1, 1]}, new={"a": [1, 0.25], "b": [1, 1]})
    scored(store, "one", old={"a": [7], "b": [None]}, new={"a": [8], "b": [9], "d": [10]})
    return store


def suite(store: Store, cases: Sequence[tuple[str, str]], cluster: dict[str, str], **slices: dict[str, str]) -> None:
    rows = [
        {
            "version": "v",
            "position": position,
            "content": content,
            "case_id": f"id-{content}",
            "tier": tier,
            "cluster": cluster.get(content, content),
            "slices": slices.get(content, {}),
        }
        for position, (content, tier) in enumerate(cases)
    ]
    add_rows(store, "suite_cases", rows)


def asked(store: Store, evaluation: str, contents: str, kind: str = "text") -> None:
    rows = [{"position": i, "content": c, "answer_key": f"{evaluation}-{c}"} for i, c in enumerate(contents)]
    add_rows(store, "evaluation_cases", [{"evaluation": evaluation, "kind": kind, **row} for row in rows])


def scored(store: Store, metric: str, samples: int = 1, **sides: dict[str, list[Any]]) -> None:
    rows = [
        {"answer_key": f"{side}-{content}", "content": content, "statistics": statistics}
        for side, found in sides.items()
        for content, statistics in found.items()
    ]
    add_rows(store, "scores", [{"metric": metric, "samples": samples, **row} for row in rows])


@pytest.fixture
def paired(evaluation: Callable[..., Evaluation]) -> Callable[..., PairedScores]:
    def ask(store: Store, part: SuitePart = GATE, samples: int = 1, *metrics: Any) -> PairedScores:
        sides = evaluation("old", samples), evaluation("new", samples)
        return store.paired(part, "text", *sides, metrics or [MEAN, ONE, UNSEEN])

    return ask


def test_rows_are_the_shared_cases_by_content_with_nan_where_nothing_was_scored(
    filled: Store, paired: Callable[..., PairedScores]
) -> None:
    found = paired(filled)
    np.testing.assert_array_equal(found.scores["mean"][0], [[1, 1], [1, 0], [1, 0.5]])
    np.testing.assert_array_equal(found.scores["mean"][1], [[1, 0.25], [1, 1], [NAN, NAN]])
    np.testing.assert_array_equal(found.scores["one"][0], [[7], [NAN], [NAN]])
    np.testing.assert_array_equal(found.scores["one"][1], [[8], [9], [10]])
    assert found.scores["unseen"][0].shape == (3, 0)
    assert found.contents == {1: "b", 2: "d"}


def test_what_the_candidate_should_have_been_asked_is_on_its_side(
    filled: Store, paired: Callable[..., PairedScores]
) -> None:
    found = paired(filled)
    assert (found.added, found.removed) == (1, 1)  # e is on the candidate's side alone, c on the baseline's
    whole = paired(filled, SuitePart("v"))
    assert (whole.added, whole.removed, len(whole.clusters)) == (1, 0, 4)
    assert np.isnan(whole.scores["mean"][1][2]).all()  # c
    first = paired(filled, SuitePart("v", "gate", first=2))
    assert (first.added, first.removed, len(first.clusters)) == (0, 1, 3)


def test_only_some_cases_may_be_compared(filled: Store, paired: Callable[..., PairedScores]) -> None:
    found = paired(filled, SuitePart("v", only=frozenset("ad")))
    assert (found.added, found.removed) == (0, 0)
    np.testing.assert_array_equal(found.scores["one"][1], [[8], [10]])


def test_clusters_are_numbered_by_their_first_row(filled: Store, paired: Callable[..., PairedScores]) -> None:
    assert paired(filled).clusters.tolist() == [0, 1, 1]
    assert paired(filled, SuitePart("v")).clusters.tolist() == [0, 1, 2, 1]
    assert paired(filled).clusters.dtype == np.int64


def test_the_seed_depends_on_the_shared_contents_alone(filled: Store, paired: Callable[..., PairedScores]) -> None:
    assert paired(filled).seed == 4891091761029209279  # bits of the MD5 of a, b and d
    assert paired(filled, SuitePart("v", "gate", 2)).seed == paired(filled).seed
    assert paired(filled, SuitePart("v")).seed != paired(filled).seed


def test_scores_of_another_number_of_samples_do_not_count(filled: Store, paired: Callable[..., PairedScores]) -> None:
    scored(filled, "mean", samples=2, old={"a": [1, 0.75]})
    both = paired(filled, GATE, 2).scores["mean"]
    np.testing.assert_array_equal(both[0], [[1, 0.75], [NAN, NAN], [NAN, NAN]])
    assert np.isnan(both[1]).all()


def test_slices_say_which_rows_are_in_them_unless_they_name_single_cases(
    store: Store, paired: Callable[..., PairedScores]
) -> None:
    contents = [f"c{number:02}" for number in range(60)]
    slices = {c: {"topic": "even" if i % 2 == 0 else 'o"dd', "author": c} for i, c in enumerate(contents)}
    suite(store, [(c, "gate") for c in contents], {}, **slices)
    for side in ("old", "new"):
        asked(store, side, contents)  # type: ignore[arg-type]
    found = paired(store).slices
    assert list(found) == [("topic", "even"), ("topic", 'o"dd')]
    assert np.flatnonzero(found["topic", 'o"dd']).tolist() == list(range(1, 60, 2))


def test_nothing_in_common_has_no_rows(filled: Store, paired: Callable[..., PairedScores]) -> None:
    found = paired(filled, SuitePart("other"))
    assert (found.added, found.removed, found.seed, found.slices) == (0, 0, 0, {})
    assert found.scores["mean"][0].shape == (0, 2)


def test_one_state_of_the_store_answers_for_several_suites(
    filled: Store, evaluation: Callable[..., Evaluation]
) -> None:
    with filled.reader() as reader:
        sides = evaluation("old"), evaluation("new")
        widths = [len(reader.paired(SuitePart(v), "text", *sides, [MEAN]).clusters) for v in ("v", "other", "v")]
    assert widths == [4, 0, 4]
