"""What was promised of the comparison, beside what was measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evaluation.growth import Growth
from evaluation.measure import Measured, median

LOG_LIKELIHOODS = 1e-3
PERPLEXITY = 1e-3
REPLIES = 0.02
"""The share of replies that may differ: a near tie is decided by rounding, and then all that follows differs."""
PEAK_SHARE = 0.6
GROWTH = 10.5
MEMORY_GROWTH = 1.15
WIDE_MEMORY = 1 / 3


@dataclass(frozen=True)
class Promise:
    """What was promised, what was found, and whether that keeps it; an aim that is missed fails nothing."""

    what: str
    wanted: str
    found: str
    kept: bool
    aim: bool = False


def row_promises(one: Measured, peak: float | None) -> Iterator[Promise]:
    """Speed, memory and agreement of one row."""
    name = f"{one.model}: {one.title}"
    if one.ratio_promised is not None:
        kept = one.ratio >= one.ratio_promised
        yield Promise(f"{name}: speed", f"≥ {one.ratio_promised:g} ×", f"{one.ratio:.1f} ×", kept)
    mine, their = median(one.ours).megabytes, median(one.theirs).megabytes
    if one.row == "wide":
        yield Promise(f"{name}: memory", "≤ 0.33 ×", f"{mine / their:.2f} ×", mine <= WIDE_MEMORY * their)
    else:
        yield Promise(f"{name}: memory", "≤ 1 ×", f"{mine / their:.2f} ×", mine <= their)
    yield from _agreement(name, one)
    share = one.peak_share(peak) if peak and one.kind == "choice" else None
    if share is not None:
        wanted = f"≥ {100 * PEAK_SHARE:g} %"
        yield Promise(
            f"{name}: share of the matmul peak", wanted, f"{100 * share:.0f} %", share >= PEAK_SHARE, aim=True
        )


def growth_promises(growth: Growth) -> Iterator[Promise]:
    """Ten times the cases."""
    few, many = growth.cases
    times, held = (pair[1] / pair[0] for pair in (growth.seconds, growth.megabytes))
    name = f"{few:,} → {many:,} cases"
    yield Promise(f"{name}: time above start-up", f"≤ {GROWTH:g} ×", f"{times:.1f} ×", times <= GROWTH)
    yield Promise(f"{name}: memory", f"≤ {MEMORY_GROWTH:g} ×", f"{held:.2f} ×", held <= MEMORY_GROWTH)


def broken(promises: Sequence[Promise]) -> list[Promise]:
    """Those that were not kept, aims left out."""
    return [promise for promise in promises if not promise.kept and not promise.aim]


def _agreement(name: str, one: Measured) -> Iterator[Promise]:
    found = one.agreement
    if found.accuracy is not None:
        yield Promise(f"{name}: other choices", "0", f"{found.differ}", found.differ == 0)
    if found.log_likelihoods is not None:
        apart = found.log_likelihoods
        yield Promise(
            f"{name}: log-likelihoods apart", f"≤ {LOG_LIKELIHOODS:g}", f"{apart:.1e}", apart <= LOG_LIKELIHOODS
        )
    if found.perplexity is not None:
        relative = found.perplexity
        yield Promise(f"{name}: perplexity apart", f"≤ {PERPLEXITY:g}", f"{relative:.1e}", relative <= PERPLEXITY)
    if one.kind == "generate":
        kept = found.differ <= REPLIES * found.cases
        yield Promise(f"{name}: other replies", f"≤ {100 * REPLIES:g} %", f"{found.differ} of {found.cases}", kept)
