"""The turns that are trained, found by as few renderings as are needed: held against rendering all of them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.testing import make_conversation
from harness.types import Conversation, Message
from harness_transformers.model.loading import Speech
from harness_transformers.model.render import NotAppendedError, render
from harness_transformers.training.examples import Examples, make_example, make_examples

TURN = "'<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n'"
ASK = "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
EACH = "{% for m in messages %}{{ " + TURN + " }}{% endfor %}"
APPENDING = {
    "a mark behind each turn": EACH + ASK,
    "no marks": "{% for m in messages %}{{ m.role }}: {{ m.content }}\n\n{% endfor %}"
    "{% if add_generation_prompt %}assistant: {% endif %}",
    "asks in a space": "{% for m in messages %}{{ 'Bot: ' if m.role == 'assistant' else 'User: ' }}{{ m.content }}"
    "{{ '<|im_end|>' if m.role == 'assistant' }} {% endfor %}{% if add_generation_prompt %}Bot: {% endif %}",
    "no prompt for a reply": "{% for m in messages %}[{{ m.content }}]{% endfor %}",
    "names what it holds": "{{ bos_token }}{% if messages[0].role == 'system' %}{{ messages[0].content }}{% endif %}"
    "{% for m in messages if m.role != 'system' %}{{ " + TURN + " }}{% endfor %}" + ASK,
}
REWRITING = {
    "a mark behind the last turn": EACH + "{% if not add_generation_prompt %}<|endoftext|>{% endif %}" + ASK,
    "another end of the last reply": "{% for m in messages %}{{ m.role + m.content }}"
    "{{ '<|endoftext|>' if loop.last else '<|im_end|>' }}{% endfor %}" + ASK,
    "a thought in the last reply": "{% for m in messages %}{{ m.role + ('<think></think>' if loop.last else '') + "
    "m.content + '<|im_end|>' }}{% endfor %}" + ASK,
    "asks with a thought": EACH + "{% if add_generation_prompt %}<|im_start|>assistant\n<think>{% endif %}",
    "the last three turns": "{% for m in messages[-3:] %}{{ " + TURN + " }}{% endfor %}" + ASK,
}
WORDS = st.sampled_from(["box", "the light", "", " ", "two\nlines ", "<|im_end|>", "ß 🎉"])
ROLES = st.sampled_from(["user", "assistant"])
CHATS = st.builds(
    lambda system, asked, turns: Conversation("c", (*system, asked, *turns)),
    st.lists(st.builds(Message, st.just("system"), WORDS), max_size=1),
    st.builds(Message, st.just("user"), WORDS),
    st.lists(st.builds(Message, ROLES, WORDS, weight=st.sampled_from([None, 0, 1])), max_size=8),
)


def examples(tokenizer: Any, chats: list[Conversation], most: int) -> Examples:
    return make_examples(Speech(tokenizer, 10**9, None), chats, most)


def slow_spans(tokenizer: Any, messages: Sequence[Message]) -> list[tuple[int, int]]:
    """Of each reply that is learnt, each prefix of the conversation rendered. Raises NotAppendedError."""
    whole, spans = render(tokenizer, messages, reply=False), []
    for index, message in enumerate(messages):
        if message.role != "assistant" or message.weight == 0:
            continue
        before = render(tokenizer, messages[:index], reply=True)
        after = render(tokenizer, messages[: index + 1], reply=False)
        if not (after.startswith(before) and whole.startswith(after)):
            raise NotAppendedError
        turn = after[len(before) :]
        ends_in_mark = turn.rstrip().endswith(tuple(tokenizer.all_special_tokens))
        spans.append((len(before), len(before) + len(turn.rstrip() if ends_in_mark else turn)))
    return spans


def slow_mask(tokenizer: Any, conversation: Conversation) -> list[int]:
    """For each token whether it is trained."""
    spans = slow_spans(tokenizer, conversation.messages)
    text = render(tokenizer, conversation.messages, reply=False)
    ends = [end for _, end in tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]]
    return [0, *(int(any(start < end <= last for start, last in spans)) for end in ends[1:])][: len(ends)]


def begins_before(tokenizer: Any, chat: Conversation, index: int, most: int) -> bool:
    """Whether a reply begins within the first `most` tokens."""
    if chat.messages[index].role != "assistant":
        return False
    text = render(tokenizer, chat.messages, reply=False)
    ends = [end for _, end in tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]]
    return len(render(tokenizer, chat.messages[:index], reply=True)) < ends[:most][-1]


@pytest.mark.parametrize("template", APPENDING.values(), ids=APPENDING)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chat=CHATS, most=st.integers(1, 80))
def test_what_is_trained_is_what_rendering_every_turn_finds(
    make_tokenizer: Callable[..., Any], template: str, chat: Conversation, most: int
) -> None:
    tokenizer = make_tokenizer(template)
    expected = slow_mask(tokenizer, chat)
    assert list(make_example(tokenizer, chat).trained) == expected
    rows = examples(tokenizer, [chat], most).rows
    assert [list(row.trained) for row in rows] == ([expected[:most]] if any(expected[:most]) else [])


@pytest.mark.parametrize("template", REWRITING.values(), ids=REWRITING)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chat=CHATS, most=st.integers(1, 80))
def test_no_text_is_trained_that_the_model_would_not_see(
    make_tokenizer: Callable[..., Any], template: str, chat: Conversation, most: int
) -> None:
    tokenizer = make_tokenizer(template)
    for row in examples(tokenizer, [chat], most).rows:
        before_cut = tuple(
            message if begins_before(tokenizer, chat, index, most) else replace(message, weight=0)
            for index, message in enumerate(chat.messages)
        )
        assert list(row.trained) == slow_mask(tokenizer, replace(chat, messages=before_cut))[:most]


def test_a_template_that_rewrites_behind_the_cut_refuses_no_row(make_tokenizer: Callable[..., Any]) -> None:
    rewrites = EACH.replace("m.content", "('new' if loop.index == 8 and messages|length > 8 else m.content)") + ASK
    tokenizer, chat = make_tokenizer(rewrites), make_conversation(*["box"] * 10)
    assert examples(tokenizer, [chat], 500).refused
    (row,) = examples(tokenizer, [chat], 60).rows
    assert len(row) == 60


@pytest.mark.parametrize("turns", [50, 400])
def test_the_messages_that_are_rendered_grow_with_the_turns_and_not_with_their_square(
    make_tokenizer: Callable[..., Any], turns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokenizer, rendered = make_tokenizer(EACH + ASK), []
    whole = tokenizer.apply_chat_template
    monkeypatch.setattr(
        tokenizer, "apply_chat_template", lambda chat, **rest: rendered.append(len(chat)) or whole(chat, **rest)
    )
    (row,) = examples(tokenizer, [make_conversation(*["hello"] * turns)], 100).rows
    assert (len(row), sum(row.trained) > 5) == (100, True)
    assert sum(rendered) - turns < 200
