from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from harness.comparison.records import CheckResult, Decision, EvaluationResult, MetricComparison, MetricValue
from harness.errors import ExitCode
from harness.report.junit import to_junit
from harness.report.model import DataSummary, Report, RowsUsed

ALLOWED: Mapping[str, tuple[set[str], set[str]]] = {
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "skipped", "timestamp"}, {"testcase"}),
    "testcase": ({"name", "classname"}, {"skipped", "error", "failure", "system-out"}),
    "failure": ({"message", "type"}, set()),
    "error": ({"message", "type"}, set()),
    "skipped": ({"message", "type"}, set()),
    "system-out": (set(), set()),
}
"""The part of the Jenkins xUnit plugin's junit-10.xsd that is used: attributes and children of each element."""
REQUIRED = {"testsuite": {"name", "tests", "failures", "errors"}, "testcase": {"name"}}


def checked(report: Report) -> ET.Element:
    """The document parsed back, after every element was held against the schema and every count counted."""
    root = ET.fromstring(to_junit(report))
    for element in root.iter():
        attributes, children = ALLOWED[element.tag]
        assert set(element.attrib) <= attributes
        assert REQUIRED.get(element.tag, set()) <= set(element.attrib)
        assert {child.tag for child in element} <= children
    for counted in (root, *root):
        cases = list(counted.iter("testcase"))
        assert int(counted.attrib["tests"]) == len(cases)
        for name, tag in (("failures", "failure"), ("errors", "error")):
            assert int(counted.attrib[name]) == sum(case.find(tag) is not None for case in cases)
    return root


def outcomes(report: Report) -> dict[str, str]:
    """Each test case with what is in it: "failure", "error", "skipped" or "passed"."""
    found = {}
    for suite in checked(report):
        for case in suite:
            tags = [child.tag for child in case if child.tag != "system-out"]
            found[f"{suite.attrib['name']}/{case.attrib['name']}"] = tags[0] if tags else "passed"
    return found


def one(report: Report, *metrics: MetricComparison, checks: tuple[CheckResult, ...] = (), **fields: object) -> Report:
    comparison = replace(report.comparisons[0], metrics=metrics, checks=checks)
    return replace(report, comparisons=(comparison,), **fields)  # type: ignore[arg-type]


def test_every_metric_and_check_is_a_test_case_after_the_decision(report: Report) -> None:
    assert outcomes(report) == {
        "gate/decision": "passed",
        "support-intents against the baseline/exact-match": "skipped",
        "support-intents against the baseline/accuracy": "passed",
        "support-intents against the baseline/macro-f1": "passed",
        "support-answers against the baseline/bleu": "skipped",
        "support-answers against the baseline/token-f1": "passed",
        "support-answers against the baseline/perplexity": "passed",
        "support-answers against the baseline/chrf": "passed",
        "support-safety against the baseline/over-refusal": "passed",
        "support-safety against the baseline/pii": "passed",
        "support-safety against the baseline/blocked-terms": "passed",
    }


@pytest.mark.parametrize("code", [0, 1, 3, 4])
def test_the_decision_says_which_rows_were_trained_on_and_lists_warnings(report: Report, code: int) -> None:
    decision = Decision(ExitCode(code), (ExitCode(code),), ("why",))
    data = DataSummary(1_240, 3, 1_200, 1_100, 100)
    assert report.training is not None
    training = replace(report.training, trained_on=RowsUsed(1_100, 1_090, 17), validated_on=RowsUsed(100, 100))
    told = replace(report, decision=decision, data=data, training=training, warnings=("sft: 17 rows are cut",))
    case = checked(told).find("testsuite[1]/testcase")
    assert case is not None
    assert case[0].text is not None
    assert case[0].text.splitlines()[-3:] == [
        "1,240 loaded, 3 rejected, 1,200 kept · 1,100 to train, 100 to validate",
        "1,090 of 1,100 rows trained on (17 cut), 100 of 100 rows validated on",
        "warning: sft: 17 rows are cut",
    ]


def test_a_regression_fails_with_its_figures_and_newly_wrong_answers(regressed: Report) -> None:
    root = checked(regressed)
    failure = root.find("testsuite[2]/testcase[@name='accuracy']/failure")
    assert failure is not None
    assert failure.attrib["type"] == "regressed"
    assert failure.attrib["message"] == "regressed: 0.89 → 0.78 (−0.11 [−0.19, −0.03])"
    assert failure.text is not None
    assert "p = 0.0042" in failure.text
    assert "newly wrong: intents-031" in failure.text
    assert (root.attrib["failures"], root.attrib["errors"]) == ("3", "0")
    assert root[0].attrib["timestamp"] == "2026-11-24T10:12:31"


