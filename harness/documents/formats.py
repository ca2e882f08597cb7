"""What a file looks like that is not the UTF-8 text, or not the JSON Lines, that it should be."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.documents.regular_files import open_regular

HEAD_BYTES = 65_536
_LINES = 20  # so many are looked at

_BEGINNINGS: Mapping[bytes, str] = {
    b"\x1f\x8b": "is compressed with gzip; unpack it with gunzip",
    b"PK\x03\x04": "is a zip archive or an Office file; unpack it, or export its table",
    b"\x28\xb5\x2f\xfd": "is compressed with zstd; unpack it with unzstd",
    b"BZh": "is compressed with bzip2; unpack it with bunzip2",
    b"\xfd7zXZ\x00": "is compressed with xz; unpack it with unxz",
    b"7z\xbc\xaf\x27\x1c": "is a 7z archive; unpack it",
    b"PAR1": "is a Parquet file; convert it, e.g. pandas.read_parquet(…).to_json(…, orient='records', lines=True)",
    b"ARROW1": "is an Arrow file; convert it",
    b"Obj\x01": "is an Avro file; convert it",
    b"SQLite format 3\x00": "is an SQLite database; export its rows",
    b"\x89HDF": "is an HDF5 file; convert it",
    b"\x93NUMPY": "is a NumPy file; convert it",
    b"%PDF": "is a PDF file; take its text out",
    b"\x80\x04": "is a Python pickle; convert it",
    b"\x80\x05": "is a Python pickle; convert it",
    b"version https://git-lfs": "is a pointer of Git LFS, not the file it stands for; fetch that with `git lfs pull`",
}
_MARKS: Mapping[bytes, str] = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
_YAML_KEY = re.compile(r"(- )?[\w-]+:(\s|$)")


def head_of(path: Path) -> bytes:
    """The beginning of a file, enough to tell what it is."""
    with open_regular(path) as file:
        return file.read(HEAD_BYTES)


def not_json_lines(head: bytes) -> str | None:
    """What a file is that begins so, where it is no JSON Lines in UTF-8; None where it is, or a line of it is wrong."""
    lines = [line.strip() for line in head.decode("utf-8-sig", "replace").split("\n") if line.strip()][:_LINES]
    if not lines:
        return "is empty"
    is_rows = isinstance(_parsed(lines[0]), dict)
    found = None if is_rows else _binary(head)
    return found or _single_byte(head, at_least=2) or (None if is_rows else _text_format(lines))


def not_utf8(head: bytes) -> str:
    """What a file is that begins so and is no UTF-8."""
    return _binary(head) or _single_byte(head, at_least=1) or "is not UTF-8"


def _binary(head: bytes) -> str | None:
    for beginning, what in _BEGINNINGS.items():
        if head.startswith(beginning):
            return what
    encoding = next((name for mark, name in _MARKS.items() if head.startswith(mark)), None) or _wide(head[:4])
    if encoding is not None:
        return f"is in {encoding}; convert it: iconv -f {encoding} -t UTF-8"
    return "is binary and no text" if b"\0" in head else None


def _wide(first: bytes) -> str | None:
    """The encoding of a text without a mark whose first character is ASCII, which shows in where the zeros are."""
    zeros = [byte == 0 for byte in first]
    wide = {"UTF-32LE": [False, True, True, True], "UTF-32BE": [True, True, True, False]}
    narrow = {"UTF-16LE": [False, True], "UTF-16BE": [True, False]}
    return next((name for name, pattern in {**wide, **narrow}.items() if zeros[: len(pattern)] == pattern), None)


def _single_byte(head: bytes, at_least: int) -> str | None:
    """That it is in an older encoding, where so many lines are no UTF-8 and none is UTF-8 beyond ASCII."""
    whole = head if len(head) < HEAD_BYTES else head[: head.rfind(b"\n") + 1]
    wrong = [(number, *found) for number, line in enumerate(whole.split(b"\n"), 1) if (found := _wrong_byte(line))]
    if len(wrong) < at_least or _has_utf8(whole):
        return None
    number, byte, letter = wrong[0]
    return (
        f"is not UTF-8: line {number} has the byte 0x{byte:02x}{letter}; convert it, "
        "e.g. iconv -f WINDOWS-1252 -t UTF-8"
    )


def _wrong_byte(line: bytes) -> tuple[int, str] | None:
    try:
        line.decode()
    except UnicodeDecodeError as error:
        byte = line[error.start : error.start + 1]
        letter = byte.decode("cp1252", "ignore")
        return byte[0], f", {letter!r} in Windows-1252" if letter else ""
    return None


def _has_utf8(text: bytes) -> bool:
    return any(not line.isascii() and _wrong_byte(line) is None for line in text.split(b"\n"))


def _text_format(lines: Sequence[str]) -> str | None:
    first = lines[0]
    if first.startswith(("{", "[")):
        return _json_format(lines)
    if first.lower().startswith(("<!doctype html", "<html")):
        return "is a web page (HTML), not the file that was to be downloaded"
    if first.startswith("<"):
        return "looks like XML"
    if any(line.startswith("{") for line in lines):
        return None
    has_keys = any(_YAML_KEY.match(line) for line in lines)
    if first.startswith(("---", "%YAML")) or _YAML_KEY.match(first) or (first.startswith("#") and has_keys):
        return "looks like YAML"
    if first.startswith(("# ", "## ", "```", "* ")):
        return "looks like Markdown"
    return _table(lines) or f"looks like plain text: {first[:40]!r}"


def _json_format(lines: Sequence[str]) -> str | None:
    first = lines[0]
    if first.startswith(("{'", "['", "[{'")):
        return 'looks like Python, not JSON, which quotes texts with "'
    if isinstance(_parsed(first.split("\r")[0]), dict):
        return "ends its lines with CR alone, as old Macs did; convert it: tr '\\r' '\\n'"
    if isinstance(_parsed(first.removesuffix(",")), dict):
        return "has a comma at the end of its lines; take them away"
    if first.startswith("[") and isinstance(_parsed(first), list) and len(lines) > 1:
        return "holds a list a line"
    is_open = first[-1] in "[{,:" or first.startswith("[")
    is_row_next = any(isinstance(_parsed(line), dict) for line in lines[1:2])  # then only the first line is cut
    is_document = first in ("[", "{") or (is_open and not is_row_next)
    return "is one JSON document; turn a list into lines: jq -c '.[]'" if is_document else None


def _table(lines: Sequence[str]) -> str | None:
    for delimiter, name in (("\t", "TSV"), (",", "CSV"), (";", "CSV with semicolons"), ("|", "a table with |")):
        widths = {len(row) for row in csv.reader(lines[:2], delimiter=delimiter)}
        if min(widths) > 1 and (len(widths) == 1 or _is_header(lines[0].split(delimiter))):
            return f"looks like {name}"
    return None


def _is_header(fields: Sequence[str]) -> bool:
    return all(re.fullmatch(r'"?[A-Za-z_][\w .-]{0,30}"?', field.strip()) for field in fields)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
