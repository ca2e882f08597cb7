"""What a gate does about anchors, picked baselines and second looks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from harness.comparison.records import Comparison
from harness.report.json import from_json
from harness.testing import fakes

if TYPE_CHECKING:
    from tests.cli.conftest import Result, Run
    from tests.conftest import Project

GATE = ("gate", "--suite", "teams", "--baseline")
TEAMS = ("billing", "delivery", "returns")


def compared(result: Result) -> tuple[Comparison, ...]:
    assert result.out, result.err
    return from_json(result.json).comparisons


def model(project: Project, name: str, wrong: int) -> str:
    """A fake model that gets every question right but the first `wrong` of 300."""
    answers = {f"Letter {n}?": TEAMS[(n + (n < wrong)) % 3] for n in range(300)}
    fakes.write_fake_model(project.folder / f"{name}.json", answers)
    return f"fake:{name}.json"


@pytest.fixture
def wide(project: Project) -> Project:
    """The suite `teams` with 300 cases."""
    rows = [json.dumps({"id": f"l{n}", "prompt": f"Letter {n}?", "answer": TEAMS[n % 3]}) for n in range(300)]
    project.write("suites/cases.jsonl", "\n".join(rows))
    return project


def measure(harness: Run, project: Project, name: str, wrong: int, tier: str) -> None:
    arguments = ("--suite", "teams", "--tier", tier, "--name", f"{name} {tier}")
    assert harness("evaluate", model(project, name, wrong), *arguments).code == 0


@pytest.fixture
def best_of_two(wide: Project, harness: Run) -> Project:
    """`main` was picked from two models on gate:100."""
    for name, wrong in (("base", 150), ("other", 100), ("best", 50)):
        measure(harness, wide, name, wrong, "gate:100")
    harness("baselines", "set", "main", "base gate:100")
    for name in ("other", "best"):
        harness(*GATE, "main", "--candidate", f"{name} gate:100")
    assert harness("baselines", "promote", "main", "--note", "the best").code == 0
    return wide


def test_an_anchor_is_compared_too_and_both_are_one_family(measured: Project, harness: Run) -> None:
    harness("baselines", "anchor", "teams", "good", "--note", "release 1")
    harness("baselines", "set", "main", "near")
    result = harness(*GATE, "main", "--candidate", "base", "--json")
    rolling, anchored = compared(result)
    assert (rolling.against, rolling.baseline_name, rolling.baseline.name) == ("baseline", "main", "near")
    assert (anchored.against, anchored.baseline.name) == ("anchor", "good")
    assert [one.metrics[0].family for one in (rolling, anchored)] == [2, 2]


def test_an_anchor_that_is_the_baseline_is_compared_once(measured: Project, harness: Run) -> None:
    harness("baselines", "anchor", "teams", "good")
    assert len(compared(harness(*GATE, "good", "--candidate", "base", "--json"))) == 1


def test_a_loss_against_the_anchor_alone_is_a_regression(measured: Project, harness: Run) -> None:
    harness("baselines", "anchor", "teams", "good")
    result = harness(*GATE, "base", "--candidate", "base", "--json")
    assert (result.code, compared(result)[1].metrics[0].verdict) == (1, "regressed")


def test_two_evaluations_that_were_named_are_compared_without_the_anchor(measured: Project, harness: Run) -> None:
    harness("baselines", "anchor", "teams", "good")
    assert len(compared(harness("compare", "near", "base", "--json"))) == 1


def test_a_cycle_is_compared_with_the_anchor_too(measured: Project, harness: Run) -> None:
    harness("baselines", "anchor", "teams", "good")
    assert [one.against for one in compared(harness("run", "recipe.yaml", "--json"))] == ["baseline", "anchor"]


def test_a_picked_baseline_is_said_to_be_one_where_there_are_no_other_cases(best_of_two: Project, harness: Run) -> None:
    measure(harness, best_of_two, "next", 55, "gate:100")
    (comparison,) = compared(harness(*GATE, "main", "--json"))
    assert (comparison.selected_from, comparison.metrics[0].n) == (2, 100)
    assert "baseline 'main' was picked from 2 models by their scores on these cases" in comparison.warnings[0]
    assert "about 9 % of the candidates that are as good as it fail on them, instead of 5 %" in comparison.warnings[0]
    assert "measure both sides on at least 100 other cases" in comparison.warnings[0]
    (named,) = compared(harness("compare", "best gate:100", "next gate:100", "--json"))
    assert named.selected_from == 2


def test_a_picked_baseline_is_gated_on_the_cases_that_had_no_part_in_the_pick(
    best_of_two: Project, harness: Run
) -> None:
    for name, wrong in (("best", 50), ("next", 80)):
        measure(harness, best_of_two, name, wrong, "gate")
    result = harness(*GATE, "main", "--json")
    (comparison,) = compared(result)
    (metric,) = comparison.metrics
    assert (comparison.selected_from, metric.n, metric.added, metric.removed) == (0, 200, 0, 0)
    assert (comparison.baseline.selection, comparison.candidate.selection) == ("gate", "gate")
    assert comparison.warnings == (
        "baseline 'main' was picked from 2 models by their scores: compared are the 200 cases that had no part in the "
        "pick",
    )
    assert harness("baselines", "promote", "main", "--note", "fresh", "--anyway").code == 0


def test_a_loss_against_a_picked_baseline_is_told_with_how_often_equal_ones_lose(
    best_of_two: Project, harness: Run
) -> None:
    measure(harness, best_of_two, "worse", 90, "gate:100")
    result = harness(*GATE, "main", "--json")
    said = "picked from 2 models on these cases, where about 9 % of equal candidates fail"
    assert (result.code, said in result.json["decision"]["reasons"][0]) == (1, True)


def test_few_cases_that_had_no_part_in_the_pick_are_better_than_those_that_had(
    best_of_two: Project, harness: Run
) -> None:
    for name, wrong in (("best", 50), ("next", 55)):
        measure(harness, best_of_two, name, wrong, "gate:150")
    (comparison,) = compared(harness(*GATE, "main", "--json"))
    assert (comparison.selected_from, comparison.metrics[0].n) == (0, 50)
    assert comparison.warnings[0].endswith(
        "50 cases that had no part in the pick; measure both sides on at least 100 such cases for most gates to decide"
    )


def test_a_picked_baseline_is_one_as_a_file_too(
    best_of_two: Project, harness: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness("baselines", "export", "main", "main.json")
    monkeypatch.setenv("HARNESS_HOME", "elsewhere")
    measure(harness, best_of_two, "next", 55, "gate:100")
    (comparison,) = compared(harness(*GATE, "main.json", "--json"))
    assert (comparison.baseline_name, comparison.selected_from) == ("main", 2)


def test_more_cases_after_an_inconclusive_gate_are_marked(wide: Project, harness: Run) -> None:
    for tier in ("gate:20", "gate:60"):
        for name, wrong in (("old", 140), ("new", 160)):
            measure(harness, wide, name, wrong, tier)
    first = harness(*GATE, "old gate:20", "--candidate", "new gate:20", "--policy", "strict", "--json")
    assert (first.code, compared(first)[0].warnings) == (3, ())
    (second,) = compared(harness(*GATE, "old gate:60", "--candidate", "new gate:60", "--json"))
    assert second.warnings[0].startswith("a second look, undeclared: ")


def test_declared_looks_share_alpha_and_are_recorded(wide: Project, harness: Run) -> None:
    for name, wrong in (("old", 140), ("new", 190)):
        measure(harness, wide, name, wrong, "gate:60")
    once = compared(harness(*GATE, "old gate:60", "--candidate", "new gate:60", "--json"))[0].metrics[0]
    result = harness(*GATE, "old gate:60", "--candidate", "new gate:60", "--looks", "2", "--json")
    (comparison,) = compared(result)
    assert comparison.warnings == ("look 1 of 2 that were declared: alpha is 0.03 in each",)
    assert comparison.metrics[0].p_loss == once.p_loss
    looks = "SELECT (recipe -> 'looks')::INTEGER AS looks FROM runs ORDER BY started_at DESC LIMIT 1"
    assert harness("sql", looks, "--json").json == [{"looks": 2}]


def test_a_candidate_of_another_suite_is_refused(measured: Project, harness: Run) -> None:
    measured.suite("others", metrics=["accuracy"])
    harness("evaluate", "fake:good.json", "--suite", "others", "--name", "other")
    identifier = harness("baselines", "set", "x", "other").out.split("(")[1][:12]
    result = harness(*GATE, "good", "--candidate", identifier)
    assert (result.code, "measured suite 'others', not 'teams'" in result.err) == (2, True)
