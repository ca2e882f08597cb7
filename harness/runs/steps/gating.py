"""What a gate compares: with the anchor, too, on cases that did not pick the baseline, and with what has to be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from harness.baselines.naming import Pointed
from harness.baselines.picking import ENOUGH, fresh_sides, picked
from harness.baselines.repeated_looks import LOOK_ALPHA, earlier_looks, said_of_looks
from harness.comparison.statistics.paired import ALPHA
from harness.comparison.statistics.selection import false_alarms
from harness.evaluation.records import Baseline, Evaluation
from harness.runs.assembly.built import BuiltSuite
from harness.store.store import Store


@dataclass(frozen=True, slots=True)
class Gating:
    """The sides of one gate call by suite; `remarks` are for the report, `alpha` is that of this look.

    Where `fresh`, only some of a suite's cases are compared, and no model may be measured on what is left.
    """

    suites: tuple[BuiltSuite, ...]
    baselines: Mapping[str, Evaluation]
    candidates: Mapping[str, Evaluation]
    anchors: Mapping[str, Evaluation]
    names: Mapping[str, str]
    selected: Mapping[str, int]
    remarks: Mapping[str, Sequence[str]]
    alpha: float
    fresh: bool

    @property
    def settings(self) -> dict[str, Any]:
        """What `compared` takes beside the sides."""
        return {
            "anchors": self.anchors,
            "names": self.names,
            "selected": self.selected,
            "remarks": self.remarks,
            "alpha": self.alpha,
        }


def gating(
    store: Store,
    suites: Sequence[BuiltSuite],
    baselines: Mapping[str, Pointed],
    candidates: Mapping[str, Evaluation],
    *,
    run: str = "",
    looks: int = 1,
    exactly: bool = False,
) -> Gating:
    """The sides as a gate compares them; `exactly` these two a suite, without the anchor, if so wanted.

    `looks` is how many were declared, and what `run` itself has stored before it was resumed is none.
    """
    with store.reader():  # opening the store costs more than a question
        names = [one.suite.name for one in suites]
        anchors = (
            {} if exactly else {a.suite: store.evaluation(a.evaluation) for a in store.anchors() if a.suite in names}
        )
        sides = [
            _sides(store, one, baselines[one.suite.name], candidates, anchors, run, looks, exactly) for one in suites
        ]
    named = list(zip(names, sides, strict=True))
    return Gating(
        suites=tuple(one.built for one in sides),
        baselines={name: one.baseline for name, one in named},
        candidates={name: one.candidate for name, one in named},
        anchors={name: one.anchor for name, one in named if one.anchor is not None},
        names={name: baselines[name].name for name in names},
        selected={name: one.selected_from for name, one in named},
        remarks={name: one.remarks for name, one in named},
        alpha=LOOK_ALPHA[looks],
        fresh=any(one.fresh for one in sides),
    )


@dataclass(frozen=True, slots=True)
class _Sides:
    built: BuiltSuite
    baseline: Evaluation
    candidate: Evaluation
    anchor: Evaluation | None
    selected_from: int = 0
    remarks: tuple[str, ...] = ()
    fresh: bool = False


def _sides(
    store: Store,
    built: BuiltSuite,
    pointed: Pointed,
    candidates: Mapping[str, Evaluation],
    anchors: Mapping[str, Evaluation],
    run: str,
    looks: int,
    exactly: bool,
) -> _Sides:
    sides = _Sides(built, pointed.evaluation, candidates[built.suite.name], anchors.get(built.suite.name))
    if sides.baseline.fingerprint == sides.candidate.fingerprint:
        return sides
    move = pointed.move if pointed.move and pointed.move.selected else picked(store, pointed.evaluation)
    if move is not None:
        sides = _on_fair_cases(store, sides, move, pointed.name, exactly)
    earlier = earlier_looks(store, sides.baseline, sides.candidate, run)
    return replace(sides, remarks=(*sides.remarks, *said_of_looks(store, earlier, looks)))


def _on_fair_cases(store: Store, sides: _Sides, move: Baseline, name: str, exactly: bool) -> _Sides:
    """The sides on cases that did not pick the baseline; where there are too few, as they are, which is said."""
    called, number = f"baseline {name!r}" if name else "the baseline", move.selected_from
    found = None
    if not exactly:
        anchor = sides.anchor if sides.anchor and sides.anchor.fingerprint != sides.baseline.fingerprint else None
        found = fresh_sides(store, move, sides.baseline, sides.candidate, anchor, sides.built.tier_of)
    if found is None:
        remark = (
            f"{called} was picked from {number} models by their scores on these cases: about "
            f"{100 * false_alarms(number):.0f} % of the candidates that are as good as it fail on them, instead of "
            f"{100 * ALPHA:.0f} %; measure both sides on at least {ENOUGH} other cases of the suite, or set a baseline "
            "that was not picked by its score"
        )
        return replace(sides, selected_from=number, remarks=(remark,))
    return replace(
        sides,
        built=replace(sides.built, selection="all", only=found.contents),
        baseline=found.baseline,
        candidate=found.candidate,
        anchor=found.anchor or sides.anchor,
        remarks=(
            f"{called} was picked from {number} models by their scores: compared are the {len(found.contents)} cases "
            f"that had no part in the pick{_more(len(found.contents))}",
        ),
        fresh=True,
    )


def _more(cases: int) -> str:
    """What is to be said of so few cases."""
    return "" if cases >= ENOUGH else f"; measure both sides on at least {ENOUGH} such cases for most gates to decide"
