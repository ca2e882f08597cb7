"""Who a served model is: what its user declares, for nothing of it can be seen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from harness.documents.regular_files import file_hash
from harness.errors import UsageError
from harness.types import Identity, ModelReference
from harness.types.hashing import content_hash
from harness_openai.address import Address

_TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja")


def identify(
    model: ModelReference,
    address: Address,
    revision: str | None,
    today: date,
    extra_body: Mapping[str, Any],
    tokenizer: Path | None,
) -> Identity:
    """Address, model id and declared revision; without one the day, so that no answer is reused on the next.

    Raises UsageError on an adapter: a server has its own names for those.
    """
    if model.adapter is not None:
        raise UsageError(f"adapter: a server puts none on; ask it for the model id it serves {model.adapter!r} under")
    pin = f"revision {revision}" if revision else f"day {today.isoformat()}"
    declared = _tokenizer_hash(tokenizer) if tokenizer else content_hash([str(address), model.reference])
    parts = {
        "server": content_hash(str(address)),
        "model": content_hash(model.reference),
        "pin": content_hash(pin),
        "settings": content_hash(extra_body),
        "tokenizer": declared,
    }
    return Identity(content_hash(parts), parts, numerics="served", verified=False)


def _tokenizer_hash(folder: Path) -> str:
    found = [[name, file_hash(folder / name)] for name in _TOKENIZER_FILES if (folder / name).is_file()]
    if not found:
        raise UsageError(f"tokenizer: {folder} holds none of {', '.join(_TOKENIZER_FILES)}")
    return content_hash(found)
