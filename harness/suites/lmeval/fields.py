"""What a row says: its text, target, choices and prefix, by column, template or function."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeAlias

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import SandboxedEnvironment

from harness.documents.memory_limits import limited_memory
from harness.documents.patterns import Pattern
from harness.documents.time_limits import OutOfTimeError, limited
from harness.suites.lmeval.files import Function
from harness.suites.lmeval.readers import Row
from harness.suites.lmeval.task import Source, Task

Choices: TypeAlias = Source | dict[str, Any]

_LONGEST = 10  # digits of a position among choices
_MEGABYTES = 500
_SECONDS = 2.0  # of processor time for a template and a row


class Fields:
    """Reads rows as the task says; UsageError names the key that cannot be read from a row."""

    def __init__(self, task: Task, columns: Sequence[str]) -> None:
        self._task = task
        self._columns = frozenset(columns)
        self._functions: dict[Function, Callable[..., Any]] = {}
        self._endless: set[str] = set()

    @property
    def has_choices(self) -> bool:
        return self._task.keys.doc_to_choice is not None

    def text(self, row: Row, source: Source | None = None) -> Any:
        """The question: a string, or the position of the right choice where the choices stand in the question."""
        source = self._task.keys.doc_to_text if source is None else source
        found = self._value("doc_to_text", row, source)
        return self._position(found) if self._is_template(source) else found

    def target(self, row: Row, source: Source | None = None) -> Any:
        """The answer: a string, the position of a choice, or a list of either."""
        source = self._task.keys.doc_to_target if source is None else source
        found = self._value("doc_to_target", row, source)
        if not self._is_template(source):
            return found
        if re.fullmatch(r"(?s)\[.*\]", found):
            try:
                return _literal(found)
            except ValueError:
                return found
        return self._position(found)

    def whole(self, row: Row) -> str:
        """The target as a text, letter by letter, whatever it looks like."""
        return str(self._value("doc_to_target", row, self._task.keys.doc_to_target))

    def choices(self, row: Row, source: Choices | None = None) -> list[str]:
        """The choices of the row."""
        source = self._task.keys.doc_to_choice if source is None else source
        if isinstance(source, dict):
            return list(source.values())
        found = self._value("doc_to_choice", row, source)
        if self._is_template(source):
            try:
                found = _literal(found)
            except ValueError as error:
                raise self._task.refuse("doc_to_choice", f"gives {found!r}, which is no list of choices") from error
        if not isinstance(found, list | tuple) or not all(isinstance(choice, str) for choice in found):
            raise self._task.refuse("doc_to_choice", f"gives {found!r}, which is no list of texts")
        return list(found)

    def filled(self, key: str, row: Row, source: str | None) -> str:
        """A column or template as text; "" where there is none."""
        return "" if source is None else str(self._value(key, row, source))

    def called(self, key: str, function: Function, *arguments: Any) -> Any:
        """What a function of the task gives; UsageError where it is not trusted or raises."""
        if function not in self._functions:
            self._functions[function] = self._task.function(key, function)
        try:
            return self._functions[function](*arguments)
        except Exception as error:  # the task's own code
            raise self._task.refuse(key, f"{function}: {type(error).__name__}: {error}") from error

    def _value(self, key: str, row: Row, source: Any) -> Any:
        if source is None:
            raise self._task.refuse(key, "is missing")
        if isinstance(source, Function):
            return self.called(key, source, row)
        if not isinstance(source, str):
            return source
        try:
            return row[source] if source in self._columns else self._rendered(source, row)
        except Exception as error:  # a template raises what it likes, and an example may lack a column
            raise self._task.refuse(key, f"{type(error).__name__}: {error}") from error

    def _rendered(self, source: str, row: Row) -> str:
        """The template filled in; a key that has taken too long once is not tried with the other rows."""
        if source in self._endless:
            raise OutOfTimeError(_SECONDS)
        try:
            with limited(_SECONDS), limited_memory(_MEGABYTES):
                return _template(source).render(**row)
        except OutOfTimeError:
            self._endless.add(source)
            raise

    def _is_template(self, source: Any) -> bool:
        return isinstance(source, str) and source not in self._columns

    def _position(self, found: str) -> str | int:
        """A number that a template gives is the position of a choice, where there are choices."""
        return int(found) if found.isdecimal() and len(found) < _LONGEST and self.has_choices else found


def _literal(text: str) -> Any:
    """The value that a text writes in Python; ValueError where it is none, or is nested too deeply."""
    try:
        return ast.literal_eval(text)
    except (SyntaxError, MemoryError, RecursionError) as error:
        raise ValueError(str(error)) from error


@cache
def _template(text: str) -> Template:
    # The templates come with the task, so they get no further than its rows.
    environment = SandboxedEnvironment(undefined=StrictUndefined, keep_trailing_newline=True)
    environment.filters["regex_replace"] = _regex_replace
    return environment.from_string(text)


def _regex_replace(text: str, pattern: str, replacement: str, count: int = 0) -> str:
    return _pattern(pattern).sub(replacement, text, count)


_pattern = cache(Pattern)
