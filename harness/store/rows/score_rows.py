"""Scores and findings as rows, with the checks that gave them."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from harness.store.rows.evaluation_rows import fields_of

if TYPE_CHECKING:
    from harness.evaluation.records import CheckRecord, MetricRecord, PredictionKey
    from harness.evaluation.requests import Asked
    from harness.evaluation.scoring import Scored
    from harness.types import Checked


def score_row(metric: MetricRecord, asked: Asked, scored: Scored) -> dict[str, Any]:
    """The row of what a metric found of one answered case."""
    return {
        "answer_key": asked.answer_key,
        "content": asked.case.content,
        "metric": metric.key,
        "samples": asked.samples,
        "statistics": list(scored.statistics),
        "version": metric.version,
    }


def check_row(check: CheckRecord) -> dict[str, Any]:
    """The row of a check's identity."""
    return fields_of(check)


def checked_row(check: CheckRecord, key: PredictionKey, content: str, checked: Checked) -> dict[str, Any]:
    """The row of what a check said of one reply to the case of that content."""
    return {
        "answer_key": key.answer,
        "content": content,
        "check": check.key,
        "sample": key.sample,
        "applies": checked.applies,
        "findings": [asdict(finding) for finding in checked.findings],
        "unchecked": checked.unchecked,
        "version": check.version,
    }
