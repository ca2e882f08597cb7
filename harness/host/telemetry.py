"""Libraries that plugins use are asked not to tell their makers of each use."""

from __future__ import annotations

import os

_SETTINGS = {"DO_NOT_TRACK": "1", "HF_UPDATE_DOWNLOAD_COUNTS": "0"}  # of huggingface_hub, and so of trl; of datasets


def untracked() -> None:
    """Ask for this process and those it starts; what the user has set stays. Libraries read it when imported."""
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
