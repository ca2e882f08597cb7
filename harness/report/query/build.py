"""The report of a run, a gate call or an evaluation: a query over stored rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.comparison.records import CheckResult, Comparison, EvaluationResult
from harness.evaluation.records import Evaluation
from harness.report.model import (
    CleanerLine,
    Contamination,
    DataSummary,
    ModelLine,
    ModelSide,
    ReasonCount,
    Report,
    RowsUsed,
    SafetyFinding,
    StageTime,
    TrainingSummary,
)
from harness.report.query.changes import changed_answers
from harness.report.query.past import trends
from harness.report.sentences.endings import compared_replies, replies
from harness.report.sentences.next_steps import after_comparing, after_measuring
from harness.report.text import near
from harness.store.reader import Reader
from harness.store.rows.listed import RunKind, RunRow, TrainingRow
from harness.store.store import Store
from harness.types import Cycle, ModelReference

_SHORT = 12
_NOT_KEPT = (
    "an evaluation is compared with nothing, so there is nothing to decide; the figures of this one were not kept with "
    "the run: the same command again shows them, at no cost, and so does `harness history METRIC`"
)


def run_report(store: Store, run: str) -> Report:
    """Everything that is stored about a run."""
    with store.reader() as reader:
        row = store.as_it_is(reader.run(run))
        comparisons, results = tuple(reader.comparisons(run)), tuple(reader.results(run))
        rolling = [one for one in comparisons if one.against == "baseline"]
        sides = [side for one in rolling for side in (one.baseline, one.candidate)]
        sides += [one.evaluation for one in results]
        counts, answers = changed_answers(reader, rolling)
        stages = _stages(reader, run)
        last = reader.run_state(run)
        decision = reader.decision(run)
        policy = row.recipe.get("policy", "default")
        training = _training_row(reader, run, [one.candidate.model for one in comparisons])
        return Report(
            run=run,
            command=row.command,
            state=row.state,  # type: ignore[arg-type]
            started=row.started_at[:19],
            seconds=last.detail.get("seconds") if last else None,
            recipe=row.name,
            models=tuple(_models(comparisons, results)),
            data=_data(reader.preparation(run)),
            training=_training(training, run, row.recipe),
            comparisons=comparisons,
            results=results,
            reply_counts=(
                *compared_replies(reader, comparisons),
                *(replies(reader, one.evaluation, "model") for one in results),
            ),
            answer_counts=counts,
            answers=answers,
            findings=tuple(_findings(reader, rolling, results)),
            cycles=_cycles(reader.cycles(run), row.kind),
            trends=tuple(trends(reader, rolling)),
            stages=stages,
            decision=decision,
            policy=policy,
            warnings=(
                *_unfinished(reader, row),
                *_removed(reader, sides),
                *_told_by_trainer(training, row.recipe),
                *_figures_not_kept(row, results),
            ),
            next_steps=(
                *after_comparing(run, row.command, comparisons, decision, policy),
                *(after_measuring(run, results) if row.state == "complete" else ()),
            ),
        )


def _models(comparisons: Sequence[Comparison], results: Sequence[EvaluationResult]) -> Iterator[ModelLine]:
    if results:
        yield _model("model", results[0].evaluation)
    if comparisons:
        yield _model("candidate", comparisons[0].candidate)
        yield _model("baseline", comparisons[0].baseline)
        anchor = next((one.baseline for one in comparisons if one.against == "anchor"), None)
        if anchor is not None:
            yield _model("anchor", anchor)


def _model(side: ModelSide, evaluation: Evaluation) -> ModelLine:
    return ModelLine(
        side=side,
        reference=near(str(replace(evaluation.model, adapter=None))),
        adapter=near(evaluation.model.adapter) if evaluation.model.adapter else None,
        fingerprint=evaluation.fingerprint[:_SHORT],
        numerics=evaluation.numerics,
        threads=evaluation.facts.get("threads"),
        device=evaluation.facts.get("device"),
        verified=evaluation.verified,
    )


def _line(source: str | None) -> str | None:
    """File and line of a row; the file's name is enough, the recipe says where it is."""
    return Path(source).name if source else None


def _data(body: Mapping[str, Any] | None) -> DataSummary | None:
    if body is None:
        return None
    contaminated = Counter((one["suite"], one["kept"]) for one in body["contaminated"])
    rejections = Counter(one["reason"] for one in body["rejected"])
    return DataSummary(
        loaded=body["loaded"],
        rejected=len(body["rejected"]),
        kept=body["kept"],
        train=body["train"],
        validation=body["validation"],
        rejections=tuple(ReasonCount(reason, count) for reason, count in rejections.most_common()),
        cleaners=tuple(_cleaner(one) for one in body["cleaners"]),
        contamination=tuple(
            Contamination(suite, count, "kept" if kept else "removed")
            for (suite, kept), count in sorted(contaminated.items())
        ),
    )


