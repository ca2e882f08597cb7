"""The backend `transformers`: identities from files, models from local folders."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from typing import Literal

from harness.types import Answer, Identity, OpenRequest, Request
from harness.types.gc_pauses import building
from harness_transformers.identity.device import card_facts, choose_device
from harness_transformers.identity.files import read_json
from harness_transformers.identity.identify import identify
from harness_transformers.identity.locate import locate, locate_adapter
from harness_transformers.inference.attention_probe import look
from harness_transformers.inference.explain import explained, refused
from harness_transformers.inference.model import OpenedModel
from harness_transformers.inference.throughput import Pace
from harness_transformers.model.loading import Dtype, load_speech, load_weights
from harness_transformers.model.memory import MOST_TOKENS, keep_freed_memory, token_budget
from harness_transformers.model.refusals import refusing
from harness_transformers.model.render import encode
from harness_transformers.model.repeatable import fix_products
from harness_transformers.model.threads import layer_of, measure_again, share_cores, use_threads
from harness_transformers.model.vocabulary import gap_of

log = logging.getLogger("harness")


class TransformersBackend:
    """Causal language models in a local folder, by hub name or as alias `smollm2-135m-instruct`; adapters by peft.

    `dtype`: the precision; "auto" is that of the files, "fast" bfloat16 where the device computes in it, else float32.
    `batch_tokens` is the most tokens of one pass, padding included; without it what fits into half of the free memory,
    at most 2048 on a CPU and more on a GPU.
    """

    def __init__(
        self,
        dtype: Dtype = "float32",
        device: Literal["auto", "cuda", "mps", "cpu"] = "auto",
        batch_tokens: int | None = None,
    ) -> None:
        if batch_tokens is not None and batch_tokens < 1:
            raise ValueError(f"batch_tokens: must be 1 or more, not {batch_tokens!r}")
        self.dtype: Dtype = dtype
        self.device = device
        self.batch_tokens = batch_tokens

    def identify(self, request: OpenRequest) -> Identity:
        """The identity of the model's files. Raises UsageError where some are missing or pickled."""
        return identify(request.model, self.dtype, choose_device(self.device))

    @contextmanager
    def open(self, request: OpenRequest) -> Iterator[OpenedModel]:
        """The model, loaded until the block ends. Raises UsageError where files or the device are not as expected."""
        with building():  # importing torch makes a million objects that stay
            opened = self._opened(request)
        try:
            yield opened
        finally:
            opened.weights.release()

    def choose_threads(self, request: OpenRequest) -> int:
        """The thread count that is fastest just now, measured in about a second on the sizes of the model.

        On a GPU torch's own.
        """
        share_cores()
        fix_products()
        with building():  # importing torch makes a million objects that stay
            layer = layer_of(read_json(locate(request.model) / "config.json"))
            return use_threads(None, layer, choose_device(self.device))[0]

    def count_tokens(self, request: OpenRequest, texts: Sequence[str]) -> Sequence[int]:
        """How many tokens each text has, without torch."""
        from tokenizers import Tokenizer

        file = locate(request.model) / "tokenizer.json"
        with refusing(file, "is no tokenizer"):
            core = Tokenizer.from_file(str(file))
        return [len(ids) for ids in encode(core, texts, special=True)]

    def check_requests(self, request: OpenRequest, requests: Sequence[Request]) -> Sequence[Answer]:
        """What the tokenizer and the chat template refuse, follow-ups included; loads no weights."""
        return refused(load_speech(locate(request.model)), requests)

    def explain(self, request: OpenRequest, requests: Sequence[Request]) -> Iterator[str]:
        """The plan for the requests, a line a step; loads the tokenizer, no weights."""
        speech = load_speech(locate(request.model))
        device = choose_device(self.device)
        yield from explained(speech, requests, self.batch_tokens or MOST_TOKENS[device], device)

    def _opened(self, request: OpenRequest) -> OpenedModel:
        share_cores()
        fix_products()
        device = choose_device(self.device)
        folder, adapter = locate(request.model), locate_adapter(request.model)
        layer = layer_of(read_json(folder / "config.json"))
        weights = load_weights(folder, self.dtype, device)
        gap = gap_of(weights.tokenizer.backend_tokenizer, weights.rows)
        if gap:
            log.warning("%s: %s; a text with such a token cannot be answered", request.model, gap)
        if device == "cpu":
            keep_freed_memory()
        threads, rates = use_threads(request.threads, layer, device)
        batch_tokens = self.batch_tokens or request.resume.get("batch_tokens") or token_budget(weights.model, device)
        sight = look(weights.model)
        facts = {
            "threads": threads,
            "thread_rates": {str(count): round(rate, 1) for count, rate in rates.items()},
            "device": device,
            **card_facts(device),
            "dtype": str(weights.model.dtype).removeprefix("torch."),
            "batch_tokens": batch_tokens,
            "torch": version("torch"),
            "transformers": version("transformers"),
            **sight.facts(),
        }
        if adapter is not None:
            weights.put_on(adapter)
        measure = partial(measure_again, layer) if device == "cpu" else None
        pace, reply_pace = (Pace(threads, measure) for _ in range(2))
        return OpenedModel(
            weights, request.model, adapter, batch_tokens, sight, pace, reply_pace, facts, request.resume
        )
