"""Corpus metrics: which interval they get, the edges, and the same answer as sacrebleu's significance tests."""

from __future__ import annotations

import numpy as np
import pytest

from harness.comparison.statistics.corpus import paired_corpus
from harness.comparison.statistics.jackknife import jackknife_bounds, left_out
from harness.comparison.statistics.paired import FloatArray
from harness.comparison.statistics.randomisation import RANDOMISATION
from harness.testing.builders import make_answered, make_case
from harness_metrics.overlap import Bleu


def f1(sums: FloatArray) -> FloatArray:
    """Of true positives and errors of either sort; 0/0 is 0."""
    right, whole = 2 * sums[:, 0], 2 * sums[:, 0] + sums[:, 1]
    return np.asarray(np.where(whole > 0, right / np.where(whole > 0, whole, 1.0), 0.0))


def rows(right: list[float]) -> FloatArray:
    return np.column_stack([right, 2 * (1 - np.array(right))])


def test_below_100_differing_clusters_the_interval_is_the_jackknifes() -> None:
    generator = np.random.default_rng(2)
    baseline, candidate = (rows((generator.random(60) < 0.7).astype(float).tolist()) for _ in range(2))
    paired = paired_corpus(baseline, candidate, f1, seed=1, scale=1.0, replicates=199)
    bounds = jackknife_bounds(paired.difference, left_out(candidate, f1) - left_out(baseline, f1), 60, 1.0)
    assert paired.test == RANDOMISATION
    assert paired.baseline_bounds.interval95[0] < paired.baseline < paired.baseline_bounds.interval95[1]
    assert paired.low == (min(bounds.low, 0) if paired.p_greater > 0.05 else bounds.low)


def test_all_ties_are_evidence_and_never_a_difference() -> None:
    same = rows([1.0, 0.0] * 50)
    paired = paired_corpus(same, same, f1, seed=1, scale=1.0, replicates=199)
    assert (paired.p_greater, paired.p_less) == (1.0, 1.0)
    assert paired.low == pytest.approx(-0.026343, abs=1e-6)


def test_one_cluster_and_a_vanishing_class_are_answered() -> None:
    one = paired_corpus(rows([1.0]), rows([0.0]), f1, seed=1, scale=1.0)
    assert (one.difference, one.p_less) == (-1.0, 0.5)
    assert np.isfinite([one.bounds.low95, one.bounds.high95, *one.baseline_bounds.interval95]).all()
    vanishing = paired_corpus(rows([0.0] * 9 + [1.0]), rows([0.0] * 10), f1, seed=1, scale=1.0)
    assert vanishing.candidate == 0.0
    assert np.isfinite([vanishing.bounds.low95, vanishing.bounds.high95, *vanishing.candidate_bounds.interval95]).all()


def test_over_20000_clusters_are_summed_into_blocks() -> None:
    baseline, candidate = rows([1.0, 0.0] * 15_000), rows([1.0, 0.0, 0.0, 0.0] * 7_500)
    paired = paired_corpus(baseline, candidate, f1, seed=1, scale=1.0, replicates=999)
    assert (paired.baseline, paired.candidate, paired.p_less) == (0.5, 0.25, 1 / 1000)
    # The error of a share of 30,000 cases of which a quarter got worse: √(.25 · .75 / 30,000) = .0025.
    assert (paired.bounds.low95, paired.bounds.high95) == pytest.approx((-0.25 - 0.0049, -0.25 + 0.0049), abs=0.0008)


@pytest.mark.parametrize("n", [40, 150])
def test_swapping_the_sides_flips_every_sign(n: int) -> None:
    generator = np.random.default_rng(n)
    sides = [rows((generator.random(n) < 0.6).astype(float).tolist()) / 3 for _ in range(2)]
    there, back = (paired_corpus(*pair, f1, seed=4, replicates=300) for pair in (sides, sides[::-1]))
    assert back.swapped() == there


def test_equal_models_regress_in_at_most_one_of_twenty_comparisons() -> None:
    generator, sims = np.random.default_rng(8), 300
    alarms = 0
    for seed in range(sims):
        baseline, candidate = (rows((generator.random(50) < 0.7).astype(float).tolist()) for _ in range(2))
        alarms += paired_corpus(baseline, candidate, f1, seed=seed, scale=1.0, replicates=199).p_less <= 0.05
    assert alarms / sims <= 0.05 + 2 * (0.05 * 0.95 / sims) ** 0.5


# --- parity with sacrebleu ---------------------------------------------------------------------------

WORDS = [f"word{i}" for i in range(20)]


@pytest.fixture(scope="module")
def texts() -> tuple[list[str], list[str], list[str]]:
    generator = np.random.default_rng(12)
    references = [[WORDS[i] for i in generator.integers(len(WORDS), size=size)] for size in [12] * 300]

    def system(share: float) -> list[str]:
        return [
            " ".join(w if generator.random() < share else str(generator.choice(WORDS)) for w in r) for r in references
        ]

    return [" ".join(reference) for reference in references], system(0.600), system(0.585)


def bleu(texts: tuple[list[str], list[str], list[str]]) -> tuple[FloatArray, FloatArray, list[str], Bleu]:
    metric = Bleu()
    scored = [
        [
            metric.score(make_answered(reply, case=make_case(id=str(i), references=[right])))
            for i, (right, reply) in enumerate(zip(texts[0], side, strict=True))
        ]
        for side in texts[1:]
    ]
    names = list(scored[0][0])
    baseline, candidate = (np.array([[row[name] for name in names] for row in side]) for side in scored)
    return baseline, candidate, names, metric


def test_bleu_agrees_with_sacrebleus_paired_tests(texts: tuple[list[str], list[str], list[str]]) -> None:
    from sacrebleu.metrics import BLEU
    from sacrebleu.significance import PairedTest

    baseline, candidate, names, metric = bleu(texts)

    def value(sums: FloatArray) -> FloatArray:
        return np.asarray(metric.value({name: sums[:, i] for i, name in enumerate(names)}))

    paired = paired_corpus(baseline, candidate, value, seed=1, scale=100.0)
    systems = [("baseline", texts[1]), ("candidate", texts[2])]
    bootstrap, randomised = (
        PairedTest(systems, {"BLEU": BLEU(references=[texts[0]])}, None, test_type=kind, n_samples=draws)()[1]["BLEU"]
        for kind, draws in (("bs", 2_000), ("ar", 2_000))
    )
    assert (paired.baseline, paired.candidate) == pytest.approx([one.score for one in bootstrap])
    halves = [(high - low) / 2 for low, high in (paired.baseline_bounds.interval95, paired.candidate_bounds.interval95)]
    assert halves == pytest.approx([one.ci for one in bootstrap], rel=0.06)
    # sacrebleu's p is two-sided.
    assert 0.02 < randomised[1].p_value < 0.9
    assert 2 * min(paired.p_less, paired.p_greater) == pytest.approx(randomised[1].p_value, abs=0.04)
