"""Logits at chosen positions only. Shapes: B rows, T positions, N chosen positions, V words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harness.errors import UsageError

LOGITS_AT_ONCE = 1 << 23  # 32 MB of float32: a vocabulary of 150,000 words is read 55 places at a time


@dataclass(frozen=True)
class Head:
    """A model's output layer, and the scale and soft cap that its configuration puts behind it."""

    layer: Any
    scale: float
    cap: float | None

    @classmethod
    def of(cls, model: Any) -> Head:
        settings = model.config.get_text_config()
        scale = (_factor(settings, "logit_scale") or 1.0) / (_factor(settings, "logits_scaling") or 1.0)
        return cls(model.get_output_embeddings(), scale, _factor(settings, "final_logit_softcapping"))

    def logits(self, hidden_nd: Any) -> Any:
        """Logits [N, V] in float32."""
        logits_nv = self.layer(hidden_nd).float()
        if self.scale != 1.0:
            logits_nv = logits_nv * self.scale
        return logits_nv if self.cap is None else (logits_nv / self.cap).tanh() * self.cap

    def log_likelihoods(self, hidden_nd: Any, reads_m: Any, targets_m: Any) -> Any:
        """The natural-log probability [M] of each target at place `reads_m` [M] (ascending) of N hidden states.

        Logits exist for a few places at a time: all at once are the largest tensor of an evaluation by far.
        """
        import torch

        words = self.layer.weight.shape[0]
        step = max(LOGITS_AT_ONCE // words, 1)
        starts = torch.arange(0, hidden_nd.shape[0] + step, step, device=reads_m.device)
        ends = torch.searchsorted(reads_m, starts).tolist()  # all at once: a GPU is waited for
        found = []
        for start, first, end in zip(range(0, hidden_nd.shape[0], step), ends, ends[1:], strict=False):
            logits_nv = self.logits(hidden_nd[start : start + step])
            found.append(log_likelihoods(logits_nv, reads_m[first:end] - start, targets_m[first:end]))
        return torch.cat(found)


def _factor(settings: Any, name: str) -> float | None:
    """A number of the model's configuration, where it has one. Raises UsageError where it is none."""
    value = getattr(settings, name, None)
    if value is not None and not isinstance(value, int | float):
        raise UsageError(f"{settings.name_or_path}/config.json: {name}: must be a number, not {str(value)[:100]!r}")
    return value


def log_likelihoods(logits_nv: Any, reads_m: Any, targets_m: Any) -> Any:
    """The natural-log probability [M] of each target at its place of float32 logits, which are used up.

    What `logsumexp` does, without a second tensor of that size.
    """
    found_m = logits_nv[reads_m, targets_m]
    most_n1 = logits_nv.amax(1, keepdim=True)
    shares_n = logits_nv.sub_(most_n1).exp_().sum(1)
    return found_m - (most_n1.squeeze(1) + shares_n.log())[reads_m]


def no_numbers(value: float) -> str:
    """The error of an answer whose logits are `value`: nan or infinite."""
    return f"the model's logits are {value}"


def hidden_at(model: Any, rows_n: Any, columns_n: Any, **inputs: Any) -> Any:
    """What the output layer would be given [N, D] at the chosen places; the layer itself sees a single one."""
    seen: list[Any] = []

    def catch(_layer: Any, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        seen.append(arguments[0][rows_n, columns_n])
        return (arguments[0][:1, :1], *arguments[1:])

    hook = model.get_output_embeddings().register_forward_pre_hook(catch)
    try:
        model(**inputs)
    finally:
        hook.remove()
    return seen[0]


def logits_at(model: Any, chosen_bt: Any, **inputs: Any) -> Any:
    """Logits [N, V] at the chosen positions in row order: the output layer, a fifth of a small model, sees no other.

    A hook in front of that layer leaves what the model does behind it (scaling, soft caps) in place.
    """

    def keep_chosen(_layer: Any, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        return (arguments[0][chosen_bt].unsqueeze(0), *arguments[1:])

    hook = model.get_output_embeddings().register_forward_pre_hook(keep_chosen)
    try:
        logits_1nv = model(**inputs).logits
    finally:
        hook.remove()
    if tuple(logits_1nv.shape[:2]) != (1, int(chosen_bt.sum())):
        raise UsageError(f"{type(model).__name__} makes its logits outside its output layer, which is not supported")
    return logits_1nv[0]


def pad(rows: list[list[int]]) -> tuple[Any, Any]:
    """The rows as one tensor [B, T] of int64, zeros behind them, and a mask of the same shape that is 1 on the rows."""
    import torch

    width = max((len(row) for row in rows), default=0)
    ids_bt = torch.zeros((len(rows), width), dtype=torch.long)
    mask_bt = torch.zeros_like(ids_bt)
    for index, row in enumerate(rows):
        ids_bt[index, : len(row)] = torch.tensor(row, dtype=torch.long)
        mask_bt[index, : len(row)] = 1
    return ids_bt, mask_bt
