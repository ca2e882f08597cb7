from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from tiny_llama import CHATML

from harness.types import Answer, Generate, Message, Request
from harness_transformers.inference.model import OpenedModel
from harness_transformers.inference.replies.generate import answer_group, groups, prepare
from harness_transformers.model.render import prompt_text, token_ids

PROMPTS = ["The box", "Hold the round button for", "Sorry", "How do I connect my new box to the phone? Choose", "light"]


def ask(model: OpenedModel, requests: Sequence[Request]) -> dict[str, Answer]:
    return {answer.key: answer for answer in model.answer(requests)}


def generate(prompt: str, **settings: Any) -> Generate:
    return Generate(prompt, prompt, **{"max_new_tokens": 8, **settings})


def test_greedy_replies_are_those_of_transformers_generate(opened: OpenedModel) -> None:
    import torch

    model, tokenizer = opened.weights.model, opened.weights.tokenizer
    answers = ask(opened, [generate(prompt) for prompt in PROMPTS])
    for prompt in PROMPTS:
        ids = tokenizer(prompt, return_tensors="pt").to(model.device)
        with torch.inference_mode():
            whole = model.generate(**ids, max_new_tokens=8, do_sample=False)[0]
        expected = tokenizer.decode(whole[ids["input_ids"].shape[1] :], skip_special_tokens=True)
        assert answers[prompt].replies == (expected,)


def test_a_reply_does_not_depend_on_its_batch(opened: OpenedModel) -> None:
    requests = [generate(prompt, temperature=t) for t in (0.0, 0.9) for prompt in PROMPTS]
    requests = [replace(request, key=str(at)) for at, request in enumerate(requests)]
    together = ask(replace(opened, batch_tokens=1000), requests)
    alone = {request.key: next(iter(opened.answer([request]))) for request in requests}
    assert {answer.error for answer in together.values()} == {None}
    assert {key: answer.replies for key, answer in together.items()} == {key: a.replies for key, a in alone.items()}


def test_the_seed_decides_a_sampled_reply(opened: OpenedModel) -> None:
    def said(seed: int) -> tuple[str, ...]:
        return next(iter(opened.answer([generate("The box", temperature=1.5, seed=seed)]))).replies

    assert said(1) == said(1)
    assert len({said(seed) for seed in range(5)}) > 1


def test_a_small_nucleus_is_greedy(opened: OpenedModel) -> None:
    greedy = ask(opened, [generate(prompt) for prompt in PROMPTS])
    for top_p in (1e-6, 0.0):
        nucleus = ask(opened, [generate(prompt, temperature=1.0, top_p=top_p) for prompt in PROMPTS])
        assert {key: a.replies for key, a in nucleus.items()} == {key: a.replies for key, a in greedy.items()}


def test_a_reply_ends_before_a_stop_string(opened: OpenedModel) -> None:
    (whole,) = next(iter(opened.answer([generate("The box", max_new_tokens=20)]))).replies
    stop = whole[5:8]
    answer = next(iter(opened.answer([generate("The box", max_new_tokens=20, stop=(stop, "\0never"))])))
    assert answer.replies == (whole[: whole.index(stop)],)
    assert answer.finish_reason == "stop"
    assert answer.new_tokens < 20


def test_a_reply_that_is_cut_off_says_so(opened: OpenedModel) -> None:
    answer = next(iter(opened.answer([generate("The box", max_new_tokens=3)])))
    assert (answer.finish_reason, answer.new_tokens) == ("length", 3)


def test_an_end_token_ends_a_reply_and_is_not_part_of_it(opened: OpenedModel) -> None:
    free = next(iter(opened.answer([generate("The box", max_new_tokens=6)])))
    tokenizer = opened.weights.tokenizer
    # one token of the free reply becomes an end token: the reply must end where that token first stood
    end = next(token for token in tokenizer(free.replies[0])["input_ids"] if tokenizer.decode([token]).isalpha())
    ended = replace(opened, weights=replace(opened.weights, end_ids=frozenset([end])))
    answer = next(iter(ended.answer([generate("The box", max_new_tokens=6)])))
    assert answer.finish_reason == "stop"
    assert free.replies[0].startswith(answer.replies[0] + tokenizer.decode([end]))
    assert answer.new_tokens < 6


def test_follow_ups_get_a_reply_each(opened: OpenedModel) -> None:
    hello = Message("user", "Where is the box?")
    first = next(iter(opened.answer([Generate("a", (hello,), max_new_tokens=4)])))
    said = (hello, Message("assistant", first.replies[0]), Message("user", "And the ring?"))
    second = next(iter(opened.answer([Generate("b", said, max_new_tokens=4)])))
    both = next(iter(opened.answer([Generate("c", (hello,), max_new_tokens=4, follow_ups=("And the ring?",))])))
    assert both.replies == first.replies + second.replies
    assert both.new_tokens == first.new_tokens + second.new_tokens


def test_a_prompt_that_is_too_long_harms_no_other(opened: OpenedModel) -> None:
    tokens = len(opened.weights.tokenizer("box " * 300)["input_ids"])
    answers = ask(opened, [generate("The box"), Generate("long", "box " * 300)])
    assert answers["long"].error == f"too long: {tokens + 1} tokens, context 192"
    assert answers["The box"].error is None


