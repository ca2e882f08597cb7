"""A random Llama of a few thousand weights and a byte-level tokenizer trained here: all real but the knowledge."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from harness.protocols import Signal
from harness.testing import make_conversation, make_conversation_set
from harness.types import Conversation, ModelReference, OpenRequest, StepRecord, TrainRequest
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
    """No test writes into the user's cache; only a slow one uses the real model that lies there."""
    with pytest.MonkeyPatch.context() as patch:
        if request.node.get_closest_marker("slow") is None:
            patch.setenv("HARNESS_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))
        yield


@pytest.fixture(scope="session")
def make_tokenizer() -> Callable[..., Any]:
    """Makes a byte-level BPE of 400 tokens with ChatML marks and the given template."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    def make(template: str | None = CHATML, *, trim_offsets: bool = False) -> Any:
        core = Tokenizer(models.BPE())
        core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        core.post_processor = processors.ByteLevel(trim_offsets=trim_offsets)
        core.decoder = decoders.ByteLevel()
        marks, alphabet = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"], pre_tokenizers.ByteLevel.alphabet()
        trainer = trainers.BpeTrainer(
            vocab_size=400, special_tokens=marks, initial_alphabet=alphabet, show_progress=False
        )
        core.train_from_iterator(TEXT, trainer)
        special = {"bos_token": "<|im_start|>", "eos_token": "<|im_end|>", "pad_token": "<|im_end|>"}
        return PreTrainedTokenizerFast(tokenizer_object=core, chat_template=template, **special)

    return make


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory, make_tokenizer: Callable[..., Any]) -> Path:
    """The folder of the tiny model."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    from harness_transformers.loading import quiet_libraries

    quiet_libraries()
    folder, tokenizer = tmp_path_factory.mktemp("tiny"), make_tokenizer()
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


@pytest.fixture(scope="session")
def reference(tiny: Path) -> ModelReference:
    return ModelReference(str(tiny))


@pytest.fixture(scope="session")
def opened(reference: ModelReference) -> Iterator[OpenedModel]:
    """The tiny model, open on one thread, with batches of at most 200 tokens."""
    with TransformersBackend(batch_tokens=200, device="cpu").open(OpenRequest(reference, threads=1)) as model:
        yield model


@dataclass
class Notebook:
    """A monitor that writes records down, and says stop at `stop_at`."""

    stop_at: int | None = None
    records: list[StepRecord] = field(default_factory=list)

    def step(self, record: StepRecord) -> Signal:
        self.records.append(record)
        return "stop" if record.step == self.stop_at else "continue"


@pytest.fixture
def notebook() -> Callable[..., Notebook]:
    return Notebook


@pytest.fixture(scope="session")
def lessons() -> list[Conversation]:
    """Twelve short chats of different lengths that begin alike."""
    words = ["box", "ring", "light", "door", "power", "phone", "app", "button", "room", "house", "wifi", "bell"]
    return [
        make_conversation(
            f"Where is the {word}?", f"The {word} is {'very ' * (at % 4)}near.", system="You help people."
        )
        for at, word in enumerate(words)
    ]


@pytest.fixture
def request_in(reference: ModelReference, lessons: list[Conversation], tmp_path: Path) -> Callable[..., TrainRequest]:
    """Asks for a training on the first eight chats, validated on the last four or nothing, in a folder by name."""

    def make(folder: str = "training", *, seed: int = 0, validation: int = 4) -> TrainRequest:
        train, held_out = make_conversation_set(lessons[:8]), make_conversation_set(lessons[8 : 8 + validation])
        return TrainRequest(reference, train, held_out, folder=tmp_path / folder, seed=seed, threads=1)

    return make
