"""Baseline files of an earlier release, as they are and forged: each forgery carries a hash that fits it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from harness.baselines.exchange import import_baseline
from harness.baselines.moves import take_over
from harness.errors import UsageError
from harness.evaluation.requests import evaluation_id
from harness.store.schema import tables
from harness.store.store import Store
from harness.types.hashing import content_hash

FILES = Path(__file__).parent / "files"
MIXED = FILES / "replies-and-choices.json"
RECORDED = FILES / "recorded.json"
ROWS_OF_OTHERS: dict[str, dict[str, Any]] = {
    "anchors": {"suite": "mix", "evaluation": "d39724", "at": "2026-01-01 00:00:00"},
    "baselines": {"name": "main", "suite": "mix", "evaluation": "d39724", "at": "2026-01-01 00:00:00"},
    "checked": {"answer_key": "k", "content": "c", "check": "pii", "sample": 0, "applies": True, "findings": []},
    "checks": {"key": "k", "use": "pii", "code": "c"},
    "cleanings": {"run": "r", "cleaner": "c", "conversation": "1", "outcome": "kept"},
    "comparisons": {"id": "c", "body": {}, "at": "2026-01-01 00:00:00"},
    "cycles": {"run": "r", "number": 1, "body": {}, "at": "2026-01-01 00:00:00"},
    "decisions": {"run": "r", "at": "2026-01-01 00:00:00", "body": {"code": 0}},
    "evaluation_names": {"name": "best", "evaluation": "d39724", "at": "2026-01-01 00:00:00"},
    "figures": {"evaluation": "d39724", "metric": "m", "name": "chrf", "value": 1.0},
    "metrics": {"key": "m", "use": "chrf", "code": "c"},
    "noises": {"suite": "mix", "suite_version": "v", "selection": "gate", "metric": "m", "name": "chrf"},
    "preparations": {"run": "r", "at": "2026-01-01 00:00:00", "body": {}},
    "results": {"run": "r", "evaluation": "d39724", "body": {}, "at": "2026-01-01 00:00:00"},
    "run_trainings": {"run": "r", "training": "t"},
    "runs": {"id": "../../x", "command": "run", "recipe": {}, "folder": "/tmp", "started_at": "2026-01-01 00:00:00"},
    "scores": {"answer_key": "k", "content": "c", "metric": "m", "samples": 1, "statistics": [0.0]},
    "states": {"subject": "run", "id": "r", "state": "complete", "at": "2026-01-01 00:00:00"},
    "trainings": {"key": "t", "run": "r", "checkpoint": {}, "finished_at": "2026-01-01 00:00:00"},
}
OWN = ("cases", "evaluation_cases", "evaluations", "predictions", "suite_cases", "suites")
Change: TypeAlias = Callable[[dict[str, Any]], object]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "home")


def forged(tmp_path: Path, change: Change, source: Path = MIXED) -> Path:
    content = json.loads(source.read_text(encoding="utf-8"))
    change(content)
    content["hash"] = content_hash({key: content[key] for key in ("baseline", "tables")})
    file = tmp_path / "forged.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def setting(table: str, column: str, value: object, row: int = 0) -> Change:
    return lambda content: content["tables"][table][row].update({column: value})


def refusal(store: Store, file: Path) -> str:
    with pytest.raises(UsageError) as caught:
        import_baseline(store, file)
    assert not store.home.exists()
    return str(caught.value)


@pytest.mark.parametrize(("file", "answers"), [(MIXED, 9), (RECORDED, 4)])
def test_a_file_of_an_earlier_release_is_taken_as_it_is(store: Store, file: Path, answers: int) -> None:
    move, evaluation = import_baseline(store, file)
    assert (move.evaluation, move.who) == (evaluation.id, "ada")
    assert store.query("SELECT count(*) FROM predictions")[1] == [(answers,)]


def test_every_table_of_the_store_is_forged_here() -> None:
    assert ROWS_OF_OTHERS.keys() | set(OWN) == tables().keys()


@pytest.mark.parametrize("table", ROWS_OF_OTHERS)
def test_rows_of_a_table_that_no_export_writes_are_refused_with_its_name(
    store: Store, tmp_path: Path, table: str
) -> None:
    file = forged(tmp_path, lambda content: content["tables"].update({table: [ROWS_OF_OTHERS[table]]}))
    said = refusal(store, file)
    assert said.startswith(f"{file}: ")
    assert f"tables.{table}: is not written by an export; it writes suites, cases, suite_cases, evaluations" in said


@pytest.mark.parametrize("table", OWN)
def test_a_table_that_is_missing_is_named(store: Store, tmp_path: Path, table: str) -> None:
    said = refusal(store, forged(tmp_path, lambda content: content["tables"].pop(table)))
    assert f"tables.{table}: is missing" in said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (setting("suites", "version", "0" * 32), "tables.suites[0]: its version is not that of its cases"),
        (setting("suites", "name", "../mix"), "tables.suites[0]: name: '../mix' is no name of a suite"),
        (setting("suites", "spec", []), "tables.suites[0]: "),
        (setting("suites", "nonsense", 1), "tables.suites[0]: table 'suites': unknown columns ['nonsense']"),
        (setting("cases", "content", "0" * 32), "tables.suite_cases[0]: its case is not among tables.cases"),
        (setting("cases", "body", {}), "tables.suite_cases[0]: 'prompt' is missing"),
        (setting("suite_cases", "tier", "vault"), "tables.suite_cases[0].tier: is not what an export"),
        (setting("suite_cases", "cluster", "x"), "tables.suites[0]: its version is not"),
        (setting("suite_cases", "position", 1), "tables.suite_cases[1]: has the version, position of tables."),
        (setting("suite_cases", "position", 7), "tables.suite_cases[0]: does not belong to the evaluation"),
        (setting("evaluations", "fingerprint", "x"), "tables.evaluations[0]: its evaluation's id is not that of its"),
        (setting("evaluations", "run", "../../x"), "tables.evaluations[0]: run: '../../x' is no id of a run"),
        (setting("evaluations", "cases", 2), "tables.evaluations[0]: cases: 2: the cases that were asked are 3"),
        (setting("evaluations", "selection", "most"), "tables.evaluations[0]: its evaluation's id is not that"),
        (setting("evaluations", "model", {"reference": 7}), "tables.evaluations[0]: model.reference: expected str"),
        (setting("evaluations", "settings", {"samples": 3}), "tables.evaluations[0]: settings.samples: 3"),
        (setting("evaluations", "settings", {"samples": 2, "seed": 1}), "tables.evaluations[0].settings: is not what"),
        (setting("evaluations", "facts", {"a": 2**70}), "tables.evaluations[0].facts.a: is too large a number"),
        (setting("evaluation_cases", "content", "x"), "tables.evaluation_cases[0]: does not belong"),
        (setting("evaluation_cases", "answer_key", "x"), "tables.evaluation_cases[0].answer_key: is not what"),
        (setting("evaluation_cases", "kind", "audio"), "tables.evaluation_cases: kind 'audio': there are text, choice"),
        (setting("predictions", "answer_key", "x"), "tables.predictions[0]: it holds answers that nobody asked for"),
        (setting("predictions", "sample", 2), "tables.predictions[0]: sample: 2: there are"),
        (setting("predictions", "sample", "none"), "tables.predictions[0]: predictions.sample: 'none' is no INTEGER"),
        (setting("predictions", "run", "../../x"), "tables.predictions[0]: run: '../../x' is not the run of the"),
        (setting("predictions", "kind", "log-likelihood"), "tables.predictions[0]: kind: 'log-likelihood' is not what"),
        (setting("predictions", "new_tokens", -1), "tables.predictions[0]: prompt_tokens, new_tokens, seconds: one"),
        (setting("predictions", "seconds", None), "tables.predictions[0]: seconds: is empty"),
        (setting("predictions", "replies", [None]), "tables.predictions[0]: replies: one is no text"),
        (setting("predictions", "tokens", [1, 2, 3]), "tables.predictions[0]: "),
        (lambda content: content["tables"]["predictions"][-1].update(log_likelihoods=[0.5, -1.0]), "is above 0"),
        (lambda content: content["tables"]["predictions"][-1].update(replies=[], log_likelihoods=[], tokens=[]), "as"),
        (lambda content: content["tables"]["evaluation_cases"].pop(), "tables.evaluation_cases: lacks 1 of 6 rows"),
        (lambda content: content["tables"]["suites"].clear(), "tables.suites: holds 0 rows; an export writes one"),
        (lambda content: content["tables"].update(cases={}), "tables.cases: is no list of rows"),
        (lambda content: content["tables"].update(cases=["x"]), "tables.cases[0]: is no mapping of columns"),
        (lambda content: content.update(tables=[]), "tables: is no mapping"),
        (lambda content: content.update(more=1), "more: is not written by an export; it writes schema, hash"),
        (lambda content: content["baseline"].update(name="../x"), "baseline: baseline '../x': a name has letters"),
        (
            lambda content: content["baseline"].update(evaluation="x"),
            "baseline: its evaluation is not the one it names",
        ),
        (lambda content: content["baseline"].update(selected_from=-1), "baseline: selected_from: -1 is below 0"),
        (lambda content: content["baseline"].update(decision=7), "baseline: decision: 7 is no exit code"),
        (lambda content: content["baseline"].update(comparison="../x"), "baseline: comparison: '../x' is no id of a"),
        (lambda content: content["baseline"].update(at="soon"), "baseline: baselines.at: 'soon' is no TIMESTAMP"),
        (lambda content: content["baseline"].update(who=1), "baseline: baselines.who: 1 is no VARCHAR"),
    ],
)
def test_what_no_export_of_that_evaluation_writes_is_refused_with_its_place(
    store: Store, tmp_path: Path, change: Change, said: str
) -> None:
    assert said in refusal(store, forged(tmp_path, change))


def test_answers_of_another_model_are_not_taken(store: Store, tmp_path: Path) -> None:
    def rename(content: dict[str, Any]) -> None:
        """Everything as another model's but for the keys of the answers."""
        row = content["tables"]["evaluations"][0]
        row["fingerprint"] = "another"
        row["id"] = evaluation_id("another", row["numerics"], row["suite_version"], row["selection"])
        content["baseline"]["evaluation"] = row["id"]
        for pair in content["tables"]["evaluation_cases"]:
            pair["evaluation"] = row["id"]

    said = refusal(store, forged(tmp_path, rename))
    assert "tables.evaluation_cases[0].answer_key: is not what an export of this evaluation writes" in said


