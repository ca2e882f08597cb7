"""Which stored replies to choices are none of them, as each metric reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from harness.comparison.pairing import Unspelt
from harness.evaluation.records import Evaluation
from harness.evaluation.scoring import answered
from harness.host.blame import blamed, fitting
from harness.protocols import Chooses
from harness.runs.assembly.built import BuiltMetric, BuiltSuite
from harness.runs.session import Session
from harness.runs.steps.rescoring import questions_again
from harness.types import Answered


@dataclass(frozen=True, slots=True)
class Strays:
    """One side's replies to choices: how many there are, and by metric key those that are none, by case content."""

    replies: int = 0
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of(self, metric: str, rows: Mapping[str, int]) -> Unspelt:
        """Those as the metric reads them, by the row of their case."""
        texts = self.texts.get(metric, {})
        return Unspelt(self.replies, {rows[content]: text for content, text in texts.items() if content in rows})


def strays(session: Session, built: BuiltSuite, evaluation: Evaluation) -> Strays:
    """The replies of an evaluation that are none of the choices; where likelihoods were asked there are none."""
    metrics = [metric for metric in built.metrics if metric.built.instance.reads == "choice"]
    rows = session.store.replied_choices(built.part, evaluation) if metrics else []
    if not rows:
        return Strays()
    predictions = session.store.predictions([row.answer_key for row in rows])
    asked = questions_again(session, evaluation, built, rows)
    answers = [answered(one, predictions.get(one.answer_key, ())) for one in asked]
    given = [one for one in answers if one is not None]
    return Strays(len(given), {metric.built.key: unspelt_texts(metric, given) for metric in metrics})


def unspelt_texts(metric: BuiltMetric, answers: Sequence[Answered]) -> dict[str, str]:
    """The replies in which the metric finds none of the choices, by case content."""
    instance = metric.built.instance
    has_own_way = isinstance(instance, Chooses) and callable(instance.chosen)
    with blamed(metric.built, "metric", "chosen"):
        chosen = tuple(instance.chosen(one) if has_own_way else one.choice() for one in answers)
        fitting(chosen, tuple[str | None, ...])
    pairs = zip(answers, chosen, strict=True)
    return {one.case.content: one.text for one, choice in pairs if choice is None and not one.likelihoods}
