"""Models by hub name: the one place that talks to a model hub."""

from __future__ import annotations

import os
from pathlib import Path

from harness.errors import UsageError

WANTED_FILES = ["*.json", "*.jinja", "*.txt", "*.model", "*.safetensors"]
UNWANTED_FILES = ["*/*", "consolidated*"]  # exports to other formats, and a second copy of the same weights


def fetch(name: str, revision: str | None = None) -> Path:
    """The snapshot folder of a hub model, from the hub or, offline, from its cache. Raises UsageError."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    from huggingface_hub import snapshot_download

    try:
        return Path(
            snapshot_download(name, revision=revision, allow_patterns=WANTED_FILES, ignore_patterns=UNWANTED_FILES)
        )
    except Exception as error:  # the hub's client raises many kinds: HTTP, missing entry, validation, operating system
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UsageError(
            f"model {name!r}: there is no such folder, and it could not be fetched from the hub: {reason}"
        ) from error
