"""A component watched at work: what it prints goes to stderr, what it changes of its input is an error."""

from __future__ import annotations

import io
import logging
import pickle
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass, field, is_dataclass
from functools import partial
from typing import Any

from harness.errors import PluginError
from harness.isolation.methods import MODEL_METHODS, STREAMS, methods_of, standing_for
from harness.types import Conversation, OpenRequest

_log = logging.getLogger("harness")
_SHOWN = 120  # characters of what was printed


@dataclass
class Watch:
    """Watches one component, which `label` names in what is said of it; that it prints is said once."""

    label: str
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
        with ExitStack() as stack:
            with self.silenced("open"):
                model = stack.enter_context(function(request))
            yield self.over(model, MODEL_METHODS)

    def _call(self, name: str, function: Callable[..., Any], *arguments: Any) -> Any:
        before = [_frozen(one) for one in arguments]
        with self.silenced(name):
            result = function(*arguments)
        self._compare(name, before, arguments)
        return result

    def _stream(self, name: str, function: Callable[..., Any], *arguments: Any) -> Iterator[Any]:
        before = [_frozen(one) for one in arguments]
        with self.silenced(name):
            items = iter(function(*(self._watched(name, one) for one in arguments)))
        while True:
            with self.silenced(name):
                item = next(items, _END)
            if item is _END:
                break
            yield item
        self._compare(name, before, arguments)

    def _watched(self, method: str, argument: Any) -> Any:
        if isinstance(argument, Iterable) and not isinstance(argument, list | tuple):
            return _Watched(argument, partial(self._compare, method))
        return argument

    def _compare(self, method: str, before: Sequence[bytes], arguments: Sequence[Any]) -> None:
        for content, argument in zip(before, arguments, strict=True):
            if _frozen(argument) != content:
                raise PluginError(f"{method} changed {_name(argument)}; work on a copy, as with dataclasses.replace")

    @contextmanager
    def silenced(self, method: str) -> Iterator[None]:
        """Let what is printed go to stderr, and say so once."""
        printed = _Printed()
        with redirect_stdout(printed):
            yield
        if printed.text and not self.said:
            self.said = True
            shown = printed.text.strip()[:_SHOWN]
            _log.warning("%s: %s printed %r; stdout is for results, so it went to stderr", self.label, method, shown)


class _Printed(io.TextIOBase):
    """Passes to stderr what is printed, and keeps the beginning of it."""

    def __init__(self) -> None:
        self.text = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.text = (self.text + text)[: 2 * _SHOWN]
        return sys.stderr.write(text)


class _Watched:
    """Conversations that are compared, when the next is asked for, with what they were."""

    def __init__(self, conversations: Any, compare: Callable[[Sequence[bytes], Sequence[Any]], None]) -> None:
        self._conversations, self._compare = conversations, compare

    def __len__(self) -> int:
        return len(self._conversations)

    def __iter__(self) -> Iterator[Any]:
        for one in self._conversations:
            before = _frozen(one)
            yield one
            self._compare([before], [one])


_END = object()


def _frozen(argument: Any) -> bytes:
    """The content of records and containers as bytes; empty for what has none, as a monitor."""
    if isinstance(argument, list | tuple | Mapping) or is_dataclass(argument):
        return pickle.dumps(argument)
    return b""


def _name(argument: Any) -> str:
    if isinstance(argument, Conversation):
        return f"conversation {argument.id!r}"
    return "its input"
