from __future__ import annotations

import re

import pytest

from harness.documents.strict_json import parse_json


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"a": 1, "a": 1}', "a"),
        ('{"a": 1, "b": {"c": 1, "d": 2, "c": 3}}', "b.c"),
        ('{"messages": [{"role": "user"}, {"role": "user", "content": "x", "content": "y"}]}', "messages[1].content"),
        ('[1, [{}, {"é": null, "\\u00e9": null}]]', "[1][1].é"),
        ('{"a": {"x": 1, "x": 2}, "a": 3}', "a.x"),
    ],
)
def test_a_key_that_is_there_twice_is_named_with_its_place(text: str, place: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(place)}: is there twice$"):
        parse_json(text)


def test_the_same_key_in_two_objects_is_no_repeat() -> None:
    assert parse_json('{"a": {"b": 1}, "c": [{"b": 2}, {"b": 3}]}') == {"a": {"b": 1}, "c": [{"b": 2}, {"b": 3}]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{'a': 1}", "is not JSON: Expecting property name enclosed in double quotes (column 2)"),
        ('{"a": [1, -Infinity]}', "-Infinity is no JSON number; write a finite one"),
        ('{"weight": -1e309}', "-1e309 is too large a number"),
        ("[1" + "0" * 400 + "]", "10000000000000000000… is too large a number, of 401 digits"),
        ("[1" + "0" * 5000 + "]", "10000000000000000000… is too large a number, of 5001 digits"),
        ('["\\uDE00"]', "holds half a surrogate pair"),
        ("[" * 100_000, "is nested too deeply"),
    ],
)
def test_what_python_would_take_or_trip_over_is_an_error_in_words(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(said)}"):
        parse_json(text)
