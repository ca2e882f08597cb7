from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import ExitCode, UsageError
from harness.records import Decision
from harness.report.json import SCHEMA, from_json, json_schema, to_json
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
    assert written["schema"] == SCHEMA == 1
    assert written["decision"]["code"] == 0


def test_another_schema_is_refused(report: Report) -> None:
    with pytest.raises(UsageError, match="schema 99 cannot be read; this version reads schema 1"):
        from_json({**to_json(report), "schema": 99})


def test_a_value_of_the_wrong_type_is_named(report: Report) -> None:
    written = to_json(report)
    written["stages"][0]["seconds"] = "fast"
    with pytest.raises(UsageError, match=r"report: stages\.0\.seconds: .* not 'fast'"):
        from_json(written)


def test_the_json_schema_names_every_key(report: Report) -> None:
    assert set(json_schema()["properties"]) == set(to_json(report))
