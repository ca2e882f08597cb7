"""What the modules of the languages are made of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Phrases:
    """What tells a refusal in one language: patterns for one sentence in lower case, with single blanks.

    refusals      say that the request is not met; they begin in the opening of a reply
    disapprovals  say that what is asked for is not right; so do they
    norms         say what is right or wrong: a lecture begins so, unless it gives `reasons`, as an answer does
    lectures      go on with it: advice, help lines, offers
    assents       begin a reply that does what it is asked for, unless `reservations` come in its opening
    salutations   begin a letter, which says what it was asked to say
    figures       stand in answers: numbers, and colons with something after them
    turns         begin an answer after a refusal, of `answer` characters at least, unless one leads `elsewhere`
    nothing       says that there is no such thing, which is an answer, too
    bare          are whole replies of which nobody can tell without the question
    same          are characters that are written in two ways, with the one that stands in the patterns
    """

    refusals: re.Pattern[str]
    disapprovals: re.Pattern[str]
    norms: re.Pattern[str]
    lectures: re.Pattern[str]
    assents: re.Pattern[str]
    reservations: re.Pattern[str]
    salutations: re.Pattern[str]
    figures: re.Pattern[str]
    reasons: re.Pattern[str]
    turns: re.Pattern[str]
    elsewhere: re.Pattern[str]
    nothing: re.Pattern[str]
    bare: frozenset[str]
    same: Mapping[int, int] = field(default_factory=dict)
    opening: int = 300
    answer: int = 40


def beginning(*alternatives: str) -> re.Pattern[str]:
    """One pattern of all of them, tried where a word begins: each must begin with one, which saves most of the time."""
    return re.compile(rf"\b(?:{either(*alternatives).pattern})")


def either(*alternatives: str) -> re.Pattern[str]:
    """One pattern of all of them."""
    return re.compile("|".join(f"(?:{alternative})" for alternative in alternatives))
