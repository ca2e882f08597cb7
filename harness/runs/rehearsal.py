"""What a run would train on and be judged by, looked at without a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from harness.data.prepare import PrepareSummary
from harness.runs.assembly.built import BuiltRecipe, BuiltSuite
from harness.runs.assembly.refusals import check_prompts, check_rows
from harness.runs.session import Stage
from harness.runs.steps.preparing import prepare_data_in
from harness.types import Remark


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What becomes of the rows, and what the trainer has to say of them."""

    rows: PrepareSummary
    remarks: tuple[Remark, ...]


def rehearse(built: BuiltRecipe, suites: Sequence[BuiltSuite], stage: Stage) -> Rehearsal:
    """Prepare the data in a folder that goes away and look at rows and prompts; UsageError where some are refused."""
    with stage("check the prompts of the suites"):
        check_prompts(built.model, suites)
    with TemporaryDirectory(prefix="checking-") as folder:
        with stage("prepare the data"):
            data = prepare_data_in(Path(folder), built, record=lambda rows: None)
        with stage("check the rows"):
            return Rehearsal(data.summary, tuple(check_rows(built, data)))
