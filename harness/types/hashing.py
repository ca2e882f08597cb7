"""One way to hash content: canonical JSON, BLAKE2b, 128 bits in hex."""

from __future__ import annotations

import hashlib
import json
from typing import Any

DIGEST_BYTES = 16
_to_json = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=str
).encode  # kept, as `json.dumps` makes an encoder a call


def content_hash(content: Any) -> str:
    """The hash of a JSON-like value: equal values have equal hashes, whatever the order of their keys.

    Raises ValueError on NaN and infinities, which have no JSON.
    """
    text = _to_json(content)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=DIGEST_BYTES).hexdigest()


def unit_hash(content: Any) -> float:
    """A number in [0, 1) that the content alone decides: what shares and splits are drawn with."""
    return int(content_hash(content)[:13], 16) / 16**13
