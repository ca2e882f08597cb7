"""The models of the table: a real one, a small one with random weights, and one of very many words.

Made in a process of its own, since whatever a parent has held counts into the peak memory of the processes it starts.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
LEARNT_FROM = ("README.md", "*/README.md", "harness/cli/demo_project/*.jsonl", "suites/harness_suites/*.jsonl")
SMALL = {"hidden_size": 384, "intermediate_size": 1024, "num_hidden_layers": 8, "num_attention_heads": 6}
WIDE = {"hidden_size": 256, "intermediate_size": 512, "num_hidden_layers": 2, "num_attention_heads": 4}
WIDE_WORDS = 151_936
WIDE_CONTEXT = 2_048
CHAT = "<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n"
MARKS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")


@dataclass(frozen=True)
class Model:
    """A model's folder, its name in the table, and how a raw prompt asks it for a reply."""

    name: str
    title: str
    folder: Path
    template: str = "{}"
    stop: tuple[str, ...] = ()
    max_new_tokens: int = 128

    def inner_parameters(self) -> int:
        """The weights that every token passes through: all but the embeddings and the output layer."""
        shapes = _shapes(self.folder / "model.safetensors")
        return sum(
            _size(shape) for name, shape in shapes.items() if "embed_tokens" not in name and "lm_head" not in name
        )

    def tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        return Tokenizer.from_file(str(self.folder / "tokenizer.json"))


def made(name: str, folder: Path) -> Model:
    """The model of that name, its weights made in `folder` or, of the real one, fetched where they always are."""
    if name == "smollm2":
        return Model(name, "SmolLM2-135M-Instruct", _apart(_real_folder), CHAT, ("\n\n",))
    if name == "small":
        _apart(make_small, folder / name)
        return Model(name, "random Llama, 20 M weights", folder / name, stop=(" b",))
    _apart(make_wide, folder / name)
    return Model(name, f"random Llama, {WIDE_WORDS:,} words", folder / name)


def make_small(folder: Path) -> None:
    """A Llama of 18 million random weights with a byte-level tokenizer learnt from this project's own documents."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    core = Tokenizer(models.BPE())
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=8_192,
        special_tokens=list(MARKS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    core.train([str(file) for pattern in LEARNT_FROM for file in sorted(ROOT.glob(pattern))], trainer)
    # Weights larger than usual, so that likelihoods differ enough to show a mistake.
    _save(folder, core, context=2_048, initializer_range=0.1, tie_word_embeddings=False, **SMALL)


def make_wide(folder: Path) -> None:
    """A Llama of two layers that knows as many words as the largest tokenizers in use."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    words = {word: at for at, word in enumerate((*MARKS, *(f"w{n}" for n in range(WIDE_WORDS - len(MARKS)))))}
    core = Tokenizer(models.WordLevel(words, unk_token=MARKS[0]))
    core.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    _save(folder, core, context=WIDE_CONTEXT, initializer_range=0.02, tie_word_embeddings=True, **WIDE)


def _apart(work: Callable[..., Any], *arguments: Any) -> Any:
    """What `work` returns, done in a process of its own."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def _real_folder() -> Path:
    from harness_transformers.identity import smollm2

    return smollm2.fetch()


def _save(folder: Path, core: Any, context: int, **settings: Any) -> None:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    special = {"bos_token": MARKS[1], "eos_token": MARKS[2], "pad_token": MARKS[2]}
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=core, **special)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        max_position_embeddings=context,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        **settings,
    )
    torch.manual_seed(0)
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def _shapes(file: Path) -> dict[str, list[int]]:
    """The shapes of the tensors in a safetensors file, from its header."""
    with file.open("rb") as content:
        (length,) = struct.unpack("<Q", content.read(8))
        header = json.loads(content.read(length))
    return {name: tensor["shape"] for name, tensor in header.items() if name != "__metadata__"}


def _size(shape: list[int]) -> int:
    size = 1
    for length in shape:
        size *= length
    return size
