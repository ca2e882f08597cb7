"""Promotion: the candidate of a gate becomes the baseline, with who, when, why, and what justified it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.baselines.moves import standings, write
from harness.baselines.picking import models_tried
from harness.baselines.who import who
from harness.errors import ExitCode, HarnessError, NoBaselineError
from harness.evaluation.records import Baseline, Evaluation
from harness.store.rows.listed import GateRow
from harness.store.store import Store


class NotPromotedError(HarnessError):
    """The gate did not let the candidate pass; the exit code is the gate's."""

    def __init__(self, message: str, code: ExitCode) -> None:
        super().__init__(message)
        self.exit_code = code


def promote(
    store: Store,
    name: str,
    note: str,
    candidate: Evaluation | None = None,
    run: str | None = None,
    anyway: bool = False,
) -> list[Baseline]:
    """Make the candidate of a gate the baseline `name`, in every suite of that gate; anchors stay where they are.

    The gate is the newest that had the name's present model as its baseline, of all or of `candidate`, or that of
    `run`. Raises NoBaselineError where there is none, and NotPromotedError, unless `anyway`, where it did not pass.
    """
    present = {one.move.suite: one.evaluation for one in standings(store, name)}
    gate = _gate(store, name, present, candidate, run)
    decision = store.decision(gate[0].run)
    code = decision.code if decision else ExitCode.INCOMPLETE
    lenient = store.run(gate[0].run).recipe.get("policy") == "lenient"
    if (code != ExitCode.PASS or lenient) and not anyway:
        reason = decision.reasons[0] if decision and decision.reasons else "it did not come to a decision"
        if code == ExitCode.PASS:
            reason, code = "the gate was lenient, and what it could not tell passed", ExitCode.INCONCLUSIVE
        raise NotPromotedError(
            f"baseline {name!r}: not promoted: run {gate[0].run} ended with {int(code)}, "
            f"{code.name.lower().replace('_', ' ')}: {reason}; let a candidate pass `harness gate --suite "
            f"{gate[0].comparison.suite} --baseline {name}`, or say --anyway, which is recorded",
            code,
        )
    moves = [
        Baseline(
            name=name,
            suite=row.comparison.suite,
            evaluation=row.comparison.candidate.id,
            at=store.next_moment(),
            note=note,
            who=who(),
            comparison=row.comparison.id,
            selected_from=models_tried(store, name, row.comparison),
            decision=int(code),
        )
        for row in gate
    ]
    write(store, moves)
    return moves


def _gate(
    store: Store, name: str, present: Mapping[str, Evaluation], candidate: Evaluation | None, run: str | None
) -> Sequence[GateRow]:
    """The comparisons of one run, one a suite, that can justify a promotion."""
    run = store.run(run).id if run else None
    rows = [
        row
        for suite, one in present.items()
        for row in store.gates(suite, one.fingerprint)
        if row.comparison.candidate.fingerprint != one.fingerprint
        and run in (None, row.run)
        and (candidate is None or row.comparison.candidate.id == candidate.id)
    ]
    if not rows:
        of = f" of {candidate.name or candidate.model}" if candidate else ""
        where = f"run {run} holds no comparison{of}" if run else f"there is no comparison{of}"
        raise NoBaselineError(
            f"baseline {name!r}: {where} with what it points at ({_listed(present)}); make one with "
            f"`harness gate --suite {next(iter(present))} --baseline {name} --candidate EVALUATION`"
        )
    newest = max(rows, key=lambda row: row.at)
    return [row for row in rows if row.run == newest.run]


def _listed(present: Mapping[str, Evaluation]) -> str:
    return ", ".join(f"{one.model} on {suite}" for suite, one in present.items())
