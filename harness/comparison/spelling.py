"""Replies that are none of the choices: how many there are, and whether a verdict hangs on them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from harness.comparison.pairing import MetricSides, Unspelt, WholeSides
from harness.comparison.records import MetricComparison
from harness.comparison.verdicts import Policy, exit_code
from harness.types.blanks import is_blank

_MANY = 0.5
"""The share of one side's answers from which on the verdict must not hang on how such replies are counted."""
_SHOWN = 60  # characters of a reply


def is_mostly_unspelt(sides: MetricSides | WholeSides) -> bool:
    """Whether half of the answers of a side, or more, are none of the choices."""
    cases = len(sides.pairs) if isinstance(sides, MetricSides) else sides.n
    return any(one.texts and len(one.texts) >= _MANY * cases for one in sides.unspelt)


def says_nothing(sides: MetricSides | WholeSides) -> bool:
    """Whether the candidate has replied alone, and with none of the choices in any case."""
    cases = len(sides.pairs) if isinstance(sides, MetricSides) else sides.n
    return 0 < cases == len(sides.unspelt[1].texts)


def left_out(sides: MetricSides | WholeSides) -> MetricSides | WholeSides:
    """The sides without the cases in which a reply of either is none of the choices."""
    if isinstance(sides, WholeSides):
        return sides.spelt or sides
    pairs, rows = sides.pairs, np.ones(len(sides.pairs), bool)
    rows[[row for one in sides.unspelt for row in one.texts]] = False
    place = {int(row): number for number, row in enumerate(np.flatnonzero(rows))}
    worst = None if sides.worst is None else {place[row]: one for row, one in sides.worst.items() if row in place}
    kept = replace(
        pairs,
        baseline=pairs.baseline[rows],
        candidate=pairs.candidate[rows],
        clusters=pairs.clusters[rows],
        slices={key: mask[rows] for key, mask in pairs.slices.items()},
    )
    return replace(sides, pairs=kept, worst=worst, unspelt=(Unspelt(), Unspelt()))


def decide_twice(
    counted: MetricComparison, without: MetricComparison, sides: MetricSides | WholeSides, policy: Policy
) -> MetricComparison:
    """The verdict with such replies counted as wrong, `incomplete` where the others alone give another one."""
    if counted.verdict in ("incomplete", "incompatible"):
        return counted
    if _claim(counted) == _claim(without) and exit_code(counted, policy) == exit_code(without, policy):
        return counted
    both = f"{counted.verdict} if they count as wrong, {without.verdict} without them"
    return replace(counted, verdict="incomplete", reason=f"{' and '.join(unspelt_notes(sides))}: {both}")


def unspelt_notes(sides: MetricSides | WholeSides) -> Iterator[str]:
    """How many replies of each side are none of the choices, with the most frequent one of them."""
    named = ((f" of the {sides.against}", sides.unspelt[0]), (" of the candidate", sides.unspelt[1]))
    for side, one in named if sides.against != "nothing" else [("", sides.unspelt[1])]:
        if one.texts:
            verb = "are" if len(one.texts) > 1 else "is"
            common = Counter(one.texts.values()).most_common(1)[0][0]
            count = f"{len(one.texts):,} of {one.replies:,} replies{side}"
            yield f"{count} {verb} none of the choices, such as {_shown(common)}"


def _claim(metric: MetricComparison) -> str:
    return metric.verdict if metric.verdict in ("improved", "regressed") else ""


def _shown(text: str) -> str:
    line = " ".join(text.split())
    if is_blank(line):
        return "an empty one"
    return f"“{line}”" if len(line) <= _SHOWN else f"“{line[:_SHOWN].rstrip()}…”"
