"""Holds a baseline file to what an export writes: every row is made again from what it says, and has to be the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import Any

from harness.baselines.addresses import check_name
from harness.documents.oddities import oddities
from harness.errors import ExitCode, StoreError, UsageError
from harness.evaluation.records import Baseline, Evaluation
from harness.evaluation.requests import RECORDED, Asked, ask, ask_recorded, evaluation_id
from harness.store.journal.journal import is_run_id
from harness.store.journal.values import plain_row
from harness.store.rows.baseline_rows import baseline_from_row
from harness.store.rows.carried import SINGLE, CarriedRows, Row, carried_rows
from harness.store.rows.evaluation_rows import evaluation_case, evaluation_from_row, prediction_from_row
from harness.store.rows.suite_rows import case_from_row, suite_from_row
from harness.store.schema import tables
from harness.suites.document import SUITE_NAME, suite_version
from harness.suites.records import CheckUse, Generation, MetricUse, Suite
from harness.suites.tiers import select, split
from harness.types import Case, Identity, Kind, Prediction
from harness.types.models import ROUNDING
from harness.types.validation import misfit

_MADE_AGAIN = CarriedRows._fields[:-1]
"""All but the answers, which only the model could give again."""
_KINDS: tuple[Kind, ...] = ("text", "choice", "log-likelihood")
_FINISHED = ("finish_reason", "prompt_tokens", "new_tokens", "seconds")


def exported_rows(content: Mapping[str, Any]) -> tuple[Baseline, CarriedRows]:
    """How the baseline came to be one, and its rows as an export of today writes them.

    ValueError names the table, the row and what no export writes, whatever the hash of the file says.
    """
    _only("", content, ("schema", "hash", "baseline", "tables"))
    given = _given(content["tables"])
    suite = _suite(given)
    evaluation = _evaluation(given.evaluations[0], suite)
    asked = _asked(evaluation, suite, {row["kind"] for row in given.evaluation_cases})
    made = carried_rows(suite, split(suite), evaluation, map(evaluation_case, asked))
    made = made._replace(suites=[{**row, "added_at": given.suites[0]["added_at"]} for row in made.suites])
    for table, theirs, ours in zip(_MADE_AGAIN, given, made, strict=False):
        _refuse_others(table, theirs, ours)
    rows = made._replace(predictions=list(_predictions(given.predictions, evaluation, asked)))
    return _baseline(content["baseline"], evaluation), rows


def _only(place: str, given: Any, known: Sequence[str]) -> None:
    """ValueError where it is no mapping of exactly these keys."""
    if not isinstance(given, Mapping):
        raise ValueError(f"{place or 'the file'}: is no mapping")
    dot = f"{place}." if place else ""
    for key in given:
        if key not in known:
            raise ValueError(f"{dot}{key}: is not written by an export; it writes {', '.join(known)}")
    for key in known:
        if key not in given:
            raise ValueError(f"{dot}{key}: is missing")


@contextmanager
def _within(place: str) -> Iterator[None]:
    """What is wrong with the block's rows is said with their place."""
    try:
        yield
    except KeyError as error:
        raise ValueError(f"{place}: {error.args[0]!r} is missing") from error
    except (StoreError, UsageError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"{place}: {error}") from error


def _given(content: Any) -> CarriedRows:
    """The file's rows, each with the columns of its table and no others, and nothing twice."""
    _only("tables", content, CarriedRows._fields)
    given: dict[str, list[Row]] = {}
    for table in CarriedRows._fields:
        if not isinstance(content[table], list):
            raise ValueError(f"tables.{table}: is no list of rows")
        given[table] = [_row(table, number, row) for number, row in enumerate(content[table])]
        _refuse_repeats(table, given[table])
    for table in SINGLE:
        if len(given[table]) != 1:
            raise ValueError(f"tables.{table}: holds {len(given[table])} rows; an export writes one")
    return CarriedRows(**given)


def _row(table: str, number: int, row: Any) -> Row:
    place = f"tables.{table}[{number}]"
    if not isinstance(row, Mapping):
        raise ValueError(f"{place}: is no mapping of columns")
    for column, kind in tables()[table].types.items():
        odd = next(oddities(row.get(column), (column,)), None) if kind == "JSON" else None
        if odd is not None:
            raise ValueError(f"{place}.{'.'.join(map(str, odd[0]))}: {odd[1]}")
    with _within(place):
        return plain_row(table, row)


def _refuse_repeats(table: str, rows: Sequence[Row]) -> None:
    key = tables()[table].key
    places: dict[tuple[Any, ...], int] = {}
    for number, row in enumerate(rows):
        first = places.setdefault(tuple(row[column] for column in key), number)
        if first != number:
            raise ValueError(f"tables.{table}[{number}]: has the {', '.join(key)} of tables.{table}[{first}]")


