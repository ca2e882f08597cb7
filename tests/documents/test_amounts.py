from __future__ import annotations

import pytest

from harness.documents.amounts import parse_size, size_text
from harness.errors import UsageError


@pytest.mark.parametrize(
    ("text", "size"),
    [("0", 0), ("1000", 1000), ("12 b", 12), ("500MB", 500_000_000), ("1.5 gib", 1_610_612_736), ("2t", 2 * 10**12)],
)
def test_a_size_is_a_number_with_a_unit(text: str, size: int) -> None:
    assert parse_size(text, "--max-size") == size


@pytest.mark.parametrize("text", ["", "big", "-1GB", "1,5GB", "2 XB", "1e9", "nan"])
def test_what_is_no_size_says_what_is_one(text: str) -> None:
    with pytest.raises(UsageError, match=r"--max-size: '.*' is no size; write a number of bytes, 500MB, 2GB"):
        parse_size(text, "--max-size")


@pytest.mark.parametrize(("size", "text"), [(0, "0 B"), (999, "999 B"), (12_345, "12.3 kB"), (2_000_000_000, "2 GB")])
def test_a_size_is_printed_with_three_digits(size: int, text: str) -> None:
    assert size_text(size) == text
