"""JSON that people write, read strictly: what Python's reader takes in silence is an error here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import isfinite
from typing import Any

_MOST_DIGITS = 300  # of a whole number; a float ends at 1.8e308


def parse_json(text: str) -> Any:
    """The value; ValueError says what is wrong with the text.

    Refused beside what is no JSON: a key that is twice in one object, of which the last would win; NaN, Infinity and
    numbers too large; half a surrogate pair.
    """
    try:
        value = _read(text)
    except _RepeatError:
        raise ValueError(f"{_repeated(text)}: is there twice") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"is not JSON: {error.msg} (column {error.colno})") from error
    except RecursionError as error:
        raise ValueError("is nested too deeply") from error
    if "\\ud" in text or "\\uD" in text:
        _refuse_surrogates(value)
    return value


class _RepeatError(ValueError):
    """A key is twice in an object; where that object stands is not known while it is read."""


class _Pairs(list[tuple[str, Any]]):
    """An object with all that it says of each key."""


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise _RepeatError
    return value


def _repeated(text: str) -> str:
    """Where the first key stands that is there twice, as `messages[0].content`."""
    return next(_repeats(json.loads(text, object_pairs_hook=_Pairs), "")).removeprefix(".")


def _repeats(value: Any, place: str) -> Iterator[str]:
    if isinstance(value, _Pairs):
        keys: set[str] = set()
        for key, inner in value:
            if key in keys:
                yield f"{place}.{key}"
            keys.add(key)
            yield from _repeats(inner, f"{place}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _repeats(inner, f"{place}[{index}]")


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number; write a finite one")


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"{text} is too large a number")
    return number


def _whole(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise ValueError(f"{text[:20]}… is too large a number, of {len(text)} digits")
    return int(text)


def _refuse_surrogates(value: Any) -> None:
    # "\ud83d" alone is JSON, yet no text: tokenizers and the store cannot take it.
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise ValueError("holds half a surrogate pair (\\ud800 to \\udfff), which is no text") from error


_read = json.JSONDecoder(
    parse_constant=_refuse_constant,
    parse_float=_finite,
    parse_int=_whole,
    object_pairs_hook=_unrepeated,
).decode  # kept, as `json.loads` makes a decoder a line
