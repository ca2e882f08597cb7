"""Which answers changed between the two sides: right to wrong, wrong to right, or by how much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from harness.comparison.records import Comparison, MetricComparison
from harness.evaluation.records import MetricRecord
from harness.report.model import AnswerCounts, Change, ChangedAnswer
from harness.report.sentences.endings import thoughts_of
from harness.store.queries.changes import ScoreChange
from harness.store.reader import Reader
from harness.types import Answered, Case, Prediction, Thoughts
from harness.types.thoughts import as_read, parted

MOST_KEPT = 200
"""Changed answers that a report carries, a suite."""


class _Said(NamedTuple):
    """One side's answer to a case: the likeliest choice, or the last reply of the first sample and its thought."""

    reply: str
    thought: str = ""

    @classmethod
    def of(cls, case: Case, predictions: Sequence[Prediction], per: object, thoughts: Thoughts) -> _Said:
        answered = Answered(case, tuple(as_read(one, thoughts) for one in predictions))
        if predictions[0].likelihoods and case.choices:
            return cls(answered.choice(per) or "")  # type: ignore[arg-type]
        whole = Answered(case, tuple(predictions)).text
        return cls(answered.text, parted(whole).thought if thoughts == "split" else "")


def changed_answers(
    reader: Reader, comparisons: Sequence[Comparison]
) -> tuple[tuple[AnswerCounts, ...], tuple[ChangedAnswer, ...]]:
    """Counts a suite, and the answers whose score changed, those that lost most first.

    A suite is told by its first metric that is a mean over cases; one that has none is left out.
    """
    counts: list[AnswerCounts] = []
    answers: list[ChangedAnswer] = []
    for comparison in comparisons:
        told = _telling_metric(reader, comparison)
        if told is None:
            continue
        metric, record = told
        version = comparison.candidate.suite_version
        found = reader.score_changes(version, comparison.baseline, comparison.candidate, record, MOST_KEPT)
        numbers = (found.n, found.newly_wrong, found.newly_right, found.changed)
        counts.append(AnswerCounts(comparison.suite, metric.metric, *numbers))
        answers += _answers(reader, comparison, metric, record, found.most)
    return tuple(counts), tuple(answers)


def _telling_metric(reader: Reader, comparison: Comparison) -> tuple[MetricComparison, MetricRecord] | None:
    for metric in sorted(comparison.metrics, key=lambda one: ("primary", "guard", "watch").index(one.role)):
        record = reader.metric(metric.key)
        if record is not None and set(record.names) == {"sum", "count"}:
            return metric, record
    return None


def _answers(
    reader: Reader,
    comparison: Comparison,
    metric: MetricComparison,
    record: MetricRecord,
    changes: Sequence[ScoreChange],
) -> Iterator[ChangedAnswer]:
    thoughts = thoughts_of(reader, comparison.candidate.suite_version)
    cases = reader.cases_of(comparison.candidate.suite_version, [change.content for change in changes])
    predictions = reader.predictions([key for change in changes for key in (change.baseline, change.candidate)])
    for change in changes:
        said = [predictions.get(key) for key in (change.baseline, change.candidate)]
        if said[0] and said[1]:
            case = cases[change.content]
            sides = tuple(
                _Said.of(case, one, record.options.get("per", "answer"), thoughts) for one in (said[0], said[1])
            )
            yield _answer(comparison.suite, metric, record, change, case, sides)


def _answer(
    suite: str,
    metric: MetricComparison,
    record: MetricRecord,
    change: ScoreChange,
    case: Case,
    sides: tuple[_Said, ...],
) -> ChangedAnswer:
    graded = not change.flipped
    rights: Mapping[str, bool | None] = {
        "baseline_right": None if graded else (change.before == 1.0) == record.higher_is_better,
        "candidate_right": None if graded else (change.after == 1.0) == record.higher_is_better,
    }
    baseline, candidate = sides
    return ChangedAnswer(
        suite=suite,
        case=case.id,
        change=_kind(change, record.higher_is_better),
        question=case.prompt if isinstance(case.prompt, str) else case.prompt[-1].content,
        baseline_reply=baseline.reply,
        candidate_reply=candidate.reply,
        reference=case.answer or next(iter(case.references), None),
        metric=metric.metric,
        baseline_score=change.before if graded else None,
        candidate_score=change.after if graded else None,
        baseline_thought=baseline.thought,
        candidate_thought=candidate.thought,
        **rights,
    )


def _kind(change: ScoreChange, higher_is_better: bool) -> Change:
    if not change.flipped:
        return "changed"
    return "newly right" if (change.after > change.before) == higher_is_better else "newly wrong"
