"""What reports print of comparisons, read back, and whether it says the same as the verdicts."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from rich.console import Console

from harness.comparison.estimated import gain_interval
from harness.comparison.reasons import figures
from harness.comparison.records import Comparison, MetricComparison
from harness.comparison.verdicts import BLIND, TOO_FEW
from harness.evaluation.records import Evaluation
from harness.report.html.page import to_html
from harness.report.json import to_json
from harness.report.junit import to_junit
from harness.report.markdown import to_markdown
from harness.report.model import Report
from harness.report.terminal.bars import LINE, MARGIN, ZERO, interval_bar
from harness.report.terminal.rich import render
from harness.types import ModelReference

Interval: TypeAlias = tuple[float, float]

_BATCH = 25
_BARS = 31
_NUMBER = r"([+−-]?[\d,]+(?:\.\d+)?)"
_INTERVAL = re.compile(rf"\[{_NUMBER}, {_NUMBER}\]")
_REASONS = ("would count alone", "in a single look", "below the floor", "few cases changed")


def in_reports(metrics: Sequence[MetricComparison]) -> dict[str, dict[str, Interval]]:
    """By form and metric, the interval that is printed of its difference."""
    read: dict[str, dict[str, Interval]] = {form: {} for form in FORMS}
    for start in range(0, len(metrics), _BATCH):
        batch = metrics[start : start + _BATCH]
        report = _report(batch)
        for form, written in FORMS.items():
            text = written(report)
            read[form].update({metric.metric: found for metric in batch if (found := _after(metric.metric, text))})
    read["reason"] = {metric.metric: found for metric in metrics if (found := _first(figures(metric)))}
    return read


def contradictions(metrics: Sequence[MetricComparison], printed: Mapping[str, Mapping[str, Interval]]) -> Iterator[str]:
    """Each place where a reader sees something else than the verdict."""
    for metric in metrics:
        for form, intervals in printed.items():
            if metric.low is not None and metric.metric not in intervals:
                yield f"{metric.metric}: no interval in {form}"
                continue
            if metric.low is not None and (said := _contradiction(metric, _turned(metric, intervals[metric.metric]))):
                yield f"{metric.metric}: {form} prints {intervals[metric.metric]}: {said}"
        if said := _drawn_otherwise(metric):
            yield f"{metric.metric}: the bar {said}"


def _contradiction(metric: MetricComparison, gain: Interval) -> str:
    """What the interval of the gain says against the verdict; empty where they agree."""
    low, high = gain
    limit = metric.floor if metric.margin is None else metric.margin
    explained = any(reason in metric.reason for reason in _REASONS) or {BLIND, TOO_FEW} & set(metric.notes)
    if metric.verdict == "improved" and not low > 0:
        return "improved, and it holds zero"
    if metric.verdict == "regressed" and not high < 0:
        return "regressed, and it holds zero"
    if metric.verdict == "not worse" and not low > -(limit or 0.0):
        return f"not worse, and it holds a loss of {limit}"
    if metric.verdict == "inconclusive" and (low > 0 or high < 0) and not explained:
        return f"inconclusive, and it excludes zero: {metric.reason}"
    return ""


def _drawn_otherwise(metric: MetricComparison) -> str:
    bar = interval_bar(metric, _BARS)
    if not bar:
        return ""
    left, right = bar[: _BARS // 2], bar[_BARS // 2 + 1 :]
    if metric.verdict == "improved" and LINE in left:
        return "of a gain reaches below zero"
    if metric.verdict == "regressed" and (right.strip() or bar[_BARS // 2] != ZERO):
        return "of a loss reaches zero"
    low, _ = gain_interval(metric)
    if metric.margin and low > -metric.margin and bar.partition(MARGIN)[0].strip():
        return "reaches the margin that it excludes"
    return ""


def _turned(metric: MetricComparison, interval: Interval) -> Interval:
    return interval if metric.higher_is_better else (-interval[1], -interval[0])


def _after(name: str, text: str) -> Interval | None:
    """The first interval behind the name."""
    place = text.find(name)
    return None if place < 0 else _first(text[place:])


def _first(text: str) -> Interval | None:
    found = _INTERVAL.search(text)
    return (_number(found[1]), _number(found[2])) if found else None


def _number(text: str) -> float:
    return float(text.replace("−", "-").replace(",", ""))


def _report(metrics: Sequence[MetricComparison]) -> Report:
    sides = [
        Evaluation(side, "drawn", "v", "gate", 1, ModelReference(side), side, {}, "", {})
        for side in ("baseline", "candidate")
    ]
    comparison = Comparison("c", "drawn", sides[0], sides[1], tuple(metrics))
    return Report("run", "gate", "complete", "2026-01-01 00:00:00", comparisons=(comparison,))


def _terminal(width: int) -> Callable[[Report], str]:
    def text(report: Report) -> str:
        console = Console(file=io.StringIO(), width=width, color_system=None)
        render(report, console)
        return str(console.file.getvalue())  # type: ignore[attr-defined]

    return text


def _html(report: Report) -> str:
    """The text of the page's table, without what a screen reader is told of the plots."""
    body = to_html(report).partition("<main")[2]
    return re.sub(r"<[^>]*>", "", re.sub(r"<svg.*?</svg>", "", body, flags=re.DOTALL))


def _json(report: Report) -> str:
    metrics = json.loads(json.dumps(to_json(report)))["comparisons"][0]["metrics"]
    lines = [f"{one['metric']} [{one['low']:.17f}, {one['high']:.17f}]" for one in metrics if one["low"] is not None]
    return "\n".join(lines)


FORMS: Mapping[str, Callable[[Report], str]] = {
    "terminal": _terminal(160),
    "terminal of 80 columns": _terminal(80),
    "html": _html,
    "markdown": to_markdown,
    "json": _json,
    "junit": to_junit,
}
