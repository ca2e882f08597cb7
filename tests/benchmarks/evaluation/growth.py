"""What ten times the cases cost our side, on the small model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from evaluation import ours
from evaluation.measure import above, first_case, median, said
from evaluation.models import Model
from evaluation.processes import Took
from evaluation.rows import answers
from evaluation.texts import Texts

CASES = 400  # enough that the fewer cases, too, take long beside the start-up


@dataclass(frozen=True)
class Growth:
    """Cases, seconds above start-up and MB of few cases and of ten times as many."""

    cases: tuple[int, int]
    seconds: tuple[float, float]
    megabytes: tuple[float, float]


def grown(
    model: Model, texts: Texts, folder: Path, scale: float, repeat: int, environment: Mapping[str, str]
) -> Growth:
    """Some cases, ten times as many and, for the start-up, a single one, in turns."""
    few = max(8, min(round(scale * CASES), len(texts.problems) // 10))
    rows = {"few": answers(texts, few), "many": answers(texts, 10 * few)}
    rows["one"] = first_case(rows["few"])
    suites = {name: ours.write_suite(row, folder / name) for name, row in rows.items()}
    turns: dict[str, list[Took]] = {name: [] for name in rows}
    for turn in range(repeat):
        for name, suite in suites.items():
            turns[name].append(ours.evaluate(model, suite, folder / f"{name}-{turn}", environment))
            said(f"growth, {len(rows[name].cases)} cases: {turns[name][-1].seconds:.1f} s")
    start, many, less = median(turns["one"]), turns["many"], turns["few"]
    return Growth(
        (few, 10 * few),
        (above(less, start), above(many, start)),
        (median(less).megabytes, median(many).megabytes),
    )
