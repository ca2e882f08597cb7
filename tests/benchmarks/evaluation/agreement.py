"""Whether both sides said the same, case by case."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evaluation.ours import Answered
from evaluation.rows import Case, Row


@dataclass(frozen=True)
class Agreement:
    """How far the answers are apart: cases with another choice or reply, and likelihoods or perplexity."""

    cases: int
    differ: int = 0
    log_likelihoods: float | None = None
    perplexity: float | None = None
    accuracy: tuple[float, float] | None = None


def agreement(row: Row, ours: Mapping[str, Answered], theirs: Mapping[str, tuple[str, Answered]]) -> Agreement:
    """Both sides compared. Raises ValueError where one lacks a case or was asked something else."""
    pairs = []
    for number, case in enumerate(row.cases):
        name = f"case-{number}"
        if name not in ours or name not in theirs:
            raise ValueError(f"{row.name}: {name} was answered by one side only")
        asked, answered = theirs[name]
        due = case.reference if row.kind == "perplexity" else row.prompt(case)
        if asked != due:
            raise ValueError(f"{row.name}: {name}: lm-eval was asked {asked[:200]!r}, not {due[:200]!r}")
        pairs.append((ours[name], answered))
    if row.kind == "choice":
        return _choices(row.cases, pairs)
    return _perplexity(pairs) if row.kind == "perplexity" else _replies(pairs)


def _choices(cases: Sequence[Case], pairs: Sequence[tuple[Answered, Answered]]) -> Agreement:
    apart = max(
        abs(one - other)
        for mine, their in pairs
        for one, other in zip(mine.log_likelihoods, their.log_likelihoods, strict=True)
    )
    chosen = [(_best(mine), _best(their)) for mine, their in pairs]
    right = [case.answer for case in cases]
    accuracy = tuple(
        sum(one == at for one, at in zip(side, right, strict=True)) / len(cases) for side in zip(*chosen, strict=True)
    )
    return Agreement(len(cases), sum(one != other for one, other in chosen), apart, accuracy=(accuracy[0], accuracy[1]))


def _perplexity(pairs: Sequence[tuple[Answered, Answered]]) -> Agreement:
    """The relative difference of the perplexities over all documents, per token of ours."""
    tokens = sum(mine.tokens[0] for mine, _ in pairs)
    apart = sum(mine.log_likelihoods[0] - their.log_likelihoods[0] for mine, their in pairs)
    return Agreement(len(pairs), perplexity=abs(math.expm1(apart / tokens)))


def _replies(pairs: Sequence[tuple[Answered, Answered]]) -> Agreement:
    return Agreement(len(pairs), sum(mine.reply != their.reply for mine, their in pairs))


def _best(answered: Answered) -> int:
    return max(range(len(answered.log_likelihoods)), key=answered.log_likelihoods.__getitem__)
