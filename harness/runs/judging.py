"""What `compare` and `gate` share: which evaluation is judged, and a run that holds the decision, or the refusal."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

from harness.comparison.records import Decision
from harness.errors import HarnessError, UsageError
from harness.runs.project import OpenProject
from harness.runs.records import Outcome
from harness.runs.steps.comparing import compare_suites
from harness.runs.steps.gating import gating
from harness.store.journal.values import now

if TYPE_CHECKING:
    from harness.baselines.naming import Pointed
    from harness.evaluation.records import Evaluation
    from harness.runs.assembly.built import BuiltSuite
    from harness.store.rows.listed import RunKind
    from harness.store.store import Store


def judge(
    workspace: OpenProject,
    kind: RunKind,
    label: str,
    suite: BuiltSuite,
    before: Pointed,
    after: Evaluation,
    *,
    policy: Any = "default",
    looks: int = 1,
    exactly: bool = False,
) -> Outcome:
    """Compare and store the decision; `looks` and `exactly` as `gating` takes them."""
    name, built = suite.suite.name, replace(suite, selection=after.selection)
    request = {name: [before.evaluation.id, after.id], "policy": policy, "looks": looks}
    with workspace.session(kind, label, request) as session:
        sides = gating(
            session.store, [built], {name: before}, {name: after}, run=session.run, looks=looks, exactly=exactly
        )
        given = (sides.suites, sides.baselines, sides.candidates)
        return Outcome(session.run, *compare_suites(session, *given, policy=policy, **sides.settings))


def refuse(workspace: OpenProject, label: str, error: HarnessError) -> NoReturn:
    """Raise the error, after a run that says so: the latest report must not be that of a gate before this one."""
    with workspace.session("gate", label, {"refused": str(error), "at": now()}) as session:
        decision = Decision(error.exit_code, (error.exit_code,), (str(error),))
        session.journal.decision(session.run, decision)
        raise error


def candidate_of(store: Store, address: str | None, suite: str, baseline: Evaluation) -> Evaluation:
    """The evaluation of the address, else the newest of the suite; UsageError where that is the baseline itself."""
    if address is not None:
        found = store.evaluation(address, suite)
        if found.suite != suite:
            raise UsageError(f"--candidate {address!r}: measured suite {found.suite!r}, not {suite!r}")
        return found
    last = next((one for one in store.evaluations(suite=suite) if one.state == "complete"), None)
    if last is not None and last.id != baseline.id:
        return last
    raise UsageError(
        f"gate: what was measured last on {suite!r} is the baseline itself; run `harness evaluate MODEL --suite "
        f"{suite}` first, or say which with --candidate or --predictions"
    )
