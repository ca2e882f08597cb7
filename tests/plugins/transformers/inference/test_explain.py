"""The plan in words."""

from where import DEVICE

from harness.types import Generate, LogLikelihood, ModelReference, OpenRequest, Request
from harness_transformers.backend import TransformersBackend

SHOTS = "The box rings when someone is at the door. " * 3


def test_the_plan_names_what_is_shared_and_what_is_computed(reference: ModelReference) -> None:
    requests: list[Request] = [
        Generate("reply", "The box", max_new_tokens=4),
        Generate("long", "box " * 300),
        *(LogLikelihood(str(n), f"{SHOTS}{chr(97 + n)} rings and rings", ("round", "button")) for n in range(12)),
    ]
    lines = list(TransformersBackend(batch_tokens=100, device=DEVICE).explain(OpenRequest(reference), requests))
    assert lines.pop(0).startswith("up to 100 tokens a pass; ")
    assert lines[0] == "replies: 1 prompts of 2 tokens, in 1 groups of up to 500 tokens"
    assert lines[1] == "  1 replies in 1 slots"
    assert lines[2].startswith("  refused: too long: 30")
    assert lines[3].startswith("likelihoods: 12 requests of 24 sequences, ")
    assert lines[4].startswith("  computed: ")
    assert lines[5].startswith("  keep a prefix of ")
    assert any(" rows of up to " in line for line in lines[6:])


def test_nothing_to_ask_is_no_plan(reference: ModelReference) -> None:
    assert list(TransformersBackend(device=DEVICE).explain(OpenRequest(reference), [])) == []
