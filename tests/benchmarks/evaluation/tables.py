"""What was found, as Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from evaluation.growth import Growth
from evaluation.measure import Measured, median
from evaluation.promises import Promise

ABOUT = """\
# Evaluation beside lm-evaluation-harness

`harness evaluate` as it comes and lm-eval {lm_eval} (`hf`, float32, the batch size that was fastest for it) ask the
same models the same prompts, byte for byte, as whole processes, in turns: medians of {repeat} of theirs and one more of
ours, a single one of theirs where nothing is promised. Written by
`python tests/benchmarks/evaluation_speed.py{options}` in {minutes:.0f} minutes on {threads} threads of {machine};
texts: {texts}. Raw figures are in `evaluation.json`.

- *start* is the same process with one case; *above* is the ratio of what both need beyond it
- *MB* is the peak of resident memory
- *peak*: 2 × weights without embeddings × tokens needed (what two texts begin with counted once) ÷ seconds above
  start-up ÷ the fastest float32 matrix product here, {gflops:.0f} GFLOP/s
- *waste*: tokens that ours computed, padding included, for each that was needed
- lm-eval's task index, 12 s of processor time, is not loaded: it gets one folder of tasks
- lm-eval's batch size is the fastest of {sizes} on a part of the cases; its `auto` settles on one of these after
  probing for it, on the whole context where replies or perplexity are asked, which takes minutes on a CPU
"""
HEADS = (
    "model",
    "row",
    "cases",
    "ours s",
    "start",
    "MB",
    "lm-eval s",
    "start",
    "MB",
    "batch",
    "ratio",
    "above",
    "peak",
    "waste",
)


def markdown(
    rows: Sequence[Measured], growth: Growth | None, promises: Sequence[Promise], facts: Mapping[str, Any]
) -> str:
    """The whole document."""
    parts = [ABOUT.format(**facts)]
    if rows:
        parts.append(_table(HEADS, [_cells(one, facts["peak"]) for one in rows], words=2))
    if growth is not None:
        parts.append(_growth(growth))
    checked = [(one.what, one.wanted, one.found, _verdict(one)) for one in promises]
    parts += ["## Promised and measured\n", _table(("promise", "wanted", "measured", "kept"), checked, words=1)]
    return "\n".join(parts)


def as_json(
    rows: Sequence[Measured], growth: Growth | None, promises: Sequence[Promise], facts: Mapping[str, Any]
) -> dict[str, Any]:
    """Every figure."""
    return {
        **facts,
        "rows": [asdict(one) for one in rows],
        "growth": None if growth is None else asdict(growth),
        "promises": [asdict(one) for one in promises],
    }


def _cells(one: Measured, peak: float | None) -> list[str]:
    mine, their = median(one.ours), median(one.theirs)
    share = one.peak_share(peak) if peak else None
    return [
        one.model,
        one.title,
        f"{one.cases:,}",
        f"{mine.seconds:.1f}",
        f"{one.our_start.seconds:.1f}",
        f"{mine.megabytes:,.0f}",
        f"{their.seconds:.1f}",
        f"{one.their_start.seconds:.1f}",
        f"{their.megabytes:,.0f}",
        one.size,
        f"{one.ratio:.1f}",
        f"{one.ratio_above_start:.1f}",
        "–" if share is None else f"{100 * share:.0f} %",
        "–" if one.waste is None else f"{one.waste:.2f}",
    ]


def _growth(growth: Growth) -> str:
    rows = zip(growth.cases, growth.seconds, growth.megabytes, strict=True)
    lines = [(f"{cases:,}", f"{seconds:.1f}", f"{held:,.0f}") for cases, seconds, held in rows]
    return f"## Growth\n\n{_table(('cases', 's above start', 'MB'), lines, words=0)}"


def _verdict(one: Promise) -> str:
    if one.kept:
        return "yes"
    return "aim missed" if one.aim else "**no**"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], words: int) -> str:
    """A Markdown table whose first `words` columns are words, the others figures."""
    rule = ["---" if at < words else "--:" for at in range(len(heads))]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (heads, rule, *rows))
