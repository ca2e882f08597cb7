"""What a metric needs of a case, or an error that names the case."""

from __future__ import annotations

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
