import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from where import DEVICE

from harness.errors import UsageError
from harness.testing import make_conversation, make_conversation_set
from harness.types import Checkpoint, Conversation, Generate, ModelReference, OpenRequest, TrainRequest
from harness_transformers.backend import TransformersBackend
from harness_transformers.model.loading import load_model, load_speech
from harness_transformers.training.collate import WORTH_SHARING, can_share_prefix, collate, mean_loss, summed_loss
from harness_transformers.training.examples import make_examples
from harness_transformers.training.trainer import SupervisedTrainer

SHORT: dict[str, Any] = {"device": DEVICE, "max_steps": 6, "batch_size": 4, "learning_rate": 5e-3, "dropout": 0.1}
KILLED = """
import os, signal, sys
sys.path[:0] = {path!r}
from pathlib import Path
from harness.testing import make_conversation, make_conversation_set
from harness.types import ModelReference, TrainRequest
from harness_transformers.training.trainer import SupervisedTrainer

class Killer:
    def step(self, record):
        if record.step == 5:
            os.kill(os.getpid(), signal.SIGKILL)
        return "continue"

turns = {turns!r}
chats = [[make_conversation(*turn, system="You help people.") for turn in part] for part in turns]
train, held_out = map(make_conversation_set, chats)
request = TrainRequest(ModelReference({model!r}), train, held_out, folder=Path({folder!r}), seed=0, threads=1)
SupervisedTrainer(**{options!r}).train(request, Killer())
"""
MakeRequest = Callable[..., TrainRequest]


def weights(checkpoint: Checkpoint) -> dict[str, bytes]:
    from safetensors.torch import load_file

    folder = Path(checkpoint.model.adapter or checkpoint.model.reference)
    (file,) = folder.glob("*.safetensors")
    return {name: tensor.numpy().tobytes() for name, tensor in load_file(file).items()}


def losses(checkpoint: Checkpoint) -> list[float | None]:
    return [record.loss for record in checkpoint.curve]


