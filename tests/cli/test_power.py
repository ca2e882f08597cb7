"""harness power, and the margins that a run refuses before any compute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run
    from tests.conftest import Project


def primary(**keys: Any) -> list[dict[str, Any]]:
    return [{"use": "accuracy", "role": "primary", **keys}]


def test_power_plans_a_suite_that_was_never_measured(project: Project, harness: Run) -> None:
    project.suite(
        "teams", metrics=[*primary(margin=0.05), "macro-f1", {"use": "macro-f1", "name": "w", "role": "watch"}]
    )
    done = harness("power", "teams", "--json")
    assert done.code == 0
    accuracy, _, watch = done.json["metrics"]
    assert (accuracy["n"], accuracy["family"], watch["family"]) == (60, 2, 1)
    assert (accuracy["discordance"], accuracy["assumed"], accuracy["pairs"]) == (0.1, True, 0)
    assert 0.105 < accuracy["detectable"] < 0.114  # a little less than (z.975 + z.8) · √(.1 / 60): counted out
    # two points are within the margin: the more cases there are, the surer they pass
    assert accuracy["cases_for_points"] == {"1": None, "2": None, "5": 305}
    assert 0.2 < accuracy["passes_if_equal"] < 0.4


def test_power_says_what_it_assumes(project: Project, harness: Run) -> None:
    said = " ".join(harness("power", "teams").out.split())
    assert "0.10?" in said
    assert "accuracy nothing has been compared yet: discordance 0.1 assumed" in said


def test_power_says_what_no_number_of_cases_would_show(project: Project, harness: Run) -> None:
    said = " ".join(harness("power", "teams").out.split())
    assert "0.10? 0.095 6.7 % at 0.01 out of reach 1,600 240" in said  # differ; seen from; not worse; 1, 2, 5 points
    assert "a loss up to the floor, or within the margin, is never mostly found" in said


def test_three_cases_show_no_loss_at_all(project: Project, harness: Run) -> None:
    done = harness("power", "teams", "--tier", "gate:3", "--json")
    assert done.json["metrics"][0]["detectable"] is None
    assert "out of reach" in harness("power", "teams", "--tier", "gate:3").out


def test_power_rests_on_comparisons_where_there_are_some(measured: Project, harness: Run) -> None:
    harness("compare", "good", "near")
    harness("compare", "good", "base")
    (accuracy,) = harness("power", "teams", "--json").json["metrics"]
    assert (accuracy["comparisons"], accuracy["pairs"], accuracy["assumed"]) == (2, 120, False)
    assert round(accuracy["discordance"], 4) == 0.225  # 3 and 24 of 60
    assert "discordance 0.23 over 120 pairs of answers in 2 comparisons" in " ".join(
        harness("power", "teams").out.split()
    )


def test_a_baseline_narrows_what_power_rests_on(measured: Project, harness: Run) -> None:
    harness("baselines", "set", "best", "near")
    harness("compare", "good", "near")
    harness("compare", "good", "base")
    (accuracy,) = harness("power", "teams", "--baseline", "best", "--json").json["metrics"]
    assert (accuracy["comparisons"], accuracy["discordance"]) == (1, 0.05)


def test_scores_that_nobody_has_compared_are_history_too(measured: Project, harness: Run) -> None:
    (accuracy,) = harness("power", "teams", "--json").json["metrics"]
    assert (accuracy["comparisons"], accuracy["pairs"], accuracy["discordance"]) == (1, 60, 0.35)


def test_power_counts_the_selected_cases(project: Project, harness: Run) -> None:
    (accuracy,) = harness("power", "teams", "--tier", "gate:20", "--json").json["metrics"]
    assert accuracy["n"] == 20


def test_clusters_cost_power(project: Project, harness: Run) -> None:
    rows = (project.folder / "suites/cases.jsonl").read_text("utf-8").splitlines()
    tied = [row.replace('{"id"', f'{{"cluster": "c{number // 5}", "id"', 1) for number, row in enumerate(rows)]
    project.write("suites/cases.jsonl", "\n".join(tied))
    (accuracy,) = harness("power", "teams", "--json").json["metrics"]
    assert (accuracy["clusters"], accuracy["design_effect"]) == (12, 1.8)  # 1 + 4 · .2
    assert "correlation in clusters 0.2" in " ".join(harness("power", "teams").out.split())


def test_an_anchor_doubles_the_family(measured: Project, harness: Run) -> None:
    assert harness("baselines", "anchor", "teams", "base").code == 0
    (accuracy,) = harness("power", "teams", "--json").json["metrics"]
    assert accuracy["family"] == 2


def test_a_metric_without_bounds_needs_a_history(project: Project, harness: Run) -> None:
    project.suite("likely", task="perplexity", choices=None, metrics=[{"use": "perplexity", "floor": 0.5}])
    rows = (project.folder / "suites/cases.jsonl").read_text("utf-8").replace('"answer"', '"reference"')
    project.write("suites/cases.jsonl", rows)
    (perplexity,) = harness("power", "likely", "--json").json["metrics"]
    assert (perplexity["detectable"], perplexity["cases_for_points"]["1"], perplexity["loss"]) == (None, None, 0.5)
    assert "without bounds nothing can be assumed" in " ".join(harness("power", "likely").out.split())


@pytest.mark.parametrize("suite", ["support-intents", "support-answers", "support-safety"])
def test_shipped_suites_can_be_planned(project: Project, harness: Run, suite: str) -> None:
    assert harness("power", suite).code == 0


# --- rule 11 -----------------------------------------------------------------------------------------


def test_a_margin_that_an_equal_model_would_fail_is_refused_before_compute(measured: Project, harness: Run) -> None:
    harness("compare", "good", "near")
    measured.suite("teams", metrics=primary(margin=0.02))
    done = harness("run", "recipe.yaml")
    assert done.code == 2
    assert "suites/teams.yaml: metric 'accuracy': margin 0.02: with 60 cases" in done.err
    assert "(discordance 0.05 over 60 pairs of answers in one comparison)" in done.err
    assert "it needs 830 cases or a margin of 0.092" in done.err
    assert harness("run", "recipe.yaml", "--check").code == 2


def test_what_a_refused_margin_is_told_to_be_works(measured: Project, harness: Run) -> None:
    harness("compare", "good", "near")
    measured.suite("teams", metrics=primary(margin=0.092))
    assert harness("run", "recipe.yaml", "--check").code == 0


def test_a_margin_of_nothing_can_never_be_held(measured: Project, harness: Run) -> None:
    harness("compare", "good", "near")
    measured.suite("teams", metrics=primary(margin=0))
    done = harness("run", "recipe.yaml", "--check")
    assert done.code == 2
    assert "it needs a margin of 0.092" in done.err


def test_a_margin_is_only_warned_about_where_nothing_was_compared(project: Project, harness: Run) -> None:
    project.suite("teams", metrics=primary(margin=0.02))
    done = harness("run", "recipe.yaml", "--check")
    assert done.code == 0
    assert "discordance 0.1 assumed" in done.err


def test_a_margin_that_holds_is_not_mentioned(project: Project, harness: Run) -> None:
    project.suite("teams", metrics=primary(margin=0.2))
    done = harness("run", "recipe.yaml", "--check")
    assert (done.code, "margin" in done.err) == (0, False)


def test_a_refinement_refuses_such_a_margin_too(measured: Project, harness: Run) -> None:
    harness("compare", "good", "near")
    measured.suite("teams", metrics=primary(margin=0.02))
    measured.recipe(refiner={"use": "grid", "settings": {"trainer.steps": [2]}})
    done = harness("refine", "recipe.yaml")
    assert done.code == 2
    assert "margin 0.02" in done.err


def test_after_compute_a_margin_is_only_reported(measured: Project, harness: Run) -> None:
    harness("compare", "good", "near")
    measured.suite("teams", metrics=primary(margin=0.02))
    assert harness("compare", "good", "near").code in (0, 1, 3)
