"""Kinds of metrics: what two models whose true difference is known score on a case.

A case is four uniform numbers; whoever shares them (cases of a cluster, metrics of a case) gets the same scores. The
figures are those of the metrics that ship; only the answers are simulated.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, ndtri

from harness.evaluation.records import MetricRecord
from harness_metrics.classification import Accuracy, macro_f1
from harness_metrics.likelihood import Perplexity
from harness_metrics.matching import TokenF1

FloatArray: TypeAlias = npt.NDArray[np.float64]
Scores: TypeAlias = tuple[FloatArray, FloatArray]

LATENTS = 4
RIGHT = 0.7
"""The share of right answers of the baseline."""
_CLASSES = (0.4, 0.25, 0.2, 0.1, 0.05)
_JUDGE = (0.05, 0.45)
_LOG_RATE = (0.8, 0.3, 0.1)
"""Nats a token are lognormal: mean, deviation between texts, deviation between models on a text."""


@dataclass(frozen=True)
class Kind:
    """`scores`: both sides' statistics (n × k) from latents (n × 4), the true loss and the discordance.

    `truth`: the true difference in the metric's units. `worst`: the statistics of an answer that never came. `mean`:
    whether the first statistic is a score of the case.
    """

    record: MetricRecord
    value: Callable[[Mapping[str, Any]], Any]
    scores: Callable[[FloatArray, float, float], Scores]
    truth: Callable[[float], float]
    worst: tuple[float, ...] | None = None
    mean: bool = True


def right_or_wrong(latents: FloatArray, loss: float, discordance: float) -> Scores:
    """A case is lost, won or tied by the first number; the second says whether tied ones are right."""
    if loss > discordance:
        raise ValueError(f"a loss of {loss!r} needs as much discordance, not {discordance!r}")
    lost_share, won_share = (discordance + loss) / 2, (discordance - loss) / 2
    lost, won = latents[:, 0] < lost_share, latents[:, 0] >= 1 - won_share
    tied_right = ~lost & ~won & (latents[:, 1] < (RIGHT - lost_share) / (1 - discordance))
    return _counted(lost | tied_right), _counted(won | tied_right)


def words_shared(latents: FloatArray, loss: float, discordance: float) -> Scores:
    """Scores heap at 0 and at 1; the candidate draws anew where it differs, and loses some answers altogether."""
    redrawn, missed = latents[:, 0] < discordance, latents[:, 3] < loss / _WORDS.mean()
    baseline, anew = (_WORDS[(latents[:, i] * len(_WORDS)).astype(int)] for i in (1, 2))
    return _counted(baseline), _counted(np.where(missed, 0.0, np.where(redrawn, anew, baseline)))


def skewed(often: float, rarely: float) -> Callable[[FloatArray, float, float], Scores]:
    """Every second case differs by `often`, every twentieth by `rarely`; equal on average if rarely = −10 often."""

    def scores(latents: FloatArray, loss: float, discordance: float) -> Scores:
        baseline, which = 0.3 + 0.4 * latents[:, 1], latents[:, 0]
        moved = np.where(which < 0.5, often, np.where(which < 0.55, rarely, 0.0))
        return _counted(baseline), _counted(baseline + moved - loss)

    return scores


def judged(latents: FloatArray, loss: float, discordance: float) -> Scores:
    """Most answers are worth nearly the same to a judge, and one in ten much less: differences of skewness −2.8."""
    baseline = 0.4 + 0.2 * latents[:, 1]
    lost = 0.4 * betaincinv(*_JUDGE, np.clip(latents[:, 0], 1e-12, 1 - 1e-12))
    return _counted(baseline), _counted(baseline + 0.4 * _JUDGE[0] / sum(_JUDGE) - lost - loss)


def classes(latents: FloatArray, loss: float, discordance: float) -> Scores:
    """Counts per class of right and wrong choices; wrong ones fall on any other class."""
    right = [side[:, 0] > 0 for side in right_or_wrong(latents, loss, discordance)]
    truth = np.searchsorted(np.cumsum(_CLASSES), latents[:, 2]).clip(max=len(_CLASSES) - 1)
    wrong = (truth + 1 + (latents[:, 3] * (len(_CLASSES) - 1)).astype(int)) % len(_CLASSES)
    return _confusion(truth, wrong, right[0]), _confusion(truth, wrong, right[1])


def nats(latents: FloatArray, loss: float, discordance: float) -> Scores:
    """Negative log-likelihood and tokens of texts of unequal lengths; `loss` is relative to the baseline's figure."""
    normal = ndtri(np.clip(latents, 1e-12, 1 - 1e-12))
    tokens = np.ceil(np.exp(4 + 0.6 * normal[:, 0]))
    mean, between, within = _LOG_RATE
    rates = [np.exp(mean + between * normal[:, 1] + within * normal[:, side]) for side in (2, 3)]
    slower = 1 + math.log1p(loss) / _RATE
    return np.column_stack([tokens * rates[0], tokens]), np.column_stack([tokens * rates[1] * slower, tokens])


