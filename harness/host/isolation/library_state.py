"""What libraries keep for the whole process; a library that is not imported has none, and is not imported for it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Trait:
    """Something of the process: what it is called, how it is read and set.

    `put` gives False where nothing is to be said of the change.
    """

    name: str
    read: Callable[[], Any]
    put: Callable[[Any], object]


def _module(name: str) -> Any:
    return sys.modules[name]


def _put_random(state: Any) -> bool:
    _module("random").setstate(state)
    return False  # what draws a number changes it, and nobody is to be kept from that


def _numpy_random() -> tuple[Any, ...]:
    name, keys, *rest = _module("numpy").random.get_state()
    return (name, keys.tobytes(), *rest)


def _put_numpy_random(state: tuple[Any, ...]) -> bool:
    name, keys, *rest = state
    _module("numpy").random.set_state((name, _module("numpy").frombuffer(keys, dtype="uint32"), *rest))
    return False


def _torch_random() -> bytes:
    return bytes(_module("torch").get_rng_state().numpy().tobytes())


def _put_torch_random(state: bytes) -> bool:
    torch = _module("torch")
    torch.set_rng_state(torch.frombuffer(bytearray(state), dtype=torch.uint8))
    return False


def _deterministic() -> tuple[bool, bool]:
    torch = _module("torch")
    return torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()


def _put_device(name: str) -> None:
    _module("torch").set_default_device(None if name == "cpu" else name)


def _put_temporary(folder: str | None) -> bool:
    _module("tempfile").tempdir = folder
    return False  # whoever asks for it first sets it


def _decimal() -> tuple[Any, ...]:
    context = _module("decimal").getcontext()
    return context.prec, context.rounding, context.Emin, context.Emax


def _put_decimal(fields: tuple[Any, ...]) -> None:
    context = _module("decimal").getcontext()
    context.prec, context.rounding, context.Emin, context.Emax = fields


_TORCH = (
    Trait(
        "torch's gradients",
        lambda: _module("torch").is_grad_enabled(),
        lambda was: _module("torch").set_grad_enabled(was),
    ),
    Trait(
        "torch's default dtype",
        lambda: str(_module("torch").get_default_dtype()),
        lambda was: _module("torch").set_default_dtype(getattr(_module("torch"), was.removeprefix("torch."))),
    ),
    Trait("torch's default device", lambda: str(_module("torch").get_default_device()), _put_device),
    Trait(
        "torch's deterministic algorithms",
        _deterministic,
        lambda was: _module("torch").use_deterministic_algorithms(was[0], warn_only=was[1]),
    ),
    Trait(
        "torch's threads",
        lambda: _module("torch").get_num_threads(),
        lambda was: _module("torch").set_num_threads(was),
    ),
    Trait(
        "torch's precision of products",
        lambda: _module("torch").get_float32_matmul_precision(),
        lambda was: _module("torch").set_float32_matmul_precision(was),
    ),
    Trait(
        "torch's search for anomalies",
        lambda: _module("torch").is_anomaly_enabled(),
        lambda was: _module("torch").autograd.set_detect_anomaly(was),
    ),
    Trait("torch's random numbers", _torch_random, _put_torch_random),
)

LIBRARIES: Mapping[str, tuple[tuple[Trait, ...], Mapping[str, Any]]] = {
    "random": (
        (Trait("random numbers", lambda: _module("random").getstate(), _put_random),),
        {},
    ),
    "tempfile": (
        (Trait("the folder of temporary files", lambda: _module("tempfile").tempdir, _put_temporary),),
        {"the folder of temporary files": None},
    ),
    "socket": (
        (
            Trait(
                "the time limit of sockets",
                lambda: _module("socket").getdefaulttimeout(),
                lambda was: _module("socket").setdefaulttimeout(was),
            ),
        ),
        {"the time limit of sockets": None},
    ),
    "decimal": (
        (Trait("the context of decimal", _decimal, _put_decimal),),
        {"the context of decimal": (28, "ROUND_HALF_EVEN", -999_999, 999_999)},
    ),
    "multiprocessing": (
        (
            Trait(
                "how processes are started",
                lambda: _module("multiprocessing").get_start_method(allow_none=True),
                lambda was: _module("multiprocessing").set_start_method(was, force=True),
            ),
        ),
        {"how processes are started": None},
    ),
    "numpy": (
        (
            Trait(
                "numpy's errors",
                lambda: _module("numpy").geterr(),
                lambda was: _module("numpy").seterr(**was),
            ),
            Trait("numpy's random numbers", _numpy_random, _put_numpy_random),
        ),
        {"numpy's errors": {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}},
    ),
    "torch": (
        _TORCH,
        {
            "torch's gradients": True,
            "torch's default dtype": "torch.float32",
            "torch's default device": "cpu",
            "torch's deterministic algorithms": (False, False),
            "torch's precision of products": "highest",
            "torch's search for anomalies": False,
        },
    ),
}
"""The traits of a library by its module, and what they are where it was only just imported."""