def _suite(given: CarriedRows) -> Suite:
    """The suite of the rows; its version is a hash of all that can change a result."""
    (row,) = given.suites
    body = {case["content"]: case["body"] for case in given.cases}
    cases = []
    for number, pair in sorted(enumerate(given.suite_cases), key=lambda pair: int(pair[1]["position"])):
        with _within(f"tables.suite_cases[{number}]"):
            if pair["content"] not in body:
                raise ValueError("its case is not among tables.cases")
            cases.append(_case({**pair, "body": body[pair["content"]]}))
    with _within("tables.suites[0]"):
        suite = suite_from_row(row, tuple(cases))
        _refuse_misfit(suite.metrics, tuple[MetricUse, ...])
        _refuse_misfit(suite.checks, tuple[CheckUse, ...])
        _refuse_misfit(suite.generation, Generation)
        if not SUITE_NAME.fullmatch(suite.name):
            raise ValueError(f"name: {suite.name!r} is no name of a suite")
        if suite.version not in _versions(suite):
            raise ValueError("its version is not that of its cases and settings")
    return suite


def _case(row: Mapping[str, Any]) -> Case:
    case = case_from_row(row)
    _refuse_misfit(case, Case)
    if case.content != row["content"]:
        raise ValueError("a case is not what its hash says")
    return case


def _refuse_misfit(value: Any, annotation: Any) -> None:
    found = misfit(value, annotation)
    if found is not None:
        raise ValueError(found)


def _versions(suite: Suite) -> Iterator[str]:
    """The version of the suite; rows do not tell a cluster that is called like its only case from none."""
    yield suite_version(suite)
    yield suite_version(replace(suite, cases=tuple(replace(case, cluster=case.group) for case in suite.cases)))


def _evaluation(row: Mapping[str, Any], suite: Suite) -> Evaluation:
    """The evaluation of the row, with the settings that the suite asks for."""
    with _within("tables.evaluations[0]"):
        evaluation = evaluation_from_row({**row, "name": None, "state": "complete"})
        _refuse_misfit(evaluation, Evaluation)
        if evaluation.run is not None and not is_run_id(evaluation.run):
            raise ValueError(f"run: {evaluation.run!r} is no id of a run")
        if (evaluation.suite_version, evaluation.suite) != (suite.version, suite.name):
            raise ValueError("its suite is not the one that was measured")
        if RECORDED in (evaluation.numerics, evaluation.model.backend):
            _refuse_unrecorded(evaluation)
        draws, more = divmod(evaluation.samples("text"), suite.generation.samples)
        if draws < 1 or more:
            raise ValueError(f"settings.samples: {evaluation.samples('text')} is not what the suite asks for")
        own = (evaluation.fingerprint, evaluation.numerics, evaluation.suite_version, evaluation.selection)
        if evaluation.id != evaluation_id(*own, draws):
            raise ValueError("its evaluation's id is not that of its model, suite and selection")
        settings = {**asdict(suite.generation), "stop": list(suite.generation.stop)}
        return replace(evaluation, settings={**settings, "samples": draws * suite.generation.samples})


def _refuse_unrecorded(evaluation: Evaluation) -> None:
    """ValueError where it says of recorded answers what can be said of a model alone, or of a model what of them."""
    told = (evaluation.model.backend, evaluation.numerics, evaluation.verified, dict(evaluation.parts))
    if told != (RECORDED, RECORDED, False, {"answers": evaluation.fingerprint}):
        raise ValueError("model, numerics, verified, parts: are not those of recorded answers")


def _asked(evaluation: Evaluation, suite: Suite, kinds: set[str]) -> list[Asked]:
    """What the evaluation asks of its model, with the keys of the answers."""
    unknown = sorted(kinds.difference(_KINDS))
    if unknown:
        raise ValueError(f"tables.evaluation_cases: kind {unknown[0]!r}: there are {', '.join(_KINDS)}")
    with _within("tables.evaluations[0]"):
        cases = select(suite, evaluation.selection)
        if len(cases) != evaluation.cases:
            raise ValueError(f"cases: {evaluation.cases}: the cases that were asked are {len(cases)}")
    generation = replace(suite.generation, samples=evaluation.samples("text"))
    identity = Identity(evaluation.fingerprint, numerics=evaluation.numerics)
    asked = ask(cases, [kind for kind in _KINDS if kind in kinds], generation, identity)
    return ask_recorded(asked, evaluation.fingerprint) if evaluation.numerics == RECORDED else asked


