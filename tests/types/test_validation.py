from __future__ import annotations

from typing import Any

import pytest

from harness.types import (
    Answer,
    Changed,
    Checked,
    Checkpoint,
    Conversation,
    Finding,
    Identity,
    Kept,
    Likelihood,
    Message,
    ModelReference,
    Outcome,
    Proposal,
    Rejected,
    StepRecord,
)
from harness.types.validation import misfit

MODEL = ModelReference("somewhere")
TALK = Conversation("c", (Message("user", "Hi", extra={"mood": ["good", 1, None]}),), tags={"topic": "tea"})


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (TALK, Conversation),
        (Rejected("file", 3, "no reply"), Conversation | Rejected),
        (Changed("c", TALK, "shorter", cluster="7"), Outcome),
        (Checked("p", (Finding("pii", "high", "a@b.c"),)), Checked),
        (Checkpoint(MODEL, 1, 2, (StepRecord(1, 2, loss=1),), facts={"device": "cpu"}), Checkpoint),
        (Proposal({"trainer.most": 3, "data": [{"use": "x"}]}, reason="try"), Proposal),
        (Identity("f", {"weights": "w"}, context_length=10), Identity),
        (Answer("k", likelihoods=(Likelihood(-1.0, 2),)), Answer),
    ],
)
def test_a_proper_record_fits(value: Any, kind: Any) -> None:
    assert misfit(value, kind) is None


@pytest.mark.parametrize(
    ("value", "kind", "said"),
    [
        ("x", Checked, "expected a Checked, got 'x'"),
        (None, Outcome, "expected Kept or Changed or Dropped, got None"),
        (Kept(3), Outcome, "id: expected str, got 3"),  # type: ignore[arg-type]
        (Checked("p", [Finding("a", "low", "b")]), Checked, "findings: expected a tuple, got [Finding("),  # type: ignore[arg-type]
        (
            Checked("p", (Finding("a", "huge", "b"),)),  # type: ignore[arg-type]
            Checked,
            "findings[0].severity: expected one of 'low', 'medium', 'high', got 'huge'",
        ),
        (Conversation("c", ({"role": "user"},)), Conversation, "messages[0]: expected a Message, got {'role'"),  # type: ignore[arg-type]
        (Conversation("c", (), tags={"n": 1}), Conversation, "tags['n']: expected str, got 1"),  # type: ignore[dict-item]
        (StepRecord(1, 2, loss=float("nan")), StepRecord, "loss: is nan"),
        (StepRecord(True, 2), StepRecord, "step: expected int, got True"),
        (Proposal({"rate": float("inf")}), Proposal, "recipe_patch['rate']: is inf"),
        (Proposal({"rate": object}), Proposal, "recipe_patch['rate']: expected a JSON value, got <class 'object'>"),
        (Proposal({"a": [1, {2: 3}]}), Proposal, "recipe_patch['a'][1][2]: expected a text as key, got 2"),
    ],
)
def test_what_does_not_fit_is_said_with_its_place(value: Any, kind: Any, said: str) -> None:
    found = misfit(value, kind)
    assert found is not None
    assert found.startswith(said)
