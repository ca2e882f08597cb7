"""A plugin of every kind that misbehaves as FAULT in the environment says, half-way through its work.

It does so in the method that does its work, or in the one that FAULT_IN names.
"""

from __future__ import annotations

import ctypes
import errno
import math
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from harness import Component, hookimpl
from harness.testing.fakes import FakeBackend, FakeTrainer
from harness.types import (
    Answer,
    Answered,
    Case,
    Changed,
    Checked,
    Checkpoint,
    Conversation,
    Finding,
    History,
    Kept,
    LoadRequest,
    Message,
    OpenRequest,
    Passage,
    Proposal,
    Remark,
    Request,
    StepRecord,
    TrainRequest,
)


def fault(method: str = "") -> str:
    """What is wrong with the method; nothing where it is another's turn."""
    return os.environ.get("FAULT", "") if os.environ.get("FAULT_IN", "") == method else ""


def misbehave(method: str = "") -> None:
    """The faults that are the same in every method."""
    how = fault(method)
    if how == "raises":
        raise ValueError("no such luck")
    if how == "calls sys.exit":
        sys.exit("bye")
    if how == "fills the disk":
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/scratch/words.bin")
    if how == "recurses for ever":
        misbehave(method)
    if how == "hangs":
        Path("hangs").touch()
        time.sleep(3600)
    if how == "leaks memory":
        kept = []
        while True:
            kept.append(os.urandom(1) * 10**7)
    if how == "crashes":
        ctypes.string_at(0)
    if how == "calls os._exit":
        os._exit(0)
    if how == "prints":
        print("debug")
        os.write(1, b"raw\n")


class Rows:
    def load(self, request: LoadRequest) -> Iterator[Conversation]:
        for number in range(12):
            if number == 5:
                misbehave()
                if fault() == "returns the wrong type":
                    yield {"messages": []}  # type: ignore[misc]
            greeting = f"Good morning from customer number {number}"
            weight = math.nan if fault() == "yields NaN" and number == 5 else None
            said = (Message("user", greeting), Message("assistant", f"Hello to {greeting}!", weight=weight))
            yield Conversation(f"row-{number}", said)


class Cleaner:
    scope = "row"

    def clean(self, conversations: Iterable[Conversation]) -> Iterator[Any]:
        for number, one in enumerate(conversations):
            if number == 5:
                misbehave()
                if fault() == "returns the wrong type":
                    yield None
                if fault() == "gives too few results":
                    return
                if fault() == "yields NaN":
                    said = tuple(replace(message, weight=math.nan) for message in one.messages)
                    yield Changed(one.id, replace(one, messages=said), "weighed")
                    continue
                if fault() == "mutates its input":
                    one.tags["seen"] = "yes"  # type: ignore[index]
            yield Kept(one.id)


class Trainer(FakeTrainer):
    def train(self, request: TrainRequest, monitor: Any) -> Checkpoint:
        if fault() == "mutates its input":
            request.backend["seen"] = True  # type: ignore[index]
        checkpoint = super().train(request, _Interrupted(monitor))
        if fault() == "returns the wrong type":
            return checkpoint.model  # type: ignore[return-value]
        if fault() == "gives too few results":
            return replace(checkpoint, model=replace(checkpoint.model, adapter=str(request.folder / "nowhere")))
        return checkpoint

    def check_data(self, request: TrainRequest) -> Iterable[Remark]:
        misbehave("check_data")
        if fault("check_data") == "returns the wrong type":
            yield "fine"  # type: ignore[misc]
        if fault("check_data") == "mutates its input":
            request.backend["seen"] = True  # type: ignore[index]


class _Interrupted:
    def __init__(self, monitor: Any) -> None:
        self._monitor = monitor

    def step(self, record: StepRecord) -> Any:
        if record.step == 3:
            misbehave()
            if fault() == "yields NaN":
                record = replace(record, loss=math.nan)
        return self._monitor.step(record)


class Sums:
    reads = "choice"

    def score(self, answered: Answered) -> Mapping[str, float]:
        if answered.case.id == "letter-40":
            misbehave()
            if fault() == "returns the wrong type":
                return "one"  # type: ignore[return-value]
            if fault() == "gives too few results":
                return {}
            if fault() == "yields NaN":
                return {"sum": math.nan, "count": 1.0}
            if fault() == "mutates its input":
                answered.case.slices["seen"] = "yes"  # type: ignore[index]
        return {"sum": 1.0, "count": 1.0}

    def value(self, statistics: Mapping[str, Any]) -> Any:
        misbehave("value")
        if fault("value") == "returns the wrong type":
            return "one"
        if fault("value") == "gives too few results":
            return np.ones(3)
        return statistics["sum"] / statistics["count"]

    def warnings(self, cases: Sequence[Case]) -> Iterable[str]:
        misbehave("warnings")
        if fault("warnings") == "returns the wrong type":
            return "one"
        if fault("warnings") == "mutates its input":
            cases[0].slices["seen"] = "yes"  # type: ignore[index]
        return []

    def chosen(self, answered: Answered) -> str | None:
        if answered.case.id == "letter-40":
            misbehave("chosen")
        if fault("chosen") == "returns the wrong type":
            return 1 if answered.case.id == "letter-40" else None  # type: ignore[return-value]
        if fault("chosen") == "mutates its input":
            answered.case.slices["seen"] = "yes"  # type: ignore[index]
        return answered.choice()


