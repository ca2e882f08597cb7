"""Predictions, metrics, evaluations and checkpoints as rows, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from harness.evaluation.records import Evaluation, MetricRecord, PredictionKey
from harness.store.journal.values import now
from harness.store.rows.listed import EvaluationCase
from harness.types import Checkpoint, Likelihood, ModelReference, Prediction, StepRecord

if TYPE_CHECKING:
    from harness.evaluation.requests import Asked


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
        key=str(PredictionKey(row["answer_key"], row["sample"])),
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
    return fields_of(metric)


def metric_from_row(row: Mapping[str, Any]) -> MetricRecord:
    """The inverse of `metric_row`, JSON columns parsed."""
    low, high = row["bounds"] or (None, None)
    tuples = {"names": tuple(row["names"]), "bounds": (low, high), "comparable_on": tuple(row["comparable_on"] or ())}
    return MetricRecord(**{**row, "options": row["options"] or {}, **tuples})


def evaluation_row(evaluation: Evaluation) -> dict[str, Any]:
    """The row of an evaluation. Name and state change, so they are rows of `evaluation_names` and `states`."""
    row = fields_of(evaluation)
    del row["name"], row["state"]
    return {**row, "model": fields_of(evaluation.model), "created_at": evaluation.created_at or now()}


def evaluation_from_row(row: Mapping[str, Any]) -> Evaluation:
    """The evaluation of a row that has its name and state added, JSON columns parsed."""
    mappings = {column: row[column] or {} for column in ("parts", "settings", "facts")}
    return Evaluation(**{**row, **mappings, "model": ModelReference(**row["model"])})


def evaluation_case(asked: Asked) -> EvaluationCase:
    """What is asked, as the store knows it."""
    return EvaluationCase(asked.position, asked.case.content, asked.kind, asked.answer_key)


def evaluation_case_row(evaluation: str, case: EvaluationCase) -> dict[str, Any]:
    """The row of one thing that is asked in the evaluation of that id."""
    return {
        "evaluation": evaluation,
        "position": case.position,
        "content": case.content,
        "kind": case.kind,
        "answer_key": case.answer_key,
    }


def evaluation_name_row(name: str, evaluation: str) -> dict[str, Any]:
    """The row of a name that stands for the evaluation of that id from now on."""
    return {"name": name, "evaluation": evaluation, "at": now()}


def checkpoint_record(checkpoint: Checkpoint) -> dict[str, Any]:
    """The checkpoint as JSON keys and values."""
    curve = [fields_of(step) for step in checkpoint.curve]
    return {**fields_of(checkpoint), "model": fields_of(checkpoint.model), "curve": curve}


def checkpoint_from_record(record: Mapping[str, Any]) -> Checkpoint:
    """The inverse of `checkpoint_record`."""
    curve = tuple(StepRecord(**step) for step in record["curve"])
    return Checkpoint(**{**record, "model": ModelReference(**record["model"]), "curve": curve})


def fields_of(one: Any) -> dict[str, Any]:
    """The fields of a flat dataclass, tuples as lists."""
    values = {field.name: getattr(one, field.name) for field in fields(one)}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
