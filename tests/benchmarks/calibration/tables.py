"""What was found, as Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

from calibration.exact import LOSSES, MARGINS, REFERENCE_CODES, REFERENCE_PASSES, agrees
from calibration.gates import RIVALS
from calibration.rates import Rate, Result
from calibration.situations import Situation

COLUMNS = (
    *("situation", "exit 1", "exit 3", "exit 4", "exit 0", "“improved”", "not worse", "coverage", "above", "below"),
    *("note", *RIVALS, "trials"),
)
_FEW = 20
"""Of fewer trials no share is shown."""
_GROUPINGS = {"fives": "clusters of 5", "unequal": "unequal clusters", "one large": "one cluster of a fifth"}

ABOUT = """\
# Calibration of the gate

How often the gate is wrong, simulated: pairs of models whose true difference is known, at most {trials:,} comparisons
of each kind, seed {seed}. Ours takes the way of `harness gate`: `harness.comparison.family.compare`, then
`harness.comparison.gate.decide`. Written by `python tests/benchmarks/gate_calibration.py{options}`
in {seconds:,.0f} s on {jobs} cores; the raw counts are in `calibration.json`.

Figures are percentages with one standard error. **Bold** ones miss what is claimed of them, by more than chance brings
in {unlikely} of a thousand simulations: false alarms at most 5 %, coverage at least 88 % and at most 6 % misses on each
side, *not worse* at a true loss of the margin at most 5 %, power at −5 points with 500 cases and a discordance ψ of .1
at least 95 % in a family of one or two metrics and 90 % in one of five, never less than regressgate's. Where intervals
are known to be too narrow, the report says so in at least 95 %.

- *exit 1* of equal models is a false alarm; where there is a true loss it is the power
- *“improved”*: a gain was claimed of any metric, always wrongly
- *coverage* of the true difference by the 90 % intervals of all metrics; *above* and *below*: how often one lies wholly
  above or below it
- *not worse*: a true loss of just the margin was called so
- *note*: how often the report says that the interval may be too narrow
- a family is one gate call: a primary metric and guards, the first alone being worse where there is a true loss
- *any drop* and *more than 5 points* fail on the figure alone, in a family on that of any metric
- *unpaired z*: one-sided two-sample test at .05 of each metric
- *regressgate* 0.1.0 with one trial a case and its alpha shared evenly by the metrics of a family; it takes 0/1 scores
  and knows no clusters, so its power is no measure where it fails equal models too often ({checked})

![false alarms and power by number of cases and of metrics](calibration.svg)
"""
EXACT = """\
## One 0/1 metric, counted out

