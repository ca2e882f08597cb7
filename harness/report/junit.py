"""A report as JUnit XML, as GitLab and Jenkins show it: a test suite a comparison, a test case a metric or check."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple, TypeAlias
from xml.etree import ElementTree as ET

from harness.comparison.reasons import figures
from harness.comparison.records import CheckResult, MetricComparison, MetricValue
from harness.comparison.verdicts import exit_code
from harness.errors import ExitCode
from harness.report.escape import xml_text
from harness.report.model import ChangedAnswer, Report
from harness.report.numbers import decimals_between, figure, share, spread, tested
from harness.report.sentences import lines as sentences
from harness.report.sentences.endings import reply_lines
from harness.report.sentences.measured import is_measurement
from harness.report.text import quoted

Outcome: TypeAlias = Literal["passed", "failure", "error", "skipped"]

_MOST_ANSWERS = 5
_MOST_CHARACTERS = 200
_BY_CODE: dict[ExitCode, Outcome] = {
    ExitCode.PASS: "passed",
    ExitCode.REGRESSED: "failure",
    ExitCode.INCONCLUSIVE: "failure",
}
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)")


class _Case(NamedTuple):
    """One test case: `message` is its headline, `body` what is shown when it is opened."""

    name: str
    outcome: Outcome
    kind: str
    message: str
    body: str = ""


def to_junit(report: Report) -> str:
    """The document, declaration included. The first test case is the gate's decision: it fails when the gate does.

    A metric fails (`failure`) when it regressed, or is inconclusive and that stops the gate; it is an `error` when it
    is incomplete or incompatible. What is inconclusive and lets the gate pass is `skipped`, and so is a watch metric
    that did not do well, and a check without a limit that could not be made.
    """
    suites = [("gate", [_with_rows(_decision(report), report)]), *_suites(report)]
    root = ET.Element("testsuites", {"name": xml_text(f"harness {report.command}"), **_counts(suites)})
    if report.seconds is not None:
        root.set("time", f"{report.seconds:.3f}")
    for name, cases in suites:
        suite = ET.SubElement(root, "testsuite", {"name": xml_text(name), **_counts([(name, cases)])})
        suite.set("skipped", str(sum(case.outcome == "skipped" for case in cases)))
        if (began := _TIME.match(report.started)) is not None:
            suite.set("timestamp", f"{began[1]}T{began[2]}")
        for case in cases:
            _append(suite, name, case)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suites(report: Report) -> Iterator[tuple[str, list[_Case]]]:
    for one in report.comparisons:
        wrong = [a for a in report.answers if a.change == "newly wrong" and a.suite == one.suite]
        cases = [_metric(metric, report, wrong) for metric in sentences.ordered(one)]
        # The checks of a comparison with the anchor are those of the baseline's again.
        checks = one.checks if one.against == "baseline" else ()
        cases += [_check(check, report) for check in sentences.ordered_checks(checks)]
        yield f"{one.suite} against {sentences.against(one)}", _with_answers(cases, report, one.suite)
    for measured in report.results:
        cases = [_measured(metric) for metric in measured.metrics]
        cases += [_check(check, report) for check in sentences.ordered_checks(measured.checks)]
        yield measured.evaluation.suite, _with_answers(cases, report, measured.evaluation.suite)


def _with_answers(cases: Sequence[_Case], report: Report, suite: str) -> list[_Case]:
    """The cases, each of which also says what became of the answers that it rests on."""
    lines = reply_lines(report, suite)
    return [case._replace(body="\n".join(filter(None, [case.body, *lines]))) for case in cases]


def _with_rows(decision: _Case, report: Report) -> _Case:
    """The decision, which also says which rows were trained on and what there is to be warned of."""
    lines = [*sentences.rows(report), *(f"warning: {warning}" for warning in report.warnings)]
    return decision._replace(body="\n".join(filter(None, [decision.body, *lines])))


def _decision(report: Report) -> _Case:
    word, said = sentences.decision_word(report), sentences.exit_line(report)
    if report.decision is None:
        measured = is_measurement(report) and sentences.code_of(report) is None
        told = ": ".join(filter(None, [said, sentences.main_reason(report)]))
        return _Case("decision", "skipped" if measured else "error", word.lower(), told)
    outcome = _BY_CODE.get(report.decision.code, "error")
    message = f"{said}: {sentences.main_reason(report)}"
    passed = report.decision.code == ExitCode.PASS
    lines = [sentences.main_reason(report) if passed else "", *report.decision.reasons, sentences.intervals(report)]
    return _Case("decision", outcome, word.lower(), message, "\n".join(line for line in lines if line))


def _metric(metric: MetricComparison, report: Report, newly_wrong: Sequence[ChangedAnswer]) -> _Case:
    told = [part for part in (figures(metric), tested(metric), metric.reason, *sentences.notes(metric)) if part]
    outcome = _metric_outcome(metric, report)
    lines = told if outcome == "passed" else [*told, *_examples(metric, newly_wrong)]
    role = "watched only, " if metric.role == "watch" and outcome == "skipped" else ""
    message = f"{role}{metric.verdict}: {'; '.join(told[:1])}"
    return _Case(metric.metric, outcome, metric.verdict, message, "\n".join(lines))


def _metric_outcome(metric: MetricComparison, report: Report) -> Outcome:
    if metric.verdict in ("improved", "not worse"):
        return "passed"
    if metric.role == "watch":
        return "skipped"
    if metric.verdict == "inconclusive":
        return "failure" if exit_code(metric, report.policy) == ExitCode.INCONCLUSIVE else "skipped"
    return "failure" if metric.verdict == "regressed" else "error"


def _measured(metric: MetricValue) -> _Case:
    missing = metric.value is None
    kind = "incomplete" if missing else "measured"
    decimals = decimals_between(metric.low, metric.high)
    value = f"{figure(metric.value, decimals)} {spread(metric.low, metric.high, decimals, metric.level)}".rstrip()
    told = "; ".join(filter(None, ("" if missing else value, metric.reason, *metric.notes)))
    return _Case(metric.metric, "error" if missing else "passed", kind, told, told)


def _check(check: CheckResult, report: Report) -> _Case:
    told = [
        check.reason or f"{check.found} of {check.n}, at most {share(check.high, check.limit)}",
        *check.notes,
        sentences.accuracy(check),
    ]
    return _Case(check.check, _check_outcome(check, report), check.bound, f"{check.bound}: {told[0]}", "\n".join(told))


def _check_outcome(check: CheckResult, report: Report) -> Outcome:
    if check.bound in ("within the limit", "no limit"):
        return "passed"
    if check.limit is None:
        return "skipped"
    if check.bound == "inconclusive":
        return "skipped" if report.policy == "lenient" else "failure"
    return "failure" if check.bound == "over the limit" else "error"


def _examples(metric: MetricComparison, newly_wrong: Sequence[ChangedAnswer]) -> Iterator[str]:
    """The first newly wrong answers, where it is this metric that calls them wrong."""
    for answer in [one for one in newly_wrong if one.metric == metric.metric][:_MOST_ANSWERS]:
        yield f"\nnewly wrong: {answer.case}"
        yield f"  question:  {quoted(answer.question, _MOST_CHARACTERS)}"
        yield f"  baseline:  {quoted(answer.baseline_reply, _MOST_CHARACTERS)}"
        yield f"  candidate: {quoted(answer.candidate_reply, _MOST_CHARACTERS)}"


def _counts(suites: Sequence[tuple[str, Sequence[_Case]]]) -> dict[str, str]:
    outcomes = [case.outcome for _, cases in suites for case in cases]
    found = {"tests": len(outcomes), "failures": outcomes.count("failure"), "errors": outcomes.count("error")}
    return {name: str(count) for name, count in found.items()}


def _append(suite: ET.Element, name: str, case: _Case) -> None:
    # Jenkins makes a package and a class of what the dots of a class name part.
    attributes = {"name": xml_text(case.name), "classname": xml_text(name.replace(".", "_"))}
    element = ET.SubElement(suite, "testcase", attributes)
    if case.outcome == "passed":
        if case.body:
            ET.SubElement(element, "system-out").text = xml_text(case.body)
        return
    outcome = ET.SubElement(element, case.outcome, {"message": xml_text(case.message), "type": case.kind})
    outcome.text = xml_text(case.body) or None
