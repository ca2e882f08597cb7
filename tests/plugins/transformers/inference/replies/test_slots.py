"""Rows in slots against transformers' own `generate`, one row at a time, on models of every sort of attention."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from where import DEVICE

from harness.types import Generate, Message
from harness_transformers.inference.fit import fits_slots, shown_misfit
from harness_transformers.inference.replies import generate
from harness_transformers.inference.replies.slots import Slots
from harness_transformers.model.loading import Weights

SIZES = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
}
MIXED = {
    "layer_types": ["sliding_attention", "full_attention", "sliding_attention"],
    "sliding_window": 6,
    "head_dim": 8,
}
IN_SLOTS: dict[str, dict[str, Any]] = {
    "llama": SIZES,  # grouped heads
    "gpt2": {"n_embd": 32, "n_layer": 2, "n_head": 4},  # learned positions
    "mistral": {**SIZES, "sliding_window": 6},
    "gemma2": {**SIZES, **MIXED, "query_pre_attn_scalar": 8},  # soft caps, tied embeddings, masks by layer
    "gemma3_text": {**SIZES, **MIXED, "query_pre_attn_scalar": 8},  # two sorts of rotary positions
}
ONE_AT_A_TIME: dict[str, dict[str, Any]] = {
    "openai-gpt": {"n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 64},  # takes no cache
    "mamba": {"hidden_size": 32, "num_hidden_layers": 2, "state_size": 8},  # states
    "lfm2": {**SIZES, "layer_types": ["conv", "full_attention", "conv"]},  # convolutions
    "bloom": {"hidden_size": 32, "n_layer": 2, "n_head": 4},  # distances made from a mask of another form
}
PROMPTS = [
    "The box",
    "Hold the round button for five seconds until",
    "Sorry",
    "How do I connect",
    "light",
    "a b c d e f g",
]


@pytest.fixture
def make_weights(make_tokenizer: Callable[..., Any]) -> Callable[..., Weights]:
    """Makes a small random model of a kind."""

    def make(kind: str, settings: dict[str, Any]) -> Weights:
        import torch
        from transformers import AutoConfig, AutoModelForCausalLM

        from harness_transformers.identity.quiet import quiet_libraries

        quiet_libraries()
        tokenizer = make_tokenizer()
        end = tokenizer.eos_token_id
        common = {"vocab_size": len(tokenizer), "max_position_embeddings": 64, "initializer_range": 0.3}
        common |= {"bos_token_id": 1, "eos_token_id": end, "pad_token_id": end}
        torch.manual_seed(1)
        model = AutoModelForCausalLM.from_config(AutoConfig.for_model(kind, **common, **settings)).eval().to(DEVICE)
        return Weights(Path(), model, tokenizer, DEVICE, 64, frozenset([end]))

    return make


@pytest.fixture(autouse=True)
def no_gradients() -> Iterator[None]:
    import torch

    with torch.inference_mode():
        yield


def replies(weights: Weights, requests: list[Generate], budget: int) -> dict[str, str]:
    jobs, _ = generate.prepare(weights, requests)
    keys = {request.key for request in requests}
    found = generate.answer_group(weights, weights.model, jobs, budget, keys)
    return {answer.key: answer.replies[0] for answers in found for answer in answers}


def own_reply(weights: Weights, request: Generate) -> str:
    inputs = weights.tokenizer(request.prompt, return_tensors="pt").to(DEVICE)
    whole = weights.model.generate(**inputs, max_new_tokens=request.max_new_tokens, do_sample=False)[0]
    return str(weights.tokenizer.decode(whole[inputs["input_ids"].shape[1] :], skip_special_tokens=True))


@pytest.mark.parametrize("kind", [*IN_SLOTS, *ONE_AT_A_TIME])
def test_replies_are_those_of_transformers_generate(kind: str, make_weights: Callable[..., Weights]) -> None:
    weights = make_weights(kind, (IN_SLOTS | ONE_AT_A_TIME)[kind])
    requests = [Generate(prompt, prompt, max_new_tokens=9 + 4 * at) for at, prompt in enumerate(PROMPTS)]
    expected = {request.key: own_reply(weights, request) for request in requests}
    assert replies(weights, requests, budget=100) == expected  # three slots for six rows
    assert fits_slots(weights, weights.model) == (kind in IN_SLOTS)


def test_a_model_that_cannot_have_its_rows_in_slots_is_named(
    make_weights: Callable[..., Weights], caplog: pytest.LogCaptureFixture
) -> None:
    weights = make_weights("mamba", ONE_AT_A_TIME["mamba"])
    with caplog.at_level(logging.WARNING, "harness"):
        replies(weights, [Generate("a", "box", max_new_tokens=1)], 100)
        replies(weights, [Generate("b", "ring", max_new_tokens=1)], 100)
    assert caplog.messages == [
        "MambaForCausalLM has layers of kind linear_attention: its replies are made one at a time"
    ]


def test_a_model_that_turns_out_not_to_heed_masks_is_found(make_weights: Callable[..., Weights]) -> None:
    weights = make_weights("llama", SIZES)
    assert shown_misfit(weights, weights.model) == ""
    heedful = weights.model.model.forward
    weights.model.model.forward = lambda **inputs: heedful(**{**inputs, "attention_mask": None})
    assert shown_misfit(weights, weights.model).startswith(("fails", "gives other logits"))


@pytest.fixture
def count_run(make_weights: Callable[..., Weights]) -> Iterator[tuple[Weights, list[int]]]:
    """A model and how many tokens each pass of it ran."""
    weights, run = make_weights("llama", SIZES), []
    fits_slots(weights, weights.model)
    hook = weights.model.register_forward_pre_hook(
        lambda _model, _args, inputs: run.append(inputs["input_ids"].numel()), with_kwargs=True
    )
    yield weights, run
    hook.remove()


def test_what_prompts_begin_with_in_common_is_run_once(count_run: tuple[Weights, list[int]]) -> None:
    weights, run = count_run
    slots, head = Slots(weights, weights.model, 3, 64, pass_tokens=100), list(range(20))
    slots.fill([0, 1, 2], [[*head, 1], [*head, 2], [*head, 3]])
    slots.fill([1], [[*head, 4, 5]])
    assert run == [21, 2, 2]


def test_the_next_turn_of_a_row_runs_only_what_is_new(count_run: tuple[Weights, list[int]]) -> None:
    weights, run = count_run
    hello = (Message("user", "Where is the box?"),)
    request = Generate("x", hello, max_new_tokens=2, follow_ups=("Why?",))
    jobs, _ = generate.prepare(weights, [request])
    ((answer,),) = generate.answer_group(weights, weights.model, jobs, 100, {"x"})
    first, step, second, last = run
    assert (step, last) == (1, 1)
    assert second <= answer.prompt_tokens - 2 * first  # the second prompt begins with the first


def test_a_short_reply_makes_room_for_the_next(count_run: tuple[Weights, list[int]]) -> None:
    weights, run = count_run
    lengths = [8, 2, 2, 2, 2]
    requests = [Generate(str(at), "box", max_new_tokens=length) for at, length in enumerate(lengths)]
    replies(weights, requests, budget=2 * (8 + len(weights.tokenizer("box")["input_ids"])))
    steps = [tokens for tokens in run if tokens <= 2]
    assert len(run) <= 8 + 4  # one pass a token of the longest and one a prompt that follows
    assert sum(steps) >= sum(length - 1 for length in lengths)


def test_where_a_pass_costs_the_same_for_many_prompts_rows_that_wait_are_let_in_together(
    count_run: tuple[Weights, list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    weights, run = count_run
    requests = [Generate(str(at), f"box {at}", max_new_tokens=1 + at % 7) for at in range(40)]
    budget = 8 * (7 + len(weights.tokenizer("box 39")["input_ids"]))  # eight slots
    found = []
    for share in (0.0, 0.5):
        monkeypatch.setitem(generate.FREE_FIRST, DEVICE, share)
        run.clear()
        found.append((replies(weights, requests, budget), len(run)))
    (at_once, many), (together, few) = found
    assert together == at_once
    assert few < many


def test_a_slot_shows_nothing_of_who_was_there_before(make_weights: Callable[..., Weights]) -> None:
    import torch

    weights = make_weights("llama", SIZES)
    used, fresh = (Slots(weights, weights.model, 2, 1, pass_tokens=100) for _ in range(2))
    used.fill([0, 1], [[5] * 40, [6] * 30])
    used.fill([0, 1], [[7, 8, 9], [5, 6]])
    fresh.fill([0, 1], [[7, 8, 9], [5, 6]])
    torch.testing.assert_close(used.extend([3, 4]), fresh.extend([3, 4]))