def test_an_evaluation_that_was_drawn_twice_as_often_is_taken(store: Store, tmp_path: Path) -> None:
    def double(content: dict[str, Any]) -> None:
        row = content["tables"]["evaluations"][0]
        row["settings"]["samples"] = 4
        row["id"] = evaluation_id(row["fingerprint"], row["numerics"], row["suite_version"], row["selection"], 2)
        content["baseline"]["evaluation"] = row["id"]
        for pair in content["tables"]["evaluation_cases"]:
            pair["evaluation"] = row["id"]

    _, evaluation = import_baseline(store, forged(tmp_path, double))
    assert evaluation.samples("text") == 4


@pytest.mark.parametrize(
    ("column", "value"), [("verified", True), ("parts", {"weights": "x"}), ("model", {"reference": "best"})]
)
def test_recorded_answers_do_not_pass_for_a_model(store: Store, tmp_path: Path, column: str, value: object) -> None:
    said = refusal(store, forged(tmp_path, setting("evaluations", column, value), RECORDED))
    assert "tables.evaluations[0]: model, numerics, verified, parts: are not those of recorded answers" in said


def test_a_forged_recorded_answer_has_one_reply(store: Store, tmp_path: Path) -> None:
    change = setting("predictions", "replies", ["billing", "delivery"])
    assert "replies, log_likelihoods: are not as many" in refusal(store, forged(tmp_path, change, RECORDED))


def test_a_baseline_cannot_be_imported_under_a_name_that_is_a_path(store: Store) -> None:
    with pytest.raises(UsageError, match="a name has letters"):
        take_over(store, MIXED, "../main")


def test_a_file_of_gigabytes_is_not_read(store: Store, tmp_path: Path) -> None:
    huge = tmp_path / "huge.json"
    with huge.open("wb") as opened:
        opened.truncate(3 * 2**30)
    assert "huge.json: has 3,221,225,472 bytes; a baseline has at most 1,073,741,824" in refusal(store, huge)
