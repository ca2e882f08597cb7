"""What is said of training rows before they are trained on, for templates of several families' manners."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tiny_llama import CHATML

from harness.errors import UsageError
from harness.testing import make_conversation, make_conversation_set
from harness.types import Conversation, Message, ModelReference, Source, TrainRequest
from harness_transformers.model.loading import Speech
from harness_transformers.training.lessons import make_lessons
from harness_transformers.training.remarks import remarks_on

TURN = "<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n"
ASK = "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
PLAIN = "{% for m in messages %}" + TURN + "{% endfor %}" + ASK
NO_TOOL_ROLE = (
    "{% for m in messages %}{% if m.role == 'tool' %}{{ raise_exception('tools are not spoken to') }}{% endif %}"
    + TURN
    + "{% endfor %}"
    + ASK
)
ALTERNATES = (
    "{% for m in messages %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('roles must alternate') }}{% endif %}" + TURN + "{% endfor %}" + ASK
)
COUNTS = "{{ messages | length }} turns\n" + PLAIN
HIDES_EARLIER = (
    "{% for m in messages %}{% if m.role == 'assistant' and not loop.last %}"
    "<|im_start|>assistant\n{{ m.content.split('</think>')[-1] }}<|im_end|>\n{% else %}"
    + TURN
    + "{% endif %}{% endfor %}"
) + ASK
FINAL_MARK = (
    "{% for m in messages %}"
    + TURN
    + "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% else %}<|endoftext|>{% endif %}"
)
NO_MARK = (
    "{% for m in messages %}{{ m.role }}> {{ m.content }}\n{% endfor %}"
    "{% if add_generation_prompt %}assistant> {% endif %}"
)
OTHER_MARK = PLAIN.replace("<|im_end|>", "<|endoftext|>")


def chat(line: int, *turns: str, system: str | None = None) -> Conversation:
    made = make_conversation(*turns, system=system)
    return Conversation(f"row-{line}", made.messages, source=Source("/far/away/chats.jsonl", line))


def request(train: list[Conversation], validation: list[Conversation] | None = None) -> TrainRequest:
    sets = (make_conversation_set(rows) for rows in (train, validation or []))
    return TrainRequest(ModelReference("tiny"), *sets, folder=Path("unused"))


@pytest.fixture
def said(make_tokenizer: Callable[..., Any], tmp_path: Path) -> Callable[..., list[str]]:
    """The remarks on rows, whose model stops at `ends`."""

    def make(template: str, *sets: list[Conversation], max_tokens: int = 60, ends: Any = 2, step: int = 1) -> list[str]:
        tokenizer = make_tokenizer(template)
        (tmp_path / "generation_config.json").write_text(json.dumps({"eos_token_id": ends}))
        lessons = make_lessons(Speech(tokenizer, 512, None), request(*sets), max_tokens)
        return [remark.text for remark in remarks_on(lessons, tmp_path, max_tokens, step)]

    return make


def refusal(
    tokenizer: Any,
    rows: list[Conversation],
    validation: list[Conversation] | None = None,
    *,
    context: int = 512,
    known: int | None = None,
) -> str:
    with pytest.raises(UsageError) as raised:
        make_lessons(Speech(tokenizer, context, known), request(rows, validation), 60)
    return str(raised.value)


GOOD = chat(1, "hello", "good morning")


def test_rows_that_are_whole_are_counted_and_nothing_else_is_said(said: Callable[..., list[str]]) -> None:
    assert said(PLAIN, [GOOD, chat(2, "bye", "see you")], [chat(3, "hi", "yes")]) == [
        "2 of 2 rows to train on, 1 of 1 to validate on"
    ]


@pytest.mark.parametrize(
    ("template", "row", "reason"),
    [
        (NO_TOOL_ROLE, chat(8, "hi", "ok"), "tools are not spoken to"),
        (ALTERNATES, chat(8, "hi", "ok", system="Be kind."), "roles must alternate"),
        ("{{ messages[0].content | no_such_filter }}", chat(8, "hi", "ok"), "no_such_filter"),
    ],
)
def test_a_row_that_the_template_refuses_is_named_by_file_and_line(
    template: str, row: Conversation, reason: str, make_tokenizer: Callable[..., Any]
) -> None:
    if template == NO_TOOL_ROLE:
        row = Conversation("row-8", (*row.messages, Message("tool", "4"), Message("assistant", "4")), source=row.source)
    text = refusal(make_tokenizer(template), [row])
    assert text.startswith("/far/away/chats.jsonl:8: the model's chat template refuses these messages: ")
    assert reason in text
    assert text.endswith("(1 of 1 rows: chats.jsonl:8)")


def test_all_rows_of_both_sets_are_counted_before_any_is_refused(make_tokenizer: Callable[..., Any]) -> None:
    bad = [chat(line, "hi", "ok", system="Be kind.") for line in (4, 7, 9, 11, 12)]
    text = refusal(make_tokenizer(ALTERNATES), [GOOD, *bad[:4]], [bad[4]])
    assert text.endswith("(5 of 6 rows: chats.jsonl:4, chats.jsonl:7, chats.jsonl:9 …)")


@pytest.mark.parametrize("template", [HIDES_EARLIER, FINAL_MARK])
def test_where_the_last_reply_could_be_trained_that_is_a_way_out(
    template: str, make_tokenizer: Callable[..., Any]
) -> None:
    row = chat(5, "hello", "<think>hm</think>fine", "and now", "bye")
    text = refusal(make_tokenizer(template), [row])
    assert "chats.jsonl:5: the chat template does not render message 2 as a continuation" in text
    assert "write one example a reply, set `weight: 0` on earlier replies, or use another template" in text
    first, second, third, fourth = row.messages
    alone = Conversation("alone", (first, Message("assistant", second.content, weight=0), third, fourth))
    assert make_lessons(Speech(make_tokenizer(template), 512, None), request([alone]), 60).train.total == 1


def test_where_no_reply_could_be_trained_only_another_template_helps(make_tokenizer: Callable[..., Any]) -> None:
    text = refusal(make_tokenizer(COUNTS), [chat(5, "hello", "fine")])
    assert "use another template: neither one example a reply nor `weight: 0` on earlier replies helps here" in text


@pytest.mark.parametrize("weight", [0.5, 2, -0.0001])
def test_a_weight_that_cannot_be_trained_is_refused_by_line(weight: float, make_tokenizer: Callable[..., Any]) -> None:
    row = Conversation("w", (Message("user", "hi"), Message("assistant", "yes", weight=weight)), source=Source("w", 3))
    assert refusal(make_tokenizer(PLAIN), [row]).startswith(f"w:3: weight {weight!r} of a message must be 0 or 1")


LONG = "word " * 60
TOOL = {"type": "function", "function": {"name": "weigh", "parameters": {"type": "object"}}}
CALL = {"type": "function", "function": {"name": "weigh", "arguments": {"parcel": 7}}}
SHOWS_TOOLS = "{% if tools %}<|im_start|>system\n{{ tools | tojson }}<|im_end|>\n{% endif %}" + PLAIN
SHOWS_CALLS = SHOWS_TOOLS.replace(
    "{{ m.content }}", "{{ m.content }}{% for c in m.tool_calls or [] %}{{ c.function.name }}{% endfor %}"
)


def weighing(line: int) -> Conversation:
    asked, called = Message("user", "How heavy?"), Message("assistant", "", tool_calls=(CALL,))
    told, said = Message("tool", "4 kg"), Message("assistant", "It is 4 kg.")
    return Conversation(f"row-{line}", (asked, called, told, said), source=Source("chats.jsonl", line), tools=(TOOL,))


@pytest.mark.parametrize(
    ("template", "untold"),
    [
        (
            PLAIN,
            ["have tools, which the chat template does not render", "call tools, which the chat template does not"],
        ),
        (SHOWS_TOOLS, ["2 of 3 rows to train on call tools, which the chat template does not render"]),
        (SHOWS_CALLS, []),
    ],
)
def test_tools_that_the_template_leaves_out_are_told_once(
    template: str, untold: list[str], said: Callable[..., list[str]]
) -> None:
    remarks = [one for one in said(template, [GOOD, weighing(2), weighing(3)], max_tokens=400)[1:] if "tool" in one]
    assert len(remarks) == len(untold)
    assert all(part in remark for part, remark in zip(untold, remarks, strict=True))


def test_a_row_longer_than_the_context_is_refused_and_one_that_is_cut_to_it_is_not(
    make_tokenizer: Callable[..., Any],
) -> None:
    text = refusal(make_tokenizer(PLAIN), [GOOD, chat(2, "hi", LONG)], context=59)
    assert text.startswith("/far/away/chats.jsonl:2: is longer than the model's context; set max_tokens to 59 or less")
    assert (
        len(make_lessons(Speech(make_tokenizer(PLAIN), 60, None), request([chat(2, "hi", LONG)]), 60).train.rows) == 1
    )


@pytest.mark.parametrize("word", ["<parcel>", "<kg>", "<route>"])
def test_a_row_with_a_token_that_the_model_has_no_weights_for_is_refused(
    word: str, make_tokenizer: Callable[..., Any]
) -> None:
    tokenizer = make_tokenizer(PLAIN)
    known = len(tokenizer)
    tokenizer.add_tokens(["<parcel>", "<kg>", "<route>"])
    text = refusal(tokenizer, [GOOD, chat(7, "hi", f"take {word} now")], known=known)
    assert text.startswith(f"/far/away/chats.jsonl:7: the token {word!r} (id ")


def test_what_max_tokens_cuts_and_drops_is_counted_and_named(said: Callable[..., list[str]]) -> None:
    train = [GOOD, chat(2, "hi", LONG), chat(3, LONG, "yes"), chat(4, LONG, "no"), chat(5, "hi")]
    assert said(PLAIN, train, [chat(6, LONG, "no")]) == [
        "2 of 5 rows to train on, 0 of 1 to validate on",
        "1 of 5 rows to train on have no assistant turn to learn: chats.jsonl:5",
        "2 of 5 rows to train on are left out, because what is to be learnt lies beyond their first 60 tokens "
        "(max_tokens): chats.jsonl:3, chats.jsonl:4",
        "1 of 5 rows to train on are cut to their first 60 tokens (max_tokens), so how they end is not learnt: "
        "chats.jsonl:2",
        "1 of 1 rows to validate on are left out, because what is to be learnt lies beyond their first 60 tokens "
        "(max_tokens): chats.jsonl:6",
        "no row is left to validate on: the training does not stop early, and its last step is taken",
    ]


@pytest.mark.parametrize("reply", ["", "\n", " \n\n ", "\u200b", "\ufeff\n"])
def test_a_row_that_trains_no_word_is_told(reply: str, said: Callable[..., list[str]]) -> None:
    assert said(PLAIN, [GOOD, chat(2, "hi", reply)])[1:] == [
        "1 of 2 rows to train on train no word, only how a reply ends: chats.jsonl:2"
    ]


@pytest.mark.parametrize(
    ("template", "ends", "words"),
    [
        (NO_MARK, 2, "the chat template ends a reply with no end mark"),
        (NO_MARK, [0, 2], "use a template that writes '<|endoftext|>', '<|im_end|>' behind each reply"),
        (OTHER_MARK, 2, "replies are trained to end in '<|endoftext|>', but the model stops at '<|im_end|>' alone"),
    ],
)
def test_a_template_that_does_not_teach_to_stop_is_told_once(
    template: str, ends: Any, words: str, said: Callable[..., list[str]]
) -> None:
    (remark,) = said(template, [GOOD, chat(2, "bye", "see you")], ends=ends)[1:]
    assert words in remark


@pytest.mark.parametrize(("template", "ends"), [(OTHER_MARK, [0, 2]), (FINAL_MARK, 2), (FINAL_MARK, 0)])
def test_a_template_that_teaches_to_stop_is_not_warned_of(
    template: str, ends: Any, said: Callable[..., list[str]]
) -> None:
    assert len(said(template, [GOOD], ends=ends)) == 1


def test_a_step_larger_than_the_data_is_told(said: Callable[..., list[str]]) -> None:
    assert said(PLAIN, [GOOD], step=2)[1:] == [
        "a step of 2 rows (batch_size × accumulate) is larger than the data: each step is one pass over all 1"
    ]
    assert len(said(PLAIN, [GOOD], step=1)) == 1


def test_what_would_help_is_told_where_nothing_is_left_to_train_on(make_tokenizer: Callable[..., Any]) -> None:
    tokenizer = make_tokenizer(CHATML)
    question = Conversation(id="1", messages=(Message("user", "hello"),))
    long = chat(2, "hello " * 90, "good morning")
    assert refusal(tokenizer, [question]) == (
        "training: none of 1 conversations has an assistant turn to learn from; look at their roles and weights"
    )
    assert refusal(tokenizer, [question, long]) == (
        "training: none of 2 conversations has an assistant turn to learn from within the first 60 tokens; "
        "raise max_tokens for 1 of them; 1 have none at all, look at their roles and weights"
    )
