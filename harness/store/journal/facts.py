"""A journal that takes records: what each becomes in the tables is said here and in `store.rows`, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from harness.store.journal.journal import Journal
from harness.store.rows.baseline_rows import anchor_row, baseline_row
from harness.store.rows.comparison_rows import comparison_row, decision_row, result_row
from harness.store.rows.evaluation_rows import (
    evaluation_case,
    evaluation_case_row,
    evaluation_name_row,
    evaluation_row,
    metric_row,
    prediction_row,
)
from harness.store.rows.figure_rows import figure_rows, noise_row, value_rows
from harness.store.rows.run_rows import (
    cleaning_row,
    cycle_row,
    preparation_row,
    run_row,
    run_training_row,
    state_row,
    training_row,
)
from harness.store.rows.score_rows import check_row, checked_row, score_row
from harness.store.rows.suite_rows import suite_rows

if TYPE_CHECKING:
    from harness.comparison.records import (
        Comparison,
        Decision,
        EvaluationResult,
        MetricComparison,
        MetricValue,
        Noise,
    )
    from harness.data.prepare import PrepareSummary
    from harness.data.records import LedgerEntry
    from harness.evaluation.records import Anchor, Baseline, CheckRecord, Evaluation, MetricRecord, PredictionKey
    from harness.evaluation.requests import Asked
    from harness.evaluation.scoring import Scored
    from harness.store.rows.carried import CarriedRows
    from harness.store.rows.listed import RunKind
    from harness.suites.records import Suite
    from harness.types import Checked, Checkpoint, Cycle, Prediction, RunStarted, Tier


class FactJournal(Journal):
    """Each method writes what is known of one thing; `run` is the run that found it out.

    What a method has written is safe when it returns, as `Journal.add` says.
    """

    def run(self, started: RunStarted, kind: RunKind, facts: Mapping[str, Any]) -> None:
        """A run of that kind that starts, with what is known of the machine."""
        self.add("runs", [run_row(started, kind, facts)])

    def state(self, subject: str, identifier: str, state: str, detail: Mapping[str, Any] | None = None) -> None:
        """What something has come to, as of now."""
        self.add("states", [state_row(subject, identifier, state, detail)])

    def cleanings(self, run: str, entries: Iterable[LedgerEntry]) -> None:
        """What became of conversations that did not simply pass."""
        self.add("cleanings", [cleaning_row(run, entry) for entry in entries])

    def preparation(self, run: str, summary: PrepareSummary) -> None:
        """How the run's data was prepared."""
        self.add("preparations", [preparation_row(run, summary)])

    def training(self, run: str, key: str, checkpoint: Checkpoint) -> None:
        """A training that is finished."""
        self.add("trainings", [training_row(run, key, checkpoint)])

    def training_used(self, run: str, key: str) -> None:
        """That the run uses the training, its own or one that was there."""
        self.add("run_trainings", [run_training_row(run, key)])

    def cycle(self, run: str, cycle: Cycle) -> None:
        """A cycle that is finished."""
        self.add("cycles", [cycle_row(run, cycle)])

    def suite(self, suite: Suite, tier_of: Mapping[str, Tier]) -> None:
        """A suite with its cases; `tier_of` gives the tier of each case content."""
        for table, rows in suite_rows(suite, tier_of).items():
            self.add(table, rows)

    def evaluation(self, evaluation: Evaluation, asked: Iterable[Asked]) -> None:
        """An evaluation that is going to be measured, and what is asked in it."""
        self.add("evaluations", [evaluation_row(evaluation)])
        self.add("evaluation_cases", (evaluation_case_row(evaluation.id, evaluation_case(one)) for one in asked))

    def evaluation_name(self, name: str, evaluation: str) -> None:
        """That the name stands for the evaluation of that id from now on."""
        self.add("evaluation_names", [evaluation_name_row(name, evaluation)])

    def predictions(self, run: str, given: Iterable[tuple[str, Prediction]], *, at_once: bool = True) -> None:
        """What a model answered, each by its answer key; `at_once` as `Journal.add` takes it."""
        self.add("predictions", (prediction_row(key, one, run) for key, one in given), at_once=at_once)

    def metric(self, metric: MetricRecord) -> None:
        """What a metric is whose scores or figures follow."""
        self.add("metrics", [metric_row(metric)])

    def scores(self, metric: MetricRecord, given: Iterable[tuple[Asked, Scored]]) -> None:
        """What the metric found of each answered case."""
        self.add("scores", (score_row(metric, one, scored) for one, scored in given))

    def check(self, check: CheckRecord) -> None:
        """What a safety check is whose findings follow."""
        self.add("checks", [check_row(check)])

    def findings(self, check: CheckRecord, given: Iterable[tuple[PredictionKey, str, Checked]]) -> None:
        """What the check said of each reply, which is found by its key and the content of its case."""
        self.add("checked", (checked_row(check, key, content, checked) for key, content, checked in given))

    def values(self, evaluation: Evaluation, values: Sequence[MetricValue]) -> None:
        """The figures of an evaluation that is compared with nothing."""
        self.add("figures", value_rows(evaluation, values))

    def figures(
        self, evaluation: Evaluation, metrics: Sequence[MetricComparison], side: Literal["baseline", "candidate"]
    ) -> None:
        """The figures of an evaluation, which is that side of a comparison."""
        self.add("figures", figure_rows(evaluation, metrics, side))

    def result(self, run: str, result: EvaluationResult) -> None:
        """What the run measured of an evaluation that is compared with nothing."""
        self.add("results", [result_row(run, result)])

    def comparisons(self, run: str | None, comparisons: Iterable[Comparison]) -> None:
        """Comparisons of the run; of none where they are only a look on the way."""
        self.add("comparisons", [comparison_row(run, one) for one in comparisons])

    def decision(self, run: str, decision: Decision) -> None:
        """What the run's gate says."""
        self.add("decisions", [decision_row(run, decision)])

    def noises(self, noises: Iterable[Noise]) -> None:
        """Noise floors of metrics on this machine."""
        self.add("noises", [noise_row(noise) for noise in noises])

    def baselines(self, moves: Iterable[Baseline]) -> None:
        """Moves of names; the newest of a name and suite counts."""
        self.add("baselines", [baseline_row(move) for move in moves])

    def anchor(self, anchor: Anchor) -> None:
        """A move of a suite's anchor; the newest counts."""
        self.add("anchors", [anchor_row(anchor)])

    def carried(self, rows: CarriedRows) -> None:
        """An evaluation of another store."""
        for table, some in rows.by_table().items():
            self.add(table, some)