Exit 1 / 0 / 3 of one primary metric without a margin at a discordance of .1: every pair of counts with its probability,
no simulation. In brackets what the rules were shown to do before they were built.
"""
PASSES = """\
P(not worse | equal models) with a margin, the same way:
"""


def markdown(results: Sequence[Result], exact: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    """The whole document."""
    parts = [ABOUT.format(**facts), *_misses(results), EXACT, _codes(exact["codes"]), PASSES, _passes(exact["passes"])]
    for group, found in groupby(results, key=lambda one: one.group):
        parts += [f"## {group}\n", table(list(found))]
    return "\n".join(parts)


def table(results: Sequence[Result]) -> str:
    """A row for each situation; the columns that say nothing of any of them are left out."""
    rows = [_row(one) for one in results]
    shown = [i for i, column in enumerate(COLUMNS) if column != "exit 4" or any(row[i] != "0" for row in rows)]
    shown = [i for i in shown if any(row[i] != "–" for row in rows)]
    lines = [
        [COLUMNS[i] for i in shown],
        ["---", *["--:"] * (len(shown) - 1)],
        *([row[i] for i in shown] for row in rows),
    ]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def label(situation: Situation) -> str:
    """What sets this situation apart, in words."""
    return ", ".join(_parts(situation))


def as_json(results: Sequence[Result], exact: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """The raw counts of every situation."""
    rows = [
        {"group": one.group, **asdict(one.situation), "counts": dict(one.counts), "misses": list(one.misses)}
        for one in results
    ]
    return {**facts, "exact": exact, "situations": rows}


def _parts(one: Situation) -> Iterator[str]:
    yield f"n {one.n:,}"
    if one.kind != "0/1":
        yield one.kind
    if one.loss:
        yield f"−{100 * one.loss:g}{' %' if one.kind == 'perplexity' else ''}"
    if one.kind in ("0/1", "token-F1", "macro-F1"):
        yield f"ψ {one.discordance:g}".replace("0.", ".")
    if one.metrics > 1:
        yield f"{one.metrics} metrics"
    if one.shared:
        yield f"correlated {one.shared:g}".replace("0.", ".")
    if one.margin is not None:
        yield f"margin {100 * one.margin:g}"
    if one.grouping != "none":
        yield f"{_GROUPINGS[one.grouping]}, ICC {one.icc:g}".replace("0.", ".")
    if one.baseline_errors or one.candidate_errors:
        yield f"{100 * one.baseline_errors:g} % and {100 * one.candidate_errors:g} % failed"
    if one.picked_from:
        yield f"best of {one.picked_from} on {'other cases' if one.fresh else 'these cases: *selected*'}"
    if one.beyond and not one.picked_from:
        yield f"*{one.beyond}*"


def _row(one: Result) -> list[str]:
    misses = " ".join(one.misses)
    alarms = "alarms" in misses or "power" in misses
    rivals = [one.rival(name) for name in RIVALS]
    return [
        label(one.situation),
        _percent(one.exit(1), bold=alarms),
        *(_percent(one.exit(code)) for code in (3, 4, 0)),
        _percent(one.improved),
        "–" if one.not_worse is None else _percent(one.not_worse, bold="margin" in misses),
        _percent(one.coverage, bold="cover" in misses),
        *(_percent(rate, bold=rate.above(0.06)) for rate in (one.above, one.below)),
        _percent(one.noted, bold="say so" in misses),
        *("–" if rate is None else _percent(rate) for rate in rivals),
        f"{one.counts['trials']:,}",
    ]


def _percent(rate: Rate, bold: bool = False) -> str:
    if rate.of < _FEW:
        return "–"
    if not rate.hits:
        return "0"
    text = f"{100 * rate.share:.1f} ± {100 * rate.error:.1f}"
    return f"**{text}**" if bold else text


def _misses(results: Sequence[Result]) -> list[str]:
    """What was to be shown and is not, and apart from it what is beyond the claims."""
    listed = {
        "Rates that miss what is claimed:\n": [one for one in results if one.misses and not one.situation.beyond],
        "Beyond what is claimed:\n": [one for one in results if one.misses and one.situation.beyond],
    }
    parts = [] if next(iter(listed.values())) else ["Every rate is within what is claimed.\n"]
    for title, missed in listed.items():
        lines = [f"- {one.group}, {label(one.situation)}: {', '.join(one.misses)}" for one in missed]
        parts += [title, "\n".join(lines) + "\n"] if lines else []
    return parts


def _codes(codes: Mapping[int, Mapping[float, Mapping[int, float]]]) -> str:
    heads = ["equal", *(f"−{100 * loss:g}" for loss in LOSSES[1:])]
    lines = [["n", *heads], ["--:", *["---"] * len(heads)]]
    for n, by_loss in codes.items():
        cells = []
        for ours, reference in zip(by_loss.values(), REFERENCE_CODES[n], strict=True):
            mine = " / ".join(f"{ours[code]:.3f}" for code in (1, 0, 3))
            cells.append(f"{mine} ({reference})" if agrees(ours, reference) else f"**{mine}** ({reference})")
        lines.append([str(n), *cells])
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _passes(passes: Mapping[int, Sequence[float]]) -> str:
    lines = [["n", *(f"margin {100 * margin:g} points" for margin in MARGINS)], ["--:"] * (1 + len(MARGINS))]
    for n, ours in passes.items():
        pairs = zip(ours, REFERENCE_PASSES[n], strict=True)
        lines.append([str(n), *(f"{mine:.3f} ({reference:g})" for mine, reference in pairs)])
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
