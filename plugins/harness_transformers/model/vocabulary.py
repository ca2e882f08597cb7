"""Whether each token of a tokenizer has a row in the embedding: one that has none cannot be looked up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.errors import UsageError
from harness_transformers.model.loading import Speaks

SHOWN = 3


def gap_of(core: Any, rows: int | None) -> str:
    """Which tokens of a `tokenizers.Tokenizer` have none of so many rows, None being enough; "" where each has one."""
    added = core.get_added_tokens_decoder()
    tokens = core.get_vocab_size()
    if rows is None or (tokens <= rows and max(added, default=0) < rows):
        return ""
    rowless = sorted((at, token) for token, at in core.get_vocab().items() if at >= rows)
    shown = ", ".join(repr(token) for _, token in rowless[:SHOWN])
    more = f" and {len(rowless) - SHOWN:,} more" if len(rowless) > SHOWN else ""
    have = "has" if len(rowless) == 1 else "have"
    return f"the tokenizer has {tokens:,} tokens, the embedding {rows:,} rows; {shown}{more} {have} none"


def check_rows(speaks: Speaks, ids: Sequence[int] | NDArray[np.int32]) -> None:
    """Raise UsageError, which names the token, where the embedding has no row for one: a GPU would be lost by it."""
    found, rows = np.asarray(ids), speaks.rows
    if rows is None or not found.size or found.max() < rows:
        return
    token = int(found[found >= rows][0])
    name = speaks.tokenizer.convert_ids_to_tokens(token)
    raise UsageError(f"the token {name!r} (id {token}) has no row in the model's embedding, which has {rows:,}")
