"""Choices against the right answer: accuracy, and precision, recall and F1 as scikit-learn computes them.

A prediction that is none of the labels is of no class: a false negative for the true label, a false positive for
none. 0/0 is 0. An answer that never came is worth a wrong one, so that failing on hard cases never raises precision.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias

import numpy as np

from harness.types import Answered, Case, Kind, Per
from harness_metrics.extraction import Extraction, Written
from harness_metrics.needs import answer, label, never_answers
from harness_metrics.ratios import mean, share

Figure: TypeAlias = Literal["f1", "precision", "recall"]


def macro_f1(per: Per = "answer", extract: Sequence[Written] = ()) -> Macro:
    return Macro("f1", per, extract)


def macro_precision(per: Per = "answer", extract: Sequence[Written] = ()) -> Macro:
    return Macro("precision", per, extract)


def macro_recall(per: Per = "answer", extract: Sequence[Written] = ()) -> Macro:
    return Macro("recall", per, extract)


def micro_f1(per: Per = "answer", extract: Sequence[Written] = ()) -> Micro:
    return Micro("f1", per, extract)


def micro_precision(per: Per = "answer", extract: Sequence[Written] = ()) -> Micro:
    return Micro("precision", per, extract)


def micro_recall(per: Per = "answer", extract: Sequence[Written] = ()) -> Micro:
    return Micro("recall", per, extract)


class Accuracy:
    """The share of cases whose choice is the answer."""

    reads: Kind = "choice"
    higher_is_better = True
    bounds = (0.0, 1.0)

    def __init__(self, per: Per = "answer", extract: Sequence[Written] = ()) -> None:
        self._per = per
        self._extract = Extraction(extract)

    def chosen(self, answered: Answered) -> str | None:
        return self._extract.of_choice(answered).choice(self._per)

    def score(self, answered: Answered) -> Mapping[str, float]:
        answer(answered.case)
        return {"sum": float(self._extract.of_choice(answered).is_right(self._per)), "count": 1.0}

    def warnings(self, cases: Sequence[Case]) -> Iterator[str]:
        yield from never_answers(cases)

    def value(self, statistics: Mapping[str, Any]) -> Any:
        return mean(statistics["sum"], statistics["count"])

    def worst(self, case: Case) -> Mapping[str, float]:
        return {"sum": 0.0, "count": 1.0}


class Brier:
    """Squared distance of the choices' probabilities from all on the answer (Brier 1950): 0 is best, 2 is worst."""

    reads: Kind = "choice"
    higher_is_better = False
    bounds = (0.0, 2.0)

    def __init__(self, extract: Sequence[Written] = ()) -> None:
        self._extract = Extraction(extract)

    def chosen(self, answered: Answered) -> str | None:
        return self._extract.of_choice(answered).choice()

    def score(self, answered: Answered) -> Mapping[str, float]:
        case, right = answered.case, answer(answered.case)
        if len(case.answers) > 1:
            raise ValueError(f"case {case.id!r} has several answers; a Brier score needs one")
        if not answered.likelihoods:  # said in words, so all on one choice
            return {"sum": 0.0 if self._extract.of_choice(answered).is_right() else 2.0, "count": 1.0}
        logs = np.array([one.log_likelihood for one in answered.likelihoods])
        shares = np.exp(logs - logs.max()) / np.exp(logs - logs.max()).sum()
        shares[case.answers[0] if case.answers else case.choices.index(right)] -= 1.0
        return {"sum": float((shares**2).sum()), "count": 1.0}

    def value(self, statistics: Mapping[str, Any]) -> Any:
        return mean(statistics["sum"], statistics["count"])

    def worst(self, case: Case) -> Mapping[str, float]:
        return {"sum": 2.0, "count": 1.0}


class Micro:
    """Precision, recall or F1 of the counts summed over all labels."""

    reads: Kind = "choice"
    higher_is_better = True
    bounds = (0.0, 1.0)

    def __init__(self, figure: Figure, per: Per, extract: Sequence[Written]) -> None:
        self._figure = figure
        self._per = per
        self._extract = Extraction(extract)

    def chosen(self, answered: Answered) -> str | None:
        return self._extract.of_choice(answered).choice(self._per)

    def warnings(self, cases: Sequence[Case]) -> Iterator[str]:
        yield from never_answers(cases)

    def score(self, answered: Answered) -> Mapping[str, float]:
        chosen = self.chosen(answered)
        if chosen == label(answered.case):
            return {"tp": 1.0, "fp": 0.0, "fn": 0.0}
        return {"tp": 0.0, "fp": float(chosen is not None), "fn": 1.0}

    def value(self, statistics: Mapping[str, Any]) -> Any:
        return _figure(self._figure, statistics["tp"], statistics["fp"], statistics["fn"])

    def worst(self, case: Case) -> Mapping[str, float]:
        return {"tp": 0.0, "fp": 1.0, "fn": 1.0}


class Macro:
    """The mean of precision, recall or F1 over the labels: the choices of all cases, in order of appearance."""

    reads: Kind = "choice"
    higher_is_better = True
    bounds = (0.0, 1.0)

    def __init__(self, figure: Figure, per: Per, extract: Sequence[Written]) -> None:
        self._figure = figure
        self._per = per
        self._extract = Extraction(extract)
        self._labels: tuple[str, ...] = ()

    def prepare(self, cases: Sequence[Case]) -> None:
        self._labels = tuple(dict.fromkeys(choice for case in cases for choice in case.choices))

    def chosen(self, answered: Answered) -> str | None:
        return self._extract.of_choice(answered).choice(self._per)

    def warnings(self, cases: Sequence[Case]) -> Iterator[str]:
        yield from (f"{said}, and counts as 0 in the mean over the labels" for said in never_answers(cases))

    def score(self, answered: Answered) -> Mapping[str, float]:
        statistics = self._zeros()
        right, chosen = self._known(answered.case), self.chosen(answered)
        if chosen == right:
            return statistics | {f"tp {right}": 1.0}
        statistics[f"fn {right}"] = 1.0
        return statistics if chosen is None else statistics | {f"fp {chosen}": 1.0}

    def value(self, statistics: Mapping[str, Any]) -> Any:
        labels = [name.removeprefix("tp ") for name in statistics if name.startswith("tp ")]
        figures = (
            _figure(self._figure, statistics[f"tp {label}"], statistics[f"fp {label}"], statistics[f"fn {label}"])
            for label in labels
        )
        return sum(figures) / len(labels)

    def worst(self, case: Case) -> Mapping[str, float]:
        """A wrong choice, nobody knows which: its false positive is shared evenly by the other labels."""
        right, others = self._known(case), len(self._labels) - 1
        false_positives = {f"fp {label}": 1.0 / others for label in self._labels if label != case.answer}
        return self._zeros() | {f"fn {right}": 1.0} | false_positives

    def _zeros(self) -> dict[str, float]:
        return {f"{count} {label}": 0.0 for label in self._labels for count in ("tp", "fp", "fn")}

    def _known(self, case: Case) -> str:
        right = label(case)
        if right not in self._labels:
            raise ValueError(f"case {case.id!r}: its answer {right!r} is no choice of any case; known: {self._labels}")
        return right


def _figure(figure: Figure, tp: Any, fp: Any, fn: Any) -> Any:
    if figure == "precision":
        return share(tp, tp + fp)
    if figure == "recall":
        return share(tp, tp + fn)
    return share(2 * tp, 2 * tp + fp + fn)
