"""The steps of a training, by transformers' Trainer: optimizer, schedule, accumulation, checkpoints, random state.

What it would decide itself is decided here: the order of the examples, the loss, when to validate, what is the best.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from harness.types import StepRecord
from harness_transformers.identity.device import Device
from harness_transformers.model.repeatable import cannot_repeat, repeatable
from harness_transformers.training import checkpoints
from harness_transformers.training.collate import IGNORED, collate, summed_loss
from harness_transformers.training.examples import Example
from harness_transformers.training.progress import Progress

# two, since a third is deleted before the newest is marked complete
KEPT_CHECKPOINTS = 2

log = logging.getLogger("harness")


@dataclass(frozen=True)
class Settings:
    """What the steps need to know."""

    folder: Path
    steps: int
    accumulate: int
    learning_rate: float
    schedule: Literal["linear", "cosine", "constant"]
    warmup_steps: int
    weight_decay: float
    checkpoint_every: int
    bfloat16: bool
    device: Device
    seed: int
    share_prefix: bool


def run_steps(
    model: Any, batches: Sequence[Sequence[Example]], settings: Settings, progress: Progress, checkpoint: Path | None
) -> None:
    """Train `model` in place on the batches in their order, from `checkpoint` or the start, until `progress` ends it.

    The optimizer and random states of a checkpoint are torch files; transformers 5.23 reads them
    with `weights_only=True`, which runs no code. Its `training_args.bin` is a pickle, written and never read.
    """
    done = len(progress.curve)
    try:
        with repeatable(settings.device):
            _run_steps(model, batches, settings, progress, checkpoint)
    except RuntimeError as error:
        if not cannot_repeat(error) or len(progress.curve) > done:
            raise
        log.warning("the same seed may give other weights another time: %s", error)
        _run_steps(model, batches, settings, progress, checkpoint)


def _run_steps(
    model: Any, batches: Sequence[Sequence[Example]], settings: Settings, progress: Progress, checkpoint: Path | None
) -> None:
    from transformers import PrinterCallback, Trainer

    class LabelledTrainer(Trainer):  # type: ignore[misc]
        """The Trainer with the loss of our collator: its sum over the tokens of all accumulated batches, per token."""

        def compute_loss(
            self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
        ) -> Any:
            loss = summed_loss(model, inputs, share_prefix=settings.share_prefix)
            steps.add(loss, inputs["labels"])
            return loss / num_items_in_batch

    steps = _step_reporter(settings, progress)
    trainer = LabelledTrainer(
        model=model,
        args=_arguments(settings),
        train_dataset=batches,
        data_collator=_collate_only,
        callbacks=[steps],
    )
    trainer.remove_callback(PrinterCallback)  # it writes to stdout, which belongs to results
    trainer.model_accepts_loss_kwargs = True  # so the tokens of all accumulated batches are counted together ...
    trainer.loss_is_scaled_for_ga = True  # ... and the loss is not divided by their number again
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)


def _collate_only(batches: Sequence[Sequence[Example]]) -> dict[str, Any]:
    (batch,) = batches
    return collate(batch)


def _arguments(settings: Settings) -> Any:
    from transformers import TrainingArguments

    arguments = TrainingArguments(
        output_dir=str(settings.folder),
        max_steps=settings.steps,
        per_device_train_batch_size=1,  # our batches are its examples, because not all are of one size
        gradient_accumulation_steps=settings.accumulate,
        learning_rate=settings.learning_rate,
        lr_scheduler_type="constant_with_warmup" if settings.schedule == "constant" else settings.schedule,
        warmup_steps=settings.warmup_steps,
        weight_decay=settings.weight_decay,
        bf16=settings.bfloat16,
        use_cpu=settings.device == "cpu",
        seed=settings.seed,
        train_sampling_strategy="sequential",
        remove_unused_columns=False,
        dataloader_pin_memory=settings.device == "cuda",
        save_strategy="steps",
        save_steps=settings.checkpoint_every,
        save_total_limit=KEPT_CHECKPOINTS,
        logging_strategy="no",
        log_level="error",
        report_to="none",
        disable_tqdm=True,
    )
    if arguments.n_gpu > 1:
        arguments._n_gpu = 1  # else the model is wrapped in DataParallel, which multiplies the batch
    return arguments


def _step_reporter(settings: Settings, progress: Progress) -> Any:
    from transformers import TrainerCallback

    class StepReporter(TrainerCallback):  # type: ignore[misc]
        """Adds up the loss of a step's batches, passes it on, and marks checkpoints as complete."""

        def __init__(self) -> None:
            self.loss, self.tokens, self.started = 0.0, 0, 0.0

        def add(self, loss: Any, labels: Any) -> None:
            self.loss += float(loss.detach())
            self.tokens += int((labels != IGNORED).sum())

        def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            self.loss, self.tokens, self.started = 0.0, 0, time.perf_counter()

        def on_step_end(self, args: Any, state: Any, control: Any, **objects: Any) -> None:
            record = StepRecord(
                step=state.global_step,
                of=settings.steps,
                loss=self.loss / self.tokens,
                learning_rate=float(objects["lr_scheduler"].get_last_lr()[0]),
                tokens=self.tokens,
                seconds=time.perf_counter() - self.started,
            )
            if progress.step(record):
                control.should_training_stop = True
                control.should_save = False  # nothing resumes from an end

        def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            checkpoints.complete_checkpoint(settings.folder, state.global_step, progress.state())

    return StepReporter()
