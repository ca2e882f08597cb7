"""Counting what gates say over many trials, on several cores, and what the counts are worth."""

from __future__ import annotations

import functools
import math
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np
from scipy.stats import binomtest

from calibration.gates import said
from calibration.situations import Situation, draw
from harness.comparison import detection, power

CHUNK = 100
UNLIKELY = 0.001
"""A rate misses what is claimed of it where chance alone would bring it so far in fewer trials than this."""


@dataclass(frozen=True)
class Rate:
    """So many of so many trials."""

    hits: int
    of: int

    @property
    def share(self) -> float:
        return self.hits / self.of if self.of else math.nan

    @property
    def error(self) -> float:
        """The standard error of the share, as if half a trial more had gone either way."""
        share = (self.hits + 0.5) / (self.of + 1)
        return math.sqrt(share * (1 - share) / self.of) if self.of else math.nan

    def above(self, claimed: float) -> bool:
        """Whether the true rate is surely above that."""
        return bool(self.of) and binomtest(self.hits, self.of, claimed, "greater").pvalue < UNLIKELY

    def below(self, claimed: float) -> bool:
        """Whether the true rate is surely below that."""
        return bool(self.of) and binomtest(self.hits, self.of, claimed, "less").pvalue < UNLIKELY


@dataclass(frozen=True)
class Result:
    """A situation and what was said of it."""

    group: str
    situation: Situation
    counts: Counter[str]

    def exit(self, code: int) -> Rate:
        return Rate(self.counts[f"exit {code}"], self.counts["trials"])

    @property
    def improved(self) -> Rate:
        return Rate(self.counts["improved"], self.counts["trials"])

    @property
    def coverage(self) -> Rate:
        return Rate(self.counts["covered"], self.counts["intervals"])

    @property
    def above(self) -> Rate:
        """How often an interval lies above the true difference."""
        return Rate(self.counts["above"], self.counts["intervals"])

    @property
    def below(self) -> Rate:
        """How often an interval lies below the true difference."""
        return Rate(self.counts["below"], self.counts["intervals"])

    @property
    def not_worse(self) -> Rate | None:
        """How often a loss of the margin is called not worse; None where there is none."""
        at_margin = self.situation.margin is not None and self.situation.margin == self.situation.loss
        return Rate(self.counts["not worse"], self.counts["trials"]) if at_margin else None

    @property
    def noted(self) -> Rate:
        """How often it is said that an interval may be too narrow."""
        return Rate(self.counts["noted"], self.counts["trials"])

    def rival(self, name: str) -> Rate | None:
        asked = self.counts[f"{name} asked"]
        return Rate(self.counts[name], asked) if asked else None

    @property
    def misses(self) -> tuple[str, ...]:
        """What was to be shown and is not, in words."""
        missed = []
        if self.situation.equal and self.exit(1).above(0.05):
            missed.append("more than 5 % false alarms")
        if self.coverage.below(0.88):
            missed.append("intervals cover less than 88 %")
        if self.above.above(0.06) or self.below.above(0.06):
            missed.append("intervals err in more than 6 % on a side")
        if self.not_worse is not None and self.not_worse.above(0.05):
            missed.append("a loss of the margin is not worse in more than 5 %")
        if self.situation.beyond and not self.situation.picked_from and self.noted.below(0.95):
            missed.append("less than 95 % of narrow intervals say so")
        if (needed := _power_needed(self.situation)) and self.exit(1).below(needed):
            missed.append(f"power below {needed:.0%}")
        if self._less_power_than("regressgate"):
            missed.append("less power than regressgate")
        return tuple(missed)

    def _less_power_than(self, name: str) -> bool:
        """Where the rival holds its 5 % too: on cases that stand alone and were all answered."""
        one, rival = self.situation, self.rival(name)
        if (
            one.equal
            or one.grouping != "none"
            or one.margin is not None
            or one.baseline_errors
            or one.candidate_errors
            or rival is None
        ):
            return False
        return self.exit(1).share + 3 * math.hypot(self.exit(1).error, rival.error) < rival.share


def tally(situation: Situation, trials: int, seed: int) -> Counter[str]:
    """What is said over so many trials; the same seed gives the same counts."""
    rng = np.random.default_rng([seed, zlib.crc32(repr(situation).encode())])
    total: Counter[str] = Counter()
    for _ in range(trials):
        total.update(said(situation, draw(situation, rng)))
    return total


def simulate(
    groups: Sequence[tuple[str, Situation]], trials: int, seed: int, jobs: int
) -> Iterator[tuple[int, int, Result]]:
    """The results as they come, each with how many are done and how many there are."""
    with ProcessPoolExecutor(jobs, get_context("spawn"), initializer=remember_chances) as pool:
        waiting = {}
        for index, (_, situation) in enumerate(groups):
            asked = max(round(trials * situation.share), 1)
            for number, start in enumerate(range(0, asked, CHUNK)):
                future = pool.submit(tally, situation, min(CHUNK, asked - start), seed + 1_000_003 * number)
                waiting[future] = index
        left = Counter(waiting.values())
        totals: list[Counter[str]] = [Counter() for _ in groups]
        for done in as_completed(waiting):
            index = waiting[done]
            totals[index].update(done.result())
            left[index] -= 1
            if not left[index]:
                group, situation = groups[index]
                yield sum(not count for count in left.values()), len(groups), Result(group, situation, totals[index])


def remember_chances() -> None:
    """Count out the chances of an equal candidate once for all trials with the same counts: most of a trial's time."""
    power.outcomes = detection.outcomes = functools.cache(power.outcomes)


def _power_needed(situation: Situation) -> float | None:
    """The power that is claimed at a loss of 5 points, 500 cases and a discordance of .1."""
    plain = Situation(500, 0.05, metrics=situation.metrics, shared=situation.shared, share=situation.share)
    if situation != plain or situation.metrics not in (1, 2, 5):
        return None
    return 0.95 if situation.metrics <= 2 else 0.90
