"""What intervals hold is said once a report; those of another level say theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from harness.report.html.page import to_html
from harness.report.json import to_json
from harness.report.junit import to_junit
from harness.report.markdown import to_markdown
from harness.report.model import Report

SAID = "intervals leave out 5 % on each side (90 %)"


@pytest.fixture
def former(report: Report) -> Report:
    """As it would be read from a store of before: every interval a 95 % one."""
    comparisons = [
        replace(one, metrics=tuple(replace(m, level=0.95) for m in one.metrics)) for one in report.comparisons
    ]
    trends = [replace(one, points=tuple(replace(point, level=0.95) for point in one.points)) for one in report.trends]
    return replace(report, comparisons=tuple(comparisons), trends=tuple(trends))


def forms(report: Report, printed: Callable[..., str]) -> list[str]:
    return [printed(report, 160), to_markdown(report), to_html(report), to_junit(report)]


def test_every_form_says_once_what_intervals_leave_out(report: Report, printed: Callable[..., str]) -> None:
    assert [text.count(SAID) for text in forms(report, printed)] == [1, 1, 1, 1]


def test_an_interval_of_before_is_marked_and_never_under_the_new_heading(
    former: Report, printed: Callable[..., str]
) -> None:
    for text in forms(former, printed):
        assert SAID not in text
        assert "] (95 %)" in text


def test_the_json_report_has_both_levels(report: Report) -> None:
    metric = to_json(report)["comparisons"][0]["metrics"][0]
    assert metric["level"] == 0.9
    assert {"low", "high", "low95", "high95", "gain_low", "error"} <= metric.keys()
