"""harness history: a metric over evaluations."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Run
    from tests.conftest import Project


def test_a_history_has_a_line_an_evaluation_oldest_first(measured: Project, harness: Run) -> None:
    done = harness("history", "accuracy")
    assert done.code == 0
    lines = [line.split() for line in done.out.splitlines() if "●" in line]
    assert [(line[2], line[-1]) for line in lines] == [("0.90", "good"), ("0.85", "near"), ("0.50", "base")]


def test_a_history_holds_values_with_their_intervals(measured: Project, harness: Run) -> None:
    (found,) = harness("history", "accuracy", "--suite", "teams", "--json").json["histories"]
    assert (found["suite"], found["selection"], found["cases"], found["changes"]) == ("teams", "gate", 60, [])
    good = found["points"][0]
    assert (good["model"], good["value"]) == ("good", 0.9)
    assert [round(good[bound], 3) for bound in ("low", "high")] == [0.818, 0.947]  # Wilson, 54 of 60


def test_a_limit_keeps_the_latest(measured: Project, harness: Run) -> None:
    (found,) = harness("history", "accuracy", "--limit", "2", "--json").json["histories"]
    assert [point["model"] for point in found["points"]] == ["near", "base"]


def test_other_cases_are_told_apart(measured: Project, harness: Run) -> None:
    harness("evaluate", "fake:good.json", "--suite", "teams", "--tier", "gate:20", "--name", "few")
    found = harness("history", "accuracy", "--json").json["histories"]
    assert [(one["selection"], len(one["points"])) for one in found] == [("gate", 3), ("gate:20", 1)]


def test_a_change_of_level_is_marked(project: Project, harness: Run) -> None:
    for number, wrong in enumerate((6, 5, 7, 8, 4, 20, 21, 19, 18, 22)):
        project.model(f"m{number}", wrong=wrong)
        harness("evaluate", f"fake:m{number}.json", "--suite", "teams", "--name", f"m{number}")
    (found,) = harness("history", "accuracy", "--json").json["histories"]
    (change,) = found["changes"]
    assert (round(change["before"], 3), round(change["after"], 3)) == (0.9, 0.667)
    shown = harness("history", "accuracy").out
    assert "level 0.90 → 0.67" in shown
    assert shown.index(" m4") < shown.index("level 0.90") < shown.index(" m5")


def test_few_evaluations_have_no_change_of_level(measured: Project, harness: Run) -> None:
    assert "from 8 evaluations on" in harness("history", "accuracy").out


def test_both_sides_of_a_comparison_are_in_the_history(measured: Project, harness: Run) -> None:
    harness("compare", "base", "good")
    (found,) = harness("history", "accuracy", "--json").json["histories"]
    assert len(found["points"]) == 3  # measured before: nothing is there twice


def test_an_unknown_metric_is_a_usage_error_that_lists_the_known(measured: Project, harness: Run) -> None:
    done = harness("history", "acuracy")
    assert done.code == 2
    assert "metric 'acuracy': no value is stored (did you mean 'accuracy'?); known: accuracy" in done.err


def test_a_suite_that_was_never_measured_has_no_history(measured: Project, harness: Run) -> None:
    done = harness("history", "accuracy", "--suite", "replies")
    assert done.code == 2
    assert "no value is stored on suite 'replies'" in done.err
