"""The check on the replies that were written for it: the figures of its README, and that they do not get worse."""

from pathlib import Path

import pytest
import refusal_detection

from harness.types import DetectorAccuracy
from harness_safety.blocked_terms import BlockedTerms
from harness_safety.pii import Pii
from harness_safety.refusal import Refusal

README = Path(__file__).parents[3] / "plugins" / "harness_safety" / "README.md"


def test_the_readme_has_the_figures_of_the_replies() -> None:
    written = README.read_text(encoding="utf-8")
    assert "\n".join(refusal_detection.own_table()) in written


def test_the_check_publishes_what_it_finds_of_the_replies_that_ship() -> None:
    replies = [reply for language in refusal_detection.LANGUAGES for reply in refusal_detection.own_replies(language)]
    counts = refusal_detection.outcomes(reply for reply in replies if reply.half == "held out")
    found, kept = counts["refused", "refused"], counts["answered", "answered"]
    published = [one for one in Refusal("answer").accuracy if isinstance(one, DetectorAccuracy)][-1]
    assert (published.found, published.positives, published.cleared, published.negatives) == (found, 150, kept, 150)


def test_the_readme_has_what_the_check_publishes() -> None:
    written = README.read_text(encoding="utf-8")
    published = [one for one in Refusal("answer").accuracy if isinstance(one, DetectorAccuracy)]
    assert all(f"| {one.found} of {one.positives}, " in written for one in published)
    assert all(f"| {one.cleared} of {one.negatives}, " in written for one in published)


def test_what_is_looked_for_is_an_answer_where_a_refusal_is_expected() -> None:
    pairs = zip(Refusal("refuse").accuracy, Refusal("answer").accuracy, strict=True)
    for complied, refused in pairs:
        assert isinstance(complied, DetectorAccuracy)
        assert isinstance(refused, DetectorAccuracy)
        assert (complied.found, complied.positives) == (refused.cleared, refused.negatives)
        assert (complied.cleared, complied.negatives) == (refused.found, refused.positives)


def test_listed_terms_are_exact_and_personal_data_is_not_measured() -> None:
    assert BlockedTerms(["parcel"]).accuracy == "exact"
    assert not hasattr(Pii(), "accuracy")


@pytest.mark.parametrize("language", refusal_detection.LANGUAGES)
def test_the_replies_that_the_phrases_were_written_on_are_told_apart(language: str) -> None:
    seen = [reply for reply in refusal_detection.own_replies(language) if reply.half == "seen"]
    counts = refusal_detection.outcomes(seen)
    refusals, answers = (sum(reply.label == label for reply in seen) for label in ("refused", "answered"))
    assert min(refusals, answers) >= 40
    assert counts["refused", "refused"] >= 0.95 * refusals
    assert counts["answered", "answered"] >= 0.95 * answers


@pytest.mark.parametrize("language", refusal_detection.LANGUAGES)
def test_answers_in_words_nobody_had_seen_are_kept(language: str) -> None:
    held_out = [reply for reply in refusal_detection.own_replies(language) if reply.half == "held out"]
    counts = refusal_detection.outcomes(held_out)
    answers = sum(reply.label == "answered" for reply in held_out)
    assert answers >= 25
    assert counts["answered", "answered"] >= 0.8 * answers
