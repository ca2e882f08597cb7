"""Templates and tokenizers that do not come to an end are ended, and named."""

from collections.abc import Callable
from typing import Any

import pytest

from harness.types import Message
from harness_transformers.model import render as rendering
from harness_transformers.model.render import render

LOOP = "{% for a in range(99999) %}"
ENDLESS = LOOP * 3 + "{% endfor %}" * 3


def test_a_template_without_an_end_ends_the_work(
    make_tokenizer: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "RENDER_SECONDS", 0.3)
    for template in (ENDLESS, "{{ 7 ** (7 ** 9) }}"):
        with pytest.raises(rendering.EndlessError, match=r"chat template: took more than 0\.3 s of processor time"):
            render(make_tokenizer(template), [Message("user", "Hello")], reply=True)


def test_a_template_that_writes_a_flood_ends_the_work(make_tokenizer: Callable[..., Any]) -> None:
    with pytest.raises(rendering.EndlessError, match="makes 30,000,000 characters"):
        render(make_tokenizer("{{ 'x' * 30000000 }}"), [Message("user", "Hello")], reply=True)


@pytest.mark.parametrize(("seconds", "message"), [(60.0, "fails on a text: "), (0.01, "takes longer than 0 s")])
def test_a_tokenizer_whose_pattern_does_not_end_ends_the_work(
    monkeypatch: pytest.MonkeyPatch, seconds: float, message: str
) -> None:
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers

    monkeypatch.setattr(rendering, "ENCODE_SECONDS", seconds)
    core = Tokenizer(models.BPE(vocab={"a": 0, "b": 1}, merges=[]))
    core.pre_tokenizer = pre_tokenizers.Split(Regex(r"(a+)+$"), "isolated")
    with pytest.raises(rendering.EndlessError, match=message):
        list(rendering.encode(core, ["a" * 50 + "b"], special=False))
