"""What of a reply counts as the answer: steps such as a regular expression, applied one after the other.

A step maps all samples of a case to the texts that are scored; `first` and `majority` pick one of them. The steps do
what the filters of lm-evaluation-harness do.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any, TypeAlias, get_type_hints

from harness.documents.patterns import Pattern
from harness.errors import did_you_mean
from harness.types import Answered, Case

Written: TypeAlias = str | dict[str, Any]
"""A step as a suite writes it: its name, or `{use: name, option: value}`."""
Step: TypeAlias = Callable[[Sequence[str], Case], Sequence[str]]

INVALID = "[invalid]"


class Extraction:
    """The answer in each reply, by the steps; raises ValueError where a step is unknown or written wrongly."""

    def __init__(self, steps: Sequence[Written]) -> None:
        self._steps = [_step(index, step) for index, step in enumerate(steps)]

    def __call__(self, answered: Answered) -> Sequence[str]:
        texts: Sequence[str] = answered.texts
        for step in self._steps:
            texts = step(texts, answered.case)
        return texts

    def of_choice(self, answered: Answered) -> Answered:
        """The answer with what was found in its reply as the reply; likelihoods stay what they are."""
        if not self._steps or answered.likelihoods:
            return answered
        first = replace(answered.predictions[0], replies=tuple(self(answered)[:1]))
        return replace(answered, predictions=(first,))


def _step(index: int, written: Written) -> Step:
    options = {"use": written} if isinstance(written, str) else dict(written)
    name = str(options.pop("use", ""))
    where = f"extract[{index}]"
    if name not in _STEPS:
        raise ValueError(f"{where}: unknown step {name!r}{did_you_mean(name, _STEPS)}; known: {', '.join(_STEPS)}")
    for key, value in options.items():
        _check(f"{where}: {name}", key, value, get_type_hints(_STEPS[name]))
    try:
        return _STEPS[name](**options)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{where}: {name}: {error}") from error


def _check(where: str, key: str, value: Any, types: Mapping[str, Any]) -> None:
    from pydantic import TypeAdapter, ValidationError

    known = [name for name in types if name != "return"]
    if key not in known:
        hint, listed = did_you_mean(key, known), ", ".join(known) or "none"
        raise ValueError(f"{where}: unknown option {key!r}{hint}; options: {listed}")
    try:
        TypeAdapter(types[key]).validate_python(value, strict=True)
    except ValidationError as error:
        raise ValueError(f"{where}: {key}: {error.errors()[0]['msg'].lower()}, got {value!r}") from error


def _each(change: Callable[[str], str]) -> Step:
    return lambda texts, case: [change(text) for text in texts]


def _strip() -> Step:
    return _each(str.strip)


def _lowercase() -> Step:
    return _each(str.lower)


def _uppercase() -> Step:
    return _each(str.upper)


def _map(values: Mapping[str, str], default: str = "") -> Step:
    return _each(lambda text: str(values.get(text, default)))


def _regex(pattern: str, match: int = 0, fallback: str = INVALID) -> Step:
    """The first group that is not empty (the whole, without groups) of one match; -1 is the last match."""
    return _each(partial(_matched, Pattern(pattern), match, fallback))


def _matched(regex: Pattern | re.Pattern[str], match: int, fallback: str, text: str) -> str:
    try:
        found = regex.findall(text)[match]
    except IndexError:
        return fallback
    groups = found if isinstance(found, tuple) else (found,)
    return str(next((group for group in groups if group), fallback if len(groups) > 1 else "")).strip()


def _choice_letter(
    pattern: str,
    match: int = 0,
    fallback: str = INVALID,
    ignore_case: bool = False,
    ignore_punctuation: bool = False,
    regexes_to_ignore: Sequence[str] = (),
) -> Step:
    """The letter in brackets, "(B)", of what the pattern finds, of the choice that is spelt, or of ": B"."""
    regex, ignored = Pattern(pattern), [Pattern(one) for one in regexes_to_ignore]

    def bare(text: str) -> str:
        for one in ignored:
            text = one.sub("", text)
        text = text.lower() if ignore_case else text
        return text.translate(_every_punctuation()) if ignore_punctuation else text

    def letter(text: str, case: Case) -> str:
        letters = {chr(ord("A") + at): bare(choice.strip()) for at, choice in enumerate(case.choices)}
        bracketed = {choice: f"({name})" for name, choice in letters.items()}
        spelt = re.compile("|".join(sorted(map(re.escape, letters.values()), key=len, reverse=True)))
        found = _matched(regex, match, "", text)
        said = _matched(spelt, match, "", bare(text))
        named = _matched(re.compile(rf":[\s]*({'|'.join(letters)})"), match, "", text)
        return found or bracketed.get(said, said) or (f"({named})" if named else "") or fallback

    return lambda texts, case: [letter(text, case) for text in texts]


@cache
def _every_punctuation() -> Mapping[int, None]:
    return dict.fromkeys(i for i in range(sys.maxunicode) if unicodedata.category(chr(i)).startswith("P"))


def _first() -> Step:
    return lambda texts, case: texts[:1]


def _first_k(k: int) -> Step:
    if k < 1:
        raise ValueError(f"k must be 1 or more, not {k!r}")
    return lambda texts, case: texts[:k]


def _majority() -> Step:
    """The most frequent one; the earliest of equally frequent ones."""
    return lambda texts, case: [Counter(texts).most_common(1)[0][0]]


_STEPS: Mapping[str, Callable[..., Step]] = {
    "regex": _regex,
    "choice-letter": _choice_letter,
    "map": _map,
    "strip": _strip,
    "lowercase": _lowercase,
    "uppercase": _uppercase,
    "first": _first,
    "first-k": _first_k,
    "majority": _majority,
}
