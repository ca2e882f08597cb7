"""Comparisons, results and decisions as JSON keys and values, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from harness.comparison.records import (
    FORMER_LEVEL,
    CheckResult,
    Comparison,
    Decision,
    EvaluationResult,
    MetricComparison,
    MetricValue,
    Sensitivity,
    SliceComparison,
)
from harness.errors import ExitCode
from harness.evaluation.records import Evaluation
from harness.store.journal.values import now
from harness.store.rows.evaluation_rows import evaluation_from_row, fields_of
from harness.types import DetectorAccuracy


def comparison_row(run: str | None, comparison: Comparison) -> dict[str, Any]:
    """The row of a comparison that is made now; of no run where it is only a look on the way."""
    return {
        "id": comparison.id,
        "run": run,
        "suite": comparison.suite,
        "baseline": comparison.baseline.id,
        "candidate": comparison.candidate.id,
        "body": comparison_record(comparison),
        "at": now(),
    }


def result_row(run: str, result: EvaluationResult) -> dict[str, Any]:
    """The row of what the run measures now."""
    return {"run": run, "evaluation": result.evaluation.id, "body": result_record(result), "at": now()}


def decision_row(run: str, decision: Decision) -> dict[str, Any]:
    """The row of what the run's gate says now."""
    return {"run": run, "at": now(), "body": decision_record(decision)}


def comparison_record(comparison: Comparison) -> dict[str, Any]:
    """The comparison as JSON keys and values, both evaluations included."""
    return {
        **fields_of(comparison),
        "baseline": _evaluation_record(comparison.baseline),
        "candidate": _evaluation_record(comparison.candidate),
        "metrics": [_metric_record(metric) for metric in comparison.metrics],
        "checks": [_check_record(check) for check in comparison.checks],
    }


def comparison_from_record(record: Mapping[str, Any]) -> Comparison:
    """The inverse of `comparison_record`."""
    return Comparison(
        id=record["id"],
        suite=record["suite"],
        baseline=evaluation_from_row(record["baseline"]),
        candidate=evaluation_from_row(record["candidate"]),
        metrics=tuple(_metric_from_record(metric) for metric in record["metrics"]),
        checks=tuple(_check_from_record(check) for check in record["checks"]),
        warnings=tuple(record["warnings"]),
        **{name: record[name] for name in ("against", "baseline_name", "selected_from") if name in record},
    )


def result_record(result: EvaluationResult) -> dict[str, Any]:
    """The result as JSON keys and values, its evaluation included."""
    return {
        "evaluation": _evaluation_record(result.evaluation),
        "metrics": [fields_of(metric) for metric in result.metrics],
        "checks": [_check_record(check) for check in result.checks],
    }


def result_from_record(record: Mapping[str, Any]) -> EvaluationResult:
    """The inverse of `result_record`."""
    return EvaluationResult(
        evaluation_from_row(record["evaluation"]),
        tuple(MetricValue(**_with_tuples(metric)) for metric in record["metrics"]),
        tuple(_check_from_record(check) for check in record["checks"]),
    )


def decision_record(decision: Decision) -> dict[str, Any]:
    """The decision as JSON keys and values, exit codes as numbers."""
    return {
        "code": int(decision.code),
        "codes": [int(code) for code in decision.codes],
        "reasons": list(decision.reasons),
    }


def decision_from_record(record: Mapping[str, Any]) -> Decision:
    """The inverse of `decision_record`."""
    codes = tuple(ExitCode(code) for code in record["codes"])
    return Decision(ExitCode(record["code"]), codes, tuple(record["reasons"]))


def _metric_record(metric: MetricComparison) -> dict[str, Any]:
    parts = {"sensitivity": fields_of(metric.sensitivity), "slices": [fields_of(one) for one in metric.slices]}
    return {**fields_of(metric), **parts}


def _metric_from_record(record: Mapping[str, Any]) -> MetricComparison:
    """What a store of an earlier version did not have yet is left at its default; its intervals were 95 % ones."""
    former = {"level": FORMER_LEVEL, "low95": record.get("low"), "high95": record.get("high")}
    parts = {
        "sensitivity": Sensitivity(**record.get("sensitivity", {})),
        "slices": tuple(SliceComparison(**one) for one in record.get("slices", ())),
    }
    return MetricComparison(**{**({} if "level" in record else former), **_with_tuples(record), **parts})


def _check_record(check: CheckResult) -> dict[str, Any]:
    accuracy = check.accuracy if isinstance(check.accuracy, str) else [asdict(one) for one in check.accuracy]
    return {**fields_of(check), "accuracy": accuracy}


def _check_from_record(record: Mapping[str, Any]) -> CheckResult:
    accuracy = record.get("accuracy", [])
    known = accuracy if accuracy == "exact" else tuple(DetectorAccuracy(**one) for one in accuracy)
    return CheckResult(**{**_with_tuples(record), "accuracy": known})


def _evaluation_record(evaluation: Evaluation) -> dict[str, Any]:
    return {**fields_of(evaluation), "model": fields_of(evaluation.model)}


def _with_tuples(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in record.items()}