def test_a_reply_never_outgrows_the_context(opened: OpenedModel) -> None:
    prompt = "box " * 90
    tokens = len(opened.weights.tokenizer(prompt)["input_ids"])
    answer = next(iter(opened.answer([generate(prompt, max_new_tokens=500)])))
    assert answer.error is None
    assert answer.new_tokens <= 192 - tokens


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (Generate("x", "hi", follow_ups=("and?",)), "follow-ups need a prompt of messages"),
        (Generate("x", ""), "the prompt is empty"),
    ],
)
def test_what_cannot_be_asked_is_an_answer_with_the_reason(
    opened: OpenedModel, request_: Generate, reason: str
) -> None:
    (answer,) = opened.answer([request_])
    assert answer.error is not None
    assert reason in answer.error


def test_those_that_take_longest_run_first(opened: OpenedModel) -> None:
    requests = [
        generate("The box", max_new_tokens=8),
        generate("light", max_new_tokens=90),
        generate("Sorry", max_new_tokens=90, expected_tokens=3),  # once it took three tokens
        generate("Hold the round button for", max_new_tokens=8),  # as long as the first, with a longer prompt
    ]
    jobs, _ = prepare(opened.weights, requests)
    assert groups(jobs, 1000, "cpu") == [[1, 3, 0, 2]]


def test_groups_are_no_larger_than_what_may_be_run_again(opened: OpenedModel) -> None:
    jobs, _ = prepare(opened.weights, [generate(f"box {n}", max_new_tokens=20) for n in range(40)])
    sizes = [len(group) for group in groups(jobs, 50, "cpu")]  # two rows at once, at most eight for each
    assert sizes == [16, 16, 8]
    assert groups([], 50, "cpu") == []


def test_answers_come_as_rows_end_and_only_those_needed(opened: OpenedModel) -> None:
    import torch

    requests = [
        generate(prompt, max_new_tokens=length) for prompt, length in zip(PROMPTS, (9, 7, 5, 3, 2), strict=True)
    ]
    jobs, _ = prepare(opened.weights, requests)
    needed = {PROMPTS[0], PROMPTS[3], PROMPTS[4]}
    with torch.inference_mode():
        come = list(answer_group(opened.weights, opened.weights.model, jobs, 1000, needed))
        whole = list(answer_group(opened.weights, opened.weights.model, jobs, 1000, set(PROMPTS)))
    assert [[answer.key for answer in answers] for answers in come] == [[PROMPTS[4]], [PROMPTS[3]], [PROMPTS[0]]]
    replies = {answer.key: answer.replies for answers in whole for answer in answers}
    assert all(answer.replies == replies[answer.key] for answers in come for answer in answers)


def test_a_row_answers_for_its_own_share_of_time(opened: OpenedModel) -> None:
    answers = ask(opened, [generate("The box", max_new_tokens=2), generate("light", max_new_tokens=60)])
    assert 0 < answers["The box"].seconds < answers["light"].seconds


def test_a_conversation_without_room_for_its_next_turn_is_no_matter_of_trying_again(opened: OpenedModel) -> None:
    request = Generate("x", (Message("user", "box " * 60),), max_new_tokens=2, follow_ups=("box " * 120,))
    (answer,) = opened.answer([request])
    assert str(answer.error).startswith("too long: ")
    assert answer.permanent


def test_a_reply_to_a_prompt_that_opens_a_thought_begins_inside(
    opened: OpenedModel, make_tokenizer: Callable[..., Any]
) -> None:
    thinks = CHATML.replace("<|im_start|>assistant\n{% endif %}", "<|im_start|>assistant\n<think>\n{% endif %}")
    model = replace(opened, weights=replace(opened.weights, tokenizer=make_tokenizer(thinks)))
    hello = Message("user", "Where is the box?")
    request = Generate("a", (hello,), max_new_tokens=4, follow_ups=("And the ring?",))
    (answer,) = model.answer([request])
    assert [reply.startswith("<think>\n") for reply in answer.replies] == [True, True]
    said = (hello, Message("assistant", ""), Message("user", "And the ring?"))  # the thought does not go back
    asked = [
        token_ids(model.weights.tokenizer, prompt_text(model.weights.tokenizer, p)[0], special=False)
        for p in ((hello,), said)
    ]
    assert answer.prompt_tokens == sum(map(len, asked))


def test_a_stop_string_inside_a_thought_is_passed_over(opened: OpenedModel, make_tokenizer: Callable[..., Any]) -> None:
    (whole,) = next(iter(opened.answer([generate("The box", max_new_tokens=20)]))).replies
    stop = whole[5:8]
    opens = [generate("The box", max_new_tokens=20, stop=(stop,))]
    jobs, _ = prepare(opened.weights, opens)
    import torch

    with torch.inference_mode():
        inside = replace(jobs[0], opened="<think>")
        ((answer,),) = answer_group(opened.weights, opened.weights.model, [inside], 1000, {"The box"})
    assert (answer.replies, answer.finish_reason) == (("<think>" + whole,), "length")
