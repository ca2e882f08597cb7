"""The tiny random Llama, opened, and what to train it on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import tiny_llama
from where import DEVICE

from harness.protocols import Signal
from harness.testing import make_conversation, make_conversation_set
from harness.types import Conversation, ModelReference, OpenRequest, StepRecord, TrainRequest
from harness_transformers.backend import TransformersBackend
from harness_transformers.inference.model import OpenedModel


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
    return tiny_llama.make_tokenizer


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the tiny model."""
    return tiny_llama.save_tiny_llama(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def reference(tiny: Path) -> ModelReference:
    return ModelReference(str(tiny))


@pytest.fixture(scope="session")
def opened(reference: ModelReference) -> Iterator[OpenedModel]:
    """The tiny model, open on one thread, with batches of at most 200 tokens."""
    with TransformersBackend(batch_tokens=200, device=DEVICE).open(OpenRequest(reference, threads=1)) as model:
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
