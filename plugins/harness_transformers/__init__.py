"""Everything that needs torch: the backend `transformers` and the trainer `sft`."""

from __future__ import annotations

from collections.abc import Iterator

from harness.hookspecs import hookimpl
from harness.protocols import Backend, Trainer
from harness.types.component import Component
from harness_transformers.backend import TransformersBackend
from harness_transformers.training.trainer import SupervisedTrainer


@hookimpl
def register_backends() -> Iterator[Component[Backend]]:
    yield Component(
        "transformers",
        TransformersBackend,
        "a folder, hub name or alias, opened with transformers; adapters with peft",
        needs=("weights", "[models]"),
    )


@hookimpl
def register_trainers() -> Iterator[Component[Trainer]]:
    yield Component(
        "sft",
        SupervisedTrainer,
        "supervised fine-tuning on assistant turns: LoRA, or all weights",
        needs=("weights", "[models]"),
    )
