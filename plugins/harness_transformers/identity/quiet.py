"""Libraries that say less than they would."""

from __future__ import annotations

import os

from harness_transformers.model.threads import usable_cores


def quiet_libraries() -> None:
    """No telemetry, no bars, only errors: what a user should see goes through the logger `harness`.

    Tokenizers use the cores: behind a GPU, turning texts into tokens on one of them took longer than the passes.
    """
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("USE_HUB_KERNELS", "0")  # some architectures fetch code, where the library for that is there
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    os.environ.setdefault("RAYON_NUM_THREADS", str(usable_cores()))
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
