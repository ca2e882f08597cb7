"""Weights and tokenizer in memory: safetensors only, local files only, no code that comes with a model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias

from harness_transformers.identity.device import Device, check_device
from harness_transformers.identity.files import read_json
from harness_transformers.identity.identify import context_length, embedding_rows, precision, weight_files
from harness_transformers.identity.quiet import quiet_libraries
from harness_transformers.model.adapters import with_adapter
from harness_transformers.model.linear import use_onednn
from harness_transformers.model.memory import tidy
from harness_transformers.model.refusals import quantization_named, refusing, refusing_settings
from harness_transformers.model.wholeness import check_layers, check_loaded, check_size

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
        """Load an adapter beside those already there. Raises UsageError where it is not a whole one of this model."""
        if adapter in self.adapters:
            return
        name = f"adapter{len(self.adapters)}"
        self.model = with_adapter(self.model, adapter, name, self.folder).eval()
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
    """The causal language model of a local folder, on the CPU. Raises UsageError where its files do not hold it."""
    quiet_libraries()
    from transformers import AutoModelForCausalLM

    weight_files(folder)
    check_layers(folder)
    with refusing_settings(folder):
        check_size(folder, _described(folder))
    with quantization_named(folder), refusing(folder, "transformers cannot load the model"):
        model, found = AutoModelForCausalLM.from_pretrained(
            folder,
            dtype=dtype,
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            output_loading_info=True,
            ignore_mismatched_sizes=True,  # so that they are told, and refused here
        )
    check_loaded(folder, found)
    return model


def load_tokenizer(folder: Path) -> Any:
    """The fast tokenizer of a local folder. Raises UsageError where it, or config.json, cannot be read."""
    quiet_libraries()
    from transformers import AutoTokenizer

    with refusing_settings(folder):  # which the tokenizer's loader reads, too
        _configured(folder)
    with refusing(folder / "tokenizer.json", "cannot be read with tokenizer_config.json as a tokenizer"):
        return AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)


def _described(folder: Path) -> Any:
    """The model that config.json describes, without memory for its weights."""
    import torch
    from transformers import AutoModelForCausalLM

    settings = _configured(folder)
    with torch.device("meta"):
        return AutoModelForCausalLM.from_config(settings, trust_remote_code=False)


def _configured(folder: Path) -> Any:
    from transformers import AutoConfig

    return AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)


def end_ids(model: Any, tokenizer: Any) -> frozenset[int]:
    """The tokens that end a reply: those of the generation settings, else the tokenizer's."""
    named = model.generation_config.eos_token_id
    if named is None:
        named = tokenizer.eos_token_id
    if named is None:
        return frozenset()
    return frozenset(named) if isinstance(named, list) else frozenset([named])
