"""Adapters on a model: all of their weights used, and none of the model's own changed."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harness.errors import UsageError
from harness_transformers.model.refusals import refusing
from harness_transformers.model.wholeness import refuse_unless_whole

_FILE, _PREFIX = "adapter_model.safetensors", "base_model.model."


def with_adapter(model: Any, adapter: Path, name: str, folder: Path) -> Any:
    """The model of the folder with the adapter loaded under this name, beside those that it has.

    Raises UsageError where the adapter is one of another model, lacks weights, holds others or would change the
    model's own.
    """
    from peft import PeftModel, get_peft_model_state_dict

    file = adapter / _FILE
    with peft_warnings_silenced(), _misfit_named(adapter, folder):
        changed = _own_weights(model, file)
        if not isinstance(model, PeftModel):
            model = PeftModel.from_pretrained(model, str(adapter), adapter_name=name, is_trainable=False)
        # peft tells what it found in the file only here, and loads twice what is new: the same numbers
        found = model.load_adapter(str(adapter), adapter_name=name, is_trainable=False)
        changed -= set(get_peft_model_state_dict(model, adapter_name=name, save_embedding_layers=False))
    refuse_unless_whole(file, f"an adapter on {folder}", missing=found.missing_keys, unexpected=found.unexpected_keys)
    if changed:
        raise UsageError(
            f"{file}: holds weights of the model itself, such as {min(changed)}, which are others in {folder}; "
            f"merge the adapter into the model and name that"
        )
    return model


def _own_weights(model: Any, file: Path) -> set[str]:
    """The tensors of the file that have the name of one of the model's own, and are others."""
    import torch
    from safetensors import safe_open

    own = {name.replace(".base_layer.", "."): weight for name, weight in _base(model).state_dict().items()}
    changed = set()
    with safe_open(file, framework="pt") as tensors:
        for name in tensors.keys():  # noqa: SIM118 - it is no dictionary
            weight = own.get(name.removeprefix(_PREFIX).replace(".base_layer.", "."))
            if weight is not None and not torch.equal(tensors.get_tensor(name).to(weight), weight):
                changed.add(name)
    return changed


def _base(model: Any) -> Any:
    return model.get_base_model() if hasattr(model, "peft_config") else model


@contextmanager
def peft_warnings_silenced() -> Iterator[None]:
    """What no user can do anything about, and what is refused."""
    with warnings.catch_warnings():
        # peft 0.21 reads a property that transformers 5.23 calls deprecated
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing` is deprecated", FutureWarning)
        warnings.filterwarnings("ignore", "Found missing adapter keys")
        yield


@contextmanager
def _misfit_named(adapter: Path, folder: Path) -> Iterator[None]:
    """A UsageError in place of what torch and peft say of an adapter that does not fit."""
    with refusing(adapter, f"cannot be put on {folder}"):
        try:
            yield
        except KeyError as error:  # a whole module that the adapter brings, in place of one of the model
            if not str(error.args[0]).startswith(_PREFIX):
                raise
            refuse_unless_whole(adapter / _FILE, f"an adapter on {folder}", missing=[error.args[0]], unexpected=[])
        except RuntimeError as error:
            misfit = next((line.strip() for line in str(error).splitlines() if "size mismatch" in line), None)
            if misfit is None:
                raise
            raise UsageError(
                f"adapter {adapter}: was made for another model than {folder}, such as one with more tokens; name "
                f"that, or merge the adapter into it ({misfit})"
            ) from error
