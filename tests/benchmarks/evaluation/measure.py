"""One row on one model: both sides in turns, and what they answered compared."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from evaluation import ours, theirs
from evaluation.agreement import Agreement, agreement
from evaluation.models import Model
from evaluation.processes import Took
from evaluation.rows import Row, Tokenizer
from evaluation.work import needed_tokens


@dataclass(frozen=True)
class Measured:
    """What a row cost both sides; a start is a process with one case.

    `size` is lm-eval's batch size, `sizes` what each that was tried took.
    """

    model: str
    row: str
    title: str
    kind: str
    ratio_promised: float | None
    cases: int
    ours: tuple[Took, ...]
    theirs: tuple[Took, ...]
    our_start: Took
    their_start: Took
    size: str
    sizes: Mapping[str, float | str]
    agreement: Agreement
    needed_tokens: int | None
    inner_parameters: int
    facts: Mapping[str, Any]

    @property
    def ratio(self) -> float:
        """Theirs by ours, whole processes."""
        return median(self.theirs).seconds / median(self.ours).seconds

    @property
    def ratio_above_start(self) -> float:
        return above(self.theirs, self.their_start) / above(self.ours, self.our_start)

    def peak_share(self, peak: float) -> float | None:
        """The share of this machine's matmul peak that the needed tokens alone account for, above start-up."""
        if self.needed_tokens is None:
            return None
        operations = 2.0 * self.inner_parameters * self.needed_tokens
        return operations / above(self.ours, self.our_start) / peak


@dataclass(frozen=True)
class Settings:
    """How rows are measured: turns, cases to tune on and the seconds for it, and the environment of both sides."""

    repeat: int
    tune_cases: int
    tune_seconds: float
    sizes: Sequence[str]
    environment: Mapping[str, str]


def measure(model: Model, row: Row, tokenizer: Tokenizer, folder: Path, settings: Settings) -> Measured:
    """Tune lm-eval, then run both sides in turns; the answers of the last turn are compared."""
    files, one = (ours.write_suite(row, folder / "suite"), theirs.write_task(row, folder / "task")), first_case(row)
    start_files = ours.write_suite(one, folder / "suite-1"), theirs.write_task(one, folder / "task-1")
    sizes = _sizes(model, row, files[1], folder, settings)
    size = next(iter(sizes))
    environment = settings.environment
    said(f"{model.name} {row.name}: {len(row.cases)} cases, lm-eval's batch size {size}")
    starts = (
        ours.evaluate(model, start_files[0], folder / "ours-1", environment),
        theirs.evaluate(model, start_files[1], folder / "theirs-1", environment, size),
    )
    turns: list[tuple[Took, Took]] = []
    for turn in range(settings.repeat):
        mine = ours.evaluate(model, files[0], folder / f"ours-turn-{turn}", environment)
        their = theirs.evaluate(model, files[1], folder / f"theirs-turn-{turn}", environment, size)
        said(f"{model.name} {row.name}: ours {mine.seconds:.1f} s, theirs {their.seconds:.1f} s")
        turns.append((mine, their))
    last = folder / f"ours-turn-{settings.repeat - 1}"
    found = agreement(
        row, ours.answers(last, environment), theirs.answers(folder / f"theirs-turn-{settings.repeat - 1}")
    )
    mine_all, their_all = zip(*turns, strict=True)
    return Measured(
        model=model.name,
        row=row.name,
        title=row.title,
        kind=row.kind,
        ratio_promised=row.ratio,
        cases=len(row.cases),
        ours=mine_all,
        theirs=their_all,
        our_start=starts[0],
        their_start=starts[1],
        size=size,
        sizes=sizes,
        agreement=found,
        needed_tokens=None if row.kind == "generate" else needed_tokens(row, tokenizer),
        inner_parameters=model.inner_parameters(),
        facts=ours.facts(last, environment),
    )


def first_case(row: Row) -> Row:
    """The same with one case: what it costs is the start-up."""
    return replace(row, cases=row.cases[:1])


def median(runs: Sequence[Took]) -> Took:
    return Took(
        statistics.median(took.seconds for took in runs),
        statistics.median(took.processor for took in runs),
        statistics.median(took.megabytes for took in runs),
    )


def above(runs: Sequence[Took], start: Took) -> float:
    """Median seconds above start-up; a millisecond at least, since noise can make it negative."""
    return max(median(runs).seconds - start.seconds, 1e-3)


def said(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _sizes(model: Model, row: Row, task: Path, folder: Path, settings: Settings) -> Mapping[str, float | str]:
    if len(settings.sizes) == 1:
        return {settings.sizes[0]: "as asked"}
    # `auto` probes the context's whole length where requests are not choices: on a CPU that alone takes minutes
    sizes = [*settings.sizes, "auto"] if row.kind == "choice" else settings.sizes
    limit = min(settings.tune_cases, len(row.cases))
    return theirs.tuned(model, task, folder / "sizes", settings.environment, limit, sizes, settings.tune_seconds)
