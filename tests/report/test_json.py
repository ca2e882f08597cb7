from __future__ import annotations

import json
import math
from dataclasses import replace

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.comparison.records import Decision, EvaluationResult, MetricValue
from harness.errors import ExitCode, UsageError
from harness.report.json import SCHEMA, SCHEMA_FILE, from_json, published_schema, to_json
from harness.report.model import ChangedAnswer, Report, StageTime
from harness.types import Cycle

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
FINITE = st.floats(allow_nan=False, allow_infinity=False)


def test_a_full_report_comes_back_equal(report: Report) -> None:
    assert from_json(json.loads(json.dumps(to_json(report), allow_nan=False))) == report


@given(WORDS, st.lists(st.tuples(WORDS, FINITE)), st.none() | FINITE, st.dictionaries(WORDS, FINITE))
def test_any_finite_report_comes_back_equal(
    word: str, stages: list[tuple[str, float]], score: float | None, values: dict[str, float]
) -> None:
    report = Report(
        run=word,
        command="refine",
        state="stopped",
        started=word,
        stages=tuple(StageTime(name, seconds) for name, seconds in stages),
        answers=(ChangedAnswer(word, word, "changed", word, word, word, candidate_score=score),),
        cycles=(Cycle(1, {word: [1, "a", None]}, values, {word: "improved"}, True),),
        decision=Decision(ExitCode.INTERRUPTED, (ExitCode.INTERRUPTED,), (word,)),
    )
    assert from_json(json.loads(json.dumps(to_json(report), allow_nan=False))) == report


def test_numbers_that_are_not_finite_become_null(report: Report) -> None:
    assert report.training is not None
    curve = (replace(report.training.curve[0], loss=math.nan), replace(report.training.curve[1], loss=math.inf))
    written = to_json(replace(report, training=replace(report.training, curve=curve)))
    assert [record["loss"] for record in written["training"]["curve"]] == [None, None]
    json.dumps(written, allow_nan=False)


def test_schema_and_exit_code_are_numbers(report: Report) -> None:
    written = to_json(report)
    assert written["schema"] == SCHEMA == 2
    assert written["decision"]["code"] == 0


def test_another_schema_is_refused(report: Report) -> None:
    with pytest.raises(UsageError, match="schema 99 cannot be read; this version reads schema 2"):
        from_json({**to_json(report), "schema": 99})


def test_a_value_of_the_wrong_type_is_named(report: Report) -> None:
    written = to_json(report)
    written["stages"][0]["seconds"] = "fast"
    with pytest.raises(UsageError, match=r"report: stages\.0\.seconds: .* not 'fast'"):
        from_json(written)


def test_the_published_schema_is_that_of_the_model() -> None:
    published = SCHEMA_FILE.read_text(encoding="utf-8")
    again = 'python -c "from harness.report.json import *; SCHEMA_FILE.write_text(published_schema())"'
    assert published == published_schema(), f"the model has changed: {again}"
    jsonschema.Draft202012Validator.check_schema(json.loads(published))


def problems(record: object) -> list[str]:
    """What the published schema says against a report."""
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(record)]


def test_reports_of_every_kind_are_valid(report: Report, regressed: Report, values: tuple[MetricValue, ...]) -> None:
    failed = replace(report.comparisons[0].metrics[0], verdict="incomplete", reason="no words", baseline=None, low=None)
    incomplete = Decision(ExitCode.INCOMPLETE, (ExitCode.INCOMPLETE,), ("accuracy incomplete: no words",))
    kinds = {
        "pass": report,
        "regressed": regressed,
        "incomplete": replace(
            report, decision=incomplete, comparisons=(replace(report.comparisons[0], metrics=(failed,)),)
        ),
        "empty": Report("r1", "run", "stopped", "2026-11-23 09:07"),
        "measured": Report(
            "r1",
            "evaluate m",
            "complete",
            "",
            results=(EvaluationResult(report.comparisons[0].candidate, values),),
            cycles=(Cycle(1, {"trainer.rank": 4}, {"teams/accuracy": 0.5}, {"accuracy": "improved"}, True),),
        ),
    }
    assert {kind: problems(to_json(one)) for kind, one in kinds.items()} == {kind: [] for kind in kinds}


def test_an_unknown_a_missing_and_a_wrong_key_are_not_valid(report: Report) -> None:
    written = to_json(report)
    assert problems({**written, "verdict": "fine"}) == [
        "Additional properties are not allowed ('verdict' was unexpected)"
    ]
    metric = {**written["comparisons"][0]["metrics"][0], "stars": 5}
    nested = {**written, "comparisons": [{**written["comparisons"][0], "metrics": [metric]}]}
    assert problems(nested) == ["Additional properties are not allowed ('stars' was unexpected)"]
    del written["decision"]
    assert problems(written) == ["'decision' is a required property"]
    assert problems({**to_json(report), "schema": 1}) == ["2 was expected"]
