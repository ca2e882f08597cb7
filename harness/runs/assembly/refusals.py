"""What training and evaluation would refuse, told before either begins: prompts and rows, by the model's own rules."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from harness.data.file_sets import FileSet, write_set
from harness.data.prepare import Prepared
from harness.errors import UsageError
from harness.evaluation.requests import ask, requests
from harness.host.blame import blamed, fitting
from harness.protocols import ChecksData, ChecksRequests
from harness.runs.assembly.built import BuiltModel, BuiltRecipe, BuiltSuite
from harness.types import Answer, OpenRequest, Remark, TrainRequest

MOST_ROWS = 20_000
"""So many rows are looked at before a run, in at most about a millisecond each; the run itself looks at all."""
_SHOWN = 10

_log = logging.getLogger("harness")


def check_prompts(model: BuiltModel, suites: Sequence[BuiltSuite]) -> None:
    """UsageError where the model cannot be asked a case, so that no training ends in figures that are incomplete."""
    refused = [said for suite in suites for said in _said(model, suite, refused_cases(model, suite))]
    if refused:
        raise UsageError("\n".join([*refused, "change these cases, or the model's chat template"]))


def warn_of_prompts(model: BuiltModel, suite: BuiltSuite) -> None:
    """Say which cases the model cannot be asked: they will count as failed. UsageError where those are all."""
    reasons = refused_cases(model, suite)
    said = "\n".join(_said(model, suite, reasons))
    if len(reasons) == len(suite.cases):
        raise UsageError(f"{said}\nso nothing can be measured; change the cases, or the model's chat template")
    if reasons:
        _log.warning("%s\nthese cases will count as failed", said)


def check_rows(built: BuiltRecipe, data: Prepared) -> list[Remark]:
    """What the trainer has to say of its rows, or of 20,000 of each set; UsageError where it would refuse some."""
    trainer = built.trainer.instance
    if not isinstance(trainer, ChecksData):
        return []
    with TemporaryDirectory(prefix="checking-") as folder:
        train, validation = (_drawn(one, Path(folder), built.recipe.seed) for one in (data.train, data.validation))
        request = TrainRequest(
            model=built.model.reference,
            train=train,
            validation=validation,
            folder=Path(folder) / "training",
            backend=built.model.backend.options,
            seed=built.recipe.seed,
        )
        with blamed(built.trainer, "trainer", "check_data"):
            remarks = list(trainer.check_data(request))
            fitting(tuple(remarks), tuple[Remark, ...])
    if built.recipe.validation > 0 and not len(data.validation):
        remarks.append(Remark("no row is held out to validate on: they are too few, or all alike"))
    if len(train) < len(data.train):
        said = f"{len(train):,} of {len(data.train):,} rows, drawn at random, were looked at; the run looks at each"
        return [Remark(said, "note"), *remarks]
    return remarks


def _drawn(rows: FileSet, folder: Path, seed: int) -> FileSet:
    """The rows, or so many of them as are looked at."""
    if len(rows) <= MOST_ROWS:
        return rows
    chosen = sorted(Random(seed).sample(range(len(rows)), MOST_ROWS))
    return write_set(folder / rows.path.name, (rows[index] for index in chosen))


def refused_cases(model: BuiltModel, suite: BuiltSuite) -> Mapping[str, str]:
    """Why, by the id of each case that the model cannot be asked; its backend may be one that cannot tell."""
    backend = model.backend.instance
    if not isinstance(backend, ChecksRequests):
        return {}
    asked = ask(suite.cases, suite.kinds, replace(suite.generation, samples=1), model.identity)
    with blamed(model.backend, "backend", "check_requests"):
        answers = tuple(backend.check_requests(OpenRequest(model.reference), requests(asked, ())))
        fitting(answers, tuple[Answer, ...])
    reasons = {answer.key: answer.error for answer in answers if answer.error is not None}
    return {one.case.id: reasons[key] for one in reversed(asked) if (key := str(one.prediction_key(0))) in reasons}


def _said(model: BuiltModel, suite: BuiltSuite, reasons: Mapping[str, str]) -> list[str]:
    """A line a reason, with the first case that it holds for and how many there are."""
    cases_by_reason: dict[str, list[str]] = {}
    for case in suite.cases:
        if case.id in reasons:
            cases_by_reason.setdefault(reasons[case.id], []).append(case.id)
    place, total = suite.suite.file or suite.suite.name, len(suite.cases)
    lines = [
        f"{place}: case {cases[0]!r} cannot be asked of {model.reference}: {reason} "
        f"({len(cases):,} of {total:,} case{'s' if total != 1 else ''})"
        for reason, cases in islice(cases_by_reason.items(), _SHOWN)
    ]
    more = len(cases_by_reason) - _SHOWN
    return [*lines, f"{place}: … and {more:,} more reasons"] if more > 0 else lines
