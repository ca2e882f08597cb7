"""The same model measured again and again on the same cases: how much its figures move by themselves (A/A)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

import numpy as np

from harness.comparison.records import Noise
from harness.errors import describe
from harness.evaluation.predicting import predict
from harness.evaluation.records import PredictionKey
from harness.evaluation.requests import Asked, ask, requests
from harness.evaluation.scoring import answered, score
from harness.host.blame import blamed, label
from harness.protocols import Metric, Model
from harness.runs.assembly.built import BuiltMetric, BuiltModel, BuiltSuite
from harness.runs.models import brief
from harness.runs.session import Advance, Session, machine_facts
from harness.store.journal.values import now
from harness.types import Answered, OpenRequest, Prediction, Request
from harness.types.hashing import unit_hash


@dataclass
class _Round:
    """One measurement: what is asked in it, with how many threads, and what the opened model said of itself."""

    number: int
    asked: Sequence[Asked]
    wanted: Sequence[Request]
    threads: int | None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def missing(self) -> int:
        return sum(not request.known for request in self.wanted)


@dataclass(frozen=True, slots=True)
class _Value:
    """A metric's value in one round, and what each case scored, in the order of the suite."""

    value: float
    scores: Sequence[Any]


def calibrate_suite(session: Session, model: BuiltModel, built: BuiltSuite, times: int) -> tuple[Noise, ...]:
    """The noise of each metric over `times` measurements; one that could not be computed is left out, and said.

    No stored answer of another measurement is used. What must not matter varies: every second round runs with another
    number of threads where the backend has a say in them, all but the first in other batches; drawn replies are drawn
    with other seeds. What was answered before a Ctrl-C is kept, and the same command goes on from there.
    """
    session.journal.suite(built.suite, built.tier_of)
    with session.timed(f"calibrate {built.suite.name}"):
        rounds = [_round(session, model, built, number) for number in range(times)]
        _answer(session, model, built, rounds)
        session.store.ingest()
        noises = [_noise(session, model, built, metric, rounds) for metric in built.metrics]
        found = tuple(noise for noise in noises if noise is not None)
        session.journal.noises(found)
        session.store.ingest()
    return found


def _round(session: Session, model: BuiltModel, built: BuiltSuite, number: int) -> _Round:
    """Answers of a round have keys of their own, which hold the run: so a later calibration is measured anew."""
    identity = replace(model.identity, numerics=f"{model.identity.numerics} {session.run} {number}")
    generation = built.generation
    if built.drawn:
        generation = replace(generation, seed=generation.seed + number)
    asked = ask(built.cases, built.kinds, generation, identity, built.suite.thoughts)
    known = session.store.known_keys([one.answer_key for one in asked])
    return _Round(number, asked, requests(asked, known), _threads(session.thread_count(model), number))


def _threads(chosen: int | None, number: int) -> int | None:
    """The run's thread count, in odd rounds half of it or, where it is one, two."""
    if chosen is None or number % 2 == 0:
        return chosen
    return chosen // 2 if chosen > 1 else 2


def _answer(session: Session, model: BuiltModel, built: BuiltSuite, rounds: Sequence[_Round]) -> None:
    """Ask what is missing; rounds with the same thread count share one load of the model."""
    open_rounds = [one for one in rounds if one.missing]
    if not open_rounds:
        return
    label = f"calibrate {brief(model.reference)} on {built.suite.name}"
    with session.stage(label, total=sum(one.missing for one in open_rounds)) as advance:
        for threads in dict.fromkeys(one.threads for one in open_rounds):
            with ExitStack() as stack:
                with blamed(model.backend, "backend", "open"):
                    request = OpenRequest(model.reference, threads=threads)
                    opened = stack.enter_context(model.backend.instance.open(request))
                for one in open_rounds:
                    if one.threads == threads:
                        one.facts = dict(opened.facts)
                        _predict(session, model, opened, one, advance)


