"""The rows of the table: which cases are asked, how they are answered, and what was promised of them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from evaluation.texts import TOPICS, Problem, Texts

LETTERS = ("A", "B", "C", "D")
EXAMPLES = 5

Kind: TypeAlias = Literal["choice", "generate", "perplexity"]


class Tokenizer(Protocol):
    """What is needed of `tokenizers.Tokenizer`."""

    def encode(self, text: str) -> Encoding: ...


class Encoding(Protocol):
    """The ids of a text and the characters each stands for."""

    ids: list[int]
    offsets: list[tuple[int, int]]


@dataclass(frozen=True)
class Case:
    """A prompt as it is sent, with the choices after it, or the text whose perplexity is asked."""

    prompt: str
    choices: tuple[str, ...] = ()
    answer: int = 0
    reference: str = ""

    @property
    def solved(self) -> str:
        return self.prompt + self.choices[self.answer]


@dataclass(frozen=True)
class Row:
    """Cases of one kind; `examples` stand solved before each. `ratio`: how many times as fast ours has to be."""

    name: str
    title: str
    kind: Kind
    cases: tuple[Case, ...]
    examples: tuple[Case, ...] = ()
    stop: tuple[str, ...] = ()
    max_new_tokens: int = 0
    ratio: float | None = None

    def prompt(self, case: Case) -> str:
        """The whole prompt, the examples included, separated as lm-eval separates them."""
        return "\n\n".join([*(example.solved for example in self.examples), case.prompt])


def answers(texts: Texts, count: int) -> Row:
    """A problem with its first step, and four results."""
    return Row("zero-shot", "4 choices, zero-shot", "choice", tuple(_results(texts, 0, count)), ratio=4)


def endings(texts: Texts, count: int) -> Row:
    """A problem with its first step, and four second steps: choices a quarter as long as what they share."""
    draw, problems = random.Random(2), texts.problems[:count]
    seconds = [f" {problem.steps[min(1, len(problem.steps) - 1)]}" for problem in texts.problems]
    cases = [Case(_begun(one), *_among(seconds[at], seconds, 4, draw)) for at, one in enumerate(problems)]
    return Row("endings", "4 long endings, zero-shot", "choice", tuple(cases))


def letters(texts: Texts, count: int) -> Row:
    """The four results listed in the prompt, and their letters as choices: one token each, as in MMLU."""
    cases = []
    for case in _results(texts, 0, count):
        listed = "\n".join(f"{letter}.{choice}" for letter, choice in zip(LETTERS, case.choices, strict=True))
        prompt = f"{case.prompt.removesuffix('Answer:')}{listed}\nAnswer:"
        cases.append(Case(prompt, tuple(f" {letter}" for letter in LETTERS), case.answer))
    return Row("letters", "4 letters, zero-shot", "choice", tuple(cases))


def examples(texts: Texts, count: int) -> Row:
    """The same behind five solved ones, which all cases share."""
    shown, *asked = [tuple(_results(texts, *part)) for part in ((0, EXAMPLES), (EXAMPLES, count))]
    return Row("few-shot", "4 choices, 5-shot", "choice", asked[0], examples=shown, ratio=10)


def intents(texts: Texts, count: int) -> Row:
    """A customer's message, and ten topics, which the prompt lists."""
    frequent = Counter(topic for _, topic in texts.messages).most_common(TOPICS)
    topics = sorted(topic for topic, _ in frequent)
    head = f"Name the topic of the customer's message. Topics: {', '.join(topics)}.\n\nMessage: "
    about = [(message, topic) for message, topic in dict.fromkeys(texts.messages) if topic in topics]
    random.Random(3).shuffle(about)
    choices = tuple(f" {topic}" for topic in topics)
    cases = [Case(f"{head}{message}\nTopic:", choices, topics.index(topic)) for message, topic in about[:count]]
    return Row("intents", "10 intents", "choice", tuple(cases), ratio=8)


def replies(texts: Texts, count: int, template: str, stop: Sequence[str], max_new_tokens: int) -> Row:
    """An instruction, and a reply that ends by itself, at a stop string or at the limit."""
    cases = tuple(
        Case(template.format(instruction)) for instruction in tuple(dict.fromkeys(texts.instructions))[:count]
    )
    return Row(
        "generation",
        "replies of mixed length",
        "generate",
        cases,
        stop=tuple(stop),
        max_new_tokens=max_new_tokens,
        ratio=2,
    )


def documents(texts: Texts, count: int, tokenizer: Tokenizer, longest: int = 1_000) -> Row:
    """Pieces of prose of 30 tokens to `longest`, as many of each order of magnitude."""
    draw, found, rest = random.Random(4), [], texts.prose * 4
    for _ in range(count):
        size = int(30 * (longest / 30) ** draw.random())
        found.append(_cut(rest, size, tokenizer))
        rest = rest[len(found[-1]) :]
    cases = tuple(Case("", reference=text.strip()) for text in found)
    return Row("perplexity", "perplexity of documents", "perplexity", cases, ratio=1.5)


def wide_documents(count: int, words: int, tokens: int) -> Row:
    """Documents that fill the context, of a vocabulary of whole words `w0`, `w1` and so on."""
    draw = random.Random(5)
    cases = tuple(
        Case("", reference=" ".join(f"w{draw.randrange(words)}" for _ in range(tokens))) for _ in range(count)
    )
    return Row("wide", f"perplexity, {tokens + 1:,} tokens", "perplexity", cases)


ChoiceRow: TypeAlias = Callable[[Texts, int], Row]
CHOICE_ROWS: dict[str, ChoiceRow] = {
    "zero-shot": answers,
    "endings": endings,
    "letters": letters,
    "few-shot": examples,
    "intents": intents,
}


def _begun(problem: Problem) -> str:
    return f"Question: {problem.question}\nSolution: {problem.steps[0]}"


def _results(texts: Texts, start: int, count: int) -> list[Case]:
    draw, results = random.Random(1), [f" {problem.result}" for problem in texts.problems]
    return [
        Case(f"{_begun(one)}\nAnswer:", *_among(f" {one.result}", results, 4, draw))
        for one in texts.problems[start : start + count]
    ]


def _among(right: str, others: Sequence[str], count: int, draw: random.Random) -> tuple[tuple[str, ...], int]:
    """The right one among `count` different choices, and its place."""
    chosen = [right]
    while len(chosen) < count:
        other = draw.choice(others)
        if other not in chosen:
            chosen.append(other)
    draw.shuffle(chosen)
    return tuple(chosen), chosen.index(right)


def _cut(text: str, tokens: int, tokenizer: Tokenizer) -> str:
    """The first so many tokens of a text, to the end of a word."""
    start = text[: 12 * tokens]
    ends = [end for _, end in tokenizer.encode(start).offsets]
    end = ends[min(tokens, len(ends)) - 1]
    return start[: start.rfind(" ", 0, end) + 1] or start[:end]