class Whole:
    reads = "choice"

    def compute(self, answered: Sequence[Answered]) -> float:
        misbehave()
        if fault() == "returns the wrong type":
            return "one"  # type: ignore[return-value]
        if fault() == "gives too few results":
            return []  # type: ignore[return-value]
        if fault() == "yields NaN":
            return math.nan
        if fault() == "mutates its input":
            answered[0].case.slices["seen"] = "yes"  # type: ignore[index]
        return 1.0


class Check:
    def check(self, passages: Iterable[Passage]) -> Iterator[Checked]:
        for passage in passages:
            if passage.case is not None and passage.case.id == "letter-40":
                misbehave()
                if fault() == "returns the wrong type":
                    yield "fine"  # type: ignore[misc]
                if fault() == "gives too few results":
                    return
                if fault() == "yields NaN":
                    yield Checked(passage.id, (Finding("odd", math.nan, ""),))  # type: ignore[arg-type]
                    continue
                if fault() == "mutates its input":
                    passage.case.slices["seen"] = "yes"  # type: ignore[index]
            yield Checked(passage.id)


class Backend(FakeBackend):
    @contextmanager
    def open(self, request: OpenRequest) -> Iterator[Any]:
        with super().open(request) as model:
            yield _Model(model)

    def check_requests(self, request: OpenRequest, requests: Sequence[Request]) -> Sequence[Answer]:
        misbehave("check_requests")
        if fault("check_requests") == "returns the wrong type":
            return ["fine"]  # type: ignore[list-item]
        if fault("check_requests") == "mutates its input":
            requests.clear()  # type: ignore[attr-defined]
        return []


class _Model:
    def __init__(self, model: Any) -> None:
        self._model, self.answers, self.facts = model, model.answers, model.facts

    def answer(self, requests: Sequence[Request]) -> Iterator[Answer]:
        for number, answer in enumerate(self._model.answer(requests)):
            if number == 40:
                misbehave()
                if fault() == "returns the wrong type":
                    yield "billing"  # type: ignore[misc]
                if fault() == "gives too few results":
                    return
                if fault() == "yields NaN":
                    worthless = replace(answer.likelihoods[0], log_likelihood=math.nan)
                    answer = replace(answer, likelihoods=(worthless, *answer.likelihoods[1:]))
                if fault() == "mutates its input":
                    requests.clear()  # type: ignore[attr-defined]
            yield answer


class Refiner:
    def propose(self, history: History) -> Proposal | None:
        if history.cycles:
            misbehave()
            if fault() == "returns the wrong type":
                return {"trainer.steps": 3}  # type: ignore[return-value]
            if fault() == "gives too few results":
                return Proposal({"trainer.stepz": 3})
            if fault() == "yields NaN":
                return Proposal({"trainer.steps": math.nan})
            if fault() == "mutates its input":
                history.recipe["seed"] = 7  # type: ignore[index]
            return None
        return Proposal({"trainer.steps": 2})

    def possible_patches(self) -> Iterator[Mapping[str, Any]]:
        misbehave("possible_patches")
        yield "steps" if fault("possible_patches") == "returns the wrong type" else {"trainer.steps": 2}  # type: ignore[misc]


@hookimpl
def register_datasets() -> Iterator[Component[Any]]:
    yield Component("faulty", Rows)


@hookimpl
def register_cleaners() -> Iterator[Component[Any]]:
    yield Component("faulty", Cleaner)


@hookimpl
def register_trainers() -> Iterator[Component[Any]]:
    yield Component("faulty", Trainer)


@hookimpl
def register_metrics() -> Iterator[Component[Any]]:
    yield Component("faulty", Sums)
    yield Component("faulty-whole", Whole)


@hookimpl
def register_safety_checks() -> Iterator[Component[Any]]:
    yield Component("faulty", Check)


@hookimpl
def register_backends() -> Iterator[Component[Any]]:
    yield Component("faulty", Backend)


@hookimpl
def register_refiners() -> Iterator[Component[Any]]:
    yield Component("faulty", Refiner)
