"""Looking again: the same two models, compared on more cases because fewer could not tell."""

from __future__ import annotations

from collections.abc import Mapping

from harness.errors import ExitCode
from harness.evaluation.records import Evaluation
from harness.store.rows.listed import GateRow
from harness.store.store import Store

LOOK_ALPHA: Mapping[int, float] = {1: 0.05, 2: 0.03}
"""The alpha of each look by the number declared: two looks of .03 raise 4.5 to 5 % false alarms together."""
_ORDINALS = {2: "second", 3: "third", 4: "fourth", 5: "fifth"}


def earlier_looks(store: Store, baseline: Evaluation, candidate: Evaluation, run: str = "") -> list[GateRow]:
    """The gates, one a number of cases, that could not tell these two models apart on fewer cases; newest first."""
    now = min(baseline.cases, candidate.cases)
    looks: dict[int, GateRow] = {}
    for row in store.gates(baseline.suite, baseline.fingerprint, candidate.fingerprint):
        cases = min(row.comparison.baseline.cases, row.comparison.candidate.cases)
        decision = store.decision(row.run)
        if row.run != run and cases < now and decision and ExitCode.INCONCLUSIVE in decision.codes:
            looks.setdefault(cases, row)
    return list(looks.values())


def said_of_looks(store: Store, earlier: list[GateRow], declared: int) -> list[str]:
    """What a report says of this look, after the earlier ones, where `declared` are to be taken in all."""
    if declared > 1 and len(earlier) < declared and all(_declared(store, one) for one in earlier):
        return [f"look {len(earlier) + 1} of {declared} that were declared: alpha is {LOOK_ALPHA[declared]:g} in each"]
    if not earlier:
        return []
    number = len(earlier) + 1
    return [
        f"a {_ORDINALS.get(number, f'{number}th')} look, undeclared: run {earlier[0].run} could not tell these models "
        "apart on fewer cases, and looking until it can raises false alarms above 5 %; declare both looks before the "
        "first, with `harness gate --looks 2`"
    ]


def _declared(store: Store, look: GateRow) -> bool:
    return int(store.run(look.run).recipe.get("looks", 1)) > 1