def _counted(scores: npt.NDArray[Any]) -> FloatArray:
    return np.column_stack([scores.astype(float), np.ones(len(scores))])


def _confusion(truth: npt.NDArray[np.int64], wrong: npt.NDArray[np.int64], right: npt.NDArray[np.bool_]) -> FloatArray:
    rows = np.zeros((len(truth), len(_CLASSES), 3))
    cases = np.arange(len(truth))
    rows[cases, truth, np.where(right, 0, 2)] = 1.0
    rows[cases[~right], wrong[~right], 1] = 1.0
    return rows.reshape(len(truth), -1)


def _macro(share_right: float) -> float:
    """macro-F1 of the expected counts."""
    shares = np.array(_CLASSES)
    missed = shares * (1 - share_right)
    expected = np.column_stack([shares * share_right, (missed.sum() - missed) / (len(_CLASSES) - 1), missed])
    return float(_MACRO.value(dict(zip(_MACRO_NAMES, expected.reshape(-1, 1), strict=True)))[0])


def _record(metric: Any, name: str, names: Sequence[str]) -> MetricRecord:
    return MetricRecord(
        key=name,
        use=name,
        code="",
        options={},
        reads=metric.reads,
        names=tuple(names),
        higher_is_better=metric.higher_is_better,
        bounds=metric.bounds,
        comparable_on=(),
        plugin="",
        distribution="",
        version="",
    )


def _words() -> FloatArray:
    """1,000 equally likely token-F1 scores: 35 % are 0, a quarter 1, the others hundredths around a half."""
    between = betaincinv(2.0, 2.0, (np.arange(400) + 0.5) / 400)
    return np.concatenate([np.zeros(350), np.round(between, 2), np.ones(250)])


_WORDS = _words()
_RATE = math.exp(_LOG_RATE[0] + (_LOG_RATE[1] ** 2 + _LOG_RATE[2] ** 2) / 2)
_MACRO = macro_f1()
_MACRO_NAMES = [f"{count} {label}" for label in range(len(_CLASSES)) for count in ("tp", "fp", "fn")]
_MEAN = ("sum", "count")

_RIGHT_OR_WRONG = Accuracy()
_SHARED_WORDS = TokenF1()
_PERPLEXITY = Perplexity()
_ANY_WORDS = _record(_SHARED_WORDS, "token-f1", _MEAN)
_NO_ANSWER = (0.0, 1.0)

KINDS: Mapping[str, Kind] = {
    "0/1": Kind(
        _record(_RIGHT_OR_WRONG, "accuracy", _MEAN),
        _RIGHT_OR_WRONG.value,
        right_or_wrong,
        lambda loss: -loss,
        _NO_ANSWER,
    ),
    "token-F1": Kind(_ANY_WORDS, _SHARED_WORDS.value, words_shared, lambda loss: -loss, _NO_ANSWER),
    "rare large losses": Kind(_ANY_WORDS, _SHARED_WORDS.value, skewed(0.02, -0.2), lambda loss: -loss, _NO_ANSWER),
    "rare large gains": Kind(_ANY_WORDS, _SHARED_WORDS.value, skewed(-0.02, 0.2), lambda loss: -loss, _NO_ANSWER),
    "judge": Kind(_ANY_WORDS, _SHARED_WORDS.value, judged, lambda loss: -loss, _NO_ANSWER),
    "macro-F1": Kind(
        _record(_MACRO, "macro-f1", _MACRO_NAMES),
        _MACRO.value,
        classes,
        lambda loss: _macro(RIGHT - loss) - _macro(RIGHT),
        mean=False,
    ),
    "perplexity": Kind(
        _record(_PERPLEXITY, "perplexity", ("nll", "tokens")),
        _PERPLEXITY.value,
        nats,
        lambda loss: math.exp(_RATE) * loss,
        mean=False,
    ),
}
