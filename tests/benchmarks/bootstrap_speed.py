"""How long BLEU and chrF of two systems take to compare, here and in `sacrebleu --paired-bs`, on synthetic text.

    python tests/benchmarks/bootstrap_speed.py [--cases 1000 10000] [--replicates 10000]

Both start where they start in use: sacrebleu from text, whose n-grams it counts itself; the harness from the counts
that the store holds. So the ratio is also given without the time that sacrebleu takes to count. Processor seconds of
one thread, so that other work on the machine does not matter. The harness gives a test by approximate randomisation,
too. sacrebleu holds all resampled counts at once: 10,000 cases × 10,000 replicates need 9 GB.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from harness.comparison.estimation import estimate
from harness.comparison.statistics.paired import FloatArray, Paired, Values
from harness.testing.builders import make_answered, make_case
from harness_metrics.overlap import Bleu, Chrf

VOCABULARY = 3_000
SEED = 20


def texts(cases: int) -> tuple[list[str], list[str], list[str]]:
    """References and the replies of two systems that copy a word with probability .70 and .69."""
    generator = np.random.default_rng(SEED)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    words = np.array(["".join(generator.choice(letters, size)) for size in generator.integers(2, 10, VOCABULARY)])
    references = [words[generator.integers(VOCABULARY, size=size)] for size in generator.integers(8, 26, cases)]

    def system(share: float) -> list[str]:
        replies = []
        for reference in references:
            drawn = words[generator.integers(VOCABULARY, size=len(reference))]
            replies.append(" ".join(np.where(generator.random(len(reference)) < share, reference, drawn)))
        return replies

    return [" ".join(reference) for reference in references], system(0.70), system(0.69)


def statistics(metric: Bleu | Chrf, references: Sequence[str], replies: Sequence[str]) -> tuple[FloatArray, Values]:
    """What the store holds of a metric (cases × counts), and the metric's function of their sums."""
    rows = [
        metric.score(make_answered(reply, case=make_case(id=str(i), references=[reference])))
        for i, (reference, reply) in enumerate(zip(references, replies, strict=True))
    ]
    names = list(rows[0])

    def values(sums: FloatArray) -> FloatArray:
        figures: FloatArray = np.asarray(metric.value({name: sums[:, i] for i, name in enumerate(names)}))
        return figures

    return np.array([[row[name] for name in names] for row in rows]), values


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.process_time()
    result = work()
    return time.process_time() - started, result


def ours(references: Sequence[str], first: Sequence[str], second: Sequence[str], replicates: int) -> tuple[float, Any]:
    prepared = []
    for metric in (Bleu(), Chrf()):
        baseline, values = statistics(metric, references, first)
        prepared.append((baseline, statistics(metric, references, second)[0], values))
    clusters = np.arange(len(references))

    def compare() -> list[Paired]:
        return [
            estimate(baseline, candidate, clusters, values, bounds=(0.0, 100.0), seed=SEED, replicates=replicates)
            for baseline, candidate, values in prepared
        ]

    return seconds(compare)


def theirs(
    references: Sequence[str], first: Sequence[str], second: Sequence[str], replicates: int
) -> tuple[float, float, Any]:
    """Seconds to count, seconds in all, and the results."""
    from sacrebleu.metrics import BLEU, CHRF
    from sacrebleu.significance import PairedTest

    def metrics() -> dict[str, Any]:
        return {"BLEU": BLEU(references=[references]), "chrF2": CHRF(references=[references])}

    def count() -> None:
        for metric in metrics().values():
            for replies in (first, second):
                metric._extract_corpus_statistics(replies, None)

    def compare() -> Any:
        systems = [("first", first), ("second", second)]
        return PairedTest(systems, metrics(), None, test_type="bs", n_samples=replicates)()[1]

    counting, _ = seconds(count)
    whole, results = seconds(compare)
    return counting, whole, results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--replicates", type=int, default=10_000)
    chosen = parser.parse_args()
    print("cases   harness  sacrebleu  ratio  of which counting  ratio without")
    for cases in chosen.cases:
        made = texts(cases)
        here, paired = ours(*made, chosen.replicates)
        counting, whole, results = theirs(*made, chosen.replicates)
        without = (whole - counting) / here
        print(f"{cases:<7,} {here:5.2f} s  {whole:7.1f} s  {whole / here:4.0f}×  {counting:15.1f} s  {without:12.0f}×")
        for name, one in zip(("BLEU", "chrF2"), paired, strict=True):
            low, high = one.candidate_interval
            there = results[name][1].ci
            print(
                f"        {name}: ± {(high - low) / 2:.3f} here, ± {there:.3f} there; {one.test} p = {one.p_less:.2g}"
            )


if __name__ == "__main__":
    main()
