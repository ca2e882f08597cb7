from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.json import from_json

if TYPE_CHECKING:
    from tests.cli.conftest import Run
    from tests.conftest import Project


def test_two_evaluations_are_compared_by_name_and_it_ends_like_the_gate(measured: Project, harness: Run) -> None:
    result = harness("compare", "good", "base", "--json")
    report = from_json(result.json)
    assert (result.code, report.decision.code) == (1, 1)
    assert [one.reference.rpartition("/")[2] for one in report.models] == ["base.json", "good.json"]


def test_evaluations_of_two_suites_cannot_be_compared(measured: Project, harness: Run) -> None:
    measured.suite("others", metrics=["accuracy"])
    harness("evaluate", "fake:good.json", "--suite", "others", "--name", "other")
    result = harness("compare", "good", "other")
    assert (result.code, result.err) == (5, "harness: good measured 'teams', other measured 'others'")


def test_evaluations_of_two_tiers_share_no_case(measured: Project, harness: Run) -> None:
    measured.suite("teams", metrics=["accuracy"], tiers={"dev": 0.5, "gate": 0.5})
    for tier in ("dev", "gate"):
        harness("evaluate", "fake:good.json", "--suite", "teams", "--tier", tier, "--name", tier)
    result = harness("compare", "dev", "gate")
    assert (result.code, "teams accuracy incompatible" in result.out) == (5, True)


def test_a_case_that_was_added_since_is_counted_and_the_shared_ones_are_paired(measured: Project, harness: Run) -> None:
    with (measured.folder / "suites/cases.jsonl").open("a") as file:
        for number in range(3):
            file.write(
                f'{{"id": "new-{number}", "messages": [{{"role": "user", "content": "Is {number} new?"}}],'
                ' "answer": "returns"}\n'
            )
    harness("evaluate", "fake:base.json", "--suite", "teams", "--name", "later")
    result = harness("compare", "good", "later", "--json")
    (metric,) = from_json(result.json).comparisons[0].metrics
    assert (metric.n, metric.added, metric.removed) == (60, 3, 0)
