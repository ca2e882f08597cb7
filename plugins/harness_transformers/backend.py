"""The backend `transformers`: identities from files, models from local folders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from typing import Literal

from harness.types import Identity, OpenRequest
from harness_transformers.device import choose_device
from harness_transformers.identify import identify
from harness_transformers.loading import Dtype, load_weights
from harness_transformers.locate import locate, locate_adapter
from harness_transformers.model import OpenedModel
from harness_transformers.threads import use_threads

BATCH_TOKENS = {"cpu": 2048, "mps": 4096, "cuda": 16384}


class TransformersBackend:
    """Causal language models in a local folder, by hub name or as alias `smollm2-135m-instruct`; adapters by peft.

    `batch_tokens` is the most tokens of one batch, padding included; without it 2048 on a CPU and more on a GPU.
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
        device = choose_device(self.device)
        folder, adapter = locate(request.model), locate_adapter(request.model)
        weights = load_weights(folder, self.dtype, device)
        threads, rates = use_threads(request.threads)
        batch_tokens = self.batch_tokens or BATCH_TOKENS[device]
        facts = {
            "threads": threads,
            "thread_rates": {str(count): round(rate, 1) for count, rate in rates.items()},
            "device": device,
            "dtype": str(weights.model.dtype).removeprefix("torch."),
            "batch_tokens": batch_tokens,
            "torch": version("torch"),
            "transformers": version("transformers"),
        }
        if adapter is not None:
            weights.put_on(adapter)
        try:
            yield OpenedModel(weights, request.model, adapter, batch_tokens, facts)
        finally:
            weights.release()

    def choose_threads(self) -> int:
        """The thread count that is fastest on this machine just now, measured in about a second."""
        return use_threads(None)[0]

    def count_tokens(self, request: OpenRequest, texts: Sequence[str]) -> Sequence[int]:
        """How many tokens each text has, without torch."""
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(locate(request.model) / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return [len(encoding.ids) for encoding in tokenizer.encode_batch(list(texts))]
