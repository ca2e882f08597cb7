"""A random Llama of a few thousand weights and a byte-level tokenizer trained here: everything real but the knowledge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from harness.hashing import content_hash
from harness.protocols import Signal
from harness.types import Conversation, Message, ModelReference, OpenRequest, StepRecord, TrainRequest
from harness_transformers.backend import TransformersBackend
from harness_transformers.model import OpenedModel

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


@pytest.fixture(autouse=True)
def own_cache(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test writes into the user's cache, but a slow one may use the real model that lies there."""
    with pytest.MonkeyPatch.context() as patch:
        if request.node.get_closest_marker("slow") is None:
            patch.setenv("HARNESS_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))
        yield


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the tiny model."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    folder = tmp_path_factory.mktemp("tiny")
    tokenizer = make_tokenizer(CHATML)
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


def make_tokenizer(template: str | None) -> object:
    """A byte-level BPE of 400 tokens with ChatML marks."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    core = Tokenizer(models.BPE())
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    marks = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    core.train_from_iterator(TEXT, trainers.BpeTrainer(vocab_size=400, special_tokens=marks, initial_alphabet=alphabet))
    return PreTrainedTokenizerFast(
        tokenizer_object=core,
        bos_token="<|im_start|>",
        eos_token="<|im_end|>",
        pad_token="<|im_end|>",
        chat_template=template,
    )


@pytest.fixture(scope="session")
def reference(tiny: Path) -> ModelReference:
    return ModelReference(str(tiny))


@pytest.fixture(scope="session")
def opened(reference: ModelReference) -> Iterator[OpenedModel]:
    """The tiny model, open on one thread, with batches of at most 200 tokens."""
    with TransformersBackend(batch_tokens=200, device="cpu").open(OpenRequest(reference, threads=1)) as model:
        yield model


class Conversations(list[Conversation]):
    """A conversation set in memory."""

    @property
    def fingerprint(self) -> str:
        return content_hash([[(m.role, m.content, m.weight) for m in one.messages] for one in self])


@dataclass
class Notebook:
    """A monitor that writes records down, and says stop at `stop_at`."""

    stop_at: int | None = None
    records: list[StepRecord] = field(default_factory=list)

    def step(self, record: StepRecord) -> Signal:
        self.records.append(record)
        return "stop" if record.step == self.stop_at else "continue"


def chat(*contents: str, name: str = "c") -> Conversation:
    """User and assistant in turns."""
    roles = ("user", "assistant")
    return Conversation(name, tuple(Message(roles[at % 2], text) for at, text in enumerate(contents)))


@pytest.fixture
def lessons() -> Conversations:
    """Twelve short chats of different lengths."""
    words = "box ring light door power phone app button room house wifi bell".split()
    return Conversations(
        chat(f"Where is the {word}?", f"The {word} is {'very ' * (at % 4)}near the door.", name=str(at))
        for at, word in enumerate(words)
    )


@pytest.fixture
def request_in(
    reference: ModelReference, lessons: Conversations, tmp_path: Path
) -> Callable[..., TrainRequest]:
    """A request to train on the first eight chats and validate on the last four, in a folder by name."""

    def make(folder: str = "training", seed: int = 0) -> TrainRequest:
        split = Conversations(lessons[:8]), Conversations(lessons[8:])
        return TrainRequest(reference, *split, folder=tmp_path / folder, seed=seed, threads=1)

    return make
