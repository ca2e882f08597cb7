"""What questions return where no record of the harness fits, and records as rows and JSON bodies, there and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
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
from harness.evaluation.records import Evaluation, MetricRecord
from harness.store.values import now
from harness.types import Checkpoint, DetectorAccuracy, Kind, Likelihood, ModelReference, Prediction, StepRecord


@dataclass(frozen=True, slots=True)
class SuiteRow:
    """A stored suite version; `tiers` counts the cases in each tier, `source` is the file it was read from."""

    name: str
    version: str
    cases: int
    tiers: Mapping[str, int]
    added_at: str
    source: str | None


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run with its latest state; `code` is the exit code of its latest decision, where there is one."""

    id: str
    command: str
    recipe: Mapping[str, Any]
    folder: str
    facts: Mapping[str, Any]
    started_at: str
    state: str
    code: ExitCode | None

    @property
    def name(self) -> str | None:
        """What the recipe calls itself."""
        return self.recipe.get("name")


@dataclass(frozen=True, slots=True)
class GateRow:
    """A comparison that a gate has made, in which run and when."""

    run: str
    at: str
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class StateRow:
    """A state, when it began, and what was said about it."""

    state: str
    at: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EvaluationCase:
    """One thing that was asked in an evaluation: the case by content, and the key of the answers to it."""

    position: int
    content: str
    kind: Kind
    answer_key: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an evaluation has come that is not complete: `answered` of `wanted` answers; `run` measured it last."""

    run: str
    suite: str
    model: ModelReference
    answered: int
    wanted: int


@dataclass(frozen=True, slots=True)
class SizeRow:
    """How much room something takes in the store's folder, and in how many rows or files."""

    what: str
    count: int
    bytes: int


@dataclass(frozen=True, slots=True)
class CleaningRow:
    """What a cleaner did to one conversation; `source` is where it was read."""

    cleaner: str
    conversation: str
    outcome: str
    reason: str | None
    source: str | None


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """A training that a run used; `trained_in` is the run that paid for it."""

    key: str
    checkpoint: Checkpoint
    trained_in: str | None
    finished_at: str


def prediction_row(answer_key: str, prediction: Prediction, run: str | None) -> dict[str, Any]:
    """The row of a prediction. Its own key and case are left out: answer key and sample find it, for any case."""
    return {
        "answer_key": answer_key,
        "sample": prediction.sample,
        "kind": prediction.kind,
        "replies": list(prediction.replies),
        "log_likelihoods": [one.log_likelihood for one in prediction.likelihoods],
        "tokens": [one.tokens for one in prediction.likelihoods],
        "finish_reason": prediction.finish_reason,
        "prompt_tokens": prediction.prompt_tokens,
        "new_tokens": prediction.new_tokens,
        "seconds": prediction.seconds,
        "error": prediction.error,
        "run": run,
    }


def prediction_from_row(row: Mapping[str, Any]) -> Prediction:
    """The prediction of a stored row; a log-likelihood that was not finite comes back as NaN."""
    pairs = zip(row["log_likelihoods"] or (), row["tokens"] or (), strict=True)
    return Prediction(
        key=f"{row['answer_key']}:{row['sample']}",
        case="",
        kind=row["kind"],
        sample=row["sample"],
        replies=tuple(row["replies"] or ()),
        likelihoods=tuple(Likelihood(float("nan") if value is None else value, tokens) for value, tokens in pairs),
        finish_reason=row["finish_reason"],
        prompt_tokens=row["prompt_tokens"],
        new_tokens=row["new_tokens"],
        seconds=row["seconds"],
        error=row["error"],
    )


def metric_row(metric: MetricRecord) -> dict[str, Any]:
    """The row of a metric's identity."""
    return _record(metric)


def metric_from_row(row: Mapping[str, Any]) -> MetricRecord:
    """The inverse of `metric_row`, JSON columns parsed."""
    low, high = row["bounds"] or (None, None)
    tuples = {"names": tuple(row["names"]), "bounds": (low, high), "comparable_on": tuple(row["comparable_on"] or ())}
    return MetricRecord(**{**row, "options": row["options"] or {}, **tuples})


def evaluation_row(evaluation: Evaluation) -> dict[str, Any]:
    """The row of an evaluation. Name and state change, so they are rows of `evaluation_names` and `states`."""
    row = _record(evaluation)
    del row["name"], row["state"]
    return {**row, "model": _record(evaluation.model), "created_at": evaluation.created_at or now()}


def evaluation_from_row(row: Mapping[str, Any]) -> Evaluation:
    """The evaluation of a row that has its name and state added, JSON columns parsed."""
    mappings = {column: row[column] or {} for column in ("parts", "settings", "facts")}
    return Evaluation(**{**row, **mappings, "model": ModelReference(**row["model"])})


def checkpoint_record(checkpoint: Checkpoint) -> dict[str, Any]:
    """The checkpoint as JSON keys and values."""
    curve = [_record(step) for step in checkpoint.curve]
    return {**_record(checkpoint), "model": _record(checkpoint.model), "curve": curve}


def checkpoint_from_record(record: Mapping[str, Any]) -> Checkpoint:
    """The inverse of `checkpoint_record`."""
    curve = tuple(StepRecord(**step) for step in record["curve"])
    return Checkpoint(**{**record, "model": ModelReference(**record["model"]), "curve": curve})


def comparison_record(comparison: Comparison) -> dict[str, Any]:
    """The comparison as JSON keys and values, both evaluations included."""
    return {
        **_record(comparison),
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
        "metrics": [_record(metric) for metric in result.metrics],
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
    parts = {"sensitivity": _record(metric.sensitivity), "slices": [_record(one) for one in metric.slices]}
    return {**_record(metric), **parts}


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
    return {**_record(check), "accuracy": accuracy}


def _check_from_record(record: Mapping[str, Any]) -> CheckResult:
    accuracy = record.get("accuracy", [])
    known = accuracy if accuracy == "exact" else tuple(DetectorAccuracy(**one) for one in accuracy)
    return CheckResult(**{**_with_tuples(record), "accuracy": known})


def _evaluation_record(evaluation: Evaluation) -> dict[str, Any]:
    return {**_record(evaluation), "model": _record(evaluation.model)}


def _record(one: Any) -> dict[str, Any]:
    """The fields of a flat dataclass, tuples as lists."""
    values = {field.name: getattr(one, field.name) for field in fields(one)}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _with_tuples(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in record.items()}
