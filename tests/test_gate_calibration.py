"""How often the gate is wrong, in short; `tests/benchmarks/gate_calibration.py` has the long answer."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import numpy as np
import pytest
from calibration import exact
from calibration.gates import check_regressgate
from calibration.kinds import KINDS, LATENTS
from calibration.rates import Rate, Result, tally
from calibration.situations import Situation, draw
from calibration.tables import label, table

from harness.comparison import detection, power


@pytest.fixture(autouse=True, scope="module")
def chances() -> Iterator[None]:
    """Chances are counted out once for the same counts; they decide nothing."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (power, detection):
            patch.setattr(module, "outcomes", functools.cache(power.outcomes))
        yield


def simulated(situation: Situation, trials: int) -> Result:
    return Result("", situation, tally(situation, trials, seed=7))


EQUAL = (
    (Situation(60), 300),
    (Situation(500, discordance=0.2), 100),
    (Situation(50, grouping="fives", icc=0.3), 200),
    (Situation(200, grouping="fives", icc=0.5), 200),
    (Situation(200, grouping="unequal", icc=0.3), 200),
    (Situation(150, metrics=10), 80),
    (Situation(150, metrics=10, shared=0.5, grouping="fives", icc=0.3), 60),
    (Situation(100, kind="token-F1", discordance=0.3), 300),
    (Situation(120, kind="macro-F1"), 100),
    (Situation(60, kind="perplexity"), 300),
)


@pytest.mark.parametrize(("situation", "trials"), EQUAL, ids=[label(one) for one, _ in EQUAL])
def test_equal_models_fail_in_at_most_5_percent_and_intervals_cover_88(situation: Situation, trials: int) -> None:
    result = simulated(situation, trials)
    assert result.counts["trials"] == trials
    assert not result.exit(1).above(0.05)
    assert not result.improved.above(0.05)
    assert not result.coverage.below(0.88)


@pytest.mark.parametrize(("metrics", "needed"), [(1, 0.95), (2, 0.95), (5, 0.90)])
def test_a_loss_of_5_points_on_500_cases_is_seen(metrics: int, needed: float) -> None:
    result = simulated(Situation(500, 0.05, metrics=metrics), trials=100)
    rival = result.rival("regressgate")
    assert rival is not None
    assert not result.exit(1).below(needed)
    assert not result.coverage.below(0.88)
    assert result.exit(1).hits >= rival.hits


@pytest.mark.parametrize("n", [50, 100])
def test_the_exit_codes_are_as_likely_as_the_rules_were_shown_to_make_them(n: int) -> None:
    codes = exact.exit_codes(n)
    for loss, reference in zip(exact.LOSSES, exact.REFERENCE_CODES[n], strict=True):
        assert sum(codes[loss].values()) == pytest.approx(1, abs=1e-3)
        assert exact.agrees(codes[loss], reference)


def test_an_equal_candidate_passes_a_margin_as_often_as_the_rules_were_shown_to_let_it() -> None:
    assert exact.MARGINS[2] == 0.05
    assert exact.passes_if_equal(150, 0.05) == pytest.approx(exact.REFERENCE_PASSES[150][2], abs=0.0051)


def test_a_baseline_picked_by_its_scores_on_these_cases_leaks_and_one_picked_on_others_does_not() -> None:
    selected = simulated(Situation(200, picked_from=5, beyond="selected"), trials=300)
    fresh = simulated(Situation(200, picked_from=5, fresh=True), trials=300)
    assert selected.exit(1).above(0.05)
    assert not fresh.exit(1).above(0.05)


def test_answers_that_failed_on_both_sides_alike_are_no_regression() -> None:
    result = simulated(Situation(500, baseline_errors=0.004, candidate_errors=0.004), trials=80)
    assert not result.exit(1).above(0.05)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("loss", [0.0, 0.05])
def test_the_simulated_models_differ_by_what_is_called_true(kind: str, loss: float) -> None:
    metric, n = KINDS[kind], 100_000
    sides = metric.scores(np.random.default_rng(3).random((n, LATENTS)), loss, 0.2)
    figures = [metric.value(dict(zip(metric.record.names, side.sum(axis=0), strict=True))) for side in sides]
    assert figures[1] - figures[0] == pytest.approx(metric.truth(loss), abs=0.006 * max(1.0, figures[0]))


def test_differences_correlate_within_clusters_and_between_metrics_as_asked() -> None:
    together = draw(Situation(20_000, metrics=2, shared=0.5, grouping="fives", icc=0.3), np.random.default_rng(3))
    first, second = (one.pairs.candidate[:, 0] - one.pairs.baseline[:, 0] for one in together.sides)
    assert np.mean(first != 0) == pytest.approx(0.1, abs=0.01)
    assert np.corrcoef(first[0::5], first[1::5])[0, 1] == pytest.approx(0.3, abs=0.06)
    assert np.corrcoef(first, second)[0, 1] == pytest.approx(0.5, abs=0.06)


def test_the_same_seed_counts_the_same_and_a_row_shows_it() -> None:
    situation = Situation(50)
    assert tally(situation, 20, seed=1) == tally(situation, 20, seed=1)
    assert "| n 50, ψ .1 |" in table([simulated(situation, 20)])


def test_a_rate_misses_a_claim_only_beyond_chance() -> None:
    assert not Rate(6, 100).above(0.05)
    assert Rate(20, 100).above(0.05)
    assert Rate(80, 100).below(0.93)
    assert not Rate(90, 100).below(0.93)


def test_regressgate_itself_says_what_is_counted_as_its_answer() -> None:
    pytest.importorskip("regressgate")
    assert "2 comparisons by the package itself agree" in check_regressgate(((5, 0), (6, 0)))
