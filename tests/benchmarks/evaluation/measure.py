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

TUNE_SECONDS = 180.0


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
        """The same of what both need beyond a process with one case."""
        return above(self.theirs, self.their_start) / above(self.ours, self.our_start)

    @property
    def waste(self) -> float | None:
        """Tokens that were computed, padding included, for each that was needed."""
        computed = self.facts.get("plan", {}).get("padded_tokens")
        return computed / self.needed_tokens if computed and self.needed_tokens else None

    def peak_share(self, peak: float) -> float | None:
        """The share of this machine's matmul peak that the needed tokens alone account for, above start-up.

        None for replies, and where it took too short to be told from noise.
        """
        seconds = above(self.ours, self.our_start)
        if self.needed_tokens is None or seconds < 1:
            return None
        return 2.0 * self.inner_parameters * self.needed_tokens / seconds / peak


@dataclass(frozen=True)
class Settings:
    """How rows are measured: lm-eval's turns, its batch sizes, the tokens to try them on, and both environments."""

    repeat: int
    sizes: Sequence[str]
    tune_tokens: int
    environment: Mapping[str, str]


def measure(model: Model, row: Row, tokenizer: Tokenizer, folder: Path, settings: Settings) -> Measured:
    """Tune lm-eval, then run both sides in turns, ours first and last; the answers of the last turn are compared."""
    sizes = _sizes(model, row, folder / "sizes", settings)
    size = next(iter(sizes))
    said(f"{model.name} {row.name}: {len(row.cases)} cases, lm-eval's batch size {size}")
    start = _turns(model, first_case(row), folder / "start", size, 1, settings.environment)
    whole = _turns(model, row, folder / "whole", size, settings.repeat, settings.environment)
    seconds = (median(side).seconds for side in (whole.ours, whole.theirs))
    said(f"{model.name} {row.name}: {', '.join(f'{one:.1f} s' for one in seconds)}")
    our_answers = ours.answers(whole.our_folder, settings.environment)
    return Measured(
        model=model.title,
        row=row.name,
        title=row.title,
        kind=row.kind,
        ratio_promised=row.ratio,
        cases=len(row.cases),
        ours=whole.ours,
        theirs=whole.theirs,
        our_start=median(start.ours),
        their_start=median(start.theirs),
        size=size,
        sizes=sizes,
        agreement=agreement(row, our_answers, theirs.answers(whole.their_folder)),
        needed_tokens=None if row.kind == "generate" else needed_tokens(row, tokenizer),
        inner_parameters=model.inner_parameters(),
        facts=ours.facts(whole.our_folder, settings.environment),
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


@dataclass(frozen=True)
class _Turns:
    """What each turn took, and the folders of both sides' last ones."""

    ours: tuple[Took, ...]
    theirs: tuple[Took, ...]
    our_folder: Path
    their_folder: Path


def _turns(model: Model, row: Row, folder: Path, size: str, repeat: int, environment: Mapping[str, str]) -> _Turns:
    suite, task = ours.write_suite(row, folder / "suite"), theirs.write_task(row, folder / "task")
    our_folders = [folder / f"ours-{turn}" for turn in range(repeat + 1)]
    their_folders = [folder / f"theirs-{turn}" for turn in range(repeat)]
    mine, their = [ours.evaluate(model, suite, our_folders[0], environment)], []
    for their_folder, our_folder in zip(their_folders, our_folders[1:], strict=True):
        their.append(theirs.evaluate(model, task, their_folder, environment, size))
        mine.append(ours.evaluate(model, suite, our_folder, environment))
    return _Turns(tuple(mine), tuple(their), our_folders[-1], their_folders[-1])


def _sizes(model: Model, row: Row, folder: Path, settings: Settings) -> Mapping[str, float | str]:
    if len(settings.sizes) == 1:
        return {settings.sizes[0]: "as asked"}
    # replies gain from large batches, texts that are only read do not, so the likelier sizes come first
    sizes = settings.sizes[::-1] if row.kind == "generate" else settings.sizes
    limit = max(4, min(len(row.cases), settings.tune_tokens // tokens_a_case(row)))
    task = theirs.write_task(row, folder / "task")
    return theirs.tuned(model, task, folder / "tried", settings.environment, limit, sizes, TUNE_SECONDS)


def tokens_a_case(row: Row) -> int:
    """About how many tokens lm-eval runs for a case, at four characters a token."""
    characters = sum(
        len(row.prompt(case) + choice) for case in row.cases for choice in case.choices or (case.reference,)
    )
    return characters // 4 // len(row.cases) + row.max_new_tokens
