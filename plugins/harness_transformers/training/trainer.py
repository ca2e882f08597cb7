"""The trainer `sft`: assistant turns by LoRA or all weights, validated, stopped early, resumable to the bit."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from harness.errors import UsageError
from harness.protocols import Monitor
from harness.types import Checkpoint, ModelReference, Remark, TrainRequest
from harness.types.hashing import content_hash
from harness_transformers.identity.device import Device, card_facts, check_device, choose_device
from harness_transformers.identity.files import read_json
from harness_transformers.identity.identify import TOKENIZER_FILES, identify
from harness_transformers.identity.locate import locate
from harness_transformers.inference.plan import plan_batches
from harness_transformers.model.adapters import peft_warnings_silenced
from harness_transformers.model.loading import load_model
from harness_transformers.model.memory import tidy
from harness_transformers.model.repeatable import fix_products
from harness_transformers.model.threads import layer_of, share_cores, use_threads
from harness_transformers.training import checkpoints
from harness_transformers.training.collate import can_share_prefix, mean_loss
from harness_transformers.training.examples import Examples
from harness_transformers.training.lessons import Lessons, look_at, take
from harness_transformers.training.loop import Settings, run_steps
from harness_transformers.training.order import StepPlan, plan_steps
from harness_transformers.training.progress import Progress, curve_of
from harness_transformers.training.remarks import remarks_on

VALIDATION_TOKENS = 2048
EVALUATIONS = 6
LEARNING_RATES = {"lora": 1e-3, "full": 2e-5}


@dataclass(frozen=True)
class SupervisedTrainer:
    """Fine-tunes on the assistant turns of conversations and returns the checkpoint with the lowest validation loss.

    `method` "lora" trains an adapter of `rank` on all linear layers, "full" all weights. `max_steps` overrides
    `epochs`; a step is `accumulate` batches of `batch_size` conversations, each cut to `max_tokens`, or all
    conversations where they are fewer. `learning_rate` is
    1e-3 for LoRA and 2e-5 for all weights; it rises over `warmup_share` of the steps, then follows `schedule`.
    Validation runs every `evaluate_every` steps (a sixth of the training) and `patience` times without a new best end
    it; a checkpoint to resume from is written every `checkpoint_every` steps (at each validation). `precision`
    "bfloat16" runs matrix products in bfloat16. The same seed gives the same weights on the same machine, on a GPU too.
    """

    method: Literal["lora", "full"] = "lora"
    rank: int = 8
    alpha: float = 16
    dropout: float = 0.0
    epochs: float = 1
    max_steps: int | None = None
    batch_size: int = 8
    accumulate: int = 1
    learning_rate: float | None = None
    schedule: Literal["linear", "cosine", "constant"] = "linear"
    warmup_share: float = 0.05
    weight_decay: float = 0.0
    max_tokens: int = 512
    evaluate_every: int | None = None
    patience: int = 3
    checkpoint_every: int | None = None
    precision: Literal["float32", "bfloat16"] = "float32"
    device: Literal["auto", "cuda", "mps", "cpu"] = "auto"

    def __post_init__(self) -> None:
        counts = ("rank", "max_steps", "batch_size", "accumulate", "evaluate_every", "patience", "checkpoint_every")
        for name in counts:
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name}: must be 1 or more, not {value!r}")
        for name in ("alpha", "epochs", "learning_rate"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ValueError(f"{name}: must be more than 0, not {value!r}")
        for name in ("dropout", "warmup_share"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name}: must be at least 0 and less than 1, not {getattr(self, name)!r}")
        if self.max_tokens < 2:
            raise ValueError(f"max_tokens: must be 2 or more, not {self.max_tokens!r}")
        if self.weight_decay < 0:
            raise ValueError(f"weight_decay: must be 0 or more, not {self.weight_decay!r}")

    def check_data(self, request: TrainRequest) -> Iterator[Remark]:
        """What is cut, left out or not worth much, by the model's own tokenizer and template; loads no weights.

        Raises UsageError on rows that cannot be trained on, and on a model with an adapter.
        """
        _refuse_adapter(request.model)
        source = locate(request.model)
        yield from self._remarks(look_at(source, request, self.max_tokens), source)

    def train(self, request: TrainRequest, monitor: Monitor) -> Checkpoint:
        """The best checkpoint, in `request.folder/best`; an interrupted training is resumed, a finished one returned.

        Raises UsageError on data, model or folder that cannot be trained.
        """
        _refuse_adapter(request.model)
        device = choose_device(self.device)
        key = self._key(request, device)
        if (done := checkpoints.finished(request.folder)) is not None:
            checkpoints.claim(request.folder, key, {})
            return _checkpoint(self.method, request, done)
        share_cores()
        fix_products()
        layer = layer_of(read_json(locate(request.model) / "config.json"))
        threads, _ = use_threads(request.threads, layer, device)
        # a resumed training keeps the thread count of its start: sums in another order are other numbers
        claimed = checkpoints.claim(request.folder, key, {"threads": threads})
        threads, _ = use_threads(claimed["threads"], layer, device)
        try:
            return self._train(request, monitor, device, threads)
        finally:
            if device == "cuda":  # the evaluation that follows needs it, and the Trainer's objects refer to each other
                tidy(device)

    def _train(self, request: TrainRequest, monitor: Monitor, device: Device, threads: int) -> Checkpoint:
        check_device(device)
        source = locate(request.model)
        lessons = take(source, request, self.max_tokens)
        examples, validation = lessons.train, lessons.validation
        warnings = [one.text for one in self._remarks(lessons, source) if one.level == "warning"]
        model = self._model(source, request, device)
        share_prefix = can_share_prefix(model, examples.rows[: self.batch_size], device)
        evaluate = _validation(model, validation, device, share_prefix)
        save = partial(_save, model, source, request.model.reference)
        plan = self._plan(examples, request.seed)
        progress = self._progress(request, monitor, plan.steps, evaluate, save)
        resumed = checkpoints.last_checkpoint(request.folder)
        if resumed is not None:
            progress.restore(resumed[1])
        if not progress.ended:
            settings = self._settings(progress, plan, request, device, share_prefix)
            batches = [[examples.rows[index] for index in batch] for batch in plan.batches]
            run_steps(model, batches, settings, progress, resumed and resumed[0])
        facts = _facts(examples, validation, progress) | {"warnings": warnings}
        facts |= {"threads": threads, "device": device, "method": self.method}
        facts |= card_facts(device)
        facts |= {"precision": self.precision, "resumed_from": len(resumed[1]["curve"]) if resumed else None}
        state = progress.state() | {"steps": progress.steps, "facts": facts}
        checkpoints.finish(request.folder, state)
        return _checkpoint(self.method, request, state)

    def _remarks(self, lessons: Lessons, source: Path) -> Iterator[Remark]:
        return remarks_on(lessons, source, self.max_tokens, self.batch_size * self.accumulate)

    def _key(self, request: TrainRequest, device: Device) -> str:
        """A hash of all that decides the result: the base model's files, data and their order, options, seed."""
        base = identify(request.model, self.precision, device)
        data = [request.train.fingerprint, request.validation.fingerprint]
        return content_hash([vars(self), base.fingerprint, base.numerics, data, request.seed])

    def _model(self, source: Path, request: TrainRequest, device: Device) -> Any:
        from peft import LoraConfig, get_peft_model
        from transformers import set_seed

        set_seed(request.seed)  # the adapter's first values are random
        # under LoRA the frozen weights need no more precision than they are used with; trained ones do
        frozen = self.precision if self.method == "lora" else "float32"
        model = load_model(source, frozen).to(device)
        if self.method == "full":
            return model
        settings = LoraConfig(
            r=self.rank,
            lora_alpha=self.alpha,
            lora_dropout=self.dropout,
            target_modules="all-linear",
            task_type="CAUSAL_LM",
        )
        with peft_warnings_silenced():
            adapted = get_peft_model(model, settings)
        # a local folder, because peft looks the base model's config up whenever a checkpoint is written
        adapted.peft_config["default"].base_model_name_or_path = str(source)
        return adapted

    def _progress(
        self,
        request: TrainRequest,
        monitor: Monitor,
        steps: int,
        validate: Callable[[], float] | None,
        save: Callable[[Path], None],
    ) -> Progress:
        return Progress(
            monitor,
            steps,
            evaluate_every=self.evaluate_every or max(1, round(steps / EVALUATIONS)),
            patience=self.patience,
            validate=validate,
            keep=lambda step: checkpoints.save_best(request.folder, step, save),
        )

    def _settings(
        self, progress: Progress, plan: StepPlan, request: TrainRequest, device: Device, share_prefix: bool
    ) -> Settings:
        return Settings(
            folder=request.folder,
            steps=progress.steps,
            accumulate=plan.accumulate,
            learning_rate=self.learning_rate or LEARNING_RATES[self.method],
            schedule=self.schedule,
            warmup_steps=round(self.warmup_share * progress.steps),
            weight_decay=self.weight_decay,
            checkpoint_every=self.checkpoint_every or progress.evaluate_every,
            bfloat16=self.precision == "bfloat16",
            device=device,
            seed=request.seed,
            share_prefix=share_prefix,
        )

    def _plan(self, examples: Examples, seed: int) -> StepPlan:
        lengths = [len(row) for row in examples.rows]
        return plan_steps(lengths, self.batch_size, self.accumulate, seed, epochs=self.epochs, max_steps=self.max_steps)


