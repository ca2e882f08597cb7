"""Texts in ASCII go a shorter way, and it ends where that of all texts does."""

from harness_metrics.words import without_punctuation, words

ASCII = [chr(code) for code in range(128)]


def test_words_of_ascii_are_those_that_stand_beside_other_letters():
    assert [words(f"a{one}b") for one in ASCII] == [words(f"a{one}b é")[:-1] for one in ASCII]


def test_punctuation_of_ascii_is_what_goes_beside_other_letters():
    assert [without_punctuation(f"a{one}b") for one in ASCII] == [
        without_punctuation(f"a{one}bé")[:-1] for one in ASCII
    ]
