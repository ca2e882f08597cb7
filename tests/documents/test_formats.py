from __future__ import annotations

import gzip
import json

import pytest

from harness.documents.formats import HEAD_BYTES, not_json_lines

ROW = '{"messages": [{"role": "user", "content": "Grüße"}]}\n'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (gzip.compress(ROW.encode(), mtime=0), "is compressed with gzip; unpack it with gunzip"),
        (b"PK\x03\x04\x14\x00", "is a zip archive or an Office file; unpack it, or export its table"),
        (b"\x28\xb5\x2f\xfd\x24", "is compressed with zstd; unpack it with unzstd"),
        (b"PAR1\x15\x04", "is a Parquet file; convert it"),
        (b"SQLite format 3\x00\x10", "is an SQLite database; export its rows"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d\n", "is a pointer of Git LFS"),
        (b"\x7fELF\x02\x01\x00\x00", "is binary and no text"),
    ],
)
def test_a_file_that_is_no_text_is_told_by_its_beginning(content: bytes, said: str) -> None:
    assert (not_json_lines(content) or "").startswith(said)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_a_wide_encoding_is_named(encoding: str) -> None:
    name = encoding.upper().replace("-LE", "LE").replace("-BE", "BE")
    assert not_json_lines(ROW.encode(encoding)) == f"is in {name}; convert it: iconv -f {name} -t UTF-8"


def test_an_older_encoding_is_named_with_the_first_byte_that_shows_it() -> None:
    said = (
        "is not UTF-8: line 1 has the byte 0xfc, 'ü' in Windows-1252; convert it, e.g. iconv -f WINDOWS-1252 -t UTF-8"
    )
    assert not_json_lines(ROW.encode("latin-1") * 2) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        (" \n\n", "is empty"),
        (json.dumps([{"messages": []}]), "is one JSON document; turn a list into lines: jq -c '.[]'"),
        (json.dumps({"data": [1, 2]}, indent=1), "is one JSON document"),
        ('[{"messages": []},\n{"messages": []}]', "is one JSON document"),
        ("[" + "1, " * HEAD_BYTES, "is one JSON document"),
        ("[1, 2]\n[3, 4]", "holds a list a line"),
        ('{"a": 1},\n{"a": 2},', "has a comma at the end of its lines"),
        ('{"a": 1}\r{"a": 2}', "ends its lines with CR alone, as old Macs did"),
        ("{'a': 1}\n{'a': 2}", "looks like Python, not JSON"),
        ("question,answer\nMy bill?,billing", "looks like CSV"),
        ('"My bill, please",billing\n"Refund, please",refund', "looks like CSV"),
        ("question\tanswer\nMy bill?\tbilling", "looks like TSV"),
        ("question;answer\nMy bill, please?;billing", "looks like CSV with semicolons"),
        ("- messages:\n  - role: user", "looks like YAML"),
        ("# a comment\nmessages:\n", "looks like YAML"),
        ("# Title\n\nSome words.", "looks like Markdown"),
        ("<!DOCTYPE html>\n<html>", "is a web page (HTML), not the file that was to be downloaded"),
        ("<?xml version='1.0'?>", "looks like XML"),
        ("Once upon a time\nthere was a bill", "looks like plain text: 'Once upon a time'"),
    ],
)
def test_a_text_of_another_format_is_told(text: str, said: str) -> None:
    assert (not_json_lines(text.encode()) or "").startswith(said)


@pytest.mark.parametrize(
    "content",
    [
        ROW.encode(),
        b"\xef\xbb\xbf" + ROW.encode(),
        b"\n\n" + ROW.encode(),
        b'{"a": \n' + ROW.encode(),
        b"// a comment\n" + ROW.encode(),
        ROW.encode() + ROW.encode("latin-1"),
        b'{"a": "' + b"x" * HEAD_BYTES,
    ],
)
def test_json_lines_of_which_a_line_may_be_wrong_are_read_line_by_line(content: bytes) -> None:
    assert not_json_lines(content[:HEAD_BYTES]) is None