def _predict(session: Session, model: BuiltModel, opened: Model, one: _Round, advance: Advance) -> None:
    """Ask the requests of a round, from the second on in two parts, so that other cases share a batch."""
    kind_of = {asked.answer_key: asked.kind for asked in one.asked}
    backend = label(model.backend, "backend")

    def record(batch: Sequence[Prediction]) -> None:
        kept = [answer for answer in batch if answer.error is None or answer.permanent]
        given = [(PredictionKey.of(answer.key).answer, answer) for answer in kept]
        session.journal.predictions(session.run, given, at_once=False)
        advance(len(batch), f"round {one.number + 1}")

    first = [request for request in one.wanted if not one.number or unit_hash(["part", request.key]) < 0.5]
    taken = {request.key for request in first}
    for part in (first, [request for request in one.wanted if request.key not in taken]):
        predict(opened, part, kind_of, record, backend)


def _noise(
    session: Session, model: BuiltModel, built: BuiltSuite, metric: BuiltMetric, rounds: Sequence[_Round]
) -> Noise | None:
    found = [_value(session, metric, one) for one in rounds]
    measured = [one for one in found if one is not None]
    if len(measured) < len(found):
        return None
    values = np.array([one.value for one in measured])
    facts = next((dict(one.facts) for one in rounds if one.facts), {})
    return Noise(
        suite=built.suite.name,
        suite_version=built.suite.version,
        selection=built.selection,
        metric=metric.use.name,
        key=metric.built.key,
        fingerprint=model.identity.fingerprint,
        numerics=model.identity.numerics,
        times=len(values),
        value=float(values.mean()),
        # Equal figures have a mean that rounding may move off them.
        deviation=float(values.std(ddof=1)) if np.ptp(values) > 0 else 0.0,
        changed=float(np.mean([_share_changed(a, b) for a, b in combinations(measured, 2)])),
        facts={**machine_facts(), **facts, "threads": [one.threads for one in rounds], "seeds": _seeds(rounds)},
        at=now(),
    )


def _value(session: Session, metric: BuiltMetric, one: _Round) -> _Value | None:
    """The metric over a round's answers; None where one of them failed, or the metric did."""
    instance, where = metric.built.instance, label(metric.built, "metric", name=metric.use.name)
    mine = [asked for asked in one.asked if asked.kind == instance.reads]
    stored = session.store.predictions([asked.answer_key for asked in mine])
    answers = [answered(asked, stored.get(asked.answer_key, ())) for asked in mine]
    given = [answer for answer in answers if answer is not None]
    if not given or len(given) < len(mine):
        missing = len(mine) - len(given)
        session.failed(metric.built.key, f"{where}: {missing} of {len(mine)} answers failed in round {one.number + 1}")
        return None
    try:
        value, scores = _scored(instance, metric.use.name, given)
    except (Exception, SystemExit) as error:
        session.failed(metric.built.key, f"{where}: {describe(error)}")
        return None
    if math.isfinite(value):
        return _Value(value, scores)
    session.failed(metric.built.key, f"{where}: its value is {value} in round {one.number + 1}")
    return None


def _scored(instance: Any, name: str, given: Sequence[Answered]) -> tuple[float, list[Any]]:
    """The value, and what each case scored: of a metric that is no function of sums, what was answered."""
    if not isinstance(instance, Metric):
        said = [[(one.replies, one.likelihoods) for one in answer.predictions] for answer in given]
        return float(instance.compute(given)), said
    scored = list(score(instance, name, given))
    failed = next((one.error for one in scored if one.error is not None), None)
    if failed is not None:
        raise ValueError(failed)
    statistics = [one.statistics for one in scored]
    sums = np.sum(statistics, axis=0)
    return float(instance.value(dict(zip(scored[0].names, sums, strict=True)))), statistics


def _share_changed(first: _Value, second: _Value) -> float:
    pairs = list(zip(first.scores, second.scores, strict=True))
    return float(np.mean([a != b for a, b in pairs]))


def _seeds(rounds: Sequence[_Round]) -> list[int]:
    return [one.asked[0].generation.seed for one in rounds]
