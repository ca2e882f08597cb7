"""Why a gate passed, in a sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.comparison.records import Comparison, Decision, MetricComparison, Verdict
from harness.comparison.verdicts import BLIND, SMALL_DROP
from harness.errors import ExitCode
from harness.report.model import Report
from harness.report.sentences.passed import why_passed
from harness.types import Role


def metric(verdict: Verdict, role: Role = "primary", name: str = "accuracy", **known: object) -> MetricComparison:
    figures = {"difference": 0.0, "low": -0.035, "high": 0.035, "gain_low": -0.035, "cap": 0.1}
    return MetricComparison("teams", name, role, verdict, **{**figures, **known})  # type: ignore[arg-type]


def passed(report: Report, *metrics: MetricComparison) -> str:
    sides = report.comparisons[0].baseline, report.comparisons[0].candidate
    comparison = Comparison("c", "teams", *sides, metrics)
    decision = Decision(ExitCode.PASS, (ExitCode.PASS,), ())
    return why_passed(Report("r1", "gate", "complete", "", comparisons=(comparison,), decision=decision))


GUARD = metric("inconclusive", "guard", "bleu", gain_low=-0.4)


@pytest.mark.parametrize(
    ("metrics", "said"),
    [
        ([metric("inconclusive")], "no loss shown; losses above 0.035 are excluded, within the cap of 0.1"),
        ([metric("not worse")], "no loss shown; every metric that decides is not worse"),
        ([metric("improved")], "no loss shown; every metric that decides has improved"),
        (
            [metric("improved"), metric("not worse", "guard"), metric("inconclusive", "watch", gain_low=-0.9)],
            "no loss shown; every metric that decides has improved or is not worse",
        ),
        (
            [metric("inconclusive"), metric("not worse", "guard", "bleu")],
            "no loss shown; of accuracy losses above 0.035 are excluded, within the cap of 0.1",
        ),
        (
            [metric("not worse"), GUARD],
            "no loss shown; a guard cannot tell (bleu): guards stop a gate only where a loss is shown",
        ),
        (
            [metric("improved"), GUARD, metric("inconclusive", "guard", "chrf", notes=(BLIND,))],
            "no loss shown; 2 guards cannot tell (bleu, chrf): guards stop a gate only where a loss is shown",
        ),
        (
            [metric("inconclusive", gain_low=-0.12, low=-0.12)],
            "no loss shown; accuracy cannot tell, and the policy is lenient",
        ),
        ([metric("inconclusive", margin=0.02)], "no loss shown; accuracy cannot tell, and the policy is lenient"),
        (
            [metric("not worse", margin=0.05, notes=(SMALL_DROP,))],
            "no loss shown that counts; every metric that decides is not worse",
        ),
        ([metric("inconclusive", "watch")], "every safety check that has a limit is within it"),
    ],
)
def test_a_pass_says_what_is_shown_and_what_is_excluded(
    report: Report, metrics: list[MetricComparison], said: str
) -> None:
    assert passed(report, *metrics) == said


def test_a_model_against_itself_passes_without_a_comparison(report: Report) -> None:
    said = "both sides are the same model: nothing was compared"
    same = replace(report.comparisons[0], warnings=("checked by nobody", said))
    assert why_passed(replace(report, comparisons=(same,))) == said
    assert why_passed(replace(report, comparisons=(same, report.comparisons[1]))) != said


def test_of_many_metrics_that_cannot_tell_the_first_are_named(report: Report) -> None:
    said = passed(report, *(metric("inconclusive", name=f"m{number}") for number in range(5)))
    assert said.count("within the cap of 0.1") == 3
    assert said.endswith("; and 2 more primary metrics are within their caps")
