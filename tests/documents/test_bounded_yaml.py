"""YAML that expands, nests, floods or mistypes is refused with its line, within a moment."""

from __future__ import annotations

import time

import pytest

from harness.documents.bounded_yaml import BoundedLoader, YamlError, parse_yaml


def refused(text: str) -> str:
    began = time.process_time()
    with pytest.raises(YamlError) as error:
        parse_yaml(text, BoundedLoader)
    assert time.process_time() - began < 5
    return error.value.at("f.yaml")


def laughs(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines)


def test_aliases_that_expand_too_far_are_refused() -> None:
    assert refused(laughs(10)) == "f.yaml: its aliases expand to more than 50,000 values; write out what is meant"


def test_merge_keys_that_expand_too_far_are_refused() -> None:
    lines = ["a0: &a0 {k: v}", *(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}" for n in range(1, 9))]
    assert "expand to more than 50,000 values" in refused("\n".join(lines))


def test_a_modest_number_of_aliases_works() -> None:
    text = "one: &one {a: 1, b: 2}\ntwo: {<<: *one, b: 3}\nmore: [" + ", ".join(["*one"] * 200) + "]"
    value = parse_yaml(text, BoundedLoader).value
    assert value["two"] == {"a": 1, "b": 3}
    assert value["more"][199] == {"a": 1, "b": 2}


def test_a_merged_key_does_not_count_as_there_twice() -> None:
    assert parse_yaml("one: &one {a: 1}\ntwo: {<<: *one, a: 2}", BoundedLoader).repeats == []


def test_a_file_of_too_many_keys_is_refused_before_they_are_all_read() -> None:
    text = "".join(f"k{number}: 1\n" for number in range(60_000))
    assert refused(text) == "f.yaml:25000: holds more than 50,000 keys and values, too many to be settings"


def test_a_file_that_is_too_large_is_refused_before_it_is_parsed() -> None:
    text = "a: " + "x" * 1_000_000
    assert refused(text) == "f.yaml: has 1,000,003 characters; a file of settings has at most 1,000,000"


@pytest.mark.parametrize(
    "text", ["[" * 5_000, "- " * 5_000 + "a", "{a: " * 5_000, "&a [*a]", "&a {b: *a}", "&a {=: *a}"]
)
def test_what_has_no_end_is_refused(text: str) -> None:
    assert "nested too deeply" in refused(text)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ('!!int ""', "'' is no int"),
        ("!!int x", "'x' is no int"),
        ('!!float ""', "'' is no float"),
        ("!!bool maybe", "'maybe' is no bool"),
        ("!!timestamp soon", "'soon' is no timestamp"),
        ("!!binary é", "failed to convert base64 data into ascii"),
        ("!!set [a]", "expected a mapping node, but found sequence"),
        ("!!omap a", "while constructing an ordered map"),
        ("!!map a", "expected a mapping node, but found scalar"),
        ("!!str {a: b}", "expected a scalar node, but found mapping"),
        ("!!python/name:os.system ''", "could not determine a constructor"),
        (r'"\UFFFFFFFF"', "is not YAML"),
        ("!<%FF> a", "is not YAML"),
        ("9" * 5_000, "is too large a number, of 5,000 digits"),
        ("!!int " + "1:" * 10_000 + "1", "is too large a number"),
        ("!!omap [? [a] : b]", None),
        ("!!set {a, b}", None),
    ],
)  # fmt: skip
def test_a_tag_that_does_not_fit_is_told_with_its_line(value: str, said: str | None) -> None:
    text = f"first: 1\nkey: {value}"
    if said is None:
        assert parse_yaml(text, BoundedLoader).value["first"] == 1
        return
    told = refused(text)
    assert said in told or "expected a" in told
    assert told.startswith("f.yaml")
