"""What a metric needs of a case, or an error that names the case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.types import Case


def references(case: Case) -> tuple[str, ...]:
    """The references of the case; raises ValueError where it has none."""
    if not case.references:
        raise ValueError(f"case {case.id!r} has no references; a text or likelihood metric needs at least one")
    return case.references


def answer(case: Case) -> str:
    """The right choice of the case; raises ValueError where it has none."""
    if case.answer is None:
        raise ValueError(f"case {case.id!r} has no answer; a classification metric needs one of its choices as answer")
    return case.answer


def label(case: Case) -> str:
    """The one right label of the case; raises ValueError where positions say what is right: labels cannot say it."""
    if case.answers:
        raise ValueError(f"case {case.id!r} has `answers`; precision, recall and F1 need one label, its `answer`")
    return answer(case)


def never_answers(cases: Sequence[Case]) -> Iterator[str]:
    """The choices that every case offers and none has as its answer; where choices differ they are no labels."""
    offered = {case.choices for case in cases}
    if len(offered) != 1:
        return
    (choices,) = offered
    right = {case.answer for case in cases} | {case.choices[at] for case in cases for at in case.answers}
    yield from (f"choice {choice!r} is never an answer" for choice in choices if choice not in right)