def test_the_loss_is_the_models_own_and_a_shared_prefix_leaves_it_as_it_is(
    tiny: Path, lessons: list[Conversation]
) -> None:
    import torch

    model, examples = load_model(tiny, "float32").to(DEVICE), make_examples(load_speech(tiny), lessons, 512)
    batch = {name: tensor.to(DEVICE) for name, tensor in collate(examples.rows).items()}
    losses, gradients = [], []
    for loss in (
        lambda: model(**batch).loss,
        lambda: summed_loss(model, batch) / (batch["labels"] != -100).sum(),
        lambda: summed_loss(model, batch, share_prefix=True) / (batch["labels"] != -100).sum(),
    ):
        model.zero_grad()
        found = loss()
        found.backward()
        losses.append(found.item())
        gradients.append(torch.cat([one.grad.flatten() for one in model.parameters()]))
    assert losses[1] == pytest.approx(losses[0], rel=1e-6)
    assert losses[2] == pytest.approx(losses[0], rel=1e-6)
    torch.testing.assert_close(gradients[1], gradients[0], rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(gradients[2], gradients[0], rtol=1e-4, atol=1e-5)


def test_a_prefix_is_only_shared_where_that_was_tried(
    tiny: Path, lessons: list[Conversation], monkeypatch: pytest.MonkeyPatch
) -> None:
    model, examples = load_model(tiny, "float32").to(DEVICE), make_examples(load_speech(tiny), lessons, 512)
    monkeypatch.setitem(WORTH_SHARING, DEVICE, 8)
    assert can_share_prefix(model, examples.rows, DEVICE)
    monkeypatch.setattr("harness_transformers.training.collate.run_prefix", lambda *_: 1 / 0)
    assert not can_share_prefix(model, examples.rows, DEVICE)


def test_each_trained_token_weighs_the_same_in_the_validation_loss(tiny: Path, lessons: list[Conversation]) -> None:
    model, rows = load_model(tiny, "float32").to(DEVICE), make_examples(load_speech(tiny), lessons, 512).rows
    together, apart = mean_loss(model, [rows], DEVICE), mean_loss(model, [[row] for row in rows], DEVICE)
    assert together == pytest.approx(apart, rel=1e-5)
    assert model.training is False


def test_eight_examples_can_be_learnt_by_heart(request_in: MakeRequest, notebook: Any) -> None:
    trainer = SupervisedTrainer(device=DEVICE, method="full", max_steps=40, batch_size=8, learning_rate=0.01)
    asked = request_in(validation=0)
    checkpoint = trainer.train(asked, notebook())
    assert checkpoint.curve[0].loss > 2
    assert checkpoint.curve[-1].loss < 0.05
    first = next(iter(asked.train)).messages
    with TransformersBackend(device=DEVICE).open(OpenRequest(checkpoint.model, threads=1)) as model:
        (answer,) = model.answer([Generate("x", first[:-1], max_new_tokens=30)])
    assert answer.replies == (first[-1].content,)
    assert answer.finish_reason == "stop"


def test_the_same_seed_gives_the_same_weights_and_another_one_others(request_in: MakeRequest, notebook: Any) -> None:
    one, same, other = (
        SupervisedTrainer(**SHORT).train(request_in(name, seed=seed), notebook())
        for name, seed in (("one", 0), ("same", 0), ("other", 1))
    )
    assert losses(one) == losses(same)
    assert weights(one) == weights(same)
    assert weights(one) != weights(other)


@pytest.mark.parametrize("method", ["lora", "full"])
def test_a_killed_training_ends_with_the_weights_of_an_undisturbed_one(
    method: str, request_in: MakeRequest, notebook: Any, tiny: Path
) -> None:
    options = {**SHORT, "method": method, "evaluate_every": 3, "checkpoint_every": 2}
    if method == "full":
        options["learning_rate"] = 1e-3
    undisturbed = SupervisedTrainer(**options).train(request_in("undisturbed"), notebook())
    asked = request_in("killed")
    turns = [[[m.content for m in one.messages[1:]] for one in part] for part in (asked.train, asked.validation)]
    script = KILLED.format(path=sys.path, turns=turns, model=str(tiny), folder=str(asked.folder), options=options)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert (asked.folder / "checkpoint-4" / "progress.json").is_file()
    half_written = asked.folder / "checkpoint-5"
    half_written.mkdir()
    (half_written / "optimizer.pt").write_bytes(b"torn")
    resumed = SupervisedTrainer(**options).train(request_in("killed"), notebook())
    assert resumed.facts["resumed_from"] == 4
    assert losses(resumed) == losses(undisturbed)
    assert [r.validation_loss for r in resumed.curve] == [r.validation_loss for r in undisturbed.curve]
    assert resumed.step == undisturbed.step
    assert weights(resumed) == weights(undisturbed)


def test_a_finished_training_is_returned_and_not_repeated(request_in: MakeRequest, notebook: Any) -> None:
    first, second = notebook(), notebook()
    checkpoint = SupervisedTrainer(**SHORT).train(request_in(), first)
    assert SupervisedTrainer(**SHORT).train(request_in(), second) == checkpoint
    assert len(first.records) == 6
    assert second.records == []
    assert sorted(path.name for path in request_in().folder.iterdir()) == ["best", "finished.json", "settings.json"]


def test_an_end_that_was_cut_off_is_completed(request_in: MakeRequest, notebook: Any) -> None:
    checkpoint = SupervisedTrainer(**SHORT).train(request_in(), notebook())
    folder = request_in().folder
    (folder / "best").rename(folder / f"best-{checkpoint.step}")
    (folder / "checkpoint-6").mkdir()
    assert SupervisedTrainer(**SHORT).train(request_in(), notebook()) == checkpoint
    assert sorted(path.name for path in folder.iterdir()) == ["best", "finished.json", "settings.json"]


def test_a_folder_of_another_training_is_refused(request_in: MakeRequest, notebook: Any) -> None:
    SupervisedTrainer(**SHORT).train(request_in(), notebook())
    with pytest.raises(UsageError, match="another model, data, seed or options"):
        SupervisedTrainer(**{**SHORT, "rank": 4}).train(request_in(), notebook())
    with pytest.raises(UsageError, match="another model, data, seed or options"):
        SupervisedTrainer(**SHORT).train(request_in(seed=1), notebook())


def test_training_stops_early_and_keeps_the_best(request_in: MakeRequest, notebook: Any) -> None:
    # a rate that overshoots: the validation loss soon rises
    options = {**SHORT, "max_steps": 40, "learning_rate": 0.2, "schedule": "constant", "dropout": 0.0}
    trainer = SupervisedTrainer(**{**options, "evaluate_every": 1, "patience": 3})
    seen = notebook()
    checkpoint = trainer.train(request_in(), seen)
    found = [record.validation_loss for record in checkpoint.curve]
    assert checkpoint.stopped_early
    assert list(checkpoint.curve) == seen.records
    assert checkpoint.step == found.index(min(found)) + 1
    assert len(found) == checkpoint.step + 3
    assert checkpoint.facts["best_validation_loss"] == min(found)
    assert measured_again(checkpoint, request_in()) == pytest.approx(min(found), rel=1e-5)


def measured_again(checkpoint: Checkpoint, request: TrainRequest) -> float:
    """The validation loss of the checkpoint as it was saved."""
    from peft import PeftModel

    from harness_transformers.model.adapters import peft_warnings_silenced

    folder = Path(request.model.reference)
    rows = make_examples(load_speech(folder), request.validation, 512).rows
    with peft_warnings_silenced():
        model = PeftModel.from_pretrained(load_model(folder, "float32").to(DEVICE), checkpoint.model.adapter)
    return mean_loss(model, [rows], DEVICE)


def test_a_stop_ends_the_training_with_its_best(request_in: MakeRequest, notebook: Any) -> None:
    checkpoint = SupervisedTrainer(**SHORT, evaluate_every=3).train(request_in(), notebook(stop_at=2))
    assert [record.step for record in checkpoint.curve] == [1, 2]
    assert (checkpoint.step, checkpoint.steps, checkpoint.stopped_early) == (2, 6, True)
    assert checkpoint.curve[-1].validation_loss is not None
    assert Path(checkpoint.model.adapter or "", "adapter_model.safetensors").is_file()


def test_the_loss_does_not_depend_on_how_a_step_is_cut_into_batches(request_in: MakeRequest, notebook: Any) -> None:
    whole, parts = (
        SupervisedTrainer(device=DEVICE, max_steps=1, batch_size=size, accumulate=times).train(
            request_in(f"{size}"), notebook()
        )
        for size, times in ((8, 1), (2, 4))
    )
    assert losses(whole) == pytest.approx(losses(parts), rel=1e-5)
    assert whole.curve[0].validation_loss == pytest.approx(parts.curve[0].validation_loss, rel=1e-4)


@pytest.mark.parametrize("method", ["lora", "full"])
def test_bfloat16_is_nearly_as_exact(method: str, request_in: MakeRequest, notebook: Any) -> None:
    single, half = (
        SupervisedTrainer(device=DEVICE, method=method, max_steps=2, precision=precision).train(
            request_in(precision), notebook()
        )
        for precision in ("float32", "bfloat16")
    )
    assert losses(half) == pytest.approx(losses(single), rel=0.02)
    assert losses(half) != losses(single)


def test_an_epoch_trains_each_row_once_however_large_a_step_is(request_in: MakeRequest, notebook: Any) -> None:
    whole, *others = (
        SupervisedTrainer(device=DEVICE, batch_size=size, accumulate=times).train(
            request_in(f"{size}{times}"), notebook()
        )
        for size, times in ((8, 1), (8, 4), (3, 4), (3, 2))
    )
    assert [checkpoint.steps for checkpoint in (whole, *others)] == [1, 1, 1, 2]
    assert {checkpoint.facts["trained_tokens"] for checkpoint in others} == {whole.facts["trained_tokens"]}
    # as large a step, in batches of 8, or of 3, 3 and 2 rows: every token weighs the same
    assert losses(others[0]) == pytest.approx(losses(whole), rel=1e-5)
    assert losses(others[1]) == pytest.approx(losses(whole), rel=1e-5)
    assert others[1].curve[0].validation_loss == pytest.approx(whole.curve[0].validation_loss, rel=1e-4)


def test_epochs_decide_the_steps(request_in: MakeRequest, notebook: Any) -> None:
    checkpoint = SupervisedTrainer(device=DEVICE, epochs=1.5, batch_size=3).train(request_in(), notebook())
    assert checkpoint.steps == 4


def test_all_weights_make_a_folder_of_the_same_tokenizer(request_in: MakeRequest, notebook: Any) -> None:
    trainer = SupervisedTrainer(**{**SHORT, "method": "full", "learning_rate": 1e-3})
    checkpoint = trainer.train(request_in(), notebook())
    backend = TransformersBackend(device=DEVICE)
    before, after = (backend.identify(OpenRequest(model)) for model in (request_in().model, checkpoint.model))
    assert checkpoint.model.adapter is None
    assert {name for name in before.parts if before.parts[name] != after.parts[name]} == {"weights"}
    with backend.open(OpenRequest(checkpoint.model, threads=1)) as model:
        (answer,) = model.answer([Generate("x", "The box", max_new_tokens=2)])
    assert answer.error is None


def test_an_adapter_names_its_base_as_the_recipe_does(request_in: MakeRequest, notebook: Any) -> None:
    checkpoint = SupervisedTrainer(**SHORT).train(request_in(), notebook())
    settings = json.loads(Path(checkpoint.model.adapter or "", "adapter_config.json").read_text("utf-8"))
    assert settings["base_model_name_or_path"] == request_in().model.reference
    assert checkpoint.model.reference == request_in().model.reference


def test_training_prints_nothing(request_in: MakeRequest, notebook: Any, capfd: pytest.CaptureFixture[str]) -> None:
    SupervisedTrainer(**SHORT).train(request_in(), notebook())
    assert capfd.readouterr() == ("", "")


def test_facts_tell_what_was_trained_on(request_in: MakeRequest, notebook: Any) -> None:
    facts = SupervisedTrainer(**SHORT).train(request_in(), notebook()).facts
    assert (facts["examples"], facts["validation_examples"], facts["dropped"], facts["truncated"]) == (8, 4, 0, 0)
    assert facts["trained_tokens"] > 100
    assert (facts["threads"], facts["device"], facts["precision"]) == (1, DEVICE, "float32")


def test_data_without_an_assistant_turn_are_refused(reference: ModelReference, tmp_path: Path, notebook: Any) -> None:
    silent = make_conversation_set([make_conversation("hi", id="a")])
    with pytest.raises(UsageError, match="none of 1 conversations has an assistant turn"):
        SupervisedTrainer(device=DEVICE).train(TrainRequest(reference, silent, silent, tmp_path, threads=1), notebook())


def test_a_loss_that_is_no_number_ends_the_training(request_in: MakeRequest, notebook: Any) -> None:
    with pytest.raises(UsageError, match=r"loss at step \d+ is (nan|inf); try a"):
        SupervisedTrainer(**{**SHORT, "learning_rate": 1e30, "max_steps": 20}).train(request_in(), notebook())


def test_a_model_with_an_adapter_is_refused(request_in: MakeRequest, notebook: Any) -> None:
    first = SupervisedTrainer(**SHORT).train(request_in(), notebook())
    again = TrainRequest(first.model, request_in().train, request_in().validation, request_in("more").folder)
    with pytest.raises(UsageError, match="name its base model"):
        SupervisedTrainer(device=DEVICE).train(again, notebook())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rank": 0}, "rank: must be 1 or more, not 0"),
        ({"learning_rate": 0.0}, "learning_rate: must be more than 0, not 0.0"),
        ({"dropout": 1.0}, "dropout: must be at least 0 and less than 1, not 1.0"),
        ({"max_tokens": 1}, "max_tokens: must be 2 or more, not 1"),
        ({"weight_decay": -1.0}, "weight_decay: must be 0 or more, not -1.0"),
    ],
)
def test_a_bad_option_is_named(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SupervisedTrainer(**options)