def _cleaner(body: Mapping[str, Any]) -> CleanerLine:
    return CleanerLine(
        cleaner=body["name"],
        dropped=body["dropped"],
        changed=body["changed"],
        reasons=tuple(
            ReasonCount(one["reason"], one["count"], _line(next((e["source"] for e in one["examples"]), None)))
            for one in body["reasons"]
            if one["outcome"] == "dropped"
        ),
    )


def _training_row(reader: Reader, run: str, candidates: Collection[ModelReference]) -> TrainingRow | None:
    """The training of the model that was judged; of a run that judged none, the last."""
    used = reader.trainings(run)
    return next((one for one in used if one.checkpoint.model in candidates), used[-1]) if used else None


def _training(training: TrainingRow | None, run: str, recipe: Mapping[str, Any]) -> TrainingSummary | None:
    if training is None:
        return None
    checkpoint, facts = training.checkpoint, training.checkpoint.facts
    reused = training.trained_in != run
    seconds = facts.get("seconds")
    tokens = sum(step.tokens for step in checkpoint.curve)
    return TrainingSummary(
        trainer=_trainer(recipe),
        curve=checkpoint.curve,
        checkpoint_step=checkpoint.step,
        steps=checkpoint.steps,
        stopped_early=checkpoint.stopped_early,
        reused=reused,
        seconds=seconds,
        tokens_per_second=tokens / seconds if seconds and tokens else None,
        trained_on=_rows_used(facts, ""),
        validated_on=_rows_used(facts, "validation_"),
    )


def _rows_used(facts: Mapping[str, Any], prefix: str) -> RowsUsed | None:
    """What the trainer said of a set; it may be one that says nothing, or not in these words."""
    used, left_out, cut = (facts.get(prefix + name) for name in ("examples", "dropped", "truncated"))
    if not isinstance(used, int) or not isinstance(left_out, int) or used + left_out == 0:
        return None
    return RowsUsed(used + left_out, used, cut if isinstance(cut, int) else 0)


def _told_by_trainer(training: TrainingRow | None, recipe: Mapping[str, Any]) -> Iterator[str]:
    """What the trainer warned of: it is true of the checkpoint, whichever run trained it."""
    warnings = training.checkpoint.facts.get("warnings") if training is not None else None
    if isinstance(warnings, list):
        yield from (f"{_trainer(recipe)}: {warning}" for warning in warnings)


def _trainer(recipe: Mapping[str, Any]) -> str:
    return str(recipe.get("trainer", {}).get("use", ""))


def _unfinished(reader: Reader, run: RunRow) -> Iterator[str]:
    """How far the evaluations have come that the run has not completed."""
    then = "the run is at work" if run.state == "running" else "the same command goes on from there"
    for one in reader.progress([run.id]):
        yield f"{one.suite}: {one.answered:,} of {one.wanted:,} answers of {near(str(one.model))} are stored; {then}"


def _figures_not_kept(run: RunRow, results: Sequence[EvaluationResult]) -> Iterator[str]:
    """Evaluations of an earlier version did not store what they measured with the run."""
    if run.kind == "evaluate" and run.state == "complete" and not results:
        yield _NOT_KEPT


def _removed(reader: Reader, evaluations: Sequence[Evaluation]) -> Iterator[str]:
    """Whose answers are gone since they were looked at."""
    side_of = {one.id: one for one in evaluations}
    for identifier, at in reader.removed(side_of).items():
        side = side_of[identifier]
        yield (
            f"{side.suite}: the answers of {near(str(side.model))} were removed from the store on {at}; "
            "figures and verdicts stay, and the same evaluation asks for the answers again"
        )


def _stages(reader: Reader, run: str) -> tuple[StageTime, ...]:
    """The last figure of each stage, in the order in which they first ended."""
    seconds: dict[str, float] = {}
    for state in reader.states("stage", run):
        seconds[state.state] = float(state.detail.get("seconds", 0.0))
    return tuple(StageTime(stage, took) for stage, took in seconds.items())


def _cycles(bodies: Sequence[Mapping[str, Any]], kind: RunKind) -> tuple[Cycle, ...]:
    """The cycles of a refinement; a single cycle is told by its comparisons."""
    return tuple(Cycle(**body) for body in bodies) if kind == "refine" else ()


def _findings(
    reader: Reader, comparisons: Sequence[Comparison], results: Sequence[EvaluationResult]
) -> Iterator[SafetyFinding]:
    """One finding a suite, check and category, with how many there are of it."""
    checked = [(one.candidate, one.checks) for one in comparisons]
    for evaluation, checks in [*checked, *((one.evaluation, one.checks) for one in results)]:
        for check in checks:
            yield from _of_check(reader, evaluation, check)


def _of_check(reader: Reader, evaluation: Evaluation, check: CheckResult) -> Iterator[SafetyFinding]:
    first: dict[str, SafetyFinding] = {}
    counts: Counter[str] = Counter()
    for case, finding in reader.findings(evaluation.id, check.key):
        counts[finding.category] += 1
        one = SafetyFinding(evaluation.suite, check.check, finding.category, finding.severity, finding.evidence, case)
        first.setdefault(finding.category, one)
    for category, one in first.items():
        yield replace(one, count=counts[category])
