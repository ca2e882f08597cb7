"""Whether every printed interval says what its verdict says, over drawn comparisons of every estimator; exit 1 if not.

python tests/benchmarks/verdict_property.py [--draws 10000] [--seed 1]
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter

from properties.drawing import ESTIMATORS, drawn
from properties.reading import FORMS, contradictions, in_reports


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--draws", type=int, default=10_000, help="comparisons, shared evenly by the estimators")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    share = -(-asked.draws // len(ESTIMATORS))
    found, verdicts, excluding = [], Counter[tuple[str, str]](), Counter[str]()
    for estimator in ESTIMATORS:
        metrics = drawn(estimator, share, asked.seed)
        verdicts.update((estimator, metric.verdict) for metric in metrics)
        excluding.update(estimator for metric in metrics if metric.verdict == "inconclusive" and _excludes_zero(metric))
        found += [f"{estimator}: {line}" for line in contradictions(metrics, in_reports(metrics))]
        print(f"{estimator}: {len(metrics):,} drawn", file=sys.stderr)
    print("\n".join(found[:50]))
    print(f"| estimator | {' | '.join(_VERDICTS)} | inconclusive beyond zero |\n|:--|{'--:|' * 5}")
    for estimator in ESTIMATORS:
        counts = " | ".join(f"{verdicts[estimator, verdict]:,}" for verdict in _VERDICTS)
        print(f"| {estimator} | {counts} | {excluding[estimator]:,} |")
    print(f"{sum(verdicts.values()):,} comparisons in {len(FORMS)} forms: {len(found)} contradictions")
    return 1 if found else 0


_VERDICTS = ("improved", "not worse", "regressed", "inconclusive")


def _excludes_zero(metric: object) -> bool:
    low, high = getattr(metric, "low", None), getattr(metric, "high", None)
    return low is not None and high is not None and (low > 0 or high < 0)


if __name__ == "__main__":
    sys.exit(main())
