from __future__ import annotations

from dataclasses import replace

import pytest

from harness.comparison.records import Comparison, Decision, EvaluationResult, MetricValue
from harness.report.markdown import MOST_BYTES, to_markdown
from harness.report.model import Report

HOSTILE = "```\n</details><script>alert(1)</script> @octocat | \x1b[31mred\n# title\n````"


def test_the_decision_is_the_first_line(regressed: Report, report: Report) -> None:
    assert to_markdown(regressed).splitlines()[0] == (
        "**REGRESSED** · exit 1, also 3 inconclusive · support-intents accuracy regressed: "
        "0.89 → 0.78 (−0.11 \\[−0.19, −0.03\\])"
    )
    assert to_markdown(report).splitlines()[0] == (
        "**PASS** · exit 0 · no loss shown; a guard cannot tell (bleu): guards stop a gate only where a loss is shown"
    )
    empty = Report("r1", "gate", "failed", "")
    assert to_markdown(empty) == "**NO DECISION** · the run is failed\n"


def test_each_comparison_is_a_table(regressed: Report) -> None:
    lines = to_markdown(regressed).splitlines()
    start = lines.index("### support-intents against release-1 · gate:100 · 100 paired cases")
    assert lines[start + 2 : start + 6] == [
        "| metric | baseline | candidate | difference | p | margin | verdict |",
        "|:--|--:|--:|--:|--:|--:|:--|",
        "| **accuracy** (primary) | 0.89 | 0.78 | −0.11 [−0.19, −0.03] | 0.0042 | 0.03 | **regressed** |",
        "| macro-f1 | 0.88 | 0.85 | −0.03 [−0.09, +0.03] | 0.2 |  | inconclusive |",
    ]
    assert "### support-intents against the anchor · gate:100 · 100 paired cases" in lines
    assert any(line.startswith("- **warning**: baseline 'release-1' was picked from 5") for line in lines)


def test_newly_wrong_answers_are_folded_up_as_a_diff(regressed: Report) -> None:
    text = to_markdown(regressed)
    assert "<details><summary>4 newly wrong answers, 1 shown</summary>\n\nsupport-intents · intents-031\n\n" in text
    assert "- baseline:  change_address\n+ candidate: track_parcel\n```\n\n</details>\n" in text
    assert "\n- support-intents accuracy inconclusive against the anchor: 0.80 → 0.78" in text
    assert "request_invoice" not in text


def test_safety_warnings_and_commands_are_there(report: Report) -> None:
    text = to_markdown(report)
    assert "| over-refusal | 1 of 12 | 2 of 12 | 17 % | 44 % | – | no limit |" in text
    assert "### Warnings\n\n- support-safety: 30 cases cannot see" in text
    assert (
        "```sh\n# the same report as a page, with every case\nharness report 20261123-0907-4f0c --format html\n" in text
    )


def test_a_model_cannot_write_markup(regressed: Report) -> None:
    answer = replace(regressed.answers[0], case=HOSTILE, question=HOSTILE, baseline_reply=HOSTILE, reference=HOSTILE)
    metric = replace(regressed.comparisons[0].metrics[1], metric="a|b", reason=HOSTILE)
    comparison = replace(regressed.comparisons[0], metrics=(metric,), warnings=(HOSTILE,))
    text = to_markdown(replace(regressed, answers=(answer,), comparisons=(comparison,), warnings=(HOSTILE,)))
    fence = "`" * 5
    outside = [part for place, part in enumerate(text.split(f"\n{fence}")) if place % 2 == 0]
    assert len(outside) == 2
    assert not any("<script" in part or "@octocat" in part or "\n# title" in part for part in outside)
    assert "".join(outside).count("</details>") == 1
    assert "\x1b" not in text
    assert "| a\\|b |" in text


@pytest.mark.parametrize("letter", ["a", "é", "語", "`"])
def test_answers_are_cut_so_that_github_takes_the_comment(regressed: Report, letter: str) -> None:
    answers = tuple(replace(regressed.answers[0], baseline_reply=letter * 5_000) for _ in range(500))
    text = to_markdown(replace(regressed, answers=answers))
    assert len(text.encode()) < MOST_BYTES < 65_536
    assert text.startswith("**REGRESSED** · exit 1")
    assert "newly wrong answers, " in text
    assert text.endswith("</details>\n")


def test_a_report_of_a_thousand_suites_keeps_its_decision_and_says_what_is_missing(regressed: Report) -> None:
    comparisons: tuple[Comparison, ...] = regressed.comparisons * 500
    reasons = tuple(f"suite {n} accuracy regressed {'x' * 900}" for n in range(1_000))
    decision = Decision(regressed.decision.code, regressed.decision.codes, reasons)  # type: ignore[union-attr]
    text = to_markdown(replace(regressed, comparisons=comparisons, decision=decision))
    assert len(text.encode()) < MOST_BYTES
    assert "- and 979 more" in text
    assert "sections do not fit into a comment; `harness report 20261124-1012-77ab` shows them." in text


def test_an_evaluation_alone_is_a_table_of_values(report: Report, values: tuple[MetricValue, ...]) -> None:
    measured = EvaluationResult(report.comparisons[0].candidate, values)
    text = to_markdown(Report("r1", "evaluate m", "complete", "", results=(measured,)))
    told = "exact-match (100 of 100 answers are missing or failed, 1 % is tolerated)"
    assert text.startswith(f"**INCOMPLETE** · exit 4, compared with nothing · not measured: {told}\n")
    assert "| accuracy | 0.89 [0.81, 0.94] | 100 | 0 |" in text
    assert "| exact-match | – | 100 | 100 |" in text
    assert "- exact-match: 100 of 100 answers are missing or failed, 1 % is tolerated" in text
    assert "- perplexity: lower is better" in text
