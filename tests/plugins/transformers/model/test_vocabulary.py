"""Tokens that the embedding has no row for: named before anything runs, and the error of those texts alone."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from where import DEVICE

from harness.errors import UsageError
from harness.types import Generate, LogLikelihood, Message, ModelReference, OpenRequest, Request, TrainRequest
from harness_transformers.backend import TransformersBackend
from harness_transformers.inference.model import OpenedModel
from harness_transformers.model.vocabulary import gap_of
from harness_transformers.training.trainer import SupervisedTrainer


@pytest.fixture
def grown(opened: OpenedModel, make_tokenizer: Callable[..., Any]) -> OpenedModel:
    """The tiny model with a tokenizer that got two tokens after it was made."""
    tokenizer = make_tokenizer()
    tokenizer.add_tokens(["<tool>", "<route>"])
    return replace(opened, weights=replace(opened.weights, tokenizer=tokenizer))


@pytest.mark.parametrize(
    ("added", "rows", "said"),
    [
        ([], 400, ""),
        ([], None, ""),
        (["<tool>"], 512, ""),
        (["<tool>"], 400, "the tokenizer has 401 tokens, the embedding 400 rows; '<tool>' has none"),
        (["<a>", "<b>"], 400, "the tokenizer has 402 tokens, the embedding 400 rows; '<a>', '<b>' have none"),
        (
            [f"<{n}>" for n in range(9)],
            400,
            "the tokenizer has 409 tokens, the embedding 400 rows; '<0>', '<1>', '<2>' and 6 more have none",
        ),
    ],
)
def test_tokens_without_a_row_are_named(
    make_tokenizer: Callable[..., Any], added: list[str], rows: int | None, said: str
) -> None:
    tokenizer = make_tokenizer()
    tokenizer.add_tokens(added)
    assert gap_of(tokenizer.backend_tokenizer, rows) == said


@pytest.mark.parametrize("config", ['"vocab_size": 400', '"text_config": {"vocab_size": 400}'])
def test_a_training_is_told_before_it_loads_any_weights(
    grown: OpenedModel, tmp_path: Path, request_in: Callable[..., TrainRequest], config: str
) -> None:
    model = tmp_path / "grown"
    grown.weights.tokenizer.save_pretrained(model)
    (model / "config.json").write_text(f'{{"model_type": "llama", {config}}}')
    request = replace(request_in(), model=ModelReference(str(model)))
    assert next(iter(SupervisedTrainer().check_data(request))).text == (
        "the tokenizer has 402 tokens, the embedding 400 rows; '<tool>', '<route>' have none; "
        "no text with such a token can be trained on or answered"
    )


def test_a_model_whose_tokenizer_has_more_tokens_says_so_when_it_is_opened(
    opened: OpenedModel, grown: OpenedModel, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    opened.weights.model.save_pretrained(tmp_path)
    grown.weights.tokenizer.save_pretrained(tmp_path)
    with TransformersBackend(device=DEVICE).open(OpenRequest(replace(opened.reference, reference=str(tmp_path)))):
        pass
    assert caplog.messages == [
        f"{tmp_path}: the tokenizer has 402 tokens, the embedding 400 rows; '<tool>', '<route>' have none; "
        "a text with such a token cannot be answered"
    ]


@pytest.mark.parametrize(
    "request_",
    [
        Generate("bad", "call <tool> now", max_new_tokens=2),
        Generate("bad", (Message("user", "<tool>"),), max_new_tokens=2),
        Generate("bad", (Message("user", "hi"),), max_new_tokens=2, follow_ups=("call <tool>",)),
        LogLikelihood("bad", "call <tool> now", (" ok",)),
        LogLikelihood("bad", "call", (" ok", " <tool>")),
        LogLikelihood("bad", "", ("box " * 300 + "<tool>",), windows=True),
    ],
)
def test_a_text_with_such_a_token_fails_alone_and_names_it(grown: OpenedModel, request_: Request) -> None:
    others = [Generate("g", "call now", max_new_tokens=2), LogLikelihood("l", "call", (" now",))]
    found = {answer.key: answer for answer in grown.answer([*others, request_])}
    assert (found["bad"].error, found["bad"].permanent) == (
        "the token '<tool>' (id 400) has no row in the model's embedding, which has 400", True,
    )  # fmt: skip
    assert found["g"].error is found["l"].error is None


def test_an_adapter_of_a_model_with_more_tokens_is_told_so(opened: OpenedModel, tmp_path: Path) -> None:
    from peft import LoraConfig, get_peft_model

    from harness_transformers.model.adapters import peft_warnings_silenced

    model = deepcopy(opened.weights.model)
    model.resize_token_embeddings(402)
    settings = LoraConfig(r=2, target_modules=["q_proj"], modules_to_save=["embed_tokens"], task_type="CAUSAL_LM")
    with peft_warnings_silenced():
        get_peft_model(model, settings).save_pretrained(tmp_path, save_embedding_layers=True)
    request = OpenRequest(replace(opened.reference, adapter=str(tmp_path)), threads=1)
    with (
        pytest.raises(UsageError, match=r"was made for another model than .*, such as one with more tokens"),
        TransformersBackend(device=DEVICE).open(request),
    ):
        pass