def _refuse_adapter(model: ModelReference) -> None:
    if model.adapter is not None:
        raise UsageError(f"sft trains a model without an adapter, not {str(model)!r}; name its base model")


def _validation(model: Any, validation: Examples, device: Device, share_prefix: bool) -> Callable[[], float] | None:
    """What measures the validation loss, always in the same batches; None without validation data."""
    plan = plan_batches([len(row) for row in validation.rows], VALIDATION_TOKENS)
    batches = [[validation.rows[index] for index in batch] for batch in plan]
    return partial(mean_loss, model, batches, device, share_prefix=share_prefix) if batches else None


def _save(model: Any, source: Path, reference: str, folder: Path) -> None:
    """Write an adapter on `reference`, or a whole model with its own tokenizer files: rewritten ones hash otherwise."""
    from peft import PeftModel

    if isinstance(model, PeftModel):
        config = model.peft_config["default"]
        config.base_model_name_or_path = reference  # not this machine's path
        model.save_pretrained(folder, save_embedding_layers=False)  # "auto" would ask the hub about the base model
        config.base_model_name_or_path = str(source)
        return
    model.save_pretrained(folder)
    for name in TOKENIZER_FILES:
        if (source / name).is_file():
            shutil.copyfile(source / name, folder / name)


def _facts(examples: Examples, validation: Examples, progress: Progress) -> dict[str, Any]:
    return {
        "examples": len(examples.rows),
        "dropped": examples.dropped,
        "truncated": examples.truncated,
        "validation_examples": len(validation.rows),
        "validation_dropped": validation.dropped,
        "validation_truncated": validation.truncated,
        "trained_tokens": sum(record.tokens for record in progress.curve),
        "seconds": round(sum(record.seconds for record in progress.curve), 3),
        "evaluation_seconds": round(progress.evaluation_seconds, 3),
        "best_validation_loss": progress.best_loss,
    }


def _checkpoint(method: str, request: TrainRequest, state: Mapping[str, Any]) -> Checkpoint:
    best, base = str(request.folder / "best"), request.model
    adapted = ModelReference(base.reference, adapter=best, revision=base.revision, backend=base.backend)
    return Checkpoint(
        model=adapted if method == "lora" else ModelReference(best, backend=base.backend),
        step=state["best_step"],
        steps=state["steps"],
        curve=tuple(curve_of(state)),
        stopped_early=state["stopped_early"],
        facts=state["facts"],
    )
