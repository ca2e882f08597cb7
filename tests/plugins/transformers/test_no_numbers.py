"""Logits that are no number are the error of the answer that they were for, and of no other."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from where import DEVICE

from harness.types import Answer, Generate, LogLikelihood, Message, OpenRequest, Request
from harness_transformers.backend import TransformersBackend
from harness_transformers.inference.fit import shown_misfit
from harness_transformers.inference.model import OpenedModel
from harness_transformers.inference.scoring import Scorer
from harness_transformers.model.misfit import declared_misfit

Break: TypeAlias = Callable[[Any], None]
NAN, INF = float("nan"), float("inf")
PROMPTS = ["The box", "Hold the round button for", "Sorry", "How do I connect my new box to the phone?"]
REPLIES: list[Request] = [
    *(Generate(f"greedy {prompt}", prompt, max_new_tokens=5) for prompt in PROMPTS),
    *(Generate(f"drawn {prompt}", prompt, max_new_tokens=5, temperature=0.9, top_p=0.9) for prompt in PROMPTS),
    Generate("turns", (Message("user", "Where?"),), max_new_tokens=3, follow_ups=("And now?",)),
]
SCORED: list[Request] = [
    LogLikelihood("choices", (Message("user", "Where?"),), ("box", "the light")),
    LogLikelihood("text", "Hold the round", (" button for five seconds",)),
    LogLikelihood("windows", "", ("The box rings. " * 60,), windows=True),
]


@pytest.fixture
def broken(opened: OpenedModel) -> Callable[[Break], OpenedModel]:
    """The tiny model with other weights."""

    def make(breaks: Break) -> OpenedModel:
        model = deepcopy(opened.weights.model)
        breaks(model)
        return replace(opened, weights=replace(opened.weights, model=model))

    return make


@pytest.fixture
def count_passes(monkeypatch: pytest.MonkeyPatch) -> Callable[[OpenedModel, list[Request]], int]:
    """How many scoring passes the requests take."""
    whole, passes = Scorer.read, []

    def read(self: Scorer, node: int, units: Any) -> Any:
        passes.append(units)
        return whole(self, node, units)

    def count(model: OpenedModel, requests: list[Request]) -> int:
        passes.clear()
        list(model.answer(requests))
        return len(passes)

    monkeypatch.setattr(Scorer, "read", read)
    return count


def layer(model: Any) -> None:
    model.model.layers[0].mlp.down_proj.weight.data[:] = NAN


def output_of_one_word(model: Any) -> None:
    model.lm_head.weight.data[77] = NAN


def overflow(model: Any) -> None:
    model.lm_head.weight.data[:] = 3e38
    model.model.norm.weight.data[:] = 3e38


def output_of_every_word(model: Any) -> None:
    model.lm_head.register_forward_hook(lambda _layer, _given, logits: logits.fill_(-INF))


def errors(model: OpenedModel, requests: list[Request]) -> dict[str, Any]:
    return {answer.key: answer.error for answer in model.answer(requests)}


@pytest.mark.parametrize("breaks", [layer, output_of_one_word, overflow, output_of_every_word])
@pytest.mark.parametrize("fits", [True, False], ids=["in slots", "one at a time"])
def test_every_answer_of_a_model_without_numbers_fails_for_good(
    broken: Callable[[Break], OpenedModel], breaks: Break, fits: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness_transformers.inference.replies.generate.fits_slots", lambda *_: fits)
    answers = list(broken(breaks).answer([*REPLIES, *SCORED]))
    said = {"the model's logits are nan", "the model's logits are inf", "the model's logits are -inf"}
    assert {answer.error for answer in answers} <= said
    assert len(answers) == len(REPLIES) + len(SCORED)
    assert all(answer.permanent and not answer.replies for answer in answers)


def test_a_model_without_numbers_says_so_when_it_is_opened(tmp_path: Path, opened: OpenedModel, caplog: Any) -> None:
    model = deepcopy(opened.weights.model)
    layer(model)
    model.save_pretrained(tmp_path)
    opened.weights.tokenizer.save_pretrained(tmp_path)
    request = OpenRequest(replace(opened.reference, reference=str(tmp_path)), threads=1)
    with TransformersBackend(dtype="bfloat16", device=DEVICE).open(request) as lost:
        assert set(errors(lost, [*REPLIES, *SCORED]).values()) == {"the model's logits are nan"}
    assert caplog.messages[0].startswith("LlamaForCausalLM: the model's logits are nan, as after a training")


def with_a_poisoned_word(model: OpenedModel, broken: Callable[[Break], OpenedModel], text: str) -> OpenedModel:
    """The model whose embedding of the last token of the text is nan."""
    token = model.weights.tokenizer(text)["input_ids"][-1]

    def poison(weights: Any) -> None:
        weights.model.embed_tokens.weight.data[token] = NAN

    return broken(poison)


def misfit(model: OpenedModel) -> str:
    import torch

    with torch.inference_mode():
        return shown_misfit(model.weights, model.weights.model)


def as_told(answers: list[Answer]) -> dict[str, Answer]:
    return {answer.key: replace(answer, seconds=0, batch_ends=True) for answer in answers}


@pytest.mark.parametrize("batch_tokens", [8, 1000], ids=["one slot", "many slots"])
def test_a_reply_that_comes_upon_nan_costs_no_other_reply(
    opened: OpenedModel, broken: Callable[[Break], OpenedModel], batch_tokens: int
) -> None:
    requests = [Generate(f"{at}", f"{prompt} {at}", max_new_tokens=4) for at in range(6) for prompt in ("box", "at")]
    requests = [replace(one, key=f"{one.prompt}") for one in requests] + [Generate("bad", "box at the phone")]
    sound = as_told(list(replace(opened, batch_tokens=batch_tokens).answer(requests)))
    poisoned = replace(with_a_poisoned_word(opened, broken, " phone"), batch_tokens=batch_tokens)
    assert declared_misfit(poisoned.weights.model) == misfit(poisoned) == ""
    found = as_told(list(poisoned.answer(requests)))
    assert (found["bad"].error, found["bad"].permanent) == ("the model's logits are nan", True)
    assert {key for key, answer in found.items() if answer.error} == {"bad"}
    assert all(found[key].replies == sound[key].replies for key in found.keys() - {"bad"})


def test_nan_in_the_middle_of_a_reply_is_found(opened: OpenedModel, broken: Callable[[Break], OpenedModel]) -> None:
    inputs = opened.weights.tokenizer("The box", return_tensors="pt").to(DEVICE)
    ids = opened.weights.model.generate(**inputs, max_new_tokens=3, do_sample=False)[0].tolist()
    assert ids[-1] not in ids[:-1]

    def poison(weights: Any) -> None:
        weights.model.embed_tokens.weight.data[ids[-1]] = NAN

    model = broken(poison)
    assert errors(model, [Generate("x", "The box", max_new_tokens=3)]) == {"x": None}
    assert errors(model, [Generate("x", "The box", max_new_tokens=4)]) == {"x": "the model's logits are nan"}


@pytest.mark.parametrize("batch_tokens", [40, 1000])
def test_a_likelihood_that_comes_upon_nan_costs_no_other(
    opened: OpenedModel, broken: Callable[[Break], OpenedModel], batch_tokens: int
) -> None:
    ends = (" phone is it", " light", " round button", " door")
    requests = [LogLikelihood(end, "How do I connect my new box to the", (end, end + " now")) for end in ends]
    requests += [LogLikelihood(f"{n}", "box " * n, ("door",)) for n in range(1, 5)]
    sound = {a.key: a.likelihoods for a in opened.answer(requests)}
    found = {
        a.key: a
        for a in replace(with_a_poisoned_word(opened, broken, " phone"), batch_tokens=batch_tokens).answer(requests)
    }
    assert {key for key, answer in found.items() if answer.error} == {" phone is it"}
    for key in found.keys() - {" phone is it"}:
        expected = [one.log_likelihood for one in sound[key]]
        assert [one.log_likelihood for one in found[key].likelihoods] == pytest.approx(expected, abs=1e-4)


def test_padding_is_no_token_of_its_own(
    broken: Callable[[Break], OpenedModel], count_passes: Callable[[OpenedModel, list[Request]], int]
) -> None:
    def poison(weights: Any) -> None:
        weights.model.embed_tokens.weight.data[0] = NAN

    ends = tuple(" ring" * n for n in range(1, 5))
    trees: list[Request] = [LogLikelihood(str(n), "box " * n, ends) for n in (1, 9)]
    assert set(errors(broken(poison), [*REPLIES, *SCORED, *trees]).values()) == {None}
    assert count_passes(broken(poison), trees) == count_passes(broken(lambda _: None), trees)


def test_words_that_are_ruled_out_are_no_error(opened: OpenedModel, broken: Callable[[Break], OpenedModel]) -> None:
    def rule_out(weights: Any) -> None:
        weights.lm_head.register_forward_hook(lambda _layer, _given, logits: logits.index_fill(-1, at, -INF))

    import torch

    at = torch.tensor([390, 391], device=DEVICE)
    model = broken(rule_out)
    assert misfit(model) == ""
    assert set(errors(model, REPLIES).values()) == {None}
    never = opened.weights.tokenizer.decode([390])
    assert errors(model, [LogLikelihood("x", "The box", (never,))])["x"] == (
        "the model gives no probability to a token of the text"
    )


def test_sequences_are_not_read_again_where_each_has_a_row_of_its_own(
    broken: Callable[[Break], OpenedModel], count_passes: Callable[[OpenedModel, list[Request]], int]
) -> None:
    rows: list[Request] = [LogLikelihood(f"{n}", f"{chr(97 + n)} box", (" door",)) for n in range(5)]
    assert set(errors(broken(layer), rows).values()) == {"the model's logits are nan"}
    assert count_passes(broken(layer), rows) == 1
