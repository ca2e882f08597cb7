"""The check on the replies that were written for it: the figures of its README, and that they do not get worse."""

from pathlib import Path

import pytest
import refusal_detection

README = Path(__file__).parents[3] / "plugins" / "harness_safety" / "README.md"


def test_the_readme_has_the_figures_of_the_replies() -> None:
    written = README.read_text(encoding="utf-8")
    assert "\n".join(refusal_detection.own_table()) in written


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
    assert counts["answered", "answered"] >= 18
    assert sum(reply.label == "answered" for reply in held_out) == 20
