from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import Field

from harness.documents.reading import Document, load_document, parse_document
from harness.errors import UsageError


class Inner(Document):
    use: str
    limit: int = 0


class Sample(Document):
    value: Any = None
    inner: list[Inner] = Field(default_factory=list)
    count: int = 0


def parsed(text: str) -> Sample:
    return parse_document(text, Path("sample.yaml"), Sample)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("off", "off"),
        ("Yes", "Yes"),
        ("y", "y"),
        ("true", True),
        ("False", False),
        ("TRUE", "TRUE"),
        ("1:30", "1:30"),
        ("12:30:45", "12:30:45"),
        ("010", "010"),
        ("0x1f", "0x1f"),
        ("1_000", "1_000"),
        ("2026-11-23", "2026-11-23"),
        ("1e-4", 0.0001),
        ("1E5", 100000.0),
        ("-2.5e+3", -2500.0),
        (".5", 0.5),
        ("1.", 1.0),
        ("1.2.3", "1.2.3"),
        ("+7", 7),
        ("-0", 0),
        ("1e", "1e"),
        ("null", None),
        ("~", None),
        ("", None),
        ("'12'", "12"),
    ],
)
def test_a_plain_word_is_what_a_person_means(written: str, value: Any) -> None:
    found = parsed(f"value: {written}\n").value
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("count: 1\nvalue: .inf", "sample.yaml:2: value: is inf; write a finite number"),
        ("value:\n  - 1\n  - [2, -1e999]", "sample.yaml:3: value[1][1]: is -inf; write a finite number"),
        ("value: {rate: 1.8e+309}", "sample.yaml:1: value.rate: is inf; write a finite number"),
        ("value: {rate: .nan}", "sample.yaml:1: value.rate: is nan; write a finite number"),
        ("base: &b {x: .inf}\nvalue: {<<: *b}", "sample.yaml:1: base.x: is inf; write a finite number"),
        (
            f"count: {10**400}",
            "sample.yaml:1: count: is too large a number, of 401 digits; the largest is 922337203685",
        ),
        (f"value: -{10**30}", "sample.yaml:1: value: is too large a number, of 32 digits"),
        (f"count: {'9' * 5000}", "sample.yaml:1: is too large a number, of 5,000 digits"),
        ("value: {1: a}", "sample.yaml:1: value: has the key 1, which is no text; put it in quotes"),
        ("1: a", "sample.yaml:1: file: has the key 1, which is no text; put it in quotes"),
        ("value: {true: a}", "sample.yaml:1: value: has the key True, which is no text; put it in quotes"),
        (
            "value: !!timestamp 2026-11-23",
            "sample.yaml:1: value: is a date, datetime.date(2026, 11, 23); write it as text",
        ),
        ("value: !!binary aGk=", "sample.yaml:1: value: is a bytes, b'hi'; write it as text, in quotes"),
        ("value: !!set {a, b}", "sample.yaml:1: value: is a set, "),
        ('value: ["\\ud83d"]', "sample.yaml:1: value[0]: holds half a surrogate pair, which is no text"),
        (f"value: {'[' * 70}{']' * 70}", "sample.yaml:1: value[0][0]: is nested more than 60 deep"),
    ],
)
def test_what_can_be_neither_stored_nor_used_is_named_with_its_place(text: str, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        parsed(text)
    assert str(raised.value).startswith(said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("count: 1\ncount: 2\n", "sample.yaml:2: count: stands already on line 1"),
        ("inner:\n  - {use: a, use: b}\n", "sample.yaml:2: use: stands already on line 2"),
        ("count: '1'\n", "sample.yaml:1: count: input should be a valid integer, got '1'"),
        ("count: 1.5\n", "sample.yaml:1: count: input should be a valid integer"),
        ("count: true\n", "sample.yaml:1: count: input should be a valid integer"),
        ("inner:\n  - use: a\n    limti: 2\n", "sample.yaml:3: inner[0].limti: unknown key (did you mean 'limit'?)"),
        ("inner:\n  - limit: 2\n", "sample.yaml:2: inner[0].use: is missing"),
        ("- a\n", "sample.yaml: holds no mapping of keys to values; known keys: value, inner, count"),
        ("", "sample.yaml: holds no mapping"),
        ("a: [1\n", "sample.yaml:2: is not YAML"),
        ("a: !!python/object:os.system {}\n", "sample.yaml:1: is not YAML: could not determine a constructor"),
        ("a: b: c\n", "sample.yaml:1: is not YAML"),
        ("\ta: 1\n", "sample.yaml:1: is not YAML"),
        ("? [a, b]\n: 1\n", "sample.yaml"),
        ("1: 2\n", "sample.yaml"),
        ("a: 1\n---\nb: 2\n", "sample.yaml"),
        ("inner: &a [*a]\n", "sample.yaml: an alias stands inside what it stands for"),
        ("value: " + 3000 * "[", "sample.yaml: an alias stands inside what it stands for, or the file is nested too"),
        ("value: !!int ten\n", "sample.yaml:1: is not YAML: 'ten' is no int"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_key(text: str, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        parsed(text)
    assert str(raised.value).startswith(said)


def test_every_mistake_is_in_one_message() -> None:
    with pytest.raises(UsageError) as raised:
        parsed("count: x\ninner: [{use: 1}]\n")
    assert len(str(raised.value).splitlines()) == 2


def test_an_alias_is_what_it_stands_for() -> None:
    assert [one.use for one in parsed("inner: [&one {use: a}, *one]\n").inner] == ["a", "a"]


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    file = tmp_path / "sample.yaml"
    file.write_bytes(b"\xef\xbb\xbfcount: 3\r\n")
    assert load_document(file, Sample).count == 3


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"value: \xff", "is not UTF-8: line 1 has the byte 0xff, 'ÿ' in Windows-1252; convert it"),
        (b"value: \x00", "is binary and no text"),
        ("value: 1".encode("utf-16"), "is in UTF-16; convert it: iconv -f UTF-16 -t UTF-8"),
        ("value: 1".encode("utf-16-be"), "is in UTF-16BE; convert it"),
        (b"\x1f\x8b\x08\x00\xff", "is compressed with gzip; unpack it with gunzip"),
    ],
)
def test_a_file_that_is_no_text_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "sample.yaml"
    file.write_bytes(content)
    with pytest.raises(UsageError) as raised:
        load_document(file, Sample)
    assert str(raised.value).startswith(f"{file}: {said}")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder, not a file"):
        load_document(tmp_path, Sample)