def _refuse_others(table: str, given: Sequence[Row], made: Sequence[Row]) -> None:
    """ValueError for a row that no export of this evaluation writes, for a column that differs and for a row short."""
    key = tables()[table].key
    made_by_key = {tuple(row[column] for column in key): row for row in made}
    for number, row in enumerate(given):
        place = f"tables.{table}[{number}]"
        same = made_by_key.pop(tuple(row[column] for column in key), None)
        if same is None:
            raise ValueError(f"{place}: does not belong to the evaluation")
        for column, value in row.items():
            if not _is_within(value, same[column]):
                raise ValueError(f"{place}.{column}: is not what an export of this evaluation writes")
    if made_by_key:
        raise ValueError(f"tables.{table}: lacks {len(made_by_key)} of {len(made)} rows of the evaluation")


def _is_within(given: Any, made: Any) -> bool:
    """Whether they are the same, but for keys that earlier releases did not write."""
    if isinstance(given, Mapping) and isinstance(made, Mapping):
        return all(key in made and _is_within(value, made[key]) for key, value in given.items())
    if isinstance(given, list) and isinstance(made, list):
        return len(given) == len(made) and all(map(_is_within, given, made))
    return bool(given == made) and isinstance(given, bool) == isinstance(made, bool)


def _predictions(given: Sequence[Row], evaluation: Evaluation, asked: Sequence[Asked]) -> Iterator[Row]:
    asked_by_key = {one.answer_key: one for one in asked}
    for number, row in enumerate(given):
        with _within(f"tables.predictions[{number}]"):
            if row["answer_key"] not in asked_by_key:
                raise ValueError("it holds answers that nobody asked for")
            if row["run"] != evaluation.run:
                raise ValueError(f"run: {row['run']!r} is not the run of the evaluation")
            empty = [column for column in _FINISHED if row[column] is None]
            if empty:
                raise ValueError(f"{empty[0]}: is empty")
            prediction = prediction_from_row(row)
            _refuse_unfit(prediction, asked_by_key[row["answer_key"]], recorded=evaluation.numerics == RECORDED)
        yield row


def _refuse_unfit(prediction: Prediction, asked: Asked, *, recorded: bool) -> None:
    """ValueError where no model could have answered so what was asked."""
    if prediction.kind != asked.kind:
        raise ValueError(f"kind: {prediction.kind!r} is not what was asked, {asked.kind!r}")
    if not 0 <= prediction.sample < asked.samples:
        raise ValueError(f"sample: {prediction.sample}: there are {asked.samples}, from 0 on")
    if min(prediction.prompt_tokens, prediction.new_tokens, prediction.seconds) < 0:
        raise ValueError("prompt_tokens, new_tokens, seconds: one is below 0")
    if None in prediction.replies:
        raise ValueError("replies: one is no text")
    for one in prediction.likelihoods:
        if not isinstance(one.tokens, int) or one.tokens < 0 or one.log_likelihood > ROUNDING * max(one.tokens, 1):
            raise ValueError("log_likelihoods, tokens: one is above 0, or not counted")
    if prediction.error is None and not _is_whole(prediction, asked, recorded=recorded):
        raise ValueError("replies, log_likelihoods: are not as many as were asked for")


def _is_whole(prediction: Prediction, asked: Asked, *, recorded: bool) -> bool:
    """Whether it has as many parts as its question; recorded answers have one reply, for a choice too."""
    replies, likelihoods = len(prediction.replies), len(prediction.likelihoods)
    if asked.kind == "text":
        return replies == (1 if recorded else 1 + len(asked.case.follow_ups))
    due = len(asked.case.choices) if asked.kind == "choice" else 1
    return likelihoods == due or (recorded and asked.kind == "choice" and (replies, likelihoods) == (1, 0))


def _baseline(given: Any, evaluation: Evaluation) -> Baseline:
    with _within("baseline"):
        _only("baseline", given, tuple(Baseline.__dataclass_fields__))
        baseline = baseline_from_row(given)
        _refuse_misfit(baseline, Baseline)
        check_name(baseline.name)
        if (baseline.evaluation, baseline.suite) != (evaluation.id, evaluation.suite):
            raise ValueError("its evaluation is not the one it names")
        if baseline.selected_from < 0:
            raise ValueError(f"selected_from: {baseline.selected_from} is below 0")
        if baseline.decision is not None and baseline.decision not in set(ExitCode):
            raise ValueError(f"decision: {baseline.decision} is no exit code")
        if baseline.comparison is not None and not re.fullmatch(r"[0-9a-f]{1,64}", baseline.comparison):
            raise ValueError(f"comparison: {baseline.comparison!r} is no id of a comparison")
    return baseline
