"""The process that a component runs in: it makes the component anew, and does what it is asked until nobody asks."""

from __future__ import annotations

import ctypes
import faulthandler
import logging
import os
import pickle
import signal
import sys
import threading
import time
import traceback
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from copy import deepcopy
from multiprocessing.connection import Connection
from typing import Any

from harness.evaluation.metric_calls import scores
from harness.host.isolation.frames import Array, Call, Done, Facts, Item, Opened, Raised, Reply, Said, Step, told
from harness.host.isolation.methods import STREAMS
from harness.host.isolation.worker_client import Spec
from harness.protocols import Signal
from harness.types import Answered, StepRecord
from harness.types.validation import number_of, statistics_of

_PDEATHSIG = 1  # prctl(2)


def main() -> None:
    """Serve the pipe whose ends are the first two arguments; the third is a file for where a crash was."""
    incoming, outgoing, fault = map(int, sys.argv[1:])
    faulthandler.enable(file=fault)
    faulthandler.register(signal.SIGUSR1, file=fault, all_threads=False)
    _end_with_parent()
    pipe = _Pipe(Connection(incoming, writable=False), Connection(outgoing, readable=False))
    logging.getLogger("harness").addHandler(_Told(pipe))
    spec: Spec = pipe.receive()
    try:
        server = _Server(pipe, _component(spec))
    except (Exception, SystemExit) as error:
        pipe.send(_raised(error))
        return
    pipe.send(Done())
    while True:
        try:
            call: Call = pipe.receive()
        except EOFError:
            return
        server.answer(call)


class _Pipe:
    def __init__(self, incoming: Connection, outgoing: Connection) -> None:
        self._incoming, self._outgoing = incoming, outgoing
        self._sending = threading.Lock()  # a plugin's threads may log

    def receive(self) -> Any:
        """What the harness says; it is the harness that started this process, so it is believed."""
        return pickle.loads(self._incoming.recv_bytes())

    def send(self, reply: Reply) -> None:
        message = told(reply)
        with self._sending:
            self._outgoing.send_bytes(message)


class _Server:
    """Carries calls out, on the component or on the model that it opened."""

    def __init__(self, pipe: _Pipe, component: Any) -> None:
        self._pipe, self._component = pipe, component
        self._model: Any = None
        self._facts: dict[str, Any] = {}
        self._stack = ExitStack()
        self._held: Sequence[Answered] = ()

    def answer(self, call: Call) -> None:
        """Send what the method yields and returns, or what it raised; what cannot be sent is an error, too."""
        try:
            if call.method in STREAMS:
                self._stream(call)
                self._pipe.send(Done())
            else:
                self._pipe.send(Done(self._result(call)))
        except (Exception, SystemExit) as error:
            self._pipe.send(_raised(error))

    def _stream(self, call: Call) -> None:
        for item in self._items(call):
            if self._model is not None and self._model.facts != self._facts:
                self._facts = deepcopy(dict(self._model.facts))
                self._pipe.send(Facts(self._facts))
            self._pipe.send(Item(item))

    def _items(self, call: Call) -> Iterator[Any]:
        if call.method == "scores":
            return _scores(self._component, *call.arguments)
        target = self._model if call.method == "answer" else self._component
        items: Iterator[Any] = getattr(target, call.method)(*call.arguments)
        return items

    def _result(self, call: Call) -> Any:
        if call.method == "close":
            return self._stack.close()
        if call.method == "hold":
            (self._held,) = call.arguments
            return None
        if call.method == "compute":
            return number_of(self._component.compute(self._some(*call.arguments)))
        method = getattr(self._component, call.method)
        if call.method == "open":
            return self._opened(method(*call.arguments))
        if call.method == "train":
            return method(*call.arguments, _Monitor(self._pipe))
        return _PLAIN.get(call.method, _same)(method(*call.arguments))

    def _some(self, positions: bytes) -> list[Answered]:
        """Those of the answers that it holds."""
        numbers = array("Q")
        numbers.frombytes(positions)
        return [self._held[number] for number in numbers]

    def _opened(self, opening: Any) -> Opened:
        self._model = self._stack.enter_context(opening)
        self._facts = deepcopy(dict(self._model.facts))
        return Opened(frozenset(self._model.answers), self._facts)


class _Monitor:
    """Passes a trainer's steps on, and the signal back."""

    def __init__(self, pipe: _Pipe) -> None:
        self._pipe = pipe

    def step(self, record: StepRecord) -> Signal:
        self._pipe.send(Step(record))
        signal: Signal = self._pipe.receive()
        return signal


class _Told(logging.Handler):
    """Log messages go to the harness, which shows them as its own."""

    def __init__(self, pipe: _Pipe) -> None:
        super().__init__(logging.WARNING)
        self._pipe = pipe

    def emit(self, record: logging.LogRecord) -> None:
        self._pipe.send(Said(record.getMessage()))


def _component(spec: Spec) -> Any:
    from harness.host.building import build
    from harness.host.host import PluginHost

    sys.path[:] = spec.path
    host = PluginHost(files=spec.files, disabled=spec.disabled, allowed=spec.allowed, isolates=False)
    return build(host, spec.kind, spec.use, spec.place, spec.folder).instance


def _scores(metric: Any, answered: Sequence[Answered]) -> Iterator[dict[str, float] | Raised]:
    """The statistics of each, or what was raised."""
    for result in scores(metric, answered):
        try:
            if isinstance(result, BaseException):
                raise result
            yield statistics_of(result)
        except (Exception, SystemExit) as error:
            yield _raised(error)


def _same(result: Any) -> Any:
    return result


def _figure(result: Any) -> float | Array:
    if not isinstance(result, list | tuple) and not getattr(result, "shape", ()):
        return number_of(result)
    import numpy as np

    floats = np.asarray(result, dtype=float)
    return Array(floats.shape, floats.tobytes()) if floats.shape else float(floats)


_PLAIN: Mapping[str, Callable[[Any], Any]] = {
    "score": statistics_of,
    "worst": statistics_of,
    "value": _figure,
}
"""What a metric gives, as plain floats: numbers of numpy or torch are classes that the harness does not read."""


def _raised(error: BaseException) -> Raised:
    alone = error.args[0] if len(error.args) == 1 else None
    text = alone if isinstance(alone, str) and alone else str(error) or "no message"  # a KeyError quotes what it says
    return Raised(type(error).__name__, text, "".join(traceback.format_exception(error)))


def _end_with_parent() -> None:
    """End when the harness does, however that ended: a plugin that hangs must not stay behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL)
        return
    threading.Thread(target=_watch_parent, args=(os.getppid(),), daemon=True).start()


def _watch_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


if __name__ == "__main__":
    main()
