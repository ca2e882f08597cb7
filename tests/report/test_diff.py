from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.report.diff import marked, shortened, word_diff

WORDS = st.lists(st.sampled_from(["red", "ring", "lamp", "hold", "it"]), max_size=12).map(" ".join)


def said(baseline: str, candidate: str) -> str | None:
    parts = word_diff(baseline, candidate)
    return None if parts is None else "".join("".join(marked(part)) for part in shortened(parts)).strip()


def test_words_of_one_side_are_marked_where_they_stand() -> None:
    assert said("the ring turns white now", "the ring turns green now") == "the ring turns [-white-] {+green+} now"
    assert said("hold it down", "hold it down for long") == "hold it down {+for long+}"


def test_answers_that_share_less_than_half_have_no_common_text() -> None:
    assert said("update", "battery") is None
    assert said("", "battery is low") is None


def test_white_space_alone_is_no_difference() -> None:
    assert said("one  two\nthree", "one two three") == "one two three"


def test_the_middle_of_a_long_shared_run_is_left_out() -> None:
    shared = " ".join(str(n) for n in range(40))
    assert said(f"{shared} white", f"{shared} green") == "… 32 33 34 35 36 37 38 39 [-white-] {+green+}"
    assert said(f"white {shared}", f"green {shared}") == "[-white-] {+green+} 0 1 2 3 4 5 6 7 …"


def test_an_answer_of_more_than_a_thousand_words_is_not_compared() -> None:
    assert word_diff("word " * 1_001, "word " * 1_001) is None


@given(WORDS, WORDS)
def test_each_side_can_be_read_off(baseline: str, candidate: str) -> None:
    parts = word_diff(baseline, candidate)
    if parts is not None:
        words = [(part.where, word) for part in parts for word in part.text.split()]
        assert [word for where, word in words if where != "candidate"] == baseline.split()
        assert [word for where, word in words if where != "baseline"] == candidate.split()
