"""What people write, held to what can be stored: JSON values, numbers that are finite, text that is text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any, TypeAlias

Place: TypeAlias = tuple[Any, ...]
"""The keys and positions that lead to a value."""

_MOST = 2**63 - 1  # of a whole number, as the store and libraries in C have them
_DEEPEST = 60


def oddities(value: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """What nothing later can take, with where it stands and what would work."""
    if len(place) > _DEEPEST:
        yield place[:3], f"is nested more than {_DEEPEST} deep"
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if isinstance(key, str):
                yield from _odd_text(key, (*place, key))
                yield from oddities(inner, (*place, key))
            else:
                yield place, f"has the key {key!r}, which is no text; put it in quotes"
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from oddities(inner, (*place, index))
    elif isinstance(value, str):
        yield from _odd_text(value, place)
    elif isinstance(value, int | float):
        yield from _odd_number(value, place)
    elif value is not None:
        yield place, f"is a {type(value).__name__}, {value!r}; write it as text, in quotes"


def _odd_text(text: str, place: Place) -> Iterator[tuple[Place, str]]:
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        yield place, f"holds half a surrogate pair, which is no text; write the character itself: {text[:40]!r}"


def _odd_number(number: float, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(number, int):
        if abs(number) > _MOST:
            digits = len(str(number)) if number.bit_length() < 10_000 else "thousands of"
            yield place, f"is too large a number, of {digits} digits; the largest is {_MOST}"
    elif not isfinite(number):
        yield place, f"is {number}; write a finite number"
