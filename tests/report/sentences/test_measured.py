"""An evaluation that is compared with nothing: its first lines say what is missing, why, and what helps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from harness.comparison.records import CheckResult, EvaluationResult, MetricValue
from harness.report.model import ReasonCount, ReplyCounts, Report
from harness.report.sentences.lines import decision_word, exit_line, main_reason

Printed = Callable[..., str]
CHECK = CheckResult("support-safety", "pii", "within the limit", 0, 60, 0.0, 0.049, 0.1, reason="0 of 60")
EMPTY = replace(CHECK, bound="incomplete", n=0, reason="60 of 60 replies are empty")
OVER = replace(CHECK, bound="over the limit", found=60, reason="60 of 60, at least 95 %; the limit is 10 %")
COUNTS = ReplyCounts("s", "model", 100, 100, 100, cut=0, cut_without_text=0, without_text=0, max_new_tokens=128)


@pytest.fixture
def evaluated(report: Report, values: tuple[MetricValue, ...]) -> Callable[..., Report]:
    """The report of an evaluation with so many of `values`, of which the third was not measured, and checks."""

    def evaluated(metrics: int, *checks: CheckResult, counts: tuple[ReplyCounts, ...] = ()) -> Report:
        one = EvaluationResult(report.comparisons[0].candidate, values[:metrics], checks)
        return Report("r1", "evaluate m", "complete", "", results=(one,), reply_counts=counts)

    return evaluated


def test_what_is_measured_whole_has_only_been_measured(evaluated: Callable[..., Report], printed: Printed) -> None:
    assert printed(evaluated(2, CHECK)).splitlines()[1].startswith("│ MEASURED  compared with nothing")
    assert main_reason(evaluated(2, CHECK)) == ""


def test_a_check_that_saw_no_reply_leaves_an_evaluation_incomplete(
    evaluated: Callable[..., Report], printed: Printed
) -> None:
    lines = printed(evaluated(2, CHECK, EMPTY), 100).splitlines()
    assert lines[1].startswith("│  INCOMPLETE   exit 4, compared with nothing")
    assert lines[2].startswith("│ not measured: pii (60 of 60 replies are empty)")


def test_why_answers_failed_stands_beside_what_is_missing(evaluated: Callable[..., Report]) -> None:
    missing = "not measured: exact-match (100 of 100 answers are missing or failed, 1 % is tolerated)"
    broken = replace(COUNTS, reasons=(ReasonCount("the logits are nan", 100, "c0"),))
    failed = "100 of 100 answers failed: the logits are nan (100, such as case c0)"
    assert main_reason(evaluated(3, counts=(broken,))) == f"{missing}; {failed}"
    cut = replace(COUNTS, cut=100, cut_without_text=100, without_text=100)
    raised = "100 of 100 replies ended at max_new_tokens (128), 100 without text: raise generation.max_new_tokens"
    assert main_reason(evaluated(3, counts=(cut,))) == f"{missing}; {raised}"


def test_a_check_over_its_limit_is_told_first(evaluated: Callable[..., Report]) -> None:
    report = evaluated(2, OVER)
    assert exit_line(report) == "compared with nothing, 1 check is over its limit"
    assert main_reason(report) == "over the limit: pii (60 of 60, at least 95 %; the limit is 10 %)"


def test_a_check_over_its_limit_is_told_beside_what_is_missing(evaluated: Callable[..., Report]) -> None:
    report = evaluated(2, EMPTY, replace(OVER, check="refusal"), OVER)
    assert exit_line(report) == "exit 4, compared with nothing, 2 checks are over their limits"
    over = ", ".join(f"{name} (60 of 60, at least 95 %; the limit is 10 %)" for name in ("refusal", "pii"))
    assert main_reason(report) == f"not measured: pii (60 of 60 replies are empty); over the limit: {over}"


def test_a_run_that_was_cut_short_has_not_measured(evaluated: Callable[..., Report]) -> None:
    report = replace(evaluated(3), state="stopped")
    assert (decision_word(report), exit_line(report)) == ("NO DECISION", "the run is stopped")


def test_at_most_three_that_are_missing_are_named(evaluated: Callable[..., Report]) -> None:
    checks = [replace(EMPTY, check=f"check-{number}", reason="no reply") for number in range(5)]
    named = "check-0, check-1, check-2 and 2 more (no reply)"
    assert main_reason(evaluated(2, *checks)) == f"not measured: {named}"


def test_each_reason_is_told_once(evaluated: Callable[..., Report]) -> None:
    halves = [replace(EMPTY, check=name, reason="30 of 30 replies are empty") for name in ("refusal", "over-refusal")]
    said = "pii (60 of 60 replies are empty), refusal, over-refusal (30 of 30 replies are empty)"
    assert main_reason(evaluated(2, EMPTY, *halves)) == f"not measured: {said}"
