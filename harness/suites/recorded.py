"""Recorded answers, scored without a model: one JSON object a line, `id` with `text`, `choice_logprobs` or `error`."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp
from pathlib import Path

from pydantic import ValidationError

from harness.documents.json_lines import explain, json_rows, raise_problems
from harness.documents.reading import Document
from harness.errors import did_you_mean
from harness.types import Case
from harness.types.finish_reasons import usual_reason
from harness.types.gc_pauses import building
from harness.types.models import ROUNDING

_log = logging.getLogger("harness")
_TOLERANCE = 0.01  # what rounding to half precision may add
_WITHOUT_TEXT = frozenset({"length", "refusal", "content_filter", "tool_calls", "function_call"})
"""How a reply may end before it has a text and be an answer all the same; one cut before it began fails elsewhere."""


class RecordedLine(Document):
    """A line of a file of recorded answers, as it is written."""

    id: str | int
    text: str | None = None
    choice_logprobs: list[float] | dict[str, float] | None = None
    error: str | None = None
    finish_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """An answer recorded elsewhere: a text, natural log-probabilities in the order of the choices, or an error."""

    text: str | None = None
    choice_logprobs: tuple[float, ...] | None = None
    error: str | None = None
    finish_reason: str = "stop"


@building()
def load_recorded_answers(path: Path, cases: Iterable[Case]) -> dict[str, Recorded]:
    """The recorded answers by case id; UsageError with every bad line. Cases without a line are missing, no error."""
    case_by_id = {case.id: case for case in cases}
    problems: list[str] = []
    recorded: dict[str, Recorded] = {}
    line_of_id: dict[str, int] = {}
    for number, row in json_rows(path, problems):
        try:
            line = RecordedLine.model_validate(row)
            case = _case(case_by_id, str(line.id))
            if line_of_id.setdefault(case.id, number) != number:
                raise ValueError(f"id {case.id!r} repeats line {line_of_id[case.id]}")
            recorded[case.id] = _recorded(line, case)
        except ValidationError as error:
            problems += [f"{path}:{number}: {text}" for text in explain(error, RecordedLine)]
        except ValueError as error:
            problems.append(f"{path}:{number}: {error}")
    raise_problems(problems)
    _warn_of_units(
        path, [(case_by_id[name], one.choice_logprobs) for name, one in recorded.items() if one.choice_logprobs]
    )
    return recorded


def _warn_of_units(path: Path, scored: Sequence[tuple[Case, Sequence[float]]]) -> None:
    """Warn where log-probabilities are too high for what can only happen in one way: of base 10, or means of tokens."""
    high = [case.id for case, logs in scored if _are_apart(case) and sum(map(exp, logs)) > 1 + _TOLERANCE]
    if high:
        many = f"{len(high):,} of {len(scored):,} cases, such as {high[0]!r}," if len(high) > 1 else f"case {high[0]!r}"
        said = "a brier score needs natural logarithms of whole choices, not of base 10 and not means over tokens"
        _log.warning("%s: choice_logprobs of %s add up to a probability above 1; %s", path, many, said)


def _are_apart(case: Case) -> bool:
    """Whether no choice begins with another one, so that only one of them can be said."""
    ordered = sorted(case.choices)
    return case.ending is None and not any(b.startswith(a) for a, b in pairwise(ordered))


def _case(case_by_id: Mapping[str, Case], name: str) -> Case:
    if name not in case_by_id:
        raise ValueError(f"id {name!r} is no case of the suite{did_you_mean(name, case_by_id)}")
    return case_by_id[name]


def _recorded(line: RecordedLine, case: Case) -> Recorded:
    if line.error is not None:
        if line.text is not None or line.choice_logprobs is not None:
            raise ValueError("has an 'error' beside an answer; keep one of them")
        return Recorded(error=line.error or "unknown error")
    reason = usual_reason(line.finish_reason or "stop")
    if line.text is None and line.choice_logprobs is None:
        if not line.model_fields_set & {"text", "finish_reason"}:
            raise ValueError("has no answer; give 'text', 'choice_logprobs' or 'error'")
        if reason not in _WITHOUT_TEXT:
            return Recorded(error=f"there is no text (finish_reason {reason})", finish_reason=reason)
        return Recorded(text="", finish_reason=reason)
    _refuse_positive(line.choice_logprobs)
    return Recorded(line.text, _in_order(line.choice_logprobs, case), finish_reason=reason)


def _refuse_positive(given: list[float] | dict[str, float] | None) -> None:
    """ValueError where one is above 0: these are probabilities, or logarithms with their sign turned."""
    pairs = given.items() if isinstance(given, dict) else enumerate(given or ())
    for key, value in pairs:
        if value > ROUNDING:
            what = f"{value} is above 0, so it is no log-probability; write natural logarithms"
            raise ValueError(f"choice_logprobs[{key!r}]: {what}")


def _in_order(given: list[float] | dict[str, float] | None, case: Case) -> tuple[float, ...] | None:
    if given is None:
        return None
    if isinstance(given, dict):
        unknown = next((choice for choice in given if choice not in case.choices), None)
        if unknown is not None:
            raise ValueError(
                f"choice_logprobs: {unknown!r} is no choice of the case{did_you_mean(unknown, case.choices)}"
            )
        missing = next((choice for choice in case.choices if choice not in given), None)
        if missing is not None:
            raise ValueError(f"choice_logprobs: has no value for choice {missing!r}")
        return tuple(float(given[choice]) for choice in case.choices)
    if len(given) != len(case.choices):
        raise ValueError(f"choice_logprobs: has {len(given)} values, the case has {len(case.choices)} choices")
    return tuple(float(value) for value in given)
