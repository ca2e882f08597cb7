from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from harness.errors import UsageError
from harness.testing import make_conversation
from harness.types import Conversation, Message, Source
from harness_transformers.model.loading import Speech
from harness_transformers.training.examples import make_example, make_examples

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
ENDS_IN_SPACE = (
    "{% for m in messages %}{% if m.role == 'user' %}User: {{ m.content }} {% else %}Bot: {{ m.content }}<|im_end|> "
    "{% endif %}{% endfor %}{% if add_generation_prompt %}Bot: {% endif %}"
)
NO_END_MARK = (
    "{% for m in messages %}{{ m.role }}: {{ m.content }}\n\n{% endfor %}"
    "{% if add_generation_prompt %}assistant: {% endif %}"
)
CHAT = make_conversation("hello you", "fine thanks", "secret question", "bye now")


def trained_text(tokenizer: Any, conversation: Conversation) -> list[str]:
    """The runs of trained tokens, as text."""
    example, runs, last = make_example(tokenizer, conversation), [], -2
    for at, (token, trained) in enumerate(zip(example.ids, example.trained, strict=True)):
        if trained:
            runs += [[]] if at != last + 1 else []
            runs[-1].append(token)
            last = at
    return [tokenizer.decode(run, clean_up_tokenization_spaces=False) for run in runs]


@pytest.mark.parametrize("trim_offsets", [False, True])
@pytest.mark.parametrize(
    ("template", "trained"),
    [
        (CHATML, ["fine thanks<|im_end|>", "bye now<|im_end|>"]),
        (ENDS_IN_SPACE, [" fine thanks<|im_end|>", " bye now<|im_end|>"]),
        (NO_END_MARK, [" fine thanks\n\n", " bye now\n\n"]),
    ],
)
def test_only_what_the_assistant_said_is_trained(
    make_tokenizer: Callable[..., Any], template: str, trained: list[str], trim_offsets: bool
) -> None:
    tokenizer = make_tokenizer(template, trim_offsets=trim_offsets)
    assert trained_text(tokenizer, CHAT) == trained


def test_white_space_inside_a_reply_is_trained(make_tokenizer: Callable[..., Any]) -> None:
    chat = make_conversation("hello", "one\n\n  two \n")
    assert trained_text(make_tokenizer(trim_offsets=True), chat) == ["one\n\n  two \n<|im_end|>"]


def test_a_tokenizer_that_drops_white_space_trains_no_user_word(make_tokenizer: Callable[..., Any]) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    words = ["User", "Bot", ":", "hello", "you", "fine", "thanks", "secret", "question", "bye", "now", "<|im_end|>"]
    core = Tokenizer(models.WordLevel({word: at for at, word in enumerate(words)}, unk_token="hello"))
    core.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=core, eos_token="<|im_end|>", chat_template=ENDS_IN_SPACE)
    assert trained_text(tokenizer, CHAT) == ["fine thanks <|im_end|>", "bye now <|im_end|>"]


def test_a_message_of_weight_zero_is_not_trained(make_tokenizer: Callable[..., Any]) -> None:
    first, second, third, fourth = CHAT.messages
    chat = replace(CHAT, messages=(first, replace(second, weight=0), third, replace(fourth, weight=1)))
    assert trained_text(make_tokenizer(), chat) == ["bye now<|im_end|>"]


def test_other_weights_are_refused_by_name(make_tokenizer: Callable[..., Any]) -> None:
    reply = Message("assistant", "fine", weight=0.5)
    chat = Conversation("c1", (CHAT.messages[0], reply), source=Source("chats.jsonl", 3))
    with pytest.raises(UsageError, match=r"'c1' \(chats.jsonl:3\): weight 0.5"):
        make_example(make_tokenizer(), chat)


def test_a_template_that_rewrites_earlier_turns_is_refused(make_tokenizer: Callable[..., Any]) -> None:
    forgets = (
        "{% for m in messages %}{% if m.role == 'user' or loop.last %}{{ m.content }}<|im_end|>{% endif %}{% endfor %}"
    )
    with pytest.raises(UsageError, match="does not render message 2 as a continuation"):
        make_example(make_tokenizer(forgets), CHAT)


def test_a_model_without_a_template_cannot_be_trained_on_chats(make_tokenizer: Callable[..., Any]) -> None:
    with pytest.raises(UsageError, match="no chat template"):
        make_example(make_tokenizer(None), CHAT)


def test_what_a_template_refuses_is_told(make_tokenizer: Callable[..., Any]) -> None:
    strict = "{% for m in messages %}{{ raise_exception('roles must alternate') }}{% endfor %}"
    with pytest.raises(UsageError, match="roles must alternate"):
        make_example(make_tokenizer(strict), CHAT)


def test_conversations_are_cut_and_those_left_with_nothing_to_learn_dropped(make_tokenizer: Callable[..., Any]) -> None:
    tokenizer = make_tokenizer()
    long_reply = make_conversation("hi", "word " * 50)
    long_question = make_conversation("word " * 50, "yes")
    no_reply = make_conversation("hi")
    examples = make_examples(Speech(tokenizer, 512, None), [CHAT, long_reply, long_question, no_reply], max_tokens=60)
    assert (len(examples.rows), examples.dropped, examples.truncated) == (2, 2, 2)
    assert len(examples.rows[1]) == 60


def test_tools_stand_in_the_text_that_is_trained_behind(make_tokenizer: Callable[..., Any]) -> None:
    shows = "{% if tools %}<|im_start|>system\n{{ tools[0].name }}<|im_end|>\n{% endif %}" + CHATML
    tokenizer, chat = make_tokenizer(shows), replace(CHAT, tools=({"name": "weigh"},))
    text = tokenizer.decode(make_example(tokenizer, chat).ids)
    assert text.startswith("<|im_start|>system\nweigh<|im_end|>\n<|im_start|>user\nhello you")
    assert trained_text(tokenizer, chat) == ["fine thanks<|im_end|>", "bye now<|im_end|>"]
