from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.report.json import from_json

if TYPE_CHECKING:
    from tests.cli.conftest import Result, Run
    from tests.conftest import Project

GATE = ("gate", "--suite", "teams", "--baseline")


def reason(result: Result) -> str:
    """What decided most, in words."""
    return str(result.json["decision"]["reasons"][0])


def test_a_model_passes_against_itself_with_a_warning_that_nothing_was_compared(
    measured: Project, harness: Run
) -> None:
    result = harness(*GATE, "good", "--candidate", "good")
    assert result.code == 0
    assert "both sides are the same model: nothing was compared" in result.out


def test_a_clear_loss_is_1_and_the_same_turned_round_0(measured: Project, harness: Run) -> None:
    lost = harness(*GATE, "good", "--candidate", "base", "--json")
    assert (lost.code, reason(lost)[:39]) == (1, "teams accuracy regressed: 0.90 → 0.50 (")
    won = harness(*GATE, "base", "--candidate", "good", "--json")
    assert (won.code, reason(won)[:38]) == (0, "teams accuracy improved: 0.50 → 0.90 (")


@pytest.mark.parametrize(("policy", "code"), [("default", 3), ("lenient", 0)])
def test_a_loss_that_nobody_can_be_sure_of_is_3_unless_the_policy_is_lenient(
    measured: Project, harness: Run, policy: str, code: int
) -> None:
    result = harness(*GATE, "good", "--candidate", "near", "--policy", policy, "--json")
    assert (result.code, reason(result)[:28]) == (code, "teams accuracy inconclusive:")


def test_its_json_is_a_report_that_can_be_read_back(measured: Project, harness: Run) -> None:
    result = harness(*GATE, "good", "--candidate", "base", "--json")
    report = from_json(result.json)
    assert (result.code, report.decision.code) == (1, 1)
    (metric,) = report.comparisons[0].metrics
    assert (metric.baseline, metric.candidate, metric.n, metric.verdict) == (0.9, 0.5, 60, "regressed")
    assert (report.answer_counts[0].newly_wrong, report.answer_counts[0].newly_right) == (24, 0)


def test_without_a_candidate_the_newest_evaluation_is_judged(measured: Project, harness: Run) -> None:
    result = harness(*GATE, "near", "--json")
    assert from_json(result.json).comparisons[0].candidate.name == "base"


def test_answers_that_are_missing_are_4(measured: Project, harness: Run) -> None:
    answers = measured.answers("answers.jsonl", count=40)
    result = harness(*GATE, "good", "--predictions", answers, "--json")
    assert (result.code, reason(result)[:26]) == (4, "teams accuracy incomplete:")
    assert "20 of 60" in reason(result)


def test_a_metric_that_raises_is_4_and_named_with_its_plugin_and_case(measured: Project, harness: Run) -> None:
    plugin = measured.write(
        "broken.py",
        "from harness import Component, hookimpl\n"
        "class Broken:\n"
        "    reads = 'choice'\n"
        "    def score(self, answered): raise RuntimeError('no such word')\n"
        "    def value(self, statistics): return statistics['sum'] / statistics['count']\n"
        "@hookimpl\n"
        "def register_metrics():\n"
        "    yield Component('broken', Broken)\n",
    )
    measured.suite("teams", metrics=[{"use": "accuracy", "role": "primary"}, {"use": "broken"}])
    result = harness("--plugin", plugin, *GATE, "good", "--candidate", "base", "--json")
    assert result.json["decision"]["codes"] == [1, 4]  # the regression of the other metric weighs more
    assert result.code == 1
    assert "plugin broken: metric 'broken': score of case 'letter-0': RuntimeError: no such word" in result.err
    assert harness("--plugin", plugin, *GATE, "base", "--candidate", "good").code == 4


def test_without_a_baseline_it_is_5_and_says_how_to_make_one(project: Project, harness: Run) -> None:
    result = harness(*GATE, "main")
    assert result.code == 5
    assert "baseline 'main': there is none on suite 'teams'; known: none; make one with" in result.err
    assert "`harness baselines set main main`" in result.err


def test_the_baseline_of_another_suite_is_5(measured: Project, harness: Run) -> None:
    measured.suite("others", metrics=["accuracy"])
    result = harness("gate", "--suite", "others", "--baseline", "good")
    assert (result.code, result.err) == (5, "harness: baseline 'good': measured suite 'teams', not 'others'")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--policy", "kind"), "--policy 'kind': is no policy; there are default, strict and lenient"),
        (("--candidate", "good", "--predictions", "a.jsonl"), "give --candidate or --predictions, not both"),
        (("--candidate", "good", "--tier", "gate:20"), "--tier: is for --predictions; an evaluation has been measured"),
        (("--candidate", "goood"), "goood"),
        (("--predictions", "nowhere.jsonl"), "nowhere.jsonl: No such file or directory"),
    ],
)
def test_options_that_make_no_sense_are_2(
    measured: Project, harness: Run, arguments: tuple[str, ...], said: str
) -> None:
    result = harness(*GATE, "good", *arguments)
    assert result.code == 2
    assert said in result.err


def test_recorded_answers_are_judged_against_an_exported_baseline_in_a_store_that_is_new(
    measured: Project, harness: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness("baselines", "set", "main", "good")
    assert harness("baselines", "export", "main", "main.json").code == 0
    monkeypatch.setenv("HARNESS_HOME", "elsewhere")
    answers = measured.answers("answers.jsonl", wrong=30)
    result = harness(*GATE, "main.json", "--predictions", answers, "--json")
    assert (result.code, from_json(result.json).comparisons[0].metrics[0].baseline) == (1, 0.9)
    assert (measured.folder / "elsewhere/store.duckdb").is_file()


def test_a_file_that_is_no_baseline_is_2(project: Project, harness: Run) -> None:
    result = harness(*GATE, project.recipe())
    assert (result.code, "is no baseline of `harness baselines export`" in result.err) == (2, True)


def test_a_refused_gate_is_the_latest_report(measured: Project, harness: Run) -> None:
    assert harness(*GATE, "base", "--candidate", "good").code == 0
    assert harness(*GATE, "typo", "--candidate", "good").code == 5
    latest = harness("report", "--json")
    assert latest.json["decision"]["code"] == 5
    assert "baseline 'typo': there is none" in latest.json["decision"]["reasons"][0]
