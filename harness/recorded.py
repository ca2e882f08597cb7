"""Recorded answers, scored without a model: one JSON object a line, `id` with `text`, `choice_logprobs` or `error`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from harness.documents import Document
from harness.jsonlines import explain, json_rows, raise_problems
from harness.suggest import did_you_mean
from harness.types import Case
from harness.types.models import ROUNDING

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


def load_recorded(path: Path, cases: Iterable[Case]) -> dict[str, Recorded]:
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
    return recorded


def _case(case_by_id: Mapping[str, Case], name: str) -> Case:
    if name not in case_by_id:
        raise ValueError(f"id {name!r} is no case of the suite{did_you_mean(name, case_by_id)}")
    return case_by_id[name]


def _recorded(line: RecordedLine, case: Case) -> Recorded:
    if line.error is not None:
        if line.text is not None or line.choice_logprobs is not None:
            raise ValueError("has an 'error' beside an answer; keep one of them")
        return Recorded(error=line.error or "unknown error")
    reason = line.finish_reason or "stop"
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
