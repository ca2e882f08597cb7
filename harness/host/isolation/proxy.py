"""An object that looks like a component and asks its worker process."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from harness.evaluation.metric_calls import CASES, Result
from harness.host.isolation.frames import Array, Opened, Raised
from harness.host.isolation.methods import STREAMS, methods_of, standing_for
from harness.host.isolation.worker_client import Spec, Worker, raised_error
from harness.protocols import Monitor
from harness.types import Answered, OpenRequest, TrainRequest
from harness.types.component import KINDS


def isolated(instance: Any, spec: Spec) -> Any:
    """What stands for the component: the same declarations, and methods that are carried out by a worker.

    What the harness itself has written of it, as the mean of a decorated function, is done here.
    """
    worker = Worker(spec)
    names = [name for name in methods_of(instance, KINDS[spec.kind].methods) if name != "score_each"]
    methods = {name: _method(instance, name, worker) for name in names}
    if "score" in methods:
        methods["scores"] = partial(_scores, worker)
    return standing_for(instance, methods)


def _method(instance: Any, name: str, worker: Worker) -> Callable[..., Any]:
    own: Callable[..., Any] = getattr(instance, name)
    if name in ("value", "worst") and own.__module__.startswith("harness."):
        return own
    if name in STREAMS:
        return partial(worker.stream, name)
    return _SPECIAL.get(name, _call)(worker, name)


def _scores(worker: Worker, answered: Sequence[Answered]) -> Iterator[Result]:
    """Many in one message, so that both processes work; each result comes as soon as it is there."""
    for start in range(0, len(answered), CASES):
        for result in worker.stream("scores", answered[start : start + CASES]):
            yield raised_error(result) if isinstance(result, Raised) else result


def _call(worker: Worker, name: str) -> Callable[..., Any]:
    return partial(worker.call, name)


def _value(worker: Worker, name: str) -> Callable[..., Any]:
    def value(statistics: Mapping[str, Any]) -> Any:
        figure = worker.call(name, statistics)
        if isinstance(figure, Array):
            import numpy as np  # costs as much as all else that a listing of plugins imports

            return np.frombuffer(figure.floats).reshape(figure.shape).copy()
        return figure

    return value


def _compute(worker: Worker, name: str) -> Callable[..., Any]:
    def compute(answered: Sequence[Answered]) -> Any:
        """The jackknife asks for the same answers without a few, twenty times: they are sent once."""
        if any(id(one) not in worker.held for one in answered):
            worker.call("hold", list(answered))
            worker.held = {id(one): (number, one) for number, one in enumerate(answered)}
        places = array("Q", (worker.held[id(one)][0] for one in answered))
        return worker.call(name, places.tobytes())

    return compute


def _train(worker: Worker, name: str) -> Callable[..., Any]:
    def train(request: TrainRequest, monitor: Monitor) -> Any:
        return worker.call(name, request, monitor=monitor)

    return train


def _open(worker: Worker, name: str) -> Callable[..., Any]:
    @contextmanager
    def opened(request: OpenRequest) -> Iterator[Any]:
        said: Opened = worker.call(name, request)
        worker.facts = said.facts
        try:
            yield _Model(worker, said)
        finally:
            worker.finish()

    return opened


class _Model:
    """The model that a worker has opened."""

    def __init__(self, worker: Worker, said: Opened) -> None:
        self._worker = worker
        self.answers = said.answers

    @property
    def facts(self) -> Mapping[str, Any]:
        return self._worker.facts

    def answer(self, requests: Any) -> Iterator[Any]:
        yield from self._worker.stream("answer", requests)


_SPECIAL: Mapping[str, Callable[[Worker, str], Callable[..., Any]]] = {
    "value": _value,
    "compute": _compute,
    "train": _train,
    "open": _open,
}
