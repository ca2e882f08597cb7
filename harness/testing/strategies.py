"""Hypothesis strategies for what components meet: cases, answers, passages, conversations, in every odd shape.

What they draw could come from a file or a model: a case reads back from its line in a suite file, and half a surrogate
pair occurs in training data alone, since suite files refuse it and stored replies have it replaced.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from harness.types import (
    Answered,
    Case,
    Conversation,
    Kind,
    Likelihood,
    Message,
    Passage,
    Prediction,
    Prompt,
    Source,
)
from harness.types.hashing import content_hash

T = TypeVar("T")

HALF_A_PAIR = "\ud83d"

# A text is a few of these, not of all characters: it is drawn and made smaller faster, and is the same whatever
# version of Unicode Python knows.
_FRAGMENTS = (
    *("a", "yes", "No.", " ", "refund", "It is on its way to you.", "The parcel left our warehouse on Monday. "),
    *(
        "0",
        "1,234.50 €",
        "12 October",
        "ann@example.com",
        "{}",
        '{"team": "refund"}',
        "<b>&amp;",
        "%s{0}",
        "\\",
        '"',
        "-",
    ),
    *("\n", "\t", "\x00", "\u200b", "\ufeff", "\u2028", "\xa0"),  # nothing to see, yet characters
    *("Gru\u0308ße", "GRÜSSE", "\u0301", "İı", "ﬁ①Ⅳ", "𝔸"),  # what folding and normalising change
    *("مرحبا بك", "שלום", "\u202e", "शुभ प्रभात", "你好，世界", "Żółć", "🎉", "👩‍🚀", "👩🏽"),
    "I'm sorry, but I can't help with that. ",
)
_BLANK = ("", " ", " \n\t", "\u200b", "\x00")
_LONG = ("a" * 30_000, "again and " * 2_000, "1234567890 " * 2_000, "🎉" * 10_000)
_ENDINGS = (" is right.", "größe 🎉")
_ROLES = ("user", "assistant", "system", "tool")
_CALL = {"id": "1", "function": {"name": "find", "arguments": "{}"}}
_TOOL = {"type": "function", "function": {"name": "find", "parameters": {"type": "object", "properties": {}}}}
_NATS = (-1.0, -0.0, -0.5, -2.25, -17.5, -1e-9, -1e5)
_TRAITS: Sequence[Mapping[str, Any]] = (
    {},
    {"expect": "answer", "cluster": "one"},
    {"expect": "refuse", "slices": {"topic": "größe 🎉"}},
    {"cluster": "other", "slices": {"topic": "", "größe": "a"}},
)
_SIZES: Sequence[Mapping[str, Any]] = ({}, {}, {"size": {"words": 3}}, {"size": {"bytes": 20, "words": 1}})


@cache
def texts(*, long: bool = True, surrogates: bool = False) -> SearchStrategy[str]:
    """A text as people and models write them: words, odd characters, empty, blank, and now and then very long."""
    words = st.lists(_one_of(_FRAGMENTS), max_size=4).map("".join)
    halves = (HALF_A_PAIR, f"a{HALF_A_PAIR}") if surrogates else ()
    # Long ones take time wherever they go, so there are few.
    return words | words | _one_of((*_BLANK, *halves, *_BLANK, *(_LONG if long else ())))


@cache
def prompts() -> SearchStrategy[Prompt]:
    """What is asked: one message, several turns with a system message or a tool's, or a raw string."""
    chats = st.builds(_chat, st.lists(texts(), min_size=1, max_size=3), _one_of(("user", "tool")), st.booleans())
    return chats | texts()


@cache
def cases(reads: Kind = "text") -> SearchStrategy[Case]:
    """A case that holds what `reads` needs.

    Else with no reference, one or two, one right choice, two or none, with follow-ups, slices and a cluster.
    """
    least = 1 if reads == "log-likelihood" else 0
    bare = st.builds(
        _case,
        prompts(),
        st.lists(texts(long=False), min_size=least, max_size=least + 2),
        st.lists(texts(), max_size=2) if reads == "text" else st.just([]),
        _one_of(_TRAITS),
        _one_of(_SIZES) if reads == "log-likelihood" else st.just({}),
    )
    chosen = st.builds(_with_choices, bare, _choices(), st.integers(0, 3), st.booleans(), st.booleans())
    drawn = chosen if reads == "choice" else bare | chosen if reads == "text" else bare
    return drawn.map(_named)


def answered(reads: Kind = "text", of: SearchStrategy[Case] | None = None) -> SearchStrategy[Answered]:
    """A case, drawn from `of` where that is given, with what a model may answer: right, nearly right, or anything."""
    return _answered(reads, of if of is not None else cases(reads))


@cache
def passages() -> SearchStrategy[Passage]:
    """A text to check, with the case it replies to or without one; a text of training data has none."""
    training = st.builds(_training, st.integers(0, 999), texts(surrogates=True), prompts())
    replied = st.builds(_reply, st.integers(0, 999), answered())
    return replied | training


