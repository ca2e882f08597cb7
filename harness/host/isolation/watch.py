"""A component watched at work: what it prints goes to stderr, what it changes of its input is an error."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from harness.host.isolation.inputs import watched
from harness.host.isolation.methods import MODEL_METHODS, STREAMS, methods_of, standing_for
from harness.host.isolation.silence import silenced
from harness.types import OpenRequest
from harness.types.component import why_not_called

_log = logging.getLogger("harness")
_SHOWN = 120  # characters of what was printed


@dataclass
class Watch:
    """Watches one component, which `label` names in what is said of it; that it prints is said once."""

    label: str
    in_worker: bool = False
    said: bool = field(default=False)

    def over(self, instance: Any, names: tuple[str, ...]) -> Any:
        """What stands for it: each method is watched for as long as it, or what it yields or opens, is at work."""
        methods = methods_of(instance, names)
        return standing_for(instance, {name: self._method(name, getattr(instance, name)) for name in methods})

    def _method(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        if name == "open":
            return partial(self._open, function)
        return partial(self._stream if name in STREAMS else self._call, name, function)

    @contextmanager
    def _open(self, function: Callable[..., Any], request: OpenRequest) -> Iterator[Any]:
        stack = ExitStack()
        with self.silenced("open"):
            model = stack.enter_context(function(request))
        try:
            for name in methods_of(model, MODEL_METHODS):
                if wrong := why_not_called(getattr(model, name), may_yield=name in STREAMS):
                    raise TypeError(f"opened a model whose {name} {wrong}")
            yield self.over(model, MODEL_METHODS)
        finally:
            with self.silenced("open"):
                stack.close()

    def _call(self, name: str, function: Callable[..., Any], *arguments: Any) -> Any:
        inputs = [watched(one) for one in arguments]
        with self.silenced(name):
            result = function(*arguments)
        for one in inputs:
            one.check()
        return result

    def _stream(self, name: str, function: Callable[..., Any], *arguments: Any) -> Iterator[Any]:
        inputs = [watched(one) for one in arguments]
        with self.silenced(name):
            given_back = function(*(one.given for one in inputs))
            if isinstance(given_back, str):  # which would be taken letter by letter
                raise TypeError(f"returned the text {given_back[:_SHOWN]!r}, expected several, as in a list")
            items = iter(given_back)
        number = 0
        while True:
            with self.silenced(name):
                item = next(items, _END)
            if item is _END:
                break
            for one in inputs:
                one.check_part(number)
            yield item
            number += 1
        for one in inputs:
            one.check()

    @contextmanager
    def silenced(self, method: str) -> Iterator[None]:
        """Let what is printed go to stderr, and say so once."""
        with silenced(may_leave=self.in_worker) as printed:
            yield
        if printed.text and not self.said:
            self.said = True
            shown = printed.text[:_SHOWN]
            _log.warning("%s: %s printed %r; stdout is for results, so it went to stderr", self.label, method, shown)


_END = object()
