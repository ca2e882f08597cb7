"""Metrics and safety checks that are one function: `@metric` and `@safety_check` make components of them.

The function's first argument is what it judges, the others are the component's options.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, overload

from harness.errors import describe
from harness.protocols import Metric, SafetyCheck
from harness.types import Accuracy, Answered, Case, Checked, Finding, Kind, Passage, Severity
from harness.types.component import Component, ComponentKind, why_not_called

Bounds: TypeAlias = tuple[float | None, float | None]
Found: TypeAlias = bool | str | Finding | Iterable[str | Finding] | None
"""What a check function may return: nothing, that there is something, the evidence, a finding, or several."""

_EVIDENCE = 80  # characters of a finding's evidence, where the function does not make the finding itself


@overload
def metric(function: Callable[..., float], /) -> Component[Metric]: ...


@overload
def metric(
    *,
    name: str = "",
    reads: Kind = "text",
    higher_is_better: bool = True,
    bounds: Bounds | None = None,
    version: str | None = None,
    needs: tuple[str, ...] = (),
) -> Callable[[Callable[..., float]], Component[Metric]]: ...


def metric(
    function: Callable[..., float] | None = None,
    /,
    *,
    name: str = "",
    reads: Kind = "text",
    higher_is_better: bool = True,
    bounds: Bounds | None = None,
    version: str | None = None,
    needs: tuple[str, ...] = (),
) -> Component[Metric] | Callable[[Callable[..., float]], Component[Metric]]:
    """A metric of a function that gets one `Answered` and returns a number, or whether the answer is right.

    The figure is the mean over the cases; where a case was answered several times, the function gets each answer by
    itself. A function annotated `-> bool` has the bounds 0 and 1. With a bound at the bad end, an answer that never
    came counts as that; without, it makes the metric incomplete. The component is called `name`, or as the function
    with hyphens.
    """

    def made(function: Callable[..., float]) -> Component[Metric]:
        _check_plain(function, "metric")
        limits = bounds or ((0.0, 1.0) if _returns_bool(function) else (None, None))
        made_of = _MeanOf if limits[0 if higher_is_better else 1] is None else _BoundedMeanOf

        def build(**options: Any) -> Metric:
            return made_of(functools.partial(function, **options), reads, higher_is_better, limits, version)

        return _component(function, build, "metric", name, needs)

    return made if function is None else made(function)


@overload
def safety_check(function: Callable[..., Found], /) -> Component[SafetyCheck]: ...


@overload
def safety_check(
    *,
    name: str = "",
    severity: Severity = "medium",
    version: str | None = None,
    needs: tuple[str, ...] = (),
    accuracy: Accuracy = (),
) -> Callable[[Callable[..., Found]], Component[SafetyCheck]]: ...


def safety_check(
    function: Callable[..., Found] | None = None,
    /,
    *,
    name: str = "",
    severity: Severity = "medium",
    version: str | None = None,
    needs: tuple[str, ...] = (),
    accuracy: Accuracy = (),
) -> Component[SafetyCheck] | Callable[[Callable[..., Found]], Component[SafetyCheck]]:
    """A safety check of a function that gets one `Passage` and returns what it found, if anything.

    It may return the evidence as text, True (the beginning of the passage is the evidence), a `Finding`, or several of
    these; a text becomes a finding of the component's name and `severity`. What it raises is the error of that passage.
    `accuracy` says how often it is right: "exact", or a tuple of `DetectorAccuracy`.
    """

    def made(function: Callable[..., Found]) -> Component[SafetyCheck]:
        _check_plain(function, "safety check")
        category = name or _name(function)

        def build(**options: Any) -> SafetyCheck:
            return _CheckOf(functools.partial(function, **options), category, severity, version, accuracy)

        return _component(function, build, "safety check", name, needs)

    return made if function is None else made(function)


@dataclass
class _MeanOf:
    """The mean of a function of one answer."""

    function: Callable[[Answered], float]
    reads: Kind
    higher_is_better: bool
    bounds: Bounds
    version: str | None

    def score(self, answered: Answered) -> Mapping[str, float]:
        figures = [_number(self.function(Answered(answered.case, (one,)))) for one in answered.predictions]
        return {"sum": sum(figures) / len(figures), "count": 1.0}

    def value(self, statistics: Mapping[str, Any]) -> Any:
        return statistics["sum"] / statistics["count"]


class _BoundedMeanOf(_MeanOf):
    """The same where a bound says what the worst answer is worth."""

    def worst(self, case: Case) -> Mapping[str, float]:
        least = self.bounds[0] if self.higher_is_better else self.bounds[1]
        return {"sum": float(least or 0.0), "count": 1.0}


@dataclass
class _CheckOf:
    """One function over all passages."""

    function: Callable[[Passage], Found]
    category: str
    severity: Severity
    version: str | None
    accuracy: Accuracy

    def check(self, passages: Iterable[Passage]) -> Iterator[Checked]:
        for passage in passages:
            try:
                found = tuple(self._findings(passage, self.function(passage)))
            except Exception as error:
                yield Checked(passage.id, error=describe(error))
            else:
                yield Checked(passage.id, found)

    def _findings(self, passage: Passage, found: Found) -> Iterator[Finding]:
        if found is True:
            found = passage.text.strip() or "an empty reply"
        if not found:
            return
        for one in (found,) if isinstance(found, str | Finding) else found:
            if not isinstance(one, str | Finding):
                raise TypeError(f"returned {one!r}, which is no text and no Finding")
            yield one if isinstance(one, Finding) else Finding(self.category, self.severity, one[:_EVIDENCE])


def _component(
    function: Callable[..., Any], build: Callable[..., Any], kind: ComponentKind, name: str, needs: tuple[str, ...]
) -> Component[Any]:
    """The component whose options are the function's arguments but the first."""
    first, *options = inspect.signature(function).parameters.values() or (None,)
    if first is None:
        raise TypeError(f"{_decorator(kind)}: {function.__name__}() takes no argument; the first is what it judges")
    functools.update_wrapper(build, function)
    build.__signature__ = inspect.Signature(options)  # type: ignore[attr-defined]
    build.__annotations__ = {key: kept for key, kept in function.__annotations__.items() if key != first.name}
    return Component(name or _name(function), build, _first_line(function), kind, needs)


def _check_plain(function: object, kind: ComponentKind) -> None:
    """TypeError unless it is a function whose call does something, with the name and annotations of a component."""
    if not (callable(function) and inspect.isfunction(inspect.unwrap(function))):  # a cached one is wrapped
        raise TypeError(
            f"{_decorator(kind)}: {function!r} is no plain function; "
            "write one with `def` that calls it, and give the options as its arguments"
        )
    wrong = why_not_called(function, may_yield=kind == "safety check")
    if wrong:
        raise TypeError(f"{_decorator(kind)}: {getattr(function, '__name__', function)}() {wrong}")


def _decorator(kind: ComponentKind) -> str:
    return f"@{kind.replace(' ', '_')}"


def _name(function: Callable[..., Any]) -> str:
    return function.__name__.strip("_").replace("_", "-")


def _first_line(function: Callable[..., Any]) -> str:
    return (inspect.getdoc(function) or "").partition("\n")[0]


def _returns_bool(function: Callable[..., Any]) -> bool:
    return function.__annotations__.get("return") in (bool, "bool")


def _number(value: Any) -> float:
    """The value as a float; TypeError where it is neither a number nor a truth value."""
    if isinstance(value, str) or not hasattr(type(value), "__float__"):
        raise TypeError(f"returned {value!r}, which is no number")
    return float(value)