@cache
def conversations() -> SearchStrategy[Conversation]:
    """Training data of every kind: turns in order or out of it, tools, weights, preference data, no message at all."""
    text = texts(surrogates=True)
    in_turn = st.lists(text, max_size=4).map(lambda turns: tuple(map(Message, ("user", "assistant") * 2, turns)))
    any_order = st.lists(_messages(), max_size=3).map(tuple)
    return st.builds(
        Conversation,
        st.integers(0, 999).map("conversation-{}".format),
        in_turn | any_order,
        _one_of(({}, {"topic": "größe 🎉"}, {"topic": "", "size": HALF_A_PAIR})),
        st.just(()) | st.tuples(st.tuples(_messages())),
        _one_of((None, "true", "")),
        _one_of((None, Source("talk.jsonl", 1), Source("größe.csv", 7))),
        _one_of(((), (_TOOL,))),
    )


def _one_of(values: Sequence[T]) -> SearchStrategy[T]:
    """One of the values, the earlier the simpler. `sampled_from` would print them all where something fails."""
    return st.integers(0, len(values) - 1).map(values.__getitem__)


@cache
def _choices() -> SearchStrategy[list[str]]:
    return st.lists(_one_of([text for text in _FRAGMENTS if text.strip()]), min_size=2, max_size=4, unique=True)


@cache
def _messages() -> SearchStrategy[Message]:
    plain = st.builds(Message, _one_of(_ROLES), texts(surrogates=True))
    others = (
        {"weight": 0.0},
        {"name": "ann", "weight": 1.0},
        {"tool_calls": (_CALL,)},
        {"extra": {"audio": {"id": 1}}},
    )
    return plain | st.builds(lambda one, other: replace(one, **other), plain, _one_of(others))


@cache
def _answered(reads: Kind, drawn_cases: SearchStrategy[Case]) -> SearchStrategy[Answered]:
    samples = st.lists(_samples(reads), min_size=1, max_size=3 if reads == "text" else 1)
    return st.builds(_answer, drawn_cases, st.just(reads), samples)


def _samples(reads: Kind) -> SearchStrategy[tuple[int, Sequence[str], Sequence[Likelihood], bool]]:
    """Which right answer is given, what is said in its place and to follow-ups, how likely choices are, how it ends."""
    right = st.integers(-1, 7)
    if reads == "text":
        return st.tuples(right, st.lists(texts(), min_size=1, max_size=2), st.just([]), st.booleans())
    likelihoods = st.lists(st.builds(Likelihood, _one_of(_NATS), st.integers(1, 40)), min_size=1, max_size=4)
    in_numbers = st.tuples(right, st.just([""]), likelihoods, st.just(False))
    if reads == "log-likelihood":
        return in_numbers
    return (
        in_numbers
        | in_numbers
        | st.tuples(right, st.lists(texts(), min_size=1, max_size=1), st.just([]), st.just(False))
    )


def _chat(turns: Sequence[str], last: str, system: bool) -> Prompt:
    """The turns of a chat whose last message is not the assistant's."""
    roles = [last if len(turns) > 1 else "user", "assistant", "user"]
    messages = [Message(role, text) for role, text in zip(roles, turns, strict=False)][::-1]
    return (*([Message("system", turns[0])] if system else []), *messages)


def _case(
    prompt: Prompt,
    references: Sequence[str],
    follow_ups: Sequence[str],
    traits: Mapping[str, Any],
    size: Mapping[str, Any],
) -> Case:
    return Case("", prompt, tuple(follow_ups), tuple(references), **traits, **size)


def _with_choices(case: Case, choices: Sequence[str], right: int, several: bool, ending: bool) -> Case:
    count = len(choices)
    if ending and isinstance(case.prompt, str):
        case = replace(case, ending=_ENDINGS[right % len(_ENDINGS)])
    positions = tuple(dict.fromkeys((right % count, (right + 1) % count))) if several else ()
    return replace(case, choices=tuple(choices), answer=choices[right % count], answers=positions)


def _named(case: Case) -> Case:
    return replace(case, id=f"case-{case.content[:12]}")


def _answer(
    case: Case, reads: Kind, samples: Sequence[tuple[int, Sequence[str], Sequence[Likelihood], bool]]
) -> Answered:
    known = (*case.references, *case.choices)
    predictions = []
    for number, (right, said, drawn, cut) in enumerate(samples):
        count = len(case.choices) if reads == "choice" else 1
        likelihoods = [drawn[at % len(drawn)] for at in range(count)] if drawn else []
        # An answer that is right or nearly, where there is one to know
        last = _spelt(known, right) if right >= 0 and known else said[-1]
        turns = [said[at % len(said)] for at in range(len(case.follow_ups))]
        replies = () if likelihoods else (*turns, last)
        key = f"{content_hash([case.content, reads])}:{number}"
        ends = "length" if cut else "stop"
        predictions.append(Prediction(key, case.content, reads, number, replies, tuple(likelihoods), ends))
    return Answered(case, tuple(predictions))


def _spelt(known: Sequence[str], right: int) -> str:
    """One of the known answers: word for word, its first half, or in capitals between white space."""
    text = known[right % len(known)]
    return (text, text[: len(text) // 2], f" {text.upper()}\n")[right // 3]


def _training(number: int, text: str, prompt: Prompt) -> Passage:
    return Passage(f"training-{number}", text, "training", prompt)


def _reply(number: int, one: Answered) -> Passage:
    return Passage(f"reply-{number}", "\n".join(one.predictions[0].replies), "reply", one.case.prompt, one.case)
