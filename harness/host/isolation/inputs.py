"""What a method is given, and whether that is still what it was."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import is_dataclass
from typing import Any, Protocol

from harness.errors import ComponentError
from harness.types import Conversation


class Input(Protocol):
    """`given` goes to the method; the checks raise ComponentError where it was changed."""

    @property
    def given(self) -> Any: ...

    def check(self) -> None: ...

    def check_part(self, number: int) -> None:
        """The part that the method's result of this number is probably about: looking at all would take too long."""


def watched(argument: Any) -> Input:
    """The argument, to be looked at again."""
    if isinstance(argument, list | tuple):
        return _Parts(argument)
    if isinstance(argument, Iterable) and not isinstance(argument, Mapping):
        return _Conversations(argument)
    return _Record(argument)


class _Record:
    def __init__(self, record: Any) -> None:
        self.given = record
        self._before = _frozen(record)

    def check(self) -> None:
        _compare(self._before, self.given)

    def check_part(self, number: int) -> None:
        """A record is looked at when the method is done."""


class _Parts:
    def __init__(self, parts: Sequence[Any]) -> None:
        self.given = parts
        self._before = [_frozen(one) for one in parts]

    def check(self) -> None:
        for number in range(len(self._before)):
            self.check_part(number)

    def check_part(self, number: int) -> None:
        if len(self.given) != len(self._before):
            raise _changed(self.given)
        if number < len(self._before):
            _compare(self._before[number], self.given[number])


class _Conversations:
    """Conversations that are read as they are needed: each is looked at when the next is asked for."""

    def __init__(self, conversations: Any) -> None:
        self._conversations = conversations
        self.given = self

    def __len__(self) -> int:
        return len(self._conversations)

    def __iter__(self) -> Iterator[Any]:
        for one in self._conversations:
            before = _frozen(one)
            yield one
            _compare(before, one)

    def check(self) -> None:
        """All have been looked at."""

    def check_part(self, number: int) -> None:
        """It was looked at."""


def _frozen(argument: Any) -> bytes:
    """The content of records and containers as bytes; empty for what has none, as a monitor."""
    if isinstance(argument, list | tuple | Mapping) or is_dataclass(argument):
        return pickle.dumps(argument)
    return b""


def _compare(before: bytes, argument: Any) -> None:
    if _frozen(argument) != before:
        raise _changed(argument)


def _changed(argument: Any) -> ComponentError:
    what = f"conversation {argument.id!r}" if isinstance(argument, Conversation) else "its input"
    return ComponentError(f"changed {what}; work on a copy, as with dataclasses.replace")
