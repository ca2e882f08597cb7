"""The page: templates filled with the report. Jinja escapes all text; at the end what is hidden in it is shown."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from harness.comparison.records import Sensitivity
from harness.report import numbers as figures
from harness.report.cells import check_cells, check_heads, slice_cells, worst_slices
from harness.report.html import plots
from harness.report.html.characters import cut, shown
from harness.report.html.replies import answer_rows
from harness.report.model import Report, Trend, TrendPoint
from harness.report.sections import SectionKind, in_order, sections
from harness.report.sentences import lines as sentences
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


_ORDER: Sequence[SectionKind] = (
    *(
        "comparison",
        "result",
        "endings",
        "answers",
        "safety",
        "trend",
        "training",
        "cleaning",
        "cycles",
        "time",
        "next",
    ),
)
"""What the page shows below its head, which has the reasons and the warnings."""
_ANCHORS: Mapping[str, str] = {"answers": "changed-answers", "trend": "history"}


class Part(NamedTuple):
    """A section of the page; `body` is what the macros of its `kind` lay out."""

    kind: SectionKind
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
        sections=list(_parts(report)),
        known=_known(report),
        style=Markup(style),
        script=Markup(script),
        hashes={"style": _source_hash(style), "script": _source_hash(script)},
    )
    return shown(page)


def _parts(report: Report) -> Iterator[Part]:
    """The sections as the page lays them out, each of several of a kind with a number in its anchor."""
    numbers: Counter[str] = Counter()
    for kind, title, body in in_order(sections(report), _ORDER):
        numbers[kind] += 1
        anchor = _ANCHORS.get(kind, kind)
        match kind:
            case "comparison" | "result":
                yield Part(kind, f"{anchor}-{numbers[kind]}", title, body)
            case "answers":
                yield Part(kind, anchor, title, answer_rows(report.answers))
            case "trend":
                yield Part(kind, anchor, "History", [_latest(trend) for trend in body])
            case "next":
                # who reads the page needs no command that writes it
                if elsewhere := [step for step in body if not step.command.endswith(" --format html")]:
                    yield Part(kind, anchor, title, elsewhere)
            case _:
                yield Part(kind, anchor, title, body)


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
