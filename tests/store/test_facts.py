"""What the journal takes as records is what the questions give back."""

from __future__ import annotations

from pathlib import Path

from harness.comparison.records import Decision
from harness.data.records import LedgerEntry
from harness.errors import ExitCode
from harness.evaluation.records import Anchor, Baseline, PredictionKey
from harness.store.store import Store
from harness.types import Checkpoint, Cycle, ModelReference, Prediction, RunStarted


def test_what_a_run_wrote_is_what_is_known_of_it(store: Store, tmp_path: Path) -> None:
    entry = LedgerEntry("dedupe", "b", "dropped", "same as a", None)
    checkpoint = Checkpoint(ModelReference("tiny"), step=3, steps=3, curve=(), facts={})
    decision = Decision(ExitCode.PASS, (ExitCode.PASS,), ("no regression",))
    cycle = {"number": 1, "patch": {"trainer.rank": 4}, "values": {}, "verdicts": {}, "accepted": True}
    with store.journal("r1") as journal:
        journal.run(RunStarted("r1", "refine recipe.yaml", {"name": "mine"}, tmp_path), "refine", {"cores": 2})
        journal.state("run", "r1", "complete", {"seconds": 1.0})
        journal.cleanings("r1", [entry])
        journal.training("r1", "t1", checkpoint)
        journal.training_used("r1", "t1")
        journal.cycle("r1", Cycle(**cycle))
        journal.decision("r1", decision)
    row = store.run("r1")
    assert (row.command, row.name, row.facts, row.state, row.code) == (
        "refine recipe.yaml",
        "mine",
        {"cores": 2},
        "complete",
        ExitCode.PASS,
    )
    assert row.kind == "refine"
    assert row.folder == str(tmp_path)
    assert store.cleanings("r1") == [entry]
    assert [(one.key, one.checkpoint, one.trained_in) for one in store.trainings("r1")] == [("t1", checkpoint, "r1")]
    assert store.cycles("r1") == [{**cycle, "reason": ""}]
    assert store.decision("r1") == decision


def test_answers_are_found_by_their_keys(store: Store) -> None:
    key = PredictionKey("k", 1)
    one = Prediction(str(key), "", "text", sample=1, replies=("yes",))
    with store.journal("r1") as journal:
        journal.predictions("r1", [("k", one)])
    assert store.known_keys(["k", "other"]) == {key}
    assert store.predictions(["k"]) == {"k": [one]}


def test_a_key_of_a_prediction_is_a_text_and_back() -> None:
    key = PredictionKey("a:b", 12)
    assert str(key) == "a:b:12"
    assert PredictionKey.of(str(key)) == key


def test_facts_that_belong_to_no_run_are_stored_at_once(store: Store) -> None:
    move = Baseline("main", "support", "e1", "2026-01-01 00:00:00.000000", "first", "ada")
    anchor = Anchor("support", "e1", "2026-01-01 00:00:00.000000", "", "ada")
    with store.facts() as journal:
        journal.baselines([move])
        journal.anchor(anchor)
    assert not list((store.home / "journal").rglob("*.jsonl"))
    assert store.baselines() == [move]
    assert store.anchors() == [anchor]
