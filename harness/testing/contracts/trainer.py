"""What every trainer must do. Kept light, since a real model is trained: nothing is drawn."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

import pytest

from harness.errors import UsageError
from harness.protocols import ChecksData, Signal, Trainer
from harness.testing.builders import make_conversation, make_conversation_set
from harness.testing.contracts.component import ComponentContract
from harness.testing.contracts.samples import CONVERSATIONS
from harness.testing.contracts.showing import shown
from harness.types import Checkpoint, Conversation, ModelReference, Remark, Source, StepRecord, TrainRequest
from harness.types.component import ComponentKind
from harness.types.validation import misfit

BuildTrainer: TypeAlias = Callable[[], Trainer]
Done: TypeAlias = tuple[Sequence[Remark], Checkpoint]
"""What was said of the rows, and what was made of them."""

_CLOSE = 1e-3
_PLACE = re.compile(r"odd-rows\.jsonl:(\d+)")


class TrainerContract(ComponentContract):
    """Override `model`, a small model to train, and `options` for two steps or more that take seconds."""

    kind: ClassVar[ComponentKind] = "trainer"

    def model(self, folder: Path) -> ModelReference:
        raise NotImplementedError(f"{type(self).__name__} must return a small model from model()")

    def conversations(self) -> Sequence[Conversation]:
        return [make_conversation(f"What is {n} plus {n}?", f"It is {n + n}.") for n in range(8)]

    def test_it_reports_its_steps_in_their_order(self, build: BuildTrainer, tmp_path: Path) -> None:
        monitor = _Listener()
        checkpoint = build().train(self._inputs(build, tmp_path), monitor)
        steps = [record.step for record in monitor.records]
        assert len(steps) > 1, self._broken(
            "its contract needs options for two steps or more, each told to the monitor"
        )
        assert steps == sorted(set(steps)), self._broken(f"steps are told once each, in their order, not {steps}")
        within = 0 <= checkpoint.step <= steps[-1] <= checkpoint.steps
        rule = f"a checkpoint is of a step that was told, of those planned: {checkpoint.step} of {checkpoint.steps}"
        assert within, self._broken(f"{rule}; the last one told was {steps[-1]}")

    def test_every_loss_is_finite(self, build: BuildTrainer, tmp_path: Path) -> None:
        monitor = _Listener()
        checkpoint = build().train(self._inputs(build, tmp_path), monitor)
        for record in (*monitor.records, *checkpoint.curve):
            losses = [loss for loss in (record.loss, record.validation_loss) if loss is not None]
            rule = "a loss is a finite number, or None where there is none; training that is lost raises"
            assert all(map(math.isfinite, losses)), self._broken(f"{rule}; {shown(record)}")

    def test_its_checkpoint_lies_in_its_folder_and_the_first_model_is_left_alone(
        self, build: BuildTrainer, tmp_path: Path
    ) -> None:
        request = self._inputs(build, tmp_path)
        start = Path(request.model.reference)
        before = _files(start, without=request.folder)
        _, checkpoint = self._work(build(), request)
        model = checkpoint.model
        made = Path(model.adapter or model.reference)
        assert made.exists(), self._broken(f"a checkpoint names a model that is there; {made} is not")
        inside = made.resolve().is_relative_to(request.folder.resolve())
        assert inside, self._broken(f"it writes into request.folder, {request.folder}, and nowhere else; {made}")
        rule = f"the model that it starts from, {start}, is changed by it"
        assert _files(start, without=request.folder) == before, self._broken(rule)

    def test_it_ends_when_the_monitor_says_stop(self, build: BuildTrainer, tmp_path: Path) -> None:
        monitor = _Listener(stop_at=1)
        checkpoint = build().train(self._inputs(build, tmp_path), monitor)
        told = [record.step for record in monitor.records]
        rule = (
            f'it ends after the step to which the monitor says "stop", with the checkpoint of a step till then; {told}'
        )
        ended = len(told) == 1 and checkpoint.step <= told[0]
        assert ended, self._broken(rule)

    def test_training_again_in_its_folder_gives_the_same_checkpoint(self, build: BuildTrainer, tmp_path: Path) -> None:
        request = self._inputs(build, tmp_path)
        first, again = (self._work(build(), request) for _ in range(2))
        rule = "a training that has ended gives the same checkpoint again"
        assert first[1].model == again[1].model, self._broken(rule)
        self._assert_same(first, again)

    def test_what_it_says_of_its_rows_is_remarks(self, build: BuildTrainer, tmp_path: Path) -> None:
        remarks = tuple(_looking(build()).check_data(self._inputs(build, tmp_path)))
        wrong = misfit(remarks, tuple[Remark, ...])
        assert wrong is None, self._broken(f"check_data gives Remarks; {wrong}")
        for remark in remarks:
            assert remark.text.strip(), self._broken(f"a remark says something; {shown(remark)}")

    def test_rows_that_it_trains_on_it_does_not_refuse(self, build: BuildTrainer, tmp_path: Path) -> None:
        request = self._inputs(build, tmp_path)
        for held_out in (request.validation, make_conversation_set([])):
            error = _raised(build(), replace(request, validation=held_out))
            rule = f"check_data refuses no rows that can be trained on, here with {len(held_out)} held out: {error!r}"
            assert error is None, self._broken(rule)

    def test_a_row_that_it_refuses_is_named_by_a_usage_error(self, build: BuildTrainer, tmp_path: Path) -> None:
        request = self._inputs(build, tmp_path)
        sound = self.conversations()
        for odd in CONVERSATIONS:
            placed = [replace(one, source=Source("odd-rows.jsonl", n)) for n, one in enumerate([*sound, odd], 1)]
            error = _raised(build(), replace(request, train=make_conversation_set(placed)))
            named = {int(number) for number in _PLACE.findall(str(error))}
            rule = "check_data raises nothing but a UsageError that names file and line of what it refuses"
            good = error is None or (isinstance(error, UsageError) and named == {len(placed)})
            where = f"{placed[-1].source}, {shown(odd)}"
            assert good, self._broken(f"{rule}; of {where} it raises {error!r}")

    def _inputs(self, build: BuildTrainer, folder: Path) -> TrainRequest:
        training = folder / "training"
        training.mkdir(parents=True)
        conversations = make_conversation_set(self.conversations())
        return TrainRequest(self.model(folder), conversations, conversations, training, seed=1, threads=1)

    def _work(self, built: Trainer, inputs: TrainRequest) -> Done:
        remarks = list(built.check_data(inputs)) if isinstance(built, ChecksData) else []
        return remarks, built.train(inputs, _Listener())

    def _assert_same(self, first: Any, second: Any) -> None:
        (remarks, one), (other_remarks, other) = first, second
        assert remarks == other_remarks, self._broken("the same rows get the same remarks")
        self._assert_same_training(one, other)

    def _assert_same_training(self, first: Checkpoint, second: Checkpoint) -> None:
        steps, others = ((one.step, one.steps, one.stopped_early) for one in (first, second))
        losses, other_losses = ([record.loss or 0.0 for record in one.curve] for one in (first, second))
        same = steps == others and losses == pytest.approx(other_losses, rel=_CLOSE)
        rule = "the same model, data, options and seed give the same curve and checkpoint"
        assert same, self._broken(f"{rule}; {steps} {shown(losses)} and {others} {shown(other_losses)}")


class _Listener:
    """A monitor that keeps the records and asks to stop at one of them, counted from 1."""

    def __init__(self, stop_at: int | None = None) -> None:
        self.records: list[StepRecord] = []
        self._stop_at = stop_at

    def step(self, record: StepRecord) -> Signal:
        self.records.append(record)
        return "stop" if len(self.records) == self._stop_at else "continue"


def _looking(trainer: Trainer) -> ChecksData:
    if not isinstance(trainer, ChecksData):
        pytest.skip("the trainer does not look at its rows before it trains")
    return trainer


def _raised(trainer: Trainer, request: TrainRequest) -> Exception | None:
    """What looking at the rows raises."""
    try:
        list(_looking(trainer).check_data(request))
    except Exception as error:
        return error
    return None


def _files(model: Path, without: Path) -> Mapping[str, bytes]:
    """What a local model is made of; nothing where it is not local."""
    files = [model] if model.is_file() else model.rglob("*") if model.is_dir() else []
    return {str(file): file.read_bytes() for file in files if file.is_file() and without not in file.parents}
