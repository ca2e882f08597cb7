"""TRL's SFTTrainer as a trainer whose checkpoints the backend `transformers` opens."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tiny_llama import save_tiny_llama

from harness import Component
from harness.testing import TrainerContract, make_conversation, make_conversation_set
from harness.types import Checkpoint, ModelReference, StepRecord, TrainRequest

if TYPE_CHECKING:
    from tests.conftest import Project
    from tests.third_party.conftest import Find, Run

FILE = "trl_trainer.py"
OPTIONS: Mapping[str, Any] = {"max_steps": 4, "batch_size": 2, "learning_rate": 1e-3}
pytestmark = [
    pytest.mark.filterwarnings("ignore:`gradient_checkpointing` is deprecated:FutureWarning"),  # TRL 1.16 sets it
    pytest.mark.filterwarnings("ignore:'pin_memory' argument is set as true:UserWarning"),  # so does transformers
]


class TestTrl(TrainerContract):
    @pytest.fixture(autouse=True)
    def load(self, find: Find, tiny: Path) -> None:
        self.found, self.folder = find(FILE, "trainer", "trl"), tiny

    def component(self) -> Component[Any]:
        return self.found

    def model(self, folder: Path) -> ModelReference:
        return ModelReference(str(self.folder))

    def options(self) -> Mapping[str, Any]:
        return OPTIONS


class Dies:
    """A monitor that raises at a step."""

    def __init__(self, at: int | None = None) -> None:
        self.at = at

    def step(self, record: StepRecord) -> str:
        if record.step == self.at:
            raise KeyboardInterrupt
        return "continue"


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_llama(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def train(find: Find, tiny: Path, tmp_path: Path) -> Callable[..., Checkpoint]:
    """Trains in a folder by name."""
    chats = make_conversation_set([make_conversation(f"What is {n} plus {n}?", f"It is {n + n}.") for n in range(20)])

    def trained(folder: str, seed: int = 0, monitor: Dies | None = None) -> Checkpoint:
        (tmp_path / folder).mkdir(exist_ok=True)
        request = TrainRequest(ModelReference(str(tiny)), chats, chats, tmp_path / folder, seed=seed, threads=1)
        checkpoint: Checkpoint = find(FILE, "trainer", "trl").build(**OPTIONS).train(request, monitor or Dies())
        return checkpoint

    return trained


def test_another_seed_gives_another_curve(train: Callable[..., Checkpoint]) -> None:
    assert train("one").curve == train("same").curve != train("other", seed=1).curve


def test_what_was_cut_short_comes_to_the_same_end_when_repeated(train: Callable[..., Checkpoint]) -> None:
    with pytest.raises(KeyboardInterrupt):
        train("cut", monitor=Dies(at=3))
    assert train("cut").curve == train("whole").curve


def test_a_run_trains_and_judges_the_model_that_comes_of_it(project: Project, harness: Run, tiny: Path) -> None:
    cases = [{"id": str(n), "prompt": f"Say {n}", "reference": f"It is {n}"} for n in range(12)]
    project.write("suites/cases.jsonl", "\n".join(map(json.dumps, cases)))
    metrics = [{"use": "perplexity", "role": "primary"}]
    project.suite("sums", choices=None, metrics=metrics, generation={"max_new_tokens": 4})
    model = {"reference": str(tiny), "backend": {"use": "transformers", "device": "cpu"}}
    project.recipe(model=model, trainer={"use": "trl", **OPTIONS}, suites=["sums"])
    done = harness(FILE, "run", "recipe.yaml", "--json")
    training = done.report.training
    assert (training.trainer, training.checkpoint_step, training.steps) == ("trl", 4, 4)
    assert [record.step for record in training.curve] == [1, 2, 3, 4]
    (metric,) = done.report.comparisons[0].metrics
    assert metric.candidate != metric.baseline
    assert done.code in (0, 1, 3)
