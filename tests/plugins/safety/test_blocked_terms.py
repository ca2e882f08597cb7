from pathlib import Path

import pytest

from harness.testing import make_passage
from harness.types import Finding
from harness_safety.blocked_terms import BlockedTerms


def hits(text: str, *terms: str) -> list[str]:
    (checked,) = BlockedTerms(list(terms)).check([make_passage(text)])
    return [finding.evidence for finding in checked.findings]


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("A CASSette and a Cass.", "cass"),
        ("In der STRASSE!", "straße"),
        ("two\n  words", "two words"),
        ("I like C++, really", "c++"),
        ("ｆｕｌｌ width", "full"),
        ("cafe\u0301", "caf\u00e9"),
        ("don’t", "don't"),
        ("这是敏感词吗", "敏感词"),
    ],
)
def test_a_term_is_found_whatever_its_case_width_and_composition(text: str, term: str) -> None:
    assert hits(text, term) == [term]


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("classic grass", "ass"),
        ("cafés", "café"),
        ("हिन्दी", "हिन"),
        ("c++11", "c++"),
        ("", "word"),
        ("two-words", "two words"),
    ],
)
def test_a_part_of_a_word_is_not_found(text: str, term: str) -> None:
    assert hits(text, term) == []


def test_each_term_is_one_finding_in_the_order_of_the_list() -> None:
    (checked,) = BlockedTerms(["b", "a", "b"], severity="high").check([make_passage("a b a b")])
    assert checked.findings == (Finding("blocked-term", "high", "b"), Finding("blocked-term", "high", "a"))


def test_a_file_has_one_term_a_line_besides_blanks_and_comments(tmp_path: Path) -> None:
    file = tmp_path / "terms.txt"
    file.write_bytes("\ufeffrival tents\r\n\r\n# competitors\nÜbergriff\n".encode())
    (checked,) = BlockedTerms(file=file).check([make_passage("Rival Tents, übergriff, competitors")])
    assert [finding.evidence for finding in checked.findings] == ["rival tents", "Übergriff"]


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"fine\n\n???\n", r"terms.txt:3: '\?\?\?' is no term"), (b"fine\n\xff\xfe\n", "terms.txt:2: not UTF-8")],
)
def test_a_bad_line_is_named_with_file_and_line(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "terms.txt"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        BlockedTerms(file=file)


def test_a_missing_file_no_terms_and_an_empty_term_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"none\.txt: cannot be read"):
        BlockedTerms(file=tmp_path / "none.txt")
    with pytest.raises(ValueError, match="no terms to block"):
        BlockedTerms()
    with pytest.raises(ValueError, match=r"terms\[1\]: ' ' is no term"):
        BlockedTerms(["fine", " "])
