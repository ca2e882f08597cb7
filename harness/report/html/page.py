"""The page: templates filled with the report. Jinja escapes all text; at the end what is hidden in it is shown."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from harness.comparison.records import Sensitivity
from harness.report import numbers as figures
from harness.report.cells import check_cells, check_heads, slice_cells, worst_findings, worst_slices, worth_showing
from harness.report.html import plots
from harness.report.html.characters import cut, shown
from harness.report.html.replies import answer_rows
from harness.report.model import Report, Trend, TrendPoint
from harness.report.sentences import lines as sentences
from harness.report.sentences.endings import reply_lines
from harness.report.sentences.words import VERDICTS

_TEMPLATES = Path(__file__).parent / "templates"
_MOST = {"slices": 50, "findings": 200, "cycles": 500}
_MOST_TREND_POINTS = 60
_MEANINGS: Mapping[str, str] = {
    "regressed": "a loss, shown by a test and by its interval",
    "incomplete": "not measured: the metric failed, or more than 1 % of the answers are missing",
    "incompatible": "measured on other cases, settings or metric code",
    "inconclusive": "neither a gain nor a loss is shown: nobody can tell yet",
    "not worse": "a loss larger than the margin, or than the smallest one that counts, is excluded",
    "improved": "a gain, shown by a test and by its interval",
}
_SIGNS: Mapping[str, str] = {
    "regressed": "▼",
    "over the limit": "▼",
    "incomplete": "∅",
    "incompatible": "×",
    "inconclusive": "?",
    "not worse": "=",
    "within the limit": "=",
    "no limit": "·",
    "improved": "▲",
    "newly wrong": "▼",
    "newly right": "▲",
    "changed": "~",
}


class Section(NamedTuple):
    """A part of the page under its own headline; `body` is what the macros of its `kind` lay out."""

    kind: str
    anchor: str
    title: str
    body: Any


def to_html(report: Report) -> str:
    """The report as one HTML page that loads nothing; what a command has not done has no section."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(_functions())
    style, script = (_asset(name) for name in ("report.css", "report.js"))
    page = environment.get_template("report.html").render(
        report=report,
        sections=list(_sections(report)),
        known=_known(report),
        style=Markup(style),
        script=Markup(script),
        hashes={"style": _source_hash(style), "script": _source_hash(script)},
    )
    return shown(page)


def _sections(report: Report) -> Iterator[Section]:
    """In the order in which they should be read; what has nothing to say is left out."""
    compared = [one for one in report.comparisons if one.metrics or one.warnings]
    for place, one in enumerate(compared, 1):
        yield Section("comparison", f"comparison-{place}", sentences.title(one, report.comparisons), one)
    for place, measured in enumerate((one for one in report.results if one.metrics), 1):
        title = f"{measured.evaluation.suite} · {measured.evaluation.selection}"
        yield Section("result", f"result-{place}", title, measured)
    if ended := reply_lines(report):
        yield Section("endings", "endings", "Answers", ended)
    if report.answers or report.answer_counts:
        yield Section("answers", "changed-answers", "Changed answers", answer_rows(report.answers))
    checked = [(suite, checks) for suite, checks in sentences.checked_suites(report) if checks]
    if checked or report.findings:
        yield Section("safety", "safety", "Safety", (checked, worst_findings(report.findings)))
    if found := worth_showing(report.trends):
        yield Section("history", "history", "History", [_latest(trend) for trend in found])
    if report.training is not None:
        yield Section("training", "training", "Training", report.training)
    if report.data is not None and (report.data.rejections or report.data.cleaners or report.data.contamination):
        yield Section("cleaning", "cleaning", "Cleaning", report.data)
    if report.cycles:
        yield Section("cycles", "cycles", "Cycles", report.cycles)
    if report.stages:
        yield Section("time", "time", "Time", report.stages)
    # who reads the page needs no command that writes it
    elsewhere = [one for one in report.next_steps if not one.command.endswith(" --format html")]
    if elsewhere:
        yield Section("next", "next", "Next", elsewhere)


def _functions() -> dict[str, Any]:
    """What the templates call: numbers and sentences are those of the other formats."""
    return {
        "cut": cut,
        "figures": figures,
        "sentences": sentences,
        "metric_forest": plots.metric_forest,
        "slice_forest": plots.slice_forest,
        "training_chart": plots.training_chart,
        "trend_chart": plots.trend_chart,
        "worst_slices": worst_slices,
        "slice_cells": slice_cells,
        "check_cells": check_cells,
        "check_heads": check_heads,
        "point_figures": _point_figures,
        "unknown": Sensitivity(),
        "most": _MOST,
        "meanings": _MEANINGS,
        "signs": _SIGNS,
        "verdicts": VERDICTS,
    }


def _point_figures(point: TrendPoint) -> tuple[str, str]:
    """The value and its interval, with the digits that the interval supports."""
    decimals = figures.decimals_between(point.low, point.high)
    return figures.figure(point.value, decimals), figures.spread(point.low, point.high, decimals, point.level)


def _latest(trend: Trend) -> Trend:
    return replace(trend, points=trend.points[-_MOST_TREND_POINTS:])


def _known(report: Report) -> dict[str, str]:
    """The evaluations of this report by id, as a trend names them."""
    known = {one.baseline.id: f"the {one.against}" for one in reversed(report.comparisons)}
    return known | {one.candidate.id: "this candidate" for one in report.comparisons}


def _asset(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _source_hash(source: str) -> str:
    """What a content security policy allows an inline style or script by."""
    return f"sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}"
