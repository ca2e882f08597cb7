from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.types.thoughts import before_stop
from harness_transformers.model.stops import StopWatch, text_of

STOPS = st.lists(st.text("abé。\n ", min_size=1, max_size=4), min_size=1, max_size=3).map(tuple)


@pytest.fixture(scope="session")
def byte_level(make_tokenizer: Callable[..., Any]) -> Any:
    return make_tokenizer()


@pytest.fixture(scope="session")
def pieces() -> Any:
    """A tokenizer of words that carry their space, as of sentencepiece: the first loses it, the rest falls to bytes."""
    from tokenizers import AddedToken, Tokenizer, decoders, models
    from transformers import PreTrainedTokenizerFast

    words = ["▁", "▁a", "b", "ab", "▁b", "\n", "é", "<0xC3>", "<0xA9>", "<0xE3>", "<0x80>", "<0x82>"]
    core = Tokenizer(models.BPE({word: at for at, word in enumerate(words)}, [], byte_fallback=True))
    core.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    core.add_special_tokens([AddedToken("<end>", special=True)])
    return PreTrainedTokenizerFast(tokenizer_object=core)


def first_cut(tokenizer: Any, tokens: Sequence[int], stops: tuple[str, ...]) -> str | None:
    """The reply up to its first stop string, by decoding all of it after each token."""
    texts = (before_stop(text_of(tokenizer, tokens[:count]), stops) for count in range(1, len(tokens) + 1))
    return next((text for text in texts if text is not None), None)


def watched_cut(tokenizer: Any, tokens: Sequence[int], stops: tuple[str, ...]) -> str | None:
    watch = StopWatch(tokenizer, stops)
    for count in range(1, len(tokens) + 1):
        text = before_stop(text_of(tokenizer, tokens[:count]), stops) if watch.sees_stop(tokens[:count]) else None
        if text is not None:
            return text
    return None


def alphabet(tokenizer: Any) -> list[int]:
    """Tokens that are, or are part of, the characters that stops are made of."""
    return sorted(
        {token for text in ("a", "b", "ab", "é", "。", "\n", " ", " a", "日") for token in tokenizer(text)["input_ids"]}
    )


@given(data=st.data(), stops=STOPS)
def test_a_stop_is_seen_when_the_whole_text_has_it(
    byte_level: Any, data: st.DataObject, stops: tuple[str, ...]
) -> None:
    tokens = data.draw(st.lists(st.sampled_from([*alphabet(byte_level), 0, 1]), max_size=24))
    assert watched_cut(byte_level, tokens, stops) == first_cut(byte_level, tokens, stops)


@given(tokens=st.lists(st.integers(0, 399), max_size=24), data=st.data())
def test_any_part_of_a_reply_stops_it(byte_level: Any, tokens: list[int], data: st.DataObject) -> None:
    text = text_of(byte_level, tokens)
    at = data.draw(st.integers(0, len(text)))
    stop = text[at : at + data.draw(st.integers(1, 5))].strip("\N{REPLACEMENT CHARACTER}")
    stops = (stop,) if stop else ("none",)
    assert watched_cut(byte_level, tokens, stops) == first_cut(byte_level, tokens, stops)


@given(tokens=st.lists(st.integers(0, 12), max_size=24), stops=STOPS)
def test_words_that_carry_their_space_are_seen_too(pieces: Any, tokens: list[int], stops: tuple[str, ...]) -> None:
    assert watched_cut(pieces, tokens, stops) == first_cut(pieces, tokens, stops)


@pytest.mark.parametrize(
    ("text", "stop", "before"),
    [("The box\n\nrings", "\n\n", "The box"), ("a。b", "。", "a"), ("Hold it", "d i", "Hol")],
)
def test_a_stop_may_span_tokens_lie_in_one_or_be_made_of_bytes(
    byte_level: Any, text: str, stop: str, before: str
) -> None:
    assert watched_cut(byte_level, byte_level(text)["input_ids"], (stop,)) == before


def test_the_first_of_several_stops_cuts() -> None:
    assert before_stop("one, two; three", (";", ",")) == "one"
    assert before_stop("one", (";", ",")) is None


def test_only_the_end_of_a_long_reply_is_decoded(byte_level: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = byte_level("The box rings when someone is at the door. " * 20)["input_ids"]
    watch, decoded = StopWatch(byte_level, ("never",)), []
    whole = byte_level.decode
    monkeypatch.setattr(byte_level, "decode", lambda ids, **options: decoded.append(len(ids)) or whole(ids, **options))
    assert not any(watch.sees_stop(tokens[:count]) for count in range(1, len(tokens) + 1))
    assert max(decoded) <= 2
