"""A random Llama of a few thousand weights and a byte-level tokenizer trained here: all real but the knowledge."""

from __future__ import annotations

from pathlib import Path
from typing import Any

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
TEXT = [
    "The box rings when someone is at the door. Hold the round button for five seconds until the ring blinks blue.",
    "How do I connect my new box to the phone? Choose Add a box in the app, then wait for the light. It needs power.",
    "Sorry about those evenings, that sounds tiring. Stand within two metres and try again, or write to us at once.",
] * 4
CONTEXT = 192


def make_tokenizer(template: str | None = CHATML, *, trim_offsets: bool = False) -> Any:
    """A byte-level BPE of 400 tokens with ChatML marks and the given template."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    core = Tokenizer(models.BPE())
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.post_processor = processors.ByteLevel(trim_offsets=trim_offsets)
    core.decoder = decoders.ByteLevel()
    marks, alphabet = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"], pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=400, special_tokens=marks, initial_alphabet=alphabet, show_progress=False)
    core.train_from_iterator(TEXT, trainer)
    special = {"bos_token": "<|im_start|>", "eos_token": "<|im_end|>", "pad_token": "<|im_end|>"}
    return PreTrainedTokenizerFast(tokenizer_object=core, chat_template=template, **special)


def save_tiny_llama(folder: Path) -> Path:
    """The folder, which now holds the model."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    from harness_transformers.identity.quiet import quiet_libraries

    quiet_libraries()
    tokenizer = make_tokenizer()
    settings = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=CONTEXT,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.eos_token_id,
        initializer_range=0.3,  # so that likelihoods differ enough to show a mistake
    )
    torch.manual_seed(0)
    LlamaForCausalLM(settings).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
