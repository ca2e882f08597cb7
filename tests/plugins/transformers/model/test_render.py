"""Texts as tokens: what the tokenizer puts first is there once."""

from typing import Any

import pytest

from harness.types import Generate, LogLikelihood, Message
from harness_transformers.inference import likelihood
from harness_transformers.inference.replies import generate
from harness_transformers.model.loading import Speech
from harness_transformers.model.render import encode, prompt_text, token_ids


def begins_with(*marks: str, template: str = "") -> Any:
    """A byte-level tokenizer that puts these marks before each text; their ids are 0, 1, …"""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    core = Tokenizer(models.BPE())
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(special_tokens=[*marks, "</s>"], initial_alphabet=alphabet, show_progress=False)
    core.train_from_iterator(["the box"], trainer)
    if marks:
        ids = [(mark, at) for at, mark in enumerate(marks)]
        core.post_processor = processors.TemplateProcessing(single=" ".join((*marks, "$A")), special_tokens=ids)
    bos = {"bos_token": marks[0]} if marks else {}
    return PreTrainedTokenizerFast(tokenizer_object=core, eos_token="</s>", chat_template=template or None, **bos)


@pytest.mark.parametrize("marks", [("<s>",), ("<|begin_of_text|>",), ("<bos>",), ("[gMASK]", "<sop>")])
@pytest.mark.parametrize("text", ["the box", " the box", "", "\n<|user|>the"])
def test_a_raw_prompt_that_begins_with_the_first_token_gets_it_once(marks: tuple[str, ...], text: str) -> None:
    tokenizer = begins_with(*marks)
    first, bare = list(range(len(marks))), token_ids(tokenizer, text, special=False)
    assert bare[: len(first)] != first
    assert token_ids(tokenizer, text, special=True) == [*first, *bare]
    assert token_ids(tokenizer, "".join(marks) + text, special=True) == [*first, *bare]
    assert token_ids(tokenizer, "".join(marks) * 2 + text, special=True) == [*first, *first, *bare]


def test_a_tokenizer_that_puts_nothing_first_changes_no_text() -> None:
    tokenizer = begins_with()
    assert token_ids(tokenizer, "</s></s>x", special=True)[:2] == [0, 0]


def test_messages_begin_as_their_template_says() -> None:
    tokenizer = begins_with("<s>", template="{{ bos_token }}{{ messages[0].content }}")
    text, special = prompt_text(tokenizer, (Message("user", "<s>the"),))
    assert token_ids(tokenizer, text, special=special)[:3] == [0, 0, *token_ids(tokenizer, "the", special=False)]


def test_replies_and_likelihoods_see_it_once() -> None:
    speech = Speech(begins_with("<s>"), 100, None)
    prompts = ("the box", "<s>the box")
    asked, _ = generate.prepare(speech, [Generate(prompt, prompt) for prompt in prompts])
    assert asked[0].prompt == asked[1].prompt
    scored, _ = likelihood.prepare(speech, [LogLikelihood(prompt, prompt, (" is", "")) for prompt in prompts])
    tokens = [[sequence.tokens.tolist() for part in job.parts for sequence in part] for job in scored]
    assert tokens[0] == tokens[1]
    assert tokens[0][0].count(0) == 1


def test_it_is_counted_once() -> None:
    core = begins_with("<s>").backend_tokenizer
    assert [len(ids) for ids in encode(core, ["the", "<s>the"], special=True)] == [2, 2]