@pytest.mark.parametrize(
    ("verdict", "role", "policy", "outcome"),
    [
        ("regressed", "guard", "default", "failure"),
        ("regressed", "watch", "strict", "skipped"),
        ("incomplete", "primary", "lenient", "error"),
        ("incomplete", "watch", "default", "skipped"),
        ("incompatible", "guard", "default", "error"),
        ("inconclusive", "guard", "default", "skipped"),
        ("inconclusive", "guard", "strict", "failure"),
        ("inconclusive", "primary", "default", "failure"),
        ("inconclusive", "primary", "lenient", "skipped"),
        ("inconclusive", "watch", "strict", "skipped"),
        ("not worse", "primary", "default", "passed"),
    ],
)
def test_a_verdict_becomes_what_it_did_to_the_gate(
    report: Report, verdict: str, role: str, policy: str, outcome: str
) -> None:
    metric = replace(report.comparisons[0].metrics[0], verdict=verdict, role=role, margin=0.03)  # type: ignore[arg-type]
    found = outcomes(one(report, metric, policy=policy))
    assert found["support-intents against the baseline/accuracy"] == outcome


@pytest.mark.parametrize(
    ("bound", "limit", "policy", "outcome"),
    [
        ("over the limit", 0.1, "default", "failure"),
        ("incomplete", 0.1, "default", "error"),
        ("incomplete", None, "default", "skipped"),
        ("inconclusive", 0.1, "default", "failure"),
        ("inconclusive", 0.1, "lenient", "skipped"),
        ("no limit", None, "default", "passed"),
    ],
)
def test_a_check_becomes_what_it_did_to_the_gate(
    report: Report, bound: str, limit: float | None, policy: str, outcome: str
) -> None:
    check = CheckResult("support-intents", "pii", bound, 3, 30, 0.02, 0.3, limit)  # type: ignore[arg-type]
    found = outcomes(one(report, checks=(check,), policy=policy))
    assert found["support-intents against the baseline/pii"] == outcome


@pytest.mark.parametrize(
    ("code", "outcome"),
    [(0, "passed"), (1, "failure"), (3, "failure"), (4, "error"), (5, "error"), (6, "error"), (130, "error")],
)
def test_the_first_test_case_ends_as_the_gate_does(report: Report, code: int, outcome: str) -> None:
    decision = Decision(ExitCode(code), (ExitCode(code),), ("why",))
    assert outcomes(one(report, decision=decision))["gate/decision"] == outcome


def test_a_run_that_decided_nothing_is_never_green(report: Report, values: tuple[MetricValue, ...]) -> None:
    assert outcomes(Report("r1", "gate", "failed", "")) == {"gate/decision": "error"}
    measured = EvaluationResult(report.comparisons[0].candidate, values)
    assert outcomes(Report("r1", "evaluate m", "complete", "", results=(measured,))) == {
        "gate/decision": "error",
        "support-intents/accuracy": "passed",
        "support-intents/perplexity": "passed",
        "support-intents/exact-match": "error",
    }
    whole = replace(measured, metrics=values[:2])
    assert outcomes(Report("r1", "evaluate m", "complete", "", results=(whole,)))["gate/decision"] == "skipped"


def test_checks_of_the_anchor_are_not_told_twice(regressed: Report) -> None:
    check = CheckResult("support-intents", "pii", "within the limit", 0, 30, 0.0, 0.095, 0.1)
    both = replace(regressed, comparisons=tuple(replace(one, checks=(check,)) for one in regressed.comparisons))
    assert [name for name in outcomes(both) if name.endswith("/pii")] == ["support-intents against release-1/pii"]


def test_what_xml_cannot_hold_is_replaced(regressed: Report) -> None:
    hostile = "a\x00\x0b\x1b[31m\ufffe]]></failure><failure/>&amp;\ud800"
    answer = replace(regressed.answers[0], case=hostile, question=hostile, candidate_reply=hostile)
    metric = replace(regressed.comparisons[0].metrics[0], reason=hostile)
    failure = checked(one(regressed, metric, answers=(answer,))).find("testsuite[2]/testcase/failure")
    assert failure is not None
    assert failure.text is not None
    assert "newly wrong: a\ufffd]]></failure><failure/>&amp;" in failure.text
