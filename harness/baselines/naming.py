"""What a baseline is addressed by -> its evaluation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness.baselines.exchange import import_baseline
from harness.errors import NoBaselineError, UsageError
from harness.evaluation.records import Baseline, Evaluation
from harness.store.store import Store


@dataclass(frozen=True, slots=True)
class Pointed:
    """A baseline's evaluation; `name` where it has one, `move` how that came to point at it."""

    evaluation: Evaluation
    name: str = ""
    move: Baseline | None = None


def resolve_baseline(store: Store, address: str, suite: str) -> Pointed:
    """The evaluation of a baseline's name, of an exported file, or of an evaluation's own address.

    Raises NoBaselineError that says how to make one.
    """
    if Path(address).is_file():
        return _of_file(store, Path(address), suite)
    if not address.strip() or "/" in address or address.endswith(".json"):
        raise NoBaselineError(f"{address!r}: no such file; make one with `harness baselines export NAME FILE`")
    move = store.baseline(address, suite)
    try:
        one = _addressed(store, move.evaluation if move else address, suite)
    except UsageError as error:
        known = sorted({one.name for one in store.baselines() if one.suite == suite})
        raise NoBaselineError(
            f"baseline {address!r}: there is none on suite {suite!r}; known: {', '.join(known) or 'none'}; make one "
            f"with `harness evaluate MODEL --suite {suite} --name {address}` and `harness baselines set {address} "
            f"{address}`"
        ) from error
    if one.suite != suite:
        raise NoBaselineError(f"baseline {address!r}: measured suite {one.suite!r}, not {suite!r}")
    return Pointed(one, move.name if move else "", move)


def _of_file(store: Store, file: Path, suite: str) -> Pointed:
    move, evaluation = import_baseline(store, file)
    if evaluation.suite != suite:
        raise NoBaselineError(f"{file}: measured suite {evaluation.suite!r}, not {suite!r}")
    return Pointed(evaluation, move.name, move)


def _addressed(store: Store, address: str, suite: str) -> Evaluation:
    """The evaluation of the address in the suite, else in whichever it is; UsageError where there is none."""
    try:
        return store.evaluation(address, suite)
    except UsageError:
        return store.evaluation(address)
