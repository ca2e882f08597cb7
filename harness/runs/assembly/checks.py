"""What can be found out before a model is loaded."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness.data.cleaning import Named
from harness.data.prepare import load_all
from harness.errors import StoreError, UsageError
from harness.host.blame import blamed, fitting
from harness.host.building import Built
from harness.protocols import CountsTokens, Metric
from harness.runs.assembly.built import BuiltMetric, BuiltModel, BuiltSuite
from harness.suites.records import Suite
from harness.types import (
    Answered,
    Case,
    Kind,
    Likelihood,
    OpenRequest,
    Prediction,
    Rejected,
)

FREE_BYTES_NEEDED = 1_000_000_000
"""For checkpoints and results; a smaller disk fills up in the middle of a training."""
_SHOWN = 10


def check_data(datasets: Sequence[Built]) -> int:
    """Read every row; UsageError lists the rows that cannot be read, with file and line. Returns how many can."""
    conversations, rejected = load_all(named(datasets))
    rows = sum(1 for _ in conversations)
    if rejected:
        raise UsageError(_rejections(rejected))
    if not rows:
        raise UsageError(f"data: {', '.join(one.use for one in datasets)} holds no conversation")
    return rows


def _rejections(rejected: Sequence[Rejected]) -> str:
    """A line for each reason, at the first of the rows that have it."""
    counts = Counter((row.file, row.reason) for row in rejected)
    first = {(row.file, row.reason): row.line for row in reversed(rejected)}
    lines = []
    for (file, reason), count in counts.items():
        more = f" (and {count - 1} more rows)" if count > 1 else ""
        lines.append(f"{file}:{first[file, reason]}: {reason}{more}")
    rest = f"\n… and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
    return "\n".join(lines[:_SHOWN]) + rest


def named(built: Sequence[Built]) -> list[Named[Any]]:
    """Datasets or cleaners, each with the plugin to blame where it fails."""
    return [Named(one.use, one.plugin, one.instance) for one in built]


def check_lengths(model: BuiltModel, suite: BuiltSuite) -> None:
    """UsageError where a case is longer than the model's context, counted without loading the model."""
    backend, limit = model.backend.instance, model.identity.context_length
    if limit is None or not isinstance(backend, CountsTokens):
        return
    windowed = suite.kinds == {"log-likelihood"}
    cases = [case for case in suite.cases if not (windowed and case.prompt == "")]
    with blamed(model.backend, "backend", "count_tokens"):
        counts = backend.count_tokens(OpenRequest(model.reference), [_text(case) for case in cases])
        fitting(tuple(counts), tuple[int, ...])
        if len(counts) != len(cases):
            raise ValueError(f"gave {len(counts)} counts for {len(cases)} texts")
    room = limit - (suite.suite.generation.max_new_tokens if "text" in suite.kinds else 0)
    long = [f"case {case.id!r}: {count} tokens" for case, count in zip(cases, counts, strict=True) if count > room]
    if long:
        rest = f" and {len(long) - 1} more" if len(long) > 1 else ""
        raise UsageError(
            f"{suite.suite.file or suite.suite.name}: {long[0]}{rest}; {model.reference} has room for {room}; "
            "shorten the case or lower generation.max_new_tokens"
        )


def check_disk(folder: Path) -> None:
    """StoreError where the disk has too little room for checkpoints."""
    present = next(one for one in (folder, *folder.parents) if one.exists())
    free = shutil.disk_usage(present).free
    if free < FREE_BYTES_NEEDED:
        raise StoreError(f"{folder}: {free / 1e9:.1f} GB free; a run needs {FREE_BYTES_NEEDED / 1e9:.0f} GB")


def check_cases(where: str, suite: Suite, metric: BuiltMetric) -> None:
    """Each case must hold what the metric reads; one that few metrics expect is tried on an answer that is made up."""
    place = f"{where}: metric {metric.use.name!r}"
    reads: Kind = metric.built.instance.reads
    for case in suite.cases:
        if reads == "choice" and (len(case.choices) < 2 or case.answer is None):
            raise UsageError(f"{place}: case {case.id!r} needs at least two choices and an answer")
        if reads == "log-likelihood" and not case.references:
            raise UsageError(f"{place}: case {case.id!r} has no reference to score")
    if not isinstance(metric.built.instance, Metric):
        return
    bare = next((case for case in suite.cases if not case.references), None)
    if reads == "text" and bare is not None:
        empty = Prediction("", bare.content, reads, replies=("",))
        _try(
            metric,
            bare,
            empty,
            f"{place}: cannot score case {bare.id!r}, which has no reference (tried on an empty reply)",
        )
    several = max((case for case in suite.cases if case.answers), key=lambda case: len(case.answers), default=None)
    if reads == "choice" and several is not None:
        even = Prediction("", several.content, reads, likelihoods=(Likelihood(-1.0, 1),) * len(several.choices))
        _try(metric, several, even, f"{place}: cannot score case {several.id!r}")


def _try(metric: BuiltMetric, case: Case, prediction: Prediction, cannot: str) -> None:
    """UsageError where the metric says that it cannot score the case."""
    try:
        metric.built.instance.score(Answered(case, (prediction,)))
    except ValueError as error:
        raise UsageError(f"{cannot}: {error}") from error
    except (Exception, SystemExit):  # says nothing of the case; the score that fails in the same way names the metric
        return


def _text(case: Case) -> str:
    prompt = case.prompt if isinstance(case.prompt, str) else "\n".join(message.content for message in case.prompt)
    longest = max((*case.references[:1], *case.choices), key=len, default="")
    return "\n".join((prompt, *case.follow_ups, longest, case.ending or ""))


def refuse_repeated(names: Sequence[str], where: str) -> None:
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"{where}: {name!r} is listed twice")
