"""Weights and tokenizer in memory: safetensors only, local files only, no code that comes with a model."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias

from harness.errors import UsageError
from harness_transformers.device import Device, check_device
from harness_transformers.identify import context_length, embedding_rows, precision, weight_files
from harness_transformers.linear import use_onednn
from harness_transformers.locate import read_json
from harness_transformers.memory import tidy
from harness_transformers.threads import usable_cores

Dtype: TypeAlias = Literal["float32", "bfloat16", "auto", "fast"]


class Speaks(Protocol):
    """Turns text into tokens, can see so many, and has an embedding of `rows`: all that a plan needs to know."""

    @property
    def tokenizer(self) -> Any: ...

    @property
    def context_length(self) -> int: ...

    @property
    def rows(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Speech:
    """The tokenizer of a folder without its weights; `rows` is None where the configuration does not say how many."""

    tokenizer: Any
    context_length: int
    rows: int | None


@dataclass
class Weights:
    """A causal language model and what is needed to talk to it; adapters are put on as they are asked for."""

    folder: Path
    model: Any
    tokenizer: Any
    device: Device
    context_length: int
    end_ids: frozenset[int]
    adapters: dict[Path, str] = field(default_factory=dict)

    @contextmanager
    def using(self, adapter: Path | None) -> Iterator[Any]:
        """The model with this adapter, or without any."""
        if adapter is not None:
            self.put_on(adapter)
            self.model.set_adapter(self.adapters[adapter])
            yield self.model
        elif self.adapters:
            with self.model.disable_adapter():
                yield self.model
        else:
            yield self.model

    def put_on(self, adapter: Path) -> None:
        """Load an adapter beside those already there. Raises UsageError where it is one of another model."""
        from peft import PeftModel

        if adapter in self.adapters:
            return
        name = f"adapter{len(self.adapters)}"
        with peft_warnings_silenced(), _misfit_named(adapter, self.folder):
            if self.adapters:
                self.model.load_adapter(str(adapter), adapter_name=name, is_trainable=False)
            else:
                self.model = PeftModel.from_pretrained(self.model, str(adapter), adapter_name=name, is_trainable=False)
        self.model.eval()
        self.adapters[adapter] = name

    @property
    def rows(self) -> int:
        """The tokens that the model has weights for."""
        return int(self.base.get_input_embeddings().weight.shape[0])

    @property
    def base(self) -> Any:
        """The model below its adapters."""
        return self.model.get_base_model() if self.adapters else self.model

    def release(self) -> None:
        """Give the memory back."""
        self.model = None
        if self.device == "cuda":  # main memory comes back by itself, and looking for more takes a moment
            tidy(self.device)


def load_weights(folder: Path, dtype: Dtype, device: Device) -> Weights:
    """The model of a local folder, ready to answer. Raises UsageError where torch cannot use the device."""
    check_device(device)
    model = load_model(folder, precision(dtype, read_json(folder / "config.json"), device)).to(device).eval()
    use_onednn(model)
    speech = load_speech(folder)
    return Weights(folder, model, speech.tokenizer, device, speech.context_length, end_ids(model, speech.tokenizer))


def load_speech(folder: Path) -> Speech:
    """The tokenizer of a local folder and the model's context."""
    tokenizer, config = load_tokenizer(folder), read_json(folder / "config.json")
    return Speech(tokenizer, context_length(config) or tokenizer.model_max_length, embedding_rows(config))


def load_model(folder: Path, dtype: str) -> Any:
    """The causal language model of a local folder, on the CPU. Raises UsageError where it has no safetensors."""
    quiet_libraries()
    from transformers import AutoModelForCausalLM

    weight_files(folder)
    return AutoModelForCausalLM.from_pretrained(
        folder, dtype=dtype, local_files_only=True, trust_remote_code=False, use_safetensors=True
    )


def load_tokenizer(folder: Path) -> Any:
    """The fast tokenizer of a local folder."""
    quiet_libraries()
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)


def end_ids(model: Any, tokenizer: Any) -> frozenset[int]:
    """The tokens that end a reply: those of the generation settings, else the tokenizer's."""
    named = model.generation_config.eos_token_id
    if named is None:
        named = tokenizer.eos_token_id
    if named is None:
        return frozenset()
    return frozenset(named) if isinstance(named, list) else frozenset([named])


@contextmanager
def peft_warnings_silenced() -> Iterator[None]:
    """For peft 0.21 reads a property that transformers 5.23 calls deprecated, which no user can do anything about."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing` is deprecated", FutureWarning)
        yield


@contextmanager
def _misfit_named(adapter: Path, folder: Path) -> Iterator[None]:
    """A UsageError in place of torch's list of all weights that have another size."""
    try:
        yield
    except RuntimeError as error:
        misfit = next((line.strip() for line in str(error).splitlines() if "size mismatch" in line), None)
        if misfit is None:
            raise
        raise UsageError(
            f"adapter {adapter}: was made for another model than {folder}, such as one with more tokens; name that, "
            f"or merge the adapter into it ({misfit})"
        ) from error


def quiet_libraries() -> None:
    """No telemetry, no bars, only errors: what a user should see goes through the logger `harness`.

    Tokenizers use the cores: behind a GPU, turning texts into tokens on one of them took longer than the passes.
    """
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    os.environ.setdefault("RAYON_NUM_THREADS", str(usable_cores()))
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
